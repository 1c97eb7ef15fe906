//! When an article was published and changed: declared moments, checked against the day printed on the page.

use jiff::tz::Offset;
use kiosque_model::Published;

use super::Evidence;
use crate::date::{Printed, all_words, in_address, is_credible, machine, words};
use crate::dom::Tag;
use crate::role::Roles;
use crate::text::fold;

/// A date, where it came from, and the values not taken.
#[derive(Debug, Default)]
pub(crate) struct When {
    pub(crate) published: Option<(Published, String)>,
    pub(crate) modified: Option<(Published, String)>,
    pub(crate) others: Vec<(String, String)>,
}

const PUBLISHED: [&str; 24] = [
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publish-date",
    "pubdate",
    "publishdate",
    "date.published",
    "publication_date",
    "published",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "date",
    "article_date_original",
    "originalpublicationdate",
    "og:published_time",
    "rnews:datepublished",
    "created",
];
const MODIFIED: [&str; 6] = [
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "dcterms.modified",
    "last-modified",
];
/// Words that say the date after them is of a change.
const CHANGED: [&str; 16] = [
    "modifie",
    "mis a jour",
    "mise a jour",
    "maj",
    "actualise",
    "updated",
    "modified",
    "last update",
    "actualizado",
    "aktualisiert",
    "اخر تحديث",
    "تحديث",
    "تم التحديث",
    "edited",
    "aggiornato",
    "bijgewerkt",
];

/// Chooses both dates. `headline` and `first` bound where a visible date is looked for; `first` and `last` are nodes of the body.
pub(crate) fn choose(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> When {
    let now = evidence.fetched_at();
    let seen = visible(evidence, headline, body);
    let mut all: Vec<(Published, String)> = Vec::new();
    let mut add = |text: Option<String>, from: &str| {
        if let Some(date) = text.and_then(|t| machine(&t, now)) {
            all.push((date, from.to_owned()));
        }
    };
    add(evidence.declared.published.clone(), "json-ld");
    for name in PUBLISHED {
        add(evidence.head.meta_of(&[name]).map(|(text, _)| text), &format!("meta:{name}"));
    }
    for prop in ["datePublished", "dateCreated"] {
        for node in evidence.head.props(prop).take(2) {
            add(value_of(evidence, node), "microdata");
        }
    }
    if let Some(stamp) = stamp_near(evidence, headline, body) {
        add(Some(stamp), "time");
    }
    let printed = seen.iter().find(|s| !s.changed);
    if let Some(seen) = printed {
        all.push((seen.printed.published(), seen.from.to_owned()));
    }
    if let Some(date) = in_address(evidence.url.path(), now) {
        all.push((date, "url".to_owned()));
    }
    if let Some(date) = evidence.page.hint.published.filter(|d| is_credible(d, now)) {
        all.push((date, "feed".to_owned()));
    }
    prefer_agreed(&mut all);
    let mut out = When::default();
    if let Some((date, from)) = all.first().cloned() {
        let (date, from) = localised(date, from, printed.map(|s| &s.printed));
        out.others = all
            .iter()
            .skip(1)
            .filter(|(d, _)| d.day() != date.day())
            .map(|(d, f)| (d.to_string(), f.clone()))
            .collect();
        out.published = Some((date, from));
    }
    out.modified = modified(evidence, &seen)
        .filter(|(m, _)| out.published.as_ref().is_none_or(|(p, _)| m.day() >= p.day()));
    out
}

/// A declared day that no other place of the page gives, where two others agree or show it as month for day, gives way.
fn prefer_agreed(all: &mut [(Published, String)]) {
    let Some((first, _)) = all.first() else { return };
    let day = first.day();
    let near = |a: jiff::civil::Date, b: jiff::civil::Date| a.until(b).is_ok_and(|s| s.get_days().abs() <= 1);
    if all.iter().skip(1).any(|(d, _)| near(d.day(), day)) {
        return;
    }
    let swapped =
        |d: jiff::civil::Date| d.year() == day.year() && d.month() == day.day() && d.day() == day.month();
    let others: Vec<_> = all.iter().skip(1).map(|(d, _)| d.day()).collect();
    let agreed =
        others.iter().position(|d| swapped(*d) || others.iter().filter(|o| near(**o, *d)).count() >= 2);
    if let Some(at) = agreed {
        all.swap(0, at + 1);
    }
}

fn modified(evidence: &Evidence<'_, '_>, seen: &[Seen]) -> Option<(Published, String)> {
    let now = evidence.fetched_at();
    let declared =
        evidence.declared.modified.as_ref().and_then(|t| machine(t, now)).map(|d| (d, "json-ld".to_owned()));
    declared
        .or_else(|| {
            MODIFIED.iter().find_map(|name| {
                let (text, _) = evidence.head.meta_of(&[name])?;
                Some((machine(&text, now)?, format!("meta:{name}")))
            })
        })
        .or_else(|| {
            let node = evidence.head.props("dateModified").next()?;
            Some((machine(&value_of(evidence, node)?, now)?, "microdata".to_owned()))
        })
        .or_else(|| seen.iter().find(|s| s.changed).map(|s| (s.printed.published(), s.from.to_owned())))
}

/// A moment declared in UTC whose day is not the printed one is told in the publisher's own time.
fn localised(date: Published, from: String, printed: Option<&Printed>) -> (Published, String) {
    let (Published::Moment(at, offset), Some(printed)) = (date, printed) else { return (date, from) };
    let apart = date.day().until(printed.day).map_or(99, |span| span.get_days().abs());
    // The printed clock against UTC gives the offset, in quarters of an hour.
    if let Some(time) = printed.time.filter(|_| offset == 0) {
        let local = Offset::UTC
            .to_timestamp(printed.day.to_datetime(time))
            .map_or(i64::MAX, jiff::Timestamp::as_second);
        let shift = local.saturating_sub(at.as_second() / 60 * 60);
        if apart <= 1 && shift % 900 == 0 && (-43_200..=50_400).contains(&shift) && shift != 0 {
            return (Published::Moment(at, i32::try_from(shift).unwrap_or(0)), format!("{from}, printed"));
        }
    }
    if apart == 1 { (Published::Day(printed.day), "printed".to_owned()) } else { (date, from) }
}

fn value_of(evidence: &Evidence<'_, '_>, node: usize) -> Option<String> {
    let node_ref = &evidence.dom.nodes[node];
    ["content", "datetime"]
        .iter()
        .find_map(|key| node_ref.attr(key))
        .map(str::to_owned)
        .or_else(|| Some(evidence.dom.text(node)).filter(|t| t.len() < 80))
}

/// Nodes outside other articles' teasers, comments and menus.
fn is_own(evidence: &Evidence<'_, '_>, node: usize) -> bool {
    !evidence.above[node].has(Roles(Roles::COMMENTS.0 | Roles::RELATED.0 | Roles::NAV.0))
}

/// The range of nodes around the headline and the body where the article's own date stands.
fn zone(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> std::ops::Range<usize> {
    let end = evidence.dom.nodes.len();
    let (first, last) = body.unwrap_or((0, end));
    let from = headline.map_or(first, |h| h.min(first)).saturating_sub(60);
    from..(last + 60).min(end)
}

/// The `datetime` of the `<time>` element nearest to the headline.
fn stamp_near(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Option<String> {
    let zone = zone(evidence, headline, body);
    let anchor = headline.or(body.map(|(first, _)| first)).unwrap_or(0);
    let mut best: Option<(usize, String)> = None;
    for i in zone {
        let node = &evidence.dom.nodes[i];
        if node.tag != Tag::Time || !is_own(evidence, i) {
            continue;
        }
        let Some(stamp) = node.attr("datetime").filter(|s| s.len() >= 8) else { continue };
        let context = fold(&evidence.dom.text(node.parent).chars().take(80).collect::<String>());
        let changed = node.class.contains("updated") && !node.class.contains("published")
            || CHANGED.iter().any(|c| context.starts_with(c));
        let distance = i.abs_diff(anchor) + if changed { 100_000 } else { 0 };
        if best.as_ref().is_none_or(|(d, _)| distance < *d) {
            best = Some((distance, stamp.to_owned()));
        }
    }
    best.map(|(_, stamp)| stamp)
}

/// A date found in the visible text.
struct Seen {
    printed: Printed,
    from: &'static str,
    /// Whether the words before it speak of a change.
    changed: bool,
}

/// Dates printed near the headline, in order of trust: named elements, then short lines around the headline.
fn visible(evidence: &Evidence<'_, '_>, headline: Option<usize>, body: Option<(usize, usize)>) -> Vec<Seen> {
    let zone = zone(evidence, headline, body);
    let blocks = &evidence.blocks.list;
    let mut named: Vec<(usize, &str)> = Vec::new();
    let mut plain: Vec<(usize, &str)> = Vec::new();
    let anchor = headline.or(body.map(|(first, _)| first)).unwrap_or(0);
    for block in blocks.iter().filter(|b| zone.contains(&b.from)) {
        if block.chars > 240 || !is_own(evidence, block.owner) {
            continue;
        }
        let is_named = evidence.above[block.from].has(Roles::BYLINE);
        let distance = block.from.abs_diff(anchor);
        if is_named {
            named.push((distance, &block.text));
        } else if block.chars < 120
            && body.is_none_or(|(first, last)| block.from < first + 6 || block.from > last)
        {
            plain.push((distance, &block.text));
        }
    }
    named.sort_by_key(|(distance, _)| *distance);
    plain.sort_by_key(|(distance, _)| *distance);
    let day_first = is_day_first(evidence);
    let mut out = Vec::new();
    for (list, from) in [(named, "byline"), (plain, "text")] {
        for (_, text) in list.into_iter().take(40) {
            read_line(evidence, text, day_first, from, &mut out);
        }
    }
    out
}

fn read_line(
    evidence: &Evidence<'_, '_>,
    text: &str,
    day_first: bool,
    from: &'static str,
    out: &mut Vec<Seen>,
) {
    let now = evidence.fetched_at();
    let Some(first) = words(text, now, day_first) else { return };
    let folded = fold(text);
    let mark = CHANGED.iter().filter_map(|c| folded.find(c)).min();
    let opens = mark.is_some_and(|at| at < 6);
    let all = all_words(text, now, day_first);
    let credible = |p: &Printed| is_credible(&p.published(), now);
    if credible(&first) {
        out.push(Seen { printed: first, from, changed: opens });
    }
    if let (Some(second), Some(_)) = (all.get(1).filter(|p| credible(p)), mark) {
        out.push(Seen { printed: *second, from, changed: !opens });
    }
}

fn is_day_first(evidence: &Evidence<'_, '_>) -> bool {
    let lang = evidence.head.lang.unwrap_or_default().to_ascii_lowercase();
    let host = evidence.url.host_str().unwrap_or_default();
    !(lang == "en-us" || (lang.starts_with("en") && host.ends_with(".com")))
}

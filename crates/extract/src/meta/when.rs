//! When an article was published and changed: declared moments, checked against the day printed on the page.

use jiff::tz::Offset;
use kiosque_model::Published;

use super::Evidence;
use super::scripted;
use super::seen::{self, Seen};
use crate::date::{Printed, in_address, is_credible, machine};

/// A date, where it came from, and the values not taken.
#[derive(Debug, Default)]
pub(crate) struct When {
    pub(crate) published: Option<(Published, String)>,
    pub(crate) modified: Option<(Published, String)>,
    pub(crate) others: Vec<(String, String)>,
}

const PUBLISHED: [&str; 31] = [
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
    "published-date",
    "published_date",
    "publisheddate",
    "article:published_date",
    "article.published",
    "pub_date",
    "publish_date",
    "published_at",
    "published_on",
    "displaydate",
    "citation_publication_date",
    "citation_online_date",
    "dc.date.published",
    "dcterms.issued",
    "article_date_original",
    "originalpublicationdate",
    "og:published_time",
    "rnews:datepublished",
];
/// Metas that tell as often of a revision or of the event: what the page prints outweighs them.
const DATES: [&str; 8] = [
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "date",
    "citation_date",
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

/// A text is no longer worked on so many days after it was first printed: a later stamp tells of the page's making.
const STALE_DAYS: i32 = 30;

/// Chooses both dates. `headline` and `first` bound where a visible date is looked for; `first` and `last` are nodes of the body.
pub(crate) fn choose(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> When {
    let now = evidence.fetched_at();
    let seen = seen::dates(evidence, headline, body);
    let printed = seen.iter().find(|s| !s.changed);
    let mut all = declared(evidence);
    if let Some(date) = seen::stamp(evidence, headline, body).and_then(|stamp| machine(&stamp, now)) {
        all.push((date, "time".to_owned()));
    }
    all.extend(printed.map(|seen| (seen.printed.published(), seen.from.to_owned())));
    all.extend(metas(evidence, &DATES));
    let address = in_address(evidence.url.path(), now);
    all.extend(address.map(|date| (date, "url".to_owned())));
    if let Some(date) = evidence.page.hint.published.filter(|d| is_credible(d, now)) {
        all.push((date, "feed".to_owned()));
    }
    if all.is_empty() {
        all.extend(scripted::published(evidence.source, now).map(|date| (date, "script".to_owned())));
    }
    // Where a page tells only when it was changed last, to its reader that is its date.
    if all.is_empty() {
        all.extend(
            seen.iter().find(|s| s.changed).map(|s| (s.printed.published(), format!("{}, changed", s.from))),
        );
    }
    let changed = evidence.declared.modified.as_deref().and_then(|text| machine(text, now));
    prefer_unstamped(&mut all, changed);
    prefer_agreed(&mut all);
    let mut out = When::default();
    if let Some((date, from)) = all.first().cloned() {
        let (date, from) = localised(date, from, printed.map(|s| &s.printed), address);
        out.others = all
            .iter()
            .skip(1)
            .filter(|(d, _)| d.day() != date.day())
            .map(|(d, f)| (d.to_string(), f.clone()))
            .collect();
        out.published = Some((date, from));
    }
    out.modified = modified(evidence, &seen)
        .filter(|(m, _)| out.published.as_ref().is_none_or(|(p, _)| !is_before(m, p)));
    out
}

/// Whether a change would come before what it changed: moments are compared as such, days as days.
fn is_before(changed: &Published, published: &Published) -> bool {
    match (changed, published) {
        (Published::Moment(changed, _), Published::Moment(published, _)) => changed < published,
        _ => changed.day() < published.day(),
    }
}

/// What metas of these names say.
fn metas(evidence: &Evidence<'_, '_>, names: &[&'static str]) -> Vec<(Published, String)> {
    let read = |name: &'static str| {
        let (text, _) = evidence.head.meta_of(&[name])?;
        Some((machine(&text, evidence.fetched_at())?, format!("meta:{name}")))
    };
    names.iter().filter_map(|name| read(name)).collect()
}

/// The declared dates of publication: JSON-LD, metas, microdata.
fn declared(evidence: &Evidence<'_, '_>) -> Vec<(Published, String)> {
    let now = evidence.fetched_at();
    let stated = evidence.declared.published.as_deref().and_then(|text| machine(text, now));
    let mut all: Vec<(Published, String)> =
        stated.into_iter().map(|date| (date, "json-ld".to_owned())).collect();
    all.extend(metas(evidence, &PUBLISHED));
    for prop in ["datePublished", "dateCreated"] {
        let values =
            evidence.head.props(prop).take(2).filter_map(|node| machine(&value_of(evidence, node)?, now));
        all.extend(values.map(|date| (date, "microdata".to_owned())));
    }
    all
}

/// Places of a page that say the same because they are one: a `time` element is what is printed.
fn place(from: &str) -> &str {
    match from {
        "time" | "byline" | "text" | "dateline" => "printed",
        from => from.split(':').next().unwrap_or(from),
    }
}

/// A moment declared both for the publication and for the last change is the stamp of a rebuild where the page prints an
/// earlier day.
fn prefer_unstamped(all: &mut [(Published, String)], changed: Option<Published>) {
    let Some((first, from)) = all.first() else { return };
    if from != "json-ld" || changed.as_ref() != Some(first) {
        return;
    }
    let day = first.day();
    let is_older = |date: &Published| date.day().until(day).is_ok_and(|gap| gap.get_days() > STALE_DAYS);
    if let Some(at) = all.iter().position(|(date, from)| place(from) == "printed" && is_older(date)) {
        all.swap(0, at);
    }
}

/// A declared day that no other place of the page gives, where two others agree or show it as month for day, gives way.
fn prefer_agreed(all: &mut [(Published, String)]) {
    let Some((first, from)) = all.first() else { return };
    let (day, is_printed) = (first.day(), place(from) == "printed");
    let near = |a: jiff::civil::Date, b: jiff::civil::Date| a.until(b).is_ok_and(|s| s.get_days().abs() <= 1);
    if all.iter().skip(1).any(|(d, _)| near(d.day(), day)) {
        return;
    }
    // An address gives year, month and day in this order.
    let swapped = |d: jiff::civil::Date, from: &str| {
        (!is_printed || from == "url")
            && d.year() == day.year()
            && d.month() == day.day()
            && d.day() == day.month()
    };
    let others: Vec<_> = all.iter().skip(1).map(|(d, from)| (d.day(), place(from))).collect();
    let agreed = others.iter().position(|(d, from)| {
        swapped(*d, from) || others.iter().any(|(o, other)| other != from && near(*o, *d))
    });
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
fn localised(
    date: Published,
    from: String,
    printed: Option<&Printed>,
    address: Option<Published>,
) -> (Published, String) {
    let Published::Moment(at, offset) = date else { return (date, from) };
    let Some(printed) = printed else {
        let near =
            |day: jiff::civil::Date| date.day().until(day).is_ok_and(|span| span.get_days().abs() == 1);
        return match address.filter(|a| offset == 0 && near(a.day())) {
            Some(day) => (day, "url".to_owned()),
            None => (date, from),
        };
    };
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

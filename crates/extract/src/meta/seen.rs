//! The dates a page prints: in elements named for dates, on short lines around the headline, at the text's start.

mod cues;

use std::borrow::Cow;

use super::Evidence;
use super::byline::runs;
use crate::block::Block;
use crate::date::{Printed, all_words, is_credible, machine, words};
use crate::dom::Tag;
use crate::role::Roles;
use crate::text::fold;
use cues::{CHANGED, LABELS, REVISED, SENTENCES};

/// Nodes before the headline and after the body where the article's own date may stand.
const BEFORE: usize = 120;
const AFTER: usize = 60;
/// Nodes before the headline or the body within which another's line may yet be the article's, and its length.
const BESIDE: usize = 48;
const MAX_BESIDE_CHARS: usize = 80;
/// Words of a line that is a date with a few others.
const MAX_NAMED_CHARS: usize = 240;
const MAX_PLAIN_CHARS: usize = 120;
const MAX_ALONE_CHARS: usize = 26;

/// A date found in the visible text.
pub(super) struct Seen {
    pub(super) printed: Printed,
    pub(super) from: &'static str,
    /// Whether the words before it speak of a change.
    pub(super) changed: bool,
}

/// Where the article stands on the page: its headline, or its first line, and its body.
#[derive(Clone, Copy)]
struct Place {
    anchor: usize,
    body: Option<(usize, usize)>,
    /// The smallest element that holds both.
    frame: Option<usize>,
}

impl Place {
    /// Whether a line stands outside the element that holds headline and body.
    fn is_outside(&self, evidence: &Evidence<'_, '_>, block: &Block) -> bool {
        self.frame.is_some_and(|frame| !evidence.dom.is_within(block.from, frame))
    }

    /// Whether a line is of another article's box, or the page's clock or its weather: the day of the fetch, printed
    /// apart from the article.
    fn is_others(&self, evidence: &Evidence<'_, '_>, block: &Block) -> bool {
        if is_teasers(evidence, block.from, self.anchor) {
            return true;
        }
        if !self.is_outside(evidence, block) {
            return false;
        }
        let now = evidence.fetched_at();
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let printed = words(&block.text, now, is_day_first(evidence));
        // East of Greenwich the next day has begun.
        printed.is_some_and(|printed| {
            printed.day == today || today.tomorrow().is_ok_and(|next| next == printed.day)
        })
    }
}

/// The range of nodes around the headline and the body where the article's own date stands.
fn zone(evidence: &Evidence<'_, '_>, anchor: usize, body: Option<(usize, usize)>) -> std::ops::Range<usize> {
    let end = evidence.dom.nodes.len();
    let (first, last) = body.unwrap_or((0, end));
    anchor.min(first).saturating_sub(BEFORE)..(last + AFTER).min(end)
}

/// The `datetime` of the `<time>` element nearest to the headline, or the `title` of a microformat's date.
pub(super) fn stamp(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Option<String> {
    let anchor = headline.or(body.map(|(first, _)| first)).unwrap_or(0);
    let mut best: Option<(usize, String)> = None;
    for i in zone(evidence, anchor, body) {
        let node = &evidence.dom.nodes[i];
        let is_time = node.tag == Tag::Time;
        if !(is_time || node.class.contains("published") || node.class.contains("updated"))
            || evidence.is_foreign(i, anchor)
            || is_teasers(evidence, i, anchor)
        {
            continue;
        }
        let value = node.attr("datetime").or_else(|| node.attr("title").filter(|t| t.contains('T')));
        let Some(stamp) = value.filter(|s| s.len() >= 8) else { continue };
        if is_time && belies(evidence, i, stamp) {
            continue;
        }
        let context = fold(&evidence.dom.text_start(node.parent, 400).chars().take(80).collect::<String>());
        let changed = is_time && node.class.contains("updated") && !node.class.contains("published")
            || CHANGED.iter().any(|c| context.starts_with(c));
        let distance = i.abs_diff(anchor) + if changed { 100_000 } else { 0 };
        if best.as_ref().is_none_or(|(d, _)| distance < *d) {
            best = Some((distance, stamp.to_owned()));
        }
    }
    best.map(|(_, stamp)| stamp).or_else(|| only_stamp(evidence, anchor))
}

/// Whether a stamp stands beside the linked headline of another article, in a box of theirs.
fn is_teasers(evidence: &Evidence<'_, '_>, stamp: usize, anchor: usize) -> bool {
    const MIN_HEADLINE_CHARS: usize = 20;
    let dom = evidence.dom;
    let boxes = dom.ancestors(stamp).take(4).take_while(|&n| !dom.is_within(anchor, n));
    let Some(around) = boxes.filter(|&n| matches!(dom.nodes[n].tag, Tag::Li | Tag::Article)).last() else {
        return false;
    };
    let mut links = (around..dom.nodes[around].end).filter(|&n| dom.nodes[n].tag == Tag::A);
    links.any(|link| dom.text_start(link, 400).chars().count() >= MIN_HEADLINE_CHARS)
}

/// Whether a `<time>` element prints another day than its attribute holds: the attribute then tells of a change.
fn belies(evidence: &Evidence<'_, '_>, node: usize, stamp: &str) -> bool {
    let now = evidence.fetched_at();
    let printed = words(&evidence.dom.text(node), now, is_day_first(evidence));
    let stated = machine(stamp, now);
    let printed = printed.filter(|p| p.moment.is_none()).map(|p| p.day);
    let Some((printed, stated)) = printed.zip(stated.map(|s| s.day())) else { return false };
    // Numbers alone may have been read the wrong way round.
    let swapped = printed.month() == stated.day() && printed.day() == stated.month();
    !swapped && printed.until(stated).is_ok_and(|span| span.get_days().abs() > 1)
}

/// The `datetime` that all `<time>` elements of a page outside teasers agree on.
fn only_stamp(evidence: &Evidence<'_, '_>, anchor: usize) -> Option<String> {
    let is_own = |i: usize| !evidence.is_foreign(i, anchor) && !is_teasers(evidence, i, anchor);
    let times = evidence.dom.nodes.iter().enumerate().filter(|(i, node)| node.tag == Tag::Time && is_own(*i));
    let mut stamps = times.filter_map(|(i, node)| {
        node.attr("datetime").filter(|stamp| stamp.len() >= 8 && !belies(evidence, i, stamp))
    });
    let first = stamps.next()?;
    stamps.all(|stamp| stamp == first).then(|| first.to_owned())
}

/// Dates printed near the headline, in order of trust: named elements, then short lines around the headline, then
/// the text's first words, then a date named so anywhere on the page where all of them agree.
pub(super) fn dates(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Vec<Seen> {
    let anchor = headline.or(body.map(|(first, _)| first)).unwrap_or(0);
    let frame = headline.zip(body).and_then(|(headline, (first, _))| {
        evidence.dom.ancestors(headline).find(|node| evidence.dom.is_within(first, *node))
    });
    let place = Place { anchor, body, frame };
    let zone = zone(evidence, anchor, body);
    let mut named: Vec<((bool, usize), Cow<'_, str>)> = Vec::new();
    let mut plain: Vec<((bool, usize), Cow<'_, str>)> = Vec::new();
    for block in evidence.blocks.list.iter().filter(|b| zone.contains(&b.from)) {
        if block.chars > MAX_NAMED_CHARS
            || evidence.is_foreign(block.owner, anchor)
            || place.is_others(evidence, block)
        {
            continue;
        }
        // What a page prints above its article is nearer than the article's own line as often as not.
        let above = block.from < anchor && place.is_outside(evidence, block);
        let distance = (above, block.from.abs_diff(anchor));
        let outside = body.is_none_or(|(first, last)| block.from < first + 6 || block.from > last);
        if evidence.above[block.from].has(Roles::BYLINE) {
            named.push((distance, parted(evidence, block)));
        } else if block.chars < MAX_PLAIN_CHARS && outside {
            plain.push((distance, parted(evidence, block)));
        }
    }
    named.sort_by_key(|(distance, _)| *distance);
    plain.sort_by_key(|(distance, _)| *distance);
    let mut out = Vec::new();
    for (list, from) in [(named, "byline"), (plain, "text")] {
        for (_, text) in list.into_iter().take(40) {
            read_line(evidence, &text, from, &mut out);
        }
    }
    for read in [opening, alone, labelled, anywhere, in_title, beside, revised] {
        if out.iter().all(|seen| seen.changed) {
            read(evidence, place, &mut out);
        }
    }
    out
}

/// A line's text, its elements set apart where a number is glued to a name: `Rim Alami3.11.2023`.
fn parted<'b>(evidence: &Evidence<'_, '_>, block: &'b Block) -> Cow<'b, str> {
    let glued = |pair: &[char]| pair[0].is_alphabetic() && pair[1].is_numeric();
    let letters: Vec<char> = block.text.chars().collect();
    if letters.windows(2).any(glued) {
        return Cow::Owned(runs(evidence, block.from..block.to).join(" "));
    }
    Cow::Borrowed(&block.text)
}

/// The one day that lines beside the headline print that are called a teaser's or a menu's.
fn beside(evidence: &Evidence<'_, '_>, place: Place, out: &mut Vec<Seen>) {
    let Some((first, _)) = place.body else { return };
    let near = place.anchor.min(first).saturating_sub(BESIDE)..place.anchor.max(first);
    let mut found = Vec::new();
    let beside = |b: &&Block| near.contains(&b.from) && b.chars < MAX_BESIDE_CHARS;
    for block in evidence.blocks.list.iter().filter(beside).filter(|b| !place.is_others(evidence, b)) {
        read_line(evidence, &parted(evidence, block), "text", &mut found);
    }
    let is_one = found.windows(2).all(|pair| pair[0].printed.day == pair[1].printed.day);
    out.extend(found.into_iter().next().filter(|seen| is_one && seen.printed.moment.is_none()));
}

/// One of the text's first lines a part of which says when it was changed: `By Rim Alami · Updated May 6, 2025`.
fn revised(evidence: &Evidence<'_, '_>, place: Place, out: &mut Vec<Seen>) {
    let Some((first, last)) = place.body else { return };
    let inside = evidence.blocks.list.iter().filter(|b| (first..last).contains(&b.from)).take(6);
    for block in inside.filter(|b| b.chars < MAX_PLAIN_CHARS) {
        let parts = block.text.split(['|', '•', '·', '⋅', '–', '—']).map(str::trim);
        let opens = |part: &&str| {
            let folded = fold(part);
            CHANGED.iter().any(|cue| folded.starts_with(cue)) || is_labelled(&folded)
        };
        parts.filter(opens).for_each(|part| read_part(evidence, part, "text", out));
    }
}

fn read_line(evidence: &Evidence<'_, '_>, text: &str, from: &'static str, out: &mut Vec<Seen>) {
    // `© 2008-2026 La Gazette. Dernière mise à jour : …` is the site's line.
    let rights = text.split_once('©').or_else(|| text.split_once("opyright"));
    if rights.is_some_and(|(_, rest)| rest.trim_start().starts_with(|c: char| c.is_ascii_digit())) {
        return;
    }
    // Only counting back (`منذ ساعتين`) is done without a number, and in few words.
    if text.len() > 80 && !text.chars().any(char::is_numeric) {
        return;
    }
    let (now, day_first) = (evidence.fetched_at(), is_day_first(evidence));
    let Some(first) = words(text, now, day_first) else { return };
    let folded = fold(text);
    let mark = CHANGED.iter().filter_map(|c| folded.find(c)).min();
    let all = if mark.is_some() { all_words(text, now, day_first) } else { Vec::new() };
    let parts: Vec<&str> = text.split(['|', '•', '·', '–', '—', '(']).collect();
    // `Mis à jour le 6 mai | Publié le 4 mai`: each date stands with its own word.
    if all.len() > 1 && parts.len() > 1 {
        parts.into_iter().for_each(|part| read_part(evidence, part, from, out));
        return;
    }
    let opens = mark.is_some_and(|at| at < 6);
    let credible = |p: &Printed| is_credible(&p.published(), now);
    if credible(&first) {
        out.push(Seen { printed: first, from, changed: opens });
    }
    if let (Some(second), Some(_)) = (all.get(1).filter(|p| credible(p)), mark) {
        out.push(Seen { printed: *second, from, changed: !opens });
    }
}

/// A part of a line with one date, which is of a change where a word before or beside it says so.
fn read_part(evidence: &Evidence<'_, '_>, part: &str, from: &'static str, out: &mut Vec<Seen>) {
    let (now, day_first) = (evidence.fetched_at(), is_day_first(evidence));
    let Some(printed) = words(part, now, day_first).filter(|p| is_credible(&p.published(), now)) else {
        return;
    };
    let folded = fold(part);
    out.push(Seen { printed, from, changed: CHANGED.iter().any(|c| folded.contains(c)) });
}

/// A dispatch that opens with its date (`27.1.2022 - Beim Gedenken…`), or a line of the text's edge that is a date.
fn opening(evidence: &Evidence<'_, '_>, place: Place, out: &mut Vec<Seen>) {
    let Some((first, last)) = place.body else { return };
    let list = &evidence.blocks.list;
    let inside: Vec<_> = list.iter().filter(|b| (first..last).contains(&b.from)).collect();
    for block in inside.iter().take(4) {
        let start: String = block.text.chars().take(40).collect();
        // `Rabat, (27.1.2022). Les élus…`
        let bracket =
            start.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inner, _)| inner);
        if start.trim_start().starts_with(|c: char| c.is_numeric()) {
            let start: String = start.chars().take(32).collect();
            read_line(evidence, &start, "dateline", out);
        } else if let Some(inner) = bracket.filter(|t| t.starts_with(|c: char| c.is_numeric())) {
            read_line(evidence, inner, "dateline", out);
        } else if is_labelled(&fold(&start)) {
            read_line(evidence, &start, "dateline", out);
        }
    }
    let edge = inside.iter().take(3).chain(inside.iter().rev().take(2));
    for block in edge.filter(|b| b.chars < 60 && b.text.split_whitespace().count() <= 8) {
        read_line(evidence, &block.text, "text", out);
    }
}

/// The line nearest to the headline that is a date and nothing else, wherever around the text it stands.
fn alone(evidence: &Evidence<'_, '_>, place: Place, out: &mut Vec<Seen>) {
    let zone = zone(evidence, place.anchor, place.body);
    let is_alone = |text: &str| {
        let words = text.split_whitespace().count();
        words <= 4 && text.chars().next().is_some_and(|c| c.is_numeric() || (words > 1 && c.is_alphabetic()))
    };
    let mut lines: Vec<_> = evidence
        .blocks
        .list
        .iter()
        .filter(|b| zone.contains(&b.from) && b.chars <= MAX_ALONE_CHARS && is_alone(&b.text))
        .filter(|b| !evidence.is_foreign(b.owner, place.anchor) && !place.is_others(evidence, b))
        .collect();
    lines.sort_by_key(|b| b.from.abs_diff(place.anchor));
    for block in lines {
        read_line(evidence, &block.text, "text", out);
        if out.iter().any(|seen| !seen.changed) {
            return;
        }
    }
}

/// A line anywhere on the page that calls itself the date: `Datum: 26. Januar 2022`, `Mise en ligne 23 mai 2019`.
fn labelled(evidence: &Evidence<'_, '_>, place: Place, out: &mut Vec<Seen>) {
    let own = |b: &&Block| {
        b.chars < MAX_NAMED_CHARS
            && !evidence.is_foreign(b.owner, place.anchor)
            && !place.is_others(evidence, b)
    };
    let (mut before, mut after_revised) = (false, false);
    for block in evidence.blocks.list.iter().filter(own) {
        let folded = block.folded();
        let short = block.chars < 60;
        let cue = short && is_labelled(folded);
        if cue || (before && short) || SENTENCES.iter().any(|part| folded.contains(part)) {
            read_line(evidence, &block.text, "text", out);
        }
        let revised = REVISED.iter().any(|part| folded.contains(part));
        if revised || after_revised {
            let printed = words(&block.text, evidence.fetched_at(), is_day_first(evidence));
            let printed = printed.filter(|p| is_credible(&p.published(), evidence.fetched_at()));
            out.extend(printed.map(|printed| Seen { printed, from: "text", changed: true }));
        }
        after_revised = revised && block.text.split_whitespace().count() <= 3;
        before = cue && block.text.split_whitespace().count() <= 2;
    }
}

/// Whether a line (folded) opens by saying that it is the date of publication.
fn is_labelled(folded: &str) -> bool {
    let opens = |label: &&str| {
        let rest = folded.strip_prefix(*label);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '0', '1', '2', '3']))
    };
    LABELS.iter().any(opens)
}

/// A title that ends in its date: `Un titre | DW | 23.05.2011`.
fn in_title(evidence: &Evidence<'_, '_>, _place: Place, out: &mut Vec<Seen>) {
    let Some(title) = evidence.head.title.as_deref() else { return };
    let ends = [title.rsplit(['|', '–', '—']).next(), title.split('|').next()];
    for end in ends.into_iter().flatten().filter(|end| end.chars().count() < 30) {
        read_line(evidence, end, "title", out);
    }
}

/// The day that every date element of a page agrees on, wherever they stand.
fn anywhere(evidence: &Evidence<'_, '_>, place: Place, out: &mut Vec<Seen>) {
    let mut found = Vec::new();
    for block in evidence.blocks.list.iter().filter(|b| b.chars < 80) {
        if evidence.above[block.from].has(Roles::DATE)
            && !evidence.is_foreign(block.owner, place.anchor)
            && !place.is_others(evidence, block)
        {
            read_line(evidence, &block.text, "byline", &mut found);
        }
    }
    let agree = found.windows(2).all(|pair| pair[0].printed.day == pair[1].printed.day);
    if agree && found.iter().all(|s| s.printed.moment.is_none()) {
        out.extend(found.into_iter().next());
    }
}

fn is_day_first(evidence: &Evidence<'_, '_>) -> bool {
    let lang = evidence.head.lang.unwrap_or_default().to_ascii_lowercase();
    let host = evidence.url.host_str().unwrap_or_default();
    // English of the isles and the Commonwealth writes the day first.
    !(matches!(lang.as_str(), "en-us" | "en_us") || (lang == "en" && host.ends_with(".com")))
}

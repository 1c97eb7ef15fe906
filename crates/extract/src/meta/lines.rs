//! Bylines in plain lines: those that open as bylines do, a name alone beside the date or under the text, and the
//! place-and-name line of Arabic dispatches.

use std::ops::Range;

use jiff::Timestamp;

use super::Evidence;
use super::byline::{is_full, is_under_another, runs};
use super::names::{Signed, has_given_name, is_capitalised, is_given_name, read};
use super::undated::{after_date, before_date};
use crate::block::Block;
use crate::date::words;
use crate::role::Roles;
use crate::text::fold;

/// Words (folded) a line opens with that names who wrote it.
const BYLINES: [&str; 52] = [
    "contributors",
    "contributor",
    "guest author",
    "authored by",
    "published by",
    "par",
    "by",
    "redige par",
    "ecrit par",
    "publie par",
    "article de",
    "propos recueillis par",
    "recueilli par",
    "written by",
    "posted by",
    "story by",
    "author",
    "auteur",
    "auteure",
    "autor",
    "autorin",
    "autorin autor",
    "autoren",
    "autores",
    "authors",
    "auteurs",
    "blog beitrag von",
    "ein beitrag von",
    "beitrag von",
    "von",
    "por",
    "di",
    "texto",
    "veroffentlicht von",
    "geschrieben von",
    "eingestellt von",
    "بقلم",
    "كتب",
    "كتبت",
    "كتبه",
    "اعداد",
    "المحرر",
    "تحرير",
    "ein artikel von",
    "text von",
    "reported by",
    "this post was written by",
    "this article was written by",
    "cet article a ete ecrit par",
    "dieser artikel wurde verfasst von",
    "erstellt von",
    "责编",
];
/// Longest line that is a byline.
const MAX_LINE_CHARS: usize = 160;
/// Lines at the body's start among which its byline may stand.
const BYLINES_IN_TEXT: usize = 3;
/// Nodes after the body where its byline may stand.
const AFTER_BODY: usize = 40;

/// What a line that does not open as bylines do holds of who signed, by where it stands in the line.
fn named_in<'t>(evidence: &Evidence<'_, '_>, block: &Block, text: &'t str) -> Option<&'t str> {
    let parted = is_parted(&block.text);
    let shows = evidence.above[block.from].has(Roles::CAPTION);
    let apart = || beside(text, evidence.fetched_at()).filter(|_| parted && !shows);
    after_date(text).or_else(|| after_signed(text)).or_else(apart)
}

fn is_parted(text: &str) -> bool {
    text.contains(['|', '·', '•', '–']) || text.contains(" - ")
}

/// The first line of `range` outside the body that opens as bylines do, or names who wrote after its date.
pub(super) fn opening(
    evidence: &Evidence<'_, '_>,
    range: Range<usize>,
    body: Range<usize>,
    anchor: usize,
) -> Option<Signed> {
    let mut found: Option<Signed> = None;
    let mut labelled = false;
    let mut into_text = 0;
    for block in evidence.blocks.list.iter().filter(|b| range.contains(&b.from)) {
        let inside = block.from > body.start && block.from < body.end;
        into_text += usize::from(inside);
        let far = block.from > body.end + AFTER_BODY || (inside && into_text > BYLINES_IN_TEXT);
        let after_label = std::mem::replace(&mut labelled, false);
        // A far line is believed only where it calls itself the author's.
        if block.chars >= MAX_LINE_CHARS || (far && !after_label && !may_be_labelled(&block.text)) {
            continue;
        }
        let folded = block.folded();
        labelled = is_label(folded);
        let named = is_labelled(folded);
        // What the body took in at its start may be the byline still, where it is nothing else.
        let outside = !inside || block.chars < 60;
        let labels = named || labelled || after_label;
        if (far && !labels) || !outside || evidence.is_foreign(block.owner, anchor) {
            continue;
        }
        // `ByRim Alami`: the elements have no space between them.
        let glued = ["By", "Par", "Von", "Por"]
            .iter()
            .any(|cue| block.text.strip_prefix(cue).is_some_and(|rest| rest.starts_with(char::is_uppercase)));
        let opens = after_label || glued || opens_as_byline(folded);
        if !opens
            && !is_parted(&block.text)
            && !folded.chars().any(char::is_numeric)
            && !folded.contains(" signe")
        {
            continue;
        }
        let text = runs(evidence, block.from..block.to).join(" ");
        let part = if opens { Some(before_date(&text)) } else { named_in(evidence, block, &text) };
        let Some(part) = part else { continue };
        let mut signed = read(part, evidence.outlets);
        signed.persons.retain(|p| is_capitalised(p));
        let known = signed.persons.iter().any(|p| has_given_name(p));
        // A word alone in a line is a subject as often as a pseudonym.
        signed.persons.retain(|p| known || is_full(p) || p.contains('.'));
        if !signed.persons.is_empty() && is_under_another(evidence, anchor, block.owner) {
            continue;
        }
        let full = signed.persons.iter().all(|p| is_full(p));
        if !signed.persons.is_empty()
            && ((opens && !after_label && !named) || full)
            && (found.is_none() || known)
        {
            found = Some(signed);
            if known {
                break;
            }
        }
    }
    found
}

/// The part of a line set off by signs that is a byline, or a name beside a date: `11.12.2019 - Rim Alami`.
fn beside(text: &str, fetched_at: Timestamp) -> Option<&str> {
    let parts: Vec<&str> =
        text.split(['|', '·', '•', '–']).flat_map(|p| p.split(" - ")).map(str::trim).collect();
    let is_name = |part: &str| {
        has_given_name(part) && is_capitalised(part) && (2..=4).contains(&part.split(' ').count())
    };
    let byline = |part: &&&str| {
        let rest = ["By ", "by ", "Par ", "Von ", "Por "].iter().find_map(|cue| part.strip_prefix(cue));
        rest.is_some_and(is_name)
    };
    let dated = || parts.iter().any(|part| words(part, fetched_at, true).is_some());
    parts.iter().find(byline).or_else(|| parts.iter().find(|part| is_name(part)).filter(|_| dated())).copied()
}

/// A line that calls itself the author's: it is believed wherever it stands.
fn is_labelled(folded: &str) -> bool {
    ["auteur", "author", "autor", "autorin", "autoren", "الكاتب", "المؤلف"]
        .iter()
        .any(|label| folded.strip_prefix(label).is_some_and(|rest| rest.starts_with(' ')))
        && folded.chars().count() < 60
}

/// Whether a line may be so, at a glance.
fn may_be_labelled(text: &str) -> bool {
    let start = text.trim_start().as_bytes();
    start.get(..3).is_some_and(|s| s.eq_ignore_ascii_case(b"aut")) || text.starts_with("ال")
}

/// A line that only says that a name follows.
fn is_label(folded: &str) -> bool {
    const LABELS: [&str; 20] = [
        "author",
        "authors",
        "author s",
        "article by",
        "written by",
        "posted by",
        "by",
        "von",
        "par",
        "auteur",
        "auteurs",
        "autor",
        "autorin",
        "text",
        "texte",
        "contributors",
        "por",
        "الكاتب",
        "بقلم",
        "المؤلف",
    ];
    folded.len() < 40 && LABELS.contains(&folded)
}

/// `Le regard de la semaine est signé Rim Alami.`
fn after_signed(text: &str) -> Option<&str> {
    let at = [" signé par ", " signée par ", " signé ", " signée "]
        .iter()
        .find_map(|cue| Some(text.find(cue)? + cue.len()))?;
    let name = text[at..].trim_end_matches(['.', ' ']);
    (has_given_name(name) && name.split(' ').count() <= 4).then_some(name)
}

/// A name alone on a line: between headline and text beside the date, or under the text.
pub(super) fn alone(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Option<Signed> {
    let (first, last) = body?;
    let blocks = &evidence.blocks.list;
    let names = |at: usize| {
        let block = blocks
            .get(at)
            .filter(|b| b.chars < 40 && !evidence.is_foreign(b.owner, headline.unwrap_or(first)))?;
        let signed = read(&block.text, evidence.outlets);
        let [only] = signed.persons.as_slice() else { return None };
        let words = only.split(' ').count();
        let whole = fold(only).len() == block.folded().len();
        (whole && (2..=4).contains(&words) && is_capitalised(only) && has_given_name(only)).then_some(signed)
    };
    let is_dated = |at: usize| {
        blocks.get(at).is_some_and(|b| {
            b.chars < 80
                && (evidence.above[b.from].has(Roles::DATE)
                    || words(&b.text, evidence.fetched_at(), true).is_some())
        })
    };
    let below = blocks.iter().rposition(|b| b.from < last)?;
    let above = headline.filter(|&h| h < first).and_then(|headline| {
        let start = blocks.iter().position(|b| b.from > headline)?;
        (start..blocks.len())
            .take_while(|&at| blocks[at].from < first)
            .find_map(|at| names(at).filter(|_| is_dated(at + 1) || (at > start && is_dated(at - 1))))
    });
    // A bold first line of names that the description, cut from the raw text, holds too: it signs.
    let description = evidence.head.meta_of(&["og:description", "description"]).map(|(d, _)| fold(&d));
    let opens = || {
        let from = headline.filter(|&h| h < first).unwrap_or(first);
        let into = blocks.iter().filter(|b| b.from >= first).nth(3).map_or(last, |b| b.from);
        let mut near = blocks.iter().filter(|b| b.from > from && b.from <= into && b.chars < 60);
        let block = near.rfind(|b| b.bold_chars * 2 > b.chars)?;
        let signed = read(&block.text, evidence.outlets);
        let named =
            !signed.persons.is_empty() && signed.persons.iter().all(|p| is_full(p) && is_capitalised(p));
        let folded = block.folded();
        let told = description.as_deref().is_some_and(|d| d.contains(folded) && d.len() > folded.len() + 20);
        let titled = evidence.head.title.as_deref().is_some_and(|t| fold(t).contains(folded));
        (named && told && !titled).then_some(signed)
    };
    // Who is spoken of in the title or at the text's start did not write it: that is a tag.
    let spoken_of = |signed: &Signed| {
        let title = evidence.head.title.as_deref().map(fold).unwrap_or_default();
        let start = blocks.iter().filter(|b| b.from >= first && b.from < last).take(6);
        let told = std::iter::once(title).chain(start.map(|b| b.folded().to_owned())).collect::<Vec<_>>();
        signed.persons.iter().map(|p| fold(p)).any(|p| told.iter().any(|t| t.contains(&p) && *t != p))
    };
    let closes = || names(below).or_else(|| names(below + 1)).filter(|signed| !spoken_of(signed));
    above.or_else(opens).or_else(|| closing(evidence, first..last)).or_else(closes)
}

/// One of the body's last lines that opens as bylines do: `Written by Rim Alami`.
fn closing(evidence: &Evidence<'_, '_>, body: Range<usize>) -> Option<Signed> {
    let inside = evidence.blocks.list.iter().rev().filter(|b| body.contains(&b.from)).take(6);
    inside.filter(|b| b.chars < 60 && opens_as_byline(b.folded())).find_map(|block| {
        let signed = read(before_date(&block.text), evidence.outlets);
        let fits = |p: &String| is_full(p) && is_capitalised(p) && has_given_name(p);
        (!signed.persons.is_empty() && signed.persons.iter().all(fits)).then_some(signed)
    })
}

fn opens_as_byline(folded: &str) -> bool {
    BYLINES.iter().any(|b| folded.strip_prefix(b).is_some_and(|rest| rest.starts_with(' ')))
}

/// A dispatch's first line, `المكان - الاسم:` or `Place – Nom :` and nothing else.
pub(super) fn dateline(evidence: &Evidence<'_, '_>, body: Option<(usize, usize)>) -> Option<Signed> {
    let (first, last) = body?;
    let from = first.saturating_sub(12);
    let lines = evidence.blocks.list.iter().filter(|b| b.from >= from && b.from < last);
    lines.take(4).find_map(|block| in_dateline(&block.text, evidence.outlets))
}

fn in_dateline(text: &str, outlets: &[String]) -> Option<Signed> {
    if text.chars().count() > 60 {
        return None;
    }
    let (place, rest) = text.split_once(['-', '–', '—', '/', ':'])?;
    let name = rest.trim().trim_end_matches([':', '.', '-', ' ']);
    let words = place.split_whitespace().count();
    let is_arabic = |t: &str| t.chars().any(|c| ('\u{620}'..='\u{64A}').contains(&c));
    // Letters of the alphabet have no capitals here: the given name must be known, and nothing else follow it.
    let first = fold(name).split(' ').next().map(str::to_owned)?;
    let fits = (1..=3).contains(&words) && is_arabic(name) && is_given_name(&first);
    let signed = if fits { read(name, outlets) } else { return None };
    (signed.persons.len() == 1 && signed.persons[0].split(' ').count() <= 4).then_some(signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_name_their_authors() {
        let check = |text: &str, expected: &[&str]| {
            let found = in_dateline(text, &[]).map(|s| s.persons).unwrap_or_default();
            assert_eq!(found, expected, "{text}");
        };
        check("الرباط - مريم السلاوي:", &["مريم السلاوي"]);
        check("الساحل – خالد بن عمر", &["خالد بن عمر"]);
        check("الرباط - قال الوزير إن الحكومة", &[]);
        check("Rabat - le ministre", &[]);
    }

    #[test]
    fn bylines_open_lines() {
        let check = |text: &str, expected: bool| assert_eq!(opens_as_byline(&fold(text)), expected, "{text}");
        check("Par Salma Naciri", true);
        check("Auteur : Salma Naciri", true);
        check("Parmi les élus", false);
        check("بقلم: خالد", true);
    }
}

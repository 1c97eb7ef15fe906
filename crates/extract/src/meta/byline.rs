//! The visible byline: elements named for authors, links to authors' pages, lines that open as bylines do, the
//! place-and-name line of Arabic dispatches.
//!
//! Names are read run of text by run of text, since markup sets `By`, the name and `Follow` in neighbours without
//! a space between them. A single word counts only in an element that is plainly an author's.

use std::ops::Range;

use super::Evidence;
use super::names::{Signed, has_given_name, is_capitalised, is_given_name, read};
use super::undated::{after_date, before_date};
use crate::date::words;
use crate::dom::{Node, Tag};
use crate::role::Roles;
use crate::text::{fold, squeeze};

/// Words (folded) a line opens with that names who wrote it.
const BYLINES: [&str; 35] = [
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
    "责编",
];
/// Parts of addresses of authors' pages.
const AUTHOR_PATHS: [&str; 12] = [
    "author",
    "authors",
    "auteur",
    "auteurs",
    "autor",
    "autores",
    "autoren",
    "autorin",
    "writer",
    "writers",
    "journaliste",
    "journalist",
];
/// Longest line that is a byline.
const MAX_LINE_CHARS: usize = 160;
/// Nodes before the headline where the byline may stand.
const BEFORE: usize = 120;
/// Nodes by which a name that may be none counts as farther from the headline.
const UNKNOWN: usize = 200;
/// Nodes between the links of an article's authors.
const BESIDE: usize = 40;
/// Nodes after the body where its byline may stand.
const AFTER_BODY: usize = 40;

/// What the page prints of who signed, best first; the flag tells names of one word, which pseudonyms are.
pub(super) struct Printed {
    pub(super) full: Vec<(Signed, String)>,
    pub(super) single: Vec<(Signed, String)>,
}

/// Reads the visible bylines between the headline and the end of the body.
pub(super) fn printed(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Printed {
    let end = evidence.dom.nodes.len();
    let (first, last) = body.unwrap_or((0, end));
    let anchor = headline.unwrap_or(first);
    let zone = anchor.min(first).saturating_sub(BEFORE)..(last + 80).min(end);
    let mut out = Printed { full: Vec::new(), single: Vec::new() };
    let mut marked = marked(evidence, zone.clone(), anchor);
    marked.sort_by_key(|m| m.distance);
    let is_full_name = |m: &&Marked| m.signed.persons.iter().all(|p| is_full(p));
    if let Some(best) = marked.iter().take(8).find(is_full_name) {
        let mut signed = best.signed.clone();
        // Each author of several has a link of their own, with no word of another task between.
        let mut end = evidence.dom.nodes[best.node].end;
        let mut beside: Vec<&Marked> = marked.iter().filter(|m| m.plain && m.node >= end).collect();
        beside.sort_by_key(|m| m.node);
        for more in beside.into_iter().filter(|_| best.plain).filter(is_full_name) {
            if more.node >= end + BESIDE || !only_joins(evidence, end..more.node) {
                break;
            }
            signed.persons.extend(more.signed.persons.iter().cloned());
            end = evidence.dom.nodes[more.node].end;
        }
        signed.persons = distinct(signed.persons);
        out.full.push((signed, "byline".to_owned()));
    }
    let single = marked.iter().take(8).find(|m| m.plain && !is_full_name(m));
    out.single.extend(single.map(|m| (m.signed.clone(), "byline".to_owned())));
    out.full.extend(in_lines(evidence, zone, first..last, anchor).map(|s| (s, "text".to_owned())));
    out.full.extend(alone(evidence, headline, body).map(|s| (s, "signature".to_owned())));
    out.full.extend(dateline(evidence, body).map(|s| (s, "dateline".to_owned())));
    out
}

/// The elements of a range that name authors.
fn marked(evidence: &Evidence<'_, '_>, zone: Range<usize>, anchor: usize) -> Vec<Marked> {
    let mut out = Vec::new();
    let mut skip_until = 0;
    for i in zone {
        let node = &evidence.dom.nodes[i];
        if i < skip_until
            || mark_of(node, evidence.roles[i]) == Mark::None
            || evidence.is_foreign(i, anchor)
            || is_led_to(evidence, i)
        {
            continue;
        }
        let inside = &evidence.dom.nodes[i..node.end.min(i + 30)];
        let plain = inside.iter().any(|node| mark_of(node, Roles::default()) == Mark::Plain);
        let signed = signed_in(evidence, i, plain);
        let known = plain || signed.persons.iter().any(|p| has_given_name(p));
        let distance = i.abs_diff(anchor) + if known { 0 } else { UNKNOWN };
        if signed != Signed::default() {
            out.push(Marked { node: i, distance, signed, plain });
        }
        skip_until = node.end;
    }
    out
}

/// Whether nothing but a conjunction stands between two names.
fn only_joins(evidence: &Evidence<'_, '_>, nodes: Range<usize>) -> bool {
    const JOINS: [&str; 12] = ["", "and", "et", "y", "e", "und", "par", "by", "with", "avec", "و", "mit"];
    let text: Vec<String> = runs(evidence, nodes);
    JOINS.contains(&fold(&text.join(" ")).as_str())
}

/// An element that names an author.
struct Marked {
    node: usize,
    distance: usize,
    signed: Signed,
    /// Whether it is plainly an author's.
    plain: bool,
}

fn distinct(names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(fold(name))).collect()
}

/// Whether the words before an element lead to someone who did something else than write.
fn is_led_to(evidence: &Evidence<'_, '_>, node: usize) -> bool {
    let before = evidence.dom.nodes[node.saturating_sub(8)..node].iter().rev();
    let mut texts = before.filter(|n| n.tag == Tag::Text).map(|n| fold(n.text)).filter(|t| !t.is_empty());
    texts.next().is_some_and(|text| names_another(&text))
}

/// Whether a name has a given and a family name.
pub(super) fn is_full(name: &str) -> bool {
    name.contains(' ') || name.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
}

/// How an element says that it names an author.
#[derive(PartialEq, Eq)]
enum Mark {
    None,
    /// A class that may hold more than the name.
    Class,
    /// `rel=author`, `itemprop=author`, a link to an author's page.
    Plain,
}

fn mark_of(node: &Node<'_>, roles: Roles) -> Mark {
    let links_author = |href: &str| {
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let mut parts = path.trim_end_matches('/').rsplit('/').skip(1).take(3);
        parts.any(|part| AUTHOR_PATHS.contains(&part.to_ascii_lowercase().as_str()))
    };
    let is_author = |value: &str| value.split_ascii_whitespace().any(|v| matches!(v, "author" | "creator"));
    let by_link = node.tag == Tag::A && node.attr("href").is_some_and(links_author);
    if by_link || node.attr("rel").is_some_and(is_author) || node.attr("itemprop").is_some_and(is_author) {
        return Mark::Plain;
    }
    let glued = || {
        let class = node.class.to_ascii_lowercase();
        ["author", "auteur", "byline"].iter().any(|word| class.contains(word)) && !class.contains("authori")
    };
    if roles.has(Roles::AUTHOR) || (node.tag != Tag::Text && !node.class.is_empty() && glued()) {
        Mark::Class
    } else {
        Mark::None
    }
}

/// The names an element prints: by its runs of text, or all of them as one line.
fn signed_in(evidence: &Evidence<'_, '_>, node: usize, plain: bool) -> Signed {
    let end = evidence.dom.nodes[node].end;
    let texts: Vec<String> = runs(evidence, node..end);
    if texts.iter().map(|r| r.chars().count()).sum::<usize>() > 400 {
        return Signed::default();
    }
    let linked: Vec<String> = (node..end)
        .filter(|&i| evidence.dom.nodes[i].tag == Tag::A)
        .map(|i| fold(&evidence.dom.text(i)))
        .collect();
    let mut apart = Signed::default();
    for run in texts.iter().take(12).take_while(|run| !names_another(&fold(run))) {
        if evidence.head.title.as_deref().is_some_and(|title| run.len() > 20 && title.contains(run.as_str()))
        {
            continue;
        }
        let signed = read_run(run, evidence.outlets);
        // After the first name a role follows as often as a second name: that one must be known or linked.
        let second = !apart.persons.is_empty();
        let linked = linked.contains(&fold(run));
        let fits = |p: &String| is_full(p) && (!second || linked || has_given_name(p));
        apart.persons.extend(signed.persons.into_iter().filter(fits));
        apart.agencies.extend(signed.agencies);
    }
    if apart.persons.iter().any(|p| has_given_name(p)) {
        apart.persons.retain(|p| has_given_name(p) || linked.contains(&fold(p)));
    }
    if !apart.persons.is_empty() {
        return apart;
    }
    let line = texts.join(" ");
    // A pseudonym may be written small, where the element can hold nothing but a name.
    let whole = if plain && line.chars().count() < 40 {
        let mut signed = read(before_date(&line), evidence.outlets);
        signed.persons.retain(|p| !p.contains(' ') || is_capitalised(p));
        signed
    } else {
        read_run(&line, evidence.outlets)
    };
    if whole == Signed::default() { apart } else { whole }
}

/// The squeezed texts of a range of nodes.
fn runs(evidence: &Evidence<'_, '_>, nodes: Range<usize>) -> Vec<String> {
    let texts = evidence.dom.nodes[nodes].iter().filter(|node| node.tag == Tag::Text);
    texts.map(|node| squeeze(node.text)).filter(|text| !text.is_empty()).take(40).collect()
}

fn read_run(run: &str, outlets: &[String]) -> Signed {
    if run.chars().count() >= 120 {
        return Signed::default();
    }
    let mut signed = read(before_date(run), outlets);
    signed.persons.retain(|p| is_capitalised(p));
    signed
}

/// Words that lead from the author to those who checked, edited, translated or took the picture.
fn names_another(folded: &str) -> bool {
    const CUES: [&str; 16] = [
        "reviewed",
        "medically reviewed",
        "edited",
        "fact checked",
        "updated by",
        "photo",
        "photos",
        "illustration",
        "ubersetzt",
        "traduit",
        "traduccion",
        "foto",
        "fotos",
        "image",
        "gepruft",
        "edition",
    ];
    CUES.iter()
        .any(|cue| folded.strip_prefix(cue).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// The first line of `range` outside the body that opens as bylines do, or names who wrote after its date.
fn in_lines(
    evidence: &Evidence<'_, '_>,
    range: Range<usize>,
    body: Range<usize>,
    anchor: usize,
) -> Option<Signed> {
    let lines = evidence.blocks.list.iter();
    let mut found: Option<Signed> = None;
    for block in lines.filter(|b| range.contains(&b.from) && b.chars < MAX_LINE_CHARS) {
        let inside = block.from > body.start && block.from < body.end;
        if inside || block.from > body.end + AFTER_BODY || evidence.is_foreign(block.owner, anchor) {
            continue;
        }
        let text = runs(evidence, block.from..block.to).join(" ");
        let opens = opens_as_byline(&fold(&text));
        let part =
            if opens { Some(before_date(&text)) } else { after_date(&text).or_else(|| after_signed(&text)) };
        let Some(part) = part else { continue };
        let mut signed = read(part, evidence.outlets);
        signed.persons.retain(|p| is_capitalised(p));
        let full = signed.persons.iter().all(|p| is_full(p));
        let known = signed.persons.iter().any(|p| has_given_name(p));
        if !signed.persons.is_empty() && (opens || full) && (found.is_none() || known) {
            found = Some(signed);
            if known {
                break;
            }
        }
    }
    found
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
fn alone(
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
        let whole = fold(only).len() == fold(&block.text).len();
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
    above.or_else(|| names(below)).or_else(|| names(below + 1))
}

fn opens_as_byline(folded: &str) -> bool {
    BYLINES.iter().any(|b| folded.strip_prefix(b).is_some_and(|rest| rest.starts_with(' ')))
}

/// A dispatch's first line, `المكان - الاسم:` or `Place – Nom :` and nothing else.
fn dateline(evidence: &Evidence<'_, '_>, body: Option<(usize, usize)>) -> Option<Signed> {
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

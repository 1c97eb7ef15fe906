//! The visible byline: elements named for authors and links to authors' pages, then the plain lines (`lines.rs`).
//!
//! Names are read run of text by run of text, since markup sets `By`, the name and `Follow` in neighbours without
//! a space between them. A single word counts only in an element that is plainly an author's.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::names::{Signed, has_given_name, is_capitalised, read};
use super::undated::before_date;
use super::{Evidence, lines};
use crate::block::Block;
use crate::dom::{Node, Tag};
use crate::role::Roles;
use crate::text::{fold, squeeze};

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
/// Nodes before the headline where the byline may stand.
const BEFORE: usize = 120;
/// Nodes after the body where a box about the author may stand.
const AFTER: usize = 160;
/// Elements read that may name an author.
const MAX_MARKED: usize = 40;
/// Nodes by which a name that may be none counts as farther from the headline.
const UNKNOWN: usize = 200;
/// Lines at the body's start and end among which its byline may stand.
const EDGE_LINES: usize = 4;
/// Longest line that says who did another task than write.
const MAX_TASK_CHARS: usize = 120;
/// What stands before the name of who did another task than write.
static TASKS: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    const CUES: [&str; 8] = [
        "reviewed by ",
        "checked by ",
        "edited by ",
        "verified by ",
        "relu par ",
        "verifie par ",
        "gepruft von ",
        "revisado por ",
    ];
    CUES.iter().map(Finder::new).collect()
});
/// Nodes after an article among which the next one's headline is looked for.
const MAX_BETWEEN: usize = 2000;
/// Nodes between the links of an article's authors.
const BESIDE: usize = 40;

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
    let zone = anchor.min(first).saturating_sub(BEFORE)..(last + AFTER).min(end);
    let mut out = Printed { full: Vec::new(), single: Vec::new() };
    let mut marked = marked(evidence, zone.clone(), anchor);
    marked.retain(|m| !is_under_another(evidence, anchor, m.node));
    let deep = deep(evidence, first..last);
    marked.retain(|m| !deep.contains(&m.node));
    let others = other_tasks(evidence, &marked);
    marked.iter_mut().for_each(|m| m.signed.persons.retain(|p| !others.contains(&fold(p))));
    marked.retain(|m| m.signed != Signed::default());
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
    out.full.extend(
        lines::opening(evidence, zone.start..end, first..last, anchor).map(|s| (s, "text".to_owned())),
    );
    out.full.extend(lines::alone(evidence, headline, body).map(|s| (s, "signature".to_owned())));
    out.full.extend(lines::dateline(evidence, body).map(|s| (s, "dateline".to_owned())));
    out
}

/// Whether a second heading of the first rank, with another text, stands between the headline and an element after it.
pub(super) fn is_under_another(evidence: &Evidence<'_, '_>, headline: usize, node: usize) -> bool {
    let nodes = &evidence.dom.nodes;
    let is_first = |n: usize| nodes[n].tag == Tag::H1;
    let apart = |n: &usize| !evidence.dom.is_within(node, *n);
    is_first(headline)
        && node > headline
        && evidence.dom.ancestors(headline).take_while(apart).last().is_some_and(|own| {
            nodes[own].tag == Tag::Article && (nodes[own].end..node).take(MAX_BETWEEN).any(is_first)
        })
}

/// Those (folded) whom a short line of the page names for another task than writing: `Reviewed by: Rim Alami`.
fn other_tasks(evidence: &Evidence<'_, '_>, marked: &[Marked]) -> Vec<String> {
    let names: Vec<String> = marked.iter().flat_map(|m| &m.signed.persons).map(|p| fold(p)).collect();
    let short = evidence.blocks.list.iter().filter(|b| !names.is_empty() && b.chars < MAX_TASK_CHARS);
    let mut out = Vec::new();
    for line in short.map(Block::folded) {
        let ends = TASKS.iter().filter_map(|cue| Some(cue.find(line.as_bytes())? + cue.needle().len()));
        for rest in ends.filter_map(|end| line.get(end..)) {
            out.extend(names.iter().filter(|name| rest.starts_with(name.as_str())).cloned());
        }
    }
    out
}

/// The nodes well inside the body: who is named there made a picture, or wrote what is quoted or linked.
fn deep(evidence: &Evidence<'_, '_>, body: Range<usize>) -> Range<usize> {
    let prose = evidence.blocks.list.iter().filter(|b| body.contains(&b.from) && b.is_prose());
    let inside: Vec<usize> = prose.map(|b| b.from).collect();
    match (inside.get(EDGE_LINES), inside.len().checked_sub(EDGE_LINES).and_then(|at| inside.get(at))) {
        (Some(&from), Some(&to)) if from < to => from..to,
        _ => 0..0,
    }
}

/// Every element of a page that names authors, and whether it is plainly an author's.
fn all_marked(evidence: &Evidence<'_, '_>) -> Vec<(usize, bool)> {
    let nodes = evidence.dom.nodes.iter().zip(evidence.roles).enumerate();
    nodes
        .filter_map(|(i, (node, roles))| match mark_of(node, *roles) {
            Mark::None => None,
            mark => Some((i, mark == Mark::Plain)),
        })
        .collect()
}

/// The elements of a range that name authors.
fn marked(evidence: &Evidence<'_, '_>, zone: Range<usize>, anchor: usize) -> Vec<Marked> {
    let all = evidence.marked.get_or_init(|| all_marked(evidence));
    let from = |node: usize| all.partition_point(|(i, _)| *i < node);
    let mut out = Vec::new();
    let mut skip_until = 0;
    for &(i, _) in &all[from(zone.start)..from(zone.end)] {
        let node = &evidence.dom.nodes[i];
        if out.len() >= MAX_MARKED {
            break;
        }
        if i < skip_until || evidence.is_foreign(i, anchor) || is_led_to(evidence, i) {
            continue;
        }
        let inside = &all[from(i)..from(node.end.min(i + 30))];
        let plain = inside.iter().any(|(_, plain)| *plain);
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
        parts.any(|part| AUTHOR_PATHS.iter().any(|name| part.eq_ignore_ascii_case(name)))
    };
    let is_author = |value: &str| value.split_ascii_whitespace().any(|v| matches!(v, "author" | "creator"));
    if node.tag == Tag::Text {
        return Mark::None;
    }
    let is_plain = |(key, value): (&str, &str)| match key {
        "href" => node.tag == Tag::A && links_author(value),
        "rel" | "itemprop" => is_author(value),
        _ => false,
    };
    if node.attrs().any(is_plain) {
        return Mark::Plain;
    }
    if roles.has(Roles::AUTHOR) || is_called_author(node.class) { Mark::Class } else { Mark::None }
}

/// Whether a class has a word for author, even glued into a longer one: `mediaAuthorName`, but not `authority`.
fn is_called_author(class: &str) -> bool {
    let bytes = class.as_bytes();
    let at = |i: usize| match bytes[i] {
        b'u' => bytes[i..].starts_with(b"uthor") || bytes[i..].starts_with(b"uteur"),
        b'y' => bytes[i..].starts_with(b"yline"),
        _ => false,
    };
    let opens = |i: usize| match bytes[i] {
        b'u' => matches!(bytes[i - 1], b'a' | b'A'),
        _ => matches!(bytes[i - 1], b'b' | b'B'),
    };
    (1..bytes.len()).any(|i| at(i) && opens(i)) && !class.contains("authori")
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
        .map(|i| fold(&evidence.dom.text_start(i, 400)))
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
        // A link to several authors' page names them all.
        let is_linked = |p: &String| linked.iter().any(|link| link.len() < 80 && link.contains(&fold(p)));
        apart.persons.retain(|p| has_given_name(p) || is_linked(p));
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
pub(super) fn runs(evidence: &Evidence<'_, '_>, nodes: Range<usize>) -> Vec<String> {
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
    const CUES: [&str; 19] = [
        "reviewed",
        "medically reviewed",
        "peer reviewed",
        "expert reviewed",
        "clinically reviewed",
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

//! Who signed: persons and agencies, from the declared authors, the metas and the visible byline.

use super::Evidence;
use super::names::{Signed, is_acronym, read};
use super::undated::{after_date, before_date};
use crate::role::Roles;
use crate::text::fold;

/// Persons and agencies with where each list came from, and the values not taken.
#[derive(Debug, Default)]
pub(crate) struct Authors {
    pub(crate) signed: Signed,
    pub(crate) from: String,
    pub(crate) agencies_from: String,
    pub(crate) others: Vec<(String, String)>,
}

const METAS: [&str; 14] = [
    "author",
    "article:author",
    "article:author_name",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "parsely-author",
    "sailthru.author",
    "byl",
    "byline",
    "article.author",
    "cxenseparse:author",
    "twitter:creator:name",
    "authors",
];

/// Words (folded) a line opens with that names who wrote it.
const BYLINES: [&str; 24] = [
    "par",
    "by",
    "redige par",
    "ecrit par",
    "publie par",
    "propos recueillis par",
    "recueilli par",
    "written by",
    "posted by",
    "story by",
    "von",
    "por",
    "di",
    "texto",
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
];

/// Chooses the authors.
pub(crate) fn choose(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Authors {
    let outlets = evidence.outlets;
    let mut all: Vec<(Signed, String)> = Vec::new();
    let mut declared = Signed::default();
    for author in &evidence.declared.authors {
        let signed = read(&author.name, outlets);
        if !author.organisation {
            declared.persons.extend(signed.persons);
        } else if is_acronym(&author.name) && !outlets.contains(&fold(&author.name)) {
            declared.agencies.push(author.name.clone());
        }
        declared.agencies.extend(signed.agencies);
    }
    declared.persons.dedup();
    all.push((declared, "json-ld".to_owned()));
    for name in METAS {
        let mut signed = Signed::default();
        for text in evidence.head.all(name).into_iter().filter(|t| !t.contains("://") && t.len() < 200) {
            let one = read(&text, outlets);
            signed.persons.extend(one.persons.into_iter().filter(|p| is_meta_name(p)));
            signed.agencies.extend(one.agencies);
        }
        all.push((signed, format!("meta:{name}")));
    }
    all.extend(printed(evidence, outlets, headline, body));
    if let Some(hint) = &evidence.page.hint.author {
        all.push((read(hint, outlets), "feed".to_owned()));
    }
    prefer_printed(evidence, &mut all);
    let mut out = Authors::default();
    for (signed, from) in all {
        if out.signed.agencies.is_empty() && !signed.agencies.is_empty() {
            out.agencies_from.clone_from(&from);
        }
        out.signed.agencies.extend(signed.agencies);
        if signed.persons.is_empty() {
            continue;
        }
        if out.signed.persons.is_empty() {
            out.signed.persons = signed.persons;
            out.from = from;
        } else {
            let value = signed.persons.join(", ");
            out.others.push((value, from));
        }
    }
    out.signed.agencies.sort();
    out.signed.agencies.dedup();
    out
}

/// A full name printed, or one in the script of the page, outweighs a login or a transliteration declared.
fn prefer_printed(evidence: &Evidence<'_, '_>, all: &mut Vec<(Signed, String)>) {
    let Some(at) = all.iter().position(|(s, from)| from == "byline" && !s.persons.is_empty()) else { return };
    let Some(first) = all.iter().position(|(s, _)| !s.persons.is_empty()).filter(|&f| f < at) else { return };
    let arabic = evidence.head.lang.is_some_and(|l| l.starts_with("ar"));
    let is_arabic = |name: &str| name.chars().any(|c| ('\u{600}'..='\u{6FF}').contains(&c));
    let full = |s: &Signed| s.persons.iter().all(|p| p.contains(' '));
    let transliterated = arabic && !is_arabic(&all[first].0.persons[0]) && is_arabic(&all[at].0.persons[0]);
    if transliterated || (!full(&all[first].0) && full(&all[at].0)) {
        let printed = all.remove(at);
        all.insert(0, printed);
    }
}

/// A meta element says a site's or a login's name as often as a person's: it must look like a full name.
fn is_meta_name(name: &str) -> bool {
    name.split_whitespace().count() >= 2
}

/// Names printed in elements called author or byline, nearest to the headline first; then lines that open as bylines do.
fn printed(
    evidence: &Evidence<'_, '_>,
    outlets: &[String],
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Vec<(Signed, String)> {
    let end = evidence.dom.nodes.len();
    let (first, last) = body.unwrap_or((0, end));
    let anchor = headline.unwrap_or(first);
    let from = anchor.min(first).saturating_sub(60);
    let to = (last + 80).min(end);
    let mut named: Vec<(usize, String)> = Vec::new();
    let mut skip_until = 0;
    for i in from..to {
        if i < skip_until
            || !evidence.roles[i].has(Roles::AUTHOR)
            || evidence.above[i].has(Roles(Roles::COMMENTS.0 | Roles::RELATED.0 | Roles::NAV.0))
        {
            continue;
        }
        for block in evidence.blocks.within(evidence.dom, i).take(4) {
            let block = &evidence.blocks.list[block];
            if block.chars < 120 {
                named.push((block.from.abs_diff(anchor), block.text.clone()));
            }
        }
        skip_until = evidence.dom.nodes[i].end;
    }
    named.sort_by_key(|(distance, _)| *distance);
    let mut out = Vec::new();
    for (_, text) in named.into_iter().take(8) {
        let signed = read(before_date(&text), outlets);
        let plausible =
            signed.persons.iter().all(|p| p.split_whitespace().count() >= 2) || opens_as_byline(&fold(&text));
        if plausible && signed != Signed::default() {
            out.push((signed, "byline".to_owned()));
            break;
        }
    }
    out.extend(in_lines(evidence, outlets, from..to, first..last));
    out
}

/// The first line of `range` outside the body that opens as bylines do, or names who wrote after its date.
fn in_lines(
    evidence: &Evidence<'_, '_>,
    outlets: &[String],
    range: std::ops::Range<usize>,
    body: std::ops::Range<usize>,
) -> Option<(Signed, String)> {
    evidence.blocks.list.iter().filter(|b| range.contains(&b.from) && b.chars < 100).find_map(|block| {
        let inside = block.from > body.start && block.from < body.end;
        if inside || evidence.above[block.owner].has(Roles(Roles::COMMENTS.0 | Roles::RELATED.0)) {
            return None;
        }
        let opens = opens_as_byline(&fold(&block.text));
        let part = if opens { before_date(&block.text) } else { after_date(&block.text)? };
        let signed = read(part, outlets);
        let full = signed.persons.iter().all(|p| p.contains(' '));
        (!signed.persons.is_empty() && (opens || full)).then(|| (signed, "text".to_owned()))
    })
}

fn opens_as_byline(folded: &str) -> bool {
    BYLINES.iter().any(|b| folded.strip_prefix(b).is_some_and(|rest| rest.starts_with(' ')))
}

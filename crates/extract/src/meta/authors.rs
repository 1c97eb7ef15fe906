//! Who signed: persons and agencies, from the declared authors, the metas and the visible byline.

use super::Evidence;
use super::byline;
use super::names::{Signed, is_acronym, read};
use crate::text::fold;

/// Persons and agencies with where each list came from, and the values not taken.
#[derive(Debug, Default)]
pub(crate) struct Authors {
    pub(crate) signed: Signed,
    pub(crate) from: String,
    pub(crate) agencies_from: String,
    pub(crate) others: Vec<(String, String)>,
}

const METAS: [&str; 19] = [
    "citation_author",
    "citation_authors",
    "article:author:name",
    "articleauthor",
    "author_name",
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
            let one = read(&in_order(name, &text), outlets);
            signed.persons.extend(one.persons.into_iter().filter(|p| is_meta_name(p)));
            signed.agencies.extend(one.agencies);
        }
        all.push((signed, format!("meta:{name}")));
    }
    all.push((labelled(evidence, outlets), "meta:twitter:data".to_owned()));
    let printed = byline::printed(evidence, headline, body);
    all.extend(printed.full);
    all.extend(printed.single);
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
    name.split_whitespace().count() >= 2 && name.chars().next().is_some_and(|c| !c.is_lowercase())
}

/// `Roy, Celeste` of a citation as `Celeste Roy`.
fn in_order(meta: &str, text: &str) -> String {
    match text.split_once(", ") {
        Some((family, given)) if meta == "citation_author" && !given.contains(',') => {
            format!("{given} {family}")
        }
        _ => text.to_owned(),
    }
}

/// The name of a card that labels it: `twitter:label1` is `Écrit par`, `twitter:data1` the name.
fn labelled(evidence: &Evidence<'_, '_>, outlets: &[String]) -> Signed {
    const LABELS: [&str; 8] =
        ["written by", "ecrit par", "verfasst von", "escrito por", "par", "by", "كتب بواسطة", "von"];
    for (label, data) in [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")] {
        let label = evidence.head.meta_of(&[label]).map(|(text, _)| fold(&text)).unwrap_or_default();
        if LABELS.contains(&label.as_str())
            && let Some((name, _)) = evidence.head.meta_of(&[data])
        {
            let mut signed = read(&name, outlets);
            signed.persons.retain(|p| is_meta_name(p));
            return signed;
        }
    }
    Signed::default()
}

//! Who signed: persons and agencies, from the declared authors, the metas and the visible byline.

use super::Evidence;
use super::agencies;
use super::byline;
use super::names::{Signed, has_given_name, is_acronym, is_capitalised, read};
use crate::text::fold;

/// Persons and agencies with where each list came from, and the values not taken.
#[derive(Debug, Default)]
pub(crate) struct Authors {
    pub(crate) signed: Signed,
    pub(crate) from: String,
    pub(crate) agencies_from: String,
    pub(crate) others: Vec<(String, String)>,
}

const METAS: [&str; 20] = [
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
    "dcterms.contributor",
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
    all.extend(given_alone(evidence, outlets));
    all.extend(printed.single);
    if let Some(hint) = &evidence.page.hint.author {
        all.push((read(hint, outlets), "feed".to_owned()));
    }
    all.push((described(evidence, outlets), "description".to_owned()));
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
    if let Some((agencies, from)) =
        body.and_then(|body| agencies::of_text(evidence, body)).filter(|_| out.signed.agencies.is_empty())
    {
        out.signed.agencies = agencies;
        from.clone_into(&mut out.agencies_from);
    }
    out.signed.agencies.sort();
    out.signed.agencies.dedup();
    out
}

/// A given name alone under which an author is declared: `Melissa`.
fn given_alone(evidence: &Evidence<'_, '_>, outlets: &[String]) -> Option<(Signed, String)> {
    let (text, _) = evidence.head.meta_of(&["author"])?;
    let mut signed = read(&text, outlets);
    signed.persons.retain(|p| !p.contains(' ') && has_given_name(p) && is_capitalised(p));
    (signed.persons.len() == 1).then(|| (signed, "meta:author".to_owned()))
}

/// Those a description names as its authors: `Posted by Jane Doe and John Roe`, `… les élus. Par Rim Alami`.
fn described(evidence: &Evidence<'_, '_>, outlets: &[String]) -> Signed {
    const CUES: [&str; 8] =
        ["Posted by ", "Written by ", "written by ", "By ", "Par ", "Von ", "Por ", "بقلم "];
    let Some((text, _)) = evidence.head.meta_of(&["og:description", "description"]) else {
        return Signed::default();
    };
    let opens = CUES.iter().find_map(|cue| text.strip_prefix(cue));
    let closes =
        || CUES.iter().find_map(|cue| Some(&text[text.rfind(&format!(". {cue}"))? + 2 + cue.len()..]));
    let within = || text.split_once(" written by ").map(|(_, rest)| rest.trim_end_matches('.'));
    let Some(part) = opens.or_else(closes).or_else(within) else { return Signed::default() };
    let part = part.split([" - ", ". ", " – ", ": "].iter().find(|s| part.contains(**s)).unwrap_or(&"\n"));
    let mut signed = part.take(1).map(|p| read(p, outlets)).next().unwrap_or_default();
    let is_known = |p: &String| p.contains(' ') && is_capitalised(p);
    if signed.persons.iter().all(is_known) && signed.persons.iter().any(|p| has_given_name(p)) {
        return signed;
    }
    signed.persons.clear();
    signed
}

/// A full name printed, or one in the script of the page, outweighs a login, a given name alone or a transliteration
/// declared, or a name that no reader of the page sees; so do several authors printed, one of whom is declared.
fn prefer_printed(evidence: &Evidence<'_, '_>, all: &mut Vec<(Signed, String)>) {
    let is_printed = |from: &str| matches!(from, "byline" | "text" | "dateline" | "signature");
    let Some(first) = all.iter().position(|(s, _)| !s.persons.is_empty()) else { return };
    let arabic = evidence.head.lang.is_some_and(|l| l.starts_with("ar"));
    let is_arabic = |name: &str| name.chars().any(|c| ('\u{600}'..='\u{6FF}').contains(&c));
    let full = |s: &Signed| s.persons.iter().all(|p| p.contains(' '));
    let (taken, taken_from) = &all[first];
    // Who only the page's data names posted it; who is printed beside the headline wrote it.
    let is_shown = |p: &String| {
        let name = fold(p);
        evidence.blocks.list.iter().any(|b| b.folded().contains(&name))
            || evidence.source.contains(&format!(">{p}"))
    };
    let outweighs = |(signed, from): &(Signed, String)| {
        let Some(name) = signed.persons.first().filter(|_| is_printed(from)) else { return false };
        let transliterated = arabic && !is_arabic(&taken.persons[0]) && is_arabic(name);
        let longer = |p: &String| fold(p).starts_with(&format!("{} ", fold(&taken.persons[0])));
        let given = taken.persons.len() == 1 && !taken.persons[0].contains(' ');
        let completes = given && signed.persons.iter().any(longer);
        let joins = is_printed(taken_from)
            && signed.persons.len() > taken.persons.len()
            && taken.persons.iter().all(|p| signed.persons.contains(p))
            && signed.persons.iter().all(|p| has_given_name(p));
        let unshown = |name: &String| has_given_name(name) && !taken.persons.iter().any(is_shown);
        let unprinted = || from == "byline" && unshown(name);
        transliterated
            || completes
            || joins
            || (from == "byline" && full(signed) && (!full(taken) || unprinted()))
            || (from == "text" && full(signed) && full(taken) && !is_printed(taken_from) && unshown(name))
    };
    let Some(at) = all.iter().skip(first + 1).position(outweighs) else { return };
    let printed = all.remove(first + 1 + at);
    all.insert(0, printed);
}

/// A meta element says a site's or a login's name as often as a person's: it must look like a full name.
fn is_meta_name(name: &str) -> bool {
    name.split_whitespace().count() >= 2
        && (name.chars().next().is_some_and(|c| !c.is_lowercase()) || has_given_name(name))
}

/// `Roy, Celeste` of a citation as `Celeste Roy`.
fn in_order(meta: &str, text: &str) -> String {
    match text.split_once(", ") {
        Some((family, given))
            if is_inverted(meta)
                && !given.contains(',')
                && (has_given_name(given) || !family.contains(' ') && meta.starts_with("citation")) =>
        {
            format!("{given} {family}")
        }
        _ => text.to_owned(),
    }
}

/// Metas of catalogues, which put the family name first.
fn is_inverted(meta: &str) -> bool {
    matches!(
        meta,
        "citation_author" | "dc.creator" | "dcterms.creator" | "dc.contributor" | "dcterms.contributor"
    )
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

//! What the outlet itself files an article under: evidence, never the verdict.
//!
//! Outlets agree with a careful reader on about four articles of five, so the section shifts the odds and a
//! clear text still wins. Names are looked up in a table, as printed or as they stand in an address.

use std::collections::HashMap;
use std::sync::LazyLock;

use kiosque_model::Rubrique;

use crate::fold::{fold, stem, words};
use crate::lexicon::rows;

/// Folded stems joined by a space, and the bit of their rubrique.
static NAMES: LazyLock<HashMap<String, u16>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (bit, _, entries) in rows(include_str!("../data/sections.tsv")) {
        for entry in entries.split(',') {
            names.insert(normal(entry).join(" "), bit);
        }
    }
    names
});

/// Words of the longest name.
const LONGEST: usize = 4;

/// The rubrique a section or a path names, if it names one of ours.
pub(crate) fn rubrique(section: Option<&str>, url: Option<&str>) -> Option<Rubrique> {
    section.and_then(named).or_else(|| url.and_then(in_path))
}

fn normal(name: &str) -> Vec<String> {
    words(name).map(|(_, word)| stem(&fold(word)).to_owned()).collect()
}

/// The rubrique of a name: the whole, else its longest part that is in the table.
fn named(name: &str) -> Option<Rubrique> {
    let words = normal(name);
    if words.len() > 8 {
        return None;
    }
    (1..=LONGEST.min(words.len())).rev().find_map(|length| {
        let bit = words.windows(length).find_map(|part| NAMES.get(&part.join(" ")))?;
        Rubrique::ALL.get(bit.trailing_zeros() as usize).copied()
    })
}

/// The first folder of an address that names a rubrique. The last segment is the article's own.
fn in_path(url: &str) -> Option<Rubrique> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split(['?', '#']).next()?;
    let mut segments: Vec<&str> = path.split('/').skip(1).filter(|s| !s.is_empty()).collect();
    segments.pop();
    segments.iter().take(4).find_map(|segment| {
        let segment = decoded(segment);
        // A slug of many words is a headline, not a section.
        (words(&segment).count() <= LONGEST).then(|| named(&segment)).flatten()
    })
}

/// Undoes percent-encoding (RFC 3986 §2.1); what is no UTF-8 then is passed over.
fn decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| segment.get(at + 1..at + 3)).flatten();
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(section: Option<&str>, url: Option<&str>, expected: Option<&str>) {
        assert_eq!(rubrique(section, url).map(Rubrique::slug), expected, "{section:?} {url:?}");
    }

    #[test]
    fn section_names_are_known_in_four_languages() {
        check(Some("Économie"), None, Some("economie"));
        check(Some("Justice - Faits divers"), None, Some("faits-divers"));
        check(Some("الرياضة"), None, Some("sport"));
        check(Some("Eco Business"), None, Some("economie"));
        check(Some("Santé & Bien être"), None, Some("sante"));
        check(Some("Deportes"), None, Some("sport"));
        check(Some("À la une"), None, None);
        check(Some("Maroc"), None, None);
        check(Some(""), None, None);
    }

    #[test]
    fn folders_of_an_address_count_but_not_the_article() {
        check(None, Some("https://a.example/sport/football/x.html"), Some("sport"));
        check(None, Some("https://a.example/%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9/123.html"), Some("sport"));
        check(None, Some("https://a.example/2024/05/sport"), None);
        check(None, Some("https://a.example/actualites/le-sport-a-l-ecole-en-question/1"), None);
        check(None, Some("https://a.example/%ZZ%/é"), None);
        check(Some("Une"), Some("http://a.example/politique/x"), Some("politique"));
    }
}

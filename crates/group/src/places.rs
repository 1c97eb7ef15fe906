//! Countries, great cities and a few bodies under one key for all languages and both scripts.
//!
//! Only names whose skeletons do not meet are needed (`Le Caire`, `القاهرة`), and adjectives. The table is
//! written for this crate; forms are folded, words of a name joined by `_`, Arabic without the article, and
//! small words (`de`, `du`) left out.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::fold::Word;
use crate::skeleton::bare_arabic;

/// Key, Latin forms, Arabic forms.
const TABLE: &str = include_str!("../data/places.tsv");

fn table() -> &'static HashMap<&'static str, &'static str> {
    static PARSED: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    PARSED.get_or_init(|| {
        TABLE
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .flat_map(|(key, forms)| forms.split_whitespace().map(move |form| (form, key)))
            .collect()
    })
}

/// The keys of the places named, in order, each as often as it is named.
pub(crate) fn places(words: &[Word]) -> Vec<&'static str> {
    let bare: Vec<&str> = words.iter().map(|w| bare_arabic(&w.text)).filter(|w| w.len() > 2).collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < bare.len() {
        let pair = bare.get(i + 1).and_then(|next| table().get(format!("{}_{next}", bare[i]).as_str()));
        match pair.or_else(|| table().get(bare[i]).or_else(|| without_particle(bare[i]))) {
            Some(place) => {
                found.push(*place);
                i += if pair.is_some() { 2 } else { 1 };
            }
            None => i += 1,
        }
    }
    found
}

/// `بباريس`, `وفرنسا`: a particle written onto the name.
fn without_particle(word: &str) -> Option<&'static &'static str> {
    table().get(word.strip_prefix(['ب', 'و', 'ل', 'ف'])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::words;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(places(&words(text, 99)), expected);
    }

    #[test]
    fn finds_places_in_both_scripts() {
        check("Le Caire et les États-Unis", &["caire", "us"]);
        check("القاهرة والولايات المتحدة بباريس", &["caire", "us", "paris"]);
        check("la Coupe du monde au Maroc", &["mondial", "ma"]);
        check("بالدار البيضاء", &["casa"]);
        check("nulle part", &[]);
    }
}

//! What carries across scripts: people, places and figures, each worth what it tells.
//!
//! A capital marks a name in Latin letters; Arabic has none, so there any uncommon word may be one. Two
//! neighbouring words that agree are a person's name and hardly ever chance; one short skeleton often is.

use crate::background::general_weight;
use crate::fold::{Script, Word};
use crate::numbers::figures;
use crate::places::places;
use crate::skeleton::readings;

/// Stems with a smaller weight are words of the language, not names.
const COMMON: f32 = 0.35;
/// Words more common than this are no part of a full name either; between the two are the first names.
const COMMON_FIRST_NAME: f32 = 0.15;
/// Least letters of the two skeletons of a full name together, and of each.
const FULL_NAME_LETTERS: usize = 5;
const SHORTEST_PART: usize = 2;
/// Shorter skeletons are shared by too many words.
const MIN_LETTERS: usize = 3;

/// The names of one part of an article: key and worth, as often as they stand there.
///
/// `stems` are those of `words`, one each.
pub(crate) fn names(text: &str, words: &[Word], stems: &[u32]) -> Vec<(String, f32)> {
    let mut found: Vec<(String, f32)> = Vec::new();
    let mut previous: (Vec<String>, bool) = (Vec::new(), false);
    for (word, stem) in words.iter().zip(stems) {
        let weight = general_weight(*stem);
        let may_be = !word.is_number()
            && (word.script() == Script::Arabic || word.capital)
            && weight > COMMON_FIRST_NAME;
        let skeletons = if may_be { readings(word) } else { Vec::new() };
        let uncommon = weight > COMMON;
        for skeleton in &skeletons {
            let letters = skeleton.len();
            if uncommon && letters >= MIN_LETTERS {
                found.push((format!("~{skeleton}"), worth(letters)));
            }
            for first in previous.0.iter().filter(|_| uncommon || previous.1) {
                if first.len().min(letters) >= SHORTEST_PART && first.len() + letters >= FULL_NAME_LETTERS {
                    let key = format!("~{first} {skeleton}");
                    found.push((key, if first.len() + letters > FULL_NAME_LETTERS { 1.6 } else { 1.2 }));
                }
            }
        }
        previous = (skeletons, uncommon);
    }
    // Countries have keys of two letters and stand in every text on the world.
    let place_worth = |key: &str| if key.len() == 2 { 0.5 } else { 0.8 };
    found.extend(places(words).into_iter().map(|place| (format!("@{place}"), place_worth(place))));
    found.extend(figures(text).into_iter().map(|figure| (format!("#{}", figure.key), figure.worth)));
    found
}

/// Skeletons of three letters meet by chance; of five hardly.
fn worth(letters: usize) -> f32 {
    match letters {
        0..=3 => 0.5,
        4 => 0.9,
        _ => 1.1,
    }
}

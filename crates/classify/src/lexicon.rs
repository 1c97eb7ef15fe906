//! A hand-made list of general words for each rubrique, in French, Arabic, English and Spanish.
//!
//! Labelled texts are many in French and few elsewhere; these words reach the rubriques no corpus teaches.
//! They are evidence the model weighs, not rules: how much each rubrique's words count is learned.

use std::sync::LazyLock;

use kiosque_model::Rubrique;

use crate::document::{ByHash, hash_of, pair};
use crate::fold::{fold, stem, words};

/// The list, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// Bit `i` stands for `Rubrique::ALL[i]`.
    words: ByHash<u16>,
    phrases: ByHash<u16>,
    /// Beginnings of words, folded.
    beginnings: ByHash<u16>,
}

/// Beginnings have so many bytes; a shorter one would catch anything.
const BEGINNINGS: std::ops::RangeInclusive<usize> = 3..=14;

static BUNDLED: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../data/lexicon.tsv")));

impl Lexicon {
    /// The list the crate carries.
    pub(crate) fn bundled() -> &'static Self {
        &BUNDLED
    }

    fn parse(table: &str) -> Self {
        let mut lexicon = Self::default();
        for (bit, _, entries) in rows(table) {
            for entry in entries.split(',') {
                lexicon.add(entry.trim(), bit);
            }
        }
        lexicon
    }

    fn add(&mut self, entry: &str, bit: u16) {
        if let Some(beginning) = entry.strip_suffix('*') {
            *self.beginnings.entry(hash_of(&fold(beginning))).or_default() |= bit;
            return;
        }
        let hashes: Vec<u32> = words(entry).map(|(_, word)| hash_of(stem(&fold(word)))).collect();
        match hashes[..] {
            [word] => *self.words.entry(word).or_default() |= bit,
            [first, second, ..] => *self.phrases.entry(pair(first, second)).or_default() |= bit,
            [] => {}
        }
    }

    /// The rubriques a word speaks for.
    pub(crate) fn word(&self, folded: &str, hash: u32) -> u16 {
        let exact = self.words.get(&hash).copied().unwrap_or_default();
        if !folded.is_ascii() {
            return exact;
        }
        BEGINNINGS
            .take_while(|&length| length <= folded.len())
            .filter_map(|length| self.beginnings.get(&hash_of(&folded[..length])))
            .fold(exact, |bits, more| bits | more)
    }

    /// The rubriques a pair of words speaks for.
    pub(crate) fn phrase(&self, hash: u32) -> u16 {
        self.phrases.get(&hash).copied().unwrap_or_default()
    }
}

/// Made-up texts of the lexicon's words, `(index of the rubrique, text)`: they teach a model the words
/// of rubriques its corpora lack in a language.
pub(crate) fn lessons() -> Vec<(usize, String)> {
    let mut lessons = Vec::new();
    for (bit, _, entries) in rows(include_str!("../data/lexicon.tsv")) {
        let whole: Vec<&str> = entries.split(',').map(|e| e.trim().trim_end_matches('*')).collect();
        for first in 0..whole.len() {
            // Steps of 1, 2, 3… so that the same words do not always stand together.
            let chosen = (0..LESSON_WORDS).map(|n| whole[(first + n * (n + 1) / 2) % whole.len()]);
            lessons.push((bit.trailing_zeros() as usize, chosen.collect::<Vec<_>>().join(".\n")));
        }
    }
    lessons
}

/// Words of a made-up text.
const LESSON_WORDS: usize = 7;

/// The rows of a table: the rubrique's bit, the second column, the last one.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = (u16, &str, &str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (slug, rest) = line.split_once('\t')?;
        let (middle, entries) = rest.split_once('\t').unwrap_or(("", rest));
        let class = Rubrique::ALL.iter().position(|r| r.slug() == slug)?;
        Some((1 << class, middle, entries))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(word: &str) -> u16 {
        let folded = fold(word);
        Lexicon::bundled().word(&folded, hash_of(stem(&folded)))
    }

    fn check(word: &str, slugs: &[&str]) {
        let found: Vec<_> =
            (0..16).filter(|i| bits(word) >> i & 1 == 1).map(|i: usize| Rubrique::ALL[i].slug()).collect();
        assert_eq!(found, slugs, "{word}");
    }

    #[test]
    fn words_speak_for_their_rubriques() {
        check("footballeurs", &["sport"]);
        check("المدارس", &["education"]);
        check("وبالمدرسة", &["education"]);
        check("Météorologique", &["meteo"]);
        check("table", &[]);
    }

    #[test]
    fn every_rubrique_has_words_in_every_language() {
        for language in ["fr", "ar", "en", "es"] {
            let seen =
                rows(include_str!("../data/lexicon.tsv")).filter(|r| r.1 == language).fold(0, |b, r| b | r.0);
            assert_eq!(seen, (1 << Rubrique::ALL.len()) - 1, "{language}");
        }
    }
}

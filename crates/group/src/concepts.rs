//! What an article speaks of in words that every language has: a death, a fire, a strike, a budget.
//!
//! Few names cross from a French page to an Arabic one, and two events of one town share them all. A table of some
//! two hundred notions of the news, written for this crate, gives each its forms in French, Arabic, English and
//! Spanish: the notions of two texts agree where they tell one event, whatever their languages.

use std::sync::OnceLock;

use rust_stemmers::{Algorithm, Stemmer};

use crate::background::general_weight;
use crate::fold::{Word, words};
use crate::shelf::HashKeyed;
use crate::skeleton::bare_arabic;
use crate::terms::term_hash;

/// Key, then French, Arabic, English and Spanish forms, in the order of [`LATIN`] with Arabic second.
const TABLE: &str = include_str!("../data/concepts.tsv");
/// The languages whose forms are stems, and their columns after the key.
const LATIN: [(&str, Algorithm, usize); 3] =
    [("fr", Algorithm::French, 0), ("en", Algorithm::English, 2), ("es", Algorithm::Spanish, 3)];
const ARABIC_COLUMN: usize = 1;
/// Particles written onto an Arabic word, and the prefixes of a verb.
const ARABIC_PREFIXES: [char; 6] = ['و', 'ب', 'ل', 'ف', 'ي', 'ت'];
/// Endings of number, gender and possession.
const ARABIC_ENDINGS: [&str; 10] = ["ها", "هم", "ان", "ات", "ون", "ين", "يه", "ه", "ي", "ا"];
/// What is left of a word must be a root.
const SHORTEST_ARABIC: usize = 3;

/// A set of concepts, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Concepts([u64; 4]);

impl Concepts {
    fn of(number: usize) -> Self {
        let mut bits = [0; 4];
        bits[number / 64] = 1 << (number % 64);
        Self(bits)
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// The concepts both speak of.
    pub(crate) fn shared(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    /// What they tell: the squares of their weights, those of every other page next to nothing.
    pub(crate) fn told(self) -> f32 {
        let weights = &table().weights;
        self.numbers().filter_map(|number| weights.get(number)).map(|weight| weight * weight).sum()
    }

    fn numbers(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(part, bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| part * 64 + bit)
        })
    }

    /// The keys under which the background table counts them.
    pub(crate) fn keys(self) -> impl Iterator<Item = String> {
        self.numbers().filter_map(|number| TABLE.lines().nth(number)).map(key)
    }
}

struct Table {
    /// By language, then by the hash of the stem.
    latin: [HashKeyed<u32, Concepts>; 3],
    arabic: HashKeyed<u32, Concepts>,
    weights: Vec<f32>,
}

fn key(line: &str) -> String {
    format!("={}", line.split('\t').next().unwrap_or_default())
}

fn table() -> &'static Table {
    static PARSED: OnceLock<Table> = OnceLock::new();
    PARSED.get_or_init(|| Table {
        latin: LATIN.map(|(_, algorithm, column)| {
            let stemmer = Stemmer::create(algorithm);
            forms(column, |word| stemmer.stem(&word.text).into_owned())
        }),
        arabic: forms(ARABIC_COLUMN, |word| word.text.clone()),
        weights: TABLE.lines().map(|line| general_weight(term_hash(&key(line)))).collect(),
    })
}

fn forms(column: usize, stem: impl Fn(&Word) -> String) -> HashKeyed<u32, Concepts> {
    let mut found: HashKeyed<u32, Concepts> = HashKeyed::default();
    for (number, line) in TABLE.lines().enumerate() {
        for word in words(line.split('\t').nth(column + 1).unwrap_or_default(), usize::MAX) {
            found.entry(term_hash(&stem(&word))).or_default().add(Concepts::of(number));
        }
    }
    found
}

/// The concepts of a word of a language in Latin letters, by the hash of its stem.
pub(crate) fn of_stem(stem: u32, language: &str) -> Concepts {
    let column = LATIN.iter().position(|(code, ..)| *code == language);
    column.and_then(|column| table().latin[column].get(&stem)).copied().unwrap_or_default()
}

/// The concepts of an Arabic word: as it stands, without what is written onto it, in the singular.
pub(crate) fn of_arabic(word: &str) -> Concepts {
    let bare = bare_arabic(word);
    let whole = [Some(bare), without_prefix(bare), without_prefix(bare).and_then(without_prefix)];
    whole.into_iter().flatten().find_map(unprefixed).unwrap_or_default()
}

fn without_prefix(word: &str) -> Option<&str> {
    word.strip_prefix(ARABIC_PREFIXES).map(bare_arabic).filter(long_enough)
}

fn long_enough(word: &&str) -> bool {
    word.chars().count() >= SHORTEST_ARABIC
}

fn unprefixed(word: &str) -> Option<Concepts> {
    let listed = |form: &str| table().arabic.get(&term_hash(form)).copied();
    // A feminine ending is written open before a possessive, and falls away before a plural.
    let singular = |stem: &str| {
        let feminine = stem.strip_suffix('ت').unwrap_or(stem);
        listed(stem).or_else(|| listed(&format!("{feminine}ه")))
    };
    let endings = ARABIC_ENDINGS.iter();
    listed(word)
        .or_else(|| endings.filter_map(|e| word.strip_suffix(e)).filter(long_enough).find_map(singular))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, text: &str, expected: &[&str]) {
        let stemmer = LATIN.iter().find(|(code, ..)| *code == language).map(|(_, a, _)| Stemmer::create(*a));
        let mut found = Concepts::default();
        for word in words(text, 99) {
            found.add(match &stemmer {
                Some(stemmer) => of_stem(term_hash(&stemmer.stem(&word.text)), language),
                None => of_arabic(&word.text),
            });
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn a_set_has_room_for_the_table() {
        assert!(TABLE.lines().count() <= 256);
        assert!(TABLE.lines().all(|line| line.split('\t').filter(|forms| !forms.is_empty()).count() == 5));
    }

    #[test]
    fn four_languages_say_the_same() {
        check("fr", "Deux pêcheurs disparus", &["=fishing", "=lost"]);
        check("ar", "فقدان صيادين وبحارة مفقودين", &["=fishing", "=lost"]);
        check("en", "Two fishermen missing", &["=fishing", "=lost"]);
        check("es", "Dos pescadores desaparecidos", &["=fishing", "=lost"]);
    }

    #[test]
    fn arabic_words_are_read_under_what_is_written_onto_them() {
        check("ar", "وبالمستشفيات", &["=hospital"]);
        check("ar", "مدرستهم", &["=school"]);
        check("ar", "في ما قال", &[]);
    }
}

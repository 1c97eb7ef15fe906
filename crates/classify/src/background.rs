//! How frequent a word is in its language at large: what makes a word of an article telling or common.
//!
//! The lists hold the most frequent words of French, Arabic, English and Spanish; a language without a list
//! is measured by none, and every word of it then counts alike.

use std::sync::LazyLock;

use crate::document::{ByHash, hash_of};
use crate::fold::{fold, stem};

/// The languages with lists, by their codes.
pub(crate) const LANGUAGES: [&str; 4] = ["fr", "ar", "en", "es"];

/// One language's list.
#[derive(Debug)]
pub(crate) struct Background {
    /// Ten times the Zipf value (log10 of occurrences in a thousand million words) of each stem.
    zipf: ByHash<u8>,
    stop: ByHash<()>,
}

static BUNDLED: LazyLock<[Background; 4]> = LazyLock::new(|| {
    [
        Background::read(
            include_bytes!("../data/frequency_fr.tsv.zst"),
            include_str!("../data/stopwords_fr.txt"),
        ),
        Background::read(
            include_bytes!("../data/frequency_ar.tsv.zst"),
            include_str!("../data/stopwords_ar.txt"),
        ),
        Background::read(
            include_bytes!("../data/frequency_en.tsv.zst"),
            include_str!("../data/stopwords_en.txt"),
        ),
        Background::read(
            include_bytes!("../data/frequency_es.tsv.zst"),
            include_str!("../data/stopwords_es.txt"),
        ),
    ]
});

/// A list unpacks to less than this.
const MAX_BYTES: usize = 1 << 20;

/// Zipf value of a word that is not in its language's list, which ends at about 3.3.
const UNLISTED: f32 = 2.6;

impl Background {
    /// The list of a language.
    pub(crate) fn of(language: &str) -> Option<&'static Self> {
        LANGUAGES.iter().position(|l| *l == language).map(|at| &BUNDLED[at])
    }

    /// All lists, in the order of [`LANGUAGES`].
    pub(crate) fn all() -> &'static [Self; 4] {
        &BUNDLED
    }

    fn read(packed: &[u8], stop: &str) -> Self {
        let text = zstd::bulk::decompress(packed, MAX_BYTES).expect("the crate's own list unpacks");
        let text = String::from_utf8(text).expect("the crate's own list is UTF-8");
        let mut zipf: ByHash<u8> = ByHash::default();
        for (word, value) in text.lines().filter_map(|line| line.split_once('\t')) {
            let value: u8 = value.parse().expect("the crate's own list holds numbers");
            let kept = zipf.entry(hash_of(stem(&fold(word)))).or_default();
            *kept = value.max(*kept);
        }
        let stop = stop.lines().map(|word| (hash_of(&fold(word.trim())), ())).collect();
        Self { zipf, stop }
    }

    /// The Zipf value of a stem, if it is listed.
    pub(crate) fn listed(&self, stem: u32) -> Option<f32> {
        self.zipf.get(&stem).map(|z| f32::from(*z) / 10.0)
    }

    /// The Zipf value of a stem.
    pub(crate) fn zipf(&self, stem: u32) -> f32 {
        self.listed(stem).unwrap_or(UNLISTED)
    }

    /// Whether a folded word only serves grammar.
    pub(crate) fn is_stop(&self, folded: &str) -> bool {
        self.stop.contains_key(&hash_of(folded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_frequent_and_rare_ones_not() {
        for (language, common, rare) in [
            ("fr", "maison", "sélénographie"),
            ("ar", "المدينة", "زقزقة"),
            ("en", "house", "quern"),
            ("es", "casa", "zahón"),
        ] {
            let list = Background::of(language).unwrap();
            let zipf = |word: &str| list.zipf(hash_of(stem(&fold(word))));
            assert!(zipf(common) > 4.5 && zipf(rare) < 3.0, "{language}");
        }
        assert!(Background::of("fr").unwrap().is_stop(&fold("Était")));
        assert!(Background::of("ar").unwrap().is_stop(&fold("على")));
        assert!(Background::of("de").is_none());
    }
}

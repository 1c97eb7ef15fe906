//! A text as a bottom-k sketch of its word shingles.
//!
//! The k smallest hashes of a set are a uniform sample of it, the same for every text (Broder 1997; Cohen and
//! Kaplan's bottom-k): two texts are compared below the smaller of their two cut-offs.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::fold::Word;

/// The sketch of one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sketch {
    /// The smallest hashes, rising.
    pub(crate) hashes: Vec<u32>,
    /// Distinct shingles of the whole text.
    pub(crate) size: u32,
    /// Hashes at or below this were kept; `u32::MAX` where all were.
    pub(crate) cut_off: u32,
}

impl Sketch {
    /// Sketches the shingles of `k` words, keeping `keep` hashes.
    pub(crate) fn new(words: &[Word], k: usize, keep: usize) -> Self {
        let each: Vec<u64> = words.iter().map(|w| xxh3_64_with_seed(w.text.as_bytes(), 0)).collect();
        let mut hashes: Vec<u32> = each.windows(k.max(1)).map(mix).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let size = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        let cut_off = if hashes.len() > keep {
            hashes.truncate(keep);
            hashes.last().copied().unwrap_or_default()
        } else {
            u32::MAX
        };
        hashes.shrink_to_fit();
        Self { hashes, size, cut_off }
    }

    /// How many of its kept hashes lie at or below `cut_off`.
    pub(crate) fn below(&self, cut_off: u32) -> usize {
        self.hashes.partition_point(|h| *h <= cut_off)
    }
}

/// One hash of a run of words; the order of the words matters.
fn mix(run: &[u64]) -> u32 {
    let mixed = run.iter().fold(0_u64, |acc, h| {
        let x = (acc.rotate_left(23) ^ h).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x ^ (x >> 29)
    });
    u32::try_from(mixed >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::words;

    #[test]
    fn a_short_text_is_kept_whole_and_a_long_one_sampled() {
        let short = Sketch::new(&words("un deux trois quatre", 99), 3, 8);
        assert_eq!((short.hashes.len(), short.size, short.cut_off), (2, 2, u32::MAX));
        let text: String = (0..500).map(|i| format!("mot{i} ")).collect();
        let long = Sketch::new(&words(&text, 999), 3, 64);
        assert_eq!((long.hashes.len(), long.size), (64, 498));
        assert_eq!(long.below(long.cut_off), 64);
    }

    #[test]
    fn order_matters_and_nothing_is_fine() {
        let of = |text: &str| Sketch::new(&words(text, 99), 3, 64).hashes;
        assert_ne!(of("un deux trois"), of("trois deux un"));
        assert!(of("un deux").is_empty());
    }
}

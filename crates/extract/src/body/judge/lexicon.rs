//! What names and words have told on other sites: class names around a line, words at its start.
//!
//! The role table knows some hundred names by hand; here are those the training tool found to go with the article's
//! lines or with others, each with its evidence as log-odds against the usual. Names and words are kept as hashes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Names of elements and words of a line that scores are known for.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// For a class name: its evidence in lines the rules keep, and in lines they drop.
    names: HashMap<u32, [f32; 2], Spread>,
    words: HashMap<u32, f32, Spread>,
}

/// Keys are hashes already; they need only be spread. The tables are fixed, so that no page can crowd them.
type Spread = BuildHasherDefault<Spreader>;

#[derive(Debug, Default)]
struct Spreader(u64);

impl Hasher for Spreader {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_u32(u32::from(*b)));
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = (self.0 ^ u64::from(key)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// How many numbers a lexicon gives of a line.
pub(crate) const COUNT: usize = 10;

/// The evidence of one element's names: least, most and sum in kept lines, least and most in dropped ones.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Element([f32; 5]);

impl Lexicon {
    /// Reads the text form: `n HASH KEPT DROPPED` or `w HASH SCORE`, a line each.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut lexicon = Self::default();
        for line in text.lines() {
            let mut parts = line.split(' ');
            let kind = parts.next()?;
            let key = u32::from_str_radix(parts.next()?, 16).ok()?;
            let mut score = || parts.next()?.parse::<f32>().ok();
            match kind {
                "n" => drop(lexicon.names.insert(key, [score()?, score()?])),
                "w" => drop(lexicon.words.insert(key, score()?)),
                _ => return None,
            }
        }
        Some(lexicon)
    }

    /// The evidence of an element by the hashes of its names.
    pub(crate) fn element(&self, names: &[u32]) -> Element {
        let mut out = [0.0f32; 5];
        for [kept, dropped] in names.iter().filter_map(|name| self.names.get(name)) {
            out[0] = out[0].min(*kept);
            out[1] = out[1].max(*kept);
            out[2] += kept;
            out[3] = out[3].min(*dropped);
            out[4] = out[4].max(*dropped);
        }
        Element(out)
    }

    /// The numbers of a line: of the elements around it, nearest first, and of its words.
    pub(crate) fn numbers(&self, elements: impl Iterator<Item = Element>, words: &[u32]) -> [f32; COUNT] {
        let mut out = [0.0f32; COUNT];
        for (i, Element(e)) in elements.enumerate() {
            if i == 0 {
                out[5] = e[0];
            }
            out[0] = out[0].min(e[0]);
            out[1] = out[1].max(e[1]);
            out[2] += e[2];
            out[3] = out[3].min(e[3]);
            out[4] = out[4].max(e[4]);
        }
        let known = words.iter().filter_map(|word| self.words.get(word));
        let (mut sum, mut least, mut most) = (0.0, 0.0f32, 0.0f32);
        for score in known {
            sum += score;
            least = least.min(*score);
            most = most.max(*score);
        }
        out[6] = sum;
        out[7] = sum / words.len().max(1) as f32;
        out[8] = least;
        out[9] = most;
        out
    }
}

/// The hash of a name or word (FNV-1a).
pub(crate) fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811C_9DC5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_evidence() {
        let (box_, text) = (hash("infobox"), hash("subscribe"));
        let lexicon = Lexicon::parse(&format!("n {box_:x} -2 0.5\nw {text:x} -1.5")).unwrap();
        let element = lexicon.element(&[hash("unknown"), box_]);
        let numbers = lexicon.numbers([Element::default(), element].into_iter(), &[text, hash("the")]);
        assert_eq!(numbers, [-2.0, 0.0, -2.0, 0.0, 0.5, 0.0, -1.5, -0.75, -1.5, 0.0]);
        assert!(Lexicon::parse("n zz 1 1").is_none());
    }
}

//! What the model sees of an article: its words and pairs of words, and what the lexicon says of them.
//!
//! Training and classifying read a text through this one door: a model is only right for the features it was
//! trained on, so a change here is a new model version (`model::VERSION`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use kiosque_model::Rubrique;
use xxhash_rust::xxh3::xxh3_64;

use crate::fold::{fold_into, stem, words};
use crate::lexicon::Lexicon;

/// How many rubriques there are.
pub(crate) const CLASSES: usize = Rubrique::ALL.len();

/// A number for each rubrique, in the order of [`Rubrique::ALL`].
pub(crate) type Scores = [f32; CLASSES];

/// A word of the title counts as so many of the text.
const TITLE_WEIGHT: f32 = 3.0;

/// What a headline's own terms are marked with, and what they count.
const HEADLINE: u32 = 0x7469_746C;
const HEADLINE_WEIGHT: f32 = 2.0;

/// Words read of a text: news says early what it is about, and time stays bounded.
const MAX_WORDS: usize = 700;

/// Words of an article that open it, and count for more.
const LEAD_WORDS: usize = 60;
const LEAD_WEIGHT: f32 = 1.5;

/// A word or a pair of words where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term<'a> {
    pub(crate) hash: u32,
    pub(crate) weight: f32,
    pub(crate) text: &'a str,
}

/// An article as the model sees it.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) terms: Vec<Term<'a>>,
    /// For each rubrique, 0 to 1: the share of the lexicon's words here that speak for it, as a root.
    pub(crate) evidence: Scores,
    /// The lexicon's words met, with the index of the rubrique they speak for.
    pub(crate) hits: Vec<(usize, &'a str)>,
}

impl<'a> Document<'a> {
    /// Reads a title, the publisher's keywords and a text.
    pub(crate) fn new(title: &'a str, keywords: &'a [String], text: &'a str) -> Self {
        let mut reader = Reader::default();
        reader.read(title, |_| TITLE_WEIGHT);
        reader.mark_headline();
        for keyword in keywords.iter().take(8) {
            reader.read(keyword, |_| 1.0);
        }
        reader.read(text, |n| if n < LEAD_WORDS { LEAD_WEIGHT } else { 1.0 });
        reader.finish()
    }
}

#[derive(Default)]
struct Reader<'a> {
    terms: Vec<Term<'a>>,
    hits: Vec<(usize, &'a str)>,
    counts: Scores,
    folded: String,
}

impl<'a> Reader<'a> {
    fn read(&mut self, text: &'a str, weight: impl Fn(usize) -> f32) {
        let lexicon = Lexicon::bundled();
        let mut before: Option<(usize, usize, u32)> = None;
        for (n, (start, word)) in words(text).take(MAX_WORDS).enumerate() {
            let (weight, end) = (weight(n), start + word.len());
            fold_into(word, &mut self.folded);
            let hash = hash_of(stem(&self.folded));
            self.terms.push(Term { hash, weight, text: word });
            self.note(lexicon.word(&self.folded, hash), word, weight);
            // A pair across a sentence's end or a line says nothing.
            if let Some((first, last, hash_before)) = before
                && start - last <= 3
                && !text[last..start].contains(['.', '\n', '!', '?', ';'])
            {
                let (hash, text) = (pair(hash_before, hash), &text[first..end]);
                self.terms.push(Term { hash, weight, text });
                self.note(lexicon.phrase(hash), text, weight * 1.5);
            }
            before = Some((start, end, hash));
        }
    }

    /// A word of the headline is also a term of its own: `finale` in a headline says more than in a text.
    fn mark_headline(&mut self) {
        for at in 0..self.terms.len() {
            let term = self.terms[at];
            self.terms.push(Term { hash: pair(HEADLINE, term.hash), weight: HEADLINE_WEIGHT, ..term });
        }
    }

    fn note(&mut self, rubriques: u16, text: &'a str, weight: f32) {
        for class in (0..CLASSES).filter(|class| rubriques >> class & 1 == 1) {
            self.counts[class] += weight;
            self.hits.push((class, text));
        }
    }

    fn finish(self) -> Document<'a> {
        let all: f32 = self.counts.iter().sum();
        let evidence = self.counts.map(|count| (count / (all + 3.0)).sqrt());
        Document { terms: self.terms, evidence, hits: self.hits }
    }
}

/// A map from hashes made here. They are spread already, so one multiplication replaces hashing them again.
pub(crate) type ByHash<V> = HashMap<u32, V, BuildHasherDefault<Spread>>;

/// Hashes of a [`ByHash`].
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, hash: u32) {
        self.0 = (self.0 ^ u64::from(hash)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// The hash a stem is known by.
pub(crate) fn hash_of(stem: &str) -> u32 {
    xxh3_64(stem.as_bytes()) as u32
}

/// The hash of two stems in a row.
pub(crate) fn pair(first: u32, second: u32) -> u32 {
    let mixed = (u64::from(first) << 32 | u64::from(second)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29) as u32
}

//! What names and words tell: counts by site of how often each stands at lines of articles and at others.
//!
//! Every site has one vote for a name, so that a large site is no more than a small one. Kept by shards of sites:
//! a lexicon can leave out the shards it is to be tried on, also within a training set, where a name's score must
//! not have seen the line it describes.

use std::collections::HashMap;
use std::fmt::Write as _;

use kiosque_extract::training::{Lexicon, Line};

use crate::lesson::Answer;

/// Shards of sites.
pub const SHARDS: usize = 20;
/// A name or word of fewer sites is not believed.
const MIN_SITES: f64 = 3.0;
/// How many sites' worth of the usual is added to what is seen.
const USUAL: f64 = 2.0;
/// A score nearer to nothing is left out.
const LEAST: f64 = 0.5;

#[derive(Debug, Default, Clone, Copy)]
struct Votes {
    right: f64,
    wrong: f64,
}

type Counts = HashMap<u32, Votes>;

/// Names at lines the rules keep, names at lines they drop, words.
#[derive(Debug, Default, Clone)]
struct Shard([Counts; 3]);

/// All counts.
#[derive(Debug)]
pub struct Telling(Vec<Shard>);

/// A site's lines with their answers.
pub type Site<'s> = Vec<(&'s Line, Answer)>;

impl Telling {
    /// Counts the lines of all sites, given with their shards.
    #[must_use]
    pub fn count<'s>(sites: impl Iterator<Item = (usize, Site<'s>)>) -> Self {
        let mut shards = vec![Shard::default(); SHARDS];
        for (shard, site) in sites {
            let mut own = Shard::default();
            for (line, answer) in site.into_iter().filter(|(_, a)| a.weight > 0.0) {
                let vote = |counts: &mut Counts, key: u32| {
                    let votes = counts.entry(key).or_default();
                    if answer.right { votes.right += 1.0 } else { votes.wrong += 1.0 }
                };
                let names: std::collections::BTreeSet<u32> = line.names.iter().flatten().copied().collect();
                for name in names {
                    vote(&mut own.0[usize::from(!line.kept)], name);
                }
                if line.kept {
                    line.words.iter().for_each(|&word| vote(&mut own.0[2], word));
                }
            }
            for (all, own) in shards[shard].0.iter_mut().zip(own.0) {
                for (key, votes) in own {
                    let total = votes.right + votes.wrong;
                    let slot = all.entry(key).or_default();
                    slot.right += votes.right / total;
                    slot.wrong += votes.wrong / total;
                }
            }
        }
        Self(shards)
    }

    /// The lexicon of the shards wanted, in its text form.
    #[must_use]
    pub fn text(&self, wanted: impl Fn(usize) -> bool) -> String {
        let mut all = Shard::default();
        for (_, shard) in self.0.iter().enumerate().filter(|(s, _)| wanted(*s)) {
            for (sum, part) in all.0.iter_mut().zip(&shard.0) {
                for (key, votes) in part {
                    let slot = sum.entry(*key).or_default();
                    slot.right += votes.right;
                    slot.wrong += votes.wrong;
                }
            }
        }
        let [kept, dropped, words] = all.0.map(|counts| scores(&counts));
        let mut keys: Vec<u32> = kept.keys().chain(dropped.keys()).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let mut out = String::new();
        let of = |scores: &HashMap<u32, f64>, key: u32| scores.get(&key).copied().unwrap_or_default();
        for key in keys {
            let _ = writeln!(out, "n {key:x} {:.1} {:.1}", of(&kept, key), of(&dropped, key));
        }
        let mut words: Vec<_> = words.into_iter().collect();
        words.sort_unstable_by_key(|(key, _)| *key);
        for (key, score) in words {
            let _ = writeln!(out, "w {key:x} {score:.1}");
        }
        out
    }

    /// The lexicon of the shards wanted.
    #[must_use]
    pub fn lexicon(&self, wanted: impl Fn(usize) -> bool) -> Lexicon {
        Lexicon::parse(&self.text(wanted)).unwrap_or_default()
    }
}

fn scores(counts: &Counts) -> HashMap<u32, f64> {
    let (right, wrong) = counts.values().fold((1.0, 1.0), |(r, w), v| (r + v.right, w + v.wrong));
    let usual = right / (right + wrong);
    let odds = |r: f64, w: f64| (r / w).ln();
    counts
        .iter()
        .filter(|(_, v)| v.right + v.wrong >= MIN_SITES - 1e-9)
        .map(|(key, v)| {
            let seen = odds(v.right + USUAL * usual, v.wrong + USUAL * (1.0 - usual));
            (*key, seen - odds(usual, 1.0 - usual))
        })
        .filter(|(_, score)| score.abs() >= LEAST)
        .collect()
}

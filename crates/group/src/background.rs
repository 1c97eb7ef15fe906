//! How common a term is: in the press at large, and in the window.
//!
//! A window that has just opened knows nothing of its language, so counts start from a small table of document
//! frequencies (`data/background.tsv`) that weighs like [`PRIOR`] articles and fades as the window fills.

use std::sync::OnceLock;

use crate::shelf::HashKeyed;
use crate::terms::{Term, term_hash};

/// How many articles of the window the table weighs as much as.
const PRIOR: f32 = 400.0;
/// Share of articles assumed for a term the table does not list.
const UNLISTED: f32 = 0.000_3;

/// Stems and how many of 10,000 articles hold them, most common first.
const TABLE: &str = include_str!("../data/background.tsv");

fn table() -> &'static HashKeyed<u32, f32> {
    static PARSED: OnceLock<HashKeyed<u32, f32>> = OnceLock::new();
    PARSED.get_or_init(|| {
        TABLE
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(stem, rate)| Some((term_hash(stem), rate.parse::<f32>().ok()? / 10_000.0)))
            .collect()
    })
}

/// Weight of a term by the table alone; what an article keeps is chosen by it, so that the choice never depends
/// on what else the window held.
pub(crate) fn general_weight(term: u32) -> f32 {
    inverse(table().get(&term).copied().unwrap_or(UNLISTED))
}

/// Document frequencies of the window.
#[derive(Debug, Default)]
pub(crate) struct Frequencies {
    holding: HashKeyed<u32, u32>,
    articles: u32,
}

impl Frequencies {
    /// Counts an article's terms.
    pub(crate) fn add(&mut self, terms: &[Term]) {
        self.articles += 1;
        for term in terms {
            *self.holding.entry(term.hash).or_insert(0) += 1;
        }
    }

    /// Takes an article's terms back.
    pub(crate) fn remove(&mut self, terms: &[Term]) {
        self.articles = self.articles.saturating_sub(1);
        for term in terms {
            if let Some(count) = self.holding.get_mut(&term.hash) {
                *count -= 1;
                if *count == 0 {
                    self.holding.remove(&term.hash);
                }
            }
        }
    }

    /// Takes a day back, given how many of its articles hold each term.
    pub(crate) fn remove_day(&mut self, day: &Self) {
        self.articles = self.articles.saturating_sub(day.articles);
        for (term, times) in &day.holding {
            if let Some(count) = self.holding.get_mut(term) {
                *count = count.saturating_sub(*times);
                if *count == 0 {
                    self.holding.remove(term);
                }
            }
        }
    }

    /// In how many articles of the window the term stands.
    pub(crate) fn holding(&self, term: u32) -> u32 {
        self.holding.get(&term).copied().unwrap_or(0)
    }

    /// Inverse document frequency: the table's rate and the window's, each weighing by its number of articles.
    pub(crate) fn weight(&self, term: u32) -> f32 {
        let general = table().get(&term).copied().unwrap_or(UNLISTED);
        let seen = self.holding(term) as f32;
        inverse((general * PRIOR + seen) / (PRIOR + self.articles as f32))
    }
}

/// 0 for a term in a fifth of all articles or more, 1 for one in 50,000.
fn inverse(rate: f32) -> f32 {
    const COMMON: f32 = 0.2;
    const RAREST: f32 = 0.000_02;
    ((COMMON / rate.max(RAREST)).ln() / (COMMON / RAREST).ln()).clamp(0.0, 1.0)
}

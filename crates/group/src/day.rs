//! The entries of one day with their indexes, and the window of days.
//!
//! A day is forgotten by dropping it whole. Entries are never moved within a day, so an entry is named by its
//! day and number; a revised article leaves a gap and gets a new number. One taken out with its sketch leaves
//! nothing behind, and its number is given again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kiosque_model::ArticleId;

use crate::background::Frequencies;
use crate::shelf::Shelf;
use crate::sketch::Sketch;
use crate::terms::{Term, Terms};

/// Stems of an article by which it is found again: its weightiest.
const INDEXED_TERMS: usize = 14;

/// What is kept of an article.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: ArticleId,
    pub(crate) at: Timestamp,
    /// Hash of the outlet's id.
    pub(crate) source: u64,
    /// Hash of the headline and text as given: the same article again is told by it.
    pub(crate) text_hash: u64,
    pub(crate) copy_of: Option<ArticleId>,
    /// Hash of the story's id.
    pub(crate) story: u64,
    /// Whether its place may still change with what comes in beside it.
    pub(crate) open: bool,
    /// The sketch without its hashes, which the day's index holds.
    pub(crate) shingles: u32,
    pub(crate) kept_shingles: u32,
    pub(crate) cut_off: u32,
    pub(crate) terms: Terms,
}

impl Entry {
    /// The id under which its text first appeared: its own, or its origin's.
    pub(crate) fn origin(&self) -> &ArticleId {
        self.copy_of.as_ref().unwrap_or(&self.id)
    }

    /// Whether its terms count in the window: a dispatch printed six times makes no word common, and what is open
    /// is compared by what has settled, so that one more open article changes no weight.
    pub(crate) fn counts(&self) -> bool {
        self.copy_of.is_none() && !self.open
    }
}

/// Where an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) day: i64,
    pub(crate) number: u32,
}

/// One day.
#[derive(Debug, Default)]
pub(crate) struct Day {
    pub(crate) entries: Vec<Option<Entry>>,
    /// Numbers no index holds any more.
    free: Vec<u32>,
    pub(crate) shingles: Shelf,
    pub(crate) stems: Shelf,
    pub(crate) names: Shelf,
    /// How many of the day's articles hold each term: a day is taken from the window's counts in one go.
    pub(crate) stem_counts: Frequencies,
    pub(crate) name_counts: Frequencies,
}

/// The days kept.
#[derive(Debug, Default)]
pub(crate) struct Days(pub(crate) BTreeMap<i64, Day>);

/// The UTC day of a moment, counted from 1970.
pub(crate) fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

impl Days {
    pub(crate) fn get(&self, place: Place) -> Option<&Entry> {
        self.0.get(&place.day)?.entries.get(place.number as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, place: Place) -> Option<&mut Entry> {
        self.0.get_mut(&place.day)?.entries.get_mut(place.number as usize)?.as_mut()
    }

    /// The days at most `window_days` from `day`.
    pub(crate) fn around(&self, day: i64, window_days: u32) -> impl Iterator<Item = (i64, &Day)> {
        let reach = i64::from(window_days);
        self.0.range(day.saturating_sub(reach)..=day.saturating_add(reach)).map(|(d, day)| (*d, day))
    }

    pub(crate) fn insert(&mut self, entry: Entry, sketch: &Sketch) -> Place {
        let at = day_of(entry.at);
        let day = self.0.entry(at).or_default();
        let next = u32::try_from(day.entries.len()).unwrap_or(u32::MAX);
        let number = day.free.pop().unwrap_or(next);
        for hash in &sketch.hashes {
            day.shingles.insert(*hash, number);
        }
        for hash in indexed_stems(&entry.terms) {
            day.stems.insert(hash, number);
        }
        for term in &entry.terms.names {
            day.names.insert(term.hash, number);
        }
        if entry.counts() {
            day.stem_counts.add(&entry.terms.stems);
            day.name_counts.add(&entry.terms.names);
        }
        match day.entries.get_mut(number as usize) {
            Some(freed) => *freed = Some(entry),
            None => day.entries.push(Some(entry)),
        }
        Place { day: at, number }
    }

    /// Takes an entry out of its day's indexes too; `sketch` is the one it was inserted with.
    pub(crate) fn take_whole(&mut self, place: Place, sketch: &Sketch) -> Option<Entry> {
        let entry = self.take(place)?;
        let day = self.0.get_mut(&place.day)?;
        for hash in &sketch.hashes {
            day.shingles.remove(*hash, place.number);
        }
        for hash in indexed_stems(&entry.terms) {
            day.stems.remove(hash, place.number);
        }
        for term in &entry.terms.names {
            day.names.remove(term.hash, place.number);
        }
        day.free.push(place.number);
        Some(entry)
    }

    /// An open entry has settled where it stands: its terms count from now on.
    pub(crate) fn close(&mut self, place: Place) -> Option<&Entry> {
        let day = self.0.get_mut(&place.day)?;
        let entry = day.entries.get_mut(place.number as usize)?.as_mut()?;
        entry.open = false;
        if entry.counts() {
            day.stem_counts.add(&entry.terms.stems);
            day.name_counts.add(&entry.terms.names);
        }
        Some(entry)
    }

    pub(crate) fn take(&mut self, place: Place) -> Option<Entry> {
        let day = self.0.get_mut(&place.day)?;
        let entry = day.entries.get_mut(place.number as usize)?.take()?;
        if entry.counts() {
            day.stem_counts.remove(&entry.terms.stems);
            day.name_counts.remove(&entry.terms.names);
        }
        Some(entry)
    }
}

/// The stems an article is found by; chosen by the background table alone, as all that is kept.
pub(crate) fn indexed_stems(terms: &Terms) -> Vec<u32> {
    let weight = |t: &Term| f32::from(t.weight) * crate::background::general_weight(t.hash);
    let mut ranked: Vec<(f32, u32)> = terms.stems.iter().map(|t| (weight(t), t.hash)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(INDEXED_TERMS);
    ranked.into_iter().map(|(_, hash)| hash).collect()
}

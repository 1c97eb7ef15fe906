//! Remembers why an open article stands where it does, so that only those are judged again that may stand elsewhere.
//!
//! Where an open article belongs follows from what has settled and from the open articles it meets: those that
//! hold one of its shingles or one of the terms it is looked up by, and those in the stories it is judged against.
//! While none of these has changed, neither has the answer, whatever else came in. Weights take no part in this, for
//! open articles do not count in them.

use xxhash_rust::xxh3::xxh3_64;

use super::{Grouper, Reading, id_hash};
use crate::day::{Entry, Place, indexed_stems};
use crate::item::{Item, Placement};
use crate::shelf::Shelf;
use crate::sketch::Sketch;
use crate::stories::Read;
use crate::terms::Terms;

/// The open articles by what they are found by.
#[derive(Debug, Default)]
pub(super) struct Near {
    shingles: Shelf,
    stems: Shelf,
    names: Shelf,
    places: Vec<Place>,
    /// Numbers that no index holds any more.
    free: Vec<u32>,
}

impl Near {
    /// Puts in an open article and tells its number here.
    pub(super) fn insert(&mut self, place: Place, sketch: &Sketch, terms: &Terms) -> u32 {
        let number = self.free.pop().unwrap_or(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        match self.places.get_mut(number as usize) {
            Some(freed) => *freed = place,
            None => self.places.push(place),
        }
        sketch.hashes.iter().for_each(|hash| self.shingles.insert(*hash, number));
        indexed_stems(terms).into_iter().for_each(|hash| self.stems.insert(hash, number));
        terms.names.iter().for_each(|name| self.names.insert(name.hash, number));
        number
    }

    /// Takes out what was put in under this number with these.
    pub(super) fn remove(&mut self, number: u32, sketch: &Sketch, terms: &Terms) {
        sketch.hashes.iter().for_each(|hash| self.shingles.remove(*hash, number));
        indexed_stems(terms).into_iter().for_each(|hash| self.stems.remove(hash, number));
        terms.names.iter().for_each(|name| self.names.remove(name.hash, number));
        self.free.push(number);
    }

    /// The open articles that an article meets, each once.
    fn met(&self, sketch: &Sketch, read: &Read) -> impl Iterator<Item = Place> + '_ {
        let shelves =
            [(&self.shingles, &sketch.hashes), (&self.stems, &read.stems), (&self.names, &read.names)];
        let mut numbers: Vec<u32> = shelves
            .into_iter()
            .flat_map(|(shelf, keys)| keys.iter().flat_map(|key| shelf.get(*key)))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(|number| self.places.get(number as usize).copied())
    }
}

/// An answer, and what it was read from.
#[derive(Debug)]
pub(super) struct Remembered {
    /// Which state of all that has settled.
    settled: u64,
    read: Read,
    /// The open articles met, as they stood.
    met: u64,
    placement: Placement,
}

impl Grouper {
    /// Where an open article belongs, from memory if what was read then is still as it was.
    pub(super) fn judge_open(
        &self,
        item: &Item,
        reading: &Reading,
        before: Option<Remembered>,
    ) -> Remembered {
        let settled = self.changes_of_settled;
        if let Some(before) = before.filter(|before| before.settled == settled)
            && self.met_by(reading, &before.read) == before.met
        {
            debug_assert_eq!(self.decide(item, reading).0, before.placement);
            return before;
        }
        let (placement, read) = self.decide(item, reading);
        Remembered { settled, met: self.met_by(reading, &read), read, placement }
    }

    /// One number for the open articles that an article meets, which one follows from the set of them.
    fn met_by(&self, reading: &Reading, read: &Read) -> u64 {
        let met = self.settling.near.met(&reading.sketch, read);
        let told = read.stories.iter().flat_map(|story| self.members(*story).iter().copied());
        let print = |sort: u64, place: Place| {
            let entry = self.days.get(place).filter(|entry| entry.open);
            entry.map_or(0, |entry| print_of(sort, entry))
        };
        let met = met.map(|place| print(1, place)).fold(0, u64::wrapping_add);
        told.map(|place| print(2, place)).fold(met, u64::wrapping_add)
    }
}

impl Remembered {
    pub(super) fn placement(&self) -> &Placement {
        &self.placement
    }
}

/// What others read of an entry, as one number.
fn print_of(sort: u64, entry: &Entry) -> u64 {
    let origin = entry.copy_of.as_ref().map_or(0, id_hash);
    let at = entry.at.as_nanosecond();
    let read = [sort, id_hash(&entry.id), entry.text_hash, entry.source, entry.story, origin, at as u64];
    let bytes: Vec<u8> = read.into_iter().flat_map(u64::to_le_bytes).collect();
    xxh3_64(&bytes)
}

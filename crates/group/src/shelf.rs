//! A compact inverted index: from a 32-bit hash to the numbers of the entries that hold it.
//!
//! Most keys of a news window are held by one entry, so a lone number lives in the map itself and only shared
//! keys pay for a chain. Numbers come back newest first; callers must not let that order decide anything.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// For keys that are hashes already: multiplying spreads them, hashing them again would buy nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 ^= self.0 >> 32;
    }
}

/// A map keyed by hashes.
pub(crate) type HashKeyed<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// Marks a map value as an index into `chain` instead of an entry's number.
const CHAINED: u32 = 1 << 31;
/// Ends a chain.
const END: u32 = u32::MAX;

/// The index. Entries' numbers must stay below 2³¹.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    first: HashKeyed<u32, u32>,
    chain: Vec<(u32, u32)>,
    /// Links of the chain that nothing leads to any more.
    free: Vec<u32>,
}

impl Shelf {
    /// Notes that entry `number` holds `key`.
    pub(crate) fn insert(&mut self, key: u32, number: u32) {
        let Self { first, chain, free } = self;
        let mut link = |number, next| {
            let at = free.pop().unwrap_or(u32::try_from(chain.len()).unwrap_or_default());
            match chain.get_mut(at as usize) {
                Some(freed) => *freed = (number, next),
                None => chain.push((number, next)),
            }
            at | CHAINED
        };
        first
            .entry(key)
            .and_modify(|head| {
                if *head & CHAINED == 0 {
                    *head = link(*head, END);
                }
                *head = link(number, *head & !CHAINED);
            })
            .or_insert(number);
    }

    /// Takes back that entry `number` holds `key`.
    pub(crate) fn remove(&mut self, key: u32, number: u32) {
        let Some(head) = self.first.get_mut(&key) else { return };
        if *head & CHAINED == 0 {
            if *head == number {
                self.first.remove(&key);
            }
            return;
        }
        let (mut before, mut at) = (None, *head & !CHAINED);
        while let Some((held, next)) = self.chain.get(at as usize).copied() {
            if held != number {
                (before, at) = (Some(at), next);
                continue;
            }
            self.free.push(at);
            match before {
                Some(before) => self.chain[before as usize].1 = next,
                None if next == END => drop(self.first.remove(&key)),
                None => *head = next | CHAINED,
            }
            return;
        }
    }

    /// The entries that hold `key`.
    pub(crate) fn get(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        let head = self.first.get(&key).copied();
        let lone = head.filter(|h| h & CHAINED == 0);
        let mut at = head.filter(|h| h & CHAINED != 0).map_or(END, |h| h & !CHAINED);
        lone.into_iter().chain(std::iter::from_fn(move || {
            let (number, next) = *self.chain.get(at as usize)?;
            at = next;
            Some(number)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_and_shared_keys_come_back_newest_first() {
        let mut shelf = Shelf::default();
        for (key, number) in [(7, 0), (9, 1), (7, 2), (7, 3)] {
            shelf.insert(key, number);
        }
        assert_eq!(shelf.get(7).collect::<Vec<_>>(), [3, 2, 0]);
        assert_eq!(shelf.get(9).collect::<Vec<_>>(), [1]);
        assert_eq!(shelf.get(8).count(), 0);
    }

    #[test]
    fn what_is_taken_back_leaves_no_room_behind() {
        let mut shelf = Shelf::default();
        for round in 0..3 {
            for (key, number) in [(7, 0), (7, 2), (9, 1), (7, 3)] {
                shelf.insert(key, number);
            }
            assert_eq!(shelf.chain.len(), 3, "round {round}");
            shelf.remove(7, 2);
            shelf.remove(7, 8);
            assert_eq!(shelf.get(7).collect::<Vec<_>>(), [3, 0]);
            for (key, number) in [(7, 3), (7, 0), (9, 1)] {
                shelf.remove(key, number);
            }
            assert!(shelf.first.is_empty());
        }
    }
}

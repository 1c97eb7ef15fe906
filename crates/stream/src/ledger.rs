//! What every handle of one log knows in common: how far topics reach, and how far groups are.
//!
//! One process owns a log, so this is the truth about it, and asking it costs no I/O. It is also where an
//! empty-handed consumer sleeps until a producer wakes it. Invariant: it is told of messages and positions
//! only after the storage has them durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Position;
use crate::log::PARTITION;

/// Which offsets a topic holds: from `first` up to and without `next`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) first: u64,
    pub(crate) next: u64,
}

#[derive(Debug, Default)]
struct Entries {
    extents: BTreeMap<String, Extent>,
    /// Next offset by group and topic.
    committed: BTreeMap<(String, String), u64>,
    /// Groups and topics that have a consumer now.
    taken: BTreeSet<(String, String)>,
}

/// The shared knowledge, and the bell that rings when a topic grows.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: Mutex<Entries>,
    grown: Condvar,
}

impl Ledger {
    pub(crate) fn new(extents: BTreeMap<String, Extent>, committed: BTreeMap<(String, String), u64>) -> Self {
        let entries = Entries { extents, committed, taken: BTreeSet::new() };
        Self { entries: Mutex::new(entries), grown: Condvar::new() }
    }

    /// Every change below is one step, so what a panicking thread leaves behind is whole.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the place of the group's one consumer; false where another has it.
    pub(crate) fn take(&self, group: &str, topic: &str) -> bool {
        self.entries().taken.insert((group.to_owned(), topic.to_owned()))
    }

    pub(crate) fn release(&self, group: &str, topic: &str) {
        self.entries().taken.remove(&(group.to_owned(), topic.to_owned()));
    }

    /// Notes that a topic now reaches up to `next`, and wakes who waits. Flushes may report out of order.
    pub(crate) fn grow(&self, topic: &str, next: u64) {
        let mut entries = self.entries();
        let extent = entries.extents.entry(topic.to_owned()).or_default();
        extent.next = extent.next.max(next);
        drop(entries);
        self.grown.notify_all();
    }

    /// Notes that a topic's messages before `first` are gone.
    pub(crate) fn shrink(&self, topic: &str, first: u64) {
        if let Some(extent) = self.entries().extents.get_mut(topic) {
            extent.first = extent.first.max(first).min(extent.next);
        }
    }

    /// The topic's extent, once it reaches beyond `offset` or when `wait` is over.
    pub(crate) fn wait_beyond(&self, topic: &str, offset: u64, wait: Duration) -> Extent {
        let started = Instant::now();
        let mut entries = self.entries();
        loop {
            let extent = entries.extents.get(topic).copied().unwrap_or_default();
            let left = wait.saturating_sub(started.elapsed());
            if extent.next > offset || left.is_zero() {
                return extent;
            }
            entries = self.grown.wait_timeout(entries, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(crate) fn extent(&self, topic: &str) -> Extent {
        self.entries().extents.get(topic).copied().unwrap_or_default()
    }

    pub(crate) fn topics(&self) -> Vec<String> {
        self.entries().extents.keys().cloned().collect()
    }

    pub(crate) fn committed(&self, group: &str, topic: &str) -> u64 {
        self.entries().committed.get(&(group.to_owned(), topic.to_owned())).copied().unwrap_or_default()
    }

    pub(crate) fn commit(&self, group: &str, topic: &str, next: u64) {
        let mut entries = self.entries();
        let at = entries.committed.entry((group.to_owned(), topic.to_owned())).or_default();
        *at = next.max(*at);
    }

    /// Notes that a group reads on from an earlier place than it committed: what lies between is due again, and
    /// counts as lag. The durable position stays; a restart asks the reader's own store again.
    pub(crate) fn rewind(&self, group: &str, topic: &str, to: u64) {
        if let Some(at) = self.entries().committed.get_mut(&(group.to_owned(), topic.to_owned())) {
            *at = to.min(*at);
        }
    }

    /// The one partition, once the topic holds something.
    pub(crate) fn positions(&self, group: &str, topic: &str) -> Vec<Position> {
        let entries = self.entries();
        let committed = entries.committed.get(&(group.to_owned(), topic.to_owned())).copied();
        let extent = entries.extents.get(topic).copied();
        extent
            .map(|Extent { first, next }| Position { partition: PARTITION, first, next, committed })
            .into_iter()
            .collect()
    }
}

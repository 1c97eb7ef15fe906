//! The embedded log: every topic in one SQLite file, the default bus of one machine.
//!
//! A crash, of the process or of the machine, loses nothing that was flushed or committed: WAL mode with
//! `synchronous=FULL`. Every flush is one transaction, so a batch costs one wait for the disk. Invariant: one
//! process owns the file, through a lock the system frees when that process ends, however it ends; within it
//! any number of threads share the log. Another process may look with [`EmbeddedReader`].

mod fault;
mod lock;
mod purge;
mod reader;
mod schema;
mod table;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::ledger::Ledger;
use crate::log::Log;
use crate::{Bus, BusError, Connect, Delivery, Inspect, MemoryLog, Position, Progress};
pub use reader::EmbeddedReader;
use table::Table;

/// How an embedded log behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedOptions {
    /// The most a message may have, key and value together, in bytes.
    pub max_bytes: usize,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self { max_bytes: MemoryLog::MAX_BYTES }
    }
}

/// A log in a file. Its clones are the same log; the last clone or handle to go frees the file.
#[derive(Clone)]
pub struct EmbeddedLog(Arc<Log<Table>>);

impl EmbeddedLog {
    /// Opens the log at `path`, making the file and its folder where they are missing.
    ///
    /// # Errors
    /// [`BusError::Locked`] where another log, here or in another process, owns the file;
    /// [`BusError::Storage`] where it cannot be opened or is no log.
    pub fn open(path: impl AsRef<Path>, options: EmbeddedOptions) -> Result<Self, BusError> {
        let (storage, extents, committed) = Table::open(path.as_ref())?;
        let ledger = Ledger::new(extents, committed);
        Ok(Self(Arc::new(Log { storage, ledger, max_bytes: options.max_bytes })))
    }

    /// Deletes messages sent before `before` that every group which reads their topic has committed, and
    /// says how many. Topics nobody reads, such as dead letters, are kept. The file does not shrink, its
    /// pages are used again.
    ///
    /// # Errors
    /// [`BusError::Storage`]; each topic is purged whole or not at all.
    pub fn purge(&self, before: Timestamp) -> Result<u64, BusError> {
        let mut purged = 0;
        for topic in self.0.ledger.topics() {
            if let Some((first, count)) = self.0.storage.purge(&topic, before)? {
                self.0.ledger.shrink(&topic, first);
                purged += count;
            }
        }
        Ok(purged)
    }
}

impl Inspect for EmbeddedLog {
    fn topics(&self) -> Result<Vec<String>, BusError> {
        Ok(self.0.ledger.topics())
    }

    fn depth(&self, topic: &str) -> Result<u64, BusError> {
        Ok(self.0.depth(topic))
    }

    fn positions(&self, group: &str, topic: &str) -> Result<Vec<Position>, BusError> {
        Ok(self.0.ledger.positions(group, topic))
    }

    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        self.0.browse(topic, from, max)
    }
}

impl Connect for EmbeddedLog {
    fn connect(&self, group: &str, topic: &str) -> Result<Box<dyn Bus>, BusError> {
        self.0.connect(group, topic)
    }

    fn producer(&self) -> Result<Box<dyn Bus>, BusError> {
        self.0.producer()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kiosque_model::Envelope;

    use super::*;

    #[test]
    fn a_full_disk_loses_nothing_and_is_survived() {
        let folder = tempfile::tempdir().unwrap();
        let log = EmbeddedLog::open(folder.path().join("bus.sqlite"), EmbeddedOptions::default()).unwrap();
        let mut bus = log.producer().unwrap();
        let mut consumer = log.connect("g", "t").unwrap();
        // Bytes no compression makes smaller, so that they need room.
        let mut state = 1_u64;
        let value: Vec<u8> = (0..200_000)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()[4]
            })
            .collect();
        bus.send("t", Envelope { value: value.clone(), ..Envelope::default() }).unwrap();

        log.0.storage.limit_pages(12);
        let error = bus.flush().unwrap_err();
        assert!(error.to_string().ends_with("cannot be written: database or disk is full"), "{error}");
        assert!(error.hint().unwrap().contains("free some space"));
        assert_eq!((log.depth("t").unwrap(), log.topics().unwrap()), (0, vec![]));
        assert!(consumer.poll(1, Duration::ZERO).unwrap().is_empty());

        log.0.storage.limit_pages(1 << 20);
        bus.flush().unwrap();
        let found = consumer.poll(9, Duration::ZERO).unwrap();
        assert_eq!((found.len(), found[0].offset), (1, 0));
        assert_eq!(found[0].envelope.value, value);
    }
}

//! A log in memory: for tests, and for runs that need not survive.
//!
//! It keeps its promises as the file does, as long as one clone of it lives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kiosque_model::Envelope;

use crate::ledger::Ledger;
use crate::log::{Log, PARTITION, READ_BYTES, Storage};
use crate::{Bus, BusError, Connect, Delivery, Inspect, Position, Progress};

/// A log in memory. Its clones are the same log.
#[derive(Clone)]
pub struct MemoryLog(Arc<Log<Topics>>);

impl MemoryLog {
    /// The most a message may have where nothing else is said: 32 MiB.
    pub const MAX_BYTES: usize = 32 << 20;

    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::with_max_bytes(Self::MAX_BYTES)
    }

    /// An empty log that refuses messages of more than `max_bytes`, key and value together.
    #[must_use]
    pub fn with_max_bytes(max_bytes: usize) -> Self {
        Self(Arc::new(Log { storage: Topics::default(), ledger: Ledger::default(), max_bytes }))
    }
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new()
    }
}

impl Inspect for MemoryLog {
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

impl Connect for MemoryLog {
    fn connect(&self, group: &str, topic: &str) -> Result<Box<dyn Bus>, BusError> {
        self.0.connect(group, topic)
    }

    fn producer(&self) -> Result<Box<dyn Bus>, BusError> {
        self.0.producer()
    }
}

/// The messages of each topic; a message's offset is its index. Positions are in the ledger alone.
#[derive(Default)]
struct Topics(Mutex<BTreeMap<String, Vec<Envelope>>>);

impl Topics {
    fn topics(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Envelope>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Topics {
    type Packed = Envelope;
    type Packer = ();
    type Reader = ();

    fn packer(&self) -> Result<(), BusError> {
        Ok(())
    }

    fn pack(&self, (): &mut (), envelope: Envelope) -> Result<Envelope, BusError> {
        Ok(envelope)
    }

    fn append(&self, batch: &mut Vec<(String, Envelope)>) -> Result<Vec<(String, u64)>, BusError> {
        let mut topics = self.topics();
        let mut ends = BTreeMap::new();
        for (topic, envelope) in batch.drain(..) {
            let messages = topics.entry(topic.clone()).or_default();
            messages.push(envelope);
            ends.insert(topic, messages.len() as u64);
        }
        Ok(ends.into_iter().collect())
    }

    fn reader(&self) -> Result<(), BusError> {
        Ok(())
    }

    fn read(&self, (): &mut (), topic: &str, from: u64, max: usize) -> Result<Vec<Delivery>, BusError> {
        let topics = self.topics();
        let Some(messages) = topics.get(topic) else { return Ok(Vec::new()) };
        let mut bytes = 0;
        Ok((0_u64..)
            .zip(messages)
            .skip(usize::try_from(from).unwrap_or(usize::MAX))
            .take(max)
            .take_while(|(_, envelope)| {
                let room = bytes == 0 || bytes + envelope.value.len() <= READ_BYTES;
                bytes += envelope.value.len();
                room
            })
            .map(|(offset, envelope)| Delivery {
                topic: topic.to_owned(),
                partition: PARTITION,
                offset,
                envelope: envelope.clone(),
            })
            .collect())
    }

    fn commit(&self, _: &str, _: &str, _: u64) -> Result<(), BusError> {
        Ok(())
    }
}

//! A memory that the instances of a stage share: a compacted topic, of which each keeps a copy in its own file.
//!
//! An entry is durable on the topic before it is in the copy, and the copy is brought up to date whenever partitions
//! come: so whoever takes over a partition knows what its last holder had made durable. What the holder had not, it
//! had not committed either, and that comes again.

use std::sync::{Arc, Mutex, PoisonError};

use kiosque_model::Envelope;
use kiosque_stream::{Bus, BusError, Connect, Progress};

/// Entries read at a time.
const PAGE: usize = 2_000;

/// The topic of one memory.
pub(crate) struct SharedMemory {
    log: Arc<dyn Connect>,
    topic: &'static str,
    sender: Mutex<Option<Box<dyn Bus>>>,
    /// How far the copy goes.
    read: Mutex<Progress>,
}

impl SharedMemory {
    pub(crate) fn new(log: Arc<dyn Connect>, topic: &'static str) -> Self {
        Self { log, topic, sender: Mutex::default(), read: Mutex::default() }
    }

    /// Makes entries durable for every instance.
    ///
    /// # Errors
    /// [`BusError`]; some may be durable then, which is harmless where all are written again.
    pub(crate) fn publish(&self, entries: &[(String, Vec<u8>)]) -> Result<(), BusError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut kept = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        // Put back only when all went well: a sender that failed still holds what it could not send.
        let mut sender = match kept.take() {
            Some(sender) => sender,
            None => self.log.producer()?,
        };
        for (key, value) in entries {
            let envelope = Envelope { key: key.clone(), headers: Vec::new(), value: value.clone() };
            sender.send(self.topic, envelope)?;
        }
        sender.flush()?;
        *kept = Some(sender);
        Ok(())
    }

    /// Gives every entry written since the last call, by whomever, in the order of each key.
    ///
    /// # Errors
    /// Where the topic cannot be read or the copy not written. The next call goes on where this one was.
    pub(crate) fn catch_up(
        &self,
        mut take: impl FnMut(&[(String, Vec<u8>)]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let page = self.log.browse(self.topic, &read, PAGE)?;
            if page.is_empty() {
                return Ok(());
            }
            let places: Vec<_> = page.iter().map(|d| (d.topic.clone(), d.partition, d.offset + 1)).collect();
            let entries: Vec<_> = page.into_iter().map(|d| (d.envelope.key, d.envelope.value)).collect();
            take(&entries)?;
            for (topic, partition, next) in places {
                read.advance(&topic, partition, next);
            }
        }
    }
}

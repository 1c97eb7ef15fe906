//! A memory that the instances of a stage share: a compacted topic, of which each keeps a copy in its own file.
//!
//! An entry is durable on the topic before it is in the copy, and the copy is brought up to date whenever partitions
//! come: so whoever takes over a partition knows what its last holder had made durable. What the holder had not, it
//! had not committed either, and that comes again.

use std::sync::{Mutex, PoisonError};

use anyhow::anyhow;
use kiosque_model::Envelope;
use kiosque_stream::{Bus, BusError, Progress};

use crate::line::Shop;

/// Entries read at a time, at most; the bus bounds their bytes. Each look takes a client of its own.
const PAGE: usize = 100_000;

/// A key and what is remembered under it.
pub(crate) type Entry = (String, Vec<u8>);

/// The topic of one memory.
pub(crate) struct SharedMemory {
    shop: Shop,
    topic: &'static str,
    sender: Mutex<Option<Box<dyn Bus>>>,
    /// How far the copy goes.
    read: Mutex<Progress>,
}

impl SharedMemory {
    pub(crate) fn new(shop: Shop, topic: &'static str) -> Self {
        Self { shop, topic, sender: Mutex::default(), read: Mutex::default() }
    }

    /// Makes entries durable for every instance. A broker that is away is waited for.
    ///
    /// # Errors
    /// Where it was told to stop meanwhile, or the broker refuses. Some may be durable then, which is harmless where
    /// all are written again.
    pub(crate) fn publish(&self, entries: &[Entry]) -> anyhow::Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut done = false;
        self.shop.through_outages(self.topic, || {
            self.send(entries)?;
            done = true;
            Ok(())
        })?;
        if done { Ok(()) } else { Err(anyhow!("told to stop while the broker was away")) }
    }

    fn send(&self, entries: &[Entry]) -> Result<(), BusError> {
        let mut kept = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        // Put back only when all went well: a sender that failed still holds what it could not send.
        let mut sender = match kept.take() {
            Some(sender) => sender,
            None => self.shop.log.producer()?,
        };
        for (key, value) in entries {
            let envelope = Envelope { key: key.clone(), headers: Vec::new(), value: value.clone() };
            sender.send(self.topic, envelope)?;
        }
        sender.flush()?;
        *kept = Some(sender);
        Ok(())
    }

    /// Gives every entry written since the last call, by whomever, in the order of each key. A broker that is away is
    /// waited for.
    ///
    /// # Errors
    /// Where the topic cannot be read or the copy not written. The next call goes on where this one was.
    pub(crate) fn catch_up(
        &self,
        mut take: impl FnMut(&[Entry]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.shop.through_outages(self.topic, || self.read_on(&mut take))
    }

    fn read_on(&self, take: &mut dyn FnMut(&[Entry]) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let page = self.shop.log.browse(self.topic, &read, PAGE)?;
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

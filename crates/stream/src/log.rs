//! What delivery promises, written once over any storage that one process owns.
//!
//! A storage keeps messages and positions; a [`Handle`] turns that into a [`Bus`]: it buffers what is sent,
//! keeps its own reading position, and sleeps when there is nothing to read. Such a log has one partition a
//! topic, since one process reads it.

use std::sync::Arc;
use std::time::Duration;

use kiosque_model::Envelope;

use crate::ledger::Ledger;
use crate::{Bus, BusError, Delivery, Progress};

/// The one partition of every topic.
pub(crate) const PARTITION: u32 = 0;

/// What a read brings into memory at most, in bytes of values; one message always comes. Each stage holds a read until
/// its batch is committed, and several of them run in one process.
pub(crate) const READ_BYTES: usize = 4 << 20;

/// Where messages and positions lie.
pub(crate) trait Storage: Send + Sync + 'static {
    /// A message ready to be written; made by the sender's thread, outside any lock.
    type Packed: Send;
    /// What one sender packs with; kept, because a compressor is dear to make.
    type Packer: Send;
    /// What one consumer reads with.
    type Reader: Send;

    fn packer(&self) -> Result<Self::Packer, BusError>;

    fn pack(&self, packer: &mut Self::Packer, envelope: Envelope) -> Result<Self::Packed, BusError>;

    /// Appends the whole batch and empties it, or does neither. Gives the new end of each topic touched.
    fn append(&self, batch: &mut Vec<(String, Self::Packed)>) -> Result<Vec<(String, u64)>, BusError>;

    fn reader(&self) -> Result<Self::Reader, BusError>;

    /// Messages from offset `from` on, in order, at most `max` and about [`READ_BYTES`].
    fn read(
        &self,
        reader: &mut Self::Reader,
        topic: &str,
        from: u64,
        max: usize,
    ) -> Result<Vec<Delivery>, BusError>;

    fn commit(&self, group: &str, topic: &str, next: u64) -> Result<(), BusError>;
}

/// A log: a storage, and what its handles share.
pub(crate) struct Log<S> {
    pub(crate) storage: S,
    pub(crate) ledger: Ledger,
    /// The most a message may have, key and value, in bytes. Headers do not count: they are bounded by who
    /// sets them, and a dead letter must fit where its original did.
    pub(crate) max_bytes: usize,
}

impl<S: Storage> Log<S> {
    pub(crate) fn connect(self: &Arc<Self>, group: &str, topic: &str) -> Result<Box<dyn Bus>, BusError> {
        // Opened before the place is taken, so that a failure leaves it free.
        let (packer, reader) = (self.storage.packer()?, self.storage.reader()?);
        if !self.ledger.take(group, topic) {
            return Err(BusError::Taken { group: group.to_owned(), topic: topic.to_owned() });
        }
        let position = self.ledger.committed(group, topic);
        let source = Source { group: group.to_owned(), topic: topic.to_owned(), position, reader };
        Ok(Box::new(Handle { log: Arc::clone(self), packer, pending: Vec::new(), source: Some(source) }))
    }

    pub(crate) fn producer(self: &Arc<Self>) -> Result<Box<dyn Bus>, BusError> {
        let packer = self.storage.packer()?;
        Ok(Box::new(Handle { log: Arc::clone(self), packer, pending: Vec::new(), source: None }))
    }

    pub(crate) fn depth(&self, topic: &str) -> u64 {
        let extent = self.ledger.extent(topic);
        extent.next - extent.first
    }

    pub(crate) fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        let from = from.next(topic, PARTITION).unwrap_or_default();
        self.storage.read(&mut self.storage.reader()?, topic, from, max)
    }
}

/// One consumer's or producer's handle.
struct Handle<S: Storage> {
    log: Arc<Log<S>>,
    packer: S::Packer,
    pending: Vec<(String, S::Packed)>,
    source: Option<Source<S::Reader>>,
}

/// What a consumer reads.
struct Source<R> {
    group: String,
    topic: String,
    /// The offset to read next.
    position: u64,
    reader: R,
}

impl<S: Storage> Bus for Handle<S> {
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Delivery>, BusError> {
        let source = self.source.as_mut().ok_or(BusError::SendOnly)?;
        if max == 0 {
            std::thread::sleep(wait);
            return Ok(Vec::new());
        }
        let extent = self.log.ledger.wait_beyond(&source.topic, source.position, wait);
        if extent.next <= source.position {
            return Ok(Vec::new());
        }
        let found = self.log.storage.read(&mut source.reader, &source.topic, source.position, max)?;
        // Where all up to the end was purged, the position moves to the end, or the next poll would not wait.
        source.position = found.last().map_or(extent.next, |last| last.offset + 1);
        Ok(found)
    }

    fn send(&mut self, topic: &str, envelope: Envelope) -> Result<(), BusError> {
        let bytes = envelope.key.len() + envelope.value.len();
        let limit = self.log.max_bytes;
        if bytes > limit {
            return Err(BusError::TooLarge { topic: topic.to_owned(), bytes, limit });
        }
        self.pending.push((topic.to_owned(), self.log.storage.pack(&mut self.packer, envelope)?));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), BusError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        for (topic, next) in self.log.storage.append(&mut self.pending)? {
            self.log.ledger.grow(&topic, next);
        }
        Ok(())
    }

    fn commit(&mut self, progress: &Progress) -> Result<(), BusError> {
        let source = self.source.as_ref().ok_or(BusError::SendOnly)?;
        let Some(next) = progress.next(&source.topic, PARTITION) else { return Ok(()) };
        let end = self.log.ledger.extent(&source.topic).next;
        if next > self.log.ledger.committed(&source.group, &source.topic) && next <= end {
            self.log.storage.commit(&source.group, &source.topic, next)?;
            self.log.ledger.commit(&source.group, &source.topic, next);
        }
        Ok(())
    }

    fn seek(&mut self, progress: &Progress) -> Result<(), BusError> {
        let source = self.source.as_mut().ok_or(BusError::SendOnly)?;
        let wanted = progress.next(&source.topic, PARTITION).unwrap_or_default();
        let end = self.log.ledger.extent(&source.topic).next;
        source.position = if wanted > end {
            tracing::warn!(
                topic = source.topic,
                wanted,
                end,
                "position beyond the end of the log, which seems to be a new one: reading it from its beginning"
            );
            0
        } else {
            wanted
        };
        self.log.ledger.rewind(&source.group, &source.topic, source.position);
        Ok(())
    }
}

impl<S: Storage> Drop for Handle<S> {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            self.log.ledger.release(&source.group, &source.topic);
        }
    }
}

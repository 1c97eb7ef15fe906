//! The reading half of a handle: a consumer that shares its topic with its group, or reads all of it itself.
//!
//! * **With the group** (the start): the broker gives each instance some partitions. They change hands only inside
//!   `poll`, when the batch before is committed, and what was gathered of a partition that went is let go of.
//! * **By itself**, after `seek`: every partition, from where the caller's own store says. Such a reader asks the
//!   broker for no partition and so shares none: a second one would read the whole topic too. Whoever keeps its
//!   position in its own store sees to it that there is one (the sink locks its store).
//!
//! Commits never go back. One that the broker cannot take now, because it is away or the group is being shared out
//! anew, is owed and made up for at a later poll: messages may come twice by that, and none is skipped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kiosque_model::Envelope;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{Offset, TopicPartitionList};

use super::hands::Hands;
use super::{Shared, fault};
use crate::log::READ_BYTES;
use crate::{BusError, Delivery, Progress, Share};

/// How often a reader by itself looks whether its topic has more partitions.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing asked for yet.
    Idle,
    /// The group's partitions, as the broker gives them.
    Shared,
    /// All partitions; when they were last counted.
    Alone(Instant),
}

pub(super) struct Reader {
    shared: Arc<Shared>,
    consumer: BaseConsumer<Hands>,
    topic: String,
    mode: Mode,
    /// The offset after the last message read, by partition.
    reach: BTreeMap<u32, u64>,
    /// What the group is known to have committed.
    committed: BTreeMap<u32, u64>,
    /// Commits the broker could not take yet.
    owed: Progress,
}

impl Reader {
    pub(super) fn open(
        shared: &Arc<Shared>,
        group: &str,
        topic: &str,
        hands: Hands,
    ) -> Result<Self, BusError> {
        let consumer = shared
            .settings
            .consumer(group)
            .create_with_context(hands)
            .map_err(|error| fault::broker(&shared.settings, "set up for reading", &error))?;
        Ok(Self {
            shared: Arc::clone(shared),
            consumer,
            topic: topic.to_owned(),
            mode: Mode::Idle,
            reach: BTreeMap::new(),
            committed: BTreeMap::new(),
            owed: Progress::new(),
        })
    }

    /// How often partitions came or went.
    pub(super) fn generation(&self) -> u64 {
        self.consumer.context().generation()
    }

    pub(super) fn share(&self) -> Result<Share, BusError> {
        let of = u32::try_from(self.shared.partitions(&self.topic)?.len()).unwrap_or(u32::MAX);
        Ok(Share::Part { held: self.consumer.context().owned(), of })
    }

    pub(super) fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Delivery>, BusError> {
        self.begin()?;
        if !self.owed.is_empty() {
            let owed = std::mem::take(&mut self.owed);
            self.commit(&owed)?;
        }
        let (deadline, mut found, mut bytes) = (Instant::now() + wait, Vec::<Delivery>::new(), 0);
        while found.len() < max.max(1) && bytes < READ_BYTES {
            let left = if found.is_empty() {
                deadline.saturating_duration_since(Instant::now())
            } else {
                Duration::ZERO
            };
            match self.consumer.poll(left) {
                Some(Ok(message)) => {
                    bytes += message.payload_len();
                    found.push(delivery(&self.topic, &message));
                }
                Some(Err(error)) => self.bear(&error)?,
                None if !found.is_empty() || Instant::now() >= deadline => break,
                None => {}
            }
            for partition in self.consumer.context().take_lost() {
                found.retain(|delivery| delivery.partition != partition);
                self.reach.remove(&partition);
                self.committed.remove(&partition);
            }
        }
        for delivery in &found {
            self.reach.insert(delivery.partition, delivery.offset + 1);
        }
        Ok(found)
    }

    /// Joins the group at the first poll; by itself, counts the partitions now and then.
    fn begin(&mut self) -> Result<(), BusError> {
        match self.mode {
            Mode::Idle => {
                let name = self.shared.settings.name(&self.topic);
                self.consumer.subscribe(&[&name]).map_err(|error| self.fault("read", &error))?;
                self.mode = Mode::Shared;
            }
            Mode::Alone(counted) if counted.elapsed() > LOOK_AGAIN => {
                self.mode = Mode::Alone(Instant::now());
                let known = self.consumer.assignment().map_err(|error| self.fault("read", &error))?.count();
                if self.shared.partitions(&self.topic).is_ok_and(|now| now.len() > known) {
                    let reached: Progress = self
                        .reach
                        .iter()
                        .map(|(partition, next)| (self.topic.as_str(), *partition, *next))
                        .collect();
                    self.seek(&reached)?;
                }
            }
            Mode::Shared | Mode::Alone(_) => {}
        }
        Ok(())
    }

    /// An event that is no message: an outage is waited out, a rebalance goes on by itself, the rest is told.
    fn bear(&self, error: &KafkaError) -> Result<(), BusError> {
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::PollExceeded) => {
                tracing::warn!(
                    "the last batch took longer than `max.poll.interval.ms`; joining the group again"
                );
                Ok(())
            }
            Some(code) if !matches!(error, KafkaError::MessageConsumptionFatal(_)) && fault::passes(code) => {
                tracing::debug!(%error, "the broker is away");
                Ok(())
            }
            Some(code) if fault::is_of_another_generation(code) => Ok(()),
            _ => Err(self.fault("read", error)),
        }
    }

    pub(super) fn commit(&mut self, progress: &Progress) -> Result<(), BusError> {
        let mut list = TopicPartitionList::new();
        let name = self.shared.settings.name(&self.topic);
        let mut due = Progress::new();
        let topic = self.topic.clone();
        for (_, partition, next) in progress.iter().filter(|(of, ..)| *of == topic) {
            if self.is_due(partition, next)? {
                due.advance(&self.topic, partition, next);
                let added = list.add_partition_offset(&name, number(partition), Offset::Offset(offset(next)));
                added.map_err(|error| self.fault("read", &error))?;
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        match self.consumer.commit(&list, CommitMode::Sync) {
            Ok(()) => {
                self.committed.extend(due.iter().map(|(_, partition, next)| (partition, next)));
                Ok(())
            }
            Err(error) => match error.rdkafka_error_code() {
                Some(code) if fault::passes(code) || fault::is_of_another_generation(code) => {
                    tracing::debug!(%error, "the commit is owed");
                    self.owed = due;
                    Ok(())
                }
                _ => Err(self.fault("committed to", &error)),
            },
        }
    }

    /// Whether this position is ahead of the group's, in the topic, and ours to commit.
    fn is_due(&mut self, partition: u32, next: u64) -> Result<bool, BusError> {
        if self.mode == Mode::Shared && !self.consumer.context().owns(partition) {
            return Ok(false);
        }
        if !self.committed.contains_key(&partition) {
            let known = self.shared.committed(&self.consumer, &self.topic, &[partition])?;
            self.committed.insert(partition, known.get(&partition).copied().unwrap_or_default());
        }
        if self.committed.get(&partition).is_some_and(|at| next <= *at) {
            return Ok(false);
        }
        // What was read is in the topic; what a store claims to have read may be of another one.
        Ok(self.reach.get(&partition).is_some_and(|read| next <= *read)
            || next <= self.shared.extent(&self.topic, partition)?.1)
    }

    pub(super) fn seek(&mut self, progress: &Progress) -> Result<(), BusError> {
        let name = self.shared.settings.name(&self.topic);
        let mut list = TopicPartitionList::new();
        let mut reach = BTreeMap::new();
        for partition in self.shared.partitions(&self.topic)? {
            let (first, end) = self.shared.extent(&self.topic, partition)?;
            let wanted = progress.next(&self.topic, partition).unwrap_or_default();
            let at = if wanted > end {
                let topic = self.topic.as_str();
                tracing::warn!(
                    topic,
                    partition,
                    wanted,
                    end,
                    "position beyond the end of the topic, which seems to be a new one: reading it from its beginning"
                );
                first
            } else {
                wanted.max(first)
            };
            reach.insert(partition, at);
            let added = list.add_partition_offset(&name, number(partition), Offset::Offset(offset(at)));
            added.map_err(|error| self.fault("read", &error))?;
        }
        if self.mode == Mode::Shared {
            self.consumer.unsubscribe();
        }
        self.consumer.assign(&list).map_err(|error| self.fault("read", &error))?;
        self.reach = reach;
        self.mode = Mode::Alone(Instant::now());
        Ok(())
    }

    fn fault(&self, action: &'static str, error: &KafkaError) -> BusError {
        fault::broker(&self.shared.settings, action, error)
    }
}

/// A message as it came off the broker. Keys and headers that are no text are read as far as they are.
pub(super) fn delivery(topic: &str, message: &BorrowedMessage<'_>) -> Delivery {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = message.headers().into_iter().flat_map(Headers::iter);
    Delivery {
        topic: topic.to_owned(),
        partition: u32::try_from(message.partition()).unwrap_or_default(),
        offset: u64::try_from(message.offset()).unwrap_or_default(),
        envelope: Envelope {
            key: message.key().map(text).unwrap_or_default(),
            headers: headers.map(|h| (h.key.to_owned(), h.value.map(text).unwrap_or_default())).collect(),
            value: message.payload().map(<[u8]>::to_vec).unwrap_or_default(),
        },
    }
}

/// Kafka's signed numbers. A partition or offset beyond them would be of a log larger than any.
pub(super) fn number(partition: u32) -> i32 {
    i32::try_from(partition).unwrap_or(i32::MAX)
}

pub(super) fn offset(next: u64) -> i64 {
    i64::try_from(next).unwrap_or(i64::MAX)
}

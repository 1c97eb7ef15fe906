//! The reading half of a handle: a consumer that shares its topic with its group, or reads all of it itself.
//!
//! * **With the group** (the start): the broker gives each instance some partitions. They change hands only inside
//!   `poll`, when the batch before is committed, and what was gathered of a partition that went is let go of.
//! * **By itself**, after `seek`: every partition, from where the caller's own store says. Such a reader asks the
//!   broker for no partition and so shares none: a second one would read the whole topic too. Whoever keeps its
//!   position in its own store sees to it that there is one (the sink locks its store).
//!
//! Commits never go back, but for those of a reader by itself that starts again from an earlier place. One that the broker cannot take now, because it is away or the group is being shared out
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
    /// Whether nothing is fetched at the moment.
    resting: bool,
    /// What came all the same.
    early: Vec<Delivery>,
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
            resting: false,
            early: Vec::new(),
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
        self.rest(max == 0)?;
        let (deadline, mut found) = (Instant::now() + wait, std::mem::take(&mut self.early));
        let mut bytes = 0;
        while max == 0 || (found.len() < max && bytes < READ_BYTES) {
            let left = if found.is_empty() || max == 0 {
                deadline.saturating_duration_since(Instant::now())
            } else {
                Duration::ZERO
            };
            let event =
                self.consumer.poll(left).map(|event| event.map(|message| delivery(&self.topic, &message)));
            // First of all: what is gathered of a partition that went is let go of, before anything that came of it
            // since is taken.
            for partition in self.consumer.context().take_lost() {
                found.retain(|delivery| delivery.partition != partition);
                self.reach.remove(&partition);
                self.committed.remove(&partition);
            }
            match event {
                Some(Ok(message)) => {
                    bytes += message.envelope.value.len();
                    found.push(message);
                }
                Some(Err(error)) => self.bear(&error)?,
                None if (!found.is_empty() && max > 0) || Instant::now() >= deadline => break,
                None => {}
            }
        }
        if max == 0 {
            self.early = found;
            return Ok(Vec::new());
        }
        for delivery in &found {
            self.reach.insert(delivery.partition, delivery.offset + 1);
        }
        Ok(found)
    }

    /// Fetches nothing while only the place in the group is kept; a partition that comes meanwhile is not at rest
    /// yet, and its first messages wait in `early`.
    fn rest(&mut self, wanted: bool) -> Result<(), BusError> {
        if wanted || self.resting {
            let held = self.consumer.assignment().map_err(|error| self.fault("read", &error))?;
            let done = if wanted { self.consumer.pause(&held) } else { self.consumer.resume(&held) };
            done.map_err(|error| self.fault("read", &error))?;
            self.resting = wanted;
        }
        Ok(())
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
                    due.iter().for_each(|(topic, partition, next)| self.owed.advance(topic, partition, next));
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
                if wanted < first {
                    let (topic, lost) = (self.topic.as_str(), first - wanted);
                    tracing::error!(
                        topic,
                        partition,
                        wanted,
                        first,
                        lost,
                        "messages were removed before they were read: they are older than the topic keeps"
                    );
                }
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
        self.early.clear();
        self.mode = Mode::Alone(Instant::now());
        // What lies between here and an earlier commit is due again, and counts as lag: this commit may go back. The
        // caller's store has the position; the broker is only told.
        if let Err(error) = self.consumer.commit(&list, CommitMode::Sync) {
            tracing::debug!(%error, "the broker does not know how far this reader is");
        }
        self.committed.clone_from(&reach);
        self.reach = reach;
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

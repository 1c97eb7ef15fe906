//! A look at a broker that takes nothing: what topics hold, and how far groups are.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::MetadataTopic;
use rdkafka::{Offset, TopicPartitionList};

use super::reader::{delivery, number, offset};
use super::{KafkaLog, Shared, fault};
use crate::log::READ_BYTES;
use crate::{BusError, Delivery, Inspect, Position, Progress};

/// The group of those who only look. It commits nothing.
const LOOKING: &str = "look";

impl Shared {
    /// The partitions of a topic; none where there is no such topic.
    pub(super) fn partitions(&self, topic: &str) -> Result<Vec<u32>, BusError> {
        let name = self.settings.name(topic);
        let metadata = self
            .asker
            .fetch_metadata(Some(&name), self.settings.patience)
            .map_err(|error| self.fault("asked", &error))?;
        let of = metadata.topics().iter().find(|found| found.name() == name);
        // While leaders are chosen a topic shows no partitions, which is not the same as having none.
        if let Some(error) = of.and_then(MetadataTopic::error).map(RDKafkaErrorCode::from) {
            let unknown = [RDKafkaErrorCode::UnknownTopicOrPartition, RDKafkaErrorCode::UnknownTopic];
            if !unknown.contains(&error) {
                return Err(self.fault("asked", &KafkaError::MetadataFetch(error)));
            }
        }
        Ok(of
            .into_iter()
            .flat_map(MetadataTopic::partitions)
            .filter_map(|p| u32::try_from(p.id()).ok())
            .collect())
    }

    /// The first offset kept and the one after the last.
    pub(super) fn extent(&self, topic: &str, partition: u32) -> Result<(u64, u64), BusError> {
        let name = self.settings.name(topic);
        let (low, high) = self
            .asker
            .fetch_watermarks(&name, number(partition), self.settings.patience)
            .map_err(|error| self.fault("asked", &error))?;
        Ok((u64::try_from(low).unwrap_or_default(), u64::try_from(high).unwrap_or_default()))
    }

    /// What the consumer's group has committed, where it has.
    pub(super) fn committed<C: ConsumerContext>(
        &self,
        consumer: &BaseConsumer<C>,
        topic: &str,
        partitions: &[u32],
    ) -> Result<BTreeMap<u32, u64>, BusError> {
        if partitions.is_empty() {
            return Ok(BTreeMap::new());
        }
        let name = self.settings.name(topic);
        let mut list = TopicPartitionList::new();
        for partition in partitions {
            list.add_partition(&name, number(*partition));
        }
        let known = consumer
            .committed_offsets(list, self.settings.patience)
            .map_err(|error| self.fault("asked", &error))?;
        let at = |element: rdkafka::topic_partition_list::TopicPartitionListElem<'_>| match element.offset() {
            Offset::Offset(next) => {
                Some((u32::try_from(element.partition()).ok()?, u64::try_from(next).ok()?))
            }
            _ => None,
        };
        Ok(known.elements().into_iter().filter_map(at).collect())
    }

    fn positions(&self, group: &str, topic: &str) -> Result<Vec<Position>, BusError> {
        let partitions = self.partitions(topic)?;
        let committed = {
            let mut members = self.members.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if !members.contains_key(group) {
                let member = self.settings.consumer(group).create();
                members.insert(group.to_owned(), member.map_err(|error| self.fault("asked", &error))?);
            }
            self.committed(&members[group], topic, &partitions)?
        };
        partitions
            .into_iter()
            .map(|partition| {
                let (first, next) = self.extent(topic, partition)?;
                // A position beyond the end is of a topic that was made anew.
                let committed = committed.get(&partition).copied().filter(|at| *at <= next);
                Ok(Position { partition, first, next, committed })
            })
            .collect()
    }

    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        let name = self.settings.name(topic);
        let (mut list, mut ends) = (TopicPartitionList::new(), BTreeMap::new());
        for partition in self.partitions(topic)? {
            let (first, end) = self.extent(topic, partition)?;
            let at = from.next(topic, partition).unwrap_or_default().max(first);
            if at < end {
                ends.insert(partition, end);
                let added = list.add_partition_offset(&name, number(partition), Offset::Offset(offset(at)));
                added.map_err(|error| self.fault("read", &error))?;
            }
        }
        if ends.is_empty() { Ok(Vec::new()) } else { self.read_up_to(topic, &list, ends, max) }
    }

    /// Reads the listed partitions to the ends given, or until there are `max` messages.
    fn read_up_to(
        &self,
        topic: &str,
        list: &TopicPartitionList,
        mut ends: BTreeMap<u32, u64>,
        max: usize,
    ) -> Result<Vec<Delivery>, BusError> {
        let mut config = self.settings.consumer(LOOKING);
        // A compacted or transactional topic may hold nothing at its last offsets: the end is then an event.
        config.set("enable.partition.eof", "true");
        let consumer: BaseConsumer = config.create().map_err(|error| self.fault("read", &error))?;
        consumer.assign(list).map_err(|error| self.fault("read", &error))?;
        let (mut found, mut heard, mut bytes) = (Vec::new(), Instant::now(), 0);
        while found.len() < max && bytes < READ_BYTES && !ends.is_empty() {
            match consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => {
                    heard = Instant::now();
                    let message = delivery(topic, &message);
                    let end = ends.get(&message.partition).copied().unwrap_or_default();
                    if message.offset + 1 >= end {
                        ends.remove(&message.partition);
                    }
                    if message.offset < end {
                        bytes += message.envelope.value.len();
                        found.push(message);
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    ends.remove(&u32::try_from(partition).unwrap_or_default());
                }
                Some(Err(error)) if !error.rdkafka_error_code().is_some_and(fault::passes) => {
                    return Err(self.fault("read", &error));
                }
                Some(Err(_)) | None if heard.elapsed() > self.settings.patience => {
                    return Err(fault::silent(&self.settings, "read"));
                }
                Some(Err(_)) | None => {}
            }
        }
        Ok(found)
    }

    pub(super) fn fault(&self, action: &'static str, error: &KafkaError) -> BusError {
        fault::broker(&self.settings, action, error)
    }
}

impl Inspect for KafkaLog {
    fn topics(&self) -> Result<Vec<String>, BusError> {
        let shared = &self.0;
        let metadata = shared
            .asker
            .fetch_metadata(None, shared.settings.patience)
            .map_err(|error| shared.fault("asked", &error))?;
        let mut topics = Vec::new();
        for topic in metadata.topics() {
            let Some(plain) = topic.name().strip_prefix(&shared.settings.prefix) else { continue };
            for partition in topic.partitions() {
                // The end of a partition never goes back, so one that ever held a message still shows it.
                if shared.extent(plain, u32::try_from(partition.id()).unwrap_or_default())?.1 > 0 {
                    topics.push(plain.to_owned());
                    break;
                }
            }
        }
        topics.retain(|topic| !topic.starts_with("__"));
        topics.sort();
        Ok(topics)
    }

    fn depth(&self, topic: &str) -> Result<u64, BusError> {
        let mut depth = 0;
        for partition in self.0.partitions(topic)? {
            let (first, next) = self.0.extent(topic, partition)?;
            depth += next - first;
        }
        Ok(depth)
    }

    fn positions(&self, group: &str, topic: &str) -> Result<Vec<Position>, BusError> {
        self.0.positions(group, topic)
    }

    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        self.0.browse(topic, from, max)
    }
}

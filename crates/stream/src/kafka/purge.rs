//! Removing old messages from a broker before its own retention does, and never one that a group still waits for.

use std::collections::BTreeMap;

use futures::executor::block_on;
use jiff::Timestamp;
use rdkafka::admin::AdminOptions;
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use super::reader::{number, offset};
use super::{KafkaLog, Shared};
use crate::{BusError, Inspect, Position};

impl KafkaLog {
    /// Deletes messages sent before `before` from the topics these groups read, given as group and topic, as far as
    /// every group of a topic has committed them; says how many of each topic. With `dry_run` it only counts.
    /// Topics nobody reads, such as dead letters and memories, are left alone. Counts are of offsets, which is more
    /// than the messages where a topic was compacted.
    ///
    /// # Errors
    /// [`BusError::Broker`] where the broker cannot be asked or refuses; what was deleted until then is.
    pub fn purge(
        &self,
        readers: &[(&str, &str)],
        before: Timestamp,
        dry_run: bool,
    ) -> Result<BTreeMap<String, u64>, BusError> {
        let mut bounds: BTreeMap<&str, BTreeMap<u32, Bound>> = BTreeMap::new();
        for (group, topic) in readers {
            let of_topic = bounds.entry(topic).or_default();
            for position in self.positions(group, topic)? {
                let bound = of_topic.entry(position.partition).or_insert_with(|| Bound::of(&position));
                bound.keep_for(&position);
            }
        }
        let mut purged = BTreeMap::new();
        for (topic, mut partitions) in bounds {
            for (partition, young) in self.0.first_since(topic, &partitions, before)? {
                if let Some(bound) = partitions.get_mut(&partition) {
                    bound.end = bound.end.min(young);
                }
            }
            partitions.retain(|_, bound| bound.end > bound.first);
            if !dry_run && !partitions.is_empty() {
                self.0.delete(topic, &partitions)?;
            }
            purged.insert(topic.to_owned(), partitions.values().map(|bound| bound.end - bound.first).sum());
        }
        Ok(purged)
    }
}

/// What may go of a partition: from `first` up to and without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bound {
    first: u64,
    end: u64,
}

impl Bound {
    fn of(position: &Position) -> Self {
        Self { first: position.first, end: position.next }
    }

    /// A group that has committed nothing still waits for everything.
    fn keep_for(&mut self, position: &Position) {
        self.end = self.end.min(position.committed.unwrap_or_default());
    }
}

impl Shared {
    /// The first offset of each partition whose message was sent at `since` or later; none where all are older.
    fn first_since(
        &self,
        topic: &str,
        partitions: &BTreeMap<u32, Bound>,
        since: Timestamp,
    ) -> Result<BTreeMap<u32, u64>, BusError> {
        if partitions.is_empty() {
            return Ok(BTreeMap::new());
        }
        let name = self.settings.name(topic);
        let mut list = TopicPartitionList::new();
        for partition in partitions.keys() {
            let at = Offset::Offset(since.as_millisecond());
            let added = list.add_partition_offset(&name, number(*partition), at);
            added.map_err(|error| self.fault("asked", &error))?;
        }
        let found = self
            .asker
            .offsets_for_times(list, self.settings.patience)
            .map_err(|error| self.fault("asked", &error))?;
        let mut first = BTreeMap::new();
        for element in found.elements() {
            element.error().map_err(|error| self.fault("asked", &error))?;
            if let (Ok(partition), Offset::Offset(at)) =
                (u32::try_from(element.partition()), element.offset())
            {
                first.insert(partition, u64::try_from(at).unwrap_or_default());
            }
        }
        Ok(first)
    }

    fn delete(&self, topic: &str, partitions: &BTreeMap<u32, Bound>) -> Result<(), BusError> {
        let name = self.settings.name(topic);
        let mut list = TopicPartitionList::new();
        for (partition, bound) in partitions {
            let end = Offset::Offset(offset(bound.end));
            let added = list.add_partition_offset(&name, number(*partition), end);
            added.map_err(|error| self.fault("asked to delete", &error))?;
        }
        let options = AdminOptions::new()
            .request_timeout(Some(self.settings.patience))
            .operation_timeout(Some(self.settings.patience));
        let fault = |error: &KafkaError| self.fault("asked to delete", error);
        let deleted =
            block_on(self.admin()?.delete_records(&list, &options)).map_err(|error| fault(&error))?;
        for element in deleted.elements() {
            element.error().map_err(|error| fault(&error))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_any_group_still_waits_for_stays() {
        let at = |committed| Position { partition: 0, first: 2, next: 9, committed };
        let check = |groups: &[Option<u64>], expected: u64| {
            let mut bound = Bound::of(&at(None));
            groups.iter().for_each(|committed| bound.keep_for(&at(*committed)));
            assert_eq!(bound, Bound { first: 2, end: expected }, "{groups:?}");
        };
        check(&[Some(9)], 9);
        check(&[Some(9), Some(4)], 4);
        check(&[Some(9), None], 0);
    }
}

//! How far a consumer is: for each partition of a topic, the offset it reads next.
//!
//! The *next* offset rather than the last one read, as in Kafka: zero means nothing read yet, and two
//! positions compare without special cases.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The next offset to read, by topic and partition. A sink keeps it beside its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    topics: BTreeMap<String, BTreeMap<u32, u64>>,
}

impl Progress {
    /// No position at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves one partition on to `next`. A position never goes back.
    pub fn advance(&mut self, topic: &str, partition: u32, next: u64) {
        if !self.topics.contains_key(topic) {
            self.topics.insert(topic.to_owned(), BTreeMap::new());
        }
        if let Some(partitions) = self.topics.get_mut(topic) {
            let at = partitions.entry(partition).or_default();
            *at = next.max(*at);
        }
    }

    /// The next offset of one partition, where known.
    #[must_use]
    pub fn next(&self, topic: &str, partition: u32) -> Option<u64> {
        self.topics.get(topic)?.get(&partition).copied()
    }

    /// Whether it names no partition.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    /// Every position: topic, partition, next offset, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32, u64)> {
        self.topics.iter().flat_map(|(topic, partitions)| {
            partitions.iter().map(move |(partition, next)| (topic.as_str(), *partition, *next))
        })
    }
}

impl<T: Into<String>> FromIterator<(T, u32, u64)> for Progress {
    fn from_iter<I: IntoIterator<Item = (T, u32, u64)>>(positions: I) -> Self {
        let mut progress = Self::new();
        for (topic, partition, next) in positions {
            progress.advance(&topic.into(), partition, next);
        }
        progress
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_never_goes_back() {
        let progress: Progress = [("pages", 0, 7), ("pages", 1, 2), ("pages", 0, 3)].into_iter().collect();
        assert_eq!(progress.iter().collect::<Vec<_>>(), [("pages", 0, 7), ("pages", 1, 2)]);
        assert_eq!(progress.next("pages", 2), None);
    }

    #[test]
    fn it_is_kept_as_json() {
        let progress: Progress = [("pages", 0, 7)].into_iter().collect();
        let json = serde_json::to_string(&progress).unwrap();
        assert_eq!(json, r#"{"topics":{"pages":{"0":7}}}"#);
        assert_eq!(serde_json::from_str::<Progress>(&json).unwrap(), progress);
    }
}

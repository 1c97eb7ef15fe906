//! Which partitions are in hand, as the broker gives and takes them.
//!
//! librdkafka calls these from inside `poll`, on the thread that polls.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::{ClientContext, TopicPartitionList};

use crate::Release;

/// What a member of a group holds.
#[derive(Default)]
pub(super) struct Hands {
    held: Mutex<Held>,
    /// Called before partitions are given up; they pass on when it returns.
    release: Option<Release>,
}

#[derive(Default)]
struct Held {
    owned: BTreeSet<u32>,
    /// Taken away since somebody last asked.
    lost: BTreeSet<u32>,
    generation: u64,
}

impl Hands {
    /// Hands that call `release` before they give anything up.
    pub(super) fn releasing(release: Release) -> Self {
        Self { held: Mutex::default(), release: Some(release) }
    }

    /// Every change is one step, so what a panicking thread leaves behind is whole.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn owns(&self, partition: u32) -> bool {
        self.held().owned.contains(&partition)
    }

    pub(super) fn owned(&self) -> BTreeSet<u32> {
        self.held().owned.clone()
    }

    pub(super) fn generation(&self) -> u64 {
        self.held().generation
    }

    pub(super) fn take_lost(&self) -> BTreeSet<u32> {
        std::mem::take(&mut self.held().lost)
    }
}

impl ClientContext for Hands {}

impl ConsumerContext for Hands {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Rebalance::Revoke(list) = rebalance else { return };
        let gone = partitions(list);
        if gone.is_empty() {
            return;
        }
        if let Some(release) = &self.release {
            release();
        }
        let mut held = self.held();
        held.owned.retain(|partition| !gone.contains(partition));
        held.lost.extend(&gone);
        held.generation += 1;
        tracing::info!(?gone, held = ?held.owned, "partitions passed on");
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let Rebalance::Assign(list) = rebalance else { return };
        let come = partitions(list);
        if come.is_empty() {
            return;
        }
        let mut held = self.held();
        held.owned.extend(&come);
        held.generation += 1;
        tracing::info!(?come, held = ?held.owned, "partitions taken over");
    }
}

fn partitions(list: &TopicPartitionList) -> BTreeSet<u32> {
    list.elements().iter().filter_map(|element| u32::try_from(element.partition()).ok()).collect()
}

//! How a stage is run: batch sizes, patience, the clock; and how it is told to stop and watched.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::Reason;

use super::Tracer;

/// How the loop runs a stage. The defaults suit any stage.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The most messages between two commits.
    pub batch: usize,
    /// How long one poll waits for messages; also how late a [`Stop`] may be seen on an empty topic.
    pub poll_wait: Duration,
    /// How long work done may wait for [`crate::Stage::idle`] while messages keep coming.
    pub idle_every: Duration,
    /// How often a transient failure is tried again.
    pub retry: Retry,
    /// Where breadcrumbs and dead letters take their time from.
    pub clock: fn() -> Timestamp,
    /// Where the counts can be read while the loop runs.
    pub meter: Meter,
    /// Who is told of each message's span, where anybody is.
    pub tracer: Option<Arc<dyn Tracer>>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            batch: 128,
            poll_wait: Duration::from_millis(200),
            idle_every: Duration::from_secs(5),
            retry: Retry::default(),
            clock: Timestamp::now,
            meter: Meter::default(),
            tracer: None,
        }
    }
}

/// How often a transient failure is tried again, and at what distance: `base_ms`, doubled each time, at most
/// `max_ms`. Without jitter: an instance waits for its own disk, not in a crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Calls in all, the first one included.
    pub attempts: u32,
    /// Wait after the first failure, in milliseconds.
    pub base_ms: u64,
    /// The longest wait, in milliseconds.
    pub max_ms: u64,
}

impl Default for Retry {
    /// Eight calls over about twenty seconds.
    fn default() -> Self {
        Self { attempts: 8, base_ms: 200, max_ms: 10_000 }
    }
}

impl Retry {
    /// The wait after the failure of the `attempt`-th call, counted from one.
    #[must_use]
    pub fn delay(&self, attempt: u32) -> Duration {
        let doubled = 1_u64.checked_shl(attempt.saturating_sub(1)).unwrap_or(u64::MAX);
        Duration::from_millis(self.base_ms.saturating_mul(doubled).min(self.max_ms))
    }
}

/// A flag that ends loops. Its clones are one flag; once set it stays set.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    flag: Arc<(Mutex<bool>, Condvar)>,
}

impl Stop {
    /// A flag not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks every loop that holds a clone to finish its batch, commit, and end.
    pub fn set(&self) {
        *self.flag.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.flag.1.notify_all();
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.flag.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps for `time`, or until the flag is set; true where it is.
    #[must_use]
    pub fn wait(&self, time: Duration) -> bool {
        let (flag, bell) = &*self.flag;
        let set = flag.lock().unwrap_or_else(PoisonError::into_inner);
        *bell.wait_timeout_while(set, time, |set| !*set).unwrap_or_else(PoisonError::into_inner).0
    }
}

/// What became of the messages a loop has committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Went on to the next topic.
    pub forwarded: u64,
    /// Ended here, by reason.
    pub dropped: BTreeMap<Reason, u64>,
    /// Taken in by a sink.
    pub stored: u64,
    /// Put among the dead letters.
    pub dead_lettered: u64,
}

impl Summary {
    /// All messages, whatever became of them.
    #[must_use]
    pub fn processed(&self) -> u64 {
        self.forwarded + self.dropped.values().sum::<u64>() + self.stored + self.dead_lettered
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Self) {
        self.forwarded += other.forwarded;
        self.stored += other.stored;
        self.dead_lettered += other.dead_lettered;
        for (reason, count) in &other.dropped {
            *self.dropped.entry(*reason).or_default() += count;
        }
    }
}

/// The counts of a running loop, for whoever shows progress. Its clones are one meter.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    summary: Arc<Mutex<Summary>>,
}

impl Meter {
    /// The counts up to the last commit.
    #[must_use]
    pub fn read(&self) -> Summary {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn add(&self, batch: &Summary) {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).add(batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry { attempts: 99, base_ms: 100, max_ms: 1_000 };
        let waits: Vec<u128> = [1, 2, 3, 4, 5, 70].map(|n| retry.delay(n).as_millis()).to_vec();
        assert_eq!(waits, [100, 200, 400, 800, 1_000, 1_000]);
    }

    #[test]
    fn a_set_stop_ends_waiting_at_once() {
        let stop = Stop::new();
        assert!(!stop.wait(Duration::ZERO));
        stop.clone().set();
        assert!(stop.wait(Duration::from_secs(3_600)));
    }
}

//! One lane a host: never two requests at once to one host, a rest between them, and a bound on how many hosts
//! are read at the same time.
//!
//! A turn is first the host's, then one of the common slots: a host that rests holds no slot. Those who wait for
//! a host are served in the order they came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

/// Above so many lanes those at rest are forgotten.
const KEPT: usize = 4096;
/// No rest is longer than this.
const RESTED: Duration = Duration::from_secs(3600);

/// When a host was last asked, and until when it wants to be left alone.
#[derive(Debug, Default)]
struct Rest {
    last: Option<Instant>,
    not_before: Option<Instant>,
}

type Lane = Arc<AsyncMutex<Rest>>;

/// The lanes of all hosts.
#[derive(Debug)]
pub(crate) struct Lanes {
    lanes: Mutex<HashMap<String, Lane>>,
    slots: Arc<Semaphore>,
}

/// The right to make one request; the host rests from when it is given back.
#[derive(Debug)]
pub(crate) struct Turn {
    host: OwnedMutexGuard<Rest>,
    _slot: OwnedSemaphorePermit,
}

impl Turn {
    /// Leaves the host alone for so long, as it asked to.
    pub(crate) fn leave_alone(&mut self, rest: Duration) {
        self.host.not_before = Some(Instant::now() + rest);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.host.last = Some(Instant::now());
    }
}

/// The name of a lane: host and port, the authority robots.txt speaks for.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

impl Lanes {
    pub(crate) fn new(slots: usize) -> Self {
        Self { lanes: Mutex::default(), slots: Arc::new(Semaphore::new(slots.max(1))) }
    }

    /// Waits for a turn with the host of `url`: at least `rest` after the last one. The one who asks says how
    /// long, for it has read the host's rules, and the one before may not have.
    pub(crate) async fn turn(&self, url: &Url, rest: Duration) -> Turn {
        let lane = self.lane(authority(url));
        let host = lane.lock_owned().await;
        if let Some(at) = host.last.map(|last| last + rest).max(host.not_before) {
            tokio::time::sleep_until(at).await;
        }
        let slot = Arc::clone(&self.slots).acquire_owned().await.expect("the semaphore is never closed");
        Turn { host, _slot: slot }
    }

    fn lane(&self, name: String) -> Lane {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() > KEPT {
            let rested = |lane: &Rest| {
                lane.last.is_none_or(|last| last.elapsed() > RESTED)
                    && lane.not_before.is_none_or(|at| at < Instant::now())
            };
            lanes.retain(|_, lane| {
                Arc::strong_count(lane) > 1 || !lane.try_lock().is_ok_and(|lane| rested(&lane))
            });
        }
        Arc::clone(lanes.entry(name).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_host_rests_between_turns_and_others_do_not_wait_for_it() {
        let lanes = Lanes::new(4);
        let rest = Duration::from_millis(40);
        let start = Instant::now();
        drop(lanes.turn(&url("http://a.example/1"), rest).await);
        drop(lanes.turn(&url("http://b.example/1"), rest).await);
        assert!(start.elapsed() < rest);
        drop(lanes.turn(&url("http://a.example/2"), rest).await);
        assert!(start.elapsed() >= rest);
    }

    #[tokio::test]
    async fn one_host_has_one_turn_at_a_time_in_the_order_of_asking() {
        let lanes = Lanes::new(4);
        let site = url("http://a.example/");
        let held = lanes.turn(&site, Duration::ZERO).await;
        let order = Mutex::new(Vec::new());
        let ask = |n: u8| {
            let (lanes, order, site) = (&lanes, &order, &site);
            async move {
                let _turn = lanes.turn(site, Duration::ZERO).await;
                order.lock().unwrap().push(n);
            }
        };
        futures::join!(ask(1), ask(2), async { drop(held) });
        assert_eq!(*order.lock().unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn slots_bound_all_hosts_together() {
        let lanes = Lanes::new(1);
        let held = lanes.turn(&url("http://a.example/"), Duration::ZERO).await;
        let b = url("http://b.example/");
        let other = lanes.turn(&b, Duration::ZERO);
        tokio::pin!(other);
        assert!(futures::poll!(&mut other).is_pending());
        drop(held);
        other.await;
    }
}

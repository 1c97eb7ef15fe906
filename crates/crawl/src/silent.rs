//! Hosts that do not answer: after a few failures in a row one rests, each time longer, and is not asked meanwhile.
//!
//! A host that is down costs a time-out an address, and nobody is served by knocking on. Only silence counts: whoever
//! answers, even with an error, is there. It is kept in the process; a restart asks once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Failures in a row after which a host rests.
const PATIENCE: u32 = 3;
/// The first rest; each failure after it doubles the next one.
const FIRST: SignedDuration = SignedDuration::from_mins(5);
/// The longest.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);
/// Above so many hosts those whose rest is over are forgotten.
const KEPT: usize = 4096;

#[derive(Debug, Clone, Copy)]
struct Silence {
    failures: u32,
    until: Timestamp,
}

/// The hosts that did not answer when they were last asked.
#[derive(Debug, Default)]
pub(crate) struct Silent(Mutex<HashMap<String, Silence>>);

impl Silent {
    /// Until when a host rests, where it does at `now`.
    pub(crate) fn rests(&self, host: &str, now: Timestamp) -> Option<Timestamp> {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.get(host).map(|silence| silence.until).filter(|until| now < *until)
    }

    /// It did not answer.
    pub(crate) fn failed(&self, host: &str, now: Timestamp) {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= KEPT {
            hosts.retain(|_, silence| now < silence.until);
        }
        let silence = hosts.entry(host.to_owned()).or_insert(Silence { failures: 0, until: now });
        silence.failures = silence.failures.saturating_add(1);
        if let Some(times) = silence.failures.checked_sub(PATIENCE) {
            let doubled = FIRST.checked_mul(1 << times.min(10)).unwrap_or(LONGEST);
            silence.until = now.checked_add(doubled.min(LONGEST)).unwrap_or(now);
        }
    }

    /// It answered.
    pub(crate) fn answered(&self, host: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_with_silence_and_end_with_an_answer() {
        let silent = Silent::default();
        let start: Timestamp = "2026-10-06T07:00:00Z".parse().unwrap();
        let rest = |now: Timestamp| silent.rests("a", now).map(|until| until.duration_since(now).as_mins());
        for expected in
            [None, None, Some(5), Some(10), Some(20), Some(40), Some(80), Some(160), Some(320), Some(360)]
        {
            silent.failed("a", start);
            assert_eq!(rest(start), expected);
        }
        assert_eq!(silent.rests("b", start), None);
        assert_eq!(rest(start.checked_add(SignedDuration::from_hours(6)).unwrap()), None);
        silent.answered("a");
        silent.failed("a", start);
        assert_eq!(rest(start), None);
    }
}

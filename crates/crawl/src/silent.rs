//! Hosts that rest: those that do not answer, after a few failures in a row and each time longer, and those that say how
//! long they want to be left alone (`Retry-After`). None is asked meanwhile.
//!
//! A host that is down costs a time-out an address, and nobody is served by knocking on. Only silence counts as failure:
//! whoever answers, even with an error, is there. It is kept in the process; a restart asks once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Failures in a row after which a host rests.
const PATIENCE: u32 = 3;
/// The first rest; each failure after it doubles the next one.
const FIRST: SignedDuration = SignedDuration::from_mins(5);
/// The longest.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);
/// The longest a host is left alone because it asks so.
const LONGEST_ASKED: SignedDuration = SignedDuration::from_hours(24);
/// Above so many hosts those whose rest is over are forgotten.
const KEPT: usize = 4096;

#[derive(Debug, Clone, Copy)]
struct Silence {
    failures: u32,
    until: Timestamp,
    /// Whether the host asked for it.
    asked: bool,
}

/// The hosts that did not answer when they were last asked, or asked for a rest.
#[derive(Debug, Default)]
pub(crate) struct Silent(Mutex<HashMap<String, Silence>>);

impl Silent {
    /// Why a host is not asked at `now` and until when, in words, where it rests.
    pub(crate) fn rests(&self, host: &str, now: Timestamp) -> Option<String> {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let silence = hosts.get(host).filter(|silence| now < silence.until)?;
        let why = if silence.asked { "it asked to be left alone" } else { "it did not answer and rests" };
        Some(format!("{why} until {:.0}", silence.until))
    }

    /// It asked to be left alone for so long.
    pub(crate) fn asked(&self, host: &str, rest: Duration, now: Timestamp) {
        let rest = SignedDuration::try_from(rest).unwrap_or(LONGEST_ASKED).min(LONGEST_ASKED);
        let until = now.checked_add(rest).unwrap_or(now);
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.insert(host.to_owned(), Silence { failures: 0, until, asked: true });
    }

    /// It did not answer.
    pub(crate) fn failed(&self, host: &str, now: Timestamp) {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= KEPT {
            hosts.retain(|_, silence| now < silence.until);
        }
        let silence =
            hosts.entry(host.to_owned()).or_insert(Silence { failures: 0, until: now, asked: false });
        (silence.failures, silence.asked) = (silence.failures.saturating_add(1), false);
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
        let after = |mins: i64| start.checked_add(SignedDuration::from_mins(mins)).unwrap();
        let rests = |mins: i64| silent.rests("a", after(mins)).is_some();
        for expected in [0, 0, 5, 10, 20, 40, 80, 160, 320, 360] {
            silent.failed("a", start);
            assert_eq!((rests((expected - 1).max(0)), rests(expected)), (expected > 0, false), "{expected}");
        }
        assert_eq!(silent.rests("b", start), None);
        silent.answered("a");
        silent.failed("a", start);
        assert!(!rests(0));
    }

    #[test]
    fn what_a_host_asks_for_is_kept_up_to_a_day() {
        let silent = Silent::default();
        let start: Timestamp = "2026-10-06T07:00:00Z".parse().unwrap();
        let after = |hours: i64| start.checked_add(SignedDuration::from_hours(hours)).unwrap();
        silent.asked("a", Duration::from_secs(2 * 3600), start);
        let why = silent.rests("a", after(1)).unwrap();
        assert_eq!(why, "it asked to be left alone until 2026-10-06T09:00:00Z");
        assert_eq!(silent.rests("a", after(2)), None);
        silent.asked("a", Duration::MAX, start);
        assert!(silent.rests("a", after(23)).is_some() && silent.rests("a", after(24)).is_none());
    }
}

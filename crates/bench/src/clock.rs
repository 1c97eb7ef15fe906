//! Processor time of the running thread, so that what else a machine does is not counted.

use std::time::Instant;

/// A start of time.
#[derive(Debug)]
pub struct Clock {
    wall: Instant,
    cpu_ns: Option<u64>,
}

impl Clock {
    /// Starts.
    #[must_use]
    pub fn start() -> Self {
        Self { wall: Instant::now(), cpu_ns: cpu_ns() }
    }

    /// Seconds of processor time since the start; on systems that do not tell them, seconds on the wall.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        match (self.cpu_ns, cpu_ns()) {
            (Some(from), Some(to)) => to.saturating_sub(from) as f64 / 1e9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// Nanoseconds this thread has run (Linux).
fn cpu_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}

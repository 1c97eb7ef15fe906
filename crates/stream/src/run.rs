//! The one run loop: decode, process, retry, dead letter, breadcrumb, flush, commit, count, stop.
//!
//! Invariant: nobody else does any of this. Each message ends in exactly one [`Outcome`] or among the dead
//! letters, is counted once it is committed, and leaves one breadcrumb. After an error neither the stage nor
//! the handle may be used again: both hold what was never made durable. Open both anew and the messages that
//! were not committed come again.

mod message;
mod meters;
mod options;
mod tracer;

use std::time::Instant;

use crate::{Bus, BusError, Delivery, Failure, Outcome, Progress, Stage};
use message::Verdict;
pub use options::{Meter, Retry, RunOptions, Stop, Summary};
pub use tracer::{MessageSpan, Tracer};

/// Why a loop ended before it was told to. Nothing of the batch it was in is committed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A transient failure lasted through every attempt, or until the loop was told to stop.
    #[error("stage `{stage}` gave up after {attempts} attempts: {reason}")]
    Exhausted {
        /// The stage.
        stage: &'static str,
        /// Calls made.
        attempts: u32,
        /// What the last one said.
        reason: String,
    },
    /// The stage cannot keep or find its own state, and trying again will not help.
    #[error("stage `{stage}` cannot keep its state: {reason}")]
    State {
        /// The stage.
        stage: &'static str,
        /// What it said.
        reason: String,
    },
    /// The bus failed.
    #[error(transparent)]
    Bus(#[from] BusError),
}

impl RunError {
    /// What to do about it, where there is something to do.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Exhausted { .. } | Self::State { .. } => None,
            Self::Bus(error) => error.hint(),
        }
    }
}

/// Runs a stage on a consumer's handle until told to stop; then finishes the batch and commits. Returns what
/// became of the messages.
///
/// # Errors
/// [`RunError`]; the batch in hand is not committed and will come again to a stage and a handle opened anew.
pub fn run<S: Stage>(
    stage: &mut S,
    bus: &mut dyn Bus,
    options: &RunOptions,
    stop: &Stop,
) -> Result<Summary, RunError> {
    meters::describe();
    let mut worker = Worker { stage, bus, options, stop };
    if let Some(progress) = worker.retried(S::resume)? {
        worker.bus.seek(&progress)?;
        // A crash between the stage's last `flush` and its commit leaves the group behind for good where no
        // message follows, and whoever waits for its lag to be zero would wait for ever.
        worker.bus.commit(&progress)?;
    }
    let mut total = Summary::default();
    // Since when `idle` is owed; from the start, because the last run may have ended before it.
    let mut owed = Some(Instant::now());
    let mut generation = None;
    while !stop.is_set() {
        let deliveries = worker.bus.poll(options.batch, options.poll_wait)?;
        if generation.replace(worker.bus.generation()) != Some(worker.bus.generation()) {
            worker.retried(S::regroup)?;
        }
        let drained = deliveries.is_empty();
        if !drained {
            total.add(&worker.batch(deliveries)?);
            owed.get_or_insert_with(Instant::now);
        }
        if owed.is_some_and(|since| drained || since.elapsed() >= options.idle_every) {
            worker.retried(S::idle)?;
            owed = None;
        }
    }
    if owed.is_some() {
        worker.retried(S::idle)?;
    }
    Ok(total)
}

/// A stage at work.
struct Worker<'a, S> {
    stage: &'a mut S,
    bus: &'a mut dyn Bus,
    options: &'a RunOptions,
    stop: &'a Stop,
}

impl<S: Stage> Worker<'_, S> {
    /// Processes the deliveries in order and settles them together. Told to stop while it waits for a second
    /// attempt, it settles those before and leaves the rest for the next run.
    fn batch(&mut self, deliveries: Vec<Delivery>) -> Result<Summary, RunError> {
        let mut progress = Progress::new();
        let mut summary = Summary::default();
        for delivery in deliveries {
            let (partition, next) = (delivery.partition, delivery.offset + 1);
            let topic = delivery.topic.clone();
            match self.message(delivery)? {
                Verdict::Forwarded => summary.forwarded += 1,
                Verdict::Dropped(reason) => *summary.dropped.entry(reason).or_default() += 1,
                Verdict::Stored => summary.stored += 1,
                Verdict::DeadLettered => summary.dead_lettered += 1,
                Verdict::Interrupted => break,
            }
            progress.advance(&topic, partition, next);
        }
        if !progress.is_empty() {
            self.settle(&progress)?;
            meters::count(S::NAME, &summary);
            self.options.meter.add(&summary);
            tracing::info!(stage = S::NAME, messages = summary.processed(), "batch committed");
        }
        Ok(summary)
    }

    /// The order of durability: outputs, then the stage's own state, then offsets. Here and nowhere else.
    ///
    /// A crash between two of these lines must cost work, never a message. Were the state durable before the
    /// outputs, a stage that remembers what it has seen would take the message for an old one when it comes
    /// again, and drop it: lost. Were the offset committed before either, it would not come again at all. In
    /// this order a crash means that messages come again to a stage that either does not know them, and does
    /// the work twice, or knows them, and whose outputs are durable already.
    fn settle(&mut self, progress: &Progress) -> Result<(), RunError> {
        self.bus.flush()?; // outputs, breadcrumbs and dead letters
        self.retried(|stage| stage.flush(progress))?;
        self.bus.commit(progress)?;
        Ok(())
    }

    /// A call of the stage that concerns no single message, tried again where its failure is transient.
    fn retried<T>(&mut self, call: impl Fn(&mut S) -> Result<T, Failure>) -> Result<T, RunError> {
        let mut attempt = 1;
        loop {
            match call(self.stage) {
                Ok(value) => return Ok(value),
                Err(Failure::Poison(reason)) => return Err(RunError::State { stage: S::NAME, reason }),
                Err(Failure::Transient(reason)) => {
                    if self.pause(attempt, reason)? {
                        let reason = "told to stop while its store was away".to_owned();
                        return Err(RunError::Exhausted { stage: S::NAME, attempts: attempt, reason });
                    }
                    attempt += 1;
                }
            }
        }
    }

    /// Rests after the failure of the `attempt`-th call; true where it was told to stop meanwhile.
    fn pause(&self, attempt: u32, reason: String) -> Result<bool, RunError> {
        if attempt >= self.options.retry.attempts {
            return Err(RunError::Exhausted { stage: S::NAME, attempts: attempt, reason });
        }
        let delay = self.options.retry.delay(attempt);
        tracing::warn!(stage = S::NAME, attempt, reason, ?delay, "transient failure, will try again");
        Ok(self.stop.wait(delay))
    }
}

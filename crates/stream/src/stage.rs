//! A stage: one verb between two topics.
//!
//! It is synchronous, because its work is CPU or SQLite; it is scaled by more instances, not by more threads
//! inside. Invariant: only the run loop counts, retries, commits and dead-letters, so `process` must leave no
//! trace when it fails: the same message may come again.

use kiosque_model::{Message, Reason};

use crate::Progress;

/// One verb of the line.
pub trait Stage: Send {
    /// Its name: a verb, and the name of its consumer group, its dead letters (`<name>.dead`), its metrics.
    const NAME: &'static str;
    /// Whether its steps are told on the `breadcrumbs` topic. False for the stage that stores breadcrumbs,
    /// which would otherwise feed itself.
    const TRACED: bool = true;
    /// What it reads, which also says from which topic.
    type In: Message;
    /// What it writes; [`kiosque_model::Never`] for a sink.
    type Out: Message;

    /// Says what becomes of one message. It must be repeatable: the same message may come again, and it is
    /// called again after [`Failure::Transient`].
    ///
    /// # Errors
    /// [`Failure`]; it then has changed nothing that lasts. A panic counts as poison: a stage that can panic
    /// half-way computes first and changes its state after.
    fn process(&mut self, input: Self::In) -> Result<Outcome<Self::Out>, Failure>;

    /// Makes its own state durable, now that its outputs are. `progress` is how far this state goes: a sink
    /// stores it in the same transaction as its rows. May be called again where it failed.
    ///
    /// # Errors
    /// [`Failure`]; nothing is committed then, and the messages come again.
    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        let _ = progress;
        Ok(())
    }

    /// Where its own store says to go on. `None` leaves that to the bus; `Some` overrides the group's
    /// position, and partitions it does not name are read from their beginning.
    ///
    /// # Errors
    /// [`Failure`]; the loop does not start then.
    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        Ok(None)
    }

    /// Brings what it remembers of earlier messages up to date: partitions came or went, and what comes now may
    /// have been read by another instance before. Called before the first message after that.
    ///
    /// # Errors
    /// [`Failure`]; no message is processed then.
    fn regroup(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Work that can wait until the topic is drained. Called once after every spell of work, once at the
    /// start (the last run may have ended before it), and before the loop ends.
    ///
    /// # Errors
    /// [`Failure`]; what was processed stays committed.
    fn idle(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// What becomes of a message. Each ends in exactly one, and the loop counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It goes on, as this.
    Forward(T),
    /// It ends here, with words for a person where there are any.
    Drop(Reason, Option<String>),
    /// A sink has taken it in.
    Stored(Option<String>),
}

/// Why a message could not be processed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The world is at fault and may recover: a locked file, a full disk, a service that is away. Tried again
    /// in place; an outage must never empty a topic into the dead letters.
    #[error("{0}")]
    Transient(String),
    /// The message is at fault, and would fail again: a dead letter.
    #[error("{0}")]
    Poison(String),
}

//! What a bus is: the traits every log implements, and what can go wrong with one.
//!
//! A broker, a file and memory differ behind them; the run loop and the stages see no difference. What the
//! methods promise is held by one contract suite, `tests/contract.rs`, run over every implementation.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kiosque_model::Envelope;

use crate::{Progress, Share};

/// A message as it came off a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The topic.
    pub topic: String,
    /// Its partition.
    pub partition: u32,
    /// Its place there, counted from zero.
    pub offset: u64,
    /// The message.
    pub envelope: Envelope,
}

/// One handle on a log: the consumer of one group on one topic, and a producer to any topic. Dropping it
/// forgets what was sent and not flushed, and frees its place in the group.
pub trait Bus: Send {
    /// Takes the next messages, at most `max`, in order. Where there are none it waits for the first, up to
    /// `wait`, and then returns what is there, or nothing. With a `max` of zero it takes nothing and only keeps its
    /// place in the group, for whoever is still busy with what it took before.
    ///
    /// # Errors
    /// [`BusError`]; the position has not moved then.
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Delivery>, BusError>;

    /// Hands a message over for `topic`. Nobody sees it before [`Bus::flush`].
    ///
    /// # Errors
    /// [`BusError::TooLarge`], which refuses this message alone; any other error is of the bus itself.
    fn send(&mut self, topic: &str, envelope: Envelope) -> Result<(), BusError>;

    /// Makes all that was sent durable and visible. A log of one process does that in one step; on a broker some of
    /// it may be visible before the rest, and stays where a crash comes between.
    ///
    /// # Errors
    /// [`BusError`]; what was sent is kept and may be flushed again.
    fn flush(&mut self) -> Result<(), BusError>;

    /// Notes how far the group is, so that it goes on from there after a restart. A position never goes back,
    /// nor beyond the topic's end (it is of another log); positions of other topics are left alone.
    ///
    /// # Errors
    /// [`BusError`]; the old position stands.
    fn commit(&mut self, progress: &Progress) -> Result<(), BusError>;

    /// Reads on from `progress`, which may be before or after the group's position. A partition of the
    /// handle's topic that is not named, or named beyond its end (the log was made anew), is read from its
    /// beginning: reading twice is harmless, skipping is not.
    ///
    /// # Errors
    /// [`BusError`]; the position has not moved then.
    fn seek(&mut self, progress: &Progress) -> Result<(), BusError>;

    /// How often partitions came to this handle or went from it. Whoever keeps a memory of what it has read
    /// brings that up to date when this has changed, for others may have read in between. A log of one process
    /// never shares anything out.
    fn generation(&self) -> u64 {
        0
    }

    /// The part of its topic that this handle holds, as of the last poll.
    ///
    /// # Errors
    /// [`BusError`] where the topic cannot be asked for.
    fn share(&self) -> Result<Share, BusError> {
        Ok(Share::Whole)
    }
}

/// How far a group is in one partition of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The partition.
    pub partition: u32,
    /// The first offset that is still kept.
    pub first: u64,
    /// The offset the next message will have.
    pub next: u64,
    /// The offset the group reads next; `None` where it has committed nothing.
    pub committed: Option<u64>,
}

impl Position {
    /// Messages the group has not committed yet.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.next.saturating_sub(self.committed.unwrap_or_default().max(self.first))
    }
}

/// A look at a log that takes nothing from it.
pub trait Inspect: Send + Sync {
    /// Topics that ever held a message, in order of name.
    ///
    /// # Errors
    /// [`BusError`] where the log cannot be read.
    fn topics(&self) -> Result<Vec<String>, BusError>;

    /// How many messages a topic holds.
    ///
    /// # Errors
    /// As [`Inspect::topics`].
    fn depth(&self, topic: &str) -> Result<u64, BusError>;

    /// How far a group is in each partition of a topic; empty where there is no such topic.
    ///
    /// # Errors
    /// As [`Inspect::topics`].
    fn positions(&self, group: &str, topic: &str) -> Result<Vec<Position>, BusError>;

    /// How many messages of a topic the group has not committed yet. A stage commits after its outputs are
    /// visible, so a line whose lags are all zero, asked in the order of the line, is drained.
    ///
    /// # Errors
    /// As [`Inspect::topics`].
    fn lag(&self, group: &str, topic: &str) -> Result<u64, BusError> {
        Ok(self.positions(group, topic)?.iter().map(Position::lag).sum())
    }

    /// Messages of a topic from `from` on (its beginning where not named), at most `max`; nobody's position
    /// moves. Empty at the end.
    ///
    /// # Errors
    /// As [`Inspect::topics`].
    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError>;
}

/// Lets go of what depends on partitions held; returns when nothing does any more.
pub type Release = Box<dyn Fn() + Send + Sync>;

/// A log that hands out handles.
pub trait Connect: Inspect {
    /// A consumer of `topic` for `group`, at the position the group committed, or at the beginning.
    ///
    /// # Errors
    /// [`BusError::Taken`] where the group already reads the topic through another handle.
    fn connect(&self, group: &str, topic: &str) -> Result<Box<dyn Bus>, BusError>;

    /// As [`Connect::connect`], for whoever works on more than messages: `release` is called, during a poll, before
    /// partitions are given up, and they pass on to another member when it returns. A log of one process never
    /// calls it.
    ///
    /// # Errors
    /// As [`Connect::connect`].
    fn connect_sharing(&self, group: &str, topic: &str, release: Release) -> Result<Box<dyn Bus>, BusError> {
        drop(release);
        self.connect(group, topic)
    }

    /// A handle that only sends.
    ///
    /// # Errors
    /// [`BusError`] where the log cannot be reached.
    fn producer(&self) -> Result<Box<dyn Bus>, BusError>;
}

/// A log chosen at run time is a log.
impl<C: Inspect + ?Sized> Inspect for Arc<C> {
    fn topics(&self) -> Result<Vec<String>, BusError> {
        (**self).topics()
    }

    fn depth(&self, topic: &str) -> Result<u64, BusError> {
        (**self).depth(topic)
    }

    fn positions(&self, group: &str, topic: &str) -> Result<Vec<Position>, BusError> {
        (**self).positions(group, topic)
    }

    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        (**self).browse(topic, from, max)
    }
}

impl<C: Connect + ?Sized> Connect for Arc<C> {
    fn connect(&self, group: &str, topic: &str) -> Result<Box<dyn Bus>, BusError> {
        (**self).connect(group, topic)
    }

    fn connect_sharing(&self, group: &str, topic: &str, release: Release) -> Result<Box<dyn Bus>, BusError> {
        (**self).connect_sharing(group, topic, release)
    }

    fn producer(&self) -> Result<Box<dyn Bus>, BusError> {
        (**self).producer()
    }
}

/// What can go wrong with a bus.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The file of the log cannot be read or written.
    #[error("the log `{path}` cannot be {action}: {source}")]
    Storage {
        /// The file.
        path: PathBuf,
        /// `opened`, `read`, `written` or `used`.
        action: &'static str,
        /// What the system says.
        source: Box<dyn Error + Send + Sync>,
        /// What to do about it.
        hint: &'static str,
    },
    /// Another process owns the log.
    #[error("the log `{path}` is in use by {owner}")]
    Locked {
        /// The file.
        path: PathBuf,
        /// Who holds it, as far as is known: ``process `4711` ``.
        owner: String,
    },
    /// The group already reads this topic.
    #[error("group `{group}` already reads topic `{topic}` through another handle")]
    Taken {
        /// The group.
        group: String,
        /// The topic.
        topic: String,
    },
    /// One message is larger than the log allows; the others are not concerned.
    #[error("a message of `{bytes}` bytes for topic `{topic}` is larger than the limit of `{limit}`")]
    TooLarge {
        /// Where it should have gone.
        topic: String,
        /// Key and value together, uncompressed.
        bytes: usize,
        /// The most a message may have.
        limit: usize,
    },
    /// The broker cannot be reached, or says no.
    #[error("the broker `{brokers}` cannot be {action}: {reason}")]
    Broker {
        /// The brokers asked.
        brokers: String,
        /// `reached`, `asked`, `read`, `written to`.
        action: &'static str,
        /// What the client says.
        reason: String,
        /// What to do about it.
        hint: &'static str,
        /// Whether it is an outage that ends by itself.
        passing: bool,
    },
    /// A handle made for sending was asked for messages.
    #[error("this handle only sends and reads no topic")]
    SendOnly,
    /// A test has cut the bus off; see [`crate::Fuse`].
    #[error(transparent)]
    Cut(#[from] crate::Blown),
}

impl BusError {
    /// Whether it is an outage: opened anew, the bus may work again, and nothing that was accepted is lost.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Broker { passing: true, .. })
    }

    /// What to do about it, where there is something to do.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Storage { hint, .. } | Self::Broker { hint, .. } => Some(hint),
            Self::Locked { .. } => Some(
                "one process owns an embedded log: end that one first, give this pipeline a `bus.path` of its \
                 own, or use a broker to share the work between processes",
            ),
            Self::Taken { .. } => Some("an embedded topic has one partition, so a group has one consumer"),
            Self::TooLarge { .. } => Some("raise the bus's message limit or lower the crawler's size limit"),
            Self::SendOnly | Self::Cut(_) => None,
        }
    }
}

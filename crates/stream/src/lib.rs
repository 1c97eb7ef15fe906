//! The bus between two stages, and the one loop that runs a stage.
//!
//! A stage is a verb between two topics: it implements [`Stage`], whose one required method turns a message
//! into an [`Outcome`]. Everything else that delivery asks for (decoding, retries, dead letters, breadcrumbs,
//! durability, commits, counts, shutdown) is done by [`run`], and only there.
//!
//! A [`Bus`] is one consumer's or producer's handle on a log of topics; [`Connect`] hands them out.
//! [`MemoryLog`] and [`EmbeddedLog`] are logs of one process, which differ only in where messages lie: what delivery
//! promises is written once, in `log.rs`, over both. [`KafkaLog`] is a log that many processes share.
//!
//! # What is promised
//! * **In order** by key: messages of one key reach one consumer in the order they were flushed.
//! * **At least once**: a message is delivered again until its group has committed a position beyond it.
//! * **Outputs first**: what was sent is durable when [`Bus::flush`] returns, and only then are positions committed.

mod bus;
pub mod dead;
mod embedded;
mod fuse;
mod kafka;
mod ledger;
mod log;
mod memory;
mod progress;
mod run;
mod share;
mod stage;

pub use bus::{Bus, BusError, Connect, Delivery, Inspect, Position, Release};
pub use embedded::{EmbeddedLog, EmbeddedOptions, EmbeddedReader};
pub use fuse::{Blown, Fuse, FusedBus, FusedConnect};
pub use kafka::{KafkaLog, KafkaSettings, Sasl, Security, TopicKind, TopicState, topics_of};
pub use memory::MemoryLog;
pub use progress::Progress;
pub use run::{MessageSpan, Meter, Retry, RunError, RunOptions, Stop, Summary, Tracer, run};
pub use share::Share;
pub use stage::{Failure, Outcome, Stage};

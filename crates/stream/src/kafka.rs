//! A log on Apache Kafka, through librdkafka: the same promises over many processes.
//!
//! What differs from a log in one process, and why nothing else may depend on it:
//! * `flush` makes messages durable one by one: a crash inside it leaves some, and they are sent again.
//! * A topic has many partitions. A key's messages stay in one, in order; a group's instances share them.
//! * A message's headers are `CloudEvents` 1.0 attributes in Kafka's binary content mode, so any other client reads
//!   them.

mod fault;
mod hands;
mod inspect;
mod purge;
mod reader;
mod sender;
mod settings;
mod topics;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kiosque_model::Envelope;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::{Bus, BusError, Connect, Delivery, Progress, Release, Share};
use hands::Hands;
use reader::Reader;
use sender::Sender;
pub use settings::{KafkaSettings, Sasl, Security};
pub use topics::{TopicKind, TopicState, topics_of};

/// A log on a broker. Its clones share their connections.
#[derive(Clone)]
pub struct KafkaLog(Arc<Shared>);

/// What the handles of one process share.
struct Shared {
    settings: KafkaSettings,
    /// Asks for metadata and offsets; member of no group.
    asker: BaseConsumer,
    /// One client for each group whose position was asked for.
    members: Mutex<BTreeMap<String, BaseConsumer>>,
    /// The largest message of each topic, where it was asked for.
    limits: Mutex<BTreeMap<String, usize>>,
    /// Whether the broker has refused a message that should have fitted.
    wary: AtomicBool,
}

impl KafkaLog {
    /// Opens the broker and asks whether it is there.
    ///
    /// # Errors
    /// [`BusError::Broker`] where it does not answer or a setting is none of librdkafka's.
    pub fn open(settings: KafkaSettings) -> Result<Self, BusError> {
        let asker: BaseConsumer =
            settings.client().create().map_err(|error| fault::broker(&settings, "set up", &error))?;
        asker
            .fetch_metadata(None, settings.patience)
            .map_err(|error| fault::broker(&settings, "reached", &error))?;
        let (members, limits, wary) = (Mutex::default(), Mutex::default(), AtomicBool::default());
        Ok(Self(Arc::new(Shared { settings, asker, members, limits, wary })))
    }
}

impl KafkaLog {
    fn member(&self, group: &str, topic: &str, hands: Hands) -> Result<Box<dyn Bus>, BusError> {
        let reader = Some(Reader::open(&self.0, group, topic, hands)?);
        Ok(Box::new(Handle { reader, sender: Sender::open(&self.0)? }))
    }
}

impl Connect for KafkaLog {
    fn connect(&self, group: &str, topic: &str) -> Result<Box<dyn Bus>, BusError> {
        self.member(group, topic, Hands::default())
    }

    fn connect_sharing(&self, group: &str, topic: &str, release: Release) -> Result<Box<dyn Bus>, BusError> {
        self.member(group, topic, Hands::releasing(release))
    }

    fn producer(&self) -> Result<Box<dyn Bus>, BusError> {
        Ok(Box::new(Handle { reader: None, sender: Sender::open(&self.0)? }))
    }
}

/// One consumer's or producer's handle.
struct Handle {
    reader: Option<Reader>,
    sender: Sender,
}

impl Handle {
    fn reader(&mut self) -> Result<&mut Reader, BusError> {
        self.reader.as_mut().ok_or(BusError::SendOnly)
    }
}

impl Bus for Handle {
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Delivery>, BusError> {
        self.reader()?.poll(max, wait)
    }

    fn send(&mut self, topic: &str, envelope: Envelope) -> Result<(), BusError> {
        self.sender.send(topic, envelope)
    }

    fn flush(&mut self) -> Result<(), BusError> {
        self.sender.flush()
    }

    fn commit(&mut self, progress: &Progress) -> Result<(), BusError> {
        self.reader()?.commit(progress)
    }

    fn seek(&mut self, progress: &Progress) -> Result<(), BusError> {
        self.reader()?.seek(progress)
    }

    fn generation(&self) -> u64 {
        self.reader.as_ref().map_or(0, Reader::generation)
    }

    fn share(&self) -> Result<Share, BusError> {
        self.reader.as_ref().ok_or(BusError::SendOnly)?.share()
    }
}

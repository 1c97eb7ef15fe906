//! Dead letters: what a stage gave up on, kept until somebody puts it back or lets it go.
//!
//! A log is only ever appended to, so what was dealt with is noted beside it: a letter on `<stage>.dead` is
//! pending until `<stage>.dead.handled` holds a message with its id as key. The message put back is durable before
//! the note is sent: a crash between leaves the letter pending and its message put back, which is then processed
//! twice at worst. That changes nothing, and the letter is never lost.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use kiosque_model::{Envelope, header, topic};

use crate::{BusError, Connect, Delivery, Inspect, Progress};

/// How many messages are read at a time.
const PAGE: usize = 256;

/// A dead letter's place on its stage's topic; written `0-42`, partition and offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeadId {
    /// The partition.
    pub partition: u32,
    /// The offset there.
    pub offset: u64,
}

impl fmt::Display for DeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.partition, self.offset)
    }
}

impl FromStr for DeadId {
    type Err = DeadError;

    fn from_str(text: &str) -> Result<Self, DeadError> {
        let parsed = text.split_once('-').and_then(|(partition, offset)| {
            Some(Self { partition: partition.parse().ok()?, offset: offset.parse().ok()? })
        });
        parsed.ok_or_else(|| DeadError::Unreadable { id: text.to_owned() })
    }
}

/// A dead letter, without its value. Headers that are missing or unreadable are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its id among the letters of its stage.
    pub id: DeadId,
    /// The stage that gave up.
    pub stage: String,
    /// Why.
    pub reason: String,
    /// The topic, partition and offset it was read from.
    pub origin: Option<Origin>,
    /// When the stage gave up.
    pub time: Option<Timestamp>,
    /// The page it is about, as its headers say.
    pub url: Option<String>,
    /// Size of its value, in bytes.
    pub bytes: usize,
}

/// Where a dead letter was read from; written `pages/0/42`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The topic.
    pub topic: String,
    /// Its partition.
    pub partition: u32,
    /// The offset there.
    pub offset: u64,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

/// Why dead letters could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum DeadError {
    /// It is no id.
    #[error("`{id}` is no id of a dead letter, which looks like `0-42`")]
    Unreadable {
        /// What was given.
        id: String,
    },
    /// No letter of that id is pending.
    #[error("stage `{stage}` has no pending dead letter `{id}`")]
    Unknown {
        /// The stage.
        stage: String,
        /// The id.
        id: DeadId,
    },
    /// It does not say where it came from, so it cannot be put back.
    #[error("dead letter `{id}` of stage `{stage}` does not say which topic it came from")]
    NoOrigin {
        /// The stage.
        stage: String,
        /// The id.
        id: DeadId,
    },
    /// The bus failed.
    #[error(transparent)]
    Bus(#[from] BusError),
}

/// A message as it goes aside: as it came, with who gave up, why, where it was read from and when.
#[must_use]
pub fn aside(delivery: Delivery, stage: &str, reason: &str, at: Timestamp) -> Envelope {
    let Delivery { topic, partition, offset, mut envelope } = delivery;
    envelope.set_header(header::DEAD_STAGE, stage);
    envelope.set_header(header::DEAD_REASON, reason);
    envelope.set_header(header::DEAD_ORIGIN, Origin { topic, partition, offset }.to_string());
    envelope.set_header(header::DEAD_TIME, at.to_string());
    envelope
}

/// The pending letters of a stage, oldest first.
///
/// # Errors
/// [`BusError`] where the log cannot be read.
pub fn list(log: &dyn Inspect, stage: &str) -> Result<Vec<DeadLetter>, BusError> {
    let mut letters = Vec::new();
    for_each_pending(log, stage, |delivery| letters.push(letter(stage, &delivery)))?;
    Ok(letters)
}

/// One pending letter, with the message.
///
/// # Errors
/// [`DeadError::Unknown`] where none of that id is pending; [`DeadError::Bus`].
pub fn show(log: &dyn Inspect, stage: &str, id: DeadId) -> Result<(DeadLetter, Envelope), DeadError> {
    pending(log, stage, &handled(log, stage)?, id)
}

fn pending(
    log: &dyn Inspect,
    stage: &str,
    handled: &BTreeSet<DeadId>,
    id: DeadId,
) -> Result<(DeadLetter, Envelope), DeadError> {
    let unknown = || DeadError::Unknown { stage: stage.to_owned(), id };
    if handled.contains(&id) {
        return Err(unknown());
    }
    let name = topic::dead(stage);
    let from = [(name.as_str(), id.partition, id.offset)].into_iter().collect();
    let delivery = log
        .browse(&name, &from, 1)?
        .into_iter()
        .find(|delivery| id_of(delivery) == id)
        .ok_or_else(unknown)?;
    Ok((letter(stage, &delivery), delivery.envelope))
}

/// Puts letters back on the topics they came from, as they came. After an error they are still pending.
///
/// # Errors
/// [`DeadError::Unknown`], [`DeadError::NoOrigin`], [`DeadError::Bus`].
pub fn retry(log: &dyn Connect, stage: &str, ids: &[DeadId]) -> Result<(), DeadError> {
    let mut bus = log.producer()?;
    let handled = handled(log, stage)?;
    let mut put_back = Vec::new();
    for id in distinct(ids) {
        let (letter, mut envelope) = pending(log, stage, &handled, id)?;
        let origin = letter.origin.ok_or_else(|| DeadError::NoOrigin { stage: stage.to_owned(), id })?;
        let ours = [header::DEAD_STAGE, header::DEAD_REASON, header::DEAD_ORIGIN, header::DEAD_TIME];
        envelope.headers.retain(|(name, _)| !ours.contains(&name.as_str()));
        bus.send(&origin.topic, envelope)?;
        put_back.push(id);
    }
    bus.flush()?;
    for id in put_back {
        bus.send(&handled_topic(stage), note(id))?;
    }
    Ok(bus.flush()?)
}

/// Lets letters go: they are no longer pending. All of them or, on an error, none.
///
/// # Errors
/// [`DeadError::Unknown`], [`DeadError::Bus`].
pub fn drop(log: &dyn Connect, stage: &str, ids: &[DeadId]) -> Result<(), DeadError> {
    let mut bus = log.producer()?;
    let handled = handled(log, stage)?;
    for id in distinct(ids) {
        pending(log, stage, &handled, id)?;
        bus.send(&handled_topic(stage), note(id))?;
    }
    Ok(bus.flush()?)
}

/// How many letters of a stage are pending; cheaper than [`list`], for it reads none of them.
///
/// # Errors
/// [`BusError`] where the log cannot be read.
pub fn count(log: &dyn Inspect, stage: &str) -> Result<u64, BusError> {
    Ok(log.depth(&topic::dead(stage))?.saturating_sub(handled(log, stage)?.len() as u64))
}

/// The topic of the notes on a stage's dead letters.
#[must_use]
pub fn handled_topic(stage: &str) -> String {
    format!("{}.handled", topic::dead(stage))
}

fn note(id: DeadId) -> Envelope {
    Envelope { key: id.to_string(), ..Envelope::default() }
}

fn distinct(ids: &[DeadId]) -> BTreeSet<DeadId> {
    ids.iter().copied().collect()
}

fn id_of(delivery: &Delivery) -> DeadId {
    DeadId { partition: delivery.partition, offset: delivery.offset }
}

fn handled(log: &dyn Inspect, stage: &str) -> Result<BTreeSet<DeadId>, BusError> {
    let mut ids = BTreeSet::new();
    for_each(log, &handled_topic(stage), |delivery| ids.extend(delivery.envelope.key.parse::<DeadId>()))?;
    Ok(ids)
}

fn for_each_pending(log: &dyn Inspect, stage: &str, mut each: impl FnMut(Delivery)) -> Result<(), BusError> {
    let handled = handled(log, stage)?;
    for_each(log, &topic::dead(stage), |delivery| {
        if !handled.contains(&id_of(&delivery)) {
            each(delivery);
        }
    })
}

fn for_each(log: &dyn Inspect, topic: &str, mut each: impl FnMut(Delivery)) -> Result<(), BusError> {
    let mut from = Progress::new();
    loop {
        let page = log.browse(topic, &from, PAGE)?;
        if page.is_empty() {
            return Ok(());
        }
        for delivery in page {
            from.advance(&delivery.topic, delivery.partition, delivery.offset + 1);
            each(delivery);
        }
    }
}

fn letter(stage: &str, delivery: &Delivery) -> DeadLetter {
    let header = |name| delivery.envelope.header(name);
    DeadLetter {
        id: id_of(delivery),
        stage: header(header::DEAD_STAGE).unwrap_or(stage).to_owned(),
        reason: header(header::DEAD_REASON).unwrap_or_default().to_owned(),
        origin: header(header::DEAD_ORIGIN).and_then(origin),
        time: header(header::DEAD_TIME).and_then(|time| time.parse().ok()),
        url: header(header::SUBJECT).map(str::to_owned),
        bytes: delivery.envelope.value.len(),
    }
}

fn origin(text: &str) -> Option<Origin> {
    let (rest, offset) = text.rsplit_once('/')?;
    let (topic, partition) = rest.rsplit_once('/')?;
    Some(Origin { topic: topic.to_owned(), partition: partition.parse().ok()?, offset: offset.parse().ok()? })
}

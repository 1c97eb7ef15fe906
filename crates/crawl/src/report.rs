//! What a visit tells: events while it goes on, a report at its end.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use kiosque_model::{Reason, SourceId};

use crate::error::CrawlError;
use crate::memo::{SOURCE_PREFIX, SourceMemo};
use crate::memory::{Memory, MemoryError};

/// How a source is, after its last visit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SourceState {
    /// Not visited yet.
    #[default]
    Waiting,
    /// Read, and it had entries.
    Ok,
    /// The same as at the last visit.
    Unchanged,
    /// Read, but it had no entry.
    Empty,
    /// It could not be read as what it should be.
    Broken(String),
    /// It could not be had, for the reason and with words for a person.
    Failed(Reason, String),
    /// It was read, but none of its pages could be had: why, of the last one.
    Refused {
        /// Pages it lists.
        pages: usize,
        /// In words for a person.
        why: String,
    },
    /// The visit was stopped before its end.
    Stopped,
}

/// What a state begins with whose pages are all refused.
pub(crate) const REFUSED: &str = "refused: ";

impl fmt::Display for SourceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting => f.write_str("waiting"),
            Self::Ok => f.write_str("ok"),
            Self::Unchanged => f.write_str("unchanged"),
            Self::Empty => f.write_str("empty"),
            Self::Broken(why) => write!(f, "broken: {why}"),
            Self::Failed(reason, why) => write!(f, "failed ({}): {why}", reason.name()),
            Self::Refused { pages, why } => write!(f, "{REFUSED}none of {pages} pages: {why}"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

/// How a source has been, across restarts: what `status` shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceHealth {
    /// The last visit that came to its end.
    pub last_visit: Option<Timestamp>,
    /// When it last gave a page.
    pub last_new: Option<Timestamp>,
    /// When it is due again.
    pub next_visit: Option<Timestamp>,
    /// The state after the last visit, as [`SourceState`] is written.
    pub state: String,
}

/// The health of every source the memory knows.
///
/// # Errors
/// [`MemoryError`] where the memory cannot be read.
pub fn source_health(memory: &dyn Memory) -> Result<BTreeMap<SourceId, SourceHealth>, MemoryError> {
    let known = memory.scan(SOURCE_PREFIX)?.into_iter().filter_map(|(key, value)| {
        let memo: SourceMemo = serde_json::from_slice(&value).ok()?;
        let SourceMemo { last_visit, last_new, next_visit, state, .. } = memo;
        let id = SourceId(key.strip_prefix(SOURCE_PREFIX)?.to_owned());
        Some((id, SourceHealth { last_visit, last_new, next_visit, state }))
    });
    Ok(known.collect())
}

/// What came of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceReport {
    /// Visits made.
    pub visits: u64,
    /// Entries listed by its feeds, sitemaps or page.
    pub entries: u64,
    /// Pages handed on.
    pub fetched: u64,
    /// Pages known and not changed.
    pub unchanged: u64,
    /// Addresses dropped, by reason (but for [`Reason::NotModified`], which counts as unchanged).
    pub dropped: BTreeMap<Reason, u64>,
    /// How it is.
    pub state: SourceState,
}

/// What came of all.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// By source.
    pub sources: BTreeMap<SourceId, SourceReport>,
    /// Addresses handed over to other crawlers.
    pub handed_over: u64,
    /// What ended the crawl before its time.
    pub fault: Option<CrawlError>,
}

impl Report {
    /// Pages handed on by all sources.
    #[must_use]
    pub fn fetched(&self) -> u64 {
        self.sources.values().map(|s| s.fetched).sum()
    }

    /// Takes an event into account.
    pub(crate) fn note(&mut self, event: &Event) {
        let of = self.sources.entry(event.source().clone()).or_default();
        match event {
            Event::SourceStarted { .. } => of.visits += 1,
            Event::SourceListed { entries, .. } => of.entries += *entries as u64,
            Event::PageFetched { .. } => of.fetched += 1,
            Event::PageUnchanged { .. } => of.unchanged += 1,
            Event::PageDropped { reason, .. } => *of.dropped.entry(*reason).or_default() += 1,
            Event::SourceFinished { state, .. } => of.state = state.clone(),
        }
    }
}

/// One step, for a progress display. Called on the crawler's thread: be quick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A visit begins.
    SourceStarted {
        /// Of which source.
        source: SourceId,
    },
    /// Its entries are known.
    SourceListed {
        /// Of which source.
        source: SourceId,
        /// How many it lists.
        entries: usize,
        /// How many of them will be asked for.
        wanted: usize,
    },
    /// A page came in.
    PageFetched {
        /// Through which source.
        source: SourceId,
        /// From where.
        url: String,
        /// The body's size, in bytes.
        bytes: usize,
    },
    /// A page is known and did not change.
    PageUnchanged {
        /// Through which source.
        source: SourceId,
        /// Which.
        url: String,
    },
    /// An address gave no page.
    PageDropped {
        /// Through which source.
        source: SourceId,
        /// Which.
        url: String,
        /// Why.
        reason: Reason,
    },
    /// The visit ended.
    SourceFinished {
        /// Of which source.
        source: SourceId,
        /// How it is now.
        state: SourceState,
    },
}

impl Event {
    /// The source it is about.
    #[must_use]
    pub const fn source(&self) -> &SourceId {
        match self {
            Self::SourceStarted { source }
            | Self::SourceListed { source, .. }
            | Self::PageFetched { source, .. }
            | Self::PageUnchanged { source, .. }
            | Self::PageDropped { source, .. }
            | Self::SourceFinished { source, .. } => source,
        }
    }
}

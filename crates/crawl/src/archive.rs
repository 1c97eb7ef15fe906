//! What went over the wire for a page, for whoever keeps an archive of it.

use std::net::IpAddr;

use jiff::Timestamp;
use kiosque_model::{FetchRecord, SourceId};

/// A question and its answer, as sent but for the transfer coding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The address that answered.
    pub url: String,
    /// The source that led to it.
    pub source: SourceId,
    /// When the answer was whole.
    pub at: Timestamp,
    /// Who answered; a proxy where there is one.
    pub ip: Option<IpAddr>,
    /// The protocol, as ALPN names it: `h2` or `http/1.1`.
    pub protocol: &'static str,
    /// Request line and headers as HTTP/1.1 writes them, with the blank line.
    pub request: Vec<u8>,
    /// Status line and headers likewise. `Content-Length` is that of `body`; what belongs to the connection has
    /// `x-archive-orig-` before its name.
    pub response: Vec<u8>,
    /// The body, its content coding not undone.
    pub body: Vec<u8>,
    /// Under which rules it was fetched.
    pub record: FetchRecord,
}

/// Why exchanges could not be kept. The crawl ends, and nothing of them is remembered.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the archive of raw pages cannot be written: {0}")]
pub struct ArchiveError(
    /// What the file system said, and where.
    pub String,
);

/// Keeps exchanges.
pub trait Archive: Send + Sync {
    /// Returns when all of them are durable. Called before their pages are delivered, on a thread for blocking work,
    /// one call at a time; after a crash some may come again.
    ///
    /// # Errors
    /// [`ArchiveError`]: none of them counts as kept.
    fn keep(&self, exchanges: Vec<Exchange>) -> Result<(), ArchiveError>;
}

//! What can go wrong with the crawl as a whole. What goes wrong with one address is a
//! [`Reason`](kiosque_model::Reason) in its breadcrumb.

use kiosque_model::Reason;

use crate::archive::ArchiveError;
use crate::memory::MemoryError;
use crate::outlet::OutletError;

/// Why a crawl cannot start or go on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CrawlError {
    /// The agent does not say who it is.
    #[error("the agent `{agent}` is incomplete: {missing}")]
    Agent {
        /// The header it would send.
        agent: String,
        /// What is missing.
        missing: &'static str,
    },
    /// The HTTP client cannot be set up, e.g. for a proxy address that is none.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
    /// The archive of raw pages failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The outlet refused a batch.
    #[error(transparent)]
    Outlet(#[from] OutletError),
    /// The memory failed.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// One address, asked for alone, could not be had.
    #[error("`{url}` could not be fetched ({}): {detail}", reason.name())]
    Fetch {
        /// The address.
        url: String,
        /// The kind of failure.
        reason: Reason,
        /// Words for a person.
        detail: String,
    },
}

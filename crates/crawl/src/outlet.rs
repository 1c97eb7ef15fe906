//! Where pages go: the `pages` topic, seen from the crawler.

use kiosque_model::{Breadcrumb, Page};

use crate::handover::Handover;

/// Why pages could not be handed on. The visit ends; nothing undelivered is remembered.
#[derive(Debug, Clone, thiserror::Error)]
#[error("pages could not be handed on: {0}")]
pub struct OutletError(
    /// What the bus said.
    pub String,
);

/// Takes pages and breadcrumbs in small batches.
pub trait Outlet: Send + Sync {
    /// Returns when all of it is durable. It may block: it is called on a thread for blocking work, one call at
    /// a time, and the crawl waits for it (that is the back-pressure). A batch may come again after a crash.
    ///
    /// # Errors
    /// [`OutletError`]: none of the batch is taken as delivered.
    fn deliver(&self, pages: Vec<Page>, crumbs: Vec<Breadcrumb>) -> Result<(), OutletError>;

    /// Hands addresses over to the crawlers whose sites they are of; the same promises as [`Outlet::deliver`], but that
    /// several calls may come at a time.
    /// Never called where the territory is [`Everywhere`](crate::Everywhere).
    ///
    /// # Errors
    /// [`OutletError`]: none of them is taken as handed over. So says an outlet that was made for one crawler.
    fn hand_over(&self, leads: Vec<Handover>) -> Result<(), OutletError> {
        Err(OutletError(format!("{} addresses are of another crawler, and nothing leads to it", leads.len())))
    }
}

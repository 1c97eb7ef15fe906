//! The one place where pages leave and memory is written, and the archive of raw pages before both.
//!
//! Order of durability: a page is handed to the outlet; only when the outlet has it for certain is it
//! remembered as fetched. The validators of a feed are remembered in a parcel behind all pages it led to,
//! and parcels are taken in order, so a crash at any moment leaves a memory that knows of nothing that was not
//! delivered. What was delivered but not yet remembered is fetched and delivered once more: a copy that `dedup`
//! takes out. So nothing is ever lost, and no list of pending addresses is needed: the feed is the list.
//! What another crawler is to fetch leaves the same way: handed over first, remembered then.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kiosque_model::{Breadcrumb, Page, PageId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::archive::{Archive, Exchange};
use crate::error::CrawlError;
use crate::handover::Handover;
use crate::memory::Memory;
use crate::outlet::{Outlet, OutletError};

/// Pages in one batch.
const BATCH_PAGES: usize = 16;
/// Parcels in one batch.
const BATCH_PARCELS: usize = 256;
/// How long a batch may wait to fill.
const BATCH_WAIT: Duration = Duration::from_millis(200);
/// Parcels that wait for the outlet; then fetching waits too.
const WAITING: usize = 16;

/// What goes out together.
#[derive(Debug, Default)]
pub(crate) struct Parcel {
    pub(crate) page: Option<Page>,
    /// What went over the wire for that page, where an archive is kept.
    pub(crate) exchange: Option<Exchange>,
    pub(crate) crumb: Option<Breadcrumb>,
    /// For other crawlers.
    pub(crate) leads: Vec<Handover>,
    /// To be remembered once page, crumb and leads are durable.
    pub(crate) remember: Vec<(String, Vec<u8>)>,
    /// Free for others from then on.
    pub(crate) claim: Option<PageId>,
    /// Told when this parcel, and with it all before it, is durable and remembered.
    pub(crate) done: Option<oneshot::Sender<()>>,
}

/// Addresses in the hands of a source at this moment: another that lists them too leaves them to it.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<HashSet<PageId>>);

impl Claims {
    /// Whether the caller may take it.
    pub(crate) fn take(&self, id: &PageId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone())
    }

    pub(crate) fn release(&self, id: &PageId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// The crawler's end of a crawl's delivery.
pub(crate) struct Delivery {
    archive: Option<Arc<dyn Archive>>,
    outlet: Arc<dyn Outlet>,
    memory: Arc<dyn Memory>,
    parcels: mpsc::Receiver<Parcel>,
}

impl Delivery {
    pub(crate) fn new(
        archive: Option<Arc<dyn Archive>>,
        outlet: Arc<dyn Outlet>,
        memory: Arc<dyn Memory>,
    ) -> (mpsc::Sender<Parcel>, Self) {
        let (sender, parcels) = mpsc::channel(WAITING);
        (sender, Self { archive, outlet, memory, parcels })
    }

    /// Delivers until all senders are gone. At the first failure it stops the crawl and takes nothing more.
    pub(crate) async fn run(mut self, claims: &Claims, stop: &CancellationToken) -> Option<CrawlError> {
        while let Some(first) = self.parcels.recv().await {
            let batch = self.batch(first).await;
            if let Err(fault) = self.deliver(batch, claims).await {
                tracing::error!(%fault, "the crawl ends: pages cannot be delivered");
                stop.cancel();
                return Some(fault);
            }
        }
        None
    }

    async fn batch(&mut self, first: Parcel) -> Vec<Parcel> {
        let until = Instant::now() + BATCH_WAIT;
        let mut pages = usize::from(first.page.is_some());
        let mut batch = vec![first];
        while pages < BATCH_PAGES && batch.len() < BATCH_PARCELS {
            match timeout_at(until, self.parcels.recv()).await {
                Ok(Some(parcel)) => {
                    pages += usize::from(parcel.page.is_some());
                    batch.push(parcel);
                }
                Ok(None) | Err(_) => break,
            }
        }
        batch
    }

    async fn deliver(&self, batch: Vec<Parcel>, claims: &Claims) -> Result<(), CrawlError> {
        let (mut pages, mut crumbs, mut leads) = (Vec::new(), Vec::new(), Vec::new());
        let (mut remember, mut free, mut done) = (Vec::new(), Vec::new(), Vec::new());
        let mut exchanges = Vec::new();
        for parcel in batch {
            pages.extend(parcel.page);
            exchanges.extend(parcel.exchange);
            crumbs.extend(parcel.crumb);
            leads.extend(parcel.leads);
            remember.extend(parcel.remember);
            free.extend(parcel.claim);
            done.extend(parcel.done);
        }
        let (outlet, memory) = (Arc::clone(&self.outlet), Arc::clone(&self.memory));
        let archive = self.archive.clone().filter(|_| !exchanges.is_empty());
        let work = move || -> Result<(), CrawlError> {
            if let Some(archive) = archive {
                archive.keep(exchanges)?;
            }
            if !(pages.is_empty() && crumbs.is_empty()) {
                outlet.deliver(pages, crumbs)?;
            }
            if !leads.is_empty() {
                outlet.hand_over(leads)?;
            }
            if !remember.is_empty() {
                memory.put(&remember)?;
            }
            Ok(())
        };
        let ended = tokio::task::spawn_blocking(work).await;
        ended.map_err(|e| OutletError(format!("the delivery thread ended: {e}")))??;
        for id in &free {
            claims.release(id);
        }
        for done in done {
            // Whoever waited for it may be gone.
            let _ = done.send(());
        }
        Ok(())
    }
}

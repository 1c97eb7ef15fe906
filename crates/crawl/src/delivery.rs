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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
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
/// Bytes of pages that wait for the outlet or are on their way there; then fetching waits too.
const WAITING_BYTES: usize = 4 * 1024 * 1024;

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
    /// The room its page takes until it is delivered.
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

impl Parcel {
    /// The bytes it holds on to.
    fn size(&self) -> usize {
        let page = self.page.as_ref().map_or(0, |page| page.body.len());
        page + self.exchange.as_ref().map_or(0, |exchange| exchange.body.len())
    }
}

/// The way parcels go out.
#[derive(Debug)]
pub(crate) struct Door {
    parcels: mpsc::Sender<Parcel>,
    room: Arc<Semaphore>,
}

impl Door {
    /// Hands on a parcel when there is room for it; `false` where nothing is taken any more. One that is larger than
    /// all the room has it alone.
    pub(crate) async fn send(&self, mut parcel: Parcel) -> bool {
        let size = u32::try_from(parcel.size().min(WAITING_BYTES)).unwrap_or(u32::MAX);
        if size > 0 {
            let room = Arc::clone(&self.room).acquire_many_owned(size).await;
            parcel.room = Some(room.expect("the semaphore is never closed"));
        }
        self.parcels.send(parcel).await.is_ok()
    }
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
    ) -> (Door, Self) {
        let (sender, parcels) = mpsc::channel(WAITING);
        let door = Door { parcels: sender, room: Arc::new(Semaphore::new(WAITING_BYTES)) };
        (door, Self { archive, outlet, memory, parcels })
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
        let (mut exchanges, mut room) = (Vec::new(), Vec::new());
        for parcel in batch {
            pages.extend(parcel.page);
            exchanges.extend(parcel.exchange);
            crumbs.extend(parcel.crumb);
            leads.extend(parcel.leads);
            remember.extend(parcel.remember);
            free.extend(parcel.claim);
            done.extend(parcel.done);
            room.extend(parcel.room);
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
        drop(room);
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

#[cfg(test)]
mod tests {
    use kiosque_model::{FetchRecord, SourceId};

    use super::*;
    use crate::memory::InMemory;

    struct Nowhere;

    impl Outlet for Nowhere {
        fn deliver(&self, _: Vec<Page>, _: Vec<Breadcrumb>) -> Result<(), OutletError> {
            Ok(())
        }
    }

    fn parcel(bytes: usize) -> Parcel {
        let exchange = Exchange {
            url: "http://a.example/".into(),
            source: SourceId("a".into()),
            at: jiff::Timestamp::UNIX_EPOCH,
            ip: None,
            protocol: "http/1.1",
            request: Vec::new(),
            response: Vec::new(),
            body: vec![0; bytes],
            record: FetchRecord::default(),
        };
        Parcel { exchange: Some(exchange), ..Parcel::default() }
    }

    #[tokio::test]
    async fn what_waits_is_bounded_by_its_bytes() {
        let (door, mut delivery) = Delivery::new(None, Arc::new(Nowhere), Arc::new(InMemory::default()));
        let most = WAITING_BYTES / 4 * 3;
        assert!(door.send(parcel(most)).await);
        let second = door.send(parcel(most));
        tokio::pin!(second);
        assert!(futures::poll!(&mut second).is_pending());
        // What has no body needs no room.
        assert!(door.send(Parcel::default()).await);
        drop(delivery.parcels.recv().await);
        assert!(second.await);
        drop((delivery.parcels.recv().await, delivery.parcels.recv().await));
        // One that is larger than all the room has it alone, and does not wait for ever.
        assert!(door.send(parcel(WAITING_BYTES * 2)).await);
    }
}

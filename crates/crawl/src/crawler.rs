//! The crawler: all sources, visited once or for ever.
//!
//! Everything runs as one task without locks across hosts: a source is a future, a host a lane, delivery a future
//! beside them. What bounds memory: bodies exist only between a lane's turn and delivery. How many
//! there are is bounded by the hosts read at once, how many large ones apart, and what waits for delivery by its bytes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::archive::Archive;
use crate::delivery::{Claims, Delivery, Door, Parcel};
use crate::error::CrawlError;
use crate::fetch::Fetcher;
use crate::memo::{Pace, SourceMemo, recall, source_key};
use crate::memory::Memory;
use crate::outlet::Outlet;
use crate::reader::Reader;
use crate::report::{Event, Report};
use crate::settings::{Settings, Source};
use crate::territory::{Territory, site_of_text};
use crate::visit::Visit;

/// Sources visited at the same time for each host that may be read at the same time: many share a host.
const SOURCES_PER_SLOT: usize = 8;
/// How often it is looked whether a source that is another crawler's has become ours.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Visits sources and hands on their pages.
pub struct Crawler {
    pub(crate) fetcher: Fetcher,
    pub(crate) memory: Arc<dyn Memory>,
    pub(crate) reader: Arc<dyn Reader>,
    outlet: Arc<dyn Outlet>,
    archive: Option<Arc<dyn Archive>>,
}

impl Crawler {
    /// Sets up the client; asks nothing of anybody.
    ///
    /// # Errors
    /// [`CrawlError::Agent`] without a product or contact, [`CrawlError::Client`] for a proxy that is none.
    pub fn try_new(
        settings: Settings,
        memory: Arc<dyn Memory>,
        outlet: Arc<dyn Outlet>,
        reader: Arc<dyn Reader>,
    ) -> Result<Self, CrawlError> {
        let fetcher = Fetcher::try_new(settings, Arc::clone(&memory))?;
        Ok(Self { fetcher, memory, reader, outlet, archive: None })
    }

    /// Reads the time from another clock than the system's.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.fetcher.clock = Arc::new(clock);
        self
    }

    /// Keeps what goes over the wire for each page that is handed on.
    #[must_use]
    pub fn with_archive(mut self, archive: Arc<dyn Archive>) -> Self {
        self.fetcher.keep_exchanges();
        self.archive = Some(archive);
        self
    }

    /// Keeps to a territory: visits only its sources, asks only its sites, and hands over what is found of others
    /// (see [`Outlet::hand_over`]). Without this all is its own.
    #[must_use]
    pub fn with_territory(mut self, territory: Arc<dyn Territory>) -> Self {
        self.fetcher.keep_to(territory, Arc::clone(&self.outlet));
        self
    }

    /// Visits every source of its territory once and ends when all their new entries were fetched, or `stop` is cancelled. A fault
    /// of the outlet or the memory ends it too and is in the report.
    pub async fn visit_once(
        &self,
        sources: &[Source],
        stop: &CancellationToken,
        progress: &(dyn Fn(Event) + Sync),
    ) -> Report {
        let pace = Pace::Once(self.fetcher.now());
        let limit = self.fetcher.settings.hosts_at_once.max(1) * SOURCES_PER_SLOT;
        self.crawl(stop, progress, async |crawl| {
            let visits = futures::stream::iter(sources);
            visits.for_each_concurrent(limit, |source| self.visit(source, pace, &crawl)).await;
        })
        .await
    }

    /// Visits sources again and again, each in its own rhythm, until `stop` is cancelled or a fault ends it. When
    /// a source is due survives a restart.
    pub async fn run(
        &self,
        sources: &[Source],
        stop: &CancellationToken,
        progress: &(dyn Fn(Event) + Sync),
    ) -> Report {
        self.crawl(stop, progress, async |crawl| self.visit_all_for_ever(sources, &crawl).await).await
    }

    pub(crate) async fn visit_all_for_ever(&self, sources: &[Source], crawl: &Crawl<'_>) {
        let at_once = Semaphore::new(self.fetcher.settings.hosts_at_once.max(1) * SOURCES_PER_SLOT);
        let loops = sources.iter().map(|source| self.visit_for_ever(source, &at_once, crawl));
        futures::future::join_all(loops).await;
    }

    pub(crate) async fn crawl(
        &self,
        stop: &CancellationToken,
        progress: &(dyn Fn(Event) + Sync),
        work: impl AsyncFnOnce(Crawl<'_>),
    ) -> Report {
        let report = Mutex::new(Report::default());
        let tell = |event: Event| {
            report.lock().unwrap_or_else(PoisonError::into_inner).note(&event);
            progress(event);
        };
        // Our own: a fault stops this crawl, not its caller.
        let stop = stop.child_token();
        let (out, delivery) =
            Delivery::new(self.archive.clone(), Arc::clone(&self.outlet), Arc::clone(&self.memory));
        let (claims, fault, handed_over) = (Claims::default(), Mutex::new(None), AtomicU64::new(0));
        let crawl = Crawl {
            out,
            claims: &claims,
            stop: &stop,
            tell: &tell,
            fault: &fault,
            handed_over: &handed_over,
        };
        let ((), undelivered) = futures::join!(work(crawl), delivery.run(&claims, &stop));
        let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.handed_over = handed_over.into_inner();
        report.fault = undelivered.or(fault.into_inner().unwrap_or_else(PoisonError::into_inner));
        report
    }

    async fn visit_for_ever(&self, source: &Source, at_once: &Semaphore, crawl: &Crawl<'_>) {
        loop {
            if !self.is_ours(source) {
                if crawl.stop.run_until_cancelled(tokio::time::sleep(LOOK_AGAIN)).await.is_none() {
                    return;
                }
                continue;
            }
            let memo = recall::<SourceMemo>(self.memory.as_ref(), &source_key(&source.id));
            let due = match memo {
                Ok(memo) => memo.and_then(|m| m.next_visit),
                Err(e) => return crawl.fail(e.into()),
            };
            let wait = due.map(|at| at.duration_since(self.fetcher.now()).max(jiff::SignedDuration::ZERO));
            let wait = wait.and_then(|w| Duration::try_from(w).ok()).unwrap_or_default();
            tokio::select! {
                biased;
                () = crawl.stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            let Ok(_slot) = at_once.acquire().await else { return };
            self.visit(source, Pace::Steady, crawl).await;
            if crawl.stop.is_cancelled() {
                return;
            }
        }
    }

    async fn visit(&self, source: &Source, pace: Pace, crawl: &Crawl<'_>) {
        if !crawl.stop.is_cancelled() && self.is_ours(source) {
            Visit { crawler: self, source, pace, crawl, errand: None }.make().await;
        }
    }

    fn is_ours(&self, source: &Source) -> bool {
        self.fetcher.owns(&site_of_text(&source.url))
    }
}

/// What all visits of one crawl share.
pub(crate) struct Crawl<'a> {
    pub(crate) out: Door,
    pub(crate) claims: &'a Claims,
    pub(crate) stop: &'a CancellationToken,
    pub(crate) tell: &'a (dyn Fn(Event) + Sync),
    fault: &'a Mutex<Option<CrawlError>>,
    handed_over: &'a AtomicU64,
}

impl Crawl<'_> {
    /// Ends the crawl for a fault that is nobody's address's.
    pub(crate) fn fail(&self, fault: CrawlError) {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
        self.stop.cancel();
    }

    /// Hands on a parcel; `false` where nothing is taken any more.
    pub(crate) async fn send(&self, parcel: Parcel) -> bool {
        let leads = parcel.leads.len() as u64;
        let sent = self.out.send(parcel).await;
        self.handed_over.fetch_add(if sent { leads } else { 0 }, Ordering::Relaxed);
        sent
    }
}

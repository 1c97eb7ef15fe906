//! `crawl`: the crawler's three doors, opened onto the stages' memory, the bus, and the reader of HTML.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kiosque_crawl::{Handover, Link, Memory, MemoryError, Outlet, OutletError, PageFacts, Reader, Territory};
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, Message, Page, Reason, header};
use kiosque_store::StageMemory;
use kiosque_stream::{Bus, BusError, Share};
use tokio_util::sync::CancellationToken;

use super::shared::SharedMemory;
use crate::line::{CRAWL, GROUPS, Shop};
use crate::telemetry;

/// How long the crawler rests before it looks again.
const REST: Duration = Duration::from_millis(50);
/// How often it looks while there is room: asking a broker takes a while.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The crawler's memory in the file of the stages' memory, and on its topic where crawlers share the work.
pub(crate) struct CrawlMemory {
    own: Arc<StageMemory>,
    shared: Option<Arc<SharedMemory>>,
}

impl CrawlMemory {
    pub(crate) fn new(own: Arc<StageMemory>, shared: Option<Arc<SharedMemory>>) -> Self {
        Self { own, shared }
    }
}

impl Memory for CrawlMemory {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        self.own.get(key).map_err(|e| MemoryError(e.to_string()))
    }

    fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), MemoryError> {
        if let Some(shared) = &self.shared {
            shared.publish(entries).map_err(|e| MemoryError(format!("{e:#}")))?;
        }
        self.own.put(entries).map_err(|e| MemoryError(e.to_string()))
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError> {
        self.own.scan(prefix).map_err(|e| MemoryError(e.to_string()))
    }
}

/// The sites of this crawler, where several share the work.
pub(crate) struct OwnedSites(pub(crate) Share);

impl Territory for OwnedSites {
    fn owns(&self, site: &str) -> bool {
        self.0.owns(site)
    }
}

/// The `pages` and `leads` topics. `deliver` returns when pages and breadcrumbs are durable on the bus; a broker that
/// is away is waited for.
pub(crate) struct BusOutlet {
    shop: Shop,
    /// The crawl's end: what is in hand then goes out without waiting for room, since others may wait for that end.
    ending: CancellationToken,
    /// Messages that may wait between the crawler and the store before the crawler rests: back-pressure, and a bound on
    /// how far the log runs ahead of the sink.
    max_waiting: u64,
    producer: Mutex<Box<dyn Bus>>,
    /// When there was room on the bus the last time it was asked.
    roomy: Mutex<Option<Instant>>,
}

impl BusOutlet {
    /// # Errors
    /// [`BusError`] where the bus gives no producer.
    pub(crate) fn open(shop: Shop, ending: CancellationToken, max_waiting: u64) -> Result<Self, BusError> {
        let producer = Mutex::new(shop.log.producer()?);
        Ok(Self { shop, ending, max_waiting, producer, roomy: Mutex::default() })
    }

    fn wait_for_room(&self) -> Result<(), BusError> {
        let mut roomy = self.roomy.lock().unwrap_or_else(PoisonError::into_inner);
        if roomy.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
            return Ok(());
        }
        loop {
            let mut waiting = 0;
            for (group, topic) in GROUPS {
                waiting += self.shop.log.lag(group, topic)?;
            }
            if waiting <= self.max_waiting || self.ending.is_cancelled() || self.shop.stop.wait(REST) {
                *roomy = Some(Instant::now());
                return Ok(());
            }
        }
    }

    /// Sends, and flushes, what `fill` puts on the bus; again with a new producer while the broker is away.
    fn send(&self, fill: impl Fn(&mut dyn Bus) -> Result<(), BusError>) -> Result<(), OutletError> {
        let mut producer = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lost = false;
        let sent = self.shop.through_outages(CRAWL, || {
            self.wait_for_room()?;
            if std::mem::replace(&mut lost, true) {
                *producer = self.shop.log.producer()?;
            }
            fill(producer.as_mut())?;
            producer.flush()?;
            lost = false;
            Ok(())
        });
        match sent {
            Ok(()) if lost => Err(OutletError("told to stop while the broker was away".to_owned())),
            sent => sent.map_err(|error| OutletError(format!("{error:#}"))),
        }
    }
}

/// Sends a page with its breadcrumb. One the bus has no room for ends here, with the reason in its breadcrumb.
fn send_page(bus: &mut dyn Bus, page: &Page, trace: Option<&str>) -> Result<(), BusError> {
    let mut envelope = page.encode();
    if let Some(trace) = trace {
        envelope.set_header(header::TRACE_PARENT, trace);
    }
    match bus.send(Page::TOPIC, envelope) {
        Err(error @ BusError::TooLarge { .. }) => {
            tracing::warn!(url = %page.canonical, %error, "page refused");
            let crumb = Breadcrumb {
                at: page.fetched_at,
                url: page.canonical.clone(),
                source: Some(page.source.clone()),
                stage: CRAWL.to_owned(),
                outcome: BreadcrumbOutcome::Dropped(Reason::TooLarge),
                detail: Some(error.to_string()),
            };
            bus.send(Breadcrumb::TOPIC, crumb.encode())
        }
        sent => sent,
    }
}

impl Outlet for BusOutlet {
    fn deliver(&self, pages: Vec<Page>, crumbs: Vec<Breadcrumb>) -> Result<(), OutletError> {
        // Once for each page, however often it is sent.
        let traces: Vec<_> = pages.iter().map(telemetry::of_page).collect();
        self.send(|bus| {
            crumbs.iter().try_for_each(|crumb| bus.send(Breadcrumb::TOPIC, crumb.encode()))?;
            let mut pages = pages.iter().zip(&traces);
            pages.try_for_each(|(page, trace)| send_page(bus, page, trace.as_deref()))
        })
    }

    fn hand_over(&self, leads: Vec<Handover>) -> Result<(), OutletError> {
        self.send(|bus| leads.iter().try_for_each(|lead| bus.send(Handover::TOPIC, lead.encode())))
    }
}

/// Reads home and section pages with the extractor's parser.
pub(crate) struct HtmlReader;

impl Reader for HtmlReader {
    fn read(&self, body: &[u8], content_type: Option<&str>, url: &url::Url) -> PageFacts {
        let facts = kiosque_extract::read_page(body, content_type, url);
        PageFacts {
            feeds: facts.feeds,
            sitemaps: facts.sitemaps,
            links: facts
                .articles
                .into_iter()
                .map(|link| Link { url: link.url, title: Some(link.title).filter(|t| !t.is_empty()) })
                .collect(),
            noindex: facts.noindex,
            tdm_reserved: facts.tdm_reserved,
        }
    }
}

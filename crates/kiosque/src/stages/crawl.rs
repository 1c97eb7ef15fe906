//! `crawl`: the crawler's three doors, opened onto the stages' memory, the bus, and the reader of HTML.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kiosque_crawl::{Link, Memory, MemoryError, Outlet, OutletError, PageFacts, Reader};
use kiosque_model::{Breadcrumb, Message, Page};
use kiosque_store::StageMemory;
use kiosque_stream::{Bus, BusError, Connect, Stop};

use super::shared::SharedMemory;
use crate::line::GROUPS;

/// Messages that may wait between the crawler and the store before the crawler rests: back-pressure, and a bound on
/// how far the log runs ahead of the sink.
const MAX_WAITING: u64 = 2_000;
/// How long the crawler rests before it looks again, in milliseconds.
const REST_MS: u64 = 50;

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
            shared.publish(entries).map_err(|e| MemoryError(e.to_string()))?;
        }
        self.own.put(entries).map_err(|e| MemoryError(e.to_string()))
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError> {
        self.own.scan(prefix).map_err(|e| MemoryError(e.to_string()))
    }
}

/// The `pages` topic. `deliver` returns when pages and breadcrumbs are durable on the bus.
pub(crate) struct BusOutlet {
    log: Arc<dyn Connect>,
    producer: Mutex<Box<dyn Bus>>,
    stop: Stop,
}

impl BusOutlet {
    /// # Errors
    /// [`BusError`] where the bus gives no producer.
    pub(crate) fn open(log: Arc<dyn Connect>, stop: Stop) -> Result<Self, BusError> {
        let producer = Mutex::new(log.producer()?);
        Ok(Self { log, producer, stop })
    }

    fn wait_for_room(&self) -> Result<(), BusError> {
        loop {
            let mut waiting = 0;
            for (group, topic) in GROUPS {
                waiting += self.log.lag(group, topic)?;
            }
            if waiting <= MAX_WAITING || self.stop.wait(Duration::from_millis(REST_MS)) {
                return Ok(());
            }
        }
    }

    fn send(&self, pages: &[Page], crumbs: &[Breadcrumb]) -> Result<(), BusError> {
        self.wait_for_room()?;
        let mut bus = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        for page in pages {
            bus.send(Page::TOPIC, page.encode())?;
        }
        for crumb in crumbs {
            bus.send(Breadcrumb::TOPIC, crumb.encode())?;
        }
        bus.flush()
    }
}

impl Outlet for BusOutlet {
    fn deliver(&self, pages: Vec<Page>, crumbs: Vec<Breadcrumb>) -> Result<(), OutletError> {
        self.send(&pages, &crumbs).map_err(|error| {
            let hint = error.hint().map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
            OutletError(format!("{error}{hint}"))
        })
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

//! Two crawlers that share a web by site, with what they share and what each remembers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiosque_crawl::{
    Crawler, Handover, InMemory, Memory, MemoryError, Outlet, OutletError, Report, Source, Territory,
};
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, Page, Reason};
use tokio_util::sync::CancellationToken;

use crate::site::{Basket, Lab, Reply, Words, header, rss};

/// The sites of one crawler; all others are everybody else's.
pub(crate) struct Only(pub(crate) Vec<&'static str>);

impl Territory for Only {
    fn owns(&self, site: &str) -> bool {
        self.0.contains(&site)
    }
}

/// What one crawler sends out; breaks, and stays broken, from its `at`-th use on, as the memory with it does.
pub(crate) struct Fused {
    pub(crate) at: usize,
    pub(crate) used: AtomicUsize,
    pub(crate) line: Arc<Line>,
    pub(crate) memory: Arc<InMemory>,
}

impl Fused {
    fn burn(&self) -> Result<(), String> {
        let n = self.used.fetch_add(1, Ordering::SeqCst);
        if n < self.at { Ok(()) } else { Err(format!("broke at step {n}")) }
    }
}

impl Outlet for Fused {
    fn deliver(&self, pages: Vec<Page>, crumbs: Vec<Breadcrumb>) -> Result<(), OutletError> {
        self.burn().map_err(OutletError)?;
        self.line.basket.deliver(pages, crumbs)
    }

    fn hand_over(&self, leads: Vec<Handover>) -> Result<(), OutletError> {
        self.burn().map_err(OutletError)?;
        self.line.leads.lock().unwrap().extend(leads);
        Ok(())
    }
}

impl Memory for Fused {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        self.memory.get(key)
    }

    fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), MemoryError> {
        self.burn().map_err(MemoryError)?;
        self.memory.put(entries)
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError> {
        self.memory.scan(prefix)
    }
}

/// What the crawlers share: the topics.
#[derive(Default)]
pub(crate) struct Line {
    pub(crate) basket: Basket,
    pub(crate) leads: Mutex<Vec<Handover>>,
}

/// Two crawlers of one web with memories of their own: one has the site `a.example`, the other all the others.
pub(crate) struct Pair {
    pub(crate) lab: Lab,
    pub(crate) line: Arc<Line>,
    pub(crate) memories: [Arc<InMemory>; 2],
    pub(crate) sources: Vec<Source>,
}

pub(crate) const SITES: [&[&str]; 2] = [&["a.example"], &["b.example", "c.example"]];

impl Pair {
    pub(crate) async fn open(sources: &[(&str, &str)]) -> Self {
        let mut lab = Lab::open().await;
        lab.settings.ask_tdmrep = false;
        let sources = sources.iter().map(|(id, url)| Source::new(*id, format!("http://{url}"))).collect();
        Self { lab, line: Arc::default(), memories: Default::default(), sources }
    }

    /// Crawler `n`, which says who it is by its contact; with a fuse that holds for `at` steps.
    pub(crate) fn crawler(&self, n: usize, at: usize) -> (Crawler, Arc<Fused>) {
        let (line, memory) = (Arc::clone(&self.line), Arc::clone(&self.memories[n]));
        let fused = Arc::new(Fused { at, used: AtomicUsize::new(0), line, memory });
        let mut settings = self.lab.settings.clone();
        settings.agent.contact = format!("desk{n}@a.example");
        let clock = Arc::clone(&self.lab.clock);
        let memory: Arc<dyn Memory> = Arc::clone(&fused) as _;
        let crawler = Crawler::try_new(settings, memory, Arc::clone(&fused) as _, Arc::new(Words)).unwrap();
        let crawler = crawler
            .with_territory(Arc::new(Only(SITES[n].to_vec())))
            .with_clock(move || *clock.lock().unwrap());
        (crawler, fused)
    }

    pub(crate) async fn visit(&self, n: usize, at: usize) -> (Report, usize) {
        self.lab.pass(jiff::SignedDuration::from_secs(1));
        let (crawler, fused) = self.crawler(n, at);
        let report = crawler.visit_once(&self.sources, &CancellationToken::new(), &|_| {}).await;
        (report, fused.used.load(Ordering::SeqCst))
    }

    /// Brings the leads of crawler `n` to it; the topic forgets them only when all of them are done.
    pub(crate) async fn bring(&self, n: usize, at: usize) -> (Report, usize) {
        self.lab.pass(jiff::SignedDuration::from_secs(1));
        let (crawler, fused) = self.crawler(n, at);
        let all = self.line.leads.lock().unwrap().clone();
        let own: Vec<_> = all.into_iter().filter(|lead| SITES[n].contains(&lead.site().as_str())).collect();
        let report =
            crawler.fetch_leads(&self.sources, own.clone(), &CancellationToken::new(), &|_| {}).await;
        if report.fault.is_none() {
            let mut leads = self.line.leads.lock().unwrap();
            for lead in own {
                let at = leads.iter().position(|known| *known == lead).unwrap();
                leads.remove(at);
            }
        }
        (report, fused.used.load(Ordering::SeqCst))
    }

    /// Both visit, and then fetch for each other until nothing is handed over any more.
    pub(crate) async fn all(&self) {
        for n in [0, 1] {
            assert!(self.visit(n, usize::MAX).await.0.fault.is_none());
        }
        self.settle().await;
    }

    pub(crate) async fn settle(&self) {
        for _ in 0..20 {
            for n in [0, 1] {
                assert!(self.bring(n, usize::MAX).await.0.fault.is_none());
            }
            if self.line.leads.lock().unwrap().is_empty() {
                return;
            }
        }
        panic!("goes in circles: {:?}", self.line.leads.lock().unwrap());
    }

    /// Addresses of delivered pages, in order, as often as they were.
    pub(crate) fn pages(&self) -> Vec<String> {
        let pages = self.line.basket.pages.lock().unwrap();
        let mut urls: Vec<_> = pages.iter().map(|p| p.url.trim_start_matches("http://").to_owned()).collect();
        urls.sort();
        urls
    }

    /// Every host was asked by one crawler, and by the one whose it is.
    pub(crate) fn assert_apart(&self) {
        for seen in self.lab.site.seen() {
            let host = seen.address.split('/').next().unwrap();
            let site = host.trim_start_matches("www.");
            let agent = header(&seen.head, "user-agent").unwrap();
            let owner = SITES.iter().position(|sites| sites.contains(&site)).unwrap();
            assert!(agent.contains(&format!("desk{owner}@")), "{} was asked by {agent}", seen.address);
        }
    }

    pub(crate) fn asked(&self, address: &str) -> usize {
        self.lab.site.seen().iter().filter(|seen| seen.address == address).count()
    }

    pub(crate) fn dropped(&self) -> BTreeMap<String, Reason> {
        let crumbs = self.line.basket.crumbs.lock().unwrap();
        let drops = crumbs.iter().filter_map(|crumb| match crumb.outcome {
            BreadcrumbOutcome::Dropped(reason) => Some((crumb.url.as_str()[7..].to_owned(), reason)),
            BreadcrumbOutcome::Forwarded | BreadcrumbOutcome::DeadLettered => None,
        });
        drops.collect()
    }
}

pub(crate) fn feed(entries: &[(&str, &str)]) -> Reply {
    Reply::body("application/rss+xml", rss(entries).as_bytes()).with("etag", "\"f\"")
}

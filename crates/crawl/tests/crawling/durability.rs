//! Order of durability: whatever call fails, a restart with the same memory delivers what was missing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiosque_crawl::{CrawlError, Crawler, InMemory, Memory, MemoryError, Outlet, OutletError, Source};
use kiosque_model::{Breadcrumb, Page};
use tokio_util::sync::CancellationToken;

use crate::site::{Basket, Lab, Reply, Words, rss};

/// Breaks at its `at`-th use and stays broken, as a process that died does.
#[derive(Clone)]
struct Fuse {
    at: usize,
    used: Arc<AtomicUsize>,
}

impl Fuse {
    fn burn(&self) -> Result<(), String> {
        let n = self.used.fetch_add(1, Ordering::SeqCst);
        if n < self.at { Ok(()) } else { Err(format!("broke at step {n}")) }
    }
}

struct FusedOutlet(Fuse, Arc<Basket>);

impl Outlet for FusedOutlet {
    fn deliver(&self, pages: Vec<Page>, crumbs: Vec<Breadcrumb>) -> Result<(), OutletError> {
        self.0.burn().map_err(OutletError)?;
        self.1.deliver(pages, crumbs)
    }
}

struct FusedMemory(Fuse, Arc<InMemory>);

impl Memory for FusedMemory {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        self.1.get(key)
    }

    fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), MemoryError> {
        self.0.burn().map_err(MemoryError)?;
        self.1.put(entries)
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError> {
        self.1.scan(prefix)
    }
}

/// Two feeds with validators, one page in both, one behind a redirect, one that is no page.
pub(crate) async fn press() -> Lab {
    let mut lab = Lab::open().await;
    lab.settings.ask_tdmrep = false;
    let feed = |entries: &[(&str, &str)]| {
        Reply::body("application/rss+xml", rss(entries).as_bytes()).with("etag", "\"f\"")
    };
    let urls: Vec<String> = (0..20).map(|n| format!("a.example/{n}")).collect();
    let mut entries: Vec<_> = urls.iter().map(|u| (u.as_str(), "t")).collect();
    entries.push(("a.example/none", "t"));
    lab.site
        .set("a.example/rss", [feed(&entries)])
        .set("b.example/rss", [feed(&[("b.example/1", "t"), ("a.example/3", "t"), ("b.example/moved", "t")])])
        .page("b.example/1", "b1")
        .page("b.example/2", "b2")
        .set("b.example/moved", [Reply::to("/2")]);
    for url in &urls {
        lab.site.set(url, [Reply::html(url).with("etag", "\"p\"")]);
    }
    lab
}

async fn crawl(lab: &Lab, fuse: &Fuse, memory: &Arc<InMemory>, basket: &Arc<Basket>) -> Option<CrawlError> {
    let memory = Arc::new(FusedMemory(fuse.clone(), Arc::clone(memory)));
    let outlet = Arc::new(FusedOutlet(fuse.clone(), Arc::clone(basket)));
    let crawler = Crawler::try_new(lab.settings.clone(), memory, outlet, Arc::new(Words)).unwrap();
    let sources = [Source::new("a", "http://a.example/rss"), Source::new("b", "http://b.example/rss")];
    crawler.visit_once(&sources, &CancellationToken::new(), &|_| {}).await.fault
}

fn delivered(basket: &Basket) -> BTreeSet<String> {
    basket.pages.lock().unwrap().iter().map(|p| p.url.clone()).collect()
}

fn fuse(at: usize) -> Fuse {
    Fuse { at, used: Arc::default() }
}

#[tokio::test]
async fn whatever_call_fails_nothing_is_lost() {
    let lab = press().await;
    let (whole, steps) = {
        let (memory, basket, fuse) = (Arc::default(), Arc::default(), fuse(usize::MAX));
        assert!(crawl(&lab, &fuse, &memory, &basket).await.is_none());
        (delivered(&basket), fuse.used.load(Ordering::SeqCst))
    };
    assert_eq!(whole.len(), 22);
    assert!(steps >= 6, "{steps} steps");
    for at in 0..steps {
        let (memory, basket) = (Arc::default(), Arc::default());
        let fault = crawl(&lab, &fuse(at), &memory, &basket).await;
        assert!(fault.is_some(), "step {at} of {steps} broke nothing");
        assert!(crawl(&lab, &fuse(usize::MAX), &memory, &basket).await.is_none());
        assert_eq!(delivered(&basket), whole, "after a fault at step {at}");
    }
}

#[tokio::test]
async fn a_fault_is_reported_and_ends_the_crawl() {
    let lab = press().await;
    let (memory, basket) = (Arc::default(), Arc::default());
    // The first two steps remember the rules of two hosts.
    let fault = crawl(&lab, &fuse(2), &memory, &basket).await;
    assert!(matches!(fault, Some(CrawlError::Outlet(_))), "{fault:?}");
    assert!(basket.pages.lock().unwrap().is_empty());
    let fault = crawl(&lab, &fuse(0), &memory, &basket).await;
    assert!(fault.is_some(), "{fault:?}");
}

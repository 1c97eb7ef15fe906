//! Several crawlers that share the work by site: no host is asked by two of them, and nothing is lost between them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiosque_crawl::*;
use kiosque_model::Reason;
use tokio_util::sync::CancellationToken;

use crate::pair::*;
use crate::site::*;

/// Two sources, each with pages of both sites, one of them in both feeds, one behind a redirect to the other site.
pub(crate) async fn press() -> Pair {
    let pair = Pair::open(&[("a", "a.example/rss"), ("b", "www.b.example/rss")]).await;
    pair.lab
        .site
        .set(
            "a.example/rss",
            [feed(&[("a.example/1", "un"), ("b.example/1", "b"), ("a.example/moved", "m")])],
        )
        .set(
            "www.b.example/rss",
            [feed(&[("b.example/1", "b"), ("a.example/2", "deux"), ("c.example/none", "")])],
        )
        .set("a.example/moved", [Reply::to("http://c.example/here")]);
    for page in ["a.example/1", "a.example/2", "b.example/1", "c.example/here"] {
        pair.lab.site.set(page, [Reply::html(page).with("etag", "\"p\"")]);
    }
    pair
}

const PAGES: [&str; 4] = ["a.example/1", "a.example/2", "b.example/1", "c.example/here"];

#[tokio::test]
async fn every_page_is_fetched_once_by_the_one_whose_site_it_is_of() {
    let pair = press().await;
    pair.all().await;
    assert_eq!(pair.pages(), PAGES);
    pair.assert_apart();
    assert!(PAGES.iter().all(|page| pair.asked(page) == 1));
    assert_eq!(pair.dropped(), [("c.example/none".to_owned(), Reason::NotFound)].into());
}

#[tokio::test]
async fn a_lead_carries_what_its_source_said_and_the_address_asked_for_first() {
    let pair = press().await;
    pair.all().await;
    let pages = pair.line.basket.pages.lock().unwrap();
    let of = |url: &str| pages.iter().find(|page| page.url == url).unwrap();
    let moved = of("http://c.example/here");
    assert_eq!(moved.requested_url.as_deref(), Some("http://a.example/moved"));
    assert_eq!((moved.source.0.as_str(), moved.hint.title.as_deref()), ("a", Some("m")));
    let across = of("http://a.example/2");
    assert_eq!((across.source.0.as_str(), across.hint.title.as_deref()), ("b", Some("deux")));
    assert_eq!(across.requested_url, None);
}

#[tokio::test]
async fn a_lead_that_comes_again_is_not_fetched_again() {
    let pair = press().await;
    for n in [0, 1] {
        pair.visit(n, usize::MAX).await;
    }
    let twice = pair.line.leads.lock().unwrap().clone();
    pair.line.leads.lock().unwrap().extend(twice.clone());
    pair.settle().await;
    pair.line.leads.lock().unwrap().extend(twice);
    pair.settle().await;
    // Nor is it handed over again without need.
    pair.lab.pass(jiff::SignedDuration::from_hours(50));
    for n in [0, 1] {
        assert_eq!(pair.visit(n, usize::MAX).await.0.handed_over, 0);
    }
    assert_eq!(pair.pages(), PAGES);
    assert!(PAGES.iter().all(|page| pair.asked(page) == 1));
}

#[tokio::test]
async fn whatever_call_of_either_fails_nothing_is_lost() {
    for (n, visits) in [(0, true), (1, true), (0, false), (1, false)] {
        for at in 0.. {
            let pair = press().await;
            let (report, used) = if visits {
                pair.visit(n, at).await
            } else {
                pair.visit(1 - n, usize::MAX).await;
                pair.bring(n, at).await
            };
            // Again, with the memory that is left, by processes that hold, and so late that what counts as known
            // is not asked for again.
            pair.lab.pass(jiff::SignedDuration::from_hours(50));
            pair.all().await;
            let whole: BTreeSet<_> = PAGES.iter().map(|page| (*page).to_owned()).collect();
            assert_eq!(
                pair.pages().into_iter().collect::<BTreeSet<_>>(),
                whole,
                "after a fault at step {at}"
            );
            pair.assert_apart();
            if at >= used {
                assert!(report.fault.is_none() && at >= 3, "step {at}: {report:?}");
                break;
            }
            assert!(report.fault.is_some(), "step {at} broke nothing");
        }
    }
}

#[tokio::test]
async fn lists_on_the_other_site_are_read_there() {
    let pair = Pair::open(&[("home", "a.example/"), ("moved", "a.example/old.xml")]).await;
    let map = "<urlset><url><loc>http://a.example/3</loc></url></urlset>";
    pair.lab
        .site
        .page("a.example/", "feed:http://b.example/rss")
        .set("b.example/rss", [feed(&[("a.example/1", "un"), ("b.example/2", "deux")])])
        .set("a.example/old.xml", [Reply::to("http://c.example/map.xml")])
        .set("c.example/map.xml", [Reply::body("application/xml", map.as_bytes())]);
    for page in ["a.example/1", "b.example/2", "a.example/3"] {
        pair.lab.site.set(page, [Reply::html(page).with("etag", "\"p\"")]);
    }
    pair.all().await;
    assert_eq!(pair.pages(), ["a.example/1", "a.example/3", "b.example/2"]);
    pair.assert_apart();
    assert!(pair.dropped().is_empty(), "{:?}", pair.dropped());
}

#[tokio::test]
async fn circles_across_territories_end() {
    let pair = Pair::open(&[("s", "a.example/rss"), ("t", "a.example/list")]).await;
    let hops = |n: usize| (format!("a.example/{n}"), format!("b.example/{n}"));
    pair.lab.site.set("a.example/rss", [feed(&[("a.example/0", "")])]);
    for n in 0..30 {
        let ((a, b), (next, _)) = (hops(n), hops(n + 1));
        pair.lab
            .site
            .set(&a, [Reply::to(&format!("http://{b}"))])
            .set(&b, [Reply::to(&format!("http://{next}"))]);
    }
    pair.lab
        .site
        .set("a.example/list", [Reply::to("http://b.example/list")])
        .set("b.example/list", [Reply::to("http://a.example/list")]);
    pair.all().await;
    assert_eq!(pair.dropped().get("a.example/0"), Some(&Reason::Redirects));
    assert_eq!(pair.dropped().get("a.example/list"), Some(&Reason::Redirects));
    assert!(pair.asked("a.example/list") <= 2);
}

#[tokio::test]
async fn an_outlet_for_one_crawler_refuses_to_lose_what_is_of_others() {
    let pair = press().await;
    let (memory, basket) = (Arc::clone(&pair.memories[0]), Arc::new(Basket::default()));
    let crawler = Crawler::try_new(pair.lab.settings.clone(), memory, basket, Arc::new(Words)).unwrap();
    let crawler = crawler.with_territory(Arc::new(Only(SITES[0].to_vec())));
    let report = crawler.visit_once(&pair.sources, &CancellationToken::new(), &|_| {}).await;
    assert!(report.fault.unwrap().to_string().contains("of another crawler"));
}

/// A crawl may run on any thread.
fn spawnable<F: Future + Send>(crawl: F) -> F {
    crawl
}

#[tokio::test]
async fn batches_are_done_when_their_pages_are_durable_and_what_is_owed_is_asked_for_again() {
    let mut pair = press().await;
    (pair.lab.settings.min_revisit_s, pair.lab.settings.retries) = (1, 0);
    pair.lab.site.set("b.example/1", [Reply::new(500), Reply::html("b")]);
    pair.visit(0, usize::MAX).await;
    let leads = std::mem::take(&mut *pair.line.leads.lock().unwrap());
    assert_eq!(leads.len(), 2);
    let (sender, intake) = tokio::sync::mpsc::channel(4);
    let (batch, done) = LeadBatch::new(leads);
    sender.send(batch).await.unwrap();
    let (crawler, _) = pair.crawler(1, usize::MAX);
    let stop = CancellationToken::new();
    let (line, halt) = (Arc::clone(&pair.line), stop.clone());
    let bring = async {
        done.await.unwrap();
        let pages: Vec<_> = line.basket.pages.lock().unwrap().iter().map(|page| page.url.clone()).collect();
        assert!(pages.contains(&"http://c.example/here".to_owned()), "{pages:?}");
        assert!(!pages.contains(&"http://b.example/1".to_owned()), "{pages:?}");
        while !line.basket.pages.lock().unwrap().iter().any(|page| page.url == "http://b.example/1") {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        halt.cancel();
    };
    // No source, so nothing here names the page again.
    let (report, ()) = tokio::join!(spawnable(crawler.run_sharing(&[], intake, &stop, &|_| {})), bring);
    assert!(report.fault.is_none(), "{report:?}");
}

#[tokio::test]
async fn a_batch_is_not_done_where_the_crawl_broke() {
    let pair = press().await;
    pair.visit(0, usize::MAX).await;
    let (batch, done) = LeadBatch::new(pair.line.leads.lock().unwrap().clone());
    let (sender, intake) = tokio::sync::mpsc::channel(1);
    sender.send(batch).await.unwrap();
    let (crawler, _) = pair.crawler(1, 2);
    let report = crawler.run_sharing(&[], intake, &CancellationToken::new(), &|_| {}).await;
    assert!(report.fault.is_some());
    assert!(done.await.is_err());
}

#[tokio::test]
async fn what_was_handed_over_is_fetched_here_where_the_site_becomes_ours() {
    let pair = press().await;
    assert_eq!(pair.visit(0, usize::MAX).await.0.handed_over, 2);
    let leads = std::mem::take(&mut *pair.line.leads.lock().unwrap());
    let crawler = pair.crawler(0, usize::MAX).0.with_territory(Arc::new(Everywhere));
    crawler.fetch_leads(&pair.sources, leads, &CancellationToken::new(), &|_| {}).await;
    assert_eq!(pair.pages(), ["a.example/1", "b.example/1", "c.example/here"]);
}

#[tokio::test]
async fn what_was_handed_over_while_its_host_rests_is_owed() {
    let mut pair = Pair::open(&[("s", "a.example/s")]).await;
    let settings = &mut pair.lab.settings;
    (settings.min_revisit_s, settings.retries, settings.first_byte_ms, settings.give_up_after) =
        (1, 0, 40, 2);
    let pages: Vec<String> = (0..6).map(|n| format!("b.example/{n}")).collect();
    let entries: Vec<_> = pages.iter().map(|page| (page.as_str(), "")).collect();
    pair.lab.site.set("a.example/s", [feed(&entries)]);
    for page in &pages {
        pair.lab.site.set(page, [Reply::html("x").sent(Way::Silent)]);
    }
    pair.visit(0, usize::MAX).await;
    let leads = std::mem::take(&mut *pair.line.leads.lock().unwrap());
    let (crawler, _) = pair.crawler(1, usize::MAX);
    crawler.fetch_leads(&pair.sources, leads, &CancellationToken::new(), &|_| {}).await;
    // Three were asked for, all are told and owed.
    let knocks: usize = pages.iter().map(|page| pair.asked(page)).sum();
    assert_eq!((knocks, pair.dropped().len()), (3, 6), "{:?}", pair.dropped());
    for page in &pages {
        pair.lab.site.page(page, page);
    }
    pair.lab.pass(jiff::SignedDuration::from_mins(6));
    let (_sender, intake) = tokio::sync::mpsc::channel(1);
    let (stop, line) = (CancellationToken::new(), Arc::clone(&pair.line));
    let wait = async {
        while line.basket.pages.lock().unwrap().len() < pages.len() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        stop.cancel();
    };
    let paid = async { tokio::join!(crawler.run_sharing(&[], intake, &stop, &|_| {}), wait) };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(20), paid).await;
    assert!(in_time.is_ok(), "got {:?}", pair.pages());
}

/// All sites, until an address was asked for.
struct UntilAsked(Site, &'static str);

impl Territory for UntilAsked {
    fn owns(&self, _: &str) -> bool {
        !self.0.seen().iter().any(|seen| seen.address == self.1)
    }
}

#[tokio::test]
async fn who_waits_in_a_lane_asks_nothing_once_the_site_is_of_another() {
    let mut pair = Pair::open(&[("s", "a.example/s"), ("t", "a.example/t")]).await;
    pair.lab.settings.delay_ms = 30;
    pair.lab
        .site
        .set("a.example/s", [feed(&[("a.example/1", "")])])
        .set("a.example/t", [feed(&[("a.example/2", "")])])
        .page("a.example/1", "x")
        .page("a.example/2", "y");
    let territory = Arc::new(UntilAsked(pair.lab.site.clone(), "a.example/1"));
    let crawler = pair.crawler(0, usize::MAX).0.with_territory(territory);
    let report = crawler.visit_once(&pair.sources, &CancellationToken::new(), &|_| {}).await;
    assert_eq!((report.fetched(), report.handed_over, pair.asked("a.example/2")), (1, 1, 0));
    assert_eq!(pair.line.leads.lock().unwrap()[0].url, "http://a.example/2");
}

/// All sites, until they went to another crawler: after `limit` questions.
struct Until {
    limit: usize,
    asked: AtomicUsize,
}

impl Territory for Until {
    fn owns(&self, _: &str) -> bool {
        self.asked.fetch_add(1, Ordering::SeqCst) < self.limit
    }
}

#[tokio::test]
async fn what_is_left_when_a_site_goes_to_another_is_handed_over() {
    for questions in 0..100 {
        let pair = press().await;
        let (crawler, _) = pair.crawler(0, usize::MAX);
        let until = Arc::new(Until { limit: questions, asked: AtomicUsize::new(0) });
        let crawler = crawler.with_territory(Arc::clone(&until) as _);
        let source = [Source::new("a", "http://a.example/rss")];
        let report = crawler.visit_once(&source, &CancellationToken::new(), &|_| {}).await;
        assert!(report.fault.is_none(), "{report:?}");
        let leads = pair.line.leads.lock().unwrap().clone();
        let handed: BTreeSet<_> =
            leads.iter().map(|lead| lead.requested_url.clone().unwrap_or_else(|| lead.url.clone())).collect();
        let listed = handed.contains("http://a.example/rss");
        let fetched = pair.line.basket.pages.lock().unwrap();
        let mut of_all: BTreeSet<_> = fetched
            .iter()
            .map(|page| page.requested_url.clone().unwrap_or_else(|| page.url.clone()))
            .collect();
        of_all.extend(handed.iter().cloned());
        // Not visited at all (it is the other's from the start), handed over as a list, or every page one way.
        assert!(listed || report.sources.is_empty() || of_all.len() == 3, "{questions}: {of_all:?}");
        if until.asked.load(Ordering::SeqCst) <= questions {
            return;
        }
    }
    panic!("it never kept the site to the end");
}

//! What a second visit does: little.

use std::sync::Mutex;

use jiff::SignedDuration;
use kiosque_crawl::{Event, Source, SourceState, source_health};
use kiosque_model::{Reason, SourceId};
use tokio_util::sync::CancellationToken;

use crate::site::{Lab, Reply, rss};

fn tagged(body: &str, tag: &str) -> Reply {
    Reply::html(body).with("etag", &format!("\"{tag}\""))
}

#[tokio::test]
async fn an_unchanged_web_gives_no_page_again() {
    let lab = Lab::open().await;
    let feed =
        Reply::body("application/rss+xml", rss(&[("a.example/1", "un"), ("a.example/2", "deux")]).as_bytes());
    lab.site
        .set("a.example/rss", [feed.with("last-modified", "Tue, 06 Oct 2026 06:00:00 GMT")])
        .set("a.example/1", [tagged("x", "1")])
        .page("a.example/2", "sans validateur");
    assert_eq!(lab.pages_of("a.example/rss").await.len(), 2);
    lab.site.asked();
    assert!(lab.pages_of("a.example/rss").await.is_empty());
    // Both are recent: they are looked at for corrections, one by its tag, one by its body.
    assert_eq!(lab.site.asked().len(), 3);
    assert_eq!(lab.dropped("a.example/1").unwrap(), (Reason::NotModified, "status 304".into()));
    assert_eq!(lab.dropped("a.example/2").unwrap(), (Reason::NotModified, "the same body".into()));
    lab.pass(SignedDuration::from_hours(49));
    assert!(lab.pages_of("a.example/rss").await.is_empty());
    assert_eq!(lab.site.asked(), ["a.example/rss"]);
}

#[tokio::test]
async fn corrections_are_noticed() {
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[("a.example/1", "un")]).set("a.example/1", [tagged("x", "1")]);
    lab.pages_of("a.example/rss").await;
    lab.site.set("a.example/1", [tagged("corrigé", "2")]);
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
    // An old page is asked for only when its entry changed.
    lab.pass(SignedDuration::from_hours(72));
    lab.site.set("a.example/1", [tagged("encore", "3")]);
    assert!(lab.pages_of("a.example/rss").await.is_empty());
    lab.site.feed("a.example/rss", &[("a.example/1", "un, corrigé")]);
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
}

#[tokio::test]
async fn corrections_are_noticed_while_the_feed_is_not_modified() {
    let lab = Lab::open().await;
    let feed =
        Reply::body("application/rss+xml", rss(&[("a.example/1", "un")]).as_bytes()).with("etag", "\"f\"");
    lab.site.set("a.example/rss", [feed]).set("a.example/1", [tagged("x", "1")]);
    lab.pages_of("a.example/rss").await;
    lab.site.set("a.example/1", [tagged("corrigé", "2")]);
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
    assert_eq!(lab.basket.pages.lock().unwrap()[0].hint.title.as_deref(), Some("un"));
}

#[tokio::test]
async fn a_feed_is_read_whole_until_nothing_of_it_is_owing() {
    let mut lab = Lab::open().await;
    lab.settings.retries = 0;
    let feed =
        Reply::body("application/rss+xml", rss(&[("a.example/1", ""), ("a.example/2", "")]).as_bytes());
    lab.site
        .set("a.example/rss", [feed.with("etag", "\"f\"")])
        .set("a.example/1", [Reply::new(500), Reply::new(500), Reply::html("x")])
        .page("a.example/2", "y");
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/2"]);
    assert!(lab.pages_of("a.example/rss").await.is_empty());
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
}

#[tokio::test]
async fn what_never_comes_is_given_up() {
    let mut lab = Lab::open().await;
    lab.settings.retries = 0;
    lab.settings.give_up_after = 2;
    lab.site.feed("a.example/rss", &[("a.example/1", "")]).set("a.example/1", [Reply::new(500)]);
    for _ in 0..4 {
        lab.pages_of("a.example/rss").await;
    }
    assert_eq!(lab.site.asked().iter().filter(|a| *a == "a.example/1").count(), 2);
}

#[tokio::test]
async fn a_source_gives_no_more_than_it_may_in_one_visit() {
    let lab = Lab::open().await;
    let urls: Vec<String> = (0..5).map(|n| format!("a.example/{n}")).collect();
    let entries: Vec<_> = urls.iter().map(|u| (u.as_str(), "t")).collect();
    lab.site.feed("a.example/rss", &entries);
    for url in &urls {
        lab.site.page(url, url);
    }
    let source = Source { max_pages: Some(2), ..Source::new("s", "http://a.example/rss") };
    for expected in [2, 4, 5] {
        lab.pass(SignedDuration::from_hours(50));
        lab.visit(std::slice::from_ref(&source)).await;
        assert_eq!(lab.basket.pages.lock().unwrap().len(), expected);
    }
}

#[tokio::test]
async fn two_sources_that_list_one_page_fetch_it_once() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", "un")])
        .feed("b.example/rss", &[("a.example/1?utm_source=b", "un")])
        .page("a.example/1", "x")
        .page("a.example/1?utm_source=b", "x");
    let sources = [Source::new("a", "http://a.example/rss"), Source::new("b", "http://b.example/rss")];
    let report = lab.visit(&sources).await;
    assert_eq!(report.fetched(), 1);
    assert_eq!(lab.basket.pages.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_report_counts_and_the_events_tell() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", ""), ("a.example/404", "")])
        .page("a.example/1", "x")
        .set("b.example/rss", [Reply::body("application/rss+xml", b"Service indisponible")]);
    let sources = [
        Source::new("a", "http://a.example/rss"),
        Source::new("b", "http://b.example/rss"),
        Source::new("c", "nowhere"),
    ];
    let events = Mutex::new(Vec::new());
    let report = lab
        .crawler()
        .visit_once(&sources, &CancellationToken::new(), &|e| events.lock().unwrap().push(e))
        .await;
    let of = |id: &str| &report.sources[&SourceId(id.into())];
    assert_eq!((of("a").entries, of("a").fetched, &of("a").state), (2, 1, &SourceState::Ok));
    assert_eq!(of("a").dropped[&Reason::NotFound], 1);
    assert!(matches!(of("b").state, SourceState::Broken(_)) && of("b").dropped[&Reason::BrokenFeed] == 1);
    assert!(matches!(of("c").state, SourceState::Failed(Reason::RefusedAddress, _)));
    assert_eq!(lab.dropped("b.example/rss").unwrap().0, Reason::BrokenFeed);
    let events = events.into_inner().unwrap();
    assert_eq!(events.iter().filter(|e| matches!(e, Event::SourceFinished { .. })).count(), 3);
}

#[tokio::test]
async fn visits_for_ever_in_the_rhythm_of_the_source_and_can_be_spawned() {
    let mut lab = Lab::open().await;
    (lab.settings.min_revisit_s, lab.settings.max_revisit_s) = (0, 0);
    lab.site.feed("a.example/rss", &[("a.example/1", "un")]).page("a.example/1", "x");
    let (crawler, stop) = (lab.crawler(), CancellationToken::new());
    let (site, halt) = (lab.site.clone(), stop.clone());
    let running = tokio::spawn(async move {
        let visits = Mutex::new(0);
        let progress = |event: Event| {
            if let Event::SourceFinished { .. } = event {
                *visits.lock().unwrap() += 1;
                match *visits.lock().unwrap() {
                    2 => _ = site.feed("a.example/rss", &[("a.example/2", "deux")]).page("a.example/2", "y"),
                    4 => halt.cancel(),
                    _ => {}
                }
            }
        };
        crawler.run(&[Source::new("s", "http://a.example/rss")], &stop, &progress).await
    });
    let report = running.await.unwrap();
    assert!(report.fault.is_none());
    let pages = lab.basket.pages.lock().unwrap();
    assert_eq!(
        pages.iter().map(|p| p.url.as_str()).collect::<Vec<_>>(),
        ["http://a.example/1", "http://a.example/2"]
    );
}

#[tokio::test]
async fn the_health_of_sources_is_remembered() {
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[("a.example/1", "un")]).page("a.example/1", "x");
    let sources = [Source::new("a", "http://a.example/rss"), Source::new("b", "http://b.example/rss")];
    lab.visit(&sources).await;
    let first = *lab.clock.lock().unwrap();
    lab.visit(&sources).await;
    let health = source_health(lab.memory.as_ref()).unwrap();
    let of = |id: &str| &health[&SourceId(id.into())];
    assert_eq!((of("a").state.as_str(), of("a").last_new), ("ok", Some(first)));
    assert!(of("a").last_visit > Some(first) && of("a").next_visit > of("a").last_visit);
    assert_eq!((of("b").state.as_str(), of("b").last_new), ("failed (not_found): status 404", None));
}

/// Else the next one would begin before it is known when it is due and with which validators.
#[tokio::test]
async fn a_visit_is_over_when_it_is_remembered() {
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[("a.example/1", "un")]).page("a.example/1", "x");
    let sources = [Source::new("read", "http://a.example/rss"), Source::new("lost", "http://b.example/rss")];
    let (stop, over) = (CancellationToken::new(), Mutex::new(Vec::new()));
    let progress = |event: Event| {
        if let Event::SourceFinished { source, .. } = event {
            let health = source_health(lab.memory.as_ref()).unwrap();
            let due = health.get(&source).and_then(|health| health.next_visit);
            let mut over = over.lock().unwrap();
            over.push((source.0, due.is_some()));
            if over.len() == sources.len() {
                stop.cancel();
            }
        }
    };
    lab.crawler().run(&sources, &stop, &progress).await;
    let mut over = over.into_inner().unwrap();
    over.sort();
    assert_eq!(over, [("lost".to_owned(), true), ("read".to_owned(), true)]);
}

#[tokio::test]
async fn a_source_whose_pages_are_all_refused_says_so_for_as_long_as_they_are() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", ""), ("a.example/2", "")])
        .set("a.example/1", [Reply::new(403)])
        .set("a.example/2", [Reply::new(403), Reply::html("x")]);
    let sources = [Source::new("a", "http://a.example/rss")];
    let state = || source_health(lab.memory.as_ref()).unwrap()[&SourceId("a".into())].state.clone();
    for _ in 0..2 {
        lab.visit(&sources).await;
        assert_eq!(state(), "refused: none of 2 pages: http_status, status 403");
    }
    lab.pass(SignedDuration::from_hours(30));
    lab.visit(&sources).await;
    assert_eq!(state(), "ok");
}

/// Whoever is stopped again and again must get on all the same.
#[tokio::test]
async fn new_pages_are_asked_for_before_known_ones() {
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[("a.example/1", "")]).page("a.example/1", "x").page("a.example/2", "y");
    lab.pages_of("a.example/rss").await;
    lab.site.feed("a.example/rss", &[("a.example/1", ""), ("a.example/2", "")]).asked();
    lab.pages_of("a.example/rss").await;
    assert_eq!(lab.site.asked(), ["a.example/rss", "a.example/2", "a.example/1"]);
}

#[tokio::test]
async fn when_a_source_is_due_survives_a_restart() {
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[]);
    lab.pages_of("a.example/rss").await;
    lab.site.asked();
    let stop = CancellationToken::new();
    let crawler = lab.crawler();
    let sources = [Source::new("s", "http://a.example/rss")];
    tokio::select! {
        _ = crawler.run(&sources, &stop, &|_| {}) => panic!("it runs for ever"),
        () = tokio::time::sleep(std::time::Duration::from_millis(50)) => {}
    }
    assert!(lab.site.asked().is_empty());
}

#[tokio::test]
async fn stopping_ends_at_once_and_loses_nothing() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", ""), ("a.example/2", "")])
        .page("a.example/1", "x")
        .page("a.example/2", "y");
    let stop = CancellationToken::new();
    let sources = [Source::new("s", "http://a.example/rss")];
    let report = lab
        .crawler()
        .visit_once(&sources, &stop, &|event| {
            if matches!(event, Event::PageFetched { .. }) {
                stop.cancel();
            }
        })
        .await;
    assert_eq!(report.sources[&SourceId("s".into())].state, SourceState::Stopped);
    assert_eq!(lab.basket.pages.lock().unwrap().len(), 1);
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/2"]);
}

#[tokio::test]
async fn a_visit_that_finds_nothing_is_told() {
    let lab = Lab::open().await;
    let full = Reply::body("application/rss+xml", crate::site::rss(&[("a.example/1", "un")]).as_bytes());
    let empty = Reply::body("application/rss+xml", crate::site::rss(&[]).as_bytes());
    lab.site
        .set("a.example/rss", [full.with("etag", "\"f\""), Reply::new(304), empty])
        .page("a.example/1", "x");
    let told = || {
        let crumbs = lab.basket.crumbs.lock().unwrap();
        let own = crumbs.iter().filter(|crumb| crumb.url.as_str() == "http://a.example/rss");
        own.map(|crumb| (crumb.at, crumb.outcome)).collect::<Vec<_>>()
    };
    for visits in 0..3 {
        lab.pass(jiff::SignedDuration::from_hours(72));
        lab.visit(&[kiosque_crawl::Source::new("s", "http://a.example/rss")]).await;
        let told = told();
        assert_eq!(told.len(), visits);
        let now = *lab.clock.lock().unwrap();
        let expected = kiosque_model::BreadcrumbOutcome::Dropped(kiosque_model::Reason::NotModified);
        assert!(told.last().is_none_or(|last| *last == (now, expected)), "{told:?}");
    }
}

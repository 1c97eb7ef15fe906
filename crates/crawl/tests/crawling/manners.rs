//! Robots, lanes, retries, identity.

use std::time::Duration;

use kiosque_crawl::Source;
use kiosque_model::Reason;
use tokio_util::sync::CancellationToken;

use crate::site::{Lab, Reply, header};

#[tokio::test]
async fn says_who_it_is_and_asks_for_the_rules_first() {
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[("a.example/1", "un")]).page("a.example/1", "x");
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
    let seen = lab.site.seen();
    assert_eq!(seen[0].address, "a.example/robots.txt");
    assert!(
        seen.iter()
            .all(|s| header(&s.head, "user-agent").as_deref() == Some("kiosque/0.1 (+desk@a.example)"))
    );
    assert_eq!(seen.iter().filter(|s| s.address.ends_with("robots.txt")).count(), 1);
}

#[tokio::test]
async fn obeys_robots_and_leaves_a_trace() {
    let lab = Lab::open().await;
    let rules = "User-agent: kiosque\nDisallow: /secret/\n\nUser-agent: *\nDisallow: /\n";
    lab.site
        .set("a.example/robots.txt", [Reply::body("text/plain", rules.as_bytes())])
        .feed("a.example/rss", &[("a.example/1", "un"), ("a.example/secret/2", "deux")])
        .page("a.example/1", "x")
        .page("a.example/secret/2", "y");
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
    assert_eq!(lab.dropped("a.example/secret/2"), Some((Reason::Robots, "Disallow: /secret/".into())));
    assert!(!lab.site.asked().contains(&"a.example/secret/2".into()));
    assert_eq!(lab.basket.pages.lock().unwrap()[0].record.robots.as_deref(), Some("allowed"));
}

#[tokio::test]
async fn a_host_that_cannot_say_its_rules_is_left_alone_for_now() {
    let mut lab = Lab::open().await;
    lab.settings.retries = 1;
    lab.site
        .set("a.example/robots.txt", [Reply::new(503), Reply::new(500), Reply::new(404)])
        .feed("a.example/rss", &[("a.example/1", "un")])
        .page("a.example/1", "x");
    assert!(lab.pages_of("a.example/rss").await.is_empty());
    assert_eq!(lab.dropped("a.example/rss").unwrap().0, Reason::Unreachable);
    lab.pass(jiff::SignedDuration::from_mins(11));
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
    assert_eq!(lab.basket.pages.lock().unwrap()[0].record.robots.as_deref(), Some("no-robots-txt"));
}

#[tokio::test]
async fn rules_are_kept_for_a_day_across_restarts() {
    let lab = Lab::open().await;
    lab.site.set("a.example/robots.txt", [Reply::to("http://b.example/r")]);
    lab.site.set("b.example/r", [Reply::body("text/plain", b"user-agent: *\ndisallow: /1")]);
    lab.site.feed("a.example/rss", &[("a.example/1", "un")]);
    let count = || lab.site.seen().iter().filter(|s| s.address == "a.example/robots.txt").count();
    lab.pages_of("a.example/rss").await;
    lab.pages_of("a.example/rss").await;
    assert_eq!(count(), 1);
    assert_eq!(lab.dropped("a.example/1").unwrap().0, Reason::Robots);
    lab.pass(jiff::SignedDuration::from_hours(25));
    lab.pages_of("a.example/rss").await;
    assert_eq!(count(), 2);
}

#[tokio::test]
async fn rests_between_requests_to_one_host_by_the_longer_of_both_delays() {
    let mut lab = Lab::open().await;
    lab.settings.delay_ms = 30;
    let rules = Reply::body("text/plain", b"user-agent: *\ncrawl-delay: 0.09");
    lab.site
        .set("a.example/robots.txt", [rules])
        .feed(
            "a.example/rss",
            &[("a.example/1", ""), ("a.example/2", ""), ("b.example/1", ""), ("b.example/2", "")],
        )
        .page("a.example/1", "x")
        .page("a.example/2", "x")
        .page("b.example/1", "x")
        .page("b.example/2", "x");
    let sources = [Source::new("s", "http://a.example/rss"), Source::new("t", "http://a.example/none")];
    lab.visit(&sources).await;
    assert_eq!(lab.basket.pages.lock().unwrap().len(), 4);
    let rests = |host: &str| {
        let times: Vec<_> =
            lab.site.seen().iter().filter(|s| s.address.starts_with(host)).map(|s| s.at).collect();
        times.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>()
    };
    // The rest after robots.txt itself cannot know what it says.
    assert!(
        rests("a.example")[1..].iter().all(|r| *r >= Duration::from_millis(90)),
        "{:?}",
        rests("a.example")
    );
    assert!(rests("b.example").iter().all(|r| *r >= Duration::from_millis(30)), "{:?}", rests("b.example"));
}

#[tokio::test]
async fn waits_as_long_as_a_busy_host_asks() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", "un")])
        .set("a.example/1", [Reply::new(429).with("retry-after", "1"), Reply::html("x")]);
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
    let seen = lab.site.seen();
    let tries: Vec<_> = seen.iter().filter(|s| s.address == "a.example/1").map(|s| s.at).collect();
    assert!(tries.len() == 2 && tries[1] - tries[0] >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_host_that_asks_to_wait_too_long_is_left_for_the_next_visit() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", "un")])
        .set("a.example/1", [Reply::new(503).with("retry-after", "86400"), Reply::html("x")]);
    assert!(lab.pages_of("a.example/rss").await.is_empty());
    assert_eq!(lab.dropped("a.example/1"), Some((Reason::Unreachable, "status 503".into())));
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
}

#[tokio::test]
async fn a_host_that_asks_for_ten_minutes_has_them() {
    let lab = Lab::open().await;
    let busy = || [Reply::new(429).with("retry-after", "600"), Reply::html("x")];
    lab.site
        .feed("a.example/rss", &[("a.example/1", ""), ("a.example/2", "")])
        .set("a.example/1", busy())
        .page("a.example/2", "y");
    let (crawler, stop) = (lab.crawler(), CancellationToken::new());
    let sources = [Source::new("s", "http://a.example/rss")];
    let visit = async |minutes: i64| {
        lab.pass(jiff::SignedDuration::from_mins(minutes));
        crawler.visit_once(&sources, &stop, &|_| {}).await;
        lab.site.asked()
    };
    let first = visit(0).await;
    assert_eq!(first.last().map(String::as_str), Some("a.example/1"), "{first:?}");
    assert!(
        lab.dropped("a.example/2")
            .unwrap()
            .1
            .starts_with("it asked to be left alone until 2026-10-06T07:10:00Z")
    );
    assert!(visit(9).await.is_empty());
    assert_eq!(visit(2).await, ["a.example/rss", "a.example/1", "a.example/2"]);
}

#[tokio::test]
async fn tries_again_what_may_pass_and_nothing_else() {
    let lab = Lab::open().await;
    let entries =
        [("a.example/500", ""), ("a.example/404", ""), ("a.example/403", ""), ("a.example/410", "")];
    lab.site
        .feed("a.example/rss", &entries)
        .set("a.example/500", [Reply::new(500), Reply::new(502), Reply::html("x")])
        .set("a.example/403", [Reply::new(403)])
        .set("a.example/410", [Reply::new(410)]);
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/500"]);
    let asked = lab.site.asked();
    let count = |a: &str| asked.iter().filter(|x| *x == a).count();
    assert_eq!([count("a.example/500"), count("a.example/404"), count("a.example/403")], [3, 1, 1]);
    assert_eq!(lab.dropped("a.example/404").unwrap().0, Reason::NotFound);
    assert_eq!(lab.dropped("a.example/410").unwrap().0, Reason::NotFound);
    assert_eq!(lab.dropped("a.example/403").unwrap(), (Reason::HttpStatus, "status 403".into()));
}

#[tokio::test]
async fn pages_that_ask_not_to_be_used_are_not() {
    let lab = Lab::open().await;
    lab.site
        .feed(
            "a.example/rss",
            &[("a.example/1", ""), ("a.example/2", ""), ("a.example/x/3", ""), ("a.example/4", "")],
        )
        .page("a.example/1", "<meta name=robots content=noindex>")
        .set("a.example/2", [Reply::html("x").with("x-robots-tag", "noindex")])
        .page("a.example/x/3", "x")
        .set("a.example/4", [Reply::html("x").with("tdm-reservation", "1")])
        .set(
            "a.example/.well-known/tdmrep.json",
            [Reply::body("application/json", br#"[{"location":"/x/*","tdm-reservation":0}]"#)],
        );
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/4", "a.example/x/3"]);
    assert_eq!(lab.dropped("a.example/1").unwrap().0, Reason::NoIndex);
    assert_eq!(lab.dropped("a.example/2").unwrap().0, Reason::NoIndex);
    let pages = lab.basket.pages.lock().unwrap();
    let reserved = |end: &str| pages.iter().find(|p| p.url.ends_with(end)).unwrap().record.tdm_reserved;
    assert_eq!((reserved("/3"), reserved("/4")), (Some(false), Some(true)));
}

#[tokio::test]
async fn a_feed_is_left_alone_as_long_and_when_it_asks() {
    let lab = Lab::open().await;
    let feed =
        "<rss><channel><ttl>120</ttl><skipHours><hour>9</hour><hour>10</hour></skipHours></channel></rss>";
    let feed = Reply::body("application/rss+xml", feed.as_bytes()).with("etag", "\"f\"");
    lab.site.set("a.example/rss", [feed]);
    let due = || {
        let health = kiosque_crawl::source_health(lab.memory.as_ref()).unwrap();
        health[&kiosque_model::SourceId("s".into())].next_visit.unwrap().to_string()
    };
    lab.pages_of("a.example/rss").await;
    // It is seven o'clock: two hours later it wants no visit.
    assert_eq!(due(), "2026-10-06T11:00:00Z");
    lab.pages_of("a.example/rss").await;
    // The second time it is not modified, and its wish holds on.
    assert_eq!(due(), "2026-10-06T11:00:00Z");
}

#[tokio::test]
async fn whatever_way_a_feed_asks_for_rest_its_next_visit_is_no_sooner() {
    let check = async |channel: &str, header: Option<&str>, expected: &str| {
        let lab = Lab::open().await;
        let feed = format!(
            "<rss xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel>{channel}</channel></rss>"
        );
        let feed = Reply::body("application/rss+xml", feed.as_bytes());
        let feed = header.into_iter().fold(feed, |feed, value| feed.with("cache-control", value));
        lab.site.set("a.example/rss", [feed]);
        lab.pages_of("a.example/rss").await;
        let health = kiosque_crawl::source_health(lab.memory.as_ref()).unwrap();
        let due = health[&kiosque_model::SourceId("s".into())].next_visit.unwrap();
        assert_eq!(due.to_string(), expected, "{channel} {header:?}");
    };
    // A second past seven o'clock; nothing new, so its own rhythm is half as long again as the fifteen minutes of a start.
    check("", None, "2026-10-06T07:22:31Z").await;
    check("<ttl>60</ttl>", None, "2026-10-06T08:00:01Z").await;
    check(
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>6</sy:updateFrequency>",
        None,
        "2026-10-06T11:00:01Z",
    )
    .await;
    check("", Some("public, max-age=7200"), "2026-10-06T09:00:01Z").await;
    // Never later than the longest time between two visits, and never sooner than its rhythm.
    check("<ttl>100000</ttl>", None, "2026-10-06T13:00:01Z").await;
    check("<ttl>1</ttl>", Some("max-age=1"), "2026-10-06T07:22:31Z").await;
}

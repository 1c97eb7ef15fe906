//! Size, time, redirects, types and private addresses.

use std::io::Write as _;

use kiosque_crawl::{CrawlError, Settings, fetch_once};
use kiosque_model::Reason;

use crate::site::{Lab, Reply, Way};

/// A feed with one entry that answers so: what becomes of it.
async fn check(reply: Reply, change: impl FnOnce(&mut Settings), expected: Option<Reason>) -> Lab {
    let mut lab = Lab::open().await;
    change(&mut lab.settings);
    lab.site.feed("a.example/rss", &[("a.example/1", "un")]).set("a.example/1", [reply]);
    let pages = lab.pages_of("a.example/rss").await;
    assert_eq!(lab.dropped("a.example/1").map(|(reason, _)| reason), expected);
    assert_eq!(pages.len(), usize::from(expected.is_none()));
    lab
}

#[tokio::test]
async fn bodies_over_the_limit_are_refused() {
    let small = |s: &mut Settings| s.max_body_bytes = 1000;
    check(Reply::html(&"x".repeat(1001)), small, Some(Reason::TooLarge)).await;
    check(Reply::html(&"x".repeat(1000)), small, None).await;
    let endless = Reply::new(200).with("content-type", "text/html").sent(Way::Endless);
    check(endless, |s| s.max_body_bytes = 100_000, Some(Reason::TooLarge)).await;
}

#[tokio::test]
async fn a_packed_bomb_counts_by_what_it_unpacks_to() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b'x'; 2_000_000]).unwrap();
    let bomb = Reply::body("text/html", &packer.finish().unwrap()).with("content-encoding", "gzip");
    check(bomb.clone(), |s| s.max_body_bytes = 1_000_000, Some(Reason::TooLarge)).await;
    let lab = check(bomb, |_| {}, None).await;
    assert_eq!(lab.basket.pages.lock().unwrap()[0].body.len(), 2_000_000);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_page() {
    let whole = Reply::html("<p>la moitié manque</p>");
    let lab = check(whole.clone().sent(Way::Truncated), |s| s.retries = 1, Some(Reason::Unreachable)).await;
    assert_eq!(lab.site.asked().len(), 3);
    lab.site.set("a.example/1", [whole.clone().sent(Way::Truncated), whole]);
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
}

#[tokio::test]
async fn slow_answers_are_cut() {
    let silent = Reply::html("x").sent(Way::Silent);
    check(
        silent,
        |s| {
            s.first_byte_ms = 40;
            s.retries = 0;
        },
        Some(Reason::Unreachable),
    )
    .await;
    let dripping = Reply::new(200).with("content-type", "text/html").sent(Way::Endless);
    let whole_time = |s: &mut Settings| {
        s.timeout_ms = 60;
        s.retries = 0;
        s.max_body_bytes = usize::MAX / 2;
    };
    check(dripping, whole_time, Some(Reason::Unreachable)).await;
}

#[tokio::test]
async fn only_pages_pass() {
    check(Reply::body("application/pdf", b"%PDF"), |_| {}, Some(Reason::NotHtml)).await;
    check(Reply::body("image/jpeg", b"x"), |_| {}, Some(Reason::NotHtml)).await;
    check(Reply::body("application/octet-stream", b"PK\x03\x04"), |_| {}, Some(Reason::NotHtml)).await;
    check(Reply::body("application/octet-stream", b"<!DOCTYPE html><p>x"), |_| {}, None).await;
    check(Reply::body("application/xhtml+xml", b"<html/>"), |_| {}, None).await;
}

#[tokio::test]
async fn the_charset_is_not_touched() {
    let arabic = encoding_rs::WINDOWS_1256.encode("<p>خبر</p>").0.into_owned();
    let lab = check(Reply::body("text/html; charset=utf-8", &arabic), |_| {}, None).await;
    let pages = lab.basket.pages.lock().unwrap();
    assert_eq!(pages[0].body, arabic);
    assert_eq!(pages[0].content_type.as_deref(), Some("text/html; charset=utf-8"));
}

#[tokio::test]
async fn redirects_are_followed_and_recorded() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1?utm_source=rss", "un")])
        .set("a.example/1?utm_source=rss", [Reply::to("/2")])
        .set("a.example/2", [Reply::to("http://b.example/3?fbclid=z#top")])
        .page("b.example/3?fbclid=z", "x");
    assert_eq!(lab.pages_of("a.example/rss").await, ["b.example/3?fbclid=z"]);
    let pages = lab.basket.pages.lock().unwrap();
    assert_eq!(pages[0].canonical.as_str(), "http://b.example/3");
    assert_eq!(pages[0].requested_url.as_deref(), Some("http://a.example/1?utm_source=rss"));
}

#[tokio::test]
async fn redirects_that_lead_nowhere_end() {
    let lab = check(Reply::to("/1"), |_| {}, Some(Reason::Redirects)).await;
    assert_eq!(lab.site.asked(), ["a.example/rss", "a.example/1"]);
    check(Reply::new(301), |_| {}, Some(Reason::Redirects)).await;
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[("a.example/0", "")]);
    for n in 0..20 {
        lab.site.set(&format!("a.example/{n}"), [Reply::to(&format!("/{}", n + 1))]);
    }
    lab.pages_of("a.example/rss").await;
    assert_eq!(lab.dropped("a.example/0").unwrap().0, Reason::Redirects);
    assert_eq!(lab.site.asked().len(), 12);
}

#[tokio::test]
async fn a_redirect_obeys_the_rules_of_where_it_leads() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", "")])
        .set("a.example/1", [Reply::to("http://b.example/2")])
        .set("b.example/robots.txt", [Reply::body("text/plain", b"user-agent: *\ndisallow: /")])
        .page("b.example/2", "x");
    assert!(lab.pages_of("a.example/rss").await.is_empty());
    assert_eq!(lab.dropped("a.example/1").unwrap().0, Reason::Robots);
}

#[tokio::test]
async fn a_redirect_into_a_private_network_is_refused() {
    for place in ["http://127.0.0.1:22/", "http://[::ffff:10.0.0.1]/", "http://0x7f.1/", "file:///etc/passwd"]
    {
        check(Reply::to(place), |_| {}, Some(Reason::RefusedAddress)).await;
    }
}

#[tokio::test]
async fn private_addresses_are_refused_unless_opened() {
    let mut lab = Lab::open().await;
    lab.settings.proxy = None;
    let port = lab.site.authority.split(':').nth(1).unwrap().to_owned();
    let (number, name) = (format!("127.0.0.1:{port}/rss"), format!("localhost:{port}/rss"));
    lab.site.feed(&number, &[]).feed(&name, &[]);
    for address in [&number, &name] {
        lab.pages_of(address).await;
        assert_eq!(lab.dropped(address).map(|(reason, _)| reason), Some(Reason::RefusedAddress), "{address}");
    }
    assert!(lab.site.seen().is_empty());
    lab.settings.allow_private = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    lab.pages_of(&number).await;
    assert_eq!(lab.site.asked(), [number.as_str()]);
}

#[tokio::test]
async fn one_address_alone() {
    let lab = Lab::open().await;
    lab.site
        .set(
            "a.example/robots.txt",
            [Reply::body("text/plain", b"user-agent: *\ndisallow: /no\nsitemap: http://a.example/s")],
        )
        .page("a.example/1", "x");
    let fetched = fetch_once(lab.settings.clone(), "http://a.example/1").await.unwrap();
    assert_eq!((fetched.status, fetched.body.is_empty()), (200, false));
    assert_eq!(fetched.sitemaps, ["http://a.example/s"]);
    let check = async |url: &str, expected| match fetch_once(lab.settings.clone(), url).await {
        Err(CrawlError::Fetch { reason, .. }) => assert_eq!(reason, expected, "{url}"),
        other => panic!("{other:?}"),
    };
    check("http://a.example/no", Reason::Robots).await;
    check("http://a.example/404", Reason::NotFound).await;
    check("no address", Reason::RefusedAddress).await;
    check("http://10.0.0.1/", Reason::RefusedAddress).await;
}

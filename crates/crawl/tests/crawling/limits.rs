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

fn gzipped(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn packed_bodies_are_bounded_before_and_after_unpacking() {
    let packed = |text: &str| Reply::body("text/html", &gzipped(text)).with("content-encoding", "gzip");
    let lab = check(packed("<p>bonjour</p>"), |_| {}, None).await;
    assert_eq!(lab.basket.pages.lock().unwrap()[0].body, b"<p>bonjour</p>");
    let bomb = " ".repeat(200_000);
    check(packed(&bomb), |s| s.max_body_bytes = 100_000, Some(Reason::TooLarge)).await;
    let endless = Reply::new(200).with("content-type", "text/html").with("content-encoding", "gzip");
    check(endless.sent(Way::Endless), |s| s.max_body_bytes = 100_000, Some(Reason::TooLarge)).await;
    let cut = gzipped("<p>bonjour</p>");
    let cut = Reply::body("text/html", &cut[..cut.len() - 9]).with("content-encoding", "gzip");
    check(cut, |s| s.retries = 0, Some(Reason::Unreachable)).await;
}

/// Keeps what an archive would.
#[derive(Default)]
struct Shelf(std::sync::Mutex<Vec<kiosque_crawl::Exchange>>);

impl kiosque_crawl::Archive for Shelf {
    fn keep(&self, exchanges: Vec<kiosque_crawl::Exchange>) -> Result<(), kiosque_crawl::ArchiveError> {
        self.0.lock().unwrap().extend(exchanges);
        Ok(())
    }
}

#[tokio::test]
async fn an_archive_gets_what_went_over_the_wire_of_pages_alone() {
    let lab = Lab::open().await;
    let body = gzipped("<p>bonjour</p>");
    let page = Reply::body("text/html", &body).with("content-encoding", "gzip").with("etag", "\"1\"");
    lab.site
        .feed("a.example/rss", &[("a.example/1?x", "un"), ("a.example/404", "")])
        .set("a.example/1?x", [page]);
    let shelf = std::sync::Arc::new(Shelf::default());
    let crawler = lab.crawler().with_archive(std::sync::Arc::clone(&shelf) as _);
    let sources = [kiosque_crawl::Source::new("s", "http://a.example/rss")];
    for second in [false, true] {
        if second {
            lab.pass(jiff::SignedDuration::from_secs(1));
        }
        crawler.visit_once(&sources, &tokio_util::sync::CancellationToken::new(), &|_| {}).await;
        // The second time it is not modified.
        let kept = shelf.0.lock().unwrap();
        let [one] = &kept[..] else { panic!("{}", kept.len()) };
        assert_eq!((one.url.as_str(), &one.body), ("http://a.example/1?x", &body));
        let request = String::from_utf8(one.request.clone()).unwrap();
        assert!(
            request.starts_with("GET /1?x HTTP/1.1\r\nhost: a.example\r\n") && request.ends_with("\r\n\r\n"),
            "{request}"
        );
        assert!(request.contains("user-agent: kiosque/0.1 (+desk@a.example)\r\n"), "{request}");
        let response = String::from_utf8(one.response.clone()).unwrap();
        assert!(
            response.starts_with("HTTP/1.1 200 OK\r\n") && response.contains("content-encoding: gzip\r\n"),
            "{response}"
        );
        assert!(response.ends_with(&format!("\r\ncontent-length: {}\r\n\r\n", body.len())), "{response}");
        assert_eq!(one.record.robots.as_deref(), Some("no-robots-txt"));
    }
}

#[tokio::test]
async fn a_host_that_does_not_answer_rests_and_its_pages_stay_owing() {
    let mut lab = Lab::open().await;
    (lab.settings.retries, lab.settings.first_byte_ms, lab.settings.give_up_after) = (0, 40, 2);
    let pages: Vec<String> = (0..6).map(|n| format!("b.example/{n}")).collect();
    let entries: Vec<_> = pages.iter().map(|p| (p.as_str(), "")).collect();
    lab.site.feed("a.example/rss", &entries);
    for page in &pages {
        lab.site.set(page, [Reply::html("x").sent(Way::Silent)]);
    }
    let crawler = lab.crawler();
    let sources = [kiosque_crawl::Source::new("s", "http://a.example/rss")];
    let stop = tokio_util::sync::CancellationToken::new();
    let knocks = || lab.site.asked().into_iter().filter(|a| a.starts_with("b.example")).count();
    for expected in [3, 0] {
        lab.pass(jiff::SignedDuration::from_secs(1));
        crawler.visit_once(&sources, &stop, &|_| {}).await;
        assert_eq!(knocks(), expected);
    }
    for page in &pages {
        lab.site.page(page, page);
    }
    lab.pass(jiff::SignedDuration::from_mins(6));
    crawler.visit_once(&sources, &stop, &|_| {}).await;
    assert_eq!(lab.basket.pages.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn the_list_of_a_host_that_is_gone_is_not_owing_for_ever() {
    let mut lab = Lab::open().await;
    (lab.settings.retries, lab.settings.first_byte_ms) = (0, 40);
    let pages: Vec<String> = (0..6).map(|n| format!("b.example/{n}")).collect();
    let entries: Vec<_> = pages.iter().map(|p| (p.as_str(), "")).collect();
    let feed =
        Reply::body("application/rss+xml", crate::site::rss(&entries).as_bytes()).with("etag", "\"f\"");
    lab.site.set("a.example/rss", [feed]);
    for page in &pages {
        lab.site.set(page, [Reply::html("x").sent(Way::Silent)]);
    }
    let crawler = lab.crawler();
    let sources = [kiosque_crawl::Source::new("s", "http://a.example/rss")];
    let stop = tokio_util::sync::CancellationToken::new();
    let is_known = || {
        let seen = lab.site.seen();
        let last = seen.iter().rfind(|seen| seen.address == "a.example/rss").unwrap();
        crate::site::header(&last.head, "if-none-match").is_some()
    };
    let mut days = 0;
    while days == 0 || !is_known() {
        days += 1;
        assert!(days < 14, "it is read whole for weeks");
        for _ in 0..4 {
            lab.pass(jiff::SignedDuration::from_hours(6));
            crawler.visit_once(&sources, &stop, &|_| {}).await;
        }
    }
    assert!(days > 1);
}

#[tokio::test]
async fn of_packed_rules_the_head_is_read() {
    let mut rules = b"User-agent: *\nDisallow: /secret/\n".to_vec();
    for n in 0..60_000_u32 {
        rules.extend(format!("# {:x}\n", n.wrapping_mul(2_654_435_761)).bytes());
    }
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&rules).unwrap();
    let packed = packer.finish().unwrap();
    assert!(rules.len() > 600_000);
    let lab = Lab::open().await;
    lab.site
        .set("a.example/robots.txt", [Reply::body("text/plain", &packed).with("content-encoding", "gzip")])
        .feed("a.example/rss", &[("a.example/1", "un"), ("a.example/secret/2", "deux")])
        .page("a.example/1", "x");
    assert_eq!(lab.pages_of("a.example/rss").await, ["a.example/1"]);
    assert_eq!(lab.dropped("a.example/secret/2").unwrap().0, Reason::Robots);
}

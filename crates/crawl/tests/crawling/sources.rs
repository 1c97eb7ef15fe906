//! Every kind of source leads to its articles.

use std::io::Write as _;

use kiosque_crawl::{Source, SourceFeed, SourceState};
use kiosque_model::{Rubrique, SourceId};

use crate::site::{Lab, Reply};

#[tokio::test]
async fn atom_and_json_feeds() {
    let lab = Lab::open().await;
    let atom =
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>a</title><link href='/1'/></entry></feed>";
    let json =
        r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"http://a.example/2"}]}"#;
    lab.site
        .set("a.example/atom", [Reply::body("application/atom+xml", atom.as_bytes())])
        .set("a.example/json", [Reply::body("application/feed+json", json.as_bytes())])
        .page("a.example/1", "x")
        .page("a.example/2", "y");
    assert_eq!(lab.pages_of("a.example/atom").await, ["a.example/1"]);
    assert_eq!(lab.pages_of("a.example/json").await, ["a.example/2"]);
}

#[tokio::test]
async fn an_index_of_sitemaps_with_a_packed_child() {
    let lab = Lab::open().await;
    let index = "<sitemapindex><sitemap><loc>http://a.example/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>\
        <sitemap><loc>http://a.example/new.xml.gz</loc><lastmod>2026-10-06</lastmod></sitemap></sitemapindex>";
    let child = |url: &str, date: &str| {
        format!("<urlset><url><loc>http://a.example/{url}</loc><lastmod>{date}</lastmod></url></urlset>")
    };
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(child("1", "2026-10-06").as_bytes()).unwrap();
    lab.site
        .set("a.example/sitemap.xml", [Reply::body("application/xml", index.as_bytes())])
        .set("a.example/new.xml.gz", [Reply::body("application/x-gzip", &packer.finish().unwrap())])
        .set("a.example/old.xml", [Reply::body("text/xml", child("2", "2020-01-01").as_bytes())])
        .page("a.example/1", "x")
        .page("a.example/2", "y");
    assert_eq!(lab.pages_of("a.example/sitemap.xml").await, ["a.example/1", "a.example/2"]);
    let asked = lab.site.asked();
    assert_eq!(asked[..3], ["a.example/sitemap.xml", "a.example/new.xml.gz", "a.example/old.xml"]);
    // Children the index calls unchanged are not asked for again.
    lab.pages_of("a.example/sitemap.xml").await;
    assert!(!lab.site.asked().contains(&"a.example/old.xml".into()));
}

#[tokio::test]
async fn a_news_sitemap_gives_titles_and_dates() {
    let lab = Lab::open().await;
    let news = "<urlset xmlns:news='n'><url><loc>http://a.example/1</loc><news:news>\
        <news:publication_date>2026-10-06</news:publication_date><news:title>Le titre</news:title></news:news></url></urlset>";
    lab.site
        .set("a.example/news.xml", [Reply::body("application/xml", news.as_bytes())])
        .page("a.example/1", "x");
    assert_eq!(lab.pages_of("a.example/news.xml").await, ["a.example/1"]);
    let pages = lab.basket.pages.lock().unwrap();
    assert_eq!(pages[0].hint.title.as_deref(), Some("Le titre"));
    assert_eq!(pages[0].hint.published.unwrap().to_string(), "2026-10-06");
}

#[tokio::test]
async fn a_bare_site_leads_through_its_feed() {
    let lab = Lab::open().await;
    lab.site
        .page("a.example/", "feed:/comments/rss feed:/rss link:/about")
        .feed("a.example/rss", &[("a.example/1", "un")])
        .page("a.example/1", "x");
    assert_eq!(lab.pages_of("a.example/").await, ["a.example/1"]);
    lab.site.asked();
    // For a day the feed is asked directly.
    lab.pages_of("a.example/").await;
    assert_eq!(lab.site.asked(), ["a.example/rss", "a.example/1"]);
}

#[tokio::test]
async fn a_bare_site_without_feed_leads_through_its_sitemap() {
    let lab = Lab::open().await;
    let map = "<urlset><url><loc>http://a.example/1</loc></url></urlset>";
    lab.site
        .set("a.example/robots.txt", [Reply::body("text/plain", b"Sitemap: http://a.example/map.xml")])
        .page("a.example/", "link:/2")
        .set("a.example/map.xml", [Reply::body("text/xml", map.as_bytes())])
        .page("a.example/1", "x");
    assert_eq!(lab.pages_of("a.example/").await, ["a.example/1"]);
}

#[tokio::test]
async fn a_bare_site_with_neither_leads_through_its_own_links() {
    let lab = Lab::open().await;
    lab.site
        .page(
            "www.a.example/",
            "feed:/gone link:/1 link:http://news.a.example/2 link:http://b.example/3 link:/",
        )
        .page("www.a.example/1", "x")
        .page("news.a.example/2", "y")
        .page("b.example/3", "z");
    assert_eq!(lab.pages_of("www.a.example/").await, ["news.a.example/2", "www.a.example/1"]);
}

#[tokio::test]
async fn an_empty_feed_is_told_from_a_broken_one() {
    let lab = Lab::open().await;
    lab.site.feed("a.example/rss", &[]);
    let report = lab.visit(&[kiosque_crawl::Source::new("s", "http://a.example/rss")]).await;
    assert_eq!(report.sources[&SourceId("s".into())].state, SourceState::Empty);
}

#[tokio::test]
async fn a_source_of_several_lists_is_one_and_its_rubriques_travel_with_the_pages() {
    let lab = Lab::open().await;
    lab.site
        .feed("a.example/rss", &[("a.example/1", "un"), ("a.example/2", "deux")])
        .feed("a.example/sport", &[("a.example/2", "deux"), ("a.example/3", "trois")])
        .page("a.example/1", "x")
        .page("a.example/2", "y")
        .page("a.example/3", "z");
    let feed = |path: &str, rubrique| SourceFeed {
        url: format!("http://a.example/{path}"),
        rubrique: Some(rubrique),
    };
    let source = Source {
        feeds: vec![feed("sport", Rubrique::Sport), feed("gone", Rubrique::Culture)],
        ..Source::new("s", "http://a.example/rss")
    };
    let report = lab.visit(std::slice::from_ref(&source)).await;
    let told = &report.sources[&SourceId("s".into())];
    assert_eq!((told.entries, told.fetched, &told.state), (3, 3, &SourceState::Ok));
    let mut pages: Vec<_> =
        lab.basket.pages.lock().unwrap().iter().map(|p| (p.url.clone(), p.hint.rubrique)).collect();
    pages.sort();
    assert_eq!(
        pages,
        [
            ("http://a.example/1".to_owned(), None),
            ("http://a.example/2".to_owned(), Some(Rubrique::Sport)),
            ("http://a.example/3".to_owned(), Some(Rubrique::Sport)),
        ]
    );
    assert!(lab.dropped("a.example/gone").is_some());
    // A main list that is away does not hinder the others.
    lab.site.set("a.example/rss", [Reply::new(404)]).feed("a.example/sport", &[("a.example/4", "quatre")]);
    lab.site.page("a.example/4", "w");
    let report = lab.visit(&[source]).await;
    assert_eq!(report.sources[&SourceId("s".into())].state, SourceState::Ok);
    assert_eq!(lab.basket.pages.lock().unwrap().last().unwrap().url, "http://a.example/4");
}

//! Feeds of every family, sound and broken. All texts are invented.

use super::*;

fn base() -> Url {
    Url::parse("https://a.example/rss/index.xml").unwrap()
}

fn read(text: &str) -> Feed {
    parse_feed(text.as_bytes(), None, &base()).unwrap()
}

/// Titles and addresses of the entries, a line each.
fn check(text: &str, expected: &[(&str, &str)]) {
    let feed = read(text);
    let got: Vec<_> =
        feed.entries.iter().map(|e| (e.title.as_deref().unwrap_or_default(), e.url.as_str())).collect();
    assert_eq!(got, expected, "{text}");
}

#[test]
fn rss_2_with_everything() {
    let feed = read(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="c" xmlns:atom="a" xmlns:media="m" xmlns:sy="s">
<channel><title>Le Phare</title><link>https://a.example/</link><atom:link rel="self" href="https://a.example/rss"/>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<image><title>logo</title><link>https://a.example/logo</link></image>
<item><title><![CDATA[Le port s'agrandit &amp; embauche]]></title><link>https://a.example/port?a=1&amp;b=2</link>
<guid isPermaLink="false">urn:1</guid><pubDate>Tue, 06 Oct 2026 07:00:00 +0100</pubDate>
<dc:creator>Salma Idrissi</dc:creator><author>redac@a.example (Karim Tazi)</author>
<category>Économie</category><category><![CDATA[Ports]]></category>
<media:title>photo</media:title><description>&lt;p&gt;x <title>faux</title></description>
<content:encoded><![CDATA[<a><link>http://b.example/faux</link></a>]]></content:encoded></item>
</channel></rss>"#,
    );
    assert_eq!(
        (feed.kind, feed.title.as_deref(), feed.ttl_minutes),
        (FeedKind::Rss, Some("Le Phare"), Some(30))
    );
    let entry = &feed.entries[0];
    assert_eq!(entry.url, "https://a.example/port?a=1&b=2");
    assert_eq!(entry.title.as_deref(), Some("Le port s'agrandit & embauche"));
    assert_eq!(entry.published.unwrap().to_string(), "2026-10-06T07:00:00+01:00");
    assert_eq!(entry.author.as_deref(), Some("Salma Idrissi, Karim Tazi"));
    assert_eq!(entry.categories, ["Économie", "Ports"]);
    assert_eq!(entry.hint().categories.len(), 2);
}

#[test]
fn old_rss_and_rdf() {
    check(
        "<rss version='0.91'><channel><item><title>a</title><link>/x</link></item></channel></rss>",
        &[("a", "https://a.example/x")],
    );
    let rdf = "<rdf:RDF xmlns:rdf='r' xmlns='http://purl.org/rss/1.0/'><channel rdf:about='c'><title>t</title></channel>\
        <item rdf:about='https://a.example/1'><title>un</title><dc:date>2026-10-06</dc:date></item></rdf:RDF>";
    let feed = read(rdf);
    assert_eq!(feed.kind, FeedKind::Rdf);
    assert_eq!(feed.entries[0].url, "https://a.example/1");
    assert_eq!(feed.entries[0].published.unwrap().to_string(), "2026-10-06");
}

#[test]
fn atom_links_bases_and_dates() {
    let feed = read(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/"><title type="html">L&amp;#39;écho</title>
<author><name>La rédaction</name></author>
<entry xml:base="sport/"><title type="xhtml"><div>Deux <b>buts</b></div></title>
<link rel="edit" href="/edit"/><link rel="alternate" type="application/json" href="j"/><link type="text/html" href="match"/>
<id>tag:1</id><published>2026-10-06T08:00:00Z</published><updated>2026-10-06T09:00:00Z</updated>
<author><name>Nour</name><email>n@b.example</email></author><author><name>Ali</name></author>
<category term="foot" label="Football"/><source><title>autre</title><link href="http://c.example"/></source></entry>
<entry><title>sans lien</title><id>https://b.example/2</id><updated>2026-10-05T09:00:00Z</updated></entry></feed>"#,
    );
    assert_eq!((feed.kind, feed.title.as_deref()), (FeedKind::Atom, Some("L'écho")));
    let [first, second] = &feed.entries[..] else { panic!("two entries") };
    assert_eq!(first.url, "https://b.example/sport/match");
    assert_eq!(first.title.as_deref(), Some("Deux buts"));
    assert_eq!(first.author.as_deref(), Some("Nour, Ali"));
    assert_eq!(first.categories, ["Football"]);
    assert_eq!(first.published.unwrap().to_string(), "2026-10-06T08:00:00Z");
    assert_eq!((second.url.as_str(), second.published), ("https://b.example/2", second.updated));
}

#[test]
fn json_feeds() {
    check(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"j","items":[
        {"id":1,"url":"/a","title":"un","date_published":"2026-10-06T08:00:00+01:00","author":{"name":"x"}},
        {"id":"https://a.example/b","title":"deux"},{"id":"c","title":"sans adresse"}]} trailing"#,
        &[("un", "https://a.example/a"), ("deux", "https://a.example/b")],
    );
}

#[test]
fn broken_feeds_give_what_they_have() {
    let one = [("a", "https://a.example/1")];
    check(
        "\n\n<br/>junk<?xml version='1.0'?><rss version='2.0'><channel><item><title>a</title><link>/1</link></item>",
        &one,
    );
    check("<rss><channel><item><title>a<link>/1</link></item></channel>", &one);
    check("<rss><channel><item><title>a</titel></title><link>/1</link></itm></channel></rss>", &one);
    check("<rss><channel><item><title>a</title><link>/1</link><description>coupé <b", &one);
    check("<rss version=2.0><channel><item><title>a</title><link><![CDATA[ /1 ]]></link>", &one);
    check("<channel><item><title>a</title><guid>https://a.example/1</guid></item></channel>", &one);
    check(
        "<rss><item><title>R&D d&eacute;marre</title><link>/1?a&b</link></item></rss>",
        &[("R&D démarre", "https://a.example/1?a&b")],
    );
    check(
        "<rss><channel><item><title><![CDATA[a</title><link>/1</link></item><item><title>b</title><link>/2</link></item>",
        &[("a", "https://a.example/1"), ("b", "https://a.example/2")],
    );
}

#[test]
fn charsets_that_lie() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(
        "<?xml version='1.0' encoding='windows-1256'?><rss><item><title>خبر</title><link>/1</link></item></rss>",
    );
    let feed = parse_feed(&bytes, Some("text/xml; charset=utf-8"), &base()).unwrap();
    assert_eq!(feed.entries[0].title.as_deref(), Some("خبر"));
    let utf8 = "<?xml version='1.0' encoding='iso-8859-1'?><rss><item><title>été</title><link>/1</link></item></rss>";
    assert_eq!(read(utf8).entries[0].title.as_deref(), Some("été"));
}

#[test]
fn what_is_no_feed_is_an_error() {
    let check =
        |text: &str| assert!(parse_feed(text.as_bytes(), Some("application/rss+xml"), &base()).is_err());
    check("");
    check("<!DOCTYPE html><html><head><title>404</title></head></html>");
    check("{\"items\": [");
    check("{}");
    check("Service unavailable");
}

#[test]
fn a_feed_without_entries_is_a_feed() {
    assert!(read("<rss version='2.0'><channel><title>t</title></channel></rss>").entries.is_empty());
}

proptest::proptest! {
    #[test]
    fn is_total(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
        let _ = parse_feed(&bytes, None, &base());
    }

    #[test]
    fn is_total_on_tags(text in "(<(/)?(rss|item|title|link|!\\[CDATA\\[|entry|a b=)>?|&|x|\"){0,60}") {
        let _ = parse_feed(text.as_bytes(), None, &base());
    }
}

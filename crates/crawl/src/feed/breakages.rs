//! Feeds as they are found: addresses, charsets and rests that break the rules, one thing a case, after kinds that the
//! feedparser project tells apart; all texts are invented.

use super::*;

fn read(bytes: &[u8], kind: Option<&str>) -> Vec<(String, String)> {
    let base = Url::parse("https://a.example/rss.xml").unwrap();
    let feed =
        parse_feed(bytes, kind, &base).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(bytes)));
    feed.entries.into_iter().map(|e| (e.title.unwrap_or_default(), e.url)).collect()
}

#[test]
fn addresses_of_entries() {
    let one = |inside: &str| {
        let got = read(format!("<rss xmlns:atom='a' xmlns:feedburner='f'><channel><item><title>t</title>{inside}</item></channel></rss>").as_bytes(), None);
        got.into_iter().next().map(|(_, url)| url)
    };
    for (inside, url) in [
        ("<link>https://a.example/1</link>", "https://a.example/1"),
        ("<link> \n/1\n </link>", "https://a.example/1"),
        ("<link>//b.example/1</link>", "https://b.example/1"),
        ("<link>1.html</link>", "https://a.example/1.html"),
        ("<link>/1?a=1&b=2</link>", "https://a.example/1?a=1&b=2"),
        ("<link>/1?a=1&amp;b=2</link>", "https://a.example/1?a=1&b=2"),
        ("<link>/été</link>", "https://a.example/%C3%A9t%C3%A9"),
        ("<link>/a b</link>", "https://a.example/a%20b"),
        ("<link href='/1'/>", "https://a.example/1"),
        ("<atom:link href='/1'/>", "https://a.example/1"),
        ("<link/><guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<link></link><guid isPermaLink='true'>https://a.example/1</guid>", "https://a.example/1"),
        ("<guid>https://a.example/1</guid>", "https://a.example/1"),
        ("<guid isPermaLink='false'>7</guid><link>/1</link>", "https://a.example/1"),
        ("<guid>7</guid><link>/1</link>", "https://a.example/1"),
        (
            "<feedburner:origLink>https://a.example/1</feedburner:origLink><link>https://f.example/x</link>",
            "https://a.example/1",
        ),
        ("<source url='https://b.example/rss'>B</source><link>/1</link>", "https://a.example/1"),
        ("<image><link>/logo</link></image><link>/1</link>", "https://a.example/1"),
        ("<link>/1</link><link>/2</link>", "https://a.example/1"),
    ] {
        assert_eq!(one(inside).as_deref(), Some(url), "{inside}");
    }
    for inside in [
        "",
        "<link></link>",
        "<link>mailto:a@b.example</link>",
        "<guid>7</guid>",
        "<link>javascript:x()</link>",
    ] {
        assert_eq!(one(inside), None, "{inside}");
    }
}

#[test]
fn charsets() {
    let text = |charset: &str| {
        format!(
            "<?xml version='1.0' encoding='{charset}'?><rss><item><title>été</title><link>/1</link></item></rss>"
        )
    };
    let check =
        |what: &str, bytes: &[u8], kind: Option<&str>| assert_eq!(read(bytes, kind)[0].0, "été", "{what}");
    let latin = |charset: &str| encoding_rs::WINDOWS_1252.encode(&text(charset)).0.into_owned();
    check("UTF-8", text("utf-8").as_bytes(), None);
    check("UTF-8 said to be Latin-1", text("iso-8859-1").as_bytes(), None);
    check(
        "UTF-8 said to be ASCII by the server",
        text("utf-8").as_bytes(),
        Some("text/xml; charset=us-ascii"),
    );
    check("Latin-1", &latin("iso-8859-1"), None);
    check("Latin-1 said to be UTF-8", &latin("utf-8"), None);
    check("Latin-1 without a word", &latin("").to_vec(), None);
    check("Latin-1 by the server", &latin("").to_vec(), Some("application/rss+xml; charset=\"ISO-8859-1\""));
    check("a charset that is none", &latin("x-none"), None);
    for big in [false, true] {
        let units = text("utf-16").encode_utf16().collect::<Vec<_>>();
        let bytes: Vec<u8> =
            units.iter().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect();
        check("UTF-16 without a mark", &bytes, None);
        let mark: &[u8] = if big { &[0xfe, 0xff] } else { &[0xff, 0xfe] };
        check("UTF-16 with a mark", &[mark, &bytes].concat(), None);
    }
    let mut one_bad = text("utf-8").replace("été", "été à l’aube, ça et là, dès août").into_bytes();
    one_bad.extend(b"\xff");
    assert_eq!(read(&one_bad, None)[0].0, "été à l’aube, ça et là, dès août");
}

#[test]
fn rests_that_feeds_ask_for() {
    let base = Url::parse("https://a.example/").unwrap();
    let of = |inside: &str| {
        parse_feed(format!("<rss><channel>{inside}</channel></rss>").as_bytes(), None, &base).unwrap()
    };
    assert_eq!(of("<ttl>60</ttl>").ttl_minutes, Some(60));
    assert_eq!(of("<ttl> 90 minutes</ttl>").ttl_minutes, None);
    assert_eq!(
        of("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>").ttl_minutes,
        Some(360)
    );
    let quiet = of("<skipHours><hour>0</hour><hour>24</hour><hour>3</hour><hour>x</hour></skipHours>\
        <skipDays><day>Sunday</day><day>Samstag</day><day>saturday</day></skipDays>")
    .quiet;
    assert_eq!((quiet.hours, quiet.days), (1 | 1 << 3, 1 << 5 | 1 << 6));
    assert!(of("").quiet.is_empty());
}

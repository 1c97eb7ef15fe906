//! Feeds that are broken but readable, after the kinds that the feedparser project tells apart: each gives the entries
//! a person could read. All texts are invented.

use std::io::Write as _;

use super::*;

/// Titles and addresses of the entries of a feed at `https://a.example/rss.xml`.
fn entries(bytes: &[u8]) -> Vec<(String, String)> {
    let base = Url::parse("https://a.example/rss.xml").unwrap();
    let feed = parse_feed(bytes, None, &base).unwrap_or_else(|e| panic!("{e}: {bytes:.300?}"));
    feed.entries.into_iter().map(|e| (e.title.unwrap_or_default(), e.url)).collect()
}

fn check(bytes: &[u8], expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(title, path)| ((*title).to_owned(), format!("https://a.example{path}")))
        .collect();
    assert_eq!(entries(bytes), expected, "{}", String::from_utf8_lossy(bytes));
}

/// Two entries, Un and Deux, in `feed`.
fn two(feed: &str) {
    check(feed.as_bytes(), &[("Un", "/1"), ("Deux", "/2")]);
}

const BOTH: &str = "<item><title>Un</title><link>https://a.example/1</link></item>\
    <item><title>Deux</title><link>https://a.example/2</link></item>";

#[test]
fn every_family_and_version() {
    for version in ["0.91", "0.92", "0.93", "0.94", "2.0", "", "9"] {
        two(&format!("<rss version='{version}'><channel><title>t</title>{BOTH}</channel></rss>"));
    }
    for inside in ["<channel><title>t</title></channel>", ""] {
        let rdf = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'";
        two(&format!("<rdf:RDF {rdf} xmlns='http://purl.org/rss/1.0/'>{inside}{BOTH}</rdf:RDF>"));
        two(&format!(
            "<rdf:RDF {rdf} xmlns='http://my.netscape.com/rdf/simple/0.9/'>{inside}{BOTH}</rdf:RDF>"
        ));
        two(&format!("<rdf:RDF>{inside}{BOTH}</rdf:RDF>"));
        two(&format!("<r:RDF>{inside}{BOTH}</r:RDF>"));
    }
    let entry = |n: u8, title: &str| {
        format!(
            "<entry><title>{title}</title><id>tag:a.example,2026:{n}</id><link href='https://a.example/{n}'/></entry>"
        )
    };
    for namespace in ["http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "https://b.example/none"] {
        two(&format!(
            "<feed version='0.3' xmlns='{namespace}'>{}{}</feed>",
            entry(1, "Un"),
            entry(2, "Deux")
        ));
    }
    for version in ["1", "1.1"] {
        two(&format!(
            "{{\"version\":\"https://jsonfeed.org/version/{version}\",\"items\":[\
            {{\"id\":\"1\",\"url\":\"https://a.example/1\",\"title\":\"Un\"}},\
            {{\"id\":2,\"url\":\"/2\",\"title\":\"Deux\"}}]}}"
        ));
    }
    two("<CHANNEL HREF='https://a.example/'><ITEM HREF='https://a.example/1'><TITLE>Un</TITLE></ITEM>\
        <ITEM HREF='/2'><TITLE>Deux</TITLE></ITEM></CHANNEL>");
}

#[test]
fn roots_and_prefixes() {
    let prefixed = |prefix: &str| {
        BOTH.replace("</", "\u{1}")
            .replace('<', &format!("<{prefix}:"))
            .replace('\u{1}', &format!("</{prefix}:"))
    };
    two(BOTH);
    two(&format!("<channel>{BOTH}"));
    two(&format!("<rss:rss><rss:channel>{}</rss:channel></rss:rss>", prefixed("rss")));
    two(&format!("<odd:rss><odd:channel>{}</odd:channel></odd:rss>", prefixed("odd")));
    two(&format!("<odd:rss xmlns:odd='http://backend.userland.com/rss2'>{}</odd:rss>", prefixed("odd")));
    two(&prefixed("x"));
    two(&format!(
        "<RSS><CHANNEL>{}",
        BOTH.replace("item", "ITEM").replace("title", "Title").replace("link", "LINK")
    ));
    two("<a:feed xmlns:a='http://www.w3.org/2005/Atom' xmlns='http://www.w3.org/1999/xhtml'>\
        <a:entry><a:title>Un</a:title><a:link href='/1'/></a:entry>\
        <a:entry><a:title type='xhtml'><div>Deux</div></a:title><a:link href='/2'/></a:entry></a:feed>");
    two(
        "<rss xmlns:m='http://search.yahoo.com/mrss/'><item><m:title>Photo</m:title><title>Un</title><link>/1</link>\
        </item><item><title>Deux</title><m:content url='x'><m:title>Photo</m:title></m:content><link>/2</link></item>",
    );
}

#[test]
fn junk_around_the_document() {
    for junk in [
        " \n\t",
        "\u{feff}",
        "\u{feff}\u{feff}",
        "oops ",
        "<!-- généré en 0,1 s -->",
        "<br />\n<b>Warning</b>: include() in <b>/www/rss.php</b> on line <b>3</b><br />\n",
        "<script>alert('x<y')</script>",
        "<!DOCTYPE html>\n<html><body>",
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n",
        "\0\u{1}",
        "a < b & c > d ",
    ] {
        for prolog in ["<?xml version='1.0' encoding='utf-8'?>", "<?xml version='1.0'>", ""] {
            two(&format!("{junk}{prolog}<rss version='2.0'><channel>{BOTH}</channel></rss>"));
        }
    }
    for rest in ["<script>x</script>", "\0\0\0", "<!-- ", "</html>", "<rss>", "&", "<", "<![CDATA["] {
        two(&format!("<rss><channel>{BOTH}</channel></rss>{rest}"));
    }
    two(&format!(
        "<?xml version='1.0'?><?xml version='1.0'?><!DOCTYPE rss PUBLIC '-//N//DTD//EN' 'http://n.example/x.dtd'><rss>{BOTH}"
    ));
    two(&format!("<?xml-stylesheet href='x?a>b'?><!DOCTYPE rss [<!ENTITY nbsp '&#160;'>]><rss>{BOTH}"));
    two(&format!("{}<rss>{BOTH}", "<!-- long -->".repeat(2000)));
}

#[test]
fn text_that_breaks_the_rules() {
    let title = |raw: &str| {
        let feed = format!(
            "<rss><item><title>{raw}</title><link>/1</link></item><item><title>Z</title><link>/2</link></item>"
        );
        let mut got = entries(feed.as_bytes()).into_iter();
        let first = got.next().map(|(title, url)| (title, url == "https://a.example/1")).unwrap_or_default();
        assert!(first.1 && got.next().is_some_and(|(title, _)| title == "Z"), "{raw}");
        first.0
    };
    for (raw, read) in [
        ("R&D & co", "R&D & co"),
        ("a < b", "a < b"),
        ("1 <2> 3 < 4", "1 <2> 3 < 4"),
        ("l&rsquo;&eacute;t&eacute;", "l’été"),
        ("l&amp;rsquo;&amp;eacute;t&amp;eacute;", "l’été"),
        ("a &inconnu; b", "a &inconnu; b"),
        ("&#233;t&#xE9; &#8217; &#146;", "été ’ ’"),
        ("a&#0;b&#x110000;c", "abc"),
        ("<![CDATA[a & b]]>", "a & b"),
        ("<![CDATA[a <b>gras</b>]]>", "a gras"),
        ("<![CDATA[a]]> et <![CDATA[b]]>", "a et b"),
        ("<![CDATA[<![CDATA[a]]>]]>", "a"),
        ("<![CDATA[a", "a"),
        ("<![cdata[a]]>", "a"),
        ("a]]>", "a"),
        ("&lt;b&gt;gras&lt;/b&gt;", "gras"),
        ("a\u{0}b\u{8}c\u{1b}", "abc"),
        ("a\r\n  b", "a b"),
        ("<b>a<i>b</b>", "a b"),
        ("<span class=\"x>a</span>", "a"),
        ("خبر &amp; رأي", "خبر & رأي"),
    ] {
        assert_eq!(title(raw), read, "{raw}");
    }
}

#[test]
fn tags_that_do_not_match() {
    two(&BOTH.replace("</title>", ""));
    two(&BOTH.replace("</link>", ""));
    two(&BOTH.replace("</item>", ""));
    two(&BOTH.replace("</title>", "</titre>"));
    two(&BOTH.replace("</title>", "</ title>"));
    two(&BOTH.replace("<item>", "<item"));
    two(&BOTH.replace("<item>", "<item a='1>"));
    two(&BOTH.replace("<item>", "<item></category><b>"));
    two(&BOTH.replace("</item>", "</entry>"));
    for broken in [
        "<description>",
        "<description><p>texte",
        "<description><![CDATA[<p>texte",
        "<content:encoded>",
        "<source>",
    ] {
        two(&BOTH.replace("<item>", &format!("<item>{broken}")));
        two(&BOTH.replace("</item>", &format!("{broken}</item>")));
        two(&format!("<rss><channel>{broken}{BOTH}"));
        two(&BOTH.replace("<item>", &format!("<item>{broken}<description>x</description>")));
    }
    two(
        "<feed><entry><title>Un<link href='/1'><summary>x<id>tag:1</id></entry><entry><title>Deux<link href=/2 /></entry>",
    );
    two(
        "<feed><entry><title>Un</title><link href='/1' <id>1</id></entry><entry><title>Deux</title><link href='/2></entry>",
    );
}

#[test]
fn addresses_that_are_hidden() {
    two(&BOTH.replace("link>", "guid>"));
    two(&BOTH.replace("<link>https://a.example", "<guid isPermaLink='true'>").replace("</link>", "</guid>"));
    two("<rss><item><title>Un</title><link/>https://a.example/1<guid>https://a.example/1</guid></item>\
        <item><title>Deux</title><guid>2</guid><atom:link href='/2'/></item>");
    two("<rss><item><title>Un</title><enclosure url='https://a.example/1' type='text/html'/></item>\
        <item><title>Deux</title><enclosure url='/2'/></item><item><title>x</title><enclosure url='/3.mp3' type='audio/mpeg'/></item>");
    two(
        "<feed xml:base='https://b.example/'><entry xml:base='https://a.example/x/'><title>Un</title><link href='../1'/></entry>\
        <entry><title>Deux</title><link rel='http://www.iana.org/assignments/relation/alternate' xml:base='https://a.example/' href='2'/></entry></feed>",
    );
    two(
        "<feed><entry><title>Un</title><link rel='self' href='/x'/><link rel='Alternate' type='text/html' href='/1'/></entry>\
        <entry><title>Deux</title><link rel='related' href='/x'/><id>https://a.example/2</id></entry></feed>",
    );
}

#[test]
fn json_that_a_strict_reader_refuses() {
    let items = r#"{"id":"1","url":"https://a.example/1","title":"Un"},{"id":"2","url":"https://a.example/2","title":"Deux"}"#;
    for feed in [
        format!(r#"{{"items":[{items}]}}"#),
        format!("\u{feff} \n{{\"items\":[{items}]}}"),
        format!(r#"{{"items":[{items},],}}"#),
        format!(r#"{{"items":[{items}"#),
        format!(r#"{{"items":[{items},{{"id":"3","url":"https://a.exam"#),
        format!(r#"{{"items":[{items}]}} trailing"#),
        format!(")]}}',\n{{\"items\":[{items}]}}"),
        format!(r#"rappel({{"items":[{items}]}});"#),
        format!(r#"{{"title":"l\'été","items":[{items}]}}"#),
        format!("{{\"title\":\"deux\nlignes\t\",\"items\":[{items}]}}"),
    ] {
        two(&feed);
    }
}

#[test]
fn charsets_and_packing() {
    let text = "<rss><item><title>L’été à Fès</title><link>/1</link></item></rss>";
    let read = |bytes: &[u8]| check(bytes, &[("L’été à Fès", "/1")]);
    for declared in ["utf-8", "iso-8859-1", "windows-1256", "none", ""] {
        read(format!("<?xml version='1.0' encoding='{declared}'?>{text}").as_bytes());
    }
    read(
        &encoding_rs::WINDOWS_1252
            .encode(&format!("<?xml version = '1.0' encoding = \"ISO-8859-1\" ?>{text}"))
            .0,
    );
    read(&encoding_rs::WINDOWS_1252.encode(text).0);
    let utf_16: Vec<u8> = format!("\n{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    read(&utf_16);
    let utf_32: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    read(&utf_32);
    let arabic = encoding_rs::WINDOWS_1256
        .encode("<?xml version='1.0' encoding='windows-1256'?><rss><item><title>خبر</title><link>/1</link>")
        .0
        .into_owned();
    check(&arabic, &[("خبر", "/1")]);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    assert_eq!(sniff(&packed, None), Sniffed::Feed);
    read(&packed);
    read(&packed[..packed.len() - 4]);
}

#[test]
fn dates_by_the_feed_s_language() {
    let day = |head: &str| {
        let feed =
            format!("<rss><channel>{head}<item><link>/1</link><pubDate>03/04/2026 08:00</pubDate></item>");
        let base = Url::parse("https://a.example/").unwrap();
        parse_feed(feed.as_bytes(), None, &base).unwrap().entries[0].published.map(|p| p.to_string())
    };
    assert_eq!(day("<language>fr-FR</language>").as_deref(), Some("2026-04-03"));
    assert_eq!(day("<language>en-us</language>").as_deref(), Some("2026-03-04"));
    assert_eq!(day(""), None);
}

/// A feed cut anywhere gives its first entries, and never an address that it does not have.
#[test]
fn a_feed_cut_at_any_byte_gives_what_stands_before() {
    let item = |n: u8| {
        format!(
            "<item><title>É {n}</title><link>https://a.example/{n}</link><description><![CDATA[<p>é</p>]]></description></item>"
        )
    };
    let entry = |n: u8| {
        format!(
            "<entry><title>É {n}</title><link rel='alternate' href='https://a.example/{n}'/><summary>é</summary></entry>"
        )
    };
    let json = |n: u8| format!("{{\"title\":\"É {n}\",\"url\":\"https://a.example/{n}\"}}");
    let all = |of: &dyn Fn(u8) -> String, between: &str| (1..=3).map(of).collect::<Vec<_>>().join(between);
    for (feed, end) in [
        (
            format!("<?xml version='1.0'?><rss><channel><title>t</title>{}</channel></rss>", all(&item, "")),
            "</link>",
        ),
        (
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{}</feed>", all(&entry, "")),
            "/>",
        ),
        (format!("{{\"version\":\"1\",\"items\":[{}]}}", all(&json, ",")), "\"}"),
    ] {
        for cut in 0..=feed.len() {
            let got = parse_feed(&feed.as_bytes()[..cut], None, &Url::parse("https://a.example/").unwrap());
            let got: Vec<_> = got.map(|f| f.entries.into_iter().map(|e| e.url).collect()).unwrap_or_default();
            let whole =
                feed.as_bytes()[..cut].windows(end.len()).filter(|w| *w == end.as_bytes()).count().min(3);
            let expected: Vec<_> = (1..=3).map(|n| format!("https://a.example/{n}")).collect();
            assert!(got.len() >= whole && expected.starts_with(&got), "{cut} of {feed}: {got:?}");
        }
    }
}

#[test]
fn links_that_lack_something() {
    let items = |one: &str, two: &str| {
        format!(
            "<rss><channel><title>t</title><link>https://a.example/</link><item><title>Un</title>{one}</item>\
             <item><title>Deux</title>{two}</item></channel></rss>"
        )
    };
    two(&items("<link/>https://a.example/1", "<link/>https://a.example/2<guid>2</guid>"));
    two(&items("<link>a.example/1</link>", "<link> a.example/2 </link>"));
    let home = "<link>https://a.example/</link>";
    two(&items(
        &format!("{home}<guid isPermaLink='true'>https://a.example/1</guid>"),
        &format!("{home}<guid>https://a.example/2</guid>"),
    ));
    let www = items("<link>www.a.example/1</link>", "<link>WWW.a.example/2</link>");
    let found = entries(www.as_bytes()).into_iter().map(|(_, url)| url).collect::<Vec<_>>();
    assert_eq!(found, ["https://www.a.example/1", "https://www.a.example/2"]);
    // One article listed twice keeps its address, and so do links whose ids are none of the web.
    let twice = items("<link>/1</link><guid>tag:1</guid>", "<link>/1</link><guid>tag:2</guid>");
    check(twice.as_bytes(), &[("Un", "/1"), ("Deux", "/1")]);
}

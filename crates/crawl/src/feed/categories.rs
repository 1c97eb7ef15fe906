//! A case or more for each category of the feedparser project's tests, in invented words: each asserts title, address and
//! date of every entry.

use super::*;

/// Title, path at `https://a.example`, and date; an empty one stands for none.
pub(super) type Row<'a> = (&'a str, &'a str, &'a str);

pub(super) fn told(name: &str, bytes: &[u8], kind: Option<&str>, expected: &[Row<'_>]) {
    let base = Url::parse("https://a.example/rss.xml").unwrap();
    let feed = parse_feed(bytes, kind, &base).unwrap_or_else(|e| panic!("{name}: {e}"));
    let read: Vec<_> = feed
        .entries
        .iter()
        .map(|e| {
            let date = e.published.map(|at| at.to_string()).unwrap_or_default();
            (e.title.clone().unwrap_or_default(), e.url.clone(), date)
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(title, path, date)| {
            ((*title).to_owned(), format!("https://a.example{path}"), (*date).to_owned())
        })
        .collect();
    assert_eq!(read, expected, "{name}");
}

/// Cases of which each has this one entry.
fn all(cases: &[(&str, &str)]) {
    for (name, feed) in cases {
        told(name, feed.as_bytes(), None, &[("Le quai", "/1", "2026-11-22T08:00:00Z")]);
    }
}

#[test]
fn wellformed_families() {
    all(&FAMILIES);
}

const FAMILIES: [(&str, &str); 10] = [
    (
        "rss",
        "<rss version='2.0'><channel><title>t</title><link>/</link><item><title>Le quai</title><link>https://a.example/1</link>\
            <pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>",
    ),
    (
        "rss, channel fields behind the items",
        "<rss><channel><item><title>Le quai</title><link>/1</link>\
            <pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate></item><title>t</title><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate>\
            <link>/x</link></channel></rss>",
    ),
    (
        "rss, image and textinput",
        "<rss><channel><image><title>i</title><link>/i</link></image><textInput><title>q</title>\
            <link>/q</link></textInput><item><title>Le quai</title><link>/1</link><dc:date>2026-11-22T08:00:00Z</dc:date></item>",
    ),
    (
        "rss, source of an item",
        "<rss><item><source url='/s'>Autre</source><title>Le quai</title><link>/1</link>\
            <pubDate>22 Nov 2026 08:00 UT</pubDate></item>",
    ),
    (
        "rdf",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'\
            xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='/'><title>t</title><items><rdf:Seq>\
            <rdf:li rdf:resource='/1'/></rdf:Seq></items></channel><item rdf:about='https://a.example/1'><title>Le quai</title>\
            <dc:date>2026-11-22T08:00Z</dc:date></item></rdf:RDF>",
    ),
    (
        "atom 0.3",
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='escaped'>Le quai</title>\
            <link rel='alternate' type='text/html' href='/1'/><issued>2026-11-22T08:00:00Z</issued>\
            <modified>2026-11-23T08:00:00Z</modified></entry></feed>",
    ),
    (
        "atom 1.0",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><id>urn:x</id><updated>2026-11-24T08:00:00Z</updated>\
            <entry><title type='text'>Le quai</title><link href='/1'/><published>2026-11-22T08:00:00Z</published>\
            <updated>2026-11-23T08:00:00Z</updated></entry></feed>",
    ),
    (
        "atom 1.0, source of an entry",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><source><title>Autre</title>\
            <link href='/s'/><updated>2026-11-01T08:00:00Z</updated></source><title>Le quai</title><link href='/1'/>\
            <updated>2026-11-22T08:00:00Z</updated></entry></feed>",
    ),
    (
        "cdf",
        "<CHANNEL HREF='https://a.example/' LASTMOD='2026-11-23'><TITLE>t</TITLE><ITEM HREF='/1' LASTMOD='2026-11-22T08:00Z'>\
            <TITLE>Le quai</TITLE></ITEM></CHANNEL>",
    ),
    (
        "json",
        r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"url":"/1","title":"Le quai",
            "date_published":"2026-11-22T08:00:00Z","date_modified":"2026-11-23T08:00:00Z"}]}"#,
    ),
];

/// An item in a feed that declares all there are.
fn item(more: &str) -> String {
    format!(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'\
             xmlns:media='http://search.yahoo.com/mrss/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'\
             xmlns:georss='http://www.georss.org/georss' xmlns:gml='http://www.opengis.net/gml' xmlns:wfw='http://wellformedweb.org/CommentAPI/'\
             xmlns:slash='http://purl.org/rss/1.0/modules/slash/' xmlns:thr='http://purl.org/syndication/thread/1.0'\
             xmlns:creativeCommons='http://backend.userland.com/creativeCommonsRssModule' xmlns:psc='http://podlove.org/simple-chapters'\
             xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0' xmlns:dcterms='http://purl.org/dc/terms/'\
             xmlns:atom='http://www.w3.org/2005/Atom'><channel><atom:link rel='self' href='/rss.xml'/>\
             <itunes:owner><itunes:name>x</itunes:name></itunes:owner><item>{more}</item></channel></rss>"
    )
}

/// What items hold: `{P}` stands for title and link, `{D}` for a date.
const INSIDE: [(&str, &str); 13] = [
    ("dc", "<dc:title>Le quai</dc:title><link>/1</link><dc:date>2026-11-22T08:00:00Z</dc:date>"),
    (
        "dcterms",
        "{P}<dcterms:created>2026-11-22T08:00:00Z</dcterms:created><dcterms:modified>2026-11-23</dcterms:modified>",
    ),
    (
        "content",
        "{P}<content:encoded><![CDATA[<h1><title>x</title></h1><link>/x</link>]]></content:encoded>{D}",
    ),
    (
        "media",
        "<media:group><media:title>photo</media:title><media:content url='/x.jpg'/></media:group>{P}<media:credit>x</media:credit>{D}",
    ),
    (
        "media before",
        "<media:content url='/x.jpg'><media:title>photo</media:title></media:content><media:title>photo</media:title>{P}{D}",
    ),
    (
        "itunes",
        "<itunes:title>Épisode</itunes:title><itunes:duration>1:02</itunes:duration>{P}{D}<itunes:image href='/x.png'/>",
    ),
    (
        "georss",
        "{P}<georss:point>33.5 -7.6</georss:point><georss:where><gml:Point><gml:pos>1 2</gml:pos></gml:Point></georss:where>{D}",
    ),
    (
        "wfw and slash",
        "<wfw:commentRss>/1/feed</wfw:commentRss><slash:comments>3</slash:comments><comments>/1#c</comments>{P}{D}",
    ),
    ("thread", "{P}<thr:in-reply-to ref='x' href='/x'/><atom:link rel='replies' href='/x'/>{D}"),
    ("creative commons", "{P}<creativeCommons:license>https://c.example/by</creativeCommons:license>{D}"),
    ("chapters", "{P}<psc:chapters><psc:chapter start='0' title='x' href='/x'/></psc:chapters>{D}"),
    (
        "feedburner",
        "<title>Le quai</title><link>https://b.example/~r/1</link><feedburner:origLink>https://a.example/1</feedburner:origLink>{D}",
    ),
    (
        "atom in rss",
        "<title>Le quai</title><atom:link rel='alternate' href='/1'/><atom:published>2026-11-22T08:00:00Z</atom:published><atom:updated>2026-11-23T08:00:00Z</atom:updated>",
    ),
];

#[test]
fn wellformed_namespaces() {
    let date = "<pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate>";
    for (name, inside) in INSIDE {
        let inside = inside.replace("{P}", "<title>Le quai</title><link>/1</link>").replace("{D}", date);
        told(name, item(&inside).as_bytes(), None, &[("Le quai", "/1", "2026-11-22T08:00:00Z")]);
    }
}

fn atom(inside: &str) -> String {
    format!("<feed xmlns='http://www.w3.org/2005/Atom'>{inside}</feed>")
}

fn entry(link: &str) -> String {
    format!("<entry><title>Le quai</title>{link}<updated>2026-11-22T08:00:00Z</updated></entry>")
}

#[test]
fn wellformed_precedence() {
    for (name, feed) in [
        (
            "alternate before self",
            atom(&entry("<link rel='self' href='/x'/><link rel='alternate' href='/1'/>")),
        ),
        (
            "html before other types",
            atom(&entry("<link type='application/json' href='/x'/><link type='text/html' href='/1'/>")),
        ),
        ("first of two", atom(&entry("<link href='/1'/><link href='/2'/>"))),
        ("link before id", atom(&entry("<id>https://a.example/x</id><link href='/1'/>"))),
        (
            "link before guid",
            "<rss><item><guid>https://a.example/x</guid><title>Le quai</title><link>/1</link><pubDate>2026-11-22T08:00:00Z</pubDate></item>".to_owned(),
        ),
        (
            "item before channel",
            "<rss><channel><title>x</title><dc:date>2026-01-01T00:00:00Z</dc:date><item><title>Le quai</title><link>/1</link><dc:date>2026-11-22T08:00:00Z</dc:date></item>".to_owned(),
        ),
        (
            "published before updated",
            atom("<entry><updated>2026-11-23T08:00:00Z</updated><title>Le quai</title><link href='/1'/><published>2026-11-22T08:00:00Z</published></entry>"),
        ),
    ] {
        told(name, feed.as_bytes(), None, &[("Le quai", "/1", "2026-11-22T08:00:00Z")]);
    }
}

#[test]
fn wellformed_base_and_language() {
    let (base, date) = ("xml:base='https://a.example/d/'", "<updated>2026-11-22T08:00:00Z</updated>");
    for (name, feed) in [
        (
            "base of the feed",
            format!(
                "<feed {base} xmlns='http://www.w3.org/2005/Atom'>{}</feed>",
                entry("<link href='../1'/>")
            ),
        ),
        (
            "base of the entry",
            atom(&format!("<entry {base}><title>Le quai</title><link href='../1'/>{date}</entry>")),
        ),
        ("base of the link", atom(&entry(&format!("<link {base} href='../1'/>")))),
        (
            "base on a base",
            atom(&format!(
                "<entry xml:base='/d/e/'><title>Le quai</title><link xml:base='..' href='../1'/>{date}</entry>"
            )),
        ),
        (
            "a base that is none",
            format!(
                "<feed xml:base='http://[' xmlns='http://www.w3.org/2005/Atom'>{}</feed>",
                entry("<link href='/1'/>")
            ),
        ),
        (
            "language",
            "<rss xml:lang='fr'><channel><language>fr</language><item xml:lang='fr'><title xml:lang='fr'>Le quai</title><link>/1</link><pubDate>dim. 22 novembre 2026 08:00:00 GMT</pubDate></item>".to_owned(),
        ),
    ] {
        told(name, feed.as_bytes(), None, &[("Le quai", "/1", "2026-11-22T08:00:00Z")]);
    }
}

#[test]
fn titles_of_every_kind_of_content() {
    for (title, read) in [
        ("<title>Le quai</title>", "Le quai"),
        ("<title><![CDATA[Le <b>quai</b>]]></title>", "Le quai"),
        ("<title type='html'>Le &lt;b&gt;quai&lt;/b&gt;</title>", "Le quai"),
        ("<title type='html'><![CDATA[Le &eacute;t&eacute;]]></title>", "Le été"),
        (
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Le <b>quai</b></div></title>",
            "Le quai",
        ),
        ("<title type='text'>1 &lt; 2 &amp; 3</title>", "1 < 2 & 3"),
        ("<title mode='xml'><div>Le <i>quai</i></div></title>", "Le quai"),
        ("<title>Q&amp;R</title>", "Q&R"),
        ("<title>Q&amp;amp;R</title>", "Q&R"),
        ("<title>  Le\n\t quai </title>", "Le quai"),
        ("<title/>", ""),
        ("", ""),
    ] {
        let feed = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{title}<link href='/1'/><updated>2026-11-22</updated></entry>\
             <entry><title>Z</title><link href='/2'/></entry></feed>"
        );
        told(title, feed.as_bytes(), None, &[(read, "/1", "2026-11-22"), ("Z", "/2", "")]);
    }
}

#[test]
fn illformed() {
    let date = "<pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate>";
    let item = |title: &str| format!("<item><title>{title}</title><link>/1</link>{date}</item>");
    let quai = item("Le quai");
    for (name, feed) in [
        ("undeclared namespace", format!("<rss><channel><foo:bar><foo:title>x</foo:title></foo:bar><item><foo:x>y</foo:x><title>Le quai</title><link>/1</link>{date}</item>")),
        ("bare & in an address", format!("<rss><item><title>Le quai</title><link>/1</link><guid>/1?a=1&b=2</guid>{date}</item>")),
        ("unknown entity", format!("<rss><channel><title>&nope;</title>{quai}</channel></rss>")),
        ("unclosed channel title", format!("<rss><channel><title>t{quai}</channel></rss>")),
        ("unclosed everything", format!("<rss><channel><item><title>Le quai<link>/1{date}")),
        ("crossed tags", format!("<rss><channel><item><title><b>Le quai</title></b><link>/1</link>{date}</channel></item>")),
        ("control characters", format!("<rss><channel>\u{1}\u{2}<item><title>Le\u{b} quai\u{7f}</title><link>/1\u{8}</link>{date}</item>")),
        ("junk before", format!("<br/><b>Notice</b>: x in /y on line 3<rss><channel>{quai}</channel></rss>")),
        ("junk after", format!("<rss><channel>{quai}</channel></rss><div>x</div>")),
        ("two roots", format!("<rss><channel><title>a</title></channel></rss><rss><channel>{quai}</channel></rss>")),
        ("an attribute twice", format!("<rss version='2.0' version='2.0'><channel>{quai}")),
        ("no quotes", format!("<rss version=2.0><channel><item><title type=html>Le quai</title><link>/1</link>{date}</item>")),
        ("a comment with dashes", format!("<rss><!-- a -- b --><channel><!-- x ->{quai}")),
        ("a doctype that is cut", format!("<!DOCTYPE rss [ <rss><channel>{quai}")),
        ("html around", format!("<html><head><title>x</title></head><body><rss><channel>{quai}</channel></rss></body></html>")),
        ("a wrong end of CDATA", format!("<rss><item><title><![CDATA[Le quai]]</title><link>/1</link>{date}</item>")),
        ("white space in the address", format!("<rss><item><title>Le quai</title><link>\n  https://a.example/1\n </link>{date}</item>")),
        ("CDATA address", format!("<rss><item><title>Le quai</title><link><![CDATA[ https://a.example/1 ]]></link>{date}</item>")),
        ("date in CDATA", "<rss><item><title>Le quai</title><link>/1</link><pubDate><![CDATA[Sun, 22 Nov 2026 08:00:00 GMT]]></pubDate></item>".to_owned()),
    ] {
        told(name, feed.as_bytes(), None, &[("Le quai", "/1", "2026-11-22T08:00:00Z")]);
    }
}

//! What a body is: a feed, a sitemap or a page, by its content type and, more trusted, its first bytes.
//! Servers label feeds as HTML and pages as XML, so what the bytes show wins.

use std::io::Read as _;

/// The kinds of document the crawler reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sniffed {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or an index of sitemaps.
    Sitemap,
    /// Anything else: taken as a page.
    Page,
}

/// How much of a body is looked at: its beginning, and where that tells nothing, for junk may stand there, more.
const HEADS: [usize; 2] = [4096, 64 * 1024];

/// Tells what a body is. Looks at its first 4 KiB, and at 64 where those tell nothing; of a gzip file at what is
/// packed in it.
#[must_use]
pub fn sniff(bytes: &[u8], content_type: Option<&str>) -> Sniffed {
    if is_packed(bytes) {
        let head = unpack(bytes, HEADS[0]);
        return if by_root(&head) == Some(Sniffed::Feed) { Sniffed::Feed } else { Sniffed::Sitemap };
    }
    let is_more = bytes.len() > HEADS[0];
    let told = by_root(&bytes[..bytes.len().min(HEADS[0])]);
    let told = told.or_else(|| is_more.then(|| by_root(&bytes[..bytes.len().min(HEADS[1])])).flatten());
    let kind = media_type(content_type).to_ascii_lowercase();
    let is_called_feed =
        matches!(kind.as_str(), "application/rss+xml" | "application/atom+xml" | "application/feed+json");
    told.unwrap_or(if is_called_feed {
        Sniffed::Feed
    } else if is_plain_list(bytes) {
        Sniffed::Sitemap
    } else {
        Sniffed::Page
    })
}

/// Whether the first lines are addresses, one each: a sitemap in plain text (sitemaps.org, "Other Sitemap formats").
fn is_plain_list(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 5;
    let head = ascii_head(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes), HEADS[0]);
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty()).take(LOOKED_AT).peekable();
    let is_address = |line: &str| {
        (line.starts_with("http://") || line.starts_with("https://")) && !line.contains([' ', '<'])
    };
    lines.peek().is_some() && lines.all(is_address)
}

/// What the bytes show, where they show anything.
fn by_root(bytes: &[u8]) -> Option<Sniffed> {
    let head = ascii_head(bytes, bytes.len());
    let first_of = |names: &[&str]| names.iter().filter_map(|name| find_tag(&head, name)).min();
    let feed = first_of(&["rss", "feed", "rdf"]);
    let sitemap = first_of(&["urlset", "sitemapindex"]);
    let page = first_of(&["html", "!doctype html", "body", "head"]);
    // What a server says in HTML before the declaration is not the document.
    let root = feed.into_iter().chain(sitemap).min();
    let declared = head.find("<?xml").filter(|at| root.is_some_and(|root| *at < root));
    let page = page.filter(|page| declared.is_none_or(|at| at < *page));
    match (feed, sitemap, page) {
        (Some(at), _, page) if page.is_none_or(|p| at < p) => return Some(Sniffed::Feed),
        (_, Some(at), page) if page.is_none_or(|p| at < p) => return Some(Sniffed::Sitemap),
        (_, _, Some(_)) => return Some(Sniffed::Page),
        _ => {}
    }
    let brace = head.find(['{', '<']).filter(|at| head[*at..].starts_with('{'));
    let is_json_feed = brace.is_some() && (head.contains("jsonfeed.org") || head.contains("\"items\""));
    (is_json_feed || first_of(&["channel", "item", "entry"]).is_some()).then_some(Sniffed::Feed)
}

/// Whether a body is packed although no header says so.
pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The first `limit` bytes of what is packed. A stream that ends early or breaks still gave its beginning.
pub(crate) fn unpack(bytes: &[u8], limit: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    if let Err(why) = flate2::read::MultiGzDecoder::new(bytes).take(most).read_to_end(&mut out) {
        tracing::debug!(%why, "a packed body breaks off");
    }
    out
}

/// Whether an answer of this type is a page: `None` where only its bytes can tell.
pub(crate) fn is_html_answer(content_type: Option<&str>) -> Option<bool> {
    match media_type(content_type).to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" | "text/plain" => Some(true),
        "" | "application/octet-stream" | "application/xml" | "text/xml" | "unknown/unknown" => None,
        _ => Some(false),
    }
}

/// Whether bytes without a telling type are a page.
pub(crate) fn looks_like_html(bytes: &[u8]) -> bool {
    let head = ascii_head(bytes, 4096);
    ["!doctype html", "html", "head", "body", "article"].iter().any(|name| find_tag(&head, name).is_some())
}

/// A media type without parameters.
pub(crate) fn media_type(content_type: Option<&str>) -> &str {
    content_type.and_then(|c| c.split(';').next()).unwrap_or_default().trim()
}

/// The head in lower case, one character a byte; UTF-16 shows through without its zero bytes.
fn ascii_head(bytes: &[u8], limit: usize) -> String {
    let head = &bytes[..bytes.len().min(limit)];
    head.iter().filter(|b| **b != 0).map(|b| char::from(b.to_ascii_lowercase())).collect()
}

/// Where an element begins, whatever its prefix.
fn find_tag(head: &str, name: &str) -> Option<usize> {
    head.match_indices('<').map(|(at, _)| at).find(|at| {
        let tag = &head[at + 1..];
        let end =
            tag.find(|c: char| c.is_whitespace() && !name.contains(' ') || matches!(c, '>' | '/' | '<'));
        let tag = &tag[..end.unwrap_or(tag.len())];
        let local = tag.split_once(':').map_or(tag, |(_, local)| local);
        tag == name || local == name || (name.contains(' ') && tag.starts_with(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, kind: Option<&str>, expected: Sniffed) {
        assert_eq!(sniff(body.as_bytes(), kind), expected, "{body}");
    }

    #[test]
    fn bytes_win_over_labels() {
        check("<?xml version='1.0'?><rss version='2.0'><channel/></rss>", Some("text/html"), Sniffed::Feed);
        check("\n<feed xmlns='http://www.w3.org/2005/Atom'/>", Some("text/xml"), Sniffed::Feed);
        check("<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", None, Sniffed::Feed);
        check("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[]}", None, Sniffed::Feed);
        check("<?xml?><urlset xmlns='x'><url/></urlset>", Some("text/html"), Sniffed::Sitemap);
        check("<sitemapindex>", None, Sniffed::Sitemap);
        check("<!DOCTYPE html><html><feed></feed>", Some("application/rss+xml"), Sniffed::Page);
        check("", None, Sniffed::Page);
        check("oops", Some("application/rss+xml"), Sniffed::Feed);
        check("https://a.example/1\r\nhttps://a.example/2\n", Some("text/plain"), Sniffed::Sitemap);
        check("https://a.example/1 is where it was said", Some("text/plain"), Sniffed::Page);
    }

    #[test]
    fn packed_and_wide_bodies() {
        assert_eq!(sniff(&[0x1f, 0x8b, 8], None), Sniffed::Sitemap);
        let wide: Vec<u8> = "<rss version='2.0'>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(sniff(&wide, None), Sniffed::Feed);
    }

    #[test]
    fn types_that_are_pages() {
        let check = |kind, expected| assert_eq!(is_html_answer(kind), expected, "{kind:?}");
        check(Some("text/html; charset=utf-8"), Some(true));
        check(Some("application/pdf"), Some(false));
        check(Some("image/jpeg"), Some(false));
        check(None, None);
        assert!(looks_like_html(b"\n<!doctype HTML>") && !looks_like_html(b"%PDF-1.7"));
    }
}

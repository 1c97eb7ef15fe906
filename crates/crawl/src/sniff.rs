//! What a body is: a feed, a sitemap or a page, by its content type and, more trusted, its first bytes.
//! Servers label feeds as HTML and pages as XML, so what the bytes show wins.

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

/// Tells what a body is. Looks at its first 4 KiB; a gzip file is a sitemap, the only one so sent.
#[must_use]
pub fn sniff(bytes: &[u8], content_type: Option<&str>) -> Sniffed {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Sniffed::Sitemap;
    }
    let head = ascii_head(bytes, 4096);
    let kind = media_type(content_type).to_ascii_lowercase();
    let first_of = |names: &[&str]| names.iter().filter_map(|name| find_tag(&head, name)).min();
    let feed = first_of(&["rss", "feed", "rdf:rdf"]);
    let sitemap = first_of(&["urlset", "sitemapindex"]);
    let page = first_of(&["html", "!doctype html", "body", "head"]);
    match (feed, sitemap, page) {
        (Some(at), _, page) if page.is_none_or(|p| at < p) => return Sniffed::Feed,
        (_, Some(at), page) if page.is_none_or(|p| at < p) => return Sniffed::Sitemap,
        (_, _, Some(_)) => return Sniffed::Page,
        _ => {}
    }
    let is_json = head.trim_start().starts_with('{');
    if (is_json && (head.contains("jsonfeed.org") || head.contains("\"items\"")))
        || matches!(kind.as_str(), "application/rss+xml" | "application/atom+xml" | "application/feed+json")
        || first_of(&["channel", "item", "entry"]).is_some()
    {
        return Sniffed::Feed;
    }
    Sniffed::Page
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

fn find_tag(head: &str, name: &str) -> Option<usize> {
    head.match_indices('<').map(|(at, _)| at).find(|at| {
        head[at + 1..].strip_prefix(name).is_some_and(|rest| {
            rest.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '>' | '/'))
        })
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

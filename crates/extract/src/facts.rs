//! What a crawler wants to know of a page: its feeds and sitemaps, its links to articles, what it forbids.

use scraper::Html;
use url::Url;

use crate::dom::Dom;
use crate::meta::head::Head;
use crate::{MAX_BODY_BYTES, decode, links, sieve};

/// A link with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLink {
    /// Absolute address, fragment cut.
    pub url: String,
    /// The headline or link text.
    pub title: String,
}

/// What a page says to a crawler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// Feeds it announces (`rel=alternate` with a feed's media type), absolute.
    pub feeds: Vec<String>,
    /// Sitemaps it announces (`rel=sitemap`), absolute.
    pub sitemaps: Vec<String>,
    /// Links that look like articles of the same site, in page order, each address once.
    pub articles: Vec<PageLink>,
    /// Whether a robots meta element says `noindex`.
    pub noindex: bool,
    /// Text and data mining reserved by a `tdm-reservation` meta element.
    pub tdm_reserved: Option<bool>,
}

/// A page that was parsed: its tree, its declarations, and the address its links are relative to.
pub(crate) struct Opened<'o, 'a> {
    pub(crate) dom: &'o Dom<'a>,
    pub(crate) head: &'o Head<'a>,
    pub(crate) base: Url,
}

/// Parses a page and hands it to its reader.
pub(crate) fn opened<T>(
    body: &[u8],
    content_type: Option<&str>,
    url: &Url,
    read: impl FnOnce(&Opened<'_, '_>) -> T,
) -> T {
    let (text, _) = decode(&body[..body.len().min(MAX_BODY_BYTES)], content_type);
    let sieved = sieve::sieve(&text);
    let html = Html::parse_document(&sieved.html);
    let dom = Dom::new(&html);
    let head = Head::read(&dom);
    let base = head.base.and_then(|b| url.join(b).ok()).unwrap_or_else(|| url.clone());
    read(&Opened { dom: &dom, head: &head, base })
}

/// Reads what a crawler wants to know. Total: any bytes give facts, perhaps empty ones.
#[must_use]
pub fn read_page(body: &[u8], content_type: Option<&str>, url: &Url) -> PageFacts {
    opened(body, content_type, url, |page| facts(page, url))
}

fn facts(page: &Opened<'_, '_>, url: &Url) -> PageFacts {
    let (head, base) = (page.head, &page.base);
    let absolute = |href: &str| base.join(href.trim()).ok().map(|u| u.to_string());
    let robots = head.meta_of(&["robots"]).map(|(v, _)| v.to_ascii_lowercase()).unwrap_or_default();
    PageFacts {
        feeds: head
            .links
            .iter()
            .filter(|l| l.rel.contains("alternate") && is_feed(l.kind))
            .filter_map(|l| absolute(l.href))
            .collect(),
        sitemaps: head.links.iter().filter(|l| l.rel == "sitemap").filter_map(|l| absolute(l.href)).collect(),
        articles: links::articles(page.dom, base, url),
        noindex: robots.contains("noindex") || robots.split(',').any(|r| r.trim() == "none"),
        tdm_reserved: head.meta_of(&["tdm-reservation"]).and_then(|(v, _)| match v.trim() {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        }),
    }
}

fn is_feed(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.contains("rss") || kind.contains("atom") || kind.contains("feed+json") || kind == "application/json"
}

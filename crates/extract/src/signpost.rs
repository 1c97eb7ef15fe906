//! What a home page points at beside articles: its feeds, announced or merely linked, and its sections.
//!
//! For finding out about a site, once; a crawl reads [`read_page`](crate::read_page) instead. Invariant: nothing is
//! promised of an address named here, only that the page names it.

use url::Url;

use crate::dom::Tag;
use crate::facts::{Opened, PageLink, opened};
use crate::kind::is_of_house;
use crate::text::{fold, squeeze};

/// The longest name of a section, in words.
const SECTION_WORDS: usize = 4;
/// Folders in the address of a section page.
const SECTION_DEPTH: usize = 3;
/// Sections told, and feeds and pages of feeds of each kind: a page may link thousands.
const MOST_SECTIONS: usize = 60;
const MOST_FEEDS: usize = 200;

/// What a page says of its site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signposts {
    /// The site's name (`og:site_name`, else the title's).
    pub name: Option<String>,
    /// The language it declares, as written.
    pub language: Option<String>,
    /// The software that made it (`meta generator`), as written.
    pub generator: Option<String>,
    /// Feeds it announces, with the titles it gives them; those of comments are left out.
    pub feeds: Vec<PageLink>,
    /// Links that look like feeds, or that say they are.
    pub feed_links: Vec<PageLink>,
    /// Pages of the site that seem to speak of its feeds.
    pub feed_pages: Vec<String>,
    /// Links to its sections, in page order, each address once.
    pub sections: Vec<PageLink>,
}

/// Reads the signposts of a page. Total: any bytes give some, perhaps none.
#[must_use]
pub fn read_signposts(body: &[u8], content_type: Option<&str>, url: &Url) -> Signposts {
    opened(body, content_type, url, |page| signposts(page, url))
}

fn signposts(page: &Opened<'_, '_>, url: &Url) -> Signposts {
    let (dom, head) = (page.dom, page.head);
    let meta = |names: &[&'static str]| head.meta_of(names).map(|(text, _)| text);
    let mut found = Signposts {
        name: meta(&["og:site_name", "application-name"])
            .or_else(|| head.title.as_deref().and_then(outlet_in)),
        language: head.lang.map(str::to_owned).or_else(|| meta(&["og:locale"])),
        generator: meta(&["generator"]),
        ..Signposts::default()
    };
    for (i, node) in dom.nodes.iter().enumerate() {
        let Some(target) = node.attr("href").and_then(|href| page.base.join(href.trim()).ok()) else {
            continue;
        };
        match node.tag {
            Tag::Link => found.announced(node.attr("rel"), node.attr("type"), node.attr("title"), &target),
            Tag::A => {
                let words = squeeze(&dom.text(i));
                let words = if words.is_empty() {
                    node.attr("title").map(squeeze).unwrap_or_default()
                } else {
                    words
                };
                found.linked(target, words, url);
            }
            _ => {}
        }
    }
    found
}

impl Signposts {
    fn announced(&mut self, rel: Option<&str>, kind: Option<&str>, title: Option<&str>, target: &Url) {
        let is_alternate = rel.is_some_and(|rel| rel.to_ascii_lowercase().contains("alternate"));
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        let is_feed = kind.contains("rss") || kind.contains("atom") || kind.contains("feed+json");
        let title = squeeze(title.unwrap_or_default());
        if is_alternate && is_feed && !is_of_comments(target, &title) {
            add(&mut self.feeds, target, title);
        }
    }

    fn linked(&mut self, mut target: Url, words: String, home: &Url) {
        target.set_fragment(None);
        if !matches!(target.scheme(), "http" | "https") {
            return;
        }
        let is_here = bare_host(&target) == bare_host(home);
        if looks_like_feed(&target) {
            if !is_of_comments(&target, &words) {
                add(&mut self.feed_links, &target, words);
            }
        } else if is_here && speaks_of_feeds(&target, &words) {
            let address = target.to_string();
            let is_new = address != home.as_str() && !self.feed_pages.contains(&address);
            if is_new && self.feed_pages.len() < MOST_FEEDS {
                self.feed_pages.push(address);
            }
        } else if is_here && self.sections.len() < MOST_SECTIONS && is_section(&target, &words) {
            add(&mut self.sections, &target, words);
        }
    }
}

fn add(list: &mut Vec<PageLink>, target: &Url, title: String) {
    let url = target.to_string();
    if list.len() < MOST_FEEDS && list.iter().all(|known| known.url != url) {
        list.push(PageLink { url, title });
    }
}

fn bare_host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_start_matches("www.")
}

fn is_of_comments(target: &Url, title: &str) -> bool {
    let title = fold(title);
    target.path().contains("comment") || title.contains("comment") || title.contains("تعليق")
}

/// Whether an address is written as addresses of feeds are.
fn looks_like_feed(target: &Url) -> bool {
    let path = target.path().to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let (name, ending) = last.rsplit_once('.').unwrap_or((last, ""));
    let is_file = matches!(ending, "rss" | "atom" | "rdf")
        || matches!(ending, "xml" | "json" | "php")
            && ["rss", "feed", "atom", "backend", "syndication"].iter().any(|w| name.contains(w));
    let in_query = target.query_pairs().any(|(key, value)| {
        key == "feed"
            || (key == "format" || key == "type" || key == "page")
                && matches!(&*value, "rss" | "atom" | "feed" | "backend")
    });
    // `/rss/une.xml`: a file in a folder of feeds.
    let in_folder =
        ending == "xml" && path.split('/').rev().skip(1).any(|s| s == "rss" || s == "feeds" || s == "feed");
    is_file
        || in_folder
        || in_query
        || ending.is_empty() && matches!(last, "feed" | "rss2" | "atom" | "syndication")
        || path.contains("/outboundfeeds/")
}

/// Whether a link leads to a page that lists feeds: by its words, or by the last folder of its address.
fn speaks_of_feeds(target: &Url, words: &str) -> bool {
    let words = fold(words);
    let named =
        words.split(|c: char| !c.is_alphanumeric()).any(|w| w == "rss" || w == "flux" || w == "خلاصات");
    let last =
        target.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    (named && words.split(' ').count() <= 6)
        || matches!(&*last, "rss" | "flux-rss" | "rss-feeds" | "feeds" | "flux")
}

/// A short name over a shallow address without digits: a section, as far as an address can tell.
fn is_section(target: &Url, words: &str) -> bool {
    let segments: Vec<&str> = target.path().split('/').filter(|s| !s.is_empty()).collect();
    let count = words.split_whitespace().count();
    (1..=SECTION_DEPTH).contains(&segments.len())
        && (1..=SECTION_WORDS).contains(&count)
        && words.chars().count() <= 40
        && words.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !is_of_house(&fold(words))
        && target.query().is_none()
        && segments.iter().all(|s| s.len() <= 90 && s.matches('-').count() <= 3)
        && !segments.last().is_some_and(|s| s.contains('.') && !s.ends_with(".html") && !s.ends_with(".php"))
        && segments.iter().all(|s| s.bytes().filter(u8::is_ascii_digit).count() < 4 || s.starts_with('%'))
}

/// The outlet's part of a home page's title: what stands before the first separator.
fn outlet_in(title: &str) -> Option<String> {
    let first = title.split([':', '|', '–', '—', '•']).next()?.split(" - ").next()?.trim();
    (!first.is_empty() && first.chars().count() <= 50).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Signposts {
        read_signposts(
            html.as_bytes(),
            Some("text/html; charset=utf-8"),
            &Url::parse("https://www.vigie.example/").unwrap(),
        )
    }

    fn urls(links: &[PageLink]) -> Vec<&str> {
        links.iter().map(|link| link.url.as_str()).collect()
    }

    #[test]
    fn feeds_are_found_announced_and_linked() {
        let found = read(
            r#"<html lang="fr-MA"><head><title>La Vigie - le journal du détroit</title><meta name=generator content="WordPress 6.8">
            <link rel="alternate" type="application/rss+xml" title="La Vigie" href="/feed/">
            <link rel="alternate" type="application/rss+xml" title="La Vigie &raquo; Flux des commentaires" href="/comments/feed/">
            <link rel="alternate" hreflang="ar" href="https://ar.vigie.example/"></head><body>
            <a href="/sport/rss.xml">Sport</a> <a href="https://feeds.example/vigie?format=rss">fil</a>
            <a href="/flux-rss">Nos flux RSS</a> <a href="/le-rss-est-mort-et-puis-apres-1234.html">Le flux RSS est mort, et puis après ? Enquête</a></body></html>"#,
        );
        assert_eq!((found.name.as_deref(), found.language.as_deref()), (Some("La Vigie"), Some("fr-MA")));
        assert_eq!(found.generator.as_deref(), Some("WordPress 6.8"));
        assert_eq!(urls(&found.feeds), ["https://www.vigie.example/feed/"]);
        assert_eq!(
            urls(&found.feed_links),
            ["https://www.vigie.example/sport/rss.xml", "https://feeds.example/vigie?format=rss"]
        );
        assert_eq!(found.feed_pages, ["https://www.vigie.example/flux-rss"]);
    }

    #[test]
    fn sections_are_short_names_over_shallow_addresses() {
        let found = read(
            r#"<nav><a href="/">Accueil</a><a href="/politique">Politique</a><a href="https://vigie.example/rubrique/economie/">Économie</a>
            <a href="/politique#haut">Politique</a><a href="/الرياضة">الرياضة</a><a href="https://ailleurs.example/sport">Sport</a>
            <a href="/2026/10/07/un-pont">Un pont</a><a href="/a/le-vieux-pont-rouvre-enfin-au-public">Le pont</a>
            <a href="/contact">Contactez-nous</a><a href="/سياسة">سياسة الخصوصية</a><a href="/logo.png">Le logo</a><a href="/page?id=3">Page trois</a></nav>"#,
        );
        let names: Vec<_> = found.sections.iter().map(|section| section.title.as_str()).collect();
        assert_eq!(names, ["Politique", "Économie", "الرياضة"]);
    }

    #[test]
    fn a_page_of_thousands_of_feeds_is_told_in_part() {
        let links: String = (0..3000)
            .map(|n| format!("<a href=/f{n}/feed>f</a> <a href=/p{n}/flux-rss>nos flux RSS</a>"))
            .collect();
        let found = read(&links);
        assert_eq!((found.feed_links.len(), found.feed_pages.len()), (MOST_FEEDS, MOST_FEEDS));
    }

    #[test]
    fn addresses_of_feeds_are_known_by_how_they_are_written() {
        let check = |address: &str, expected| {
            assert_eq!(looks_like_feed(&Url::parse(address).unwrap()), expected, "{address}");
        };
        check("https://a.example/feed", true);
        check("https://a.example/sport/feed/", true);
        check("https://a.example/rss/une.xml", true);
        check("https://a.example/rss.xml", true);
        check("https://a.example/politique/rss_full.xml", true);
        check("https://a.example/spip.php?page=backend", true);
        check("https://a.example/?feed=rss2", true);
        check("https://a.example/xml/syndication.rss", true);
        check("https://a.example/arc/outboundfeeds/rss/?outputType=xml", true);
        check("https://a.example/rss", false);
        check("https://a.example/sitemap.xml", false);
        check("https://a.example/feedback", false);
    }
}

//! What a crawler wants to know of a page: its feeds and sitemaps, its links to articles, what it forbids.

use scraper::Html;
use url::Url;

use crate::dom::{Dom, Tag};
use crate::meta::head::Head;
use crate::role::{Reader, Roles};
use crate::text::squeeze;
use crate::{MAX_BODY_BYTES, decode, sieve};

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

/// Reads what a crawler wants to know. Total: any bytes give facts, perhaps empty ones.
#[must_use]
pub fn read_page(body: &[u8], content_type: Option<&str>, url: &Url) -> PageFacts {
    let (text, _) = decode(&body[..body.len().min(MAX_BODY_BYTES)], content_type);
    let sieved = sieve::sieve(&text);
    let html = Html::parse_document(&sieved.html);
    let dom = Dom::new(&html);
    let head = Head::read(&dom);
    let base = head.base.and_then(|b| url.join(b).ok()).unwrap_or_else(|| url.clone());
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
        articles: articles(&dom, &base, url),
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

fn articles(dom: &Dom<'_>, base: &Url, url: &Url) -> Vec<PageLink> {
    let roles = Reader::all(dom);
    let mut out: Vec<PageLink> = Vec::new();
    let mut seen = std::collections::HashMap::new();
    for (i, node) in dom.nodes.iter().enumerate().filter(|(_, n)| n.tag == Tag::A) {
        let Some(target) = node.attr("href").and_then(|h| base.join(h.trim()).ok()) else { continue };
        if !same_site(&target, url) || out.len() >= 2000 {
            continue;
        }
        let mut target = target;
        target.set_fragment(None);
        let title = title_of(dom, i);
        let furniture = dom.ancestors(i).take(20).any(|n| {
            roles[n].has(Roles(Roles::NAV.0 | Roles::COMMENTS.0 | Roles::TAGS.0))
                && !roles[n].has(Roles::TITLE)
        });
        let headed = dom.ancestors(i).take(4).any(|n| dom.nodes[n].heading().is_some());
        if !looks_like_article(&target, &title, furniture, headed) {
            continue;
        }
        let address = target.to_string();
        match seen.get(&address) {
            Some(&at) => {
                let known: &mut PageLink = &mut out[at];
                if title.chars().count() > known.title.chars().count() {
                    known.title = title;
                }
            }
            None => {
                seen.insert(address.clone(), out.len());
                out.push(PageLink { url: address, title });
            }
        }
    }
    out.retain(|link| link.title.chars().count() >= 8);
    out
}

fn title_of(dom: &Dom<'_>, link: usize) -> String {
    let node = &dom.nodes[link];
    let text = dom.text(link);
    if text.chars().count() >= 12 {
        return text;
    }
    let label = node.attr("aria-label").or_else(|| node.attr("title"));
    label.map(squeeze).filter(|l| l.len() > text.len()).unwrap_or(text)
}

fn same_site(target: &Url, url: &Url) -> bool {
    let strip = |host: Option<&str>| host.unwrap_or_default().trim_start_matches("www.").to_owned();
    let (a, b) = (strip(target.host_str()), strip(url.host_str()));
    matches!(target.scheme(), "http" | "https")
        && !a.is_empty()
        && (a == b || a.ends_with(&format!(".{b}")) || b.ends_with(&format!(".{a}")))
}

/// Whether an address and its link text are an article's: a long slug, an identifier or a date, words enough.
fn looks_like_article(url: &Url, title: &str, furniture: bool, headed: bool) -> bool {
    let path = url.path().to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let Some(last) = segments.last() else { return false };
    const NOT: &str = "tag tags author authors auteur category categorie page search recherche login newsletter \
        newsletters video videos vid%c3%a9o vid%c3%a9os podcast podcasts galerie gallery photos photo diaporama audio \
        contact about abonnement abonnements mentions-legales cookies privacy rss feed topic topics theme dossier \
        events event emissions %c3%a9missions nativeads sponsored brand organization services service info list";
    let barred = segments.iter().any(|s| NOT.split_ascii_whitespace().any(|n| n == *s));
    if barred || last.ends_with(".pdf") || url.query().is_some_and(|q| q.starts_with("share=")) {
        return false;
    }
    let hyphens = last.matches(['-', '_']).count();
    let digits = path.bytes().filter(u8::is_ascii_digit).count()
        + url.query().map_or(0, |q| q.bytes().filter(u8::is_ascii_digit).count());
    let encoded = last.matches('%').count() > 12;
    let words = title.split_whitespace().count();
    let address = usize::from(hyphens >= 3) * 2
        + usize::from(digits >= 4) * 2
        + usize::from(encoded) * 2
        + usize::from(segments.len() >= 3);
    let text = usize::from(words >= 4) * 2 + usize::from(headed) * 2;
    // A menu may hold headlines (a mega menu, a ticker): only plain ones are believed there.
    let plain = words >= 5 && address >= 3;
    address >= 2 && text >= 2 && (!furniture || plain || (headed && words >= 4))
}

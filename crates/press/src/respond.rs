//! From a request to an answer: which page stands at an address, and HTTP's part around it.
//!
//! Pure: the validators (`etag`, `last-modified`) are made from the page itself, so asking twice gives the
//! same bytes and asking with them gives 304.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::DateTime;
use kiosque_model::Rubrique;

use crate::outlet::{Article, Paper};
use crate::{Answer, Hour, Press, Request, calendar, feeds, pages};

/// A page before HTTP has touched it.
struct Content {
    media: &'static str,
    text: String,
    /// The charset the text is sent in.
    charset: String,
    /// The charset `content-type` names, if any.
    claimed: Option<String>,
    changed: Option<DateTime>,
}

pub(crate) fn respond(press: &Press, hour: Hour, request: &Request) -> Answer {
    let host = request.host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let Some(paper) = press.papers.iter().find(|paper| paper.host == host) else {
        return bare(404, 0);
    };
    let path = without_campaign(&request.target);
    if let Some(to) = paper.moved.get(&path) {
        let mut answer = bare(301, paper.delay_ms);
        answer.headers.insert("location".to_owned(), paper.url(to));
        return answer;
    }
    match content(press, paper, hour, &path) {
        Some(content) => finish(paper, request, &content),
        None => bare(404, paper.delay_ms),
    }
}

fn content(press: &Press, paper: &Paper, hour: Hour, path: &str) -> Option<Content> {
    if path == "/robots.txt" {
        return Some(Content::utf8("text/plain", robots(paper), None));
    }
    if path == paper.feed_path {
        let (media, text) = feeds::feed(paper, hour);
        return Some(Content::utf8(media, text, feeds::changed_at(paper, hour)));
    }
    if path == "/" {
        return Some(Content::page(paper, pages::listing(press, paper, hour, None), None));
    }
    if let Some(slug) = path.strip_prefix("/rubrique/") {
        let rubrique: Rubrique = slug.trim_end_matches('/').parse().ok()?;
        return Some(Content::page(paper, pages::listing(press, paper, hour, Some(rubrique)), None));
    }
    let (path, amp) = path.strip_suffix("amp/").map_or((path, false), |rest| (rest, true));
    let article = paper.out(hour).into_iter().find(|article| paper.path_of(article) == path)?;
    let layout = if amp { "amp.html" } else { pages::layout_of(paper) };
    let mut content = Content::page(paper, pages::article(press, paper, article, hour, layout), None);
    content.changed = Some(article.changed_at(hour));
    content.claim(article);
    Some(content)
}

impl Content {
    fn utf8(media: &'static str, text: String, changed: Option<DateTime>) -> Self {
        Self { media, text, charset: "utf-8".to_owned(), claimed: Some("utf-8".to_owned()), changed }
    }

    fn page(paper: &Paper, text: String, changed: Option<DateTime>) -> Self {
        let charset = paper.charset.clone();
        let claimed = paper.charset_in_header.then(|| charset.clone());
        Self { media: "text/html", text, charset, claimed, changed }
    }

    /// Lets a page name a charset it is not in.
    fn claim(&mut self, article: &Article) {
        if article.claims_charset.is_some() {
            self.claimed.clone_from(&article.claims_charset);
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let encoding = encoding_rs::Encoding::for_label(self.charset.as_bytes());
        encoding.map_or_else(|| self.text.clone().into_bytes(), |e| e.encode(&self.text).0.into_owned())
    }
}

fn finish(paper: &Paper, request: &Request, content: &Content) -> Answer {
    let body = content.bytes();
    let etag = format!("\"{:016x}\"", fnv1a(&body));
    let mut headers = BTreeMap::from([("etag".to_owned(), etag.clone())]);
    if let Some(changed) = content.changed {
        headers.insert("last-modified".to_owned(), calendar::http(changed));
    }
    if is_known(request, &etag, content.changed) {
        return Answer { status: 304, headers, body: Vec::new(), delay_ms: paper.delay_ms };
    }
    let charset = content.claimed.as_ref().map_or_else(String::new, |label| format!("; charset={label}"));
    headers.insert("content-type".to_owned(), format!("{}{charset}", content.media));
    let accepted = request.headers.get("accept-encoding").is_some_and(|codings| codings.contains("gzip"));
    if !(paper.gzip && accepted) {
        return Answer { status: 200, headers, body, delay_ms: paper.delay_ms };
    }
    headers.insert("content-encoding".to_owned(), "gzip".to_owned());
    headers.insert("vary".to_owned(), "accept-encoding".to_owned());
    Answer { status: 200, headers, body: compress(&body), delay_ms: paper.delay_ms }
}

/// RFC 9110 §13.2.2: an entity tag decides where there is one, else the date.
fn is_known(request: &Request, etag: &str, changed: Option<DateTime>) -> bool {
    if let Some(known) = request.headers.get("if-none-match") {
        return known.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag);
    }
    let since = request.headers.get("if-modified-since");
    since.zip(changed).is_some_and(|(since, changed)| calendar::not_before(since, changed))
}

fn compress(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("writing to memory cannot fail")
}

fn robots(paper: &Paper) -> String {
    let forbidden: String = paper.forbids.iter().map(|path| format!("Disallow: {path}\n")).collect();
    let sitemap = match paper.feed {
        crate::FeedKind::Sitemap => format!("\nSitemap: {}\n", paper.url(&paper.feed_path)),
        _ => String::new(),
    };
    format!("User-agent: *\nDisallow: /recherche\n{forbidden}{sitemap}")
}

fn bare(status: u16, delay_ms: u64) -> Answer {
    let headers = BTreeMap::from([("content-type".to_owned(), "text/html; charset=utf-8".to_owned())]);
    let words = if status == 404 { "Page introuvable" } else { "Page déplacée" };
    let body = format!("<!DOCTYPE html><title>{words}</title><h1>{words}</h1>\n").into_bytes();
    Answer { status, headers, body, delay_ms }
}

/// The target without campaign parameters, which change no page.
fn without_campaign(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("utm_")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// FNV-1a, 64 bits: an entity tag needs no more, and its value never changes with the toolchain.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

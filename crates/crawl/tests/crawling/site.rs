//! A web of invented hosts on one loopback socket, reached directly or as an HTTP proxy. It answers with raw
//! bytes, so that it can also lie, break off and never end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kiosque_crawl::{
    Agent, Crawler, Event, InMemory, Link, Memory, Outlet, OutletError, PageFacts, Reader, Report, Settings,
    Source,
};
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, Page, Reason};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How a body is sent.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    Whole,
    /// Half of what is announced, then the connection closes.
    Truncated,
    /// Without end.
    Endless,
    /// Nothing for long.
    Silent,
}

/// An answer.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    way: Way,
}

impl Reply {
    pub(crate) fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), way: Way::Whole }
    }

    pub(crate) fn html(body: &str) -> Self {
        Self::body("text/html; charset=utf-8", body.as_bytes())
    }

    pub(crate) fn body(kind: &str, body: &[u8]) -> Self {
        Self { body: body.to_vec(), ..Self::new(200).with("content-type", kind) }
    }

    pub(crate) fn to(place: &str) -> Self {
        Self::new(302).with("location", place)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn sent(self, way: Way) -> Self {
        Self { way, ..self }
    }
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `host/path?query`.
    pub(crate) address: String,
    pub(crate) head: String,
    pub(crate) at: Instant,
}

#[derive(Default)]
struct Web {
    replies: HashMap<String, Vec<Reply>>,
    seen: Vec<Seen>,
}

/// The web.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) authority: String,
    web: Arc<Mutex<Web>>,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self { authority: listener.local_addr().unwrap().to_string(), web: Arc::default() };
        let serving = site.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let site = serving.clone();
                tokio::spawn(async move { site.serve(stream).await });
            }
        });
        site
    }

    /// Sets what `host/path` answers: several replies are given in turn, the last for ever.
    pub(crate) fn set(&self, address: &str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        self.web.lock().unwrap().replies.insert(address.into(), replies.into_iter().collect());
        self
    }

    pub(crate) fn page(&self, address: &str, text: &str) -> &Self {
        self.set(address, [Reply::html(&format!("<html><body>{text}</body></html>"))])
    }

    /// An RSS feed at `address` of addresses and titles.
    pub(crate) fn feed(&self, address: &str, entries: &[(&str, &str)]) -> &Self {
        self.set(address, [Reply::body("application/rss+xml", rss(entries).as_bytes())])
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.web.lock().unwrap().seen.clone()
    }

    /// Addresses asked for since the last call, without the rules of hosts.
    pub(crate) fn asked(&self) -> Vec<String> {
        let seen = std::mem::take(&mut self.web.lock().unwrap().seen);
        let is_rule = |a: &str| a.ends_with("/robots.txt") || a.ends_with("/tdmrep.json");
        seen.into_iter().map(|s| s.address).filter(|a| !is_rule(a)).collect()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let target = head.split(' ').nth(1).unwrap();
        let host = header(&head, "host").unwrap_or_default();
        let address = target.strip_prefix("http://").map_or(format!("{host}{target}"), str::to_owned);
        let reply = {
            let mut web = self.web.lock().unwrap();
            web.seen.push(Seen { address: address.clone(), head: head.clone(), at: Instant::now() });
            match web.replies.get_mut(&address) {
                None => Reply::new(404),
                Some(replies) if replies.len() > 1 => replies.remove(0),
                Some(replies) => replies[0].clone(),
            }
        };
        // A client that hung up is part of some tests.
        let _ = answer(&mut stream, reply, &head).await;
    }
}

async fn answer(stream: &mut TcpStream, reply: Reply, head: &str) -> std::io::Result<()> {
    let value =
        |name: &str| reply.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.to_ascii_lowercase());
    let known = [("if-none-match", "etag"), ("if-modified-since", "last-modified")];
    let is_known =
        known.iter().any(|(asked, given)| header(head, asked).is_some_and(|v| value(given) == Some(v)));
    let status = if is_known { 304 } else { reply.status };
    let mut out = format!("HTTP/1.1 {status} x\r\nconnection: close\r\n");
    for (name, value) in &reply.headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    if reply.way == Way::Silent {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    if reply.way != Way::Endless && status != 304 {
        out.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    out.push_str("\r\n");
    stream.write_all(out.as_bytes()).await?;
    match reply.way {
        _ if status == 304 => Ok(()),
        Way::Truncated => stream.write_all(&reply.body[..reply.body.len() / 2]).await,
        Way::Endless => loop {
            stream.write_all(&[b'x'; 8192]).await?;
        },
        Way::Whole | Way::Silent => stream.write_all(&reply.body).await,
    }
}

/// A header of a request's head.
pub(crate) fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|l| l.strip_prefix(&format!("{name}: "))).map(str::to_owned)
}

pub(crate) fn rss(entries: &[(&str, &str)]) -> String {
    let items: String = entries
        .iter()
        .map(|(url, title)| format!("<item><title>{title}</title><link>http://{url}</link></item>"))
        .collect();
    format!("<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{items}</channel></rss>")
}

/// Keeps what is delivered.
#[derive(Default)]
pub(crate) struct Basket {
    pub(crate) pages: Mutex<Vec<Page>>,
    pub(crate) crumbs: Mutex<Vec<Breadcrumb>>,
}

impl Outlet for Basket {
    fn deliver(&self, pages: Vec<Page>, crumbs: Vec<Breadcrumb>) -> Result<(), OutletError> {
        self.pages.lock().unwrap().extend(pages);
        self.crumbs.lock().unwrap().extend(crumbs);
        Ok(())
    }
}

/// Finds what tests write as `feed:URL`, `map:URL` and `link:URL` in a body.
pub(crate) struct Words;

impl Reader for Words {
    fn read(&self, body: &[u8], _: Option<&str>, url: &Url) -> PageFacts {
        let text = String::from_utf8_lossy(body).into_owned();
        let all = |prefix: &str| -> Vec<String> {
            let words = text.split([' ', '<', '>']).filter_map(|w| w.strip_prefix(prefix));
            words.map(|w| url.join(w).unwrap().to_string()).collect()
        };
        let links = all("link:").into_iter().map(|url| Link { url, title: None }).collect();
        PageFacts { feeds: all("feed:"), sitemaps: all("map:"), links, ..PageFacts::default() }
    }
}

/// A crawler of that web with nothing to wait for.
pub(crate) struct Lab {
    pub(crate) site: Site,
    pub(crate) settings: Settings,
    pub(crate) memory: Arc<dyn Memory>,
    pub(crate) basket: Arc<Basket>,
    pub(crate) clock: Arc<Mutex<jiff::Timestamp>>,
}

impl Lab {
    pub(crate) async fn open() -> Self {
        let site = Site::open().await;
        let agent =
            Agent { product: "kiosque".into(), version: "0.1".into(), contact: "desk@a.example".into() };
        let settings = Settings {
            delay_ms: 0,
            jitter_ms: 0,
            retry_wait_ms: 1,
            proxy: Some(format!("http://{}", site.authority)),
            ..Settings::new(agent)
        };
        let clock = Arc::new(Mutex::new("2026-10-06T07:00:00Z".parse().unwrap()));
        Self { site, settings, memory: Arc::new(InMemory::default()), basket: Arc::default(), clock }
    }

    pub(crate) fn crawler(&self) -> Crawler {
        let clock = Arc::clone(&self.clock);
        let (memory, basket) = (Arc::clone(&self.memory), Arc::clone(&self.basket));
        Crawler::try_new(self.settings.clone(), memory, basket, Arc::new(Words))
            .unwrap()
            .with_clock(move || *clock.lock().unwrap())
    }

    pub(crate) fn pass(&self, time: jiff::SignedDuration) {
        let mut clock = self.clock.lock().unwrap();
        *clock = clock.checked_add(time).unwrap();
    }

    /// One visit by a crawler that remembers only what the memory does.
    pub(crate) async fn visit(&self, sources: &[Source]) -> Report {
        // No two visits begin at one moment.
        self.pass(jiff::SignedDuration::from_secs(1));
        self.crawler().visit_once(sources, &CancellationToken::new(), &|_: Event| {}).await
    }

    /// Visits one source: addresses and bodies of the pages it gave this time.
    pub(crate) async fn pages_of(&self, url: &str) -> Vec<String> {
        self.basket.pages.lock().unwrap().clear();
        let report = self.visit(&[Source::new("s", format!("http://{url}"))]).await;
        assert!(report.fault.is_none(), "{report:?}");
        let pages = self.basket.pages.lock().unwrap();
        let mut urls: Vec<_> = pages.iter().map(|p| p.url.trim_start_matches("http://").to_owned()).collect();
        urls.sort();
        urls
    }

    /// The last reason an address was dropped for, with its words.
    pub(crate) fn dropped(&self, address: &str) -> Option<(Reason, String)> {
        let crumbs = self.basket.crumbs.lock().unwrap();
        let last = crumbs.iter().rev().find(|c| c.url.as_str() == format!("http://{address}"))?;
        match last.outcome {
            BreadcrumbOutcome::Dropped(reason) => Some((reason, last.detail.clone().unwrap_or_default())),
            BreadcrumbOutcome::Forwarded | BreadcrumbOutcome::DeadLettered => None,
        }
    }
}

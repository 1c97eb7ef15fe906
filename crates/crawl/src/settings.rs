//! What the operator sets: who the crawler is, how patient, how large, how often.
//!
//! Plain fields without behaviour: the pipeline's file is validated by whoever reads it, before any connection
//! is tried. Defaults are those of a polite guest. Invariant: without a contact there is no crawler.

use ipnet::IpNet;
use kiosque_model::{Rubrique, SourceId};
use serde::{Deserialize, Serialize};

/// Who asks: the `User-Agent` is `product/version (+contact)`, and `product` alone is looked up in robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The product token of RFC 9309 §2.2.1: letters, `_` and `-`.
    pub product: String,
    /// Its version.
    pub version: String,
    /// An address where a publisher can read who this is or write to them: a URL or an e-mail. Mandatory.
    pub contact: String,
}

impl Agent {
    /// What is missing from this identity, `None` where a publisher can tell who asks and write to them.
    #[must_use]
    pub fn missing(&self) -> Option<&'static str> {
        let word =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !word(&self.product) {
            Some("a product token of letters, `-` and `_`")
        } else if !word(&self.version) {
            Some("a version")
        } else if !(self.contact.contains('@') || self.contact.contains("://")) {
            Some("a contact, a URL or an e-mail address")
        } else if !self.header().bytes().all(|b| (b' '..=b'~').contains(&b)) {
            Some("plain ASCII text")
        } else {
            None
        }
    }

    /// The `User-Agent` header.
    #[must_use]
    pub fn header(&self) -> String {
        format!("{}/{} (+{})", self.product, self.version, self.contact)
    }
}

/// How the crawler behaves towards all sources.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who asks.
    pub agent: Agent,
    /// Rest between two requests to one host, in milliseconds. A longer Crawl-delay of the host wins.
    pub delay_ms: u64,
    /// Up to so many milliseconds more, by chance, so that visits do not beat like a clock.
    pub jitter_ms: u64,
    /// The longest Crawl-delay that is obeyed as it stands, in milliseconds; longer ones count as this.
    pub max_crawl_delay_ms: u64,
    /// Time for one whole answer, in milliseconds.
    pub timeout_ms: u64,
    /// Time until an answer begins, in milliseconds.
    pub first_byte_ms: u64,
    /// The largest body taken, in bytes after content decoding.
    pub max_body_bytes: usize,
    /// Redirects followed for one address.
    pub max_redirects: usize,
    /// Answers read at the same time, each from another host.
    pub hosts_at_once: usize,
    /// Further tries after a passing failure (5xx, 429, time-out, broken connection).
    pub retries: u32,
    /// Wait before the first further try, in milliseconds; it doubles each time.
    pub retry_wait_ms: u64,
    /// The longest `Retry-After` that is waited for in place, in milliseconds; for a longer one, up to a day, the host is
    /// not asked at all and its pages stay owing.
    pub max_retry_after_ms: u64,
    /// HTTP proxy for all requests. It then resolves the names: of the guard against private networks only the
    /// part for addresses written as numbers remains here, the rest is the proxy's duty.
    pub proxy: Option<String>,
    /// Networks opened although they are private, e.g. `127.0.0.0/8` for a press of one's own.
    pub allow_private: Vec<IpNet>,
    /// Entries taken from one feed or sitemap, newest first as the publisher orders them.
    pub max_entries_per_source: usize,
    /// Documents (feeds, sitemaps, children of an index) read for one source in one visit.
    pub max_documents_per_source: usize,
    /// A page already fetched is asked for again, conditionally, while it is younger than this many hours
    /// (by its feed's date, else by when it was first fetched), so that corrections are noticed. An older
    /// one only when its entry (title, date) changed. 0 turns it off.
    pub recheck_within_hours: u32,
    /// In [`Crawler::run`](crate::Crawler::run), not more often than this, in minutes.
    pub recheck_every_minutes: u32,
    /// The shortest time between two visits of a source, in seconds.
    pub min_revisit_s: u64,
    /// The longest, in seconds.
    pub max_revisit_s: u64,
    /// An address that could not be had in so many visits is given up until its entry changes.
    pub give_up_after: u32,
    /// Whether `/.well-known/tdmrep.json` is asked for, once a host and day (W3C TDMRep).
    pub ask_tdmrep: bool,
}

impl Settings {
    /// The defaults for an agent.
    #[must_use]
    pub fn new(agent: Agent) -> Self {
        Self {
            agent,
            delay_ms: 1_000,
            jitter_ms: 250,
            max_crawl_delay_ms: 300_000,
            timeout_ms: 30_000,
            first_byte_ms: 15_000,
            max_body_bytes: 10 * 1024 * 1024,
            max_redirects: 10,
            hosts_at_once: 32,
            retries: 2,
            retry_wait_ms: 2_000,
            max_retry_after_ms: 120_000,
            proxy: None,
            allow_private: Vec::new(),
            max_entries_per_source: 1_000,
            max_documents_per_source: 50,
            recheck_within_hours: 48,
            recheck_every_minutes: 60,
            min_revisit_s: 300,
            max_revisit_s: 6 * 3600,
            give_up_after: 5,
            ask_tdmrep: true,
        }
    }
}

/// What stands at a source's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Whatever [`sniff`](crate::sniff) finds there.
    #[default]
    Auto,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or an index of sitemaps.
    Sitemap,
    /// A home or section page.
    Page,
}

/// One source of a pipeline.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name.
    pub id: SourceId,
    /// Its address.
    pub url: String,
    /// What stands there.
    pub kind: SourceKind,
    /// Another rest between requests than [`Settings::delay_ms`], in milliseconds.
    pub delay_ms: Option<u64>,
    /// Pages fetched in one visit; what remains is taken up by the next.
    pub max_pages: Option<usize>,
    /// The rubrique of all its address lists, where it is of one: it travels with every page as evidence.
    pub rubrique: Option<Rubrique>,
    /// Further lists of the same source, read in the same visit: feeds of its rubriques.
    pub feeds: Vec<SourceFeed>,
}

/// A further list of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFeed {
    /// Its address: a feed or a sitemap.
    pub url: String,
    /// The rubrique of what it lists.
    pub rubrique: Option<Rubrique>,
}

impl Source {
    /// A source with nothing special.
    pub fn new(id: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            id: SourceId(id.into()),
            url: url.into(),
            kind: SourceKind::Auto,
            delay_ms: None,
            max_pages: None,
            rubrique: None,
            feeds: Vec::new(),
        }
    }
}

//! A look at addresses outside any crawl: what answers there, and what their host allows.
//!
//! Invariant: the same manners as a crawl. All looks of one scout share their lanes, so a host is asked one thing
//! at a time with a rest in between, after its robots.txt, through the guard.

use std::sync::Arc;
use std::time::Duration;

use kiosque_model::Reason;
use reqwest::header;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::client::{Want, text};
use crate::error::CrawlError;
use crate::fetch::{Ask, Fetcher, Miss};
use crate::hosts::Permission;
use crate::memory::InMemory;
use crate::settings::Settings;

/// One address, fetched alone.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address after redirects.
    pub url: Url,
    /// Its HTTP status.
    pub status: u16,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// All response headers that are text, lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body, content coding undone, charset untouched.
    pub body: Vec<u8>,
    /// `Sitemap` lines of the host's robots.txt.
    pub sitemaps: Vec<String>,
    /// The robots.txt rule that allowed it, as in [`kiosque_model::FetchRecord`].
    pub robots: String,
    /// Text and data mining reserved, by header or by the host's file (TDMRep); `None` where neither says.
    pub tdm_reserved: Option<bool>,
    /// From the request to the last byte, in milliseconds.
    pub elapsed_ms: u64,
}

/// What a host says about being asked for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manners {
    /// Whether robots.txt allows it; `None` where the host cannot say for now.
    pub allowed: Option<bool>,
    /// The rule that decides, `no-robots-txt`, or why the host cannot say.
    pub rule: String,
    /// `Crawl-delay`, in milliseconds, as far as it is obeyed; 0 where there is none.
    pub crawl_delay_ms: u64,
    /// `Sitemap` lines.
    pub sitemaps: Vec<String>,
    /// What `/.well-known/tdmrep.json` says of it.
    pub tdm_reserved: Option<bool>,
}

/// Looks at addresses, politely.
pub struct Scout {
    fetcher: Fetcher,
}

impl Scout {
    /// Sets up the client; asks nothing of anybody.
    ///
    /// # Errors
    /// [`CrawlError::Agent`] and [`CrawlError::Client`] for wrong settings.
    pub fn try_new(settings: Settings) -> Result<Self, CrawlError> {
        Ok(Self { fetcher: Fetcher::try_new(settings, Arc::new(InMemory::default()))? })
    }

    /// Fetches one address.
    ///
    /// # Errors
    /// [`CrawlError::Fetch`] with the reason where there is no page.
    pub async fn fetch(&self, url: &str) -> Result<Fetched, CrawlError> {
        let fault = |reason, detail| CrawlError::Fetch { url: url.to_owned(), reason, detail };
        let address = Url::parse(url).map_err(|e| fault(Reason::RefusedAddress, e.to_string()))?;
        let ask = Ask { url: address, want: Want::Document, known: None, delay_ms: None, hops: 0 };
        let got = self.fetcher.fetch(&ask, &CancellationToken::new()).await.map_err(|miss| match miss {
            Miss::Dropped { reason, detail, .. } => fault(reason, detail),
            // Nobody stops it, and its territory is everywhere.
            Miss::Resting(why) => fault(Reason::Unreachable, why),
            Miss::Stopped | Miss::Elsewhere { .. } => fault(Reason::Unreachable, "stopped".into()),
            Miss::Fault(fault) => fault,
        })?;
        let sitemaps = self.fetcher.sitemaps_of(&got.url, None).await?;
        let headers = got.answer.headers.iter();
        Ok(Fetched {
            status: got.answer.status,
            content_type: text(&got.answer.headers, header::CONTENT_TYPE).map(str::to_owned),
            headers: headers
                .filter_map(|(n, v)| Some((n.to_string(), v.to_str().ok()?.to_owned())))
                .collect(),
            body: got.answer.body,
            url: got.url,
            sitemaps,
            robots: got.robots,
            tdm_reserved: got.tdm_reserved,
            elapsed_ms: got.answer.elapsed_ms,
        })
    }

    /// What the host of an address says about asking for it.
    ///
    /// # Errors
    /// [`CrawlError`] where the memory fails, which one in memory does not.
    pub async fn manners(&self, url: &Url) -> Result<Manners, CrawlError> {
        let rules = self.fetcher.rules_of(url).await?;
        let (allowed, rule) = match rules.permission(url) {
            Permission::Allowed(line) => (Some(true), line),
            Permission::Forbidden(line) => (Some(false), line),
            Permission::Unknown(_, why) | Permission::Awaited(why) => (None, why),
        };
        let most = Duration::from_millis(self.fetcher.settings.max_crawl_delay_ms);
        Ok(Manners {
            allowed,
            rule,
            crawl_delay_ms: u64::try_from(rules.crawl_delay(most).as_millis()).unwrap_or(u64::MAX),
            sitemaps: rules.sitemaps().to_vec(),
            tdm_reserved: rules.tdm_reserved(url),
        })
    }
}

/// Fetches one address with the same manners as a crawl: robots.txt, limits, guard, redirects.
///
/// # Errors
/// As [`Scout::try_new`] and [`Scout::fetch`].
pub async fn fetch_once(settings: Settings, url: &str) -> Result<Fetched, CrawlError> {
    Scout::try_new(settings)?.fetch(url).await
}

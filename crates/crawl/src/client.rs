//! One request, one answer, within limits of time and size. No redirect is followed here and nothing is tried
//! again: both are policy, and live in `fetch`.
//!
//! Invariant: an answer is whole or it is an error, but for rules, whose head is enough. A body shorter than announced, a broken compression and a
//! body over the limit never come out as a short page.

mod causes;
mod room;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::Reason;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Proxy, Response};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use crate::coding::{ACCEPTED, CodingError, undo_coding_of_head, unpacked};
use crate::error::CrawlError;
use crate::guard::{Guard, GuardedResolver};
use crate::settings::{Agent, Settings};
use crate::sniff::is_html_answer;
use crate::wire::Wire;
use causes::trouble;
pub(crate) use room::Held;
use room::{Room, SMALL_BYTES};

/// Sitemaps may be larger than pages: the protocol's own limit.
pub(crate) const MAX_DOCUMENT_BYTES: usize = 50 * 1024 * 1024;
/// Bodies of errors and redirects up to this size are read so that the connection can serve again.
const DRAINED_BYTES: u64 = 64 * 1024;

/// By how much a large body's place grows.
const GROWTH_BYTES: usize = 1024 * 1024;

/// How long a connection is kept for the next request to its host: over two rests, but never for long. Each holds on to
/// the buffers that its largest answer needed, and a catalogue has thousands of hosts.
const IDLE_LEAST: Duration = Duration::from_millis(500);
const IDLE_MOST: Duration = Duration::from_secs(30);

/// What a server gave to ask "has it changed?" with (RFC 9110 §8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<String>,
}

impl Validators {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self {
            etag: text(headers, header::ETAG).map(str::to_owned),
            last_modified: text(headers, header::LAST_MODIFIED).map(str::to_owned),
        }
    }
}

/// A header as text.
pub(crate) fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What is asked for: it decides which bodies are read, and up to which size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// A page: other content types are not read.
    Page,
    /// A feed, a sitemap, or whatever a source's address holds.
    Document,
    /// robots.txt and its like: the head is enough.
    Rules(usize),
}

/// An answer with its body undone of content coding. Only a 200 has one.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) elapsed_ms: u64,
    /// What went over the wire, for pages where that is kept.
    pub(crate) wire: Option<Wire>,
    /// The room a large body takes, until nobody holds it any more.
    pub(crate) room: [Held; 2],
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It may pass: worth another try.
    Passing(String),
    /// So may this, and nothing at all came from the host.
    Silent(String),
    /// Its certificate is not trusted: only its owner can mend that, so no second try at once.
    Untrusted(String),
    /// It will not.
    Lasting(Reason, String),
}

/// The one HTTP client: connections and TLS sessions are kept for all hosts.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    guard: Arc<Guard>,
    /// Sent with every request.
    headers: HeaderMap,
    first_byte: Duration,
    total: Duration,
    max_body_bytes: usize,
    /// Room for large bodies as sent, and for those that are unpacked.
    large: Room,
    unpacking: Room,
    /// Whether answers tell what went over the wire.
    pub(crate) keeps_exchanges: bool,
}

impl Client {
    pub(crate) fn try_new(settings: &Settings) -> Result<Self, CrawlError> {
        Self::trusting(settings, &[])
    }

    /// A client that trusts these roots besides the machine's own.
    fn trusting(settings: &Settings, roots: &[Certificate]) -> Result<Self, CrawlError> {
        check_agent(&settings.agent)?;
        let wrong = |e: &dyn std::fmt::Display| CrawlError::Client(e.to_string());
        let proxy = settings.proxy.as_deref().map(Url::parse).transpose().map_err(|e| wrong(&e))?;
        let guard = Arc::new(Guard::new(settings.allow_private.clone(), proxy.as_ref()));
        let mut accept = HeaderMap::new();
        let kinds =
            "text/html,application/xhtml+xml,application/xml;q=0.9,application/rss+xml;q=0.9,*/*;q=0.5";
        accept.insert(header::ACCEPT, HeaderValue::from_static(kinds));
        accept.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED));
        let named = HeaderValue::try_from(settings.agent.header()).map_err(|e| wrong(&e))?;
        accept.insert(header::USER_AGENT, named);
        let proxy = proxy.map(Proxy::all).transpose().map_err(|e| wrong(&e))?;
        let builder = || {
            let builder = reqwest::Client::builder()
                .default_headers(accept.clone())
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .no_proxy()
                .pool_max_idle_per_host(1)
                .pool_idle_timeout(idle(settings.delay_ms))
                .connect_timeout(Duration::from_millis(settings.first_byte_ms))
                .dns_resolver(GuardedResolver(Arc::clone(&guard)))
                .tls_certs_merge(roots.iter().cloned());
            proxy.iter().cloned().fold(builder, reqwest::ClientBuilder::proxy)
        };
        // A machine without root certificates can still read http; its https requests fail one by one.
        let http = builder().build().or_else(|why| {
            tracing::warn!(%why, "no root certificates: https will not be trusted");
            builder().tls_certs_only([]).build()
        });
        Ok(Self {
            http: http.map_err(|e| wrong(&e))?,
            guard,
            first_byte: Duration::from_millis(settings.first_byte_ms),
            total: Duration::from_millis(settings.timeout_ms),
            max_body_bytes: settings.max_body_bytes,
            headers: accept,
            large: Room::new(),
            unpacking: Room::new(),
            keeps_exchanges: false,
        })
    }

    /// Whether an address may be asked for at all.
    pub(crate) fn check(&self, url: &Url) -> Result<(), String> {
        self.guard.check_url(url)
    }

    /// Asks once.
    pub(crate) async fn get(
        &self,
        url: &Url,
        want: Want,
        known: Option<&Validators>,
    ) -> Result<Answer, Trouble> {
        self.check(url).map_err(|why| Trouble::Lasting(Reason::RefusedAddress, why))?;
        let mut asked = HeaderMap::new();
        for (name, value) in [
            (header::IF_NONE_MATCH, known.and_then(|k| k.etag.as_deref())),
            (header::IF_MODIFIED_SINCE, known.and_then(|k| k.last_modified.as_deref())),
        ] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                asked.insert(name, value);
            }
        }
        let request = self.http.get(url.clone()).headers(asked.clone());
        let start = Instant::now();
        let begun = timeout(self.first_byte.min(self.total), request.send()).await;
        let response = begun
            .map_err(|_| Trouble::Silent(late("no answer", self.first_byte)))?
            .map_err(|e| trouble(&e))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_kept = self.keeps_exchanges && want == Want::Page && status == 200;
        let mut wire = is_kept.then(|| {
            let sent = self.headers.iter().chain(&asked).map(|(name, value)| (name.clone(), value.clone()));
            Wire::new(url, &sent.collect(), &response)
        });
        let [mut sent, mut inner] = <[Held; 2]>::default();
        let mut deadline = start + self.total;
        let body = if status == 200 {
            self.body(response, want, &mut deadline, &mut sent).await?
        } else {
            if response.content_length().is_some_and(|n| n <= DRAINED_BYTES) {
                // Whether this body comes in whole changes nothing.
                let _ = timeout_at(deadline, response.bytes()).await;
            }
            Vec::new()
        };
        if let Some(wire) = &mut wire {
            wire.body.clone_from(&body);
        }
        let body = self.unpacked(body, want, &headers, &mut inner).await?;
        let kept = wire.as_ref().map_or(0, |wire| wire.body.len());
        sent.fit(kept.max(body.len()));
        inner.fit(body.len());
        let elapsed_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Answer { status, headers, body, elapsed_ms, wire, room: [sent, inner] })
    }

    /// The most that is taken of a body, as sent and as unpacked.
    fn limit(&self, want: Want) -> usize {
        match want {
            Want::Page => self.max_body_bytes,
            Want::Document => self.max_body_bytes.max(MAX_DOCUMENT_BYTES),
            Want::Rules(limit) => limit,
        }
    }

    /// The body without its coding. One that unpacks to a large one stays packed until there is room for it: those
    /// who wait for room hold little, and small ones do not wait behind large ones.
    async fn unpacked(
        &self,
        body: Vec<u8>,
        want: Want,
        headers: &HeaderMap,
        held: &mut Held,
    ) -> Result<Vec<u8>, Trouble> {
        let coding = text(headers, header::CONTENT_ENCODING);
        let limit = self.limit(want);
        let unpacked = if matches!(want, Want::Rules(_)) {
            // RFC 9309 §2.5: what stands behind the limit is not read, and no reason to have no rules.
            undo_coding_of_head(body, coding, limit)
        } else {
            let mut most = Room::enough_for(held).map_or(limit, |most| most.min(limit));
            let mut inner = unpacked(&body, coding, most);
            while most < limit && matches!(inner, Err(CodingError::TooLarge(_))) {
                self.unpacking.widen(held, most + 1).await;
                most = Room::enough_for(held).map_or(limit, |most| most.min(limit));
                inner = unpacked(&body, coding, most);
            }
            inner.map(|inner| inner.unwrap_or(body))
        };
        unpacked.map_err(|error| match error {
            CodingError::TooLarge(_) => Trouble::Lasting(Reason::TooLarge, error.to_string()),
            CodingError::Broken { .. } => Trouble::Passing(error.to_string()),
        })
    }

    /// The body as sent. While it waits for room, its time stands still.
    async fn body(
        &self,
        mut response: Response,
        want: Want,
        deadline: &mut Instant,
        held: &mut Held,
    ) -> Result<Vec<u8>, Trouble> {
        let limit = self.limit(want);
        if want == Want::Page {
            let kind = text(response.headers(), header::CONTENT_TYPE);
            if is_html_answer(kind) == Some(false) {
                return Err(Trouble::Lasting(
                    Reason::NotHtml,
                    format!("content type `{}`", kind.unwrap_or_default()),
                ));
            }
        }
        let announced = response.content_length().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        let too_large = || Trouble::Lasting(Reason::TooLarge, format!("more than {limit} bytes"));
        let whole_needed = !matches!(want, Want::Rules(_));
        if announced > limit && whole_needed {
            return Err(too_large());
        }
        let unfinished = || Trouble::Passing(late("unfinished", self.total));
        let mut body = Vec::with_capacity(announced.min(limit).min(SMALL_BYTES));
        loop {
            let chunk = timeout_at(*deadline, response.chunk()).await.map_err(|_| unfinished())?;
            let Some(chunk) = chunk.map_err(|e| trouble(&e))? else { break };
            if Room::is_short(held, body.len() + chunk.len()) {
                let since = Instant::now();
                self.large.widen(held, body.len() + chunk.len()).await;
                *deadline += since.elapsed();
                let whole = Room::enough_for(held).map_or(limit, |most| most.min(limit));
                body.reserve_exact(announced.min(whole).saturating_sub(body.len()));
            }
            if body.len() > SMALL_BYTES && body.len() + chunk.len() > body.capacity() {
                // Doubling would hold twice what came.
                body.reserve_exact(chunk.len().max(GROWTH_BYTES));
            }
            if body.len() + chunk.len() > limit {
                if whole_needed {
                    return Err(too_large());
                }
                body.extend_from_slice(&chunk[..limit - body.len()]);
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn idle(delay_ms: u64) -> Duration {
    IDLE_LEAST.saturating_add(Duration::from_millis(delay_ms.saturating_mul(2))).min(IDLE_MOST)
}

fn late(part: &str, limit: Duration) -> String {
    format!("{part} after {} ms", limit.as_millis())
}

fn check_agent(agent: &Agent) -> Result<(), CrawlError> {
    agent.missing().map_or(Ok(()), |missing| Err(CrawlError::Agent { agent: agent.header(), missing }))
}

/// How long a `Retry-After` asks to wait, in seconds or until a date (RFC 9110 §10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, header::RETRY_AFTER)?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

/// Headers kept with a page.
pub(crate) fn kept_headers(headers: &HeaderMap) -> std::collections::BTreeMap<String, String> {
    const KEPT: [HeaderName; 6] = [
        header::LAST_MODIFIED,
        header::ETAG,
        header::CONTENT_LANGUAGE,
        header::LINK,
        header::DATE,
        header::EXPIRES,
    ];
    let others = ["x-robots-tag", "tdm-reservation", "tdm-policy"].map(HeaderName::from_static);
    KEPT.iter()
        .chain(&others)
        .filter_map(|name| Some((name.as_str().to_owned(), text(headers, name)?.to_owned())))
        .collect()
}

#[cfg(test)]
mod tls;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_without_contact_is_refused() {
        let check = |product: &str, contact: &str, ok: bool| {
            let agent = Agent { product: product.into(), version: "1.0".into(), contact: contact.into() };
            assert_eq!(Client::try_new(&Settings::new(agent)).is_ok(), ok, "{product} {contact}");
        };
        check("kiosque", "https://a.example/bot", true);
        check("kiosque", "desk@a.example", true);
        check("kiosque", "", false);
        check("my bot", "desk@a.example", false);
        check("kiosque", "desk@a.example\n", false);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-10-06T07:00:00Z".parse().unwrap();
        let check = |value: &'static str, expected: Option<u64>| {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static(value))]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{value}");
        };
        check("120", Some(120));
        check("Tue, 06 Oct 2026 07:01:00 GMT", Some(60));
        check("Tue, 06 Oct 2026 06:01:00 GMT", Some(0));
        check("soon", None);
    }
}

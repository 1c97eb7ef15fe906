//! Asking for one address with good manners: robots.txt first, a turn in the host's lane, redirects by hand,
//! tries again where it may help.
//!
//! Invariant: every hop of a redirect passes the guard, the target's robots.txt and the target's lane, like an
//! address of its own. No request leaves for a site that is not ours: who owns it is asked when the turn has come.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::Reason;
use rand::Rng as _;
use reqwest::header::{self, HeaderMap};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::client::{Answer, Client, Trouble, Validators, Want, retry_after, text};
use crate::error::CrawlError;
use crate::handover::Handover;
use crate::hosts::{HostRules, Permission, RuleBook};
use crate::lane::{Lanes, authority};
use crate::memory::Memory;
use crate::outlet::Outlet;
use crate::settings::Settings;
use crate::silent::Silent;
use crate::territory::{Everywhere, Territory, site_of};

/// Tells the time; tests bring their own.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What is asked for and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) url: Url,
    pub(crate) want: Want,
    /// What the address that finally answered gave last time.
    pub(crate) known: Option<(String, Validators)>,
    /// The source's own rest between requests.
    pub(crate) delay_ms: Option<u64>,
    /// Redirects that others followed before.
    pub(crate) hops: usize,
}

/// An answer of status 200 or 304.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) url: Url,
    pub(crate) answer: Answer,
    pub(crate) robots: String,
    pub(crate) tdm_reserved: Option<bool>,
}

/// Why there is none.
#[derive(Debug)]
pub(crate) enum Miss {
    /// For a reason of this address.
    Dropped {
        reason: Reason,
        detail: String,
        /// Whether it is worth asking again on another visit.
        passing: bool,
    },
    /// The address, or where it is redirected to, is another crawler's.
    Elsewhere {
        url: Url,
        /// Redirects followed so far.
        hops: usize,
    },
    /// It was not asked for: the crawl is to stop.
    Stopped,
    /// It was not asked for: its host did not answer before and rests, or its rules are awaited; in words.
    Resting(String),
    /// The crawl cannot go on.
    Fault(CrawlError),
}

impl Miss {
    fn lasting(reason: Reason, detail: impl Into<String>) -> Self {
        Self::Dropped { reason, detail: detail.into(), passing: false }
    }

    fn passing(detail: impl Into<String>) -> Self {
        Self::Dropped { reason: Reason::Unreachable, detail: detail.into(), passing: true }
    }
}

/// What one hop led to.
enum Hop {
    Here(Box<Answer>),
    There(Url),
    /// The site went to another crawler meanwhile.
    Elsewhere,
}

/// Fetches politely.
pub(crate) struct Fetcher {
    pub(crate) settings: Settings,
    client: Client,
    lanes: Arc<Lanes>,
    rules: RuleBook,
    territory: Arc<dyn Territory>,
    silent: Silent,
    pub(crate) clock: Clock,
}

impl Fetcher {
    pub(crate) fn try_new(settings: Settings, memory: Arc<dyn Memory>) -> Result<Self, CrawlError> {
        let client = Client::try_new(&settings)?;
        let lanes = Arc::new(Lanes::new(settings.hosts_at_once));
        let territory: Arc<dyn Territory> = Arc::new(Everywhere);
        let rules = RuleBook {
            client: client.clone(),
            lanes: Arc::clone(&lanes),
            memory,
            territory: Arc::clone(&territory),
            outlet: None,
            agent: settings.agent.product.clone(),
            ask_tdmrep: settings.ask_tdmrep,
            max_crawl_delay: Duration::from_millis(settings.max_crawl_delay_ms),
            retries: settings.retries,
            retry_wait: Duration::from_millis(settings.retry_wait_ms),
            cells: std::sync::Mutex::default(),
        };
        let clock: Clock = Arc::new(Timestamp::now);
        Ok(Self { settings, client, lanes, rules, territory, silent: Silent::default(), clock })
    }

    /// Keeps what goes over the wire for pages.
    pub(crate) fn keep_exchanges(&mut self) {
        self.client.keeps_exchanges = true;
    }

    /// Asks nothing of sites outside `territory`; errands for rules that lie there go out by `outlet`.
    pub(crate) fn keep_to(&mut self, territory: Arc<dyn Territory>, outlet: Arc<dyn Outlet>) {
        (self.rules.territory, self.rules.outlet) = (Arc::clone(&territory), Some(outlet));
        self.territory = territory;
    }

    /// Whether a site is ours at this moment.
    pub(crate) fn owns(&self, site: &str) -> bool {
        self.territory.owns(site)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The `Sitemap` lines of a host.
    pub(crate) async fn sitemaps_of(
        &self,
        url: &Url,
        delay_ms: Option<u64>,
    ) -> Result<Vec<String>, CrawlError> {
        let rules = self.rules.of(url, self.rest(delay_ms), self.now()).await?;
        Ok(rules.sitemaps().to_vec())
    }

    /// The rules of an address' host.
    pub(crate) async fn rules_of(&self, url: &Url) -> Result<Arc<HostRules>, CrawlError> {
        self.rules.of(url, self.rest(None), self.now()).await
    }

    /// Does an errand for the rules of a host; gives what is to be handed over in turn.
    pub(crate) async fn rules_errand(&self, lead: &Handover) -> Result<Option<Handover>, CrawlError> {
        self.rules.run_errand(lead, self.rest(None), self.now()).await
    }

    /// Asks for an address; gives up at once when the crawl is to stop.
    pub(crate) async fn fetch(&self, ask: &Ask, stop: &CancellationToken) -> Result<Got, Miss> {
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(Miss::Stopped),
            got = self.follow(ask) => got,
        }
    }

    async fn follow(&self, ask: &Ask) -> Result<Got, Miss> {
        let mut url = ask.url.clone();
        let mut seen: Vec<String> = Vec::new();
        loop {
            url.set_fragment(None);
            if seen.iter().any(|s| s == url.as_str()) {
                return Err(Miss::lasting(Reason::Redirects, format!("a circle at `{url}`")));
            }
            let hops = ask.hops.saturating_add(seen.len());
            if hops > self.settings.max_redirects {
                let limit = self.settings.max_redirects;
                return Err(Miss::lasting(Reason::Redirects, format!("more than {limit}, last to `{url}`")));
            }
            self.client.check(&url).map_err(|why| Miss::lasting(Reason::RefusedAddress, why))?;
            if !self.owns(&site_of(&url)) {
                return Err(Miss::Elsewhere { url, hops });
            }
            self.is_awake(&url, ask.want)?;
            seen.push(url.to_string());
            let (rules, robots) = self.permission(&url, ask).await?;
            match self.hop(&url, ask, &rules).await? {
                Hop::There(next) => url = next,
                Hop::Elsewhere => return Err(Miss::Elsewhere { url, hops }),
                Hop::Here(answer) => {
                    let answer = *answer;
                    let stated = tdm_header(&answer.headers);
                    let tdm_reserved = stated.or_else(|| rules.tdm_reserved(&url));
                    return Ok(Got { url, answer, robots, tdm_reserved });
                }
            }
        }
    }

    /// A host that rests is not asked: its pages stay owing, and a list waits for its next turn.
    fn is_awake(&self, url: &Url, want: Want) -> Result<(), Miss> {
        let Some(why) = self.silent.rests(&authority(url), self.now()) else { return Ok(()) };
        Err(if want == Want::Page { Miss::Resting(why) } else { Miss::passing(why) })
    }

    async fn permission(&self, url: &Url, ask: &Ask) -> Result<(Arc<HostRules>, String), Miss> {
        let rest = self.rest(ask.delay_ms);
        let rules = self.rules.of(url, rest, self.now()).await.map_err(Miss::Fault)?;
        match rules.permission(url) {
            Permission::Allowed(line) => Ok((rules, line)),
            Permission::Forbidden(line) => Err(Miss::lasting(Reason::Robots, line)),
            Permission::Unknown(Reason::RefusedAddress, why) => {
                Err(Miss::lasting(Reason::RefusedAddress, why))
            }
            Permission::Awaited(why) if ask.want == Want::Page => Err(Miss::Resting(why)),
            Permission::Awaited(why) | Permission::Unknown(_, why) => Err(Miss::passing(why)),
        }
    }

    /// One address, tried until it answers or there is no hope in this visit.
    async fn hop(&self, url: &Url, ask: &Ask, rules: &HostRules) -> Result<Hop, Miss> {
        let known = ask.known.as_ref().filter(|(of, _)| of == url.as_str()).map(|(_, v)| v);
        let most = Duration::from_millis(self.settings.max_crawl_delay_ms);
        let rest = self.rest(ask.delay_ms).max(rules.crawl_delay(most));
        let mut wait = Duration::from_millis(self.settings.retry_wait_ms);
        let mut tries_left = self.settings.retries;
        loop {
            let mut turn = self.lanes.turn(url, rest).await;
            // The one before may have heard that the host wants to be left alone.
            self.is_awake(url, ask.want)?;
            if !self.owns(&site_of(url)) {
                return Ok(Hop::Elsewhere);
            }
            // Thousands of visits wait for a turn, and few have one: only those hold what a request needs.
            let answer = Box::pin(self.client.get(url, ask.want, known)).await;
            let is_silent = matches!(answer, Err(Trouble::Silent(_)));
            if !is_silent && !matches!(answer, Err(Trouble::Untrusted(_))) {
                self.silent.answered(&authority(url));
            }
            let (asked_to_wait, why) = match answer {
                Ok(answer) if is_passing(answer.status) => {
                    let asked = retry_after(&answer.headers, self.now());
                    (asked, format!("status {}", answer.status))
                }
                Ok(answer) => return settle(url, answer),
                Err(Trouble::Lasting(reason, detail)) => return Err(Miss::lasting(reason, detail)),
                Err(Trouble::Untrusted(detail)) => {
                    self.silent.failed(&authority(url), self.now());
                    return Err(Miss::passing(detail));
                }
                Err(Trouble::Passing(detail) | Trouble::Silent(detail)) => (None, detail),
            };
            let most = Duration::from_millis(self.settings.max_retry_after_ms);
            let asked = asked_to_wait.unwrap_or_default();
            // What a host asks for holds for all of it, not for this address alone.
            if asked > most {
                self.silent.asked(&authority(url), asked, self.now());
            } else {
                turn.leave_alone(asked);
            }
            drop(turn);
            tracing::debug!(%url, why, tries_left, "no answer");
            if tries_left == 0 || asked > most {
                if is_silent {
                    self.silent.failed(&authority(url), self.now());
                }
                return Err(Miss::passing(why));
            }
            tries_left -= 1;
            tokio::time::sleep(wait.max(asked)).await;
            wait *= 2;
        }
    }

    /// The rest between two requests to a host that is set, and a little by chance.
    fn rest(&self, delay_ms: Option<u64>) -> Duration {
        let set = delay_ms.unwrap_or(self.settings.delay_ms);
        let jitter = rand::rng().random_range(0..=self.settings.jitter_ms.min(set));
        Duration::from_millis(set.saturating_add(jitter))
    }
}

/// Statuses that may be another one soon.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=530)
}

fn settle(url: &Url, answer: Answer) -> Result<Hop, Miss> {
    match answer.status {
        200 | 304 => Ok(Hop::Here(Box::new(answer))),
        301 | 302 | 303 | 307 | 308 => {
            let place = text(&answer.headers, header::LOCATION);
            let next = place.and_then(|place| url.join(place).ok());
            next.map(Hop::There).ok_or_else(|| {
                Miss::lasting(Reason::Redirects, format!("status {} without a place to go", answer.status))
            })
        }
        404 | 410 => Err(Miss::lasting(Reason::NotFound, format!("status {}", answer.status))),
        status => Err(Miss::lasting(Reason::HttpStatus, format!("status {status}"))),
    }
}

/// The `TDM-Reservation` header (W3C TDMRep): 1 is reserved.
pub(crate) fn tdm_header(headers: &HeaderMap) -> Option<bool> {
    match text(headers, "tdm-reservation")?.trim() {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

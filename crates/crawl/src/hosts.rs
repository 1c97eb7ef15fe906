//! The rules of each host: robots.txt (RFC 9309) and the reservation of text and data mining (W3C TDMRep),
//! fetched once a day, kept in memory across restarts.
//!
//! Invariant: nothing is fetched from a host before its robots.txt was, and a host whose robots.txt answers
//! with an error of its own is left alone until it does not (§2.3.1.4). 4xx means there are no rules. Rules that lie,
//! by a redirect, on another crawler's site are asked for by that one (see `ruling`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kiosque_model::Reason;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex as AsyncMutex;
use url::Url;

use crate::client::{Client, Trouble, Want, text};
use crate::error::CrawlError;
use crate::handover::{Handover, RobotsFile};
use crate::lane::{Lanes, authority};
use crate::memory::{Memory, MemoryError};
use crate::outlet::Outlet;
use crate::robots::{MAX_ROBOTS_BYTES, Pattern, Robots, legible, path_of};
use crate::ruling::request;
use crate::territory::{Territory, site_of};

/// RFC 9309 §2.4: not kept longer than a day.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// When a host that could not say its rules is asked again, and another crawler that did not bring them.
const KEPT_FAILURE: SignedDuration = SignedDuration::from_mins(10);
/// RFC 9309 §2.3.1.2: at least five hops.
const MAX_HOPS: usize = 5;
/// Above so many hosts the oldest knowledge is dropped from the process; the memory has it.
const MAX_HOSTS: usize = 4096;

/// What is kept of a host.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) at: Timestamp,
    pub(crate) robots: RobotsFile,
    #[serde(default)]
    pub(crate) tdmrep: Option<String>,
    /// Whether another crawler was asked to bring them.
    #[serde(default)]
    pub(crate) awaited: bool,
}

/// The rules of one host, ready for use.
#[derive(Debug)]
pub(crate) struct HostRules {
    until: Timestamp,
    robots: Option<Robots>,
    failed: Option<(Reason, String)>,
    awaited: bool,
    tdm: Vec<(Pattern, bool)>,
}

/// What the rules say about one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Permission {
    /// It may be fetched; the rule, in words for the record.
    Allowed(String),
    /// A line forbids it.
    Forbidden(String),
    /// The host cannot say at this time, or may not be asked.
    Unknown(Reason, String),
    /// Another crawler was asked to bring the rules.
    Awaited(String),
}

impl HostRules {
    pub(crate) fn permission(&self, url: &Url) -> Permission {
        if let Some((reason, why)) = &self.failed {
            let why = format!("robots.txt: {why}");
            return if self.awaited { Permission::Awaited(why) } else { Permission::Unknown(*reason, why) };
        }
        let Some(robots) = &self.robots else { return Permission::Allowed("no-robots-txt".into()) };
        let verdict = robots.verdict(url.as_str());
        match (verdict.allowed, verdict.line) {
            (true, line) => Permission::Allowed(line.unwrap_or_else(|| "allowed".into())),
            (false, line) => Permission::Forbidden(line.unwrap_or_default()),
        }
    }

    /// `Crawl-delay`, as far as it is obeyed; zero where there is none.
    pub(crate) fn crawl_delay(&self, most: Duration) -> Duration {
        let stated = self.robots.as_ref().and_then(|r| r.crawl_delay);
        stated.map_or(Duration::ZERO, |s| Duration::try_from_secs_f64(s).unwrap_or(most).min(most))
    }

    /// `Sitemap` lines.
    pub(crate) fn sitemaps(&self) -> &[String] {
        self.robots.as_ref().map_or(&[], |r| &r.sitemaps)
    }

    /// What tdmrep.json says about an address: the first location that matches.
    pub(crate) fn tdm_reserved(&self, url: &Url) -> Option<bool> {
        let path = path_of(url.as_str());
        self.tdm.iter().find(|(location, _)| location.matches(&path)).map(|(_, reserved)| *reserved)
    }

    pub(crate) fn new(kept: &Kept, agent: &str) -> Self {
        let (robots, failed) = match &kept.robots {
            RobotsFile::Absent => (None, None),
            RobotsFile::Failed(why) => (None, Some((Reason::Unreachable, why.clone()))),
            RobotsFile::Refused(why) => (None, Some((Reason::RefusedAddress, why.clone()))),
            RobotsFile::File(text) => (Some(Robots::parse(text.as_bytes(), agent)), None),
        };
        let awaited = kept.awaited;
        let is_short = failed.is_some() || awaited;
        let until = kept.at.checked_add(if is_short { KEPT_FAILURE } else { KEPT }).unwrap_or(kept.at);
        Self {
            until,
            robots,
            failed,
            awaited,
            tdm: kept.tdmrep.as_deref().map(tdm_locations).unwrap_or_default(),
        }
    }
}

/// Reads `/.well-known/tdmrep.json`: an array of `{"location": "/path*", "tdm-reservation": 0 or 1}`.
fn tdm_locations(json: &str) -> Vec<(Pattern, bool)> {
    let Ok(serde_json::Value::Array(rules)) = serde_json::from_str(json) else { return Vec::new() };
    rules
        .iter()
        .filter_map(|rule| {
            let location = rule.get("location")?.as_str()?;
            let reserved = rule.get("tdm-reservation")?.as_i64()? == 1;
            Some((Pattern::new(location.as_bytes()), reserved))
        })
        .collect()
}

pub(crate) type Cell = Arc<AsyncMutex<Option<Arc<HostRules>>>>;

/// Where something lies.
pub(crate) enum Whereabouts<T> {
    Here(T),
    /// On the site of another crawler, after so many redirects in all.
    There {
        url: Url,
        hops: usize,
    },
}

/// All hosts' rules.
pub(crate) struct RuleBook {
    pub(crate) client: Client,
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) memory: Arc<dyn Memory>,
    pub(crate) territory: Arc<dyn Territory>,
    /// Where errands go out to other crawlers, where there are any.
    pub(crate) outlet: Option<Arc<dyn Outlet>>,
    pub(crate) agent: String,
    pub(crate) ask_tdmrep: bool,
    pub(crate) max_crawl_delay: Duration,
    /// Further tries for robots.txt, and the wait before the first; it doubles.
    pub(crate) retries: u32,
    pub(crate) retry_wait: Duration,
    pub(crate) cells: Mutex<HashMap<String, Cell>>,
}

impl RuleBook {
    /// The rules of the host of `url` at `now`; fetched where they are not known or too old, by one of those
    /// who ask while the others wait.
    pub(crate) async fn of(
        &self,
        url: &Url,
        rest: Duration,
        now: Timestamp,
    ) -> Result<Arc<HostRules>, CrawlError> {
        let origin = origin_of(url);
        let cell = self.cell(&origin);
        let mut rules = cell.lock().await;
        if let Some(rules) = rules.as_ref().filter(|r| now < r.until) {
            return Ok(Arc::clone(rules));
        }
        let before = self.kept(&origin)?;
        if let Some(kept) = &before {
            let known = HostRules::new(kept, &self.agent);
            if now < known.until {
                return Ok(Arc::clone(rules.insert(Arc::new(known))));
            }
        }
        let (kept, errand) = self.ask(url, rest, now, before).await;
        self.keep(&origin, &kept, errand).await?;
        Ok(Arc::clone(rules.insert(Arc::new(HostRules::new(&kept, &self.agent)))))
    }

    pub(crate) fn cell(&self, origin: &str) -> Cell {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if cells.len() > MAX_HOSTS {
            cells.retain(|_, cell| Arc::strong_count(cell) > 1);
        }
        Arc::clone(cells.entry(origin.to_owned()).or_default())
    }

    /// What the memory has of a host, however old.
    pub(crate) fn kept(&self, origin: &str) -> Result<Option<Kept>, MemoryError> {
        Ok(self.memory.get(&host_key(origin))?.and_then(|v| serde_json::from_slice(&v).ok()))
    }

    /// Remembers what is known of a host, once the errand for the rest of it is under way.
    pub(crate) async fn keep(
        &self,
        origin: &str,
        kept: &Kept,
        errand: Option<Handover>,
    ) -> Result<(), CrawlError> {
        let entry = (host_key(origin), serde_json::to_vec(kept).expect("strings and times"));
        let (memory, outlet) = (Arc::clone(&self.memory), self.outlet.clone());
        let work = move || -> Result<(), CrawlError> {
            if let (Some(outlet), Some(errand)) = (outlet, errand) {
                outlet.hand_over(vec![errand])?;
            }
            Ok(memory.put(&[entry])?)
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| MemoryError(e.to_string()))?
    }

    async fn ask(
        &self,
        url: &Url,
        rest: Duration,
        now: Timestamp,
        before: Option<Kept>,
    ) -> (Kept, Option<Handover>) {
        let place = url.join("/robots.txt").expect("an absolute path joins any http address");
        let (found, errand) = match self.robots_at(place, 0, rest).await {
            Whereabouts::Here(found) => (found, None),
            Whereabouts::There { url: there, hops } => match request(&origin_of(url), &there, hops, now) {
                Some(errand) => {
                    let why =
                        format!("it lies at `{there}`; the crawler that visits that site was asked for it");
                    (RobotsFile::Failed(why), Some(errand))
                }
                None => (RobotsFile::Refused(format!("`{there}` is no address of the web")), None),
            },
        };
        let mut kept =
            Kept { at: now, robots: upheld(found, before), tdmrep: None, awaited: errand.is_some() };
        kept.tdmrep = self.tdmrep(url, rest, &kept).await;
        (kept, errand)
    }

    /// The host's file of reservations, where its rules let it be asked for.
    pub(crate) async fn tdmrep(&self, url: &Url, rest: Duration, kept: &Kept) -> Option<String> {
        let place = url.join("/.well-known/tdmrep.json").expect("an absolute path joins any http address");
        let open = HostRules::new(kept, &self.agent);
        if !self.ask_tdmrep || !matches!(open.permission(&place), Permission::Allowed(_)) {
            return None;
        }
        let rest = rest.max(open.crawl_delay(self.max_crawl_delay));
        match self.document(place, 0, rest).await {
            Ok(Whereabouts::Here(file)) => file.and_then(|body| String::from_utf8(body).ok()),
            // Reservations are looked for on their own host; only rules are worth an errand.
            Ok(Whereabouts::There { .. }) | Err(_) => None,
        }
    }

    /// What stands at an address of rules, tried until the host says or there is no hope for now. `hops` redirects led
    /// there.
    pub(crate) async fn robots_at(&self, url: Url, hops: usize, rest: Duration) -> Whereabouts<RobotsFile> {
        let mut answer = self.document(url.clone(), hops, rest).await;
        for try_number in 0..self.retries {
            if !matches!(answer, Err(Trouble::Passing(_) | Trouble::Silent(_))) {
                break;
            }
            tokio::time::sleep(self.retry_wait * 2u32.saturating_pow(try_number)).await;
            answer = self.document(url.clone(), hops, rest).await;
        }
        Whereabouts::Here(match answer {
            Ok(Whereabouts::There { url, hops }) => return Whereabouts::There { url, hops },
            Ok(Whereabouts::Here(Some(body))) => RobotsFile::File(legible(&body)),
            Ok(Whereabouts::Here(None)) => RobotsFile::Absent,
            Err(Trouble::Lasting(Reason::RefusedAddress, why)) => RobotsFile::Refused(why),
            Err(
                Trouble::Lasting(_, why)
                | Trouble::Passing(why)
                | Trouble::Silent(why)
                | Trouble::Untrusted(why),
            ) => RobotsFile::Failed(why),
        })
    }

    /// One file of rules: `None` where there is none, an error where the host cannot say. Redirects are followed to
    /// where another crawler's territory begins.
    async fn document(
        &self,
        mut url: Url,
        mut hops: usize,
        rest: Duration,
    ) -> Result<Whereabouts<Option<Vec<u8>>>, Trouble> {
        while hops <= MAX_HOPS {
            let turn = self.lanes.turn(&url, rest.max(self.known_delay(&url))).await;
            let answer = Box::pin(self.client.get(&url, Want::Rules(MAX_ROBOTS_BYTES), None)).await;
            drop(turn);
            let answer = answer?;
            match answer.status {
                200 => return Ok(Whereabouts::Here(Some(answer.body))),
                301 | 302 | 303 | 307 | 308 => {
                    let place = text(&answer.headers, reqwest::header::LOCATION);
                    let Some(next) = place.and_then(|place| url.join(place).ok()) else { break };
                    (url, hops) = (next, hops + 1);
                    if !self.territory.owns(&site_of(&url)) {
                        return Ok(Whereabouts::There { url, hops });
                    }
                }
                429 | 500.. => {
                    return Err(Trouble::Passing(format!("`{url}` answers {}", answer.status)));
                }
                _ => break,
            }
        }
        Ok(Whereabouts::Here(None))
    }

    /// The rest a host wants by rules that were read before: a redirect leads to it without reading them.
    fn known_delay(&self, url: &Url) -> Duration {
        let kept = self.kept(&origin_of(url)).ok().flatten();
        kept.map_or(Duration::ZERO, |kept| {
            HostRules::new(&kept, &self.agent).crawl_delay(self.max_crawl_delay)
        })
    }
}

/// Rules that were read once hold on while the host cannot say new ones (RFC 9309 §2.4).
pub(crate) fn upheld(found: RobotsFile, before: Option<Kept>) -> RobotsFile {
    match (found, before) {
        (
            RobotsFile::Failed(_) | RobotsFile::Refused(_),
            Some(Kept { robots: old @ RobotsFile::File(_), .. }),
        ) => old,
        (found, _) => found,
    }
}

/// Scheme and authority: what one robots.txt speaks for.
pub(crate) fn origin_of(url: &Url) -> String {
    format!("{}://{}", url.scheme(), authority(url))
}

fn host_key(origin: &str) -> String {
    format!("host:{origin}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(robots: RobotsFile, tdmrep: Option<&str>) -> HostRules {
        let at = "2026-10-06T07:00:00Z".parse().unwrap();
        let kept = Kept { at, robots, tdmrep: tdmrep.map(str::to_owned), awaited: false };
        HostRules::new(&kept, "kiosque")
    }

    #[test]
    fn says_which_rule_decided() {
        let check = |robots, expected| {
            let url = Url::parse("http://a.example/x/1").unwrap();
            assert_eq!(rules(robots, None).permission(&url), expected);
        };
        check(RobotsFile::Absent, Permission::Allowed("no-robots-txt".into()));
        check(RobotsFile::File(String::new()), Permission::Allowed("allowed".into()));
        let file = |line: &str| RobotsFile::File(format!("user-agent: *\n{line}\n"));
        check(file("disallow: /x"), Permission::Forbidden("Disallow: /x".into()));
        check(file("allow: /x"), Permission::Allowed("Allow: /x".into()));
        check(
            RobotsFile::Failed("503".into()),
            Permission::Unknown(Reason::Unreachable, "robots.txt: 503".into()),
        );
    }

    #[test]
    fn reservation_is_by_location() {
        let json = r#"[{"location":"/open/*","tdm-reservation":0},{"location":"/*","tdm-reservation":1}]"#;
        let rules = rules(RobotsFile::Absent, Some(json));
        let of =
            |path: &str| rules.tdm_reserved(&Url::parse("http://a.example").unwrap().join(path).unwrap());
        assert_eq!((of("/open/1"), of("/x")), (Some(false), Some(true)));
        assert!(tdm_locations("no json").is_empty());
    }
}

//! The rules of each host: robots.txt (RFC 9309) and the reservation of text and data mining (W3C TDMRep),
//! fetched once a day, kept in memory across restarts.
//!
//! Invariant: nothing is fetched from a host before its robots.txt was, and a host whose robots.txt answers
//! with an error of its own is left alone until it does not (§2.3.1.4). 4xx means there are no rules.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kiosque_model::Reason;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex as AsyncMutex;
use url::Url;

use crate::client::{Client, Trouble, Want, text};
use crate::lane::{Lanes, authority};
use crate::memory::{Memory, MemoryError};
use crate::robots::{MAX_ROBOTS_BYTES, Pattern, Robots, path_of};
use crate::territory::{Territory, site_of};

/// RFC 9309 §2.4: not kept longer than a day.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// When a host that could not say its rules is asked again.
const KEPT_FAILURE: SignedDuration = SignedDuration::from_mins(10);
/// RFC 9309 §2.3.1.2: at least five hops.
const MAX_HOPS: usize = 5;
/// Above so many hosts the oldest knowledge is dropped from the process; the memory has it.
const MAX_HOSTS: usize = 4096;

/// What is kept of a host.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    at: Timestamp,
    robots: KeptRobots,
    #[serde(default)]
    tdmrep: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptRobots {
    /// The server has none.
    Absent,
    /// It could not say, for this reason.
    Failed(String),
    /// It is at an address we do not connect to.
    Refused(String),
    File(String),
}

/// The rules of one host, ready for use.
#[derive(Debug)]
pub(crate) struct HostRules {
    until: Timestamp,
    robots: Option<Robots>,
    failed: Option<(Reason, String)>,
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
}

impl HostRules {
    pub(crate) fn permission(&self, url: &Url) -> Permission {
        if let Some((reason, why)) = &self.failed {
            return Permission::Unknown(*reason, format!("robots.txt: {why}"));
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

    fn new(kept: &Kept, agent: &str) -> Self {
        let (robots, failed) = match &kept.robots {
            KeptRobots::Absent => (None, None),
            KeptRobots::Failed(why) => (None, Some((Reason::Unreachable, why.clone()))),
            KeptRobots::Refused(why) => (None, Some((Reason::RefusedAddress, why.clone()))),
            KeptRobots::File(text) => (Some(Robots::parse(text.as_bytes(), agent)), None),
        };
        let until =
            kept.at.checked_add(if failed.is_some() { KEPT_FAILURE } else { KEPT }).unwrap_or(kept.at);
        Self { until, robots, failed, tdm: kept.tdmrep.as_deref().map(tdm_locations).unwrap_or_default() }
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

type Cell = Arc<AsyncMutex<Option<Arc<HostRules>>>>;

/// All hosts' rules.
pub(crate) struct RuleBook {
    pub(crate) client: Client,
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) memory: Arc<dyn Memory>,
    pub(crate) territory: Arc<dyn Territory>,
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
    ) -> Result<Arc<HostRules>, MemoryError> {
        let origin = format!("{}://{}", url.scheme(), authority(url));
        let cell = {
            let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
            if cells.len() > MAX_HOSTS {
                cells.retain(|_, cell| Arc::strong_count(cell) > 1);
            }
            Arc::clone(cells.entry(origin.clone()).or_default())
        };
        let mut rules = cell.lock().await;
        if let Some(rules) = rules.as_ref().filter(|r| now < r.until) {
            return Ok(Arc::clone(rules));
        }
        let key = format!("host:{origin}");
        let before: Option<Kept> = self.memory.get(&key)?.and_then(|v| serde_json::from_slice(&v).ok());
        if let Some(kept) = &before {
            let known = HostRules::new(kept, &self.agent);
            if now < known.until {
                return Ok(Arc::clone(rules.insert(Arc::new(known))));
            }
        }
        let kept = self.ask(url, rest, now, before).await;
        let entry = (key, serde_json::to_vec(&kept).expect("strings and times"));
        let memory = Arc::clone(&self.memory);
        let written = tokio::task::spawn_blocking(move || memory.put(&[entry])).await;
        written.map_err(|e| MemoryError(e.to_string()))??;
        Ok(Arc::clone(rules.insert(Arc::new(HostRules::new(&kept, &self.agent)))))
    }

    async fn ask(&self, url: &Url, rest: Duration, now: Timestamp, before: Option<Kept>) -> Kept {
        let at = |path: &str| url.join(path).expect("an absolute path joins any http address");
        let mut answer = self.document(at("/robots.txt"), rest).await;
        for try_number in 0..self.retries {
            if !matches!(answer, Err(Trouble::Passing(_) | Trouble::Silent(_))) {
                break;
            }
            tokio::time::sleep(self.retry_wait * 2u32.saturating_pow(try_number)).await;
            answer = self.document(at("/robots.txt"), rest).await;
        }
        let robots = match answer {
            Ok(Some(body)) => KeptRobots::File(String::from_utf8_lossy(&body).into_owned()),
            Ok(None) => KeptRobots::Absent,
            // Rules that were read once hold on while the host cannot say new ones (§2.4).
            Err(trouble) => match (before, trouble) {
                (Some(Kept { robots: robots @ KeptRobots::File(_), .. }), _) => robots,
                (_, Trouble::Lasting(Reason::RefusedAddress, why)) => KeptRobots::Refused(why),
                (
                    _,
                    Trouble::Lasting(_, why)
                    | Trouble::Passing(why)
                    | Trouble::Silent(why)
                    | Trouble::Untrusted(why),
                ) => KeptRobots::Failed(why),
            },
        };
        let mut kept = Kept { at: now, robots, tdmrep: None };
        if self.ask_tdmrep {
            let place = at("/.well-known/tdmrep.json");
            let open = HostRules::new(&kept, &self.agent);
            if matches!(open.permission(&place), Permission::Allowed(_)) {
                let file = self
                    .document(place, rest.max(open.crawl_delay(self.max_crawl_delay)))
                    .await
                    .ok()
                    .flatten();
                kept.tdmrep = file.and_then(|body| String::from_utf8(body).ok());
            }
        }
        kept
    }

    /// One file of rules: `None` where there is none, an error where the host cannot say.
    async fn document(&self, mut url: Url, rest: Duration) -> Result<Option<Vec<u8>>, Trouble> {
        for _ in 0..=MAX_HOPS {
            let turn = self.lanes.turn(&url, rest).await;
            let answer = self.client.get(&url, Want::Rules(MAX_ROBOTS_BYTES), None).await;
            drop(turn);
            let answer = answer?;
            match answer.status {
                200 => return Ok(Some(answer.body)),
                301 | 302 | 303 | 307 | 308 => {
                    let place = text(&answer.headers, reqwest::header::LOCATION);
                    match place.and_then(|place| url.join(place).ok()) {
                        // Rules that cannot be read may forbid: the host is left alone.
                        Some(next) if !self.territory.owns(&site_of(&next)) => {
                            let why = format!("it lies at `{next}`, which another crawler visits");
                            return Err(Trouble::Lasting(Reason::Unreachable, why));
                        }
                        Some(next) => url = next,
                        None => return Ok(None),
                    }
                }
                429 | 500.. => {
                    return Err(Trouble::Passing(format!("`{url}` answers {}", answer.status)));
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(robots: KeptRobots, tdmrep: Option<&str>) -> HostRules {
        let at = "2026-10-06T07:00:00Z".parse().unwrap();
        HostRules::new(&Kept { at, robots, tdmrep: tdmrep.map(str::to_owned) }, "kiosque")
    }

    #[test]
    fn says_which_rule_decided() {
        let check = |robots, expected| {
            let url = Url::parse("http://a.example/x/1").unwrap();
            assert_eq!(rules(robots, None).permission(&url), expected);
        };
        check(KeptRobots::Absent, Permission::Allowed("no-robots-txt".into()));
        check(KeptRobots::File(String::new()), Permission::Allowed("allowed".into()));
        let file = |line: &str| KeptRobots::File(format!("user-agent: *\n{line}\n"));
        check(file("disallow: /x"), Permission::Forbidden("Disallow: /x".into()));
        check(file("allow: /x"), Permission::Allowed("Allow: /x".into()));
        check(
            KeptRobots::Failed("503".into()),
            Permission::Unknown(Reason::Unreachable, "robots.txt: 503".into()),
        );
    }

    #[test]
    fn reservation_is_by_location() {
        let json = r#"[{"location":"/open/*","tdm-reservation":0},{"location":"/*","tdm-reservation":1}]"#;
        let rules = rules(KeptRobots::Absent, Some(json));
        let of =
            |path: &str| rules.tdm_reserved(&Url::parse("http://a.example").unwrap().join(path).unwrap());
        assert_eq!((of("/open/1"), of("/x")), (Some(false), Some(true)));
        assert!(tdm_locations("no json").is_empty());
    }
}

//! What is remembered of pages, documents and sources, and the one rule that decides whether a known page is
//! asked for again.

use jiff::{SignedDuration, Timestamp};
use kiosque_model::{CanonicalUrl, FeedHint, PageId, Published, Reason, SourceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::client::Validators;
use crate::memory::{Memory, MemoryError};
use crate::quiet::Quiet;
use crate::settings::Settings;

/// Spellings of one entry that are known at once: two feeds may name one page differently.
const MARKS: usize = 4;
/// A page that was refused for a lasting reason is asked for again after this long, while it is recent.
const RETRY_DROPPED: SignedDuration = SignedDuration::from_hours(24);

/// An address that may lead to an article, and what was said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lead {
    pub(crate) url: String,
    pub(crate) canonical: CanonicalUrl,
    #[serde(default)]
    pub(crate) hint: FeedHint,
    #[serde(default)]
    pub(crate) modified: Option<Published>,
}

impl Lead {
    /// A hash of what an editor changes when a page is corrected: title and dates (FNV-1a).
    fn mark(&self) -> u64 {
        let dates =
            [self.hint.published, self.modified].map(|d| d.map(|d| d.to_string()).unwrap_or_default());
        let words = [self.hint.title.as_deref().unwrap_or_default(), &dates[0], &dates[1]].join("\n");
        words.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// What is remembered of a page, under the id of the address that led to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PageMemo {
    /// When it was first asked for.
    pub(crate) first: Timestamp,
    /// When it was last asked for.
    pub(crate) asked: Timestamp,
    /// Where it was found in the end.
    #[serde(default)]
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) validators: Validators,
    /// XXH3-128 of the body, in hex: for servers without validators.
    #[serde(default)]
    pub(crate) hash: Option<String>,
    /// Why there was no page.
    #[serde(default)]
    pub(crate) dropped: Option<Reason>,
    /// Visits in a row that failed for a passing reason.
    #[serde(default)]
    pub(crate) failures: u32,
    /// Whether its host rested when it was to be asked for last.
    #[serde(default)]
    pub(crate) resting: bool,
    #[serde(default)]
    marks: Vec<u64>,
}

impl PageMemo {
    /// The memo of a page asked for now, carrying on what was known.
    pub(crate) fn next(before: Option<&Self>, lead: &Lead, now: Timestamp) -> Self {
        let fresh = || Self {
            first: now,
            asked: now,
            url: String::new(),
            validators: Validators::default(),
            hash: None,
            dropped: None,
            failures: 0,
            resting: false,
            marks: Vec::new(),
        };
        let mut memo = before.cloned().unwrap_or_else(fresh);
        (memo.asked, memo.resting) = (now, false);
        let mark = lead.mark();
        if !memo.marks.contains(&mark) {
            memo.marks.truncate(MARKS - 1);
            memo.marks.insert(0, mark);
        }
        memo
    }

    /// Whether the last thing known is that it could not be had, for now.
    pub(crate) fn is_failing(&self) -> bool {
        self.failures > 0 || self.resting
    }
}

/// Whether corrections of a page are still looked for.
pub(crate) fn is_recent(lead: &Lead, first: Timestamp, now: Timestamp, settings: &Settings) -> bool {
    let since = match lead.hint.published {
        Some(Published::Moment(at, _)) => at,
        Some(Published::Day(day)) => {
            // The whole day counts, wherever it was.
            day.at(23, 59, 59, 0).in_tz("UTC").map_or(first, |z| z.timestamp())
        }
        None => first,
    };
    let window = SignedDuration::from_hours(i64::from(settings.recheck_within_hours));
    now.duration_since(since) < window
}

/// How often known pages are asked for again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// One deliberate visit, begun then: everything recent once.
    Once(Timestamp),
    /// For ever: not more often than set.
    Steady,
}

/// Whether an address is asked for: new ones, those owed from a failure, those whose entry changed, and recent
/// ones for their corrections.
pub(crate) fn is_wanted(
    memo: Option<&PageMemo>,
    lead: &Lead,
    now: Timestamp,
    pace: Pace,
    settings: &Settings,
) -> bool {
    let Some(memo) = memo else { return true };
    let changed = !memo.marks.contains(&lead.mark());
    if let Pace::Once(begun) = pace
        && memo.asked >= begun
    {
        return false;
    }
    if changed {
        return true;
    }
    if memo.is_failing() {
        return memo.failures < settings.give_up_after;
    }
    let rest = match (pace, memo.dropped) {
        (_, Some(_)) => RETRY_DROPPED,
        (Pace::Once(_), None) => SignedDuration::ZERO,
        (Pace::Steady, None) => SignedDuration::from_mins(i64::from(settings.recheck_every_minutes)),
    };
    is_recent(lead, memo.first, now, settings) && now.duration_since(memo.asked) >= rest
}

/// What is remembered of a feed or sitemap.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DocumentMemo {
    pub(crate) url: String,
    pub(crate) validators: Validators,
    /// What an index said of it.
    #[serde(default)]
    pub(crate) modified: Option<Published>,
}

/// What is remembered of a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SourceMemo {
    /// Seconds between visits, from its own rhythm.
    pub(crate) interval_s: u64,
    pub(crate) next_visit: Option<Timestamp>,
    pub(crate) last_visit: Option<Timestamp>,
    /// When it last gave a page.
    pub(crate) last_new: Option<Timestamp>,
    /// Its state after the last visit, in words.
    pub(crate) state: String,
    /// Feeds or sitemaps found on its page, and when.
    pub(crate) found: Vec<String>,
    pub(crate) found_at: Option<Timestamp>,
    /// How long its feeds ask to be left alone, in seconds, and when they want no visit.
    pub(crate) rest_s: u64,
    pub(crate) quiet: Quiet,
    /// Recent pages, to look for corrections while the feed itself says "not modified".
    pub(crate) recent: Vec<Lead>,
}

pub(crate) fn page_key(id: &PageId) -> String {
    format!("page:{id}")
}

/// Under this a page of another crawler is remembered as handed over, so that it is handed over again only when
/// it would be asked for again. Not under its own key: should the site become ours, nothing of it counts as fetched.
pub(crate) fn handed_key(id: &PageId) -> String {
    format!("handed:{id}")
}

/// What the keys of addresses begin with that others handed over and that could not be had for now.
pub(crate) const OWED_PREFIX: &str = "owed:";

pub(crate) fn owed_key(id: &PageId) -> String {
    format!("{OWED_PREFIX}{id}")
}

/// A list that was handed over is remembered apart from its source, which is another crawler's.
pub(crate) fn listing_key(id: &SourceId, url: &str) -> String {
    format!("listing:{id}:{url}")
}

pub(crate) fn document_key(url: &str) -> String {
    format!("document:{url}")
}

/// What the keys of sources begin with.
pub(crate) const SOURCE_PREFIX: &str = "source:";

pub(crate) fn source_key(id: &SourceId) -> String {
    format!("{SOURCE_PREFIX}{id}")
}

/// Reads a memo; one that cannot be read (of another version) is as if it were not there.
pub(crate) fn recall<T: DeserializeOwned>(memory: &dyn Memory, key: &str) -> Result<Option<T>, MemoryError> {
    Ok(memory.get(key)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

pub(crate) fn entry<T: Serialize>(key: String, memo: &T) -> (String, Vec<u8>) {
    (key, serde_json::to_vec(memo).expect("memos have string keys"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Agent;

    fn settings() -> Settings {
        Settings::new(Agent { product: "k".into(), version: "1".into(), contact: "k@a.example".into() })
    }

    fn lead(title: &str, published: Option<&str>) -> Lead {
        Lead {
            url: "http://a.example/1".into(),
            canonical: CanonicalUrl::parse("http://a.example/1").unwrap(),
            hint: FeedHint {
                title: Some(title.into()),
                published: published.map(|p| p.parse().unwrap()),
                ..FeedHint::default()
            },
            modified: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_asked_for_again() {
        let asked = at("2026-10-06T08:00:00Z");
        let known = lead("a", Some("2026-10-06T07:00:00Z"));
        let memo = PageMemo::next(None, &known, asked);
        let dropped = PageMemo { dropped: Some(Reason::NotFound), ..memo.clone() };
        let failing = PageMemo { failures: 1, ..memo.clone() };
        let given_up = PageMemo { failures: 5, ..memo.clone() };
        let check = |memo: Option<&PageMemo>, lead: &Lead, now: &str, pace: Pace, wanted: bool| {
            assert_eq!(is_wanted(memo, lead, at(now), pace, &settings()), wanted, "{memo:?} {now} {pace:?}");
        };
        let once = |begun: &str| Pace::Once(at(begun));
        check(None, &known, "2026-10-06T08:00:00Z", Pace::Steady, true);
        check(Some(&memo), &known, "2026-10-06T08:30:00Z", Pace::Steady, false);
        check(Some(&memo), &known, "2026-10-06T09:30:00Z", Pace::Steady, true);
        check(Some(&memo), &known, "2026-10-06T08:30:00Z", once("2026-10-06T08:29:00Z"), true);
        check(Some(&memo), &known, "2026-10-06T08:00:01Z", once("2026-10-06T07:59:00Z"), false);
        check(Some(&memo), &known, "2026-10-09T08:00:00Z", Pace::Steady, false);
        check(
            Some(&memo),
            &lead("b", Some("2026-10-06T07:00:00Z")),
            "2026-10-09T08:00:00Z",
            Pace::Steady,
            true,
        );
        check(Some(&dropped), &known, "2026-10-06T20:00:00Z", Pace::Steady, false);
        check(Some(&dropped), &known, "2026-10-07T20:00:00Z", Pace::Steady, true);
        check(Some(&failing), &known, "2026-10-26T08:00:00Z", Pace::Steady, true);
        check(Some(&given_up), &known, "2026-10-26T08:00:00Z", Pace::Steady, false);
    }

    #[test]
    fn a_page_without_date_is_recent_from_when_it_was_first_seen() {
        let first = at("2026-10-06T08:00:00Z");
        let check = |published, now: &str, recent| {
            assert_eq!(
                is_recent(&lead("a", published), first, at(now), &settings()),
                recent,
                "{published:?} {now}"
            );
        };
        check(None, "2026-10-07T08:00:00Z", true);
        check(None, "2026-10-08T09:00:00Z", false);
        check(Some("2026-10-01"), "2026-10-07T08:00:00Z", false);
        check(Some("2026-10-06"), "2026-10-08T20:00:00Z", true);
    }

    #[test]
    fn two_spellings_of_an_entry_are_both_known() {
        let now = at("2026-10-06T08:00:00Z");
        let (a, b) = (lead("a", None), lead("b", None));
        let memo = PageMemo::next(Some(&PageMemo::next(None, &a, now)), &b, now);
        assert!(memo.marks.contains(&a.mark()) && memo.marks.contains(&b.mark()));
    }
}

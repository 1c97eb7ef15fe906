//! One visit of one source: what it lists, what of it is wanted, fetching that, and remembering the visit.
//!
//! Invariant: a feed's validators are remembered only when nothing of it is owing. As long as one of its pages
//! failed for a passing reason, was left for the next visit or not reached, the feed is read whole again.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, CanonicalUrl, PageId, Reason};
use tokio::sync::oneshot;

use crate::crawler::{Crawl, Crawler};
use crate::delivery::Parcel;
use crate::discover::Listing;
use crate::fetch::Miss;
use crate::memo::{
    Lead, Pace, PageMemo, SourceMemo, entry, handed_key, is_recent, is_wanted, listing_key, page_key, recall,
    source_key,
};
use crate::memory::MemoryError;
use crate::pages::Task;
use crate::report::{Event, REFUSED, SourceState};
use crate::settings::Source;
use crate::territory::site_of_text;

/// Recent pages remembered with a source.
const RECENT_KEPT: usize = 100;

/// A visit.
pub(crate) struct Visit<'a> {
    pub(crate) crawler: &'a Crawler,
    pub(crate) source: &'a Source,
    pub(crate) pace: Pace,
    pub(crate) crawl: &'a Crawl<'a>,
    /// Where it is made for another crawler, which found the addresses.
    pub(crate) errand: Option<Errand>,
}

/// What another crawler handed over.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Errand {
    /// How often a list was handed over on the way here.
    pub(crate) hops: usize,
}

/// What a visit says about the rhythm of a source.
#[derive(Clone, Copy)]
enum Rhythm {
    Failed,
    Quiet,
    /// What came of it only another crawler knows.
    Untold,
    News,
}

impl Visit<'_> {
    /// Makes the visit; what comes of it is told as events and sent as parcels.
    pub(crate) async fn make(&self) {
        let source = || self.source.id.clone();
        (self.crawl.tell)(Event::SourceStarted { source: source() });
        let state = match self.visit().await {
            Ok(state) => state,
            // Lists of others are handed over where they are met, and only pages rest: none comes up to here.
            Err(Miss::Stopped | Miss::Resting(_) | Miss::Elsewhere { .. }) => SourceState::Stopped,
            Err(Miss::Fault(fault)) => {
                self.crawl.fail(fault);
                SourceState::Stopped
            }
            Err(Miss::Dropped { reason, detail, .. }) => {
                self.source_failed(reason, &detail).await;
                SourceState::Failed(reason, detail)
            }
        };
        match &state {
            SourceState::Failed(..) | SourceState::Broken(_) | SourceState::Refused { .. } => {
                tracing::warn!(source = %self.source.id, %state, "visited");
            }
            _ => tracing::info!(source = %self.source.id, %state, "visited"),
        }
        (self.crawl.tell)(Event::SourceFinished { source: source(), state });
    }

    /// Reads a list for another crawler, which keeps the state of its source.
    pub(crate) async fn make_errand(&self) {
        match self.visit().await {
            Ok(_) | Err(Miss::Stopped | Miss::Resting(_) | Miss::Elsewhere { .. }) => {}
            Err(Miss::Fault(fault)) => self.crawl.fail(fault),
            Err(Miss::Dropped { reason, detail, .. }) => {
                self.drop_crumb(&self.source.url, reason, &detail).await;
            }
        }
    }

    /// Under which key the visit is remembered.
    fn key(&self) -> String {
        match self.errand {
            None => source_key(&self.source.id),
            Some(_) => listing_key(&self.source.id, &self.source.url),
        }
    }

    /// What is remembered of an address: of having fetched it, or of having handed it over.
    pub(crate) fn memo_of(&self, lead: &Lead, id: &PageId) -> Result<Option<PageMemo>, Miss> {
        let is_ours = self.crawler.fetcher.owns(&site_of_text(&lead.url));
        let key = if is_ours { page_key(id) } else { handed_key(id) };
        recall(self.crawler.memory.as_ref(), &key).map_err(fault)
    }

    async fn visit(&self) -> Result<SourceState, Miss> {
        let memory = self.crawler.memory.as_ref();
        let before: SourceMemo = recall(memory, &self.key()).map_err(fault)?.unwrap_or_default();
        let mut listing = Box::pin(self.list(&before)).await?;
        for (url, why) in &listing.broken {
            self.drop_crumb(url, Reason::BrokenFeed, why).await;
        }
        let leads = self.leads(&mut listing, &before);
        let (listed, mut wanted, mut lost) = (leads.len(), Vec::new(), 0);
        let (mut recent, now) = (Vec::new(), self.crawler.fetcher.now());
        for lead in leads {
            let id = lead.canonical.id();
            let memo = self.memo_of(&lead, &id)?;
            if is_recent(&lead, memo.as_ref().map_or(now, |m| m.first), now, &self.crawler.fetcher.settings) {
                recent.push(lead.clone());
            }
            if is_wanted(memo.as_ref(), &lead, now, self.pace, &self.crawler.fetcher.settings) {
                wanted.push(Task { lead, id, memo, requested: None, hops: 0 });
            } else {
                lost += usize::from(memo.is_some_and(|memo| memo.dropped.is_some() || memo.is_failing()));
                (self.crawl.tell)(Event::PageUnchanged { source: self.source.id.clone(), url: lead.url });
            }
        }
        let source = self.source.id.clone();
        (self.crawl.tell)(Event::SourceListed { source, entries: listed, wanted: wanted.len() });
        // New ones first: what is interrupted again and again gets on all the same.
        wanted.sort_by_key(|task| task.memo.as_ref().map(|memo| !memo.is_failing()));
        let most = self.source.max_pages.unwrap_or(usize::MAX);
        let left = wanted.len() > most;
        wanted.truncate(most);
        let harvest = Box::pin(self.fetch_all(wanted)).await;
        if self.crawl.stop.is_cancelled() {
            return Err(Miss::Stopped);
        }
        recent.truncate(RECENT_KEPT);
        let mut state = listing.state(listed);
        if listed > 0 && harvest.missed + lost == listed {
            // Those that are not asked for again yet are refused for what was said then.
            let said = before.state.strip_prefix(REFUSED).and_then(|said| said.split_once(": "));
            let why = harvest.why.or_else(|| said.map(|(_, why)| why.to_owned()));
            state =
                SourceState::Refused { pages: listed, why: why.unwrap_or_else(|| "as before".to_owned()) };
        }
        let before = SourceMemo { recent, state: state.to_string(), ..before };
        self.remember(listing, before, harvest.new, harvest.owing || left).await;
        Ok(state)
    }

    /// What is listed, once each, and where a feed did not change the recent pages it listed before.
    fn leads(&self, listing: &mut Listing, before: &SourceMemo) -> Vec<Lead> {
        let mut seen = HashSet::new();
        let named = listing.take_leads().into_iter();
        let old = before.recent.iter().filter(|_| listing.unchanged > 0).cloned();
        let all = named.chain(old).filter(|lead| seen.insert(lead.canonical.id()));
        all.take(self.crawler.fetcher.settings.max_entries_per_source).collect()
    }

    async fn source_failed(&self, reason: Reason, detail: &str) {
        let memory = self.crawler.memory.as_ref();
        let before: SourceMemo = match recall(memory, &source_key(&self.source.id)) {
            Ok(memo) => memo.unwrap_or_default(),
            Err(e) => return self.crawl.fail(e.into()),
        };
        // What was found on its page may have moved: look anew.
        let state = SourceState::Failed(reason, detail.to_owned()).to_string();
        let before = SourceMemo { found: Vec::new(), found_at: None, state, ..before };
        let memo = self.paced(before, Rhythm::Failed);
        let remember = vec![entry(source_key(&self.source.id), &memo)];
        let crumb = self.dropped(&self.source.url, reason, detail);
        self.close(Parcel { crumb, remember, ..Parcel::default() }).await;
    }

    /// A breadcrumb for a document of the source itself.
    async fn drop_crumb(&self, url: &str, reason: Reason, detail: &str) {
        let crumb = self.dropped(url, reason, detail);
        self.crawl.send(Parcel { crumb, ..Parcel::default() }).await;
    }

    /// Tells that a document of the source was dropped, and makes its breadcrumb.
    fn dropped(&self, url: &str, reason: Reason, detail: &str) -> Option<Breadcrumb> {
        let (source, url) = (self.source.id.clone(), url.to_owned());
        let crumb = CanonicalUrl::parse(&url)
            .ok()
            .map(|of| self.crumb(of, BreadcrumbOutcome::Dropped(reason), Some(detail.to_owned())));
        (self.crawl.tell)(Event::PageDropped { source, url, reason });
        crumb
    }

    /// Sends the last parcel of a visit. A visit is over when it is remembered: when the next one is due, and with
    /// which validators, is read from the memory.
    async fn close(&self, parcel: Parcel) {
        let (done, remembered) = oneshot::channel();
        if self.crawl.send(Parcel { done: Some(done), ..parcel }).await && matches!(self.pace, Pace::Steady) {
            // It errs where delivery ended with a fault, which ends the crawl.
            let _ = remembered.await;
        }
    }

    /// The last parcel of a visit, behind all its pages.
    async fn remember(&self, listing: Listing, before: SourceMemo, new: usize, owing: bool) {
        // Of several lists one may be broken for long: the others keep the rhythm.
        let failed = !listing.broken.is_empty() && !listing.is_of_use() && listing.unchanged == 0;
        let rhythm = match (failed, new, listing.handed) {
            (true, _, _) => Rhythm::Failed,
            (false, 0, 0) => Rhythm::Quiet,
            (false, 0, _) => Rhythm::Untold,
            (false, _, _) => Rhythm::News,
        };
        let is_untold = new == 0 && listing.handed == 0 && listing.broken.is_empty();
        let asks = listing.ttl.is_some() || !listing.quiet.is_empty();
        // A list that did not change says nothing anew: what it said last time holds on.
        let before = if asks || listing.unchanged == 0 {
            let rest_s = listing.ttl.and_then(|t| u64::try_from(t.as_secs()).ok()).unwrap_or(0);
            SourceMemo { rest_s, quiet: listing.quiet, ..before }
        } else {
            before
        };
        let found = listing.found;
        let mut memo = self.paced(before, rhythm);
        if let Some(found) = found {
            (memo.found, memo.found_at) = (found, Some(self.crawler.fetcher.now()));
        }
        let mut remember = if owing { Vec::new() } else { listing.documents };
        remember.push(entry(self.key(), &memo));
        // Nothing else tells those who judge silence that somebody looked.
        let address = is_untold.then(|| CanonicalUrl::parse(&self.source.url).ok()).flatten();
        let crumb = address.map(|of| {
            let outcome = BreadcrumbOutcome::Dropped(Reason::NotModified);
            self.crumb(of, outcome, Some("visited: nothing new".to_owned()))
        });
        self.close(Parcel { crumb, remember, ..Parcel::default() }).await;
    }

    /// The next visit: sooner after news, later after none, later still after a failure, never sooner than its
    /// feeds ask, nor at an hour they do not want.
    fn paced(&self, before: SourceMemo, rhythm: Rhythm) -> SourceMemo {
        let settings = &self.crawler.fetcher.settings;
        let (least, most) = (settings.min_revisit_s, settings.max_revisit_s.max(settings.min_revisit_s));
        let last = if before.interval_s == 0 { least.saturating_mul(3) } else { before.interval_s };
        let next = match rhythm {
            Rhythm::Failed => last.saturating_mul(2),
            Rhythm::Quiet => last.saturating_mul(3) / 2,
            Rhythm::Untold => last,
            Rhythm::News => last / 2,
        };
        let interval_s = next.clamp(least, most);
        let wait = i64::try_from(interval_s.max(before.rest_s.min(most))).unwrap_or(i64::MAX / 2);
        let now = self.crawler.fetcher.now();
        let next_visit = now.checked_add(SignedDuration::from_secs(wait)).ok();
        let next_visit = next_visit.map(|at| before.quiet.next_welcome(at));
        let last_new = if matches!(rhythm, Rhythm::News) { Some(now) } else { before.last_new };
        SourceMemo { interval_s, next_visit, last_visit: Some(now), last_new, ..before }
    }

    pub(crate) fn crumb(
        &self,
        url: CanonicalUrl,
        outcome: BreadcrumbOutcome,
        detail: Option<String>,
    ) -> Breadcrumb {
        let at: Timestamp = self.crawler.fetcher.now();
        Breadcrumb { at, url, source: Some(self.source.id.clone()), stage: "crawl".into(), outcome, detail }
    }
}

pub(crate) fn fault(error: MemoryError) -> Miss {
    Miss::Fault(error.into())
}

//! One visit of one source: what it lists, what of it is wanted, fetching that, and remembering the visit.
//!
//! Invariant: a feed's validators are remembered only when nothing of it is owing. As long as one of its pages
//! failed for a passing reason, was left for the next visit or not reached, the feed is read whole again.

use std::collections::{BTreeMap, HashSet};

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, CanonicalUrl, FetchRecord, Page, PageId, Reason};
use reqwest::header;
use url::Url;

use crate::client::{Validators, Want, kept_headers, text};
use crate::crawler::{Crawl, Crawler};
use crate::delivery::Parcel;
use crate::discover::Listing;
use crate::fetch::{Ask, Got, Miss};
use crate::lane::authority;
use crate::memo::{
    Lead, Pace, PageMemo, SourceMemo, entry, is_recent, is_wanted, page_key, recall, source_key,
};
use crate::memory::MemoryError;
use crate::report::{Event, SourceState};
use crate::settings::Source;
use crate::signals::signals;
use crate::sniff::{is_html_answer, looks_like_html};

/// Hosts of one source asked at the same time (most sources have one).
const HOSTS_PER_SOURCE: usize = 8;
/// Recent pages remembered with a source.
const RECENT_KEPT: usize = 100;

/// A visit.
pub(crate) struct Visit<'a> {
    pub(crate) crawler: &'a Crawler,
    pub(crate) source: &'a Source,
    pub(crate) pace: Pace,
    pub(crate) crawl: &'a Crawl<'a>,
}

/// A wanted address with what is known of it.
struct Task {
    lead: Lead,
    id: PageId,
    memo: Option<PageMemo>,
}

/// What came of one address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// A new or changed page.
    Page,
    /// Nothing new, and nothing owing.
    Nothing,
    /// It is to be asked for again.
    Owing,
}

impl Visit<'_> {
    /// Makes the visit; what comes of it is told as events and sent as parcels.
    pub(crate) async fn make(&self) {
        let source = || self.source.id.clone();
        (self.crawl.tell)(Event::SourceStarted { source: source() });
        let state = match self.visit().await {
            Ok(state) => state,
            Err(Miss::Stopped) => SourceState::Stopped,
            Err(Miss::Fault(fault)) => {
                self.crawl.fail(fault);
                SourceState::Stopped
            }
            Err(Miss::Dropped { reason, detail, .. }) => {
                self.source_failed(reason, &detail).await;
                SourceState::Failed(reason, detail)
            }
        };
        tracing::info!(source = %self.source.id, ?state, "visited");
        (self.crawl.tell)(Event::SourceFinished { source: source(), state });
    }

    async fn visit(&self) -> Result<SourceState, Miss> {
        let memory = self.crawler.memory.as_ref();
        let before: SourceMemo =
            recall(memory, &source_key(&self.source.id)).map_err(fault)?.unwrap_or_default();
        let listing = self.list(&before).await?;
        for (url, why) in &listing.broken {
            self.drop_crumb(url, Reason::BrokenFeed, why, Vec::new()).await;
        }
        let leads = self.leads(&listing, &before);
        let (listed, mut wanted) = (leads.len(), Vec::new());
        let (mut recent, now) = (Vec::new(), self.crawler.fetcher.now());
        for lead in leads {
            let id = lead.canonical.id();
            let memo: Option<PageMemo> = recall(memory, &page_key(&id)).map_err(fault)?;
            if is_recent(&lead, memo.as_ref().map_or(now, |m| m.first), now, &self.crawler.fetcher.settings) {
                recent.push(lead.clone());
            }
            if is_wanted(memo.as_ref(), &lead, now, self.pace, &self.crawler.fetcher.settings) {
                wanted.push(Task { lead, id, memo });
            } else {
                (self.crawl.tell)(Event::PageUnchanged { source: self.source.id.clone(), url: lead.url });
            }
        }
        let source = self.source.id.clone();
        (self.crawl.tell)(Event::SourceListed { source, entries: listed, wanted: wanted.len() });
        let most = self.source.max_pages.unwrap_or(usize::MAX);
        let left = wanted.len() > most;
        wanted.truncate(most);
        let (new, owing) = self.fetch_all(wanted).await;
        if self.crawl.stop.is_cancelled() {
            return Err(Miss::Stopped);
        }
        recent.truncate(RECENT_KEPT);
        let state = listing.state(listed);
        self.remember(listing, SourceMemo { recent, ..before }, new, owing || left).await;
        Ok(state)
    }

    /// What is listed, once each, and where a feed did not change the recent pages it listed before.
    fn leads(&self, listing: &Listing, before: &SourceMemo) -> Vec<Lead> {
        let mut seen = HashSet::new();
        let old = before.recent.iter().filter(|_| listing.unchanged > 0);
        let all = listing.leads.iter().chain(old).filter(|lead| seen.insert(lead.canonical.id()));
        all.take(self.crawler.fetcher.settings.max_entries_per_source).cloned().collect()
    }

    /// Fetches the wanted pages, one lane a host: how many were new, and whether any is owing.
    async fn fetch_all(&self, wanted: Vec<Task>) -> (usize, bool) {
        let mut by_host: BTreeMap<String, Vec<Task>> = BTreeMap::new();
        for task in wanted {
            let host = Url::parse(&task.lead.url).map(|u| authority(&u)).unwrap_or_default();
            by_host.entry(host).or_default().push(task);
        }
        let lanes = futures::stream::iter(by_host.into_values()).map(async |tasks| {
            let (mut new, mut owing) = (0, false);
            for task in tasks {
                if self.crawl.stop.is_cancelled() {
                    return (new, true);
                }
                let came = self.fetch_one(task).await;
                new += usize::from(came == Came::Page);
                owing |= came == Came::Owing;
            }
            (new, owing)
        });
        let ended = lanes.buffer_unordered(HOSTS_PER_SOURCE);
        ended.fold((0, false), async |(n, o), (new, owing)| (n + new, o || owing)).await
    }

    async fn fetch_one(&self, task: Task) -> Came {
        if !self.crawler.claims.take(&task.id) {
            return Came::Nothing;
        }
        let id = task.id.clone();
        let came = match self.ask(&task).await {
            Ok(got) => self.take(task, got).await,
            Err(Miss::Dropped { reason, detail, passing }) => self.miss(task, reason, &detail, passing).await,
            Err(Miss::Stopped) => Err(Came::Owing),
            Err(Miss::Fault(fault)) => {
                self.crawl.fail(fault);
                Err(Came::Owing)
            }
        };
        came.unwrap_or_else(|came| {
            // No parcel went out that would free the address.
            self.crawler.claims.release(&id);
            came
        })
    }

    async fn ask(&self, task: &Task) -> Result<Got, Miss> {
        let url = Url::parse(&task.lead.url).map_err(|e| Miss::Dropped {
            reason: Reason::RefusedAddress,
            detail: e.to_string(),
            passing: false,
        })?;
        let known =
            task.memo.as_ref().filter(|m| !m.url.is_empty()).map(|m| (m.url.clone(), m.validators.clone()));
        let ask = Ask { url, want: Want::Page, known, delay_ms: self.source.delay_ms };
        self.crawler.fetcher.fetch(&ask, self.crawl.stop).await
    }

    /// A page came, or word that it is the same.
    async fn take(&self, task: Task, got: Got) -> Result<Came, Came> {
        let now = self.crawler.fetcher.now();
        let mut memo = PageMemo::next(task.memo.as_ref(), &task.lead, now);
        (memo.failures, memo.dropped) = (0, None);
        if got.answer.status == 304 {
            return self.unchanged(task, memo, "status 304").await;
        }
        let kind = text(&got.answer.headers, header::CONTENT_TYPE).map(str::to_owned);
        if is_html_answer(kind.as_deref()).is_none() && !looks_like_html(&got.answer.body) {
            return self
                .miss(task, Reason::NotHtml, kind.as_deref().unwrap_or("no content type"), false)
                .await;
        }
        let agent = &self.crawler.fetcher.settings.agent.product;
        let signals = signals(&got.answer.headers, &got.answer.body, agent);
        if let Some(words) = signals.noindex {
            return self.miss(task, Reason::NoIndex, &words, false).await;
        }
        let Ok(canonical) = CanonicalUrl::parse(got.url.as_str()) else { return Err(Came::Nothing) };
        let page = Page {
            url: got.url.to_string(),
            requested_url: Some(task.lead.url.clone()).filter(|asked| *asked != got.url.as_str()),
            source: self.source.id.clone(),
            fetched_at: now,
            status: got.answer.status,
            content_type: kind,
            headers: kept_headers(&got.answer.headers),
            hint: task.lead.hint.clone(),
            record: FetchRecord {
                robots: Some(got.robots),
                tdm_reserved: signals.tdm_reserved.or(got.tdm_reserved),
                elapsed_ms: got.answer.elapsed_ms,
            },
            body: got.answer.body,
            canonical,
        };
        let hash = Some(format!("{:032x}", page.body_hash()));
        let is_same = memo.hash == hash;
        (memo.hash, memo.url, memo.validators) =
            (hash, page.url.clone(), Validators::of(&got.answer.headers));
        if is_same {
            return self.unchanged(task, memo, "the same body").await;
        }
        self.send_page(task.id, page, &memo).await
    }

    async fn send_page(&self, id: PageId, page: Page, memo: &PageMemo) -> Result<Came, Came> {
        let mut remember = vec![entry(page_key(&id), memo)];
        let landed = page.canonical.id();
        if landed != id {
            remember.push(entry(page_key(&landed), memo));
        }
        let event = Event::PageFetched {
            source: self.source.id.clone(),
            url: page.url.clone(),
            bytes: page.body.len(),
        };
        tracing::debug!(
            url = page.url,
            bytes = page.body.len(),
            elapsed_ms = page.record.elapsed_ms,
            "fetched"
        );
        let crumb =
            self.crumb(page.canonical.clone(), BreadcrumbOutcome::Forwarded, page.record.robots.clone());
        let parcel = Parcel { page: Some(page), crumb: Some(crumb), remember, claim: Some(id) };
        if !self.crawl.send(parcel).await {
            return Err(Came::Owing);
        }
        (self.crawl.tell)(event);
        Ok(Came::Page)
    }

    async fn unchanged(&self, task: Task, memo: PageMemo, why: &str) -> Result<Came, Came> {
        let outcome = BreadcrumbOutcome::Dropped(Reason::NotModified);
        let crumb = Some(self.crumb(task.lead.canonical, outcome, Some(why.to_owned())));
        let remember = vec![entry(page_key(&task.id), &memo)];
        (self.crawl.tell)(Event::PageUnchanged { source: self.source.id.clone(), url: task.lead.url });
        let sent = self.crawl.send(Parcel { page: None, crumb, remember, claim: Some(task.id) }).await;
        if sent { Ok(Came::Nothing) } else { Err(Came::Owing) }
    }

    /// There is no page, for now or for good.
    async fn miss(&self, task: Task, reason: Reason, detail: &str, passing: bool) -> Result<Came, Came> {
        let mut memo = PageMemo::next(task.memo.as_ref(), &task.lead, self.crawler.fetcher.now());
        if passing {
            memo.failures += 1;
        } else {
            (memo.failures, memo.dropped) = (0, Some(reason));
        }
        let owing = passing && memo.failures < self.crawler.fetcher.settings.give_up_after;
        // The operator may open a network at any time, and refusing costs nothing: it is decided anew each visit.
        let settled = reason != Reason::RefusedAddress;
        let remember = if settled { vec![entry(page_key(&task.id), &memo)] } else { Vec::new() };
        (self.crawl.tell)(Event::PageDropped {
            source: self.source.id.clone(),
            url: task.lead.url.clone(),
            reason,
        });
        tracing::debug!(url = task.lead.url, reason = reason.name(), detail, "dropped");
        let crumb =
            self.crumb(task.lead.canonical, BreadcrumbOutcome::Dropped(reason), Some(detail.to_owned()));
        let parcel = Parcel { page: None, crumb: Some(crumb), remember, claim: Some(task.id) };
        let sent = self.crawl.send(parcel).await;
        if !sent {
            return Err(Came::Owing);
        }
        Ok(if owing { Came::Owing } else { Came::Nothing })
    }

    async fn source_failed(&self, reason: Reason, detail: &str) {
        let memory = self.crawler.memory.as_ref();
        let before: SourceMemo = match recall(memory, &source_key(&self.source.id)) {
            Ok(memo) => memo.unwrap_or_default(),
            Err(e) => return self.crawl.fail(e.into()),
        };
        // What was found on its page may have moved: look anew.
        let memo = SourceMemo { found: Vec::new(), found_at: None, ..self.paced(before, 0, true, None) };
        let remember = vec![entry(source_key(&self.source.id), &memo)];
        self.drop_crumb(&self.source.url, reason, detail, remember).await;
    }

    /// A breadcrumb for a document of the source itself.
    async fn drop_crumb(&self, url: &str, reason: Reason, detail: &str, remember: Vec<(String, Vec<u8>)>) {
        let (source, url) = (self.source.id.clone(), url.to_owned());
        let crumb = CanonicalUrl::parse(&url)
            .ok()
            .map(|of| self.crumb(of, BreadcrumbOutcome::Dropped(reason), Some(detail.to_owned())));
        (self.crawl.tell)(Event::PageDropped { source, url, reason });
        self.crawl.send(Parcel { crumb, remember, ..Parcel::default() }).await;
    }

    /// The last parcel of a visit, behind all its pages.
    async fn remember(&self, listing: Listing, before: SourceMemo, new: usize, owing: bool) {
        let failed = !listing.broken.is_empty();
        let rest = listing.ttl;
        let found = listing.found;
        let mut memo = self.paced(before, new, failed, rest);
        if let Some(found) = found {
            (memo.found, memo.found_at) = (found, Some(self.crawler.fetcher.now()));
        }
        let mut remember = if owing { Vec::new() } else { listing.documents };
        remember.push(entry(source_key(&self.source.id), &memo));
        self.crawl.send(Parcel { remember, ..Parcel::default() }).await;
    }

    /// The next visit: sooner after news, later after none, later still after a failure, never sooner than the
    /// feed asks.
    fn paced(&self, before: SourceMemo, new: usize, failed: bool, ttl: Option<SignedDuration>) -> SourceMemo {
        let settings = &self.crawler.fetcher.settings;
        let (least, most) = (settings.min_revisit_s, settings.max_revisit_s.max(settings.min_revisit_s));
        let last = if before.interval_s == 0 { least.saturating_mul(3) } else { before.interval_s };
        let next = match (failed, new) {
            (true, _) => last.saturating_mul(2),
            (false, 0) => last.saturating_mul(3) / 2,
            (false, _) => last / 2,
        };
        let interval_s = next.clamp(least, most);
        let asked = ttl.and_then(|t| u64::try_from(t.as_secs()).ok()).unwrap_or(0);
        let wait = i64::try_from(interval_s.max(asked.min(most))).unwrap_or(i64::MAX / 2);
        let next_visit = self.crawler.fetcher.now().checked_add(SignedDuration::from_secs(wait));
        SourceMemo { interval_s, next_visit: next_visit.ok(), ..before }
    }

    fn crumb(&self, url: CanonicalUrl, outcome: BreadcrumbOutcome, detail: Option<String>) -> Breadcrumb {
        let at: Timestamp = self.crawler.fetcher.now();
        Breadcrumb { at, url, source: Some(self.source.id.clone()), stage: "crawl".into(), outcome, detail }
    }
}

pub(crate) fn fault(error: MemoryError) -> Miss {
    Miss::Fault(error.into())
}

//! From wanted addresses to pages handed on: one after the other on each host, several hosts together.
//!
//! Invariant: every address asked for ends in one parcel with one breadcrumb, and its memo travels in that
//! parcel, so that it is remembered only once the page is delivered. An address of another crawler ends in a
//! parcel as well, with the lead for that one; the breadcrumb is then left there.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use jiff::SignedDuration;
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, CanonicalUrl, FetchRecord, Page, PageId, Reason};
use reqwest::header;
use url::Url;

use crate::archive::Exchange;
use crate::client::{Validators, Want, kept_headers, text};
use crate::delivery::Parcel;
use crate::fetch::{Ask, Got, Miss};
use crate::handover::Handover;
use crate::lane::authority;
use crate::memo::{Lead, PageMemo, entry, handed_key, is_wanted, owed_key, page_key};
use crate::report::Event;
use crate::signals::signals;
use crate::sniff::{is_html_answer, looks_like_html};
use crate::visit::Visit;

/// Hosts of one source asked at the same time (most sources have one).
const HOSTS_PER_SOURCE: usize = 8;

/// A wanted address with what is known of it.
pub(crate) struct Task {
    pub(crate) lead: Lead,
    pub(crate) id: PageId,
    pub(crate) memo: Option<PageMemo>,
    /// The address that was asked for before a redirect, which another crawler followed, led to this one.
    pub(crate) requested: Option<String>,
    /// Redirects followed by others.
    pub(crate) hops: usize,
}

impl Task {
    /// The address the breadcrumb is about where there is no page: the one a source listed.
    fn subject(&self) -> CanonicalUrl {
        let requested = self.requested.as_deref().and_then(|url| CanonicalUrl::parse(url).ok());
        requested.unwrap_or_else(|| self.lead.canonical.clone())
    }
}

/// What came of one address.
#[derive(Clone, PartialEq, Eq)]
enum Came {
    /// A new or changed page.
    Page,
    /// Nothing new, and nothing owing.
    Nothing,
    /// It is to be asked for again.
    Owing,
    /// There is no page, and why.
    Missed { owing: bool, why: String },
}

/// What came of all addresses of a visit.
#[derive(Default)]
pub(crate) struct Harvest {
    /// New or changed pages.
    pub(crate) new: usize,
    /// Whether any is to be asked for again.
    pub(crate) owing: bool,
    /// Addresses without a page, and why the last of them had none.
    pub(crate) missed: usize,
    pub(crate) why: Option<String>,
}

impl Harvest {
    fn with(mut self, came: Came) -> Self {
        self.new += usize::from(came == Came::Page);
        self.owing |= matches!(came, Came::Owing | Came::Missed { owing: true, .. });
        if let Came::Missed { why, .. } = came {
            (self.missed, self.why) = (self.missed + 1, Some(why));
        }
        self
    }

    fn and(self, other: Self) -> Self {
        Self {
            new: self.new + other.new,
            owing: self.owing || other.owing,
            missed: self.missed + other.missed,
            why: self.why.or(other.why),
        }
    }
}

impl Visit<'_> {
    /// Fetches the wanted pages, one lane a host.
    pub(crate) async fn fetch_all(&self, wanted: Vec<Task>) -> Harvest {
        let mut by_host: BTreeMap<String, Vec<Task>> = BTreeMap::new();
        for task in wanted {
            let host = Url::parse(&task.lead.url).map(|u| authority(&u)).unwrap_or_default();
            by_host.entry(host).or_default().push(task);
        }
        let lanes = futures::stream::iter(by_host.into_values()).map(async |tasks| {
            let mut harvest = Harvest::default();
            for task in tasks {
                if self.crawl.stop.is_cancelled() {
                    return harvest.with(Came::Owing);
                }
                harvest = harvest.with(self.fetch_one(task).await);
            }
            harvest
        });
        lanes.buffer_unordered(HOSTS_PER_SOURCE).fold(Harvest::default(), async |all, one| all.and(one)).await
    }

    async fn fetch_one(&self, mut task: Task) -> Came {
        if !self.crawl.claims.take(&task.id) {
            return Came::Nothing;
        }
        let id = task.id.clone();
        let came = match self.is_still_wanted(&mut task) {
            Ok(true) => self.bring(task).await,
            Ok(false) => Err(Came::Nothing),
            Err(miss) => self.leave(miss),
        };
        came.unwrap_or_else(|came| {
            // No parcel went out that would free the address.
            self.crawl.claims.release(&id);
            came
        })
    }

    /// Whoever held the address before may have fetched it since it was found wanting.
    fn is_still_wanted(&self, task: &mut Task) -> Result<bool, Miss> {
        task.memo = self.memo_of(&task.lead, &task.id)?;
        let (fetcher, memo) = (&self.crawler.fetcher, task.memo.as_ref());
        Ok(is_wanted(memo, &task.lead, fetcher.now(), self.pace, &fetcher.settings))
    }

    async fn bring(&self, task: Task) -> Result<Came, Came> {
        match self.ask(&task).await {
            // What comes after an answer is large, and those who wait for theirs are many.
            Ok(got) => Box::pin(self.take(task, got)).await,
            Err(Miss::Dropped { reason, detail, passing }) => {
                Box::pin(self.miss(task, reason, &detail, passing)).await
            }
            Err(Miss::Elsewhere { url, hops }) => Box::pin(self.hand_over(task, &url, hops)).await,
            Err(Miss::Resting(why)) => Box::pin(self.rest(task, &why)).await,
            Err(miss) => self.leave(miss),
        }
    }

    /// The crawl ends before anything came of the address.
    fn leave(&self, miss: Miss) -> Result<Came, Came> {
        if let Miss::Fault(fault) = miss {
            self.crawl.fail(fault);
        }
        Err(Came::Owing)
    }

    /// Another crawler fetches it. Found on its site or reached by a redirect of ours: only the latter was asked for.
    async fn hand_over(&self, task: Task, target: &Url, hops: usize) -> Result<Came, Came> {
        let canonical = match CanonicalUrl::parse(target.as_str()) {
            Ok(canonical) => canonical,
            Err(e) => return self.miss(task, Reason::RefusedAddress, &e.to_string(), false).await,
        };
        let mut memo = PageMemo::next(task.memo.as_ref(), &task.lead, self.crawler.fetcher.now());
        (memo.failures, memo.dropped) = (0, None);
        let is_redirected = hops > task.hops;
        let key = if is_redirected { page_key(&task.id) } else { handed_key(&task.id) };
        let mut remember = vec![entry(key, &memo)];
        remember.extend(self.settled(&task));
        tracing::debug!(url = %target, "handed over");
        let came = if task.memo.is_none() { Came::Page } else { Came::Nothing };
        let first = task.requested.clone().or_else(|| is_redirected.then(|| task.lead.url.clone()));
        let known = self.lead_of(&task);
        let lead = Handover { url: target.to_string(), canonical, requested_url: first, hops, ..known };
        let parcel = Parcel { leads: vec![lead], remember, claim: Some(task.id), ..Parcel::default() };
        if self.crawl.send(parcel).await { Ok(came) } else { Err(Came::Owing) }
    }

    fn lead_of(&self, task: &Task) -> Handover {
        Handover {
            at: self.crawler.fetcher.now(),
            url: task.lead.url.clone(),
            canonical: task.lead.canonical.clone(),
            source: self.source.id.clone(),
            hint: task.lead.hint.clone(),
            modified: task.lead.modified,
            requested_url: task.requested.clone(),
            hops: task.hops,
            listing: None,
            rules: None,
        }
    }

    /// Takes an address off those that are owed to another crawler, where it was among them.
    fn settled(&self, task: &Task) -> Option<(String, Vec<u8>)> {
        let was_owed = self.errand.is_some() && task.memo.as_ref().is_some_and(PageMemo::is_failing);
        was_owed.then(|| (owed_key(&task.id), Vec::new()))
    }

    async fn ask(&self, task: &Task) -> Result<Got, Miss> {
        let url = Url::parse(&task.lead.url).map_err(|e| Miss::Dropped {
            reason: Reason::RefusedAddress,
            detail: e.to_string(),
            passing: false,
        })?;
        let known =
            task.memo.as_ref().filter(|m| !m.url.is_empty()).map(|m| (m.url.clone(), m.validators.clone()));
        let ask = Ask { url, want: Want::Page, known, delay_ms: self.source.delay_ms, hops: task.hops };
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
        let record = FetchRecord {
            robots: Some(got.robots),
            tdm_reserved: signals.tdm_reserved.or(got.tdm_reserved),
            elapsed_ms: got.answer.elapsed_ms,
        };
        let exchange = got.answer.wire.map(|wire| {
            let source = self.source.id.clone();
            wire.exchange(got.url.as_str(), source, now, record.clone())
        });
        let page = Page {
            url: got.url.to_string(),
            requested_url: Some(task.requested.as_ref().unwrap_or(&task.lead.url).clone())
                .filter(|asked| *asked != got.url.as_str()),
            source: self.source.id.clone(),
            fetched_at: now,
            status: got.answer.status,
            content_type: kind,
            headers: kept_headers(&got.answer.headers),
            hint: task.lead.hint.clone(),
            record,
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
        let sent = self.send_page(task, page, exchange, &memo).await;
        // A large body had its place until now.
        drop(got.answer.room);
        sent
    }

    async fn send_page(
        &self,
        task: Task,
        page: Page,
        exchange: Option<Exchange>,
        memo: &PageMemo,
    ) -> Result<Came, Came> {
        let mut remember = vec![entry(page_key(&task.id), memo)];
        remember.extend(self.settled(&task));
        let id = task.id;
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
        let parcel = Parcel {
            page: Some(page),
            exchange,
            crumb: Some(crumb),
            remember,
            claim: Some(id),
            ..Parcel::default()
        };
        if !self.crawl.send(parcel).await {
            return Err(Came::Owing);
        }
        (self.crawl.tell)(event);
        Ok(Came::Page)
    }

    async fn unchanged(&self, task: Task, memo: PageMemo, why: &str) -> Result<Came, Came> {
        let outcome = BreadcrumbOutcome::Dropped(Reason::NotModified);
        let crumb = Some(self.crumb(task.subject(), outcome, Some(why.to_owned())));
        let mut remember = vec![entry(page_key(&task.id), &memo)];
        remember.extend(self.settled(&task));
        (self.crawl.tell)(Event::PageUnchanged { source: self.source.id.clone(), url: task.lead.url });
        let sent =
            self.crawl.send(Parcel { crumb, remember, claim: Some(task.id), ..Parcel::default() }).await;
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
        (self.crawl.tell)(Event::PageDropped {
            source: self.source.id.clone(),
            url: task.lead.url.clone(),
            reason,
        });
        tracing::debug!(url = task.lead.url, reason = reason.name(), detail, "dropped");
        let outcome = BreadcrumbOutcome::Dropped(reason);
        let crumb = self.crumb(task.subject(), outcome, Some(detail.to_owned()));
        // The operator may open a network at any time, and refusing costs nothing: it is decided anew each visit.
        let memo = (reason != Reason::RefusedAddress).then_some(memo);
        let sent = self.send_none(task, memo, Some(crumb), owing).await;
        sent.map(|_| Came::Missed { owing, why: format!("{}, {detail}", reason.name()) })
    }

    /// Its host rests: not asked for, so no failure of the page, and told once. It is owing for as long as one that came
    /// would be looked at for corrections: a host may be gone for good, and its list is read whole meanwhile.
    async fn rest(&self, task: Task, why: &str) -> Result<Came, Came> {
        let (now, settings) = (self.crawler.fetcher.now(), &self.crawler.fetcher.settings);
        let mut memo = PageMemo::next(task.memo.as_ref(), &task.lead, now);
        let failed = task.memo.as_ref().filter(|memo| memo.is_failing());
        memo.asked = failed.map_or(now, |before| before.asked);
        let window = SignedDuration::from_hours(i64::from(settings.recheck_within_hours));
        let owing = now.duration_since(memo.asked) < window;
        (memo.resting, memo.failures) = (true, if owing { memo.failures } else { settings.give_up_after });
        let outcome = BreadcrumbOutcome::Dropped(Reason::Unreachable);
        let is_told = failed.is_some() && owing;
        let crumb = (!is_told).then(|| self.crumb(task.subject(), outcome, Some(why.to_owned())));
        let sent = self.send_none(task, Some(memo), crumb, owing).await;
        sent.map(|_| Came::Missed { owing, why: why.to_owned() })
    }

    /// The parcel of an address without a page.
    async fn send_none(
        &self,
        task: Task,
        memo: Option<PageMemo>,
        crumb: Option<Breadcrumb>,
        owing: bool,
    ) -> Result<Came, Came> {
        let mut remember: Vec<_> = memo.iter().map(|memo| entry(page_key(&task.id), memo)).collect();
        if owing && self.errand.is_some() {
            // No list here would name it again.
            remember.push(entry(owed_key(&task.id), &self.lead_of(&task)));
        } else {
            remember.extend(self.settled(&task));
        }
        let parcel = Parcel { crumb, remember, claim: Some(task.id), ..Parcel::default() };
        if !self.crawl.send(parcel).await {
            return Err(Came::Owing);
        }
        Ok(if owing { Came::Owing } else { Came::Nothing })
    }
}

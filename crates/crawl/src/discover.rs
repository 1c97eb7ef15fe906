//! From a source's address to the addresses of articles: through its feed, its sitemaps, or its page.

use std::collections::HashMap;

use jiff::SignedDuration;
use kiosque_model::{CanonicalUrl, FeedHint, PageId, Published, Reason, Rubrique};
use reqwest::header::{self, HeaderMap};
use url::Url;

use crate::client::{Validators, Want, text};
use crate::delivery::Parcel;
use crate::feed::parse_feed;
use crate::fetch::{Ask, Got, Miss};
use crate::handover::Handover;
use crate::memo::{DocumentMemo, Lead, SourceMemo, document_key, entry, recall};
use crate::quiet::Quiet;
use crate::report::SourceState;
use crate::settings::SourceKind;
use crate::sitemap::parse_sitemap;
use crate::sniff::{Sniffed, sniff};
use crate::visit::{Visit, fault};

/// Feeds followed from one page: the first is the main one, later ones are sections.
const FEEDS_PER_PAGE: usize = 3;
/// How often a list is handed over at most: by the page of a source, and by what stands where that moved to.
const LISTS_HANDED: usize = 2;
/// How long what was found on a page is used without looking at the page.
const FOUND_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What a source lists.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) leads: Vec<Lead>,
    /// Validators of the documents read, to be remembered when nothing is owing.
    pub(crate) documents: Vec<(String, Vec<u8>)>,
    /// Documents that had not changed.
    pub(crate) unchanged: usize,
    /// Documents that another crawler reads.
    pub(crate) handed: usize,
    /// Documents that could not be read, and why.
    pub(crate) broken: Vec<(String, String)>,
    /// The longest rest a feed asks for.
    pub(crate) ttl: Option<SignedDuration>,
    /// When feeds want no visit.
    pub(crate) quiet: Quiet,
    /// Feeds or sitemaps found through a page.
    pub(crate) found: Option<Vec<String>>,
    read: usize,
    /// The rubrique of the list being read.
    rubrique: Option<Rubrique>,
    /// Where a lead stands, by the id of its page: several lists of one source name the same article.
    places: HashMap<PageId, usize>,
    /// Leads it had, those taken from it included.
    named: usize,
}

impl Listing {
    pub(crate) fn state(&self, listed: usize) -> SourceState {
        match self.broken.first() {
            Some((url, why)) if self.named == 0 => SourceState::Broken(format!("`{url}`: {why}")),
            _ if self.named == 0 && self.unchanged > 0 => SourceState::Unchanged,
            _ if listed == 0 && self.handed == 0 => SourceState::Empty,
            _ => SourceState::Ok,
        }
    }

    /// Whether it led anywhere.
    pub(crate) fn is_of_use(&self) -> bool {
        self.named > 0 || self.handed > 0
    }

    /// What it names, for whoever fetches it; a long visit holds it once.
    pub(crate) fn take_leads(&mut self) -> Vec<Lead> {
        self.places = HashMap::new();
        std::mem::take(&mut self.leads)
    }

    /// Notes what a list names. Of an article that an earlier list named, only the rubrique is new, where that one
    /// had none.
    fn lead(&mut self, url: &str, hint: FeedHint, modified: Option<Published>) {
        let Ok(canonical) = CanonicalUrl::parse(url) else { return };
        match self.places.get(&canonical.id()) {
            Some(at) => {
                let known = &mut self.leads[*at].hint;
                known.rubrique = known.rubrique.or(self.rubrique);
            }
            None => {
                self.named += 1;
                self.places.insert(canonical.id(), self.leads.len());
                let hint = FeedHint { rubrique: hint.rubrique.or(self.rubrique), ..hint };
                self.leads.push(Lead { url: url.to_owned(), canonical, hint, modified });
            }
        }
    }
}

/// A document that was read.
struct Document {
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Document {
    fn content_type(&self) -> Option<&str> {
        text(&self.headers, header::CONTENT_TYPE)
    }
}

impl Visit<'_> {
    /// Lists the source's articles: those of its address, then those of its further lists.
    ///
    /// One list that cannot be had hinders the others only where it is the last hope.
    pub(crate) async fn list(&self, before: &SourceMemo) -> Result<Listing, Miss> {
        let mut listing = Listing { rubrique: self.source.rubrique, ..Listing::default() };
        match self.main_list(before, &mut listing).await {
            Err(Miss::Dropped { reason, detail, .. }) if !self.source.feeds.is_empty() => {
                listing.broken.push((self.source.url.clone(), format!("{}: {detail}", reason.name())));
            }
            listed => listed?,
        }
        for feed in &self.source.feeds {
            listing.rubrique = feed.rubrique;
            self.follow(std::slice::from_ref(&feed.url), &mut listing).await?;
        }
        Ok(listing)
    }

    async fn main_list(&self, before: &SourceMemo, listing: &mut Listing) -> Result<(), Miss> {
        let now = self.crawler.fetcher.now();
        let fresh = before.found_at.is_some_and(|at| now.duration_since(at) < FOUND_KEPT);
        if fresh && !before.found.is_empty() {
            self.follow(&before.found, listing).await?;
            if listing.is_of_use() || listing.unchanged > 0 {
                return Ok(());
            }
        }
        let Some(document) = self.document(&self.source.url, None, listing).await? else {
            return Ok(());
        };
        let kind = match self.source.kind {
            SourceKind::Auto => sniff(&document.body, document.content_type()),
            SourceKind::Feed => Sniffed::Feed,
            SourceKind::Sitemap => Sniffed::Sitemap,
            SourceKind::Page => Sniffed::Page,
        };
        match kind {
            Sniffed::Feed => self.feed(&document, listing),
            Sniffed::Sitemap => self.sitemaps(vec![document], listing).await?,
            Sniffed::Page => {
                // The page is looked at for what it leads to, so its own validators are of no use.
                listing.documents.clear();
                self.page(document, listing).await?;
            }
        }
        Ok(())
    }

    /// Reads a document, or learns that it is as it was.
    async fn document(
        &self,
        address: &str,
        modified: Option<Published>,
        listing: &mut Listing,
    ) -> Result<Option<Document>, Miss> {
        let dropped = |reason, detail| Miss::Dropped { reason, detail, passing: false };
        let url = Url::parse(address).map_err(|e| dropped(Reason::RefusedAddress, e.to_string()))?;
        let key = document_key(url.as_str());
        let memo: Option<DocumentMemo> = recall(self.crawler.memory.as_ref(), &key).map_err(fault)?;
        if modified.is_some() && memo.as_ref().is_some_and(|m| m.modified == modified) {
            listing.unchanged += 1;
            return Ok(None);
        }
        let known = memo.map(|m| (m.url, m.validators));
        let ask = Ask { url, want: Want::Document, known, delay_ms: self.source.delay_ms, hops: 0 };
        let got = self.crawler.fetcher.fetch(&ask, self.crawl.stop).await;
        listing.read += 1;
        let Got { url, answer, .. } = match got {
            Err(Miss::Elsewhere { url, .. }) => {
                let kind = if address == self.source.url { self.source.kind } else { SourceKind::Auto };
                return self.hand_over_list(&url, kind, listing).await.map(|()| None);
            }
            got => got?,
        };
        if answer.status == 304 {
            listing.unchanged += 1;
            return Ok(None);
        }
        let memo =
            DocumentMemo { url: url.to_string(), validators: Validators::of(&answer.headers), modified };
        if memo.validators != Validators::default() || modified.is_some() {
            listing.documents.push(entry(key, &memo));
        }
        Ok(Some(Document { url, headers: answer.headers, body: answer.body }))
    }

    /// Another crawler reads it, and what it lists comes back from there where it is ours.
    async fn hand_over_list(&self, url: &Url, kind: SourceKind, listing: &mut Listing) -> Result<(), Miss> {
        let dropped = |reason, detail| Miss::Dropped { reason, detail, passing: false };
        let hops = self.errand.map_or(0, |errand| errand.hops) + 1;
        if hops > LISTS_HANDED {
            let detail = format!("handed over more than {LISTS_HANDED} times, last to `{url}`");
            return Err(dropped(Reason::Redirects, detail));
        }
        let canonical =
            CanonicalUrl::parse(url.as_str()).map_err(|e| dropped(Reason::RefusedAddress, e.to_string()))?;
        let lead = Handover {
            at: self.crawler.fetcher.now(),
            url: url.to_string(),
            canonical,
            source: self.source.id.clone(),
            hint: FeedHint { rubrique: listing.rubrique, ..FeedHint::default() },
            modified: None,
            requested_url: None,
            hops,
            listing: Some(kind),
            rules: None,
        };
        listing.handed += 1;
        let sent = self.crawl.send(Parcel { leads: vec![lead], ..Parcel::default() }).await;
        if sent { Ok(()) } else { Err(Miss::Stopped) }
    }

    fn feed(&self, document: &Document, listing: &mut Listing) {
        match parse_feed(&document.body, document.content_type(), &document.url) {
            Ok(feed) => {
                let most = self.crawler.fetcher.settings.max_entries_per_source;
                let ttl = feed.ttl_minutes.map(|m| SignedDuration::from_mins(i64::from(m)));
                listing.quiet = listing.quiet.and(feed.quiet);
                listing.ttl = listing.ttl.max(ttl).max(max_age(&document.headers));
                for item in feed.entries.into_iter().take(most) {
                    listing.lead(&item.url, item.hint(), item.updated);
                }
            }
            Err(e) => self.is_broken(document, e.to_string(), listing),
        }
    }

    fn is_broken(&self, document: &Document, why: String, listing: &mut Listing) {
        tracing::warn!(source = %self.source.id, url = %document.url, why, "cannot be read");
        // It must be read again when it is mended, even if its date does not say so.
        let key = document_key(document.url.as_str());
        listing.documents.retain(|(of, _)| *of != key);
        listing.broken.push((document.url.to_string(), why));
    }

    /// Reads sitemaps and what an index leads to, newest first, up to the limits.
    async fn sitemaps(&self, first: Vec<Document>, listing: &mut Listing) -> Result<(), Miss> {
        let settings = &self.crawler.fetcher.settings;
        let mut urls = Vec::new();
        let mut children: Vec<(String, Option<Published>)> = Vec::new();
        let mut queue = first;
        loop {
            for document in queue.drain(..) {
                match parse_sitemap(&document.body, &document.url) {
                    Ok(map) => {
                        urls.extend(map.urls);
                        children.extend(map.children);
                        // Taken from the end: news first of all, then what changed last.
                        children.sort_by_key(|(url, at)| (url.contains("news"), at.map(|at| sortable(&at))));
                    }
                    Err(e) => self.is_broken(&document, e.to_string(), listing),
                }
            }
            let enough = urls.len() >= settings.max_entries_per_source;
            let Some((child, modified)) = children.pop().filter(|_| !enough) else { break };
            if listing.read >= settings.max_documents_per_source {
                break;
            }
            match self.document(&child, modified, listing).await {
                Ok(document) => queue.extend(document),
                Err(Miss::Dropped { reason, detail, .. }) => {
                    listing.broken.push((child, format!("{}: {detail}", reason.name())));
                }
                Err(other) => return Err(other),
            }
        }
        urls.sort_by_key(|u| std::cmp::Reverse(u.published.or(u.modified).map(|at| sortable(&at))));
        for url in urls.into_iter().take(settings.max_entries_per_source) {
            let hint = FeedHint { title: url.title, published: url.published, ..FeedHint::default() };
            listing.lead(&url.url, hint, url.modified);
        }
        Ok(())
    }

    /// A home or section page: its feeds, else its sitemaps, else its links.
    async fn page(&self, document: Document, listing: &mut Listing) -> Result<(), Miss> {
        let reader = std::sync::Arc::clone(&self.crawler.reader);
        let url = document.url.clone();
        let reading = tokio::task::spawn_blocking(move || {
            reader.read(&document.body, document.content_type(), &document.url)
        });
        // A reader that panics gives no facts; the page then counts as empty.
        let facts = reading.await.unwrap_or_default();
        let mut feeds: Vec<_> = facts.feeds.into_iter().filter(|f| !f.contains("comment")).collect();
        feeds.truncate(FEEDS_PER_PAGE);
        self.follow(&feeds, listing).await?;
        if listing.is_of_use() {
            listing.found = Some(feeds);
            return Ok(());
        }
        let stated =
            self.crawler.fetcher.sitemaps_of(&url, self.source.delay_ms).await.map_err(Miss::Fault)?;
        let mut sitemaps = facts.sitemaps;
        sitemaps.extend(stated.into_iter().filter_map(|s| Some(url.join(&s).ok()?.to_string())));
        sitemaps.dedup();
        self.follow(&sitemaps, listing).await?;
        if listing.is_of_use() {
            listing.found = Some(sitemaps);
            return Ok(());
        }
        let Ok(home) = CanonicalUrl::parse(url.as_str()) else { return Ok(()) };
        for link in facts.links {
            if CanonicalUrl::parse(&link.url).is_ok_and(|c| c.domain() == home.domain() && c != home) {
                listing.lead(&link.url, FeedHint { title: link.title, ..FeedHint::default() }, None);
            }
        }
        Ok(())
    }

    /// Reads documents a page led to; one that cannot be had does not hinder the others.
    async fn follow(&self, addresses: &[String], listing: &mut Listing) -> Result<(), Miss> {
        let mut sitemaps = Vec::new();
        for address in addresses {
            match self.document(address, None, listing).await {
                Ok(Some(document)) => match sniff(&document.body, document.content_type()) {
                    Sniffed::Sitemap => sitemaps.push(document),
                    Sniffed::Feed | Sniffed::Page => self.feed(&document, listing),
                },
                Ok(None) => {}
                Err(Miss::Dropped { reason, detail, .. }) => {
                    listing.broken.push((address.clone(), format!("{}: {detail}", reason.name())));
                }
                Err(other) => return Err(other),
            }
        }
        if sitemaps.is_empty() { Ok(()) } else { self.sitemaps(sitemaps, listing).await }
    }
}

/// `max-age` of `Cache-Control`.
fn max_age(headers: &HeaderMap) -> Option<SignedDuration> {
    let value = text(headers, header::CACHE_CONTROL)?;
    let age = value.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?;
    age.trim_matches('"').parse().ok().map(SignedDuration::from_secs)
}

/// Dates of either precision in one order.
fn sortable(date: &Published) -> jiff::Timestamp {
    date.instant_in(&jiff::tz::TimeZone::UTC)
}

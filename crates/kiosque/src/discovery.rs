//! Finds out about a site from its address alone: its feeds, sitemaps, sections, and what it allows.
//!
//! What the page announces is read first, then what it links to and what its section pages lead to; addresses that
//! many sites have are tried only where nothing else was found. Invariant: a feed or sitemap is named only after it
//! was read and had entries, and every request is made politely, within a budget.

mod lists;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use kiosque_crawl::{CrawlError, Fetched, Manners, Scout, Sniffed, sniff};
use kiosque_extract::{PageLink, Signposts};
use kiosque_model::{Reason, Rubrique};
use url::Url;

use lists::How;
pub(crate) use lists::{FoundList, ListKind, is_same_page};

/// Requests for one site, robots.txt aside.
const BUDGET: usize = 40;
/// Feeds read that the page announces or links to.
const MOST_FEEDS: usize = 12;
/// Pages about feeds that are read.
const FEED_PAGES: usize = 2;
/// Sections whose feed is looked for.
const MOST_SECTIONS: usize = 10;
/// Sections in a row without a feed after which the others are left alone.
const MISSES: usize = 2;

/// Where feeds lie on sites of common software, the commonest first.
const WELL_KNOWN: [&str; 10] = [
    "feed/",
    "rss.xml",
    "rss",
    "feed.xml",
    "xml/syndication.rss",
    "spip.php?page=backend",
    "atom.xml",
    "arc/outboundfeeds/rss/?outputType=xml",
    "index.xml",
    "feed.json",
];
/// Where sitemaps lie that no robots.txt names.
const SITEMAPS: [&str; 4] = ["sitemap-news.xml", "news-sitemap.xml", "sitemap.xml", "sitemap_index.xml"];

/// What was found out about a site.
#[derive(Debug)]
pub(crate) struct Site {
    /// Its home, after redirects.
    pub(crate) url: Url,
    /// What the page says of itself; absent where the address is a feed.
    pub(crate) signs: Signposts,
    /// What its host allows.
    pub(crate) manners: Manners,
    /// Text and data mining reserved, by file, header or page.
    pub(crate) tdm_reserved: Option<bool>,
    /// Feeds with entries, the main one first.
    pub(crate) feeds: Vec<FoundList>,
    /// Sitemaps with entries, those for news first.
    pub(crate) sitemaps: Vec<FoundList>,
    /// Links of its home page that look like articles.
    pub(crate) links: Vec<PageLink>,
    /// Addresses that promised something and gave nothing, and why.
    pub(crate) trouble: Vec<(String, String)>,
}

/// The address of a site as people type it: with or without scheme.
///
/// # Errors
/// Where it is no address of the web.
pub(crate) fn address(typed: &str) -> Result<Url> {
    let typed = typed.trim();
    let full = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    kiosque_model::CanonicalUrl::parse(&full).with_context(|| format!("`{typed}` is no site"))?;
    Url::parse(&full).with_context(|| format!("`{typed}` is no site"))
}

/// Fetches the page of an address as people type it; of one without a scheme that is not served over TLS, without.
pub(crate) async fn open(scout: &Scout, typed: &str) -> Result<Fetched> {
    let fetched = scout.fetch(address(typed)?.as_str()).await;
    if !typed.contains("://") && is_for(&fetched, Reason::Unreachable) {
        // Some sites are still not served over TLS.
        let plain = address(&format!("http://{}", typed.trim()))?;
        let again = scout.fetch(plain.as_str()).await;
        if !is_for(&again, Reason::Unreachable) {
            return Ok(again?);
        }
    }
    Ok(fetched?)
}

/// Finds out about the site of an address. Of one whose robots.txt forbids its page only that is found out.
///
/// # Errors
/// Where its page cannot be had for another reason: why.
pub(crate) async fn discover(scout: &Scout, typed: &str) -> Result<Site> {
    match open(scout, typed).await.map_err(anyhow::Error::downcast) {
        Ok(home) => survey(scout, home).await,
        Err(Ok(CrawlError::Fetch { url, reason: Reason::Robots, .. })) => {
            let url = address(&url)?;
            let manners = scout.manners(&url).await?;
            Ok(Site::closed(url, manners))
        }
        Err(Ok(error)) => behind(scout, error).await,
        Err(Err(error)) => Err(error),
    }
}

/// Finds out about a site whose home page is refused: some that turn machines away from their pages serve their lists.
///
/// # Errors
/// `refused`, where it is for another reason or nothing else is found.
pub(crate) async fn behind(scout: &Scout, refused: CrawlError) -> Result<Site> {
    let CrawlError::Fetch { url, reason: Reason::HttpStatus | Reason::NotFound, detail } = &refused else {
        return Err(refused.into());
    };
    let url = address(url)?;
    if url.path() != "/" {
        return Err(refused.into());
    }
    let manners = scout.manners(&url).await?;
    let mut survey = Survey::new(scout, &url);
    survey.trouble.push((url.to_string(), detail.clone()));
    let feeds = survey.feeds(&Signposts::default(), &url).await;
    let sitemaps = survey.sitemaps(manners.sitemaps.clone(), &url).await;
    if feeds.is_empty() && sitemaps.is_empty() {
        return Err(refused.into());
    }
    Ok(Site { feeds, sitemaps, trouble: survey.trouble, ..Site::closed(url, manners) })
}

/// Whether there is no page for this reason.
fn is_for(fetched: &Result<Fetched, CrawlError>, why: Reason) -> bool {
    matches!(fetched, Err(CrawlError::Fetch { reason, .. }) if *reason == why)
}

impl Site {
    /// A site of which only its rules are known.
    fn closed(url: Url, manners: Manners) -> Self {
        let tdm_reserved = manners.tdm_reserved;
        let (feeds, sitemaps, links, trouble) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { url, signs: Signposts::default(), manners, tdm_reserved, feeds, sitemaps, links, trouble }
    }
}

/// Finds out about the site of a page that was fetched.
///
/// # Errors
/// Where the crawler's own memory fails.
pub(crate) async fn survey(scout: &Scout, home: Fetched) -> Result<Site> {
    let manners = scout.manners(&home.url).await?;
    let mut survey = Survey::new(scout, &home.url);
    if sniff(&home.body, home.content_type.as_deref()) != Sniffed::Page {
        let list = FoundList::read(&home, How::Given, String::new());
        let mut site = Site { tdm_reserved: home.tdm_reserved, ..Site::closed(home.url, manners) };
        match list {
            Ok(list) if list.kind == ListKind::Feed => site.feeds.push(list),
            Ok(list) => site.sitemaps.push(list),
            Err(why) => site.trouble.push((site.url.to_string(), why)),
        }
        return Ok(site);
    }
    let content_type = home.content_type.as_deref();
    let signs = kiosque_extract::read_signposts(&home.body, content_type, &home.url);
    let facts = kiosque_extract::read_page(&home.body, content_type, &home.url);
    let mut feeds = survey.feeds(&signs, &home.url).await;
    lists::order(&mut feeds, signs.name.as_deref());
    let of_sections = survey.section_feeds(&signs.sections, &feeds, &home.url).await;
    feeds.extend(of_sections);
    let named = manners.sitemaps.iter().chain(&facts.sitemaps).cloned().collect();
    let sitemaps = survey.sitemaps(named, &home.url).await;
    let tdm_reserved = facts.tdm_reserved.or(home.tdm_reserved);
    let (url, links) = (home.url, facts.articles);
    Ok(Site { url, signs, manners, tdm_reserved, feeds, sitemaps, links, trouble: survey.trouble })
}

struct Survey<'s> {
    scout: &'s Scout,
    asked: BTreeSet<String>,
    left: usize,
    trouble: Vec<(String, String)>,
}

impl<'s> Survey<'s> {
    /// Of a site whose page was asked for.
    fn new(scout: &'s Scout, home: &Url) -> Self {
        Self { scout, asked: BTreeSet::from([home.to_string()]), left: BUDGET, trouble: Vec::new() }
    }

    /// Fetches an address that was not asked for before, while there is budget. `promised` misses are told.
    async fn fetch(&mut self, url: &str, promised: bool) -> Option<Fetched> {
        if self.left == 0 || !self.asked.insert(url.to_owned()) {
            return None;
        }
        self.left -= 1;
        match self.scout.fetch(url).await {
            Ok(fetched) => Some(fetched),
            Err(error) => {
                if promised {
                    let why = match error {
                        CrawlError::Fetch { reason, detail, .. } => format!("{}: {detail}", reason.name()),
                        other => other.to_string(),
                    };
                    self.trouble.push((url.to_owned(), why));
                }
                None
            }
        }
    }

    /// Reads what may be a feed or sitemap.
    async fn list(&mut self, link: &PageLink, how: How) -> Option<FoundList> {
        let promised = how != How::WellKnown;
        let fetched = self.fetch(&link.url, promised).await?;
        match FoundList::read(&fetched, how, link.title.clone()) {
            Ok(list) => Some(list),
            Err(why) => {
                if promised {
                    self.trouble.push((link.url.clone(), why));
                }
                None
            }
        }
    }

    /// Feeds announced, linked, listed on a page about feeds, and, where there are none, those of common software.
    async fn feeds(&mut self, signs: &Signposts, home: &Url) -> Vec<FoundList> {
        let mut found: Vec<FoundList> = Vec::new();
        let announced = signs.feeds.iter().map(|link| (link, How::Announced));
        let linked = signs.feed_links.iter().map(|link| (link, How::Linked));
        for (link, how) in announced.chain(linked).take(MOST_FEEDS) {
            lists::add(&mut found, self.list(link, how).await);
        }
        for page in signs.feed_pages.iter().take(FEED_PAGES) {
            let Some(fetched) = self.fetch(page, false).await else { continue };
            if sniff(&fetched.body, fetched.content_type.as_deref()) != Sniffed::Page {
                lists::add(&mut found, FoundList::read(&fetched, How::Linked, String::new()).ok());
                continue;
            }
            let listed =
                kiosque_extract::read_signposts(&fetched.body, fetched.content_type.as_deref(), &fetched.url);
            for link in listed.feed_links.iter().chain(&listed.feeds).take(MOST_FEEDS) {
                lists::add(&mut found, self.list(link, How::Linked).await);
            }
        }
        if found.is_empty() {
            for path in WELL_KNOWN {
                let Ok(url) = home.join(path) else { continue };
                let link = PageLink { url: url.to_string(), title: String::new() };
                lists::add(&mut found, self.list(&link, How::WellKnown).await);
                if !found.is_empty() {
                    break;
                }
            }
        }
        found
    }

    /// Feeds of sections, written as the main one is, of sections whose names are rubriques of ours.
    async fn section_feeds(
        &mut self,
        sections: &[PageLink],
        feeds: &[FoundList],
        home: &Url,
    ) -> Vec<FoundList> {
        let Some(ending) = feeds.first().and_then(|main| lists::ending(&main.url, home)) else {
            return Vec::new();
        };
        let (mut found, mut misses): (Vec<FoundList>, usize) = (Vec::new(), 0);
        let named = |s: &PageLink| -> Option<Rubrique> { kiosque_classify::rubrique_of_section(&s.title) };
        for section in sections.iter().filter(|s| named(s).is_some()).take(MOST_SECTIONS) {
            if misses == MISSES && found.is_empty() {
                break;
            }
            let url = format!("{}/{ending}", section.url.trim_end_matches('/'));
            if feeds.iter().any(|known| known.url == url) {
                continue;
            }
            let link = PageLink { url, title: section.title.clone() };
            let list = self.list(&link, How::WellKnown).await;
            // A site that answers everything with its main feed has none for its sections.
            match list.filter(|list| feeds.first().is_none_or(|main| !list.is_same(main))) {
                Some(list) => {
                    misses = 0;
                    lists::add(
                        &mut found,
                        Some(FoundList { how: How::Section, rubrique: named(section), ..list }),
                    );
                }
                None => misses += 1,
            }
        }
        found
    }

    async fn sitemaps(&mut self, named: Vec<String>, home: &Url) -> Vec<FoundList> {
        let mut found: Vec<FoundList> = Vec::new();
        let promised = !named.is_empty();
        let guessed = || SITEMAPS.iter().filter_map(|path| Some(home.join(path).ok()?.to_string())).collect();
        let addresses: Vec<String> = if promised { named } else { guessed() };
        let how = if promised { How::Announced } else { How::WellKnown };
        let absolute =
            |address: &String| home.join(address).map_or_else(|_| address.clone(), |url| url.to_string());
        for address in addresses.iter().map(absolute).take(MOST_FEEDS / 2) {
            let link = PageLink { url: address, title: String::new() };
            lists::add(&mut found, self.list(&link, how).await);
            if !promised && !found.is_empty() {
                break;
            }
        }
        // For news first: they name what is new.
        found.sort_by_key(|list| (!list.is_news, !list.url.contains("news")));
        found
    }
}

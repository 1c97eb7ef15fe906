//! What `kiosque probe` tells of a site: what its host allows, where its articles are listed, and a few of them as
//! they would be read.

use anyhow::Result;
use kiosque_crawl::{CrawlError, Fetched, Scout};
use kiosque_extract::RuleSet;
use serde_json::{Value, json};

use crate::commands::extract;
use crate::discovery::{FoundList, Site};

/// Articles read as a sample.
const SAMPLE: usize = 3;
/// Sections printed for a person.
const SHOWN: usize = 12;

/// A site, and some of its articles.
pub(super) struct Look {
    site: Site,
    sample: Vec<Read>,
}

/// An article of the sample: what was read of it, or why nothing was.
struct Read {
    url: String,
    read: Result<Value, String>,
}

/// Reads some articles of a site.
pub(super) async fn look(scout: &Scout, site: Site, rules: &RuleSet) -> Look {
    let mut sample = Vec::new();
    for url in articles(&site) {
        let read = match scout.fetch(&url).await {
            Ok(fetched) => read(&fetched, rules).map_err(|error| format!("{error:#}")),
            Err(CrawlError::Fetch { reason, detail, .. }) => Err(format!("{}: {detail}", reason.name())),
            Err(other) => Err(other.to_string()),
        };
        sample.push(Read { url, read });
    }
    Look { site, sample }
}

/// Where the sample is taken from: the main feed, else a sitemap for news, else the page's links.
fn articles(site: &Site) -> Vec<String> {
    let news = site.sitemaps.iter().find(|map| map.is_news);
    let list = site.feeds.first().or(news).filter(|list| !list.entries.is_empty());
    match list {
        Some(list) => list.entries.iter().take(SAMPLE).map(|entry| entry.url.clone()).collect(),
        None => site.links.iter().take(SAMPLE).map(|link| link.url.clone()).collect(),
    }
}

fn read(fetched: &Fetched, rules: &RuleSet) -> Result<Value> {
    let mut page = extract::page(fetched.body.clone(), Some(fetched.url.as_str()))?;
    page.content_type = fetched.content_type.clone();
    page.headers = fetched.headers.iter().cloned().collect();
    let (article, _) = kiosque_extract::extract_with(&page, rules)?;
    Ok(extract::fields(&article))
}

impl Look {
    /// Every feed that was read.
    pub(super) fn feeds(&self) -> impl Iterator<Item = &str> {
        self.site.feeds.iter().map(|list| list.url.as_str())
    }

    /// Every sitemap that was read.
    pub(super) fn sitemaps(&self) -> impl Iterator<Item = &str> {
        self.site.sitemaps.iter().map(|list| list.url.as_str())
    }

    pub(super) fn as_json(&self) -> Value {
        let site = &self.site;
        let list = |list: &FoundList| {
            json!({
                "url": list.url, "title": list.title, "found": list.how.name(), "rubrique": list.rubrique,
                "entries": list.entries.len(), "newest": list.newest(), "news": list.is_news, "children": list.children,
            })
        };
        let sample = |one: &Read| match &one.read {
            Ok(article) => json!({ "url": one.url, "article": article }),
            Err(why) => json!({ "url": one.url, "error": why }),
        };
        let sections = site.signs.sections.iter();
        json!({
            "url": site.url.as_str(), "name": site.signs.name, "language": site.signs.language,
            "generator": site.signs.generator,
            "robots": {
                "allowed": site.manners.allowed, "rule": site.manners.rule,
                "crawl_delay_ms": site.manners.crawl_delay_ms, "sitemaps": site.manners.sitemaps,
            },
            "tdm_reserved": site.tdm_reserved,
            "feeds": site.feeds.iter().map(list).collect::<Vec<_>>(),
            "sitemaps": site.sitemaps.iter().map(list).collect::<Vec<_>>(),
            "sections": sections.map(|s| json!({ "url": s.url, "title": s.title, "rubrique": kiosque_classify::rubrique_of_section(&s.title) })).collect::<Vec<_>>(),
            "sample": self.sample.iter().map(sample).collect::<Vec<_>>(),
            "trouble": site.trouble.iter().map(|(url, why)| json!({ "url": url, "why": why })).collect::<Vec<_>>(),
        })
    }

    pub(super) fn print(&self) {
        let site = &self.site;
        let signs = &site.signs;
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        println!("site       {} ({}, language {})", site.url, or_dash(&signs.name), or_dash(&signs.language));
        let allowed = match site.manners.allowed {
            Some(true) => "allowed",
            Some(false) => "FORBIDDEN",
            None => "cannot be told for now",
        };
        let rest = site.manners.crawl_delay_ms;
        let rest = if rest > 0 { format!(", Crawl-delay {rest} ms") } else { String::new() };
        println!("robots     {allowed} ({}){rest}", site.manners.rule);
        let tdm = match site.tdm_reserved {
            Some(true) => "RESERVED",
            Some(false) => "open",
            None => "nothing stated",
        };
        println!("TDM        {tdm}");
        site.feeds.iter().for_each(|list| print_list("feed", list));
        site.sitemaps.iter().for_each(|list| print_list("sitemap", list));
        for section in signs.sections.iter().take(SHOWN) {
            let rubrique = kiosque_classify::rubrique_of_section(&section.title);
            println!(
                "section    {:<24} {:<14} {}",
                section.title,
                rubrique.map_or("–", |r| r.slug()),
                section.url
            );
        }
        if signs.sections.len() > SHOWN {
            println!("           … and {} more; --json shows all", signs.sections.len() - SHOWN);
        }
        for one in &self.sample {
            println!("article    {}", one.url);
            match &one.read {
                Ok(article) => print_article(article),
                Err(why) => println!("           cannot be read: {why}"),
            }
        }
        site.trouble.iter().for_each(|(url, why)| println!("trouble    {url}: {why}"));
    }
}

fn print_list(what: &str, list: &FoundList) {
    let rubrique = list.rubrique.map_or("–", |rubrique| rubrique.slug());
    let size = if list.children > 0 {
        format!("{} sitemaps", list.children)
    } else {
        format!(
            "{} entries, newest {}",
            list.entries.len(),
            list.newest().map_or_else(|| "–".to_owned(), |at| at.to_string())
        )
    };
    println!("{what:<10} {} ({}, {rubrique}, {size})", list.url, list.how.name());
}

fn print_article(article: &Value) {
    let text = |field: &str| article[field].as_str().unwrap_or("–").to_owned();
    let words = text("text").split_whitespace().count();
    println!("           {} ({})", text("title"), text("kind"));
    println!(
        "           {} · {} · section {} · {words} words",
        text("published"),
        article["authors"],
        text("section")
    );
    let begin: String = text("text").chars().take(160).collect();
    println!("           {}", begin.replace('\n', " "));
}

//! `kiosque probe URL|FILE`: what is there — a feed, a sitemap or a page — and what a crawl would find in it.

mod site;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use kiosque_crawl::{Agent, CrawlError, Scout, Settings, Sniffed};
use kiosque_extract::{RuleReport, RuleSet};
use kiosque_model::{Published, Reason};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::Url;

use super::{UsageError, extract};
use crate::cli::ProbeArgs;
use crate::config::Config;
use crate::{batch, catalogue, discovery, rules};

/// The address a file's relative links are read against.
const FILE_BASE: &str = "http://unknown.invalid/";
/// Entries printed for a person.
const SHOWN: usize = 20;

struct Found {
    kind: &'static str,
    url: Option<String>,
    entries: Vec<Entry>,
    feeds: Vec<String>,
    sitemaps: Vec<String>,
    /// For a page: what the extractor reads of it.
    article: Option<Value>,
    /// For a page: the site rule it is read by.
    rule: Option<RuleReport>,
    /// For a home or section page on the web: what was found out about its site.
    site: Option<site::Look>,
}

impl Found {
    /// A page of which nothing is known.
    fn page(url: Option<&str>) -> Self {
        Self {
            kind: "page",
            url: url.map(str::to_owned),
            entries: Vec::new(),
            feeds: Vec::new(),
            sitemaps: Vec::new(),
            article: None,
            rule: None,
            site: None,
        }
    }

    /// Adds what was found out about its site.
    fn lead_on(&mut self, site: site::Look) {
        let feeds: Vec<&str> =
            site.feeds().filter(|url| !self.feeds.iter().any(|known| known == url)).collect();
        self.feeds.extend(feeds.into_iter().map(str::to_owned));
        let maps: Vec<&str> =
            site.sitemaps().filter(|url| !self.sitemaps.iter().any(|known| known == url)).collect();
        self.sitemaps.extend(maps.into_iter().map(str::to_owned));
        self.site = Some(site);
    }
}

struct Entry {
    url: String,
    title: Option<String>,
    published: Option<Published>,
}

/// Prints what is there.
pub(crate) fn run(args: &ProbeArgs) -> Result<ExitCode> {
    let config = match args.pipeline.as_ref().filter(|name| !name.is_empty()) {
        Some(file) => Some(Config::load(Some(Path::new(file)))?),
        None => None,
    };
    let rules = match config.as_ref().and_then(|config| config.rules.as_deref()) {
        Some(folder) => rules::read(folder)?,
        None => RuleSet::default(),
    };
    let found = if Path::new(&args.target).is_file() || args.target == "-" {
        let address = args.url.as_deref();
        let base = Url::parse(address.unwrap_or(FILE_BASE))
            .map_err(|_| UsageError(format!("`--url {}` is no address", address.unwrap_or_default())))?;
        look(&batch::file_bytes(Path::new(&args.target))?, None, &base, address, &rules)?
    } else {
        fetch_and_look(args, config, &rules)?
    };
    if args.json {
        println!("{}", as_json(&found));
    } else {
        print(&found);
    }
    Ok(ExitCode::SUCCESS)
}

fn fetch_and_look(args: &ProbeArgs, config: Option<Config>, rules: &RuleSet) -> Result<Found> {
    if args.url.is_some() {
        return Err(UsageError(format!("`--url` is for a file, and `{}` is none", args.target)).into());
    }
    let Ok(target) = discovery::address(&args.target) else {
        bail!(
            "`{}` is neither a file nor an address\nhint: an address begins with http:// or https://",
            args.target
        );
    };
    let settings = config.map_or_else(own_settings, |config| config.crawl);
    catalogue::identified(&settings, [target.as_str()])?;
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let scout = Scout::try_new(settings)?;
    let fetched = match runtime.block_on(discovery::open(&scout, &args.target)) {
        Ok(fetched) => fetched,
        Err(error) => return behind(&runtime, &scout, error, rules),
    };
    let (content_type, url) = (fetched.content_type.as_deref(), &fetched.url);
    let mut found = look(&fetched.body, content_type, url, Some(url.as_str()), rules)?;
    found.sitemaps.extend(fetched.sitemaps.iter().cloned());
    if found.kind == "page" && leads_to_articles(&found, url) {
        let site = runtime.block_on(discovery::survey(&scout, fetched))?;
        found.lead_on(runtime.block_on(site::look(&scout, site, rules)));
    }
    Ok(found)
}

/// What there is of a site whose page is refused.
fn behind(runtime: &Runtime, scout: &Scout, error: anyhow::Error, rules: &RuleSet) -> Result<Found> {
    let refused: CrawlError = error.downcast()?;
    let site = runtime.block_on(discovery::behind(scout, refused)).map_err(with_hint)?;
    let mut found = Found::page(Some(site.url.as_str()));
    found.lead_on(runtime.block_on(site::look(scout, site, rules)));
    Ok(found)
}

fn with_hint(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(CrawlError::Fetch { reason: Reason::RefusedAddress, .. }) => anyhow!(
            "{error}\nhint: `--pipeline FILE` probes with a pipeline, whose `crawl.allow_private` opens a network of your own"
        ),
        _ => error,
    }
}

/// Without a pipeline: one's contact may stand in the variable that sets a pipeline's. The example that stands for it
/// where it does not is good enough for a web of one's own, and for no publisher's.
fn own_settings() -> Settings {
    let contact = std::env::var("KIOSQUE__CRAWL__CONTACT").ok().filter(|contact| !contact.is_empty());
    Settings::new(Agent {
        product: "kiosque".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        contact: contact.unwrap_or_else(|| "https://kiosque.example/probe".to_owned()),
    })
}

/// Whether a page is a site's own door, by its address or by what is read of it.
fn leads_to_articles(found: &Found, url: &Url) -> bool {
    let is_door = url.path().trim_matches('/').len() <= 3;
    let kind = found.article.as_ref().and_then(|article| article["kind"].as_str());
    is_door || kind == Some("listing")
}

fn look(
    body: &[u8],
    content_type: Option<&str>,
    base: &Url,
    url: Option<&str>,
    rules: &RuleSet,
) -> Result<Found> {
    let mut found = Found::page(url);
    match kiosque_crawl::sniff(body, content_type) {
        Sniffed::Feed => {
            found.kind = "feed";
            let feed = kiosque_crawl::parse_feed(body, content_type, base)?;
            let entry =
                |e: kiosque_crawl::Entry| Entry { url: e.url, title: e.title, published: e.published };
            found.entries = feed.entries.into_iter().map(entry).collect();
        }
        Sniffed::Sitemap => {
            found.kind = "sitemap";
            let sitemap = kiosque_crawl::parse_sitemap(body, base)?;
            let entry = |u: kiosque_crawl::SitemapUrl| Entry {
                url: u.url,
                title: u.title,
                published: u.published.or(u.modified),
            };
            found.entries = sitemap.urls.into_iter().map(entry).collect();
            found.sitemaps = sitemap.children.into_iter().map(|(url, _)| url).collect();
        }
        Sniffed::Page => {
            let facts = kiosque_extract::read_page(body, content_type, base);
            let entry = |link: kiosque_extract::PageLink| Entry {
                url: link.url,
                title: Some(link.title),
                published: None,
            };
            found.entries = facts.articles.into_iter().map(entry).collect();
            found.feeds = facts.feeds;
            found.sitemaps = facts.sitemaps;
            let mut page = extract::page(body.to_vec(), url)?;
            page.content_type = content_type.map(str::to_owned);
            if let Ok((article, rule)) = kiosque_extract::extract_with(&page, rules) {
                found.article = Some(extract::fields(&article));
                found.rule = rule;
            }
        }
    }
    Ok(found)
}

fn as_json(found: &Found) -> Value {
    let entry = |e: &Entry| json!({ "url": e.url, "title": e.title, "published": e.published });
    let mut object = json!({
        "kind": found.kind, "url": found.url,
        "entries": found.entries.iter().map(entry).collect::<Vec<_>>(),
    });
    if found.kind == "page" {
        object["feeds"] = json!(found.feeds);
        object["article"] = json!(found.article);
        let rule = |r: &RuleReport| json!({ "file": r.file, "used": r.used, "idle": r.idle });
        object["rule"] = json!(found.rule.as_ref().map(rule));
    }
    if found.kind != "feed" {
        object["sitemaps"] = json!(found.sitemaps);
    }
    if let Some(site) = &found.site {
        object["site"] = site.as_json();
    }
    object
}

fn print(found: &Found) {
    if let Some(site) = &found.site {
        return site.print();
    }
    println!(
        "{}: {} entries, {} feeds, {} sitemaps",
        found.kind,
        found.entries.len(),
        found.feeds.len(),
        found.sitemaps.len()
    );
    for feed in &found.feeds {
        println!("  feed     {feed}");
    }
    for sitemap in &found.sitemaps {
        println!("  sitemap  {sitemap}");
    }
    for entry in found.entries.iter().take(SHOWN) {
        let published = entry.published.map(|p| p.to_string()).unwrap_or_default();
        println!("  {published:<25} {}\n    {}", entry.title.as_deref().unwrap_or("(no title)"), entry.url);
    }
    if found.entries.len() > SHOWN {
        println!("  … and {} more; --json shows all", found.entries.len() - SHOWN);
    }
    if let Some(rule) = &found.rule {
        let keys = |keys: &[&str]| if keys.is_empty() { "–".to_owned() } else { keys.join(", ") };
        println!("site rule {}, for {}", rule.file, rule.host);
        println!("  used       {}", keys(&rule.used));
        println!("  idle       {}", keys(&rule.idle));
    }
    if let Some(article) = &found.article {
        let text = |field: &str| article[field].as_str().unwrap_or("–").to_owned();
        println!("as an article: {} ({})", text("title"), text("kind"));
        println!("  authors    {}", article["authors"]);
        println!("  published  {}", text("published"));
        let begin: String = text("text").chars().take(300).collect();
        println!("  text       {begin}");
    }
}

//! `kiosque sources add SITE`: from an address to a table of the pipeline's file.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kiosque_crawl::{Scout, SourceKind};
use kiosque_model::Language;

use crate::catalogue::edit::{Editor, table_of};
use crate::catalogue::{self, free_name, transfer};
use crate::cli::AddArgs;
use crate::commands::UsageError;
use crate::config::{Config, FeedConfig, SourceConfig, Trust, is_name};
use crate::discovery::{self, FoundList, Site, is_same_page};

/// Sitemaps older sites have by the dozen are of no use beside a feed; this many sections are.
const MOST_FEEDS: usize = 20;

/// Finds out about the site, prints the table and writes it.
pub(super) fn run(config: &Config, args: &AddArgs) -> Result<ExitCode> {
    if let Some(id) = args.id.as_ref().filter(|id| !is_name(id)) {
        return Err(UsageError(format!("`--id {id}` must be of a-z, 0-9 and `-`")).into());
    }
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    if let Ok(target) = discovery::address(&args.site) {
        catalogue::identified(&config.crawl, [target.as_str()])?;
    }
    let known = catalogue::all(config)?;
    let scout = Scout::try_new(config.crawl.clone())?;
    let site = runtime.block_on(discovery::discover(&scout, &args.site))?;
    let source = source(&known, args, &site)?;
    print!("[[source]]\n{}", table_of(&source));
    for (url, why) in &site.trouble {
        eprintln!("note: {url}: {why}");
    }
    if args.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    let mut editor = Editor::open(&config.file)?;
    editor.add(&source)?;
    editor.save()?;
    eprintln!("added `{}` to {}", source.id, config.file);
    if let Some(reason) = &source.reason {
        eprintln!(
            "note: it is off: {reason}\nhint: `kiosque sources enable {}` once that is settled",
            source.id
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn source(known: &[SourceConfig], args: &AddArgs, site: &Site) -> Result<SourceConfig> {
    let home = site.url.to_string();
    let (url, kind) = match (
        site.feeds.first(),
        site.sitemaps.iter().find(|map| map.is_news || map.children > 0),
    ) {
        (Some(feed), _) => (feed.url.clone(), SourceKind::Feed),
        (None, Some(map)) => (map.url.clone(), SourceKind::Sitemap),
        (None, None) if site.manners.allowed == Some(false) => (home.clone(), SourceKind::Auto),
        (None, None) if !site.links.is_empty() => (home.clone(), SourceKind::Page),
        (None, None) => bail!(
            "`{home}` has neither feed nor sitemap, nor links that look like articles\nhint: name one of its section pages, or look with `kiosque probe {home}`"
        ),
    };
    let lists = |source: &SourceConfig| {
        is_same_page(&source.url, &url) || source.feeds.iter().any(|f| is_same_page(&f.url, &url))
    };
    if let Some(known) = known.iter().find(|source| lists(source)) {
        bail!("the pipeline has this site already, as `{}`", known.id);
    }
    let taken: BTreeSet<String> = known.iter().map(|source| source.id.clone()).collect();
    let id = args.id.clone().unwrap_or_else(|| free_name(&transfer::id_of(&home), &taken));
    let fallback = || site.feeds.first().map(|feed| feed.title.clone()).filter(|title| !title.is_empty());
    let name =
        args.name.clone().or_else(|| site.signs.name.clone()).or_else(fallback).unwrap_or_else(|| id.clone());
    let mut source = SourceConfig::new(id, name, url);
    source.kind = kind;
    source.site = Some(home);
    source.language = site.signs.language.as_deref().and_then(Language::from_tag);
    source.trust = Trust::Checked;
    source.feeds =
        site.feeds.iter().skip(1).filter(|feed| feed.rubrique.is_some()).take(MOST_FEEDS).map(feed).collect();
    source.reason = objection(site);
    source.enabled = source.reason.is_none();
    Ok(source)
}

fn feed(list: &FoundList) -> FeedConfig {
    FeedConfig { url: list.url.clone(), rubrique: list.rubrique, enabled: true, note: None }
}

/// Why a site is not to be read before somebody has asked its publisher.
fn objection(site: &Site) -> Option<String> {
    if site.tdm_reserved == Some(true) {
        return Some("l’éditeur réserve la fouille de textes et de données (TDMRep)".to_owned());
    }
    (site.manners.allowed == Some(false)).then(|| format!("robots.txt : {}", site.manners.rule))
}

//! Tries every list of every source, and prints a table: what an operator reads before a catalogue is trusted.
//!
//! All hosts at the same time, each politely: one scout asks for everything. A source that is off is shown with its
//! reason and not asked for unless that is wanted.

use anyhow::{Context, Result, bail};
use comfy_table::{Table, presets};
use futures::StreamExt as _;
use kiosque_crawl::{CrawlError, Scout, SourceKind};
use kiosque_model::Published;

use crate::catalogue;
use crate::config::{Config, SourceConfig};
use crate::discovery::FoundList;

/// What one source answered.
struct Tried {
    id: String,
    /// `None` where it was not asked.
    ok: Option<bool>,
    /// Lists that had entries, of those that were asked for.
    lists: (usize, usize),
    entries: usize,
    newest: Option<Published>,
    tdm_reserved: Option<bool>,
    /// Of the slowest answer.
    elapsed_ms: u64,
    words: Vec<String>,
}

/// Tries them and prints the table; `all` also those that are off.
///
/// # Errors
/// Where one that is on cannot be read.
pub(super) fn run(config: &Config, all: bool) -> Result<()> {
    if config.invented_press {
        println!("ok  sources    {}: the invented press, served by `kiosque run`", config.sources.len());
        return Ok(());
    }
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let sources = runtime.block_on(catalogue::load(config))?;
    let scout = Scout::try_new(config.crawl.clone())?;
    let at_once = config.crawl.hosts_at_once.max(1);
    let trying = futures::stream::iter(&sources).map(|source| try_one(&scout, source, all)).buffered(at_once);
    let tried: Vec<Tried> = runtime.block_on(trying.collect());
    println!("{}", table(&tried));
    let count = |ok| tried.iter().filter(|source| source.ok == ok).count();
    let (good, bad) = (count(Some(true)), count(Some(false)));
    println!("{good} sources can be read, {bad} cannot, {} were not asked", count(None));
    if bad > 0 {
        bail!(
            "{bad} sources cannot be read\nhint: look at one with `kiosque probe URL`, or switch it off with `kiosque sources disable`"
        );
    }
    Ok(())
}

async fn try_one(scout: &Scout, source: &SourceConfig, all: bool) -> Tried {
    let mut tried = Tried {
        id: source.id.clone(),
        ok: None,
        lists: (0, 0),
        entries: 0,
        newest: None,
        tdm_reserved: None,
        elapsed_ms: 0,
        words: Vec::new(),
    };
    if !source.enabled {
        let reason = source.reason.as_deref();
        tried.words.push(reason.map_or_else(|| "off".to_owned(), |reason| format!("off: {reason}")));
        if !all {
            return tried;
        }
    }
    tried.list(scout, &source.url, matches!(source.kind, SourceKind::Auto | SourceKind::Page)).await;
    for feed in source.feeds.iter().filter(|feed| feed.enabled || all) {
        tried.list(scout, &feed.url, false).await;
    }
    // One list is enough to read by; what is wrong with the others is told beside.
    tried.ok = Some(tried.lists.0 > 0);
    tried
}

impl Tried {
    async fn list(&mut self, scout: &Scout, url: &str, may_be_page: bool) {
        self.lists.1 += 1;
        match look(scout, url, may_be_page).await {
            Ok((list, elapsed_ms, tdm_reserved)) => {
                self.lists.0 += 1;
                self.elapsed_ms = self.elapsed_ms.max(elapsed_ms);
                self.tdm_reserved = self.tdm_reserved.max(tdm_reserved);
                self.entries += list.entries.len();
                let utc = jiff::tz::TimeZone::UTC;
                let dates = self.newest.into_iter().chain(list.newest());
                self.newest = dates.max_by_key(|at| at.instant_in(&utc));
            }
            Err(why) => self.words.push(format!("{url}: {why}")),
        }
    }
}

/// What stands at an address, in words where it is of no use.
async fn look(scout: &Scout, url: &str, may_be_page: bool) -> Result<(FoundList, u64, Option<bool>), String> {
    let fetched = scout.fetch(url).await.map_err(|error| match error {
        CrawlError::Fetch { reason, detail, .. } => format!("{}: {detail}", reason.name()),
        other => other.to_string(),
    })?;
    let (elapsed_ms, tdm_reserved) = (fetched.elapsed_ms, fetched.tdm_reserved);
    let list = match FoundList::of(&fetched) {
        Err(_) if may_be_page => FoundList::of_page(&fetched)?,
        list => list?,
    };
    Ok((list, elapsed_ms, tdm_reserved))
}

fn table(tried: &[Tried]) -> Table {
    let mut table = Table::new();
    let header = ["", "source", "lists", "entries", "newest", "ms", "TDM", "what to know"];
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(header);
    for source in tried {
        let tdm = match source.tdm_reserved {
            Some(true) => "reserved",
            Some(false) => "open",
            None => "–",
        };
        table.add_row([
            source.ok.map_or("off", |ok| if ok { "ok" } else { "BAD" }).to_owned(),
            source.id.clone(),
            format!("{}/{}", source.lists.0, source.lists.1),
            source.entries.to_string(),
            source.newest.map_or_else(|| "–".to_owned(), |at| at.to_string()),
            source.elapsed_ms.to_string(),
            tdm.to_owned(),
            source.words.join("\n"),
        ]);
    }
    table
}

//! The line: every stage of a pipeline in one process, each on a thread of its own, joined only by the bus.
//!
//! A stage that ends with an error stops the others after their batch; what they did stays committed, and the
//! next start goes on from there.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jiff::{SignedDuration, Timestamp};
use kiosque_crawl::{CrawlError, Crawler};
use kiosque_model::topic;
use kiosque_store::{SourceRow, StageMemory, Store, StoreOptions};
use kiosque_stream::{Connect, EmbeddedLog, EmbeddedOptions, MemoryLog, RunOptions, Stage, Stop, Summary};

use crate::config::{BusConfig, Config, SourceConfig};
use crate::stages::classify::Classify;
use crate::stages::crawl::{BusOutlet, CrawlMemory, HtmlReader};
use crate::stages::dedup::Dedup;
use crate::stages::extract::Extract;
use crate::stages::sink::Sink;
use crate::stages::trail::Trail;

/// Consumer groups and the topics they read, in the order of the line.
pub(crate) const GROUPS: [(&str, &str); 5] = [
    (Dedup::NAME, topic::PAGES),
    (Extract::NAME, topic::UNIQUE),
    (Classify::NAME, topic::ARTICLES),
    (Sink::NAME, topic::TAGGED),
    (Trail::NAME, topic::BREADCRUMBS),
];

/// How often a caller that waits for the bus to drain looks, in milliseconds.
const LOOK_MS: u64 = 20;

/// A pipeline with its files open.
pub(crate) struct Line {
    pub(crate) config: Config,
    pub(crate) log: Arc<dyn Connect>,
    /// The embedded log and how many days of it are kept.
    kept: Option<(Arc<EmbeddedLog>, u32)>,
    pub(crate) memory: Arc<StageMemory>,
    pub(crate) stop: Stop,
}

/// Sets a flag when it goes out of scope, however that happens.
struct SetOnDrop(Stop);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// The stages at work.
pub(crate) struct Running {
    threads: Vec<(&'static str, JoinHandle<Result<Summary>>)>,
}

impl Line {
    /// Opens bus, memory and store, and writes the catalogue down.
    ///
    /// # Errors
    /// Where a file cannot be opened: which, why, and what to do.
    pub(crate) fn open(config: Config, sources: &[SourceConfig]) -> Result<Self> {
        for path in [&config.store, &config.state] {
            make_parent(path)?;
        }
        let (log, kept): (Arc<dyn Connect>, _) = match &config.bus {
            BusConfig::Memory => (Arc::new(MemoryLog::new()), None),
            BusConfig::Embedded { path, keep_days } => {
                let log = open_embedded(path)?;
                (Arc::clone(&log) as Arc<dyn Connect>, Some((log, *keep_days)))
            }
        };
        let memory = Arc::new(StageMemory::open(&config.state)?);
        let store = open_store(&config)?;
        if store.days()?.is_empty() && !memory.is_empty()? {
            // The store is new, or was lost: what the stages remember would keep its pages away for ever. Forgetting
            // costs work, not truth; what is still on the bus comes again and is known by its id.
            eprintln!("the store `{}` is empty: every page is fetched again", config.store.display());
            memory.forget()?;
        }
        store.sync_sources(&sources.iter().map(source_row).collect::<Vec<_>>())?;
        let line = Self { config, log, kept, memory, stop: Stop::new() };
        line.purge()?;
        Ok(line)
    }

    /// Removes from the bus what every stage has read and what is older than the pipeline keeps.
    ///
    /// # Errors
    /// Where the bus cannot be written.
    pub(crate) fn purge(&self) -> Result<()> {
        if let Some((log, keep_days)) = &self.kept {
            let kept = SignedDuration::from_hours(24 * i64::from(*keep_days));
            log.purge(Timestamp::now().saturating_sub(kept)?)?;
        }
        Ok(())
    }

    /// Starts every stage on its thread.
    ///
    /// # Errors
    /// Where the store cannot be opened or a stage finds no place on the bus.
    pub(crate) fn start(&self) -> Result<Running> {
        let Config { time_zone, editions, group, .. } = &self.config;
        let sink = Sink::open(open_store(&self.config)?, time_zone.clone(), editions.clone(), group.clone())?;
        let trail = Trail::new(open_store(&self.config)?);
        let threads = vec![
            self.spawn(Dedup::new(Arc::clone(&self.memory)))?,
            self.spawn(Extract)?,
            self.spawn(Classify)?,
            self.spawn(sink)?,
            self.spawn(trail)?,
        ];
        Ok(Running { threads })
    }

    fn spawn<S: Stage + 'static>(&self, mut stage: S) -> Result<(&'static str, JoinHandle<Result<Summary>>)> {
        let mut bus = self.log.connect(S::NAME, <S::In as kiosque_model::Message>::TOPIC)?;
        let stop = self.stop.clone();
        let options = RunOptions { batch: batch_of(S::NAME), ..RunOptions::default() };
        let thread = std::thread::Builder::new().name(S::NAME.to_owned()).spawn(move || {
            // Whoever ends, in peace, with an error or in a panic, ends the line: the others finish their batch.
            let _ending = SetOnDrop(stop.clone());
            let ended = kiosque_stream::run(&mut stage, bus.as_mut(), &options, &stop);
            ended.with_context(|| format!("stage `{}` ended", S::NAME))
        });
        Ok((S::NAME, thread.context("cannot start a thread")?))
    }

    /// A crawler on this line.
    ///
    /// # Errors
    /// Where its settings make no client.
    pub(crate) fn crawler(&self) -> Result<Crawler> {
        let outlet = BusOutlet::open(Arc::clone(&self.log), self.stop.clone())?;
        let memory = CrawlMemory(Arc::clone(&self.memory));
        let settings = self.config.crawl.clone();
        let crawler: Result<Crawler, CrawlError> =
            Crawler::try_new(settings, Arc::new(memory), Arc::new(outlet), Arc::new(HtmlReader));
        Ok(crawler?)
    }

    /// Waits until every stage has committed all there is. A stage commits after its outputs are visible, so
    /// lags that are zero when asked in the order of the line mean that nothing is under way.
    ///
    /// # Errors
    /// Where the bus cannot be asked. A line that was stopped is not waited for.
    pub(crate) fn wait_until_drained(&self) -> Result<()> {
        for (group, topic) in GROUPS {
            while !self.stop.is_set() && self.log.lag(group, topic)? > 0 {
                std::thread::sleep(Duration::from_millis(LOOK_MS));
            }
        }
        Ok(())
    }
}

impl Running {
    /// Waits for every stage to end and returns what each did.
    ///
    /// # Errors
    /// The first stage that failed, with the reason.
    pub(crate) fn join(self) -> Result<Vec<(&'static str, Summary)>> {
        let ended: Vec<_> = self.threads.into_iter().map(|(name, thread)| (name, thread.join())).collect();
        ended
            .into_iter()
            .map(|(name, ended)| {
                let summary =
                    ended.map_err(|_| anyhow!("stage `{name}` panicked outside of a message"))??;
                Ok((name, summary))
            })
            .collect()
    }
}

/// Messages between two commits. Pages are some hundred kilobytes each and are held for a batch; articles are small.
fn batch_of(stage: &str) -> usize {
    match stage {
        Dedup::NAME | Extract::NAME => 32,
        _ => RunOptions::default().batch,
    }
}

/// Opens the pipeline's bus, which makes its file.
///
/// # Errors
/// Where the file cannot be opened or another process owns it.
pub(crate) fn open_log(bus: &BusConfig) -> Result<Arc<dyn Connect>> {
    Ok(match bus {
        BusConfig::Memory => Arc::new(MemoryLog::new()),
        BusConfig::Embedded { path, .. } => open_embedded(path)?,
    })
}

fn open_embedded(path: &Path) -> Result<Arc<EmbeddedLog>> {
    make_parent(path)?;
    Ok(Arc::new(EmbeddedLog::open(path, EmbeddedOptions::default())?))
}

/// Opens the pipeline's store for writing.
pub(crate) fn open_store(config: &Config) -> Result<Store> {
    make_parent(&config.store)?;
    Ok(Store::open_with(&config.store, &StoreOptions { zone: Some(config.time_zone.clone()) })?)
}

fn make_parent(path: &Path) -> Result<()> {
    let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(parent).with_context(|| {
        format!(
            "cannot make the folder `{}`\nhint: check its permissions, or set KIOSQUE__STORE__PATH",
            parent.display()
        )
    })
}

fn source_row(source: &SourceConfig) -> SourceRow {
    SourceRow {
        id: kiosque_model::SourceId(source.id.clone()),
        name: source.name.clone(),
        name_ar: source.name_ar.clone(),
        url: source.url.clone(),
        language: source.language.as_ref().map(|l| l.code().to_owned()),
        tier: source.tier,
        kind: format!("{:?}", source.kind).to_lowercase(),
        enabled: source.enabled,
    }
}

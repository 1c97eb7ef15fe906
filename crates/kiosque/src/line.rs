//! The line: the stages of a pipeline in this process, each on a thread of its own, joined only by the bus.
//!
//! All of them, or one where several processes share the work. A stage that ends with an error stops the others
//! after their batch; what they did stays committed, and the next start goes on from there.

mod place;
mod worker;

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use jiff::{SignedDuration, Timestamp};
use kiosque_crawl::{CrawlError, Crawler};
use kiosque_model::topic;
use kiosque_store::{SourceRow, StageMemory};
use kiosque_stream::{
    Connect, EmbeddedLog, KafkaLog, MemoryLog, Stage, Stop, Summary, TopicKind, TopicState, topics_of,
};
use tokio_util::sync::CancellationToken;

use crate::config::{BusConfig, Config, SourceConfig};
use crate::rules::Folder;
use crate::stages::archive::WarcFolder;
use crate::stages::classify::Classify;
use crate::stages::crawl::{BusOutlet, CrawlMemory, HtmlReader};
use crate::stages::dedup::Dedup;
use crate::stages::extract::Extract;
use crate::stages::shared::SharedMemory;
use crate::stages::sink::Sink;
use crate::stages::trail::Trail;
use crate::watch::Watchman;
pub(crate) use place::{OwnCopy, Sole, is_store_behind, look, open_log, open_store};
pub(crate) use worker::Shop;

/// Consumer groups and the topics they read, in the order of the line.
pub(crate) const GROUPS: [(&str, &str); 5] = [
    (Dedup::NAME, topic::PAGES),
    (Extract::NAME, topic::UNIQUE),
    (Classify::NAME, topic::ARTICLES),
    (Sink::NAME, topic::TAGGED),
    (Trail::NAME, topic::BREADCRUMBS),
];

/// The names of the groups.
pub(crate) const ALL_STAGES: [&str; 5] =
    [Dedup::NAME, Extract::NAME, Classify::NAME, Sink::NAME, Trail::NAME];

/// The name of the crawl, which is a source of the line and no stage of the loop.
pub(crate) const CRAWL: &str = "crawl";

/// How often a caller that waits for the bus to drain looks, in milliseconds.
const LOOK_MS: u64 = 20;

/// A pipeline at work.
pub(crate) struct Line {
    pub(crate) config: Config,
    pub(crate) shop: Shop,
    /// Whether other processes share the work.
    shared: bool,
    /// The embedded log and how many days of it are kept.
    kept: Option<(Arc<EmbeddedLog>, u32)>,
    /// Who watches the sources while the line runs.
    pub(crate) watchman: Watchman,
    /// When it was opened.
    pub(crate) opened: Timestamp,
    /// The right to write the store, once it is asked for.
    sole: OnceLock<Arc<Sole>>,
}

/// The stages at work.
pub(crate) struct Running {
    threads: Vec<(&'static str, JoinHandle<Result<Summary>>)>,
}

/// What a crawler remembers with, and where a copy of it is shared.
pub(crate) struct CrawlState {
    pub(crate) memory: Arc<StageMemory>,
    pub(crate) shared: Option<Arc<SharedMemory>>,
    _copy: Option<OwnCopy>,
}

impl Line {
    /// Takes a place on the pipeline's bus. A broker that is away is waited for.
    ///
    /// # Errors
    /// Where the bus cannot be opened: which, why, and what to do.
    pub(crate) fn connect(config: Config, stop: Stop) -> Result<Self> {
        let (log, kept): (Arc<dyn Connect>, _) = match &config.bus {
            BusConfig::Memory => (Arc::new(MemoryLog::new()), None),
            BusConfig::Embedded { path, keep_days } => {
                let log = place::open_embedded(path)?;
                (Arc::clone(&log) as Arc<dyn Connect>, Some((log, *keep_days)))
            }
            BusConfig::Kafka(kafka) => {
                let settings = kafka.settings()?;
                let mut open = None;
                let (nothing, away) = (Arc::new(MemoryLog::new()), Arc::default());
                let waiting = Shop { log: nothing, stop: stop.clone(), away };
                waiting.through_outages("start", || {
                    let log = KafkaLog::open(settings.clone())?;
                    check_topics(&log)?;
                    open = Some(log);
                    Ok(())
                })?;
                let log = open.ok_or_else(|| anyhow!("told to stop before the broker was there"))?;
                (Arc::new(log), None)
            }
        };
        let shared = matches!(config.bus, BusConfig::Kafka(_));
        let line = Self {
            config,
            shop: Shop { log, stop, away: Arc::default() },
            shared,
            kept,
            watchman: Watchman::default(),
            opened: Timestamp::now(),
            sole: OnceLock::new(),
        };
        line.purge()?;
        Ok(line)
    }

    /// Whether its stages run in this process alone, and not where others share the work.
    pub(crate) const fn is_own(&self) -> bool {
        !self.shared
    }

    /// Writes the catalogue down in the store. Where the store is new and the line is this process' own, what its
    /// stages remember would keep the pages away for ever: forgetting costs work, not truth; what is still on the bus
    /// comes again and is known by its id.
    ///
    /// # Errors
    /// Where store or memory cannot be opened.
    pub(crate) fn prepare_store(&self, sources: &[SourceConfig]) -> Result<()> {
        self.sole()?;
        let store = open_store(&self.config)?;
        if !self.shared && store.days()?.is_empty() {
            let memory = place::open_memory(&self.config)?;
            if !memory.is_empty()? {
                eprintln!(
                    "the store `{}` is empty: every page is fetched again",
                    self.config.store.display()
                );
                memory.forget()?;
            }
        }
        Ok(store.sync_sources(&sources.iter().map(source_row).collect::<Vec<_>>())?)
    }

    /// Removes from the bus what every stage has read and what is older than the pipeline keeps. A broker does
    /// that by itself.
    ///
    /// # Errors
    /// Where the bus cannot be written.
    pub(crate) fn purge(&self) -> Result<()> {
        if let Some((log, keep_days)) = &self.kept
            // A store that cannot be read yet (a first start may have been killed) may need all there is.
            && !is_store_behind(&self.config, log.as_ref()).unwrap_or(true)
        {
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
        let mut threads = Vec::new();
        for (stage, _) in &GROUPS[..4] {
            threads.extend(self.start_one(stage)?.threads);
        }
        Ok(Running { threads })
    }

    /// Starts one stage; the sink with its companion, which keeps the breadcrumbs.
    ///
    /// # Errors
    /// As [`Line::start`].
    pub(crate) fn start_one(&self, stage: &str) -> Result<Running> {
        let config = self.config.clone();
        let threads = match stage {
            Dedup::NAME => vec![self.start_dedup()?],
            Extract::NAME => {
                // Read once: a stage opened anew after an outage goes on with the rules in force.
                let rules = Arc::new(Folder::open(config.rules.as_deref())?);
                vec![self.shop.spawn(move || Ok(Extract::new(Arc::clone(&rules))))?]
            }
            Classify::NAME => {
                // Read once, as the site rules are.
                let classify = Classify::open(&config.classify)?;
                vec![self.shop.spawn(move || Ok(classify.clone()))?]
            }
            Sink::NAME => {
                let sole = self.sole()?;
                let trail = config.clone();
                let sink = move || {
                    let Config { editions, group, .. } = config.clone();
                    let _held = &sole;
                    Ok(Sink::open(open_store(&config)?, editions, group)?)
                };
                vec![
                    self.shop.spawn(sink)?,
                    self.shop.spawn(move || {
                        Ok(Trail::new(open_store(&trail)?).keeping(trail.keep_breadcrumbs_days))
                    })?,
                ]
            }
            other => unreachable!("`{other}` is no stage of the loop"),
        };
        Ok(Running { threads })
    }

    fn sole(&self) -> Result<Arc<Sole>> {
        if self.sole.get().is_none() {
            // Whoever was faster in this process has it, and this one is dropped.
            let _ = self.sole.set(Arc::new(Sole::writer_of(&self.config.store)?));
        }
        Ok(Arc::clone(self.sole.get().expect("set just now")))
    }

    fn start_dedup(&self) -> Result<(&'static str, JoinHandle<Result<Summary>>)> {
        if !self.shared {
            let memory = Arc::new(place::open_memory(&self.config)?);
            return self.shop.spawn(move || Ok(Dedup::new(Arc::clone(&memory), None)));
        }
        let copy = OwnCopy::open(&self.config, Dedup::NAME)?;
        let shared = Arc::new(SharedMemory::new(self.shop.clone(), topic::SEEN));
        self.shop.spawn(move || Ok(Dedup::new(Arc::clone(&copy.memory), Some(Arc::clone(&shared)))))
    }

    /// What a crawler on this line remembers.
    ///
    /// # Errors
    /// Where its file cannot be opened.
    pub(crate) fn crawl_state(&self) -> Result<CrawlState> {
        if !self.shared {
            let memory = Arc::new(place::open_memory(&self.config)?);
            return Ok(CrawlState { memory, shared: None, _copy: None });
        }
        let copy = OwnCopy::open(&self.config, CRAWL)?;
        let shared = Arc::new(SharedMemory::new(self.shop.clone(), topic::FRONTIER));
        Ok(CrawlState { memory: Arc::clone(&copy.memory), shared: Some(shared), _copy: Some(copy) })
    }

    /// A crawler on this line; when `stop` is cancelled it waits for no room on the bus any more.
    ///
    /// # Errors
    /// Where its settings make no client, or its archive cannot be opened.
    pub(crate) fn crawler(&self, state: &CrawlState, stop: &CancellationToken) -> Result<Crawler> {
        let outlet = BusOutlet::open(self.shop.clone(), stop.clone(), self.config.max_waiting)?;
        let memory = state.as_memory();
        let settings = self.config.crawl.clone();
        let crawler: Result<Crawler, CrawlError> =
            Crawler::try_new(settings, Arc::new(memory), Arc::new(outlet), Arc::new(HtmlReader));
        let crawler = crawler?;
        Ok(match &self.config.archive {
            Some(archive) => crawler.with_archive(Arc::new(WarcFolder::open(&self.config, archive)?)),
            None => crawler,
        })
    }

    /// Waits until every stage has committed all there is. A stage commits after its outputs are visible, so
    /// lags that are zero when asked in the order of the line mean that nothing is under way.
    ///
    /// # Errors
    /// Where the bus cannot be asked. A line that was stopped is not waited for.
    pub(crate) fn wait_until_drained(&self) -> Result<()> {
        self.shop.through_outages("look", || {
            for (group, topic) in GROUPS {
                while !self.shop.stop.is_set() && self.shop.log.lag(group, topic)? > 0 {
                    std::thread::sleep(Duration::from_millis(LOOK_MS));
                }
            }
            Ok(())
        })
    }

    /// Why the line cannot work at this moment, where it cannot.
    pub(crate) fn ready(&self) -> impl Fn() -> Result<(), String> + Send + Sync + use<> {
        let Shop { stop, away, .. } = self.shop.clone();
        move || match (stop.is_set(), away.load(Ordering::Relaxed)) {
            (true, _) => Err("the process is ending".to_owned()),
            (false, true) => Err("the broker is away".to_owned()),
            (false, false) => Ok(()),
        }
    }
}

impl CrawlState {
    /// Brings the copy up to date with what other crawlers remembered.
    ///
    /// # Errors
    /// Where the topic cannot be read or the copy not written.
    pub(crate) fn catch_up(&self) -> Result<()> {
        let Some(shared) = &self.shared else { return Ok(()) };
        shared.catch_up(|entries| Ok(self.memory.put(entries)?))
    }

    /// The crawler's view of it.
    pub(crate) fn as_memory(&self) -> CrawlMemory {
        CrawlMemory::new(Arc::clone(&self.memory), self.shared.clone())
    }
}

/// Every topic of the line on a broker, with what it is for.
pub(crate) fn broker_topics() -> Vec<(String, TopicKind)> {
    let mut stages = vec![CRAWL];
    stages.extend(ALL_STAGES);
    topics_of(&stages)
}

/// A topic that is missing would be found only at the first message: it is told at the start. One that is there and
/// not as it should be is told too, and used.
fn check_topics(log: &KafkaLog) -> Result<()> {
    let states = log.check_topics(&broker_topics(), false)?;
    let missing: Vec<_> = states.iter().filter(|s| s.partitions == 0).map(|s| s.topic.as_str()).collect();
    if !missing.is_empty() {
        let hint = "create them with `kiosque check --create-topics`";
        bail!("the broker lacks the topics {}\nhint: {hint}", missing.join(", "));
    }
    for TopicState { topic, fault, .. } in &states {
        if let Some(fault) = fault {
            tracing::warn!("topic `{topic}` {fault}");
        }
    }
    Ok(())
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

pub(crate) fn source_row(source: &SourceConfig) -> SourceRow {
    SourceRow {
        id: kiosque_model::SourceId(source.id.clone()),
        name: source.name.clone(),
        name_ar: source.name_ar.clone(),
        url: source.url.clone(),
        language: source.language.as_ref().map(|l| l.code().to_owned()),
        tier: source.tier,
        kind: format!("{:?}", source.kind).to_lowercase(),
        enabled: source.enabled,
        rights: source.rights,
    }
}

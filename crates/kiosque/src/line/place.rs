//! Opening what a pipeline names: its bus, its store, its stages' memory. Each with one owner, where it needs one.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use kiosque_model::{Breadcrumb, Message, Page, Tagged};
use kiosque_store::{StageMemory, Store, StoreOptions};
use kiosque_stream::{
    Connect, EmbeddedLog, EmbeddedOptions, EmbeddedReader, Inspect, KafkaLog, MemoryLog, Position, Stage,
};

use crate::config::{BusConfig, Config};
use crate::stages::dedup::Dedup;
use crate::stages::sink::Sink;
use crate::stages::trail::Trail;

/// How many instances of a stage may keep their memory in one folder.
const NEIGHBOURS: usize = 1_000;

/// Opens the pipeline's bus to work on it, which makes its file.
///
/// # Errors
/// Where the file cannot be opened, another process owns it, or the broker does not answer.
pub(crate) fn open_log(bus: &BusConfig) -> Result<Arc<dyn Connect>> {
    Ok(match bus {
        BusConfig::Memory => Arc::new(MemoryLog::new()),
        BusConfig::Embedded { path, .. } => open_embedded(path)?,
        BusConfig::Kafka(kafka) => Arc::new(KafkaLog::open(kafka.settings()?)?),
    })
}

/// Opens the pipeline's bus only to look at it, whoever works on it.
///
/// # Errors
/// Where there is no such bus, or it does not answer.
pub(crate) fn look(bus: &BusConfig) -> Result<Box<dyn Inspect>> {
    Ok(match bus {
        BusConfig::Memory => bail!(
            "a bus in memory is gone with its process: there is nothing to look at\nhint: set `bus.kind` to \
             `embedded` or `kafka`"
        ),
        BusConfig::Embedded { path, .. } => Box::new(EmbeddedReader::open(path)?),
        BusConfig::Kafka(kafka) => {
            let log = KafkaLog::open(kafka.settings()?)?;
            if log.positions(Dedup::NAME, Page::TOPIC)?.is_empty() {
                bail!(
                    "the broker `{}` has no topic of this pipeline\nhint: is `bus.prefix` right? else `kiosque check \
                     --create-topics` makes them",
                    kafka.brokers()
                );
            }
            Box::new(log)
        }
    })
}

pub(super) fn open_embedded(path: &Path) -> Result<Arc<EmbeddedLog>> {
    make_parent(path)?;
    Ok(Arc::new(EmbeddedLog::open(path, EmbeddedOptions::default())?))
}

/// Opens the pipeline's store for writing.
pub(crate) fn open_store(config: &Config) -> Result<Store> {
    make_parent(&config.store)?;
    Ok(Store::open_with(&config.store, &StoreOptions { zone: Some(config.time_zone.clone()) })?)
}

/// The right to bring a store up to date, as long as it is held. A store has one such writer: grouping is decided
/// in its memory, and its checkpoint says where it goes on. The system takes the lock back even after `kill -9`.
pub(crate) struct Sole {
    _file: File,
}

impl Sole {
    /// # Errors
    /// Where another process holds it, or the folder cannot be written.
    pub(crate) fn writer_of(store: &Path) -> Result<Self> {
        make_parent(store)?;
        match claim(&with_ending(store, "sink.lock"))? {
            Some(file) => Ok(Self { _file: file }),
            None => bail!(
                "another sink writes the store `{}`\nhint: a store has one sink: end that one first, or give this \
                 one a `store.path` of its own",
                store.display()
            ),
        }
    }
}

/// Whether the bus has been told of more than the store holds: the store was restored, or is another one. What lies
/// between is still needed, whatever the bus says, until a sink has read it again.
///
/// # Errors
/// Where store or bus cannot be read.
pub(crate) fn is_store_behind(config: &Config, log: &dyn Inspect) -> Result<bool> {
    if !config.store.exists() {
        return Ok(false);
    }
    let store = Store::open_read_only(&config.store)?;
    for (stage, topic) in [(Sink::NAME, Tagged::TOPIC), (Trail::NAME, Breadcrumb::TOPIC)] {
        let checkpoints = store.checkpoints(stage)?;
        for Position { partition, committed, .. } in log.positions(stage, topic)? {
            let held = checkpoints
                .iter()
                .find(|(of, number, _)| of == topic && u32::try_from(*number) == Ok(partition))
                .map_or(0, |(_, _, next)| u64::try_from(*next).unwrap_or_default());
            if committed.is_some_and(|told| told > held) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The stages' memory of a line that has its bus for itself.
pub(super) fn open_memory(config: &Config) -> Result<StageMemory> {
    make_parent(&config.state)?;
    Ok(StageMemory::open(&config.state)?)
}

/// What one instance of a stage remembers of a topic that others write too. It is a copy: empty at the start, and
/// filled from the topic. The file is the instance's own, so that several may work in one folder.
pub(crate) struct OwnCopy {
    pub(crate) memory: Arc<StageMemory>,
    _claimed: File,
}

impl OwnCopy {
    /// # Errors
    /// Where the folder cannot be written.
    pub(crate) fn open(config: &Config, stage: &str) -> Result<Self> {
        make_parent(&config.state)?;
        for number in 0..NEIGHBOURS {
            let path = config.state.with_extension(format!("{stage}-{number}.sqlite"));
            if let Some(file) = claim(&with_ending(&path, "lock"))? {
                let memory = StageMemory::open(&path)?;
                memory.forget()?;
                return Ok(Self { memory: Arc::new(memory), _claimed: file });
            }
        }
        bail!("`{}` already serves {NEIGHBOURS} instances of `{stage}`", config.state.display())
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// Takes the lock on a file; `None` where another process has it.
fn claim(path: &Path) -> Result<Option<File>> {
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = opened.with_context(|| format!("cannot open `{}`", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock `{}`", path.display()))
        }
    }
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

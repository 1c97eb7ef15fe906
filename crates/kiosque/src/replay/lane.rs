//! The lane of a replay: dedup, extract and classify over a log in memory, with a memory of their own.
//!
//! Each batch of pages has a log of its own, which is let go of after it, so that a replay of any length takes the
//! memory of one batch. What `dedup` has seen outlives the batch, in a file that goes with the lane.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use kiosque_model::{Envelope, Message, Page, PageId, Tagged, topic};
use kiosque_store::StageMemory;
use kiosque_stream::{Connect, Inspect, MemoryLog, Progress, Stage, Summary};

use super::drain::drain;
use crate::rules::Folder;
use crate::stages::classify::Classify;
use crate::stages::dedup::Dedup;
use crate::stages::extract::Extract;

/// A private line, as far as `tagged`.
pub(crate) struct Lane {
    folder: tempfile::TempDir,
    memory: Arc<StageMemory>,
    extract: Extract,
    classify: Classify,
    /// What each stage did so far.
    stages: [(&'static str, Summary); 3],
    /// Pages fed so far.
    pages: usize,
}

impl Lane {
    /// An empty lane, which reads pages by the site rules of a folder and labels them as told.
    ///
    /// # Errors
    /// Where the folder for temporary files cannot be written, or the rules cannot be used.
    pub(crate) fn open(rules: Option<&Path>, classify: Classify) -> Result<Self> {
        let extract = Extract::new(Arc::new(Folder::open(rules)?));
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let memory = Arc::new(StageMemory::open(&folder.path().join("seen.sqlite"))?);
        let stages = [Dedup::NAME, Extract::NAME, Classify::NAME].map(|name| (name, Summary::default()));
        Ok(Self { folder, memory, extract, classify, stages, pages: 0 })
    }

    /// Runs pages through the stages; the log then holds what came of them on `tagged`, and their breadcrumbs.
    ///
    /// # Errors
    /// Where a stage ends.
    pub(crate) fn run(&mut self, pages: Vec<Envelope>) -> Result<MemoryLog> {
        let log = MemoryLog::with_max_bytes(usize::MAX);
        let mut bus = log.producer()?;
        let mut fed = Vec::new();
        for page in pages {
            // Unreadable pages go on: they end among the dead letters of this lane, and are counted there.
            fed.extend(
                Page::decode(&page).map(|page| (key(&page.canonical.id(), page.fetched_at), Vec::new())),
            );
            self.pages += 1;
            bus.send(topic::PAGES, page)?;
        }
        bus.flush()?;
        self.memory.put(&fed)?;
        let [dedup, extract, classify] = &mut self.stages;
        dedup.1.add(&drain(&log, &mut Dedup::new(Arc::clone(&self.memory), None), true)?);
        extract.1.add(&drain(&log, &mut self.extract, true)?);
        classify.1.add(&drain(&log, &mut self.classify, true)?);
        Ok(log)
    }

    /// Whether this very fetch of a page was fed.
    ///
    /// # Errors
    /// Where the lane's memory cannot be read.
    pub(crate) fn has_fed(&self, page: &PageId, fetched_at: Timestamp) -> Result<bool> {
        Ok(self.memory.get(&key(page, fetched_at))?.is_some())
    }

    /// Whether any fetch of a page passed `dedup`.
    ///
    /// # Errors
    /// Where the lane's memory cannot be read.
    pub(crate) fn has_seen(&self, page: &PageId) -> Result<bool> {
        Ok(self.memory.seen(page)?.is_some())
    }

    /// What each stage did so far.
    pub(crate) fn stages(&self) -> &[(&'static str, Summary)] {
        &self.stages
    }

    /// Pages fed so far.
    pub(crate) fn pages(&self) -> usize {
        self.pages
    }

    /// A folder that goes with the lane.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn key(page: &PageId, fetched_at: Timestamp) -> String {
    format!("{page}@{fetched_at}")
}

/// Every article on `tagged` of a lane's log, in order.
///
/// # Errors
/// Where one cannot be read, which would be a fault of the lane itself.
pub(crate) fn tagged(log: &MemoryLog) -> Result<Vec<Tagged>> {
    let (mut at, mut found) = (Progress::new(), Vec::new());
    loop {
        let page = log.browse(topic::TAGGED, &at, usize::MAX)?;
        if page.is_empty() {
            return Ok(found);
        }
        for delivery in page {
            at.advance(topic::TAGGED, delivery.partition, delivery.offset + 1);
            found.push(Tagged::decode(&delivery.envelope)?);
        }
    }
}

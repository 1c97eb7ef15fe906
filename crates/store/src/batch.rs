//! The sink's writes: articles, placements, breadcrumbs and offsets in one transaction.
//!
//! Invariant: whatever is delivered again changes nothing, and what is written stands or falls with the offsets
//! it was read at. A batch in which any write failed cannot be committed.

mod article;
mod labels;
mod stories;

use std::collections::BTreeSet;

use jiff::Timestamp;
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, PageId, SourceId, StoryId};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::time::stamp;
use crate::{Store, StoreError};

/// What became of an article that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    New,
    /// Its publisher changed title or text; the old ones are kept.
    Revised {
        /// How many revisions there are now.
        revisions: u32,
        /// Whether the title changed.
        title: bool,
        /// Whether the text changed.
        text: bool,
    },
    /// The same fetch read otherwise (a better extraction), or a later one in which only a clock, a counter or a
    /// ticker ran on: title and text were replaced, no revision is kept, since the publisher changed nothing.
    Replaced,
    /// Title and text are as stored; other fields were brought up to date. Also an older fetch than the stored
    /// one, of which nothing is taken.
    Unchanged,
}

/// One transaction of the sink. Dropped without [`Batch::commit`] it leaves nothing.
pub struct Batch<'a> {
    store: &'a Store,
    transaction: Transaction<'a>,
    /// Stories whose counts are brought up to date once, before the commit.
    touched: BTreeSet<StoryId>,
    /// Set by the first failure: half of a write may stand, so nothing may be committed.
    failed: bool,
}

impl<'a> Batch<'a> {
    pub(crate) fn begin(store: &'a Store) -> Result<Self, StoreError> {
        let database = &store.database;
        let transaction = Transaction::new_unchecked(&database.connection, TransactionBehavior::Immediate)
            .map_err(|e| StoreError::at(&database.path, e))?;
        Ok(Self { store, transaction, touched: BTreeSet::new(), failed: false })
    }

    /// Runs a write; a failure is remembered.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut BTreeSet<StoryId>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        if self.failed {
            return Err(StoreError::BatchFailed { path: self.store.database.path.clone() });
        }
        work(&self.transaction, &mut self.touched).map_err(|e| {
            self.failed = true;
            StoreError::at(&self.store.database.path, e)
        })
    }

    /// Keeps the latest step of a page at a stage; an older one than the stored is passed over. The crawl's steps
    /// also tell when a source was last visited.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written; the batch is then lost.
    pub fn crumb(&mut self, crumb: &Breadcrumb) -> Result<(), StoreError> {
        self.write(|c, _| crumb_in(c, crumb))
    }

    /// Keeps the offset a stage goes on from.
    ///
    /// # Errors
    /// As [`Batch::crumb`].
    pub fn checkpoint(
        &mut self,
        stage: &str,
        topic: &str,
        partition: i32,
        next_offset: i64,
    ) -> Result<(), StoreError> {
        self.write(|c, _| {
            c.prepare_cached(
                "INSERT INTO checkpoints (stage, topic, partition, next_offset) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (stage, topic, partition) DO UPDATE SET next_offset = excluded.next_offset",
            )?
            .execute(params![stage, topic, partition, next_offset])?;
            Ok(())
        })
    }

    /// Keeps the moment before which grouping has forgotten; see [`Store::grouping_since`].
    ///
    /// # Errors
    /// As [`Batch::crumb`].
    pub fn group_since(&mut self, since: Timestamp) -> Result<(), StoreError> {
        self.remember("grouping_since", since)
    }

    /// Keeps the moment from which on grouping is open; see [`Store::grouping_settled`].
    ///
    /// # Errors
    /// As [`Batch::crumb`].
    pub fn group_settled(&mut self, until: Timestamp) -> Result<(), StoreError> {
        self.remember("grouping_settled", until)
    }

    fn remember(&mut self, name: &str, at: Timestamp) -> Result<(), StoreError> {
        self.write(|c, _| {
            c.prepare_cached(
                "INSERT INTO settings (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
            )?
            .execute([name, &stamp(at)])?;
            Ok(())
        })
    }

    /// Makes everything of the batch durable.
    ///
    /// # Errors
    /// [`StoreError`] where that fails, and [`StoreError::BatchFailed`] where an earlier write did: then nothing
    /// of the batch is kept.
    pub fn commit(mut self) -> Result<(), StoreError> {
        self.write(|c, touched| {
            for story in touched.iter() {
                stories::refresh(c, story)?;
            }
            Ok(())
        })?;
        let path = &self.store.database.path;
        self.transaction.commit().map_err(|e| StoreError::at(path, e))
    }
}

/// Makes sure that there is a row for a source; one the pipeline does not list is known by its id.
fn know_source(c: &Connection, source: &SourceId) -> rusqlite::Result<()> {
    c.prepare_cached("INSERT INTO sources (id, name) VALUES (?1, ?1) ON CONFLICT (id) DO NOTHING")?
        .execute([&source.0])?;
    Ok(())
}

/// Makes sure that there is a row for a page, and moves its times.
fn know_page(
    c: &Connection,
    (page, url, host): (&PageId, &str, &str),
    source: Option<&SourceId>,
    at: &str,
) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO pages (id, url, host, source, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (id) DO UPDATE SET source = coalesce(source, excluded.source),
             first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
    )?
    .execute(params![page.0, url, host, source.map(|s| &s.0), at])?;
    Ok(())
}

fn crumb_in(c: &Connection, crumb: &Breadcrumb) -> rusqlite::Result<()> {
    let at = stamp(crumb.at);
    let page = crumb.url.id();
    let (outcome, reason) = match crumb.outcome {
        BreadcrumbOutcome::Forwarded => ("forwarded", None),
        BreadcrumbOutcome::Dropped(reason) => ("dropped", Some(reason.name())),
        BreadcrumbOutcome::DeadLettered => ("dead_lettered", None),
    };
    if let Some(source) = &crumb.source {
        know_source(c, source)?;
    }
    know_page(c, (&page, crumb.url.as_str(), crumb.url.host()), crumb.source.as_ref(), &at)?;
    let kept = c
        .prepare_cached(
            "INSERT INTO breadcrumbs (page, stage, at, outcome, reason, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (page, stage) DO UPDATE SET at = excluded.at, outcome = excluded.outcome,
                 reason = excluded.reason, detail = excluded.detail
             -- That a page is still as it was says nothing new about what became of it.
             WHERE excluded.at >= at AND excluded.reason IS NOT 'not_modified'",
        )?
        .execute(params![page.0, crumb.stage, at, outcome, reason, crumb.detail])?;
    if kept > 0 {
        c.prepare_cached(LAST_STEP)?.execute([&page.0])?;
    }
    if let Some(source) = crumb.source.as_ref().filter(|_| crumb.stage == "crawl") {
        c.prepare_cached(
            "UPDATE sources SET last_visit = ?2 WHERE id = ?1 AND coalesce(last_visit, '') < ?2",
        )?
        .execute(params![source.0, at])?;
    }
    Ok(())
}

/// The order of the line, for SQL: breadcrumbs come from several partitions in any order, and two stages may
/// act within a millisecond.
macro_rules! line_order {
    () => {
        "CASE stage WHEN 'crawl' THEN 1 WHEN 'dedup' THEN 2 WHEN 'extract' THEN 3 \
         WHEN 'classify' THEN 4 WHEN 'sink' THEN 5 ELSE 6 END"
    };
}
pub(crate) const LINE_ORDER: &str = line_order!();

const LAST_STEP: &str = concat!(
    "UPDATE pages SET (last_stage, last_outcome, last_reason, last_detail) =
         (SELECT stage, outcome, reason, detail FROM breadcrumbs WHERE page = ?1 ORDER BY at DESC, ",
    line_order!(),
    " DESC LIMIT 1) WHERE id = ?1"
);

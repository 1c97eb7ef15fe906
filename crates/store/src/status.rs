//! How the store stands: counts, the health of each source, what each stage did.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kiosque_model::SourceId;

use crate::day::{count, parsed_if_any};
use crate::time::stamp;
use crate::{Store, StoreError};

/// Counts of the whole store.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StoreStatus {
    /// Pages met.
    pub pages: usize,
    /// Articles kept.
    pub articles: usize,
    /// Earlier states kept of them.
    pub revisions: usize,
    /// Articles that are copies.
    pub copies: usize,
    /// Stories.
    pub stories: usize,
    /// Editions.
    pub editions: usize,
    /// Each source, by id.
    pub sources: Vec<SourceStatus>,
    /// What each stage last did with each page.
    pub stages: Vec<StageCount>,
}

/// The health of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceStatus {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Whether the pipeline lists it.
    pub listed: bool,
    /// Whether it is visited.
    pub enabled: bool,
    /// When a page of it was last asked for.
    pub last_visit: Option<Timestamp>,
    /// When an article not known before last came from it.
    pub last_new_article: Option<Timestamp>,
    /// Its articles.
    pub articles: usize,
    /// The share of them without a text, 0 to 1.
    pub without_text: f64,
    /// The share of them that neither a person nor an agency signed, 0 to 1.
    pub without_author: f64,
    /// The share of them without a date, 0 to 1.
    pub without_date: f64,
}

/// How many pages a stage last treated so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageCount {
    /// The stage.
    pub stage: String,
    /// `forwarded`, `dropped` or `dead_lettered`.
    pub outcome: String,
    /// Why, for what was dropped.
    pub reason: Option<String>,
    /// How many pages.
    pub pages: usize,
}

impl Store {
    /// Counts of everything.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn status(&self) -> Result<StoreStatus, StoreError> {
        let mut status = self.database.run(|c| {
            c.query_row(
                "SELECT (SELECT count(*) FROM pages), (SELECT count(*) FROM articles),
                        (SELECT count(*) FROM revisions), (SELECT count(*) FROM copies),
                        (SELECT count(*) FROM stories), (SELECT count(*) FROM editions)",
                [],
                |row| {
                    Ok(StoreStatus {
                        pages: count(row, 0)?,
                        articles: count(row, 1)?,
                        revisions: count(row, 2)?,
                        copies: count(row, 3)?,
                        stories: count(row, 4)?,
                        editions: count(row, 5)?,
                        ..StoreStatus::default()
                    })
                },
            )
        })?;
        status.sources = self.source_status()?;
        status.stages = self.stage_counts()?;
        Ok(status)
    }

    /// How many pages each stage treated since then. A page that passed twice counts once: what is kept is its latest
    /// step at each stage.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn steps_since(&self, since: Timestamp) -> Result<BTreeMap<String, usize>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached("SELECT stage, count(*) FROM breadcrumbs WHERE at >= ?1 GROUP BY stage")?
                .query_map([stamp(since)], |row| Ok((row.get(0)?, count(row, 1)?)))?
                .collect()
        })
    }

    fn source_status(&self) -> Result<Vec<SourceStatus>, StoreError> {
        self.database.run(|c| {
            c.prepare(
                "SELECT s.id, s.name, s.listed, s.enabled, s.last_visit, s.last_new_article, count(a.id),
                        coalesce(avg(a.words = 0), 0.0),
                        coalesce(avg(NOT EXISTS (SELECT 1 FROM article_authors w WHERE w.article = a.id)
                                     AND NOT EXISTS (SELECT 1 FROM article_agencies w WHERE w.article = a.id))
                                 FILTER (WHERE a.id IS NOT NULL), 0.0),
                        coalesce(avg(a.published IS NULL) FILTER (WHERE a.id IS NOT NULL), 0.0)
                 FROM sources s LEFT JOIN articles a ON a.source = s.id GROUP BY s.id ORDER BY s.id",
            )?
            .query_map([], |row| {
                Ok(SourceStatus {
                    id: SourceId(row.get(0)?),
                    name: row.get(1)?,
                    listed: row.get(2)?,
                    enabled: row.get(3)?,
                    last_visit: parsed_if_any(row, 4)?,
                    last_new_article: parsed_if_any(row, 5)?,
                    articles: count(row, 6)?,
                    without_text: row.get(7)?,
                    without_author: row.get(8)?,
                    without_date: row.get(9)?,
                })
            })?
            .collect()
        })
    }

    fn stage_counts(&self) -> Result<Vec<StageCount>, StoreError> {
        self.database.run(|c| {
            c.prepare(&format!(
                "SELECT stage, outcome, reason, count(*) FROM breadcrumbs GROUP BY stage, outcome, reason
                 ORDER BY {}, stage, count(*) DESC, outcome, reason",
                crate::batch::LINE_ORDER
            ))?
            .query_map([], |row| {
                Ok(StageCount {
                    stage: row.get(0)?,
                    outcome: row.get(1)?,
                    reason: row.get(2)?,
                    pages: count(row, 3)?,
                })
            })?
            .collect()
        })
    }
}

//! The store: one SQLite file with the day's compilation, opened for one writer or for any number of readers.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_model::{Rights, Rubrique, SourceId};
use rusqlite::functions::FunctionFlags;
use rusqlite::{OptionalExtension, params};

use crate::database::Database;
use crate::day::{parsed, rights};
use crate::{Batch, StoreError, fold, schema};

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The pipeline's time zone: it decides which day an article belongs to. Kept in the file; readers may
    /// leave it `None` and get the one it was written with (UTC where there is none).
    pub zone: Option<TimeZone>,
}

/// A source as the pipeline's file lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Its id.
    pub id: SourceId,
    /// Its name as readers know it.
    pub name: String,
    /// Its name in Arabic, where it has one.
    pub name_ar: Option<String>,
    /// Its site or feed.
    pub url: String,
    /// The language it publishes in, an ISO 639-1 code.
    pub language: Option<String>,
    /// Its weight in ranking, 1 (leading) to 3 (small).
    pub tier: u8,
    /// What it is: `feed`, `sitemap`, `page`…
    pub kind: String,
    /// Whether it is visited.
    pub enabled: bool,
    /// What an edition may show of it.
    pub rights: Rights,
}

/// The store of a pipeline.
pub struct Store {
    pub(crate) database: Database,
    pub(crate) zone: TimeZone,
}

impl Store {
    /// Opens for writing, in the time zone the file knows (UTC for a new one); makes what is missing.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged, newer than the program, another program's, or cannot be made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &StoreOptions { zone: None })
    }

    /// Opens for writing; makes what is missing and writes the rubriques and the time zone down.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let database = Database::open(path, &schema::store())?;
        let known = zone_of(&database)?;
        let zone = options.zone.clone().unwrap_or_else(|| known.clone());
        let store = Self { database, zone };
        store.register_fold()?;
        store.database.run(|c| {
            let sql = "INSERT INTO rubriques (slug, label, iptc, position) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (slug) DO UPDATE
                       SET label = excluded.label, iptc = excluded.iptc, position = excluded.position
                       WHERE (label, iptc, position) IS NOT (excluded.label, excluded.iptc, excluded.position)";
            for (position, rubrique) in (1_i64..).zip(Rubrique::ALL) {
                c.execute(sql, params![rubrique.slug(), rubrique.label_fr(), rubrique.iptc(), position])?;
            }
            if let Some(name) = store.zone.iana_name() {
                c.execute(
                    "INSERT INTO settings (name, value) VALUES ('time_zone', ?1)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
                    [name],
                )?;
            }
            Ok(())
        })?;
        Ok(store)
    }

    /// Opens an existing store for reading; a writer is not disturbed.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none, otherwise as [`Store::open`].
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let database = Database::open_read_only(path, &schema::store())?;
        let zone = zone_of(&database)?;
        let store = Self { database, zone };
        store.register_fold()?;
        Ok(store)
    }

    /// The time zone its days are counted in.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.database.path
    }

    /// How long a write waits while another process writes; 10 s unless told otherwise.
    ///
    /// # Errors
    /// [`StoreError`] where SQLite refuses.
    pub fn wait_for_lock(&self, patience: Duration) -> Result<(), StoreError> {
        self.database.run(|c| c.busy_timeout(patience))
    }

    /// Keeps the file from growing over a size, for this connection; never under what it has now. A write that
    /// needs more fails with [`StoreError::Full`].
    ///
    /// # Errors
    /// [`StoreError`] where SQLite refuses.
    pub fn limit_size(&self, bytes: u64) -> Result<(), StoreError> {
        self.database.run(|c| {
            let page_size: u32 = c.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            let pages = i64::try_from(bytes / u64::from(page_size)).unwrap_or(i64::MAX).max(1);
            c.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        })
    }

    /// Writes the pipeline's catalogue down. Sources it no longer lists stay, as their articles do, marked as
    /// not listed.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written; then nothing is.
    pub fn sync_sources(&self, sources: &[SourceRow]) -> Result<(), StoreError> {
        self.database.run(|c| {
            let transaction = c.unchecked_transaction()?;
            transaction.execute("UPDATE sources SET listed = 0 WHERE listed = 1", [])?;
            let mut statement = transaction.prepare_cached(
                "INSERT INTO sources (id, name, name_ar, url, language, tier, kind, enabled, rights, listed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_ar = excluded.name_ar,
                     url = excluded.url, language = excluded.language, tier = excluded.tier,
                     kind = excluded.kind, enabled = excluded.enabled, rights = excluded.rights, listed = 1",
            )?;
            for s in sources {
                statement.execute(params![
                    s.id.0,
                    s.name,
                    s.name_ar,
                    s.url,
                    s.language,
                    s.tier,
                    s.kind,
                    s.enabled,
                    s.rights.name()
                ])?;
            }
            drop(statement);
            transaction.commit()
        })
    }

    /// What may be shown of each source, as the pipeline last said.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn rights(&self) -> Result<BTreeMap<SourceId, Rights>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached("SELECT id, rights FROM sources")?
                .query_map([], |row| Ok((SourceId(row.get(0)?), rights(row, 1)?)))?
                .collect()
        })
    }

    /// Starts a batch: one transaction, dropped without commit it leaves nothing.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another process writes for longer than one waits.
    pub fn begin(&self) -> Result<Batch<'_>, StoreError> {
        Batch::begin(self)
    }

    /// The offsets a stage goes on from: topic, partition, next offset.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn checkpoints(&self, stage: &str) -> Result<Vec<(String, i32, i64)>, StoreError> {
        self.database.run(|c| {
            c.prepare(
                "SELECT topic, partition, next_offset FROM checkpoints WHERE stage = ?1 ORDER BY topic, partition",
            )?
            .query_map([stage], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect()
        })
    }

    /// The first moment that grouping looks back to; `None` where it has not forgotten anything yet.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn grouping_since(&self) -> Result<Option<Timestamp>, StoreError> {
        self.database.run(|c| {
            c.query_row("SELECT value FROM settings WHERE name = 'grouping_since'", [], |row| parsed(row, 0))
                .optional()
        })
    }

    /// The moment from which on articles, by when they were first fetched, may still be grouped otherwise; `None`
    /// where that was never kept.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn grouping_settled(&self) -> Result<Option<Timestamp>, StoreError> {
        self.database.run(|c| {
            c.query_row("SELECT value FROM settings WHERE name = 'grouping_settled'", [], |row| {
                parsed(row, 0)
            })
            .optional()
        })
    }

    /// The first moment of the last `days` UTC days that have articles; `None` where there are none.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn last_days_since(&self, days: u32) -> Result<Option<Timestamp>, StoreError> {
        let first: Option<String> = self.database.run(|c| {
            c.query_row(
                "SELECT min(day) FROM (SELECT DISTINCT substr(sort_at, 1, 10) AS day FROM articles
                 ORDER BY day DESC LIMIT ?1)",
                [days],
                |row| row.get(0),
            )
        })?;
        Ok(first.and_then(|day| format!("{day}T00:00:00Z").parse().ok()))
    }

    /// The days whose articles changed since their edition was last built, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn stale_days(&self) -> Result<Vec<Date>, StoreError> {
        let days: Vec<String> = self.database.run(|c| {
            c.prepare("SELECT day FROM stale_days ORDER BY day")?.query_map([], |row| row.get(0))?.collect()
        })?;
        Ok(days.iter().filter_map(|day| day.parse().ok()).collect())
    }

    /// Says that a day's editions are built from what the store holds now.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be written.
    pub fn clear_stale(&self, day: Date) -> Result<(), StoreError> {
        self.database.run(|c| c.execute("DELETE FROM stale_days WHERE day = ?1", [day.to_string()]))?;
        Ok(())
    }

    /// Offers `fold(text)` to queries, so that an analyst can search `articles_fts` as the program does.
    fn register_fold(&self) -> Result<(), StoreError> {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        self.database.run(|c| {
            c.create_scalar_function("fold", 1, flags, |context| {
                Ok(context.get::<Option<String>>(0)?.map(|text| fold::fold(&text)))
            })
        })
    }
}

fn zone_of(database: &Database) -> Result<TimeZone, StoreError> {
    let name: Option<String> = database.run(|c| {
        c.query_row("SELECT value FROM settings WHERE name = 'time_zone'", [], |row| row.get(0)).optional()
    })?;
    Ok(name.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC))
}

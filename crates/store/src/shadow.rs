//! Shadows: stores made to be compared with another one, and thrown away.
//!
//! A shadow says of itself that it is one, so that what makes shadows anew never takes a store for one.

use std::path::Path;

use kiosque_model::{ArticleId, PageId};
use rusqlite::OptionalExtension;

use crate::{Store, StoreError};

/// The name of the setting that makes a store a shadow.
const SHADOW_OF: &str = "shadow_of";

/// An article's place in the order of arrival, its id and its page's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The order in which articles came in; where to go on from.
    pub seq: i64,
    /// The article.
    pub id: ArticleId,
    /// The page it was read from.
    pub page: PageId,
}

impl Store {
    /// Notes that this is a shadow of the store at `original`.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be written.
    pub fn mark_as_shadow(&self, original: &Path) -> Result<(), StoreError> {
        self.database.run(|c| {
            c.execute(
                "INSERT INTO settings (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [SHADOW_OF, &original.to_string_lossy()],
            )
        })?;
        Ok(())
    }

    /// Whether it was made as a shadow of another store.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn is_shadow(&self) -> Result<bool, StoreError> {
        self.database.run(|c| {
            let found = c.query_row("SELECT 1 FROM settings WHERE name = ?1", [SHADOW_OF], |_| Ok(()));
            Ok(found.optional()?.is_some())
        })
    }

    /// The articles that came in after `seq`, in that order, at most `max`; zero is before the first.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn list_after(&self, seq: i64, max: usize) -> Result<Vec<Listed>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached("SELECT seq, id, page FROM articles WHERE seq > ?1 ORDER BY seq LIMIT ?2")?
                .query_map([seq, i64::try_from(max).unwrap_or(i64::MAX)], |row| {
                    Ok(Listed { seq: row.get(0)?, id: PageId(row.get(1)?), page: PageId(row.get(2)?) })
                })?
                .collect()
        })
    }
}

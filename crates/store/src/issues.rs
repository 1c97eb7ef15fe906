//! Editions as they were frozen and as they went out, and the hours they were issued at.
//!
//! Invariant: a row of `issues` is never changed. The latest row of an edition is its state; what readers were given is
//! there word for word, whatever is corrected later.

use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_model::{Edition, EditionState};
use rusqlite::{OptionalExtension, Row, params};

use crate::day::{parsed, unreadable};
use crate::editions::{state, state_name};
use crate::time::stamp;
use crate::{Store, StoreError};

/// An edition at the moment its state changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The edition, word for word.
    pub edition: Edition,
    /// What it became.
    pub state: EditionState,
    /// The number of the latest decision it holds.
    pub decision: i64,
    /// Who did it.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Keeps a change of an edition's state.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written.
    pub fn add_issue(&self, issue: &Issue) -> Result<(), StoreError> {
        let content =
            serde_json::to_string(&issue.edition).expect("model types have string keys and finite numbers");
        self.database.run(|c| {
            c.prepare_cached(
                "INSERT INTO issues (edition, date, state, revision, decision, who, at, content)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                issue.edition.name,
                issue.edition.date.to_string(),
                state_name(issue.state),
                issue.edition.revision,
                issue.decision,
                issue.who,
                stamp(issue.at),
                content
            ])?;
            Ok(())
        })
    }

    /// The latest change of an edition's state; `None` where it was always open.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn issue(&self, edition: &str, date: Date) -> Result<Option<Issue>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached(
                "SELECT content, state, decision, who, at FROM issues WHERE edition = ?1 AND date = ?2
                 ORDER BY number DESC LIMIT 1",
            )?
            .query_row(params![edition, date.to_string()], issue)
            .optional()
        })
    }

    /// The latest edition of that name before a day, where it is closed: frozen or published.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn closed_before(&self, edition: &str, date: Date) -> Result<Option<Issue>, StoreError> {
        let found = self.database.run(|c| {
            c.prepare_cached(
                "SELECT content, state, decision, who, at FROM issues WHERE edition = ?1 AND date < ?2
                 ORDER BY date DESC, number DESC LIMIT 1",
            )?
            .query_row(params![edition, date.to_string()], issue)
            .optional()
        })?;
        Ok(found.filter(|issue| issue.state != EditionState::Open))
    }

    /// The hour of issue an edition was last issued for.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn last_issued(&self, edition: &str) -> Result<Option<Timestamp>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached("SELECT issued FROM schedules WHERE edition = ?1")?
                .query_row([edition], |row| parsed(row, 0))
                .optional()
        })
    }

    /// Remembers the hour of issue an edition was issued for.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written.
    pub fn set_issued(&self, edition: &str, hour: Timestamp) -> Result<(), StoreError> {
        self.database.run(|c| {
            c.prepare_cached(
                "INSERT INTO schedules (edition, issued) VALUES (?1, ?2)
                 ON CONFLICT (edition) DO UPDATE SET issued = excluded.issued",
            )?
            .execute(params![edition, stamp(hour)])?;
            Ok(())
        })
    }
}

fn issue(row: &Row<'_>) -> rusqlite::Result<Issue> {
    Ok(Issue {
        edition: serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(|e| unreadable(0, e))?,
        state: state(row, 1)?,
        decision: row.get(2)?,
        who: row.get(3)?,
        at: parsed(row, 4)?,
    })
}

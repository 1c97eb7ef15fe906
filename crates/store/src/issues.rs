//! Editions as they were frozen and as they went out, and the hours they were issued at.
//!
//! Invariant: a row of `issues` is never changed. The latest row of an edition is its state; what readers were given is
//! there word for word, whatever is corrected later.

use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_model::{Edition, EditionState};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::day::{parsed, unreadable};
use crate::editions::{save, state, state_name};
use crate::time::stamp;
use crate::{Store, StoreError};

/// An edition at the moment its state changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// The edition, word for word; the store counts its revision.
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
    /// Saves an edition as [`Store::save_edition`] does and keeps the change of its state, both or neither; tells
    /// whether the edition changed. `before` is the state it was made from: where somebody changed that meanwhile, nothing
    /// is written, and `None` says so.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written; then everything stays as it was.
    pub fn change_state(&self, issue: &Issue, before: Option<&Issue>) -> Result<Option<bool>, StoreError> {
        self.database.run(|c| {
            let transaction = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
            if latest(&transaction, &issue.edition.name, issue.edition.date)?.as_ref() != before {
                return Ok(None);
            }
            let changed = save(&transaction, &issue.edition)?;
            transaction
                .prepare_cached(
                    "INSERT INTO issues (edition, date, state, revision, decision, who, at, content)
                     SELECT name, date, ?3, revision, ?4, ?5, ?6, content FROM editions
                     WHERE name = ?1 AND date = ?2",
                )?
                .execute(params![
                    issue.edition.name,
                    issue.edition.date.to_string(),
                    state_name(issue.state),
                    issue.decision,
                    issue.who,
                    stamp(issue.at)
                ])?;
            transaction.commit()?;
            Ok(Some(changed))
        })
    }

    /// The latest change of an edition's state; `None` where it was always open.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn issue(&self, edition: &str, date: Date) -> Result<Option<Issue>, StoreError> {
        self.database.run(|c| latest(c, edition, date))
    }

    /// The latest edition of that name before a day, where it is closed: frozen or published. Its `at` is when it was
    /// closed to what comes in: a frozen edition that is published, or a published one that is corrected, takes in
    /// nothing new.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn closed_before(&self, edition: &str, date: Date) -> Result<Option<Issue>, StoreError> {
        let found = self.database.run(|c| {
            c.prepare_cached(
                "SELECT i.content, i.state, i.decision, i.who,
                     (SELECT f.at FROM issues f
                      WHERE f.edition = i.edition AND f.date = i.date AND f.number > coalesce(
                          (SELECT max(o.number) FROM issues o
                           WHERE o.edition = i.edition AND o.date = i.date AND o.state = 'open' AND o.number < i.number), 0)
                      ORDER BY f.number LIMIT 1)
                 FROM issues i WHERE i.edition = ?1 AND i.date < ?2 ORDER BY i.date DESC, i.number DESC LIMIT 1",
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

/// The latest change of an edition's state, within a transaction of the caller's.
pub(crate) fn latest(c: &Connection, edition: &str, date: Date) -> rusqlite::Result<Option<Issue>> {
    c.prepare_cached(
        "SELECT content, state, decision, who, at FROM issues WHERE edition = ?1 AND date = ?2
         ORDER BY number DESC LIMIT 1",
    )?
    .query_row(params![edition, date.to_string()], issue)
    .optional()
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

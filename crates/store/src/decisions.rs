//! Editors' decisions: data of their own, only ever added to, read by whoever builds an edition.
//!
//! What a kind means and what its value holds is the edition's business; the store keeps who, when and what.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;

use crate::day::{parsed, parsed_if_any, unreadable};
use crate::time::stamp;
use crate::{Store, StoreError};

/// A decision to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDecision {
    /// The edition it is for; `None` for all.
    pub edition: Option<String>,
    /// The day it is for; `None` for all.
    pub date: Option<Date>,
    /// What is done, e.g. `pin`, `drop`, `retitle`.
    pub kind: String,
    /// What it is done to: the id of an article or a story.
    pub target: String,
    /// What goes with it, e.g. the new title; `null` where nothing does.
    pub value: serde_json::Value,
    /// Who decided.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Its number; later decisions have higher ones.
    pub number: i64,
    /// What was decided.
    pub decision: NewDecision,
}

impl Store {
    /// Keeps a decision; gives its number.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written.
    pub fn decide(&self, decision: &NewDecision) -> Result<i64, StoreError> {
        self.database.run(|c| {
            c.prepare_cached(
                "INSERT INTO decisions (edition, date, kind, target, value, who, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                decision.edition,
                decision.date.map(|d| d.to_string()),
                decision.kind,
                decision.target,
                decision.value.to_string(),
                decision.who,
                stamp(decision.at)
            ])?;
            Ok(c.last_insert_rowid())
        })
    }

    /// The number of the latest decision, 0 where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn last_decision(&self) -> Result<i64, StoreError> {
        self.database
            .run(|c| c.query_row("SELECT coalesce(max(number), 0) FROM decisions", [], |row| row.get(0)))
    }

    /// The decisions that bear on an edition of a day, in the order they were taken.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn decisions(&self, edition: &str, date: Date) -> Result<Vec<Decision>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached(
                "SELECT number, edition, date, kind, target, value, who, at FROM decisions
                 WHERE (edition IS NULL OR edition = ?1) AND (date IS NULL OR date = ?2) ORDER BY number",
            )?
            .query_map(params![edition, date.to_string()], |row| {
                let value = row.get_ref(5)?.as_str()?;
                Ok(Decision {
                    number: row.get(0)?,
                    decision: NewDecision {
                        edition: row.get(1)?,
                        date: parsed_if_any(row, 2)?,
                        kind: row.get(3)?,
                        target: row.get(4)?,
                        value: serde_json::from_str(value).map_err(|e| unreadable(5, e))?,
                        who: row.get(6)?,
                        at: parsed(row, 7)?,
                    },
                })
            })?
            .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_listed_for_their_edition_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("s.sqlite")).unwrap();
        let decision = |edition: Option<&str>, day: Option<&str>, kind: &str| NewDecision {
            edition: edition.map(str::to_owned),
            date: day.map(|d| d.parse().unwrap()),
            kind: kind.to_owned(),
            target: "x".to_owned(),
            value: serde_json::json!({"title": "Été « chaud »"}),
            who: "desk".to_owned(),
            at: "2026-10-06T05:00:00Z".parse().unwrap(),
        };
        let all = [
            decision(Some("matin"), Some("2026-10-06"), "pin"),
            decision(Some("soir"), Some("2026-10-06"), "drop"),
            decision(Some("matin"), Some("2026-10-07"), "drop"),
            decision(None, None, "mute"),
        ];
        for one in &all {
            store.decide(one).unwrap();
        }
        let found = store.decisions("matin", "2026-10-06".parse().unwrap()).unwrap();
        assert_eq!(found.iter().map(|d| d.number).collect::<Vec<_>>(), [1, 4]);
        assert_eq!(found[0].decision, all[0]);
        assert_eq!(found[1].decision, all[3]);
    }
}

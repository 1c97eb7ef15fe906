//! The history of an article: each change its publisher made, with what was inserted and removed.
//!
//! Read from the states that `revisions` keeps, so that it is there for stores of any age.

use jiff::Timestamp;
use kiosque_model::{ArticleId, Published};

use crate::day::{parsed, parsed_if_any};
use crate::diff::{Change, changes};
use crate::{Store, StoreError};

/// One change of a published article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which change, from 1.
    pub number: u32,
    /// When the new state came in.
    pub seen_at: Timestamp,
    /// The headline before.
    pub old_title: Option<String>,
    /// The headline after.
    pub new_title: Option<String>,
    /// Whether the headline changed while the page went on to state the same last modification, or none; `None` where
    /// the store is older than the knowledge of modifications.
    pub silent: Option<bool>,
    /// The last modification the page states after the change.
    pub modified: Option<Published>,
    /// The headlines word by word; all kept where they are the same.
    pub title: Vec<Change>,
    /// The texts word by word, whole.
    pub text: Vec<Change>,
}

impl Step {
    /// Whether the headline changed.
    #[must_use]
    pub fn title_changed(&self) -> bool {
        self.old_title != self.new_title
    }
}

impl Store {
    /// The changes of an article, first to last; none where it stands as it was first seen.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn history(&self, id: &ArticleId) -> Result<Vec<Step>, StoreError> {
        self.database.run(|c| {
            c.prepare(
                "SELECT number, seen_at, old_title, new_title, silent, new_modified, old_text, new_text
                 FROM v_revisions WHERE article = ?1 ORDER BY number",
            )?
            .query_map([&id.0], |row| {
                let (old_title, new_title): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
                let said = |title: &Option<String>| title.clone().unwrap_or_default();
                Ok(Step {
                    number: row.get(0)?,
                    seen_at: parsed(row, 1)?,
                    title: changes(&said(&old_title), &said(&new_title)),
                    old_title,
                    new_title,
                    silent: row.get(4)?,
                    modified: parsed_if_any(row, 5)?,
                    text: changes(row.get_ref(6)?.as_str()?, row.get_ref(7)?.as_str()?),
                })
            })?
            .collect()
        })
    }
}

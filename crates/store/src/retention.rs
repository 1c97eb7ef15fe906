//! What a store lets go of with time: the steps of pages, which only say how an article came in.
//!
//! Articles, revisions, editions and decisions are kept for ever. A page keeps its last step in `pages`, so an
//! address that became no article still has its reason.

use jiff::Timestamp;

use crate::time::stamp;
use crate::{Store, StoreError};

impl Store {
    /// How many steps of pages are older than `before`.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn count_steps_before(&self, before: Timestamp) -> Result<usize, StoreError> {
        let found: i64 = self.database.run(|c| {
            c.query_row("SELECT count(*) FROM breadcrumbs WHERE at < ?1", [stamp(before)], |row| row.get(0))
        })?;
        Ok(usize::try_from(found).unwrap_or_default())
    }

    /// Deletes the steps of pages older than `before`; says how many. The file does not shrink, its room is used
    /// again.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be written; nothing is deleted then.
    pub fn forget_steps_before(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.database.run(|c| c.execute("DELETE FROM breadcrumbs WHERE at < ?1", [stamp(before)]))
    }
}

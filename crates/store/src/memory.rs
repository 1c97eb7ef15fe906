//! What stages remember between two runs: the hashes of pages seen, and a map of bytes for the crawler.
//!
//! A file of its own beside the store: it may be lost without losing truth, and its writes do not wait for the
//! sink's. Everything is durable when the call returns.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kiosque_model::PageId;
use rusqlite::{OptionalExtension, TransactionBehavior, params};

use crate::database::Database;
use crate::{StoreError, schema};

/// The memory of a pipeline's stages; may be shared by threads.
pub struct StageMemory(Mutex<Database>);

impl StageMemory {
    /// Opens the file, makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged, newer than the program, another program's, or cannot be made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Database::open(path, &schema::memory()).map(|database| Self(Mutex::new(database)))
    }

    /// The hash of the body last remembered for a page.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn seen(&self, page: &PageId) -> Result<Option<u128>, StoreError> {
        let hash: Option<[u8; 16]> = self.lock().run(|c| {
            c.prepare_cached("SELECT body_hash FROM page_hashes WHERE page = ?1")?
                .query_row([&page.0], |row| row.get(0))
                .optional()
        })?;
        Ok(hash.map(u128::from_be_bytes))
    }

    /// Remembers bodies of pages, all or none. Only for pages whose output is durable already.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be written; then nothing is remembered.
    pub fn remember(&self, pages: &[(PageId, u128)]) -> Result<(), StoreError> {
        self.write(
            "INSERT INTO page_hashes (page, body_hash) VALUES (?1, ?2)
             ON CONFLICT (page) DO UPDATE SET body_hash = excluded.body_hash",
            pages.iter().map(|(page, hash)| (page.0.as_str(), hash.to_be_bytes().to_vec())),
        )
    }

    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.lock().run(|c| {
            c.prepare_cached("SELECT value FROM entries WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
    }

    /// Writes entries, all or none.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be written; then nothing is.
    pub fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        self.write(
            "INSERT INTO entries (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            entries.iter().map(|(key, value)| (key.as_str(), value.clone())),
        )
    }

    /// The entries whose key starts so, in order of key.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.lock().run(|c| {
            c.prepare_cached(
                // The last character there is ends the range: whatever stands behind it is not read.
                "SELECT key, value FROM entries WHERE key >= ?1 AND key < ?1 || char(0x10ffff) ORDER BY key",
            )?
            .query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })
    }

    /// Whether nothing was ever remembered.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        self.lock().run(|c| {
            c.query_row(
                "SELECT NOT EXISTS (SELECT 1 FROM page_hashes) AND NOT EXISTS (SELECT 1 FROM entries)",
                [],
                |row| row.get(0),
            )
        })
    }

    /// Forgets everything, so that every page is fetched and read again.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be written; then nothing is forgotten.
    pub fn forget(&self) -> Result<(), StoreError> {
        self.lock()
            .run(|c| c.execute_batch("BEGIN IMMEDIATE; DELETE FROM page_hashes; DELETE FROM entries; COMMIT"))
    }

    fn write<'a>(
        &self,
        sql: &str,
        entries: impl Iterator<Item = (&'a str, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        self.lock().run(|c| {
            let transaction = rusqlite::Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
            let mut statement = transaction.prepare_cached(sql)?;
            for (key, value) in entries {
                statement.execute(params![key, value])?;
            }
            drop(statement);
            transaction.commit()
        })
    }

    /// A thread that panicked left no half-written transaction: dropping it rolled it back.
    fn lock(&self) -> MutexGuard<'_, Database> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_new_again() {
        let folder = tempfile::tempdir().unwrap();
        let memory = open(&folder);
        assert!(memory.is_empty().unwrap());
        memory.remember(&[(PageId("a".into()), 1)]).unwrap();
        memory.put(&[("k".into(), vec![1])]).unwrap();
        assert!(!memory.is_empty().unwrap());
        memory.forget().unwrap();
        assert!(memory.is_empty().unwrap() && memory.seen(&PageId("a".into())).unwrap().is_none());
    }

    fn open(folder: &tempfile::TempDir) -> StageMemory {
        StageMemory::open(&folder.path().join("state.sqlite")).unwrap()
    }

    #[test]
    fn what_was_remembered_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let page = |name: &str| PageId(name.to_owned());
        open(&folder).remember(&[(page("a"), 1), (page("b"), u128::MAX)]).unwrap();
        open(&folder).remember(&[(page("a"), 2)]).unwrap();
        let memory = open(&folder);
        assert_eq!(memory.seen(&page("a")).unwrap(), Some(2));
        assert_eq!(memory.seen(&page("b")).unwrap(), Some(u128::MAX));
        assert_eq!(memory.seen(&page("c")).unwrap(), None);
    }

    #[test]
    fn entries_are_found_by_the_start_of_their_key() {
        let folder = tempfile::tempdir().unwrap();
        let entry = |key: &str, value: &[u8]| (key.to_owned(), value.to_vec());
        open(&folder)
            .put(&[entry("page:b", b"2"), entry("page:a", &[0, 255]), entry("pagf", b"x"), entry("h:é", b"")])
            .unwrap();
        let memory = open(&folder);
        assert_eq!(memory.scan("page:").unwrap(), [entry("page:a", &[0, 255]), entry("page:b", b"2")]);
        assert_eq!(memory.scan("h:é").unwrap(), [entry("h:é", b"")]);
        assert_eq!(memory.scan("").unwrap().len(), 4);
        assert_eq!(memory.get("page:a").unwrap(), Some(vec![0, 255]));
        memory.put(&[entry("page:a", b"new")]).unwrap();
        assert_eq!(memory.get("page:a").unwrap(), Some(b"new".to_vec()));
        assert_eq!(memory.get("none").unwrap(), None);
    }

    #[test]
    fn a_store_is_no_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        drop(crate::Store::open(&path).unwrap());
        assert!(matches!(StageMemory::open(&path), Err(StoreError::Foreign { .. })));
    }
}

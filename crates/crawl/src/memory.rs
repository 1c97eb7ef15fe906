//! What the crawler keeps between visits, behind a small durable map: validators of pages and documents, the
//! state of each source, the rules of each host.
//!
//! Order of durability: a page is remembered only after the outlet took it. Whoever implements [`Memory`] must
//! have written an entry when `put` returns.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Why the memory could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the crawler's memory failed: {0}")]
pub struct MemoryError(
    /// What the storage said.
    pub String,
);

/// A durable map from key to bytes. Keys are `kind:name` and readable; values belong to this crate.
pub trait Memory: Send + Sync {
    /// The value of a key. Called on the crawler's own thread, so it should take microseconds.
    ///
    /// # Errors
    /// [`MemoryError`] where the storage fails; the crawl then ends.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError>;

    /// Writes all entries or none; durable when it returns. May block.
    ///
    /// # Errors
    /// As [`Memory::get`].
    fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), MemoryError>;

    /// All entries whose key starts so, in order of key.
    ///
    /// # Errors
    /// As [`Memory::get`].
    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError>;
}

/// A memory that lasts as long as the process: for tests, and for looking at a site once.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<String, Vec<u8>>>);

impl Memory for InMemory {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), MemoryError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(entries.iter().cloned());
        Ok(())
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError> {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = map.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(from.map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

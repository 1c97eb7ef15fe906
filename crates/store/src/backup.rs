//! Copying a store while it is written, and bringing a copy back.
//!
//! Invariant: at every moment there is a whole file under the name, the old one or the new; a copy is made beside
//! it and renamed.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::{Store, StoreError};

impl Store {
    /// Copies the store, as it stands at one moment, to a file. Writers go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] where the copy cannot be written; a file that was there stays.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        // A reader of its own: this connection may be in the midst of a batch.
        let reader = Self::open_read_only(&self.database.path)?;
        copy(&reader.database.connection, &self.database.path, to)
    }

    /// Brings a backup back to the place of a store that nobody has open. The backup is checked first.
    ///
    /// # Errors
    /// [`StoreError`] where the backup is no sound store, or cannot be copied; the store then stays, but for what its write-ahead log held.
    pub fn restore(backup: &Path, to: &Path) -> Result<(), StoreError> {
        let source = Self::open_read_only(backup)?;
        source.verify()?;
        // The log of the store that is there goes first: beside the restored file it would be taken for its own.
        for suffix in ["-wal", "-shm"] {
            let log = beside(to, suffix);
            if log.exists() {
                std::fs::remove_file(&log).map_err(|source| StoreError::Io { path: log, source })?;
            }
        }
        copy(&source.database.connection, backup, to)
    }

    /// Reads the whole file and says whether it is sound: pages, references, the search index. Takes seconds for
    /// a large store.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with what is wrong.
    pub fn verify(&self) -> Result<(), StoreError> {
        let (said, orphans, unindexed) = self.database.run(|c| {
            let said: String = c.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
            let orphans: i64 =
                c.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |r| r.get(0))?;
            let unindexed: i64 = c.query_row(
                "SELECT (SELECT count(*) FROM articles_fts_docsize) - (SELECT count(*) FROM articles)",
                [],
                |r| r.get(0),
            )?;
            Ok((said, orphans, unindexed))
        })?;
        let wrong = match (said.as_str(), orphans, unindexed) {
            ("ok", 0, 0) => return Ok(()),
            ("ok", 0, n) => format!("the search index differs from the articles by {n}"),
            ("ok", n, _) => format!("{n} rows refer to rows that are not there"),
            _ => said,
        };
        Err(StoreError::Corrupt { path: self.database.path.clone(), said: wrong })
    }
}

/// Copies in one step: in WAL mode a reader holds nobody up, and the copy is of one moment.
fn copy(from: &Connection, from_path: &Path, to: &Path) -> Result<(), StoreError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { path, source }
    };
    if to.exists() && to.canonicalize().map_err(io(to))? == from_path.canonicalize().map_err(io(from_path))? {
        let same = std::io::Error::other("it is the store itself");
        return Err(StoreError::Io { path: to.to_owned(), source: same });
    }
    let part = beside(to, ".part");
    if part.exists() {
        std::fs::remove_file(&part).map_err(io(&part))?;
    }
    let mut target = Connection::open(&part).map_err(|e| StoreError::at(&part, e))?;
    let step = Backup::new(from, &mut target).and_then(|backup| backup.step(-1));
    match step.map_err(|e| StoreError::at(&part, e))? {
        StepResult::Done => {}
        _ => return Err(StoreError::Busy { path: from_path.to_owned() }),
    }
    // One file, no log beside it: whoever opens it for writing goes back to WAL.
    target.pragma_update(None, "journal_mode", "DELETE").map_err(|e| StoreError::at(&part, e))?;
    target.close().map_err(|(_, e)| StoreError::at(&part, e))?;
    std::fs::rename(&part, to).map_err(io(to))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

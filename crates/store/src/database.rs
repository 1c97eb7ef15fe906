//! Opening a file of ours: identity, version, durability.
//!
//! Both kinds of file are opened the same way: WAL, so that readers never wait; `synchronous=FULL`, so that what
//! was committed survives a power cut; an application id, so that another program's file is never touched; and a
//! version, so that a file of a newer program is refused rather than misread.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::Migrations;

use crate::StoreError;

/// How long a writer waits for another before it says so.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A kind of file: what it is called, how it is known, how it is built.
pub(crate) struct FileKind {
    /// For messages: `a store of kiosque`.
    pub(crate) expected: &'static str,
    /// SQLite's `application_id`, four letters.
    pub(crate) application_id: i32,
    /// How many migrations there are.
    pub(crate) version: i64,
    /// The migrations.
    pub(crate) migrations: Migrations<'static>,
}

/// A connection that knows its file, so that every error can name it.
pub(crate) struct Database {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
}

impl Database {
    /// Opens for writing; makes folder, file and schema where they are missing.
    pub(crate) fn open(path: &Path, kind: &FileKind) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Io { path: folder.to_owned(), source })?;
        }
        let connection = Connection::open(path).map_err(|e| StoreError::at(path, e))?;
        let mut database = Self { connection, path: path.to_owned() };
        database.run(|c| c.busy_timeout(BUSY_TIMEOUT))?;
        let found = database.check_identity(kind)?;
        database.run(|c| {
            c.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000; PRAGMA wal_autocheckpoint = 4000;
                 PRAGMA journal_size_limit = 67108864;",
            )
        })?;
        if found < kind.version {
            database.migrate(kind)?;
        }
        Ok(database)
    }

    /// Opens an existing file for reading only.
    pub(crate) fn open_read_only(path: &Path, kind: &FileKind) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|e| StoreError::at(path, e))?;
        let database = Self { connection, path: path.to_owned() };
        database.run(|c| c.busy_timeout(BUSY_TIMEOUT))?;
        let found = database.check_identity(kind)?;
        if found < kind.version {
            return Err(StoreError::Older { path: database.path, found, known: kind.version });
        }
        database.run(|c| c.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY"))?;
        Ok(database)
    }

    /// Runs something on the connection; its error names the file.
    pub(crate) fn run<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        work(&self.connection).map_err(|e| StoreError::at(&self.path, e))
    }

    /// The file's schema version, after making sure that the file is of this kind, or new.
    fn check_identity(&self, kind: &FileKind) -> Result<i64, StoreError> {
        let (id, found, tables) = self.run(|c| {
            c.query_row(
                "SELECT (SELECT application_id FROM pragma_application_id),
                        (SELECT user_version FROM pragma_user_version),
                        (SELECT count(*) FROM sqlite_schema)",
                [],
                |row| Ok((row.get::<_, i32>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)),
            )
        })?;
        if id != kind.application_id && (id != 0 || tables > 0) {
            return Err(StoreError::Foreign { path: self.path.clone(), expected: kind.expected });
        }
        if found > kind.version {
            return Err(StoreError::Newer { path: self.path.clone(), found, known: kind.version });
        }
        Ok(found)
    }

    fn migrate(&mut self, kind: &FileKind) -> Result<(), StoreError> {
        self.run(|c| c.pragma_update(None, "application_id", kind.application_id))?;
        let Err(failed) = kind.migrations.to_latest(&mut self.connection) else { return Ok(()) };
        // Two processes may open a new file at once: then the other one built it.
        if self.check_identity(kind)? == kind.version {
            return Ok(());
        }
        let path = &self.path;
        Err(match failed {
            rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::at(path, err),
            other => StoreError::Corrupt { path: path.clone(), said: other.to_string() },
        })
    }
}

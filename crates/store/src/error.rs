//! What can go wrong with a file of ours, by what someone would do about it.
//!
//! Every variant names the file, because a pipeline has several; `hint` says what to do.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// A failure of the store or of a stage's memory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no file to read.
    #[error("there is no store at `{path}`")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged, or no SQLite file at all.
    #[error("`{path}` is damaged or no SQLite file: {said}")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        said: String,
    },
    /// It is a sound SQLite file of another program or of another use.
    #[error("`{path}` is an SQLite file, but not {expected}")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        expected: &'static str,
    },
    /// The disk, or the file's size limit, is full.
    #[error("no room left to write `{path}`")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer program.
    #[error("`{path}` has schema version {found}, this program knows {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The file is older than this program and was opened only to read.
    #[error("`{path}` has schema version {found}, this program reads {known}")]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version this program reads.
        known: i64,
    },
    /// Another process kept the file locked longer than one waits.
    #[error("`{path}` is locked by another process")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A write where only reading is allowed.
    #[error("`{path}` is open for reading only: {said}")]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What was refused.
        said: String,
    },
    /// A query SQLite does not understand.
    #[error("the query is not understood: {said}")]
    BadQuery {
        /// SQLite's words.
        said: String,
    },
    /// A query that took longer than it may.
    #[error("the query was stopped after {limit_ms} ms")]
    TimeLimit {
        /// The limit.
        limit_ms: u128,
    },
    /// An earlier step of the batch failed, so nothing of it may be kept.
    #[error("an earlier write of this batch to `{path}` failed; nothing of it was kept")]
    BatchFailed {
        /// The file.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("cannot use `{path}`: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else SQLite says.
    #[error("`{path}`: {source}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Sorts an error of SQLite by what one would do about it.
    pub(crate) fn at(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let said = source.to_string();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt { path, said },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path, said },
            _ => Self::Sqlite { path, source },
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing { .. } => "run `kiosque run` first, or check the store's path",
            Self::Corrupt { .. } => "restore a backup with `kiosque restore`, or move the file away",
            Self::Foreign { .. } => "check the path: another program's file is never touched",
            Self::Full { .. } => "free some space and start again: nothing committed is lost",
            Self::Newer { .. } => "use the newer program that wrote it",
            Self::Older { .. } => "`kiosque run` brings the file up to date",
            Self::Busy { .. } => "one pipeline has one writer: stop the other, or wait",
            Self::ReadOnly { .. } => "queries only read: use SELECT",
            Self::BadQuery { .. } => "tables, columns and views are in docs/data-model.md",
            Self::TimeLimit { .. } => "narrow the query, by day for example",
            Self::BatchFailed { .. } | Self::Io { .. } | Self::Sqlite { .. } => return None,
        })
    }
}

//! From what SQLite and the system say to an error that names the file and says what to do.

use std::error::Error;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::BusError;

const DAMAGED: &str = "the file is damaged: move it away and start again; only messages not yet processed are \
                       lost with it, the store is another file";
const FULL: &str = "free some space and start again: nothing that was committed is lost";
const ACCESS: &str = "check that the folder exists and that this user may write there";
const DISK: &str = "check the disk; then start again, nothing that was committed is lost";
const BUSY: &str = "another program holds the file: close it and start again";
const NEWER: &str = "the file was made by a newer version: use that version, or another `bus.path`";

/// An error of SQLite, while `action` (`opened`, `read`, `written`) was tried.
pub(super) fn sqlite(path: &Path, action: &'static str, source: rusqlite::Error) -> BusError {
    let hint = match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DAMAGED,
        Some(ErrorCode::DiskFull) => FULL,
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => ACCESS,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => BUSY,
        // A value of a wrong type, or a missing column, where only this program writes.
        None => DAMAGED,
        Some(_) => DISK,
    };
    storage(path, action, source, hint)
}

/// The system refuses the file or its folder.
pub(super) fn access(path: &Path, source: std::io::Error) -> BusError {
    let hint = if source.kind() == std::io::ErrorKind::StorageFull { FULL } else { ACCESS };
    storage(path, "opened", source, hint)
}

/// What was read cannot be what was written.
pub(super) fn damaged(path: &Path, source: impl Into<Box<dyn Error + Send + Sync>>) -> BusError {
    storage(path, "read", source, DAMAGED)
}

/// The compressor has no memory to work in.
pub(super) fn memory(path: &Path, source: std::io::Error) -> BusError {
    storage(path, "used", source, "give the process more memory")
}

/// The file follows a schema of tomorrow.
pub(super) fn newer(path: &Path, version: i64) -> BusError {
    storage(path, "opened", format!("it has schema version `{version}`"), NEWER)
}

/// The file is a database, but of something else.
pub(super) fn foreign(path: &Path) -> BusError {
    storage(
        path,
        "opened",
        "it is the database of another program",
        "give the log a file of its own: `bus.path`",
    )
}

fn storage(
    path: &Path,
    action: &'static str,
    source: impl Into<Box<dyn Error + Send + Sync>>,
    hint: &'static str,
) -> BusError {
    BusError::Storage { path: path.to_owned(), action, source: source.into(), hint }
}

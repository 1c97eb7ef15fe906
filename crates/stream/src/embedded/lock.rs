//! Who owns a log: a lock on a file beside it.
//!
//! An advisory lock of the system rather than a file that exists or not: it goes when its holder ends, even
//! by `kill -9`, so a crash never leaves a log locked. It is on a file of its own because SQLite locks ranges
//! of the database itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::fault;
use crate::BusError;

/// Held as long as the log is owned.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the log at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, BusError> {
        let beside = beside(path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&beside)
            .map_err(|error| fault::access(&beside, error))?;
        match file.try_lock() {
            Ok(()) => {
                // Who holds it is a courtesy to the reader of the message; the lock stands without.
                let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let owner = match holder.trim() {
                    "" => "another process".to_owned(),
                    id if id == std::process::id().to_string() => "this process already".to_owned(),
                    id => format!("process `{id}`"),
                };
                Err(BusError::Locked { path: path.to_owned(), owner })
            }
            Err(TryLockError::Error(error)) => Err(fault::access(&beside, error)),
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

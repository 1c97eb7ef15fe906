//! Watchlists and rules from a folder: read whole, and looked at again while a process runs.
//!
//! `kiosque-classify` knows rules and no files; this knows the files. Invariant: a set in force is whole. A folder
//! with a mistake leaves the set before it in force, and is told once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, fs};

use kiosque_classify::{WatchError, WatchSet};

use crate::rules::{LOOK_EVERY, Look, look, names};

/// Why a folder gives no watchlists: every mistake of every file.
#[derive(Debug)]
pub(crate) struct UnusableWatch {
    folder: PathBuf,
    /// Each with its file, and line and key where the file can be read.
    pub(crate) mistakes: Vec<String>,
}

impl fmt::Display for UnusableWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the watchlists in `{}` cannot be used", self.folder.display())?;
        for mistake in &self.mistakes {
            write!(f, "\n  {mistake}")?;
        }
        write!(f, "\nhint: docs/watchlists.md lists every key")
    }
}

impl std::error::Error for UnusableWatch {}

/// Reads the `*.toml` files of a folder, in the order of their names.
///
/// # Errors
/// Where the folder or a file cannot be read, or a file holds a mistake.
pub(crate) fn read(folder: &Path) -> Result<WatchSet, UnusableWatch> {
    let unusable = |mistakes| UnusableWatch { folder: folder.to_owned(), mistakes };
    let names = names(folder).map_err(|error| unusable(vec![error.to_string()]))?;
    let (mut files, mut mistakes) = (Vec::new(), Vec::new());
    for name in names {
        match fs::read_to_string(folder.join(&name)) {
            Ok(text) => files.push((name, text)),
            Err(error) => mistakes.push(format!("`{name}` cannot be read: {error}")),
        }
    }
    match WatchSet::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
        Ok(set) if mistakes.is_empty() => Ok(set),
        Ok(_) => Err(unusable(mistakes)),
        Err(errors) => {
            mistakes.extend(errors.iter().map(WatchError::to_string));
            Err(unusable(mistakes))
        }
    }
}

#[derive(Debug, Default)]
struct InForce {
    set: Arc<WatchSet>,
    looked_at: Option<Instant>,
    /// None where the folder could not be read.
    found: Option<Look>,
}

/// The watchlists of a running process and the folder they come from. Without a folder there are none.
#[derive(Debug, Default)]
pub(crate) struct WatchFolder {
    folder: Option<PathBuf>,
    every: Duration,
    state: Mutex<InForce>,
}

impl WatchFolder {
    /// Reads the folder for the first time.
    ///
    /// # Errors
    /// As [`read`]: a process that starts has no set to go on with.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, UnusableWatch> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        // Looked at before it is read, so that a change in between is read again and not missed.
        let (looked_at, found) = (Some(Instant::now()), look(folder));
        let set = Arc::new(read(folder)?);
        tracing::info!(folder = %folder.display(), rules = set.rules().len(), "watchlists read");
        let state = Mutex::new(InForce { set, looked_at, found });
        Ok(Self { folder: Some(folder.to_owned()), every: LOOK_EVERY, state })
    }

    /// The set in force, after a look at the folder where that is due. What cannot be used is told, and nothing is read
    /// again until the folder changes.
    pub(crate) fn current(&self) -> Arc<WatchSet> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(folder) = &self.folder else { return Arc::clone(&state.set) };
        if state.looked_at.is_some_and(|at| at.elapsed() < self.every) {
            return Arc::clone(&state.set);
        }
        state.looked_at = Some(Instant::now());
        let found = look(folder);
        if found != state.found {
            state.found = found;
            match read(folder) {
                Ok(set) => {
                    tracing::info!(folder = %folder.display(), rules = set.rules().len(), "watchlists read again");
                    state.set = Arc::new(set);
                }
                Err(unusable) => {
                    for mistake in &unusable.mistakes {
                        tracing::error!(folder = %folder.display(), "watchlists stay as they were: {mistake}");
                    }
                }
            }
        }
        Arc::clone(&state.set)
    }

    /// The same with another time between two looks.
    #[cfg(test)]
    pub(crate) fn looking_every(self, every: Duration) -> Self {
        Self { every, ..self }
    }
}

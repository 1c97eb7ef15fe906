//! Site rules from a folder: read whole, and looked at again while a process runs.
//!
//! `kiosque-extract` knows rules and no files; this knows the files. Invariant: a set in force is whole. A folder
//! with a mistake leaves the set before it in force, and is told once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::{fmt, fs, io};

use kiosque_extract::{RuleError, RuleSet, Rules};

/// Between two looks at the folder: short for whoever waits for a change, long beside the reading of a page.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Why a folder gives no rules: every mistake of every file.
#[derive(Debug)]
pub(crate) struct Unusable {
    folder: PathBuf,
    /// Each with its file, and line and key where the file can be read.
    pub(crate) mistakes: Vec<String>,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the site rules in `{}` cannot be used", self.folder.display())?;
        for mistake in &self.mistakes {
            write!(f, "\n  {mistake}")?;
        }
        write!(f, "\nhint: docs/site-rules.md lists every key")
    }
}

impl std::error::Error for Unusable {}

/// Reads the `*.toml` files of a folder, in the order of their names.
///
/// # Errors
/// Where the folder or a file cannot be read, or a file holds a mistake.
pub(crate) fn read(folder: &Path) -> Result<RuleSet, Unusable> {
    let unusable = |mistakes| Unusable { folder: folder.to_owned(), mistakes };
    let names = names(folder).map_err(|error| unusable(vec![error.to_string()]))?;
    let (mut files, mut mistakes) = (Vec::new(), Vec::new());
    for name in names {
        match fs::read_to_string(folder.join(&name)) {
            Ok(text) => files.push((name, text)),
            Err(error) => mistakes.push(format!("`{name}` cannot be read: {error}")),
        }
    }
    let parsed = RuleSet::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    match parsed {
        Ok(set) if mistakes.is_empty() => Ok(set),
        Ok(_) => Err(unusable(mistakes)),
        Err(errors) => {
            mistakes.extend(errors.iter().map(RuleError::to_string));
            Err(unusable(mistakes))
        }
    }
}

/// What editors hide beside a file while they write it is none.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// How the files of a folder look from outside: another name, time or size means that there is something to read.
pub(crate) type Look = Vec<(String, Option<(SystemTime, u64)>)>;

pub(crate) fn look(folder: &Path) -> Option<Look> {
    let of = |name: String| {
        let outside = fs::metadata(folder.join(&name)).and_then(|file| Ok((file.modified()?, file.len())));
        (name, outside.ok())
    };
    Some(names(folder).ok()?.into_iter().map(of).collect())
}

#[derive(Debug, Default)]
struct Looked {
    at: Option<Instant>,
    /// None where the folder could not be read.
    found: Option<Look>,
}

/// The rules of a running process and the folder they come from. Without a folder there are none.
#[derive(Debug, Default)]
pub(crate) struct RuleFolder {
    folder: Option<PathBuf>,
    every: Duration,
    rules: Rules,
    looked: Mutex<Looked>,
}

impl RuleFolder {
    /// Reads the folder for the first time.
    ///
    /// # Errors
    /// As [`read`]: a process that starts has no set to go on with.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Unusable> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        // Looked at before it is read, so that a change in between is read again and not missed.
        let looked = Looked { at: Some(Instant::now()), found: look(folder) };
        let set = read(folder)?;
        tracing::info!(folder = %folder.display(), rules = set.len(), "site rules read");
        Ok(Self {
            folder: Some(folder.to_owned()),
            every: LOOK_EVERY,
            rules: Rules::new(set),
            looked: Mutex::new(looked),
        })
    }

    /// The rules in force.
    pub(crate) fn current(&self) -> Arc<RuleSet> {
        self.rules.current()
    }

    /// Looks at the folder where that is due, and puts what has changed in force. What cannot be used is told, and
    /// nothing is read again until the folder changes.
    pub(crate) fn refresh(&self) {
        let Some(folder) = &self.folder else { return };
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.at.is_some_and(|at| at.elapsed() < self.every) {
            return;
        }
        looked.at = Some(Instant::now());
        let found = look(folder);
        if found == looked.found {
            return;
        }
        looked.found = found;
        match read(folder) {
            Ok(set) => {
                tracing::info!(folder = %folder.display(), rules = set.len(), "site rules read again");
                self.rules.swap(set);
            }
            Err(unusable) => {
                for mistake in &unusable.mistakes {
                    tracing::error!(folder = %folder.display(), "site rules stay as they were: {mistake}");
                }
            }
        }
    }

    /// The same with another time between two looks.
    #[cfg(test)]
    pub(crate) fn looking_every(self, every: Duration) -> Self {
        Self { every, ..self }
    }
}

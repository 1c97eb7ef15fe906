//! Site rules and watchlists from folders: read whole, and looked at again while a process runs.
//!
//! `kiosque-extract` and `kiosque-classify` know rules and no files; this knows the files. Invariant: a set in force is
//! whole. A folder with a mistake leaves the set before it in force, and is told once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::{fmt, fs, io};

use kiosque_classify::{WatchError, WatchSet};
use kiosque_extract::{RuleError, RuleSet};

/// Between two looks at the folder: short for whoever waits for a change, long beside the reading of a page.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// What the `*.toml` files of a folder make together.
pub(crate) trait Set: Default {
    /// What it is called.
    const NAME: &'static str;
    /// Where its keys are listed.
    const DOCS: &'static str;

    /// Made of the files, each a name and a text; else every mistake, with its file, line and key.
    fn parse(files: &[(String, String)]) -> Result<Self, Vec<String>>;

    /// Rules in it.
    fn rules(&self) -> usize;
}

fn texts(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

impl Set for RuleSet {
    const NAME: &'static str = "site rules";
    const DOCS: &'static str = "docs/site-rules.md";

    fn parse(files: &[(String, String)]) -> Result<Self, Vec<String>> {
        Self::parse(texts(files)).map_err(|errors| errors.iter().map(RuleError::to_string).collect())
    }

    fn rules(&self) -> usize {
        self.len()
    }
}

impl Set for WatchSet {
    const NAME: &'static str = "watchlists";
    const DOCS: &'static str = "docs/watchlists.md";

    fn parse(files: &[(String, String)]) -> Result<Self, Vec<String>> {
        Self::parse(texts(files)).map_err(|errors| errors.iter().map(WatchError::to_string).collect())
    }

    fn rules(&self) -> usize {
        self.rules().len()
    }
}

/// Why a folder gives no set: every mistake of every file.
#[derive(Debug)]
pub(crate) struct Unusable {
    folder: PathBuf,
    name: &'static str,
    docs: &'static str,
    /// Each with its file, and line and key where the file can be read.
    pub(crate) mistakes: Vec<String>,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} in `{}` cannot be used", self.name, self.folder.display())?;
        for mistake in &self.mistakes {
            write!(f, "\n  {mistake}")?;
        }
        write!(f, "\nhint: {} lists every key", self.docs)
    }
}

impl std::error::Error for Unusable {}

/// Reads the `*.toml` files of a folder, in the order of their names.
///
/// # Errors
/// Where the folder or a file cannot be read, or a file holds a mistake.
pub(crate) fn read<S: Set>(folder: &Path) -> Result<S, Unusable> {
    let unusable = |mistakes| Unusable { folder: folder.to_owned(), name: S::NAME, docs: S::DOCS, mistakes };
    let names = names(folder).map_err(|error| unusable(vec![error.to_string()]))?;
    let (mut files, mut mistakes) = (Vec::new(), Vec::new());
    for name in names {
        match fs::read_to_string(folder.join(&name)) {
            Ok(text) => files.push((name, text)),
            Err(error) => mistakes.push(format!("`{name}` cannot be read: {error}")),
        }
    }
    match S::parse(&files) {
        Ok(set) if mistakes.is_empty() => Ok(set),
        Ok(_) => Err(unusable(mistakes)),
        Err(errors) => {
            mistakes.extend(errors);
            Err(unusable(mistakes))
        }
    }
}

/// What editors hide beside a file while they write it is none.
fn names(folder: &Path) -> io::Result<Vec<String>> {
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
type Look = Vec<(String, Option<(SystemTime, u64)>)>;

fn look(folder: &Path) -> Option<Look> {
    let of = |name: String| {
        let outside = fs::metadata(folder.join(&name)).and_then(|file| Ok((file.modified()?, file.len())));
        (name, outside.ok())
    };
    Some(names(folder).ok()?.into_iter().map(of).collect())
}

#[derive(Debug, Default)]
struct InForce<S> {
    set: Arc<S>,
    looked_at: Option<Instant>,
    /// None where the folder could not be read.
    found: Option<Look>,
}

/// The set of a running process and the folder it comes from. Without a folder there is an empty one.
#[derive(Debug, Default)]
pub(crate) struct Folder<S> {
    folder: Option<PathBuf>,
    every: Duration,
    state: Mutex<InForce<S>>,
}

impl<S: Set> Folder<S> {
    /// Reads the folder for the first time.
    ///
    /// # Errors
    /// As [`read`]: a process that starts has no set to go on with.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Unusable> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        // Looked at before it is read, so that a change in between is read again and not missed.
        let (looked_at, found) = (Some(Instant::now()), look(folder));
        let set = Arc::new(read::<S>(folder)?);
        tracing::info!(folder = %folder.display(), rules = set.rules(), "{} read", S::NAME);
        let state = Mutex::new(InForce { set, looked_at, found });
        Ok(Self { folder: Some(folder.to_owned()), every: LOOK_EVERY, state })
    }

    /// The set in force, after a look at the folder where that is due. What cannot be used is told, and nothing is read
    /// again until the folder changes.
    pub(crate) fn current(&self) -> Arc<S> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(folder) = &self.folder else { return Arc::clone(&state.set) };
        if state.looked_at.is_some_and(|at| at.elapsed() < self.every) {
            return Arc::clone(&state.set);
        }
        state.looked_at = Some(Instant::now());
        let found = look(folder);
        if found != state.found {
            state.found = found;
            match read::<S>(folder) {
                Ok(set) => {
                    tracing::info!(folder = %folder.display(), rules = set.rules(), "{} read again", S::NAME);
                    state.set = Arc::new(set);
                }
                Err(unusable) => {
                    for mistake in &unusable.mistakes {
                        tracing::error!(folder = %folder.display(), "{} stay as they were: {mistake}", S::NAME);
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

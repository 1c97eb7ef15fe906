//! The configuration of one pipeline: what a file under `pipelines/` says, checked.
//!
//! Two steps and no I/O between them: [`Config::parse`] reads the text and the environment into a [`Config`] or
//! into all mistakes at once, each with key and line. Only then does anyone try a connection. The file says
//! what the pipeline is; environment and flags say where it runs.

mod bus;
mod edition;
mod mail;
mod node;
mod read;
mod section;
mod source;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use kiosque_edition::EditionSpec;

pub(crate) use bus::BusConfig;
pub(crate) use mail::MailConfig;
pub(crate) use read::is_name;
pub(crate) use section::ConfigError;
pub(crate) use source::{DELAY_MS, FeedConfig, KINDS, MAX_PAGES, Medium, SourceConfig, Trust};

/// The demo, carried by the binary so that it runs anywhere.
pub(crate) const DEMO: &str = include_str!("../../../pipelines/demo.toml");
/// The name the demo goes by on the command line.
pub(crate) const DEMO_PATH: &str = "pipelines/demo.toml";

/// A checked pipeline.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The file it was read from.
    pub(crate) file: String,
    /// The pipeline's name.
    pub(crate) name: String,
    /// Its time zone: days and hours of editions are of this zone.
    pub(crate) time_zone: TimeZone,
    /// How to crawl.
    pub(crate) crawl: kiosque_crawl::Settings,
    /// Messages that may wait on the bus before the crawler rests.
    pub(crate) max_waiting: u64,
    /// Where raw pages are archived; none where they are not.
    pub(crate) archive: Option<ArchiveConfig>,
    /// The folder of the site rules; none where pages are read by general rules alone.
    pub(crate) rules: Option<PathBuf>,
    /// How to classify.
    pub(crate) classify: ClassifyConfig,
    /// What carries messages between stages.
    pub(crate) bus: BusConfig,
    /// The store's file.
    pub(crate) store: PathBuf,
    /// Breadcrumbs are kept in it so many days.
    pub(crate) keep_breadcrumbs_days: u32,
    /// The file of the stages' memory (dedup, crawl).
    pub(crate) state: PathBuf,
    /// How to group.
    pub(crate) group: kiosque_group::Settings,
    /// The editions built every day, at least one.
    pub(crate) editions: Vec<EditionSpec>,
    /// Where `run` and `edition publish` write files for readers.
    pub(crate) export_dir: PathBuf,
    /// The folder of templates, words and branding; none where editions have the look the binary carries.
    pub(crate) look: Option<PathBuf>,
    /// How editions are mailed, where they are.
    pub(crate) mail: Option<MailConfig>,
    /// Where `serve` listens.
    pub(crate) listen: String,
    /// Whether the binary serves its invented press and crawls that.
    pub(crate) invented_press: bool,
    /// The catalogue.
    pub(crate) sources: Vec<SourceConfig>,
    /// More sources: a file or address with one feed address a line.
    pub(crate) sources_file: Option<String>,
}

/// What articles are labelled with.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClassifyConfig {
    /// A model of the pipeline's own; the bundled one where there is none.
    pub(crate) model: Option<PathBuf>,
    /// The folder of watchlists and rules; none where there are none.
    pub(crate) watch: Option<PathBuf>,
}

/// An archive of raw pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArchiveConfig {
    /// The folder of its WARC files.
    pub(crate) dir: PathBuf,
    /// A file that has so many bytes is closed and another begun.
    pub(crate) max_file_bytes: u64,
}

/// Why there is no configuration.
#[derive(Debug)]
pub(crate) enum LoadError {
    /// The file cannot be read.
    Unreadable { file: String, reason: std::io::Error },
    /// It can, and these are all its mistakes.
    Invalid { file: String, errors: Vec<ConfigError> },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, reason } => write!(
                f,
                "cannot read the pipeline `{file}`: {reason}\nhint: name a TOML file such as `{DEMO_PATH}`, or set KIOSQUE_PIPELINE"
            ),
            Self::Invalid { file, errors } => {
                let count = errors.len();
                write!(
                    f,
                    "the pipeline `{file}` has {count} {}",
                    if count == 1 { "mistake" } else { "mistakes" }
                )?;
                for error in errors {
                    let place = error.origin.as_ref().map(|o| format!("{o}: ")).unwrap_or_default();
                    write!(f, "\n  {file}: {place}`{}` {}", error.key, error.message)?;
                }
                write!(
                    f,
                    "\nhint: `kiosque check --offline` reads the file again; docs/pipelines.md lists every key"
                )
            }
        }
    }
}

impl std::error::Error for LoadError {}

impl Config {
    /// Reads a pipeline file, or the demo where none is named and the working directory has none.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, LoadError> {
        let file = path
            .filter(|p| !p.as_os_str().is_empty())
            .map_or_else(|| DEMO_PATH.to_owned(), |p| p.display().to_string());
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && file == DEMO_PATH => DEMO.to_owned(),
            Err(reason) => return Err(LoadError::Unreadable { file, reason }),
        };
        Self::check(&file, &text)
    }

    /// Reads a text that is, or is to be, the pipeline's file, with this process' environment laid over it.
    pub(crate) fn check(file: &str, text: &str) -> Result<Self, LoadError> {
        let text_only =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Self::parse(file, text, std::env::vars_os().filter_map(text_only))
    }

    /// Reads a pipeline's text with the environment laid over it; all mistakes at once, no I/O.
    pub(crate) fn parse(
        file: &str,
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, LoadError> {
        let invalid = |errors| LoadError::Invalid { file: file.to_owned(), errors };
        let mut root = node::parse(text).map_err(|syntax| {
            let told = |(line, message): (usize, String)| ConfigError {
                key: "TOML".to_owned(),
                origin: Some(node::Origin::Line(line)),
                message,
            };
            invalid(syntax.into_iter().map(told).collect())
        })?;
        node::overlay(&mut root, variables);
        read::config(file, root).map_err(invalid)
    }
}

#[cfg(test)]
mod tests;

//! The words of commands that look after what is kept: replay, import, purge and the rules tried over past days.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::Pipeline;

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// Pages fetched from this day on, in the pipeline's time zone
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Date,
    /// Up to this day; today where left out
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<Date>,
    /// Only pages of this source
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Store what comes of them in this file, made anew, and print how it differs from the store
    #[arg(long, value_name = "FILE")]
    pub(crate) shadow: Option<PathBuf>,
    /// Print JSON: the counts in a line, then, with a shadow, each article that differs
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(override_usage = "kiosque import [PIPELINE] <FILE>... [--source S] [--json]")]
pub(crate) struct ImportArgs {
    /// The pipeline (a `.toml` file, where it is not the demo), then the archives
    #[arg(required = true, num_args = 1.., value_names = ["PIPELINE", "FILE"])]
    pub(crate) words: Vec<String>,
    /// The source all pages are of; where left out, the catalogue's source of the same site, or one named after the site
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// What is older than the start of this day, in the pipeline's time zone
    #[arg(long, value_name = "DATE")]
    pub(crate) before: Date,
    /// Only tell what would go
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What `rules` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesVerb {
    /// Print every rule with its file, line and version
    List,
    /// Try the rules on stored articles, and print what would change
    Test,
}

#[derive(Debug, Args)]
#[command(override_usage = "kiosque rules [PIPELINE] <list|test> [OPTIONS]")]
pub(crate) struct RulesArgs {
    /// The pipeline (where it is not the demo), then `list` or `test`
    #[arg(required = true, num_args = 1..=2, value_names = ["PIPELINE", "VERB"])]
    pub(crate) words: Vec<String>,
    /// The folder of rules to read; the pipeline's `classify.watch` where left out
    #[arg(long, value_name = "FOLDER")]
    pub(crate) watch: Option<PathBuf>,
    /// With test: articles of this day on; the last seven days that have articles where left out
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// With test: up to this day
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<Date>,
    /// Only this rule
    #[arg(long, value_name = "ID")]
    pub(crate) rule: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

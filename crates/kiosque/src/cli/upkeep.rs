//! The words of commands that look after what is kept: replay and purge.

use std::path::PathBuf;

use clap::Args;
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

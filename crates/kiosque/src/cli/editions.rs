//! What can be typed about editions.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use kiosque_edition::GroupBy;

use super::Pipeline;

#[derive(Debug, Subcommand)]
pub(crate) enum EditionCommand {
    /// Build the edition of a day from the store
    Build(EditionArgs),
    /// List the editions in the store
    List(EditionArgs),
    /// Show an edition
    Show(EditionArgs),
    /// Build an edition and write it for readers in every format
    Publish(EditionArgs),
    /// Mail an edition to its recipients, a message each; who has it already is left out
    Send(SendArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EditionArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// The day, YYYY-MM-DD; the newest day with articles where left out
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<Date>,
    /// The edition's name; the pipeline's first where left out
    #[arg(long, value_name = "NAME")]
    pub(crate) edition: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// The day, YYYY-MM-DD; the newest edition's where left out
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<Date>,
    /// html, docx, epub, eml, md, json, csv; rss, atom, jsonfeed; telegram, slack, webhook
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    pub(crate) format: String,
    /// The edition's name; the pipeline's first where left out
    #[arg(long, value_name = "NAME")]
    pub(crate) edition: Option<String>,
    /// Group the items by rubrique or newspaper by newspaper
    #[arg(long, value_enum, default_value = "rubrique")]
    pub(crate) by: By,
    /// The file to write; stdout where left out
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// The day, YYYY-MM-DD; the newest edition's where left out
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<Date>,
    /// The edition's name; the pipeline's first where left out
    #[arg(long, value_name = "NAME")]
    pub(crate) edition: Option<String>,
    /// Group the items by rubrique or newspaper by newspaper
    #[arg(long, value_enum, default_value = "rubrique")]
    pub(crate) by: By,
    /// To this address instead of the pipeline's recipients; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Vec<String>,
    /// To those too who have this revision already
    #[arg(long)]
    pub(crate) again: bool,
    /// Print whom it would go to, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What the items of an export are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    Rubrique,
    Source,
}

impl From<By> for GroupBy {
    fn from(by: By) -> Self {
        match by {
            By::Rubrique => Self::Rubrique,
            By::Source => Self::Source,
        }
    }
}

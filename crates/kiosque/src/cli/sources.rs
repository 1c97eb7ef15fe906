//! The words of `kiosque sources`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Pipeline;

#[derive(Debug, Args)]
pub(crate) struct SourcesArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    #[command(subcommand)]
    pub(crate) command: SourcesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourcesCommand {
    /// List every source with its state and health
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Find out about a site and write it into the pipeline's file
    Add(AddArgs),
    /// Switch sources on
    Enable {
        /// Their ids
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Switch sources off
    Disable {
        /// Their ids
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Why, to be written beside
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Take sources over from an OPML or CSV file; those that are known stay as they are
    Import {
        /// The file, `-` for stdin
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Only tell what would be added
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the catalogue for other programs
    Export {
        /// In which format
        #[arg(long, value_enum, default_value = "opml")]
        format: CatalogueFormat,
        /// Into this file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The site's address, e.g. `gazette.example`, or that of a feed
    #[arg(value_name = "SITE")]
    pub(crate) site: String,
    /// Another id than the one made from the address
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// Another name than the one the site gives itself
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Only print the table that would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What a catalogue is exchanged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatalogueFormat {
    Opml,
    Csv,
}

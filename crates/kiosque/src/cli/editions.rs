//! What can be typed about editions.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use kiosque_edition::GroupBy;
use kiosque_model::Mode;

use super::Pipeline;
use super::decisions::{
    CloneArgs, DeskArgs, DropArgs, LedgerArgs, MergeArgs, MoveArgs, NoteArgs, OrderArgs, PlaceArgs,
    PublishArgs, RubriqueArgs, SplitArgs, TextArgs, UndoArgs,
};

#[derive(Debug, Subcommand)]
pub(crate) enum EditionCommand {
    /// Build the edition of a day from the store
    Build(EditionArgs),
    /// List the editions in the store
    List(EditionArgs),
    /// Show an edition
    Show(EditionArgs),
    /// Close an edition for its readers and write it in every format; again, with the corrections made since
    Publish(PublishArgs),
    /// Hold an edition: what comes in no longer changes it, what editors write does
    Freeze(DeskArgs),
    /// Let a frozen edition follow again what comes in
    Thaw(DeskArgs),
    /// Put a story on the front page, at a place of it
    Pin(PlaceArgs),
    /// Take a story out of the edition
    Drop(DropArgs),
    /// Move a story to the front page, or off it to its rubrique
    Move(MoveArgs),
    /// Put a story at a place of the block it stands in
    Order(OrderArgs),
    /// Give a story another headline; the paper's own stays beside it
    Retitle(TextArgs),
    /// Write words of your own instead of the extract
    Extract(TextArgs),
    /// Add a note to a story, or to the edition where no story is named
    Note(NoteArgs),
    /// Put a story in another rubrique
    Rubrique(RubriqueArgs),
    /// Say that two stories are one event, for every edition and day
    Merge(MergeArgs),
    /// Say that an article tells another event than its story, for every edition and day
    Split(SplitArgs),
    /// Add words of correction to an edition that went out, on a story or on the whole
    Erratum(NoteArgs),
    /// Take a decision back
    Undo(UndoArgs),
    /// List the decisions on an edition: who, when, what, and whether it stands
    Decisions(EditionArgs),
    /// Take the decisions of another day over, for the stories that go on
    Clone(CloneArgs),
    /// Mail an edition to its recipients, a message each; who has it already is left out
    Send(SendArgs),
    /// Print what was distributed, as CSV: title × article × edition × channel × recipients × day
    Ledger(LedgerArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EditionArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Which edition, and how the answer is printed.
#[derive(Debug, Args)]
pub(crate) struct Which {
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
    /// html, pdf, docx, epub, eml, md, json, csv; rss, atom, jsonfeed; telegram, slack, webhook
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    pub(crate) format: String,
    /// The edition's name; the pipeline's first where left out
    #[arg(long, value_name = "NAME")]
    pub(crate) edition: Option<String>,
    /// Group the items by rubrique or newspaper by newspaper
    #[arg(long, value_enum, default_value = "rubrique")]
    pub(crate) by: By,
    /// The kind of compilation; the edition's own where left out
    #[arg(long, value_name = "revue|panorama|liens")]
    pub(crate) mode: Option<Mode>,
    /// Note in the ledger that it goes to so many readers
    #[arg(long, value_name = "N")]
    pub(crate) recipients: Option<u32>,
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

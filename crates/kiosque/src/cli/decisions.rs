//! What can be typed to decide of an edition, and to let it go out.
//!
//! Every decision is typed alike: `kiosque edition VERB [PIPELINE] ITEM`, with the edition, the day and whoever decides
//! as flags that all of them share.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use kiosque_model::{Mode, Rubrique};

use super::Pipeline;
use super::editions::Which;

/// Who decides.
#[derive(Debug, Default, Args)]
pub(crate) struct Who {
    /// Who decides; the user of the system where left out
    #[arg(long = "by", env = "KIOSQUE_BY", value_name = "NAME")]
    name: Option<String>,
}

impl Who {
    /// The name given, else the user's.
    pub(crate) fn name(&self) -> String {
        let given = self.name.clone().filter(|name| !name.trim().is_empty());
        let user = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        given.or_else(user).filter(|name| !name.is_empty()).unwrap_or_else(|| "kiosque".to_owned())
    }
}

/// An edition, and who decides of it.
#[derive(Debug, Args)]
pub(crate) struct DeskArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) by: Who,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    #[command(flatten)]
    pub(crate) desk: DeskArgs,
    /// The kind of compilation; the edition's own where left out
    #[arg(long, value_name = "revue|panorama|liens")]
    pub(crate) mode: Option<Mode>,
    /// To how many readers it goes, for the ledger; the edition's own number where left out
    #[arg(long, value_name = "N")]
    pub(crate) recipients: Option<u32>,
}

/// An item, and the flags every decision shares.
#[derive(Debug, Args)]
pub(crate) struct ItemArgs {
    /// The pipeline (where it is not the demo), then the item: its number, or an article's address or id
    #[arg(required = true, num_args = 1..=2, value_names = ["PIPELINE", "ITEM"])]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) by: Who,
}

#[derive(Debug, Args)]
pub(crate) struct PlaceArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// The place, from 1
    #[arg(long, value_name = "N", value_parser = place)]
    pub(crate) position: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct OrderArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// The place, from 1
    #[arg(long, value_name = "N", value_parser = place)]
    pub(crate) position: usize,
}

/// A place in a list.
fn place(word: &str) -> Result<usize, String> {
    match word.parse() {
        Ok(place) if place > 0 => Ok(place),
        _ => Err("a place is a whole number from 1".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct DropArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// Only this article: another one speaks for the story
    #[arg(long)]
    pub(crate) only: bool,
}

/// Where a story is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum To {
    /// The front page
    Une,
    /// Its rubrique
    Rubrique,
}

#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// Where to
    #[arg(long, value_enum)]
    pub(crate) to: To,
}

#[derive(Debug, Args)]
pub(crate) struct TextArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// The words
    #[arg(long, visible_alias = "title", value_name = "TEXT")]
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    #[command(flatten)]
    pub(crate) desk: DeskArgs,
    /// The item: its number, or an article's address or id; the whole edition where left out
    #[arg(long, value_name = "ITEM")]
    pub(crate) item: Option<String>,
    /// The words
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct RubriqueArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// The rubrique
    #[arg(long, value_name = "RUBRIQUE")]
    pub(crate) to: Rubrique,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// An item of the other story; the story is then named after the first
    #[arg(long, value_name = "ITEM")]
    pub(crate) with: String,
}

#[derive(Debug, Args)]
pub(crate) struct SplitArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// An article of the story it leaves; the one that speaks for it where left out
    #[arg(long, value_name = "ITEM")]
    pub(crate) from: Option<String>,
    /// Another article that goes along; may be repeated
    #[arg(long, value_name = "ITEM")]
    pub(crate) along: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// The pipeline (where it is not the demo), then the number of the decision
    #[arg(required = true, num_args = 1..=2, value_names = ["PIPELINE", "DECISION"])]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) by: Who,
}

#[derive(Debug, Args)]
pub(crate) struct CloneArgs {
    #[command(flatten)]
    pub(crate) desk: DeskArgs,
    /// The day whose decisions are taken over; the edition before where left out
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    #[command(flatten)]
    pub(crate) pipeline: Pipeline,
    /// From this day of distribution on
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// Up to this day
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<Date>,
}

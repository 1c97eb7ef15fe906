//! What can go wrong between the store and the page a reader sees.

use crate::Mistake;

/// Why an edition was not built or rendered.
#[derive(Debug, thiserror::Error)]
pub enum EditionError {
    /// No such export format.
    #[error("no export format `{asked}`; available are {available}")]
    UnknownFormat {
        /// What was asked for.
        asked: String,
        /// The names that would have worked, each in backticks.
        available: String,
    },
    /// No such grouping.
    #[error("no grouping `{asked}`; available are `rubrique`, `source`")]
    UnknownGrouping {
        /// What was asked for.
        asked: String,
    },
    /// The edition is not issued on that day.
    #[error(
        "the edition `{edition}` is not issued on {date}: its schedule is `{schedule}`{}",
        next.map(|day| format!("\nhint: it is next issued on {day}")).unwrap_or_default()
    )]
    NotIssued {
        /// Its name.
        edition: String,
        /// The day asked for.
        date: jiff::civil::Date,
        /// Its schedule.
        schedule: String,
        /// The next day it is issued on.
        next: Option<jiff::civil::Date>,
    },
    /// What was asked of the edition does not go with the state it is in.
    #[error("the edition `{edition}` of {date} {why}")]
    State {
        /// Its name.
        edition: String,
        /// Its day.
        date: jiff::civil::Date,
        /// Why not, and what to do.
        why: &'static str,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] kiosque_store::StoreError),
    /// A file of a look is wrong: every mistake, with file and line.
    #[error("{}", told(.0))]
    Look(Vec<Mistake>),
    /// This build has no PDF.
    #[error("this build makes no PDF\nhint: build with the cargo feature `pdf`, which is on by default")]
    NoPdf,
    /// The message could not be made.
    #[error("the message could not be made: {0}")]
    Mail(String),
    /// The edition could not be written as JSON.
    #[error("the edition could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The mistakes, a line each.
fn told(mistakes: &[Mistake]) -> String {
    let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

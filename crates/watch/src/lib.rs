//! Judges from its own history whether a source fell silent or reads otherwise than before.
//!
//! Pure: no I/O and no clock; a history and a moment give the same verdict every time. Every source is compared
//! with itself alone: what is rare for one is the rule for another. Invariant: a verdict needs history; of a source
//! that is too new nothing is said.
//!
//! Two statistics, both robust against the bursts in which news and crawlers come:
//!
//! - **Silence** ([`silence`]) counts episodes, what comes within half an hour being one, and compares the
//!   time since the last one with the same hours of the same weekdays in the weeks before (a seasonal-naive
//!   comparison), and with the longest pause there was.
//! - **Drift** ([`drift`]) compares the share of the latest pages that lack a text, an author or a date, or are much
//!   shorter than usual, with the pages before, by Fisher's exact test and a least difference.

mod drift;
mod fisher;
mod silence;

use std::fmt;

use jiff::{SignedDuration, Timestamp};

pub use drift::{Page, drift};
pub use silence::{Rhythm, rhythm, silence};

/// What is wrong with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlarmKind {
    /// Nothing new came where something always came.
    Silent,
    /// Pages have no text any more.
    NoText,
    /// Articles are unsigned that used to be signed.
    NoAuthor,
    /// Articles are undated that used to be dated.
    NoDate,
    /// Texts are much shorter than they were.
    Short,
}

impl AlarmKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Silent, Self::NoText, Self::NoAuthor, Self::NoDate, Self::Short];

    /// The name in metrics, logs and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::NoText => "no_text",
            Self::NoAuthor => "no_author",
            Self::NoDate => "no_date",
            Self::Short => "short",
        }
    }
}

impl fmt::Display for AlarmKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A source that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What is wrong.
    pub kind: AlarmKind,
    /// Since when.
    pub since: Timestamp,
    /// What changed, with figures, in words for an operator.
    pub says: String,
}

/// A span in words: `3 d 4 h`, `7 h`, `12 min`.
#[must_use]
pub fn span(of: SignedDuration) -> String {
    let (days, hours, minutes) = (of.as_hours() / 24, of.as_hours() % 24, of.as_mins());
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, hours) => format!("{hours} h"),
        (days, 0) => format!("{days} d"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

//! The export formats and groupings, by the names the command line knows them under.

use std::str::FromStr;

use crate::EditionError;

/// A form an edition is exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One self-contained page.
    Html,
    /// CommonMark with the HTML that right-to-left text needs.
    Markdown,
    /// The edition as data, by [`crate::schema`].
    Json,
}

impl Format {
    /// All formats there are.
    pub const ALL: [Self; 3] = [Self::Html, Self::Markdown, Self::Json];

    /// Its name on the command line, which is its file extension too, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }

    /// Its media type with charset, as a `Content-Type` header says it (RFC 7763 for Markdown).
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8; variant=CommonMark",
            Self::Json => "application/json",
        }
    }
}

impl FromStr for Format {
    type Err = EditionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.extension() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|format| format!("`{}`", format.extension())).collect();
            EditionError::UnknownFormat { asked: text.to_owned(), available: names.join(", ") }
        })
    }
}

/// What the items of an edition are put under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GroupBy {
    /// The front page, then the rubriques.
    #[default]
    Rubrique,
    /// Paper by paper, as the Moroccan dailies' reviews are read out.
    Source,
}

impl FromStr for GroupBy {
    type Err = EditionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "rubrique" => Ok(Self::Rubrique),
            "source" => Ok(Self::Source),
            _ => Err(EditionError::UnknownGrouping { asked: text.to_owned() }),
        }
    }
}

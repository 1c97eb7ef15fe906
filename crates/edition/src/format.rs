//! The export formats and groupings, by the names the command line knows them under.

use std::str::FromStr;

use kiosque_model::Edition;

use crate::EditionError;

/// Titles of a rubrique in an e-mail or a chat message; the front page is whole.
pub(crate) const MESSAGE_TITLES: usize = 5;

/// A form an edition is exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One self-contained page.
    Html,
    /// A sheet to print and to keep: PDF/A-2a and PDF/UA-1. Only a build with the feature `pdf` makes it.
    Pdf,
    /// A text document (ECMA-376, WordprocessingML).
    Docx,
    /// A book for reading devices (EPUB 3.3).
    Epub,
    /// A message with a text and an HTML part (RFC 5322, RFC 2046).
    Eml,
    /// CommonMark with the HTML that right-to-left text needs.
    Markdown,
    /// The edition as data, by [`crate::schema`].
    Json,
    /// A table, a line an item (RFC 4180).
    Csv,
    /// RSS 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    JsonFeed,
    /// Bodies for Telegram's `sendMessage`.
    Telegram,
    /// Bodies for a Slack webhook.
    Slack,
    /// One object for any other listener.
    Webhook,
}

impl Format {
    /// All formats there are.
    pub const ALL: [Self; 14] = [
        Self::Html,
        Self::Pdf,
        Self::Docx,
        Self::Epub,
        Self::Eml,
        Self::Markdown,
        Self::Json,
        Self::Csv,
        Self::Rss,
        Self::Atom,
        Self::JsonFeed,
        Self::Telegram,
        Self::Slack,
        Self::Webhook,
    ];

    /// Those this build makes: all, but PDF only with the cargo feature `pdf`.
    pub fn built() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|format| cfg!(feature = "pdf") || *format != Self::Pdf)
    }

    /// Whether an edition grouped that way is told in it paper by paper, with what is quoted of each.
    #[must_use]
    pub fn tells_papers(self, by: GroupBy) -> bool {
        match self {
            Self::Json => true,
            // A row an item whatever the grouping, and titles alone.
            Self::Csv | Self::Telegram | Self::Slack | Self::Eml => false,
            _ => by == GroupBy::Source,
        }
    }

    /// What of an edition is printed in it, as the ledger declares it: a message shows the front page and the first titles
    /// of each rubrique, an e-mail extracts of the front page alone, chat messages none; the titles of other tellings and
    /// those beyond a rubrique's items stand where there is a page for them.
    #[must_use]
    pub fn printed(self, edition: &Edition, by: GroupBy) -> Edition {
        let mut printed = edition.clone();
        let (others, more) = match self {
            Self::Json => (true, true),
            Self::Csv => (true, false),
            Self::Html | Self::Pdf | Self::Docx | Self::Epub | Self::Markdown => {
                (true, by == GroupBy::Rubrique)
            }
            _ => (false, false),
        };
        printed.items_mut().filter(|_| !others).for_each(|item| item.others.clear());
        printed.sections.iter_mut().filter(|_| !more).for_each(|section| section.more.clear());
        if !matches!(self, Self::Eml | Self::Telegram | Self::Slack) {
            return printed;
        }
        if by == GroupBy::Rubrique {
            printed.sections.iter_mut().for_each(|section| section.items.truncate(MESSAGE_TITLES));
        }
        let front = printed.front.len();
        let quotes_front = self == Self::Eml && by == GroupBy::Rubrique;
        for (at, item) in printed.items_mut().enumerate() {
            if at >= front || !quotes_front {
                item.extract.clear();
            }
        }
        printed
    }

    /// Its name on the command line and in addresses of the site.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Epub => "epub",
            Self::Eml => "eml",
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::JsonFeed => "jsonfeed",
            Self::Telegram => "telegram",
            Self::Slack => "slack",
            Self::Webhook => "webhook",
        }
    }

    /// What its files end in, without the dot: one no other format has.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::JsonFeed => "feed.json",
            Self::Telegram => "telegram.json",
            Self::Slack => "slack.json",
            Self::Webhook => "webhook.json",
            _ => self.name(),
        }
    }

    /// Its media type with charset, as a `Content-Type` header says it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Epub => "application/epub+zip",
            Self::Eml => "message/rfc822",
            Self::Markdown => "text/markdown; charset=utf-8; variant=CommonMark",
            Self::Json | Self::Telegram | Self::Slack | Self::Webhook => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::JsonFeed => "application/feed+json; charset=utf-8",
        }
    }
}

impl FromStr for Format {
    type Err = EditionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::built().map(|format| format!("`{}`", format.name())).collect();
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

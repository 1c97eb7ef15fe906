//! Feeds: RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287) and JSON Feed 1.x, in one shape.
//!
//! One tolerant reader for all XML feeds, rather than a strict one with a second behind it: a feed that is not
//! well formed is common, dates must keep the precision and the offset they were written with, and a feed that
//! breaks off still gives the entries before the break.

mod builder;
mod draft;
mod json;

use kiosque_model::{FeedHint, Published};
use url::Url;

use crate::client::MAX_DOCUMENT_BYTES;
use crate::quiet::Quiet;
use crate::sniff::{Sniffed, is_packed, sniff, unpack};
use crate::xml::{decode, walk};

/// The family of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedKind {
    /// RSS 0.91 to 2.0.
    Rss,
    /// RSS 0.90 and 1.0.
    Rdf,
    /// Atom.
    Atom,
    /// JSON Feed.
    Json,
}

/// One entry that leads to a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Absolute address.
    pub url: String,
    /// The title, as text.
    pub title: Option<String>,
    /// When it was published; where a feed gives only the last change, that.
    pub published: Option<Published>,
    /// When it last changed.
    pub updated: Option<Published>,
    /// The author, several joined by a comma.
    pub author: Option<String>,
    /// Its categories.
    pub categories: Vec<String>,
}

impl Entry {
    /// What the pipeline keeps of it.
    #[must_use]
    pub fn hint(&self) -> FeedHint {
        FeedHint {
            title: self.title.clone(),
            published: self.published,
            author: self.author.clone(),
            categories: self.categories.clone(),
            rubrique: None,
        }
    }
}

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its family.
    pub kind: FeedKind,
    /// Its title, as text.
    pub title: Option<String>,
    /// Its entries with an address, in the feed's order.
    pub entries: Vec<Entry>,
    /// How long it asks to be left alone (`ttl`, `sy:updatePeriod`), in minutes.
    pub ttl_minutes: Option<u32>,
    /// Hours and days at which it wants no visit (`skipHours`, `skipDays`).
    pub quiet: Quiet,
}

/// Why a body is no feed.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum FeedError {
    /// Nothing in it looks like a feed.
    #[error("no feed: {0}")]
    NoFeed(&'static str),
    /// It is JSON that breaks off or is none.
    #[error("no JSON Feed: {0}")]
    Json(String),
}

/// Reads a feed. `base` is its address: relative links are resolved against it. Charset, junk around the XML,
/// unclosed and mismatched tags, bare `&` and `<`, a missing end, and gzip that no header told of are forgiven.
///
/// # Errors
/// [`FeedError`] where there is no feed to read.
pub fn parse_feed(bytes: &[u8], content_type: Option<&str>, base: &Url) -> Result<Feed, FeedError> {
    let unpacked;
    let bytes = if is_packed(bytes) {
        unpacked = unpack(bytes, MAX_DOCUMENT_BYTES);
        &unpacked[..]
    } else {
        bytes
    };
    let text = decode(bytes, content_type);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.is_empty() {
        return Err(FeedError::NoFeed("the body is empty"));
    }
    if let Some(object) = json_object(start) {
        return json::parse(object, base);
    }
    let mut builder = builder::Builder::new(base.clone());
    walk(&text, |step| builder.take(step));
    let feed = builder.finish()?;
    if feed.entries.is_empty() && sniff(bytes, content_type) == Sniffed::Page {
        return Err(FeedError::NoFeed("it is a page"));
    }
    Ok(feed)
}

/// The object of a JSON Feed, where the text is one: a guard against scripts or a call may stand before it.
fn json_object(text: &str) -> Option<&str> {
    let at = text.find(['{', '<']).filter(|at| text[*at..].starts_with('{'))?;
    (at == 0 || text.contains("\"items\"")).then(|| &text[at..])
}

#[cfg(test)]
mod breakages;
#[cfg(test)]
mod categories;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod repairs;
#[cfg(test)]
mod tests;

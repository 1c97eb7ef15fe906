//! What goes in and what comes out: an article reduced to what grouping reads, and where it was placed.
//!
//! Both are plain data of the caller's: the grouper keeps neither texts nor titles, only sketches of them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_model::{Article, ArticleId, Language, SourceId, StoryId};
use serde::{Deserialize, Serialize};

/// What grouping reads of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The article's id.
    pub id: ArticleId,
    /// Its headline.
    pub title: String,
    /// Its text without the headline; may be empty, then only stories are found, not copies.
    pub text: String,
    /// Its language, where known; decides the stemmer.
    pub language: Option<Language>,
    /// When it was published, else when it was fetched.
    pub at: Timestamp,
    /// The outlet.
    pub source: SourceId,
}

impl Item {
    /// Takes from an article what grouping reads; `language` as the classifier found it, `zone` places a bare
    /// day of publication in time.
    #[must_use]
    pub fn of(article: &Article, language: Option<Language>, zone: &TimeZone) -> Self {
        Self {
            id: article.id.clone(),
            title: article.title.clone().unwrap_or_default(),
            text: article.text.clone(),
            language,
            at: article.published.as_ref().map_or(article.fetched_at, |p| p.instant_in(zone)),
            source: article.source.clone(),
        }
    }
}

/// Where an article was placed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The first article with this text, itself never a copy; `None` for an original.
    pub copy_of: Option<ArticleId>,
    /// Its story; a copy is always in the story of its origin.
    pub story: StoryId,
    /// A short reason.
    pub because: String,
    /// Stories that this article showed to be the same as `story`: their articles now belong to it.
    #[serde(default)]
    pub absorbed: Vec<StoryId>,
}

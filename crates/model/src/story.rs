//! A story: the articles on one event, and the copies among them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, Rights, Rubrique, SourceId, Tagged};

/// A story's name: the id of the article that opened it.
pub type StoryId = ArticleId;

/// An article as a member of a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoryArticle {
    /// The article and its labels.
    pub tagged: Tagged,
    /// The article it is a copy of (the same dispatch), `None` for an original.
    #[serde(default)]
    pub copy_of: Option<ArticleId>,
    /// The source's name as readers know it.
    pub source_name: String,
    /// Weight of the source in ranking, 1 (leading) to 3 (small).
    pub source_tier: u8,
    /// How many times its text or title has changed since it was first seen.
    #[serde(default)]
    pub revisions: u32,
    /// The headline it was first published under, where that has changed since.
    #[serde(default)]
    pub first_title: Option<String>,
    /// The source's name in Arabic, where it has one.
    #[serde(default)]
    pub source_name_ar: Option<String>,
    /// What may be shown of the source.
    #[serde(default)]
    pub rights: Rights,
    /// When the line first saw it.
    #[serde(default)]
    pub first_seen: Option<Timestamp>,
    /// Whether it came in after the hour of issue, or was left over from the edition before.
    #[serde(default)]
    pub late: bool,
}

/// The articles on one event within a day, as the store hands them to the edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Story {
    /// Its id.
    pub id: StoryId,
    /// Its articles in order of publication, then id.
    pub articles: Vec<StoryArticle>,
}

impl Story {
    /// The distinct sources that tell it.
    #[must_use]
    pub fn sources(&self) -> Vec<&SourceId> {
        let mut sources: Vec<_> = self.articles.iter().map(|a| &a.tagged.article.source).collect();
        sources.sort();
        sources.dedup();
        sources
    }

    /// The rubrique most of its confidence speaks for; ties go to the earlier rubrique of the paper.
    #[must_use]
    pub fn rubrique(&self) -> Rubrique {
        let weight = |r: Rubrique| -> f32 {
            self.articles.iter().filter(|a| a.tagged.rubrique == r).map(|a| a.tagged.confidence).sum()
        };
        Rubrique::ALL
            .into_iter()
            .rev()
            .max_by(|a, b| weight(*a).total_cmp(&weight(*b)))
            .unwrap_or(Rubrique::Societe)
    }
}

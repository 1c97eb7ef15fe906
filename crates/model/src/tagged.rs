//! An article with what `classify` understood of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Article, Language, Rubrique};

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    /// A person.
    Person,
    /// A company, party, club, institution.
    Organisation,
    /// A town, region or country.
    Place,
}

/// A name met in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// As written in the article.
    pub text: String,
    /// What it is.
    pub kind: EntityKind,
}

/// An article and its labels, as the `tagged` topic carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tagged {
    /// The article.
    pub article: Article,
    /// The language decided on title and text.
    pub language: Option<Language>,
    /// The rubrique.
    pub rubrique: Rubrique,
    /// How sure that is, 0 to 1, calibrated on held-out articles.
    pub confidence: f32,
    /// Words that tell this article from others, best first.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Names met in it.
    #[serde(default)]
    pub entities: Vec<Entity>,
    /// The words and evidence that placed it, best first.
    #[serde(default)]
    pub because: Vec<String>,
}

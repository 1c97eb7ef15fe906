//! The edition: the dated compilation as every export format renders it.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, Direction, Image, Language, Published, Rubrique, SourceId, StoryId};

/// One day's press review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edition {
    /// The edition's name in its pipeline, e.g. `matin`.
    pub name: String,
    /// The day it is of, in the pipeline's time zone.
    #[schemars(with = "String")]
    pub date: Date,
    /// Its title, e.g. `Revue de presse`.
    pub title: String,
    /// The house that issues it.
    pub publisher: String,
    /// The IANA name of its time zone.
    pub time_zone: String,
    /// The moment the newest of its articles came in: the same store gives the same edition, so no clock is read.
    #[serde(default)]
    pub as_of: Option<Timestamp>,
    /// How often it has changed since it was first built, 1 the first time.
    pub revision: u32,
    /// The front page, most important first.
    pub front: Vec<EditionItem>,
    /// The rubriques in order, each with its items; items of the front page are not repeated.
    pub sections: Vec<EditionSection>,
    /// The sources in it, by number of articles.
    pub sources: Vec<EditionSource>,
    /// Words of the day, best first.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// How many articles it stands for, copies included.
    pub articles: usize,
    /// How many of them are copies.
    pub copies: usize,
    /// How many stories they tell.
    pub stories: usize,
}

/// A rubrique of the edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditionSection {
    /// The rubrique.
    pub rubrique: Rubrique,
    /// Its heading.
    pub label: String,
    /// Its items, most important first.
    pub items: Vec<EditionItem>,
}

/// A source with its share of the edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditionSource {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Its articles in the edition.
    pub articles: usize,
}

/// A story as the edition shows it: its headline article and who else tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditionItem {
    /// Its number in the edition, from 1.
    pub number: usize,
    /// The story.
    pub story: StoryId,
    /// The headline article.
    pub article: ArticleId,
    /// Its rubrique.
    pub rubrique: Rubrique,
    /// The headline.
    pub title: String,
    /// A short extract of the text, whole words, within the edition's limit.
    pub extract: String,
    /// Source id.
    pub source: SourceId,
    /// Source name.
    pub source_name: String,
    /// Persons who signed; the edition prints the agency or the source where there are none.
    pub authors: Vec<String>,
    /// Agencies that signed.
    #[serde(default)]
    pub agencies: Vec<String>,
    /// Publication as stated by the page.
    pub published: Option<Published>,
    /// Last change as stated by the page.
    #[serde(default)]
    pub modified: Option<Published>,
    /// The address to read it at.
    pub url: String,
    /// The article's language.
    pub language: Option<Language>,
    /// The direction of title and extract.
    pub direction: Direction,
    /// Whether reading it needs a subscription.
    pub paywalled: bool,
    /// Whether it is opinion.
    #[serde(default)]
    pub opinion: bool,
    /// Whether its text changed after it was first seen.
    pub updated: bool,
    /// The headline it first had, where that changed.
    #[serde(default)]
    pub first_title: Option<String>,
    /// The names of the sources that printed the same text: "Repris par N titres".
    pub reprinted_by: Vec<String>,
    /// Other articles on the same event, copies left out.
    pub others: Vec<OtherTitle>,
    /// The picture, as an address (nothing is embedded).
    #[serde(default)]
    pub image: Option<Image>,
    /// What it was ranked by, for those who ask why it stands where it stands.
    pub score: f64,
}

/// Another article on the event of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OtherTitle {
    /// Its id.
    pub article: ArticleId,
    /// Its headline.
    pub title: String,
    /// Its source's name.
    pub source_name: String,
    /// Its address.
    pub url: String,
    /// Its language.
    pub language: Option<Language>,
    /// The direction of its headline.
    pub direction: Direction,
    /// Its date.
    pub published: Option<Published>,
    /// Whether its text changed after it was first seen.
    #[serde(default)]
    pub updated: bool,
}

//! What an edition measures of its day, with the formulas in the open.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ArticleId, Direction, Language, Rubrique, SourceId, StoryId};

/// A formula in words, with the weights that were used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Formula {
    /// What it is called, e.g. `Indice de bruit`.
    pub name: String,
    /// The formula, in the names of the weights and of its parts.
    pub text: String,
    /// The weights, by name.
    pub weights: BTreeMap<String, f64>,
}

/// What the coverage of the window was made of.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Articles in the window, in the edition or not.
    pub articles: usize,
    /// Stories they tell.
    pub stories: usize,
    /// Articles by rubrique, the most first.
    pub rubriques: Vec<CoverageShare>,
    /// Articles by source, the most first.
    pub sources: Vec<CoverageShare>,
}

/// A part of the coverage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageShare {
    /// The slug of a rubrique or the id of a source.
    pub id: String,
    /// Its heading or name.
    pub label: String,
    /// The direction the label runs in.
    pub direction: Direction,
    /// Articles.
    pub articles: usize,
    /// Copies among them.
    pub copies: usize,
    /// Percent of all articles, to one decimal.
    pub percent: f64,
    /// The same articles along the other axis: for a rubrique by source id, for a source by rubrique slug.
    pub of: BTreeMap<String, usize>,
}

/// How a story came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// The number of its item.
    pub number: usize,
    /// The story.
    pub story: StoryId,
    /// Its rubrique.
    pub rubrique: Rubrique,
    /// Its headline.
    pub title: String,
    /// The direction of the headline.
    pub direction: Direction,
    /// Its articles, oldest first.
    pub moments: Vec<TimelineMoment>,
}

/// An article in a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineMoment {
    /// When: as published, a bare day from its first second, else when it was first seen.
    pub at: Timestamp,
    /// Whether the hour is known.
    pub hour_known: bool,
    /// The article.
    pub article: ArticleId,
    /// Its headline.
    pub title: String,
    /// Its source.
    pub source: SourceId,
    /// Its source's name.
    pub source_name: String,
    /// Its address.
    pub url: String,
    /// Its language.
    pub language: Option<Language>,
    /// The direction of its headline.
    pub direction: Direction,
    /// Whether it prints another paper's text.
    pub copy: bool,
    /// Whether its text changed after it was first seen.
    pub updated: bool,
}

/// A watchlist with the items it met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WatchlistHits {
    /// Its name.
    pub name: String,
    /// Numbers of the items, in order.
    pub items: Vec<usize>,
    /// Articles of the stories shown that met it, copies included; what is taken out later still counts, as it was said.
    pub articles: usize,
    /// The noise index of those articles, added up.
    pub noise: f64,
    /// That as percent of the noise of all articles of the window, to one decimal: its share of voice.
    pub percent: f64,
}

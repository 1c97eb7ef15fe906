//! The edition paper by paper, as the Moroccan dailies' reviews are read out: title and a few lines.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::item::Access;
use super::law::Rights;
use crate::{ArticleId, Direction, Language, Published, Rubrique, SourceId};

/// A paper with what the edition has of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Newspaper {
    /// Its id.
    pub source: SourceId,
    /// Its name.
    pub name: String,
    /// Its name in Arabic, where it has one.
    #[serde(default)]
    pub name_ar: Option<String>,
    /// The direction its name runs in.
    pub direction: Direction,
    /// The language most of its articles here are in.
    #[serde(default)]
    pub language: Option<Language>,
    /// Its weight in ranking, 1 (leading) to 3 (small); 0 where it is not known.
    #[serde(default)]
    pub tier: u8,
    /// What may be shown of it.
    #[serde(default)]
    pub rights: Rights,
    /// Its articles, in the order of the items they stand under.
    pub lines: Vec<NewspaperLine>,
}

/// An article of a paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewspaperLine {
    /// The number of the item it stands under in the view by rubrique.
    pub number: usize,
    /// The article.
    pub article: ArticleId,
    /// The headline the paper printed.
    pub title: String,
    /// Its few lines, within the law's limits; empty where nothing may be quoted and for a text that another
    /// paper of the edition printed first.
    pub extract: String,
    /// The rubrique of its item.
    pub rubrique: Rubrique,
    /// Persons who signed.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Agencies that signed.
    #[serde(default)]
    pub agencies: Vec<String>,
    /// Its date.
    pub published: Option<Published>,
    /// Its address.
    pub url: String,
    /// Its language.
    pub language: Option<Language>,
    /// The direction of title and extract.
    pub direction: Direction,
    /// Whether reading it is free or for subscribers.
    #[serde(default)]
    pub access: Access,
    /// Whether its text changed after it was first seen.
    #[serde(default)]
    pub updated: bool,
    /// Whether it speaks for its story in the view by rubrique.
    #[serde(default)]
    pub headline: bool,
    /// Words of its text, of which the extract is a share.
    #[serde(default)]
    pub words: usize,
    /// When its page was first read: what is printed where it has no date.
    #[serde(default)]
    pub seen: Option<Timestamp>,
    /// Whether its publisher reserves text and data mining, where that is known.
    #[serde(default)]
    pub tdm_reserved: Option<bool>,
    /// The paper whose text this is a copy of, where it is one.
    #[serde(default)]
    pub copy_of: Option<String>,
}

//! A story as an edition shows it, with what may and must be said of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::law::Rights;
use crate::{ArticleId, Direction, Image, Language, Published, Rubrique, SourceId, StoryId};

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
    /// The parts of the score, each by the name [`crate::Edition::ranking`] explains; they add up to it.
    #[serde(default)]
    pub score_parts: BTreeMap<String, f64>,
    /// Whether it is on the front page.
    #[serde(default)]
    pub front: bool,
    /// Whether reading it is free or for subscribers.
    #[serde(default)]
    pub access: Access,
    /// What its source lets us show.
    #[serde(default)]
    pub rights: Rights,
    /// Text and data mining is reserved by the publisher (TDMRep), where that is known.
    #[serde(default)]
    pub tdm_reserved: Option<bool>,
    /// A licence the page states, as an address or words.
    #[serde(default)]
    pub licence: Option<String>,
    /// The longer text a panorama prints of a licensed source, within its limits; paragraphs parted by `\n`. An
    /// edition handed to a format in a mode has put it in `extract` already, and this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licensed_text: Option<String>,
    /// Words of the article, of which the extract is a part.
    #[serde(default)]
    pub words: usize,
    /// When the line first saw it: the day to give where the page states none ("consulté le").
    #[serde(default)]
    pub seen: Option<Timestamp>,
    /// Weight of its source in ranking, 1 (leading) to 3 (small); 0 where it is not known.
    #[serde(default)]
    pub tier: u8,
    /// The headline the paper printed, where an editor wrote another one in `title`; to be shown beside it.
    #[serde(default)]
    pub original_title: Option<String>,
    /// Whether `extract` is an editor's words rather than the paper's.
    #[serde(default)]
    pub rewritten: bool,
    /// Words of the editors about it, to be shown as theirs.
    #[serde(default)]
    pub notes: Vec<EditorNote>,
    /// Whether it came in after the hour of issue, or was left over from the edition before.
    #[serde(default)]
    pub late: bool,
    /// Whether an editor pinned it.
    #[serde(default)]
    pub pinned: bool,
    /// How many times its text or title changed since it was first seen.
    #[serde(default)]
    pub revisions: u32,
    /// Who printed the same text, with where and when; the names are those of `reprinted_by`.
    #[serde(default)]
    pub reprints: Vec<Reprint>,
    /// How many distinct outlets tell it, itself included.
    #[serde(default)]
    pub outlets: usize,
    /// "Dans la même rubrique": numbers of other items of its rubrique, the best first.
    #[serde(default)]
    pub same_rubrique: Vec<usize>,
    /// Names of the watchlists it met.
    #[serde(default)]
    pub watchlists: Vec<String>,
    /// The noise index of its story, by the formula of [`crate::Edition::noise`].
    #[serde(default)]
    pub noise: f64,
    /// Numbers of the editors' decisions that shaped it.
    #[serde(default)]
    pub decisions: Vec<i64>,
}

/// Whether an article can be read without paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// "Libre".
    #[default]
    Free,
    /// "Abonnés".
    Subscribers,
}

/// Words of an editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EditorNote {
    /// The words.
    pub text: String,
    /// Whose.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// The direction they run in.
    pub direction: Direction,
}

/// A paper that printed the same text as an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reprint {
    /// Its id.
    pub source: SourceId,
    /// Its name.
    pub source_name: String,
    /// The article there.
    pub article: ArticleId,
    /// The headline it gave the text.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its date.
    pub published: Option<Published>,
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
    /// Whether it came in after the edition before was closed, though it was published in its time.
    #[serde(default)]
    pub late: bool,
    /// Its source's id; empty in editions kept before it was.
    #[serde(default = "no_source")]
    pub source: SourceId,
    /// Whether reading it is free or for subscribers.
    #[serde(default)]
    pub access: Access,
    /// What its source lets us show.
    #[serde(default)]
    pub rights: Rights,
}

fn no_source() -> SourceId {
    SourceId(String::new())
}

impl EditionItem {
    /// An item that says no more than which article it is and where it stands; it speaks for a story of its own.
    #[must_use]
    pub fn new(number: usize, article: ArticleId, rubrique: Rubrique) -> Self {
        Self {
            number,
            story: article.clone(),
            article,
            rubrique,
            title: String::new(),
            extract: String::new(),
            source: no_source(),
            source_name: String::new(),
            authors: Vec::new(),
            agencies: Vec::new(),
            published: None,
            modified: None,
            url: String::new(),
            language: None,
            direction: Direction::Ltr,
            paywalled: false,
            opinion: false,
            updated: false,
            first_title: None,
            reprinted_by: Vec::new(),
            others: Vec::new(),
            image: None,
            score: 0.0,
            score_parts: BTreeMap::new(),
            front: false,
            access: Access::Free,
            rights: Rights::default(),
            tdm_reserved: None,
            licence: None,
            licensed_text: None,
            words: 0,
            seen: None,
            tier: 0,
            original_title: None,
            rewritten: false,
            notes: Vec::new(),
            late: false,
            pinned: false,
            revisions: 0,
            reprints: Vec::new(),
            outlets: 1,
            same_rubrique: Vec::new(),
            watchlists: Vec::new(),
            noise: 0.0,
            decisions: Vec::new(),
        }
    }
}

impl OtherTitle {
    /// A title of which only article and address are known.
    #[must_use]
    pub fn new(article: ArticleId, title: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            article,
            title: title.into(),
            source_name: String::new(),
            url: url.into(),
            language: None,
            direction: Direction::Ltr,
            published: None,
            updated: false,
            late: false,
            source: no_source(),
            access: Access::Free,
            rights: Rights::default(),
        }
    }
}

//! The edition: the dated compilation as every export format renders it.
//!
//! Everything a reader may see stands in here, ready made: no format looks anything up, so that two formats never
//! say one thing in two ways. Additive only: an edition kept years ago is still read.

mod item;
mod law;
mod measure;
mod newspaper;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Language, Rubrique, SourceId};
pub use item::{Access, EditionItem, EditorNote, OtherTitle, Reprint};
pub use law::{LawTerms, Mode, Rights};
pub use measure::{Coverage, CoverageShare, Formula, Timeline, TimelineMoment, WatchlistHits};
pub use newspaper::{Newspaper, NewspaperLine};

/// Whether an edition may still change by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EditionState {
    /// It follows what comes in and what editors decide.
    #[default]
    Open,
    /// What comes in no longer changes it; what editors decide does.
    Frozen,
    /// It went out. What editors decide from now on is a correction: a new revision with an erratum.
    Published,
}

/// The time an edition covers: articles published from `from` on and before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it: the hour of issue, or midnight.
    pub until: Timestamp,
}

/// A correction of an edition that had gone out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Erratum {
    /// The revision that brought it.
    pub revision: u32,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub who: String,
    /// The number of the item it is about; none where it is about the edition.
    #[serde(default)]
    pub number: Option<usize>,
    /// What was changed, e.g. `retitle`, `drop`, `withdraw` (one article of an item), `extract`, `mode`; empty for words alone.
    #[serde(default)]
    pub kind: String,
    /// The headline or the mode that stood there before, where that was changed.
    #[serde(default)]
    pub before: Option<String>,
    /// The headline or the mode that stands there now, or the editor's words; empty for an extract and for what was taken out.
    pub text: String,
}

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
    /// Whom it is made for, where one pipeline makes editions for several houses.
    #[serde(default)]
    pub client: Option<String>,
    /// The language of its interface and its readers: `fr`, `ar` or `en`.
    #[serde(default = "french")]
    pub language: Language,
    /// Whether it is open, frozen or published.
    #[serde(default)]
    pub state: EditionState,
    /// The time it covers; none in editions kept before windows were.
    #[serde(default)]
    pub window: Option<Window>,
    /// Corrections made after it went out, oldest first.
    #[serde(default)]
    pub errata: Vec<Erratum>,
    /// Words of the editors on the whole edition, printed above the front page.
    #[serde(default)]
    pub notes: Vec<EditorNote>,
    /// The terms it is distributed under: mode, limits, mentions.
    #[serde(default)]
    pub law: LawTerms,
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
    /// The same edition paper by paper, the weightiest first, then by number of articles: every article it stands
    /// for, with its few lines.
    #[serde(default)]
    pub newspapers: Vec<Newspaper>,
    /// What the day's coverage was made of, for a chart: everything in the window, shown or not.
    #[serde(default)]
    pub coverage: Coverage,
    /// How the lead story came about, article by article.
    #[serde(default)]
    pub timeline: Option<Timeline>,
    /// The watchlists met, the one with the most articles first, each with the items it met.
    #[serde(default)]
    pub watchlists: Vec<WatchlistHits>,
    /// The formula that ranked the stories, with its weights.
    #[serde(default)]
    pub ranking: Option<Formula>,
    /// The formula of the noise index, with its weights.
    #[serde(default)]
    pub noise: Option<Formula>,
}

fn french() -> Language {
    Language::from_tag("fr").expect("`fr` is a language code")
}

impl Edition {
    /// An edition in French with nothing in it, open, of revision 1, whose days are counted in UTC.
    #[must_use]
    pub fn new(name: impl Into<String>, date: Date) -> Self {
        Self {
            name: name.into(),
            date,
            title: String::new(),
            publisher: String::new(),
            client: None,
            language: french(),
            state: EditionState::Open,
            window: None,
            errata: Vec::new(),
            notes: Vec::new(),
            law: LawTerms::default(),
            time_zone: "UTC".to_owned(),
            as_of: None,
            revision: 1,
            front: Vec::new(),
            sections: Vec::new(),
            sources: Vec::new(),
            keywords: Vec::new(),
            articles: 0,
            copies: 0,
            stories: 0,
            newspapers: Vec::new(),
            coverage: Coverage::default(),
            timeline: None,
            watchlists: Vec::new(),
            ranking: None,
            noise: None,
        }
    }

    /// Its items in the order they are printed: the front page, then rubrique by rubrique.
    pub fn items(&self) -> impl Iterator<Item = &EditionItem> {
        self.front.iter().chain(self.sections.iter().flat_map(|section| &section.items))
    }

    /// As [`Edition::items`], to change them.
    pub fn items_mut(&mut self) -> impl Iterator<Item = &mut EditionItem> {
        self.front.iter_mut().chain(self.sections.iter_mut().flat_map(|section| &mut section.items))
    }
}

/// A rubrique of the edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditionSection {
    /// The rubrique; of a section that gathers a watchlist, that of its first item.
    pub rubrique: Rubrique,
    /// The watchlist it gathers, where it is no rubrique of the classifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watchlist: Option<String>,
    /// Its heading.
    pub label: String,
    /// Its items, most important first.
    pub items: Vec<EditionItem>,
    /// Numbers of the items on the front page that are of this rubrique.
    #[serde(default)]
    pub on_front: Vec<usize>,
    /// "Dans la même rubrique": stories beyond the room the rubrique has, as titles alone.
    #[serde(default)]
    pub more: Vec<OtherTitle>,
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
    /// Its name in Arabic, where it has one.
    #[serde(default)]
    pub name_ar: Option<String>,
    /// Its weight in ranking, 1 (leading) to 3 (small); 0 where it is not known.
    #[serde(default)]
    pub tier: u8,
    /// What may be shown of it.
    #[serde(default)]
    pub rights: Rights,
    /// Words it published in the window, as far as they were collected.
    #[serde(default)]
    pub words: usize,
    /// Words of it that the edition prints.
    #[serde(default)]
    pub quoted_words: usize,
}

impl EditionSection {
    /// A rubrique with its items and nothing more.
    #[must_use]
    pub fn new(rubrique: Rubrique, label: impl Into<String>, items: Vec<EditionItem>) -> Self {
        Self { rubrique, watchlist: None, label: label.into(), items, on_front: Vec::new(), more: Vec::new() }
    }
}

impl EditionSource {
    /// A source with its number of articles, of which nothing more is known.
    #[must_use]
    pub fn new(id: SourceId, name: impl Into<String>, articles: usize) -> Self {
        Self {
            id,
            name: name.into(),
            articles,
            name_ar: None,
            tier: 0,
            rights: Rights::default(),
            words: 0,
            quoted_words: 0,
        }
    }
}

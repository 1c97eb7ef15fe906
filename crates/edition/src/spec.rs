//! What a pipeline says of an edition: its name, its order, its limits.
//!
//! Plain data with defaults; validation of the file it comes from belongs to whoever reads the file. The same
//! specification and the same stories give the same edition.

mod law;
mod weights;

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::tz::TimeZone;
use kiosque_model::{Language, Rubrique, StoryArticle};

use crate::schedule::{Period, Schedule};
pub use law::LawSpec;
pub use weights::{NoiseWeights, RankWeights};

/// What a rubrique of the house gathers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The stories of a rubrique of the classifier.
    Rubrique(Rubrique),
    /// The stories whose headline article is on this watchlist, whatever they are about: press releases, an election.
    Watchlist(String),
}

/// What a subject that is a watchlist is written with before its name, in a pipeline's file and in an edition's figures.
const LIST: &str = "liste:";

impl Subject {
    /// Its name as a pipeline's file writes it: `sport`, `liste:Communiqués`.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Rubrique(rubrique) => rubrique.slug().to_owned(),
            Self::Watchlist(name) => format!("{LIST}{name}"),
        }
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix(LIST).map(str::trim) {
            Some("") => Err(format!("`{text}` names no watchlist")),
            Some(name) => Ok(Self::Watchlist(name.to_owned())),
            None => text
                .parse()
                .map(Self::Rubrique)
                .map_err(|e: <Rubrique as FromStr>::Err| format!("{e}; a watchlist is written `{LIST}NAME`")),
        }
    }
}

/// A rubrique as an edition prints it.
#[derive(Debug, Clone, PartialEq)]
pub struct RubriqueSpec {
    /// What it gathers.
    pub subject: Subject,
    /// Rubriques of the classifier that are printed under it too.
    pub also: Vec<Rubrique>,
    /// Its heading.
    pub label: String,
    /// What its stories weigh when they compete for the front page, 1 for hard news; below 1 a story needs
    /// more outlets behind it to get there.
    pub front_weight: f64,
    /// Items it holds at most; the edition's own limit where none is set.
    pub max_items: Option<usize>,
    /// Items it keeps for itself before the front page takes any of its stories.
    pub min_items: usize,
}

impl RubriqueSpec {
    /// The rubrique under its French heading or the watchlist's name, with its usual weight on a front page.
    #[must_use]
    pub fn new(subject: Subject) -> Self {
        let front_weight = match subject {
            Subject::Rubrique(Rubrique::Meteo | Rubrique::Lifestyle | Rubrique::AutoMoto) => 0.6,
            Subject::Rubrique(Rubrique::Sport | Rubrique::Culture) => 0.85,
            _ => 1.0,
        };
        let label = match &subject {
            Subject::Rubrique(rubrique) => rubrique.label_fr().to_owned(),
            Subject::Watchlist(name) => name.clone(),
        };
        Self { subject, also: Vec::new(), label, front_weight, max_items: None, min_items: 0 }
    }

    fn prints(&self, rubrique: Rubrique) -> bool {
        self.subject == Subject::Rubrique(rubrique) || self.also.contains(&rubrique)
    }
}

/// Which articles an edition is made from; empty lists ask for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Only these sources, by id.
    pub sources: Vec<String>,
    /// Never these.
    pub without_sources: Vec<String>,
    /// Only articles in these languages.
    pub languages: Vec<Language>,
    /// Only articles on one of these watchlists, by name.
    pub watchlists: Vec<String>,
}

impl Selection {
    /// Whether an article is asked for.
    #[must_use]
    pub fn takes(&self, article: &StoryArticle) -> bool {
        let of = &article.tagged.article;
        let named = |list: &[String]| list.contains(&of.source.0);
        let language = article.tagged.language.as_ref().or(of.language.as_ref());
        (self.sources.is_empty() || named(&self.sources))
            && !named(&self.without_sources)
            && (self.languages.is_empty() || language.is_some_and(|l| self.languages.contains(l)))
            && (self.watchlists.is_empty() || self.watched(article))
    }

    fn watched(&self, article: &StoryArticle) -> bool {
        let mut lists = article.tagged.placements.iter().filter_map(|placement| placement.watchlist.as_ref());
        lists.any(|list| self.watchlists.contains(list))
    }
}

/// The specification of one edition of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct EditionSpec {
    /// Its name in the pipeline, e.g. `matin`; with the date it is the edition's key.
    pub name: String,
    /// The title on its masthead.
    pub title: String,
    /// The house that issues it.
    pub publisher: String,
    /// Whom it is made for, where that is printed.
    pub client: Option<String>,
    /// The zone its day is counted in.
    pub time_zone: TimeZone,
    /// The IANA name of that zone, as exports print it.
    pub time_zone_name: String,
    /// The language of its readers: of the articles on one event, one in it speaks for the story.
    pub language: Language,
    /// When it is issued by itself; never, where there is none.
    pub schedule: Option<Schedule>,
    /// The time it covers.
    pub period: Period,
    /// Whom it is distributed to, in number, as the ledger notes it; 0 where nobody said.
    pub recipients: u32,
    /// Whether it is mailed to the pipeline's recipients once its hour has issued it.
    pub mail: bool,
    /// Which articles it is made from.
    pub selection: Selection,
    /// Stories on the front page at most. A thin day puts half of its stories there, rounded up.
    pub front_items: usize,
    /// Items a rubrique holds at most; what ranks below is listed by title alone.
    pub max_per_section: usize,
    /// Titles a rubrique lists beyond its items at most; the rest is left out of the edition, not of the store.
    pub more_per_section: usize,
    /// Distinct outlets a story needs to enter, 1 for all.
    pub min_outlets: usize,
    /// Words of an extract at most, whatever the article's length.
    pub extract_words: usize,
    /// Share of an article's words an extract may quote, 0 to 1.
    pub extract_share: f64,
    /// Share of the front page one source may headline, 0 to 1, rounded up to whole stories, while other sources have
    /// stories to offer.
    pub max_share_of_source: f64,
    /// Words of the day listed at most.
    pub max_keywords: usize,
    /// The rubriques of this edition, in order. What none of them prints is not part of the edition.
    pub rubriques: Vec<RubriqueSpec>,
    /// What stories are ranked by.
    pub ranking: RankWeights,
    /// What the noise index weighs.
    pub noise: NoiseWeights,
    /// What may be shown, and under which mentions.
    pub law: LawSpec,
}

impl EditionSpec {
    /// An edition with the usual limits and all rubriques in the order a newspaper prints them.
    ///
    /// `time_zone_name` is the IANA name of `time_zone`, kept apart because a zone built from rules has none.
    #[must_use]
    pub fn new(name: impl Into<String>, time_zone: TimeZone, time_zone_name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            title: "Revue de presse".to_owned(),
            publisher: String::new(),
            client: None,
            time_zone,
            time_zone_name: time_zone_name.into(),
            language: Language::from_tag("fr").expect("`fr` is a language code"),
            schedule: None,
            period: Period::default(),
            recipients: 0,
            mail: false,
            selection: Selection::default(),
            front_items: 8,
            max_per_section: 40,
            more_per_section: 12,
            min_outlets: 1,
            extract_words: 60,
            extract_share: 0.25,
            max_share_of_source: 0.34,
            max_keywords: 16,
            rubriques: Rubrique::ALL.into_iter().map(Subject::Rubrique).map(RubriqueSpec::new).collect(),
            ranking: RankWeights::default(),
            noise: NoiseWeights::default(),
            law: LawSpec::default(),
        }
    }

    /// The place among [`EditionSpec::rubriques`] of the one that prints `rubrique`, `None` where it is not part of the
    /// edition.
    #[must_use]
    pub fn place_of(&self, rubrique: Rubrique) -> Option<usize> {
        self.rubriques.iter().position(|r| r.prints(rubrique))
    }

    /// The place of the first one that gathers a watchlist among `lists`.
    #[must_use]
    pub(crate) fn place_of_lists(&self, lists: &BTreeSet<String>) -> Option<usize> {
        let gathers =
            |r: &RubriqueSpec| matches!(&r.subject, Subject::Watchlist(name) if lists.contains(name));
        self.rubriques.iter().position(gathers)
    }

    /// The rubrique under which `rubrique` is printed: itself, unless the house counts it to another one.
    #[must_use]
    pub(crate) fn printed(&self, rubrique: Rubrique) -> Rubrique {
        match self.place_of(rubrique).map(|at| &self.rubriques[at].subject) {
            Some(Subject::Rubrique(printed)) => *printed,
            Some(Subject::Watchlist(_)) | None => rubrique,
        }
    }
}

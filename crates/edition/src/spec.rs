//! What a pipeline says of an edition: its name, its order, its limits.
//!
//! Plain data with defaults; validation of the file it comes from belongs to whoever reads the file. The same
//! specification and the same stories give the same edition.

use jiff::tz::TimeZone;
use kiosque_model::{Language, Rubrique};

/// A rubrique as an edition prints it.
#[derive(Debug, Clone, PartialEq)]
pub struct RubriqueSpec {
    /// The rubrique.
    pub rubrique: Rubrique,
    /// Its heading.
    pub label: String,
    /// What its stories weigh when they compete for the front page, 1 for hard news; below 1 a story needs
    /// more outlets behind it to get there.
    pub front_weight: f64,
}

impl RubriqueSpec {
    /// The rubrique under its French heading, with its usual weight on a front page.
    #[must_use]
    pub fn new(rubrique: Rubrique) -> Self {
        let front_weight = match rubrique {
            Rubrique::Meteo | Rubrique::Lifestyle | Rubrique::AutoMoto => 0.6,
            Rubrique::Sport | Rubrique::Culture => 0.85,
            _ => 1.0,
        };
        Self { rubrique, label: rubrique.label_fr().to_owned(), front_weight }
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
    /// The zone its day is counted in.
    pub time_zone: TimeZone,
    /// The IANA name of that zone, as exports print it.
    pub time_zone_name: String,
    /// The language of its readers: of the articles on one event, one in it speaks for the story.
    pub language: Language,
    /// Stories on the front page at most. A thin day puts at most half of its stories there.
    pub front_items: usize,
    /// Items a rubrique holds at most; what ranks below is left out of the edition, not of the store.
    pub max_per_section: usize,
    /// Words of an extract at most, whatever the article's length.
    pub extract_words: usize,
    /// Share of an article's words an extract may quote, 0 to 1.
    pub extract_share: f64,
    /// Share of the front page one source may headline, 0 to 1, while other sources have stories to offer.
    pub max_share_of_source: f64,
    /// Words of the day listed at most.
    pub max_keywords: usize,
    /// The rubriques of this edition, in order. A rubrique that is not listed is not part of the edition.
    pub rubriques: Vec<RubriqueSpec>,
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
            time_zone,
            time_zone_name: time_zone_name.into(),
            language: Language::from_tag("fr").expect("`fr` is a language code"),
            front_items: 8,
            max_per_section: 40,
            extract_words: 60,
            extract_share: 0.25,
            max_share_of_source: 0.34,
            max_keywords: 16,
            rubriques: Rubrique::ALL.into_iter().map(RubriqueSpec::new).collect(),
        }
    }

    /// How this edition prints `rubrique`, `None` where it is not part of it.
    #[must_use]
    pub fn rubrique(&self, rubrique: Rubrique) -> Option<&RubriqueSpec> {
        self.rubriques.iter().find(|r| r.rubrique == rubrique)
    }
}

//! An edition in a reader's words: what every template and text export prints, with dates, counts and
//! groupings already made, so that two formats never say one thing in two ways.

mod blocks;
mod extras;
mod headline;
mod item;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_model::{Direction, Edition};
use serde::Serialize;

use crate::GroupBy;
use crate::look::{Branding, Labels, Look};
pub(super) use extras::{Measure, Note, Thread, Watch};
pub(super) use headline::{Headline, is_rtl};
use headline::{printed, tongue};
pub(super) use item::{Also, Item, Jump, Other};

/// A page's worth of edition.
#[derive(Debug, Serialize)]
pub(super) struct View<'l> {
    /// The language of the interface.
    pub(super) lang: &'l str,
    pub(super) dir: &'static str,
    /// The words of that language.
    pub(super) t: &'l BTreeMap<String, String>,
    pub(super) brand: &'l Branding,
    pub(super) colon: &'l str,
    pub(super) comma: &'l str,
    pub(super) open_quote: &'l str,
    pub(super) close_quote: &'l str,
    pub(super) name: String,
    pub(super) title: String,
    /// `Revue de presse du mercredi 7 octobre 2026`.
    pub(super) full_title: String,
    pub(super) publisher: String,
    /// `2026-10-07`.
    pub(super) date: String,
    /// `mercredi 7 octobre 2026`.
    pub(super) long_date: String,
    /// `42 articles`, `31 sujets`, …
    pub(super) figures: Vec<String>,
    /// The heading of the charts: what they count is all that came out in the edition's time, shown or not.
    pub(super) figures_title: String,
    /// `Arrêtée le … à …`, where anything came in.
    pub(super) as_of: Option<String>,
    /// `Révision 2`, from the second on.
    pub(super) revised: Option<String>,
    /// How it was made.
    pub(super) method: String,
    pub(super) by_source: bool,
    pub(super) blocks: Vec<Block>,
    pub(super) sources: Vec<Bar>,
    pub(super) rubriques: Vec<Bar>,
    pub(super) keywords: Vec<Keyword>,
    /// `Édition pour …`, where it is made for one house of several.
    pub(super) client: Option<String>,
    /// `Articles parus du … au …`.
    pub(super) window: Option<String>,
    /// Words of the editors on the whole edition.
    pub(super) notes: Vec<Note>,
    /// Corrections since it went out, as sentences.
    pub(super) errata: Vec<Note>,
    /// What stands of the rights of publishers: of extracts, where it has any, or of titles alone.
    pub(super) rights: &'l str,
    /// The mention of the licence and other mentions that must be printed.
    pub(super) mentions: Vec<String>,
    pub(super) timeline: Option<Thread>,
    pub(super) watchlists: Vec<Watch>,
    /// The formulas it was ranked and measured by.
    pub(super) formulas: Vec<Measure>,
    /// The moment it is as of, or was corrected last; its day at midnight of its zone where nothing came in.
    #[serde(skip)]
    pub(super) at: Timestamp,
    /// When items were corrected last, by number.
    #[serde(skip)]
    pub(super) corrected: BTreeMap<usize, Timestamp>,
    #[serde(skip)]
    pub(super) labels: &'l Labels,
}

/// The front page, a rubrique or a paper.
#[derive(Debug, Serialize)]
pub(super) struct Block {
    /// For links within the page.
    pub(super) anchor: String,
    pub(super) label: String,
    pub(super) front: bool,
    pub(super) count: String,
    pub(super) items: Vec<Item>,
    /// Stories beyond the room the rubrique has, as titles alone: "Dans la même rubrique".
    pub(super) more: Vec<Other>,
    /// Its stories on the front page.
    pub(super) on_front: Vec<Jump>,
    /// In the view by paper: its articles that another paper's item stands for.
    pub(super) also: Vec<Also>,
}

/// A name with its number of articles and its share of the largest, in percent.
#[derive(Debug, Serialize)]
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) count: usize,
    pub(super) percent: usize,
}

/// A word of the day with the direction of its script.
#[derive(Debug, Serialize)]
pub(super) struct Keyword {
    pub(super) word: String,
    pub(super) dir: &'static str,
}

/// What items are written with.
struct Pen<'a> {
    labels: &'a Labels,
    /// The edition's own headings of its rubriques, by slug.
    headings: BTreeMap<&'static str, String>,
    zone: TimeZone,
}

impl<'l> View<'l> {
    pub(super) fn new(edition: &Edition, by: GroupBy, look: &'l Look) -> Self {
        // An edition of a zone this build does not know is still readable, in UTC.
        let (zone, zone_name) = TimeZone::get(&edition.time_zone)
            .map_or((TimeZone::UTC, "UTC"), |zone| (zone, edition.time_zone.as_str()));
        let labels = look.labels(edition.language.code());
        let pen = Pen { labels, headings: blocks::headings(edition, labels), zone };
        let long_date = labels.long_date(edition.date);
        Self {
            lang: &labels.code,
            dir: dir(labels.direction),
            t: &labels.texts,
            brand: &look.branding,
            colon: &labels.colon,
            comma: &labels.comma,
            open_quote: &labels.open_quote,
            close_quote: &labels.close_quote,
            name: edition.name.clone(),
            full_title: labels
                .text("of_date")
                .replace("{title}", &edition.title)
                .replace("{date}", &long_date),
            title: edition.title.clone(),
            publisher: edition.publisher.clone(),
            date: edition.date.to_string(),
            long_date,
            figures: figures(edition, labels),
            figures_title: figures_title(edition, labels),
            as_of: edition.as_of.map(|at| pen.as_of(edition, at)),
            revised: (edition.revision > 1)
                .then(|| labels.filled("revision", "n", &edition.revision.to_string())),
            method: labels.filled("method", "zone", zone_name),
            by_source: by == GroupBy::Source,
            blocks: match by {
                GroupBy::Rubrique => blocks::by_rubrique(edition, &pen),
                GroupBy::Source => blocks::by_source(edition, &pen),
            },
            sources: blocks::sources(edition),
            rubriques: blocks::rubriques(edition, &pen),
            keywords: edition.keywords.iter().map(|word| Keyword::new(word)).collect(),
            client: edition.client.as_deref().map(|client| labels.filled("for_client", "client", client)),
            window: extras::window(edition, &pen),
            notes: edition.notes.iter().map(|note| pen.note(note)).collect(),
            errata: extras::errata(edition, &pen),
            rights: labels.text(if quotes(edition) { "rights" } else { "rights_of_titles" }),
            mentions: extras::mentions(edition, labels),
            timeline: extras::timeline(edition, &pen),
            watchlists: extras::watchlists(edition, labels),
            formulas: extras::formulas(edition, labels),
            at: changed_at(edition).unwrap_or_else(|| midnight(edition, &pen.zone)),
            corrected: edition
                .errata
                .iter()
                .filter_map(|erratum| Some((erratum.number?, erratum.at)))
                .collect(),
            labels,
        }
    }

    /// All items in the order they are printed in.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.blocks.iter().flat_map(|block| &block.items)
    }

    /// What the law and the licences ask to be said, in one text.
    pub(super) fn all_rights(&self) -> String {
        let all: Vec<&str> =
            self.mentions.iter().map(String::as_str).chain([self.rights, &self.brand.imprint]).collect();
        all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// What was corrected of an item, as sentences.
    pub(super) fn errata_of(&self, number: usize) -> Vec<&str> {
        self.errata.iter().filter(|note| note.number == Some(number)).map(|note| &*note.text).collect()
    }

    /// The corrections of no item that is printed, each with what it is about.
    pub(super) fn loose_errata(&self) -> Vec<String> {
        let printed = |number| self.items().any(|item| item.number == number);
        let loose = self.errata.iter().filter(|erratum| !erratum.number.is_some_and(printed));
        loose.map(|erratum| self.erratum(erratum)).collect()
    }

    /// `Erratum : n° 3 : …`.
    pub(super) fn erratum(&self, note: &Note) -> String {
        let what = if note.who.is_empty() { String::new() } else { format!("{}{}", note.who, self.colon) };
        format!("{}{}{what}{}", self.text("errata"), self.colon, note.text)
    }

    /// `Note de la rédaction : … (desk)`.
    pub(super) fn signed(&self, note: &Note) -> String {
        let who = if note.who.is_empty() { String::new() } else { format!(" ({})", note.who) };
        format!("{}{}{}{who}", self.text("note"), self.colon, note.text)
    }

    /// A text of the interface.
    pub(super) fn text<'t>(&'t self, key: &'t str) -> &'t str {
        self.labels.text(key)
    }
}

impl Bar {
    fn new(name: &str, count: usize, largest: usize) -> Self {
        Self { name: name.to_owned(), count, percent: (count * 100).checked_div(largest).unwrap_or(0) }
    }
}

impl Keyword {
    fn new(word: &str) -> Self {
        Self { word: word.to_owned(), dir: if is_rtl(word) { "rtl" } else { "ltr" } }
    }
}

impl Pen<'_> {
    /// `n° 3`.
    fn numbered(&self, number: usize) -> String {
        self.labels.filled("number", "n", &number.to_string())
    }

    fn as_of(&self, edition: &Edition, at: Timestamp) -> String {
        if at.to_zoned(self.zone.clone()).date() == edition.date {
            self.labels.filled("as_of_hour", "hour", &self.labels.hour(at, &self.zone))
        } else {
            self.labels.filled("as_of_moment", "moment", &self.labels.moment(at, &self.zone))
        }
    }
}

fn dir(direction: Direction) -> &'static str {
    match direction {
        Direction::Ltr => "ltr",
        Direction::Rtl => "rtl",
    }
}

/// When what it says changed last: by what came in, or by a correction.
fn changed_at(edition: &Edition) -> Option<Timestamp> {
    edition.as_of.into_iter().chain(edition.errata.iter().map(|erratum| erratum.at)).max()
}

fn midnight(edition: &Edition, zone: &TimeZone) -> Timestamp {
    edition.date.to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// Whether anything is quoted in it.
fn quotes(edition: &Edition) -> bool {
    let lines = edition.newspapers.iter().flat_map(|paper| &paper.lines);
    edition.items().any(|item| !item.extract.is_empty())
        || lines.into_iter().any(|line| !line.extract.is_empty())
}

fn figures_title(edition: &Edition, labels: &Labels) -> String {
    let counted = &edition.coverage;
    if counted.articles == 0 {
        return labels.text("figures").to_owned();
    }
    let (articles, stories) =
        (labels.count(counted.articles, "article"), labels.count(counted.stories, "story"));
    labels.text("figures_of_window").replace("{articles}", &articles).replace("{stories}", &stories)
}

fn figures(edition: &Edition, labels: &Labels) -> Vec<String> {
    let mut figures = vec![
        labels.count(edition.stories, "story"),
        labels.count(edition.articles, "article"),
        labels.count(edition.sources.len(), "title"),
    ];
    if edition.copies > 0 {
        figures.push(labels.count(edition.copies, "reprint"));
    }
    figures
}

//! An edition in a reader's words: what every template and text export prints, with dates, counts and
//! groupings already made, so that two formats never say one thing in two ways.

mod blocks;
mod headline;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_model::{Direction, Edition, EditionItem, Published};
use serde::Serialize;

use crate::GroupBy;
use crate::look::{Branding, Labels, Look};
pub(super) use headline::{Headline, is_rtl, printed};

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
    /// The moment it is as of; its day at midnight of its zone where nothing came in.
    #[serde(skip)]
    pub(super) at: Timestamp,
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
    /// In the view by paper: its articles that another paper's item stands for.
    pub(super) also: Vec<Also>,
}

/// An item as printed.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    pub(super) number: usize,
    /// `n° 3`.
    pub(super) numbered: String,
    /// What names it over editions and revisions: its article.
    pub(super) id: String,
    pub(super) headline: Headline,
    pub(super) source: String,
    /// Persons, else agencies, else empty.
    pub(super) by: Vec<String>,
    pub(super) date: String,
    /// For the `datetime` attribute, where there is a date.
    pub(super) datetime: Option<String>,
    pub(super) badges: Vec<String>,
    pub(super) rubrique: String,
    pub(super) rubrique_slug: &'static str,
    pub(super) extract: String,
    pub(super) first_title: Option<String>,
    pub(super) reprints: Option<Reprints>,
    pub(super) others: Vec<Other>,
    #[serde(skip)]
    pub(super) published: Option<Published>,
    #[serde(skip)]
    pub(super) modified: Option<Published>,
}

/// Who printed the same text.
#[derive(Debug, Serialize)]
pub(super) struct Reprints {
    /// `Repris par 3 titres`.
    pub(super) label: String,
    pub(super) names: Vec<String>,
}

/// Another telling of the event.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    pub(super) headline: Headline,
    pub(super) source: String,
    /// `Mis à jour`, where its text changed.
    pub(super) updated: Option<String>,
}

/// An article of a paper that stands under another paper's item.
#[derive(Debug, Serialize)]
pub(super) struct Also {
    pub(super) headline: Headline,
    /// The item's number.
    pub(super) number: usize,
    /// `même texte, n° 3` or `même sujet, n° 3`.
    pub(super) link: String,
    /// `même texte que n° 3` or `même sujet que n° 3`.
    pub(super) how: String,
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
        let largest = edition.sources.iter().map(|s| s.articles).max().unwrap_or(0);
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
            as_of: edition.as_of.map(|at| pen.as_of(edition, at)),
            revised: (edition.revision > 1)
                .then(|| labels.filled("revision", "n", &edition.revision.to_string())),
            method: labels.filled("method", "zone", zone_name),
            by_source: by == GroupBy::Source,
            blocks: match by {
                GroupBy::Rubrique => blocks::by_rubrique(edition, &pen),
                GroupBy::Source => blocks::by_source(edition, &pen),
            },
            sources: edition.sources.iter().map(|s| Bar::new(&s.name, s.articles, largest)).collect(),
            rubriques: blocks::rubriques(edition, &pen),
            keywords: edition.keywords.iter().map(|word| Keyword::new(word)).collect(),
            at: edition.as_of.unwrap_or_else(|| midnight(edition, &pen.zone)),
            labels,
        }
    }

    /// All items in the order they are printed in.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.blocks.iter().flat_map(|block| &block.items)
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
    fn item(&self, item: &EditionItem) -> Item {
        let labels = self.labels;
        let mut badges = Vec::new();
        badges.extend(item.paywalled.then(|| labels.text("subscribers").to_owned()));
        badges.extend(item.opinion.then(|| labels.text("opinion").to_owned()));
        badges.extend(item.updated.then(|| labels.text("updated").to_owned()));
        let slug = item.rubrique.slug();
        let language = item.language.as_ref();
        Item {
            number: item.number,
            numbered: self.numbered(item.number),
            id: item.article.to_string(),
            headline: Headline::new(&item.title, &item.url, language, item.direction),
            source: item.source_name.clone(),
            by: if item.authors.is_empty() { item.agencies.clone() } else { item.authors.clone() },
            date: labels.published(item.published, &self.zone),
            datetime: item.published.as_ref().map(Published::to_string),
            badges,
            rubrique: self
                .headings
                .get(slug)
                .map_or(labels.rubrique(item.rubrique), String::as_str)
                .to_owned(),
            rubrique_slug: slug,
            extract: printed(&item.extract, language),
            first_title: item.first_title.as_deref().map(|first| printed(first, language)),
            reprints: self.reprints(&item.reprinted_by),
            others: item
                .others
                .iter()
                .map(|other| Other {
                    headline: Headline::of_other(other),
                    source: other.source_name.clone(),
                    updated: other.updated.then(|| labels.text("updated").to_owned()),
                })
                .collect(),
            published: item.published,
            modified: item.modified,
        }
    }

    fn reprints(&self, names: &[String]) -> Option<Reprints> {
        let titles = self.labels.count(names.len(), "title");
        let label = self.labels.filled("reprinted_by", "titles", &titles);
        (!names.is_empty()).then(|| Reprints { label, names: names.to_vec() })
    }

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

fn midnight(edition: &Edition, zone: &TimeZone) -> Timestamp {
    edition.date.to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
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

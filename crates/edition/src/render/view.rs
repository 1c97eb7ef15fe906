//! An edition in a reader's words: what every template and text export prints, with dates, counts and
//! groupings already made, so that two formats never say one thing in two ways.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_model::{Direction, Edition, EditionItem, Language, OtherTitle, Published};
use serde::Serialize;

use super::french;
use crate::GroupBy;

/// A page's worth of edition.
#[derive(Debug, Serialize)]
pub(super) struct View {
    pub(super) title: String,
    pub(super) publisher: String,
    /// `2026-10-07`.
    pub(super) date: String,
    /// `mercredi 7 octobre 2026`.
    pub(super) long_date: String,
    /// `42 articles`, `31 sujets`, …
    pub(super) figures: Vec<String>,
    /// `Arrêtée le … à …`, where anything came in.
    pub(super) as_of: Option<String>,
    pub(super) revision: u32,
    pub(super) time_zone: String,
    pub(super) by_source: bool,
    pub(super) blocks: Vec<Block>,
    pub(super) sources: Vec<Bar>,
    pub(super) rubriques: Vec<Bar>,
    pub(super) keywords: Vec<Keyword>,
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
    pub(super) headline: Headline,
    pub(super) source: String,
    /// Persons, else agencies, else empty.
    pub(super) by: Vec<String>,
    pub(super) date: String,
    /// For the `datetime` attribute, where there is a date.
    pub(super) datetime: Option<String>,
    pub(super) badges: Vec<&'static str>,
    pub(super) rubrique: String,
    pub(super) extract: String,
    pub(super) first_title: Option<String>,
    pub(super) reprints: Option<Reprints>,
    pub(super) others: Vec<Other>,
}

/// A title with its address, language and direction.
#[derive(Debug, Serialize)]
pub(super) struct Headline {
    pub(super) title: String,
    /// Only ever an http or https address.
    pub(super) href: Option<String>,
    pub(super) host: Option<String>,
    /// Empty where the language is not known.
    pub(super) lang: String,
    pub(super) dir: &'static str,
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
    pub(super) updated: Option<&'static str>,
}

/// The badge of an article whose text changed after it was first seen.
const UPDATED: &str = "Mis à jour";

/// An article of a paper that stands under another paper's item.
#[derive(Debug, Serialize)]
pub(super) struct Also {
    pub(super) headline: Headline,
    /// The item's number.
    pub(super) number: usize,
    /// Whether it is the same text.
    pub(super) reprint: bool,
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

impl View {
    pub(super) fn new(edition: &Edition, by: GroupBy) -> Self {
        // An edition of a zone this build does not know is still readable, in UTC.
        let (zone, time_zone) = TimeZone::get(&edition.time_zone)
            .map_or((TimeZone::UTC, "UTC".to_owned()), |zone| (zone, edition.time_zone.clone()));
        let blocks = match by {
            GroupBy::Rubrique => by_rubrique(edition, &zone),
            GroupBy::Source => by_source(edition, &zone),
        };
        let largest = edition.sources.iter().map(|s| s.articles).max().unwrap_or(0);
        let sources = edition.sources.iter().map(|s| Bar::new(&s.name, s.articles, largest)).collect();
        Self {
            title: edition.title.clone(),
            publisher: edition.publisher.clone(),
            date: edition.date.to_string(),
            long_date: french::long_date(edition.date),
            figures: figures(edition),
            as_of: edition.as_of.map(|at| as_of(edition, at, &zone)),
            revision: edition.revision,
            time_zone,
            by_source: by == GroupBy::Source,
            blocks,
            sources,
            rubriques: rubriques(edition),
            keywords: edition.keywords.iter().map(|word| Keyword::new(word)).collect(),
        }
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

impl Headline {
    fn new(title: &str, url: &str, language: Option<&Language>, direction: Direction) -> Self {
        let href = web_address(url);
        let host = href.and_then(host_of);
        Self {
            title: printed(title, language),
            href: href.map(str::to_owned),
            host: host.map(str::to_owned),
            lang: language.map(ToString::to_string).unwrap_or_default(),
            dir: match direction {
                Direction::Ltr => "ltr",
                Direction::Rtl => "rtl",
            },
        }
    }

    fn of_other(other: &OtherTitle) -> Self {
        Self::new(&other.title, &other.url, other.language.as_ref(), other.direction)
    }
}

impl Item {
    fn new(item: &EditionItem, labels: &BTreeMap<&str, &str>, zone: &TimeZone) -> Self {
        let mut badges = Vec::new();
        badges.extend(item.paywalled.then_some("Abonnés"));
        badges.extend(item.opinion.then_some("Opinion"));
        badges.extend(item.updated.then_some(UPDATED));
        let slug = item.rubrique.slug();
        Self {
            number: item.number,
            headline: Headline::new(&item.title, &item.url, item.language.as_ref(), item.direction),
            source: item.source_name.clone(),
            by: if item.authors.is_empty() { item.agencies.clone() } else { item.authors.clone() },
            date: french::published(item.published, zone),
            datetime: item.published.as_ref().map(Published::to_string),
            badges,
            rubrique: labels.get(slug).copied().unwrap_or(item.rubrique.label_fr()).to_owned(),
            extract: printed(&item.extract, item.language.as_ref()),
            first_title: item.first_title.as_deref().map(|first| printed(first, item.language.as_ref())),
            reprints: Reprints::new(&item.reprinted_by),
            others: item
                .others
                .iter()
                .map(|o| Other {
                    headline: Headline::of_other(o),
                    source: o.source_name.clone(),
                    updated: o.updated.then_some(UPDATED),
                })
                .collect(),
        }
    }
}

impl Reprints {
    fn new(names: &[String]) -> Option<Self> {
        let label = format!("Repris par {}", french::count(names.len(), "titre", "titres"));
        (!names.is_empty()).then(|| Self { label, names: names.to_vec() })
    }
}

fn by_rubrique(edition: &Edition, zone: &TimeZone) -> Vec<Block> {
    let labels = labels(edition);
    let items = |of: &[EditionItem]| of.iter().map(|item| Item::new(item, &labels, zone)).collect::<Vec<_>>();
    let front = (!edition.front.is_empty()).then(|| Block {
        anchor: "une".to_owned(),
        label: "À la une".to_owned(),
        front: true,
        count: french::count(edition.front.len(), "sujet", "sujets"),
        items: items(&edition.front),
        also: Vec::new(),
    });
    let sections = edition.sections.iter().map(|section| Block {
        anchor: section.rubrique.slug().to_owned(),
        label: section.label.clone(),
        front: false,
        count: french::count(section.items.len(), "sujet", "sujets"),
        items: items(&section.items),
        also: Vec::new(),
    });
    front.into_iter().chain(sections).collect()
}

/// Paper by paper, the one with the most articles first; an article that another paper's item stands for is
/// named with that item's number.
fn by_source(edition: &Edition, zone: &TimeZone) -> Vec<Block> {
    let labels = labels(edition);
    let all: Vec<_> = edition.front.iter().chain(edition.sections.iter().flat_map(|s| &s.items)).collect();
    let mut blocks = Vec::new();
    for (at, source) in edition.sources.iter().enumerate() {
        let own = all.iter().filter(|item| item.source == source.id);
        let items: Vec<_> = own.map(|item| Item::new(item, &labels, zone)).collect();
        let mut also = Vec::new();
        for item in &all {
            let told = item.others.iter().filter(|other| other.source_name == source.name);
            also.extend(told.map(|other| Also {
                headline: Headline::of_other(other),
                number: item.number,
                reprint: false,
            }));
            if item.source != source.id && item.reprinted_by.contains(&source.name) {
                let headline = Headline::new(&item.title, "", item.language.as_ref(), item.direction);
                also.push(Also { headline, number: item.number, reprint: true });
            }
        }
        if items.is_empty() && also.is_empty() {
            continue;
        }
        blocks.push(Block {
            anchor: format!("titre-{}", at + 1),
            label: source.name.clone(),
            front: false,
            count: french::count(source.articles, "article", "articles"),
            items,
            also,
        });
    }
    blocks
}

/// The edition's own headings of its rubriques, by slug.
fn labels(edition: &Edition) -> BTreeMap<&str, &str> {
    edition.sections.iter().map(|s| (s.rubrique.slug(), &*s.label)).collect()
}

fn rubriques(edition: &Edition) -> Vec<Bar> {
    let labels = labels(edition);
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for item in edition.front.iter().chain(edition.sections.iter().flat_map(|s| &s.items)) {
        *counts.entry(item.rubrique).or_default() += 1 + item.others.len() + item.reprinted_by.len();
    }
    let largest = counts.values().copied().max().unwrap_or(0);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    let label = |r: kiosque_model::Rubrique| labels.get(r.slug()).copied().unwrap_or(r.label_fr());
    counts.into_iter().map(|(r, count)| Bar::new(label(r), count, largest)).collect()
}

fn figures(edition: &Edition) -> Vec<String> {
    let mut figures = vec![
        french::count(edition.stories, "sujet", "sujets"),
        french::count(edition.articles, "article", "articles"),
        french::count(edition.sources.len(), "titre", "titres"),
    ];
    if edition.copies > 0 {
        figures.push(french::count(edition.copies, "reprise", "reprises"));
    }
    figures
}

fn as_of(edition: &Edition, at: Timestamp, zone: &TimeZone) -> String {
    if at.to_zoned(zone.clone()).date() == edition.date {
        format!("Arrêtée à {}", french::hour(at, zone))
    } else {
        format!("Arrêtée le {}", french::moment(at, zone))
    }
}

/// Whether a name or word is written from right to left: it has a letter of such a script.
pub(super) fn is_rtl(word: &str) -> bool {
    word.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}'))
}

/// A publisher's text as it is set: French with its no-break spaces, any other as it came.
fn printed(text: &str, language: Option<&Language>) -> String {
    if language.is_some_and(|l| l.code() == "fr") { french::glued(text) } else { text.to_owned() }
}

/// The address where it is one of the web: a page never links to `javascript:` or `data:`.
fn web_address(url: &str) -> Option<&str> {
    let scheme = url.split_once("://")?.0;
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")).then_some(url)
}

fn host_of(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        for (url, href, host) in [
            ("https://www.lefil.example/a?b#c", true, Some("lefil.example")),
            ("HTTP://lefil.example:8080", true, Some("lefil.example:8080")),
            ("javascript:alert(1)", false, None),
            ("javascript://lefil.example/%0aalert(1)", false, None),
            ("data:text/html,x", false, None),
            ("//lefil.example/a", false, None),
            ("", false, None),
        ] {
            let headline = Headline::new("Titre", url, None, Direction::Ltr);
            assert_eq!((headline.href.is_some(), headline.host.as_deref()), (href, host), "{url}");
        }
    }
}

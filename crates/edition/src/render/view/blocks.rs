//! The two ways an edition is put in order: under rubriques, or paper by paper.

use std::collections::BTreeMap;

use kiosque_model::{CoverageShare, Direction, Edition, EditionItem, NewspaperLine, Rubrique};

use super::{Also, Bar, Block, Headline, Pen};
use crate::look::Labels;

pub(super) fn by_rubrique(edition: &Edition, pen: &Pen<'_>) -> Vec<Block> {
    let items = |of: &[EditionItem]| of.iter().map(|item| pen.item(item)).collect::<Vec<_>>();
    let count = |of: &[EditionItem]| pen.labels.count(of.len(), "story");
    let front = (!edition.front.is_empty()).then(|| Block {
        anchor: "une".to_owned(),
        label: pen.labels.text("front").to_owned(),
        front: true,
        count: count(&edition.front),
        items: items(&edition.front),
        more: Vec::new(),
        on_front: Vec::new(),
        also: Vec::new(),
    });
    let sections = edition.sections.iter().enumerate().map(|(at, section)| Block {
        anchor: match section.watchlist {
            Some(_) => format!("liste-{}", at + 1),
            None => section.rubrique.slug().to_owned(),
        },
        label: match section.watchlist {
            Some(_) => section.label.clone(),
            None => pen.headings.get(section.rubrique.slug()).unwrap_or(&section.label).clone(),
        },
        front: false,
        count: count(&section.items),
        items: items(&section.items),
        more: section.more.iter().map(|other| pen.other(other)).collect(),
        on_front: section.on_front.iter().map(|number| pen.jump(*number)).collect(),
        also: Vec::new(),
    });
    front.into_iter().chain(sections).collect()
}

/// Paper by paper, the one with the most articles first; an article that another paper's item stands for is
/// named with that item's number.
pub(super) fn by_source(edition: &Edition, pen: &Pen<'_>) -> Vec<Block> {
    if edition.newspapers.is_empty() { of_items(edition, pen) } else { of_newspapers(edition, pen) }
}

/// The papers as the edition has them: every article with its few lines.
fn of_newspapers(edition: &Edition, pen: &Pen<'_>) -> Vec<Block> {
    let items: BTreeMap<_, _> = edition.items().map(|item| (item.number, item)).collect();
    let mut place = 0;
    let papers = edition.newspapers.iter().enumerate().map(|(at, paper)| {
        let own = pen.labels.direction == Direction::Rtl;
        let name = paper.name_ar.as_ref().filter(|_| own).unwrap_or(&paper.name);
        let line = |line: &NewspaperLine| {
            place += 1;
            pen.line((line, items.get(&line.number).copied()), name, place)
        };
        Block {
            anchor: format!("titre-{}", at + 1),
            label: name.clone(),
            front: false,
            count: pen.labels.count(paper.lines.len(), "article"),
            items: paper.lines.iter().map(line).collect(),
            more: Vec::new(),
            on_front: Vec::new(),
            also: Vec::new(),
        }
    });
    papers.collect()
}

/// The papers of an edition that was kept before it had them: made from its items.
fn of_items(edition: &Edition, pen: &Pen<'_>) -> Vec<Block> {
    let all: Vec<_> = edition.front.iter().chain(edition.sections.iter().flat_map(|s| &s.items)).collect();
    // Each paper's own and other articles in one walk: papers times items would be too many on a full day.
    let mut own: BTreeMap<&str, Vec<&EditionItem>> = BTreeMap::new();
    let mut told: BTreeMap<&str, Vec<Also>> = BTreeMap::new();
    for item in all {
        own.entry(&item.source.0).or_default().push(item);
        for other in &item.others {
            let headline = Headline::of_other(other);
            told.entry(&other.source_name).or_default().push(also(headline, item.number, "same_story", pen));
        }
        for name in item.reprinted_by.iter().filter(|name| **name != item.source_name) {
            let headline = Headline::new(&item.title, "", item.language.as_ref(), item.direction);
            told.entry(name).or_default().push(also(headline, item.number, "same_text", pen));
        }
    }
    let mut blocks = Vec::new();
    for (at, source) in edition.sources.iter().enumerate() {
        let items: Vec<_> =
            own.remove(&*source.id.0).unwrap_or_default().iter().map(|item| pen.item(item)).collect();
        let also = told.remove(&*source.name).unwrap_or_default();
        if items.is_empty() && also.is_empty() {
            continue;
        }
        blocks.push(Block {
            anchor: format!("titre-{}", at + 1),
            label: source.name.clone(),
            front: false,
            count: pen.labels.count(source.articles, "article"),
            items,
            more: Vec::new(),
            on_front: Vec::new(),
            also,
        });
    }
    blocks
}

fn also(headline: Headline, number: usize, how: &str, pen: &Pen<'_>) -> Also {
    let numbered = pen.numbered(number);
    Also {
        headline,
        number,
        link: format!("{}{}{numbered}", pen.labels.text(how), pen.labels.comma),
        how: pen.labels.filled(&format!("{how}_as"), "number", &numbered),
    }
}

/// The headings of the rubriques by slug: the edition's own, and where that is the usual French one, the
/// interface's.
pub(super) fn headings(edition: &Edition, labels: &Labels) -> BTreeMap<&'static str, String> {
    let heading = |section: &kiosque_model::EditionSection| {
        let usual = section.label == section.rubrique.label_fr();
        if usual { labels.rubrique(section.rubrique).to_owned() } else { section.label.clone() }
    };
    let rubriques = edition.sections.iter().filter(|section| section.watchlist.is_none());
    rubriques.map(|s| (s.rubrique.slug(), heading(s))).collect()
}

/// Articles by source of the whole window, the most first; of the edition alone where that is all it has.
pub(super) fn sources(edition: &Edition) -> Vec<Bar> {
    let mut counts: Vec<_> =
        edition.coverage.sources.iter().map(|share| (share.label.as_str(), share.articles)).collect();
    if counts.is_empty() {
        counts = edition.sources.iter().map(|source| (source.name.as_str(), source.articles)).collect();
    }
    bars(counts)
}

/// Articles by rubrique, copies included, the most first.
pub(super) fn rubriques(edition: &Edition, pen: &Pen<'_>) -> Vec<Bar> {
    let label = |r: Rubrique| pen.headings.get(r.slug()).map_or(pen.labels.rubrique(r), String::as_str);
    if !edition.coverage.rubriques.is_empty() {
        // A name of the house stands in the share; the interface's own is in the reader's language.
        let of = |share: &CoverageShare| match share.id.parse::<Rubrique>() {
            Ok(r) if pen.headings.contains_key(r.slug()) || share.label == r.label_fr() => {
                label(r).to_owned()
            }
            _ => share.label.clone(),
        };
        let named: Vec<_> =
            edition.coverage.rubriques.iter().map(|share| (of(share), share.articles)).collect();
        return bars(named.iter().map(|(name, count)| (name.as_str(), *count)).collect());
    }
    let mut counts: BTreeMap<Rubrique, usize> = BTreeMap::new();
    for item in edition.items() {
        *counts.entry(item.rubrique).or_default() += 1 + item.others.len() + item.reprinted_by.len();
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    bars(counts.into_iter().map(|(r, count)| (label(r), count)).collect())
}

fn bars(counts: Vec<(&str, usize)>) -> Vec<Bar> {
    let largest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts.into_iter().map(|(name, count)| Bar::new(name, count, largest)).collect()
}

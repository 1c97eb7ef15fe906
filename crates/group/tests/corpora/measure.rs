//! Reads corpora of grouping and scores placements: BCubed for stories (Bagga and Baldwin 1998; Amigó et al.
//! 2009), pairs of one origin for copies.
//!
//! Invariant: what is scored is what a reader of the store sees at the end, stories that were joined later
//! renamed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_group::{Grouper, Item, Placement, Settings};
use kiosque_model::{Language, PageId, Published, SourceId};
use serde_json::Value;

/// An item with its gold story, where it has one.
#[derive(Debug, Clone)]
pub(crate) struct Doc {
    pub(crate) item: Item,
    pub(crate) cluster: Option<String>,
}

/// Two items and whether they have one origin.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) a: PageId,
    pub(crate) b: PageId,
    pub(crate) copy: bool,
}

/// The lines of a JSONL file, unpacked where its name ends in `.gz`.
pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let file = File::open(path).unwrap_or_else(|e| panic!("`{}`: {e}", path.display()));
    let read: Box<dyn Read> = if path.extension().is_some_and(|e| e == "gz") {
        Box::new(flate2::read::MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    BufReader::new(read)
        .lines()
        .map(|line| line.expect("a line of text"))
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(&line).expect("a line of JSON"))
        .collect()
}

/// The items of a corpus of stories, in order of time.
pub(crate) fn stories(path: &Path) -> Vec<Doc> {
    let mut docs: Vec<Doc> = lines(path)
        .iter()
        .map(|line| Doc { item: item(line), cluster: line["cluster"].as_str().map(str::to_owned) })
        .collect();
    docs.sort_by_key(|doc| doc.item.at);
    docs
}

/// The items of a corpus of pairs in order of time, and the pairs.
pub(crate) fn pairs(path: &Path) -> (Vec<Item>, Vec<Pair>) {
    let mut items: Vec<Item> = Vec::new();
    let mut known: BTreeSet<PageId> = BTreeSet::new();
    let mut pairs = Vec::new();
    for line in lines(path) {
        let (a, b) = (item(&line["a"]), item(&line["b"]));
        pairs.push(Pair { a: a.id.clone(), b: b.id.clone(), copy: line["label"] == 1 });
        items.extend([a, b].into_iter().filter(|item| known.insert(item.id.clone())));
    }
    items.sort_by_key(|item| item.at);
    (items, pairs)
}

fn item(line: &Value) -> Item {
    let text = |key: &str| line[key].as_str().unwrap_or_default();
    let when = ["published", "date"].into_iter().map(text).find(|t| !t.is_empty()).unwrap_or_default();
    Item {
        id: PageId(text("id").to_owned()),
        title: text("title").to_owned(),
        text: text("text").to_owned(),
        language: Language::from_tag(text("lang")),
        at: moment(when).unwrap_or(Timestamp::UNIX_EPOCH),
        source: SourceId(
            ["source", "channel"].into_iter().map(text).find(|t| !t.is_empty()).unwrap_or("").to_owned(),
        ),
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(published) = text.parse::<Published>() {
        return Some(published.instant_in(&TimeZone::UTC));
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Places items in the order given; stories that were absorbed are renamed.
pub(crate) fn place<'a>(
    items: impl IntoIterator<Item = &'a Item>,
    settings: &Settings,
) -> BTreeMap<PageId, Placement> {
    let mut grouper = Grouper::new(settings.clone());
    let mut placed: BTreeMap<PageId, Placement> = BTreeMap::new();
    for item in items {
        let placement = grouper.place(item);
        for old in placed.values_mut().filter(|old| placement.absorbed.contains(&old.story)) {
            old.story = placement.story.clone();
        }
        placed.insert(item.id.clone(), placement);
    }
    placed
}

/// Precision, recall and their harmonic mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
}

impl Score {
    fn of(precision: f64, recall: f64) -> Self {
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        Self { precision, recall, f1 }
    }
}

/// BCubed over all items with gold, and over those in gold stories of two or more.
pub(crate) fn bcubed(docs: &[Doc], placed: &BTreeMap<PageId, Placement>) -> (Score, Score) {
    let mut gold: BTreeMap<&str, BTreeSet<&PageId>> = BTreeMap::new();
    let mut found: BTreeMap<&PageId, BTreeSet<&PageId>> = BTreeMap::new();
    let scored: Vec<(&PageId, &str, &PageId)> = docs
        .iter()
        .filter_map(|doc| Some((&doc.item.id, doc.cluster.as_deref()?, &placed[&doc.item.id].story)))
        .collect();
    for (id, cluster, story) in &scored {
        gold.entry(cluster).or_default().insert(id);
        found.entry(story).or_default().insert(id);
    }
    let mean = |least: usize| {
        let (mut precision, mut recall, mut count) = (0.0, 0.0, 0.0);
        for (_, cluster, story) in &scored {
            let (own, mine) = (&gold[cluster], &found[story]);
            if own.len() >= least {
                let both = own.intersection(mine).count() as f64;
                precision += both / mine.len() as f64;
                recall += both / own.len() as f64;
                count += 1.0;
            }
        }
        Score::of(precision / f64::max(count, 1.0), recall / f64::max(count, 1.0))
    };
    (mean(1), mean(2))
}

/// Whether pairs have one origin, against what they are labelled.
pub(crate) fn same_origin(pairs: &[Pair], placed: &BTreeMap<PageId, Placement>) -> Score {
    let origin = |id: &PageId| placed[id].copy_of.clone().unwrap_or_else(|| id.clone());
    let (mut hit, mut false_hit, mut missed) = (0.0, 0.0, 0.0);
    for pair in pairs {
        match (pair.copy, origin(&pair.a) == origin(&pair.b)) {
            (true, true) => hit += 1.0,
            (false, true) => false_hit += 1.0,
            (true, false) => missed += 1.0,
            (false, false) => {}
        }
    }
    Score::of(hit / f64::max(hit + false_hit, 1.0), hit / f64::max(hit + missed, 1.0))
}

//! Quotes with their speakers, names and summaries, counted on invented articles in French and Arabic.
//!
//! `understood/articles.jsonl` was labelled by hand before anything was run on it: every quote with its speaker as
//! the text names that person (null where it names none), every person, place and organisation once, and what a summary must
//! and must not say. `understood/people.jsonl` was labelled the same way, later, for what is and what is not a person: streets,
//! stadiums and words named after one. `understood/spoken.jsonl` has quotes alone, in the forms papers put a speaker beside
//! them, labelled before anything was run on it.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use kiosque_classify::{Classifier, Input, Labels};
use kiosque_model::EntityKind;
use serde::Deserialize;

#[derive(Deserialize)]
struct Gold {
    lang: String,
    title: String,
    text: String,
    quotes: Vec<(String, Option<String>)>,
    #[serde(default)]
    people: BTreeSet<String>,
    #[serde(default)]
    places: BTreeSet<String>,
    #[serde(default)]
    organisations: BTreeSet<String>,
    #[serde(default)]
    points: Vec<String>,
    #[serde(default)]
    chaff: Vec<String>,
}

/// Found rightly, found in all, to be found.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    right: usize,
    found: usize,
    gold: usize,
}

impl Count {
    fn add<T: Ord>(&mut self, found: &BTreeSet<T>, gold: &BTreeSet<T>) {
        self.right += found.intersection(gold).count();
        self.found += found.len();
        self.gold += gold.len();
    }

    fn check(self, what: &str, least: (f64, f64)) {
        let share = |of: usize| self.right as f64 / of.max(1) as f64;
        let (precision, recall) = (share(self.found), share(self.gold));
        println!("{what}: precision {precision:.3}, recall {recall:.3} ({self:?})");
        assert!(precision >= least.0 && recall >= least.1, "{what}: {precision:.3}, {recall:.3}, {self:?}");
    }
}

const FIRST: &str = include_str!("understood/articles.jsonl");
const PEOPLE: &str = include_str!("understood/people.jsonl");
const SPOKEN: &str = include_str!("understood/spoken.jsonl");

fn articles(set: &str, lang: &str) -> Vec<(Gold, Labels)> {
    set.lines()
        .map(|line| serde_json::from_str::<Gold>(line).expect("a labelled article"))
        .filter(|gold| gold.lang == lang)
        .map(|gold| {
            let input = Input { title: &gold.title, text: &gold.text, ..Input::default() };
            let labels = Classifier::bundled().classify(&input);
            (gold, labels)
        })
        .collect()
}

/// Names are compared as the text has them, without what Arabic writes onto them.
fn bare(name: &str) -> String {
    let bare = ["بال", "لل", "ال", "ب", "و"].iter().find_map(|prefix| {
        name.strip_prefix(prefix).filter(|rest| name.chars().count() > 4 && rest.chars().count() > 2)
    });
    bare.unwrap_or(name).replace('’', "'").trim_start_matches("L'").to_lowercase()
}

fn check_names(
    set: &str,
    lang: &str,
    kind: EntityKind,
    gold: impl Fn(&Gold) -> &BTreeSet<String>,
    least: (f64, f64),
) {
    let mut count = Count::default();
    for (article, labels) in articles(set, lang) {
        let found = labels.entities.iter().filter(|entity| entity.kind == kind);
        let found: BTreeSet<String> = found.map(|entity| bare(&entity.text)).collect();
        count.add(&found, &gold(&article).iter().map(|name| bare(name)).collect());
        println!("{:?} {found:?}", article.title);
    }
    count.check(&format!("{lang} {kind:?}"), least);
}

fn check_quotes(set: &str, lang: &str, words: (f64, f64), speakers: (f64, f64)) {
    let (mut said, mut by) = (Count::default(), Count::default());
    for (article, labels) in articles(set, lang) {
        let found = labels.quotes.iter().map(|quote| (quote.text.clone(), quote.speaker.clone()));
        let (found, gold): (BTreeSet<_>, BTreeSet<_>) =
            (found.collect(), article.quotes.into_iter().collect());
        let words = |all: &BTreeSet<(String, Option<String>)>| -> BTreeSet<String> {
            all.iter().map(|(text, _)| text.clone()).collect()
        };
        said.add(&words(&found), &words(&gold));
        let named = |all: &BTreeSet<(String, Option<String>)>| -> BTreeMap<String, String> {
            all.iter().filter_map(|(text, speaker)| Some((text.clone(), speaker.clone()?))).collect()
        };
        let (found, gold) = (named(&found), named(&gold));
        // An office may stand before the name, as the text has it.
        let right = found.iter().filter(|(text, by)| gold.get(*text).is_some_and(|name| by.ends_with(name)));
        by.right += right.count();
        by.found += found.len();
        by.gold += gold.len();
        println!("{found:?}");
    }
    said.check(&format!("{lang} quotes"), words);
    by.check(&format!("{lang} quotes with their speaker"), speakers);
}

#[test]
fn quotes_and_who_said_them() {
    check_quotes(FIRST, "fr", (1.0, 1.0), (0.9, 1.0));
    check_quotes(FIRST, "ar", (1.0, 1.0), (0.87, 1.0));
}

#[test]
fn quotes_in_the_forms_of_papers() {
    check_quotes(SPOKEN, "fr", (1.0, 1.0), (0.95, 0.85));
    check_quotes(SPOKEN, "ar", (1.0, 1.0), (0.77, 0.53));
}

#[test]
fn people_places_and_organisations() {
    check_names(FIRST, "fr", EntityKind::Person, |gold| &gold.people, (1.0, 1.0));
    check_names(FIRST, "fr", EntityKind::Place, |gold| &gold.places, (1.0, 1.0));
    check_names(FIRST, "fr", EntityKind::Organisation, |gold| &gold.organisations, (0.75, 1.0));
    check_names(FIRST, "ar", EntityKind::Person, |gold| &gold.people, (1.0, 1.0));
    check_names(FIRST, "ar", EntityKind::Place, |gold| &gold.places, (1.0, 0.93));
    check_names(FIRST, "ar", EntityKind::Organisation, |gold| &gold.organisations, (1.0, 1.0));
}

#[test]
fn people_and_what_is_named_after_them() {
    check_names(PEOPLE, "fr", EntityKind::Person, |gold| &gold.people, (1.0, 1.0));
    check_names(PEOPLE, "ar", EntityKind::Person, |gold| &gold.people, (1.0, 1.0));
    check_names(PEOPLE, "fr", EntityKind::Place, |gold| &gold.places, (1.0, 1.0));
    check_names(PEOPLE, "ar", EntityKind::Place, |gold| &gold.places, (1.0, 1.0));
    check_quotes(PEOPLE, "fr", (1.0, 1.0), (1.0, 0.5));
    check_quotes(PEOPLE, "ar", (1.0, 1.0), (1.0, 1.0));
}

#[test]
fn summaries_say_the_event_and_no_more_than_the_text() {
    for lang in ["fr", "ar"] {
        let (mut points, mut chaff) = ((0, 0), 0);
        for (article, labels) in articles(FIRST, lang) {
            let said = labels.summary.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n");
            assert!((2..=3).contains(&labels.summary.len()), "{}: {said}", article.title);
            for sentence in &labels.summary {
                let place = &sentence.place;
                assert!(article.text.contains(&sentence.text), "{place:?} `{}`", sentence.text);
            }
            points.0 += article.points.iter().filter(|point| said.contains(*point)).count();
            points.1 += article.points.len();
            chaff += article.chaff.iter().filter(|point| said.contains(*point)).count();
        }
        println!(
            "{lang} summaries: {} of {} points, {chaff} that lean on what is not there",
            points.0, points.1
        );
        assert!(points.0 == points.1 && chaff == 0, "{lang}: {points:?}, {chaff}");
    }
}

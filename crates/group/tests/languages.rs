//! One event told in two to four languages, among forty events of one day and next to others of its kind: two fires,
//! two strikes, two drownings, two seizures of drugs, two audiences of one minister.
//!
//! `languages/events.tsv` was written for this test: whether its wording was looked at when the thresholds were chosen
//! (`tuned`) or came after (`blind`), the event, the language, headline and text.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{Language, PageId, SourceId};

const EVENTS: &str = include_str!("languages/events.tsv");
const OUTLETS: usize = 7;
/// The audiences share minister, town, day and all but what was said.
const STORIES_OF_TWO_EVENTS: usize = 1;

struct Telling {
    blind: bool,
    event: &'static str,
    item: Item,
}

fn tellings() -> Vec<Telling> {
    let start: Timestamp = "2026-03-02T05:00:00Z".parse().expect("a valid moment");
    let of = |(number, line): (usize, &'static str)| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, event, language, title, text] = fields[..] else { panic!("five fields: {line}") };
        Telling {
            blind: kind == "blind",
            event,
            item: Item {
                id: PageId(format!("{event}-{language}")),
                title: title.to_owned(),
                text: text.to_owned(),
                language: Language::from_tag(language),
                at: start + i64::try_from(number * 7).expect("few tellings").minutes(),
                source: SourceId(format!("outlet{}", number % OUTLETS)),
            },
        }
    };
    EVENTS.lines().enumerate().map(of).collect()
}

#[test]
fn events_meet_across_languages_and_stay_apart() {
    let tellings = tellings();
    let mut grouper = Grouper::new(Settings::default());
    let mut story_of: BTreeMap<PageId, String> = BTreeMap::new();
    for telling in &tellings {
        let placed = grouper.place(&telling.item);
        let joined = |story: &String| placed.absorbed.iter().any(|absorbed| absorbed.to_string() == *story);
        story_of
            .values_mut()
            .filter(|story| joined(story))
            .for_each(|story| *story = placed.story.to_string());
        story_of.insert(telling.item.id.clone(), placed.story.to_string());
    }
    let mut stories: BTreeMap<(bool, &str), BTreeSet<&String>> = BTreeMap::new();
    let mut events: BTreeMap<&String, BTreeSet<&str>> = BTreeMap::new();
    for Telling { blind, event, item } in &tellings {
        let story = &story_of[&item.id];
        stories.entry((*blind, event)).or_default().insert(story);
        events.entry(story).or_default().insert(event);
    }
    let mixed: Vec<_> = events.values().filter(|events| events.len() > 1).collect();
    assert!(mixed.len() <= STORIES_OF_TWO_EVENTS, "{mixed:?}");
    for (blind, least) in [(false, 21), (true, 9)] {
        let told = stories.iter().filter(|((of, _), _)| *of == blind);
        let (whole, apart): (Vec<_>, Vec<_>) = told.partition(|(_, stories)| stories.len() == 1);
        println!("blind {blind}: {} events of {} whole", whole.len(), whole.len() + apart.len());
        assert!(
            whole.len() >= least,
            "apart: {:?}",
            apart.iter().map(|((_, event), _)| event).collect::<Vec<_>>()
        );
    }
}

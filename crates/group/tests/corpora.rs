//! Grouping on real corpora: `KIOSQUE_CORPORA` names their folder; where it is not set nothing is measured, and
//! the test says so.

#![cfg(test)]

#[path = "corpora/measure.rs"]
mod measure;
#[path = "corpora/wire.rs"]
mod wire;

use std::path::PathBuf;

use kiosque_group::{Item, Settings, signatures};
use measure::{bcubed, lines, pairs, place, same_origin, stories};

fn group() -> Option<PathBuf> {
    let folder = std::env::var_os("KIOSQUE_CORPORA").map(|folder| PathBuf::from(folder).join("group"));
    if folder.is_none() {
        eprintln!("skipped: KIOSQUE_CORPORA is not set");
    }
    folder
}

/// BCubed F1 of a corpus of stories, over all and over stories of two or more, at least as good as this.
fn check_stories(items: &str, gold: &str, least: f64, least_many: f64) {
    let Some(folder) = group() else { return };
    let docs = stories(&folder.join(items));
    let placed = place(docs.iter().map(|doc| &doc.item), &Settings::default());
    let (all, many) = bcubed(&stories(&folder.join(gold)), &placed);
    println!("{gold}: {all:.3?}, of two or more {many:.3?}");
    assert!(all.f1 >= least && many.f1 >= least_many, "{gold}: {all:.3?}, of two or more {many:.3?}");
}

fn check_copies(file: &str, least: f64) {
    let Some(folder) = group() else { return };
    let (items, pairs) = pairs(&folder.join(file));
    let score = same_origin(&pairs, &place(&items, &Settings::default()));
    println!("{file}: {score:.3?}");
    assert!(score.f1 >= least, "{file}: {score:.3?}");
}

#[test]
fn whole_days_with_texts() {
    check_stories("stories_fr/items.jsonl", "stories_fr/gold.jsonl", 0.94, 0.88);
}

#[test]
fn headlines_of_many_outlets() {
    check_stories("gnews_fr/clusters.jsonl", "gnews_fr/clusters.jsonl", 0.80, 0.80);
}

#[test]
fn headlines_on_one_great_event() {
    check_stories("og2021_es/titles.jsonl", "og2021_es/titles.jsonl", 0.68, 0.66);
}

#[test]
fn copies_read_one_by_one() {
    check_copies("copies_ar/pairs.jsonl", 0.96);
}

#[test]
fn near_duplicates_of_two_channels() {
    check_copies("neardup_fr_tv/pairs.jsonl.gz", 0.92);
}

/// The texts of three corpora, in French, Arabic and English.
fn texts(folder: &std::path::Path) -> Vec<(&'static str, Vec<Item>)> {
    let docs = |file: &str| stories(&folder.join(file)).into_iter().map(|doc| doc.item).collect::<Vec<_>>();
    let arabic = pairs(&folder.join("copies_ar/pairs.jsonl"));
    // Of a pair that is a copy already one text stays.
    let mut arabic_items = arabic.0;
    arabic_items.retain(|item| !arabic.1.iter().any(|pair| pair.copy && pair.b == item.id));
    let mut english = docs("../classify/bbc_en/all.jsonl.gz");
    english.truncate(400);
    vec![("fr", docs("stories_fr/items.jsonl")), ("ar", arabic_items), ("en", english)]
}

#[test]
fn wire_copies_made_of_real_texts() {
    let Some(folder) = group() else { return };
    for (language, texts) in texts(&folder) {
        let (items, labelled) = wire::wire(&texts);
        let placed = place(&items, &Settings::default());
        let pairs: Vec<_> = labelled.iter().map(|(pair, _)| pair.clone()).collect();
        let score = same_origin(&pairs, &placed);
        for kind in wire::KINDS.iter().chain(&["neighbour"]) {
            let of_kind: Vec<_> =
                labelled.iter().filter(|(_, k)| k == kind).map(|(p, _)| p.clone()).collect();
            let kept = same_origin(&of_kind, &placed).recall;
            let taken = if *kind == "neighbour" { String::new() } else { format!("{kept:.3}") };
            println!("{language} {kind}: {} pairs {taken}", of_kind.len());
        }
        println!("{language}: {score:.3?}");
        assert!(score.f1 >= 0.92, "{language}: {score:.3?}");
    }
}

#[test]
fn signatures_are_few_and_those_of_datelines() {
    let Some(folder) = group() else { return };
    let mut signed = std::collections::BTreeMap::<&str, usize>::new();
    let docs = lines(&folder.join("copies_ar/pairs.jsonl"));
    for text in docs.iter().flat_map(|line| [&line["a"]["text"], &line["b"]["text"]]) {
        for name in signatures(text.as_str().unwrap_or_default()) {
            *signed.entry(name).or_default() += 1;
        }
    }
    println!("{signed:?}");
    assert!(signed.get("SPA").is_some_and(|n| *n >= 10), "{signed:?}");
}

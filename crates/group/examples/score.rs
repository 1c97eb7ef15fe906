//! Scores grouping on corpora, with thresholds to try: `score FOLDER [name=value[,value…]]…`.
//!
//! FOLDER holds `group/…` as `KIOSQUE_CORPORA` does; each list of values is tried in turn, all else as shipped.

#[path = "../tests/corpora/measure.rs"]
mod measure;

use std::path::Path;

use kiosque_group::Settings;
use measure::{bcubed, pairs, place, same_origin, stories};

fn main() {
    let mut words = std::env::args().skip(1);
    let folder = words.next().expect("score FOLDER [name=value[,value…]]…");
    let mut tries = vec![(String::new(), Settings::default())];
    for word in words {
        let (name, values) = word.split_once('=').expect("name=value");
        tries = tries
            .iter()
            .flat_map(|(said, settings)| {
                values.split(',').map(move |value| {
                    let mut settings = settings.clone();
                    set(&mut settings, name, value);
                    (format!("{said}{name}={value} "), settings)
                })
            })
            .collect();
    }
    for (said, settings) in tries {
        println!("{said}{}", scores(Path::new(&folder), &settings));
    }
}

fn scores(folder: &Path, settings: &Settings) -> String {
    let group = folder.join("group");
    let mut out = String::new();
    for (name, items, gold) in [
        ("stories_fr", "items.jsonl", "gold.jsonl"),
        ("gnews_fr", "clusters.jsonl", "clusters.jsonl"),
        ("og2021_es", "titles.jsonl", "titles.jsonl"),
    ] {
        let docs = stories(&group.join(name).join(items));
        let placed = place(docs.iter().map(|doc| &doc.item), settings);
        let (all, many) = bcubed(&stories(&group.join(name).join(gold)), &placed);
        out += &format!("{name} {:.3}/{:.3} {:.3} many {:.3}  ", all.precision, all.recall, all.f1, many.f1);
    }
    for (name, file) in [("copies_ar", "pairs.jsonl"), ("neardup_fr_tv", "pairs.jsonl.gz")] {
        let (items, pairs) = pairs(&group.join(name).join(file));
        let score = same_origin(&pairs, &place(&items, settings));
        out += &format!("{name} {:.3}/{:.3} {:.3}  ", score.precision, score.recall, score.f1);
    }
    out
}

/// Sets a threshold by its name.
fn set(settings: &mut Settings, name: &str, value: &str) {
    let number: f32 = value.parse().expect("a number");
    match name {
        "window_days" => settings.window_days = number as u32,
        "shingle_words" => settings.shingle_words = number as usize,
        "sketch_size" => settings.sketch_size = number as usize,
        "boilerplate_originals" => settings.boilerplate_originals = number as u32,
        "copy_containment" => settings.copy_containment = number,
        "copy_containment_same_source" => settings.copy_containment_same_source = number,
        "copy_containment_column" => settings.copy_containment_column = number,
        "copy_shared_shingles" => settings.copy_shared_shingles = number,
        "copy_share_of_larger" => settings.copy_share_of_larger = number,
        "copy_beyond_doubt" => settings.copy_beyond_doubt = number,
        "copy_same_matter" => settings.copy_same_matter = number,
        "story_similarity" => settings.story_similarity = number,
        "story_similarity_headline" => settings.story_similarity_headline = number,
        "story_best_member" => settings.story_best_member = number,
        "story_fresh_days" => settings.story_fresh_days = number,
        "headline_fresh_days" => settings.headline_fresh_days = number,
        "headline_half_life_days" => settings.headline_half_life_days = number,
        "story_merge_similarity" => settings.story_merge_similarity = number,
        "story_half_life_days" => settings.story_half_life_days = number,
        "crossing_likeness" => settings.crossing_likeness = number,
        "crossing_least_alike" => settings.crossing_least_alike = number,
        "crossing_similarity" => settings.crossing_similarity = number,
        "crossing_evidence" => settings.crossing_evidence = number,
        "crossing_least" => settings.crossing_least = number,
        "crossing_best_member" => settings.crossing_best_member = number,
        "story_names_weight" => settings.story_names_weight = number,
        _ => panic!("no threshold is called `{name}`"),
    }
}

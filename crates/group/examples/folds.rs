//! Thresholds of stories by cross-validation: `folds FOLDER`, which holds `group/…` as `KIOSQUE_CORPORA` does.
//!
//! Each corpus is left out in turn; the setting that does best on the others, by the mean of their BCubed F1, is
//! scored on it. Beside it what the shipped setting scores.

#[path = "../tests/corpora/measure.rs"]
mod measure;

use std::path::Path;

use kiosque_group::Settings;
use measure::{Doc, bcubed, pairs, place, same_origin, stories};

/// Name, articles, gold.
const CORPORA: [(&str, &str, &str); 3] = [
    ("stories_fr", "items.jsonl", "gold.jsonl"),
    ("gnews_fr", "clusters.jsonl", "clusters.jsonl"),
    ("og2021_es", "titles.jsonl", "titles.jsonl"),
];

/// The settings tried, each with what it is called.
fn grid() -> Vec<(String, Settings)> {
    let mut tried = Vec::new();
    for names in [0.0, 0.05, 0.1, 0.15] {
        for similarity in [0.17, 0.185, 0.2, 0.215] {
            for headline in [0.17, 0.19, 0.21] {
                let settings = Settings {
                    story_names_weight: names,
                    story_similarity: similarity,
                    story_similarity_headline: headline,
                    ..Settings::default()
                };
                tried.push((format!("names {names}, texts {similarity}, headlines {headline}"), settings));
            }
        }
    }
    tried
}

fn f1((items, gold): &(Vec<Doc>, Vec<Doc>), settings: &Settings) -> f64 {
    bcubed(gold, &place(items.iter().map(|doc| &doc.item), settings)).0.f1
}

fn main() {
    let folder = std::env::args().nth(1).expect("folds FOLDER");
    let group = Path::new(&folder).join("group");
    let read = |name: &str, file: &str| stories(&group.join(name).join(file));
    let corpora = CORPORA.map(|(name, items, gold)| (read(name, items), read(name, gold)));
    let shipped = Settings::default();
    let grid = grid();
    let scores: Vec<[f64; 3]> =
        grid.iter().map(|(_, settings)| std::array::from_fn(|n| f1(&corpora[n], settings))).collect();
    for (left_out, (name, ..)) in CORPORA.iter().enumerate() {
        let others = |scores: &[f64; 3]| scores.iter().sum::<f64>() - scores[left_out];
        let best = (0..grid.len()).max_by(|a, b| others(&scores[*a]).total_cmp(&others(&scores[*b])));
        let best = best.expect("settings are tried");
        let own = f1(&corpora[left_out], &shipped);
        println!("{name} left out {:.3} ({}); shipped {own:.3}", scores[best][left_out], grid[best].0);
    }
    for (name, file) in [("copies_ar", "pairs.jsonl"), ("neardup_fr_tv", "pairs.jsonl.gz")] {
        let (items, pairs) = pairs(&group.join(name).join(file));
        println!("{name} shipped {:.3}", same_origin(&pairs, &place(&items, &shipped)).f1);
    }
}

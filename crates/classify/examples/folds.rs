//! Five folds of a labelled corpus: each fifth of the texts is labelled by a model that was trained on the other four, with
//! all rubriques to choose from.
//!
//!     cargo run --release -p kiosque-classify --example folds -- blocks|turns <corpus.jsonl
//!
//! Reads JSON lines with `title`, `text`, `label` and `lang`. With `blocks` a fold is a fifth of the lines as they
//! stand, which are in order of time then; with `turns` it is every fifth line, for texts without dates.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead;

use kiosque_classify::train::{Example, Options, train};
use kiosque_classify::{Classifier, Input};

const FOLDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let blocks = match std::env::args().nth(1).as_deref() {
        Some("blocks") => true,
        Some("turns") => false,
        _ => return Err("say `blocks` or `turns`".into()),
    };
    let mut texts = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let read: serde_json::Value = serde_json::from_str(&line?)?;
        let field = |name: &str| read[name].as_str().unwrap_or_default().to_owned();
        let example = Example {
            title: field("title"),
            text: field("text"),
            label: field("label"),
            language: Some(field("lang")),
            source: None,
        };
        if example.label.parse::<kiosque_model::Rubrique>().is_ok() {
            texts.push(example);
        }
    }
    let fold = |n: usize| if blocks { n * FOLDS / texts.len() } else { n % FOLDS };
    // Of each rubrique: right, said, meant.
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for out in 0..FOLDS {
        let rest = texts.iter().enumerate().filter(|(n, _)| fold(*n) != out).map(|(_, text)| text.clone());
        let classifier = Classifier::from_bytes(&train(rest, &Options::default())?.0)?;
        let (mut right, mut all) = (0, 0);
        for (_, text) in texts.iter().enumerate().filter(|(n, _)| fold(*n) == out) {
            let input = Input { title: &text.title, text: &text.text, ..Input::default() };
            let said = classifier.classify(&input).rubrique.slug().to_owned();
            let hit = said == text.label;
            counts.entry(text.label.clone()).or_default()[2] += 1;
            let of_said = counts.entry(said).or_default();
            of_said[1] += 1;
            of_said[0] += usize::from(hit);
            right += usize::from(hit);
            all += 1;
        }
        println!("fold {}: {right} of {all} right", out + 1);
    }
    let meant = counts.iter().filter(|(_, [_, _, meant])| *meant > 0);
    let f1: Vec<(f64, &String)> = meant
        .map(|(label, [right, said, meant])| (2.0 * *right as f64 / (said + meant) as f64, label))
        .collect();
    for (f1, label) in &f1 {
        println!("{label} {f1:.3}");
    }
    let right: usize = counts.values().map(|[right, ..]| right).sum();
    let macro_f1 = f1.iter().map(|(f1, _)| f1).sum::<f64>() / f1.len() as f64;
    println!(
        "{} texts: accuracy {:.3}, macro-F1 {macro_f1:.3}",
        texts.len(),
        right as f64 / texts.len() as f64
    );
    Ok(())
}

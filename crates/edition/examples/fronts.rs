//! Prints, for each run of whole days in a folder, how many stories of the editor's front page the formula takes:
//! `cargo run --release -p kiosque-edition --example fronts -- FOLDER`, where FOLDER holds `items.jsonl`, `gold.jsonl` and
//! `fronts.jsonl`.

#[path = "../tests/fronts/measure.rs"]
mod measure;

use std::path::PathBuf;

use jiff::tz::TimeZone;
use kiosque_edition::EditionSpec;

fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("fronts FOLDER");
    let spec = EditionSpec::new("matin", TimeZone::UTC, "UTC");
    for front in measure::fronts(&folder, &spec) {
        println!("{}: {} of {}", front.run, front.agreed(), front.wanted.len());
        for (title, score, of) in &front.taken {
            println!("  {score:6.2} {:24} {title}", of.as_deref().unwrap_or("–"));
        }
        let missed: Vec<_> =
            front.wanted.iter().filter(|(_, there)| !there).map(|(name, _)| name.as_str()).collect();
        println!("  not taken: {}", missed.join(", "));
    }
}

//! The front page beside an editor's, on whole days of news: `KIOSQUE_CORPORA` names the folder; where it is not set
//! nothing is measured, and the test says so.

#![cfg(test)]

#[path = "fronts/measure.rs"]
mod measure;

use std::path::PathBuf;

use jiff::tz::TimeZone;
use kiosque_edition::EditionSpec;

#[test]
fn the_formula_takes_what_an_editor_takes() {
    let Some(corpora) = std::env::var_os("KIOSQUE_CORPORA").map(PathBuf::from) else {
        eprintln!("skipped: KIOSQUE_CORPORA is not set");
        return;
    };
    let spec = EditionSpec::new("matin", TimeZone::UTC, "UTC");
    let fronts = measure::fronts(&corpora.join("group/stories_fr"), &spec);
    let agreed: Vec<_> =
        fronts.iter().map(|front| (&front.run, front.agreed(), front.wanted.len())).collect();
    println!("taken of those wanted, by run: {agreed:?}");
    assert!(fronts.iter().all(|front| front.taken.len() == 8), "every front page is full: {fronts:?}");
    assert!(agreed.iter().filter(|(_, taken, _)| *taken >= 5).count() >= 3, "{agreed:?}");
    assert!(agreed.iter().map(|(_, taken, _)| taken).sum::<usize>() >= 20, "{agreed:?}");
}

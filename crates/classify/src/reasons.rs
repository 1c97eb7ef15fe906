//! Why a rubrique was given: the words that spoke for it, as they stand in the text, and the outlet's section.
//!
//! A word's share is what it adds to the rubrique given over the mean of what it adds to all, so a word that
//! lifts every rubrique alike is no reason.

use kiosque_model::Rubrique;

use crate::background::Background;
use crate::document::{CLASSES, Document};
use crate::fold::{fold, is_letter, words as split};
use crate::model::{Known, Model};

/// Words given.
const MOST: usize = 6;

/// The reasons for the rubrique with that index, best first.
pub(crate) fn reasons(
    model: &Model,
    document: &Document,
    known: &[Known],
    class: usize,
    section: Option<Rubrique>,
) -> Vec<String> {
    let mut because = Vec::new();
    if let Some(section) = section.filter(|section| *section == Rubrique::ALL[class]) {
        because.push(format!("rubrique de la source\u{a0}: {}", section.label_fr()));
    }
    let mut words: Vec<(f32, &str)> = known
        .iter()
        .map(|term| (share(&model.weights[term.row as usize], class) * term.value * model.step, term.text))
        .filter(|(share, _)| *share > 0.0)
        .collect();
    let hits = document.hits.iter().filter(|(rubrique, _)| *rubrique == class);
    words.extend(hits.map(|(_, text)| (0.05, *text)));
    words.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut taken: Vec<String> = Vec::new();
    let mut given = 0;
    for (_, text) in words.iter().take(60) {
        if given == MOST {
            break;
        }
        let folded: Vec<String> = split(text).map(|(_, word)| fold(word)).collect();
        // A pair whose words were given, or a word of a pair given, repeats what was said.
        if folded.iter().any(|word| is_grammar(word) || taken.contains(word)) {
            continue;
        }
        because.push(text.to_string());
        taken.extend(folded);
        given += 1;
    }
    because
}

/// Whether a folded word only serves grammar in one of our languages, or is too short to say anything.
fn is_grammar(folded: &str) -> bool {
    folded.chars().filter(|&c| is_letter(c)).count() < 3
        || Background::all().iter().any(|list| list.is_stop(folded))
}

fn share(weights: &[i8; CLASSES], class: usize) -> f32 {
    let mean = weights.iter().map(|w| f32::from(*w)).sum::<f32>() / CLASSES as f32;
    f32::from(weights[class]) - mean
}

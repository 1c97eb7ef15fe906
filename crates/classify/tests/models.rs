//! Model files: the bundled one is sound, a damaged or foreign one is refused, a trained one works.

use kiosque_classify::train::{Example, Options, TrainError, train};
use kiosque_classify::{Classifier, Input, ModelError};
use kiosque_model::Rubrique;

const BUNDLED: &[u8] = include_bytes!("../model/rubriques.bin");

fn refused(bytes: &[u8]) -> ModelError {
    Classifier::from_bytes(bytes).expect_err("the bytes are no model")
}

#[test]
fn the_bundled_model_is_sound_and_small() {
    assert!(Classifier::from_bytes(BUNDLED).is_ok());
    assert!(BUNDLED.len() <= 2 << 20, "{} bytes", BUNDLED.len());
}

#[test]
fn what_is_no_model_is_refused_by_name() {
    assert_eq!(refused(b""), ModelError::Foreign);
    assert_eq!(refused(b"%PDF-1.7 and more"), ModelError::Foreign);
    assert!(matches!(refused(&BUNDLED[..12]), ModelError::Damaged(_)));
    assert!(matches!(refused(&BUNDLED[..BUNDLED.len() - 1]), ModelError::Damaged(_)));
    let mut changed = BUNDLED.to_vec();
    changed[BUNDLED.len() / 2] ^= 1;
    assert_eq!(refused(&changed).to_string(), "the model is damaged: its hash does not match");
    let mut older = BUNDLED.to_vec();
    older[8] = 0;
    assert_eq!(
        refused(&older).to_string(),
        "the model has version `0`, this program reads version `2`; train it again"
    );
}

fn examples() -> impl Iterator<Item = Example> {
    (0..60).map(|n| {
        let (label, words) =
            if n % 2 == 0 { ("meteo", "blivet grumous") } else { ("culture", "quuxly frobnic") };
        Example {
            title: format!("{words} {n}"),
            text: format!("item {n} tells of {words}"),
            label: label.into(),
            ..Example::default()
        }
    })
}

#[test]
fn a_small_corpus_is_learned_and_survives_its_file() {
    let (bytes, report) = train(examples(), &Options { epochs: 20, ..Options::default() }).unwrap();
    assert_eq!((report.examples, report.held_out, report.accuracy), (60, 6, 1.0));
    let classifier = Classifier::from_bytes(&bytes).unwrap();
    for (text, expected) in [("grumous blivet", Rubrique::Meteo), ("frobnic quuxly", Rubrique::Culture)] {
        let labels = classifier.classify(&Input { text, ..Input::default() });
        assert_eq!(labels.rubrique, expected, "{labels:?}");
    }
}

#[test]
fn the_same_examples_give_the_same_bytes() {
    let options = Options::default();
    assert_eq!(train(examples(), &options).unwrap().0, train(examples(), &options).unwrap().0);
}

#[test]
fn unknown_labels_are_counted_and_too_few_examples_refused() {
    let other = Example { label: "horoscope".into(), ..Example::default() };
    let (_, report) = train(examples().chain([other.clone()]), &Options::default()).unwrap();
    assert_eq!(report.skipped.get("horoscope"), Some(&1));
    let error = train(std::iter::once(other), &Options::default()).unwrap_err();
    assert_eq!(error, TrainError::TooFew { found: 0, labels: 0 });
}

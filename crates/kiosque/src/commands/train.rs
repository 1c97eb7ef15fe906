//! `kiosque train`: the rubrique classifier from labelled texts.

use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use kiosque_classify::train::{Example, Options, Report, train};
use kiosque_model::Rubrique;
use serde::Deserialize;

use crate::batch;
use crate::cli::TrainArgs;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    label: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

/// Reads the texts, trains, writes the model and prints its scores.
pub(crate) fn run(args: &TrainArgs) -> Result<ExitCode> {
    let mut examples = Vec::new();
    for file in &args.corpus {
        read(file, &args.label, &mut examples)?;
    }
    let unknown = unknown(&examples);
    let (model, report) = train(examples.into_iter(), &Options::default()).map_err(|error| {
        let hint = unknown.map_or_else(String::new, |label| {
            format!("\nhint: `{label}` is no rubrique; say which one it means with `--label {label}=sport`")
        });
        anyhow!("{error}{hint}")
    })?;
    super::edition::write_if_changed(&args.out, &model)?;
    print(&report);
    println!("{}: {} bytes", args.out.display(), model.len());
    Ok(ExitCode::SUCCESS)
}

/// A label that means none of our rubriques.
fn unknown(examples: &[Example]) -> Option<String> {
    let mut labels = examples.iter().map(|example| &example.label);
    labels.find(|label| label.parse::<Rubrique>().is_err()).cloned()
}

fn read(file: &Path, meanings: &[(String, Rubrique)], examples: &mut Vec<Example>) -> Result<()> {
    let bytes = batch::file_bytes(file)?;
    for (number, line) in (1..).zip(bytes.lines()) {
        let told = || format!("{}:{number}", file.display());
        let line: Line = serde_json::from_str(&line.with_context(told)?).with_context(told)?;
        // A line without a label is of no use for training, and corpora have them.
        let Some(label) = line.label else { continue };
        let meant = meanings.iter().find(|(own, _)| *own == label);
        let label = meant.map_or(label, |(_, rubrique)| rubrique.slug().to_owned());
        examples.push(Example {
            title: line.title.unwrap_or_default(),
            text: line.text.unwrap_or_default(),
            label,
            language: line.lang,
            source: line.source.or_else(|| Some(file.display().to_string())),
        });
    }
    Ok(())
}

fn print(report: &Report) {
    println!("examples {}, terms {}, temperature {:.2}", report.examples, report.terms, report.temperature);
    for (label, number) in &report.skipped {
        println!("skipped {number} with the unknown label `{label}`");
    }
    println!(
        "held out {}: accuracy {:.3}, macro-F1 {:.3}",
        report.held_out, report.accuracy, report.macro_f1
    );
    for (rubrique, f1) in &report.f1 {
        println!("  {rubrique:<14} F1 {f1:.3}");
    }
}

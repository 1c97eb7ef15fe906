//! `kiosque train`: the rubrique classifier from labelled texts.

use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kiosque_classify::train::{Example, Options, train};
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
}

/// Reads the texts, trains, writes the model and prints its scores.
pub(crate) fn run(args: &TrainArgs) -> Result<ExitCode> {
    let mut examples = Vec::new();
    for file in &args.corpus {
        read(file, &mut examples)?;
    }
    if examples.is_empty() {
        bail!("no labelled text was found\nhint: each line needs `title` or `text`, and a `label` that is a rubrique");
    }
    let (model, report) = train(examples, &Options::default());
    super::edition::write_if_changed(&args.out, &model)?;
    println!("{report}");
    println!("{}: {} bytes", args.out.display(), model.len());
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path, examples: &mut Vec<Example>) -> Result<()> {
    let bytes = batch::file_bytes(file)?;
    for (number, line) in (1..).zip(bytes.lines()) {
        let told = || format!("{}:{number}", file.display());
        let line: Line = serde_json::from_str(&line.with_context(told)?).with_context(told)?;
        // A line without a label is of no use for training, and corpora have them.
        let Some(label) = line.label else { continue };
        let label: Rubrique = label.parse().map_err(anyhow::Error::msg).with_context(told)?;
        examples.push(Example {
            title: line.title.unwrap_or_default(),
            text: line.text.unwrap_or_default(),
            label,
            language: line.lang.as_deref().and_then(kiosque_model::Language::from_tag),
        });
    }
    Ok(())
}

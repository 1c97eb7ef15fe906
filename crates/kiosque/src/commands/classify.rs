//! `kiosque classify`: language, rubrique and keywords of texts, with no bus and no store.

use std::process::ExitCode;

use anyhow::bail;
use kiosque_classify::{Classifier, Input};
use serde::Deserialize;
use serde_json::json;

use crate::batch;
use crate::cli::BatchArgs;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    section: Option<String>,
    #[serde(default)]
    language: Option<String>,
}

/// Prints one JSON line a text.
pub(crate) fn run(args: &BatchArgs) -> anyhow::Result<ExitCode> {
    let classifier = Classifier::bundled();
    batch::each_line(&args.manifest, args.threads, |line: Line| {
        let blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        if blank(&line.title) && blank(&line.text) {
            bail!("there is neither title nor text to classify");
        }
        let labels = classifier.classify(&Input {
            title: line.title.as_deref().unwrap_or_default(),
            text: line.text.as_deref().unwrap_or_default(),
            url: line.url.as_deref(),
            section: line.section.as_deref(),
            feed: None,
            language: line.language.as_deref(),
            keywords: &[],
        });
        Ok(json!({
            "language": labels.language,
            "rubrique": labels.rubrique,
            "confidence": labels.confidence,
            "iptc": labels.iptc,
            "keywords": labels.keywords,
            "entities": labels.entities,
            "because": labels.because,
            "uncertain": labels.alternative.is_some(),
            "alternative": labels.alternative,
            "block_languages": labels.block_languages,
            "quotes": labels.quotes,
            "summary": labels.summary,
        }))
    })?;
    Ok(ExitCode::SUCCESS)
}

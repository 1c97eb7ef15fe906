//! `kiosque search`: full-text search, blind to accents and to Arabic diacritics.

use std::process::ExitCode;

use anyhow::Result;
use kiosque_model::SourceId;
use kiosque_store::{SearchQuery, Store};
use serde_json::json;

use crate::cli::{SearchArgs, pipeline_and_word};
use crate::config::Config;

/// Prints the articles found, best first.
pub(crate) fn run(args: &SearchArgs) -> Result<ExitCode> {
    let (pipeline, text) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    let hits = Store::open_read_only(&config.store)?.search(&SearchQuery {
        text: text.to_owned(),
        from: args.from,
        to: args.to,
        rubrique: args.rubrique,
        source: args.source.clone().map(SourceId),
        limit: args.limit,
    })?;
    for hit in &hits {
        if args.json {
            println!(
                "{}",
                json!({
                    "id": hit.id, "url": hit.url, "title": hit.title, "source": hit.source,
                    "source_name": hit.source_name, "published": hit.published, "rubrique": hit.rubrique,
                    "snippet": hit.snippet, "score": hit.score,
                })
            );
        } else {
            let title = hit.title.as_deref().unwrap_or("(sans titre)");
            let published = hit
                .published
                .map_or_else(|| "sans date".to_owned(), |p| p.day_in(&config.time_zone).to_string());
            println!(
                "{title}\n  {} · {published} · {}\n  {}\n  {}\n",
                hit.source_name,
                hit.rubrique.label_fr(),
                hit.snippet,
                hit.url
            );
        }
    }
    if hits.is_empty() && !args.json {
        println!("aucun article");
    }
    Ok(ExitCode::SUCCESS)
}

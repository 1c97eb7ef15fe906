//! `kiosque sources list`: every source of the file, with what the store and the crawler's memory know of it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use comfy_table::{Table, presets};
use jiff::Timestamp;
use kiosque_model::{Language, Rubrique};
use kiosque_store::{SourceStatus, Store};
use serde_json::{Value, json};

use crate::catalogue;
use crate::config::{Config, Medium, SourceConfig};
use crate::health::Health;

/// A source and what is known of it.
struct Line {
    source: SourceConfig,
    known: Option<SourceStatus>,
    state: String,
    pace: String,
    /// Rhythm and alarms.
    extra: (Value, Value),
    last_visit: Option<Timestamp>,
}

/// Prints a table, or a JSON object for each source.
pub(super) fn run(config: &Config, as_json: bool) -> Result<ExitCode> {
    let lines = lines(config)?;
    if as_json {
        lines.iter().for_each(|line| println!("{}", object(line)));
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "source",
        "name",
        "lang",
        "tier",
        "lists",
        "trust",
        "state",
        "articles",
        "rhythm",
        "last visit",
        "last new article",
    ]);
    for line in &lines {
        let source = &line.source;
        let time = |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |at| format!("{at:.0}"));
        table.add_row([
            source.id.clone(),
            source.name.clone(),
            source.language.as_ref().map_or("–", Language::code).to_owned(),
            source.tier.to_string(),
            (1 + source.feeds.iter().filter(|feed| feed.enabled).count()).to_string(),
            source.trust.name().to_owned(),
            said(line),
            line.known.as_ref().map_or(0, |known| known.articles).to_string(),
            line.pace.clone(),
            time(line.last_visit),
            time(line.known.as_ref().and_then(|known| known.last_new_article)),
        ]);
    }
    println!("{table}");
    let on = lines.iter().filter(|line| line.source.enabled).count();
    println!("{} sources: {on} on, {} off", lines.len(), lines.len() - on);
    Ok(ExitCode::SUCCESS)
}

fn said(line: &Line) -> String {
    match (&line.source.reason, line.source.enabled) {
        (Some(reason), false) => format!("off: {reason}"),
        (None, false) => "off".to_owned(),
        (_, true) => line.state.clone(),
    }
}

fn lines(config: &Config) -> Result<Vec<Line>> {
    let sources = catalogue::all(config)?;
    let (known, health) = if config.store.exists() {
        let store = Store::open_read_only(&config.store)?;
        let known = store.status()?.sources;
        let health = Health::gather(config, &store, &known)?;
        (known, health)
    } else {
        (Vec::new(), Health::default())
    };
    let mut known: BTreeMap<String, SourceStatus> =
        known.into_iter().map(|source| (source.id.0.clone(), source)).collect();
    Ok(sources
        .into_iter()
        .map(|source| {
            // The file says whether it is on: the store learns it when the line starts.
            let known =
                known.remove(&source.id).map(|known| SourceStatus { enabled: source.enabled, ..known });
            Line {
                state: known.as_ref().map_or_else(|| "waiting".to_owned(), |known| health.state(known)),
                last_visit: known.as_ref().and_then(|known| health.last_visit(known)),
                pace: known.as_ref().map_or_else(|| "–".to_owned(), |known| health.pace(known)),
                extra: known.as_ref().map(|known| health.as_json(known)).unwrap_or_default(),
                known,
                source,
            }
        })
        .collect())
}

fn object(line: &Line) -> Value {
    let source = &line.source;
    let feeds = source.feeds.iter().map(|feed| {
        json!({ "url": feed.url, "rubrique": feed.rubrique, "enabled": feed.enabled, "note": feed.note })
    });
    json!({
        "source": source.id, "name": source.name, "name_ar": source.name_ar, "url": source.url,
        "kind": source.kind_name(), "rubrique": source.rubrique.map(Rubrique::slug),
        "feeds": feeds.collect::<Vec<_>>(), "site": source.site,
        "language": source.language.as_ref().map(Language::code), "country": source.country,
        "medium": source.medium.map(Medium::name), "tier": source.tier, "rights": source.rights.name(),
        "trust": source.trust.name(), "enabled": source.enabled, "reason": source.reason, "note": source.note,
        "state": if source.enabled { line.state.as_str() } else { "disabled" },
        "last_visit": line.last_visit,
        "last_new_article": line.known.as_ref().and_then(|known| known.last_new_article),
        "articles": line.known.as_ref().map_or(0, |known| known.articles),
        "rhythm": line.extra.0, "alarms": line.extra.1,
    })
}

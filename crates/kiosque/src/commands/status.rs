//! `kiosque status`: per stage lag and outcomes, per source its health. Works while the line runs.

use std::process::ExitCode;

use anyhow::Result;
use comfy_table::{Table, presets};
use kiosque_store::{Store, StoreStatus};
use kiosque_stream::{EmbeddedReader, Inspect};
use serde_json::{Map, Value, json};

use crate::cli::StatusArgs;
use crate::config::{BusConfig, Config};
use crate::line::GROUPS;

struct StageLine {
    stage: &'static str,
    lag: u64,
    dead: u64,
}

/// Prints tables, or one JSON object.
pub(crate) fn run(args: &StatusArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.file.as_deref())?;
    let status = Store::open_read_only(&config.store)?.status()?;
    let stages = stages(&config)?;
    if args.json {
        println!("{}", as_json(&config, &status, &stages));
    } else {
        print_tables(&status, &stages);
    }
    Ok(ExitCode::SUCCESS)
}

fn stages(config: &Config) -> Result<Vec<StageLine>> {
    let BusConfig::Embedded { path, .. } = &config.bus else { return Ok(Vec::new()) };
    let log = EmbeddedReader::open(path)?;
    // The crawler reads no topic: nothing can wait for it or die of it.
    let mut lines = vec![StageLine { stage: "crawl", lag: 0, dead: 0 }];
    for (stage, topic) in GROUPS {
        lines.push(StageLine {
            stage,
            lag: log.lag(stage, topic)?,
            dead: kiosque_stream::dead::count(&log, stage)?,
        });
    }
    Ok(lines)
}

fn as_json(config: &Config, status: &StoreStatus, stages: &[StageLine]) -> Value {
    let of_stage = |line: &StageLine| {
        let counts = status.stages.iter().filter(|count| count.stage == line.stage);
        let (mut forwarded, mut processed, mut dropped) = (0, 0, Map::new());
        for count in counts {
            processed += count.pages;
            match &count.reason {
                Some(reason) => drop(dropped.insert(reason.clone(), count.pages.into())),
                None if count.outcome == "forwarded" => forwarded += count.pages,
                None => {}
            }
        }
        json!({
            "stage": line.stage, "lag": line.lag, "processed": processed, "forwarded": forwarded,
            "dropped": dropped, "dead_letters": line.dead,
        })
    };
    let sources = status.sources.iter().map(|source| {
        json!({
            "source": source.id, "name": source.name, "listed": source.listed, "enabled": source.enabled,
            "last_visit": source.last_visit, "last_new_article": source.last_new_article,
            "articles": source.articles, "without_text": source.without_text,
            "without_author": source.without_author, "without_date": source.without_date,
            "state": state(source.enabled, source.last_visit.is_some(), source.articles),
        })
    });
    json!({
        "pipeline": config.name,
        "pages": status.pages, "articles": status.articles, "revisions": status.revisions,
        "copies": status.copies, "stories": status.stories, "editions": status.editions,
        "stages": stages.iter().map(of_stage).collect::<Vec<_>>(),
        "sources": sources.collect::<Vec<_>>(),
    })
}

/// In a word, what an operator should know of a source.
fn state(enabled: bool, visited: bool, articles: usize) -> &'static str {
    match (enabled, visited, articles) {
        (false, ..) => "disabled",
        (true, false, _) => "waiting",
        (true, true, 0) => "silent",
        (true, true, _) => "ok",
    }
}

fn print_tables(status: &StoreStatus, stages: &[StageLine]) {
    println!(
        "{} pages, {} articles, {} revisions, {} copies, {} stories, {} editions",
        status.pages, status.articles, status.revisions, status.copies, status.stories, status.editions
    );
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "stage",
        "lag",
        "dead letters",
        "last step of its pages",
    ]);
    for line in stages {
        let steps: Vec<_> = status
            .stages
            .iter()
            .filter(|count| count.stage == line.stage)
            .map(|count| format!("{} {}", count.reason.as_ref().unwrap_or(&count.outcome), count.pages))
            .collect();
        table.add_row([line.stage.to_owned(), line.lag.to_string(), line.dead.to_string(), steps.join(", ")]);
    }
    println!("{table}");
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "source",
        "state",
        "articles",
        "last visit",
        "last new article",
        "no text",
        "no author",
        "no date",
    ]);
    for source in &status.sources {
        let time = |at: Option<jiff::Timestamp>| at.map_or_else(|| "–".to_owned(), |at| format!("{at:.0}"));
        let share = |part: f64| format!("{:.0} %", part * 100.0);
        table.add_row([
            source.id.to_string(),
            state(source.enabled, source.last_visit.is_some(), source.articles).to_owned(),
            source.articles.to_string(),
            time(source.last_visit),
            time(source.last_new_article),
            share(source.without_text),
            share(source.without_author),
            share(source.without_date),
        ]);
    }
    println!("{table}");
}

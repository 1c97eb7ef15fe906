//! `kiosque status`: per stage lag and outcomes, per source its health. Works while the line runs.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use comfy_table::{Table, presets};
use jiff::Timestamp;
use kiosque_crawl::SourceHealth;
use kiosque_model::SourceId;
use kiosque_store::{SourceStatus, StageMemory, Store, StoreStatus};
use kiosque_stream::{EmbeddedReader, Inspect};
use serde_json::{Map, Value, json};

use crate::cli::StatusArgs;
use crate::config::{BusConfig, Config};
use crate::line::GROUPS;
use crate::stages::crawl::CrawlMemory;

type Health = BTreeMap<SourceId, SourceHealth>;

struct StageLine {
    stage: &'static str,
    lag: u64,
    dead: u64,
}

/// Prints tables, or one JSON object.
pub(crate) fn run(args: &StatusArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let status = Store::open_read_only(&config.store)?.status()?;
    let stages = stages(&config)?;
    let health = health(&config)?;
    if args.json {
        println!("{}", as_json(&config, &status, &stages, &health));
    } else {
        print_tables(&status, &stages, &health);
    }
    Ok(ExitCode::SUCCESS)
}

/// How the crawler found each source, from its own memory.
fn health(config: &Config) -> Result<Health> {
    if !config.state.exists() {
        return Ok(Health::new());
    }
    let memory = CrawlMemory::new(Arc::new(StageMemory::open(&config.state)?), None);
    Ok(kiosque_crawl::source_health(&memory)?)
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

fn as_json(config: &Config, status: &StoreStatus, stages: &[StageLine], health: &Health) -> Value {
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
            "last_visit": last_visit(source, health), "last_new_article": source.last_new_article,
            "articles": source.articles, "without_text": source.without_text,
            "without_author": source.without_author, "without_date": source.without_date,
            "state": state(source, health),
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

/// When a source was last visited: by the crawler's memory, which also counts visits that asked for no page.
fn last_visit(source: &SourceStatus, health: &Health) -> Option<Timestamp> {
    health.get(&source.id).and_then(|known| known.last_visit).max(source.last_visit)
}

/// What an operator should know of a source: `ok`, or what is wrong with it.
fn state(source: &SourceStatus, health: &Health) -> String {
    let known = health.get(&source.id).map_or("waiting", |known| known.state.as_str());
    match (source.enabled, known) {
        (false, _) => "disabled".to_owned(),
        (true, "ok" | "unchanged") if source.articles == 0 => "silent".to_owned(),
        (true, "unchanged") => "ok".to_owned(),
        (true, known) => known.to_owned(),
    }
}

fn print_tables(status: &StoreStatus, stages: &[StageLine], health: &Health) {
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
        let time = |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |at| format!("{at:.0}"));
        let share = |part: f64| format!("{:.0} %", part * 100.0);
        table.add_row([
            source.id.to_string(),
            state(source, health),
            source.articles.to_string(),
            time(last_visit(source, health)),
            time(source.last_new_article),
            share(source.without_text),
            share(source.without_author),
            share(source.without_date),
        ]);
    }
    println!("{table}");
}

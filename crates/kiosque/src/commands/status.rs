//! `kiosque status`: per stage lag, throughput and outcomes, per source its health. Works while the line runs.
//!
//! Bus and store are asked apart: where the bus is away, what the store knows is told all the same, and then why
//! the rest is missing.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};
use comfy_table::{Table, presets};
use jiff::{SignedDuration, Timestamp};
use kiosque_model::topic;
use kiosque_store::{Store, StoreStatus};
use kiosque_stream::Position;
use serde_json::{Map, Value, json};

use crate::cli::StatusArgs;
use crate::config::{BusConfig, Config};
use crate::health::Health;
use crate::line::{self, CRAWL, GROUPS};

/// What the bus knows of a stage.
struct Waiting {
    positions: Vec<Position>,
    dead: u64,
}

impl Waiting {
    fn lag(&self) -> u64 {
        self.positions.iter().map(Position::lag).sum()
    }
}

/// A stage, and what is known of it. `waiting` is absent where the bus is away or is nobody else's to look at.
struct StageLine {
    stage: &'static str,
    waiting: Option<Waiting>,
    /// Pages it treated in the last five minutes and in the last hour.
    recent: [usize; 2],
}

/// Prints tables, or one JSON object. A bus that is away is told after that, and fails the command.
pub(crate) fn run(args: &StatusArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let store = Store::open_read_only(&config.store)?;
    let status = store.status()?;
    let (waiting, trouble) = match waiting(&config) {
        Ok(waiting) => (waiting, None),
        Err(error) => (BTreeMap::new(), Some(error)),
    };
    let stages = stages(&store, waiting)?;
    let health = Health::gather(&config, &store, &status.sources)?;
    if args.json {
        println!("{}", as_json(&config, &status, &stages, &health));
    } else {
        print_tables(&status, &stages, &health);
    }
    match trouble {
        None => Ok(ExitCode::SUCCESS),
        Some(error) => Err(error.context("lag and dead letters are missing above")),
    }
}

/// What waits for each stage that reads a topic. A bus in memory is its own process' alone.
fn waiting(config: &Config) -> Result<BTreeMap<&'static str, Waiting>> {
    if config.bus == BusConfig::Memory {
        return Ok(BTreeMap::new());
    }
    let log = line::look(&config.bus)?;
    let mut found = BTreeMap::new();
    // On a broker crawlers hand addresses to each other on a topic of their own.
    for (stage, topic) in GROUPS.into_iter().chain([(CRAWL, topic::LEADS)]) {
        let positions = log.positions(stage, topic)?;
        found.insert(stage, Waiting { positions, dead: kiosque_stream::dead::count(log.as_ref(), stage)? });
    }
    Ok(found)
}

fn stages(store: &Store, mut waiting: BTreeMap<&'static str, Waiting>) -> Result<Vec<StageLine>> {
    let now = Timestamp::now();
    let since = |minutes| -> Result<BTreeMap<String, usize>> {
        let then = now.checked_sub(SignedDuration::from_mins(minutes)).context("the clock is not set")?;
        Ok(store.steps_since(then)?)
    };
    let recent = [since(5)?, since(60)?];
    let names = std::iter::once(CRAWL).chain(GROUPS.map(|(stage, _)| stage));
    Ok(names
        .map(|stage| StageLine {
            stage,
            waiting: waiting.remove(stage),
            recent: [0, 1].map(|at| recent[at].get(stage).copied().unwrap_or_default()),
        })
        .collect())
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
        let waiting = line.waiting.as_ref();
        json!({
            "stage": line.stage, "lag": waiting.map(Waiting::lag), "processed": processed,
            "forwarded": forwarded, "dropped": dropped, "dead_letters": waiting.map(|waiting| waiting.dead),
            "last_5_minutes": line.recent[0], "last_hour": line.recent[1],
            "partitions": waiting.map(|waiting| waiting.positions.iter().map(partition).collect::<Vec<_>>()),
        })
    };
    let sources = status.sources.iter().map(|source| {
        let (rhythm, alarms) = health.as_json(source);
        json!({
            "source": source.id, "name": source.name, "listed": source.listed, "enabled": source.enabled,
            "last_visit": health.last_visit(source), "last_new_article": source.last_new_article,
            "articles": source.articles, "without_text": source.without_text,
            "without_author": source.without_author, "without_date": source.without_date,
            "state": health.state(source), "rhythm": rhythm, "alarms": alarms,
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

fn partition(position: &Position) -> Value {
    json!({
        "partition": position.partition, "lag": position.lag(), "next": position.next,
        "committed": position.committed,
    })
}

fn print_tables(status: &StoreStatus, stages: &[StageLine], health: &Health) {
    println!(
        "{} pages, {} articles, {} revisions, {} copies, {} stories, {} editions",
        status.pages, status.articles, status.revisions, status.copies, status.stories, status.editions
    );
    println!("{}", stage_table(status, stages));
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header([
        "source",
        "state",
        "articles",
        "last visit",
        "last new article",
        "rhythm",
        "no text",
        "no author",
        "no date",
    ]);
    for source in &status.sources {
        let time = |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |at| format!("{at:.0}"));
        let share = |part: f64| format!("{:.0} %", part * 100.0);
        table.add_row([
            source.id.to_string(),
            health.state(source),
            source.articles.to_string(),
            time(health.last_visit(source)),
            time(source.last_new_article),
            health.pace(source),
            share(source.without_text),
            share(source.without_author),
            share(source.without_date),
        ]);
    }
    println!("{table}");
    health.told().for_each(|alarm| println!("ALARM  {alarm}"));
}

fn stage_table(status: &StoreStatus, stages: &[StageLine]) -> Table {
    let mut table = Table::new();
    let header = ["stage", "lag", "last 5 min", "last hour", "dead letters", "last step of its pages"];
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(header);
    for line in stages {
        let steps: Vec<_> = status
            .stages
            .iter()
            .filter(|count| count.stage == line.stage)
            .map(|count| format!("{} {}", count.reason.as_ref().unwrap_or(&count.outcome), count.pages))
            .collect();
        let known = |what: &dyn Fn(&Waiting) -> String| line.waiting.as_ref().map_or("?".to_owned(), what);
        table.add_row([
            line.stage.to_owned(),
            known(&|waiting| lags(waiting)),
            line.recent[0].to_string(),
            line.recent[1].to_string(),
            known(&|waiting| waiting.dead.to_string()),
            steps.join(", "),
        ]);
    }
    table
}

/// The lag of a stage, and where it lies where that can differ: `7 (2: 4, 5: 3)`.
fn lags(waiting: &Waiting) -> String {
    let behind: Vec<_> = waiting
        .positions
        .iter()
        .filter(|position| position.lag() > 0)
        .map(|position| format!("{}: {}", position.partition, position.lag()))
        .collect();
    if waiting.positions.len() > 1 && !behind.is_empty() {
        format!("{} ({})", waiting.lag(), behind.join(", "))
    } else {
        waiting.lag().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_says_in_which_partitions_it_lies() {
        let check = |positions: &[(u64, u64, Option<u64>)], expected: &str| {
            let positions = (0..).zip(positions);
            let positions = positions
                .map(|(partition, (first, next, committed))| Position {
                    partition,
                    first: *first,
                    next: *next,
                    committed: *committed,
                })
                .collect();
            assert_eq!(lags(&Waiting { positions, dead: 0 }), expected);
        };
        check(&[], "0");
        check(&[(0, 9, Some(4))], "5");
        check(&[(0, 9, Some(9)), (0, 3, Some(3))], "0");
        check(&[(0, 9, Some(9)), (0, 3, None), (2, 7, Some(1))], "8 (1: 3, 2: 5)");
    }
}

//! `kiosque replay`: kept raw pages through today's code, into a shadow or into the store.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use kiosque_store::{SourceRow, StageMemory, Store, StoreOptions};
use kiosque_stream::{Connect, Stage, Summary};
use serde_json::json;

use super::UsageError;
use crate::cli::ReplayArgs;
use crate::config::{BusConfig, Config};
use crate::line::{self, Sole};
use crate::replay::{self, Change, Counts, Difference, Differences, Field, Kept, Lane, Sent, Wanted, drain};
use crate::rules::Folder;
use crate::stages::classify::Classify;
use crate::stages::dedup::Dedup;
use crate::stages::extract::Extract;
use crate::stages::sink::Sink;
use crate::stages::trail::Trail;
use crate::words;

/// Replays, and prints what came of it.
pub(crate) fn run(args: &ReplayArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    if args.to.is_some_and(|to| to < args.from) {
        return Err(UsageError("`--to` lies before `--from`".to_owned()).into());
    }
    let wanted =
        Wanted { zone: config.time_zone.clone(), from: args.from, to: args.to, source: args.source.clone() };
    let live = Store::open_read_only(&config.store)?;
    if let Some(id) = &args.source {
        let listed = config.sources.iter().any(|source| source.id == *id);
        // One that was taken off the catalogue has its pages all the same.
        if !listed && !live.status()?.sources.iter().any(|source| source.id.0 == *id) {
            return Err(UsageError(super::sources::unknown(&config.sources, id)).into());
        }
    }
    match &args.shadow {
        Some(file) => into_shadow(&config, &live, &wanted, file, args.json)?,
        None => into_store(&config, &live, &wanted, args.json)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Nothing of the live line is opened but to read.
fn into_shadow(config: &Config, live: &Store, wanted: &Wanted, file: &Path, json: bool) -> Result<()> {
    let log = line::look(&config.bus)?;
    let mut sink = shadow_sink(config, live, file)?;
    let mut trail = Trail::new(Store::open(file)?);
    let mut lane = Lane::open(config.rules.as_deref(), Classify::open(&config.classify)?)?;
    let mut kept = Kept::open(log.as_ref(), wanted)?;
    while let Some(pages) = kept.next()? {
        let log = lane.run(pages)?;
        drain(&log, &mut sink, true)?;
        drain(&log, &mut trail, true)?;
    }
    sink.idle()?;
    let mut differences = replay::compare(live, &Store::open_read_only(file)?, &lane)?;
    if json {
        println!("{}", as_json(&lane, &json!(differences.counts)));
        differences.each(|difference| println!("{}", json!(difference)))
    } else {
        print_lane(&lane);
        print_differences(&mut differences)
    }
}

/// A sink on a shadow made anew, with the sources of the live store.
fn shadow_sink(config: &Config, live: &Store, file: &Path) -> Result<Sink> {
    let filled = std::fs::metadata(file).is_ok_and(|file| file.len() > 0);
    if filled && !Store::open_read_only(file)?.is_shadow()? {
        bail!(
            "`{}` is a store of its own and no shadow\nhint: name a file that does not exist",
            file.display()
        );
    }
    if filled {
        remove(file)?;
    }
    let shadow = Store::open_with(file, &StoreOptions { zone: Some(config.time_zone.clone()) })?;
    shadow.mark_as_shadow(live.path())?;
    let sources = live.query("SELECT id, name, tier, name_ar, rights FROM sources ORDER BY id")?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let sources = sources.rows.iter().map(|row| SourceRow {
        id: kiosque_model::SourceId(text(&row[0])),
        name: text(&row[1]),
        name_ar: row[3].as_str().map(str::to_owned),
        url: String::new(),
        language: None,
        tier: row[2].as_u64().and_then(|tier| u8::try_from(tier).ok()).unwrap_or(3),
        kind: "unknown".to_owned(),
        enabled: true,
        rights: text(&row[4]).parse().unwrap_or_default(),
    });
    shadow.sync_sources(&sources.collect::<Vec<_>>())?;
    let Config { editions, group, .. } = config;
    Ok(Sink::open(shadow, editions.clone(), group.clone())?)
}

/// Removes a store and what SQLite keeps beside it.
fn remove(file: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove `{}`", Path::new(&name).display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What was read again goes to the live `tagged` topic, where the sink takes it in the order of the line.
fn into_store(config: &Config, live: &Store, wanted: &Wanted, json: bool) -> Result<()> {
    // A bus that is not there is told; opening it to work on it would make one.
    line::look(&config.bus)?;
    let own = !matches!(config.bus, BusConfig::Kafka(_));
    let log = line::open_log(&config.bus)?;
    let _sole = if own { Some(Sole::writer_of(&config.store)?) } else { None };
    if own {
        drain_line(config, log.as_ref())?;
    }
    let mut lane = Lane::open(config.rules.as_deref(), Classify::open(&config.classify)?)?;
    let mut sent = Sent::default();
    let mut bus = log.producer()?;
    let mut kept = Kept::open(log.as_ref(), wanted)?;
    if !own {
        replay::wait_for_line(log.as_ref())?;
    }
    while let Some(pages) = kept.next()? {
        let articles = replay::tagged(&lane.run(pages)?)?;
        sent.send(live, bus.as_mut(), articles)?;
    }
    if own {
        drain_sink(config, log.as_ref())?;
    }
    let Sent { new, corrected, same, newer } = sent;
    if json {
        let counts = json!({"new": new, "corrected": corrected, "same": same, "newer": newer});
        println!("{}", as_json(&lane, &counts));
        return Ok(());
    }
    print_lane(&lane);
    println!("  Dépôt      nouveaux {new}, corrigés {corrected}, inchangés {same}, plus récents {newer}");
    if !own {
        println!("Les articles sont sur `tagged` : l’étape `sink` les range dans l’ordre de la chaîne.");
    }
    Ok(())
}

/// Does what an earlier run left waiting, so that the first reading of every page is in the store.
fn drain_line(config: &Config, log: &dyn Connect) -> Result<()> {
    let memory = Arc::new(StageMemory::open(&config.state)?);
    drain(log, &mut Dedup::new(memory, None), false)?;
    let rules = Arc::new(Folder::open(config.rules.as_deref())?);
    drain(log, &mut Extract::new(rules), false)?;
    drain(log, &mut Classify::open(&config.classify)?, false)?;
    drain_sink(config, log)
}

fn drain_sink(config: &Config, log: &dyn Connect) -> Result<()> {
    let Config { editions, group, .. } = config.clone();
    drain(log, &mut Sink::open(line::open_store(config)?, editions, group)?, false)?;
    drain(log, &mut Trail::new(line::open_store(config)?), false)?;
    Ok(())
}

/// What ended in the lane, and why.
fn dropped(lane: &Lane) -> Vec<(&'static str, u64)> {
    let of = |(_, summary): &(&str, Summary)| summary.dropped.clone();
    lane.stages().iter().flat_map(of).map(|(reason, number)| (reason.name(), number)).collect()
}

fn dead(lane: &Lane) -> u64 {
    lane.stages().iter().map(|(_, summary)| summary.dead_lettered).sum()
}

fn articles(lane: &Lane) -> u64 {
    lane.stages().last().map_or(0, |(_, summary)| summary.forwarded)
}

fn as_json(lane: &Lane, articles_of: &serde_json::Value) -> serde_json::Value {
    let dropped: serde_json::Map<_, _> =
        dropped(lane).into_iter().map(|(reason, number)| (reason.to_owned(), number.into())).collect();
    json!({
        "pages": lane.pages(), "read": articles(lane), "dropped": dropped, "dead_letters": dead(lane),
        "articles": articles_of,
    })
}

fn print_lane(lane: &Lane) {
    println!("  Pages      {}", lane.pages());
    println!("  Articles   {}", articles(lane));
    let dropped: Vec<_> = lane.stages().iter().flat_map(|(_, summary)| &summary.dropped).collect();
    let total: u64 = dropped.iter().map(|(_, number)| **number).sum();
    let reasons: Vec<_> =
        dropped.iter().map(|(reason, number)| format!("{} {number}", words::reason(**reason))).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    println!("  Écartées   {total}{reasons}");
    if dead(lane) > 0 {
        println!("  Illisibles {}", dead(lane));
    }
}

fn print_differences(differences: &mut Differences) -> Result<()> {
    let Counts { new, missing, changed, same, newer } = differences.counts;
    println!("  Écarts     nouveaux {new}, disparus {missing}, changés {changed}, identiques {same}");
    if newer > 0 {
        println!("  À part     {newer} (le dépôt en tient un état plus récent)");
    }
    differences.each(|difference| print_difference(&difference))
}

fn told_reason(name: &str) -> &str {
    serde_json::from_value(name.into()).map_or("lettre morte", words::reason)
}

fn print_difference(difference: &Difference) {
    let word = match difference.change {
        Change::New => "nouveau",
        Change::Missing => "disparu",
        Change::Changed => "changé",
    };
    let title = difference.title.as_deref().unwrap_or("sans titre");
    let reason =
        difference.reason.as_deref().map(|name| format!(" ({})", told_reason(name))).unwrap_or_default();
    println!("\n{word:<8} {}\n  {title}{reason}", difference.url);
    for (name, field) in &difference.fields {
        let label = match name.as_str() {
            "title" => "titre",
            "authors" => "auteurs",
            "published" => "parution",
            "language" => "langue",
            "text" => "texte",
            other => other,
        };
        match field {
            Field::Text(words) => {
                println!("  {label:<9} +{} −{} mots : {}", words.added, words.removed, words.excerpt);
            }
            Field::Value { live, shadow } => {
                let told = |value: &Option<String>| {
                    value.as_ref().map_or_else(|| "rien".to_owned(), |value| format!("«\u{a0}{value}\u{a0}»"))
                };
                println!("  {label:<9} {} → {}", told(live), told(shadow));
            }
        }
    }
}

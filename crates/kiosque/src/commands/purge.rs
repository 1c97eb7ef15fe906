//! `kiosque purge`: lets go of raw pages, messages and breadcrumbs of days gone by.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use kiosque_store::Store;
use kiosque_stream::{EmbeddedLog, EmbeddedOptions, EmbeddedReader, KafkaLog};

use crate::cli::PurgeArgs;
use crate::config::{BusConfig, Config};
use crate::line::{self, GROUPS};
use crate::words;

/// Purges, and prints what went.
pub(crate) fn run(args: &PurgeArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let midnight = args.before.to_zoned(config.time_zone.clone());
    let before = midnight.context("`--before` is no day of this calendar")?.timestamp();
    // What is not there is told, not made.
    let known = Store::open_read_only(&config.store)?.count_steps_before(before)?;
    if config.bus != BusConfig::Memory && line::is_store_behind(&config, line::look(&config.bus)?.as_ref())? {
        bail!(
            "the store `{}` holds less than the bus was told of, as after a restore: the messages between are still needed\nhint: run the line (or the sink) until `kiosque status` shows no lag, then purge",
            config.store.display()
        );
    }
    let messages = messages(&config.bus, before, args.dry_run)?;
    let steps = if args.dry_run { known } else { line::open_store(&config)?.forget_steps_before(before)? };
    let done = if args.dry_run { "À effacer" } else { "Effacé" };
    println!("{done}, d’avant le {} :", kiosque_edition::long_date(args.before));
    for (topic, count) in messages.iter().filter(|(_, count)| **count > 0) {
        println!("  {topic:<12} {}", words::count(*count, "message"));
    }
    println!("  {:<12} {}", "traces", words::count(steps as u64, "étape"));
    Ok(ExitCode::SUCCESS)
}

/// What every group has read of each topic, and is older; gone now, but for a dry run.
fn messages(bus: &BusConfig, before: Timestamp, dry_run: bool) -> Result<BTreeMap<String, u64>> {
    match bus {
        BusConfig::Memory => Ok(BTreeMap::new()),
        BusConfig::Embedded { path, .. } => {
            let found = EmbeddedReader::open(path)?.purgeable(before)?;
            if !dry_run {
                // Whoever owns the log purges it: a running line does so by itself, by `bus.keep_days`.
                EmbeddedLog::open(path, EmbeddedOptions::default())?.purge(before)?;
            }
            Ok(found)
        }
        BusConfig::Kafka(kafka) => Ok(KafkaLog::open(kafka.settings()?)?.purge(&GROUPS, before, dry_run)?),
    }
}

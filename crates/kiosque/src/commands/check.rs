//! `kiosque check`: the pipeline's file first, without I/O; then what it names is tried.

mod sources;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use kiosque_classify::{WatchRule, WatchSet};
use kiosque_edition::{EditionSpec, Format, Subject};
use kiosque_extract::{RuleSet, RuleTest, SiteRule};
use kiosque_model::Article;
use kiosque_stream::{KafkaLog, TopicState};

use super::{UsageError, extract};
use crate::cli::CheckArgs;
use crate::config::{BusConfig, ClassifyConfig, Config};
use crate::stages::classify::Classify;
use crate::{batch, line, looks, rules};

/// Prints a line for everything tried.
pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let editions: Vec<_> = config.editions.iter().map(|spec| spec.name.as_str()).collect();
    println!(
        "ok  file       {}: pipeline `{}`, {} sources, editions {}",
        config.file,
        config.name,
        config.sources.len(),
        editions.join(", ")
    );
    looks::no_strangers(&config)?;
    for look in looks::looks(&config)?.values() {
        kiosque_edition::prove(look)?;
    }
    println!("ok  templates  {}", Format::built().map(Format::name).collect::<Vec<_>>().join(", "));
    if let Some(folder) = &config.rules {
        check_rules(folder)?;
    }
    check_classify(&config.classify, &config.editions)?;
    if args.offline {
        return Ok(ExitCode::SUCCESS);
    }
    if args.sources {
        sources::run(&config, args.all)?;
        return Ok(ExitCode::SUCCESS);
    }
    check_bus(&config.bus, args.create_topics)?;
    if args.create_topics {
        // Asked for by whoever prepares a broker: a source that is down is no reason against it.
        return Ok(ExitCode::SUCCESS);
    }
    let store = line::open_store(&config)?;
    println!("ok  store      {}", config.store.display());
    kiosque_store::StageMemory::open(&config.state)?;
    println!("ok  state      {}", config.state.display());
    sources::run(&config, args.all)?;
    drop(store);
    Ok(ExitCode::SUCCESS)
}

/// Opens the bus; on a broker, looks at every topic of the line, and makes those that are missing if asked to.
fn check_bus(bus: &BusConfig, create: bool) -> Result<()> {
    let kafka = match bus {
        BusConfig::Kafka(kafka) => kafka,
        BusConfig::Memory | BusConfig::Embedded { .. } if create => {
            return Err(UsageError(
                "this bus makes its topics by itself\nhint: `--create-topics` is for `bus.kind` = `kafka`"
                    .to_owned(),
            )
            .into());
        }
        BusConfig::Memory => {
            println!("ok  bus        in memory");
            return Ok(());
        }
        BusConfig::Embedded { path, .. } => {
            line::open_log(bus)?;
            println!("ok  bus        {}", path.display());
            return Ok(());
        }
    };
    let log = KafkaLog::open(kafka.settings()?)?;
    println!("ok  bus        {}", kafka.brokers());
    let states = log.check_topics(&line::broker_topics(), create)?;
    for TopicState { topic, partitions, fault, created } in &states {
        match fault {
            Some(fault) => println!("BAD topic      {topic} {fault}"),
            None if *created => println!("new topic      {topic}"),
            None => println!("ok  topic      {topic}, partitions: {partitions}"),
        }
    }
    match states.iter().filter(|state| state.fault.is_some()).count() {
        0 => Ok(()),
        faults => bail!("{faults} topics are not as they should be"),
    }
}

/// Reads the pipeline's own model and its watchlists, and looks for those that editions are made of.
fn check_classify(config: &ClassifyConfig, editions: &[EditionSpec]) -> Result<()> {
    let mut set = WatchSet::default();
    if let Some(folder) = &config.watch {
        set = rules::read(folder).inspect_err(|unusable| {
            unusable.mistakes.iter().for_each(|mistake| println!("BAD watch      {mistake}"));
        })?;
        println!("ok  watch      {}: {} rules", folder.display(), set.rules().len());
    }
    check_lists(&set, editions)?;
    Classify::open(config)?;
    if let Some(model) = &config.model {
        println!("ok  model      {}", model.display());
    }
    Ok(())
}

/// Whether the rules fill every watchlist that editions are made of.
pub(super) fn check_lists(set: &WatchSet, editions: &[EditionSpec]) -> Result<()> {
    let lists: BTreeSet<&str> = set.rules().iter().filter_map(WatchRule::watchlist).collect();
    for spec in editions {
        let gathered = spec.rubriques.iter().filter_map(|r| match &r.subject {
            Subject::Watchlist(name) => Some(name),
            Subject::Rubrique(_) => None,
        });
        if let Some(unknown) =
            spec.selection.watchlists.iter().chain(gathered).find(|list| !lists.contains(list.as_str()))
        {
            let known: Vec<_> = lists.iter().map(|list| format!("`{list}`")).collect();
            bail!(
                "the edition `{}` asks for the watchlist `{unknown}`, which no rule fills\nhint: {}",
                spec.name,
                if known.is_empty() {
                    "`classify.watch` names the folder of rules".to_owned()
                } else {
                    format!("the rules fill {}", known.join(", "))
                }
            );
        }
    }
    Ok(())
}

/// Reads the site rules, and every rule's own test pages by them.
fn check_rules(folder: &Path) -> Result<()> {
    let set: RuleSet = rules::read(folder).inspect_err(|unusable| {
        unusable.mistakes.iter().for_each(|mistake| println!("BAD rules      {mistake}"));
    })?;
    println!("ok  rules      {}: {} files", folder.display(), set.len());
    let broken = set.prove(|rule, test, set| prove(folder, (rule, test), set).map_err(|e| format!("{e:#}")));
    for rule in set.iter() {
        match broken.iter().filter(|(file, ..)| file == rule.file()).count() {
            0 => println!("ok  rule       {}, test pages: {}", rule.file(), rule.tests().len()),
            _ => {
                for (file, page, what) in broken.iter().filter(|(file, ..)| file == rule.file()) {
                    println!("BAD rule       {file}: {page}: {what}");
                }
            }
        }
    }
    if !broken.is_empty() {
        bail!(
            "{} promises of the site rules are broken\nhint: docs/site-rules.md says how a rule is tested",
            broken.len()
        );
    }
    Ok(())
}

/// A test page as it is read by the rule it belongs to.
fn prove(folder: &Path, (rule, test): (&SiteRule, &RuleTest), set: &RuleSet) -> Result<Article> {
    let page = extract::page(batch::file_bytes(&folder.join(&test.page))?, Some(&test.url))?;
    let (article, report) = kiosque_extract::extract_with(&page, set)?;
    if report.is_none_or(|report| report.file != rule.file()) {
        bail!("`{}` is of no host of this rule", test.url);
    }
    Ok(article)
}

//! `kiosque dlq`: the dead letters of the stages.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kiosque_model::topic;
use kiosque_stream::Inspect;
use kiosque_stream::dead::{self, DeadId, DeadLetter};
use serde_json::json;

use super::UsageError;
use crate::cli::{DlqArgs, DlqCommand};
use crate::config::Config;
use crate::line::{self, CRAWL, GROUPS};

/// Bytes of a value that `show` prints.
const SHOWN_BYTES: usize = 2_000;

/// Lists, shows, retries or drops.
pub(crate) fn run(command: DlqCommand) -> Result<ExitCode> {
    match command {
        DlqCommand::List(args) => list(&args)?,
        DlqCommand::Show(args) => show(&args)?,
        DlqCommand::Retry(args) => change(&args, "put back", |log, stage, ids| dead::retry(log, stage, ids))?,
        DlqCommand::Drop(args) => change(&args, "dropped", |log, stage, ids| dead::drop(log, stage, ids))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever may have dead letters, in the order of the line.
fn stages() -> impl Iterator<Item = &'static str> {
    std::iter::once(CRAWL).chain(GROUPS.map(|(stage, _)| stage))
}

/// The letters asked for, by stage.
fn letters(log: &dyn Inspect, args: &DlqArgs) -> Result<Vec<DeadLetter>> {
    let mut found = Vec::new();
    for stage in stages() {
        if args.stage.as_ref().is_none_or(|asked| asked == stage) {
            found.extend(dead::list(log, stage)?);
        }
    }
    let known = |stage: &String| stages().any(|name| name == stage);
    if let Some(stage) = args.stage.as_ref().filter(|stage| !known(stage)) {
        let names = stages().collect::<Vec<_>>().join(", ");
        return Err(UsageError(format!("there is no stage `{stage}`\nhint: stages are {names}")).into());
    }
    if !args.id.is_empty() {
        found.retain(|letter| args.id.contains(&name(letter)));
    }
    Ok(found)
}

/// What a letter is called on the command line: stage, partition and offset.
fn name(letter: &DeadLetter) -> String {
    format!("{}/{}", letter.stage, letter.id)
}

fn reader(args: &DlqArgs) -> Result<Box<dyn Inspect>> {
    line::look(&Config::load(args.pipeline.path())?.bus)
}

fn list(args: &DlqArgs) -> Result<()> {
    let log = reader(args)?;
    let letters = letters(log.as_ref(), args)?;
    for letter in &letters {
        if args.json {
            println!(
                "{}",
                json!({
                    "id": name(letter), "stage": letter.stage, "topic": topic::dead(&letter.stage),
                    "reason": letter.reason, "origin": letter.origin.as_ref().map(ToString::to_string),
                    "time": letter.time, "url": letter.url, "bytes": letter.bytes,
                })
            );
        } else {
            let url = letter.url.as_deref().unwrap_or("(no address)");
            println!("{:<16} {} bytes  {url}\n  {}", name(letter), letter.bytes, letter.reason);
        }
    }
    if letters.is_empty() && !args.json {
        println!("no dead letters");
    }
    Ok(())
}

fn show(args: &DlqArgs) -> Result<()> {
    let log = reader(args)?;
    if args.id.is_empty() {
        return Err(UsageError("which one? name it with --id, as `kiosque dlq list` does".to_owned()).into());
    }
    for letter in chosen(letters(log.as_ref(), args)?, args)? {
        let (_, envelope) = dead::show(log.as_ref(), &letter.stage, letter.id)?;
        for (header, value) in &envelope.headers {
            println!("{header}: {value}");
        }
        let shown = &envelope.value[..envelope.value.len().min(SHOWN_BYTES)];
        println!("\n{}", String::from_utf8_lossy(shown));
    }
    Ok(())
}

fn chosen(letters: Vec<DeadLetter>, args: &DlqArgs) -> Result<Vec<DeadLetter>> {
    for id in &args.id {
        if !letters.iter().any(|letter| name(letter) == *id) {
            bail!("no pending dead letter `{id}`\nhint: `kiosque dlq list` names them");
        }
    }
    Ok(letters)
}

fn change(
    args: &DlqArgs,
    done: &str,
    apply: impl Fn(&dyn kiosque_stream::Connect, &str, &[DeadId]) -> Result<(), dead::DeadError>,
) -> Result<()> {
    if args.id.is_empty() && !args.all {
        return Err(UsageError("which ones? name them with --id, or say --all".to_owned()).into());
    }
    let config = Config::load(args.pipeline.path())?;
    let log = line::open_log(&config.bus)?;
    let letters = chosen(letters(log.as_ref(), args)?, args)?;
    for stage in stages() {
        let ids: Vec<_> = letters.iter().filter(|l| l.stage == stage).map(|l| l.id).collect();
        if !ids.is_empty() {
            apply(log.as_ref(), stage, &ids).with_context(|| format!("stage `{stage}`"))?;
        }
    }
    println!("{} {done}", letters.len());
    Ok(())
}

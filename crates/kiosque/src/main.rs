//! `kiosque`: the press-review pipeline in one binary.
//!
//! The program is the match below; each arm is a file of `commands/`. Machine output goes to stdout alone,
//! logs and progress to stderr.

mod arenas;
mod batch;
mod catalogue;
mod cli;
mod commands;
mod config;
mod courier;
mod discovery;
mod gauges;
mod health;
mod invented;
mod line;
mod looks;
mod progress;
mod recipients;
mod replay;
mod rules;
mod signals;
mod stages;
mod telemetry;
mod watch;
mod words;

#[cfg(test)]
#[path = "../../../tests/faults.rs"]
mod faults;

use std::process::ExitCode;

use clap::Parser;
use kiosque_edition::EditionError;
use kiosque_store::StoreError;
use kiosque_stream::dead::DeadError;
use kiosque_stream::{BusError, RunError};

use crate::cli::{Cli, Command, EXIT_FAILED, EXIT_USAGE};

fn main() -> ExitCode {
    end_quietly_on_a_closed_pipe();
    let cli = Cli::parse();
    arenas::keep_few(&cli.command);
    if let Err(message) = telemetry::start(&cli.log, cli.log_format) {
        eprintln!("error: {message}");
        return ExitCode::from(EXIT_USAGE);
    }
    let ended = run(cli.command);
    telemetry::end();
    match ended {
        Ok(code) => code,
        Err(error) => {
            tell(&error);
            let invalid = error.downcast_ref::<config::LoadError>().is_some()
                || error.downcast_ref::<commands::UsageError>().is_some();
            ExitCode::from(if invalid { EXIT_USAGE } else { EXIT_FAILED })
        }
    }
}

/// `kiosque … | head` closes our stdout early, which is no fault: `println!` panics then, and this ends the process
/// in peace instead. Any other panic is told as usual.
fn end_quietly_on_a_closed_pipe() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let closed =
            |text: &str| text.starts_with("failed printing to stdout") && text.contains("Broken pipe");
        if panic.payload().downcast_ref::<String>().is_some_and(|text| closed(text)) {
            std::process::exit(0);
        }
        told(panic);
    }));
}

/// Says what went wrong, link by link, and then what to do. A link that only repeats the one before it is left out.
fn tell(error: &anyhow::Error) {
    let (mut said, mut hints) = (Vec::<String>::new(), Vec::new());
    for link in error.chain().map(ToString::to_string) {
        let (what, hint) =
            link.split_once("\nhint: ").map_or((link.as_str(), None), |(what, hint)| (what, Some(hint)));
        if !said.last().is_some_and(|before| before.contains(what)) {
            said.push(what.to_owned());
        }
        hints.extend(hint.map(str::to_owned));
    }
    if hints.is_empty() {
        hints.extend(hint(error).map(str::to_owned));
    }
    eprintln!("error: {}", said.join(": "));
    for hint in hints {
        eprintln!("hint: {hint}");
    }
}

/// What to do about a failure of the store or the bus, wherever in the chain it stands.
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    error.chain().find_map(|cause| {
        // Errors that only pass another one on are not links of the chain themselves: look inside.
        if let Some(DeadError::Bus(error)) = cause.downcast_ref() {
            return error.hint();
        }
        if let Some(EditionError::Store(error)) = cause.downcast_ref() {
            return error.hint();
        }
        let run = cause.downcast_ref::<RunError>().and_then(RunError::hint);
        let store = cause.downcast_ref::<StoreError>().and_then(StoreError::hint);
        run.or(store).or_else(|| cause.downcast_ref::<BusError>().and_then(BusError::hint))
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => commands::run::run(&args),
        Command::Stage(args) => commands::stage::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Status(args) => commands::status::run(&args),
        Command::Why(args) => commands::why::run(&args),
        Command::Dlq(command) => commands::dlq::run(command),
        Command::Rules(args) => commands::rules::run(&args),
        Command::Replay(args) => commands::replay::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Purge(args) => commands::purge::run(&args),
        Command::Sources(args) => commands::sources::run(args),
        Command::Edition(command) => commands::edition::run(command),
        Command::Export(args) => commands::export::run(&args),
        Command::Search(args) => commands::search::run(&args),
        Command::Query(args) => commands::query::run(&args),
        Command::Extract(args) => commands::extract::run(&args),
        Command::Classify(args) => commands::classify::run(&args),
        Command::Group(args) => commands::group::run(&args),
        Command::Links(args) => commands::links::run(&args),
        Command::Probe(args) => commands::probe::run(&args),
        Command::Robots(args) => commands::robots::run(&args),
        Command::Url(args) => commands::url::run(&args),
        Command::Train(args) => commands::train::run(&args),
        Command::Bench(args) => commands::bench::run(&args),
        Command::Backup(args) => commands::backup::run(&args),
        Command::Restore(args) => commands::backup::restore(&args),
        Command::Serve(args) => commands::serve::run(&args),
        Command::Healthy { address } => commands::healthy::run(address),
        Command::Completions { shell } => commands::completions::run(shell),
    }
}

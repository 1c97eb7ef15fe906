//! `kiosque`: the press-review pipeline in one binary.
//!
//! The program is the match below; each arm is a file of `commands/`. Machine output goes to stdout alone,
//! logs and progress to stderr.

mod batch;
mod catalogue;
mod cli;
mod commands;
mod config;
mod invented;
mod line;
mod progress;
mod signals;
mod stages;
mod telemetry;
mod words;

#[cfg(test)]
#[path = "../../../tests/faults.rs"]
mod faults;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command, EXIT_FAILED, EXIT_USAGE};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(message) = telemetry::start(&cli.log, cli.log_format) {
        eprintln!("error: {message}");
        return ExitCode::from(EXIT_USAGE);
    }
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            if let Some(hint) = hint(&error) {
                eprintln!("hint: {hint}");
            }
            let invalid = error.downcast_ref::<config::LoadError>().is_some()
                || error.downcast_ref::<commands::UsageError>().is_some();
            ExitCode::from(if invalid { EXIT_USAGE } else { EXIT_FAILED })
        }
    }
}

/// What to do about a failure of the store or the bus, wherever in the chain it stands.
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    error.chain().find_map(|cause| {
        let of_store =
            cause.downcast_ref::<kiosque_store::StoreError>().and_then(kiosque_store::StoreError::hint);
        of_store.or_else(|| {
            cause.downcast_ref::<kiosque_stream::BusError>().and_then(kiosque_stream::BusError::hint)
        })
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(args) => commands::run::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Status(args) => commands::status::run(&args),
        Command::Why(args) => commands::why::run(&args),
        Command::Dlq(command) => commands::dlq::run(command),
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
        Command::Serve(args) => commands::serve::run(&args),
        Command::Completions { shell } => commands::completions::run(shell),
    }
}

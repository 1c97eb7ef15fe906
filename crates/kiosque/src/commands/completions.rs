//! `kiosque completions SHELL`: a completion script on stdout.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;

/// Prints the script.
pub(crate) fn run(shell: Shell) -> anyhow::Result<ExitCode> {
    clap_complete::generate(shell, &mut Cli::command(), "kiosque", &mut std::io::stdout());
    Ok(ExitCode::SUCCESS)
}

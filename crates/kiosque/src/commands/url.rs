//! `kiosque url URL…`: the canonical form of each, a line each.

use std::process::ExitCode;

use kiosque_model::CanonicalUrl;

use crate::cli::{EXIT_FAILED, UrlArgs};

/// Prints a line for every address; one that is none leaves an empty line, is told on stderr, and fails the command.
pub(crate) fn run(args: &UrlArgs) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for url in &args.urls {
        match CanonicalUrl::parse(url) {
            Ok(canonical) => println!("{canonical}"),
            Err(error) => {
                println!();
                eprintln!("error: {error}");
                code = ExitCode::from(EXIT_FAILED);
            }
        }
    }
    Ok(code)
}

//! `kiosque robots --file F --agent A URL`: what a robots.txt says of an address.

use std::process::ExitCode;

use crate::batch;
use crate::cli::{EXIT_FAILED, RobotsArgs};

/// Prints `allowed` or `disallowed` alone; exit status 0 or 1.
pub(crate) fn run(args: &RobotsArgs) -> anyhow::Result<ExitCode> {
    let robots = batch::file_bytes(&args.file)?;
    let allowed = kiosque_crawl::robots_allowed(&robots, &args.agent, &args.url);
    println!("{}", if allowed { "allowed" } else { "disallowed" });
    Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FAILED) })
}

//! `kiosque export`: an edition in a format readers use.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::Timestamp;
use kiosque_edition::{Format, GroupBy, usual_mode};
use kiosque_store::{Distribution, Store};

use super::edition::{issue, law};
use super::{UsageError, edition};
use crate::cli::ExportArgs;
use crate::config::Config;
use crate::{line, looks};

/// Renders from the store, to a file or stdout.
pub(crate) fn run(args: &ExportArgs) -> Result<ExitCode> {
    let format: Format =
        args.format.parse().map_err(|e: kiosque_edition::EditionError| UsageError(e.to_string()))?;
    let config = Config::load(args.pipeline.path())?;
    let store = Store::open_read_only(&config.store)?;
    let found = edition::stored(&config, &store, args.edition.as_deref(), args.date)?;
    let spec = edition::spec(&config, Some(&found.name))?;
    let found =
        law::lawful((&config, &store), spec, &found, args.mode.unwrap_or_else(|| usual_mode(&found, spec)))?;
    let look = looks::look(&config, &found.name)?;
    let by = GroupBy::from(args.by);
    let bytes = issue::rendered(&config, &look, (&found, by), format)?;
    // Opened before anything is handed out: what cannot be declared is not distributed.
    let ledger =
        args.recipients.map(|recipients| Ok::<_, anyhow::Error>((recipients, line::open_store(&config)?)));
    let ledger = ledger.transpose()?;
    match &args.out {
        Some(path) => edition::write_if_changed(path, &bytes)?,
        None => std::io::stdout().write_all(&bytes).context("cannot write to stdout")?,
    }
    if let Some((recipients, ledger)) = ledger {
        let by_paper = format.tells_papers(by);
        let channel = format.name().to_owned();
        let how = Distribution { channel, recipients, by_paper, at: Timestamp::now() };
        ledger.distribute(&format.printed(&found, by), &how)?;
    }
    Ok(ExitCode::SUCCESS)
}

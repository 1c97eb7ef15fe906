//! `kiosque export`: an edition in a format readers use.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result};
use kiosque_edition::{Format, GroupBy};
use kiosque_store::Store;

use super::{UsageError, edition};
use crate::cli::ExportArgs;
use crate::config::Config;
use crate::looks;

/// Renders from the store, to a file or stdout.
pub(crate) fn run(args: &ExportArgs) -> Result<ExitCode> {
    let format: Format =
        args.format.parse().map_err(|e: kiosque_edition::EditionError| UsageError(e.to_string()))?;
    let config = Config::load(args.pipeline.path())?;
    let store = Store::open_read_only(&config.store)?;
    let found = edition::stored(&config, &store, args.edition.as_deref(), args.date)?;
    let look = looks::look(&config, &found.name)?;
    let by = GroupBy::from(args.by);
    let bytes = match (format, &config.mail) {
        (Format::Eml, Some(mail)) => kiosque_edition::render_mail(&look, &found, by, &mail.envelope)?,
        _ => kiosque_edition::render_with(&look, &found, format, by)?,
    };
    match &args.out {
        Some(path) => edition::write_if_changed(path, &bytes)?,
        None => std::io::stdout().write_all(&bytes).context("cannot write to stdout")?,
    }
    Ok(ExitCode::SUCCESS)
}

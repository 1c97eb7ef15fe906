//! `kiosque backup` and `restore`: a copy of the store, while it is written, and back.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use kiosque_store::Store;

use crate::cli::{BackupArgs, pipeline_and_word};
use crate::config::Config;
use crate::line;

/// Brings a backup, once it is known to be sound, to the place of the store.
pub(crate) fn restore(args: &BackupArgs) -> Result<ExitCode> {
    let (pipeline, file) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    // Whoever owns the bus writes the store: opening it proves that the line has ended.
    let _line_has_ended = line::open_log(&config.bus)?;
    Store::restore(Path::new(file), &config.store)?;
    Ok(ExitCode::SUCCESS)
}

/// Copies the store as it is at this moment.
pub(crate) fn run(args: &BackupArgs) -> Result<ExitCode> {
    let (pipeline, file) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    Store::open_read_only(&config.store)?.backup(Path::new(file))?;
    Ok(ExitCode::SUCCESS)
}

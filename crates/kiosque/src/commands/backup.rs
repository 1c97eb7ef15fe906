//! `kiosque backup`: a copy of the store, while it is written.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use kiosque_store::Store;

use crate::cli::{BackupArgs, pipeline_and_word};
use crate::config::Config;

/// Copies the store as it is at this moment.
pub(crate) fn run(args: &BackupArgs) -> Result<ExitCode> {
    let (pipeline, file) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    Store::open_read_only(&config.store)?.backup(Path::new(file))?;
    Ok(ExitCode::SUCCESS)
}

//! `kiosque backup` and `restore`: a copy of the store, while it is written, and back.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use kiosque_store::Store;

use crate::cli::{BackupArgs, pipeline_and_word};
use crate::config::{BusConfig, Config};
use crate::line::{self, Sole};

/// Brings a backup, once it is known to be sound, to the place of the store.
pub(crate) fn restore(args: &BackupArgs) -> Result<ExitCode> {
    let (pipeline, file) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    // A line that owns its bus writes the store, and so does a sink: holding both places proves that they have ended.
    let _line_has_ended = match &config.bus {
        BusConfig::Embedded { .. } => Some(line::open_log(&config.bus)?),
        BusConfig::Memory | BusConfig::Kafka(_) => None,
    };
    let _sole = Sole::writer_of(&config.store)?;
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

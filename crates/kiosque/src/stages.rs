//! The stages: thin adapters that join a pure room to the bus and the store.
//!
//! Each decides, exhaustively, what becomes of a message and whether a failure is the world's or the message's.

pub(crate) mod archive;
pub(crate) mod classify;
pub(crate) mod crawl;
pub(crate) mod dedup;
pub(crate) mod extract;
pub(crate) mod shared;
pub(crate) mod sink;
pub(crate) mod trail;

use kiosque_store::{Batch, Store, StoreError};
use kiosque_stream::{Failure, Progress};

/// A store that cannot be written is the world's fault, never a message's: an outage empties no topic into
/// the dead letters.
fn outage(error: &StoreError) -> Failure {
    let hint = error.hint().map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
    Failure::Transient(format!("{error}{hint}"))
}

/// Where the store says a stage is.
fn resume(store: &Store, stage: &str) -> Result<Option<Progress>, Failure> {
    let checkpoints = store.checkpoints(stage).map_err(|e| outage(&e))?;
    let position = |(topic, partition, next): (String, i32, i64)| {
        Some((topic, u32::try_from(partition).ok()?, u64::try_from(next).ok()?))
    };
    Ok(Some(checkpoints.into_iter().filter_map(position).collect()))
}

/// Writes down how far a stage is, in the transaction of its rows. The columns are SQLite's signed integers; a
/// log that outgrew them would have run for longer than there have been logs.
fn checkpoint(batch: &mut Batch<'_>, stage: &str, progress: &Progress) -> Result<(), StoreError> {
    for (topic, partition, next) in progress.iter() {
        let partition = i32::try_from(partition).unwrap_or(i32::MAX);
        batch.checkpoint(stage, topic, partition, i64::try_from(next).unwrap_or(i64::MAX))?;
    }
    Ok(())
}

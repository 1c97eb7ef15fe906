//! A look at an embedded log from another process than its owner's: `status` and the list of dead letters
//! work while the line runs.
//!
//! It takes no lock and changes nothing; each answer is what the file held at that moment.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use super::{fault, schema, table};
use crate::log::PARTITION;
use crate::{BusError, Delivery, Inspect, Progress};

/// A reader of the log in a file.
pub struct EmbeddedReader {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl EmbeddedReader {
    /// Opens the log at `path` to look at it, whoever owns it.
    ///
    /// # Errors
    /// [`BusError::Storage`] where there is no file, or it is no log.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, BusError> {
        let path = path.as_ref().to_owned();
        let connection = Mutex::new(schema::reader(&path)?);
        Ok(Self { path, connection })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked<T>(&self, result: rusqlite::Result<T>) -> Result<T, BusError> {
        result.map_err(|error| fault::sqlite(&self.path, "read", error))
    }

    /// The id of a topic's lane, its first offset and its next.
    fn lane(&self, topic: &str) -> Result<Option<(i64, u64, u64)>, BusError> {
        let connection = self.connection();
        let found = connection
            .query_row(
                "SELECT id, next, (SELECT min(log.id) FROM log WHERE log.id >= lanes.id << 40
                                     AND log.id < (lanes.id + 1) << 40)
                 FROM lanes WHERE topic = ?1 AND partition = ?2",
                params![topic, PARTITION],
                |row| {
                    let (next, first) = (schema::count(row, 1)?, row.get::<_, Option<i64>>(2)?);
                    Ok((row.get(0)?, first.map_or(next, schema::offset_of), next))
                },
            )
            .optional();
        self.asked(found)
    }
}

impl Inspect for EmbeddedReader {
    fn topics(&self) -> Result<Vec<String>, BusError> {
        let connection = self.connection();
        let topics = connection.prepare("SELECT topic FROM lanes ORDER BY topic").and_then(|mut select| {
            select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
        });
        self.asked(topics)
    }

    fn depth(&self, topic: &str) -> Result<u64, BusError> {
        Ok(self.lane(topic)?.map_or(0, |(_, first, next)| next - first))
    }

    fn lag(&self, group: &str, topic: &str) -> Result<u64, BusError> {
        let Some((lane, first, next)) = self.lane(topic)? else { return Ok(0) };
        let committed = self
            .connection()
            .query_row(
                "SELECT next FROM positions WHERE consumer = ?1 AND lane = ?2",
                params![group, lane],
                |row| schema::count(row, 0),
            )
            .optional();
        let committed: u64 = self.asked(committed)?.unwrap_or_default();
        Ok(next.saturating_sub(committed.max(first)))
    }

    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        let from = from.next(topic, PARTITION).unwrap_or_default();
        table::read(&self.path, &self.connection(), topic, from, max)
    }
}

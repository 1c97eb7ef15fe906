//! Reading the embedded log: by its consumers, and by other processes that only look.
//!
//! Readers take no lock and change nothing, so `status` and the list of dead letters work from another
//! process while the line runs; each answer is what the file held at that moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kiosque_model::Envelope;
use rusqlite::{Connection, OptionalExtension, Row, params};
use zstd::bulk::Decompressor;

use super::{fault, purge, schema};
use crate::log::{PARTITION, READ_BYTES};
use crate::{BusError, Delivery, Inspect, Position, Progress};

/// No message is larger than this many bytes; a damaged size must not ask for all the memory there is.
const LARGEST: usize = 1 << 31;

/// What one consumer reads with.
pub(super) struct Reader {
    path: PathBuf,
    connection: Connection,
    decompressor: Decompressor<'static>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, BusError> {
        let connection = schema::reader(path)?;
        let decompressor = Decompressor::new().map_err(|error| fault::memory(path, error))?;
        Ok(Self { path: path.to_owned(), connection, decompressor })
    }

    /// Messages of a topic from offset `from` on. It asks the file which lane that is rather than the writer,
    /// who may be waiting for the disk.
    pub(super) fn read(&mut self, topic: &str, from: u64, max: usize) -> Result<Vec<Delivery>, BusError> {
        let failed = |error| fault::sqlite(&self.path, "read", error);
        let lane: Option<i64> = self
            .connection
            .prepare_cached("SELECT id FROM lanes WHERE topic = ?1 AND partition = ?2")
            .and_then(|mut sql| sql.query_row(params![topic, PARTITION], |row| row.get(0)).optional())
            .map_err(failed)?;
        let Some(lane) = lane else { return Ok(Vec::new()) };
        let mut select = self
            .connection
            .prepare_cached(
                "SELECT id, key, headers, size, value FROM log
                 WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3",
            )
            .map_err(failed)?;
        let (start, end) = (schema::message_id(lane, from), schema::message_id(lane + 1, 0));
        let mut rows = select.query([start, end, schema::stored(max as u64)]).map_err(failed)?;
        let mut found = Vec::new();
        let mut bytes = 0_usize;
        while let Some(row) = rows.next().map_err(failed)? {
            let size = usize::try_from(schema::count(row, 3).map_err(failed)?).unwrap_or(usize::MAX);
            bytes = bytes.saturating_add(size);
            if bytes > READ_BYTES && !found.is_empty() {
                break;
            }
            if size > LARGEST {
                return Err(fault::damaged(&self.path, format!("a message of `{size}` bytes")));
            }
            found.push(unpack(&self.path, &mut self.decompressor, row, topic, size)?);
        }
        Ok(found)
    }
}

fn unpack(
    path: &Path,
    decompressor: &mut Decompressor<'static>,
    row: &Row<'_>,
    topic: &str,
    size: usize,
) -> Result<Delivery, BusError> {
    let failed = |error| fault::sqlite(path, "read", error);
    let headers = row.get_ref(2).and_then(|text| Ok(text.as_str()?)).map_err(failed)?;
    let headers = serde_json::from_str(headers).map_err(|error| fault::damaged(path, error))?;
    let packed = row.get_ref(4).and_then(|blob| Ok(blob.as_blob()?)).map_err(failed)?;
    let value = decompressor.decompress(packed, size).map_err(|error| fault::damaged(path, error))?;
    let id: i64 = row.get(0).map_err(failed)?;
    let key = row.get(1).map_err(failed)?;
    Ok(Delivery {
        topic: topic.to_owned(),
        partition: PARTITION,
        offset: schema::offset_of(id),
        envelope: Envelope { key, headers, value },
    })
}

/// A look at the log in a file, whoever owns it.
pub struct EmbeddedReader {
    path: PathBuf,
    reader: Mutex<Reader>,
}

impl EmbeddedReader {
    /// Opens the log at `path` to look at it, whoever owns it.
    ///
    /// # Errors
    /// [`BusError::Storage`] where there is no file, or it is no log.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, BusError> {
        let path = path.as_ref().to_owned();
        let reader = Mutex::new(Reader::open(&path)?);
        Ok(Self { path, reader })
    }

    /// How many messages of each topic [`crate::EmbeddedLog::purge`] would delete now.
    ///
    /// # Errors
    /// [`BusError::Storage`] where the file cannot be read.
    pub fn purgeable(&self, before: Timestamp) -> Result<BTreeMap<String, u64>, BusError> {
        let mut found = BTreeMap::new();
        for topic in self.topics()? {
            let Some((lane, _, _)) = self.lane(&topic)? else { continue };
            let count = self.asked(purge::count(&self.reader().connection, lane, before))?;
            found.insert(topic, count);
        }
        Ok(found)
    }

    fn reader(&self) -> MutexGuard<'_, Reader> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked<T>(&self, result: rusqlite::Result<T>) -> Result<T, BusError> {
        result.map_err(|error| fault::sqlite(&self.path, "read", error))
    }

    /// The id of a topic's lane, its first offset and its next.
    fn lane(&self, topic: &str) -> Result<Option<(i64, u64, u64)>, BusError> {
        let reader = self.reader();
        let found = reader
            .connection
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
        let reader = self.reader();
        let select = reader.connection.prepare("SELECT DISTINCT topic FROM lanes ORDER BY topic");
        let topics = select.and_then(|mut select| {
            select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
        });
        self.asked(topics)
    }

    fn depth(&self, topic: &str) -> Result<u64, BusError> {
        Ok(self.lane(topic)?.map_or(0, |(_, first, next)| next - first))
    }

    fn positions(&self, group: &str, topic: &str) -> Result<Vec<Position>, BusError> {
        let Some((lane, first, next)) = self.lane(topic)? else { return Ok(Vec::new()) };
        let committed = self
            .reader()
            .connection
            .query_row(
                "SELECT next FROM positions WHERE consumer = ?1 AND lane = ?2",
                params![group, lane],
                |row| schema::count(row, 0),
            )
            .optional();
        Ok(vec![Position { partition: PARTITION, first, next, committed: self.asked(committed)? }])
    }

    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        let from = from.next(topic, PARTITION).unwrap_or_default();
        self.reader().read(topic, from, max)
    }
}

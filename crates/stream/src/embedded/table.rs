//! Messages and positions in the tables of the embedded log.
//!
//! One writer behind a mutex, one reading connection for each consumer: in WAL mode reading and writing do
//! not wait for each other. Values are compressed by the sender's thread before the mutex is taken.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kiosque_model::Envelope;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use zstd::bulk::Compressor;

use super::lock::Lock;
use super::reader::Reader;
use super::{fault, purge, schema};
use crate::ledger::Extent;
use crate::log::{PARTITION, Storage};
use crate::{BusError, Delivery};

/// Fast, and still a fifth of an HTML page's size.
const ZSTD_LEVEL: i32 = 1;

/// Positions as read from the file: next offset by group and topic.
type Positions = BTreeMap<(String, String), u64>;

/// The file.
pub(super) struct Table {
    path: PathBuf,
    writer: Mutex<Writer>,
    _lock: Lock,
}

struct Writer {
    connection: Connection,
    lanes: HashMap<String, Lane>,
}

/// One partition of one topic.
#[derive(Clone, Copy)]
struct Lane {
    id: i64,
    next: u64,
}

/// A message ready to be written.
pub(super) struct Packed {
    key: String,
    headers: String,
    size: usize,
    value: Vec<u8>,
}

impl Table {
    /// Opens or makes the file; also gives how far its topics and groups are.
    pub(super) fn open(path: &Path) -> Result<(Self, BTreeMap<String, Extent>, Positions), BusError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| fault::access(folder, error))?;
        }
        let lock = Lock::open(path)?;
        let connection = schema::writer(path)?;
        let read = |error| fault::sqlite(path, "read", error);
        let lanes = lanes(&connection).map_err(read)?;
        let extents = extents(&connection, &lanes).map_err(read)?;
        let positions = positions(&connection).map_err(read)?;
        let writer = Mutex::new(Writer { connection, lanes });
        Ok((Self { path: path.to_owned(), writer, _lock: lock }, extents, positions))
    }

    /// A thread that panicked while it wrote has rolled its transaction back.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written<T>(&self, result: rusqlite::Result<T>) -> Result<T, BusError> {
        result.map_err(|error| fault::sqlite(&self.path, "written", error))
    }

    /// Deletes what is older than `before` and committed by every reader of the topic, where there is one.
    /// Gives the topic's new beginning and the number deleted.
    pub(super) fn purge(&self, topic: &str, before: Timestamp) -> Result<Option<(u64, u64)>, BusError> {
        let mut writer = self.writer();
        let Some(lane) = writer.lanes.get(topic).copied() else { return Ok(None) };
        self.written(purge::purge(&mut writer.connection, lane.id, before))
    }
}

impl Storage for Table {
    type Packed = Packed;
    type Packer = Compressor<'static>;
    type Reader = Reader;

    fn packer(&self) -> Result<Compressor<'static>, BusError> {
        Compressor::new(ZSTD_LEVEL).map_err(|error| fault::memory(&self.path, error))
    }

    fn pack(&self, packer: &mut Compressor<'static>, envelope: Envelope) -> Result<Packed, BusError> {
        let mut value = packer.compress(&envelope.value).map_err(|error| fault::memory(&self.path, error))?;
        // The compressor makes room for what cannot be compressed, and a batch of these waits for its flush.
        value.shrink_to_fit();
        let headers = serde_json::to_string(&envelope.headers).expect("pairs of strings are JSON");
        Ok(Packed { key: envelope.key, headers, size: envelope.value.len(), value })
    }

    fn append(&self, batch: &mut Vec<(String, Packed)>) -> Result<Vec<(String, u64)>, BusError> {
        let mut writer = self.writer();
        let Writer { connection, lanes } = &mut *writer;
        let touched = self.written(append(connection, lanes, batch))?;
        batch.clear();
        let ends = touched.iter().map(|(topic, lane)| (topic.clone(), lane.next)).collect();
        lanes.extend(touched);
        Ok(ends)
    }

    fn reader(&self) -> Result<Reader, BusError> {
        Reader::open(&self.path)
    }

    fn read(
        &self,
        reader: &mut Reader,
        topic: &str,
        from: u64,
        max: usize,
    ) -> Result<Vec<Delivery>, BusError> {
        reader.read(topic, from, max)
    }

    fn commit(&self, group: &str, topic: &str, next: u64) -> Result<(), BusError> {
        let writer = self.writer();
        let Some(lane) = writer.lanes.get(topic) else { return Ok(()) };
        let committed = writer.connection.prepare_cached(
            "INSERT INTO positions (consumer, lane, next) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET next = max(next, excluded.next)",
        );
        self.written(
            committed.and_then(|mut sql| sql.execute(params![group, lane.id, schema::stored(next)])),
        )?;
        Ok(())
    }
}

/// Writes the batch in one transaction and gives the lanes it touched, as they are after it.
fn append(
    connection: &mut Connection,
    lanes: &HashMap<String, Lane>,
    batch: &[(String, Packed)],
) -> rusqlite::Result<HashMap<String, Lane>> {
    let at_ms = Timestamp::now().as_millisecond();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut touched: HashMap<String, Lane> = HashMap::new();
    {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO log (id, at_ms, key, headers, size, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (topic, message) in batch {
            if !touched.contains_key(topic) {
                let lane = lanes.get(topic).copied().map_or_else(|| new_lane(&transaction, topic), Ok)?;
                touched.insert(topic.clone(), lane);
            }
            let Some(lane) = touched.get_mut(topic) else { continue };
            let id = schema::message_id(lane.id, lane.next);
            let size = schema::stored(message.size as u64);
            insert.execute(params![id, at_ms, message.key, message.headers, size, message.value])?;
            lane.next += 1;
        }
        let mut update = transaction.prepare_cached("UPDATE lanes SET next = ?2 WHERE id = ?1")?;
        for lane in touched.values() {
            update.execute([lane.id, schema::stored(lane.next)])?;
        }
    }
    transaction.commit()?;
    Ok(touched)
}

fn new_lane(transaction: &Transaction<'_>, topic: &str) -> rusqlite::Result<Lane> {
    transaction.execute(
        "INSERT INTO lanes (topic, partition, next) VALUES (?1, ?2, 0)",
        params![topic, PARTITION],
    )?;
    Ok(Lane { id: transaction.last_insert_rowid(), next: 0 })
}

fn lanes(connection: &Connection) -> rusqlite::Result<HashMap<String, Lane>> {
    connection
        .prepare("SELECT topic, id, next FROM lanes")?
        .query_map([], |row| Ok((row.get(0)?, Lane { id: row.get(1)?, next: schema::count(row, 2)? })))?
        .collect()
}

fn extents(
    connection: &Connection,
    lanes: &HashMap<String, Lane>,
) -> rusqlite::Result<BTreeMap<String, Extent>> {
    let mut first = connection.prepare("SELECT min(id) FROM log WHERE id >= ?1 AND id < ?2")?;
    lanes
        .iter()
        .map(|(topic, lane)| {
            let bounds = [schema::message_id(lane.id, 0), schema::message_id(lane.id + 1, 0)];
            let first: Option<i64> = first.query_row(bounds, |row| row.get(0))?;
            let first = first.map_or(lane.next, schema::offset_of);
            Ok((topic.clone(), Extent { first, next: lane.next }))
        })
        .collect()
}

fn positions(connection: &Connection) -> rusqlite::Result<Positions> {
    connection
        .prepare("SELECT consumer, topic, positions.next FROM positions JOIN lanes ON lanes.id = lane")?
        .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), schema::count(row, 2)?)))?
        .collect()
}

#[cfg(test)]
impl Table {
    /// Stands for a disk with room for so many pages.
    pub(super) fn limit_pages(&self, pages: i64) {
        let writer = self.writer();
        writer.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    }
}

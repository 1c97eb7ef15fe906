//! The tables of the embedded log, and how a connection to them is set up.
//!
//! A *lane* is one partition of one topic. A message's id is `lane << 40 | offset`, so a lane lies together
//! in the table and is read by a range of the primary key; no other index is kept. `lanes.next` remembers the
//! end of a lane whose messages were purged: an offset is never used twice.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row};

use super::fault;
use crate::BusError;

/// `kios`, so that no other program's database is taken for a log.
const APPLICATION_ID: i64 = 0x6b69_6f73;
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE lanes (
        id INTEGER PRIMARY KEY,
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        next INTEGER NOT NULL,
        UNIQUE (topic, partition)
    ) STRICT;
    CREATE TABLE log (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        key TEXT NOT NULL,
        headers TEXT NOT NULL,
        size INTEGER NOT NULL,
        value BLOB NOT NULL
    ) STRICT;
    CREATE TABLE positions (
        consumer TEXT NOT NULL,
        lane INTEGER NOT NULL REFERENCES lanes (id),
        next INTEGER NOT NULL,
        PRIMARY KEY (consumer, lane)
    ) STRICT, WITHOUT ROWID;
";

const OFFSET_BITS: u32 = 40;

/// The id of the message at `offset` of a lane; at most 2^40 messages a lane, a thousand a second for 34 years.
pub(super) fn message_id(lane: i64, offset: u64) -> i64 {
    (lane << OFFSET_BITS) | stored(offset).min((1 << OFFSET_BITS) - 1)
}

/// The offset in a message's id.
pub(super) fn offset_of(id: i64) -> u64 {
    u64::try_from(id & ((1 << OFFSET_BITS) - 1)).unwrap_or_default()
}

/// A count or offset as SQLite stores it: its integers have a sign.
pub(super) fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count or offset as read; a negative one is an error.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

/// Opens the file for its one writer, making it and its tables where it is new.
pub(super) fn writer(path: &Path) -> Result<Connection, BusError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| fault::sqlite(path, "opened", error))?;
    let opened = |error| fault::sqlite(path, "opened", error);
    patient(&connection).map_err(opened)?;
    let fresh: bool = connection
        .query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
        .map_err(opened)?;
    if !fresh {
        check(path, &connection)?;
    }
    durable(&connection).map_err(opened)?;
    if fresh {
        create(&connection).map_err(opened)?;
    }
    Ok(connection)
}

/// Opens an existing file for reading.
pub(super) fn reader(path: &Path) -> Result<Connection, BusError> {
    // Read and write, because a reader of a WAL database takes part in its shared memory.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = |error| fault::sqlite(path, "opened", error);
    let connection = Connection::open_with_flags(path, flags).map_err(opened)?;
    patient(&connection).map_err(opened)?;
    connection.pragma_update(None, "query_only", true).map_err(opened)?;
    check(path, &connection)?;
    Ok(connection)
}

/// Readers and the writer of one process step on each other only for moments.
fn patient(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))
}

fn durable(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    // FULL, not NORMAL: after a power cut NORMAL may have forgotten the last messages, and would give their
    // offsets to others, which a sink's own checkpoint then skips.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 4_000, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))
}

/// Version and tables in one transaction, so that a crash leaves an empty file or a whole one.
fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE;
         PRAGMA application_id = {APPLICATION_ID};
         PRAGMA user_version = {VERSION};
         {TABLES}
         COMMIT;"
    ))
}

fn check(path: &Path, connection: &Connection) -> Result<(), BusError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let read = |error| fault::sqlite(path, "opened", error);
    if pragma("application_id").map_err(read)? != APPLICATION_ID {
        return Err(fault::foreign(path));
    }
    match pragma("user_version").map_err(read)? {
        VERSION => Ok(()),
        version => Err(fault::newer(path, version)),
    }
}

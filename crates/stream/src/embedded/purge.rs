//! Deleting what is old and read by everybody.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::schema;

/// Which messages of a lane may go: ids from the first up to and without the second. None where nobody reads the
/// lane.
fn range(connection: &Connection, lane: i64, before: Timestamp) -> rusqlite::Result<Option<(i64, i64)>> {
    let committed = connection
        .query_row("SELECT min(next) FROM positions WHERE lane = ?1 HAVING count(*) > 0", [lane], |row| {
            schema::count(row, 0)
        })
        .optional()?;
    let Some(committed) = committed else { return Ok(None) };
    let (start, end) = (schema::message_id(lane, 0), schema::message_id(lane, committed));
    let young: Option<i64> = connection
        .query_row(
            "SELECT id FROM log WHERE id >= ?1 AND id < ?2 AND at_ms >= ?3 ORDER BY id LIMIT 1",
            params![start, end, before.as_millisecond()],
            |row| row.get(0),
        )
        .optional()?;
    Ok(Some((start, young.unwrap_or(end))))
}

/// How many messages of a lane [`purge`] would delete.
pub(super) fn count(connection: &Connection, lane: i64, before: Timestamp) -> rusqlite::Result<u64> {
    let Some((start, end)) = range(connection, lane, before)? else { return Ok(0) };
    connection.query_row("SELECT count(*) FROM log WHERE id >= ?1 AND id < ?2", [start, end], |row| {
        schema::count(row, 0)
    })
}

/// Deletes them; gives the lane's new beginning and how many went.
pub(super) fn purge(
    connection: &mut Connection,
    lane: i64,
    before: Timestamp,
) -> rusqlite::Result<Option<(u64, u64)>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some((start, end)) = range(&transaction, lane, before)? else { return Ok(None) };
    let deleted = transaction.execute("DELETE FROM log WHERE id >= ?1 AND id < ?2", [start, end])?;
    transaction.commit()?;
    Ok(Some((schema::offset_of(end), deleted as u64)))
}

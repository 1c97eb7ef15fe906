//! Analysts' SQL: on a connection of its own that can only read, for a limited time and number of rows.

use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};
use serde_json::Value;

use crate::{Store, StoreError};

/// How much a query may take.
#[derive(Debug, Clone)]
pub struct QueryLimits {
    /// Rows beyond these are left out, and [`Rows::truncated`] says so.
    pub max_rows: usize,
    /// The query is stopped after this.
    pub time_limit: Duration,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { max_rows: 100_000, time_limit: Duration::from_secs(30) }
    }
}

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows; blobs are given as hex digits.
    pub rows: Vec<Vec<Value>>,
    /// Whether there were more rows than may be given.
    pub truncated: bool,
}

impl Store {
    /// Runs one reading statement with the default limits.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] for a statement that writes, [`StoreError::BadQuery`] for one that is not understood,
    /// [`StoreError::TimeLimit`] for one that takes too long.
    pub fn query(&self, sql: &str) -> Result<Rows, StoreError> {
        self.query_with(sql, &QueryLimits::default())
    }

    /// Runs one reading statement.
    ///
    /// # Errors
    /// As [`Store::query`].
    pub fn query_with(&self, sql: &str, limits: &QueryLimits) -> Result<Rows, StoreError> {
        let path = &self.database.path;
        let reader = Self::open_read_only(path)?;
        let until = Instant::now() + limits.time_limit;
        reader.database.run(|c| {
            c.authorizer(Some(only_reading))?;
            c.progress_handler(10_000, Some(move || Instant::now() >= until))
        })?;
        read(&reader.database.connection, sql, limits.max_rows).map_err(|e| match e.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => {
                StoreError::TimeLimit { limit_ms: limits.time_limit.as_millis() }
            }
            Some(ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly) => StoreError::ReadOnly {
                path: path.clone(),
                said: "the statement does more than read".to_owned(),
            },
            Some(ErrorCode::Unknown | ErrorCode::ApiMisuse) => StoreError::BadQuery { said: words_of(&e) },
            Some(_) => StoreError::at(path, e),
            None => StoreError::BadQuery { said: e.to_string().to_lowercase() },
        })
    }
}

/// SQLite's own words, without the statement they are about.
fn words_of(e: &rusqlite::Error) -> String {
    match e {
        rusqlite::Error::SqlInputError { msg, offset, .. } => format!("{msg} (at character {offset})"),
        rusqlite::Error::SqliteFailure(_, Some(said)) => said.clone(),
        other => other.to_string(),
    }
}

/// Nothing but reading, so that neither `ATTACH` nor a pragma leads to another file or changes this one.
fn only_reading(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Function { function_name } if function_name != "load_extension" => Authorization::Allow,
        AuthAction::Pragma { pragma_name, .. }
            if [
                "table_info",
                "table_xinfo",
                "table_list",
                "index_list",
                "foreign_key_list",
                "data_version",
            ]
            .contains(&pragma_name) =>
        {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

pub(crate) fn read(c: &Connection, sql: &str, max_rows: usize) -> rusqlite::Result<Rows> {
    if sql.trim().is_empty() {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let mut statement = c.prepare(sql)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut out = Rows { columns, rows: Vec::new(), truncated: false };
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if out.rows.len() == max_rows {
            out.truncated = true;
            break;
        }
        let values = (0..out.columns.len()).map(|i| row.get_ref(i).map(json));
        out.rows.push(values.collect::<Result<_, _>>()?);
    }
    Ok(out)
}

fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
    }
}

impl Rows {
    /// The rows as CSV (RFC 4180) with a line of names first; an absent value is an empty field.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let lines = std::iter::once(self.columns.clone())
            .chain(self.rows.iter().map(|row| row.iter().map(field).collect::<Vec<String>>()));
        for line in lines {
            writer.write_record(&line).expect("all rows have as many fields as there are columns");
        }
        let bytes = writer.into_inner().expect("writing to memory does not fail");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Text as a cell of a table that people open: one that begins like a formula gets an apostrophe before it, because a
/// spreadsheet would run it otherwise.
#[must_use]
pub fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// A value as text: strings as they are, nothing for null.
fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx"] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        assert_eq!(inert("a=b"), "a=b");
    }
}

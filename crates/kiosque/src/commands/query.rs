//! `kiosque query`: read-only SQL on the store.

use std::process::ExitCode;

use anyhow::Result;
use comfy_table::{Table, presets};
use kiosque_store::{Rows, Store};
use serde_json::{Map, Value};

use crate::cli::{QueryArgs, RowFormat, pipeline_and_word};
use crate::config::Config;

/// Prints the rows.
pub(crate) fn run(args: &QueryArgs) -> Result<ExitCode> {
    let (pipeline, sql) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    let rows = Store::open_read_only(&config.store)?.query(sql)?;
    match args.format {
        RowFormat::Csv => print!("{}", rows.to_csv()),
        RowFormat::Json => println!("{}", as_json(&rows)),
        RowFormat::Table => println!("{}", as_table(&rows)),
    }
    if rows.truncated {
        eprintln!(
            "warning: only the first {} rows are shown\nhint: add LIMIT, or narrow the query",
            rows.rows.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A list of objects, a column a field.
fn as_json(rows: &Rows) -> Value {
    let object = |row: &Vec<Value>| {
        let fields = rows.columns.iter().cloned().zip(row.iter().cloned());
        Value::Object(fields.collect::<Map<String, Value>>())
    };
    Value::Array(rows.rows.iter().map(object).collect())
}

fn as_table(rows: &Rows) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(&rows.columns);
    for row in &rows.rows {
        table.add_row(row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }));
    }
    table
}

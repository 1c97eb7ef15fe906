//! `kiosque group`: copies and stories among texts given in order of time, with no bus and no store.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{Language, PageId, Published, SourceId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::batch;
use crate::cli::BatchArgs;

#[derive(Deserialize)]
struct Line {
    id: Value,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

/// Prints one JSON line a text. One thread: each placement depends on those before it.
pub(crate) fn run(args: &BatchArgs) -> anyhow::Result<ExitCode> {
    let mut grouper = Grouper::new(Settings::default());
    // An article without a date is taken for as recent as the one before it: lines come in order of time.
    let mut now = Timestamp::UNIX_EPOCH;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in batch::lines(batch::open(&args.manifest)?) {
        let line = line.context("cannot read the manifest")?;
        let answer = batch::answer(&line, |line: Line| Ok(place(&mut grouper, &mut now, line)));
        writeln!(out, "{answer}").context("cannot write to stdout")?;
    }
    out.flush().context("cannot write to stdout")?;
    Ok(ExitCode::SUCCESS)
}

fn place(grouper: &mut Grouper, now: &mut Timestamp, line: Line) -> Value {
    if let Some(at) = line.published.as_deref().and_then(moment) {
        *now = at;
    }
    // The contract lets an id be any JSON value, so ids are kept as JSON text and given back as they came.
    let given = |id: PageId| serde_json::from_str::<Value>(&id.0).unwrap_or(Value::Null);
    let placement = grouper.place(&Item {
        id: PageId(line.id.to_string()),
        title: line.title.unwrap_or_default(),
        text: line.text.unwrap_or_default(),
        language: line.language.as_deref().and_then(Language::from_tag),
        at: *now,
        source: SourceId(line.source.unwrap_or_default()),
    });
    json!({ "copy_of": placement.copy_of.map(given), "story": given(placement.story) })
}

/// RFC 3339, or a date-time without a zone, read as UTC.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(published) = text.parse::<Published>() {
        return Some(published.instant_in(&TimeZone::UTC));
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

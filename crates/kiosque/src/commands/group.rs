//! `kiosque group`: copies and stories among texts given in order of time, with no bus and no store.
//!
//! Answers are printed at the end: a later text may show two stories to be one, and the earlier texts of both then
//! carry one id.

use std::collections::HashMap;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_classify::detect_language;
use kiosque_group::{Grouper, Item, Placement, Settings};
use kiosque_model::{Language, PageId, Published, SourceId, StoryId};
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

/// What is said so far, and where each story is told.
struct Told {
    grouper: Grouper,
    answers: Vec<Value>,
    stories: HashMap<StoryId, Vec<usize>>,
    /// Texts of one minute and the places of their answers: they fall into the same groups in whatever order they stand.
    waiting: Vec<(usize, Item)>,
}

/// Prints one JSON line a text. One thread: each placement depends on those before it.
pub(crate) fn run(args: &BatchArgs) -> anyhow::Result<ExitCode> {
    // An article without a date is taken for as recent as the one before it: lines come in order of time.
    let mut now = Timestamp::UNIX_EPOCH;
    let mut told = Told {
        grouper: Grouper::new(Settings::default()),
        answers: Vec::new(),
        stories: HashMap::new(),
        waiting: Vec::new(),
    };
    for line in batch::lines(batch::open(&args.manifest)?) {
        let line = line.context("cannot read the manifest")?;
        let mut read = None;
        let answer = batch::answer(&line, |line: Line| {
            if let Some(published) = line.published.as_deref().filter(|text| moment(text).is_none()) {
                eprintln!(
                    "warning: `{}`: `published` is `{published}`, no date such as `2026-10-07T08:10:00+01:00`; it is \
                     taken for as recent as the line before",
                    line.id
                );
            }
            let timed = line.published.as_ref().is_some_and(|published| published.len() > DAY_CHARS);
            read = Some((timed, item_of(&mut now, line)));
            Ok(json!({}))
        });
        told.add(answer, read);
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for answer in told.finished() {
        writeln!(out, "{answer}").context("cannot write to stdout")?;
    }
    out.flush().context("cannot write to stdout")?;
    Ok(ExitCode::SUCCESS)
}

/// `2026-11-22`: of texts of one day the order of the lines is all that is known.
const DAY_CHARS: usize = 10;

impl Told {
    /// An answer, with its text and whether that has a time of day where it is no error.
    fn add(&mut self, answer: Value, read: Option<(bool, Item)>) {
        let at = self.answers.len();
        self.answers.push(answer);
        let Some((timed, item)) = read else { return };
        let minute = |item: &Item| item.at.as_second().div_euclid(60);
        if !timed || self.waiting.last().is_some_and(|(_, last)| minute(last) != minute(&item)) {
            self.place();
        }
        self.waiting.push((at, item));
        if !timed {
            self.place();
        }
    }

    /// Places what waits, by time and id.
    fn place(&mut self) {
        self.waiting.sort_by(|(_, a), (_, b)| (a.at, &a.id).cmp(&(b.at, &b.id)));
        for (at, item) in self.waiting.drain(..) {
            let Placement { story, absorbed, copy_of, .. } = self.grouper.place(&item);
            let joined: Vec<usize> =
                absorbed.iter().filter_map(|other| self.stories.remove(other)).flatten().collect();
            let members = self.stories.entry(story).or_default();
            members.extend(joined);
            members.push(at);
            self.answers[at]["copy_of"] = json!(copy_of.as_ref().map(given));
        }
    }

    /// The answers in the order of the texts, each with its story as it is called at the end.
    fn finished(mut self) -> Vec<Value> {
        self.place();
        for (story, members) in &self.stories {
            for at in members {
                self.answers[*at]["story"] = given(story);
            }
        }
        self.answers
    }
}

/// The contract lets an id be any JSON value, so ids are kept as JSON text and given back as they came.
fn given(id: &PageId) -> Value {
    serde_json::from_str(&id.0).unwrap_or(Value::Null)
}

fn item_of(now: &mut Timestamp, line: Line) -> Item {
    if let Some(at) = line.published.as_deref().and_then(moment) {
        *now = at;
    }
    let (title, text) = (line.title.unwrap_or_default(), line.text.unwrap_or_default());
    let declared = line.language.as_deref().and_then(Language::from_tag);
    Item {
        id: PageId(line.id.to_string()),
        language: declared.or_else(|| detect_language(&title, &text, None)),
        title,
        text,
        at: *now,
        source: SourceId(line.source.unwrap_or_default()),
    }
}

/// RFC 3339, or a date-time without a zone, read as UTC.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(published) = text.parse::<Published>() {
        return Some(published.instant_in(&TimeZone::UTC));
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

//! What differs between a store and its shadow, over the articles that were replayed.
//!
//! Only what code decides is compared: an article whose stored state is of a later fetch than those replayed says
//! nothing about code, and is counted apart.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};

use anyhow::{Context, Result};
use kiosque_model::{CanonicalUrl, Tagged};
use kiosque_store::{Listed, Store};
use serde::{Deserialize, Serialize};

use super::lane::Lane;
use super::words::{WordDiff, diff};

/// Articles listed at a time.
const PAGE: usize = 256;

/// What became of an article under today's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// The store has none.
    New,
    /// Today's code makes none of the page.
    Missing,
    /// Both have one, and it differs.
    Changed,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Field {
    /// Words that went and came.
    Text(WordDiff),
    /// A value in the store, and in the shadow.
    Value { live: Option<String>, shadow: Option<String> },
}

/// One article that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Difference {
    pub(crate) change: Change,
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) title: Option<String>,
    /// Why there is no article any more: the reason's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, Field>,
}

/// How many articles became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) new: usize,
    pub(crate) missing: usize,
    pub(crate) changed: usize,
    pub(crate) same: usize,
    /// Stored from a later fetch than those replayed, so not compared.
    pub(crate) newer: usize,
}

/// The differences: counts in memory, the articles in a file, since there may be many.
pub(crate) struct Differences {
    pub(crate) counts: Counts,
    file: File,
}

impl Differences {
    /// Each difference, in order: those of the shadow's articles, then what is missing.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(crate) fn each(&mut self, mut each: impl FnMut(Difference)) -> Result<()> {
        self.file.rewind()?;
        for line in BufReader::new(&self.file).lines() {
            each(serde_json::from_str(&line?)?);
        }
        Ok(())
    }
}

/// Compares the articles of a lane.
///
/// # Errors
/// Where a store or a temporary file fails.
pub(crate) fn compare(live: &Store, shadow: &Store, lane: &Lane) -> Result<Differences> {
    let path = lane.folder().join("differences.jsonl");
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
    let file = file.with_context(|| format!("cannot write `{}`", path.display()))?;
    let mut found = Found { counts: Counts::default(), out: BufWriter::new(file) };
    for_each(shadow, |listed| {
        let Some(new) = shadow.article(&listed.id)? else { return Ok(()) };
        let Some(old) = live.article(&listed.id)? else {
            return found.note(Change::New, &new, None, BTreeMap::new());
        };
        if old.article.fetched_at > new.article.fetched_at && !fed(lane, &old)? {
            found.counts.newer += 1;
            return Ok(());
        }
        let fields = fields(&old, &new);
        if fields.is_empty() {
            found.counts.same += 1;
            return Ok(());
        }
        found.note(Change::Changed, &new, None, fields)
    })?;
    for_each(live, |listed| {
        if !lane.has_seen(&listed.page)? || shadow.article(&listed.id)?.is_some() {
            return Ok(());
        }
        let Some(old) = live.article(&listed.id)? else { return Ok(()) };
        if !fed(lane, &old)? {
            return Ok(());
        }
        let reason = CanonicalUrl::parse(&old.article.url).ok().and_then(|url| reason(shadow, &url));
        found.note(Change::Missing, &old, reason, BTreeMap::new())
    })?;
    let file = found.out.into_inner().context("the differences cannot be written")?;
    Ok(Differences { counts: found.counts, file })
}

/// Whether the fetch that an article was read from was replayed.
fn fed(lane: &Lane, tagged: &Tagged) -> Result<bool> {
    let Ok(page) = CanonicalUrl::parse(&tagged.article.url) else { return Ok(false) };
    lane.has_fed(&page.id(), tagged.article.fetched_at)
}

struct Found {
    counts: Counts,
    out: BufWriter<File>,
}

impl Found {
    fn note(
        &mut self,
        change: Change,
        tagged: &Tagged,
        reason: Option<String>,
        fields: BTreeMap<String, Field>,
    ) -> Result<()> {
        match change {
            Change::New => self.counts.new += 1,
            Change::Missing => self.counts.missing += 1,
            Change::Changed => self.counts.changed += 1,
        }
        let article = &tagged.article;
        let (id, url, title) = (article.id.to_string(), article.url.clone(), article.title.clone());
        serde_json::to_writer(&mut self.out, &Difference { change, id, url, title, reason, fields })?;
        Ok(writeln!(self.out)?)
    }
}

fn for_each(store: &Store, mut each: impl FnMut(Listed) -> Result<()>) -> Result<()> {
    let mut after = 0;
    loop {
        let page = store.list_after(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        page.into_iter().try_for_each(&mut each)?;
    }
}

/// Why the lane made no article of a page.
fn reason(shadow: &Store, url: &CanonicalUrl) -> Option<String> {
    let trail = shadow.trail(url).ok()?;
    trail.crumbs.iter().rev().find_map(|crumb| match crumb.outcome {
        kiosque_model::BreadcrumbOutcome::Dropped(reason) => Some(reason.name().to_owned()),
        kiosque_model::BreadcrumbOutcome::DeadLettered => Some("dead_letter".to_owned()),
        kiosque_model::BreadcrumbOutcome::Forwarded => None,
    })
}

/// The fields that differ, of those a reader meets.
fn fields(old: &Tagged, new: &Tagged) -> BTreeMap<String, Field> {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let values = |tagged: &Tagged| {
        let article = &tagged.article;
        [
            ("title", article.title.clone()),
            ("authors", some(article.authors.join(", "))),
            ("published", article.published.map(|published| published.to_string())),
            ("rubrique", some(tagged.rubrique.slug().to_owned())),
            ("language", tagged.language.as_ref().map(|language| language.code().to_owned())),
        ]
    };
    let mut fields = BTreeMap::new();
    for ((name, live), (_, shadow)) in values(old).into_iter().zip(values(new)) {
        if live != shadow {
            fields.insert(name.to_owned(), Field::Value { live, shadow });
        }
    }
    if let Some(words) = diff(&old.article.text, &new.article.text) {
        fields.insert("text".to_owned(), Field::Text(words));
    }
    fields
}

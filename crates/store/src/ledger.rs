//! The ledger of what was distributed, as collecting societies ask for it: title × article × edition × channel ×
//! recipients × day.
//!
//! Invariant: a row is what stood in the distributed edition, copied; no later change of an article or a source alters
//! what was declared.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_model::{ArticleId, Edition, Published, Rights, SourceId};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde_json::Value;

use crate::editions::number;
use crate::query::{inert, read};
use crate::time::stamp;
use crate::{Rows, Store, StoreError};

/// A distribution: one edition over one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// How it went out: the name of a format (`html`, `pdf`…) or `mail`.
    pub channel: String,
    /// To how many it went; 0 where nobody knows.
    pub recipients: u32,
    /// Whether it was told paper by paper: then every article of every paper has a row.
    pub by_paper: bool,
    /// When.
    pub at: Timestamp,
}

/// The item of a title that a rubrique lists beyond its items.
const NO_ITEM: usize = 0;

/// An article that went out.
struct Entry<'e> {
    item: usize,
    source: &'e SourceId,
    source_name: &'e str,
    rights: Rights,
    article: &'e ArticleId,
    title: &'e str,
    url: &'e str,
    published: Option<Published>,
    extract: &'e str,
    words: usize,
}

/// The items; with `by_paper` every other line of the papers; then the titles told alone: of other tellings of an item, and
/// of the rest of a rubrique, which have no item. An article has one row.
fn rows(edition: &Edition, by_paper: bool) -> Vec<Entry<'_>> {
    let items = edition.items().map(|item| Entry {
        item: item.number,
        source: &item.source,
        source_name: &item.source_name,
        rights: item.rights,
        article: &item.article,
        title: item.original_title.as_ref().unwrap_or(&item.title),
        url: &item.url,
        published: item.published,
        extract: &item.extract,
        words: item.words,
    });
    let papers = edition.newspapers.iter().filter(|_| by_paper);
    let lines = papers.flat_map(|paper| paper.lines.iter().map(move |line| (paper, line)));
    let lines = lines.map(|(paper, line)| Entry {
        item: line.number,
        source: &paper.source,
        source_name: &paper.name,
        rights: paper.rights,
        article: &line.article,
        title: &line.title,
        url: &line.url,
        published: line.published,
        extract: &line.extract,
        words: line.words,
    });
    let others = edition.items().flat_map(|item| item.others.iter().map(move |other| (item.number, other)));
    let more = edition.sections.iter().flat_map(|section| &section.more).map(|other| (NO_ITEM, other));
    let titles = others.chain(more).map(|(item, other)| Entry {
        item,
        source: &other.source,
        source_name: &other.source_name,
        rights: other.rights,
        article: &other.article,
        title: &other.title,
        url: &other.url,
        published: other.published,
        extract: "",
        words: 0,
    });
    let mut seen = BTreeSet::new();
    items.chain(lines).chain(titles).filter(|entry| seen.insert(entry.article)).collect()
}

fn words(text: &str) -> usize {
    text.split([' ', '\n']).filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// Whether this revision of an edition is in the ledger for a channel already.
fn is_distributed(c: &Connection, edition: &Edition, channel: &str) -> rusqlite::Result<bool> {
    c.prepare_cached(
        "SELECT 1 FROM distributions WHERE edition = ?1 AND date = ?2 AND revision = ?3 AND mode = ?4
             AND channel = ?5 LIMIT 1",
    )?
    .exists(params![
        edition.name,
        edition.date.to_string(),
        edition.revision,
        edition.law.mode.name(),
        channel
    ])
}

impl Store {
    /// Writes an edition that went out into the ledger, an article a row. `edition` is what was distributed, in its mode.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written; then nothing is.
    pub fn distribute(&self, edition: &Edition, how: &Distribution) -> Result<(), StoreError> {
        self.write_rows(edition, how, false)
    }

    /// As [`Store::distribute`], where this revision of the edition is not in the ledger for this channel yet, whoever
    /// else is about to write it.
    ///
    /// # Errors
    /// As [`Store::distribute`].
    pub fn distribute_once(&self, edition: &Edition, how: &Distribution) -> Result<(), StoreError> {
        self.write_rows(edition, how, true)
    }

    fn write_rows(&self, edition: &Edition, how: &Distribution, once: bool) -> Result<(), StoreError> {
        let day = how.at.to_zoned(self.zone.clone()).date().to_string();
        self.database.run(|c| {
            let transaction = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
            if once && is_distributed(&transaction, edition, &how.channel)? {
                return Ok(());
            }
            let mut insert = transaction.prepare_cached(
                "INSERT INTO distributions (day, at, edition, date, revision, mode, channel, recipients, item, source,
                     source_name, rights, article, title, url, published, quoted_words, article_words)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )?;
            for row in rows(edition, how.by_paper) {
                insert.execute(params![
                    day,
                    stamp(how.at),
                    edition.name,
                    edition.date.to_string(),
                    edition.revision,
                    edition.law.mode.name(),
                    how.channel,
                    how.recipients,
                    number(row.item),
                    row.source.0,
                    row.source_name,
                    row.rights.name(),
                    row.article.0,
                    row.title,
                    row.url,
                    row.published.map(|p| p.to_string()),
                    number(words(row.extract)),
                    number(row.words)
                ])?;
            }
            drop(insert);
            transaction.commit()
        })
    }

    /// To how many readers this revision of an edition went over a channel, by the ledger.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn declared(&self, edition: &Edition, channel: &str) -> Result<u64, StoreError> {
        let recipients: i64 = self.database.run(|c| {
            c.prepare_cached(
                "SELECT coalesce(sum(recipients), 0) FROM (SELECT DISTINCT at, recipients FROM distributions
                 WHERE edition = ?1 AND date = ?2 AND revision = ?3 AND channel = ?4)",
            )?
            .query_row(params![edition.name, edition.date.to_string(), edition.revision, channel], |row| {
                row.get(0)
            })
        })?;
        Ok(recipients.unsigned_abs())
    }

    /// The ledger of some days of distribution, whole and in the order it was written. It is opened in spreadsheets: a
    /// text that begins like a formula has an apostrophe before it.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn ledger(&self, from: Option<Date>, to: Option<Date>) -> Result<Rows, StoreError> {
        let from = from.unwrap_or(Date::MIN);
        let to = to.unwrap_or(Date::MAX);
        // Days of five-figure or negative years are no days of distribution; they only stand for no bound.
        let from = if from == Date::MIN { String::new() } else { from.to_string() };
        let to = if to == Date::MAX { "9999-12-31".to_owned() } else { to.to_string() };
        let sql = format!(
            "SELECT day, source_name AS title_of_publication, source, rights, title AS article_title, url, published,
                 article, edition, date AS edition_date, revision, item, mode, channel, recipients, quoted_words,
                 article_words, at
             FROM distributions WHERE day BETWEEN '{from}' AND '{to}' ORDER BY number"
        );
        let mut rows = self.database.run(|c| read(c, &sql, usize::MAX))?;
        for value in rows.rows.iter_mut().flatten() {
            if let Value::String(text) = value {
                *text = inert(text);
            }
        }
        Ok(rows)
    }
}

//! The ledger of what was distributed, as collecting societies ask for it: title × article × edition × channel ×
//! recipients × day.
//!
//! Invariant: a row is what stood in the distributed edition, copied; no later change of an article or a source alters
//! what was declared.

use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_model::Edition;
use rusqlite::{Transaction, TransactionBehavior, params};

use crate::editions::number;
use crate::time::stamp;
use crate::{Rows, Store, StoreError};

/// A distribution: one edition over one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// How it went out: the name of a format (`html`, `pdf`…) or `mail`.
    pub channel: String,
    /// To how many it went; 0 where nobody knows.
    pub recipients: u32,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Writes an edition that went out into the ledger, an article a row. `edition` is what was distributed, in its mode.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written; then nothing is.
    pub fn distribute(&self, edition: &Edition, how: &Distribution) -> Result<(), StoreError> {
        let day = how.at.to_zoned(self.zone.clone()).date().to_string();
        self.database.run(|c| {
            let transaction = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO distributions (day, at, edition, date, revision, mode, channel, recipients, item, source,
                     source_name, rights, article, title, url, published, quoted_words, article_words)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )?;
            for item in edition.items() {
                let quoted = item.extract.split([' ', '\n']).filter(|w| w.chars().any(char::is_alphanumeric));
                insert.execute(params![
                    day,
                    stamp(how.at),
                    edition.name,
                    edition.date.to_string(),
                    edition.revision,
                    edition.law.mode.name(),
                    how.channel,
                    how.recipients,
                    number(item.number),
                    item.source.0,
                    item.source_name,
                    item.rights.name(),
                    item.article.0,
                    item.original_title.as_ref().unwrap_or(&item.title),
                    item.url,
                    item.published.map(|p| p.to_string()),
                    number(quoted.count()),
                    number(item.words)
                ])?;
            }
            drop(insert);
            transaction.commit()
        })
    }

    /// Whether this revision of an edition is in the ledger for a channel already.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn is_distributed(&self, edition: &Edition, channel: &str) -> Result<bool, StoreError> {
        self.database.run(|c| {
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
        })
    }

    /// The ledger of some days of distribution, in the order it was written.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn ledger(&self, from: Option<Date>, to: Option<Date>) -> Result<Rows, StoreError> {
        let from = from.unwrap_or(Date::MIN);
        let to = to.unwrap_or(Date::MAX);
        // Days of five-figure or negative years are no days of distribution; they only stand for no bound.
        let from = if from == Date::MIN { String::new() } else { from.to_string() };
        let to = if to == Date::MAX { "9999-12-31".to_owned() } else { to.to_string() };
        self.query(&format!(
            "SELECT day, source_name AS title_of_publication, source, rights, title AS article_title, url, published,
                 article, edition, date AS edition_date, revision, item, mode, channel, recipients, quoted_words,
                 article_words, at
             FROM distributions WHERE day BETWEEN '{from}' AND '{to}' ORDER BY number"
        ))
    }
}

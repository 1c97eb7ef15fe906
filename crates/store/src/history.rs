//! What is remembered of each source over time: when its articles first came, and how its pages read. For whoever
//! judges whether a source fell silent or changed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kiosque_model::SourceId;

use crate::day::parsed;
use crate::time::stamp;
use crate::{Store, StoreError};

/// The history of one source, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceHistory {
    /// When each of its articles was first met.
    pub arrivals: Vec<Timestamp>,
    /// Its pages that were read, also those that gave no article for want of a text.
    pub pages: Vec<PageRead>,
}

/// How a page read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRead {
    /// When.
    pub at: Timestamp,
    /// Words of its text; 0 where none was found.
    pub words: u32,
    /// Whether a person or an agency signed it.
    pub author: bool,
    /// Whether it is dated.
    pub date: bool,
}

impl Store {
    /// The history of every source since then.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn histories(&self, since: Timestamp) -> Result<BTreeMap<SourceId, SourceHistory>, StoreError> {
        let mut found: BTreeMap<SourceId, SourceHistory> = BTreeMap::new();
        let read = self.database.run(|c| {
            c.prepare_cached(
                "SELECT a.source, a.first_seen, a.words,
                        EXISTS (SELECT 1 FROM article_authors w WHERE w.article = a.id)
                        OR EXISTS (SELECT 1 FROM article_agencies w WHERE w.article = a.id),
                        a.published IS NOT NULL, 1
                 FROM articles a WHERE a.first_seen >= ?1
                 UNION ALL
                 SELECT p.source, b.at, 0, 0, 0, 0
                 FROM breadcrumbs b JOIN pages p ON p.id = b.page
                 WHERE b.stage = 'extract' AND b.outcome = 'dropped' AND b.reason = 'no_text'
                   AND b.at >= ?1 AND p.source IS NOT NULL
                 ORDER BY 2",
            )?
            .query_map([stamp(since)], |row| {
                let page = PageRead {
                    at: parsed(row, 1)?,
                    words: row.get(2)?,
                    author: row.get(3)?,
                    date: row.get(4)?,
                };
                Ok((SourceId(row.get(0)?), page, row.get::<_, bool>(5)?))
            })?
            .collect::<Result<Vec<_>, _>>()
        })?;
        for (source, page, is_article) in read {
            let history = found.entry(source).or_default();
            if is_article {
                history.arrivals.push(page.at);
            }
            history.pages.push(page);
        }
        Ok(found)
    }

    /// What the crawl last did with an address of a source itself, where it could not be had: when, and why. On a
    /// line of many processes this is what is known of a source's state outside its crawler.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn crawl_failure(&self, url: &str) -> Result<Option<(Timestamp, String)>, StoreError> {
        let Ok(url) = kiosque_model::CanonicalUrl::parse(url) else { return Ok(None) };
        self.database.run(|c| {
            let mut statement = c.prepare_cached(
                "SELECT at, coalesce(reason, ''), coalesce(detail, '') FROM breadcrumbs
                 WHERE page = ?1 AND stage = 'crawl' AND outcome = 'dropped' AND reason IS NOT 'not_modified'",
            )?;
            let mut rows = statement.query([url.id().0])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let (reason, detail): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Some((parsed(row, 0)?, format!("failed ({reason}): {detail}"))))
        })
    }
}

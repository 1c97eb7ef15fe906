//! Full-text search, blind to accents, to œ/oe and to the forms of Arabic letters.
//!
//! Index and query are folded alike; what is shown is always the article's own text.

mod snippet;
mod syntax;

use jiff::civil::Date;
use kiosque_model::{ArticleId, PageId, Published, Rubrique, SourceId};
use rusqlite::named_params;

use crate::day::{parsed_if_any, unreadable};
use crate::{Store, StoreError};

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchQuery {
    /// Words (all must be there), `"a phrase"`, `-without`, `one OR other`, `begin*`. Never an error: what makes
    /// no sense is taken as words. Without words, the newest articles.
    pub text: String,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Only this rubrique.
    pub rubrique: Option<Rubrique>,
    /// Only this source.
    pub source: Option<SourceId>,
    /// How many are given at most; 0 for 20.
    pub limit: usize,
}

/// An article found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: ArticleId,
    /// Its address.
    pub url: String,
    /// Its headline.
    pub title: Option<String>,
    /// Its source.
    pub source: SourceId,
    /// Its source's name.
    pub source_name: String,
    /// Its date.
    pub published: Option<Published>,
    /// The day it counts for.
    pub day: String,
    /// Its rubrique.
    pub rubrique: Rubrique,
    /// A passage of its text with the words found between « and ».
    pub snippet: String,
    /// How well it fits, higher is better (BM25; title and standfirst weigh more). 0 without words.
    pub score: f64,
}

/// The filters, for both ways to search. `:none` are the words an article must not have.
const FILTERS: &str = "(:from IS NULL OR a.day >= :from) AND (:to IS NULL OR a.day <= :to)
    AND (:rubrique IS NULL OR a.rubrique = :rubrique) AND (:source IS NULL OR a.source = :source)";

/// Weights of the index's columns: title, subtitle, text, authors, source, forms.
const RANK: &str = "bm25(articles_fts, 8.0, 4.0, 1.0, 3.0, 2.0, 1.0)";

const COLUMNS: &str =
    "a.id, a.url, a.title, a.source, s.name, a.published, a.day, a.rubrique, a.text, a.subtitle";

impl Store {
    /// Searches titles, texts, authors and sources; best first, newest first among equals.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read; never for what was typed.
    pub fn search(&self, query: &SearchQuery) -> Result<Vec<Hit>, StoreError> {
        let asked = syntax::read(&query.text);
        let limit = if query.limit == 0 { 20 } else { query.limit };
        let without = if asked.without.is_some() {
            "AND a.seq NOT IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :without)"
        } else {
            "AND :without IS NULL"
        };
        let sql = if asked.with.is_some() {
            format!(
                "SELECT {COLUMNS}, -{RANK} FROM articles_fts JOIN articles a ON a.seq = articles_fts.rowid
                 JOIN sources s ON s.id = a.source WHERE articles_fts MATCH :with AND {FILTERS} {without}
                 ORDER BY {RANK}, a.sort_at DESC, a.id LIMIT :limit"
            )
        } else {
            format!(
                "SELECT {COLUMNS}, 0.0 FROM articles a JOIN sources s ON s.id = a.source
                 WHERE :with IS NULL AND {FILTERS} {without} ORDER BY a.sort_at DESC, a.id LIMIT :limit"
            )
        };
        self.database.run(|c| {
            c.prepare_cached(&sql)?
                .query_map(
                    named_params! {
                        ":with": asked.with, ":without": asked.without,
                        ":from": query.from.map(|d| d.to_string()), ":to": query.to.map(|d| d.to_string()),
                        ":rubrique": query.rubrique.map(Rubrique::slug),
                        ":source": query.source.as_ref().map(|s| &s.0),
                        ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
                    },
                    |row| hit(row, &asked),
                )?
                .collect()
        })
    }
}

fn hit(row: &rusqlite::Row<'_>, asked: &syntax::Asked) -> rusqlite::Result<Hit> {
    let rubrique: String = row.get(7)?;
    let text = row.get_ref(8)?.as_str()?;
    let text = if text.is_empty() { row.get_ref(9)?.as_str_or_null()?.unwrap_or_default() } else { text };
    Ok(Hit {
        id: PageId(row.get(0)?),
        url: row.get(1)?,
        title: row.get(2)?,
        source: SourceId(row.get(3)?),
        source_name: row.get(4)?,
        published: parsed_if_any(row, 5)?,
        day: row.get(6)?,
        rubrique: rubrique.parse().map_err(|e: String| unreadable(7, std::io::Error::other(e)))?,
        snippet: snippet::of(text, &asked.terms),
        score: row.get(10)?,
    })
}

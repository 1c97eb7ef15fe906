//! Reading articles back: one, a day's stories for the edition, a window of days for grouping.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_model::{ArticleId, Language, PageId, Rights, SourceId, Story, StoryArticle, StoryId, Tagged};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row};

use crate::time::stamp;
use crate::{Store, StoreError};

/// What grouping needs of a stored article to be rebuilt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowArticle {
    /// Its id.
    pub id: ArticleId,
    /// Its headline.
    pub title: Option<String>,
    /// Its text.
    pub text: String,
    /// Its language.
    pub language: Option<Language>,
    /// When it was published; a bare day counts from its first second; when it was fetched where there is no date.
    pub at: Timestamp,
    /// Its source.
    pub source: SourceId,
    /// The article it is a copy of.
    pub copy_of: Option<ArticleId>,
    /// Its story, where it was placed.
    pub story: Option<StoryId>,
    /// Why it was placed there.
    pub because: Option<String>,
    /// When it was first fetched; a new text does not change it.
    pub met: Timestamp,
    /// Whether its date says no more than the day.
    pub bare_day: bool,
}

/// Where an article stands among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The article it is a copy of.
    pub copy_of: Option<ArticleId>,
    /// Its story.
    pub story: StoryId,
    /// Why it was placed there.
    pub because: String,
}

/// An earlier state of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// 1 for the first state.
    pub number: u32,
    /// When this state was fetched.
    pub fetched_at: Timestamp,
    /// When the state after it was seen.
    pub seen_at: Timestamp,
    /// The headline then.
    pub title: Option<String>,
    /// The text then.
    pub text: String,
}

impl Store {
    /// An article with its labels.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn article(&self, id: &ArticleId) -> Result<Option<Tagged>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached("SELECT record, text, html FROM articles WHERE id = ?1")?
                .query_row([&id.0], tagged)
                .optional()
        })
    }

    /// Where an article was placed, where it was.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn placed(&self, id: &ArticleId) -> Result<Option<Placed>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached(
                "SELECT c.original, s.story, s.because FROM story_articles s
                 LEFT JOIN copies c ON c.article = s.article WHERE s.article = ?1",
            )?
            .query_row([&id.0], |row| {
                Ok(Placed {
                    copy_of: row.get::<_, Option<String>>(0)?.map(PageId),
                    story: PageId(row.get(1)?),
                    because: row.get(2)?,
                })
            })
            .optional()
        })
    }

    /// The earlier states of an article, first to last.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn revisions(&self, id: &ArticleId) -> Result<Vec<Revision>, StoreError> {
        self.database.run(|c| {
            c.prepare(
                "SELECT number, fetched_at, seen_at, title, text FROM revisions WHERE article = ?1 ORDER BY number",
            )?
            .query_map([&id.0], |row| {
                Ok(Revision {
                    number: row.get(0)?,
                    fetched_at: parsed(row, 1)?,
                    seen_at: parsed(row, 2)?,
                    title: row.get(3)?,
                    text: row.get(4)?,
                })
            })?
            .collect()
        })
    }

    /// The articles published since then (fetched, where they have no date), in the order in which they arrived.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn window(&self, since: Timestamp) -> Result<Vec<WindowArticle>, StoreError> {
        self.database.run(|c| {
            c.prepare(&format!("{WINDOW_ARTICLE} WHERE a.sort_at >= ?1 ORDER BY a.seq"))?
                .query_map([stamp(since)], window_article)?
                .collect()
        })
    }

    /// One article as [`Store::window`] gives it.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn window_article(&self, id: &ArticleId) -> Result<Option<WindowArticle>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached(&format!("{WINDOW_ARTICLE} WHERE a.id = ?1"))?
                .query_row([&id.0], window_article)
                .optional()
        })
    }

    /// The articles of a story, of whatever day, in the order in which they arrived.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn members(&self, story: &StoryId) -> Result<Vec<WindowArticle>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached(&format!("{WINDOW_ARTICLE} WHERE s.story = ?1 ORDER BY a.seq"))?
                .query_map([&story.0], window_article)?
                .collect()
        })
    }

    /// The stories of a calendar day in the store's zone: each with its articles of that day in order of
    /// publication, then id; the stories in order of their first article. An article that was not placed is a
    /// story of its own. An article without a date counts for the day it was fetched.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn day(&self, date: Date) -> Result<Vec<Story>, StoreError> {
        self.stories(date, date)
    }

    /// The stories of some days, as [`Store::day`] gives those of one. Their articles come without HTML, which no
    /// edition prints and of which there is much.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn stories(&self, first: Date, last: Date) -> Result<Vec<Story>, StoreError> {
        let articles: Vec<(StoryId, StoryArticle)> = self.database.run(|c| {
            c.prepare_cached(
                "SELECT a.record, a.text, '', coalesce(m.story, a.id), c.original, s.name, s.tier,
                        a.revisions, CASE WHEN a.first_title IS NOT a.title THEN a.first_title END,
                        s.name_ar, s.rights, a.first_seen
                 FROM articles a JOIN sources s ON s.id = a.source
                 LEFT JOIN copies c ON c.article = a.id LEFT JOIN story_articles m ON m.article = a.id
                 WHERE a.day BETWEEN ?1 AND ?2 ORDER BY a.sort_at, a.id",
            )?
            .query_map([first.to_string(), last.to_string()], |row| {
                let article = StoryArticle {
                    tagged: tagged(row)?,
                    copy_of: row.get::<_, Option<String>>(4)?.map(PageId),
                    source_name: row.get(5)?,
                    source_tier: row.get(6)?,
                    revisions: row.get(7)?,
                    first_title: row.get(8)?,
                    source_name_ar: row.get(9)?,
                    rights: rights(row, 10)?,
                    first_seen: Some(parsed(row, 11)?),
                    late: false,
                };
                Ok((PageId(row.get(3)?), article))
            })?
            .collect()
        })?;
        let mut stories: Vec<Story> = Vec::new();
        let mut places: HashMap<StoryId, usize> = HashMap::new();
        for (id, article) in articles {
            let place = *places.entry(id.clone()).or_insert_with(|| {
                stories.push(Story { id, articles: Vec::new() });
                stories.len() - 1
            });
            stories[place].articles.push(article);
        }
        Ok(stories)
    }

    /// The days that have articles, oldest first, each with how many.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn days(&self) -> Result<Vec<(Date, usize)>, StoreError> {
        self.database.run(|c| {
            c.prepare("SELECT day, count(*) FROM articles GROUP BY day ORDER BY day")?
                .query_map([], |row| Ok((parsed(row, 0)?, count(row, 1)?)))?
                .collect()
        })
    }
}

const WINDOW_ARTICLE: &str =
    "SELECT a.id, a.title, a.text, a.language, a.sort_at, a.source, c.original, s.story, s.because, a.first_seen,
            a.published_precision
     FROM articles a LEFT JOIN copies c ON c.article = a.id LEFT JOIN story_articles s ON s.article = a.id";

fn window_article(row: &Row<'_>) -> rusqlite::Result<WindowArticle> {
    Ok(WindowArticle {
        id: PageId(row.get(0)?),
        title: row.get(1)?,
        text: row.get(2)?,
        language: row.get::<_, Option<String>>(3)?.and_then(|tag| Language::from_tag(&tag)),
        at: parsed(row, 4)?,
        source: SourceId(row.get(5)?),
        copy_of: row.get::<_, Option<String>>(6)?.map(PageId),
        story: row.get::<_, Option<String>>(7)?.map(PageId),
        because: row.get(8)?,
        met: parsed(row, 9)?,
        bare_day: row.get_ref(10)?.as_str_or_null()? == Some("day"),
    })
}

/// An article from its record and its two long texts, the first three columns of a row.
fn tagged(row: &Row<'_>) -> rusqlite::Result<Tagged> {
    let record = row.get_ref(0)?.as_str()?;
    let mut tagged: Tagged = serde_json::from_str(record).map_err(|e| unreadable(0, e))?;
    tagged.article.text = row.get(1)?;
    tagged.article.html = row.get(2)?;
    Ok(tagged)
}

/// A column whose text has a form of its own: a time, a day.
pub(crate) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.get_ref(column)?.as_str()?.parse().map_err(|e| unreadable(column, e))
}

/// As [`parsed`], where there may be nothing.
pub(crate) fn parsed_if_any<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.get_ref(column)?
        .as_str_or_null()?
        .map(|text| text.parse().map_err(|e| unreadable(column, e)))
        .transpose()
}

/// A column that says what may be shown of a source.
pub(crate) fn rights(row: &Row<'_>, column: usize) -> rusqlite::Result<Rights> {
    row.get_ref(column)?.as_str()?.parse().map_err(|e: String| unreadable(column, std::io::Error::other(e)))
}

/// A column that counts something.
pub(crate) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    let number: i64 = row.get(column)?;
    usize::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

pub(crate) fn unreadable(
    column: usize,
    source: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(source))
}

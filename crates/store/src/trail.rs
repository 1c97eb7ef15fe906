//! What became of one address: the steps of its page along the line, its article, the editions that print it.

use jiff::civil::Date;
use kiosque_model::{
    ArticleId, Breadcrumb, BreadcrumbOutcome, CanonicalUrl, PageId, Published, Reason, Rubrique, SourceId,
    StoryId,
};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::batch::LINE_ORDER;
use crate::day::{count, parsed, parsed_if_any, unreadable};
use crate::{Dispatch, Step, Store, StoreError};

/// All that is known of an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Trail {
    /// The page's id.
    pub page: PageId,
    /// Its canonical address.
    pub url: CanonicalUrl,
    /// The source that led to it, where one did.
    pub source: Option<SourceId>,
    /// Its latest step at each stage, in the order of the line. Empty: nobody ever met it.
    pub crumbs: Vec<Breadcrumb>,
    /// Its article, where it became one.
    pub article: Option<TrailArticle>,
    /// The text it shares with other articles, where it does.
    pub dispatch: Option<Dispatch>,
    /// What its publisher changed in it.
    pub history: Vec<Step>,
    /// The editions that print it.
    pub editions: Vec<TrailEdition>,
}

/// The article a page became.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailArticle {
    /// Its id.
    pub id: ArticleId,
    /// Its headline.
    pub title: Option<String>,
    /// Its date.
    pub published: Option<Published>,
    /// The day it counts for.
    pub day: Date,
    /// Its rubrique.
    pub rubrique: Rubrique,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// What placed it there: words, evidence, rules, and what it may be instead where that is uncertain.
    pub reasons: Vec<String>,
    /// The article it is a copy of.
    pub copy_of: Option<ArticleId>,
    /// Its story.
    pub story: Option<StoryId>,
    /// Why it stands there.
    pub because: Option<String>,
    /// How often title or text changed.
    pub revisions: u32,
}

/// A place in an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEdition {
    /// The edition's name.
    pub name: String,
    /// Its day.
    pub date: Date,
    /// The number of the item.
    pub number: usize,
    /// `front` or `section`.
    pub place: String,
    /// Whether the item is this very article, or another one of its story.
    pub headline: bool,
}

impl Store {
    /// The rubrique an article is under, and what else it may be under, where it is more likely wrong than right there.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn uncertain(&self, article: &ArticleId) -> Result<Option<(Rubrique, Rubrique)>, StoreError> {
        self.database.run(|c| {
            let sql = "SELECT rubrique, alternative FROM v_uncertain WHERE article = ?1 AND alternative IS NOT NULL";
            let mut statement = c.prepare_cached(sql)?;
            let mut rows = statement.query([&article.0])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some((rubrique(row, 0)?, rubrique(row, 1)?)))
        })
    }

    /// Follows an address through the line.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn trail(&self, url: &CanonicalUrl) -> Result<Trail, StoreError> {
        let page = url.id();
        let mut trail = self.database.run(|c| {
            let source = c
                .query_row("SELECT source FROM pages WHERE id = ?1", [&page.0], |row| row.get(0))
                .optional()?
                .flatten()
                .map(SourceId);
            let crumbs = c
                .prepare(&format!(
                    "SELECT at, stage, outcome, reason, detail FROM breadcrumbs WHERE page = ?1
                     ORDER BY {LINE_ORDER}, stage"
                ))?
                .query_map([&page.0], |row| crumb(row, url, source.as_ref()))?
                .collect::<Result<_, _>>()?;
            let article = article_of(c, &page)?;
            let editions = article.as_ref().map_or(Ok(Vec::new()), |article| editions_of(c, article))?;
            let (page, url, history) = (page.clone(), url.clone(), Vec::new());
            Ok(Trail { page, url, source, crumbs, article, dispatch: None, history, editions })
        })?;
        if let Some(article) = &trail.article {
            trail.dispatch = self.dispatch(&article.id)?;
            trail.history = self.history(&article.id)?;
        }
        Ok(trail)
    }
}

fn crumb(row: &Row<'_>, url: &CanonicalUrl, source: Option<&SourceId>) -> rusqlite::Result<Breadcrumb> {
    let outcome: String = row.get(2)?;
    let outcome = match outcome.as_str() {
        "forwarded" => BreadcrumbOutcome::Forwarded,
        "dropped" => {
            let name: Option<String> = row.get(3)?;
            let reason: Reason =
                serde_json::from_value(name.unwrap_or_default().into()).map_err(|e| unreadable(3, e))?;
            BreadcrumbOutcome::Dropped(reason)
        }
        _ => BreadcrumbOutcome::DeadLettered,
    };
    Ok(Breadcrumb {
        at: parsed(row, 0)?,
        url: url.clone(),
        source: source.cloned(),
        stage: row.get(1)?,
        outcome,
        detail: row.get(4)?,
    })
}

fn rubrique(row: &Row<'_>, column: usize) -> rusqlite::Result<Rubrique> {
    let name: String = row.get(column)?;
    name.parse().map_err(|e: String| unreadable(column, std::io::Error::other(e)))
}

/// The article of a page: the one of that id, or the one that was read from it under another canonical address.
fn article_of(c: &Connection, page: &PageId) -> rusqlite::Result<Option<TrailArticle>> {
    c.query_row(
        "SELECT a.id, a.title, a.published, a.day, a.rubrique, a.confidence, c.original, s.story, s.because,
                a.revisions, a.record ->> '$.because'
         FROM articles a LEFT JOIN copies c ON c.article = a.id LEFT JOIN story_articles s ON s.article = a.id
         WHERE a.id = ?1 OR a.page = ?1 ORDER BY a.id = ?1 DESC LIMIT 1",
        [&page.0],
        |row| {
            Ok(TrailArticle {
                id: PageId(row.get(0)?),
                title: row.get(1)?,
                published: parsed_if_any(row, 2)?,
                day: parsed(row, 3)?,
                rubrique: rubrique(row, 4)?,
                confidence: row.get(5)?,
                copy_of: row.get::<_, Option<String>>(6)?.map(PageId),
                story: row.get::<_, Option<String>>(7)?.map(PageId),
                because: row.get(8)?,
                revisions: row.get(9)?,
                reasons: serde_json::from_str(&row.get::<_, String>(10)?).unwrap_or_default(),
            })
        },
    )
    .optional()
}

/// The editions that print it: as a headline, under its story's, or where an editor put it beside another's.
fn editions_of(c: &Connection, article: &TrailArticle) -> rusqlite::Result<Vec<TrailEdition>> {
    let place = |row: &Row<'_>| {
        Ok(TrailEdition {
            name: row.get(0)?,
            date: parsed(row, 1)?,
            number: count(row, 2)?,
            place: row.get(3)?,
            headline: row.get(4)?,
        })
    };
    let mut found: Vec<TrailEdition> = c
        .prepare(
            "SELECT edition, date, number, place, article = ?1 FROM edition_items
             WHERE article = ?1 OR (story = ?2 AND date = ?3) ORDER BY date, edition, position",
        )?
        .query_map((&article.id.0, article.story.as_ref().map(|s| &s.0), article.day.to_string()), place)?
        .collect::<Result<_, _>>()?;
    let beside: Vec<TrailEdition> = c
        .prepare(
            "SELECT DISTINCT i.edition, i.date, i.number, i.place, FALSE
             FROM editions e, json_tree(e.content, '$.newspapers') t
             JOIN edition_items i ON i.edition = e.name AND i.date = e.date
               AND i.number = json_extract(e.content, t.path || '.number')
             WHERE instr(e.content, ?1) > 0 AND t.key = 'article' AND t.atom = ?1
             ORDER BY i.date, i.edition, i.position",
        )?
        .query_map([&article.id.0], place)?
        .collect::<Result<_, _>>()?;
    let is_told =
        |of: &TrailEdition| found.iter().any(|known| known.name == of.name && known.date == of.date);
    let beside: Vec<TrailEdition> = beside.into_iter().filter(|of| !is_told(of)).collect();
    found.extend(beside);
    Ok(found)
}

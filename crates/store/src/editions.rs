//! Editions as they were built: whole, as JSON, and item by item for queries.
//!
//! Invariant: the store decides the revision. Building the same edition again changes nothing; any other change
//! counts one up.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_model::{Edition, EditionItem, EditionState, Language};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::day::{count, parsed, parsed_if_any, unreadable};
use crate::issues::latest;
use crate::time::stamp;
use crate::{Store, StoreError};

/// An edition in the list of editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRow {
    /// Its name.
    pub name: String,
    /// Its day.
    pub date: Date,
    /// How often it has changed, 1 the first time.
    pub revision: u32,
    /// How many items it prints.
    pub items: usize,
    /// How many articles it stands for.
    pub articles: usize,
    /// When the newest of its articles came in.
    pub as_of: Option<Timestamp>,
    /// Whether it is open, frozen or published.
    pub state: EditionState,
}

impl EditionRow {
    /// Whether it went out, or its day had begun, in `zone`, when the newest of its articles came in. The edition of a day to come
    /// holds post-dated pages alone or nothing yet, and is not what a reader means by the newest.
    #[must_use]
    pub fn is_due(&self, zone: &TimeZone) -> bool {
        self.state != EditionState::Open
            || self.as_of.is_some_and(|at| self.date <= at.to_zoned(zone.clone()).date())
    }
}

impl Store {
    /// Keeps an edition. Whatever revision it says, it gets the one after the stored, or the stored one where it
    /// says the same; tells whether it changed. One that was made before somebody froze, opened or published it comes too
    /// late: what that one made of it stays.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be written; then the stored one stays.
    pub fn save_edition(&self, edition: &Edition) -> Result<bool, StoreError> {
        self.database.run(|c| {
            let transaction = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
            let closed = latest(&transaction, &edition.name, edition.date)?;
            if closed.is_some_and(|issue| issue.state != edition.state) {
                return Ok(false);
            }
            let changed = save(&transaction, edition)?;
            transaction.commit()?;
            Ok(changed)
        })
    }

    /// An edition as it was last saved.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn edition(&self, name: &str, date: Date) -> Result<Option<Edition>, StoreError> {
        self.database.run(|c| {
            c.prepare_cached("SELECT content FROM editions WHERE name = ?1 AND date = ?2")?
                .query_row(params![name, date.to_string()], |row| {
                    serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(|e| unreadable(0, e))
                })
                .optional()
        })
    }

    /// All editions, newest day first.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn editions(&self) -> Result<Vec<EditionRow>, StoreError> {
        self.database.run(|c| {
            c.prepare(
                "SELECT name, date, revision, items, articles, as_of, state FROM editions ORDER BY date DESC, name",
            )?
            .query_map([], |row| {
                Ok(EditionRow {
                    name: row.get(0)?,
                    date: parsed(row, 1)?,
                    revision: row.get(2)?,
                    items: count(row, 3)?,
                    articles: count(row, 4)?,
                    as_of: parsed_if_any(row, 5)?,
                    state: state(row, 6)?,
                })
            })?
            .collect()
        })
    }
}

/// Saves within a transaction of the caller's.
pub(crate) fn save(c: &Connection, edition: &Edition) -> rusqlite::Result<bool> {
    let date = edition.date.to_string();
    let stored: Option<(u32, String)> = c
        .prepare_cached("SELECT revision, content FROM editions WHERE name = ?1 AND date = ?2")?
        .query_row([&edition.name, &date], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let content = |revision: u32| {
        serde_json::to_string(&Edition { revision, ..edition.clone() })
            .expect("model types have string keys and finite numbers")
    };
    if stored.as_ref().is_some_and(|(revision, stored)| content(*revision) == *stored) {
        return Ok(false);
    }
    let revision = stored.map_or(1, |(revision, _)| revision + 1);
    let items = items_of(edition);
    c.prepare_cached("DELETE FROM edition_items WHERE edition = ?1 AND date = ?2")?
        .execute([&edition.name, &date])?;
    c.prepare_cached(
        "INSERT INTO editions (name, date, revision, title, publisher, time_zone, as_of, items, articles, copies,
             stories, content, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (name, date) DO UPDATE SET revision = excluded.revision, title = excluded.title,
             publisher = excluded.publisher, time_zone = excluded.time_zone, as_of = excluded.as_of,
             items = excluded.items, articles = excluded.articles, copies = excluded.copies,
             stories = excluded.stories, content = excluded.content, state = excluded.state",
    )?
    .execute(params![
        edition.name,
        date,
        revision,
        edition.title,
        edition.publisher,
        edition.time_zone,
        edition.as_of.map(stamp),
        number(items.len()),
        number(edition.articles),
        number(edition.copies),
        number(edition.stories),
        content(revision),
        state_name(edition.state),
    ])?;
    for (position, (place, item)) in (1_i64..).zip(items) {
        insert_item(c, (&edition.name, &date, position, place), item)?;
    }
    Ok(true)
}

/// The name of a state in the store.
pub(crate) const fn state_name(state: EditionState) -> &'static str {
    match state {
        EditionState::Open => "open",
        EditionState::Frozen => "frozen",
        EditionState::Published => "published",
    }
}

/// A column that names a state.
pub(crate) fn state(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<EditionState> {
    let name = row.get_ref(column)?.as_str()?;
    let states = [EditionState::Open, EditionState::Frozen, EditionState::Published];
    let unknown = || unreadable(column, std::io::Error::other(format!("`{name}` is no state of an edition")));
    states.into_iter().find(|state| state_name(*state) == name).ok_or_else(unknown)
}

/// A count as SQLite counts.
pub(crate) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The items in the order in which they are printed.
fn items_of(edition: &Edition) -> Vec<(&'static str, &EditionItem)> {
    let front = edition.front.iter().map(|item| ("front", item));
    let sections = edition.sections.iter().flat_map(|s| &s.items).map(|item| ("section", item));
    front.chain(sections).collect()
}

fn insert_item(
    c: &Connection,
    (edition, date, position, place): (&str, &str, i64, &str),
    item: &EditionItem,
) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO edition_items (edition, date, position, number, place, rubrique, story, article, title,
             extract, source, source_name, authors, published, url, language, paywalled, updated, reprints,
             other_titles, score, noise)
         VALUES (:edition, :date, :position, :number, :place, :rubrique, :story, :article, :title, :extract,
             :source, :source_name, :authors, :published, :url, :language, :paywalled, :updated, :reprints,
             :other_titles, :score, :noise)",
    )?
    .execute(rusqlite::named_params! {
        ":edition": edition, ":date": date, ":position": position, ":number": number(item.number), ":place": place,
        ":rubrique": item.rubrique.slug(), ":story": item.story.0, ":article": item.article.0,
        ":title": item.title, ":extract": item.extract, ":source": item.source.0,
        ":source_name": item.source_name, ":authors": item.authors.join(", "),
        ":published": item.published.map(|p| p.to_string()), ":url": item.url,
        ":language": item.language.as_ref().map(Language::code), ":paywalled": item.paywalled,
        ":updated": item.updated, ":reprints": number(item.reprinted_by.len()), ":other_titles": number(item.others.len()),
        ":score": item.score, ":noise": item.noise,
    })?;
    Ok(())
}

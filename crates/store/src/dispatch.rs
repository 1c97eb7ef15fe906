//! A dispatch: one text that several outlets print, its origin and who prints it.
//!
//! The origin is the agency that signs the text, as the first article that names one has it; else the outlet that
//! printed it first. It reads the same from each of its articles: `Repris par N titres` counts both ways.

use kiosque_model::{ArticleId, PageId, SourceId};
use rusqlite::OptionalExtension;
use serde::Serialize;

use crate::{Store, StoreError};

/// What an origin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OriginKind {
    /// An agency signs the text.
    Agency,
    /// No agency is named: the outlet that printed it first.
    Outlet,
}

/// An article that prints a dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Its id.
    pub article: ArticleId,
    /// Its outlet.
    pub source: SourceId,
    /// The outlet's name.
    pub source_name: String,
    /// Its headline.
    pub title: Option<String>,
    /// Its address.
    pub url: String,
}

/// One text and who prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// The article that printed it first, which its copies point to.
    pub original: ArticleId,
    /// The name of its origin.
    pub origin: String,
    /// What that is.
    pub origin_kind: OriginKind,
    /// Outlets that print it beside the first.
    pub reprints: u32,
    /// All that print it, the first one first, then in order of time.
    pub printed: Vec<Printed>,
}

impl Store {
    /// The dispatch that an article prints, whether it is the first or a copy; `None` where it is alone.
    ///
    /// # Errors
    /// [`StoreError`] where the file cannot be read.
    pub fn dispatch(&self, id: &ArticleId) -> Result<Option<Dispatch>, StoreError> {
        self.database.run(|c| {
            let found = c
                .prepare_cached(
                    "SELECT dispatch, origin, origin_kind, reprints FROM v_dispatches
                     WHERE dispatch = coalesce((SELECT original FROM copies WHERE article = ?1), ?1)",
                )?
                .query_row([&id.0], |row| {
                    let kind: String = row.get(2)?;
                    Ok(Dispatch {
                        original: PageId(row.get(0)?),
                        origin: row.get(1)?,
                        origin_kind: if kind == "agency" { OriginKind::Agency } else { OriginKind::Outlet },
                        reprints: row.get(3)?,
                        printed: Vec::new(),
                    })
                })
                .optional()?;
            let Some(mut dispatch) = found else { return Ok(None) };
            dispatch.printed = c
                .prepare_cached(
                    "SELECT a.id, a.source, s.name, a.title, a.url FROM articles a JOIN sources s ON s.id = a.source
                     WHERE a.id = ?1 OR a.id IN (SELECT article FROM copies WHERE original = ?1)
                     ORDER BY a.id <> ?1, a.sort_at, a.id",
                )?
                .query_map([&dispatch.original.0], |row| {
                    Ok(Printed {
                        article: PageId(row.get(0)?),
                        source: SourceId(row.get(1)?),
                        source_name: row.get(2)?,
                        title: row.get(3)?,
                        url: row.get(4)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(Some(dispatch))
        })
    }
}

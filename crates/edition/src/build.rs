//! The bridge to the store: a day read, composed and kept.

use jiff::civil::Date;
use kiosque_model::Edition;
use kiosque_store::Store;

use crate::{Day, EditionError, EditionSpec, compose};

/// An edition as the store now keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// The edition, with the revision the store counts.
    pub edition: Edition,
    /// Whether it differs from what the store kept before.
    pub changed: bool,
}

/// Builds the edition of `date` from the store and keeps it there. Building again from the same articles
/// changes nothing and says so.
///
/// # Errors
/// [`EditionError::Store`] where the day cannot be read or the edition not be written; then the one kept
/// before stays.
pub fn build(store: &Store, spec: &EditionSpec, date: Date) -> Result<Built, EditionError> {
    let stories = store.day(date)?;
    let composed = compose(&Day { date, window: None, stories: &stories }, spec);
    let changed = store.save_edition(&composed)?;
    let edition = store.edition(&spec.name, date)?.unwrap_or(composed);
    Ok(Built { edition, changed })
}

//! The guard on the command line: what would break a rule is not distributed, and every item is told with its rule.

use std::fmt::Write;

use anyhow::{Result, bail};
use kiosque_edition::{EditionSpec, in_mode};
use kiosque_model::{Edition, Mode};
use kiosque_store::Store;

/// The edition as it is distributed in a mode, by the rights that sources grant today.
///
/// # Errors
/// All breaches of the rules, an item a line.
pub(crate) fn lawful(store: &Store, spec: &EditionSpec, edition: &Edition, mode: Mode) -> Result<Edition> {
    let breaches = match in_mode(edition, mode, spec, &store.rights()?) {
        Ok(edition) => return Ok(edition),
        Err(breaches) => breaches,
    };
    let mut told = String::new();
    for breach in &breaches {
        write!(told, "\n  {breach}")?;
    }
    bail!(
        "the edition `{}` of {} breaks {} {} of the mode `{mode}`; nothing was written{told}\nhint: shorten or drop the \
         items, or take back the decision (`kiosque edition decisions`, `kiosque edition undo`); docs/editors.md has the \
         rules",
        edition.name,
        edition.date,
        breaches.len(),
        if breaches.len() == 1 { "rule" } else { "rules" }
    )
}

//! The guard on the command line: what would break a rule is not distributed, and every item is told with its rule.

use std::fmt::Write;

use anyhow::{Result, bail};
use kiosque_edition::{EditionSpec, in_mode};
use kiosque_model::{Edition, Mode, SourceId};
use kiosque_store::Store;

use crate::config::Config;

/// The edition as it is distributed in a mode, by the rights that sources grant today: those of the pipeline's file, and
/// for sources it no longer names those of the store.
///
/// # Errors
/// All breaches of the rules, an item a line.
pub(crate) fn lawful(
    (config, store): (&Config, &Store),
    spec: &EditionSpec,
    edition: &Edition,
    mode: Mode,
) -> Result<Edition> {
    let mut rights = store.rights()?;
    rights.extend(config.sources.iter().map(|source| (SourceId(source.id.clone()), source.rights)));
    let breaches = match in_mode(edition, mode, spec, &rights) {
        Ok(edition) => return Ok(edition),
        Err(breaches) => breaches,
    };
    let mut told = String::new();
    for breach in &breaches {
        write!(told, "\n  {breach}")?;
    }
    bail!(
        "the edition `{}` of {} breaks {} {} of the mode `{mode}`; nothing was written{told}\nhint: shorten or drop the \
         items, or take back the decision (`kiosque edition decisions`, `kiosque edition undo`), build it again (`kiosque edition build`); docs/editors.md \
         has the rules",
        edition.name,
        edition.date,
        breaches.len(),
        if breaches.len() == 1 { "rule" } else { "rules" }
    )
}

#[cfg(test)]
mod tests {
    use kiosque_model::{EditionItem, PageId, Rubrique};

    use super::*;

    #[test]
    fn what_the_file_withdraws_holds_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipeline = "[pipeline]\nname = \"p\"\n[crawl]\ncontact = \"p@kiosque.example\"\n[store]\npath = \"s.sqlite\"\n[[edition]]\nname = \"matin\"\n\
                        [[source]]\nid = \"a\"\nurl = \"http://a.example/\"\nrights = \"forbidden\"\n";
        let config = Config::parse("p.toml", pipeline, []).unwrap();
        // The store knows the source from a time when it granted quoting.
        let store = Store::open(&folder.path().join("store.sqlite")).unwrap();
        let mut edition = Edition::new("matin", jiff::civil::date(2026, 10, 7));
        let mut item = EditionItem::new(1, PageId("x".to_owned()), Rubrique::ALL[0]);
        item.source = SourceId("a".to_owned());
        edition.front.push(item);
        let said =
            lawful((&config, &store), &config.editions[0], &edition, Mode::Revue).unwrap_err().to_string();
        assert!(said.contains("forbids any use"), "{said}");
    }
}

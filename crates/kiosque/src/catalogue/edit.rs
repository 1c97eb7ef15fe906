//! Changes a pipeline's file in place, as a person would: comments, order and spacing stay.
//!
//! Invariant: what is written is valid. The new text is read as a pipeline before it replaces the old one, which
//! happens at once (a new file takes the old one's name), so nobody ever meets half a file.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use crate::config::{Config, FeedConfig, SourceConfig, Trust};

/// A pipeline's file being changed.
pub(crate) struct Editor {
    path: PathBuf,
    document: DocumentMut,
}

impl Editor {
    /// Opens the file a configuration was read from.
    ///
    /// # Errors
    /// Where it cannot be read: the demo, which the binary carries, is none.
    pub(crate) fn open(file: &str) -> Result<Self> {
        let path = std::fs::canonicalize(file).with_context(|| {
            format!("`{file}` is no file that can be changed\nhint: name a pipeline of your own; docs/pipelines.md says how to start one")
        })?;
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{file}`"))?;
        let document = text.parse().with_context(|| format!("`{file}` is no TOML"))?;
        Ok(Self { path, document })
    }

    fn tables(&mut self) -> Result<&mut ArrayOfTables> {
        let sources = self.document.entry("source").or_insert_with(|| ArrayOfTables::new().into());
        sources
            .as_array_of_tables_mut()
            .ok_or_else(|| anyhow!("`source` is not written as `[[source]]` tables"))
    }

    fn table(&mut self, id: &str) -> Result<&mut Table> {
        let mut tables = self.tables()?.iter_mut();
        let found = tables.find(|table| table.get("id").and_then(Item::as_str) == Some(id));
        found.ok_or_else(|| anyhow!("no `[[source]]` of this file has the id `{id}`"))
    }

    /// Switches a source on or off; a reason is kept until another one is given.
    ///
    /// # Errors
    /// Where the file has no such source.
    pub(crate) fn switch(&mut self, id: &str, enabled: bool, reason: Option<&str>) -> Result<()> {
        let table = self.table(id)?;
        // On is what a source is by default.
        if !enabled || table.contains_key("enabled") {
            set(table, "enabled", enabled.into());
        }
        if let Some(reason) = reason {
            set(table, "reason", reason.into());
        }
        Ok(())
    }

    /// Adds a source at the end of the catalogue.
    ///
    /// # Errors
    /// Where the file's sources are written in another way than as tables.
    pub(crate) fn add(&mut self, source: &SourceConfig) -> Result<()> {
        let mut table = table_of(source);
        table.decor_mut().set_prefix("\n");
        self.tables()?.push(table);
        Ok(())
    }

    /// Adds feeds to a source of the file.
    ///
    /// # Errors
    /// Where the file has no such source, or its feeds are written in another way than as a list.
    pub(crate) fn add_feeds(&mut self, id: &str, feeds: &[FeedConfig]) -> Result<()> {
        let table = self.table(id)?;
        let list = table.entry("feeds").or_insert_with(|| value(Array::new()));
        let Some(list) = list.as_array_mut() else { bail!("`feeds` of `{id}` is not written as a list") };
        feeds.iter().for_each(|feed| push(list, feed));
        Ok(())
    }

    /// The text as it is now.
    pub(crate) fn text(&self) -> String {
        self.document.to_string()
    }

    /// Writes the file, if it is still a valid pipeline.
    ///
    /// # Errors
    /// With every mistake where it is not; where the folder cannot be written.
    pub(crate) fn save(&self) -> Result<()> {
        let text = self.text();
        let file = self.path.display().to_string();
        Config::check(&file, &text).context("nothing was written")?;
        let advice = || {
            format!(
                "cannot write `{file}`; it is as it was\nhint: where it is mounted read-only, change it where it comes from"
            )
        };
        let folder = self.path.parent().ok_or_else(|| anyhow!("`{file}` is in no folder"))?;
        let mut new = tempfile::NamedTempFile::new_in(folder).with_context(advice)?;
        new.write_all(text.as_bytes()).with_context(advice)?;
        let permissions = std::fs::metadata(&self.path).with_context(advice)?.permissions();
        new.as_file().set_permissions(permissions).with_context(advice)?;
        new.as_file().sync_all().with_context(advice)?;
        new.persist(&self.path).with_context(advice)?;
        Ok(())
    }
}

/// Sets a key where it stands, with the comment behind it, or at the end of its table.
fn set(table: &mut Table, key: &str, mut new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => drop(table.insert(key, Item::Value(new))),
    }
}

/// A source as a table: what is as by default is left out.
pub(crate) fn table_of(source: &SourceConfig) -> Table {
    let mut table = Table::new();
    let mut text = |key: &str, text: Option<&str>| {
        if let Some(text) = text {
            table.insert(key, value(text));
        }
    };
    text("id", Some(&source.id));
    text("name", Some(&source.name));
    text("name_ar", source.name_ar.as_deref());
    text("url", Some(&source.url));
    text("kind", Some(source.kind_name()).filter(|kind| *kind != "auto"));
    text("rubrique", source.rubrique.map(kiosque_model::Rubrique::slug));
    text("site", source.site.as_deref());
    text("language", source.language.as_ref().map(kiosque_model::Language::code));
    text("country", source.country.as_deref());
    text("medium", source.medium.map(crate::config::Medium::name));
    text("rights", (source.rights != kiosque_model::Rights::default()).then(|| source.rights.name()));
    text("trust", (source.trust != Trust::default()).then(|| source.trust.name()));
    text("reason", source.reason.as_deref());
    text("note", source.note.as_deref());
    if source.tier != 2 {
        table.insert("tier", value(i64::from(source.tier)));
    }
    if !source.enabled {
        table.insert("enabled", value(false));
    }
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    if let Some(delay) = source.delay_ms {
        table.insert("delay_ms", value(whole(delay)));
    }
    if let Some(most) = source.max_pages {
        table.insert("max_pages", value(whole(most as u64)));
    }
    if !source.feeds.is_empty() {
        let mut list = Array::new();
        source.feeds.iter().for_each(|feed| push(&mut list, feed));
        table.insert("feeds", value(list));
    }
    table
}

/// Puts a feed on a line of its own.
fn push(list: &mut Array, feed: &FeedConfig) {
    let mut entry = InlineTable::new();
    entry.insert("url", feed.url.as_str().into());
    if let Some(rubrique) = feed.rubrique {
        entry.insert("rubrique", rubrique.slug().into());
    }
    if !feed.enabled {
        entry.insert("enabled", false.into());
    }
    if let Some(note) = &feed.note {
        entry.insert("note", note.as_str().into());
    }
    let mut entry = Value::from(entry);
    // What stands behind the last feed, a comment perhaps, stays there.
    let behind = list.trailing().as_str().unwrap_or_default().trim_end().to_owned();
    entry.decor_mut().set_prefix(format!("{behind}\n  "));
    list.push_formatted(entry);
    list.set_trailing_comma(true);
    list.set_trailing("\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"# La maison
[pipeline]
name = "p"   # court

[crawl]
contact = "desk@p.example"
[store]
path = "d/store.sqlite"

# --- quotidiens ---

[[source]]
id = "a"
url = "https://a.example/feed"    # le fil
enabled = true # depuis mardi

# le second
[[source]]
id = "b"
url = "https://b.example/feed"
feeds = [
  { url = "https://b.example/sport/feed", rubrique = "sport" }, # sport
]

[serve]
listen = "127.0.0.1:8081"
"#;

    fn changed(change: impl FnOnce(&mut Editor)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.toml");
        std::fs::write(&path, FILE).unwrap();
        let mut editor = Editor::open(path.to_str().unwrap()).unwrap();
        change(&mut editor);
        editor.save().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_switch_changes_one_word() {
        assert_eq!(changed(|_| {}), FILE);
        let off = changed(|file| file.switch("a", false, None).unwrap());
        assert_eq!(off, FILE.replace("enabled = true # depuis", "enabled = false # depuis"));
        assert_eq!(changed(|file| file.switch("b", true, None).unwrap()), FILE);
        let off = changed(|file| file.switch("b", false, Some("fil \"mort\"")).unwrap());
        let added = "]\nenabled = false\nreason = 'fil \"mort\"'\n";
        assert_eq!(off, FILE.replace("]\n\n[serve]", &format!("{added}\n[serve]")));
    }

    #[test]
    fn what_is_added_stands_behind_the_others_and_is_read_again() {
        let mut new = SourceConfig::new("c".into(), "La Criée".into(), "https://c.example/feed".into());
        new.name_ar = Some("السوق".into());
        new.tier = 3;
        let sport = FeedConfig {
            url: "https://c.example/sport".into(),
            rubrique: "sport".parse().ok(),
            enabled: true,
            note: None,
        };
        let guess = FeedConfig {
            url: "https://c.example/une".into(),
            rubrique: None,
            enabled: false,
            note: Some("devinée".into()),
        };
        new.feeds = vec![sport.clone(), guess];
        let text = changed(|file| {
            file.add(&new).unwrap();
            file.add_feeds("b", &[sport]).unwrap();
        });
        assert!(text.starts_with(&FILE[..FILE.find("[serve]").unwrap() - 10]), "{text}");
        assert!(text.find("[[source]]\nid = \"c\"") < text.find("[serve]"), "{text}");
        assert!(text.contains("rubrique = \"sport\" }, # sport"), "{text}");
        let config = Config::parse("p.toml", &text, []).unwrap();
        assert_eq!(config.sources[2], new);
        assert_eq!(config.sources[1].feeds.len(), 2);
    }

    #[test]
    fn what_would_be_invalid_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.toml");
        std::fs::write(&path, FILE).unwrap();
        let mut editor = Editor::open(path.to_str().unwrap()).unwrap();
        editor.add(&SourceConfig::new("a".into(), "A".into(), "https://a.example/".into())).unwrap();
        let said = format!("{:#}", editor.save().unwrap_err());
        assert!(
            said.contains("nothing was written") && said.contains("`a` is already another source's id"),
            "{said}"
        );
        assert_eq!(std::fs::read_to_string(path).unwrap(), FILE);
        assert!(editor.switch("x", true, None).unwrap_err().to_string().contains("has the id `x`"));
    }
}

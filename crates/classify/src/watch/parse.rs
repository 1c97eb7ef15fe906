//! Rule files: TOML to rules, or every mistake with its file, key and line.

use std::collections::HashMap;

use kiosque_model::{Field, Language, Rubrique};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Asks, Item, Near, WatchError, WatchRule, WatchSet};

const RULE_KEYS: [&str; 13] = [
    "id",
    "watchlist",
    "rubrique",
    "any",
    "all",
    "not",
    "near",
    "sources",
    "rubriques",
    "languages",
    "in",
    "why",
    "enabled",
];

/// Words that may lie within a `near` at most.
const WITHIN: std::ops::RangeInclusive<i64> = 1..=100;

/// Reads all files: first the names of every one, since rules of any file may use them.
pub(super) fn set<'t>(
    files: impl IntoIterator<Item = (&'t str, &'t str)>,
) -> Result<WatchSet, Vec<WatchError>> {
    let mut reader = Reader::default();
    let mut tables = Vec::new();
    for (file, text) in files {
        (reader.file, reader.text) = (file, text);
        let (table, syntax) = DeTable::parse_recoverable(text);
        for error in &syntax {
            reader.fail("", error.span().map_or(0, |span| span.start), error.message().replace('\n', " "));
        }
        if syntax.is_empty() {
            tables.push((file, text, table.into_inner()));
        }
    }
    for (file, text, table) in &tables {
        (reader.file, reader.text) = (file, text);
        reader.names(table);
    }
    for (file, text, table) in &tables {
        (reader.file, reader.text) = (file, text);
        reader.rules(table);
    }
    let order = |error: &WatchError| tables.iter().position(|(file, ..)| *file == error.file);
    reader.errors.sort_by_key(|error| (order(error), error.line));
    if reader.errors.is_empty() { Ok(reader.set) } else { Err(reader.errors) }
}

#[derive(Default)]
struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    set: WatchSet,
    /// Aliases of each name.
    names: HashMap<String, Item>,
    errors: Vec<WatchError>,
}

type Table<'t> = DeTable<'t>;
type Value<'t> = Spanned<DeValue<'t>>;

impl Reader<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes()[..offset.min(self.text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    fn fail(&mut self, key: &str, at: usize, message: impl Into<String>) {
        let (line, message) = (self.line(at), message.into());
        self.errors.push(WatchError { file: self.file.to_owned(), key: key.to_owned(), line, message });
    }

    /// Tells every key that is none, with those that are.
    fn known(&mut self, prefix: &str, table: &Table<'_>, keys: &[&str]) {
        for (key, _) in table {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let message = format!("there is no such key; there are `{}`", keys.join("`, `"));
                self.fail(&joined(prefix, name), key.span().start, message);
            }
        }
    }

    fn names(&mut self, table: &Table<'_>) {
        for (at, inner) in self.tables(table, "name") {
            self.known("name", inner, &["id", "aliases"]);
            let id = self.id(inner, "name", at);
            let aliases =
                inner.get("aliases").map(|value| self.texts("name.aliases", value)).unwrap_or_default();
            if !inner.contains_key("aliases") || aliases.is_empty() {
                self.fail("name.aliases", at, "is missing; give every spelling, in Latin and Arabic letters");
            }
            let item =
                aliases.into_iter().filter_map(|(alias, at)| self.term("name.aliases", &alias, at)).collect();
            if let Some(id) = id
                && self.names.insert(id.clone(), item).is_some()
            {
                self.fail("name.id", at, format!("`{id}` is already another name's id"));
            }
        }
    }

    fn rules(&mut self, table: &Table<'_>) {
        self.known("", table, &["version", "name", "rule"]);
        let version = match table.get("version").map(|v| (v.get_ref(), v.span().start)) {
            Some((DeValue::Integer(number), at)) => {
                let version = u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|v| *v >= 1);
                if version.is_none() {
                    self.fail(
                        "version",
                        at,
                        format!("`{}` is no version: a whole number from 1 on", number.as_str()),
                    );
                }
                version.unwrap_or(1)
            }
            Some((_, at)) => {
                self.fail("version", at, "must be a whole number from 1 on");
                1
            }
            None => {
                self.fail("version", 0, "is missing; begin with `version = 1` and add one with every change");
                1
            }
        };
        for (at, inner) in self.tables(table, "rule") {
            if let Some(rule) = self.rule(inner, at, version) {
                self.set.rules.push(rule);
            }
        }
    }

    fn rule(&mut self, table: &Table<'_>, at: usize, version: u32) -> Option<WatchRule> {
        let before = self.errors.len();
        self.known("rule", table, &RULE_KEYS);
        let id = self.id(table, "rule", at);
        if let Some(id) = id.as_deref().filter(|id| self.set.rules.iter().any(|rule| rule.id == *id)) {
            self.fail("rule.id", at, format!("`{id}` is already another rule's id"));
        }
        self.text(table, "rule", "why");
        let watchlist = self.text(table, "rule", "watchlist").map(|(text, _)| text);
        if watchlist.as_deref().is_some_and(|list| list.trim().is_empty()) {
            self.fail("rule.watchlist", at, "is empty; name the list");
        }
        let rubrique = self
            .text(table, "rule", "rubrique")
            .and_then(|(text, at)| self.rubrique("rule.rubrique", &text, at));
        if !table.contains_key("watchlist") && !table.contains_key("rubrique") {
            self.fail("rule", at, "does nothing; say `watchlist`, `rubrique`, or both");
        }
        let asks = self.asks(table, at);
        let enabled = match table.get("enabled").map(|v| (v.get_ref(), v.span().start)) {
            None => true,
            Some((DeValue::Boolean(flag), _)) => *flag,
            Some((_, at)) => {
                self.fail("rule.enabled", at, "must be true or false");
                true
            }
        };
        let (file, line) = (self.file.to_owned(), self.line(at));
        let sound = self.errors.len() == before && enabled;
        sound.then(|| WatchRule {
            id: id.unwrap_or_default(),
            file,
            version,
            line,
            watchlist,
            rubrique,
            asks,
        })
    }

    fn asks(&mut self, table: &Table<'_>, at: usize) -> Asks {
        let field = self.text(table, "rule", "in").and_then(|(text, at)| match text.as_str() {
            "title" => Some(Field::Title),
            "text" => Some(Field::Text),
            other => {
                self.fail(
                    "rule.in",
                    at,
                    format!("`{other}` is neither `title` nor `text`; leave it out for both"),
                );
                None
            }
        });
        let asks = Asks {
            any: self.items(table, "any"),
            all: self.items(table, "all"),
            not: self.items(table, "not"),
            near: self.near(table),
            sources: self.list(table, "sources").into_iter().map(|(text, _)| text).collect(),
            rubriques: {
                let all = self.list(table, "rubriques");
                all.into_iter().filter_map(|(text, at)| self.rubrique("rule.rubriques", &text, at)).collect()
            },
            languages: {
                let all = self.list(table, "languages");
                all.into_iter().filter_map(|(text, at)| self.language(&text, at)).collect()
            },
            field,
        };
        let positive = ["any", "all", "near", "sources", "rubriques", "languages"];
        if !positive.iter().any(|key| table.contains_key(*key)) {
            let message = format!(
                "asks for nothing and would meet every article; say one of `{}`",
                positive.join("`, `")
            );
            self.fail("rule", at, message);
        }
        asks
    }

    fn near(&mut self, table: &Table<'_>) -> Vec<Near> {
        let mut found = Vec::new();
        if let Some(value) = table.get("near")
            && matches!(value.get_ref(), DeValue::Array(items) if items.is_empty())
        {
            self.fail("rule.near", value.span().start, "is empty; leave it out");
        }
        for (at, inner) in self.tables(table, "near") {
            self.known("rule.near", inner, &["words", "within"]);
            let words =
                inner.get("words").map(|value| self.texts("rule.near.words", value)).unwrap_or_default();
            if words.len() < 2 {
                self.fail("rule.near.words", at, "must hold two terms or more");
            }
            let items =
                words.into_iter().filter_map(|(term, at)| self.item("rule.near.words", &term, at)).collect();
            let within = match inner.get("within").map(|v| (v.get_ref(), v.span().start)) {
                None => 10,
                Some((DeValue::Integer(number), at)) => {
                    let number = i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(0);
                    if !WITHIN.contains(&number) {
                        let message =
                            format!("expected a whole number from {} to {}", WITHIN.start(), WITHIN.end());
                        self.fail("rule.near.within", at, message);
                    }
                    usize::try_from(number).unwrap_or(1)
                }
                Some((_, at)) => {
                    self.fail("rule.near.within", at, "must be a whole number of words");
                    1
                }
            };
            found.push(Near { items, within });
        }
        found
    }

    fn list(&mut self, table: &Table<'_>, key: &str) -> Vec<(String, usize)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let name = joined("rule", key);
        let found = self.texts(&name, value);
        if matches!(value.get_ref(), DeValue::Array(items) if items.is_empty()) {
            self.fail(&name, value.span().start, "is empty; leave it out");
        }
        found
    }

    fn items(&mut self, table: &Table<'_>, key: &str) -> Vec<Item> {
        let name = joined("rule", key);
        self.list(table, key).into_iter().filter_map(|(term, at)| self.item(&name, &term, at)).collect()
    }

    /// A term, or all aliases of `@name`.
    fn item(&mut self, key: &str, written: &str, at: usize) -> Option<Item> {
        let Some(name) = written.strip_prefix('@') else {
            return self.term(key, written, at).map(|term| vec![term]);
        };
        let found = self.names.get(name).cloned();
        if found.is_none() {
            self.fail(key, at, format!("no `[[name]]` has the id `{name}`"));
        }
        found
    }

    fn term(&mut self, key: &str, written: &str, at: usize) -> Option<usize> {
        self.set.terms.add(written).map_err(|message| self.fail(key, at, message)).ok()
    }

    fn rubrique(&mut self, key: &str, text: &str, at: usize) -> Option<Rubrique> {
        text.parse().map_err(|message: String| self.fail(key, at, message)).ok()
    }

    fn language(&mut self, text: &str, at: usize) -> Option<String> {
        let found = Language::from_tag(text);
        if found.is_none() {
            self.fail("rule.languages", at, format!("`{text}` is no language code such as `fr`"));
        }
        found.map(|language| language.code().to_owned())
    }

    fn id(&mut self, table: &Table<'_>, prefix: &str, at: usize) -> Option<String> {
        let name = joined(prefix, "id");
        let Some((id, at)) = self.text(table, prefix, "id") else {
            if !table.contains_key("id") {
                self.fail(&name, at, "is missing; give a short name of a-z, 0-9 and `-`");
            }
            return None;
        };
        let sound =
            !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !sound {
            self.fail(&name, at, format!("`{id}` must be of a-z, 0-9 and `-`"));
        }
        sound.then_some(id)
    }

    fn text(&mut self, table: &Table<'_>, prefix: &str, key: &str) -> Option<(String, usize)> {
        let value = table.get(key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some((text.to_string(), value.span().start));
        }
        self.fail(&joined(prefix, key), value.span().start, "must be a text in quotes");
        None
    }

    /// A text or a list of texts, each with where it stands.
    fn texts(&mut self, key: &str, value: &Value<'_>) -> Vec<(String, usize)> {
        let items: Vec<&Value<'_>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => out.push((text.trim().to_owned(), item.span().start)),
                _ => self.fail(key, item.span().start, "must be a text or a list of texts"),
            }
        }
        out
    }

    /// The tables of a key: `[[rule]]`, or for `near` also one table alone.
    fn tables<'v, 'd>(&mut self, table: &'v Table<'d>, key: &str) -> Vec<(usize, &'v Table<'d>)> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let items: Vec<&Value<'d>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(inner) => out.push((item.span().start, inner)),
                _ => self.fail(key, item.span().start, format!("must be a table, each `[[{key}]]`")),
            }
        }
        out
    }
}

fn joined(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

//! Reads one table of a pipeline file, noting every mistake instead of stopping at the first.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::node::{Node, Origin, Value};

/// One mistake in a pipeline: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// The key, e.g. `crawl.delay_ms`.
    pub(crate) key: String,
    /// `line 12` or `variable KIOSQUE__…`; empty where something is missing altogether.
    pub(crate) origin: Option<Origin>,
    /// What is wrong and what is expected.
    pub(crate) message: String,
}

/// A table being read: keys are taken out of it, and those left at the end are unknown.
pub(crate) struct Section<'e> {
    path: String,
    origin: Option<Origin>,
    keys: BTreeMap<String, Node>,
    known: Vec<&'static str>,
    errors: &'e mut Vec<ConfigError>,
}

impl<'e> Section<'e> {
    /// Opens the table at `node`; an absent one reads as empty.
    pub(crate) fn open(path: &str, node: Option<Node>, errors: &'e mut Vec<ConfigError>) -> Self {
        let origin = node.as_ref().map(|n| n.origin.clone());
        let keys = match node.map(|n| n.value) {
            None => BTreeMap::new(),
            Some(Value::Table(keys)) => keys,
            Some(other) => {
                let message = format!("expected a table, found {}", other.kind());
                errors.push(ConfigError { key: path.to_owned(), origin: origin.clone(), message });
                BTreeMap::new()
            }
        };
        Self { path: path.to_owned(), origin, keys, known: Vec::new(), errors }
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Notes a mistake at a key of this table.
    pub(crate) fn fail(&mut self, key: &str, origin: Option<Origin>, message: impl Into<String>) {
        let origin = origin.or_else(|| self.origin.clone());
        self.errors.push(ConfigError { key: self.full(key), origin, message: message.into() });
    }

    /// Takes a key out, whatever it holds.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Node> {
        self.known.push(key);
        self.keys.remove(key)
    }

    /// A text, with where it stands.
    pub(crate) fn text_at(&mut self, key: &'static str) -> Option<(String, Origin)> {
        let node = self.take(key)?;
        match node.value {
            Value::Text(text) => Some((text, node.origin)),
            other => {
                self.fail(
                    key,
                    Some(node.origin),
                    format!("expected a text in quotes, found {}", other.kind()),
                );
                None
            }
        }
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        self.text_at(key).map(|(text, _)| text)
    }

    /// A text that must be there and not be blank.
    pub(crate) fn required(&mut self, key: &'static str, hint: &str) -> String {
        let missing = !self.keys.contains_key(key);
        match self.text_at(key) {
            Some((text, _)) if !text.trim().is_empty() => text,
            Some((_, origin)) => {
                self.fail(key, Some(origin), format!("is empty; {hint}"));
                String::new()
            }
            None => {
                if missing {
                    self.fail(key, None, format!("is missing; {hint}"));
                }
                String::new()
            }
        }
    }

    /// A text that must be there and parse, by `read`.
    pub(crate) fn required_parsed<T>(
        &mut self,
        key: &'static str,
        hint: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.keys.contains_key(key) {
            self.known.push(key);
            self.fail(key, None, format!("is missing; {hint}"));
            return None;
        }
        self.parsed(key, read)
    }

    /// A text that is one of a few words.
    pub(crate) fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)], default: T) -> T {
        let Some((text, origin)) = self.text_at(key) else { return default };
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
        self.fail(key, Some(origin), format!("`{text}` is none of {}", words.join(", ")));
        default
    }

    /// A text that parses, by `read`.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (text, origin) = self.text_at(key)?;
        read(&text).map_err(|message| self.fail(key, Some(origin), message)).ok()
    }

    /// A whole number within a range. From the environment, digits are read as one.
    pub(crate) fn integer(&mut self, key: &'static str, range: RangeInclusive<i64>, default: i64) -> i64 {
        self.integer_if(key, range).unwrap_or(default)
    }

    /// A whole number within a range, where there is one.
    pub(crate) fn integer_if(&mut self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let node = self.take(key)?;
        let found = match (&node.value, &node.origin) {
            (Value::Integer(number), _) => Some(*number),
            (Value::Text(text), Origin::Variable(_)) => text.trim().parse().ok(),
            _ => None,
        };
        match found.filter(|number| range.contains(number)) {
            Some(number) => Some(number),
            None => {
                let expected = format!("expected a whole number from {} to {}", range.start(), range.end());
                let shown = found.map_or_else(|| node.value.kind().to_owned(), |number| number.to_string());
                self.fail(key, Some(node.origin), format!("{expected}, found {shown}"));
                None
            }
        }
    }

    /// A number within a range, with or without a fraction.
    pub(crate) fn fraction(&mut self, key: &'static str, range: RangeInclusive<f64>, default: f64) -> f64 {
        let Some(node) = self.take(key) else { return default };
        self.number(key, node, &range).unwrap_or(default)
    }

    /// All keys of a table whose keys are names, each with a number.
    pub(crate) fn fractions(&mut self, range: RangeInclusive<f64>) -> BTreeMap<String, f64> {
        let keys = std::mem::take(&mut self.keys);
        keys.into_iter()
            .filter_map(|(key, node)| Some((key.clone(), self.number(&key, node, &range)?)))
            .collect()
    }

    fn number(&mut self, key: &str, node: Node, range: &RangeInclusive<f64>) -> Option<f64> {
        let found = match (&node.value, &node.origin) {
            (Value::Fraction(number), _) => Some(*number),
            // Whole numbers of a pipeline are far below 2⁵³.
            (Value::Integer(number), _) => Some(*number as f64),
            (Value::Text(text), Origin::Variable(_)) => text.trim().parse().ok(),
            _ => None,
        };
        let fits = found.filter(|number| range.contains(number));
        if fits.is_none() {
            let shown = found.map_or_else(|| node.value.kind().to_owned(), |number| number.to_string());
            let message =
                format!("expected a number from {} to {}, found {shown}", range.start(), range.end());
            self.fail(key, Some(node.origin), message);
        }
        fits
    }

    /// True or false.
    pub(crate) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(node) = self.take(key) else { return default };
        match (&node.value, &node.origin) {
            (Value::Flag(flag), _) => *flag,
            (Value::Text(text), Origin::Variable(_)) if text == "true" || text == "false" => text == "true",
            (other, _) => {
                let message = format!("expected true or false, found {}", other.kind());
                self.fail(key, Some(node.origin), message);
                default
            }
        }
    }

    /// A list of texts, each read by `read`. From the environment, commas part them.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let node = self.take(key)?;
        let items = match (node.value, &node.origin) {
            (Value::List(items), _) => items,
            (Value::Text(text), Origin::Variable(_)) => text
                .split(',')
                .filter(|part| !part.trim().is_empty())
                .map(|part| Node { value: Value::Text(part.trim().to_owned()), origin: node.origin.clone() })
                .collect(),
            (other, _) => {
                let message = format!("expected a list of texts, found {}", other.kind());
                self.fail(key, Some(node.origin), message);
                return None;
            }
        };
        let mut out = Vec::new();
        for item in items {
            match item.value {
                Value::Text(text) => match read(&text) {
                    Ok(value) => out.push(value),
                    Err(message) => self.fail(key, Some(item.origin), message),
                },
                other => {
                    let message = format!("expected a text in quotes, found {}", other.kind());
                    self.fail(key, Some(item.origin), message);
                }
            }
        }
        Some(out)
    }

    /// The tables of an array of tables (`[[source]]`).
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Node> {
        match self.take(key).map(|node| (node.value, node.origin)) {
            None => Vec::new(),
            Some((Value::List(items), _)) => items,
            Some((other, origin)) => {
                let message = format!("expected `[[{key}]]` tables, found {}", other.kind());
                self.fail(key, Some(origin), message);
                Vec::new()
            }
        }
    }

    /// The mistakes so far, to read a table inside this one.
    pub(crate) fn errors(&mut self) -> &mut Vec<ConfigError> {
        self.errors
    }

    /// Ends the reading: keys nobody took are unknown, each told with the nearest known one.
    pub(crate) fn close(self) {
        for (key, node) in &self.keys {
            let full = if self.path.is_empty() { key.clone() } else { format!("{}.{key}", self.path) };
            let message = nearest(key, &self.known).map_or_else(
                || format!("unknown key; known here: {}", self.known.join(", ")),
                |near| format!("unknown key; did you mean `{near}`?"),
            );
            self.errors.push(ConfigError { key: full, origin: Some(node.origin.clone()), message });
        }
    }
}

/// The known word at an edit distance of at most two.
pub(super) fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    known.iter().map(|k| (strsim::levenshtein(word, k), *k)).filter(|(d, _)| *d <= 2).min().map(|(_, k)| k)
}

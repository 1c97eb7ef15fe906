//! A pipeline file as a tree whose every value knows where it was written.
//!
//! TOML comes in through the `toml` crate's spanned tree; environment variables are laid over it. Nothing
//! here knows what the keys mean, so that reading (`section.rs`) can report every mistake with its line.

use std::collections::BTreeMap;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A line of the file, from 1.
    Line(usize),
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Variable(name) => write!(f, "variable {name}"),
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// The kinds of value a pipeline file uses.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Fraction(f64),
    Flag(bool),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
    /// A kind no key takes: its name.
    Other(&'static str),
}

impl Value {
    /// What a person would call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Fraction(_) => "a fraction",
            Self::Flag(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

/// Reads TOML; all syntax errors come at once, each as line and message.
pub(crate) fn parse(text: &str) -> Result<Node, Vec<(usize, String)>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let told = |e: &toml::de::Error| {
            (e.span().map_or(1, |span| line_at(text, span.start)), e.message().replace('\n', " "))
        };
        return Err(errors.iter().map(told).collect());
    }
    Ok(Node { value: Value::Table(from_table(text, table.get_ref())), origin: Origin::Line(1) })
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn from_table(text: &str, table: &DeTable<'_>) -> BTreeMap<String, Node> {
    table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), from_value(text, key.span().start, value)))
        .collect()
}

fn from_value(text: &str, key_at: usize, value: &Spanned<DeValue<'_>>) -> Node {
    let converted = match value.get_ref() {
        DeValue::String(s) => Value::Text(s.to_string()),
        DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix())
            .map_or(Value::Other("a number out of range"), Value::Integer),
        DeValue::Boolean(b) => Value::Flag(*b),
        DeValue::Float(f) => {
            f.as_str().parse().map_or(Value::Other("a number out of range"), Value::Fraction)
        }
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| from_value(text, item.span().start, item)).collect())
        }
        DeValue::Table(inner) => Value::Table(from_table(text, inner)),
    };
    Node { value: converted, origin: Origin::Line(line_at(text, key_at)) }
}

/// Lays `KIOSQUE__SECTION__KEY=value` over the tree, in the order of the names. A variable never reaches into
/// a list of tables: sources and editions are written in the file.
pub(crate) fn overlay(root: &mut Node, variables: impl IntoIterator<Item = (String, String)>) {
    let mut variables: Vec<_> =
        variables.into_iter().filter(|(name, _)| name.starts_with("KIOSQUE__")).collect();
    variables.sort();
    for (name, value) in variables {
        let keys = name["KIOSQUE__".len()..].to_ascii_lowercase();
        let leaf = Node { value: Value::Text(value), origin: Origin::Variable(name) };
        lay(root, &keys.split("__").collect::<Vec<_>>(), leaf);
    }
}

/// Puts a value at the end of a path of keys, making tables where there are none.
fn lay(node: &mut Node, path: &[&str], leaf: Node) {
    let [key, rest @ ..] = path else {
        *node = leaf;
        return;
    };
    if !matches!(node.value, Value::Table(_)) {
        *node = Node { value: Value::Table(BTreeMap::new()), origin: leaf.origin.clone() };
    }
    if let Value::Table(table) = &mut node.value {
        let empty = Node { value: Value::Table(BTreeMap::new()), origin: leaf.origin.clone() };
        lay(table.entry((*key).to_owned()).or_insert(empty), rest, leaf);
    }
}

//! JSON Feed 1.0 and 1.1, read loosely: numbers as ids, a single author, missing version, and what [`mend`] repairs.

mod mend;

use std::borrow::Cow;

use serde_json::Value;
use url::Url;

use super::{Entry, Feed, FeedError, FeedKind};
use crate::date::parse_date;
use crate::quiet::Quiet;
use crate::xml::plain;

pub(super) fn parse(text: &str, base: &Url) -> Result<Feed, FeedError> {
    let (feed, fault) = match read(text) {
        Ok(feed) => (feed, None),
        Err(fault) => (read(&mend::mended(text)).unwrap_or_default(), Some(fault)),
    };
    let items = feed.get("items").and_then(Value::as_array);
    // Of what had to be mended nothing but entries is worth anything.
    let items = match (items, fault) {
        (Some(items), None) => items,
        (Some(items), Some(_)) if !items.is_empty() => items,
        (_, Some(fault)) => return Err(FeedError::Json(fault)),
        (None, None) => return Err(FeedError::NoFeed("it is JSON without `items`")),
    };
    let language = feed.get("language").and_then(Value::as_str);
    Ok(Feed {
        kind: FeedKind::Json,
        title: words(&feed, "title"),
        entries: items.iter().filter_map(|item| entry(item, base, language)).collect(),
        ttl_minutes: None,
        quiet: Quiet::default(),
    })
}

fn read(text: &str) -> Result<Value, String> {
    // What follows the object (a second one, a script) is not looked at.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values.next().unwrap_or(Ok(Value::Null)).map_err(|e| e.to_string())
}

fn entry(item: &Value, base: &Url, language: Option<&str>) -> Option<Entry> {
    let address = |key: &str| item.get(key)?.as_str().map(str::trim).filter(|u| !u.is_empty());
    let id = || address("id").filter(|id| id.starts_with("http"));
    let url = address("url").or_else(id).or_else(|| address("external_url"))?;
    let url = base.join(url).ok().filter(Url::has_host)?;
    let date = |key: &str| {
        let told = match item.get(key)? {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Number(number) => Cow::Owned(number.to_string()),
            _ => return None,
        };
        parse_date(&told, language)
    };
    let updated = date("date_modified");
    let authors = item.get("authors").and_then(Value::as_array).into_iter().flatten();
    let authors: Vec<_> = authors.chain(item.get("author")).filter_map(author).collect();
    let tags = item.get("tags").and_then(Value::as_array).into_iter().flatten();
    Some(Entry {
        url: url.into(),
        title: words(item, "title"),
        published: date("date_published").or(updated),
        updated,
        author: Some(authors.join(", ")).filter(|a| !a.is_empty()),
        categories: tags.filter_map(Value::as_str).map(plain).filter(|t| !t.is_empty()).collect(),
    })
}

/// An object with a name, or a name alone.
fn author(author: &Value) -> Option<String> {
    words(author, "name").or_else(|| author.as_str().map(plain)).filter(|name| !name.is_empty())
}

fn words(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(plain).filter(|t| !t.is_empty())
}

//! JSON Feed 1.0 and 1.1, read loosely: numbers as ids, a single author, missing version.

use serde_json::Value;
use url::Url;

use super::{Entry, Feed, FeedError, FeedKind};
use crate::date::parse_date;
use crate::quiet::Quiet;
use crate::xml::plain;

pub(super) fn parse(text: &str, base: &Url) -> Result<Feed, FeedError> {
    // What follows the object (a second one, a script) is not looked at.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let feed = values.next().unwrap_or(Ok(Value::Null)).map_err(|e| FeedError::Json(e.to_string()))?;
    let Some(items) = feed.get("items").and_then(Value::as_array) else {
        return Err(FeedError::NoFeed("it is JSON without `items`"));
    };
    Ok(Feed {
        kind: FeedKind::Json,
        title: words(&feed, "title"),
        entries: items.iter().filter_map(|item| entry(item, base)).collect(),
        ttl_minutes: None,
        quiet: Quiet::default(),
    })
}

fn entry(item: &Value, base: &Url) -> Option<Entry> {
    let address = |key: &str| item.get(key)?.as_str().filter(|u| !u.trim().is_empty());
    let id = || address("id").filter(|id| id.starts_with("http"));
    let url = address("url").or_else(id).or_else(|| address("external_url"))?;
    let url = base.join(url).ok().filter(Url::has_host)?;
    let date = |key: &str| parse_date(item.get(key)?.as_str()?);
    let updated = date("date_modified");
    let authors = item.get("authors").and_then(Value::as_array).into_iter().flatten();
    let authors: Vec<_> = authors.chain(item.get("author")).filter_map(|a| words(a, "name")).collect();
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

fn words(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(plain).filter(|t| !t.is_empty())
}

//! JSON Feed 1.1, with the source and place of each item in an extension of its own (`_kiosque`).

use serde_json::{Value, json};

use super::super::view::{Item, View};
use super::{content, feed_id, moment, summary};

/// The feed.
pub(in crate::render) fn json_feed(view: &View<'_>) -> Value {
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": view.full_title,
        "description": summary(view),
        "language": view.lang,
        "items": view.items().map(|item| entry(item, view)).collect::<Vec<_>>(),
        "_kiosque": { "id": feed_id(view), "edition": view.name, "date": view.date, "as_of": view.at, "rights": view.all_rights() },
    });
    if !view.publisher.is_empty() {
        feed["authors"] = json!([{ "name": view.publisher }]);
    }
    if !view.brand.site.is_empty() {
        feed["home_page_url"] = json!(view.brand.site);
    }
    feed
}

fn entry(item: &Item, view: &View<'_>) -> Value {
    // As in Atom: where nobody signed it, the paper speaks.
    let source = std::slice::from_ref(&item.source);
    let by = if item.by.is_empty() { source } else { &item.by };
    let by: Vec<_> = by.iter().map(|name| json!({ "name": name })).collect();
    let mut entry = json!({
        "id": super::urn(&item.id),
        "title": item.headline.title,
        "content_html": content(item, view),
        "authors": by,
        "tags": [item.rubrique],
        "_kiosque": { "number": item.number, "source": item.source, "rubrique": item.rubrique_slug, "original_title": item.original_title },
    });
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            entry[name] = value;
        }
    };
    add("url", item.headline.href.as_ref().map(|href| json!(href)));
    add("summary", (!item.extract.is_empty()).then(|| json!(item.extract)));
    add("date_published", moment(item.published).map(|at| json!(at)));
    let corrected = view.corrected.get(&item.number).copied();
    add("date_modified", moment(item.modified).max(corrected).map(|at| json!(at)));
    add("language", (!item.headline.lang.is_empty()).then(|| json!(item.headline.lang)));
    entry
}

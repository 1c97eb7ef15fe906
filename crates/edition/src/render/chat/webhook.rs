//! The neutral payload: one JSON object that says an edition is there and what stands in it.

use serde_json::{Value, json};

use super::super::view::{Block, Item, View};

/// The object. Its fields are added to, never changed.
pub(in crate::render) fn webhook(view: &View<'_>, revision: u32) -> Value {
    json!({
        "event": "edition",
        "edition": view.name,
        "date": view.date,
        "revision": revision,
        "title": view.title,
        "full_title": view.full_title,
        "publisher": view.publisher,
        "language": view.lang,
        "as_of": view.at,
        "figures": view.figures,
        "mentions": view.mentions,
        "client": view.client,
        "notes": view.notes.iter().map(|note| &note.text).collect::<Vec<_>>(),
        "errata": view.errata.iter().map(|note| &note.text).collect::<Vec<_>>(),
        "keywords": view.keywords.iter().map(|keyword| &keyword.word).collect::<Vec<_>>(),
        "blocks": view.blocks.iter().map(block).collect::<Vec<_>>(),
    })
}

fn block(block: &Block) -> Value {
    json!({
        "label": block.label,
        "front": block.front,
        "items": block.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn item(item: &Item) -> Value {
    json!({
        "number": item.number,
        "title": item.headline.title,
        "url": item.headline.href,
        "source": item.source,
        "authors": item.by,
        "published": item.datetime,
        "rubrique": item.rubrique_slug,
        "language": item.headline.lang,
        "direction": item.headline.dir,
        "reprinted_by": item.reprints.as_ref().map(|reprints| &reprints.names),
        "extract": item.extract,
        "original_title": item.original_title,
        "notes": item.notes.iter().map(|note| &note.text).collect::<Vec<_>>(),
    })
}

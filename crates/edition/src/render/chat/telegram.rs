//! Telegram: bodies of `sendMessage` without their `chat_id`, in the Bot API's HTML.

use serde_json::{Value, json};

use super::super::view::{Item, View};
use super::{about, clipped, isolated, mark, packed, shown, words_of_the_house};

/// A message's length at most, in UTF-16 code units; the API counts after its entities are parsed, so that what is
/// counted here, markup and all, is never too short.
const LIMIT: usize = 4096;
/// Characters of a title at most: no headline is longer.
const TITLE: usize = 300;

/// The messages, an array of bodies in the order they are sent in.
pub(in crate::render) fn telegram(view: &View<'_>) -> Value {
    let mut lines = vec![format!("<b>{}</b>", escaped(&view.full_title))];
    lines.push(escaped(&view.figures.join(" · ")));
    if view.blocks.is_empty() {
        lines.push(format!("\n{}", escaped(view.text("empty"))));
    }
    for block in &view.blocks {
        let (count, more) = shown(block, view);
        lines.push(format!("\n<b>{}</b>", escaped(&block.label)));
        lines.extend(block.items.iter().take(count).map(|item| line(item, view)));
        lines.extend(more.map(|more| format!("<i>{}</i>", escaped(&more))));
    }
    lines.extend(words_of_the_house(view).iter().map(|said| format!("\n{}", escaped(&clipped(said, 1000)))));
    lines
        .extend(view.mentions.iter().map(|mention| format!("\n<i>{}</i>", escaped(&clipped(mention, 1000)))));
    let bodies = packed(lines, LIMIT, |text| text.encode_utf16().count());
    let body = |text: String| json!({ "text": text, "parse_mode": "HTML", "link_preview_options": { "is_disabled": true } });
    Value::Array(bodies.into_iter().map(body).collect())
}

fn line(item: &Item, view: &View<'_>) -> String {
    let title = isolated(&clipped(&item.headline.title, TITLE), item.headline.dir, view.dir);
    let title = match item.headline.href.as_deref().filter(|href| href.len() <= 2048) {
        Some(href) => format!("<a href=\"{}\">{}</a>", escaped(href), escaped(&title)),
        None => escaped(&title),
    };
    format!("{} {title} ({})", mark(item, view), escaped(&about(item, view)))
}

/// The Bot API knows these four entities and no others.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

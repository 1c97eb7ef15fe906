//! Slack: bodies for an incoming webhook or `chat.postMessage`, in Block Kit with a text for notifications.

use serde_json::{Value, json};

use super::super::view::{Item, View};
use super::{about, clipped, isolated, mark, packed, shown, words_of_the_house};

/// Blocks of a message at most.
const BLOCKS: usize = 50;
/// Characters of a section at most.
const SECTION: usize = 3000;
/// Characters of a header at most.
const HEADER: usize = 150;
/// Characters of a title at most: no headline is longer.
const TITLE: usize = 300;

/// The messages, an array of bodies in the order they are sent in.
pub(in crate::render) fn slack(view: &View<'_>) -> Value {
    let mut blocks = vec![header(&view.full_title), context(&view.figures.join(" · "))];
    if view.blocks.is_empty() {
        blocks.push(section(&escaped(view.text("empty"))));
    }
    for block in &view.blocks {
        let (count, more) = shown(block, view);
        blocks.push(header(&block.label));
        let lines = block.items.iter().take(count).map(|item| line(item, view)).collect();
        blocks.extend(packed(lines, SECTION, |text| text.chars().count()).iter().map(|text| section(text)));
        blocks.extend(more.map(|more| context(&more)));
    }
    blocks.extend(words_of_the_house(view).iter().map(|said| section(&escaped(&clipped(said, 1000)))));
    blocks.extend(view.mentions.iter().map(|mention| context(&clipped(mention, 1000))));
    let body = |blocks: &[Value]| json!({ "text": view.full_title, "blocks": blocks });
    Value::Array(blocks.chunks(BLOCKS).map(body).collect())
}

fn header(text: &str) -> Value {
    json!({ "type": "header", "text": { "type": "plain_text", "text": clipped(text, HEADER) } })
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn context(text: &str) -> Value {
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": escaped(text) }] })
}

fn line(item: &Item, view: &View<'_>) -> String {
    let title = isolated(&clipped(&item.headline.title, TITLE), item.headline.dir, view.dir);
    // Inside a link a bar parts address and text.
    let title = match item.headline.href.as_deref().filter(|href| href.len() <= 2048) {
        Some(href) => {
            format!("<{}|{}>", escaped(&href.replace('|', "%7C")), escaped(&title.replace('|', "¦")))
        }
        None => escaped(&title),
    };
    format!("{} {title} ({})", mark(item, view), escaped(&about(item, view)))
}

/// The three characters Slack's mrkdwn asks to escape.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

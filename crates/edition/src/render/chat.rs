//! The edition as messages: payloads for Telegram, Slack and any other listener, ready to be posted.
//!
//! Telegram and Slack refuse what is too long, so an edition is several messages there, cut between items and
//! never inside one. A message is a summary: the front page with its links, then the first titles of each
//! rubrique and how many more there are.

mod slack;
mod telegram;
mod webhook;

pub(super) use slack::slack;
pub(super) use telegram::telegram;
pub(super) use webhook::webhook;

use super::view::{Block, Item, View, is_rtl};
use crate::format::MESSAGE_TITLES;

/// How many items of a block are shown, and what is said of the others.
fn shown(block: &Block, view: &View<'_>) -> (usize, Option<String>) {
    let shown = if block.front { block.items.len() } else { block.items.len().min(MESSAGE_TITLES) };
    let left = block.items.len() - shown;
    let more = (left > 0).then(|| view.labels.filled("more", "stories", &view.labels.count(left, "story")));
    (shown, more)
}

/// What a line begins with: the item's number, or in the view by paper, where one number has several lines, a dash.
fn mark(item: &Item, view: &View<'_>) -> String {
    if view.by_source { "–".to_owned() } else { format!("{}.", item.number) }
}

/// Who printed it, who signed it, and when. A name that runs the other way stands between isolates.
fn about(item: &Item, view: &View<'_>) -> String {
    let names = std::iter::once(&item.source).chain(&item.by).map(|name| {
        let dir = if is_rtl(name) { "rtl" } else { "ltr" };
        isolated(&clipped(name, 100), dir, view.dir)
    });
    let parts: Vec<_> = names.take(4).chain([item.date.clone()]).collect();
    parts.join(" · ")
}

/// The editors' words on the edition and the corrections since it went out, a line each.
fn words_of_the_house(view: &View<'_>) -> Vec<String> {
    let notes = view.notes.iter().map(|note| view.signed(note));
    notes.chain(view.errata.iter().map(|erratum| view.erratum(erratum))).collect()
}

/// A title in a line that runs the other way stands between isolates (UAX #9), so that its marks stay its own.
fn isolated(text: &str, dir: &str, base: &str) -> String {
    match dir {
        _ if dir == base => text.to_owned(),
        "rtl" => format!("\u{2067}{text}\u{2069}"),
        _ => format!("\u{2066}{text}\u{2069}"),
    }
}

/// Packs lines into messages of at most `limit` by `size`, a new one where the next line finds no room.
fn packed(lines: Vec<String>, limit: usize, size: impl Fn(&str) -> usize) -> Vec<String> {
    let mut messages = Vec::new();
    let mut current = String::new();
    for line in lines {
        if !current.is_empty() && size(&current) + size(&line) + 1 > limit {
            messages.push(std::mem::take(&mut current).trim().to_owned());
        }
        if !current.is_empty() {
            current.push('\n');
        }
        current.push_str(&line);
    }
    messages.push(current.trim().to_owned());
    messages.retain(|message| !message.is_empty());
    messages
}

/// The first characters of a text that is too long for its place.
fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_between_lines() {
        let lines = ["aaaa", "bbbb", "cc"].map(str::to_owned).to_vec();
        assert_eq!(packed(lines, 9, str::len), ["aaaa\nbbbb", "cc"]);
        assert_eq!(clipped("Un long titre", 6), "Un lo…");
    }
}

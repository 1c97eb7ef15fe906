//! The entries of a live page: boxes alike, each under a clock time.
//!
//! What was written in haste is short, and short lines look like labels: where the body was found in such entries, each
//! is taken whole, with its time.

use std::collections::BTreeMap;

use super::Scene;
use crate::block::{Block, Shape, ends_sentence};
use crate::dom::Tag;

/// Fewer boxes with a time are no feed of updates.
const MIN_ENTRIES: usize = 3;
/// Times looked at: a page has no more updates that a reader sees.
const MAX_STAMPS: usize = 600;
/// A line that is a time and little beside it is no longer; with a name it is a byline.
const MAX_STAMP_CHARS: usize = 14;
/// A shorter line without a full stop may be a label.
const MIN_TEXT_CHARS: usize = 45;

/// The lines with those of the entries that were left out, in order, and how many entries there are.
pub(super) fn completed(scene: &Scene<'_, '_>, unwanted: &[bool], lines: Vec<usize>) -> (Vec<usize>, usize) {
    let entries = entries(scene);
    let blocks = &scene.blocks.list;
    let mut kept = vec![false; blocks.len()];
    lines.iter().for_each(|&i| kept[i] = true);
    let range = |entry: &usize| scene.blocks.within(scene.dom, *entry);
    let filled = entries.iter().filter(|entry| kept[range(entry)].iter().any(|k| *k)).count();
    let chars = |of: &mut dyn Iterator<Item = usize>| of.map(|i| blocks[i].chars).sum::<usize>();
    let inside = chars(&mut entries.iter().flat_map(range).filter(|&i| kept[i]));
    let all = chars(&mut lines.iter().copied());
    let teasers = entries.iter().filter(|entry| blocks[range(entry)].iter().any(is_linked_headline)).count();
    if entries.len() < MIN_ENTRIES
        || 5 * filled < 3 * entries.len()
        || 2 * inside < all
        || 2 * teasers > entries.len()
    {
        return (lines, 0);
    }
    for i in entries.iter().flat_map(range) {
        let block = &blocks[i];
        let text = !unwanted[i] && block.link_density() < 0.5 && says_something(block);
        kept[i] |= text || is_stamp(block);
    }
    ((0..kept.len()).filter(|&i| kept[i]).collect(), entries.len())
}

/// Whether a line is a heading, a sentence or of some length, rather than a name or a label.
fn says_something(block: &Block) -> bool {
    match block.shape {
        Shape::Caption => false,
        Shape::Heading(_) => true,
        _ => block.chars >= MIN_TEXT_CHARS || ends_sentence(&block.text),
    }
}

fn is_linked_headline(block: &Block) -> bool {
    block.link_density() > 0.7 && block.chars >= 20
}

/// The boxes side by side that each hold a time, of the parent that has most of them.
fn entries(scene: &Scene<'_, '_>) -> Vec<usize> {
    let mut stamps: Vec<usize> =
        scene.blocks.list.iter().filter(|b| is_stamp(b)).map(|b| b.from).take(MAX_STAMPS).collect();
    stamps.dedup();
    let dom = scene.dom;
    let mut boxes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for pair in stamps.windows(2) {
        let below = |stamp: usize, above: usize| dom.ancestors(stamp).take_while(|n| *n != above).last();
        let Some(shared) = dom.ancestors(pair[1]).find(|&n| dom.is_within(pair[0], n)) else { continue };
        for entry in pair.iter().filter_map(|&stamp| below(stamp, shared)) {
            let list = boxes.entry(shared).or_default();
            if list.last() != Some(&entry) && dom.nodes[entry].tag != Tag::Text {
                list.push(entry);
            }
        }
    }
    boxes.into_values().max_by_key(Vec::len).unwrap_or_default()
}

/// Whether a line is a clock time and little else: `9h40`, `09:40`, `À 21 h 05`, `الساعة 09:40`.
pub(super) fn is_stamp(block: &Block) -> bool {
    block.chars <= MAX_STAMP_CHARS && block.link_density() < 0.9 && has_clock(&block.text)
}

fn has_clock(text: &str) -> bool {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
    text.char_indices().filter(|(_, c)| matches!(c, ':' | 'h' | 'H')).any(|(at, sign)| {
        let before = text[..at].trim_end();
        let hours = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let after = text[at + sign.len_utf8()..].trim_start();
        (1..=2).contains(&hours) && digits(after) == 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_times_are_told_from_counts() {
        for time in ["9h40", "09:40", "À 21 h 05", "الساعة 09:40", "Mis à jour 9H05"] {
            assert!(has_clock(time), "{time}");
        }
        for other in ["3:1", "Psaume 119:105", "4 heures", "19 h", "12"] {
            assert!(!has_clock(other), "{other}");
        }
    }
}

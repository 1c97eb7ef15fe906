//! The names around each line and the words at its start, as hashes.

use std::collections::HashMap;
use std::ops::Range;

use super::super::Scene;
use super::again::Boxes;
use super::lexicon::hash;
use super::looks::Looks;
use crate::dom::{Node, Tag};
use crate::role::name_words;
use crate::text::fold;

/// Elements looked at above a line.
const MAX_ELEMENTS: usize = 7;
/// Words looked at of a line.
const MAX_WORDS: usize = 20;
const MAX_LAST: usize = 3;
/// Stands for an element whose kind is not known yet.
const UNSEEN: u32 = u32::MAX;

/// The marks of a page's lines.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The names of each kind of element met: hashes of the words of its class and id.
    pub(crate) kinds: Vec<Vec<u32>>,
    /// The lines looked at.
    pub(crate) open: Vec<usize>,
    /// For each of them the kinds of the named elements around it, nearest first, and its words.
    pub(crate) lines: Vec<(Vec<u32>, Vec<u32>)>,
    /// For each of them the boxes it stands in.
    pub(crate) boxes: Vec<Boxes>,
    /// The container's lines.
    pub(crate) container: Range<usize>,
}

impl Marks {
    /// Reads a page; names are looked for up to the container, which is the same for all its lines.
    pub(crate) fn of(
        scene: &Scene<'_, '_>,
        looks: &[Looks],
        boxes: Vec<Boxes>,
        open: Vec<usize>,
        container: usize,
    ) -> Self {
        let within = scene.blocks.within(scene.dom, container);
        let mut marks = Self { boxes, open, container: within, ..Self::default() };
        let mut seen: HashMap<(&str, &str, &str), u32> = HashMap::new();
        let mut of_node = vec![UNSEEN; scene.dom.nodes.len()];
        for (k, look) in looks.iter().enumerate() {
            let block = &scene.blocks.list[marks.open[k]];
            let mut kinds = Vec::with_capacity(MAX_ELEMENTS);
            let above = scene.dom.ancestors(block.from).skip(1).take(24);
            for n in above.take_while(|&n| n != container) {
                let node = &scene.dom.nodes[n];
                if node.class.is_empty() && node.id.is_empty() && node.tag != Tag::Other {
                    continue;
                }
                if of_node[n] == UNSEEN {
                    of_node[n] = *seen.entry((node.name(), node.class, node.id)).or_insert_with(|| {
                        marks.kinds.push(names(node));
                        marks.kinds.len() as u32 - 1
                    });
                }
                let kind = of_node[n];
                kinds.push(kind);
                if kinds.len() == MAX_ELEMENTS {
                    break;
                }
            }
            marks.lines.push((kinds, words(look, &block.text)));
        }
        marks
    }
}

/// The words a line opens with, its first two together, and its last ones, told apart from the others.
fn words(look: &Looks, text: &str) -> Vec<u32> {
    let known = |w: &&str| w.len() > 1 && !w.as_bytes()[0].is_ascii_digit();
    let mut out: Vec<u32> = look.opening.split(' ').filter(known).take(MAX_WORDS).map(hash).collect();
    if let Some((second, _)) = look.opening.match_indices(' ').nth(1) {
        out.push(hash(&look.opening[..second]) ^ 1);
    }
    let start = text.char_indices().rev().nth(40).map_or(0, |(i, _)| i);
    let last = fold(&text[start..]);
    out.extend(last.rsplit(' ').filter(known).take(MAX_LAST).map(|w| hash(w) ^ 2));
    out
}

fn names(node: &Node<'_>) -> Vec<u32> {
    let mut out = Vec::with_capacity(16);
    out.push(hash(node.name()) ^ 3);
    for name in node.class.split_ascii_whitespace().take(12).chain(Some(node.id)) {
        name_words(name, |word| {
            if word.len() > 2 {
                out.push(hash(word));
            }
        });
    }
    out.sort_unstable();
    out.dedup();
    out
}

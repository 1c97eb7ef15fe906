//! The chooser: which container holds the article, and which of its blocks, with those of its neighbours, are read.

use super::Scene;
use crate::block::{Block, Shape};
use crate::dom::Tag;
use crate::role::Roles;
use crate::text::fold;

/// What a block adds to a container: prose for, links and labels against.
#[derive(Clone, Copy, Default)]
struct Weight {
    prose: f32,
    junk: f32,
}

fn weigh(block: &Block) -> Weight {
    let chars = block.chars as f32;
    if block.is_prose() {
        return Weight { prose: chars - block.link_chars as f32, junk: 0.0 };
    }
    if matches!(block.shape, Shape::Heading(_)) {
        return Weight { prose: 0.0, junk: block.link_chars as f32 };
    }
    // A line of some length without links: a verse, a list entry, a quotation with its source.
    if chars >= 45.0 && block.link_chars == 0 && block.shape != Shape::Caption {
        return Weight { prose: 0.5 * chars, junk: 0.0 };
    }
    let junk = if block.link_density() > 0.5 { chars.max(30.0) } else { 0.3 * chars.min(60.0) };
    Weight { prose: 0.0, junk }
}

/// The node that holds the article.
pub(super) fn container(scene: &Scene<'_, '_>, pruned: &[bool]) -> usize {
    let list = &scene.blocks.list;
    let mut sums = vec![Weight::default(); list.len() + 1];
    for (i, block) in list.iter().enumerate() {
        let mut weight = if pruned[i] { Weight::default() } else { weigh(block) };
        if weight.prose > 0.0 && scene.declared.is_some_and(|d| is_declared(block, d)) {
            weight.prose *= 2.0;
        }
        sums[i + 1] = Weight { prose: sums[i].prose + weight.prose, junk: sums[i].junk + weight.junk };
    }
    let (mut best, mut best_score) = (0, f32::MIN);
    for (i, node) in scene.dom.nodes.iter().enumerate() {
        if node.tag == Tag::Text {
            continue;
        }
        let range = scene.blocks.within(scene.dom, i);
        if range.is_empty() {
            continue;
        }
        let prose = sums[range.end].prose - sums[range.start].prose;
        let junk = sums[range.end].junk - sums[range.start].junk;
        if prose == 0.0 {
            continue;
        }
        let factor = bonus(scene, i);
        // Shopping lists and sources inside a body are links too.
        let score = prose * factor - if scene.roles[i].has(Roles::BODY) { 0.4 * junk } else { junk };
        // Of nested containers with the same score the innermost is meant.
        if score >= best_score {
            (best, best_score) = (i, score);
        }
    }
    best
}

fn bonus(scene: &Scene<'_, '_>, i: usize) -> f32 {
    let node = &scene.dom.nodes[i];
    let mut factor = 1.0;
    if scene.roles[i].has(Roles::BODY) {
        factor += 0.25;
    }
    if node.tag == Tag::Article {
        factor += 0.15;
    }
    if node.tag == Tag::Main {
        factor += 0.05;
    }
    factor
}

/// Whether the publisher's `articleBody` (folded) holds the block's opening.
fn is_declared(block: &Block, declared: &str) -> bool {
    let opening: String = block.text.chars().take(60).collect();
    let folded = fold(&opening);
    let cut = folded.rfind(' ').unwrap_or(folded.len());
    declared.contains(&folded[..cut])
}

/// The blocks read from a container: what is not pruned, after the headline where that stands inside.
pub(super) fn lines(scene: &Scene<'_, '_>, pruned: &[bool], container: usize) -> Vec<usize> {
    let range = scene.blocks.within(scene.dom, container);
    let after = scene.headline.filter(|&h| scene.dom.is_within(h, container));
    // A sub-heading set just before the container opens it.
    let start = range.start;
    let opens = start.checked_sub(1).filter(|&i| {
        let block = &scene.blocks.list[i];
        let below = scene.headline.is_some_and(|h| block.from >= scene.dom.nodes[h].end);
        matches!(block.shape, Shape::Heading(2..)) && below && block.link_chars == 0
    });
    (opens.unwrap_or(start)..range.end)
        .filter(|&i| !pruned[i])
        .filter(|&i| after.is_none_or(|h| scene.blocks.list[i].from >= scene.dom.nodes[h].end))
        .collect()
}

//! Other articles on the page: what an endless page loads below its own article.
//!
//! The sign is a second headline of the first one's rank in a box of its own that signs or dates itself, beside a box
//! that holds our headline and a text; or, of two headlines of the first rank, two boxes of one name. Sub-headings of that rank inside one text stand in no such box.

use super::Scene;
use crate::dom::Tag;
use crate::role::Roles;

/// Prose our own box must hold, in characters, before another is called a stranger's.
const OWN_PROSE: usize = 300;

/// For each block whether it stands in another article than the headline's.
pub(super) fn strangers(scene: &Scene<'_, '_>) -> Vec<bool> {
    let mut out = vec![false; scene.blocks.list.len()];
    let Some(headline) = scene.headline else { return out };
    let nodes = &scene.dom.nodes;
    let Some(level) = nodes[headline].heading() else { return out };
    let others = (nodes[headline].end..nodes.len()).filter(|&n| nodes[n].heading() == Some(level));
    for other in others.take(60) {
        // The largest box around the other headline that does not hold ours, and ours beside it.
        let apart = |n: &usize| !scene.dom.is_within(headline, *n);
        let Some(box_) = scene.dom.ancestors(other).take_while(apart).last() else { continue };
        let shared = nodes[box_].parent;
        let own = scene.dom.ancestors(headline).take_while(|n| *n != shared).last().unwrap_or(headline);
        let (text, other_text) = (prose(scene, own), prose(scene, box_));
        let alike = level == 1
            && nodes[own].tag == nodes[box_].tag
            && !nodes[own].class.is_empty()
            && nodes[own].class == nodes[box_].class;
        // An article of headlines of the first rank stands though the one loaded below it is much longer.
        let most = if level == 1 { 6 } else { 2 };
        let stands = text >= OWN_PROSE && most * text >= other_text;
        if box_ != other && stands && (alike || is_article(scene, own) && is_article(scene, box_)) {
            out[scene.blocks.within(scene.dom, box_)].fill(true);
        }
    }
    out
}

fn prose(scene: &Scene<'_, '_>, node: usize) -> usize {
    let own = &scene.blocks.list[scene.blocks.within(scene.dom, node)];
    own.iter().filter(|b| b.is_prose()).map(|b| b.chars).sum()
}

/// Whether a box is an article by its element, or signs or dates itself.
fn is_article(scene: &Scene<'_, '_>, node: usize) -> bool {
    let signs = Roles(Roles::DATE.0 | Roles::AUTHOR.0);
    scene.dom.nodes[node].tag == Tag::Article
        || scene.roles[node..scene.dom.nodes[node].end].iter().any(|r| r.has(signs))
}

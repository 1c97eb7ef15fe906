//! Subtrees left out for what they are: comments, menus, related links, share bars, captions, bylines.

use super::Scene;
use crate::dom::Tag;
use crate::role::Roles;

/// A subtree named for something else is kept all the same when it holds more than this share of the prose.
const MOST_OF_THE_PAGE: f32 = 0.5;
/// When less than this share of the prose is left, names were misleading: only the plainest are believed.
const TOO_LITTLE_LEFT: f32 = 0.35;

/// For each block, whether it stands in a subtree that is left out.
pub(super) fn pruned(scene: &Scene<'_, '_>) -> Vec<bool> {
    let all = by_roles(scene, Roles::UNWANTED);
    let blocks = &scene.blocks.list;
    let prose = |out: &[bool]| -> usize {
        blocks.iter().zip(out).filter(|(b, cut)| !**cut && b.is_prose()).map(|(b, _)| b.chars).sum()
    };
    let plain = by_roles(scene, Roles::PLAINLY_UNWANTED);
    if (prose(&all) as f32) < TOO_LITTLE_LEFT * prose(&plain) as f32 { plain } else { all }
}

/// Only what is left out by the plainest names.
pub(super) fn plainly(scene: &Scene<'_, '_>) -> Vec<bool> {
    by_roles(scene, Roles::PLAINLY_UNWANTED)
}

fn by_roles(scene: &Scene<'_, '_>, wanted: Roles) -> Vec<bool> {
    let dom = scene.dom;
    let blocks = &scene.blocks.list;
    let mut sums = Vec::with_capacity(blocks.len() + 1);
    let mut total = 0usize;
    sums.push(0);
    for block in blocks {
        total += if block.is_prose() { block.chars } else { 0 };
        sums.push(total);
    }
    let mut out = vec![false; blocks.len()];
    let mut until = 0;
    for (i, node) in dom.nodes.iter().enumerate() {
        if i < until || node.tag == Tag::Text {
            continue;
        }
        let range = scene.blocks.within(dom, i);
        if range.is_empty() {
            continue;
        }
        let prose = sums[range.end] - sums[range.start];
        let named = scene.roles[i].has(wanted) && is_unwanted(scene, i, prose, total);
        let unwanted = named || is_card_grid(scene, i, prose, total);
        if unwanted {
            out[range].fill(true);
            until = node.end;
        }
    }
    out
}

fn is_unwanted(scene: &Scene<'_, '_>, i: usize, prose: usize, total: usize) -> bool {
    let roles = scene.roles[i];
    let node = &scene.dom.nodes[i];
    let share = prose as f32 / total.max(1) as f32;
    let holds_headline = scene.headline.is_some_and(|h| scene.dom.is_within(h, i));
    if holds_headline && (prose > 0 || node.heading().is_some()) {
        return false;
    }
    if roles.has(Roles::COMMENTS) && !roles.has(Roles::BODY) {
        return share < 0.9;
    }
    if roles.has(Roles::HIDDEN) && total - prose >= 800 {
        return true;
    }
    // A wall's name is often on what it hides, too.
    if roles.has(Roles::PAYWALL) && share > 0.12 {
        return false;
    }
    let holds_body = || scene.roles[i + 1..node.end].iter().any(|r| r.has(Roles::BODY));
    if prose > 0 && share > 0.15 && holds_body() {
        return false;
    }
    // A paragraph's own class rarely says what it is not; a name inside running text is no byline.
    if matches!(node.tag, Tag::A | Tag::Strong | Tag::Em | Tag::Span | Tag::Time | Tag::Other) {
        return whole_block(scene, i) && share < MOST_OF_THE_PAGE;
    }
    share < MOST_OF_THE_PAGE
}

/// Whether an inline element makes up its block (nearly), so that leaving it out cuts no sentence.
fn whole_block(scene: &Scene<'_, '_>, i: usize) -> bool {
    let range = scene.blocks.within(scene.dom, i);
    let end = scene.dom.nodes[i].end;
    scene.blocks.list[range].iter().all(|b| b.to <= end)
}

/// Three or more alike children, each a link with little text beside it: a grid of teasers.
fn is_card_grid(scene: &Scene<'_, '_>, i: usize, prose: usize, total: usize) -> bool {
    let dom = scene.dom;
    if !matches!(dom.nodes[i].tag, Tag::Div | Tag::Section | Tag::Ul | Tag::Ol | Tag::Aside)
        || prose as f32 > 0.5 * total as f32
        || scene.headline.is_some_and(|h| dom.is_within(h, i))
    {
        return false;
    }
    let (mut cards, mut others) = (0, 0);
    for child in dom.children(i).filter(|&c| dom.nodes[c].tag != Tag::Text) {
        let range = scene.blocks.within(dom, child);
        if range.is_empty() {
            continue;
        }
        let blocks = &scene.blocks.list[range];
        let links: usize = blocks.iter().map(|b| b.link_chars).sum();
        let chars: usize = blocks.iter().map(|b| b.chars).sum();
        let headed = blocks.iter().any(|b| b.link_density() > 0.8 && b.chars >= 25);
        let short = chars < 500 && blocks.len() <= 8 && blocks.iter().filter(|b| b.is_prose()).count() <= 2;
        let linked_head = links >= 15 && (links * 10 > chars * 4 || (short && headed));
        if linked_head { cards += 1 } else { others += 1 }
    }
    cards >= 3 && cards > 3 * others
}

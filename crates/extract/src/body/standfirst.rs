//! The standfirst: the lead printed apart, often outside the body's container.

use super::Scene;
use crate::block::Shape;
use crate::role::Roles;
use crate::text::fold;

/// A longer description is no standfirst.
const MAX_DESCRIPTION_BYTES: usize = 4000;
/// A standfirst has no more lines.
const MAX_LINES: usize = 200;

/// Finds the standfirst and takes it out of `lines` where it stands there.
pub(super) fn find(
    scene: &Scene<'_, '_>,
    pruned: &[bool],
    container: usize,
    lines: &mut Vec<usize>,
) -> Vec<usize> {
    let blocks = &scene.blocks.list;
    let description = scene.description.map(fold).unwrap_or_default();
    let first = lines.first().copied().unwrap_or(blocks.len());
    let from = scene.headline.map_or(0, |h| scene.dom.nodes[h].end);
    let mut found: Vec<usize> = Vec::new();
    let inside = scene.blocks.within(scene.dom, container);
    for (i, block) in blocks.iter().enumerate().take(first.max(inside.start) + 3) {
        if block.from < from
            || block.chars < 30
            || block.link_density() > 0.5
            || block.shape == Shape::Caption
        {
            continue;
        }
        let folded = block.folded();
        let named = is_named(scene, block.owner, inside.clone()) && (!pruned[i] || lines.contains(&i));
        // Above the text a retouched description is the standfirst too.
        let above = scene.headline.is_some() && i < first;
        let described = is_description(folded, &description) || (above && retells(folded, &description));
        if (named || described) && is_new(scene, folded, &found, lines, i) {
            found.push(i);
        }
        if found.len() >= 4 {
            break;
        }
    }
    if scene.headline.is_none() {
        found.retain(|i| lines.contains(i));
    }
    lines.retain(|i| !found.contains(i));
    found
}

/// Whether a block or an ancestor near it is named as a standfirst.
fn is_named(scene: &Scene<'_, '_>, owner: usize, _inside: std::ops::Range<usize>) -> bool {
    // A block stands for a line: no more of them are added up than a short text has, however many there are.
    let is_short = |n: usize| {
        let own = &scene.blocks.list[scene.blocks.within(scene.dom, n)];
        own.len() <= MAX_LINES && own.iter().map(|b| b.chars).sum::<usize>() < 1500
    };
    let is_lead = |n: usize| scene.roles[n].has(Roles::STANDFIRST) || is_called(scene.dom.nodes[n].class);
    scene.dom.ancestors(owner).take(3).any(|n| is_lead(n) && is_short(n))
}

/// Names of a standfirst glued into longer ones: `BlockSubHeadline-sc-1vro4tp`.
fn is_called(class: &str) -> bool {
    class.len() > 10 && {
        let class = class.to_ascii_lowercase();
        ["subheadline", "sub-headline", "standfirst", "article-deck", "articledeck"]
            .iter()
            .any(|n| class.contains(n))
    }
}

/// Whether most words of the description are the block's and the other way round.
fn retells(folded: &str, description: &str) -> bool {
    if description.len() > MAX_DESCRIPTION_BYTES {
        return false;
    }
    let words: Vec<&str> = folded.split(' ').filter(|w| w.chars().count() > 3).collect();
    let other: Vec<&str> = description.split(' ').filter(|w| w.chars().count() > 3).collect();
    let common = words.iter().filter(|w| other.contains(w)).count();
    other.len() >= 8 && common * 10 >= words.len() * 7 && common * 10 >= other.len() * 7
}

/// Whether the publisher's description is this block, or opens with it, or is cut from it.
fn is_description(folded: &str, description: &str) -> bool {
    if folded.len() < 40 || description.len() < 40 {
        return false;
    }
    let cut = description.rfind(' ').unwrap_or(description.len());
    folded.starts_with(&description[..cut]) && folded.len() < description.len() * 3
        || description.starts_with(folded)
}

/// Whether a standfirst repeats neither the title nor a line of the body.
fn is_new(scene: &Scene<'_, '_>, folded: &str, found: &[usize], lines: &[usize], at: usize) -> bool {
    let title = scene.title.map(fold).unwrap_or_default();
    if folded == title {
        return false;
    }
    let blocks = &scene.blocks.list;
    found
        .iter()
        .chain(lines.iter().take(4))
        .filter(|&&i| i != at)
        .all(|&i| !blocks[i].folded().starts_with(folded))
}

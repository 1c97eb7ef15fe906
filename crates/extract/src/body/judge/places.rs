//! Where lines stand: sums over ranges of lines, the boxes around a line, what of its kind the page holds.

use std::collections::HashMap;
use std::ops::Range;

use super::super::Scene;
use super::features::Draft;
use crate::block::{Block, Shape};
use crate::cue::{END_CUES, READ_ALSO_CUES};
use crate::dom::Tag;
use crate::role::Roles;

/// The roles looked for above a line, in the order of their numbers.
const LOOKED_FOR: [Roles; 13] = [
    Roles::COMMENTS,
    Roles::RELATED,
    Roles::NAV,
    Roles::FURNITURE,
    Roles::BYLINE,
    Roles::BIO,
    Roles::CAPTION,
    Roles::TAGS,
    Roles::BODY,
    Roles::STANDFIRST,
    Roles::HIDDEN,
    Roles::PAYWALL,
    Roles::EDGE,
];
/// The elements looked for above a line.
const ELEMENTS: usize = 6;
/// Labels are shorter.
const LABEL_CHARS: usize = 45;
/// What stands for no such ancestor.
const NONE: u8 = 15;

/// Sums and marks of a page.
pub(crate) struct Places {
    prose: Vec<usize>,
    links: Vec<usize>,
    chars: Vec<usize>,
    images: Vec<usize>,
    /// Nodes of headings as high as the headline, of dates and bylines, of `article` elements.
    pub(crate) titles: Vec<usize>,
    pub(crate) dates: Vec<usize>,
    pub(crate) articles: Vec<usize>,
    /// The innermost `article` element around the headline.
    own_article: Option<usize>,
    /// For each line, the last heading before it and the last line that opens other matter.
    pub(crate) last_heading: Vec<Option<usize>>,
    pub(crate) last_cue: Vec<Option<usize>>,
    /// Whether a short line or heading opens other matter.
    pub(crate) opens_other: Vec<bool>,
    /// Prose in elements that look like the line's own, and like its parent.
    pub(crate) alike: Vec<usize>,
    pub(crate) alike_parent: Vec<usize>,
    pub(crate) container: Range<usize>,
    container_node: usize,
}

impl Places {
    /// Reads a page once.
    pub(crate) fn new(scene: &Scene<'_, '_>, draft: &Draft<'_>) -> Self {
        let list = &scene.blocks.list;
        let running = |of: &dyn Fn(usize) -> usize| {
            let mut sums = Vec::with_capacity(list.len() + 1);
            sums.push(0);
            for i in 0..list.len() {
                sums.push(sums[i] + of(i));
            }
            sums
        };
        let prose_of = |i: usize| if list[i].is_prose() && !draft.plain[i] { list[i].chars } else { 0 };
        let nodes = &scene.dom.nodes;
        let opens_other: Vec<bool> = list.iter().map(opens_other).collect();
        let last = |of: &dyn Fn(usize) -> bool| {
            let mut found = None;
            (0..list.len())
                .map(|i| {
                    let next = if of(i) { Some(i) } else { found };
                    std::mem::replace(&mut found, next)
                })
                .collect::<Vec<Option<usize>>>()
        };
        let (alike, alike_parent) = alike(scene, &prose_of);
        let level = scene.headline.and_then(|h| nodes[h].heading()).unwrap_or(1);
        let all = |of: &dyn Fn(usize) -> bool| (0..nodes.len()).filter(|&n| of(n)).collect();
        let article = |&n: &usize| nodes[n].tag == Tag::Article;
        Self {
            prose: running(&prose_of),
            links: running(&|i| list[i].link_chars),
            chars: running(&|i| list[i].chars),
            images: all(&|n| nodes[n].tag == Tag::Img),
            titles: all(&|n| nodes[n].heading().is_some_and(|l| l <= level)),
            dates: all(&|n| scene.roles[n].has(Roles::DATE)),
            articles: all(&|n| article(&n)),
            own_article: scene.headline.and_then(|h| scene.dom.ancestors(h).find(article)),
            last_heading: last(&|i| matches!(list[i].shape, Shape::Heading(_))),
            last_cue: last(&|i| opens_other[i]),
            opens_other,
            alike,
            alike_parent,
            container: scene.blocks.within(scene.dom, draft.container),
            container_node: draft.container,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.prose.len() - 1
    }

    /// Whether a node stands in the same `article` element as the headline, if that stands in any.
    pub(crate) fn in_same_article(&self, scene: &Scene<'_, '_>, node: usize) -> bool {
        self.own_article.is_some_and(|a| scene.dom.is_within(node, a))
    }

    /// Characters of prose in a range of lines.
    pub(crate) fn prose(&self, range: Range<usize>) -> usize {
        self.prose[range.end] - self.prose[range.start]
    }

    /// Characters inside links.
    pub(crate) fn links(&self, range: Range<usize>) -> usize {
        self.links[range.end] - self.links[range.start]
    }

    /// All characters.
    pub(crate) fn chars(&self, range: Range<usize>) -> usize {
        self.chars[range.end] - self.chars[range.start]
    }

    /// Nodes between a node and the last picture before it.
    pub(crate) fn image_before(&self, node: usize) -> Option<usize> {
        let at = self.images.partition_point(|&n| n < node);
        Some(node - self.images[at.checked_sub(1)?])
    }

    /// Nodes between a node and the first picture after it.
    pub(crate) fn image_after(&self, node: usize) -> Option<usize> {
        let at = self.images.partition_point(|&n| n < node);
        Some(self.images.get(at)? - node)
    }

    /// Pictures in a subtree.
    pub(crate) fn images_under(&self, node: usize, scene: &Scene<'_, '_>) -> usize {
        let end = scene.dom.nodes[node].end;
        self.images.partition_point(|&n| n < end) - self.images.partition_point(|&n| n < node)
    }
}

/// Whether a line is a label such as `Read also` or `Comments`.
fn opens_other(block: &Block) -> bool {
    if !matches!(block.shape, Shape::Heading(_)) && block.chars >= LABEL_CHARS {
        return false;
    }
    let folded = block.folded();
    END_CUES.opening(folded).or(READ_ALSO_CUES.opening(folded)).is_some()
}

/// Tag and class of an element, and of its parent.
type Kind<'k> = (u8, &'k str, u8, &'k str);

/// For each line, the prose of the page set in elements of the same tag and class, and under parents alike.
fn alike(scene: &Scene<'_, '_>, prose_of: &dyn Fn(usize) -> usize) -> (Vec<usize>, Vec<usize>) {
    let list = &scene.blocks.list;
    let nodes = &scene.dom.nodes;
    // Kinds of element, and of parents, by number; most neighbours share theirs.
    let mut kinds: [HashMap<Kind<'_>, usize>; 2] = Default::default();
    let mut sums: [Vec<usize>; 2] = Default::default();
    let mut of_line: Vec<[usize; 2]> = Vec::with_capacity(list.len());
    for (i, block) in list.iter().enumerate() {
        let prose = prose_of(i);
        let parent = nodes[block.owner].parent;
        let same = i.checked_sub(1).map(|k| list[k].owner).filter(|&o| {
            nodes[o].parent == parent
                && nodes[o].tag == nodes[block.owner].tag
                && nodes[o].class == nodes[block.owner].class
        });
        let at = if same.is_some() {
            of_line[i - 1]
        } else {
            let (n, p) = (&nodes[block.owner], &nodes[parent]);
            [(n.tag as u8, n.class, p.tag as u8, p.class), (0, "", p.tag as u8, p.class)]
                .into_iter()
                .enumerate()
                .fold([0; 2], |mut at, (which, key)| {
                    let next = kinds[which].len();
                    at[which] = *kinds[which].entry(key).or_insert(next);
                    at
                })
        };
        for (sum, at) in sums.iter_mut().zip(at) {
            if at == sum.len() {
                sum.push(0);
            }
            sum[at] += prose;
        }
        of_line.push(at);
    }
    of_line.into_iter().map(|at| (sums[0][at[0]], sums[1][at[1]])).unzip()
}

/// What stands around one line.
pub(crate) struct Standing {
    /// Steps up to the nearest ancestor of each role and element looked for.
    pub(crate) up: [u8; LOOKED_FOR.len() + ELEMENTS],
    pub(crate) parent: Range<usize>,
    pub(crate) grandparent: Range<usize>,
    /// The outermost box below the container.
    pub(crate) outer: Range<usize>,
    /// Elements between the line and the container.
    pub(crate) depth_below: u8,
}

impl Standing {
    /// Looks up from a line.
    pub(crate) fn of(scene: &Scene<'_, '_>, places: &Places, i: usize) -> Self {
        let block = &scene.blocks.list[i];
        let mut standing = Self {
            up: [NONE; LOOKED_FOR.len() + ELEMENTS],
            parent: i..i + 1,
            grandparent: i..i + 1,
            outer: i..i + 1,
            depth_below: NONE,
        };
        let start = scene.dom.ancestors(block.from).skip(1).take(24);
        let mut outer = block.owner;
        let mut below = 0;
        for (step, node) in start.enumerate() {
            standing.look(scene, node, step.min(14) as u8);
            if node == places.container_node {
                standing.depth_below = below;
                standing.outer = scene.blocks.within(scene.dom, outer);
            }
            outer = node;
            below = (below + 1).min(14);
        }
        if standing.depth_below == NONE {
            // Outside: the outermost ancestor that does not hold the container is its box.
            let apart = |n: &usize| !scene.dom.is_within(places.container_node, *n);
            let top = scene.dom.ancestors(block.owner).take(24).take_while(apart).last();
            standing.outer = scene.blocks.within(scene.dom, top.unwrap_or(block.owner));
        }
        let parent = scene.dom.nodes[block.owner].parent;
        standing.parent = scene.blocks.within(scene.dom, parent);
        standing.grandparent = scene.blocks.within(scene.dom, scene.dom.nodes[parent].parent);
        standing
    }

    fn look(&mut self, scene: &Scene<'_, '_>, node: usize, step: u8) {
        let roles = scene.roles[node];
        if roles != Roles::default() {
            for (k, role) in LOOKED_FOR.iter().enumerate() {
                if roles.has(*role) {
                    self.up[k] = self.up[k].min(step);
                }
            }
        }
        let element = match scene.dom.nodes[node].tag {
            Tag::Aside => 0,
            Tag::Figure => 1,
            Tag::Ul | Tag::Ol | Tag::Dl | Tag::Table => 2,
            Tag::Blockquote => 3,
            Tag::Article | Tag::Main => 4,
            Tag::A => 5,
            _ => return,
        };
        let k = LOOKED_FOR.len() + element;
        self.up[k] = self.up[k].min(step);
    }
}

//! The body: which part of the page is the article, and which of its lines are the article's.
//!
//! Every node is a candidate, its score the prose of its unpruned blocks minus what is not prose, so that the
//! smallest container of the whole text wins by itself; semantic containers and the publisher's own
//! `articleBody` weigh in as evidence. What is left out by role is never most of the page's prose.

mod choose;
mod filter;
mod prune;
mod render;
mod standfirst;

pub(crate) use render::{escape, html_of, text_of};

use crate::block::Blocks;
use crate::dom::Dom;
use crate::role::Roles;

/// What the body is chosen from.
pub(crate) struct Scene<'s, 'a> {
    pub(crate) dom: &'s Dom<'a>,
    pub(crate) blocks: &'s Blocks,
    pub(crate) roles: &'s [Roles],
    /// The headline's node, where one is printed.
    pub(crate) headline: Option<usize>,
    /// The title, to leave its repetitions out.
    pub(crate) title: Option<&'s str>,
    /// The publisher's description (`og:description`, JSON-LD), which often is the standfirst.
    pub(crate) description: Option<&'s str>,
    /// The publisher's `articleBody`, folded.
    pub(crate) declared: Option<&'s str>,
    /// Those who signed, to leave their line out.
    pub(crate) authors: &'s [String],
}

/// The lines of the article, by index into the blocks.
#[derive(Debug, Default, Clone)]
pub(crate) struct Body {
    /// The standfirst, where it is printed apart.
    pub(crate) standfirst: Vec<usize>,
    /// The body's lines in order, without the standfirst.
    pub(crate) lines: Vec<usize>,
    /// Keywords read from a closing line of the text.
    pub(crate) keyword_line: Option<usize>,
}

/// Finds the body. Empty lines where the page has no prose at all.
pub(crate) fn find(scene: &Scene<'_, '_>) -> Body {
    let pruned = prune::pruned(scene);
    let container = choose::container(scene, &pruned);
    let first = choose::lines(scene, &pruned, container);
    let (mut lines, keyword_line) = filter::keep(scene, &pruned, &first);
    let standfirst = standfirst::find(scene, &pruned, container, &mut lines);
    Body { standfirst, lines, keyword_line }
}

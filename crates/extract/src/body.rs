//! The body: which part of the page is the article, and which of its lines are the article's.
//!
//! Every node is a candidate, its score the prose of its unpruned blocks minus what is not prose, so that the
//! smallest container of the whole text wins by itself; semantic containers and the publisher's own
//! `articleBody` weigh in as evidence. What is left out by role is never most of the page's prose.

mod choose;
mod closing;
pub(crate) mod echo;
mod filter;
pub(crate) mod judge;
mod prune;
mod render;
mod standfirst;
mod stranger;
mod tongue;
mod updates;

pub(crate) use render::{escape, html_of, text_of};

use crate::block::{Block, Blocks, Shape};
use crate::dom::Dom;
use crate::role::Roles;

/// A shorter caption is a credit or a label.
const MIN_CAPTION_CHARS: usize = 12;

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
    /// How many updates the text consists of, where each stands under a clock time.
    pub(crate) updates: usize,
    /// Keywords read from a closing line of the text.
    pub(crate) keyword_line: Option<usize>,
}

impl Body {
    /// With what is written under the pictures, which is the text of a gallery.
    pub(crate) fn with_captions(mut self, scene: &Scene<'_, '_>) -> Self {
        let apart = Roles(Roles::COMMENTS.0 | Roles::RELATED.0 | Roles::NAV.0 | Roles::EDGE.0);
        let start = scene.headline.map_or(0, |h| scene.dom.nodes[h].end);
        let told = |block: &Block| {
            block.shape == Shape::Caption
                && block.from >= start
                && block.chars >= MIN_CAPTION_CHARS
                && !block.text.starts_with('©')
                && !scene.dom.ancestors(block.from).any(|n| scene.roles[n].has(apart))
        };
        let blocks = scene.blocks.list.iter().enumerate();
        self.lines.extend(blocks.filter(|(_, block)| told(block)).map(|(i, _)| i));
        self.lines.sort_unstable();
        self.lines.dedup();
        self
    }
}

/// What the hand-written rules say, before the judge.
pub(crate) struct Drafted {
    pub(crate) container: usize,
    pub(crate) pruned: Vec<bool>,
    /// For each block, whether it is another article's.
    strangers: Vec<bool>,
    /// For each block, whether the rules keep it.
    pub(crate) kept: Vec<bool>,
    pub(crate) keyword_line: Option<usize>,
}

/// Drafts the body by rules alone.
pub(crate) fn draft(scene: &Scene<'_, '_>) -> Drafted {
    let strangers = stranger::strangers(scene);
    let mut pruned = prune::pruned(scene);
    pruned.iter_mut().zip(&strangers).for_each(|(cut, strange)| *cut |= strange);
    let container = choose::container(scene, &pruned);
    let first = choose::lines(scene, &pruned, container);
    let (lines, keyword_line) = filter::keep(scene, &pruned, &first);
    let mut kept = vec![false; pruned.len()];
    for line in lines {
        kept[line] = true;
    }
    Drafted { container, pruned, strangers, kept, keyword_line }
}

/// The numbers the judge reads for each block.
pub(crate) fn numbers(scene: &Scene<'_, '_>, drafted: &Drafted) -> (Vec<judge::Line>, judge::Marks) {
    let plain = prune::plainly(scene);
    let veto = filter::veto(scene, &drafted.pruned);
    let vetoed = |i: usize| drafted.strangers[i] || veto(i);
    let draft = judge::Draft {
        pruned: &drafted.pruned,
        plain: &plain,
        container: drafted.container,
        kept: &drafted.kept,
        vetoed: &vetoed,
    };
    judge::lines(scene, &draft)
}

/// Finds the body. Empty lines where the page has no prose at all.
pub(crate) fn find(scene: &Scene<'_, '_>) -> Body {
    let drafted = draft(scene);
    let (numbers, marks) = numbers(scene, &drafted);
    match judge::judged(scene, numbers, &marks) {
        Some(lines) if !lines.is_empty() => dressed(scene, &drafted, lines),
        _ => by_rules(scene, &drafted),
    }
}

/// The body the rules alone find.
pub(crate) fn by_rules(scene: &Scene<'_, '_>, drafted: &Drafted) -> Body {
    dressed(scene, drafted, (0..drafted.kept.len()).filter(|&i| drafted.kept[i]).collect())
}

/// The lines with the standfirst apart, without those that say again what was said.
fn dressed(scene: &Scene<'_, '_>, drafted: &Drafted, mut lines: Vec<usize>) -> Body {
    lines.retain(|&i| Some(i) != drafted.keyword_line);
    let (mut lines, updates) = updates::completed(scene, &drafted.pruned, lines);
    closing::cut(scene, &mut lines);
    filter::tidy(&scene.blocks.list, &mut lines, updates);
    let standfirst = standfirst::find(scene, &drafted.pruned, drafted.container, &mut lines);
    filter::tidy(&scene.blocks.list, &mut lines, updates);
    let texts = |of: &[usize]| of.iter().map(|&i| scene.blocks.list[i].text.as_str()).collect::<Vec<_>>();
    let mut echoes = echo::echoes(&texts(&standfirst), &texts(&lines)).into_iter();
    lines.retain(|_| echoes.next() == Some(false));
    Body { standfirst, lines, updates, keyword_line: drafted.keyword_line }
}

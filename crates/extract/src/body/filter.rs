//! The line filter: lines inside the container that are not the article's.

use super::{Scene, updates};
use crate::block::{Block, Shape, ends_sentence};
use crate::cue::{END_CUES, PROMPT_CUES, READ_ALSO_CUES, is_furniture};
use crate::role::Roles;
use crate::text::fold;

/// A line of the page's own furniture is shorter.
const MAX_FURNITURE_CHARS: usize = 160;

/// Keeps the lines that belong to the article; apart, a closing line of keywords.
pub(super) fn keep(scene: &Scene<'_, '_>, pruned: &[bool], lines: &[usize]) -> (Vec<usize>, Option<usize>) {
    let blocks = &scene.blocks.list;
    let title = scene.title.map(fold).unwrap_or_default();
    let mut kept: Vec<usize> = Vec::with_capacity(lines.len());
    for &line in lines {
        if !pruned[line] && !is_foreign(&blocks[line], &title, scene) {
            kept.push(line);
        }
    }
    cut_after_end(blocks, &mut kept);
    let keywords = take_keyword_line(blocks, &mut kept);
    trim_ends(blocks, &mut kept);
    drop_empty_headings(blocks, &mut kept);
    (kept, keywords)
}

/// Whether a line is the printed headline, with a kicker or without.
fn is_headline(block: &Block, scene: &Scene<'_, '_>) -> bool {
    let within = |h: usize| scene.dom.nodes[h].heading().is_some() && scene.dom.is_within(block.from, h);
    scene.headline.is_some_and(within)
}

fn is_foreign(block: &Block, title: &str, scene: &Scene<'_, '_>) -> bool {
    if block.shape == Shape::Caption || is_headline(block, scene) {
        return true;
    }
    let density = block.link_density();
    let folded = block.folded();
    if folded.is_empty() || (!title.is_empty() && folded == title) {
        return true;
    }
    // A line that is all link is a headline of another article, unless it stands in a list of sources.
    if density > 0.85 && block.chars > 12 && block.shape != Shape::Cell {
        return true;
    }
    if is_read_also(block, folded) {
        return true;
    }
    if let Some(cue) = PROMPT_CUES.opening(folded) {
        let bare = folded.len() == cue.len();
        let multi = cue.contains(' ');
        let colon =
            block.text.chars().take(cue.chars().count() + 4).any(|c| matches!(c, ':' | '|' | '©' | '/'));
        if bare
            || (multi && block.chars < 200)
            || (block.chars < 120 && (colon || density > 0.4))
            || (block.chars < 50 && !ends_sentence(&block.text))
        {
            return true;
        }
    }
    is_author_line(block, folded, scene)
}

/// A label of the kind `Read also` with its link or headline.
fn is_read_also(block: &Block, folded: &str) -> bool {
    let Some(cue) = READ_ALSO_CUES.opening(folded) else { return false };
    let is_mark = |c| matches!(c, ':' | '|' | '>' | '»' | '–');
    let labelled = block.chars < 220 && block.text.chars().take(cue.chars().count() + 6).any(is_mark);
    folded.len() == cue.len()
        || block.link_density() > 0.4
        || (labelled && (!ends_sentence(&block.text) || cue.contains(' ')))
}

/// Tells of a block whether it is no matter of judgement: a caption by its element, the title again, a line that only
/// names who signed, a `Read also`, a short line in an element named for bylines, dates or tags.
pub(super) fn veto(scene: &Scene<'_, '_>, pruned: &[bool]) -> impl Fn(usize) -> bool {
    let title = scene.title.map(fold).unwrap_or_default();
    let signs = Roles(Roles::BYLINE.0 | Roles::TAGS.0);
    move |i| {
        let block = &scene.blocks.list[i];
        if block.shape == Shape::Caption || is_headline(block, scene) {
            return true;
        }
        if block.chars >= 220 {
            return false;
        }
        let near = || scene.dom.ancestors(block.from).skip(1).take(3).any(|n| scene.roles[n].has(signs));
        let folded = block.folded();
        folded.is_empty()
            || (!title.is_empty() && folded == title)
            || is_read_also(block, folded)
            || is_author_line(block, folded, scene)
            || (pruned[i] && !block.is_prose() && near())
    }
}

/// Drops the page's own furniture, labels before the first full line, and headings that head nothing. Of `updates`,
/// where there are any, the first keeps its time.
pub(super) fn tidy(blocks: &[Block], kept: &mut Vec<usize>, updates: usize) {
    kept.retain(|&i| blocks[i].chars >= MAX_FURNITURE_CHARS || !is_furniture(blocks[i].folded()));
    trim_start(blocks, kept, updates);
    drop_empty_headings(blocks, kept);
}

/// A short line that only names an author (with `By`, a role or a date).
fn is_author_line(block: &Block, folded: &str, scene: &Scene<'_, '_>) -> bool {
    block.chars < 70
        && !ends_sentence(&block.text)
        && scene.authors.iter().any(|a| {
            let name = fold(a);
            !name.is_empty() && folded.contains(&name) && folded.len() < name.len() + 30
        })
}

/// Cuts at a heading that opens other matter (`Read also`, `Comments`) once most of the text is read.
fn cut_after_end(blocks: &[Block], kept: &mut Vec<usize>) {
    let total: usize = kept.iter().map(|&i| blocks[i].chars).sum();
    let mut read = 0;
    for at in 0..kept.len() {
        let block = &blocks[kept[at]];
        let label = matches!(block.shape, Shape::Heading(_)) || (block.chars < 45 && !block.is_prose());
        if label && read * 10 > total * 5 && read > 400 {
            let folded = block.folded();
            if END_CUES.opening(folded).is_some_and(|cue| folded.len() <= cue.len() + 12) {
                kept.truncate(at);
                return;
            }
        }
        read += block.chars;
    }
}

/// Drops short label lines before the first and after the last line of prose.
fn trim_ends(blocks: &[Block], kept: &mut Vec<usize>) {
    if let Some(last) = kept.iter().rposition(|&i| counts(&blocks[i])) {
        let mut end = last + 1;
        // List items right after prose belong to it.
        while end < kept.len()
            && matches!(blocks[kept[end]].shape, Shape::Item | Shape::Cell)
            && blocks[kept[end]].link_density() < 0.3
        {
            end += 1;
        }
        kept.truncate(end);
    }
    trim_start(blocks, kept, 0);
}

/// Whether a line reads as the article's and not as a label.
fn counts(block: &Block) -> bool {
    block.is_prose() || (block.chars >= 25 && ends_sentence(&block.text)) || block.chars >= 80
}

fn trim_start(blocks: &[Block], kept: &mut Vec<usize>, updates: usize) {
    let leads = |block: &Block| {
        let heads = matches!(block.shape, Shape::Heading(_) | Shape::Item) && block.link_density() < 0.3;
        heads || updates > 0 && updates::is_stamp(block)
    };
    if let Some(first) = kept.iter().position(|&i| counts(&blocks[i])) {
        let start = kept[..first].iter().rposition(|&i| !leads(&blocks[i])).map_or(0, |other| other + 1);
        kept.drain(..start);
    }
}

/// A heading with nothing under it before the next heading of its rank, or at the end, heads something left out.
fn drop_empty_headings(blocks: &[Block], kept: &mut Vec<usize>) {
    while kept.last().is_some_and(|&i| matches!(blocks[i].shape, Shape::Heading(_))) {
        kept.pop();
    }
}

/// Takes out a closing line that lists keywords, if it stands among the last three lines.
fn take_keyword_line(blocks: &[Block], kept: &mut Vec<usize>) -> Option<usize> {
    let from = kept.len().saturating_sub(3).max(1);
    let at = (from..kept.len()).rev().find(|&at| is_keyword_list(&blocks[kept[at]].text))?;
    Some(kept.remove(at))
}

/// Whether a text is a list of keywords: five or more items of at most four words, without a verb's full stop.
fn is_keyword_list(text: &str) -> bool {
    let items: Vec<&str> = text.split([',', '،', ';']).map(str::trim).collect();
    items.len() >= 5
        && !ends_sentence(text)
        && items.iter().all(|item| {
            !item.is_empty() && item.split_whitespace().count() <= 4 && item.chars().count() <= 40
        })
}

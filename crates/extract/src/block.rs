//! Blocks: the page as the lines a reader sees, each a maximal run of inline text inside one block-level element.
//!
//! The unit of everything about the body: candidates are ranges of blocks, the filter drops blocks, text and
//! HTML are printed from the same blocks. `<br>` ends a block, since so many sites set paragraphs with it. A `Read also`
//! with its link that is set inside a paragraph is no part of its block.

use std::cell::OnceCell;
use std::ops::Range;

use crate::cue::READ_ALSO_CUES;
use crate::dom::{Dom, Tag};
use crate::text::{fold, nfc, squeeze_into};

/// Nodes in a heading element that still is one.
const MAX_HEADING_NODES: usize = 24;

/// A `Read also` is read within so many characters.
const MAX_PROMPT_CHARS: usize = 30;
/// With its links it takes so many nodes.
const MAX_PROMPT_NODES: usize = 32;

/// What a block is in the text's structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Paragraph,
    Heading(u8),
    Item,
    Quote,
    Cell,
    Caption,
}

/// One line of the page.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) text: String,
    /// The text folded, once somebody asked for it.
    folded: OnceCell<String>,
    /// The block-level element it stands in.
    pub(crate) owner: usize,
    /// First and one past the last node of its run.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Nodes of its run that are no part of it, as ranges.
    pub(crate) cut: Vec<Range<usize>>,
    pub(crate) shape: Shape,
    /// Characters, all and inside links and inside bold type.
    pub(crate) chars: usize,
    pub(crate) link_chars: usize,
    pub(crate) bold_chars: usize,
}

impl Block {
    /// The text folded for comparing.
    pub(crate) fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(&self.text))
    }

    /// Share of the text that is link text.
    pub(crate) fn link_density(&self) -> f32 {
        self.link_chars as f32 / self.chars.max(1) as f32
    }

    /// Whether it reads as sentences rather than as a label: long, or of some length and closed by a full stop.
    pub(crate) fn is_prose(&self) -> bool {
        if self.shape == Shape::Caption || self.link_density() > 0.4 {
            return false;
        }
        // A standfirst is often set as a heading; no sub-heading is that long.
        if matches!(self.shape, Shape::Heading(_)) {
            return self.chars >= 120;
        }
        self.chars >= 120 || (self.chars >= 45 && ends_sentence(&self.text))
    }
}

/// Whether a text ends as sentences do, be it signed: `… a conclu le ministre. (AFP)`.
pub(crate) fn ends_sentence(text: &str) -> bool {
    const MAX_SIGNATURE_BYTES: usize = 40;
    let signature = text.trim_end().strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    let text = signature.filter(|(_, by)| by.len() <= MAX_SIGNATURE_BYTES).map_or(text, |(before, _)| {
        if before.trim_end().ends_with(['.', '!', '?', '…', '»', '؟']) { before } else { text }
    });
    text.trim_end_matches(['"', '»', '”', '’', '\'', ')', ']', '\u{A0}', '\u{202F}', ' '])
        .ends_with(['.', '!', '?', '…', ':', ';', '؟', '۔', '。', '！', '？'])
}

/// The blocks of a page, in order, and where each node's subtree begins among them.
#[derive(Debug)]
pub(crate) struct Blocks {
    pub(crate) list: Vec<Block>,
    /// For each node, the index of the first block that starts at or after it.
    starts: Vec<u32>,
}

impl Blocks {
    /// The blocks that start in a node's subtree.
    pub(crate) fn within(&self, dom: &Dom<'_>, node: usize) -> Range<usize> {
        self.starts[node] as usize..self.starts[dom.nodes[node].end] as usize
    }

    /// Cuts a page into blocks.
    pub(crate) fn new(dom: &Dom<'_>) -> Self {
        let mut cutter = Cutter { dom, list: Vec::with_capacity(512), open: None };
        let body = dom.nodes.iter().position(|n| n.tag == Tag::Body).unwrap_or(0);
        let (mut link_end, mut bold_end) = (0, 0);
        for i in body..dom.nodes[body].end {
            let node = &dom.nodes[i];
            match node.tag {
                Tag::Text => cutter.push(i, i < link_end, i < bold_end),
                Tag::Br => cutter.flush(),
                Tag::A if node.attr("href").is_some() => link_end = link_end.max(node.end),
                Tag::Strong => bold_end = bold_end.max(node.end),
                _ if node.block == i => cutter.flush(),
                _ => {}
            }
        }
        cutter.flush();
        let list = cutter.list;
        let mut starts = Vec::with_capacity(dom.nodes.len() + 1);
        let mut next = 0;
        for node in 0..=dom.nodes.len() {
            while next < list.len() && list[next].from < node {
                next += 1;
            }
            starts.push(next as u32);
        }
        Self { list, starts }
    }
}

struct Cutter<'d, 'a> {
    dom: &'d Dom<'a>,
    list: Vec<Block>,
    open: Option<(Block, bool)>,
}

impl Cutter<'_, '_> {
    fn push(&mut self, node: usize, in_link: bool, in_bold: bool) {
        let owner = self.dom.nodes[node].block;
        let text = self.dom.nodes[node].text;
        if self.open.as_ref().is_some_and(|(block, _)| block.owner != owner) {
            self.flush();
        }
        if let Some((block, pending)) = &mut self.open {
            if block.cut.last().is_some_and(|cut| cut.contains(&node)) {
                *pending = true;
                return;
            }
            if let Some(end) = prompt_end(self.dom, block, node) {
                block.cut.push(node..end);
                *pending = true;
                return;
            }
        }
        if text.bytes().all(|b| b.is_ascii_whitespace()) {
            if let Some((_, pending)) = &mut self.open {
                *pending = true;
            }
            return;
        }
        let (block, pending) = self.open.get_or_insert_with(|| {
            let block = Block {
                text: String::with_capacity(text.len()),
                folded: OnceCell::new(),
                owner,
                from: node,
                to: node,
                cut: Vec::new(),
                shape: Shape::Paragraph,
                chars: 0,
                link_chars: 0,
                bold_chars: 0,
            };
            (block, false)
        });
        let before = block.text.len();
        squeeze_into(text, &mut block.text, pending);
        let added = block.text[before..].chars().count();
        block.chars += added;
        block.link_chars += if in_link { added } else { 0 };
        block.bold_chars += if in_bold { added } else { 0 };
        block.to = node + 1;
    }

    fn flush(&mut self) {
        let Some((mut block, _)) = self.open.take() else { return };
        block.text = nfc(block.text);
        if block.text.bytes().any(|b| b.is_ascii_alphanumeric())
            || block.text.chars().any(char::is_alphanumeric)
        {
            block.shape = shape_of(self.dom, block.owner);
            // A table that holds paragraphs is a layout, not data.
            if block.shape == Shape::Cell && block.chars >= 80 {
                block.shape = Shape::Paragraph;
            }
            self.list.push(block);
        }
    }
}

/// Where a `Read also: ` with its links ends that starts at a text after a sentence, one past its last node.
fn prompt_end(dom: &Dom<'_>, block: &Block, node: usize) -> Option<usize> {
    let text = dom.nodes[node].text;
    if text.len() > 4 * MAX_PROMPT_CHARS || !ends_sentence(&block.text) {
        return None;
    }
    let is_mark = |c| matches!(c, ':' | '>' | '»' | '|' | '–');
    if !text.contains(is_mark) || READ_ALSO_CUES.opening(&fold(text)).is_none() {
        return None;
    }
    let linked = |n: usize| {
        dom.ancestors(n).take_while(|&above| above != block.owner).any(|above| dom.nodes[above].tag == Tag::A)
    };
    let run = (node + 1..dom.nodes[block.owner].end).take(MAX_PROMPT_NODES);
    let texts = run.filter(|&n| dom.nodes[n].tag == Tag::Text && dom.nodes[n].block == block.owner);
    let is_word = |n: &usize| dom.nodes[*n].text.chars().any(char::is_alphanumeric);
    let prompt: Vec<usize> = texts.take_while(|n| !is_word(n) || linked(*n)).collect();
    prompt.last().filter(|_| prompt.iter().any(is_word)).map(|last| last + 1)
}

fn shape_of(dom: &Dom<'_>, owner: usize) -> Shape {
    let mut quoted = false;
    for node in dom.ancestors(owner).take(12) {
        let tag = dom.nodes[node].tag;
        // A heading element around a whole text is dress, not structure.
        if let Some(level) = tag.heading().filter(|_| dom.nodes[node].end - node <= MAX_HEADING_NODES) {
            return Shape::Heading(level);
        }
        match tag {
            Tag::Li | Tag::Dd | Tag::Dt => return Shape::Item,
            Tag::Figcaption => return Shape::Caption,
            Tag::Cell => return Shape::Cell,
            Tag::Blockquote => quoted = true,
            Tag::Article | Tag::Main | Tag::Body => break,
            _ => {}
        }
    }
    if quoted { Shape::Quote } else { Shape::Paragraph }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &[&str]) {
        let html = scraper::Html::parse_document(html);
        let dom = Dom::new(&html);
        let blocks = Blocks::new(&dom);
        let texts: Vec<_> = blocks.list.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(texts, expected);
        assert_eq!(blocks.within(&dom, 0), 0..expected.len());
    }

    #[test]
    fn a_block_is_a_run_of_inline_text() {
        check("<div>a <b>b</b><p>c<br>d</p>e</div>f", &["a b", "c", "d", "e", "f"]);
        check(
            "<ul><li>x<li> <a href=/>y</a>z </ul>",
            &["x", "y z"].map(|s| if s == "y z" { "yz" } else { s }),
        );
    }

    #[test]
    fn a_prompt_in_a_paragraph_is_no_part_of_it() {
        check(
            "<p>Le port grandit. <b>À lire aussi : <a href=/a>Le rail</a></b> Il attend le train.</p>",
            &["Le port grandit. Il attend le train."],
        );
        check(
            "<p>Fin du match. <b>Lire aussi</b> Camus aide à vivre.</p>",
            &["Fin du match. Lire aussi Camus aide à vivre."],
        );
    }
}

//! Text and HTML printed from the same kept blocks, so that they never disagree.

use std::fmt::Write as _;

use url::Url;

use super::{Body, Scene, tongue};
use crate::block::{Block, Shape};
use crate::dom::{Dom, Node, Tag};

/// Elements looked at above a line for the list, quote or table it stands in.
const MAX_DEPTH: usize = 16;

/// The text: one line a block, standfirst first.
pub(crate) fn text_of(blocks: &[Block], body: &Body) -> String {
    let lines: Vec<&str> =
        body.standfirst.iter().chain(&body.lines).map(|&i| blocks[i].text.as_str()).collect();
    lines.join("\n")
}

/// The sanitised HTML: only `p h2–h4 ul ol li blockquote table caption tr th td a strong em`, with `dir` and `lang` where a
/// block has to say them, every text escaped, links absolute. Lists nest as they did; of a list item or a cell that holds
/// several lines, all but the first are paragraphs in it.
pub(crate) fn html_of(scene: &Scene<'_, '_>, body: &Body, base: &Url) -> String {
    let mut out = String::new();
    let mut open: Vec<(usize, &'static str)> = Vec::new();
    let all = || body.standfirst.iter().chain(&body.lines);
    let tongues = tongue::of(scene.dom, all().map(|&i| &scene.blocks.list[i]));
    for (&i, tongue) in all().zip(&tongues) {
        let block = &scene.blocks.list[i];
        let around = around(scene.dom, block);
        let shared = open.iter().zip(&around).take_while(|(a, b)| a == b).count();
        close(&mut out, &mut open, shared);
        let mut opens = around.into_iter().skip(shared).peekable();
        let mut leaf = match block.shape {
            Shape::Heading(_) if body.standfirst.contains(&i) => "p",
            Shape::Heading(level) => ["h2", "h2", "h3", "h4"][usize::from(level.clamp(1, 4)) - 1],
            _ => "p",
        };
        while let Some((node, name)) = opens.next() {
            open.push((node, name));
            // The innermost item or cell is the line itself.
            if opens.peek().is_none() && matches!(name, "li" | "th" | "td" | "caption") {
                leaf = name;
            } else {
                let _ = write!(out, "<{name}>");
            }
        }
        let _ = write!(out, "<{leaf}");
        if let Some(dir) = tongue.dir {
            let _ = write!(out, " dir=\"{dir}\"");
        }
        if let Some(lang) = &tongue.lang {
            let _ = write!(out, " lang=\"{lang}\"");
        }
        out.push('>');
        inline(scene.dom, block, base, &mut out);
        if !matches!(leaf, "li" | "th" | "td" | "caption") {
            let _ = write!(out, "</{leaf}>");
        }
    }
    close(&mut out, &mut open, 0);
    out
}

/// Closes all open elements but the outermost `keep`.
fn close(out: &mut String, open: &mut Vec<(usize, &'static str)>, keep: usize) {
    for (_, name) in open.drain(keep..).rev() {
        let _ = write!(out, "</{name}>");
    }
}

/// The lists, quotes and tables a block stands in, outermost first.
fn around(dom: &Dom<'_>, block: &Block) -> Vec<(usize, &'static str)> {
    let name = |node: usize| {
        Some(match (block.shape, dom.nodes[node].tag) {
            (Shape::Item, Tag::Ol) => "ol",
            (Shape::Item, Tag::Ul | Tag::Dl) => "ul",
            (Shape::Item, Tag::Li | Tag::Dt | Tag::Dd) => "li",
            (Shape::Quote, Tag::Blockquote) => "blockquote",
            (Shape::Cell, Tag::Table) if dom.nodes[node].name() == "table" => "table",
            (Shape::Cell, Tag::Tr) => "tr",
            (Shape::Cell, Tag::Cell) => cell_name(&dom.nodes[node]),
            _ => return None,
        })
    };
    let inside = |n: &usize| !matches!(dom.nodes[*n].tag, Tag::Article | Tag::Main | Tag::Body);
    let near = dom.ancestors(block.owner).take(MAX_DEPTH).take_while(inside);
    let mut found: Vec<_> = near.filter_map(|n| name(n).map(|name| (n, name))).collect();
    found.reverse();
    // An item without its list, a cell without its row: what is around it is not a list, not a table.
    let whole = match block.shape {
        Shape::Item => "ul ol",
        Shape::Cell => "table",
        _ => "blockquote",
    };
    let starts = found.iter().position(|(_, name)| whole.split(' ').any(|w| w == *name));
    found.drain(..starts.unwrap_or(found.len()));
    found
}

/// The element of a line of a table.
fn cell_name(cell: &Node<'_>) -> &'static str {
    match cell.name() {
        "th" => "th",
        "caption" => "caption",
        _ => "td",
    }
}

/// Prints a block's run with its links and emphasis.
fn inline(dom: &Dom<'_>, block: &Block, base: &Url, out: &mut String) {
    let mut open: Vec<(usize, &'static str)> = Vec::new();
    let mut pending = false;
    // Emphasis or a link opened before the run's first text still holds for it.
    let mut above: Vec<usize> = dom.ancestors(block.from).take_while(|&n| n != block.owner).collect();
    above.reverse();
    let started = out.len();
    for i in above.into_iter().filter(|&n| n != block.from).chain(block.from..block.to) {
        while open.last().is_some_and(|(end, _)| *end <= i) {
            if let Some((_, name)) = open.pop() {
                let _ = write!(out, "</{name}>");
            }
        }
        if block.cut.iter().any(|cut| cut.contains(&i)) {
            pending = true;
            continue;
        }
        let node = &dom.nodes[i];
        match node.tag {
            Tag::Text => {
                let mut text = if out.len() > started { "x".to_owned() } else { String::new() };
                let skip = text.len();
                crate::text::squeeze_into(node.text, &mut text, &mut pending);
                escape(&text[skip..], out);
            }
            Tag::A | Tag::Strong | Tag::Em if pending && out.len() > started => {
                pending = false;
                out.push(' ');
                open_inline(node, base, &mut open, out);
            }
            Tag::A | Tag::Strong | Tag::Em => open_inline(node, base, &mut open, out),
            _ => {}
        }
    }
    while let Some((_, name)) = open.pop() {
        let _ = write!(out, "</{name}>");
    }
}

/// Opens a link or emphasis.
fn open_inline(node: &Node<'_>, base: &Url, open: &mut Vec<(usize, &'static str)>, out: &mut String) {
    match node.tag {
        Tag::A => {
            let link = node.attr("href").and_then(|h| base.join(h.trim()).ok());
            if let Some(url) = link.filter(|u| matches!(u.scheme(), "http" | "https")) {
                out.push_str("<a href=\"");
                escape(url.as_str(), out);
                out.push_str("\">");
                open.push((node.end, "a"));
            }
        }
        Tag::Strong => push(open, node.end, "strong", out),
        _ => push(open, node.end, "em", out),
    }
}

fn push(open: &mut Vec<(usize, &'static str)>, end: usize, name: &'static str, out: &mut String) {
    if open.iter().all(|(_, n)| *n != name) {
        let _ = write!(out, "<{name}>");
        open.push((end, name));
    }
}

/// Escapes text for HTML content and quoted attributes.
pub(crate) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

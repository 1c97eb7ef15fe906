//! Text and HTML printed from the same kept blocks, so that they never disagree.

use std::fmt::Write as _;

use url::Url;

use super::{Body, Scene, tongue};
use crate::block::{Block, Shape};
use crate::dom::{Dom, Node, Tag};

/// The text: one line a block, standfirst first.
pub(crate) fn text_of(blocks: &[Block], body: &Body) -> String {
    let lines: Vec<&str> =
        body.standfirst.iter().chain(&body.lines).map(|&i| blocks[i].text.as_str()).collect();
    lines.join("\n")
}

/// The sanitised HTML: only `p h2–h4 ul ol li blockquote table tr td a strong em`, with `dir` and `lang` where a block
/// has to say them, every text escaped, links absolute.
pub(crate) fn html_of(scene: &Scene<'_, '_>, body: &Body, base: &Url) -> String {
    let mut out = String::new();
    let mut open = "";
    let mut row = usize::MAX;
    let all = || body.standfirst.iter().chain(&body.lines);
    let tongues = tongue::of(scene.dom, all().map(|&i| &scene.blocks.list[i]));
    for (&i, tongue) in all().zip(&tongues) {
        let block = &scene.blocks.list[i];
        let wanted = match block.shape {
            Shape::Item if is_ordered(scene.dom, block.owner) => "ol",
            Shape::Item => "ul",
            Shape::Quote => "blockquote",
            Shape::Cell => "table",
            _ => "",
        };
        if wanted != open {
            close(&mut out, open, &mut row);
            if !wanted.is_empty() {
                let _ = write!(out, "<{wanted}>");
            }
            open = wanted;
        }
        if wanted == "table" {
            start_row(scene.dom, block, &mut row, &mut out);
        }
        let name = match block.shape {
            Shape::Heading(_) if body.standfirst.contains(&i) => "p",
            Shape::Heading(level) => ["h2", "h2", "h3", "h4"][usize::from(level.clamp(1, 4)) - 1],
            Shape::Item => "li",
            Shape::Cell => "td",
            Shape::Paragraph | Shape::Quote | Shape::Caption => "p",
        };
        let _ = write!(out, "<{name}");
        if let Some(dir) = tongue.dir {
            let _ = write!(out, " dir=\"{dir}\"");
        }
        if let Some(lang) = &tongue.lang {
            let _ = write!(out, " lang=\"{lang}\"");
        }
        out.push('>');
        inline(scene.dom, block, base, &mut out);
        let _ = write!(out, "</{name}>");
    }
    close(&mut out, open, &mut row);
    out
}

fn close(out: &mut String, open: &str, row: &mut usize) {
    if *row != usize::MAX {
        out.push_str("</tr>");
        *row = usize::MAX;
    }
    if !open.is_empty() {
        let _ = write!(out, "</{open}>");
    }
}

fn start_row(dom: &Dom<'_>, block: &Block, row: &mut usize, out: &mut String) {
    let here = dom.ancestors(block.owner).find(|&n| dom.nodes[n].tag == Tag::Tr).unwrap_or(0);
    if here != *row {
        out.push_str(if *row == usize::MAX { "<tr>" } else { "</tr><tr>" });
        *row = here;
    }
}

fn is_ordered(dom: &Dom<'_>, owner: usize) -> bool {
    dom.ancestors(owner).find_map(|n| match dom.nodes[n].tag {
        Tag::Ol => Some(true),
        Tag::Ul => Some(false),
        _ => None,
    }) == Some(true)
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

//! The page as a flat array in document order: a subtree is a range, a walk is a loop.
//!
//! Built once from the parser's tree. Everything later reads this array, so nothing recurses and every
//! question about a subtree is a question about `i..end`.

use scraper::Html;
use scraper::node::{Element, Node as Parsed};

/// The elements somebody here treats apart; all others are `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Text,
    Html,
    Head,
    Title,
    Meta,
    Link,
    Base,
    Body,
    P,
    Div,
    Section,
    Article,
    Main,
    Header,
    Footer,
    Nav,
    Aside,
    Address,
    Details,
    Center,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    Ul,
    Ol,
    Li,
    Dl,
    Dt,
    Dd,
    Blockquote,
    Pre,
    Table,
    Tr,
    Cell,
    Figure,
    Figcaption,
    Form,
    Img,
    Br,
    Hr,
    A,
    Strong,
    Em,
    Time,
    Span,
    Other,
}

/// One node: an element or a run of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) tag: Tag,
    /// Index of the parent; the root is its own.
    pub(crate) parent: usize,
    /// One past the last index of the subtree.
    pub(crate) end: usize,
    /// The nearest block-level element at or above.
    pub(crate) block: usize,
    pub(crate) text: &'a str,
    pub(crate) class: &'a str,
    pub(crate) id: &'a str,
    element: Option<&'a Element>,
}

/// The page's nodes, preorder.
#[derive(Debug)]
pub(crate) struct Dom<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    /// The value of an attribute, if it is there.
    pub(crate) fn attr(&self, name: &str) -> Option<&'a str> {
        self.element?.attrs().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The element's name as written; nothing for text.
    pub(crate) fn name(&self) -> &'a str {
        self.element.map_or("", Element::name)
    }

    /// Every attribute.
    pub(crate) fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.element.into_iter().flat_map(Element::attrs)
    }

    /// The level of a heading, 1 to 6.
    pub(crate) fn heading(&self) -> Option<u8> {
        self.tag.heading()
    }
}

impl Tag {
    pub(crate) fn heading(self) -> Option<u8> {
        Some(match self {
            Self::H1 => 1,
            Self::H2 => 2,
            Self::H3 => 3,
            Self::H4 => 4,
            Self::H5 => 5,
            Self::H6 => 6,
            _ => return None,
        })
    }

    fn is_block(self) -> bool {
        !matches!(
            self,
            Self::Text
                | Self::Img
                | Self::Br
                | Self::A
                | Self::Strong
                | Self::Em
                | Self::Time
                | Self::Span
                | Self::Other
        )
    }

    fn of(name: &str) -> Self {
        match name {
            "html" => Self::Html,
            "head" => Self::Head,
            "title" => Self::Title,
            "meta" => Self::Meta,
            "link" => Self::Link,
            "base" => Self::Base,
            "body" => Self::Body,
            "p" => Self::P,
            "div" | "fieldset" | "amp-layout" | "picture-container" => Self::Div,
            "section" | "hgroup" => Self::Section,
            "article" => Self::Article,
            "main" => Self::Main,
            "header" => Self::Header,
            "footer" => Self::Footer,
            "nav" | "menu" => Self::Nav,
            "aside" => Self::Aside,
            "address" => Self::Address,
            "details" | "summary" => Self::Details,
            "center" => Self::Center,
            "h1" => Self::H1,
            "h2" => Self::H2,
            "h3" => Self::H3,
            "h4" => Self::H4,
            "h5" => Self::H5,
            "h6" => Self::H6,
            "ul" => Self::Ul,
            "ol" => Self::Ol,
            "li" => Self::Li,
            "dl" => Self::Dl,
            "dt" => Self::Dt,
            "dd" => Self::Dd,
            "blockquote" => Self::Blockquote,
            "pre" | "listing" => Self::Pre,
            "table" | "tbody" | "thead" | "tfoot" => Self::Table,
            "tr" => Self::Tr,
            // The caption of a table is a line of it; that of a picture is none of the text.
            "td" | "th" | "caption" => Self::Cell,
            "figure" => Self::Figure,
            "figcaption" => Self::Figcaption,
            "form" => Self::Form,
            "img" | "amp-img" => Self::Img,
            "br" => Self::Br,
            "hr" => Self::Hr,
            "a" => Self::A,
            "strong" | "b" => Self::Strong,
            "em" | "i" | "cite" => Self::Em,
            "time" => Self::Time,
            "span" | "font" => Self::Span,
            _ => Self::Other,
        }
    }
}

/// Elements whose contents are never read.
fn is_mute(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "svg"
            | "math"
            | "iframe"
            | "object"
            | "embed"
            | "canvas"
            | "video"
            | "audio"
            | "select"
            | "textarea"
            | "button"
            | "frameset"
            | "map"
            | "datalist"
            | "amp-ad"
    )
}

impl<'a> Dom<'a> {
    /// Flattens a parsed page.
    pub(crate) fn new(html: &'a Html) -> Self {
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity(4096);
        nodes.push(Node {
            tag: Tag::Other,
            parent: 0,
            end: 0,
            block: 0,
            text: "",
            class: "",
            id: "",
            element: None,
        });
        let root = html.tree.root();
        let (mut here, mut parent) = (root.first_child(), 0);
        while let Some(node) = here {
            let index = nodes.len();
            let descend = match node.value() {
                Parsed::Text(text) => {
                    let block = nodes[parent].block;
                    nodes.push(Node {
                        tag: Tag::Text,
                        parent,
                        end: index + 1,
                        block,
                        text,
                        class: "",
                        id: "",
                        element: None,
                    });
                    false
                }
                Parsed::Element(element) if !is_mute(element.name()) => {
                    nodes.push(element_node(element, parent, index, nodes[parent].block));
                    true
                }
                _ => false,
            };
            here = if descend { node.first_child() } else { None };
            if here.is_some() {
                parent = index;
                continue;
            }
            if descend {
                nodes[index].end = index + 1;
            }
            let mut up = node;
            here = up.next_sibling();
            while here.is_none() {
                let Some(above) = up.parent().filter(|p| p.id() != root.id()) else { break };
                nodes[parent].end = nodes.len();
                parent = nodes[parent].parent;
                up = above;
                here = up.next_sibling();
            }
        }
        nodes[0].end = nodes.len();
        Self { nodes }
    }

    /// All text under a node, white space squeezed.
    pub(crate) fn text(&self, index: usize) -> String {
        self.text_start(index, usize::MAX)
    }

    /// The text of a subtree, broken off by the node with which it passes `most` bytes: elements never closed hold
    /// the whole page, each of them.
    pub(crate) fn text_start(&self, index: usize, most: usize) -> String {
        let mut out = String::new();
        let mut pending = false;
        for node in &self.nodes[index..self.nodes[index].end] {
            if out.len() > most {
                break;
            }
            match node.tag {
                Tag::Text => crate::text::squeeze_into(node.text, &mut out, &mut pending),
                tag if tag.is_block() || tag == Tag::Br => pending = true,
                _ => {}
            }
        }
        out
    }

    /// The place of a parsed element, if it was kept.
    pub(crate) fn find(&self, element: &Element) -> Option<usize> {
        self.nodes.iter().position(|node| node.element.is_some_and(|kept| std::ptr::eq(kept, element)))
    }

    /// Whether `node` lies in the subtree of `above`.
    pub(crate) fn is_within(&self, node: usize, above: usize) -> bool {
        (above..self.nodes[above].end).contains(&node)
    }

    /// The node and its ancestors, inside out.
    pub(crate) fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let mut next = Some(index);
        std::iter::from_fn(move || {
            let here = next?;
            next = (here != 0).then(|| self.nodes[here].parent);
            Some(here)
        })
    }

    /// The element children of a node.
    pub(crate) fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[index].end;
        let mut next = index + 1;
        std::iter::from_fn(move || {
            let here = (next < end).then_some(next)?;
            next = self.nodes[here].end.max(here + 1);
            Some(here)
        })
    }
}

fn element_node(element: &Element, parent: usize, index: usize, block: usize) -> Node<'_> {
    let tag = Tag::of(element.name());
    let (mut class, mut id) = ("", "");
    for (key, value) in element.attrs() {
        match key {
            "class" => class = value,
            "id" => id = value,
            _ => {}
        }
    }
    let block = if tag.is_block() { index } else { block };
    Node { tag, parent, end: index + 1, block, text: "", class, id, element: Some(element) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_is_a_range() {
        let html = Html::parse_document("<body><div id=a><p>x <b>y</b></p></div><script>z</script><p>w</p>");
        let dom = Dom::new(&html);
        let a = dom.nodes.iter().position(|n| n.id == "a").unwrap();
        assert_eq!(dom.text(a), "x y");
        assert_eq!(dom.text(0), "x y w");
        assert_eq!(dom.children(a).count(), 1);
        assert!(dom.nodes.iter().all(|n| n.end > n.parent));
    }
}

//! What the page's head and attributes declare: meta elements, links, microdata.

use crate::dom::{Dom, Tag};
use crate::text::{squeeze, unescape};

/// The declarations of a page, raw.
#[derive(Debug, Default)]
pub(crate) struct Head<'a> {
    /// Name or property in lower case, and content.
    metas: Vec<(String, &'a str)>,
    /// `rel` in lower case, `href`, `type`, `title`, `hreflang`.
    pub(crate) links: Vec<Link<'a>>,
    pub(crate) title: Option<String>,
    pub(crate) lang: Option<&'a str>,
    pub(crate) base: Option<&'a str>,
    /// Microdata and RDFa: property in lower case, node.
    props: Vec<(&'a str, usize)>,
}

/// A `link` element.
#[derive(Debug)]
pub(crate) struct Link<'a> {
    pub(crate) rel: String,
    pub(crate) href: &'a str,
    pub(crate) kind: &'a str,
}

impl<'a> Head<'a> {
    /// Collects in one walk.
    pub(crate) fn read(dom: &Dom<'a>) -> Self {
        let mut head = Self::default();
        for (i, node) in dom.nodes.iter().enumerate() {
            match node.tag {
                Tag::Html if head.lang.is_none() => {
                    head.lang = node.attr("lang").or_else(|| node.attr("xml:lang"));
                }
                Tag::Title if head.title.is_none() => head.title = Some(squeeze(&unescape(&dom.text(i)))),
                Tag::Base => head.base = head.base.or(node.attr("href")),
                Tag::Meta => head.meta(node),
                Tag::Link => {
                    if let (Some(rel), Some(href)) = (node.attr("rel"), node.attr("href")) {
                        head.links.push(Link {
                            rel: rel.to_ascii_lowercase(),
                            href,
                            kind: node.attr("type").unwrap_or(""),
                        });
                    }
                }
                Tag::Text => continue,
                _ => {}
            }
            let mut named = (None, None);
            for (key, value) in node.attrs() {
                match key {
                    "itemprop" => named.0 = Some(value),
                    "property" => named.1 = Some(value),
                    _ => {}
                }
            }
            if let Some(prop) = named.0.or(named.1) {
                head.props.push((prop, i));
            }
        }
        head
    }

    fn meta(&mut self, node: &crate::dom::Node<'a>) {
        let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|key| node.attr(key));
        if let (Some(name), Some(content)) = (name, node.attr("content").or_else(|| node.attr("value")))
            && !content.trim().is_empty()
            && self.metas.len() < 400
        {
            self.metas.push((name.trim().to_ascii_lowercase(), content));
        }
    }

    /// The first content of any of these names, in the order of the names; which name it was.
    pub(crate) fn meta_of(&self, names: &[&'static str]) -> Option<(String, &'static str)> {
        names.iter().find_map(|name| {
            let (_, content) = self.metas.iter().find(|(key, _)| key == name)?;
            let text = squeeze(&unescape(content));
            (!text.is_empty()).then_some((text, *name))
        })
    }

    /// Every content of a name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.metas
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, content)| squeeze(&unescape(content)))
            .collect()
    }

    /// The nodes that carry a microdata or RDFa property.
    pub(crate) fn props<'s>(&'s self, name: &'s str) -> impl Iterator<Item = usize> + 's {
        self.props
            .iter()
            .filter(move |(prop, _)| prop.rsplit(':').next().is_some_and(|p| p.eq_ignore_ascii_case(name)))
            .map(|(_, node)| *node)
    }

    /// The address of a link by its `rel`.
    pub(crate) fn link(&self, rel: &str) -> Option<&'a str> {
        self.links.iter().find(|l| l.rel.split_ascii_whitespace().any(|r| r == rel)).map(|l| l.href)
    }
}

//! XML as it is found: feeds and sitemaps with bare ampersands, junk before the prolog, tags that do not match,
//! bytes in another charset than stated, ends cut off.
//!
//! The walker gives a flat run of steps and goes on where a strict reader stops: what stands before and after the
//! broken place is still read. It looks at each byte a bounded number of times, whatever is broken. Entities are
//! those of HTML5 and the document's own, each of which stands for plain text: nothing is expanded twice.

mod charset;
mod names;
mod tag;
mod text;

use names::Names;

pub use charset::decode;
pub(crate) use text::plain;
use text::{Entities, unescape_with};

const CDATA: &str = "<![CDATA[";

/// One step through a document. Names are local, in lower case, with a prefix only where it tells things apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Open { name: String, attributes: Vec<(String, String)> },
    Close { name: String },
    Text(String),
}

/// Walks a document from its first tag, calling `visit` for each step until it says to stop.
pub(crate) fn walk(text: &str, visit: impl FnMut(Step) -> bool) {
    let at = text.find('<').unwrap_or(text.len());
    let (names, entities) = (Names::default(), Entities::default());
    let mut walker =
        Walker { text, at, names, entities, ends: [Place::Unknown; 3], is_open_section: false, visit };
    while walker.at < text.len() && walker.advance() {}
}

/// Where something next stands.
#[derive(Clone, Copy)]
enum Place {
    Unknown,
    At(usize),
    Nowhere,
}

/// What ends a section that is no tag.
#[derive(Clone, Copy)]
enum End {
    Comment,
    Cdata,
    Instruction,
}

impl End {
    const fn mark(self) -> &'static str {
        match self {
            Self::Comment => "-->",
            Self::Cdata => "]]>",
            Self::Instruction => "?>",
        }
    }
}

struct Walker<'a, V> {
    text: &'a str,
    at: usize,
    names: Names,
    entities: Entities,
    /// Where each kind of end next stands, so that a document full of beginnings is not searched for each of them.
    ends: [Place; 3],
    /// Whether a section without its end has just begun: what is left of one may stand behind its text.
    is_open_section: bool,
    visit: V,
}

impl<V: FnMut(Step) -> bool> Walker<'_, V> {
    /// One step; `false` where the visitor wants no more.
    fn advance(&mut self) -> bool {
        let tail = &self.text[self.at..];
        let until = tail.find('<').unwrap_or(tail.len());
        if until > 0 {
            return self.tell_text(until);
        }
        if tail.get(..CDATA.len()).is_some_and(|head| head.eq_ignore_ascii_case(CDATA)) {
            return self.cdata();
        }
        if tail.starts_with("<!--") {
            self.at = self.end(End::Comment).unwrap_or(self.at + "<!--".len());
        } else if tail.starts_with("<!") {
            let (length, found) = text::declaration(tail);
            self.entities.extend(found);
            self.at += length;
        } else if tail.starts_with("<?") {
            self.instruction(tail);
        } else if let Some(rest) = tail.strip_prefix("</") {
            return self.close(rest);
        } else if tail[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return self.open(tail);
        } else {
            // `a < b`
            let until = tail[1..].find('<').map_or(tail.len(), |at| at + 1);
            return self.tell_text(until);
        }
        true
    }

    /// Behind the next end of a kind.
    fn end(&mut self, end: End) -> Option<usize> {
        let mark = end.mark();
        let known = &mut self.ends[end as usize];
        if !matches!(known, Place::Nowhere) && !matches!(known, Place::At(at) if *at >= self.at) {
            let found = self.text[self.at..].find(mark);
            *known = found.map_or(Place::Nowhere, |found| Place::At(self.at + found));
        }
        match *known {
            Place::At(at) => Some(at + mark.len()),
            Place::Unknown | Place::Nowhere => None,
        }
    }

    fn tell_text(&mut self, length: usize) -> bool {
        let raw = &self.text[self.at..self.at + length];
        self.at += length;
        // An end without its beginning is nothing to read.
        let mut text = unescape_with(raw, &self.entities);
        if raw.contains("]]>") {
            text = text.replace("]]>", "");
        }
        if std::mem::take(&mut self.is_open_section) && text.ends_with("]]") {
            text.truncate(text.len() - "]]".len());
        }
        text.is_empty() || (self.visit)(Step::Text(text))
    }

    /// What stands in a section whose end is missing is read as if there were none. No section stands in another:
    /// where one begins before this one ends, this one's end is missing.
    fn cdata(&mut self) -> bool {
        let mut from = self.at;
        while self.text[from..].starts_with(CDATA) {
            from += CDATA.len();
        }
        let from = from.max(self.at + CDATA.len());
        self.at = from;
        let closed = self.end(End::Cdata).map(|end| (end - End::Cdata.mark().len(), end));
        let closed = closed.filter(|(until, _)| !self.text[from..*until].contains(CDATA));
        let Some((until, next)) = closed else {
            self.is_open_section = true;
            return true;
        };
        self.at = next;
        (self.visit)(Step::Text(self.text[from..until].to_owned()))
    }

    fn instruction(&mut self, tail: &str) {
        let end = self.end(End::Instruction).map(|end| end - self.at);
        let sound = end.filter(|end| !tail[1..*end].contains('<'));
        self.at += sound.unwrap_or_else(|| tag::end_without_quotes(tail));
    }

    fn close(&mut self, rest: &str) -> bool {
        let length = tag::end_without_quotes(rest);
        let name = rest[..length].trim_start().split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
        let name = self.names.of(name.into_iter().next().unwrap_or_default());
        self.at += "</".len() + length;
        (self.visit)(Step::Close { name })
    }

    fn open(&mut self, tail: &str) -> bool {
        let Some(tag) = tag::read(tail) else {
            // The document ends in the middle of it: of an address that was cut nothing may be taken.
            self.at = self.text.len();
            return true;
        };
        self.at += tag.length;
        let unescaped =
            |(key, value): (&str, &str)| (key.to_ascii_lowercase(), unescape_with(value, &self.entities));
        let attributes: Vec<_> = tag.attributes.into_iter().map(unescaped).collect();
        self.names.learn(tag.name, &attributes);
        let name = self.names.of(tag.name);
        if !tag.is_empty {
            return (self.visit)(Step::Open { name, attributes });
        }
        (self.visit)(Step::Open { name: name.clone(), attributes }) && (self.visit)(Step::Close { name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(text: &str) -> Vec<String> {
        let (mut all, mut inside) = (Vec::new(), false);
        walk(text, |step| {
            match step {
                Step::Open { name, .. } if name == "title" => {
                    inside = true;
                    all.push(String::new());
                }
                Step::Close { .. } => inside = false,
                Step::Text(text) if inside => all.last_mut().unwrap().push_str(&text),
                Step::Open { .. } | Step::Text(_) => {}
            }
            true
        });
        all.iter().map(|t| plain(t)).collect()
    }

    #[test]
    fn broken_documents_give_their_text() {
        let check = |text: &str, expected: &[&str]| assert_eq!(titles(text), expected, "{text}");
        check("junk<?xml version='1.0'?><a><title>Un & deux</title></a>", &["Un & deux"]);
        check("<a><title>l&#039;&eacute;t&eacute; &nope; &#x2019;</title>", &["l'été &nope; ’"]);
        check("<a><b><title>x</c></title></a><title>y</title>", &["x", "y"]);
        check("<title><![CDATA[sans fin</title><item><title>suite</title>", &["sans fin", "suite"]);
        check("<a href=x y><title>z</title", &["z"]);
        check("<title>a < b</title><title>c</title>", &["a < b", "c"]);
        check("<title>1<2 & <3</title><title>c</title>", &["1<2 & <3", "c"]);
        check("<title><![CDATA[a</title><title><![CDATA[b]]></title>", &["a", "b"]);
        check("<title><![CDATA[<![CDATA[a]]>]]></title>", &["a"]);
        check("<!DOCTYPE a [<!ENTITY b 'c'>]><?xml?><?x <title>&b;</title>", &["c"]);
        check("<!-- <title>x</title> --><title>y</title><!-- <title>z</title>", &["y", "z"]);
        check("<title>x</ title><TITLE a='1' <b>y</TITLE>", &["x", "y"]);
        check("", &[]);
    }
}

//! A writer of XML 1.0: elements that close, text that is escaped, and no character XML forbids.
//!
//! Feeds, EPUB and DOCX are written with it, so none of them can come out malformed whatever a title holds.

use std::borrow::Cow;

use crate::look::escaped;

/// An XML document being written.
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

/// Attributes of an element, by name.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

impl Xml {
    /// A document, with its declaration.
    pub(super) fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.start(name, attributes, ">");
        self.open.push(name);
        self
    }

    /// Closes the element opened last.
    pub(super) fn close(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        self
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.start(name, attributes, "/>");
        self
    }

    /// An element with text alone.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        text: &str,
    ) -> &mut Self {
        self.open(name, attributes).text(text).close()
    }

    /// Text within the element opened last.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&escaped(&allowed(text)));
        self
    }

    /// A line's end, where only people see it.
    pub(super) fn line(&mut self) -> &mut Self {
        self.out.push('\n');
        self
    }

    /// The document, with what is still open closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out.push('\n');
        self.out
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>, end: &str) {
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            self.out.push_str(&escaped(&allowed(value)));
            self.out.push('"');
        }
        self.out.push_str(end);
    }
}

/// Text without the characters XML 1.0 forbids (2.2).
pub(super) fn allowed(text: &str) -> Cow<'_, str> {
    let forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(forbidden) { text.replace(forbidden, "").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_breaks_out_and_all_is_closed() {
        let mut xml = Xml::new();
        xml.open("a", &[("b", "\"<&")]).text("x\u{b}</a> & y").empty("c", &[]);
        assert_eq!(
            xml.finish().lines().nth(1).unwrap(),
            "<a b=\"&quot;&lt;&amp;\">x&lt;/a&gt; &amp; y<c/></a>"
        );
    }
}

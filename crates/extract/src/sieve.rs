//! What the parser is spared: scripts, styles, drawings, comments and attributes nobody here reads are cut before
//! parsing, JSON-LD kept apart.
//!
//! Half of a news page is script and most of the rest attributes. Cutting them here halves the time to the
//! DOM, and this one forward scan is also where hostile input is bounded: after it, nesting, open formatting elements, attributes and tags
//! have a ceiling, so the parser's quadratic corners (its stack scans, its attribute checks) stay small.

mod controls;

/// Deepest nesting kept; start tags below it are dropped and their text moves up.
const MAX_DEPTH: usize = 256;
/// Open formatting elements kept: each is rebuilt by the parser in every later paragraph.
const MAX_FORMATTING: usize = 12;
/// Tags after which a page is cut.
const MAX_TAGS: usize = 120_000;
/// Declarations (`meta`, `link`) kept; later ones do not count as tags either, so that they hide no text.
const MAX_DECLARATIONS: usize = 1000;
/// An attribute of this length or more is dropped, whatever its name.
const LONG_VALUE_BYTES: usize = 2048;
const MAX_ATTRIBUTES: usize = 48;
/// A text for those without scripts has this length and so many paragraphs.
const MIN_NOSCRIPT_BYTES: usize = 1500;
const MIN_NOSCRIPT_PARAGRAPHS: usize = 4;
/// The attributes read: those of roles, of declarations, of links, pictures and dates, and what the parser itself minds.
const READ_ATTRIBUTES: [&str; 32] = [
    "class",
    "id",
    "href",
    "content",
    "name",
    "property",
    "itemprop",
    "itemtype",
    "rel",
    "datetime",
    "hidden",
    "style",
    "role",
    "lang",
    "xml:lang",
    "type",
    "title",
    "value",
    "aria-label",
    "aria-current",
    "http-equiv",
    "data-component",
    "data-testid",
    "data-qa",
    "data-block",
    "data-module",
    "charset",
    "src",
    "data-src",
    "data-original",
    "data-lazy-src",
    "width",
];

/// A page without what no reader sees.
#[derive(Debug, Default)]
pub(crate) struct Sieved<'a> {
    /// The HTML that is left.
    pub(crate) html: String,
    /// The contents of the `application/ld+json` scripts.
    pub(crate) json_ld: Vec<&'a str>,
}

struct Sieve<'a> {
    source: &'a str,
    out: Sieved<'a>,
    /// Start of the text not yet copied.
    kept_from: usize,
    depth: usize,
    dropped: usize,
    formatting: usize,
    tags: usize,
    declarations: usize,
    /// Whether a `<noscript>` was read as text: one is, so that what is looked through twice stays bounded.
    opened: bool,
    /// Whether a `<button>` is open that is read as a heading.
    asking: bool,
}

/// Runs the sieve over a decoded page. Linear in its length.
pub(crate) fn sieve(source: &str) -> Sieved<'_> {
    let mut state = Sieve {
        source,
        out: Sieved { html: String::with_capacity(source.len() / 2), json_ld: Vec::new() },
        kept_from: 0,
        depth: 0,
        dropped: 0,
        formatting: 0,
        tags: 0,
        declarations: 0,
        opened: false,
        asking: false,
    };
    let mut at = 0;
    while let Some(open) = find(source, at, b'<') {
        at = state.markup(open);
        if state.tags > MAX_TAGS {
            state.cut(at, at);
            return state.out;
        }
    }
    state.cut(source.len(), source.len());
    state.out
}

fn find(text: &str, from: usize, byte: u8) -> Option<usize> {
    Some(from + memchr::memchr(byte, text.as_bytes().get(from..)?)?)
}

impl<'a> Sieve<'a> {
    /// Copies what came before `from` and goes on at `to`.
    fn cut(&mut self, from: usize, to: usize) {
        if self.kept_from < from {
            self.out.html.push_str(&self.source[self.kept_from..from]);
        }
        self.kept_from = to.max(self.kept_from);
    }

    /// Handles the markup at `open` (a `<`); returns where to look on.
    fn markup(&mut self, open: usize) -> usize {
        let bytes = self.source.as_bytes();
        // Of the white space that indents markup one sign is enough.
        let gap = bytes[self.kept_from.min(open)..open].iter().rev().take_while(|b| b.is_ascii_whitespace());
        let gap = gap.count();
        if gap > 1 {
            self.cut(open - gap, open - 1);
        }
        match bytes.get(open + 1) {
            Some(b'!') if self.source[open..].starts_with("<!--") => {
                let end = self.source[open + 4..].find("-->").map_or(bytes.len(), |i| open + 4 + i + 3);
                self.cut(open, end);
                end
            }
            Some(b'/') => {
                let end = find(self.source, open, b'>').map_or(bytes.len(), |i| i + 1);
                self.end_tag(open, end);
                end
            }
            Some(b) if b.is_ascii_alphabetic() => self.start_tag(open),
            _ => open + 1,
        }
    }

    fn end_tag(&mut self, open: usize, end: usize) {
        let name = tag_name(self.source, open + 2);
        self.tags += 1;
        if name.eq_ignore_ascii_case("noscript") {
            self.cut(open, end);
            return;
        }
        if self.asking && name.eq_ignore_ascii_case("button") {
            self.asking = false;
            self.cut(open, end);
            self.out.html.push_str("</h4>");
            return;
        }
        if is_formatting(name) {
            self.formatting = self.formatting.saturating_sub(1);
        } else if counts(name) {
            if self.dropped > 0 {
                self.dropped -= 1;
                self.cut(open, end);
            } else {
                self.depth = self.depth.saturating_sub(1);
            }
        }
    }

    fn start_tag(&mut self, open: usize) -> usize {
        let name = tag_name(self.source, open + 1);
        let end = tag_end(self.source, open + 1 + name.len());
        if name.eq_ignore_ascii_case("meta") || name.eq_ignore_ascii_case("link") {
            self.declarations += 1;
            if self.declarations > MAX_DECLARATIONS {
                self.cut(open, end);
                return end;
            }
        }
        self.tags += 1;
        if let Some(raw) = raw_name(name) {
            return self.raw_element(open, end, raw);
        }
        if is_unread(name, &self.source[open..end]) {
            self.cut(open, end);
            return end;
        }
        if self.unfolds(open, end, name) {
            self.asking = true;
            self.cut(open, end);
            self.out.html.push_str("<h4 class=accordion>");
            return end;
        }
        if let Some(after) = self.control_end(end, name).or_else(|| self.aside_end(open, end, name)) {
            self.cut(open, after);
            return after;
        }
        if is_formatting(name) {
            self.formatting += 1;
            if self.formatting > MAX_FORMATTING {
                self.cut(open, end);
                return end;
            }
        } else if counts(name) {
            if self.depth >= MAX_DEPTH {
                self.dropped += 1;
                self.cut(open, end);
                return end;
            }
            self.depth += 1;
        }
        let inner = &self.source[open + 1 + name.len()..end];
        if inner.len() > 2 {
            self.cut(open, end);
            self.out.html.push('<');
            self.out.html.push_str(name);
            read_attributes(inner, &mut self.out.html);
            // After a value without quotes the stroke would become part of it: `<a href=/>`.
            let bare = self.out.html.ends_with(name) || self.out.html.ends_with(['"', '\'']);
            self.out.html.push_str(if inner.ends_with("/>") && bare { "/>" } else { ">" });
        }
        end
    }

    /// Cuts a script, style or drawing with its contents; keeps JSON-LD.
    fn raw_element(&mut self, open: usize, end: usize, name: &'static str) -> usize {
        let tag = &self.source[open..end];
        let close = if tag.ends_with("/>") && name == "svg" {
            Some((end, end))
        } else {
            closing(self.source, end, name)
        };
        let (inner_end, after) = close.unwrap_or((self.source.len(), self.source.len()));
        if name == "noscript" && !self.opened && holds_text(&self.source[end..inner_end]) {
            self.opened = true;
            self.cut(open, end);
            return end;
        }
        if name == "script" && contains_ignoring_case(tag, "ld+json") {
            self.out.json_ld.push(&self.source[end..inner_end]);
        }
        self.cut(open, after);
        after
    }
}

/// Whether a `<noscript>` holds the page's text rather than a picture, a counter or a notice.
fn holds_text(inner: &str) -> bool {
    let paragraphs = || inner.matches("<p>").count() + inner.matches("<p ").count();
    inner.len() > MIN_NOSCRIPT_BYTES && paragraphs() >= MIN_NOSCRIPT_PARAGRAPHS
}

fn tag_name(source: &str, from: usize) -> &str {
    let rest = &source[from.min(source.len())..];
    let end =
        rest.bytes().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/')).unwrap_or(rest.len());
    &rest[..end]
}

/// The byte after the `>` that ends a tag, quotes respected.
fn tag_end(source: &str, from: usize) -> usize {
    let bytes = source.as_bytes();
    let mut i = from;
    while i < bytes.len() {
        match bytes[i] {
            b'>' => return i + 1,
            b'=' => {
                i += 1;
                while i < bytes.len() && bytes[i].is_ascii_whitespace() {
                    i += 1;
                }
                if let Some(&quote) = bytes.get(i).filter(|b| matches!(b, b'"' | b'\'')) {
                    i = find(source, i + 1, quote).map_or(bytes.len(), |close| close + 1);
                }
            }
            _ => i += 1,
        }
    }
    bytes.len()
}

/// Where the contents of a raw element end, and where its end tag ends.
fn closing(source: &str, from: usize, name: &str) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(open) = find(source, at, b'<') {
        let is_close = source.as_bytes().get(open + 1) == Some(&b'/');
        if is_close && tag_name(source, open + 2).eq_ignore_ascii_case(name) {
            return Some((open, find(source, open, b'>').map_or(source.len(), |i| i + 1)));
        }
        at = open + 1;
    }
    None
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|w| w.eq_ignore_ascii_case(word.as_bytes()))
}

fn raw_name(name: &str) -> Option<&'static str> {
    ["script", "style", "svg", "noscript"].into_iter().find(|raw| name.eq_ignore_ascii_case(raw))
}

/// Void elements nobody here reads: fields, sources, and links to styles and icons. Pictures stay: they count as
/// nodes where nearness is measured.
fn is_unread(name: &str, tag: &str) -> bool {
    const VOID: [&str; 5] = ["input", "source", "wbr", "track", "param"];
    const LINKS: [&str; 5] = ["stylesheet", "preload", "prefetch", "preconnect", "icon"];
    (3..=6).contains(&name.len())
        && (VOID.iter().any(|v| name.eq_ignore_ascii_case(v))
            || (name.eq_ignore_ascii_case("link") && LINKS.iter().any(|rel| tag.contains(rel))))
}

fn is_formatting(name: &str) -> bool {
    const NAMES: [&str; 13] =
        ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    name.len() <= 6 && NAMES.iter().any(|n| name.eq_ignore_ascii_case(n))
}

/// Whether an element stays open until its end tag: neither void nor closed by a neighbour.
fn counts(name: &str) -> bool {
    const NOT: [&str; 32] = [
        "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "a", "rt",
        "rp", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
        "wbr", "param", "html", "head", "body",
    ];
    !NOT.iter().any(|n| name.eq_ignore_ascii_case(n))
}

/// Copies the attributes that are read and not overlong, at most [`MAX_ATTRIBUTES`] of them.
fn read_attributes(inner: &str, out: &mut String) {
    let bytes = inner.as_bytes();
    let (mut i, mut kept) = (0, 0);
    while i < bytes.len() && kept < MAX_ATTRIBUTES {
        while i < bytes.len() && (bytes[i].is_ascii_whitespace() || matches!(bytes[i], b'/' | b'>')) {
            i += 1;
        }
        let start = i;
        while i < bytes.len() && !bytes[i].is_ascii_whitespace() && !matches!(bytes[i], b'=' | b'>' | b'/') {
            i += 1;
        }
        let name = &inner[start..i];
        let mut value = i;
        while bytes.get(value).is_some_and(u8::is_ascii_whitespace) {
            value += 1;
        }
        if bytes.get(value) == Some(&b'=') {
            i = value_end(inner, value + 1);
        }
        if i > start && i - start < LONG_VALUE_BYTES && is_read(name, &inner[start..i]) {
            out.push(' ');
            out.push_str(&inner[start..i]);
            kept += 1;
        }
        i += usize::from(i == start);
    }
}

/// Where the value that starts at `from` or after white space ends.
fn value_end(inner: &str, from: usize) -> usize {
    let bytes = inner.as_bytes();
    let mut i = from;
    while bytes.get(i).is_some_and(u8::is_ascii_whitespace) {
        i += 1;
    }
    if let Some(&quote @ (b'"' | b'\'')) = bytes.get(i) {
        return find(inner, i + 1, quote).map_or(bytes.len(), |close| close + 1);
    }
    while i < bytes.len() && !bytes[i].is_ascii_whitespace() && bytes[i] != b'>' {
        i += 1;
    }
    i
}

/// Whether an attribute tells something; of styles only those that hide.
fn is_read(name: &str, whole: &str) -> bool {
    name.len() <= 14
        && READ_ATTRIBUTES.iter().any(|read| name.eq_ignore_ascii_case(read))
        && (!name.eq_ignore_ascii_case("style") || whole.contains("display"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        assert_eq!(sieve(source).html, expected);
    }

    #[test]
    fn cuts_what_no_reader_sees() {
        check("<p>a<script>if (a<b) {'</p>'}</script>b<!-- <p> -->c", "<p>abc");
        check("<a title='<script>'>x</a>", "<a title='<script>'>x</a>");
        check("<p data-x='1' CLASS = \"a b\" style=color:red onclick=\"f('>')\">x", "<p CLASS = \"a b\">x");
        check("<hr title='a' alt=\"é > è\"/>y<br />", "<hr title='a'/>y<br/>");
        check(
            "a<input value='/>'>b<link rel=stylesheet href=/x><link rel=canonical href=/y>",
            "ab<link rel=canonical href=/y>",
        );
        check("a<SCRIPT src=x></Script>b<svg viewBox='0'><path/></svg>c", "abc");
        check("<a href=/>x<a href=/b/ />y", "<a href=/>x<a href=/b/>y");
        check("a < b <3", "a < b <3");
        check("<p>x<script>never closed", "<p>x");
        check(
            "<p>x\n\t\t<Button type=a>Go <b>on</b></BUTTON>\n  <p>y<select><p>z",
            "<p>x\t <p>y<select><p>z",
        );
    }

    #[test]
    fn a_text_for_those_without_scripts_is_kept() {
        let text = "<p>Les grues du port ont repris lundi, après trois mois d’arrêt.</p>".repeat(30);
        let page = format!("<div>a<noscript>{text}</noscript>b</div>");
        check(&page, &format!("<div>a{text}b</div>"));
        check("<div>a<noscript><p>Activez les scripts.</p></noscript>b</div>", "<div>ab</div>");
    }

    #[test]
    fn cuts_what_only_screen_readers_say_of_links() {
        check(
            "<a href=x>.FCHI<span class=\"sr-only\">, opens new tab</span></a>, stable",
            "<a href=x>.FCHI</a>, stable",
        );
        check(
            "<a href=x>Le rapport<span style=\"clip:rect(0 0 0 0)\"> (Nouvelle fenêtre)</span></a>",
            "<a href=x>Le rapport</a>",
        );
        check("<span class=\"sr-only\">Par </span>Rim Alami", "<span class=\"sr-only\">Par </span>Rim Alami");
        check("<span>Une fenêtre ouverte</span>", "<span>Une fenêtre ouverte</span>");
    }

    #[test]
    fn keeps_json_ld_apart() {
        let sieved = sieve("<script type='application/LD+json'>{\"a\":1}</script>x");
        assert_eq!((sieved.html.as_str(), sieved.json_ld), ("x", vec!["{\"a\":1}"]));
    }

    #[test]
    fn bounds_nesting() {
        let sieved = sieve(&"<div>".repeat(100_000)).html;
        assert_eq!(sieved.len(), 5 * MAX_DEPTH);
        let balanced = format!("{}x{}y", "<div>".repeat(300), "</div>".repeat(300));
        assert!(sieve(&balanced).html.ends_with(&format!("x{}y", "</div>".repeat(MAX_DEPTH))));
    }

    #[test]
    fn bounds_attributes() {
        let many = format!("<div class=k {}>x</div>", "a=1 ".repeat(10_000));
        assert!(sieve(&many).html.len() < 1024);
        let long = format!("<div class=\"k\" title='data:{}'>", "A".repeat(5000));
        check(&long, "<div class=\"k\">");
    }
}

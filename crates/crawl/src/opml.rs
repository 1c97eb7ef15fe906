//! OPML (1.0 and 2.0), the format in which feed readers exchange their subscriptions: read and written.
//!
//! Reading forgives what real exports do: attributes in any case, `url` for `xmlUrl`, folders nested or not,
//! entities left bare. Writing is OPML 2.0 with the project's own attributes beside the standard ones, which other
//! readers pass over.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::xml::decode;

/// A subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Its title.
    pub title: String,
    /// The feed's address.
    pub feed_url: String,
    /// The site's address.
    pub site_url: Option<String>,
    /// The folders it stands in, outermost first, then its categories.
    pub folders: Vec<String>,
    /// Its language, as written.
    pub language: Option<String>,
    /// Attributes beside the standard ones, names as written.
    pub extra: Vec<(String, String)>,
}

/// Why a body is no OPML.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum OpmlError {
    /// It has no `opml` element.
    #[error("no OPML: there is no `<opml>` in it")]
    NoOpml,
    /// Its XML is broken beyond what is forgiven.
    #[error("no OPML: the XML breaks off at byte {at}: {why}")]
    Broken {
        /// Where.
        at: u64,
        /// What the XML reader said.
        why: String,
    },
}

/// The standard attributes, which are no extras.
const STANDARD: [&str; 10] =
    ["text", "title", "type", "xmlurl", "url", "htmlurl", "category", "language", "description", "version"];

/// Reads the subscriptions of an OPML file.
///
/// # Errors
/// [`OpmlError`] where it is none, or breaks off before its end.
pub fn parse_opml(bytes: &[u8]) -> Result<Vec<Outline>, OpmlError> {
    let text = decode(bytes, None);
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    if !text.to_ascii_lowercase().contains("<opml") {
        return Err(OpmlError::NoOpml);
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().allow_dangling_amp = true;
    let (mut outlines, mut folders) = (Vec::new(), Vec::<Option<String>>::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) if is_outline(&element) => {
                let outline = outline(&element, &folders);
                folders.push(outline.feed_url.is_empty().then(|| outline.title.clone()));
                outlines.push(outline);
            }
            Ok(Event::Empty(element)) if is_outline(&element) => outlines.push(outline(&element, &folders)),
            Ok(Event::End(element)) if element.name().as_ref().eq_ignore_ascii_case("outline") => {
                folders.pop();
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(e) => {
                return Err(OpmlError::Broken { at: reader.error_position(), why: e.to_string() });
            }
        }
    }
    outlines.retain(|outline| !outline.feed_url.is_empty());
    Ok(outlines)
}

fn is_outline(element: &BytesStart<'_>) -> bool {
    element.name().as_ref().eq_ignore_ascii_case("outline")
}

fn outline(element: &BytesStart<'_>, folders: &[Option<String>]) -> Outline {
    let mut found = Outline { folders: folders.iter().flatten().cloned().collect(), ..Outline::default() };
    let mut text = String::new();
    for attribute in element.html_attributes().with_checks(false).flatten() {
        let name = attribute.key.as_ref().to_owned();
        let raw = attribute.value.into_owned();
        let value =
            quick_xml::escape::unescape(&raw).map_or_else(|_| raw.clone(), std::borrow::Cow::into_owned);
        let value = value.trim().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "xmlurl" => found.feed_url = value,
            "url" if found.feed_url.is_empty() => found.feed_url = value,
            "htmlurl" => found.site_url = Some(value).filter(|url| !url.is_empty()),
            "title" => found.title = value,
            "text" => text = value,
            "language" => found.language = Some(value).filter(|language| !language.is_empty()),
            "category" => {
                let parts = value.split([',', '/']).map(str::trim).filter(|part| !part.is_empty());
                found.folders.extend(parts.map(str::to_owned));
            }
            other if STANDARD.contains(&other) => {}
            _ => found.extra.push((name, value)),
        }
    }
    if found.title.is_empty() {
        found.title = text;
    }
    found
}

/// Writes subscriptions as OPML 2.0. `namespaces` are `prefix`, `address` of what `extra` attributes are named by;
/// a run of outlines with the same folders stands in one.
#[must_use]
pub fn write_opml(title: &str, namespaces: &[(&str, &str)], outlines: &[Outline]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\"");
    for (prefix, address) in namespaces {
        let _ = write!(out, " xmlns:{prefix}=\"{}\"", escaped(address));
    }
    let _ = write!(out, ">\n  <head>\n    <title>{}</title>\n  </head>\n  <body>\n", escaped(title));
    let mut open: &[String] = &[];
    for outline in outlines {
        if open != outline.folders {
            close(&mut out, open.len());
            for (depth, folder) in outline.folders.iter().enumerate() {
                let _ = writeln!(out, "{}<outline text=\"{}\">", indent(depth), escaped(folder));
            }
            open = &outline.folders;
        }
        let name = escaped(&outline.title);
        let _ = write!(out, "{}<outline type=\"rss\" text=\"{name}\" title=\"{name}\"", indent(open.len()));
        let standard = [
            ("xmlUrl", Some(&outline.feed_url)),
            ("htmlUrl", outline.site_url.as_ref()),
            ("language", outline.language.as_ref()),
        ];
        let standard = standard.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (name, value) in standard.chain(outline.extra.iter().map(|(name, value)| (name.as_str(), value)))
        {
            let _ = write!(out, " {name}=\"{}\"", escaped(value));
        }
        out.push_str("/>\n");
    }
    close(&mut out, open.len());
    out.push_str("  </body>\n</opml>\n");
    out
}

fn close(out: &mut String, folders: usize) {
    for depth in (0..folders).rev() {
        let _ = writeln!(out, "{}</outline>", indent(depth));
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth + 2)
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, Vec<String>)> {
        let found = parse_opml(text.as_bytes()).unwrap();
        found.into_iter().map(|o| (o.title, o.feed_url, o.folders)).collect()
    }

    fn told(title: &str, url: &str, folders: &[&str]) -> (String, String, Vec<String>) {
        (title.into(), url.into(), folders.iter().map(|f| (*f).to_owned()).collect())
    }

    #[test]
    fn subscriptions_are_read_with_their_folders() {
        let text = r#"<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
            <outline text="Presse"><outline text="Éco &amp; Co" title="" type="rss" xmlUrl="https://a.example/feed?a=1&b=2" htmlUrl="https://a.example"/>
            <outline text="Arabe"><outline text="الصباح" xmlurl="https://b.example/rss"/></outline></outline>
            <outline TEXT=Seul XMLURL=https://c.example/atom isOpen category="/sport,ville"/><outline text="vide"/></body></opml>"#;
        assert_eq!(
            read(text),
            [
                told("Éco & Co", "https://a.example/feed?a=1&b=2", &["Presse"]),
                told("الصباح", "https://b.example/rss", &["Presse", "Arabe"]),
                told("Seul", "https://c.example/atom", &["sport", "ville"]),
            ]
        );
    }

    #[test]
    fn a_feed_may_stand_around_others_and_is_no_folder() {
        let text = r#"<opml><body><outline text="A" xmlUrl="http://a.example/1"><outline text="B" xmlUrl="http://a.example/2"/></outline></body></opml>"#;
        assert_eq!(read(text), [told("A", "http://a.example/1", &[]), told("B", "http://a.example/2", &[])]);
    }

    #[test]
    fn what_is_no_opml_is_told() {
        assert_eq!(parse_opml(b"name,feed\n"), Err(OpmlError::NoOpml));
        assert!(matches!(parse_opml(b"<opml><body><outline text='a"), Err(OpmlError::Broken { .. })));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let outline = |title: &str, url: &str, folders: &[&str]| Outline {
            title: title.into(),
            feed_url: url.into(),
            site_url: Some("https://a.example/?x=1&y=<2>".into()),
            folders: folders.iter().map(|f| (*f).to_owned()).collect(),
            language: Some("fr".into()),
            extra: vec![("k:id".into(), "a\"b".into())],
        };
        let all = [
            outline("L’Écho & Cie", "https://a.example/feed", &["Quotidiens"]),
            outline("صدى", "https://b.example/feed", &["Quotidiens"]),
            outline("Seul", "https://c.example/feed", &[]),
        ];
        let text = write_opml("Sources", &[("k", "urn:kiosque:opml")], &all);
        assert_eq!(parse_opml(text.as_bytes()).unwrap(), all);
        assert_eq!(text.matches("<outline text=\"Quotidiens\">").count(), 1);
    }
}

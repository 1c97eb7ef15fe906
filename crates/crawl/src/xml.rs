//! XML as it is found: feeds and sitemaps with bare ampersands, junk before the prolog, tags that do not match,
//! bytes in another charset than stated, ends cut off.
//!
//! The reader gives a flat run of events and goes on where a strict one stops: what stands before and after the
//! broken place is still read. Entities are those of HTML5; nothing is expanded beyond one character reference.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};

/// Broken places gone over in one document.
const MAX_RESTARTS: usize = 500;

/// One step through a document. Names are local, in lower case, with a prefix only where it tells things apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Open { name: String, attributes: Vec<(String, String)> },
    Close { name: String },
    Text(String),
}

/// Decodes a document: byte order mark, then UTF-8 where it is valid (no other charset looks so by chance), then
/// what the XML declaration says, then the HTTP header, then windows-1252.
pub(crate) fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match bytes {
        [0, b'<', ..] => return UTF_16BE.decode(bytes).0.into_owned(),
        [b'<', 0, ..] => return UTF_16LE.decode(bytes).0.into_owned(),
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let named = declared(bytes).or_else(|| {
        let (_, label) = content_type?.split_once("charset=")?;
        Encoding::for_label(label.trim_matches(['"', '\'', ' ', ';']).as_bytes())
    });
    let encoding = match named {
        // One bad byte in a document that says UTF-8 does not make it another charset.
        Some(encoding) if encoding != UTF_8 || mostly_utf8(bytes) => encoding,
        None if mostly_utf8(bytes) => UTF_8,
        _ => WINDOWS_1252,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]);
    let (_, rest) = head.split_once("encoding=")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let encoding = Encoding::for_label(rest[1..].split(quote).next()?.as_bytes())?;
    // A declaration readable as ASCII cannot be in UTF-16.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// Whether the bytes outside ASCII are UTF-8 but for a few.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 4
}

/// Walks a document from its first tag, calling `visit` for each step until it says to stop.
pub(crate) fn walk(text: &str, mut visit: impl FnMut(Step) -> bool) {
    let mut rest = &text[text.find('<').unwrap_or(text.len())..];
    // Each new start may look at all that is left, so their number is bounded and time stays linear.
    for _ in 0..MAX_RESTARTS {
        let mut reader = Reader::from_str(rest);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return,
                Ok(event) => {
                    if !deliver(event, &mut visit) {
                        return;
                    }
                }
                Err(_) => break,
            }
        }
        // Past the tag that could not be read, the next one may be sound.
        let at = usize::try_from(reader.error_position()).unwrap_or(rest.len()).min(rest.len());
        let tail = broken_text(rest.get(at..).unwrap_or_default());
        if let Some(inside) = tail.0 {
            visit(Step::Text(inside.to_owned()));
        }
        rest = tail.1;
    }
}

/// An unterminated CDATA section is text up to the next closing tag; anything else broken is skipped up to the
/// next `<`.
fn broken_text(tail: &str) -> (Option<&str>, &str) {
    let inside = tail.strip_prefix("<![CDATA[");
    let from = inside.unwrap_or_else(|| tail.get(1..).unwrap_or_default());
    let end = from.find(if inside.is_some() { "</" } else { "<" }).unwrap_or(from.len());
    (inside.map(|_| &from[..end]), &from[end..])
}

fn deliver(event: Event<'_>, visit: &mut impl FnMut(Step) -> bool) -> bool {
    match event {
        Event::Start(tag) => visit(open(&tag)),
        Event::Empty(tag) => {
            let name = name_of(tag.name().as_ref());
            visit(open(&tag)) && visit(Step::Close { name })
        }
        Event::End(tag) => visit(Step::Close { name: name_of(tag.name().as_ref()) }),
        Event::Text(text) => visit(Step::Text(text.into_inner().into_owned())),
        Event::CData(text) => visit(Step::Text(text.into_inner().into_owned())),
        Event::GeneralRef(entity) => visit(Step::Text(resolve(&entity.into_inner()))),
        Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => true,
    }
}

/// Prefixes under which a name means something else than without.
fn name_of(raw: &str) -> String {
    let raw = raw.to_ascii_lowercase();
    match raw.split_once(':') {
        Some((prefix @ ("media" | "itunes" | "image" | "video" | "xhtml"), local)) => {
            format!("{prefix}:{local}")
        }
        Some((prefix, "link" | "title" | "description" | "author" | "category"))
            if !matches!(prefix, "atom" | "a10" | "dc" | "rss" | "n" | "news" | "default") =>
        {
            format!("{prefix}:{}", raw.rsplit(':').next().unwrap_or_default())
        }
        Some((_, local)) => local.to_owned(),
        None => raw,
    }
}

fn open(tag: &BytesStart<'_>) -> Step {
    let attributes = tag
        .html_attributes()
        .with_checks(false)
        .flatten()
        .map(|a| {
            let key = a.key.as_ref().to_ascii_lowercase();
            (key, unescape(&a.value))
        })
        .collect();
    Step::Open { name: name_of(tag.name().as_ref()), attributes }
}

fn resolve(entity: &str) -> String {
    let number = entity.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => n.parse().ok(),
    });
    match number {
        // HTML reads the C1 range as windows-1252, and so do those who write it.
        Some(code @ 0x80..=0x9f) => {
            let byte = u8::try_from(code).unwrap_or(b' ');
            WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned()
        }
        Some(code) => char::from_u32(code).filter(|c| *c != '\0').map(String::from).unwrap_or_default(),
        None => resolve_html5_entity(entity).map_or_else(|| format!("&{entity};"), str::to_owned),
    }
}

/// Resolves entities in text, leaving a bare `&` as it is.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let end = tail.find(';').filter(|end| {
            (1..=32).contains(end) && tail[..*end].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
        });
        if let Some(end) = end {
            out.push_str(&resolve(&tail[..end]));
            rest = &tail[end + 1..];
        } else {
            out.push('&');
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

/// Text as one reads it: mark-up taken out, entities resolved once more where mark-up was escaped, white space
/// made single.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let tail = &rest[at + 1..];
        let is_tag = tail.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match tail.find('>') {
            Some(end) if is_tag => {
                out.push_str(&rest[..at]);
                rest = &tail[end + 1..];
            }
            _ => {
                out.push_str(&rest[..=at]);
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    unescape(&out).split_whitespace().collect::<Vec<_>>().join(" ")
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
        check("<title>a < b</title><title>c</title>", &["a", "c"]);
        check("", &[]);
    }

    #[test]
    fn markup_is_taken_out_of_titles() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected);
        check("<b>Grève</b> &amp; négociation", "Grève & négociation");
        check("3 < 4  et\n5 > 4", "3 < 4 et 5 > 4");
    }

    #[test]
    fn charsets_are_found() {
        let check =
            |bytes: &[u8], kind: Option<&str>, expected: &str| assert_eq!(decode(bytes, kind), expected);
        check("é".as_bytes(), Some("text/xml; charset=iso-8859-1"), "é");
        check(
            b"<?xml version='1.0' encoding='windows-1256'?>\xC7",
            None,
            "<?xml version='1.0' encoding='windows-1256'?>ا",
        );
        check(b"\xE9", Some("text/xml; charset=\"iso-8859-1\""), "é");
        check(b"\xE9", None, "é");
        check(b"\xFF\xFE<\0a\0", None, "<a");
        check(b"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xFF", None, "ééééé\u{FFFD}");
    }
}

//! Text of documents: entities, those a document declares too, and what is left of escaped mark-up.

use std::collections::HashMap;

use encoding_rs::WINDOWS_1252;
use quick_xml::escape::resolve_html5_entity;

use super::tag::end_without_quotes;

/// Entities a document declares, each for text that is not expanded again.
pub(super) type Entities = HashMap<String, String>;

/// Entities taken of one document, and the bytes of each: what a feed needs, and too few to grow a document with.
const MAX_ENTITIES: usize = 64;
const MAX_ENTITY_BYTES: usize = 256;
/// How far the end of a document's own declarations is looked for.
const MAX_SUBSET_BYTES: usize = 64 * 1024;
/// The longest name of an entity.
const MAX_NAME: usize = 32;

/// Reads the declaration that begins `text` (`<!DOCTYPE …`): its length, and the entities it declares.
pub(super) fn declaration(text: &str) -> (usize, Entities) {
    let mut found = Entities::new();
    let head = &text[..end_without_quotes(text)];
    let Some(open) = head.find('[') else { return (head.len(), found) };
    let length = text[open..].bytes().take(MAX_SUBSET_BYTES).position(|b| b == b']');
    let Some(length) = length else { return (head.len(), found) };
    let subset = &text[open..open + length];
    for declared in subset.split("<!ENTITY").skip(1).take(MAX_ENTITIES) {
        let mut words = declared.trim_start().splitn(2, char::is_whitespace);
        let (Some(name), Some(rest)) = (words.next(), words.next()) else { continue };
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = quote.and_then(|quote| rest[1..].split_once(quote)).map(|(value, _)| value);
        if let Some(value) = value.filter(|value| value.len() <= MAX_ENTITY_BYTES) {
            found.insert(name.to_owned(), unescape(value));
        }
    }
    let rest = &text[open + length..];
    (open + length + end_without_quotes(rest), found)
}

fn resolve(entity: &str, own: &Entities) -> String {
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
        None => match own.get(entity) {
            Some(text) => text.clone(),
            None => resolve_html5_entity(entity).map_or_else(|| format!("&{entity};"), str::to_owned),
        },
    }
}

/// Resolves entities in text, leaving a bare `&` as it is.
fn unescape(text: &str) -> String {
    unescape_with(text, &Entities::new())
}

/// As [`unescape`], with entities of the document's own.
pub(super) fn unescape_with(text: &str, own: &Entities) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'_' | b'-' | b'.');
        let end = tail.bytes().take(MAX_NAME + 1).position(|b| !is_name(b));
        if let Some(end) = end.filter(|end| *end > 0 && tail[*end..].starts_with(';')) {
            out.push_str(&resolve(&tail[..end], own));
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
        if !tail.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!')) {
            out.push_str(&rest[..=at]);
            rest = tail;
            continue;
        }
        // Without an end there is no tag further on either.
        let Some(end) = tail.find('>') else { break };
        out.push_str(&rest[..at]);
        rest = &tail[end + 1..];
    }
    out.push_str(rest);
    unescape(&out).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_taken_out_of_titles() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected);
        check("<b>Grève</b> &amp; négociation", "Grève & négociation");
        check("3 < 4  et\n5 > 4", "3 < 4 et 5 > 4");
        check("a <b et c", "a <b et c");
    }

    #[test]
    fn entities_of_a_document_stand_for_text_once() {
        let text =
            "<!DOCTYPE rss [<!ENTITY a 'x &amp; y'>\n<!ENTITY b \"&a;&a;\"><!ENTITY c SYSTEM 'f'>] ><rss>";
        let (length, own) = declaration(text);
        assert_eq!(&text[length..], "<rss>");
        assert_eq!(unescape_with("&a; &b; &c; &eacute; R&D;", &own), "x & y &a;&a; &c; é R&D;");
    }
}

//! From bytes to text: which encoding a page is in, whatever it says.
//!
//! Follows the WHATWG order (byte order mark, transport, `meta` prescan) and then distrusts it: a declared
//! encoding that the bytes contradict is overruled, since a misread page is lost for every later stage.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far the `meta` prescan looks. WHATWG says 1024; many real heads declare later.
const PRESCAN_BYTES: usize = 4096;
/// How much of an undeclared page the detector reads.
const DETECT_BYTES: usize = 64 * 1024;

/// Decodes a page's bytes to text and says in which encoding they were.
///
/// Order of evidence: byte order mark, the charset of `content_type`, a `meta` declaration, detection. A
/// declaration of UTF-8 over invalid bytes falls back to detection; a single-byte declaration over bytes that
/// are valid multi-byte UTF-8 is read as UTF-8. Never fails: what cannot be decoded becomes U+FFFD.
#[must_use]
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> (Cow<'a, str>, &'static Encoding) {
    if let Some((encoding, bom)) = Encoding::for_bom(body) {
        return (encoding.decode_without_bom_handling(&body[bom..]).0, encoding);
    }
    let declared = content_type.and_then(charset_of).or_else(|| prescan(body));
    let encoding = match declared {
        Some(encoding) if encoding == UTF_8 => return utf8_or_detected(body),
        Some(encoding) if encoding.is_ascii_compatible() && is_multibyte_utf8(body) => UTF_8,
        Some(encoding) => encoding,
        None => return utf8_or_detected(body),
    };
    (encoding.decode_without_bom_handling(body).0, encoding)
}

fn utf8_or_detected(body: &[u8]) -> (Cow<'_, str>, &'static Encoding) {
    match std::str::from_utf8(body) {
        Ok(text) => (undoubled(text), UTF_8),
        // Some bad bytes in a UTF-8 page (a cut emoji, an advertisement in Latin-1) do not change its encoding.
        Err(_) if is_mostly_utf8(body) => (Cow::Owned(mixed(body)), UTF_8),
        Err(_) => {
            let encoding = detect(body);
            (encoding.decode_without_bom_handling(body).0, encoding)
        }
    }
}

/// Undoes UTF-8 that was taken for Latin-1 and encoded again (`â\u{80}\u{99}` for `’`). Only runs with a C1 control
/// character, which no text holds, are read so, and only where they are whole.
fn undoubled(text: &str) -> Cow<'_, str> {
    let is_c1 = |at: usize| text.as_bytes().get(at + 1).is_some_and(|b| (0x80..0xA0).contains(b));
    if !memchr::memchr_iter(0xC2, text.as_bytes()).any(is_c1) {
        return Cow::Borrowed(text);
    }
    let is_latin = |c: char| ('\u{80}'..='\u{FF}').contains(&c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_latin) {
        let run = &rest[start..];
        let end = run.find(|c| !is_latin(c)).unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        out.push_str(&rest[..start]);
        let bytes: Vec<u8> = run.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let has_c1 = run.chars().any(|c| ('\u{80}'..'\u{A0}').contains(&c));
        match String::from_utf8(bytes) {
            Ok(read) if has_c1 => out.push_str(&read),
            _ => out.push_str(run),
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn detect(body: &[u8]) -> &'static Encoding {
    // The letters that tell encodings apart may all stand after a long head: start at the first of them.
    let first = body.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let sample = &body[first..body.len().min(first + DETECT_BYTES)];
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guessed = detector.guess(None, chardetng::Utf8Detection::Deny);
    if guessed == UTF_8 { WINDOWS_1252 } else { guessed }
}

/// Whether the bytes hold non-ASCII characters and all of them are well-formed UTF-8.
fn is_multibyte_utf8(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| !text.is_ascii())
}

/// A page of UTF-8 with a part in Latin-1, whose letters stand for themselves; a cut character is U+FFFD.
fn mixed(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            // French and Spanish letters that seldom open a character of UTF-8.
            [letter @ (0xC0 | 0xC7..=0xCB | 0xE0 | 0xE1 | 0xE7..=0xEF | 0xF1..=0xFC)] => {
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(&[*letter]).0);
            }
            _ => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    text
}

/// Whether three of four non-ASCII sequences are well-formed UTF-8: in Latin-1 such sequences do not come about by chance.
fn is_mostly_utf8(body: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in body.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 3 * bad
}

fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let rest = lower[lower.find("charset")? + 7..].trim_start().strip_prefix('=')?;
    let label = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = label.find(|c: char| matches!(c, '"' | '\'' | ';' | ',' | '>' | '/') || c.is_whitespace());
    Encoding::for_label(&label.as_bytes()[..end.unwrap_or(label.len())])
}

/// Looks for `<meta … charset=…>` in the first bytes.
fn prescan(body: &[u8]) -> Option<&'static Encoding> {
    let head: String = body.iter().take(PRESCAN_BYTES).map(|&b| b.to_ascii_lowercase() as char).collect();
    let mut rest = head.as_str();
    while let Some(at) = rest.find("<meta") {
        rest = &rest[at + 5..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        if let Some(encoding) = charset_of(tag) {
            // A page that could be prescanned as ASCII is not in UTF-16, whatever it says (WHATWG).
            return Some(if encoding.is_ascii_compatible() { encoding } else { UTF_8 });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_utf8_encoded_twice() {
        let check = |text: &str, expected: &str| assert_eq!(undoubled(text), expected, "{text}");
        check("An Investor\u{E2}\u{80}\u{99}s Guide", "An Investor’s Guide");
        check("\u{D9}\u{85}\u{D8}\u{B1} « été »", "مر « été »");
        check("« été » Â© Ã©", "« été » Â© Ã©");
        check("x\u{85}y", "x\u{85}y");
    }

    fn check(body: &[u8], content_type: Option<&str>, name: &str, text: &str) {
        let (decoded, encoding) = decode(body, content_type);
        assert_eq!(encoding.name(), name);
        assert!(decoded.contains(text), "{decoded}");
    }

    #[test]
    fn evidence_has_an_order() {
        check(b"\xEF\xBB\xBF\xC3\xA9", Some("text/html; charset=windows-1256"), "UTF-8", "é");
        check(b"\xC7\xE1", Some("text/html; Charset=\"windows-1256\""), "windows-1256", "ال");
        check(b"<meta charset='windows-1256'>\xC7\xE1", None, "windows-1256", "ال");
        check(
            b"<META http-equiv=content-type content='text/html; charset=iso-8859-1'>\xE9t\xE9",
            None,
            "windows-1252",
            "été",
        );
        check("<p>déjà".as_bytes(), None, "UTF-8", "déjà");
    }

    #[test]
    fn a_lying_charset_is_overruled() {
        let latin = b"<p>Le pr\xE9sident a \xE9t\xE9 re\xE7u \xE0 l'\xC9lys\xE9e, o\xF9 il a d\xE9jeun\xE9.";
        check(latin, Some("text/html; charset=utf-8"), "windows-1252", "été reçu à l'Élysée");
        check("<p>été".as_bytes(), Some("text/html; charset=iso-8859-1"), "UTF-8", "été");
        check(b"<meta charset=utf-16>abc", None, "UTF-8", "abc");
    }

    #[test]
    fn undeclared_arabic_is_told_from_its_letters() {
        let (bytes, _, _) =
            encoding_rs::WINDOWS_1256.encode("<p>أعلنت الحكومة المغربية عن برنامج جديد للدعم");
        check(&bytes, None, "windows-1256", "الحكومة");
    }

    #[test]
    fn one_bad_byte_does_not_change_the_encoding() {
        let mut body = "é".repeat(50).into_bytes();
        body.push(0xE9);
        check(&body, Some("text/html; charset=utf-8"), "UTF-8", "ééé");
    }

    #[test]
    fn a_part_in_latin_1_is_read_within_a_page_of_utf_8() {
        let mut body = "Le marché a été rénové à l’été. ".repeat(5).into_bytes();
        body.extend(b"<p>Publicit\xE9 : d\xE9j\xE0 vu, \xE0 c\xF4t\xE9 \xE9tait");
        check(&body, Some("text/html; charset=utf-8"), "UTF-8", "Publicité : déjà vu, à côté était");
        body.extend(b"\xF0\x9F\x98");
        check(&body, Some("text/html; charset=utf-8"), "UTF-8", "\u{FFFD}");
    }
}

//! From bytes to text, whatever charset is stated.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far a declaration is looked for: junk may stand before it.
const HEAD: usize = 1024;
/// How much is looked at to tell a charset that nobody states.
const DETECTED: usize = 64 * 1024;

/// Decodes a document: byte order mark, then the zeros that only wide charsets have, then UTF-8 where it is valid (no
/// other charset looks so by chance), then what the XML declaration says, then the HTTP header, then what the bytes look
/// like: UTF-8 with parts in Latin-1, or one charset of the Web (windows-1256, windows-1252…). Control characters, which
/// no text has, are left out.
#[must_use]
pub fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    let mut text = decode_all(bytes, content_type);
    let is_control = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || c == '\u{7f}';
    if text.contains(is_control) {
        text.retain(|c| !is_control(c));
    }
    text
}

fn decode_all(bytes: &[u8], content_type: Option<&str>) -> String {
    match bytes {
        [0, 0, 0xfe, 0xff, rest @ ..] => return four_bytes(rest, u32::from_be_bytes),
        [0xff, 0xfe, 0, 0, rest @ ..] => return four_bytes(rest, u32::from_le_bytes),
        [0, 0, 0, b'<', ..] => return four_bytes(bytes, u32::from_be_bytes),
        [b'<', 0, 0, 0, ..] => return four_bytes(bytes, u32::from_le_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    if let Some(wide) = wide(bytes) {
        return wide.decode_without_bom_handling(bytes).0.into_owned();
    }
    let named = declared(bytes).or_else(|| {
        let (_, label) = content_type?.split_once("charset=")?;
        Encoding::for_label(label.trim_matches(['"', '\'', ' ', ';']).as_bytes())
    });
    if let Ok(text) = std::str::from_utf8(bytes)
        && !(named == Some(ISO_2022_JP) && bytes.contains(&0x1b))
    {
        return text.to_owned();
    }
    match named {
        Some(encoding) if encoding != UTF_8 => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        // One bad entry in a document of UTF-8 does not make it another charset.
        _ if is_mostly_utf8(bytes) => mixed(bytes),
        _ => detected(bytes).decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// What the letters look like, from the first of them on.
fn detected(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[first..bytes.len().min(first + DETECTED)], true);
    // Few letters of French look like those of other charsets of Europe: where they cannot be told apart, it is French.
    let found = detector.guess(Some(b"fr"), chardetng::Utf8Detection::Deny);
    if found == UTF_8 { WINDOWS_1252 } else { found }
}

/// UTF-8 with parts in Latin-1: what is no UTF-8 is a letter of that, or half a character.
fn mixed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            [letter @ 0xC0..=0xFC] => {
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(&[*letter]).0);
            }
            _ => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    text
}

/// UTF-32, which nobody should send.
fn four_bytes(bytes: &[u8], read: fn([u8; 4]) -> u32) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    units.iter().map(|unit| char::from_u32(read(*unit)).unwrap_or('\u{fffd}')).collect()
}

/// UTF-16 without a mark: every other byte of mark-up is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = bytes[..bytes.len().min(64)].as_chunks::<2>();
    let big = pairs.iter().filter(|pair| pair[0] == 0 && pair[1] != 0).count();
    let little = pairs.iter().filter(|pair| pair[1] == 0 && pair[0] != 0).count();
    match pairs.len() / 2 {
        0 => None,
        most if big > most => Some(UTF_16BE),
        most if little > most => Some(UTF_16LE),
        _ => None,
    }
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    let (_, prolog) = head.split_once("<?xml")?;
    let (prolog, _) = prolog.split_once('>')?;
    let (_, rest) = prolog.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let encoding = Encoding::for_label(rest[1..].split(quote).next()?.as_bytes())?;
    // A declaration readable as ASCII cannot be in UTF-16.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// Whether as many characters outside ASCII are UTF-8 as are not: other charsets do not look so by chance.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 0 && good >= bad
}

#[cfg(test)]
mod tests {
    use super::*;

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
        check("d’été à Fès".as_bytes(), None, "d’été à Fès");
        check(b"\xC3\xA9t\xC3\xA9 \xE0 F\xE8s", Some("text/xml; charset=utf-8"), "été à Fès");
        let arabic = "وزير الداخلية يستقبل وفدا من المنتخبين في الرباط";
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(arabic);
        check(&bytes, None, arabic);
        check(&bytes, Some("text/xml; charset=utf-8"), arabic);
        check(b"\xFF\xFE<\0a\0", None, "<a");
        check(b"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xFF", None, "ééééé\u{FFFD}");
        check(b"\xFF\xFE\0\0<\0\0\0a\0\0\0", None, "<a");
        check(b"\0\0\0<\0\0\0a", None, "<a");
        check(b"\n\0<\0a\0>\0b\0", None, "\n<a>b");
        check(b"\xEF\xBB\xBF\xE9", None, "é");
        check(b"a\0b\x01\x0Bc\n", None, "abc\n");
    }
}

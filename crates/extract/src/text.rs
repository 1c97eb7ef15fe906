//! Text as it is kept: white space squeezed, soft hyphens and zero-width marks gone, NFC; and folded for comparing.

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

/// Appends `text` to `out` with runs of white space as one space. `pending` carries a space across calls.
pub(crate) fn squeeze_into(text: &str, out: &mut String, pending: &mut bool) {
    let mut start = None;
    for (i, c) in text.char_indices() {
        let (gap, mute) = if c.is_ascii() {
            (c <= ' ', false)
        } else {
            (c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{202F}'), is_mute(c))
        };
        if !gap && !mute {
            if start.is_none() {
                if *pending && !out.is_empty() {
                    out.push(' ');
                }
                *pending = false;
                start = Some(i);
            }
            continue;
        }
        if let Some(from) = start.take() {
            out.push_str(&text[from..i]);
        }
        *pending |= gap;
    }
    if let Some(from) = start {
        out.push_str(&text[from..]);
    }
}

/// Characters that print nothing: soft hyphen, zero-width space and joiner marks of markup, BOM, object mark.
fn is_mute(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{FEFF}' | '\u{2060}' | '\u{FFFC}') || (c.is_control() && c != '\n')
}

/// The text squeezed, trimmed and in NFC.
pub(crate) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    squeeze_into(text, &mut out, &mut false);
    nfc(out)
}

/// The text in NFC; copies only where something changes. No-break spaces at the ends go too.
pub(crate) fn nfc(text: String) -> String {
    let trimmed = text.trim();
    let text = if trimmed.len() == text.len() { text } else { trimmed.to_owned() };
    match is_nfc_quick(text.chars()) {
        unicode_normalization::IsNormalized::Yes => text,
        _ => text.nfc().collect(),
    }
}

/// Letters and digits in lower case with single spaces between words, for comparing headlines and names.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut rest = text;
    while let Some(&byte) = rest.as_bytes().first() {
        if byte.is_ascii() {
            if byte.is_ascii_alphanumeric() {
                part(&mut out, &mut gap);
                out.push(char::from(byte.to_ascii_lowercase()));
            } else {
                gap |= !byte.is_ascii_control() || byte == b'\n';
            }
            rest = &rest[1..];
            continue;
        }
        let mut chars = rest.chars();
        if let Some(c) = chars.next() {
            fold_wide(c, &mut out, &mut gap);
        }
        rest = chars.as_str();
    }
    out
}

/// Sets the space due before a letter.
fn part(out: &mut String, gap: &mut bool) {
    if *gap && !out.is_empty() {
        out.push(' ');
    }
    *gap = false;
}

/// Folds a character beyond ASCII.
fn fold_wide(c: char, out: &mut String, gap: &mut bool) {
    if let Some(letter) = simple(c) {
        part(out, gap);
        out.push(letter);
    } else if !is_sign(c) && c.is_alphanumeric() {
        part(out, gap);
        if !is_mark(c) {
            let letters = c.to_lowercase().flat_map(|l| std::iter::once(l).nfd());
            out.extend(letters.filter(|l| l.is_alphanumeric() && !is_mark(*l)));
        }
    } else if !is_mute(c) && !is_mark(c) {
        *gap = true;
    }
}

/// Quotation marks, dashes, no-break spaces: the signs of most texts, told without tables.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{A0}' | '«' | '»' | '·' | '\u{2000}'..='\u{206F}')
}

/// The lower-case letter under a Latin-1 letter's accent.
fn latin_base(c: char) -> Option<char> {
    const BASES: &[u8; 32] = b"aaaaaa.ceeeeiiii.nooooo..uuuuy..";
    let at = u32::from(c).checked_sub(0xC0).filter(|at| *at < 64)?;
    // U+00FF is the one letter whose capital stands elsewhere.
    let base = if c == 'ÿ' { b'y' } else { BASES[at as usize % 32] };
    (base != b'.').then_some(char::from(base))
}

/// The folded form of what most texts beyond ASCII are made of, found without tables.
fn simple(c: char) -> Option<char> {
    if is_plain(c) { (!is_mark(c)).then_some(c) } else { latin_base(c) }
}

/// Letters that have no case and are made of no others: most Arabic ones, kana, ideographs.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{627}'..='\u{64A}' | '\u{3041}'..='\u{304A}' | '\u{4E00}'..='\u{9FFF}')
}

/// Combining accents, Arabic vowel signs and the tatweel: they change no word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}')
}

/// Undoes HTML entities that a publisher escaped twice (`&amp;#8217;`, `&amp;eacute;`) in attribute or JSON text.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let fragment = scraper::Html::parse_fragment(&text.replace('<', "&lt;"));
    fragment.root_element().text().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squeezes() {
        assert_eq!(squeeze("  a\n\t b\u{AD}c \u{200B} d\u{A0}! "), "a bc d\u{A0}!");
        assert_eq!(squeeze("e\u{301}te\u{301}"), "été");
    }

    #[test]
    fn folds_for_comparison() {
        assert_eq!(fold("L’État « profond »,\u{A0}2025"), "l etat profond 2025");
        assert_eq!(fold("الحُكومة"), "الحكومة");
        assert_eq!(fold("ÀÉÎÕÜÇÑÿ ßæøÐ ŒŠ İ"), "aeioucny ßæøð œs i");
        for c in '\u{C0}'..='\u{FF}' {
            let slow: String =
                c.to_lowercase().nfd().filter(|l| l.is_alphanumeric() && !is_mark(*l)).collect();
            assert_eq!(latin_base(c).map_or(slow.clone(), String::from), slow);
        }
    }

    #[test]
    fn unescapes_what_was_escaped_twice() {
        assert_eq!(unescape("L&#8217;&eacute;t&eacute; <b>"), "L’été <b>");
    }
}

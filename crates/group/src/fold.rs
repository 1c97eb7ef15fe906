//! Words as grouping compares them: case, accents, Arabic diacritics and letter forms folded away.
//!
//! Digits are kept (Arabic-Indic ones become ASCII): they are what tells two bulletins of one template apart.
//! Folding a folded word changes nothing.

use unicode_normalization::char::decompose_compatible;

/// A word in its folded form, with what its printed form said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// The folded form, never empty.
    pub(crate) text: String,
    /// Printed with a capital first letter.
    pub(crate) capital: bool,
    /// First of a sentence, where a capital says nothing.
    pub(crate) opens: bool,
}

/// Which alphabet a word, or most of a text, is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Script {
    /// Latin and every other script that marks names with capitals or not at all.
    Latin,
    /// Arabic.
    Arabic,
}

impl Word {
    /// The script of its first letter.
    pub(crate) fn script(&self) -> Script {
        if self.text.chars().next().is_some_and(is_arabic) { Script::Arabic } else { Script::Latin }
    }

    /// Whether it is a figure.
    pub(crate) fn is_number(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }
}

/// The script of most of these words.
pub(crate) fn script_of(words: &[Word]) -> Script {
    let arabic = words.iter().filter(|w| w.script() == Script::Arabic).count();
    if arabic * 2 > words.len() { Script::Arabic } else { Script::Latin }
}

/// Splits a text into folded words, at most `limit` of them.
pub(crate) fn words(text: &str, limit: usize) -> Vec<Word> {
    let mut out = Vec::with_capacity((text.len() / 6).min(limit));
    let mut word = Word { text: String::new(), capital: false, opens: true };
    let mut opens = true;
    for c in text.chars() {
        if c.is_alphanumeric() || is_mark(c) {
            if word.text.is_empty() {
                word.capital = c.is_uppercase();
                word.opens = opens;
            }
            fold_into(c, &mut word.text);
            continue;
        }
        if !word.text.is_empty() {
            opens = false;
            out.push(std::mem::replace(
                &mut word,
                Word { text: String::new(), capital: false, opens: false },
            ));
            if out.len() >= limit {
                return out;
            }
        }
        opens |= matches!(c, '.' | '!' | '?' | '؟' | '\n' | ':' | '…');
    }
    if !word.text.is_empty() {
        out.push(word);
    }
    out
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
}

/// Marks that stand on letters: part of a word, nothing of its folded form.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

fn fold_into(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
        'ى' | 'ئ' | 'ی' => out.push('ي'),
        'ؤ' => out.push('و'),
        'ة' => out.push('ه'),
        'ک' => out.push('ك'),
        'ء' => {}
        '\u{660}'..='\u{669}' => out.push(digit(c, '\u{660}')),
        '\u{6f0}'..='\u{6f9}' => out.push(digit(c, '\u{6f0}')),
        'œ' | 'Œ' => out.push_str("oe"),
        'æ' | 'Æ' => out.push_str("ae"),
        'ß' => out.push_str("ss"),
        _ if is_mark(c) => {}
        _ => decompose_compatible(c, |part| {
            if !is_mark(part) && part.is_alphanumeric() {
                out.extend(part.to_lowercase());
            }
        }),
    }
}

fn digit(c: char, zero: char) -> char {
    char::from(b'0' + u8::try_from(u32::from(c) - u32::from(zero)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let folded: Vec<_> = words(input, usize::MAX).into_iter().map(|w| w.text).collect();
        assert_eq!(folded.join(" "), expected);
        let again: Vec<_> = words(expected, usize::MAX).into_iter().map(|w| w.text).collect();
        assert_eq!(again.join(" "), expected, "folding twice");
    }

    #[test]
    fn folds_case_accents_and_arabic_forms() {
        check("L’Élysée, à Œuvrer : 25 %", "l elysee a oeuvrer 25");
        check("الْمَغْرِبُ", "المغرب");
        check("إعادة أُسرةٍ في آسفي، ٢٠٢٤", "اعاده اسره في اسفي 2024");
        check("مســـتشفى مسؤول", "مستشفي مسوول");
        check("", "");
    }

    #[test]
    fn knows_capitals_and_where_sentences_open() {
        let said = words("Le roi. Rabat attend Macron", 10);
        let seen: Vec<_> = said.iter().map(|w| (w.capital, w.opens)).collect();
        assert_eq!(seen, [(true, true), (false, false), (true, true), (false, false), (true, false)]);
    }
}

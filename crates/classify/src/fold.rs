//! One spelling for many: folds words so that accents, case, Arabic marks and letter forms do not matter.
//!
//! Every comparison of words in this crate goes through here, so that the model, the lexicon, the section
//! table and the background list agree on what the same word is. Folding a folded word changes nothing.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The words of a text with their byte offsets: runs of letters, digits and marks.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = chars.find(|&(_, c)| is_letter(c) || is_number(c))?;
        let mut end = start + first.len_utf8();
        while let Some(&(at, c)) = chars.peek() {
            if !is_inside_word(c) {
                break;
            }
            end = at + c.len_utf8();
            chars.next();
        }
        Some((start, &text[start..end]))
    })
}

fn is_inside_word(c: char) -> bool {
    is_letter(c) || is_number(c) || (!is_never_in_word(c) && is_combining_mark(c))
}

/// What `char::is_alphabetic` says, without its tables for the letters news is written in.
pub(crate) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_alphabetic(),
        '\u{C0}'..='\u{24F}' => c != '×' && c != '÷',
        '\u{620}'..='\u{657}' | '\u{66E}'..='\u{6D3}' => true,
        _ => !is_never_in_word(c) && c.is_alphabetic(),
    }
}

/// What `char::is_numeric` says, as fast.
pub(crate) fn is_number(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => c.is_ascii_digit(),
        '\u{C0}'..='\u{24F}' | '\u{620}'..='\u{65F}' | '\u{66A}'..='\u{6EF}' => false,
        _ => !is_never_in_word(c) && c.is_numeric(),
    }
}

/// Spaces, marks and quotes: ASCII signs, Arabic comma and General Punctuation.
fn is_never_in_word(c: char) -> bool {
    matches!(c, '\0'..='/' | ':'..='@' | '['..='`' | '{'..='\u{A0}' | '\u{60C}' | '\u{2000}'..='\u{206F}')
}

/// Whether the letter is of the Arabic script.
pub(crate) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0620}'..='\u{065F}' | '\u{066E}'..='\u{06D3}' | '\u{06FA}'..='\u{06FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Puts the folded spelling of a word into `out`, in place of what was there.
pub(crate) fn fold_into(word: &str, out: &mut String) {
    out.clear();
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            fold_char(c, out);
        }
    }
}

/// The folded spelling of a word.
pub(crate) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

fn fold_char(c: char, out: &mut String) {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => out.push('ا'),
        'ى' | 'ی' | 'ئ' => out.push('ي'),
        'ؤ' => out.push('و'),
        'ة' => out.push('ه'),
        'ک' | 'گ' | 'ڭ' => out.push('ك'),
        'ـ' | 'ء' => {}
        'œ' | 'Œ' => out.push_str("oe"),
        'æ' | 'Æ' => out.push_str("ae"),
        'ß' => out.push_str("ss"),
        'ø' | 'Ø' => out.push('o'),
        'ł' | 'Ł' => out.push('l'),
        'ı' => out.push('i'),
        '\u{0621}'..='\u{064A}' | '\u{0671}'..='\u{06D3}' => out.push(c),
        _ if is_combining_mark(c) => {}
        '\u{0620}'..='\u{06FF}' => out.push(c),
        _ => decompose_canonical(c, |part| {
            if !is_combining_mark(part) {
                out.extend(part.to_lowercase().filter(|&l| !is_combining_mark(l)));
            }
        }),
    }
}

/// Article and joined particles of Arabic, longest first, and the letters that must remain.
const PREFIXES: [(&str, usize); 9] =
    [("وبال", 3), ("وال", 3), ("بال", 3), ("كال", 3), ("فال", 3), ("ولل", 3), ("لل", 3), ("ال", 2), ("و", 3)];

/// Endings that only inflect, longest first (after the light10 stemmer of Larkey, Ballesteros and Connell).
const SUFFIXES: [&str; 8] = ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];

/// A folded Arabic word without its article and joined particles.
pub(crate) fn without_particles(folded: &str) -> &str {
    for (prefix, least) in PREFIXES {
        if let Some(rest) = folded.strip_prefix(prefix)
            && rest.chars().count() >= least
        {
            return rest;
        }
    }
    folded
}

/// The stem words are counted under: Arabic without particles and inflection, others without plural `s` or `x`.
pub(crate) fn stem(folded: &str) -> &str {
    if !folded.chars().next().is_some_and(is_arabic) {
        let bare = folded.strip_suffix(['s', 'x']).unwrap_or(folded);
        return if bare.len() >= 4 { bare } else { folded };
    }
    let bare = without_particles(folded);
    SUFFIXES
        .iter()
        .find_map(|suffix| bare.strip_suffix(suffix).filter(|rest| rest.chars().count() >= 3))
        .unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, folded: &str, stemmed: &str) {
        assert_eq!(fold(word), folded);
        assert_eq!(fold(&fold(word)), folded);
        assert_eq!(stem(folded), stemmed);
    }

    #[test]
    fn folds_and_stems() {
        check("Écoles", "ecoles", "ecole");
        check("cœur", "coeur", "coeur");
        check("os", "os", "os");
        check("النِّسَاءُ", "النسا", "نسا");
        check("والمدرسة", "والمدرسه", "مدرس");
        check("أسـعار", "اسعار", "اسعار");
        check("ولد", "ولد", "ولد");
    }

    #[test]
    fn letters_and_numbers_are_those_of_unicode() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_number(c), c.is_numeric(), "{c:?}");
            assert!(!is_never_in_word(c) || !(c.is_alphanumeric() || is_combining_mark(c)), "{c:?}");
        }
    }

    #[test]
    fn words_are_cut_at_apostrophes_and_hyphens() {
        let found: Vec<_> = words("L’école, c'est 2-0 !").collect();
        assert_eq!(found, [(0, "L"), (4, "école"), (12, "c"), (14, "est"), (18, "2"), (20, "0")]);
    }
}

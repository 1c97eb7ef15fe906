//! The coarse consonant skeleton under which a name is the same in Latin and in Arabic letters.
//!
//! Arabic writes no short vowels and each press transliterates its own way, so vowels, semi-vowels and `h` are
//! dropped and the consonants that transliterations confuse share one letter: `Benkirane` and `بنكيران` are both
//! `bnkrn`. It is a key for candidates and a piece of evidence among others, never proof that two names agree.

use crate::fold::{Script, Word};

/// The skeletons a word may have in the other script: two where an Arabic prefix is possible.
pub(crate) fn readings(word: &Word) -> Vec<String> {
    match word.script() {
        Script::Latin => vec![latin(&word.text)],
        Script::Arabic => arabic_readings(&word.text),
    }
}

/// An Arabic word without its article and the particles written onto the article.
pub(crate) fn bare_arabic(word: &str) -> &str {
    ["وبال", "وال", "بال", "فال", "كال", "ولل", "لل", "ال"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))
        .filter(|rest| rest.chars().count() >= 2)
        .unwrap_or(word)
}

fn arabic_readings(word: &str) -> Vec<String> {
    let whole = arabic(bare_arabic(word));
    // A one-letter preposition cannot be told from a first letter, so both readings stand.
    match word.strip_prefix(['ب', 'ل', 'ف', 'ك']) {
        Some(rest) if bare_arabic(word) == word => {
            let rest = arabic(rest);
            if rest == whole { vec![whole] } else { vec![whole, rest] }
        }
        _ => vec![whole],
    }
}

fn arabic(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars() {
        let letter = match c {
            'ب' | 'پ' => 'b',
            'ت' | 'ث' | 'ط' => 't',
            'ج' | 'چ' => 'j',
            'خ' | 'غ' | 'ق' | 'ك' | 'گ' | 'ڭ' => 'k',
            'د' | 'ض' => 'd',
            'ر' => 'r',
            'ز' | 'س' | 'ص' | 'ذ' | 'ظ' => 's',
            'ش' => 'c',
            'ف' | 'ڤ' => 'f',
            'ل' => 'l',
            'م' => 'm',
            'ن' => 'n',
            _ => continue,
        };
        push(letter, &mut out);
    }
    out
}

fn latin(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::new();
    let mut i = 0;
    while let Some(&c) = letters.get(i) {
        let next = letters.get(i + 1).copied().unwrap_or(' ');
        let (letter, taken) = latin_letter(c, next);
        i += taken;
        if c == 'x' {
            push('k', &mut out);
        }
        if let Some(letter) = letter {
            push(letter, &mut out);
        }
    }
    out
}

/// The class of a consonant or digraph, and how many letters it took.
fn latin_letter(c: char, next: char) -> (Option<char>, usize) {
    let soft = matches!(next, 'e' | 'i' | 'y');
    match (c, next) {
        ('c' | 's', 'h') => (Some('c'), 2),
        ('k' | 'g', 'h') => (Some('k'), 2),
        ('p', 'h') => (Some('f'), 2),
        ('t', 'h') => (Some('t'), 2),
        ('d', 'j') => (Some('j'), 2),
        ('c', _) => (Some(if soft { 's' } else { 'k' }), 1),
        ('g', _) => (Some(if soft { 'j' } else { 'k' }), 1),
        ('b' | 'p', _) => (Some('b'), 1),
        ('k' | 'q', _) => (Some('k'), 1),
        ('x' | 's' | 'z', _) => (Some('s'), 1),
        ('f' | 'v', _) => (Some('f'), 1),
        ('d' | 'j' | 'l' | 'm' | 'n' | 'r' | 't', _) => (Some(c), 1),
        _ => (None, 1),
    }
}

/// Doubled consonants are written once.
fn push(letter: char, out: &mut String) {
    if !out.ends_with(letter) {
        out.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::words;

    fn check(latin: &str, arabic: &str) {
        let of = |text: &str| words(text, 9).iter().flat_map(readings).collect::<Vec<_>>();
        let (latin, arabic) = (of(latin), of(arabic));
        assert!(latin.iter().any(|s| arabic.contains(s)), "{latin:?} {arabic:?}");
    }

    #[test]
    fn names_meet_in_both_scripts() {
        check("Benkirane", "بنكيران");
        check("Marrakech", "لمراكش");
        check("Macron", "ماكرون");
        check("Bouskoura", "بوسكورة");
        check("Akhannouch", "أخنوش");
        check("Trump", "وترامب");
        check("Ghallab", "غلاب والمغرب");
        check("Khouribga", "خريبكة");
        check("Tanger", "طنجة وطنجر");
    }
}

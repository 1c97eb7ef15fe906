//! Sentences, and where they stand: paragraph and characters of the text.
//!
//! What is taken from a text keeps its place, so that a reader can look it up. Invariant: the characters of a
//! [`Span`] are exactly the words given with it.

use kiosque_model::Span;

/// A sentence as it stands in its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentence<'a> {
    pub(crate) text: &'a str,
    /// The first byte in the whole text.
    pub(crate) start: usize,
    /// The paragraph.
    pub(crate) block: u32,
}

/// Paragraphs of a text with their first bytes.
pub(crate) fn blocks(text: &str) -> impl Iterator<Item = (u32, usize, &str)> {
    let mut start = 0;
    (0..).zip(text.split('\n')).map(move |(block, line)| {
        let at = start;
        start += line.len() + 1;
        (block, at, line)
    })
}

/// The span of the bytes from `start` on that `words` fill, in paragraph `block`.
pub(crate) fn span(text: &str, block: u32, start: usize, words: &str) -> Span {
    let chars = |part: &str| u32::try_from(part.chars().count()).unwrap_or(u32::MAX);
    let first = chars(&text[..start]);
    Span { block, start: first, end: first.saturating_add(chars(words)) }
}

/// The sentences of a text, in order; white space around them is left out.
pub(crate) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut found = Vec::new();
    for (block, at, line) in blocks(text) {
        let mut from = 0;
        for end in ends(line).chain([line.len()]) {
            let part = &line[from..end];
            let trimmed = part.trim_start();
            let start = at + from + (part.len() - trimmed.len());
            let trimmed = trimmed.trim_end();
            if !trimmed.is_empty() {
                found.push(Sentence { text: trimmed, start, block });
            }
            from = end;
        }
    }
    found
}

const CLOSERS: [char; 6] = ['»', '”', '"', ')', '’', ']'];

/// The bytes after which a sentence of a paragraph ends; what stands between guillemets stays together.
fn ends(line: &str) -> impl Iterator<Item = usize> {
    let mut depth = 0i32;
    let balanced = line.matches(['«', '“']).count() == line.matches(['»', '”']).count();
    let mut last_word = 0;
    line.char_indices().filter_map(move |(at, c)| {
        match c {
            '«' | '“' => depth += 1,
            '»' | '”' => depth -= 1,
            _ if c.is_whitespace() => last_word = at + c.len_utf8(),
            _ => {}
        }
        if (balanced && depth > 0) || !matches!(c, '.' | '!' | '?' | '؟' | '…' | '۔' | '»' | '”') {
            return None;
        }
        let after = &line[at + c.len_utf8()..];
        if matches!(c, '»' | '”') {
            // « Il est prêt. » ends with its mark, « prêt » does not.
            let inside = line[..at].trim_end();
            if !inside.ends_with(['.', '!', '?', '؟', '…']) {
                return None;
            }
        }
        let close = after.len() - after.trim_start_matches(CLOSERS).len();
        let rest = &after[close..];
        let next = rest.trim_start();
        let opens = next.starts_with(|n: char| {
            n.is_uppercase() || n.is_numeric() || crate::fold::is_arabic(n) || "«“\"'‘’(¿¡-–—•".contains(n)
        });
        let ends = next.len() < rest.len() && opens && !next.starts_with(['»', '”']);
        let word = line[last_word.min(at)..at].trim_start_matches(['«', '“', '"', '(', '\'', '’']);
        (ends && !(c == '.' && is_abbreviation(word))).then_some(at + c.len_utf8() + close)
    })
}

/// `M.`, `Dr.` and initials end no sentence.
fn is_abbreviation(word: &str) -> bool {
    const KNOWN: [&str; 24] = [
        "MM", "Mme", "Mlle", "Dr", "Pr", "Me", "St", "Ste", "art", "av", "apr", "cf", "env", "vol", "Mr",
        "Mrs", "Ms", "Sr", "Sra", "Gen", "Sen", "Rep", "vs", "No",
    ];
    let initials =
        word.split(['.', '-']).all(|part| part.chars().count() <= 1 && part.chars().all(char::is_alphabetic));
    !word.is_empty() && !word.starts_with(char::is_numeric) && (initials || KNOWN.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = sentences(text);
        assert_eq!(found.iter().map(|s| s.text).collect::<Vec<_>>(), expected, "{text}");
        for sentence in found {
            let place = span(text, sentence.block, sentence.start, sentence.text);
            let chars = text.chars().skip(place.start as usize).take((place.end - place.start) as usize);
            assert_eq!(chars.collect::<String>(), sentence.text);
        }
    }

    #[test]
    fn sentences_end_where_a_reader_stops() {
        check("Le pont rouvre. Il a plu.\nÀ demain", &["Le pont rouvre.", "Il a plu.", "À demain"]);
        check(
            "Reçu par M. Alami et J.-P. Durand. Rien de plus.",
            &["Reçu par M. Alami et J.-P. Durand.", "Rien de plus."],
        );
        check("Le taux passe à 2.75 %. Et après ?", &["Le taux passe à 2.75 %.", "Et après ?"]);
        check(
            "« Il est prêt. Nous partons. » La suite demain.",
            &["« Il est prêt. Nous partons. »", "La suite demain."],
        );
        check(
            "افتتح الجسر يوم الاثنين. وقد دامت الأشغال عاما.",
            &["افتتح الجسر يوم الاثنين.", "وقد دامت الأشغال عاما."],
        );
        check("He said so. “It works.” Then he left.", &["He said so.", "“It works.”", "Then he left."]);
        check(
            "Prix en baisse… mais pas partout ! Vraiment ?",
            &["Prix en baisse… mais pas partout !", "Vraiment ?"],
        );
        check(" \n \n", &[]);
    }
}

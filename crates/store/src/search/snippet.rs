//! The passage of an article that shows why it was found, from the text as its readers see it.

use super::syntax::Term;
use crate::fold::{fold, without_article};

/// How many words a passage has.
const WORDS: usize = 28;

/// A word of the text: where it stands and what it is folded.
struct Word {
    start: usize,
    end: usize,
    folded: String,
    marked: bool,
}

/// The passage with the most different terms, the words found between « and »; the beginning where there are none.
pub(super) fn of(text: &str, terms: &[Term]) -> String {
    let mut words = cut(text);
    if words.is_empty() {
        return String::new();
    }
    let found = mark(&mut words, terms);
    let first = best_window(&found);
    let last = (first + WORDS).min(words.len()) - 1;
    let mut out = String::new();
    if first > 0 {
        out.push_str("… ");
    }
    let mut at = words[first].start;
    for word in &words[first..=last] {
        push_plain(&mut out, &text[at..word.start]);
        let own = &text[word.start..word.end];
        if word.marked {
            out.push('«');
            out.push_str(own);
            out.push('»');
        } else {
            out.push_str(own);
        }
        at = word.end;
    }
    if last + 1 < words.len() {
        out.push_str(" …");
    } else {
        push_plain(&mut out, text[at..].trim_end());
    }
    out
}

/// Text between words, line breaks as spaces.
fn push_plain(out: &mut String, between: &str) {
    out.extend(between.chars().map(|c| if c == '\n' { ' ' } else { c }));
}

/// The words of a text: letters and digits with the marks and tatweel written among them.
fn cut(text: &str) -> Vec<Word> {
    let inside = |c: char| {
        c.is_alphanumeric() || c == 'ـ' || c == '\u{ad}' || unicode_normalization::char::is_combining_mark(c)
    };
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, inside(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push(Word { start: from, end: at, folded: fold(&text[from..at]), marked: false });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Marks the words of every term; for each word, which terms begin there.
fn mark(words: &mut [Word], terms: &[Term]) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new(); words.len()];
    for (number, term) in terms.iter().enumerate() {
        for first in 0..words.len().saturating_sub(term.words.len() - 1) {
            if stands_at(&words[first..], term) {
                found[first].push(number);
                for word in &mut words[first..first + term.words.len()] {
                    word.marked = true;
                }
            }
        }
    }
    found
}

fn stands_at(words: &[Word], term: &Term) -> bool {
    let last = term.words.len() - 1;
    term.words.iter().zip(words).enumerate().all(|(i, (asked, word))| {
        let prefix = term.prefix && i == last;
        same(asked, &word.folded, prefix) || (last == 0 && same_bare(asked, &word.folded, prefix))
    })
}

fn same(asked: &str, word: &str, prefix: bool) -> bool {
    word == asked || (prefix && word.starts_with(asked))
}

/// Arabic words are the same with and without the article.
fn same_bare(asked: &str, word: &str, prefix: bool) -> bool {
    let bare = without_article(asked).unwrap_or(asked);
    same(bare, without_article(word).unwrap_or(word), prefix)
}

/// Where the window with the most different terms begins: a few words before the first of them.
fn best_window(found: &[Vec<usize>]) -> usize {
    let mut best = (0, 0);
    for (start, here) in found.iter().enumerate().filter(|(_, here)| !here.is_empty()) {
        let window = &found[start..(start + WORDS - 6).min(found.len())];
        let mut terms: Vec<usize> = window.iter().flatten().copied().collect();
        terms.sort_unstable();
        terms.dedup();
        // Ties go to the earlier one, as the lead of an article says most.
        if terms.len() > best.0 && !here.is_empty() {
            best = (terms.len(), start);
        }
    }
    let start = best.1.saturating_sub(6);
    start.min(found.len().saturating_sub(WORDS))
}

#[cfg(test)]
mod tests {
    use super::super::syntax;
    use super::*;

    fn check(text: &str, asked: &str, expected: &str) {
        assert_eq!(of(text, &syntax::read(asked).terms), expected, "{asked}");
    }

    #[test]
    fn marks_words_as_they_are_printed() {
        check("Le cœur de l'Été,\nà Rabat.", "coeur ete", "Le «cœur» de l'«Été», à Rabat.");
        check("Une « grève » générale", "greve*", "Une « «grève» » générale");
        check("Le code du travail du pays", "\"du travail\"", "Le code «du» «travail» du pays");
        check("Rien ici.", "absent", "Rien ici.");
        check("", "x", "");
    }

    #[test]
    fn marks_arabic_with_its_article_and_vowels() {
        check("أعلنت الحُكومة عن القرار", "حكومة", "أعلنت «الحُكومة» عن القرار");
        check("حكومة جديدة", "الحكومة", "«حكومة» جديدة");
    }

    #[test]
    fn shows_the_passage_where_the_terms_meet() {
        let far =
            format!("{} eau {} barrage eau sec {}", "mot ".repeat(50), "mot ".repeat(50), "mot ".repeat(50));
        let shown = of(&far, &syntax::read("eau barrage").terms);
        assert!(shown.starts_with("… mot") && shown.ends_with('…'), "{shown}");
        assert!(shown.contains("«barrage» «eau» sec"), "{shown}");
    }
}

//! Text as a page can carry it.

use kiosque_model::{Article, Direction, Language, StoryArticle};

/// The headline of an article.
pub(super) fn title(article: &Article) -> String {
    plain(article.title.as_deref().unwrap_or_default())
}

/// The language of an article: decided on its text, else as the page states it.
pub(super) fn language(article: &StoryArticle) -> Option<Language> {
    article.tagged.language.clone().or_else(|| article.tagged.article.language.clone())
}

/// The direction of a text in that language.
pub(super) fn direction(language: Option<&Language>) -> Direction {
    language.map_or(Direction::Ltr, Language::direction)
}

/// The direction of a text whose language nobody says: that of most of its letters, since an Arabic headline may well
/// begin with a Latin name.
pub(crate) fn direction_of(text: &str) -> Direction {
    let rtl = text.chars().filter(|c| is_rtl_letter(*c)).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if rtl * 2 > letters { Direction::Rtl } else { Direction::Ltr }
}

/// Whether a character is a letter of a script that runs from right to left.
pub(crate) fn is_rtl_letter(c: char) -> bool {
    c.is_alphabetic() && matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}')
}

/// How many words a text has, as an extract counts them: the no-break spaces of French figures part none.
pub(crate) fn words(text: &str) -> usize {
    text.split([' ', '\n', '\t', '\r']).filter(|token| token.chars().any(char::is_alphanumeric)).count()
}

/// Text as a page can carry it: white space in one kind of run, no control characters, and none of the
/// characters that turn the direction of what follows them (UAX #9), which could reverse a whole page.
pub(crate) fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        !turns && (!c.is_control() || c.is_whitespace())
    });
    let kept: String = kept.collect();
    let words: Vec<_> =
        kept.split([' ', '\n', '\t', '\r', '\u{b}', '\u{c}']).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_runs_as_most_of_its_letters_do() {
        for (text, rtl) in [
            ("OCP : البرلمان يصادق", true),
            ("Canicule ☀️ ⚽️ : le mercure monte", false),
            ("« عاجل », dit le communiqué du ministère", false),
            ("2026", false),
        ] {
            assert_eq!(direction_of(text) == Direction::Rtl, rtl, "{text}");
        }
        assert!(!"☀️".chars().any(is_rtl_letter));
    }
}

//! The apostrophes of French print, and its spaces that must not break.
//!
//! After the *Lexique des règles typographiques en usage à l'Imprimerie nationale*: a no-break space before the
//! colon, the per cent and inside guillemets, a narrow one (U+202F) before `;`, `!` and `?`.

/// No-break space.
pub(super) const NBSP: char = '\u{a0}';

/// French text with the plain spaces before `; ! ? : % »` and after `«` made no-break ones, so that no line
/// begins or ends with a mark, and the typewriter's apostrophe between letters made a curved one. Nothing else changes.
pub(super) fn glued(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match (c, chars.peek()) {
            (' ', Some(';' | '!' | '?')) => '\u{202f}',
            (' ', Some(':' | '%' | '»')) => NBSP,
            (' ', _) if before == Some('«') => NBSP,
            ('\'', Some(next)) if next.is_alphanumeric() && before.is_some_and(char::is_alphabetic) => '’',
            _ => c,
        });
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_do_not_stand_alone() {
        assert_eq!(glued("« Oui ! » : 2 %"), "«\u{a0}Oui\u{202f}!\u{a0}»\u{a0}: 2\u{a0}%");
        assert_eq!(glued("Un mot"), "Un mot");
        assert_eq!(glued("L'an d'avant, 'cité' en 6'2"), "L’an d’avant, 'cité' en 6'2");
    }
}

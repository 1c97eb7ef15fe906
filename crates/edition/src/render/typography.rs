//! The spaces of French print that must not break.
//!
//! After the *Lexique des règles typographiques en usage à l'Imprimerie nationale*: a no-break space before the
//! colon, the per cent and inside guillemets, a narrow one (U+202F) before `;`, `!` and `?`.

/// No-break space.
pub(super) const NBSP: char = '\u{a0}';

/// French text with the plain spaces before `; ! ? : % »` and after `«` made no-break ones, so that no line
/// begins or ends with a mark. Nothing but the kind of space changes.
pub(super) fn glued(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match (c, chars.peek()) {
            (' ', Some(';' | '!' | '?')) => '\u{202f}',
            (' ', Some(':' | '%' | '»')) => NBSP,
            (' ', _) if before == Some('«') => NBSP,
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
    }
}

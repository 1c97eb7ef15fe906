//! The apostrophes of French print, and its spaces that must not break.
//!
//! After the *Lexique des règles typographiques en usage à l'Imprimerie nationale*: a no-break space before the
//! colon, the per cent and inside guillemets, a narrow one (U+202F) before `;`, `!` and `?`.

use std::borrow::Cow;

/// No-break space.
pub(super) const NBSP: char = '\u{a0}';

/// French text with the typewriter's quotation marks made guillemets, the plain spaces before `; ! ? : % »` and after
/// `«` made no-break ones, so that no line begins or ends with a mark, and the typewriter's apostrophe between letters made
/// a curved one. Nothing else changes.
pub(super) fn glued(text: &str) -> String {
    let text = &*quoted(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match (c, chars.peek()) {
            (' ', Some(';' | '!' | '?')) => '\u{202f}',
            (' ', Some(':' | '%' | '»')) => NBSP,
            (' ', _) if before == Some('«') => NBSP,
            ('\'', Some(next))
                if (next.is_alphanumeric() || *next == '«') && before.is_some_and(char::is_alphabetic) =>
            {
                '’'
            }
            _ => c,
        });
        before = Some(c);
    }
    out
}

/// Text with `"words"` made `« words »`, where its marks pair up: each opens before a word or closes after one, by turns.
/// Inches and seconds, of which a mark has no word behind it, leave the text as it is.
fn quoted(text: &str) -> Cow<'_, str> {
    if !text.contains('"') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut open = false;
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '"' {
            let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            let (left, right) = (before, chars.peek().copied());
            let opens = apart(left) && right.is_some_and(|c| !c.is_whitespace());
            let closes = apart(right) && left.is_some_and(|c| !c.is_whitespace());
            match (open, opens, closes) {
                (false, true, _) => out.push_str("«\u{a0}"),
                (true, _, true) => out.push_str("\u{a0}»"),
                _ => return Cow::Borrowed(text),
            }
            open = !open;
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    if open { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_do_not_stand_alone() {
        assert_eq!(glued("« Oui ! » : 2 %"), "«\u{a0}Oui\u{202f}!\u{a0}»\u{a0}: 2\u{a0}%");
        assert_eq!(glued("Un mot"), "Un mot");
        assert_eq!(glued("Le \"oui\", mais \"à peine\""), "Le «\u{a0}oui\u{a0}», mais «\u{a0}à peine\u{a0}»");
        assert_eq!(
            glued("L'\"affaire\" : (\"close\")"),
            "L’«\u{a0}affaire\u{a0}»\u{a0}: («\u{a0}close\u{a0}»)"
        );
        for left in ["Un écran de 27\"", "Un \"mot ouvert", "27\" et 32\""] {
            assert_eq!(glued(left), left);
        }
        assert_eq!(glued("L'an d'avant, 'cité' en 6'2"), "L’an d’avant, 'cité' en 6'2");
    }
}

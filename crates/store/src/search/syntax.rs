//! What a person types, as a query of FTS5 that cannot be wrong.
//!
//! Every word reaches FTS5 folded and between quotes, so nothing typed is ever its syntax.

use crate::fold::{fold, without_article, words};

/// A query, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The FTS5 expression of what must be there.
    pub(super) with: Option<String>,
    /// The FTS5 expression of what must not.
    pub(super) without: Option<String>,
    /// What to mark in a snippet.
    pub(super) terms: Vec<Term>,
}

/// Words to be found one after the other; a single one for most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// The folded words.
    pub(super) words: Vec<String>,
    /// Whether the last word may go on.
    pub(super) prefix: bool,
}

/// A piece of what was typed.
#[derive(Debug)]
struct Piece {
    text: String,
    quoted: bool,
    negated: bool,
    prefix: bool,
}

/// Reads a query. Words are joined by AND; `OR` binds closer, so `a b OR c` asks for `a` and one of `b`, `c`.
pub(super) fn read(typed: &str) -> Asked {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut without = Vec::new();
    let mut terms = Vec::new();
    let mut or_next = false;
    for piece in pieces(typed) {
        if !piece.quoted && !piece.negated && !piece.prefix && matches!(piece.text.as_str(), "OR" | "AND") {
            or_next = piece.text == "OR" && !groups.is_empty();
            continue;
        }
        let Some(term) = term(&piece) else { continue };
        if piece.negated {
            without.push(expression(&term, piece.quoted));
            continue;
        }
        match groups.last_mut().filter(|_| or_next) {
            Some(group) => group.push(expression(&term, piece.quoted)),
            None => groups.push(vec![expression(&term, piece.quoted)]),
        }
        or_next = false;
        terms.push(term);
    }
    let with: Vec<String> = groups.iter().map(|group| format!("({})", group.join(" OR "))).collect();
    Asked {
        with: (!with.is_empty()).then(|| with.join(" AND ")),
        without: (!without.is_empty()).then(|| without.join(" OR ")),
        terms,
    }
}

fn term(piece: &Piece) -> Option<Term> {
    let words: Vec<String> = words(&fold(&piece.text)).map(str::to_owned).collect();
    (!words.is_empty()).then_some(Term { words, prefix: piece.prefix })
}

/// A term as FTS5 reads it. A single Arabic word is also looked for without its article, and its bare form in
/// `forms`, so that one finds الحكومة with حكومة and the other way round; a phrase is as it is typed.
fn expression(term: &Term, quoted: bool) -> String {
    let star = if term.prefix { "*" } else { "" };
    let phrase = format!("\"{}\"{star}", term.words.join(" "));
    match &term.words[..] {
        [word] if !quoted => match without_article(word) {
            Some(bare) => format!("({phrase} OR \"{bare}\"{star})"),
            None => phrase,
        },
        _ => format!("{{title subtitle text authors source}} : {phrase}"),
    }
}

/// Cuts what was typed at white space and quotes of any kind. A quote that is not closed goes to the end.
fn pieces(typed: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut rest = typed.trim_start();
    while !rest.is_empty() {
        let negated = rest.starts_with(['-', '−']) && rest.chars().nth(1).is_some_and(|c| !c.is_whitespace());
        if negated {
            rest = rest.trim_start_matches(['-', '−']);
        }
        let (text, after, quoted) = match rest.chars().next().and_then(closing) {
            Some(close) => {
                let open = rest.chars().next().map_or(0, char::len_utf8);
                let inner = &rest[open..];
                let (text, after) = inner.split_once(close).unwrap_or((inner, ""));
                (text, after, true)
            }
            None => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (&rest[..end], &rest[end..], false)
            }
        };
        let prefix = !quoted && text.ends_with('*');
        out.push(Piece { text: text.to_owned(), quoted, negated, prefix });
        rest = after.trim_start();
    }
    out
}

fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '«' => Some('»'),
        '“' | '”' => Some('”'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, with: &str, without: &str) {
        let asked = read(typed);
        let shown = |e: &Option<String>| e.clone().unwrap_or_default();
        assert_eq!((shown(&asked.with).as_str(), shown(&asked.without).as_str()), (with, without), "{typed}");
    }

    #[test]
    fn words_are_joined_and_folded() {
        check("Élection Rabat", "(\"election\") AND (\"rabat\")", "");
        check("a b OR c d", "(\"a\") AND (\"b\" OR \"c\") AND (\"d\")", "");
        check("démocrat*", "(\"democrat\"*)", "");
        check("eau -sport", "(\"eau\")", "\"sport\"");
        check("-sport", "", "\"sport\"");
        check("الحكومة", "((\"الحكومه\" OR \"حكومه\"))", "");
    }

    #[test]
    fn phrases_are_kept_together() {
        let of = "{title subtitle text authors source} : ";
        check("\"Code du travail\"", &format!("({of}\"code du travail\")"), "");
        check("« Code du travail » loi", &format!("({of}\"code du travail\") AND (\"loi\")"), "");
        check("l'eau", &format!("({of}\"l eau\")"), "");
        check("grève -\"gare du nord\"", "(\"greve\")", &format!("{of}\"gare du nord\""));
    }

    #[test]
    fn nothing_typed_is_syntax() {
        check("", "", "");
        check("OR", "", "");
        check("OR eau OR", "(\"eau\")", "");
        check("\"", "", "");
        check("\"eau chaude", "({title subtitle text authors source} : \"eau chaude\")", "");
        check("( ) : ^ * - --", "", "");
        check("NEAR(a b)", "({title subtitle text authors source} : \"near a\") AND (\"b\")", "");
        check("title:eau", "({title subtitle text authors source} : \"title eau\")", "");
    }
}

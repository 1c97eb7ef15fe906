//! Words a reader of the terminal sees: French, with its typography.

use kiosque_model::Reason;

/// A reason in a few words.
pub(crate) const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Robots => "interdit par robots.txt",
        Reason::NotModified => "inchangée (304)",
        Reason::NotFound => "introuvable",
        Reason::HttpStatus => "refusée par le serveur",
        Reason::Unreachable => "sans réponse",
        Reason::TooLarge => "trop volumineuse",
        Reason::RefusedAddress => "adresse refusée",
        Reason::NotHtml => "autre chose qu’une page",
        Reason::Redirects => "redirections sans fin",
        Reason::NoIndex => "noindex",
        Reason::BrokenFeed => "fil illisible",
        Reason::SamePage => "déjà vue",
        Reason::Listing => "liste d’articles",
        Reason::NoText => "sans article",
        Reason::Unchanged => "texte inchangé",
    }
}

/// A number with its noun, in the plural from two on as French has it.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{number}\u{a0}{noun}{}", if number > 1 { "s" } else { "" })
}

/// A time span: `850 ms`, `6,2 s`, `3 min 5 s`.
pub(crate) fn span(elapsed: std::time::Duration) -> String {
    let seconds = elapsed.as_secs();
    match seconds {
        0 => format!("{}\u{a0}ms", elapsed.as_millis()),
        1..60 => format!("{:.1}\u{a0}s", elapsed.as_secs_f64()).replace('.', ","),
        _ => format!("{}\u{a0}min {}\u{a0}s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_french() {
        assert_eq!(count(0, "page"), "0\u{a0}page");
        assert_eq!(count(2, "page"), "2\u{a0}pages");
        assert_eq!(span(std::time::Duration::from_millis(6_240)), "6,2\u{a0}s");
        assert_eq!(span(std::time::Duration::from_secs(185)), "3\u{a0}min 5\u{a0}s");
    }
}

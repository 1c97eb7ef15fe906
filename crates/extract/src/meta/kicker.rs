//! The kicker that is printed on the headline's own line, told from the headline by what the page declares.

use crate::text::fold;

/// What a declared title sets between a kicker and the headline, the plainest first.
const PART_SIGNS: [&str; 6] = [": ", ". ", " : ", " – ", " - ", " | "];

/// A kicker printed on the headline's own line is no longer.
const MAX_KICKER_WORDS: usize = 2;

/// A printed headline that ends in a declared title has a kicker glued on in front.
pub(super) fn without_kicker(
    text: &str,
    runs: &[String],
    stated: &[(String, &'static str)],
) -> (String, Option<String>) {
    let folded = fold(text);
    for (title, _) in stated {
        let other = fold(title);
        if other.len() < 15 || !folded.ends_with(&other) || folded == other {
            continue;
        }
        // The cut is where as many letters remain as the declared title has.
        let letters = other.chars().filter(|c| c.is_alphanumeric()).count();
        let mut left = letters;
        let at = text.char_indices().rev().find_map(|(i, c)| {
            left -= usize::from(c.is_alphanumeric() && left > 0);
            (left == 0).then_some(i)
        });
        if let Some(at) = at.filter(|&at| at > 0) {
            // An opening quotation mark belongs to the title.
            let quotes = ['«', '"', '“', '‘', '\'', '\u{A0}', ' '];
            let before = text[..at].trim_end_matches(quotes);
            let rest = text[before.len()..].trim();
            let kicker = before.trim_end_matches([':', '|', '-', '–', ' ']).trim();
            // Not every word in front is a kicker: it ends at a sign or at an element's end.
            let apart = before.trim_end().ends_with([':', '|', '-', '–', '.', '!', '?', '/', '»', '”', ','])
                || text[before.len()..].starts_with(['«', '"', '“'])
                || (runs.len() > 1 && runs.iter().any(|run| *run == fold(kicker)));
            if apart && fold(rest) == other && kicker.chars().count() < 60 {
                return (rest.to_owned(), Some(kicker.to_owned()).filter(|k| !k.is_empty()));
            }
        }
    }
    (text.to_owned(), None)
}

/// The declared form of a headline whose first part stands in an element of its own without a sign after it; a first
/// part of a word or two is the kicker.
pub(super) fn punctuated(
    runs: &[String],
    text: &str,
    stated: &[(String, &'static str)],
) -> Option<(String, Option<String>)> {
    let folded = fold(text);
    let mut said = String::new();
    let starts: Vec<String> = runs
        .iter()
        .map(|run| {
            said = format!("{said} {run}").trim().to_owned();
            said.clone()
        })
        .collect();
    let cut = |title: &str, sign: &str| {
        let (lead, rest) = title.split_once(sign).filter(|(lead, _)| starts.contains(&fold(lead)))?;
        let printed = text.get(lead.len()..).is_some_and(|rest| rest.trim_start().starts_with(sign.trim()));
        let short = fold(lead).split(' ').count() <= MAX_KICKER_WORDS && rest.split_whitespace().count() >= 3;
        let (rest, lead) = (rest.trim().to_owned(), lead.trim().to_owned());
        (!printed).then(|| if short { (rest, Some(lead)) } else { (title.to_owned(), None) })
    };
    let same: Vec<&str> = stated.iter().map(|(t, _)| t.as_str()).filter(|t| fold(t) == folded).collect();
    PART_SIGNS.iter().find_map(|sign| same.iter().find_map(|title| cut(title, sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kickers_are_cut() {
        let stated = [("Un titre assez long pour être sûr".to_owned(), "og:title")];
        let (text, kicker) = without_kicker("Maroc. « Un titre assez long pour être sûr »", &[], &stated);
        assert_eq!(kicker.as_deref(), Some("Maroc."));
        assert_eq!(text, "« Un titre assez long pour être sûr »");
        let (text, kicker) = without_kicker("Enfin un titre assez long pour être sûr", &[], &stated);
        assert_eq!((text.as_str(), kicker), ("Enfin un titre assez long pour être sûr", None));
    }
}

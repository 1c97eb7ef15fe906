//! How two texts differ, word by word: how many went and came, and the first place where they do.

use serde::{Deserialize, Serialize};

/// Words of context before the first difference, and the most that are quoted of what went and what came.
const CONTEXT: usize = 6;
const QUOTED: usize = 14;

/// Cells of the table of common words; larger middles are compared as heaps of words.
const CELLS: usize = 4_000_000;

/// The difference of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WordDiff {
    /// Words that only the new text has.
    pub(crate) added: usize,
    /// Words that only the old one had.
    pub(crate) removed: usize,
    /// The first place where they differ: `… before [-went-] {+came+} …`.
    pub(crate) excerpt: String,
}

/// Compares two texts, blind to white space; `None` where they have the same words.
pub(crate) fn diff(old: &str, new: &str) -> Option<WordDiff> {
    let (old, new): (Vec<_>, Vec<_>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (went, came) = (&old[head..], &new[head..]);
    let tail = went.iter().rev().zip(came.iter().rev()).take_while(|(a, b)| a == b).count();
    let (went, came) = (&went[..went.len() - tail], &came[..came.len() - tail]);
    if went.is_empty() && came.is_empty() {
        return None;
    }
    let common = if went.len().saturating_mul(came.len()) <= CELLS {
        in_order(went, came)
    } else {
        anywhere(went, came)
    };
    let (removed, added) = (went.len() - common, came.len() - common);
    Some(WordDiff { added, removed, excerpt: excerpt(&old[..head], went, came, tail) })
}

/// The length of the longest common subsequence.
fn in_order(went: &[&str], came: &[&str]) -> usize {
    let mut row = vec![0; came.len() + 1];
    for old in went {
        let mut diagonal = 0;
        for (at, new) in came.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if old == new { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[came.len()]
}

/// How many words are in both, wherever they stand.
fn anywhere(went: &[&str], came: &[&str]) -> usize {
    let (mut went, mut came) = (went.to_vec(), came.to_vec());
    went.sort_unstable();
    came.sort_unstable();
    let (mut at, mut common) = (0, 0);
    for word in went {
        at += came[at..].iter().take_while(|other| **other < word).count();
        if came.get(at) == Some(&word) {
            (at, common) = (at + 1, common + 1);
        }
    }
    common
}

fn excerpt(head: &[&str], went: &[&str], came: &[&str], tail: usize) -> String {
    let mut parts = Vec::new();
    let before = &head[head.len().saturating_sub(CONTEXT)..];
    if before.len() < head.len() {
        parts.push("…".to_owned());
    }
    parts.extend(before.iter().map(|word| (*word).to_owned()));
    for (words, open, close) in [(went, "[-", "-]"), (came, "{+", "+}")] {
        if !words.is_empty() {
            let more = if words.len() > QUOTED { " …" } else { "" };
            parts.push(format!("{open}{}{more}{close}", words[..words.len().min(QUOTED)].join(" ")));
        }
    }
    if tail > 0 {
        parts.push("…".to_owned());
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_differ_by_words() {
        let check = |old: &str, new: &str, expected: Option<(usize, usize, &str)>| {
            let found = diff(old, new);
            let found = found.as_ref().map(|d| (d.removed, d.added, d.excerpt.as_str()));
            assert_eq!(found, expected, "{old} → {new}");
        };
        check("le port  rouvre", "le port\nrouvre", None);
        check("", "un texte", Some((0, 2, "{+un texte+}")));
        check("un texte", "", Some((2, 0, "[-un texte-]")));
        check("a b c d", "a x c d", Some((1, 1, "a [-b-] {+x+} …")));
        check("a b c d e", "a c d f e", Some((1, 1, "a [-b c d-] {+c d f+} …")));
        check("1 2 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 8 9 10", Some((0, 1, "… 4 5 6 7 8 9 {+10+}")));
    }

    #[test]
    fn a_whole_text_is_quoted_by_its_opening() {
        let old: Vec<_> = (0..40).map(|n| format!("a{n}")).collect();
        let found = diff(&old.join(" "), "neuf").unwrap();
        assert_eq!((found.removed, found.added), (40, 1));
        assert!(found.excerpt.ends_with("a13 …-] {+neuf+}"), "{}", found.excerpt);
    }

    #[test]
    fn heaps_of_words_are_counted_without_their_order() {
        assert_eq!(anywhere(&["b", "a", "c", "a"], &["a", "a", "d", "b"]), 3);
        let long = |step: usize| {
            (0..3_000).map(|n| format!("m{}", (n * step) % 3_001)).collect::<Vec<_>>().join(" ")
        };
        let found = diff(&long(1), &format!("z {}", long(7))).unwrap();
        assert!(found.added >= 1 && found.added == found.removed + 1, "{found:?}");
    }
}

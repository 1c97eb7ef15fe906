//! What changed between two states of a text, word by word, as an editor reads it: removed, inserted, kept.
//!
//! The longest common subsequence of words (Wagner and Fischer, *The string-to-string correction problem*, 1974),
//! tidied for reading: a lone word kept between two changes joins them, and long stretches without change are
//! left out.
//! Invariant: the kept and removed words of a full diff are the old text, the kept and inserted ones the new.

use serde::Serialize;

/// Pairs of words compared; two texts whose differing middles are larger are told as one replacement.
const MAX_CELLS: usize = 9_000_000;
/// Kept words shown on each side of a change.
const CONTEXT_WORDS: usize = 6;
/// A kept stretch of this many words between changes is too short to read on its own.
const ISLAND_WORDS: usize = 1;

/// What became of a stretch of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It stands in both.
    Kept,
    /// It stands in the old text alone.
    Removed,
    /// It stands in the new text alone.
    Inserted,
}

/// A stretch of words with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// The words, with one space between them.
    pub text: String,
}

/// The whole of two texts as kept, removed and inserted words.
#[must_use]
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let old: Vec<&str> = old.split_whitespace().collect();
    let new: Vec<&str> = new.split_whitespace().collect();
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_core, new_core) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let mut edits: Vec<(ChangeKind, &str)> = old[..head].iter().map(|w| (ChangeKind::Kept, *w)).collect();
    edits.extend(script(old_core, new_core));
    edits.extend(old[old.len() - tail..].iter().map(|w| (ChangeKind::Kept, *w)));
    joined(tidied(&edits))
}

/// The same without long stretches of kept words: six words on each side of a change stay, `…` stands for the
/// rest. Empty where nothing changed.
#[must_use]
pub fn excerpt(changes: &[Change]) -> Vec<Change> {
    if changes.iter().all(|change| change.kind == ChangeKind::Kept) {
        return Vec::new();
    }
    let last = changes.len() - 1;
    changes
        .iter()
        .enumerate()
        .map(|(at, change)| match change.kind {
            ChangeKind::Kept => {
                Change { kind: ChangeKind::Kept, text: shortened(&change.text, at > 0, at < last) }
            }
            _ => change.clone(),
        })
        .collect()
}

/// How many words were inserted and removed.
#[must_use]
pub fn words_changed(changes: &[Change]) -> (usize, usize) {
    let count = |kind| {
        let of_kind = changes.iter().filter(|change| change.kind == kind);
        of_kind.map(|change| change.text.split_whitespace().count()).sum()
    };
    (count(ChangeKind::Inserted), count(ChangeKind::Removed))
}

/// A diff as plain text: `[-removed-]` and `{+inserted+}`, as `wdiff` marks them.
#[must_use]
pub fn marked(changes: &[Change]) -> String {
    let parts: Vec<String> = changes
        .iter()
        .map(|change| match change.kind {
            ChangeKind::Kept => change.text.clone(),
            ChangeKind::Removed => format!("[-{}-]", change.text),
            ChangeKind::Inserted => format!("{{+{}+}}", change.text),
        })
        .collect();
    parts.join(" ")
}

fn shortened(text: &str, after_change: bool, before_change: bool) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let head = if after_change { CONTEXT_WORDS } else { 0 };
    let tail = if before_change { CONTEXT_WORDS } else { 0 };
    if words.len() <= head + tail + 1 {
        return text.to_owned();
    }
    let mut shown: Vec<&str> = words[..head].to_vec();
    shown.push("…");
    shown.extend(&words[words.len() - tail..]);
    shown.join(" ")
}

/// The longest common subsequence by dynamic programming; what is not in it was removed or inserted.
fn script<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(ChangeKind, &'a str)> {
    let width = new.len() + 1;
    let mut edits = Vec::with_capacity(old.len() + new.len());
    let (mut i, mut j) = (0, 0);
    if old.len().saturating_mul(new.len()) <= MAX_CELLS {
        // longest[i * width + j]: words that old[i..] and new[j..] share in order.
        let mut longest = vec![0_u16; (old.len() + 1) * width];
        for (i, a) in old.iter().enumerate().rev() {
            for (j, b) in new.iter().enumerate().rev() {
                longest[i * width + j] = if a == b {
                    longest[(i + 1) * width + j + 1].saturating_add(1)
                } else {
                    longest[(i + 1) * width + j].max(longest[i * width + j + 1])
                };
            }
        }
        while i < old.len() && j < new.len() {
            if old[i] == new[j] {
                edits.push((ChangeKind::Kept, old[i]));
                i += 1;
                j += 1;
            } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
                edits.push((ChangeKind::Removed, old[i]));
                i += 1;
            } else {
                edits.push((ChangeKind::Inserted, new[j]));
                j += 1;
            }
        }
    }
    edits.extend(old[i..].iter().map(|w| (ChangeKind::Removed, *w)));
    edits.extend(new[j..].iter().map(|w| (ChangeKind::Inserted, *w)));
    edits
}

/// Joins changes over islands of kept words, then puts what was removed before what was inserted.
fn tidied<'t>(edits: &[(ChangeKind, &'t str)]) -> Vec<(ChangeKind, &'t str)> {
    let mut tidy = Vec::with_capacity(edits.len());
    let mut at = 0;
    while at < edits.len() {
        if edits[at].0 == ChangeKind::Kept {
            tidy.push(edits[at]);
            at += 1;
            continue;
        }
        let mut end = at;
        while end < edits.len() {
            let kept = edits[end..].iter().take_while(|(kind, _)| *kind == ChangeKind::Kept).count();
            let island = kept <= ISLAND_WORDS && end + kept < edits.len();
            if kept > 0 && !island {
                break;
            }
            end += kept.max(1);
        }
        let run = &edits[at..end];
        let of = |gone: ChangeKind| run.iter().filter(move |(kind, _)| *kind != gone).map(|(_, word)| *word);
        tidy.extend(of(ChangeKind::Inserted).map(|word| (ChangeKind::Removed, word)));
        tidy.extend(of(ChangeKind::Removed).map(|word| (ChangeKind::Inserted, word)));
        at = end;
    }
    tidy
}

fn joined(edits: Vec<(ChangeKind, &str)>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for (kind, word) in edits {
        match changes.last_mut() {
            Some(last) if last.kind == kind => {
                last.text.push(' ');
                last.text.push_str(word);
            }
            _ => changes.push(Change { kind, text: word.to_owned() }),
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &str) {
        let found = changes(old, new);
        assert_eq!(marked(&found), expected);
        let of = |gone: ChangeKind| {
            let kept = found.iter().filter(|c| c.kind != gone);
            kept.map(|c| c.text.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of(ChangeKind::Inserted), old.split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!(of(ChangeKind::Removed), new.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn words_inserted_and_removed_are_marked() {
        let expected = "Le port [-rouvre mardi matin-] {+rouvrira mardi+}";
        check("Le port rouvre mardi matin", "Le port rouvrira mardi", expected);
        check(
            "Le port rouvre dès ce mardi",
            "Le port rouvrira dès ce mardi",
            "Le port [-rouvre-] {+rouvrira+} dès ce mardi",
        );
        check("أعيد فتح الميناء", "أعيد فتح الميناء القديم", "أعيد فتح الميناء {+القديم+}");
        check("", "tout neuf", "{+tout neuf+}");
        check("tout a disparu", "", "[-tout a disparu-]");
        check("rien  ne\nchange", "rien ne change", "rien ne change");
    }

    #[test]
    fn long_stretches_without_change_are_left_out() {
        let old = format!("{}bilan de 12 blessés {}", "mot ".repeat(30), "suite ".repeat(30));
        let new = old.replace("12", "15");
        let shown = marked(&excerpt(&changes(&old, &new)));
        assert_eq!(shown, "… mot mot mot mot bilan de [-12-] {+15+} blessés suite suite suite suite suite …");
        assert_eq!(words_changed(&changes(&old, &new)), (1, 1));
        assert!(excerpt(&changes(&old, &old)).is_empty());
    }

    #[test]
    fn texts_with_nothing_in_common_are_one_replacement_however_long() {
        let (old, new) = ("a ".repeat(5_000), "b ".repeat(5_000));
        let found = changes(&old, &new);
        assert_eq!((found.len(), words_changed(&found)), (2, (5_000, 5_000)));
    }
}

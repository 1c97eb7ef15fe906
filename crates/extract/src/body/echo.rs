//! Echoes: lines that say again, word for word, what was said, as copies of a text for other screens do.

use std::collections::HashSet;

/// A shorter line may be a refrain.
const REPEATABLE_CHARS: usize = 80;

/// A line this long that stands twice in a row is a standfirst printed again at the head of the text.
const TWICE_CHARS: usize = 40;

/// For each line whether it is an echo: it repeats the standfirst or the line before it, or is one of several in a row that
/// repeat others.
/// A single repeated line may be meant: a notice under each of many entries.
pub(crate) fn echoes(standfirst: &[&str], lines: &[&str]) -> Vec<bool> {
    let mut said = HashSet::new();
    let lead: HashSet<&str> = standfirst.iter().copied().collect();
    let again: Vec<bool> = lines
        .iter()
        .map(|line| {
            line.len() >= REPEATABLE_CHARS && line.chars().count() >= REPEATABLE_CHARS && !said.insert(*line)
        })
        .collect();
    (0..lines.len())
        .map(|i| {
            let row = again.get(i + 1) == Some(&true) || (i > 0 && again[i - 1]);
            let twice = i > 0 && lines[i] == lines[i - 1] && lines[i].chars().count() >= TWICE_CHARS;
            lead.contains(lines[i]) || twice || (again[i] && row)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_go_and_refrains_stay() {
        let [a, b, c] = ["a", "b", "c"].map(|s| s.repeat(90));
        let check =
            |lead: &[&str], lines: &[&str], expected: &[bool]| assert_eq!(echoes(lead, lines), expected);
        check(&[&c], &[&c, &a, "la", "la"], &[true, false, false, false]);
        check(&[], &[&a, &b, &a, &b], &[false, false, true, true]);
        check(&[], &[&a, &b, &a, &c], &[false; 4]);
        check(&[], &[&a, &a, "la", "la"], &[false, true, false, false]);
    }
}

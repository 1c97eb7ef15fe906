//! Oblivious trees: every node of a level asks the same question, so a tree is a few comparisons and one look-up.
//!
//! The text form is one tree a line: `feature threshold` for each level, `|`, then the leaves in order, the answers
//! read as binary digits, the first question the highest.

/// Deepest tree read.
const MAX_DEPTH: usize = 10;

#[derive(Debug)]
struct Tree {
    asked: Vec<(u16, f32)>,
    leaves: Vec<f32>,
}

/// A sum of trees.
#[derive(Debug, Default)]
pub(crate) struct Forest {
    bias: f32,
    trees: Vec<Tree>,
}

impl Forest {
    /// Reads the text form. `None` where it is not whole or was trained on other numbers than are read today.
    pub(crate) fn parse(text: &str, names: &[&str]) -> Option<Self> {
        let mut lines = text.lines();
        if !lines.next()?.split(' ').eq(names.iter().copied()) {
            return None;
        }
        let bias = lines.next()?.parse().ok()?;
        let trees = lines.map(|line| tree(line, names.len())).collect::<Option<Vec<Tree>>>()?;
        Some(Self { bias, trees })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// The log-odds of each line. Tree by tree, so that a tree stays in the cache for all lines.
    pub(crate) fn sums<const N: usize>(&self, lines: &[[f32; N]]) -> Vec<f32> {
        let mut sums = vec![self.bias; lines.len()];
        for tree in &self.trees {
            for (sum, line) in sums.iter_mut().zip(lines) {
                let ask = |at: usize, &(k, above): &(u16, f32)| {
                    at << 1 | usize::from(line.get(usize::from(k)).is_some_and(|n| *n > above))
                };
                *sum += tree.leaves[tree.asked.iter().fold(0, ask)];
            }
        }
        sums
    }
}

fn tree(line: &str, count: usize) -> Option<Tree> {
    let (questions, leaves) = line.split_once('|')?;
    let mut asked = Vec::with_capacity(MAX_DEPTH);
    let mut words = questions.split_ascii_whitespace();
    while let Some(word) = words.next() {
        let number: u16 = word.parse().ok().filter(|k| usize::from(*k) < count)?;
        asked.push((number, words.next()?.parse().ok()?));
    }
    let leaves: Vec<f32> =
        leaves.split_ascii_whitespace().map(|v| v.parse().ok()).collect::<Option<Vec<f32>>>()?;
    (asked.len() <= MAX_DEPTH && leaves.len() == 1 << asked.len()).then_some(Tree { asked, leaves })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_sums() {
        let names = ["a", "b", "c"];
        let parse = |text: &str| Forest::parse(text, &names);
        let forest = parse("a b c\n0.5\n0 2 1 0.5|1 2 3 4\n2 9|0 -1\n").unwrap();
        assert_eq!(forest.sums(&[[0.0, 0.0, 0.0], [3.0, 1.0, 10.0]]), [1.5, 3.5]);
        assert!(parse("a b\n0\n").is_none());
        assert!(parse("a b c\n0.5\n0 2|1\n").is_none());
    }
}

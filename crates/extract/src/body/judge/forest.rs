//! Oblivious trees: every node of a level asks the same question, so a tree is a few comparisons and one look-up.
//!
//! The text form is one tree a line: `feature threshold` for each level, `|`, then the leaves in order, the answers
//! read as binary digits, the first question the highest.

use super::features::{COUNT, Line, NAMES};

/// Deepest tree read.
const MAX_DEPTH: usize = 10;

#[derive(Debug)]
struct Tree {
    questions: Vec<(usize, f32)>,
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
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if !lines.next()?.split(' ').eq(NAMES) {
            return None;
        }
        let bias = lines.next()?.parse().ok()?;
        let trees = lines.map(tree).collect::<Option<Vec<Tree>>>()?;
        Some(Self { bias, trees })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// The log-odds of one line.
    pub(crate) fn sum(&self, line: &Line) -> f32 {
        self.trees.iter().fold(self.bias, |sum, tree| {
            let leaf =
                tree.questions.iter().fold(0, |at, &(k, above)| at << 1 | usize::from(line[k] > above));
            sum + tree.leaves[leaf]
        })
    }
}

fn tree(line: &str) -> Option<Tree> {
    let (asked, leaves) = line.split_once('|')?;
    let mut questions = Vec::with_capacity(MAX_DEPTH);
    let mut words = asked.split_ascii_whitespace();
    while let Some(word) = words.next() {
        let feature: usize = word.parse().ok().filter(|k| *k < COUNT)?;
        questions.push((feature, words.next()?.parse().ok()?));
    }
    let leaves: Vec<f32> =
        leaves.split_ascii_whitespace().map(|v| v.parse().ok()).collect::<Option<Vec<f32>>>()?;
    (questions.len() <= MAX_DEPTH && leaves.len() == 1 << questions.len())
        .then_some(Tree { questions, leaves })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_sums() {
        let text = format!("{}\n0.5\n0 2 1 0.5|1 2 3 4\n2 9|0 -1\n", NAMES.join(" "));
        let forest = Forest::parse(&text).unwrap();
        let mut line = [0.0; COUNT];
        assert_eq!(forest.sum(&line), 1.5);
        (line[0], line[1], line[2]) = (3.0, 1.0, 10.0);
        assert_eq!(forest.sum(&line), 3.5);
        assert!(Forest::parse("a b\n0\n").is_none());
        assert!(Forest::parse(&format!("{}\n0.5\n0 2|1\n", NAMES.join(" "))).is_none());
    }
}

//! Grows a forest of oblivious trees by gradient boosting on the logistic loss, with weights, on binned numbers.
//!
//! After Friedman, "Greedy function approximation" (2001), with the symmetric trees of CatBoost: all nodes of a level
//! ask one question, which fits little data with less variance and is read fast. Deterministic for a seed.

use std::fmt::Write as _;

/// How a forest is grown.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Trees.
    pub trees: usize,
    /// Questions of a tree.
    pub depth: usize,
    /// Shrinkage.
    pub rate: f64,
    /// L2 on the leaves, in units of mean row weight.
    pub ridge: f64,
    /// Share of the rows and of the numbers each tree sees.
    pub rows: f64,
    /// See `rows`.
    pub columns: f64,
}

/// Rows to learn from.
#[derive(Debug, Default)]
pub struct Table {
    /// Numbers, column by column.
    pub columns: Vec<Vec<f32>>,
    /// Answers.
    pub right: Vec<bool>,
    /// Weights.
    pub weight: Vec<f32>,
}

/// Most bins of a number.
const BINS: usize = 64;

struct Tree {
    questions: Vec<(usize, f32)>,
    leaves: Vec<f64>,
}

/// A grown forest.
pub struct Forest {
    bias: f64,
    trees: Vec<Tree>,
}

impl Forest {
    /// The log-odds of a row.
    #[must_use]
    pub fn sum(&self, numbers: &[f32]) -> f64 {
        self.trees.iter().fold(self.bias, |sum, tree| {
            let ask = |at: usize, &(k, above): &(usize, f32)| at << 1 | usize::from(numbers[k] > above);
            sum + tree.leaves[tree.questions.iter().fold(0, ask)]
        })
    }

    /// The text form the extractor reads.
    #[must_use]
    pub fn text(&self, names: &[&str]) -> String {
        let mut out = format!("{}\n{:.4}\n", names.join(" "), self.bias);
        for tree in &self.trees {
            for (k, above) in &tree.questions {
                let _ = write!(out, "{k} {above} ");
            }
            out.push('|');
            for leaf in &tree.leaves {
                let _ = write!(out, "{leaf:.3} ");
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
        out
    }
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Borders between the bins of a column, at its quantiles.
fn borders(column: &[f32]) -> Vec<f32> {
    let mut sorted = column.to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let between = |a: f32, b: f32| f32::midpoint(a, b);
    let mut out: Vec<f32> = if distinct.len() <= BINS {
        distinct.windows(2).map(|w| between(w[0], w[1])).collect()
    } else {
        (1..BINS).map(|q| sorted[q * sorted.len() / BINS]).collect()
    };
    out.dedup();
    out
}

/// Grows a forest.
#[must_use]
pub fn grow(table: &Table, plan: Plan, seed: u64) -> Forest {
    let n = table.right.len();
    let mean = table.weight.iter().map(|w| f64::from(*w)).sum::<f64>() / n.max(1) as f64;
    let weight: Vec<f64> = table.weight.iter().map(|w| f64::from(*w) / mean).collect();
    let cuts: Vec<Vec<f32>> = table.columns.iter().map(|c| borders(c)).collect();
    let bins: Vec<Vec<u8>> = (table.columns.iter().zip(&cuts))
        .map(|(column, cuts)| column.iter().map(|v| cuts.partition_point(|c| c < v) as u8).collect())
        .collect();
    let yes: f64 = (0..n).filter(|&i| table.right[i]).map(|i| weight[i]).sum::<f64>() / n.max(1) as f64;
    let bias = (yes / (1.0 - yes)).ln();
    let mut sums = vec![bias; n];
    let mut dice = Dice(seed | 1);
    let mut trees = Vec::with_capacity(plan.trees);
    for _ in 0..plan.trees {
        let seen: Vec<u32> = (0..n as u32).filter(|_| dice.roll() < plan.rows).collect();
        let asked: Vec<usize> = (0..bins.len()).filter(|_| dice.roll() < plan.columns).collect();
        let slope: Vec<(f64, f64)> = seen
            .iter()
            .map(|&i| {
                let i = i as usize;
                let p = 1.0 / (1.0 + (-sums[i]).exp());
                (weight[i] * (f64::from(u8::from(table.right[i])) - p), weight[i] * p * (1.0 - p))
            })
            .collect();
        let tree = one(&Sight { seen: &seen, slope: &slope, bins: &bins, cuts: &cuts, asked: &asked }, plan);
        let questions: Vec<(usize, u8)> = tree.1;
        for (i, sum) in sums.iter_mut().enumerate() {
            let leaf = questions.iter().fold(0, |at, &(k, b)| at << 1 | usize::from(bins[k][i] > b));
            *sum += tree.0.leaves[leaf];
        }
        trees.push(tree.0);
    }
    Forest { bias, trees }
}

struct Sight<'s> {
    seen: &'s [u32],
    slope: &'s [(f64, f64)],
    bins: &'s [Vec<u8>],
    cuts: &'s [Vec<f32>],
    asked: &'s [usize],
}

fn one(sight: &Sight<'_>, plan: Plan) -> (Tree, Vec<(usize, u8)>) {
    let mut at = vec![0u16; sight.seen.len()];
    let mut questions: Vec<(usize, u8)> = Vec::new();
    for level in 0..plan.depth {
        let Some((k, bin)) = best(sight, &at, 1 << level, plan.ridge) else { break };
        for (leaf, &i) in at.iter_mut().zip(sight.seen) {
            *leaf = *leaf << 1 | u16::from(sight.bins[k][i as usize] > bin);
        }
        questions.push((k, bin));
    }
    let mut leaves = vec![(0.0, 0.0); 1 << questions.len()];
    for (&leaf, &(g, h)) in at.iter().zip(sight.slope) {
        let slot: &mut (f64, f64) = &mut leaves[usize::from(leaf)];
        *slot = (slot.0 + g, slot.1 + h);
    }
    let leaves = leaves.into_iter().map(|(g, h)| plan.rate * g / (h + plan.ridge)).collect();
    let read = questions.iter().map(|&(k, bin)| (k, sight.cuts[k][usize::from(bin)])).collect();
    (Tree { questions: read, leaves }, questions)
}

/// The question that divides all leaves of a level best.
fn best(sight: &Sight<'_>, at: &[u16], leaves: usize, ridge: f64) -> Option<(usize, u8)> {
    let mut found = None;
    let mut most = 1e-9;
    let mut sums = vec![(0.0f64, 0.0f64); leaves * BINS];
    for &k in sight.asked {
        let last = sight.cuts[k].len();
        if last == 0 {
            continue;
        }
        sums.fill((0.0, 0.0));
        let column = &sight.bins[k];
        for ((&leaf, &i), &(g, h)) in at.iter().zip(sight.seen).zip(sight.slope) {
            let slot = &mut sums[usize::from(leaf) * BINS + usize::from(column[i as usize])];
            *slot = (slot.0 + g, slot.1 + h);
        }
        let mut gains = vec![0.0; last];
        for leaf in sums.chunks(BINS) {
            let all = leaf.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
            let whole = all.0 * all.0 / (all.1 + ridge);
            let mut left = (0.0, 0.0);
            for (gain, bin) in gains.iter_mut().zip(leaf) {
                left = (left.0 + bin.0, left.1 + bin.1);
                let right = (all.0 - left.0, all.1 - left.1);
                *gain += left.0 * left.0 / (left.1 + ridge) + right.0 * right.0 / (right.1 + ridge) - whole;
            }
        }
        for (bin, gain) in gains.into_iter().enumerate() {
            if gain > most {
                (most, found) = (gain, Some((k, bin as u8)));
            }
        }
    }
    found
}

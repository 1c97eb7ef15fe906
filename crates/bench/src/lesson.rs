//! Lessons: the lines of a page, each with the answer the page's gold gives and how much it matters.
//!
//! A line is right if most of its 4-word runs are in the known body, wrong if they are not, and does not count where
//! the gold accepts both. Its weight is its share of the body, so that a page counts as a page however long it is.

use std::collections::HashSet;

use kiosque_extract::training::Line;

use crate::corpus::{Gold, runs, squeezed, words};

/// Bodies shorter than this count as if they had so many words.
const SHORT_BODY_WORDS: usize = 80;
/// Lines shorter than this count as if they had so many words: a stray date is read, however short.
const SHORT_LINE_WORDS: usize = 6;
/// Weight of a line that holds a known segment, where no whole body is known.
const SEGMENT_WEIGHT: f32 = 0.12;

/// The answer for one line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answer {
    /// Whether the line is the article's.
    pub right: bool,
    /// How much that matters; 0 where nothing is known.
    pub weight: f32,
}

/// The answers for the lines of a page.
#[must_use]
pub fn answers(gold: &Gold, lines: &[Line]) -> Vec<Answer> {
    let bodies = gold.bodies();
    if bodies.is_empty() {
        return segments(gold, lines);
    }
    let all: Vec<Vec<bool>> = bodies.iter().map(|body| within(body, lines)).collect();
    let length = bodies.iter().map(|b| words(b).len()).max().unwrap_or(0).max(SHORT_BODY_WORDS);
    lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let votes = all.iter().filter(|body| body[i]).count();
            let known = votes == 0 || votes == all.len();
            let weight = words(&line.text).len().max(SHORT_LINE_WORDS) as f32 / length as f32;
            let counts = known && !line.standfirst;
            Answer { right: votes > 0, weight: if counts { weight.min(0.5) } else { 0.0 } }
        })
        .collect()
}

/// For each line, whether a body holds it. Of copies of one line as many as the body has, those the rules keep first.
fn within(body: &str, lines: &[Line]) -> Vec<bool> {
    let known = words(body);
    let sets: Vec<HashSet<u64>> = (1..=4).map(|n| runs(&known, n).into_iter().collect()).collect();
    let told: Vec<Vec<u64>> = lines.iter().map(|l| words(&l.text)).collect();
    let mut out: Vec<bool> = told
        .iter()
        .map(|w| {
            let all = runs(w, 4);
            let hits = all.iter().filter(|r| sets[3].contains(r)).count();
            w.len() >= 4 && 2 * hits >= all.len()
        })
        .collect();
    // A short line is the body's only beside a longer one that is.
    let long = out.clone();
    for (i, w) in told.iter().enumerate().filter(|(_, w)| (1..4).contains(&w.len())) {
        let near = (i.saturating_sub(3)..(i + 4).min(long.len())).any(|k| long[k]);
        out[i] = near && sets[w.len() - 1].contains(&runs(w, w.len())[0]);
    }
    let mut order: Vec<usize> = (0..lines.len()).filter(|&i| out[i] && told[i].len() >= 8).collect();
    order.sort_by_key(|&i| !lines[i].kept);
    let mut taken = std::collections::HashMap::new();
    for i in order {
        let n: &mut usize = taken.entry(&told[i]).or_default();
        *n += 1;
        let copies = known.windows(8).filter(|w| **w == told[i][..8]).count();
        out[i] = *n <= copies.max(1);
    }
    out
}

fn segments(gold: &Gold, lines: &[Line]) -> Vec<Answer> {
    let wanted: Vec<String> = gold.with.iter().map(|s| squeezed(s)).collect();
    let unwanted: Vec<String> = gold.without.iter().map(|s| squeezed(s)).collect();
    lines
        .iter()
        .map(|line| {
            let has = |all: &[String]| all.iter().any(|s| line.text.contains(s.as_str()));
            match (has(&wanted), has(&unwanted)) {
                (true, false) => Answer { right: true, weight: SEGMENT_WEIGHT },
                (false, true) => Answer { right: false, weight: SEGMENT_WEIGHT },
                _ => Answer::default(),
            }
        })
        .collect()
}

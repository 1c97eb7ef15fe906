//! The second look: what the first forest thought of a line's neighbours and of the boxes it stands in.
//!
//! A box is rarely half an article's. Lines judged alone are sometimes split inside one box; judged again in the light
//! of the others they hold together.

use std::ops::Range;

use super::marks::Marks;

/// The numbers' names, which follow those of the first look.
pub(crate) const NAMES: [&str; 17] = [
    "odds",
    "odds_p1",
    "odds_p2",
    "odds_p3",
    "odds_n1",
    "odds_n2",
    "odds_n3",
    "odds_parent",
    "odds_grand",
    "odds_box",
    "odds_near",
    "odds_far",
    "odds_container",
    "likely_before",
    "likely_after",
    "likely_page",
    "odds_best",
];

/// What the second look of a line needs to know of its place.
#[derive(Debug, Clone)]
pub(crate) struct Boxes {
    pub(crate) parent: Range<usize>,
    pub(crate) grandparent: Range<usize>,
    pub(crate) outer: Range<usize>,
}

/// The odds of a line nobody looked at.
pub(crate) const CLOSED: f32 = -9.0;

/// Reads the lines looked at again, given the log-odds and words of all.
pub(crate) fn read(marks: &Marks, odds: &[f32], words: &[usize]) -> Vec<[f32; NAMES.len()]> {
    let mut sums = vec![(0.0f32, 0.0f32); odds.len() + 1];
    for (i, (&o, &w)) in odds.iter().zip(words).enumerate() {
        let w = if o > CLOSED { w as f32 } else { 0.0 };
        sums[i + 1] = (sums[i].0 + w / (1.0 + (-o).exp()), sums[i].1 + w);
    }
    let likely = |range: &Range<usize>| sums[range.end].0 - sums[range.start].0;
    let share = |range: &Range<usize>| likely(range) / (sums[range.end].1 - sums[range.start].1).max(1.0);
    let whole = likely(&(0..odds.len())).max(1.0);
    let best = odds.iter().copied().fold(CLOSED, f32::max);
    let near = |i: usize, by: usize| i.saturating_sub(by)..(i + by + 1).min(odds.len());
    let at = |i: Option<usize>| i.and_then(|i| odds.get(i)).copied().unwrap_or(CLOSED);
    let container = share(&marks.container);
    let one = |(&i, boxes): (&usize, &Boxes)| {
        [
            odds[i],
            at(i.checked_sub(1)),
            at(i.checked_sub(2)),
            at(i.checked_sub(3)),
            at(Some(i + 1)),
            at(Some(i + 2)),
            at(Some(i + 3)),
            share(&boxes.parent),
            share(&boxes.grandparent),
            share(&boxes.outer),
            share(&near(i, 4)),
            share(&near(i, 15)),
            container,
            likely(&(0..i)) / whole,
            likely(&(i + 1..odds.len())) / whole,
            whole.log2(),
            best,
        ]
    };
    marks.open.iter().zip(&marks.boxes).map(one).collect()
}

//! The judge of lines: a forest of small trees that says of each line whether it is the article's.
//!
//! The hand-written rules draft a body; the judge reads what they said as evidence among other and decides. It was
//! trained on pages whose bodies are known, by `crates/bench` (`cargo run --bin train`), and measured on sites it
//! had not seen; `lines.md` beside the model is its card. Invariant: a pure function of the line's numbers.

mod again;
mod features;
mod forest;
mod lexicon;
mod looks;
mod marks;
mod places;

use std::sync::LazyLock;

use super::Scene;
pub(crate) use again::CLOSED;
#[cfg(feature = "training")]
pub(crate) use again::NAMES as SECOND_NAMES;
pub(crate) use features::{Draft, Line, NAMES, OWN};
use forest::Forest;
pub(crate) use lexicon::Lexicon;
pub(crate) use marks::Marks;

/// Numbers of both looks.
const BOTH: usize = NAMES.len() + again::NAMES.len();
/// Lines less likely than these log-odds are never taken.
const FLOOR: f32 = -2.0;

/// The trees of the first look, as the training tool wrote them.
static FIRST: LazyLock<Forest> =
    LazyLock::new(|| Forest::parse(include_str!("judge/first.model"), &NAMES).unwrap_or_default());
/// Those of the second.
static SECOND: LazyLock<Forest> = LazyLock::new(|| {
    let names: Vec<&str> = NAMES.into_iter().chain(again::NAMES).collect();
    Forest::parse(include_str!("judge/second.model"), &names).unwrap_or_default()
});
/// What names and words tell, as the training tool wrote it.
static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(include_str!("judge/lines.lexicon")).unwrap_or_default());

/// The numbers of every line of a page without the lexicon's, and the marks those are read from.
pub(crate) fn lines(scene: &Scene<'_, '_>, draft: &Draft<'_>) -> (Vec<Line>, Marks) {
    features::read(scene, draft)
}

/// Completes the numbers of lines by what a lexicon says of their marks.
pub(crate) fn complete(lines: &mut [Line], marks: &Marks, lexicon: &Lexicon) {
    let kinds: Vec<_> = marks.kinds.iter().map(|names| lexicon.element(names)).collect();
    for (line, (elements, words)) in lines.iter_mut().zip(&marks.lines) {
        let elements = elements.iter().map(|&kind| kinds[kind as usize]);
        line[OWN..].copy_from_slice(&lexicon.numbers(elements, words));
    }
}

/// The second look's numbers of the lines looked at.
pub(crate) fn second(marks: &Marks, odds: &[f32], words: &[usize]) -> Vec<[f32; again::NAMES.len()]> {
    again::read(marks, odds, words)
}

/// How many words a line counts for.
pub(crate) fn words(text: &str) -> usize {
    text.split(' ').count()
}

/// The lines that are the article's, or nothing where there is no model.
pub(crate) fn judged(scene: &Scene<'_, '_>, mut lines: Vec<Line>, marks: &Marks) -> Option<Vec<usize>> {
    if SECOND.is_empty() {
        return None;
    }
    complete(&mut lines, marks, &LEXICON);
    let words: Vec<usize> = scene.blocks.list.iter().map(|block| words(&block.text)).collect();
    let mut odds = vec![CLOSED; words.len()];
    for (&i, first) in marks.open.iter().zip(FIRST.sums(&lines)) {
        odds[i] = first;
    }
    let again = second(marks, &odds, &words);
    let both = |(line, again): (&Line, &[f32; again::NAMES.len()])| {
        let mut both = [0.0; BOTH];
        both[..NAMES.len()].copy_from_slice(line);
        both[NAMES.len()..].copy_from_slice(again);
        both
    };
    let both: Vec<[f32; BOTH]> = lines.iter().zip(&again).map(both).collect();
    for (&i, last) in marks.open.iter().zip(SECOND.sums(&both)) {
        odds[i] = last;
    }
    Some(most_likely(&odds.into_iter().zip(words).collect::<Vec<_>>()))
}

/// The set of lines whose expected F1, counted in words, is highest, given each line's log-odds and words: lines are
/// taken by falling odds while that raises it. On a page where much is doubtful, more is let in (after Jansche,
/// "A maximum expected utility framework for binary sequence labeling", 2007).
pub(crate) fn most_likely(lines: &[(f32, usize)]) -> Vec<usize> {
    let chance = |odds: f32| f64::from(1.0 / (1.0 + (-odds).exp()));
    let wanted: f64 = lines.iter().map(|(odds, words)| chance(*odds) * *words as f64).sum();
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|&a, &b| lines[b].0.total_cmp(&lines[a].0));
    let (mut hit, mut told, mut best, mut taken) = (0.0, 0.0, 0.0, 0);
    for (n, &i) in order.iter().enumerate() {
        hit += chance(lines[i].0) * lines[i].1 as f64;
        told += lines[i].1 as f64;
        let score = 2.0 * hit / (told + wanted);
        if score > best {
            (best, taken) = (score, n + 1);
        }
    }
    order.truncate(taken);
    order.retain(|&i| lines[i].0 > FLOOR);
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_likely_and_on_doubtful_pages_what_is_likeliest() {
        assert_eq!(most_likely(&[(4.0, 50), (-3.0, 50), (3.0, 20), (-0.3, 5)]), [0, 2]);
        assert_eq!(most_likely(&[(-0.6, 50), (-0.5, 50), (-4.0, 20)]), [0, 1]);
        assert_eq!(most_likely(&[(-4.0, 50), (-5.0, 50)]), [0usize; 0]);
    }
}

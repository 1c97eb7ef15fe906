//! The judge of lines: a forest of small trees that says of each line whether it is the article's.
//!
//! The hand-written rules draft a body; the judge reads what they said as evidence among other and decides. It was
//! trained on pages whose bodies are known, by `crates/bench` (`cargo run --bin train`), and measured on sites it
//! had not seen; `lines.md` beside the model is its card. Invariant: a pure function of the line's numbers.

mod features;
mod forest;
mod looks;
mod places;

use super::Scene;
#[cfg(feature = "training")]
pub(crate) use features::NAMES;
pub(crate) use features::{Draft, Line};
use forest::Forest;

/// The trees, as the training tool wrote them.
static LINES: std::sync::LazyLock<Forest> =
    std::sync::LazyLock::new(|| Forest::parse(include_str!("judge/lines.model")).unwrap_or_default());

/// The numbers of every line of a page.
pub(crate) fn lines(scene: &Scene<'_, '_>, draft: &Draft<'_>) -> Vec<Line> {
    features::read(scene, draft)
}

/// For each line, the log-odds that it is the article's; nothing where there is no model.
pub(crate) fn odds(lines: &[Line]) -> Option<Vec<f32>> {
    let forest = &*LINES;
    (!forest.is_empty()).then(|| lines.iter().map(|line| forest.sum(line)).collect())
}

//! What the tool that trains the judge of lines sees of a page: its lines as numbers, with what the rules say of them.
//!
//! Behind the feature `training`, for `crates/bench` alone. Invariant: the numbers are those `extract` judges by.

use kiosque_model::Page;

use crate::ExtractError;
use crate::body::{self, Scene};

/// One line of a page.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Its numbers, in the order of [`names`].
    pub numbers: Vec<f32>,
    /// Whether the hand-written rules keep it.
    pub kept: bool,
    /// Whether the rules print it as the standfirst, whatever the judge says.
    pub standfirst: bool,
}

/// The names of the numbers.
#[must_use]
pub fn names() -> &'static [&'static str] {
    &body::judge::NAMES
}

/// The lines of a page in order.
///
/// # Errors
/// As [`extract`](crate::extract).
pub fn read(page: &Page) -> Result<Vec<Line>, ExtractError> {
    crate::article::lesson(page)
}

pub(crate) fn lines(scene: &Scene<'_, '_>) -> Vec<Line> {
    let drafted = body::draft(scene);
    let standfirst = body::by_rules(scene, &drafted).standfirst;
    let numbers = body::numbers(scene, &drafted);
    let texts = scene.blocks.list.iter().map(|block| block.text.clone());
    texts
        .zip(numbers)
        .enumerate()
        .map(|(i, (text, numbers))| Line {
            text,
            numbers: numbers.to_vec(),
            kept: drafted.kept[i],
            standfirst: standfirst.contains(&i),
        })
        .collect()
}

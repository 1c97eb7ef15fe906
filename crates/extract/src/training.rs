//! What the tool that trains the judge of lines sees of a page: its lines as numbers, with what the rules say of them.
//!
//! Behind the feature `training`, for `crates/bench` alone. Invariant: the numbers are those `extract` judges by.

use kiosque_model::Page;

use crate::ExtractError;
use crate::body::{self, Scene, judge};

/// One line of a page.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Whether the hand-written rules keep it.
    pub kept: bool,
    /// Whether the rules print it as the standfirst, whatever the judge says.
    pub standfirst: bool,
    /// Whether it is looked at; the others are never the article's.
    pub open: bool,
    /// Hashes of the names of the elements around it, each element apart, nearest first.
    pub names: Vec<Vec<u32>>,
    /// Hashes of the words it opens with.
    pub words: Vec<u32>,
}

/// A page's lines with their numbers.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The lines, in order.
    pub lines: Vec<Line>,
    numbers: Vec<judge::Line>,
    marks: judge::Marks,
}

/// What names and words tell, to be tried.
#[derive(Debug, Default)]
pub struct Lexicon(judge::Lexicon);

impl Lexicon {
    /// Reads the text form that the model has, too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        judge::Lexicon::parse(text).map(Self)
    }
}

impl Sheet {
    /// The numbers of each line in the order of [`names`], read with a lexicon; nothing for a line not looked at.
    #[must_use]
    pub fn numbers(&self, lexicon: &Lexicon) -> Vec<Vec<f32>> {
        let mut lines = self.numbers.clone();
        judge::complete(&mut lines, &self.marks, &lexicon.0);
        self.spread(lines.iter().map(|line| line.to_vec()))
    }

    fn spread(&self, rows: impl Iterator<Item = Vec<f32>>) -> Vec<Vec<f32>> {
        let mut out = vec![Vec::new(); self.lines.len()];
        self.marks.open.iter().zip(rows).for_each(|(&i, row)| out[i] = row);
        out
    }

    /// The numbers of the second look, in the order of [`second_names`], given the log-odds of the first.
    #[must_use]
    pub fn second(&self, odds: &[f32]) -> Vec<Vec<f32>> {
        let words: Vec<usize> = self.lines.iter().map(|l| judge::words(&l.text)).collect();
        self.spread(judge::second(&self.marks, odds, &words).iter().map(|line| line.to_vec()))
    }
}

/// Which of the lines repeat others or the standfirst, so that they are left out.
#[must_use]
pub fn echoes(standfirst: &[&str], lines: &[&str]) -> Vec<bool> {
    body::echo::echoes(standfirst, lines)
}

/// Which lines are taken, given each line's log-odds and words.
#[must_use]
pub fn taken(lines: &[(f32, usize)]) -> Vec<usize> {
    judge::most_likely(lines)
}

/// The log-odds of a line not looked at.
pub const CLOSED: f32 = judge::CLOSED;

/// The names of the numbers.
#[must_use]
pub fn names() -> &'static [&'static str] {
    &judge::NAMES
}

/// The names of the second look's own numbers, which follow those of the first.
#[must_use]
pub fn second_names() -> &'static [&'static str] {
    &judge::SECOND_NAMES
}

/// How many words a line counts for.
#[must_use]
pub fn words(text: &str) -> usize {
    judge::words(text)
}

/// The lines of a page in order.
///
/// # Errors
/// As [`extract`](crate::extract).
pub fn read(page: &Page) -> Result<Sheet, ExtractError> {
    crate::article::lesson(page)
}

pub(crate) fn sheet(scene: &Scene<'_, '_>) -> Sheet {
    let drafted = body::draft(scene);
    let standfirst = body::by_rules(scene, &drafted).standfirst;
    let (numbers, marks) = body::numbers(scene, &drafted);
    let mut lines: Vec<Line> = (0..scene.blocks.list.len())
        .map(|i| Line {
            text: scene.blocks.list[i].text.clone(),
            kept: drafted.kept[i],
            standfirst: standfirst.contains(&i),
            open: false,
            names: Vec::new(),
            words: Vec::new(),
        })
        .collect();
    for (&i, (kinds, words)) in marks.open.iter().zip(&marks.lines) {
        lines[i].open = true;
        lines[i].names = kinds.iter().map(|&kind| marks.kinds[kind as usize].clone()).collect();
        lines[i].words.clone_from(words);
    }
    Sheet { lines, numbers, marks }
}

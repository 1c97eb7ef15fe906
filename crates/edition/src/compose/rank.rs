//! The ranking formula, in one place and in the open; docs/editors.md publishes it and every edition carries it.
//!
//! A story's score is
//!
//! ```text
//! score = 4·C + 1·D + 2·T + 1·R + 1·P + 1·W + 0.5·L − 1·O
//! C = √(i + r/2)       i: outlets that wrote their own text, r: outlets that only printed another's
//! D = √(n − i)         n: own texts in all, so how often outlets came back to it
//! T = (4 − t)/3        t: the best tier among its outlets, 1 (leading) to 3 (small)
//! R = h/H              h: whole hours of the window before its latest own text, H: hours of the window; 1/2 where
//!                      no hour was printed
//! P = min(w, 600)/600  w: words of its headline article, the room the paper gave it
//! W = 1 where an article of it is on a watchlist, else 0
//! L = 1 where it is told in more than one language, else 0
//! O = 1 where its headline article is opinion, else 0
//! ```
//!
//! each part rounded to three decimals; the weights are the pipeline's to change. Coverage leads because what several
//! newsrooms chose independently is what the day was about; a dispatch printed twenty times was chosen once, so a
//! reprint counts half. Depth says the same of one newsroom: what it gives five texts of its own it holds for the day's
//! matter. The square root makes the tenth outlet add less than the second, and IEEE 754 rounds it alike
//! on every machine, which a logarithm is not promised to: the same store must give the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use kiosque_model::{Formula, Published, StoryArticle, Window};

use super::members::Members;
use super::watch;
use crate::spec::{EditionSpec, RankWeights};

/// Words from which an article is as prominent as can be.
pub(super) const FULL_LENGTH_WORDS: usize = 600;

/// The formula with its weights, as the edition carries it.
pub(super) fn formula(weights: &RankWeights) -> Formula {
    Formula {
        name: "Classement".to_owned(),
        text: "score = coverage·√(i + r/2) + depth·√(n − i) + reach·(4 − t)/3 + recency·h/H + prominence·min(w, 600)/600 + \
               watchlist·W + languages·L + opinion·O ; i : titres au texte propre, r : titres qui reprennent, \
               n : textes propres, t : meilleur rang, h/H : part de la période écoulée au dernier texte, w : mots de l’article de tête, \
               W : en veille, L : plusieurs langues, O : opinion"
            .to_owned(),
        weights: weights.by_name(),
    }
}

/// The parts of a story's score, by the names of their weights.
pub(super) fn parts(members: &Members<'_>, window: Window, spec: &EditionSpec) -> BTreeMap<String, f64> {
    let weights = &spec.ranking;
    let own: BTreeSet<_> = members.roots().map(|a| &a.tagged.article.source).collect();
    let all: BTreeSet<_> = members.all.iter().map(|a| &a.tagged.article.source).collect();
    let coverage = (small(own.len()) + small(all.len() - own.len()) / 2.0).sqrt();

    let depth = small(members.roots().count() - own.len()).sqrt();

    let tier = members.all.iter().map(|a| a.source_tier.clamp(1, 3)).min().unwrap_or(3);
    let reach = (4.0 - f64::from(tier)) / 3.0;

    let hours = members.roots().filter_map(|a| hour(a, window)).max();
    let length = hours_between(window.from, window.until).max(1);
    let recency = hours.map_or(0.5, |hour| small(hour.min(length)) / small(length));

    let head = &members.headline.tagged.article;
    let words = head.text.split_whitespace().take(FULL_LENGTH_WORDS).count();
    let prominence = small(words) / small(FULL_LENGTH_WORDS);

    let languages: BTreeSet<_> = members.all.iter().filter_map(|a| a.tagged.language.as_ref()).collect();
    let told = |yes: bool| if yes { 1.0 } else { 0.0 };
    [
        ("coverage", weights.coverage * coverage),
        ("depth", weights.depth * depth),
        ("reach", weights.reach * reach),
        ("recency", weights.recency * recency),
        ("prominence", weights.prominence * prominence),
        ("watchlist", weights.watchlist * told(!watch::of_story(members).is_empty())),
        ("languages", weights.languages * told(languages.len() > 1)),
        ("opinion", weights.opinion * told(head.opinion)),
    ]
    .into_iter()
    // A part that says nothing is not listed.
    .filter(|(_, part)| *part != 0.0)
    .map(|(name, part)| (name.to_owned(), rounded(part)))
    .collect()
}

/// To three decimals.
pub(super) fn rounded(score: f64) -> f64 {
    (score * 1000.0).round() / 1000.0
}

/// The whole hours of the window that had passed when an article came out, where its page printed an hour.
fn hour(article: &StoryArticle, window: Window) -> Option<usize> {
    let Some(Published::Moment(at, _)) = article.tagged.article.published else { return None };
    Some(hours_between(window.from, at))
}

fn hours_between(from: jiff::Timestamp, until: jiff::Timestamp) -> usize {
    usize::try_from(until.duration_since(from).as_hours()).unwrap_or(0)
}

/// A count as a number to calculate with: counts of a day's press are far below 2³².
pub(super) fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

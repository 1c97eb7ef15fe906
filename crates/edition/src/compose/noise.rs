//! The noise index: how loudly the press spoke of a story, by a formula anyone can check.
//!
//! ```text
//! N = Σ over articles of  w · c · (1 − l + l·P)
//! w: the weight of the outlet, by tier (tier1, tier2, tier3) or its own
//! c: 1 for an own text, `copy` for a copy
//! l: `length`; P = min(words, 600)/600, the room the article was given
//! ```
//!
//! rounded to one decimal. Audience panels measure exposure; this measures coverage, from the articles alone, and is
//! named nothing else. A house that knows audiences puts them in as weights of single outlets.

use kiosque_model::{Formula, StoryArticle};

use super::members::Members;
use super::rank::{FULL_LENGTH_WORDS, small};
use crate::spec::NoiseWeights;

/// The formula with its weights, as the edition carries it.
pub(super) fn formula(weights: &NoiseWeights) -> Formula {
    Formula {
        name: "Indice de bruit".to_owned(),
        text: "N = Σ w·c·(1 − length + length·P) ; w = tier1, tier2 ou tier3 selon le rang du titre, ou son poids \
               propre ; c = 1, ou copy pour une reprise ; P = min(mots, 600)/600"
            .to_owned(),
        weights: weights.by_name(),
    }
}

/// The noise of all articles of a story.
pub(super) fn of_story(members: &Members<'_>, weights: &NoiseWeights) -> f64 {
    rounded(members.all.iter().map(|article| of_article(article, weights)).sum())
}

/// The noise of one article, not rounded.
pub(super) fn of_article(article: &StoryArticle, weights: &NoiseWeights) -> f64 {
    let of = &article.tagged.article;
    let tier = usize::from(article.source_tier.clamp(1, 3)) - 1;
    let weight = weights.outlets.get(&of.source.0).copied().unwrap_or(weights.tier[tier]);
    let copied = if article.copy_of.is_some() { weights.copy } else { 1.0 };
    let words = of.text.split_whitespace().take(FULL_LENGTH_WORDS).count();
    let room = small(words) / small(FULL_LENGTH_WORDS);
    weight * copied * (1.0 - weights.length + weights.length * room)
}

/// To one decimal.
pub(super) fn rounded(noise: f64) -> f64 {
    (noise * 10.0).round() / 10.0
}

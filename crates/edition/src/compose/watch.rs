//! The watchlists a day's stories met, and how much of its noise each one made.

use std::collections::{BTreeMap, BTreeSet};

use kiosque_model::{EditionItem, Story, StoryArticle, WatchlistHits};

use super::Placed;
use super::coverage::percent;
use super::members::{Members, is_press};
use super::noise;
use super::text::plain;
use crate::spec::NoiseWeights;

/// The lists an editor's rules put an article on, each once, by name.
pub(super) fn of_article(article: &StoryArticle) -> BTreeSet<String> {
    article.tagged.placements.iter().filter_map(|p| p.watchlist.as_deref()).map(plain).collect()
}

/// The lists that met an article of a story, by name.
pub(super) fn of_story(members: &Members<'_>) -> BTreeSet<String> {
    members.all.iter().flat_map(|article| of_article(article)).collect()
}

/// What all the press of the window adds up to by the noise index, whatever an edition asks for of it.
pub(super) fn noise_of(stories: &[Story], weights: &NoiseWeights) -> f64 {
    let articles = stories.iter().flat_map(|story| &story.articles).filter(|article| is_press(article));
    articles.map(|article| noise::of_article(article, weights)).sum()
}

/// Every list the shown stories met: the one with the most articles first, then by name. `noise` is that of the whole
/// window.
pub(super) fn hits<'a>(
    shown: impl Iterator<Item = (&'a EditionItem, &'a Placed<'a>)>,
    noise: f64,
    weights: &NoiseWeights,
) -> Vec<WatchlistHits> {
    let mut found: BTreeMap<String, WatchlistHits> = BTreeMap::new();
    for (item, story) in shown {
        for article in &story.members.all {
            for name in of_article(article) {
                let of_it = found.entry(name.clone()).or_insert_with(|| WatchlistHits {
                    name,
                    items: Vec::new(),
                    articles: 0,
                    noise: 0.0,
                    percent: 0.0,
                });
                if of_it.items.last() != Some(&item.number) {
                    of_it.items.push(item.number);
                }
                of_it.articles += 1;
                of_it.noise += noise::of_article(article, weights);
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    for of_it in &mut found {
        of_it.percent = percent(of_it.noise, noise);
        of_it.noise = noise::rounded(of_it.noise);
    }
    found.sort_by_key(|of_it| std::cmp::Reverse(of_it.articles));
    found
}

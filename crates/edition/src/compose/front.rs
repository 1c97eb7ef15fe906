//! The front page: the best stories of the day, from more than one house and more than one rubrique.
//!
//! Stories are taken one by one, each time the one with the highest
//!
//! ```text
//! score × weight of its rubrique × 0.85^(stories of its source already taken) × 0.9^(of its rubrique)
//! ```
//!
//! A source that already has its share ([`EditionSpec::max_share_of_source`]) waits until no other has a story
//! left; a rubrique keeps as many as it needs ([`crate::RubriqueSpec::min_items`]). A thin day puts at most half of its stories on the front page, so that
//! the rubriques do not stand empty.

use std::collections::BTreeMap;

use super::Placed;
use crate::spec::EditionSpec;

/// Takes the front page out of `stories` (best first) and returns it, most important first.
pub(super) fn take_front<'a>(stories: &mut Vec<Placed<'a>>, spec: &EditionSpec) -> Vec<Placed<'a>> {
    let room = spec.front_items.min(stories.len().div_ceil(2));
    let share = (room as f64 * spec.max_share_of_source.clamp(0.0, 1.0)).ceil() as usize;
    let mut taken: Vec<Placed<'a>> = Vec::with_capacity(room);
    let mut sources: BTreeMap<String, usize> = BTreeMap::new();
    while taken.len() < room {
        let worth = |story: &Placed<'_>| {
            let same_source = sources.get(story.source()).copied().unwrap_or(0);
            let same_rubrique = taken.iter().filter(|t| t.rubrique == story.rubrique).count();
            story.score * story.front_weight * power(0.85, same_source) * power(0.9, same_rubrique)
        };
        let waits = |story: &Placed<'_>| sources.get(story.source()).is_some_and(|n| *n >= share.max(1));
        // A rubrique keeps the stories it needs for itself.
        let kept = |story: &Placed<'_>| {
            let least = spec.rubrique(story.rubrique).map_or(0, |r| r.min_items);
            least > 0 && stories.iter().filter(|s| s.rubrique == story.rubrique).count() <= least
        };
        // `stories` is in order of score, then id; of equals the first is kept, so the result has one order.
        let next = stories
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, story)| !kept(story))
            .max_by(|(_, a), (_, b)| waits(b).cmp(&waits(a)).then(worth(a).total_cmp(&worth(b))));
        let Some((at, _)) = next else { break };
        let story = stories.remove(at);
        *sources.entry(story.source().to_owned()).or_default() += 1;
        taken.push(story);
    }
    taken
}

/// Repeated multiplication: exact order of roundings, hence the same bits everywhere.
fn power(base: f64, times: usize) -> f64 {
    (0..times).fold(1.0, |product, _| product * base)
}

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

use super::{Placed, order};
use crate::spec::EditionSpec;

/// Takes the front page out of `stories` (best first) and returns it, most important first.
///
/// What an editor put there is there, however many that are; what an editor took off is not. The rest of the room is
/// filled by the formula.
pub(super) fn take_front<'a>(stories: &mut Vec<Placed<'a>>, spec: &EditionSpec) -> Vec<Placed<'a>> {
    let room = spec.front_items.min(stories.len().div_ceil(2));
    let share = (room as f64 * spec.max_share_of_source.clamp(0.0, 1.0)).ceil() as usize;
    let mut chosen = take_chosen(stories);
    let mut taken: Vec<Placed<'a>> = Vec::with_capacity(room);
    while taken.len() + chosen.len() < room {
        let on_front = || taken.iter().chain(&chosen);
        let of_source = |source: &str| on_front().filter(|t| t.source() == source).count();
        let worth = |story: &Placed<'_>| {
            let same_rubrique = on_front().filter(|t| t.rubrique == story.rubrique).count();
            let same_source = of_source(story.source());
            story.score * story.front_weight * power(0.85, same_source) * power(0.9, same_rubrique)
        };
        let waits = |story: &Placed<'_>| of_source(story.source()) >= share.max(1);
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
            .filter(|(_, story)| story.wishes.front != Some(false) && !kept(story))
            .max_by(|(_, a), (_, b)| waits(b).cmp(&waits(a)).then(worth(a).total_cmp(&worth(b))));
        let Some((at, _)) = next else { break };
        taken.push(stories.remove(at));
    }
    // What was moved here stands where its score puts it, what was pinned at its place.
    let (pinned, moved): (Vec<_>, Vec<_>) = chosen.drain(..).partition(|s| s.wishes.position.is_some());
    for story in moved {
        let at = taken.iter().position(|other| other.score < story.score).unwrap_or(taken.len());
        taken.insert(at, story);
    }
    taken.extend(pinned);
    order::in_places(taken, |story| story.wishes.position)
}

/// The stories an editor put on the front page.
fn take_chosen<'a>(stories: &mut Vec<Placed<'a>>) -> Vec<Placed<'a>> {
    let (chosen, rest) = stories.drain(..).partition(|story| story.wishes.front == Some(true));
    *stories = rest;
    chosen
}

/// Repeated multiplication: exact order of roundings, hence the same bits everywhere.
fn power(base: f64, times: usize) -> f64 {
    (0..times).fold(1.0, |product, _| product * base)
}

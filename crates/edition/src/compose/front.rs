//! The front page: the best stories of the day, from more than one house and more than one rubrique.
//!
//! Stories are taken one by one, each time the one with the highest
//!
//! ```text
//! score × weight of its rubrique × 0.85^(stories of its source already taken) × 0.9^(of its rubrique)
//! ```
//!
//! The weight of a rubrique, where it is below 1, is asked in full of what one source tells alone; where `i` tell it in
//! their own words it is `1 − (1 − weight)/i`: the more houses put a storm before their readers, the less it is a bulletin.
//!
//! A source that already has its share ([`EditionSpec::max_share_of_source`]) waits until no other has a story
//! left. What several sources tell in their own words is no single source's story: it waits for none, and counts as one
//! of whichever of them has the least on the page. Else the event of the day would wait behind what a small title
//! alone tells, only because the same house wrote at greatest length again. A rubrique keeps as many as it needs ([`crate::RubriqueSpec::min_items`]). A thin day puts half of its stories, rounded up, on the front page, so that
//! the rubriques do not stand empty.

use std::collections::BTreeSet;

use super::rank::small;
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
        let same_source = |story: &Placed<'_>| story.tellers().map(of_source).min().unwrap_or(0);
        let weight = |story: &Placed<'_>| {
            let tellers: BTreeSet<&str> = story.tellers().collect();
            1.0 - (1.0 - story.front_weight) / small(tellers.len())
        };
        let worth = |story: &Placed<'_>| {
            let same_rubrique = on_front().filter(|t| t.section == story.section).count();
            story.score * weight(story) * power(0.85, same_source(story)) * power(0.9, same_rubrique)
        };
        let one_house = |story: &Placed<'_>| story.tellers().all(|source| source == story.source());
        let waits = |story: &Placed<'_>| one_house(story) && of_source(story.source()) >= share.max(1);
        // A rubrique keeps the stories it needs for itself.
        let kept = |story: &Placed<'_>| {
            let least = spec.rubriques[story.section].min_items;
            least > 0 && stories.iter().filter(|s| s.section == story.section).count() <= least
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

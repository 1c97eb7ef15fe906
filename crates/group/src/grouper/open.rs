//! The articles whose place may still change: how they go into the window and out of it.

use jiff::{SignedDuration, Timestamp};
use kiosque_model::{ArticleId, StoryId};

use super::remembered::Remembered;
use super::{Grouper, Reading, id_hash};
use crate::item::{Item, Placement};
use crate::sketch::Sketch;

/// Where an article stands in the order of publication.
pub(super) type Key = (Timestamp, ArticleId);

pub(super) fn key_of(item: &Item, bare_day: bool) -> Key {
    let late = if bare_day { SignedDuration::from_hours(24) } else { SignedDuration::ZERO };
    (item.at.saturating_add(late).unwrap_or(item.at), item.id.clone())
}

/// An article whose place may still change.
#[derive(Debug)]
pub(super) struct Open {
    /// Without its texts: what was read of them stands in the window.
    pub(super) item: Item,
    pub(super) bare_day: bool,
    pub(super) sketch: Sketch,
    /// The minute it was first met, counted from 1970.
    pub(super) minute: i64,
    pub(super) because: String,
    /// Its number among the open ones.
    pub(super) number: u32,
    /// What it was placed by, where nothing else decided.
    pub(super) remembered: Option<Remembered>,
    /// Where it stands, as far as that has been told.
    pub(super) told: Option<Placement>,
    /// A story that it showed to be the same as its own, joined when it settles.
    pub(super) held: Option<StoryId>,
}

/// An article to be put among the open ones, without its texts.
pub(super) struct Came {
    pub(super) item: Item,
    pub(super) bare_day: bool,
    pub(super) minute: i64,
    pub(super) told: Option<Placement>,
}

impl Grouper {
    /// Takes out what was open of an article, and says where it was told to stand.
    pub(super) fn take_back(&mut self, id: &ArticleId) -> Option<Placement> {
        let key = self.settling.open.keys().find(|key| key.1 == *id).cloned()?;
        let open = self.settling.open.remove(&key)?;
        self.take_out(&open);
        self.settling.stir(key);
        open.told
    }

    /// Takes an open article out of the window; `None` where its day has been forgotten.
    pub(super) fn take_out(&mut self, open: &Open) -> Option<Reading> {
        let place = self.by_id.get(&id_hash(&open.item.id)).copied()?;
        let entry = self.days.take_whole(place, &open.sketch)?;
        self.settling.near.remove(open.number, &open.sketch, &entry.terms);
        self.let_go(place, &entry);
        let sketch = open.sketch.clone();
        Some(Reading { text_hash: entry.text_hash, source: entry.source, sketch, terms: entry.terms })
    }

    /// Places an open article; whether others were moved by it.
    pub(super) fn put_in(&mut self, came: Came, reading: Reading, before: Option<Remembered>) -> bool {
        let Came { item, bare_day, minute, told } = came;
        let remembered =
            (!self.copies.contains_key(&id_hash(&item.id))).then(|| self.judge_open(&item, &reading, before));
        let judged =
            remembered.as_ref().map_or_else(|| self.stay_with_copies(&item), |r| r.placement().clone());
        let (placement, held) = self.hold_back(judged);
        let (sketch, terms) = (reading.sketch.clone(), reading.terms.clone());
        self.keep(&item, reading, &placement, true);
        let joins = !placement.absorbed.is_empty();
        self.settling.joins |= joins;
        if let Some(place) = self.by_id.get(&id_hash(&item.id)).copied() {
            let number = self.settling.near.insert(place, &sketch, &terms);
            let because = placement.because;
            let open = Open { item, bare_day, sketch, minute, because, number, remembered, told, held };
            self.settling.open.insert(key_of(&open.item, bare_day), open);
        } else {
            let told = Placement { absorbed: Vec::new(), ..placement };
            self.settling.changes.placed.insert(item.id, told);
        }
        joins
    }

    /// Joins no two settled stories yet; an open one goes into a settled one.
    fn hold_back(&self, mut placement: Placement) -> (Placement, Option<StoryId>) {
        let settled = |story: &StoryId| {
            self.members(id_hash(story)).iter().any(|p| self.days.get(*p).is_some_and(|e| !e.open))
        };
        match placement.absorbed.first().cloned() {
            Some(other) if settled(&other) && settled(&placement.story) => {
                placement.absorbed.clear();
                (placement, Some(other))
            }
            Some(other) if settled(&other) => {
                placement.absorbed = vec![std::mem::replace(&mut placement.story, other)];
                (placement, None)
            }
            _ => (placement, None),
        }
    }
}

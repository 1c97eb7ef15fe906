//! Places the articles of the last minutes as one set, whatever order they came in.
//!
//! An article that arrives is placed at once, so that it is seen at once, but stays *open*: [`Grouper::settle`]
//! takes all open articles out of the window and places them anew in order of publication, then id. What is open
//! is told by the minute an article was first met, which it carries with it, and by no clock. So the groups after
//! settling follow from the settled window and from the set of open articles, not from which came first; and as
//! both are in the store, a restart changes nothing.
//!
//! Stories of settled articles are joined only when the article that joins them settles: nothing has to be undone.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kiosque_model::{ArticleId, PageId, StoryId};

use super::{Grouper, Reading, id_hash};
use crate::item::{Item, Placement};
use crate::sketch::Sketch;

/// Least minutes an article stays open, longer than partitions of a bus run apart; so many minutes settle at once, for
/// all that stays open is placed anew then.
const OPEN_MINUTES: i64 = 5;
/// Above so many open articles whole minutes settle early, oldest first; the newest minute stays open always.
const OPEN_ARTICLES: usize = 256;

/// When an article came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When this state of it was fetched.
    pub fetched: Timestamp,
    /// When it was first fetched: the same moment, or this is a new text of it.
    pub met: Timestamp,
    /// Whether its date says no more than the day: it is then placed behind all others of that day, for nothing
    /// says that it came before them.
    pub bare_day: bool,
}

/// Where an article stands in the order of publication.
type Key = (Timestamp, ArticleId);

fn key_of(item: &Item, bare_day: bool) -> Key {
    let late = if bare_day { SignedDuration::from_hours(24) } else { SignedDuration::ZERO };
    (item.at.saturating_add(late).unwrap_or(item.at), item.id.clone())
}

/// An article whose place may still change.
#[derive(Debug)]
struct Open {
    /// Without its texts: what was read of them stands in the window.
    item: Item,
    bare_day: bool,
    sketch: Sketch,
    /// The minute it was first met, counted from 1970.
    minute: i64,
    because: String,
    /// Where it stands, as far as that has been told.
    told: Option<Placement>,
    /// A story that it showed to be the same as its own, joined when it settles.
    held: Option<StoryId>,
}

/// What is open, and what has changed since it was last asked.
#[derive(Debug, Default)]
pub(super) struct Settling {
    open: BTreeMap<Key, Open>,
    /// The first minute whose articles are open.
    since: i64,
    newest: i64,
    /// New texts of settled articles, and articles that came when their minute had settled.
    late: BTreeMap<Key, Item>,
    /// The first article, in order of publication, from which on what is open must be placed anew.
    stirred: Option<Key>,
    /// Whether an open article has joined stories, and so moved some published before it.
    joins: bool,
    changes: Changes,
}

/// What has changed in the window; to be applied in this order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Stories that were joined: all articles of the second belong to the first.
    pub joined: Vec<(StoryId, StoryId)>,
    /// Articles and where they stand now.
    pub placed: BTreeMap<ArticleId, Placement>,
}

impl Settling {
    fn stir(&mut self, from: Key) {
        self.stirred = Some(self.stirred.take().map_or(from.clone(), |before| before.min(from)));
    }

    /// What has settled is not what it was when the open articles were placed.
    pub(super) fn stir_all(&mut self) {
        self.stirred = Some((Timestamp::MIN, PageId(String::new())));
    }
}

impl Changes {
    fn join(&mut self, into: &StoryId, from: &StoryId) {
        for placement in self.placed.values_mut().filter(|placement| placement.story == *from) {
            placement.story = into.clone();
        }
        self.joined.push((into.clone(), from.clone()));
    }
}

fn minute_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

impl Grouper {
    /// Takes in an article, or its new text. Where it stands is told by [`Grouper::changes`]: at once for an open
    /// article, after the next [`Grouper::settle`] for one that comes late.
    pub fn arrive(&mut self, item: &Item, arrival: Arrival) {
        let (minute, now) = (minute_of(arrival.met), minute_of(arrival.fetched));
        if now > self.settling.newest {
            self.advance(now);
        }
        let reading = self.read(item);
        let known = self.by_id.get(&id_hash(&item.id)).and_then(|place| self.days.get(*place));
        if known.is_some_and(|known| known.text_hash == reading.text_hash && known.at == item.at) {
            return;
        }
        if let Some(known) = known.filter(|known| !known.open && known.text_hash == reading.text_hash) {
            // Only its date is another: it stays where it is.
            let stands = self.placement(known.copy_of.clone(), known.story, String::new());
            self.restore(item, &stands);
            self.settling.stir_all();
            return;
        }
        if minute < self.settling.since || known.is_some_and(|known| !known.open) {
            self.settling.late.insert(key_of(item, arrival.bare_day), item.clone());
            return;
        }
        let key = key_of(item, arrival.bare_day);
        let before =
            self.settling.open.iter().find(|(_, open)| open.item.id == item.id).map(|(key, _)| key.clone());
        let before = before.and_then(|key| self.settling.open.remove_entry(&key));
        let told = before.and_then(|(key, open)| {
            self.take_out(&open);
            self.settling.stir(key);
            open.told
        });
        self.settling.stir(key.clone());
        let item = Item { title: String::new(), text: String::new(), ..item.clone() };
        let joins = self.put_in((item, arrival.bare_day), reading, (minute, told));
        if joins {
            self.note_all();
        } else {
            self.note(&key);
        }
    }

    /// Places what is open in order of publication, whatever order it came in; and before it what came late.
    pub fn settle(&mut self) {
        let moved = self.settling.joins && self.settling.stirred.is_some();
        if moved || !self.settling.late.is_empty() {
            self.settling.stir_all();
        }
        // What was published before the first that came is placed as it would be again.
        let Some(from) = self.settling.stirred.take() else { return };
        let opens = self.settling.open.split_off(&from);
        self.settling.joins &= !self.settling.open.is_empty();
        let read: Vec<Option<Reading>> = opens.values().map(|open| self.take_out(open)).collect();
        for item in std::mem::take(&mut self.settling.late).into_values() {
            let placement = self.place(&item);
            for absorbed in &placement.absorbed {
                self.settling.changes.join(&placement.story, absorbed);
            }
            self.settling.changes.placed.insert(item.id, Placement { absorbed: Vec::new(), ..placement });
        }
        for (open, reading) in opens.into_values().zip(read) {
            // Without a reading its day has been forgotten: it stays where it was told to be.
            if let Some(reading) = reading {
                self.put_in((open.item, open.bare_day), reading, (open.minute, open.told));
            }
        }
        self.note_all();
    }

    /// Whether something came that is only placed by [`Grouper::settle`].
    #[must_use]
    pub fn has_late(&self) -> bool {
        !self.settling.late.is_empty()
    }

    /// Whether [`Grouper::changes`] has anything to tell.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.settling.changes != Changes::default()
    }

    /// What has changed since this was last asked.
    pub fn changes(&mut self) -> Changes {
        std::mem::take(&mut self.settling.changes)
    }

    /// The moment from which on articles are open by when they were first met. Kept beside the placements and
    /// given to [`Grouper::open_since`], it makes open after a restart what was open before it.
    #[must_use]
    pub fn settled_until(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.settling.since.checked_mul(60)?).ok()
    }

    /// Leaves open what [`Grouper::restore_met`] restores from then on.
    pub fn open_since(&mut self, since: Timestamp) {
        self.settling.since = minute_of(since);
    }

    /// As [`Grouper::restore`], of an article that stays open if it was.
    pub fn restore_met(&mut self, item: &Item, placement: &Placement, arrival: Arrival) {
        self.restore(item, placement);
        let minute = minute_of(arrival.met);
        self.settling.newest = self.settling.newest.max(minute);
        let place = self.by_id.get(&id_hash(&item.id)).copied().filter(|_| minute >= self.settling.since);
        let Some(place) = place else { return };
        let sketch = self.read(item).sketch;
        if let Some(entry) = self.days.get_mut(place) {
            entry.open = true;
        }
        let told = Placement { absorbed: Vec::new(), ..placement.clone() };
        let item = Item { title: String::new(), text: String::new(), ..item.clone() };
        let (because, bare_day) = (told.because.clone(), arrival.bare_day);
        let open = Open { item, bare_day, sketch, minute, because, told: Some(told), held: None };
        self.settling.open.insert(key_of(&open.item, bare_day), open);
        self.settling.stir_all();
    }

    /// Compares an article from now on by what is read of it now, and leaves it where it was placed. Should that
    /// be open still, all that is open settles as it stands: what it was placed by is not known any more.
    pub fn reread(&mut self, item: &Item, placement: &Placement) {
        let known = self.by_id.get(&id_hash(&item.id)).and_then(|place| self.days.get(*place));
        let Some(known) = known else { return self.restore(item, placement) };
        let same = (known.text_hash, known.at) == (super::text_hash(item), item.at);
        if known.open && same {
            return;
        }
        let stands = self.placement(known.copy_of.clone(), known.story, placement.because.clone());
        if known.open {
            self.close(self.settling.newest + 1);
        }
        self.restore(item, &stands);
    }

    /// A new minute: what is old or much settles.
    fn advance(&mut self, minute: i64) {
        self.settling.newest = minute;
        let mut since = self.settling.since.max((minute.div_euclid(OPEN_MINUTES) - 1) * OPEN_MINUTES);
        let open_from = |since| self.settling.open.values().filter(|open| open.minute >= since).count();
        while since < minute && open_from(since) > OPEN_ARTICLES {
            since += 1;
        }
        if self.settling.open.values().any(|open| open.minute < since) {
            self.settle();
        }
        self.close(since);
    }

    /// Settles what was met before the minute `since`, where it stands.
    fn close(&mut self, since: i64) {
        self.settling.since = since;
        if self.settling.open.values().all(|open| open.minute >= since) {
            return;
        }
        self.settling.stir_all();
        let opens = std::mem::take(&mut self.settling.open);
        let (open, closed) = opens.into_iter().partition(|(_, open)| open.minute >= since);
        self.settling.open = open;
        let closed: Vec<Open> = closed.into_values().collect::<Vec<_>>();
        for open in &closed {
            let place = self.by_id.get(&id_hash(&open.item.id)).copied();
            if let Some(entry) = place.and_then(|place| self.days.get_mut(place)) {
                entry.open = false;
            }
        }
        for open in closed {
            if let Some(held) = open.held {
                self.join(&open.item.id, &held);
            }
        }
    }

    /// Joins another story to that of an article, both settled.
    fn join(&mut self, id: &ArticleId, other: &StoryId) {
        let entry = self.by_id.get(&id_hash(id)).and_then(|place| self.days.get(*place));
        let Some(story) = entry.map(|entry| entry.story).filter(|story| *story != id_hash(other)) else {
            return;
        };
        let Some(into) = self.stories.get(&story).map(|members| members.id.clone()) else { return };
        if !self.stories.contains_key(&id_hash(other)) {
            return;
        }
        self.absorb(story, id_hash(other));
        self.settling.changes.join(&into, other);
        let told = self.settling.open.values_mut().filter_map(|open| open.told.as_mut());
        for told in told.filter(|told| told.story == *other) {
            told.story = into.clone();
        }
    }

    /// Takes an open article out of the window; `None` where its day has been forgotten.
    fn take_out(&mut self, open: &Open) -> Option<Reading> {
        let place = self.by_id.get(&id_hash(&open.item.id)).copied()?;
        let entry = self.days.take_whole(place, &open.sketch)?;
        self.let_go(place, &entry);
        let sketch = open.sketch.clone();
        Some(Reading { text_hash: entry.text_hash, source: entry.source, sketch, terms: entry.terms })
    }

    /// Places an open article; whether others were moved by it.
    fn put_in(
        &mut self,
        (item, bare_day): (Item, bool),
        reading: Reading,
        (minute, told): (i64, Option<Placement>),
    ) -> bool {
        let judged = if self.copies.contains_key(&id_hash(&item.id)) {
            self.stay_with_copies(&item)
        } else {
            self.decide(&item, &reading)
        };
        let (placement, held) = self.hold_back(judged);
        let sketch = reading.sketch.clone();
        self.keep(&item, reading, &placement, true);
        let joins = !placement.absorbed.is_empty();
        self.settling.joins |= joins;
        if self.by_id.contains_key(&id_hash(&item.id)) {
            let open = Open { item, bare_day, sketch, minute, because: placement.because, told, held };
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

    fn note_all(&mut self) {
        let keys: Vec<_> = self.settling.open.keys().cloned().collect();
        for key in keys {
            self.note(&key);
        }
    }

    /// Tells where an open article stands, if that is news.
    fn note(&mut self, key: &Key) {
        let Some(open) = self.settling.open.get_mut(key) else { return };
        let entry = self.by_id.get(&id_hash(&key.1)).and_then(|place| self.days.get(*place));
        let Some((entry, story)) = entry.and_then(|e| Some((e, self.stories.get(&e.story)?))) else { return };
        let now = Placement {
            copy_of: entry.copy_of.clone(),
            story: story.id.clone(),
            because: open.because.clone(),
            absorbed: Vec::new(),
        };
        if open.told.as_ref() != Some(&now) {
            open.told = Some(now.clone());
            self.settling.changes.placed.insert(key.1.clone(), now);
        }
    }
}

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

use jiff::Timestamp;
use kiosque_model::{ArticleId, PageId, StoryId};

use super::open::{Came, Key, Open, key_of};
use super::remembered::Near;
use super::{Grouper, Reading, id_hash};
use crate::item::{Item, Placement};

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

/// What is open, and what has changed since it was last asked.
#[derive(Debug, Default)]
pub(super) struct Settling {
    pub(super) open: BTreeMap<Key, Open>,
    pub(super) near: Near,
    /// The first minute whose articles are open.
    since: i64,
    newest: i64,
    /// New texts of settled articles, and articles that came when their minute had settled.
    late: BTreeMap<Key, Item>,
    /// The first article, in order of publication, from which on what is open must be placed anew.
    stirred: Option<Key>,
    /// Whether an open article has joined stories, and so moved some published before it.
    pub(super) joins: bool,
    pub(super) changes: Changes,
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
    pub(super) fn stir(&mut self, from: Key) {
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
        let told = self.take_back(&item.id);
        self.settling.stir(key.clone());
        let item = Item { title: String::new(), text: String::new(), ..item.clone() };
        let came = Came { item, bare_day: arrival.bare_day, minute, told };
        let joins = self.put_in(came, reading, None);
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
                let Open { item, bare_day, minute, told, remembered, .. } = open;
                self.put_in(Came { item, bare_day, minute, told }, reading, remembered);
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
        let minute = minute_of(arrival.met);
        self.settling.newest = self.settling.newest.max(minute);
        if minute < self.settling.since {
            return self.restore(item, placement);
        }
        self.take_back(&item.id);
        self.restore_as(item, placement, true);
        let Some(place) = self.by_id.get(&id_hash(&item.id)).copied() else { return };
        let Reading { sketch, terms, .. } = self.read(item);
        let number = self.settling.near.insert(place, &sketch, &terms);
        let told = Some(Placement { absorbed: Vec::new(), ..placement.clone() });
        let item = Item { title: String::new(), text: String::new(), ..item.clone() };
        let (because, bare_day) = (placement.because.clone(), arrival.bare_day);
        let key = key_of(&item, bare_day);
        let open =
            Open { item, bare_day, sketch, minute, because, number, remembered: None, told, held: None };
        self.settling.open.insert(key, open);
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
        self.changes_of_settled += 1;
        for open in &closed {
            let Some(place) = self.by_id.get(&id_hash(&open.item.id)).copied() else { continue };
            let Some(entry) = self.days.close(place) else { continue };
            if entry.counts() {
                self.window.stems.add(&entry.terms.stems);
                self.window.names.add(&entry.terms.names);
            }
            self.settling.near.remove(open.number, &open.sketch, &entry.terms);
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

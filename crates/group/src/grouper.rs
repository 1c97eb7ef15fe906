//! Places articles one by one.
//!
//! Invariant: everything kept is a function of the set of (article, placement) pairs of the days kept. So
//! placing, restoring and revising all end in the same `keep`, and a restart that restores the window's
//! articles goes on as if it had never stopped. [`settling`] makes it a function of the set alone for the articles
//! that came last.

mod judging;
mod open;
mod remembered;
mod settling;

use jiff::Timestamp;
use kiosque_model::{ArticleId, StoryId};
use xxhash_rust::xxh3::xxh3_64;

use crate::day::{Day, Days, Entry, Place, day_of};
use crate::fold::words;
use crate::item::{Item, Placement};
use crate::settings::Settings;
use crate::shelf::HashKeyed;
use crate::sketch::Sketch;
use crate::stories::Window;
use crate::terms::{Terms, terms};
use settling::Settling;
pub use settling::{Arrival, Changes};

/// Words of a text read for copies; a longer text is judged by its opening.
const COPY_WORDS: usize = 5_000;

/// Forgotten entries freed at each placement; more than come in, so that they never pile up.
const FADING_STEP: usize = 8;

/// A story's id and its members.
#[derive(Debug)]
struct Members {
    id: StoryId,
    places: Vec<Place>,
}

/// Finds copies and stories over a window of days.
#[derive(Debug)]
pub struct Grouper {
    settings: Settings,
    days: Days,
    window: Window,
    by_id: HashKeyed<u64, Place>,
    stories: HashKeyed<u64, Members>,
    /// From the hash of an origin's id to its copies, which may outlive it in the window.
    copies: HashKeyed<u64, Vec<Place>>,
    /// The newest day ever forgotten: what is of it or before it is not kept again.
    horizon: Option<i64>,
    /// Forgotten already, freed little by little: giving back a whole day's memory at once is a long pause.
    fading: Vec<Day>,
    settling: Settling,
    /// Goes up whenever what has settled changes.
    changes_of_settled: u64,
}

/// What an article is compared by.
struct Reading {
    text_hash: u64,
    source: u64,
    sketch: Sketch,
    terms: Terms,
}

/// Puts a batch in the order it should be placed in: by time, then id. Articles of one moment then fall into
/// the same groups however they came in.
pub fn arrival_order(items: &mut [Item]) {
    items.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
}

impl Grouper {
    /// An empty window.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            days: Days::default(),
            window: Window::default(),
            by_id: HashKeyed::default(),
            stories: HashKeyed::default(),
            copies: HashKeyed::default(),
            horizon: None,
            fading: Vec::new(),
            settling: Settling::default(),
            changes_of_settled: 0,
        }
    }

    /// How many articles the window holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether the window holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Says whose copy an article is and which story it belongs to, and keeps it in the window.
    ///
    /// An id already placed is a revision: with the same headline and text it stays where it is; else it is
    /// judged again, but keeps its story unless its new text tells something else. Days beyond the window's
    /// length, counted from the newest, are forgotten.
    pub fn place(&mut self, item: &Item) -> Placement {
        let reading = self.read(item);
        let before = self.by_id.get(&id_hash(&item.id)).copied();
        if let Some(known) = before.and_then(|place| self.days.get(place))
            && known.text_hash == reading.text_hash
        {
            return self.placement(
                known.copy_of.clone(),
                known.story,
                "already placed, unchanged".to_owned(),
            );
        }
        let before = before.and_then(|place| self.remove(place));
        let placement = match &before {
            // Others point to it: it stays an original where they are, so that no copy's origin is a copy.
            _ if self.copies.contains_key(&id_hash(&item.id)) => self.stay_with_copies(item),
            Some(old) => self.replace(item, &reading, old),
            None => self.decide(item, &reading).0,
        };
        self.keep(item, reading, &placement, false);
        placement
    }

    /// Puts an article back as it was placed, without judging it. Feed the window's articles, in any order,
    /// with their last placement, absorbed stories renamed; the next article is then placed as if there had been no restart.
    pub fn restore(&mut self, item: &Item, placement: &Placement) {
        self.restore_as(item, placement, false);
    }

    fn restore_as(&mut self, item: &Item, placement: &Placement, open: bool) {
        let reading = self.read(item);
        if let Some(place) = self.by_id.get(&id_hash(&item.id)).copied() {
            if self.days.get(place).is_some_and(|known| is_kept_so(known, item, &reading, placement)) {
                return;
            }
            self.remove(place);
        }
        // What it absorbed is where it was stored to be by now.
        self.keep(item, reading, &Placement { absorbed: Vec::new(), ..placement.clone() }, open);
    }

    /// The first moment still kept, where something was forgotten already. Kept beside the placements and given
    /// to [`Grouper::forget_before`], it makes the window after a restart the one before it.
    #[must_use]
    pub fn horizon(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.horizon?.saturating_add(1).saturating_mul(86_400)).ok()
    }

    /// Forgets the days that ended before `at`, for good.
    pub fn forget_before(&mut self, at: Timestamp) {
        let horizon = day_of(at);
        while let Some(day) = self.days.0.keys().next().copied().filter(|day| *day < horizon) {
            self.forget(day);
        }
        self.horizon = self.horizon.max(Some(horizon.saturating_sub(1)));
    }

    /// Forgets a day whole: per distinct term and story rather than per article.
    fn forget(&mut self, day: i64) {
        self.horizon = self.horizon.max(Some(day));
        self.changes_of_settled += 1;
        let Some(gone) = self.days.0.remove(&day) else { return };
        self.settling.stir_all();
        self.window.stems.remove_day(&gone.stem_counts);
        self.window.names.remove_day(&gone.name_counts);
        let mut stories: Vec<u64> = Vec::with_capacity(gone.entries.len());
        for entry in gone.entries.iter().flatten() {
            self.by_id.remove(&id_hash(&entry.id));
            stories.push(entry.story);
            if let Some(origin) = &entry.copy_of {
                self.forget_copies(id_hash(origin), |place| place.day == day);
            }
        }
        stories.sort_unstable();
        stories.dedup();
        for story in stories {
            self.leave(story, |place| place.day == day);
        }
        self.fading.push(gone);
    }

    /// Frees a few forgotten entries.
    fn fade(&mut self) {
        if let Some(day) = self.fading.last_mut() {
            day.entries.truncate(day.entries.len().saturating_sub(FADING_STEP));
            if day.entries.is_empty() {
                self.fading.pop();
            }
        }
    }

    fn forget_copies(&mut self, origin: u64, gone: impl Fn(&Place) -> bool) {
        if let Some(copies) = self.copies.get_mut(&origin) {
            copies.retain(|place| !gone(place));
            if copies.is_empty() {
                self.copies.remove(&origin);
            }
        }
    }

    fn leave(&mut self, story: u64, gone: impl Fn(&Place) -> bool) {
        if let Some(members) = self.stories.get_mut(&story) {
            members.places.retain(|place| !gone(place));
            if members.places.is_empty() {
                self.stories.remove(&story);
            }
        }
    }

    fn read(&self, item: &Item) -> Reading {
        let sketch = Sketch::new(
            &words(&item.text, COPY_WORDS),
            self.settings.shingle_words,
            self.settings.sketch_size,
        );
        Reading {
            text_hash: text_hash(item),
            source: xxh3_64(item.source.0.as_bytes()),
            sketch,
            terms: terms(&item.title, &item.text, item.language.as_ref()),
        }
    }

    fn members(&self, story: u64) -> &[Place] {
        self.stories.get(&story).map_or(&[], |s| &s.places)
    }

    fn keep(&mut self, item: &Item, reading: Reading, placement: &Placement, open: bool) {
        self.changes_of_settled += u64::from(!open);
        let story = id_hash(&placement.story);
        for absorbed in &placement.absorbed {
            self.absorb(story, id_hash(absorbed));
        }
        if self.horizon.is_some_and(|horizon| day_of(item.at) <= horizon) {
            return;
        }
        let entry = Entry {
            id: item.id.clone(),
            at: item.at,
            source: reading.source,
            text_hash: reading.text_hash,
            copy_of: placement.copy_of.clone(),
            story,
            open,
            shingles: reading.sketch.size,
            kept_shingles: u32::try_from(reading.sketch.hashes.len()).unwrap_or(u32::MAX),
            cut_off: reading.sketch.cut_off,
            terms: reading.terms,
        };
        if entry.counts() {
            self.window.stems.add(&entry.terms.stems);
            self.window.names.add(&entry.terms.names);
        }
        let place = self.days.insert(entry, &reading.sketch);
        self.by_id.insert(id_hash(&item.id), place);
        if let Some(origin) = &placement.copy_of {
            self.copies.entry(id_hash(origin)).or_default().push(place);
        }
        self.stories
            .entry(story)
            .or_insert_with(|| Members { id: placement.story.clone(), places: Vec::new() })
            .places
            .push(place);
        self.fade();
        // A bogus date far ahead costs one day of the window, not all of it.
        while self.days.0.len() > self.settings.window_days as usize + 1 {
            let Some(oldest) = self.days.0.keys().next().copied() else { break };
            self.forget(oldest);
        }
    }

    /// Moves all members of one story to another.
    fn absorb(&mut self, story: u64, absorbed: u64) {
        if story == absorbed || !self.stories.contains_key(&story) {
            return;
        }
        let places = self.stories.remove(&absorbed).map(|members| members.places).unwrap_or_default();
        for place in &places {
            if let Some(entry) = self.days.get_mut(*place) {
                entry.story = story;
            }
        }
        if let Some(members) = self.stories.get_mut(&story) {
            members.places.extend(places);
        }
    }

    fn remove(&mut self, place: Place) -> Option<Entry> {
        self.changes_of_settled += 1;
        let entry = self.days.take(place)?;
        self.let_go(place, &entry);
        Some(entry)
    }

    /// Takes an entry that is out of its day already out of all else.
    fn let_go(&mut self, place: Place, entry: &Entry) {
        // A day without articles is none: it would count among the days kept, and be missing after a restart.
        if self.days.0.get(&place.day).is_some_and(|day| day.entries.iter().all(Option::is_none)) {
            self.days.0.remove(&place.day);
        }
        if entry.counts() {
            self.window.stems.remove(&entry.terms.stems);
            self.window.names.remove(&entry.terms.names);
        }
        self.by_id.remove(&id_hash(&entry.id));
        if let Some(origin) = &entry.copy_of {
            self.forget_copies(id_hash(origin), |other| *other == place);
        }
        self.leave(entry.story, |other| *other == place);
    }
}

/// The same article again is told by it.
fn text_hash(item: &Item) -> u64 {
    xxh3_64(format!("{}\n{}", item.title, item.text).as_bytes())
}

/// Whether putting an article back would change nothing.
fn is_kept_so(known: &Entry, item: &Item, reading: &Reading, placement: &Placement) -> bool {
    (known.text_hash, known.at, known.source) == (reading.text_hash, item.at, reading.source)
        && (&known.copy_of, known.story) == (&placement.copy_of, id_hash(&placement.story))
        && known.terms == reading.terms
}

fn id_hash(id: &ArticleId) -> u64 {
    xxh3_64(id.0.as_bytes())
}

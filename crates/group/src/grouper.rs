//! Places articles one by one.
//!
//! Invariant: everything kept is a function of the set of (article, placement) pairs of the days kept. So
//! placing, restoring and revising all end in the same `keep`, and a restart that restores the window's
//! articles goes on as if it had never stopped.

use jiff::Timestamp;
use kiosque_model::{ArticleId, StoryId};
use xxhash_rust::xxh3::xxh3_64;

use crate::copies::{self, Question};
use crate::day::{Days, Entry, Place, day_of};
use crate::fold::words;
use crate::item::{Item, Placement};
use crate::settings::Settings;
use crate::shelf::HashKeyed;
use crate::sketch::Sketch;
use crate::stories::{Search, Window};
use crate::terms::{Terms, terms};

/// Words of a text read for copies; a longer text is judged by its opening.
const COPY_WORDS: usize = 5_000;

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
            Some(old) => self.replace(item, &reading, old),
            None => self.decide(item, &reading),
        };
        self.keep(item, reading, &placement);
        placement
    }

    /// Puts an article back as it was placed, without judging it. Feed the window's articles, in any order,
    /// with their last placement; the next article is then placed as if there had been no restart.
    pub fn restore(&mut self, item: &Item, placement: &Placement) {
        let reading = self.read(item);
        if let Some(place) = self.by_id.get(&id_hash(&item.id)).copied() {
            self.remove(place);
        }
        self.keep(item, reading, placement);
    }

    /// Forgets the days that ended before `at`.
    pub fn forget_before(&mut self, at: Timestamp) {
        let horizon = day_of(at);
        while let Some(day) = self.days.0.keys().next().copied().filter(|day| *day < horizon) {
            self.forget(day);
        }
    }

    fn forget(&mut self, day: i64) {
        let numbers = self.days.0.get(&day).map_or(0, |d| d.entries.len());
        for number in 0..u32::try_from(numbers).unwrap_or(u32::MAX) {
            self.remove(Place { day, number });
        }
        self.days.0.remove(&day);
    }

    fn read(&self, item: &Item) -> Reading {
        let sketch = Sketch::new(
            &words(&item.text, COPY_WORDS),
            self.settings.shingle_words,
            self.settings.sketch_size,
        );
        Reading {
            text_hash: xxh3_64(format!("{}\n{}", item.title, item.text).as_bytes()),
            source: xxh3_64(item.source.0.as_bytes()),
            sketch,
            terms: terms(&item.title, &item.text, item.language.as_ref()),
        }
    }

    fn decide(&self, item: &Item, reading: &Reading) -> Placement {
        if let Some((origin, story, because)) = self.find_origin(item, reading) {
            return self.placement(Some(origin), story, because);
        }
        match self.search(item, reading).best(|story| self.members(story)) {
            Some(found) => {
                let nearest = self.days.get(found.nearest).map_or("", |e| e.id.0.as_str());
                let because = format!("same event as `{nearest}`, {:.2} times the threshold", found.margin);
                self.placement(None, found.story, because)
            }
            None => Placement {
                copy_of: None,
                story: item.id.clone(),
                because: "nothing like it in the window".to_owned(),
                absorbed: Vec::new(),
            },
        }
    }

    /// Judges a revision: `old` is what was known of the article, already taken out of the window.
    fn replace(&self, item: &Item, reading: &Reading, old: &Entry) -> Placement {
        let opened = id_hash(&item.id) == old.story;
        let same_matter = self.search(item, reading).timeless_margin(&old.terms) >= 1.0;
        if old.copy_of.is_some() && !same_matter {
            return self.decide(item, reading);
        }
        if same_matter || opened {
            let story = self.stories.get(&old.story).map_or_else(|| item.id.clone(), |s| s.id.clone());
            return Placement {
                copy_of: old.copy_of.clone(),
                story,
                because: "revised, same matter".to_owned(),
                absorbed: Vec::new(),
            };
        }
        self.decide(item, reading)
    }

    fn find_origin(&self, item: &Item, reading: &Reading) -> Option<(ArticleId, u64, String)> {
        let search = self.search(item, reading);
        let asked =
            Question { sketch: &reading.sketch, source: reading.source, at: item.at, search: &search };
        let found = copies::find(&self.days, &asked, &self.settings)?;
        let entry = self.days.get(found.place)?;
        let because = format!("{:.0} % of the text stands in `{}`", found.containment * 100.0, entry.id);
        Some((entry.origin().clone(), entry.story, because))
    }

    fn search<'a>(&'a self, item: &Item, reading: &'a Reading) -> Search<'a> {
        Search::new((&self.days, &self.window, &self.settings), &reading.terms, item.at)
    }

    fn members(&self, story: u64) -> &[Place] {
        self.stories.get(&story).map_or(&[], |s| &s.places)
    }

    fn placement(&self, copy_of: Option<ArticleId>, story: u64, because: String) -> Placement {
        let id = self.stories.get(&story).map(|s| s.id.clone());
        let story = id.expect("every entry of the window is a member of its story");
        Placement { copy_of, story, because, absorbed: Vec::new() }
    }

    fn keep(&mut self, item: &Item, reading: Reading, placement: &Placement) {
        let story = id_hash(&placement.story);
        self.window.stems.add(&reading.terms.stems);
        self.window.names.add(&reading.terms.names);
        let entry = Entry {
            id: item.id.clone(),
            at: item.at,
            source: reading.source,
            text_hash: reading.text_hash,
            copy_of: placement.copy_of.clone(),
            story,
            shingles: reading.sketch.size,
            kept_shingles: u32::try_from(reading.sketch.hashes.len()).unwrap_or(u32::MAX),
            cut_off: reading.sketch.cut_off,
            terms: reading.terms,
        };
        let place = self.days.insert(entry, &reading.sketch);
        self.by_id.insert(id_hash(&item.id), place);
        self.stories
            .entry(story)
            .or_insert_with(|| Members { id: placement.story.clone(), places: Vec::new() })
            .places
            .push(place);
        // A bogus date far ahead costs one day of the window, not all of it.
        while self.days.0.len() > self.settings.window_days as usize + 1 {
            let Some(oldest) = self.days.0.keys().next().copied() else { break };
            self.forget(oldest);
        }
    }

    fn remove(&mut self, place: Place) -> Option<Entry> {
        let entry = self.days.take(place)?;
        self.window.stems.remove(&entry.terms.stems);
        self.window.names.remove(&entry.terms.names);
        self.by_id.remove(&id_hash(&entry.id));
        if let Some(members) = self.stories.get_mut(&entry.story) {
            members.places.retain(|p| *p != place);
            if members.places.is_empty() {
                self.stories.remove(&entry.story);
            }
        }
        Some(entry)
    }
}

fn id_hash(id: &ArticleId) -> u64 {
    xxh3_64(id.0.as_bytes())
}

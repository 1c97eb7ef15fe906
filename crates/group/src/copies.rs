//! Whose copy an article is.
//!
//! Containment of shingles below the common cut-off, without those that several other originals of the window
//! hold too: weather bulletins, stock tables and royal cables are alike by their template, and the template is
//! what many older articles share. Where the whole press prints a bulletin each day, its template has too few originals
//! to be known by: there figures tell one bulletin from the next, for a copy has those of its original. The answer is
//! a function of the set of entries, not of their order.

use crate::day::{Days, Entry, Place, day_of};
use crate::settings::Settings;
use crate::shelf::HashKeyed;
use crate::sketch::Sketch;
use crate::stories::Search;

/// A shingle that more articles of one day hold is a phrase of the language and not read.
const MAX_HOLDERS: usize = 40;

/// An article to be placed, as far as copies go.
pub(crate) struct Question<'a> {
    pub(crate) sketch: &'a Sketch,
    pub(crate) source: u64,
    /// The same article among the stories: a copy tells the same event.
    pub(crate) search: &'a Search<'a>,
}

/// What an older entry shares with it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shared {
    /// Shingles that count.
    telling: f32,
    /// Shingles that are boilerplate.
    template: f32,
}

/// An older article with the same text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) place: Place,
    /// Share of the smaller text found in the other.
    pub(crate) containment: f32,
}

/// The best match that is close enough to be the same dispatch, if there is one. `found` is what is shared, by [`collect`].
pub(crate) fn find(
    days: &Days,
    asked: &Question<'_>,
    found: &HashKeyed<Place, Shared>,
    settings: &Settings,
) -> Option<Match> {
    let mut best: Option<(Likeness, &Entry, Place)> = None;
    for (&place, &shared) in found {
        let Some(entry) = days.get(place) else { continue };
        let Some(likeness) = judge(asked, entry, shared, settings) else { continue };
        let better = best.is_none_or(|(most, other, _)| {
            (likeness.rank(), &other.at, &other.id) > (most.rank(), &entry.at, &entry.id)
        });
        if better {
            best = Some((likeness, entry, place));
        }
    }
    best.map(|(likeness, _, place)| Match { place, containment: likeness.containment })
}

/// The articles of its own outlet that hold a part of its text word for word, and how much of the smaller one that is: what an
/// outlet prints under all of its articles makes none of them alike.
pub(crate) fn verbatim(
    days: &Days,
    sketch: &Sketch,
    source: u64,
    found: &HashKeyed<Place, Shared>,
) -> HashKeyed<Place, f32> {
    let share = |(place, shared): (&Place, &Shared)| {
        let entry = days.get(*place).filter(|entry| entry.source == source)?;
        let (smaller, _) = sizes(sketch, entry);
        Some((*place, ((shared.telling + shared.template) / smaller.max(1.0)).min(1.0)))
    };
    found.iter().filter_map(share).collect()
}

/// How much of two texts is the same.
#[derive(Debug, Clone, Copy)]
struct Likeness {
    /// Share of the smaller text found in the other.
    containment: f32,
    /// Share of the larger text found in the other.
    of_larger: f32,
}

impl Likeness {
    /// Of two dispatches merged into one text, the one that makes up more of it is its origin.
    fn rank(self) -> f32 {
        self.containment + self.of_larger
    }
}

/// Counts what each entry of the window shares.
pub(crate) fn collect(
    days: &Days,
    sketch: &Sketch,
    at: jiff::Timestamp,
    settings: &Settings,
) -> HashKeyed<Place, Shared> {
    let mut shared: HashKeyed<Place, Shared> = HashKeyed::default();
    let mut holders: Vec<(Place, &Entry)> = Vec::new();
    for hash in &sketch.hashes {
        holders.clear();
        for (number, day) in days.around(day_of(at), settings.window_days) {
            let held = day.shingles.get(*hash).filter_map(|n| {
                let entry = day.entries.get(n as usize)?.as_ref()?;
                Some((Place { day: number, number: n }, entry))
            });
            let before = holders.len();
            holders.extend(held.take(MAX_HOLDERS + 1));
            // All or none: which of them are the newest depends on the order they were restored in.
            if holders.len() - before > MAX_HOLDERS {
                holders.truncate(before);
            }
        }
        let template = originals(&holders, settings.boilerplate_originals) >= settings.boilerplate_originals;
        for (place, _) in &holders {
            let count = shared.entry(*place).or_default();
            *(if template { &mut count.template } else { &mut count.telling }) += 1.0;
        }
    }
    shared
}

/// How many different originals these entries go back to, counted up to `enough`.
fn originals(holders: &[(Place, &Entry)], enough: u32) -> u32 {
    let mut seen: Vec<&str> = Vec::new();
    for (_, entry) in holders {
        let origin = entry.origin().0.as_str();
        if !seen.contains(&origin) {
            seen.push(origin);
        }
        if seen.len() >= enough as usize {
            break;
        }
    }
    u32::try_from(seen.len()).unwrap_or(u32::MAX)
}

/// The shingles below the common cut-off, of the text that has fewer and of the other.
fn sizes(sketch: &Sketch, entry: &Entry) -> (f32, f32) {
    let cut_off = sketch.cut_off.min(entry.cut_off);
    let new = sketch.below(cut_off) as f32;
    let part = f64::from(cut_off) / f64::from(u32::MAX);
    let old = if entry.cut_off == cut_off {
        entry.kept_shingles as f32
    } else {
        (f64::from(entry.shingles) * part) as f32
    };
    if new < old { (new, old) } else { (old, new) }
}

/// The containment, where all conditions for a copy hold.
fn judge(asked: &Question<'_>, entry: &Entry, shared: Shared, settings: &Settings) -> Option<Likeness> {
    if asked.source == entry.source && asked.search.elsewhere(entry) {
        return None;
    }
    let (smaller, larger) = sizes(asked.sketch, entry);
    let part = f64::from(asked.sketch.cut_off.min(entry.cut_off)) / f64::from(u32::MAX);
    let containment = shared.telling / (smaller - shared.template).max(1.0);
    let of_larger = shared.telling / (larger - shared.template).max(1.0);
    let enough = if asked.search.other_edition(entry) || asked.search.other_bulletin(entry) {
        settings.copy_containment_column
    } else if asked.source == entry.source {
        settings.copy_containment_same_source
    } else {
        settings.copy_containment
    };
    let shared_shingles = f64::from(shared.telling) / part;
    (containment >= enough
        && of_larger >= settings.copy_share_of_larger
        && shared_shingles >= f64::from(settings.copy_shared_shingles)
        && (containment >= settings.copy_beyond_doubt
            || asked.search.timeless_margin(&entry.terms) >= settings.copy_same_matter))
        .then_some(Likeness { containment: containment.min(1.0), of_larger: of_larger.min(1.0) })
}

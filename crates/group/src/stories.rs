//! Which story an article belongs to.
//!
//! Candidates come from the rarest terms; a story is then judged by its best member and the centroid of its
//! newest, each member fading with the days between: the centroid of all a big story ever held drifts to its
//! theme and would swallow the neighbouring events. Across languages, what names and notions two texts share takes the
//! place of the cosine.

mod bridges;
mod crossing;

use std::cell::RefCell;

use crate::background::Frequencies;
use crate::centroid::Centroid;
use crate::columns::EDITION_HOURS;
use crate::day::{Days, Entry, Place, day_of};
use crate::settings::Settings;
use crate::shelf::{HashKeyed, Shelf};
use crate::terms::{Term, Terms};

/// Postings read for one article; the rarest terms come first, so what is left out weighs little.
const MAX_POSTINGS: usize = 800;
/// Entries compared in full.
const MAX_CANDIDATES: usize = 32;
/// Stories judged by all their members.
const MAX_STORIES: usize = 8;
/// Room for the terms of all candidates.
const WEIGHTS_AT_ONCE: usize = 1_024;
/// Members of a story compared for its mean: its newest.
const MAX_MEMBERS: usize = 24;
/// What a text shared word for word within one outlet takes off a likeness: what it prints under all its articles tells of
/// no event, but those on one event repeat each other too.
const OUTLETS_WORDS: f32 = 0.75;

/// Document frequencies of the two kinds of terms.
#[derive(Debug, Default)]
pub(crate) struct Window {
    pub(crate) stems: Frequencies,
    pub(crate) names: Frequencies,
}

/// What an answer was read from: where none of it has changed, the answer has not.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The stems and names whose holders were looked at.
    pub(crate) stems: Vec<u32>,
    pub(crate) names: Vec<u32>,
    /// Hashes of the stories judged by all their members.
    pub(crate) stories: Vec<u64>,
}

/// Weights looked up already: the terms of one article's candidates are much the same, and the table of a full
/// window lies all over the memory.
struct Weights<'a> {
    window: &'a Frequencies,
    known: RefCell<HashKeyed<u32, f32>>,
}

impl<'a> Weights<'a> {
    fn of(window: &'a Frequencies) -> Self {
        let known = HashKeyed::with_capacity_and_hasher(WEIGHTS_AT_ONCE, Default::default());
        Self { window, known: RefCell::new(known) }
    }

    /// The weight of a term within an article, as the window weighs it.
    fn weigh(&self, term: &Term) -> f32 {
        let look_up = || self.window.weight(term.hash);
        *self.known.borrow_mut().entry(term.hash).or_insert_with(look_up) * f32::from(term.weight)
    }

    fn square(&self, terms: &[Term]) -> f32 {
        terms.iter().map(|t| self.weigh(t).powi(2)).sum()
    }
}

/// A story the article belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    /// Hash of the story's id.
    pub(crate) story: u64,
    /// Its member most like the article.
    pub(crate) nearest: Place,
    /// How far above the threshold: 1 is on it.
    pub(crate) margin: f32,
}

/// A story's members in the article's language or in others, as it compares with them: each side is asked by itself,
/// for a member in another language always looks less alike.
#[derive(Debug, Default)]
struct Side {
    best: Option<(f32, Place)>,
    sum: f32,
    count: f32,
}

impl Side {
    fn add(&mut self, margin: f32, place: Place) {
        self.sum += margin;
        self.count += 1.0;
        if self.best.is_none_or(|(most, _)| margin > most) {
            self.best = Some((margin, place));
        }
    }
}

/// An article to be placed among the stories.
pub(crate) struct Search<'a> {
    days: &'a Days,
    window: &'a Window,
    settings: &'a Settings,
    terms: &'a Terms,
    at: jiff::Timestamp,
    /// Hash of the outlet's id.
    source: u64,
    stems: Weights<'a>,
    names: Weights<'a>,
    /// The weights of its stems in the window, in their order.
    weights: Vec<f32>,
    norm: f32,
    /// The sum of the squares of the weights of its names.
    names_square: f32,
    /// How much of the smaller text articles of its outlet share with it word for word, where they do.
    pub(crate) verbatim: HashKeyed<Place, f32>,
}

impl<'a> Search<'a> {
    /// Prepares the search for an article with these terms.
    pub(crate) fn new(
        (days, window, settings): (&'a Days, &'a Window, &'a Settings),
        terms: &'a Terms,
        at: jiff::Timestamp,
        source: u64,
    ) -> Self {
        let (stems, names) = (Weights::of(&window.stems), Weights::of(&window.names));
        let weights: Vec<f32> = terms.stems.iter().map(|t| stems.weigh(t)).collect();
        let norm = weights.iter().map(|w| w * w).sum::<f32>().sqrt();
        let names_square = names.square(&terms.names);
        let verbatim = HashKeyed::default();
        Self {
            days,
            window,
            settings,
            terms,
            at,
            source,
            stems,
            names,
            weights,
            norm,
            names_square,
            verbatim,
        }
    }
}

impl Search<'_> {
    /// The stories it belongs to, best first, and what says so; `members` gives the places of a story's members.
    pub(crate) fn found<'m>(&self, members: impl Fn(u64) -> &'m [Place]) -> (Vec<Found>, Read) {
        let mut margins: HashKeyed<Place, f32> = HashKeyed::default();
        let mut stories: HashKeyed<u64, f32> = HashKeyed::default();
        let mut read = Read::default();
        for place in self.candidates(&mut read) {
            let Some(entry) = self.days.get(place) else { continue };
            let margin = self.margin(place, entry);
            margins.insert(place, margin);
            // A story is worth a look where one member is: the centroid alone is a theme.
            if margin >= 1.0 {
                let best = stories.entry(entry.story).or_insert(margin);
                *best = best.max(margin);
            }
        }
        let mut likeliest: Vec<(f32, u64)> = stories.into_iter().map(|(story, best)| (best, story)).collect();
        likeliest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        likeliest.truncate(MAX_STORIES);
        read.stories = likeliest.iter().map(|(_, story)| *story).collect();
        let mut found: Vec<Found> = likeliest
            .into_iter()
            .filter_map(|(_, story)| self.judge(story, members(story), &mut margins))
            .filter(|found| found.margin >= 1.0)
            .collect();
        found.sort_by(|a, b| {
            b.margin.total_cmp(&a.margin).then_with(|| self.order(a.nearest).cmp(&self.order(b.nearest)))
        });
        (found, read)
    }

    fn order(&self, place: Place) -> Option<(jiff::Timestamp, &str)> {
        self.days.get(place).map(|e| (e.at, e.id.0.as_str()))
    }

    fn judge(&self, story: u64, members: &[Place], margins: &mut HashKeyed<Place, f32>) -> Option<Found> {
        let mut newest: Vec<(jiff::Timestamp, &str, Place)> = members
            .iter()
            .filter_map(|place| self.days.get(*place).map(|e| (e.at, e.id.0.as_str(), *place)))
            .collect();
        if newest.len() > MAX_MEMBERS {
            newest.select_nth_unstable_by(MAX_MEMBERS, |a, b| b.cmp(a));
            let old = newest.split_off(MAX_MEMBERS);
            newest.extend(old.into_iter().filter(|(_, _, place)| margins.contains_key(place)));
        }
        // Sums of floats depend on their order, and the order members came in is nobody's.
        newest.sort_unstable_by(|a, b| b.cmp(a));
        let mut sides = [Side::default(), Side::default()];
        let mut own: Vec<&Entry> = Vec::new();
        for (_, _, place) in newest {
            let Some(entry) = self.days.get(place) else { continue };
            let margin = *margins.entry(place).or_insert_with(|| self.margin(place, entry));
            let foreign = self.terms.foreign(&entry.terms);
            own.extend((!foreign).then_some(entry));
            sides[usize::from(foreign)].add(margin, place);
        }
        // The mean of the cosines with unit vectors, over the length of their mean, is the cosine with the mean.
        let unity = if own.len() > 1 { Centroid::of(&own, &self.window.stems).unity() } else { 1.0 };
        // No mean stands for members in other languages: what tells is the one that says most of the same.
        let weights = [self.settings.story_best_member, self.settings.crossing_best_member];
        sides
            .into_iter()
            .zip([unity, 1.0])
            .zip(weights)
            .filter_map(|((side, unity), weight)| {
                let (most, nearest) = side.best?;
                let mean = side.sum / f32::max(side.count, 1.0) / unity.max(f32::EPSILON);
                Some(Found { story, nearest, margin: weight * most + (1.0 - weight) * mean })
            })
            .max_by(|a, b| a.margin.total_cmp(&b.margin))
    }

    /// How far two articles are above the threshold for one story: 1 is on it.
    fn margin(&self, place: Place, entry: &Entry) -> f32 {
        if self.other_edition(entry) {
            return 0.0;
        }
        let has_body = self.terms.has_body && entry.terms.has_body;
        let own_words = 1.0 - OUTLETS_WORDS * self.verbatim.get(&place).unwrap_or(&0.0);
        own_words * self.fresh(self.at, entry.at, has_body) * self.timeless_margin(&entry.terms)
    }

    /// What the days between two articles leave of their likeness, 0 to 1.
    fn fresh(&self, one: jiff::Timestamp, other: jiff::Timestamp, has_body: bool) -> f32 {
        let settings = self.settings;
        let (days, half_life) = if has_body {
            (settings.story_fresh_days, settings.story_half_life_days)
        } else {
            (settings.headline_fresh_days, settings.headline_half_life_days)
        };
        let apart_days = (one.as_second() - other.as_second()).unsigned_abs() as f32 / 86_400.0;
        0.5_f32.powf((apart_days - days).max(0.0) / half_life)
    }

    /// Whether the two tell of different places.
    pub(crate) fn elsewhere(&self, entry: &Entry) -> bool {
        self.terms.elsewhere(&entry.terms)
    }

    /// Whether the two are one template filled with other figures or for other persons.
    pub(crate) fn other_bulletin(&self, entry: &Entry) -> bool {
        self.terms.counts_otherwise(&entry.terms) || self.terms.on_others(&entry.terms)
    }

    /// Whether one of the two is a column and the other of another day or outlet.
    pub(crate) fn other_edition(&self, entry: &Entry) -> bool {
        let apart_hours = (self.at.as_second() - entry.at.as_second()).abs() / 3_600;
        let (mine, theirs) = (self.terms, &entry.terms);
        let own = self.source == entry.source;
        let column = mine.column || theirs.column;
        let template = own && mine.opening != 0 && mine.opening == theirs.opening;
        (column && !own) || (apart_hours >= EDITION_HOURS && (column || template))
    }

    /// The same without regard to time.
    pub(crate) fn timeless_margin(&self, other: &Terms) -> f32 {
        if self.terms.foreign(other) { self.crossing(other) } else { self.alike_in_words(other) }
    }

    /// How much two texts in one script share of their words and names; 1 is enough.
    pub(super) fn alike_in_words(&self, other: &Terms) -> f32 {
        let both = self.terms.has_body && other.has_body;
        let enough =
            if both { self.settings.story_similarity } else { self.settings.story_similarity_headline };
        (self.cosine(&other.stems) + self.settings.story_names_weight * self.names_alike(other)) / enough
    }

    /// The cosine of the names, places and numbers of two texts in one script.
    fn names_alike(&self, other: &Terms) -> f32 {
        let weigh = |t: &Term| self.names.weigh(t);
        let dot: f32 = common(&self.terms.names, &other.names).map(|(a, b)| weigh(a) * weigh(b)).sum();
        if dot > 0.0 { dot / (self.names_square * self.names.square(&other.names)).sqrt() } else { 0.0 }
    }

    fn cosine(&self, other: &[Term]) -> f32 {
        let mut mine = self.terms.stems.iter().zip(&self.weights).peekable();
        let (mut dot, mut square) = (0.0, 0.0);
        for term in other {
            let weight = self.stems.weigh(term);
            square += weight * weight;
            while mine.next_if(|(t, _)| t.hash < term.hash).is_some() {}
            if let Some((_, w)) = mine.next_if(|(t, _)| t.hash == term.hash) {
                dot += w * weight;
            }
        }
        if dot > 0.0 { dot / (self.norm * square.sqrt()) } else { 0.0 }
    }

    /// The entries worth a full comparison: those that share the most weight of rare terms.
    fn candidates(&self, read: &mut Read) -> Vec<Place> {
        let mut scores: HashKeyed<Place, f32> =
            HashKeyed::with_capacity_and_hasher(2 * MAX_POSTINGS, Default::default());
        read.stems = self.gather(&self.terms.stems, &self.stems, |day| &day.stems, &mut scores);
        read.names = self.gather(&self.terms.names, &self.names, |day| &day.names, &mut scores);
        let mut ranked: Vec<(f32, Place)> = scores.into_iter().map(|(place, score)| (score, place)).collect();
        let rank = |a: &(f32, Place), b: &(f32, Place)| {
            b.0.total_cmp(&a.0).then_with(|| self.order(a.1).cmp(&self.order(b.1)))
        };
        if ranked.len() > MAX_CANDIDATES {
            // By score first: who came first is looked up for the few on the edge only.
            let (_, last, _) = ranked.select_nth_unstable_by(MAX_CANDIDATES - 1, |a, b| b.0.total_cmp(&a.0));
            let least = last.0;
            ranked.retain(|(score, _)| *score >= least);
        }
        if ranked.len() > MAX_CANDIDATES {
            ranked.select_nth_unstable_by(MAX_CANDIDATES, rank);
        }
        ranked.truncate(MAX_CANDIDATES);
        ranked.sort_by(rank);
        ranked.into_iter().map(|(_, place)| place).collect()
    }

    /// Scores the holders of the rarest of these terms, and says which those are.
    fn gather(
        &self,
        terms: &[Term],
        weights: &Weights<'_>,
        shelf: impl Fn(&crate::day::Day) -> &Shelf,
        scores: &mut HashKeyed<Place, f32>,
    ) -> Vec<u32> {
        let holding = |t: &Term| weights.window.holding(t.hash);
        let mut rarest: Vec<(u32, &Term)> = terms.iter().map(|t| (holding(t), t)).collect();
        rarest.sort_by_key(|(holding, t)| (*holding, t.hash));
        let (mut postings, mut read) = (0, Vec::with_capacity(rarest.len()));
        for (holding, term) in rarest {
            postings += holding as usize;
            if postings > MAX_POSTINGS {
                break;
            }
            read.push(term.hash);
            let worth = weights.weigh(term).powi(2);
            for (number, day) in self.days.around(day_of(self.at), self.settings.window_days) {
                for n in shelf(day).get(term.hash) {
                    *scores.entry(Place { day: number, number: n }).or_insert(0.0) += worth;
                }
            }
        }
        read
    }
}

/// The terms two lists share; both rise by hash.
fn common<'a>(a: &'a [Term], b: &'a [Term]) -> impl Iterator<Item = (&'a Term, &'a Term)> {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        loop {
            let (x, y) = (a.get(i)?, b.get(j)?);
            match x.hash.cmp(&y.hash) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    i += 1;
                    j += 1;
                    return Some((x, y));
                }
            }
        }
    })
}

//! Which story an article belongs to.
//!
//! Candidates come from the rarest terms; a story is then judged by its best member and the mean of its
//! members, not by a centroid alone: the centroid of a big story drifts to its theme and would swallow the
//! neighbouring events. Across scripts, the share of the Latin text's names, places and numbers that stand in
//! the Arabic one takes the place of the cosine.

use crate::background::Frequencies;
use crate::day::{Days, Entry, Place, day_of};
use crate::fold::Script;
use crate::settings::Settings;
use crate::shelf::{HashKeyed, Shelf};
use crate::terms::{Term, Terms};

/// Postings read for one article; the rarest terms come first, so what is left out weighs little.
const MAX_POSTINGS: usize = 1_500;
/// Entries compared in full.
const MAX_CANDIDATES: usize = 48;
/// Stories judged by all their members.
const MAX_STORIES: usize = 8;
/// Members of a story compared for its mean: its newest.
const MAX_MEMBERS: usize = 24;
/// Distinct names, places or numbers two texts of different scripts must share.
const MIN_SHARED_NAMES: usize = 3;

/// Document frequencies of the two kinds of terms.
#[derive(Debug, Default)]
pub(crate) struct Window {
    pub(crate) stems: Frequencies,
    pub(crate) names: Frequencies,
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

/// An article to be placed among the stories.
pub(crate) struct Search<'a> {
    days: &'a Days,
    window: &'a Window,
    settings: &'a Settings,
    terms: &'a Terms,
    at: jiff::Timestamp,
    /// The weights of its stems in the window, in their order.
    weights: Vec<f32>,
    norm: f32,
}

impl<'a> Search<'a> {
    /// Prepares the search for an article with these terms.
    pub(crate) fn new(
        (days, window, settings): (&'a Days, &'a Window, &'a Settings),
        terms: &'a Terms,
        at: jiff::Timestamp,
    ) -> Self {
        let weights: Vec<f32> =
            terms.stems.iter().map(|t| window.stems.weight(t.hash) * f32::from(t.weight)).collect();
        let norm = weights.iter().map(|w| w * w).sum::<f32>().sqrt();
        Self { days, window, settings, terms, at, weights, norm }
    }
}

impl Search<'_> {
    /// The story it belongs to, if any; `members` gives the places of a story's members.
    pub(crate) fn best<'m>(&self, members: impl Fn(u64) -> &'m [Place]) -> Option<Found> {
        let mut margins: HashKeyed<Place, f32> = HashKeyed::default();
        let mut stories: HashKeyed<u64, f32> = HashKeyed::default();
        for place in self.candidates() {
            let Some(entry) = self.days.get(place) else { continue };
            let margin = self.margin(entry);
            margins.insert(place, margin);
            // The mean never lifts a story above its best member, so the others need no closer look.
            if margin >= 1.0 {
                let best = stories.entry(entry.story).or_insert(margin);
                *best = best.max(margin);
            }
        }
        let mut likeliest: Vec<(f32, u64)> = stories.into_iter().map(|(story, best)| (best, story)).collect();
        likeliest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        likeliest.truncate(MAX_STORIES);
        likeliest
            .into_iter()
            .filter_map(|(_, story)| self.judge(story, members(story), &mut margins))
            .filter(|found| found.margin >= 1.0)
            .max_by(|a, b| {
                a.margin.total_cmp(&b.margin).then_with(|| self.order(b.nearest).cmp(&self.order(a.nearest)))
            })
    }

    fn order(&self, place: Place) -> Option<(jiff::Timestamp, &str)> {
        self.days.get(place).map(|e| (e.at, e.id.0.as_str()))
    }

    fn judge(&self, story: u64, members: &[Place], margins: &mut HashKeyed<Place, f32>) -> Option<Found> {
        let mut newest: Vec<Place> = members.to_vec();
        newest.sort_by(|a, b| self.order(*b).cmp(&self.order(*a)));
        let mut best: Option<(f32, Place)> = None;
        let mut sum = 0.0;
        let mut count = 0.0;
        for (i, place) in newest.into_iter().enumerate() {
            let known = margins.get(&place).copied();
            if known.is_none() && i >= MAX_MEMBERS {
                continue;
            }
            let Some(entry) = self.days.get(place) else { continue };
            let margin = *margins.entry(place).or_insert_with(|| self.margin(entry));
            sum += margin;
            count += 1.0;
            if best.is_none_or(|(most, _)| margin > most) {
                best = Some((margin, place));
            }
        }
        let (most, nearest) = best?;
        let weight = self.settings.story_best_member;
        Some(Found { story, nearest, margin: weight * most + (1.0 - weight) * sum / f32::max(count, 1.0) })
    }

    /// How far two articles are above the threshold for one story: 1 is on it.
    pub(crate) fn margin(&self, entry: &Entry) -> f32 {
        let apart_days = (self.at.as_second() - entry.at.as_second()).unsigned_abs() as f32 / 86_400.0;
        let fresh = 0.5_f32.powf(apart_days / self.settings.story_half_life_days);
        fresh * self.timeless_margin(&entry.terms)
    }

    /// The same without regard to time.
    pub(crate) fn timeless_margin(&self, other: &Terms) -> f32 {
        if self.terms.script == other.script {
            let both = self.terms.has_body && other.has_body;
            let enough =
                if both { self.settings.story_similarity } else { self.settings.story_similarity_headline };
            self.cosine(&other.stems) / enough
        } else {
            self.crossing(other) / self.settings.cross_script_similarity
        }
    }

    fn cosine(&self, other: &[Term]) -> f32 {
        let mut mine = self.terms.stems.iter().zip(&self.weights).peekable();
        let (mut dot, mut square) = (0.0, 0.0);
        for term in other {
            let weight = self.window.stems.weight(term.hash) * f32::from(term.weight);
            square += weight * weight;
            while mine.next_if(|(t, _)| t.hash < term.hash).is_some() {}
            if let Some((_, w)) = mine.next_if(|(t, _)| t.hash == term.hash) {
                dot += w * weight;
            }
        }
        if dot > 0.0 { dot / (self.norm * square.sqrt()) } else { 0.0 }
    }

    /// The share of the Latin text's names that stand in the Arabic one.
    fn crossing(&self, other: &Terms) -> f32 {
        let latin = if self.terms.script == Script::Latin { self.terms } else { other };
        let idf = |t: &Term| f32::from(t.weight) * self.window.names.weight(t.hash).powi(2);
        let in_latin = |a: &Term| latin.names.binary_search_by_key(&a.hash, |t| t.hash).ok();
        let shared: Vec<f32> = common(&self.terms.names, &other.names)
            .filter_map(|(a, _)| in_latin(a))
            .map(|i| idf(&latin.names[i]))
            .collect();
        if shared.len() < MIN_SHARED_NAMES {
            return 0.0;
        }
        shared.iter().sum::<f32>() / latin.names.iter().map(idf).sum::<f32>().max(f32::EPSILON)
    }

    /// The entries worth a full comparison: those that share the most weight of rare terms.
    fn candidates(&self) -> Vec<Place> {
        let mut scores: HashKeyed<Place, f32> = HashKeyed::default();
        self.gather(&self.terms.stems, &self.window.stems, |day| &day.stems, &mut scores);
        self.gather(&self.terms.names, &self.window.names, |day| &day.names, &mut scores);
        let mut ranked: Vec<(f32, Place)> = scores.into_iter().map(|(place, score)| (score, place)).collect();
        let rank = |a: &(f32, Place), b: &(f32, Place)| {
            b.0.total_cmp(&a.0).then_with(|| self.order(a.1).cmp(&self.order(b.1)))
        };
        if ranked.len() > MAX_CANDIDATES {
            ranked.select_nth_unstable_by(MAX_CANDIDATES, rank);
        }
        ranked.truncate(MAX_CANDIDATES);
        ranked.sort_by(rank);
        ranked.into_iter().map(|(_, place)| place).collect()
    }

    fn gather(
        &self,
        terms: &[Term],
        frequencies: &Frequencies,
        shelf: impl Fn(&crate::day::Day) -> &Shelf,
        scores: &mut HashKeyed<Place, f32>,
    ) {
        let mut rarest: Vec<(u32, &Term)> = terms.iter().map(|t| (frequencies.holding(t.hash), t)).collect();
        rarest.sort_by_key(|(holding, t)| (*holding, t.hash));
        let mut read = 0;
        for (holding, term) in rarest {
            read += holding as usize;
            if read > MAX_POSTINGS {
                break;
            }
            let worth = (f32::from(term.weight) * frequencies.weight(term.hash)).powi(2);
            for (number, day) in self.days.around(day_of(self.at), self.settings.window_days) {
                for n in shelf(day).get(term.hash) {
                    *scores.entry(Place { day: number, number: n }).or_insert(0.0) += worth;
                }
            }
        }
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

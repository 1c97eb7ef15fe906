//! The bridge to the store: a day read, composed and kept; frozen, published, corrected.
//!
//! Invariant: what was published is what the store gave out then, word for word. Building again leaves it alone, and a
//! correction is a new revision with its errata.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_model::{ArticleId, Edition, EditionState, LawTerms, Story, StoryId, Window};
use kiosque_store::{Issue, Store};

use crate::ruling::{Act, Ruling, in_force};
use crate::schedule::{out_at, window};
use crate::{Day, EditionError, EditionSpec, amend, amends, compose};

/// An edition as the store now keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// The edition, with the revision the store counts.
    pub edition: Edition,
    /// Whether it differs from what the store kept before.
    pub changed: bool,
}

/// Builds the edition of `date` from the store and keeps it there. Building again from the same articles and decisions
/// changes nothing and says so; a published edition is left as it went out.
///
/// # Errors
/// [`EditionError::Store`] where the day cannot be read or the edition not be written; then the one kept before stays.
/// [`EditionError::NotIssued`] where the edition's schedule leaves the day out.
pub fn build(store: &Store, spec: &EditionSpec, date: Date) -> Result<Built, EditionError> {
    keep(store, &standing(store, spec, (date, i64::MAX))?)
}

/// The edition with the decisions up to `last`, as far as its state lets them in.
fn standing(store: &Store, spec: &EditionSpec, (date, last): (Date, i64)) -> Result<Edition, EditionError> {
    match store.issue(&spec.name, date)? {
        Some(issue) if issue.state == EditionState::Published => Ok(issue.edition),
        Some(issue) if issue.state == EditionState::Frozen => {
            Ok(amend(&issue.edition, &decided(store, &issue, last)?, false))
        }
        _ => composed(store, spec, (date, last)),
    }
}

/// Builds an edition and holds it: what comes in no longer changes it, what editors write does.
///
/// # Errors
/// As [`build`]; [`EditionError::State`] where it is frozen or published already.
pub fn freeze(
    store: &Store,
    spec: &EditionSpec,
    date: Date,
    (who, at): (&str, Timestamp),
) -> Result<Built, EditionError> {
    match store.issue(&spec.name, date)?.map(|issue| issue.state) {
        None | Some(EditionState::Open) => {}
        Some(EditionState::Frozen) => return Err(state(spec, date, "is frozen already")),
        Some(EditionState::Published) => return Err(state(spec, date, "went out already")),
    }
    let decision = store.last_decision()?;
    let frozen = Edition { state: EditionState::Frozen, ..composed(store, spec, (date, decision))? };
    close(store, frozen, decision, (who, at))
}

/// Lets a frozen edition follow again what comes in.
///
/// # Errors
/// As [`build`]; [`EditionError::State`] where it is not frozen.
pub fn thaw(
    store: &Store,
    spec: &EditionSpec,
    date: Date,
    (who, at): (&str, Timestamp),
) -> Result<Built, EditionError> {
    match store.issue(&spec.name, date)?.map(|issue| issue.state) {
        Some(EditionState::Frozen) => {}
        Some(EditionState::Published) => {
            return Err(state(spec, date, "went out\nhint: correct it, then publish it again"));
        }
        None | Some(EditionState::Open) => return Err(state(spec, date, "is not frozen")),
    }
    let decision = store.last_decision()?;
    let open = composed(store, spec, (date, decision))?;
    close(store, open, decision, (who, at))
}

/// What [`publish`] would give out: the edition as it stands, or a published one with the corrections made since; `None`
/// where it went out in this mode and nothing was corrected.
///
/// # Errors
/// As [`build`].
pub fn publication(store: &Store, spec: &EditionSpec, date: Date) -> Result<Option<Edition>, EditionError> {
    drafted(store, spec, (date, i64::MAX))
}

/// What goes out with the decisions up to `last`. It goes out in the mode of `spec` and remembers it.
fn drafted(
    store: &Store,
    spec: &EditionSpec,
    (date, last): (Date, i64),
) -> Result<Option<Edition>, EditionError> {
    let out = store.issue(&spec.name, date)?.filter(|issue| issue.state == EditionState::Published);
    let edition = match out {
        Some(issue) => {
            let corrections = decided(store, &issue, last)?;
            if corrections.is_empty() && issue.edition.law.mode == spec.law.mode {
                return Ok(None);
            }
            amend(&issue.edition, &corrections, true)
        }
        None => standing(store, spec, (date, last))?,
    };
    let law = LawTerms { mode: spec.law.mode, ..edition.law };
    Ok(Some(Edition { state: EditionState::Published, law, ..edition }))
}

/// Closes an edition for its readers. One that went out before goes out again where editors corrected it since, as a
/// new revision with an erratum for each correction; else nothing changes.
///
/// # Errors
/// As [`build`].
pub fn publish(
    store: &Store,
    spec: &EditionSpec,
    date: Date,
    (who, at): (&str, Timestamp),
) -> Result<Built, EditionError> {
    let decision = store.last_decision()?;
    match drafted(store, spec, (date, decision))? {
        Some(edition) => close(store, edition, decision, (who, at)),
        None => build(store, spec, date),
    }
}

/// The editions of a specification that an article of a calendar day may stand in, by date.
#[must_use]
pub fn dates_of(spec: &EditionSpec, day: Date) -> Vec<Date> {
    let ahead = |days: i64| day.saturating_add(jiff::Span::new().days(days));
    // An edition covers a week or so at most; a schedule of the year's first day is looked for no longer.
    let candidates = (0..=31).map(ahead);
    let start = |date: Date| kiosque_model::Published::Day(date).instant_in(&spec.time_zone);
    let (morning, evening) = (start(day), start(ahead(1)));
    candidates
        .filter(|date| {
            window(spec, *date).is_ok_and(|window| window.from < evening && window.until > morning)
        })
        .collect()
}

fn state(spec: &EditionSpec, date: Date, why: &'static str) -> EditionError {
    EditionError::State { edition: spec.name.clone(), date, why }
}

fn keep(store: &Store, edition: &Edition) -> Result<Built, EditionError> {
    let changed = store.save_edition(edition)?;
    let edition = store.edition(&edition.name, edition.date)?.unwrap_or_else(|| edition.clone());
    Ok(Built { edition, changed })
}

/// Keeps an edition in its new state. `decision` is the latest one it holds, known before it was composed: what is
/// decided meanwhile is found after it.
fn close(
    store: &Store,
    edition: Edition,
    decision: i64,
    (who, at): (&str, Timestamp),
) -> Result<Built, EditionError> {
    let state = edition.state;
    let mut issue = Issue { edition, state, decision, who: who.to_owned(), at };
    let changed = store.change_state(&issue)?;
    if let Some(kept) = store.edition(&issue.edition.name, issue.edition.date)? {
        issue.edition = kept;
    }
    Ok(Built { edition: issue.edition, changed })
}

/// What editors decided of a closed edition since, up to the decision `last`, as far as it changes one.
fn decided(store: &Store, issue: &Issue, last: i64) -> Result<Vec<Ruling>, EditionError> {
    let mut rulings = rulings(store, (&issue.edition.name, issue.edition.date), last)?;
    rulings.retain(|ruling| ruling.number > issue.decision && amends(&ruling.act));
    Ok(rulings)
}

fn rulings(store: &Store, (name, date): (&str, Date), last: i64) -> Result<Vec<Ruling>, EditionError> {
    let mut decisions = store.decisions(name, date)?;
    decisions.retain(|decision| decision.number <= last);
    Ok(in_force(&decisions))
}

fn composed(store: &Store, spec: &EditionSpec, (date, last): (Date, i64)) -> Result<Edition, EditionError> {
    let window = window(spec, date)?;
    let rulings = rulings(store, (&spec.name, date), last)?;
    let stories = stories(store, spec, (date, window))?;
    let homes = homes(store, &rulings)?;
    let day = Day { date, window: Some(window), stories: &stories, rulings: &rulings, homes: &homes };
    Ok(compose(&day, spec))
}

/// The stories of a window. What was published in the window of the edition before, but came in after that one was
/// closed, is late: it stands in this one.
fn stories(
    store: &Store,
    spec: &EditionSpec,
    (date, window): (Date, Window),
) -> Result<Vec<Story>, EditionError> {
    let before = store.closed_before(&spec.name, date)?;
    let missed = before.and_then(|issue| Some((issue.edition.window?, issue.at)));
    let zone = &spec.time_zone;
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let first = missed.map_or(window.from, |(earlier, _)| earlier.from.min(window.from));
    // A bare day is dated at its first second, a late hour UTC may be the next day here.
    let mut stories = store.stories(day(first), day(window.until))?;
    for story in &mut stories {
        story.articles.retain_mut(|article| {
            let of = &article.tagged.article;
            let seen = article.first_seen.unwrap_or(of.fetched_at);
            let out = out_at(of.published, seen, zone);
            let within = |w: Window| out >= w.from && out < w.until;
            article.late = missed.is_some_and(|(earlier, closed)| within(earlier) && seen > closed);
            article.late || within(window)
        });
    }
    stories.retain(|story| !story.articles.is_empty());
    Ok(stories)
}

/// Which story each article named by a decision is in.
fn homes(store: &Store, rulings: &[Ruling]) -> Result<BTreeMap<ArticleId, StoryId>, EditionError> {
    let mut homes = BTreeMap::new();
    for ruling in rulings {
        let other = match &ruling.act {
            Act::Merge { with } => Some(with),
            Act::Split { from, .. } => Some(from),
            _ => None,
        };
        for article in ruling.target.iter().chain(other) {
            if let Some(placed) = store.placed(article)? {
                homes.insert(article.clone(), placed.story);
            }
        }
    }
    Ok(homes)
}

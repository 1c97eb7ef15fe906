//! The bridge to the store: a day read, composed and kept; frozen, published, corrected.
//!
//! Invariant: what was published is what the store gave out then, word for word. Building again leaves it alone, and a
//! correction is a new revision with its errata.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use kiosque_model::{ArticleId, Edition, EditionState, LawTerms, Story, StoryId, Window};
use kiosque_store::{Issue, Store};

use crate::amend::{other_mode, tells};
use crate::ruling::{Act, Ruling, in_force};
use crate::schedule::{Period, out_at, window};
use crate::sides::followers;
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
/// Where others decide at the same moment, the one that is kept last holds what all of them decided: whoever kept one
/// looks whether anything was decided since it was read, and builds again if so.
///
/// # Errors
/// [`EditionError::Store`] where the day cannot be read or the edition not be written; then the one kept before stays.
/// [`EditionError::NotIssued`] where the edition's schedule leaves the day out.
pub fn build(store: &Store, spec: &EditionSpec, date: Date) -> Result<Built, EditionError> {
    let mut changed = false;
    loop {
        let last = store.last_decision()?;
        let built = keep(store, &standing(store, spec, (date, last))?)?;
        changed |= built.changed;
        if store.last_decision()? == last {
            return Ok(Built { changed, ..built });
        }
    }
}

/// The numbers of the decisions on a frozen edition that would move its items and so wait until it is thawed; none where
/// it is not frozen.
///
/// # Errors
/// [`EditionError::Store`] where the store cannot be read.
pub fn waiting(store: &Store, spec: &EditionSpec, date: Date) -> Result<Vec<i64>, EditionError> {
    let frozen = store.issue(&spec.name, date)?.filter(|issue| issue.state == EditionState::Frozen);
    let Some(issue) = frozen else { return Ok(Vec::new()) };
    let concerns = |ruling: &Ruling| {
        let named = ruling.target.iter().chain(match &ruling.act {
            Act::Merge { with: other } | Act::Split { from: other, .. } => Some(other),
            _ => None,
        });
        // What regroups stories is decided for all editions: most of it is of no item here.
        !ruling.act.regroups()
            || named.into_iter().any(|id| issue.edition.items().any(|item| tells(item, id)))
    };
    let mut rulings = rulings(store, (&spec.name, date), i64::MAX)?;
    rulings.retain(|ruling| ruling.number > issue.decision && !amends(&ruling.act) && concerns(ruling));
    Ok(rulings.iter().map(|ruling| ruling.number).collect())
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
    let before = store.issue(&spec.name, date)?;
    match before.as_ref().map(|issue| issue.state) {
        None | Some(EditionState::Open) => {}
        Some(EditionState::Frozen) => return Err(state(spec, date, "is frozen already")),
        Some(EditionState::Published) => return Err(state(spec, date, "went out already")),
    }
    let decision = store.last_decision()?;
    let frozen = Edition { state: EditionState::Frozen, ..composed(store, spec, (date, decision))? };
    close(store, Draft { edition: frozen, decision, before }, (who, at))
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
    let before = store.issue(&spec.name, date)?;
    match before.as_ref().map(|issue| issue.state) {
        Some(EditionState::Frozen) => {}
        Some(EditionState::Published) => {
            return Err(state(spec, date, "went out\nhint: correct it, then publish it again"));
        }
        None | Some(EditionState::Open) => return Err(state(spec, date, "is not frozen")),
    }
    let decision = store.last_decision()?;
    let open = composed(store, spec, (date, decision))?;
    close(store, Draft { edition: open, decision, before }, (who, at))
}

/// An edition that is about to be closed, word for word, with what it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The edition; the store counts its revision.
    pub edition: Edition,
    /// The latest decision it holds, known before it was composed: what is decided meanwhile is found after it.
    decision: i64,
    /// The state it was made from.
    before: Option<Issue>,
}

/// What [`publish`] would give out: the edition as it stands, or a published one with the corrections made since; `None`
/// where it went out in this mode and nothing was corrected. It goes out in the mode of `spec` and remembers it; that
/// one which is out goes out in another is a correction too, by whom and when it is made.
///
/// # Errors
/// As [`build`].
pub fn publication(
    store: &Store,
    spec: &EditionSpec,
    date: Date,
    (who, at): (&str, Timestamp),
) -> Result<Option<Draft>, EditionError> {
    let decision = store.last_decision()?;
    let before = store.issue(&spec.name, date)?;
    let edition = match before.as_ref().filter(|issue| issue.state == EditionState::Published) {
        Some(issue) => {
            let corrections = decided(store, issue, decision)?;
            let changed = issue.edition.law.mode != spec.law.mode;
            if corrections.is_empty() && !changed {
                return Ok(None);
            }
            let mut amended = amend(&issue.edition, &corrections, true);
            amended.errata.extend(changed.then(|| other_mode(&issue.edition, spec.law.mode, (who, at))));
            amended
        }
        None => standing(store, spec, (date, decision))?,
    };
    let law = LawTerms { mode: spec.law.mode, ..edition.law };
    let edition = Edition { state: EditionState::Published, law, ..edition };
    Ok(Some(Draft { edition, decision, before }))
}

/// Closes an edition for its readers. One that went out before goes out again where editors corrected it since, as a
/// new revision with an erratum for each correction; else nothing changes.
///
/// # Errors
/// As [`build`]; [`EditionError::State`] where somebody else closed it meanwhile.
pub fn publish(
    store: &Store,
    spec: &EditionSpec,
    date: Date,
    how: (&str, Timestamp),
) -> Result<Built, EditionError> {
    match publication(store, spec, date, how)? {
        Some(draft) => close(store, draft, how),
        None => build(store, spec, date),
    }
}

/// The editions of a specification that an article of a calendar day may stand in, by date.
#[must_use]
pub fn dates_of(spec: &EditionSpec, day: Date) -> Vec<Date> {
    let ahead = |days: i64| day.saturating_add(Span::new().days(days));
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

/// Keeps an edition in its new state, just as it was drafted: what came in or was decided since is not in it.
///
/// # Errors
/// [`EditionError::Store`] where it cannot be written; [`EditionError::State`] where somebody else changed its state since
/// it was drafted.
pub fn close(store: &Store, draft: Draft, (who, at): (&str, Timestamp)) -> Result<Built, EditionError> {
    let state = draft.edition.state;
    let mut issue =
        Issue { edition: draft.edition, state, decision: draft.decision, who: who.to_owned(), at };
    let Some(changed) = store.change_state(&issue, draft.before.as_ref())? else {
        return Err(EditionError::State {
            edition: issue.edition.name,
            date: issue.edition.date,
            why: "was closed or opened by somebody else at the same moment\nhint: look at it and try again",
        });
    };
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
    let before = store.closed_before(&spec.name, date)?;
    let window = since(spec, window(spec, date)?, before.as_ref());
    let mut rulings = rulings(store, (&spec.name, date), last)?;
    let stories = stories(store, spec, window, before.as_ref())?;
    let homes = homes(store, &rulings)?;
    follow(store, &mut rulings, &stories, &homes)?;
    let day = Day { date, window: Some(window), stories: &stories, rulings: &rulings, homes: &homes };
    Ok(compose(&day, spec))
}

/// The time an edition covers: where hours of issue were missed since the edition that was closed before, their time too, as
/// far back as a month.
fn since(spec: &EditionSpec, window: Window, before: Option<&Issue>) -> Window {
    let follows = spec.period == Period::SinceLastIssue && spec.schedule.is_some();
    let left_at =
        before.filter(|_| follows).and_then(|issue| issue.edition.window).map(|window| window.until);
    let month = Span::new().hours(31 * 24);
    let bound = window.from.checked_sub(month).unwrap_or(window.from);
    Window { from: left_at.map_or(window.from, |at| at.max(bound).min(window.from)), ..window }
}

/// The stories of a window. What was published before it, in the time of the edition before or up to two days earlier, but
/// came in after that one was closed, is late: it stands in this one.
fn stories(
    store: &Store,
    spec: &EditionSpec,
    window: Window,
    before: Option<&Issue>,
) -> Result<Vec<Story>, EditionError> {
    let two_days = Span::new().hours(48);
    let reach = window.from.checked_sub(two_days).unwrap_or(window.from);
    let missed = before.and_then(|issue| Some((issue.edition.window?.from.min(reach), issue.at)));
    let zone = &spec.time_zone;
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let first = missed.map_or(window.from, |(earliest, _)| earliest);
    // A bare day is dated at its first second, a late hour UTC may be the next day here.
    let mut stories = store.stories(day(first), day(window.until))?;
    for story in &mut stories {
        story.articles.retain_mut(|article| {
            let of = &article.tagged.article;
            let seen = article.first_seen.unwrap_or(of.fetched_at);
            let out = out_at(of.published, seen, zone);
            article.late = missed
                .is_some_and(|(earliest, closed)| out >= earliest && out < window.from && seen > closed);
            article.late || (out >= window.from && out < window.until)
        });
    }
    stories.retain(|story| !story.articles.is_empty());
    Ok(stories)
}

/// Which story each article named by a decision is in.
fn homes(store: &Store, rulings: &[Ruling]) -> Result<BTreeMap<ArticleId, StoryId>, EditionError> {
    let mut homes = BTreeMap::new();
    for ruling in rulings {
        let (other, along) = match &ruling.act {
            Act::Merge { with } => (Some(with), &[][..]),
            Act::Split { from, along } => (Some(from), &along[..]),
            _ => (None, &[][..]),
        };
        for article in ruling.target.iter().chain(other).chain(along) {
            if let Some(placed) = store.placed(article)? {
                homes.insert(article.clone(), placed.story);
            }
        }
    }
    Ok(homes)
}

/// Has what came in after a story of the day was parted go along with the side it belongs to.
fn follow(
    store: &Store,
    rulings: &mut [Ruling],
    stories: &[Story],
    homes: &BTreeMap<ArticleId, StoryId>,
) -> Result<(), EditionError> {
    for ruling in rulings {
        let (Some(target), Act::Split { from, along }) = (&ruling.target, &mut ruling.act) else { continue };
        let Some(home) = homes.get(target).filter(|home| homes.get(from) == Some(home)) else { continue };
        if !stories.iter().any(|story| story.id == *home) {
            continue;
        }
        let left = along.iter().chain([target]).collect();
        let late = followers(&store.members(home)?, &left, ruling.at);
        along.extend(late);
    }
    Ok(())
}

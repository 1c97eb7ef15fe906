//! Whether a source fell silent, by its own rhythm.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use crate::{Alarm, AlarmKind, span};

/// What comes within this after the beginning of an episode is part of it: feeds and visits of feeds come in bursts.
const EPISODE: SignedDuration = SignedDuration::from_mins(30);
/// What comes so soon after the first arrival is what the source had kept, no rhythm.
const BACKLOG: SignedDuration = SignedDuration::from_hours(6);
/// Weeks compared with, at most and at least.
const WEEKS: (i64, usize) = (8, 4);
/// Episodes that the same hours brought in the weeks before: as a median, and in every one.
const EXPECTED: (usize, usize) = (12, 4);
/// How much longer than the longest pause there was a pause must be, as a ratio.
const LONGER: (i32, i32) = (5, 2);
/// Pauses without which the longest says nothing.
const PAUSES: usize = 20;
/// How long a source is watched before its longest pause counts.
const LEARNT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// No pause shorter than this is told, whatever the history.
const LEAST: (SignedDuration, SignedDuration) =
    (SignedDuration::from_hours(4), SignedDuration::from_hours(24));

/// The usual rhythm of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    /// Articles of a day: the median over the days watched.
    pub per_day: f64,
    /// The pause between two episodes: the median.
    pub usual_pause: SignedDuration,
    /// The longest pause there was.
    pub longest_pause: SignedDuration,
}

/// When episodes began, oldest first; what was there at the start is one.
fn episodes(arrivals: &[Timestamp]) -> Vec<Timestamp> {
    let Some(first) = arrivals.first() else { return Vec::new() };
    let mut found = vec![*first];
    for at in arrivals.iter().filter(|at| at.duration_since(*first) > BACKLOG) {
        // From the beginning of the one before: a steady trickle is many episodes, not one that never ends.
        if found.last().is_some_and(|before| at.duration_since(*before) >= EPISODE) {
            found.push(*at);
        }
    }
    found
}

/// The rhythm of arrivals (when each article was first met, oldest first); `None` where there are too few.
#[must_use]
pub fn rhythm(arrivals: &[Timestamp], now: Timestamp, zone: &TimeZone) -> Option<Rhythm> {
    let episodes = episodes(arrivals);
    let mut pauses: Vec<SignedDuration> =
        episodes.windows(2).map(|two| two[1].duration_since(two[0])).collect();
    if pauses.len() < 3 {
        return None;
    }
    pauses.sort_unstable();
    // Whole days: the first and the present one are not.
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let (first, today) = (day(episodes[0]), day(now));
    let mut days = Vec::new();
    let mut date = first.tomorrow().ok()?;
    while date < today {
        days.push(arrivals.iter().filter(|at| day(**at) == date).count());
        date = date.tomorrow().ok()?;
    }
    days.sort_unstable();
    let per_day = match days.len() {
        0 => return None,
        n if n % 2 == 1 => days[n / 2] as f64,
        n => (days[n / 2 - 1] + days[n / 2]) as f64 / 2.0,
    };
    Some(Rhythm { per_day, usual_pause: pauses[pauses.len() / 2], longest_pause: pauses[pauses.len() - 1] })
}

/// Whether a source is silent at `until`: now, or when it was last visited, since what nobody looked at is not
/// silent. `arrivals` says when each article was first met, oldest first.
#[must_use]
pub fn silence(arrivals: &[Timestamp], until: Timestamp, zone: &TimeZone) -> Option<Alarm> {
    let last = *arrivals.last()?;
    let pause = until.duration_since(last);
    if pause < LEAST.0 {
        return None;
    }
    let episodes = episodes(arrivals);
    let alarm = |says: String| Some(Alarm { kind: AlarmKind::Silent, since: last, says });
    if let Some((median, least, weeks)) = same_hours(&episodes, last, until, zone)
        && median >= EXPECTED.0
        && least >= EXPECTED.1
    {
        return alarm(format!(
            "nothing new for {}; the same hours of the {weeks} weeks before brought articles {median} times (median), never less than {least}",
            span(pause)
        ));
    }
    let pauses: Vec<_> = episodes.windows(2).map(|two| two[1].duration_since(two[0])).collect();
    let longest = *pauses.iter().max()?;
    let watched = last.duration_since(episodes[0]);
    if pause >= LEAST.1
        && watched >= LEARNT
        && pauses.len() >= PAUSES
        && pause * LONGER.1 > longest * LONGER.0
    {
        return alarm(format!(
            "nothing new for {}; the longest of {} pauses before was {}",
            span(pause),
            pauses.len(),
            span(longest)
        ));
    }
    None
}

/// Episodes in the same hours of the weeks before: the median, the least, and how many weeks were compared.
fn same_hours(
    episodes: &[Timestamp],
    last: Timestamp,
    until: Timestamp,
    zone: &TimeZone,
) -> Option<(usize, usize, usize)> {
    let begin = episodes.first()?.checked_add(BACKLOG).ok()?;
    let mut counts = Vec::new();
    for weeks in 1..=WEEKS.0 {
        // By the calendar: the clock change does not shift the morning's articles.
        let back = |at: Timestamp| {
            Some(at.to_zoned(zone.clone()).checked_sub(Span::new().weeks(weeks)).ok()?.timestamp())
        };
        let (from, to) = (back(last)?, back(until)?);
        if from < begin || to >= last {
            // A pause of more than a week compares only with weeks before it began.
            if from < begin {
                break;
            }
            continue;
        }
        counts.push(episodes.iter().filter(|at| **at > from && **at <= to).count());
    }
    if counts.len() < WEEKS.1 {
        return None;
    }
    counts.sort_unstable();
    Some((counts[counts.len() / 2], counts[0], counts.len()))
}

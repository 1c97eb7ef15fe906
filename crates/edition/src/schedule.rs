//! When an edition is issued, and what time it covers.
//!
//! The hours are a cron expression in the pipeline's zone, so that they follow its clock: 7 o'clock is 7 o'clock on
//! both sides of a change, and the day between has 23 or 25 hours. An edition covers what came out since its hour
//! before: a cron of weekdays gives a Monday edition of three days, one of Saturdays the week. Nothing here asks what
//! time it is.

mod cron;

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use kiosque_model::{Published, Window};

use crate::{EditionError, EditionSpec};
use cron::Cron;

/// The hours of issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    cron: Cron,
}

/// The time an edition covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Period {
    /// The calendar days up to and with the edition's, so many of them.
    Days(u16),
    /// Since the hour of issue before; the calendar day where there is no schedule.
    #[default]
    SinceLastIssue,
}

impl Schedule {
    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The hour of issue of a day; `None` where the day has none.
    #[must_use]
    pub fn issue_on(&self, date: Date, zone: &TimeZone) -> Option<Timestamp> {
        let evening = start_of(date.tomorrow().ok()?, zone);
        self.before(evening, zone).filter(|at| at.to_zoned(zone.clone()).date() == date)
    }

    /// The last hour of issue before a moment.
    #[must_use]
    pub fn before(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        self.cron.before(at, zone)
    }

    /// The first hour of issue after a moment.
    #[must_use]
    pub fn after(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        self.cron.after(at, zone)
    }

    /// The hour that is to be issued at `now`, where the one issued last was `last`: the latest that has come. Hours
    /// that were missed before it are not made up for; its edition covers their time.
    #[must_use]
    pub fn due(&self, last: Timestamp, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let just_after = now.checked_add(Span::new().seconds(1)).ok()?;
        self.before(just_after, zone).filter(|hour| *hour > last)
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let cron = Cron::parse(text).map_err(|why| {
            format!(
                "`{text}` is no cron expression such as `0 7 * * 1-5` (minute hour day month weekday): {why}"
            )
        })?;
        if !cron.is_once_a_day() {
            return Err(format!(
                "`{text}` has several hours a day, an edition is one a day: make an `[[edition]]` for each hour"
            ));
        }
        if cron.after(Timestamp::UNIX_EPOCH, &TimeZone::UTC).is_none() {
            return Err(format!("`{text}` never comes: no month it names has such a day"));
        }
        Ok(Self { text: text.trim().to_owned(), cron })
    }
}

/// The time the edition of a day covers.
///
/// # Errors
/// [`EditionError::NotIssued`] where its schedule has no hour on that day.
pub fn window(spec: &EditionSpec, date: Date) -> Result<Window, EditionError> {
    let zone = &spec.time_zone;
    let days = match (&spec.schedule, spec.period) {
        (_, Period::Days(days)) => days.max(1),
        (None, Period::SinceLastIssue) => 1,
        (Some(schedule), Period::SinceLastIssue) => {
            let not_issued = || EditionError::NotIssued {
                edition: spec.name.clone(),
                date,
                schedule: schedule.text.clone(),
                next: schedule.after(start_of(date, zone), zone).map(|at| at.to_zoned(zone.clone()).date()),
            };
            let until = schedule.issue_on(date, zone).ok_or_else(not_issued)?;
            let from = schedule.before(until, zone).unwrap_or(until);
            return Ok(Window { from, until });
        }
    };
    let first = date.saturating_sub(Span::new().days(i64::from(days) - 1));
    Ok(Window {
        from: start_of(first, zone),
        until: date.tomorrow().map_or_else(|_| start_of(date, zone), |next| start_of(next, zone)),
    })
}

/// When an article counts as out: its moment; a bare day from its first second, or when it came in on that day; when it
/// came in, where it has no date.
#[must_use]
pub fn out_at(published: Option<Published>, first_seen: Timestamp, zone: &TimeZone) -> Timestamp {
    match published {
        Some(Published::Moment(at, _)) => at,
        Some(Published::Day(day)) => {
            let morning = start_of(day, zone);
            let evening = day.tomorrow().map_or(morning, |next| start_of(next, zone));
            if first_seen >= morning && first_seen < evening { first_seen } else { morning }
        }
        None => first_seen,
    }
}

fn start_of(day: Date, zone: &TimeZone) -> Timestamp {
    Published::Day(day).instant_in(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(schedule: &str) -> EditionSpec {
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        let mut spec = EditionSpec::new("matin", zone, "Africa/Casablanca");
        spec.schedule = Some(schedule.parse().unwrap());
        spec
    }

    fn check(schedule: &str, date: &str, from: &str, until: &str) {
        let window = window(&spec(schedule), date.parse().unwrap()).unwrap();
        assert_eq!(
            (window.from.to_string(), window.until.to_string()),
            (from.into(), until.into()),
            "{date}"
        );
    }

    #[test]
    fn an_edition_covers_the_time_since_the_one_before() {
        check("0 7 * * *", "2026-10-07", "2026-10-06T06:00:00Z", "2026-10-07T06:00:00Z");
        // Monday after Friday.
        check("30 7 * * 1-5", "2026-10-05", "2026-10-02T06:30:00Z", "2026-10-05T06:30:00Z");
        // The weeklies' edition on Saturdays.
        check("0 9 * * 6", "2026-10-10", "2026-10-03T08:00:00Z", "2026-10-10T08:00:00Z");
    }

    #[test]
    fn the_clock_of_ramadan_is_followed() {
        // 2026: back to UTC on 15 February at 3, to UTC+1 again on 22 March at 2.
        check("0 7 * * *", "2026-02-14", "2026-02-13T06:00:00Z", "2026-02-14T06:00:00Z");
        check("0 7 * * *", "2026-02-15", "2026-02-14T06:00:00Z", "2026-02-15T07:00:00Z");
        check("0 7 * * *", "2026-02-16", "2026-02-15T07:00:00Z", "2026-02-16T07:00:00Z");
        check("0 7 * * *", "2026-03-21", "2026-03-20T07:00:00Z", "2026-03-21T07:00:00Z");
        check("0 7 * * *", "2026-03-22", "2026-03-21T07:00:00Z", "2026-03-22T06:00:00Z");
        check("0 7 * * *", "2026-03-23", "2026-03-22T06:00:00Z", "2026-03-23T06:00:00Z");
    }

    #[test]
    fn an_hour_the_clock_skips_or_repeats_is_issued_once() {
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        let schedule: Schedule = "30 2 * * *".parse().unwrap();
        for (day, next) in [("2026-03-22", "2026-03-23"), ("2026-02-15", "2026-02-16")] {
            let (day, next): (Date, Date) = (day.parse().unwrap(), next.parse().unwrap());
            let (mut at, end) = (start_of(day, &zone), start_of(next, &zone));
            let mut issues = 0;
            while let Some(hour) = schedule.after(at, &zone).filter(|hour| *hour < end) {
                issues += 1;
                at = hour;
            }
            assert_eq!(issues, 1, "{day}");
        }
    }

    #[test]
    fn a_missed_hour_is_caught_up_once() {
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        let schedule: Schedule = "0 7 * * *".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let due = |last: &str, now: &str| schedule.due(at(last), at(now), &zone).map(|hour| hour.to_string());
        let monday = "2026-10-05T06:00:00Z";
        assert_eq!(due(monday, "2026-10-06T05:59:59Z"), None);
        assert_eq!(due(monday, "2026-10-06T06:00:00Z").as_deref(), Some("2026-10-06T06:00:00Z"));
        assert_eq!(due(monday, "2026-10-08T09:00:00Z").as_deref(), Some("2026-10-08T06:00:00Z"));
        assert_eq!(due("2026-10-08T06:00:00Z", "2026-10-08T09:00:00Z"), None);
    }

    #[test]
    fn a_day_without_an_hour_is_told_with_the_next() {
        let said = window(&spec("0 9 * * 6"), "2026-10-07".parse().unwrap()).unwrap_err().to_string();
        assert!(said.contains("2026-10-07") && said.contains("2026-10-10"), "{said}");
        assert!("every morning".parse::<Schedule>().is_err());
        assert!("0 0 7 * * *".parse::<Schedule>().is_err());
        // An edition is one a day.
        let twice = "0 7,19 * * *".parse::<Schedule>().unwrap_err();
        assert!(twice.contains("an `[[edition]]` for each hour"), "{twice}");
        assert!("0 7 31 2 *".parse::<Schedule>().unwrap_err().contains("never comes"));
        assert!("0 7 29 2 *".parse::<Schedule>().is_ok());
    }

    #[test]
    fn a_bare_day_counts_when_it_came_in() {
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        let day: Published = "2026-10-06".parse().unwrap();
        for (seen, out) in [
            ("2026-10-06T10:00:00Z", "2026-10-06T10:00:00Z"),
            ("2026-10-07T10:00:00Z", "2026-10-05T23:00:00Z"),
            ("2026-10-05T10:00:00Z", "2026-10-05T23:00:00Z"),
        ] {
            assert_eq!(out_at(Some(day), seen.parse().unwrap(), &zone).to_string(), out);
        }
    }
}

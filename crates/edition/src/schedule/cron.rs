//! A cron expression of five fields: minute, hour, day of the month, month, weekday.
//!
//! Lists, ranges and steps; 0 and 7 are Sunday; where day of the month and weekday are both given, either will do (a field
//! with a step, such as `*/2`, is given; crontab(5) takes it for a `*`). Hours are
//! of the wall clock: one that the clock skips is struck when it has gone on, one that it repeats is struck the first
//! time (docs/decisions/060-own-cron.md says why this is not a crate).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The years an hour is looked for: 29 February comes every four years, or after eight around 2100.
const DAYS_SEARCHED: i64 = 366 * 9;

/// The names crontab(5) has for months and weekdays.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A field with its names as numbers, the first name as `first`.
fn numbered(field: &str, names: &[&str], first: usize) -> String {
    let field = field.to_ascii_lowercase();
    (first..).zip(names).fold(field, |field, (number, name)| field.replace(name, &number.to_string()))
}

/// The wall clock times of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Vec<i8>,
    hours: Vec<i8>,
    days: Option<Vec<i8>>,
    months: Vec<i8>,
    /// From Monday, 1, to Sunday, 7.
    weekdays: Option<Vec<i8>>,
}

impl Cron {
    /// Reads an expression.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(format!("it has {} fields instead of five", fields.len()));
        };
        let given = |field: &str, range| if field == "*" { Ok(None) } else { values(field, range).map(Some) };
        let (month, weekday) = (&*numbered(month, &MONTHS, 1), &*numbered(weekday, &WEEKDAYS, 0));
        let weekdays = given(weekday, (0, 7))?.map(|days| {
            let mut days: Vec<_> = days.into_iter().map(|day| if day == 0 { 7 } else { day }).collect();
            days.sort_unstable();
            days.dedup();
            days
        });
        Ok(Self {
            minutes: values(minute, (0, 59))?,
            hours: values(hour, (0, 23))?,
            days: given(day, (1, 31))?,
            months: values(month, (1, 12))?,
            weekdays,
        })
    }

    /// Whether it strikes no more than once a day.
    pub(super) fn is_once_a_day(&self) -> bool {
        self.minutes.len() == 1 && self.hours.len() == 1
    }

    /// The last time before a moment.
    pub(super) fn before(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // A time the clock skips may be struck on the day after it was due.
        let last = day_of(at, zone).tomorrow().ok()?;
        (0..DAYS_SEARCHED)
            .map_while(|days| last.checked_sub(jiff::Span::new().days(days)).ok())
            .find_map(|day| self.times(day, zone).into_iter().rev().find(|time| *time < at))
    }

    /// The first time after a moment.
    pub(super) fn after(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let first = day_of(at, zone).yesterday().ok()?;
        (0..DAYS_SEARCHED)
            .map_while(|days| first.checked_add(jiff::Span::new().days(days)).ok())
            .find_map(|day| self.times(day, zone).into_iter().find(|time| *time > at))
    }

    /// The times of a day, in order.
    fn times(&self, day: Date, zone: &TimeZone) -> Vec<Timestamp> {
        let on_day = self.days.as_ref().map(|days| days.contains(&day.day()));
        let on_weekday =
            self.weekdays.as_ref().map(|days| days.contains(&day.weekday().to_monday_one_offset()));
        let meant = match (on_day, on_weekday) {
            (Some(day), Some(weekday)) => day || weekday,
            (only, None) | (None, only) => only.unwrap_or(true),
        };
        if !meant || !self.months.contains(&day.month()) {
            return Vec::new();
        }
        let clock =
            self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| (*hour, *minute)));
        let moment = |(hour, minute)| day.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok();
        let mut times: Vec<_> = clock.filter_map(moment).map(|at| at.timestamp()).collect();
        times.sort_unstable();
        times.dedup();
        times
    }
}

fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// The values of a field: `*`, `3`, `1-5`, `*/15`, `8-18/2`, and lists of those.
fn values(field: &str, (least, most): (i8, i8)) -> Result<Vec<i8>, String> {
    let mut values = Vec::new();
    for part in field.split(',') {
        let number = |text: &str| {
            let read = text.parse::<i8>().ok().filter(|value| (least..=most).contains(value));
            read.ok_or_else(|| format!("`{text}` is no number from {least} to {most}"))
        };
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => {
                let step = step.parse::<usize>().ok().filter(|step| *step > 0);
                (range, step.ok_or_else(|| format!("`{part}` has no step"))?)
            }
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((first, last)) => (number(first)?, number(last)?),
            None if part.contains('/') => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        if first > last {
            return Err(format!("`{range}` ends before it begins"));
        }
        values.extend((first..=last).step_by(step));
    }
    values.sort_unstable();
    values.dedup();
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, from: &str, expected: &[&str]) {
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        let cron = Cron::parse(expression).unwrap();
        let mut at = from.parse::<Timestamp>().unwrap();
        for next in expected {
            let back = at;
            at = cron.after(at, &zone).unwrap();
            assert_eq!(at.to_zoned(zone.clone()).strftime("%F %H:%M").to_string(), *next, "{expression}");
            assert!(cron.before(at, &zone).is_none_or(|before| before <= back), "{expression}");
        }
    }

    #[test]
    fn times_follow_one_another() {
        let wednesday = "2026-10-07T12:00:00Z";
        check("0 7 * * *", wednesday, &["2026-10-08 07:00", "2026-10-09 07:00"]);
        check("*/30 8-9 * * *", wednesday, &["2026-10-08 08:00", "2026-10-08 08:30", "2026-10-08 09:00"]);
        check("0 9 * * 6", wednesday, &["2026-10-10 09:00", "2026-10-17 09:00"]);
        check("0 9 * * SAT", wednesday, &["2026-10-10 09:00", "2026-10-17 09:00"]);
        check("0 6 * nov MON-fri", wednesday, &["2026-11-02 06:00", "2026-11-03 06:00"]);
        check("0 9 * * 0,7", wednesday, &["2026-10-11 09:00", "2026-10-18 09:00"]);
        check("5 6 1 * *", wednesday, &["2026-11-01 06:05", "2026-12-01 06:05"]);
        check("0 8 13 * 5", wednesday, &["2026-10-09 08:00", "2026-10-13 08:00", "2026-10-16 08:00"]);
        check("0 8 29 2 *", wednesday, &["2028-02-29 08:00", "2032-02-29 08:00"]);
        check("0 6-8/2 * 11 1-5", wednesday, &["2026-11-02 06:00", "2026-11-02 08:00", "2026-11-03 06:00"]);
    }

    #[test]
    fn what_is_no_expression_is_told() {
        for wrong in [
            "",
            "0 7 * *",
            "60 7 * * *",
            "0 24 * * *",
            "0 7 0 * *",
            "0 7 * 13 *",
            "0 7 * * 8",
            "x 7 * * *",
            "5-1 7 * * *",
            "*/0 7 * * *",
            "0 7 * * lun",
            "0 0 7 * * *",
        ] {
            assert!(Cron::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Cron::parse("0 7 31 2 *").unwrap().after(Timestamp::UNIX_EPOCH, &TimeZone::UTC), None);
    }
}

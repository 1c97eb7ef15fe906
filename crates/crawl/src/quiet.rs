//! Hours and days at which a feed asks to be left alone: `skipHours` and `skipDays` of RSS 2.0, both in GMT.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A week from now there is no hour that was not looked at.
const HOURS_OF_A_WEEK: usize = 7 * 24;

/// When a feed wants no visit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quiet {
    /// Bit 0 is the hour from midnight on.
    pub hours: u32,
    /// Bit 0 is Monday.
    pub days: u8,
}

impl Quiet {
    /// Whether any moment is as good as another.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.hours == 0 && self.days == 0
    }

    /// Adds an hour as feeds write it, 0 to 23; 24 is midnight too.
    pub(crate) fn add_hour(&mut self, text: &str) {
        if let Some(hour) = text.trim().parse::<u32>().ok().filter(|hour| *hour <= 24) {
            self.hours |= 1 << (hour % 24);
        }
    }

    /// Adds a day by its English name.
    pub(crate) fn add_day(&mut self, text: &str) {
        const DAYS: [&str; 7] =
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        if let Some(day) = DAYS.iter().position(|name| name.eq_ignore_ascii_case(text.trim())) {
            self.days |= 1 << day;
        }
    }

    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self { hours: self.hours | other.hours, days: self.days | other.days }
    }

    /// The first moment from `at` on at which a visit is welcome. One that is never welcome is not believed.
    #[must_use]
    pub fn next_welcome(&self, at: Timestamp) -> Timestamp {
        let mut moment = at;
        for _ in 0..=HOURS_OF_A_WEEK {
            let zoned = moment.to_zoned(TimeZone::UTC);
            let day = u32::from(zoned.weekday().to_monday_zero_offset().unsigned_abs());
            let hour = u32::from(zoned.hour().unsigned_abs());
            if self.hours >> hour & 1 == 0 && u32::from(self.days) >> day & 1 == 0 {
                return moment;
            }
            let into_hour = i64::from(zoned.minute()) * 60 + i64::from(zoned.second());
            let next = moment.checked_add(SignedDuration::from_secs(3600 - into_hour));
            moment = next.unwrap_or(at);
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_welcome_moment() {
        let check = |hours: &[&str], days: &[&str], at: &str, expected: &str| {
            let mut quiet = Quiet::default();
            hours.iter().for_each(|hour| quiet.add_hour(hour));
            days.iter().for_each(|day| quiet.add_day(day));
            assert_eq!(quiet.next_welcome(at.parse().unwrap()).to_string(), expected, "{quiet:?} {at}");
        };
        // The 6th of October 2026 is a Tuesday.
        check(&[], &[], "2026-10-06T07:30:10Z", "2026-10-06T07:30:10Z");
        check(&["7", "8"], &[], "2026-10-06T07:30:10Z", "2026-10-06T09:00:00Z");
        check(&["24"], &[], "2026-10-06T00:10:00Z", "2026-10-06T01:00:00Z");
        check(&[], &["Tuesday"], "2026-10-06T07:30:00Z", "2026-10-07T00:00:00Z");
        check(&["0"], &["tuesday", "Wednesday"], "2026-10-06T07:30:00Z", "2026-10-08T01:00:00Z");
        let every: Vec<String> = (0..24).map(|hour| hour.to_string()).collect();
        let every: Vec<&str> = every.iter().map(String::as_str).collect();
        check(&every, &[], "2026-10-06T07:30:00Z", "2026-10-06T07:30:00Z");
    }
}

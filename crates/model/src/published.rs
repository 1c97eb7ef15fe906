//! A publication time that knows how precise it is.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A date as published: a day, or a moment with the offset the publisher gave.
///
/// Written as RFC 3339: `2025-01-04` (full-date) for a day, `2025-01-04T12:47:00+01:00` for a moment. A day is
/// never widened to a moment, so nothing pretends to know an hour that was not printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Published {
    /// Only the calendar day is known, as printed at the publisher's place.
    Day(Date),
    /// The moment, and its offset from UTC in seconds.
    Moment(Timestamp, i32),
}

/// How precise a [`Published`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the minute or better.
    Minute,
    /// To the calendar day.
    Day,
    /// There is no date.
    #[default]
    None,
}

impl Published {
    /// A moment with the offset it was written in.
    #[must_use]
    pub fn from_zoned(zoned: &Zoned) -> Self {
        Self::Moment(zoned.timestamp(), zoned.offset().seconds())
    }

    /// The precision of this date.
    #[must_use]
    pub fn precision(&self) -> Precision {
        match self {
            Self::Day(_) => Precision::Day,
            Self::Moment(..) => Precision::Minute,
        }
    }

    /// The calendar day of publication, seen from `zone`. A moment written in UTC or any other offset is
    /// carried to `zone` first; a bare day is the day.
    #[must_use]
    pub fn day_in(&self, zone: &TimeZone) -> Date {
        match self {
            Self::Day(date) => *date,
            Self::Moment(at, _) => at.to_zoned(zone.clone()).date(),
        }
    }

    /// The calendar day as written, in the date's own offset.
    #[must_use]
    pub fn day(&self) -> Date {
        match self {
            Self::Day(date) => *date,
            Self::Moment(at, offset) => at.to_zoned(fixed(*offset)).date(),
        }
    }

    /// A moment to sort by: a bare day counts from its first second in `zone`.
    #[must_use]
    pub fn instant_in(&self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Moment(at, _) => *at,
            Self::Day(date) => date.to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp()),
        }
    }
}

fn fixed(offset_s: i32) -> TimeZone {
    jiff::tz::Offset::from_seconds(offset_s).map_or(TimeZone::UTC, TimeZone::fixed)
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::Moment(at, 0) => write!(f, "{}", at.strftime("%Y-%m-%dT%H:%M:%SZ")),
            Self::Moment(at, offset) => {
                write!(f, "{}", at.to_zoned(fixed(*offset)).strftime("%Y-%m-%dT%H:%M:%S%:z"))
            }
        }
    }
}

impl FromStr for Published {
    type Err = jiff::Error;

    /// Reads RFC 3339: a full date, or a date-time with an offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 10 {
            return Ok(Self::Day(text.parse()?));
        }
        let pieces = jiff::fmt::temporal::Pieces::parse(text)?;
        let offset = pieces.to_numeric_offset().map_or(0, jiff::tz::Offset::seconds);
        Ok(Self::Moment(text.parse()?, offset))
    }
}

impl Serialize for Published {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Published {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Published {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Published".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "RFC 3339: a full-date (`2025-01-04`) where only the day is known, else a date-time with its offset",
            "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))?$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str, day_in_casablanca: &str) {
        let read: Published = text.parse().unwrap();
        assert_eq!(read.to_string(), text);
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        assert_eq!(read.day_in(&zone).to_string(), day_in_casablanca);
    }

    #[test]
    fn is_written_as_it_was_read() {
        round("2025-01-04", "2025-01-04");
        round("2025-01-04T12:47:00+01:00", "2025-01-04");
        round("2025-01-04T12:47:00Z", "2025-01-04");
    }

    #[test]
    fn a_late_utc_hour_belongs_to_the_next_local_day() {
        round("2025-01-04T23:30:00Z", "2025-01-05");
        // In Ramadan Morocco is on UTC.
        round("2025-03-10T23:30:00Z", "2025-03-10");
    }

    #[test]
    fn a_time_without_an_offset_is_refused() {
        assert!("2025-01-04T12:47:00".parse::<Published>().is_err());
        assert!("4 janvier".parse::<Published>().is_err());
    }
}

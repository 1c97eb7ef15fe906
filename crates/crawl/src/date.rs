//! Dates as feeds write them: RFC 3339, RFC 2822, and what is sent instead of those (French weekdays, spaces for
//! the `T`, zones as letters). What gives no zone gives a day, never an hour that was not stated.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use kiosque_model::Published;

/// Reads a date; `None` where the text is none.
pub(crate) fn parse_date(text: &str) -> Option<Published> {
    let text = text.trim();
    if let Ok(published) = text.parse::<Published>() {
        return Some(published).filter(|p| plausible(p.day()));
    }
    iso(text).or_else(|| in_words(text))
}

fn plausible(day: Date) -> bool {
    (1990..=2100).contains(&day.year())
}

/// `2026-11-22 08:00:00`, `2026-11-22T08:00+0100`, `2026/11/22`.
fn iso(text: &str) -> Option<Published> {
    let head = text.get(..10)?.replace('/', "-");
    let day: Date = head.parse().ok().filter(|d| plausible(*d))?;
    let rest = text[10..].trim_start_matches(['T', 't', ' ', ',']);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    Some(moment(day, &rest[..end], rest[end..].trim()))
}

/// `Sun, 22 Nov 2026 08:00:00 +0100`, `dim. 22 novembre 2026 08:00 CET`, `November 22, 2026`.
fn in_words(text: &str) -> Option<Published> {
    let mut numbers = Vec::new();
    let (mut month, mut time, mut zone) = (None, "", "");
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()) {
        if word.contains(':') && time.is_empty() {
            time = word;
        } else if let Ok(number) = word.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<i16>()
            && time.is_empty()
            && !word.starts_with('+')
        {
            numbers.push(number);
        } else if month.is_none() && month_of(word).is_some() {
            month = month_of(word);
        } else if !time.is_empty() && zone.is_empty() {
            zone = word;
        }
    }
    let (day, year) = match numbers[..] {
        [day, year, ..] => (day, year),
        _ => return None,
    };
    let year = match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        _ => year,
    };
    let day = i8::try_from(day).ok().and_then(|day| Date::new(year, month?, day).ok())?;
    plausible(day).then(|| moment(day, time, zone))
}

/// A moment where time and zone are both stated, else the day.
fn moment(day: Date, time: &str, zone: &str) -> Published {
    let at = clock(time).zip(offset(zone)).and_then(|(time, offset)| {
        let at = offset.to_timestamp(DateTime::from_parts(day, time)).ok()?;
        Some(Published::Moment(at, offset.seconds()))
    });
    at.unwrap_or(Published::Day(day))
}

fn clock(text: &str) -> Option<Time> {
    let whole = text.split('.').next().unwrap_or_default();
    let mut parts = whole.split(':').map(str::parse::<i8>);
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    Time::new(hour, minute, parts.next().and_then(Result::ok).unwrap_or(0), 0).ok()
}

/// RFC 2822 §4.3 and the zones of European and North African feeds.
fn offset(zone: &str) -> Option<Offset> {
    let hours = match zone.trim_matches(['(', ')']).to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "CET" | "WEST" | "BST" => 1,
        "CEST" | "EET" => 2,
        "EEST" => 3,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        numeric => return numeric_offset(numeric),
    };
    Offset::from_hours(hours).ok()
}

fn numeric_offset(zone: &str) -> Option<Offset> {
    let zone = zone.trim_start_matches("GMT").trim_start_matches("UTC");
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone[1..].chars().filter(char::is_ascii_digit).take(4).collect();
    let (hours, minutes) = match digits.len() {
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        1 | 2 => (digits.parse().ok()?, 0),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// How the names of the months begin, in English, French, Spanish and Arabic (of the Maghreb and of the East).
const MONTHS: [&str; 12] = [
    "jan ene يناير",
    "feb fév fev فبراير شباط",
    "mar مارس آذار",
    "apr avr abr أبريل ابريل إبريل نيسان",
    "may mai ماي أيار",
    "jun juin يونيو يونيه حزيران",
    "jul juil يوليو تموز",
    "aug aoû aou ago غشت أغسطس آب",
    "sep شتنبر سبتمبر أيلول",
    "oct أكتوبر اكتوبر",
    "nov نونبر نوفمبر",
    "dec déc dic دجنبر ديسمبر",
];

fn month_of(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    // `mardi`, `martes` and `marché` are no months.
    if word.starts_with("mar") && !["mar", "mar.", "mars", "march", "marzo"].contains(&word.as_str()) {
        return None;
    }
    let at = MONTHS.iter().position(|names| names.split(' ').any(|name| word.starts_with(name)))?;
    i8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(parse_date(text).map(|d| d.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn standard_dates() {
        check("2026-11-22T08:00:00+01:00", Some("2026-11-22T08:00:00+01:00"));
        check("2026-11-22", Some("2026-11-22"));
        check("Sun, 22 Nov 2026 08:00:00 +0100", Some("2026-11-22T08:00:00+01:00"));
        check("Sun, 22 Nov 2026 08:00:00 GMT", Some("2026-11-22T08:00:00Z"));
        check("22 Nov 26 08:00 EST", Some("2026-11-22T08:00:00-05:00"));
    }

    #[test]
    fn dates_of_the_wild() {
        check("2026-11-22 08:00:00", Some("2026-11-22"));
        check("2026-11-22 08:00:00 +0100", Some("2026-11-22T08:00:00+01:00"));
        check("2026-11-22T08:00:00", Some("2026-11-22"));
        check("2026-11-22T08:00Z", Some("2026-11-22T08:00:00Z"));
        check("dim., 22 nov. 2026 08:00:00 +0100", Some("2026-11-22T08:00:00+01:00"));
        check("mar, 03 mars 2026 08:00:00 CET", Some("2026-03-03T08:00:00+01:00"));
        check("mardi 3 août 2026", Some("2026-08-03"));
        check("Wed, 22 Nov 2026 08:00:00 Casablanca", Some("2026-11-22"));
        check("November 22, 2026", Some("2026-11-22"));
        check("22 نونبر 2026", Some("2026-11-22"));
        check("Sun, 22 Nov 2026 25:61:00 GMT", Some("2026-11-22"));
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in ["", "hier", "0000-00-00", "1970-01-01T00:00:00Z", "32 Nov 2026", "Nov 2026", "22/11"] {
            check(text, None);
        }
    }
}

//! The words and marks of French print: dates, hours, counts, and the spaces that must not break.
//!
//! After the *Lexique des règles typographiques en usage à l'Imprimerie nationale*: a no-break space inside
//! dates and hours and before the colon, a narrow one (U+202F) before `;`, `!`, `?` and between thousands.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use kiosque_model::Published;

/// No-break space.
pub(super) const NBSP: char = '\u{a0}';

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// A date as a French masthead prints it: `mercredi 7 octobre 2026`, its parts held together by no-break spaces.
#[must_use]
pub fn long_date(date: Date) -> String {
    let weekday = match date.weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    };
    format!("{weekday} {}", day(date))
}

/// `7 octobre 2026`, `1er mai 2026`.
pub(super) fn day(date: Date) -> String {
    let number = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    let month =
        usize::try_from(date.month()).ok().and_then(|m| MONTHS.get(m - 1)).copied().unwrap_or_default();
    format!("{number}{NBSP}{month}{NBSP}{}", date.year())
}

/// `7 octobre 2026 à 12 h 47`, the hour in `zone`.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    format!("{} à {}", day(local.date()), hour(at, zone))
}

/// `12 h 47`, `8 h`.
pub(super) fn hour(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    match local.minute() {
        0 => format!("{}{NBSP}h", local.hour()),
        minute => format!("{}{NBSP}h{NBSP}{minute:02}", local.hour()),
    }
}

/// A publication date in full, as precise as it is known.
pub(super) fn published(date: Option<Published>, zone: &TimeZone) -> String {
    match date {
        None => "date non précisée".to_owned(),
        Some(Published::Day(date)) => day(date),
        Some(Published::Moment(at, _)) => moment(at, zone),
    }
}

/// `0 article`, `1 article`, `2 articles`, `1 240 articles`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{}{NBSP}{}", grouped(number), if number < 2 { one } else { many })
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// French text with the plain spaces before `; ! ? : % »` and after `«` made no-break ones, so that no line
/// begins or ends with a mark. Nothing but the kind of space changes.
pub(super) fn glued(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(match (c, chars.peek()) {
            (' ', Some(';' | '!' | '?')) => '\u{202f}',
            (' ', Some(':' | '%' | '»')) => NBSP,
            (' ', _) if before == Some('«') => NBSP,
            _ => c,
        });
        before = Some(c);
    }
    out
}

/// `a, b et c`.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_hours_do_not_break() {
        let date: Date = "2026-10-07".parse().unwrap();
        assert_eq!(long_date(date), "mercredi 7\u{a0}octobre\u{a0}2026");
        assert_eq!(day("2026-05-01".parse().unwrap()), "1er\u{a0}mai\u{a0}2026");
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        assert_eq!(hour("2026-10-07T11:47:00Z".parse().unwrap(), &zone), "12\u{a0}h\u{a0}47");
        assert_eq!(hour("2026-10-07T07:00:00Z".parse().unwrap(), &zone), "8\u{a0}h");
    }

    #[test]
    fn a_day_is_never_given_an_hour() {
        let zone = TimeZone::UTC;
        assert_eq!(published(Some("2026-10-07".parse().unwrap()), &zone), "7\u{a0}octobre\u{a0}2026");
        assert_eq!(published(None, &zone), "date non précisée");
    }

    #[test]
    fn zero_is_singular() {
        assert_eq!(count(0, "article", "articles"), "0\u{a0}article");
        assert_eq!(count(2, "article", "articles"), "2\u{a0}articles");
        assert_eq!(count(12_400, "article", "articles"), "12\u{202f}400\u{a0}articles");
    }

    #[test]
    fn marks_do_not_stand_alone() {
        assert_eq!(glued("« Oui ! » : 2 %"), "«\u{a0}Oui\u{202f}!\u{a0}»\u{a0}: 2\u{a0}%");
        assert_eq!(glued("Un mot"), "Un mot");
    }

    #[test]
    fn lists_end_with_et() {
        let names = ["Le Fil", "Al Qalam", "Atlas"].map(str::to_owned);
        assert_eq!(list(&names), "Le Fil, Al Qalam et Atlas");
        assert_eq!(list(&names[..1]), "Le Fil");
    }
}

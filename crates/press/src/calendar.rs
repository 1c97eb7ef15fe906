//! Dates as outlets print them: ISO 8601, HTTP and RSS dates, and words in French and Arabic.
//!
//! Morocco keeps UTC+1 on the days of this press, so the offset is a constant and no zone data is asked for.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{Timestamp, Zoned};

const DAYS_FR: [&str; 7] = ["Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"];
const DAYS_AR: [&str; 7] = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"];
const MONTHS_FR: [&str; 12] = [
    "Janvier",
    "Février",
    "Mars",
    "Avril",
    "Mai",
    "Juin",
    "Juillet",
    "Août",
    "Septembre",
    "Octobre",
    "Novembre",
    "Décembre",
];
/// The names in use in Morocco.
const MONTHS_AR: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "ماي",
    "يونيو",
    "يوليوز",
    "غشت",
    "شتنبر",
    "أكتوبر",
    "نونبر",
    "دجنبر",
];

fn zoned(at: DateTime) -> Zoned {
    Offset::constant(1)
        .to_timestamp(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(Offset::constant(1).to_time_zone())
}

/// `2026-10-06T08:12:00+01:00`.
pub(crate) fn iso(at: DateTime) -> String {
    zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `Tue, 06 Oct 2026 08:12:00 +0100` (RFC 5322, for RSS).
pub(crate) fn rfc5322(at: DateTime) -> String {
    zoned(at).strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// `Tue, 06 Oct 2026 07:12:00 GMT` (RFC 9110 §5.6.7).
pub(crate) fn http(at: DateTime) -> String {
    zoned(at).timestamp().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Whether an HTTP date names a moment at or after `at`; false where it cannot be read.
pub(crate) fn not_before(http_date: &str, at: DateTime) -> bool {
    jiff::fmt::rfc2822::parse(http_date).is_ok_and(|date| date.timestamp() >= zoned(at).timestamp())
}

/// `Mardi 6 Octobre 2026`, as the French layouts capitalise it; `الثلاثاء 6 أكتوبر 2026` in Arabic.
pub(crate) fn in_words(at: DateTime, language: &str) -> String {
    let (days, months) = if language == "ar" { (DAYS_AR, MONTHS_AR) } else { (DAYS_FR, MONTHS_FR) };
    let day = days[usize::from(at.weekday().to_monday_zero_offset().unsigned_abs())];
    let month = months[usize::from(at.month().unsigned_abs()) - 1];
    format!("{day} {} {month} {}", at.day(), at.year())
}

/// `08:12`.
pub(crate) fn clock(at: DateTime) -> String {
    at.strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn says_a_date_in_every_manner() {
        let at = date(2026, 10, 7).at(8, 5, 0, 0);
        assert_eq!(iso(at), "2026-10-07T08:05:00+01:00");
        assert_eq!(rfc5322(at), "Wed, 07 Oct 2026 08:05:00 +0100");
        assert_eq!(http(at), "Wed, 07 Oct 2026 07:05:00 GMT");
        assert_eq!(in_words(at, "fr"), "Mercredi 7 Octobre 2026");
        assert_eq!(in_words(at, "ar"), "الأربعاء 7 أكتوبر 2026");
        assert_eq!(clock(at), "08:05");
    }

    #[test]
    fn compares_http_dates() {
        let at = date(2026, 10, 7).at(8, 5, 0, 0);
        assert!(not_before("Wed, 07 Oct 2026 07:05:00 GMT", at));
        assert!(!not_before("Wed, 07 Oct 2026 07:04:59 GMT", at));
        assert!(!not_before("hier", at));
    }
}

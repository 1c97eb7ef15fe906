//! The words of the interface, one file a language (`locales/`), and how that language writes dates and counts.
//!
//! A language is a file of words and patterns; no code knows a language by its name but the rules of plurals
//! (Unicode CLDR). A file of the user's replaces single keys of it. The files of the house have the same keys, and
//! every key that code or template asks for is one of them: both are held by tests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_model::{Direction, Published, Rubrique};
use serde::{Deserialize, Serialize};

/// The languages the interface speaks; the first speaks for an edition in any other.
pub(crate) const LANGUAGES: [(&str, &str); 3] = [
    ("fr", include_str!("../../locales/fr.toml")),
    ("ar", include_str!("../../locales/ar.toml")),
    ("en", include_str!("../../locales/en.toml")),
];

/// The words of one language. Patterns name what is filled in, in braces.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Labels {
    pub(crate) code: String,
    pub(crate) direction: Direction,
    months: [String; 12],
    /// From Monday.
    weekdays: [String; 7],
    first_of_month: String,
    date_long: String,
    date: String,
    hour: String,
    hour_sharp: String,
    moment: String,
    undated: String,
    thousands: String,
    /// Numbers of fewer digits are written in one piece.
    thousands_from_digits: usize,
    pub(crate) decimal: String,
    percent: String,
    pub(crate) colon: String,
    pub(crate) comma: String,
    last_comma: String,
    pub(crate) open_quote: String,
    pub(crate) close_quote: String,
    counts: BTreeMap<String, Plural>,
    rubriques: BTreeMap<Rubrique, String>,
    /// What is printed as it stands or with one thing filled in, by its key.
    pub(crate) texts: BTreeMap<String, String>,
}

/// The forms of a counted noun by CLDR's categories; one a file lacks is `other`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Plural {
    #[serde(skip_serializing_if = "Option::is_none")]
    zero: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    one: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    two: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    few: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    many: Option<String>,
    other: String,
}

impl Labels {
    /// The text of a key; the key itself where a file has none, which the tests of the house rule out.
    pub(crate) fn text<'t>(&'t self, key: &'t str) -> &'t str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of a key with one thing filled in.
    pub(crate) fn filled(&self, key: &str, name: &str, value: &str) -> String {
        self.text(key).replace(&format!("{{{name}}}"), value)
    }

    /// The name of a rubrique.
    pub(crate) fn rubrique(&self, rubrique: Rubrique) -> &str {
        self.rubriques.get(&rubrique).map_or(rubrique.label_fr(), String::as_str)
    }

    /// A date as a masthead prints it: `mercredi 7 octobre 2026`.
    pub(crate) fn long_date(&self, date: Date) -> String {
        self.dated(&self.date_long, date)
    }

    /// `7 octobre 2026`, `1er mai 2026`.
    pub(crate) fn date(&self, date: Date) -> String {
        self.dated(&self.date, date)
    }

    fn dated(&self, pattern: &str, date: Date) -> String {
        let day = if date.day() == 1 { self.first_of_month.clone() } else { date.day().to_string() };
        let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        pattern
            .replace("{weekday}", &self.weekdays[weekday % 7])
            .replace("{day}", &day)
            .replace("{month}", &self.months[month % 12])
            .replace("{year}", &date.year().to_string())
    }

    /// `12 h 47`, `8 h`, in `zone`.
    pub(crate) fn hour(&self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned(zone.clone());
        let pattern = if local.minute() == 0 { &self.hour_sharp } else { &self.hour };
        pattern
            .replace("{hh}", &format!("{:02}", local.hour()))
            .replace("{h}", &local.hour().to_string())
            .replace("{mm}", &format!("{:02}", local.minute()))
    }

    /// `7 octobre 2026 à 12 h 47`, the hour in `zone`.
    pub(crate) fn moment(&self, at: Timestamp, zone: &TimeZone) -> String {
        let date = self.date(at.to_zoned(zone.clone()).date());
        self.moment.replace("{date}", &date).replace("{hour}", &self.hour(at, zone))
    }

    /// A publication date in full, as precise as it is known.
    pub(crate) fn published(&self, date: Option<Published>, zone: &TimeZone) -> String {
        match date {
            None => self.undated.clone(),
            Some(Published::Day(date)) => self.date(date),
            Some(Published::Moment(at, _)) => self.moment(at, zone),
        }
    }

    /// `0 article`, `1 article`, `12 400 articles`; `noun` is a key of `[counts]`.
    pub(crate) fn count(&self, number: usize, noun: &str) -> String {
        let Some(forms) = self.counts.get(noun) else { return self.number(number) };
        let form = match category(&self.code, number) {
            Category::Zero => &forms.zero,
            Category::One => &forms.one,
            Category::Two => &forms.two,
            Category::Few => &forms.few,
            Category::Many => &forms.many,
            Category::Other => &None,
        };
        form.as_ref().unwrap_or(&forms.other).replace("{n}", &self.number(number))
    }

    /// `3,4 %`: a share with one decimal.
    pub(crate) fn percent(&self, percent: f64) -> String {
        self.percent.replace("{n}", &format!("{percent:.1}").replace('.', &self.decimal))
    }

    /// A number with its thousands apart.
    pub(crate) fn number(&self, number: usize) -> String {
        let digits = number.to_string();
        if digits.len() < self.thousands_from_digits {
            return digits;
        }
        let mut out = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push_str(&self.thousands);
            }
            out.push(digit);
        }
        out
    }

    /// `a, b et c`.
    pub(crate) fn list(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{}{}{last}", first.join(&self.comma), self.last_comma),
        }
    }
}

/// CLDR's plural categories.
enum Category {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

/// The category of a whole number by CLDR 48's rules for the languages of the house; English's for any other.
fn category(language: &str, number: usize) -> Category {
    match (language, number) {
        ("fr", 0 | 1) => Category::One,
        ("ar", 0) => Category::Zero,
        ("ar", 2) => Category::Two,
        ("ar", n) if (3..=10).contains(&(n % 100)) => Category::Few,
        ("ar", n) if n % 100 >= 11 => Category::Many,
        (_, 1) => Category::One,
        _ => Category::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(code: &str) -> Labels {
        let (_, text) = LANGUAGES.into_iter().find(|(c, _)| *c == code).unwrap();
        toml::from_str(text).unwrap_or_else(|e| panic!("{code}: {e}"))
    }

    #[test]
    fn every_language_has_every_key() {
        let french = labels("fr");
        let keys = |l: &Labels| {
            (
                l.texts.keys().cloned().collect::<Vec<_>>(),
                l.counts.keys().cloned().collect::<Vec<_>>(),
                l.rubriques.keys().copied().collect::<Vec<_>>(),
            )
        };
        for (code, _) in LANGUAGES {
            let there = labels(code);
            assert_eq!(keys(&there), keys(&french), "{code}");
            assert_eq!(there.rubriques.len(), Rubrique::ALL.len());
            assert_eq!(there.code, code);
            for (key, text) in &there.texts {
                assert!(!text.trim().is_empty(), "{code}: {key}");
                let holes = |t: &str| t.matches('{').count();
                assert_eq!(holes(text), holes(&french.texts[key]), "{code}: {key}");
            }
        }
        for rubrique in Rubrique::ALL {
            assert_eq!(french.rubrique(rubrique), rubrique.label_fr());
        }
    }

    #[test]
    fn dates_are_in_words_and_do_not_break() {
        let date: Date = "2026-08-01".parse().unwrap();
        for (code, long, short) in [
            ("fr", "samedi 1er\u{a0}août\u{a0}2026", "1er\u{a0}août\u{a0}2026"),
            ("ar", "السبت 1\u{a0}غشت\u{a0}2026", "1\u{a0}غشت\u{a0}2026"),
            ("en", "Saturday 1\u{a0}August\u{a0}2026", "1\u{a0}August\u{a0}2026"),
        ] {
            assert_eq!(labels(code).long_date(date), long);
            assert_eq!(labels(code).date(date), short);
        }
    }

    #[test]
    fn hours_are_of_the_zone() {
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        let (noon, eight) =
            ("2026-10-07T11:47:00Z".parse().unwrap(), "2026-10-07T07:00:00Z".parse().unwrap());
        for (code, minutes, sharp) in
            [("fr", "12\u{a0}h\u{a0}47", "8\u{a0}h"), ("ar", "12:47", "08:00"), ("en", "12:47", "08:00")]
        {
            assert_eq!(labels(code).hour(noon, &zone), minutes);
            assert_eq!(labels(code).hour(eight, &zone), sharp);
        }
    }

    #[test]
    fn a_day_is_never_given_an_hour() {
        let said =
            |date: Option<&str>| labels("fr").published(date.map(|d| d.parse().unwrap()), &TimeZone::UTC);
        assert_eq!(said(Some("2026-10-07")), "7\u{a0}octobre\u{a0}2026");
        assert_eq!(said(None), "date non précisée");
    }

    #[test]
    fn counts_take_the_form_of_their_language() {
        for (code, number, expected) in [
            ("fr", 0, "0\u{a0}article"),
            ("fr", 1, "1\u{a0}article"),
            ("fr", 12_400, "12\u{202f}400\u{a0}articles"),
            ("en", 0, "0\u{a0}articles"),
            ("en", 1, "1\u{a0}article"),
            ("en", 1_240, "1,240\u{a0}articles"),
            ("ar", 0, "لا مقال"),
            ("ar", 1, "مقال واحد"),
            ("ar", 2, "مقالان"),
            ("ar", 3, "3\u{a0}مقالات"),
            ("ar", 11, "11\u{a0}مقالا"),
            ("ar", 100, "100\u{a0}مقال"),
            ("ar", 103, "103\u{a0}مقالات"),
        ] {
            assert_eq!(labels(code).count(number, "article"), expected, "{code}");
        }
    }

    #[test]
    fn lists_end_with_their_own_and() {
        let names = ["Le Fil", "Al Qalam", "Atlas"].map(str::to_owned);
        assert_eq!(labels("fr").list(&names), "Le Fil, Al Qalam et Atlas");
        assert_eq!(labels("en").list(&names[..1]), "Le Fil");
        assert_eq!(labels("ar").list(&names), "Le Fil، Al Qalam وAtlas");
    }
}

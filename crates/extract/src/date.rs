//! Dates as the press writes them: machine forms, and words in French, Arabic, English, Spanish and German.
//!
//! A date without a time zone is a day: nothing here ever makes up an hour or an offset.

mod address;
mod back;
mod lexicon;

pub(crate) use address::in_address;
pub(crate) use lexicon::{is_weekday, month_of};

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use kiosque_model::Published;

use back::{of_late, relative};
use lexicon::{is_particle, month_of_two};

/// Earliest year a page on the web can bear.
const FIRST_YEAR: i16 = 1990;

/// A date read from text, with what else was printed beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Printed {
    pub(crate) day: Date,
    /// The time of day as printed, in an unstated zone.
    pub(crate) time: Option<Time>,
    /// The full moment, where a zone is printed or the text counts back from the fetch.
    pub(crate) moment: Option<Published>,
    /// Where the date's words end, in tokens.
    end: usize,
}

impl Printed {
    /// As a publication date: the moment if it is known, else the day.
    pub(crate) fn published(&self) -> Published {
        self.moment.unwrap_or(Published::Day(self.day))
    }
}

/// Reads a machine date: RFC 3339, ISO 8601 with or without offset, RFC 2822, epoch seconds; else words.
pub(crate) fn machine(text: &str, fetched_at: Timestamp) -> Option<Published> {
    let text = text.trim();
    if text.len() < 8 || text.len() > 80 {
        return None;
    }
    iso(text)
        .or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|z| Published::from_zoned(&z)))
        .or_else(|| epoch(text))
        .or_else(|| words(text, fetched_at, true).map(|p| p.published()))
        .filter(|p| is_credible(p, fetched_at))
}

/// Whether a date can be an article's: not before the web, not after the page came in (a day's grace for zones).
pub(crate) fn is_credible(date: &Published, fetched_at: Timestamp) -> bool {
    let day = date.day();
    let latest = fetched_at.checked_add(SignedDuration::from_hours(36)).unwrap_or(fetched_at);
    day.year() >= FIRST_YEAR && day <= latest.to_zoned(TimeZone::UTC).date()
}

fn epoch(text: &str) -> Option<Published> {
    let number: i64 = text.parse().ok()?;
    let seconds = if number > 100_000_000_000 { number / 1000 } else { number };
    (800_000_000..4_000_000_000)
        .contains(&seconds)
        .then(|| Timestamp::from_second(seconds).ok())?
        .map(|at| Published::Moment(at, 0))
}

/// ISO 8601: `2025-01-04`, `2025-01-04T12:47(:00(.000))`, ` ` for `T`, offsets `Z`, `+01:00`, `+0100`, `+01`.
fn iso(text: &str) -> Option<Published> {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = text.get(range)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
    };
    if !matches!(bytes.get(4), Some(b'-' | b'/' | b'.')) || bytes.get(7) != bytes.get(4) {
        return None;
    }
    let date = Date::new(number(0..4)?, number(5..7)? as i8, number(8..10)? as i8).ok()?;
    let Some(separator) = bytes.get(10) else { return Some(Published::Day(date)) };
    if !matches!(separator, b'T' | b't' | b' ') {
        return Some(Published::Day(date));
    }
    let rest = text[11..].trim_start();
    let clock_end =
        rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let Some(time) = clock(&rest[..clock_end]) else { return Some(Published::Day(date)) };
    let Some(offset) = offset_of(rest[clock_end..].trim()) else { return Some(Published::Day(date)) };
    let at = offset.to_timestamp(date.to_datetime(time)).ok()?;
    Some(Published::Moment(at, offset.seconds()))
}

fn clock(text: &str) -> Option<Time> {
    let mut parts = text.split([':', '.', ',']);
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = parts.next().and_then(|s| s.parse().ok()).unwrap_or(0);
    Time::new(hour, minute, second.min(59), 0).ok()
}

fn offset_of(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z") || text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("gmt") {
        return Some(Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(char::is_ascii_digit).take(4).collect();
    let hours: i32 = digits.get(0..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Some(0), |m| m.parse().ok())?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// A word or number of a text, for reading dates.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number(u32, usize),
    Word(String),
    Sign(char),
}

/// Reads the first date in a text. `day_first` decides `04/01/2025` where both readings are possible.
pub(crate) fn words(text: &str, fetched_at: Timestamp, day_first: bool) -> Option<Printed> {
    let tokens = tokens_of(text);
    let latest_year = fetched_at.to_zoned(TimeZone::UTC).year() + 1;
    let mut found = (0..tokens.len())
        .find_map(|i| absolute(&tokens[i..], day_first, latest_year).map(|(d, n)| (d, i + n)));
    if found.is_none() {
        return relative(&tokens, fetched_at).or_else(|| of_late(&tokens, fetched_at));
    }
    let (day, end) = found.take()?;
    let time = time_near(&tokens, end);
    let moment = time.and_then(|(time, after)| {
        let offset = zone_after(&tokens, after)?;
        let at = offset.to_timestamp(day.to_datetime(time)).ok()?;
        Some(Published::Moment(at, offset.seconds()))
    });
    Some(Printed { day, time: time.map(|(t, _)| t), moment, end })
}

/// Every date in a text, in order.
pub(crate) fn all_words(text: &str, fetched_at: Timestamp, day_first: bool) -> Vec<Printed> {
    let tokens = tokens_of(text);
    let latest_year = fetched_at.to_zoned(TimeZone::UTC).year() + 1;
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() && out.len() < 4 {
        match absolute(&tokens[i..], day_first, latest_year) {
            Some((day, used)) => {
                i += used;
                out.push(Printed { day, time: time_near(&tokens, i).map(|(t, _)| t), moment: None, end: i });
            }
            None => i += 1,
        }
    }
    out
}

fn tokens_of(text: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut digits = String::new();
    let mut letters = String::new();
    for c in text.chars().take(400).chain([' ']) {
        let c = lexicon::western_digit(c);
        if c.is_ascii_digit() && letters.is_empty() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            out.push(Token::Number(digits.parse().unwrap_or(u32::MAX), digits.len()));
            digits.clear();
        }
        if c.is_alphabetic() || (c.is_ascii_digit() && !letters.is_empty()) {
            letters.push(c);
            continue;
        }
        if !letters.is_empty() {
            out.push(Token::Word(crate::text::fold(&letters)));
            letters.clear();
        }
        if !c.is_whitespace()
            && !c.is_alphanumeric()
            && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{64B}'..='\u{652}')
        {
            out.push(Token::Sign(c));
        }
    }
    out
}

/// A calendar date at the start of the tokens, and how many it takes.
fn absolute(tokens: &[Token], day_first: bool, latest_year: i16) -> Option<(Date, usize)> {
    let date = |year: u32, month: u32, day: u32| {
        let year = i16::try_from(year).ok().filter(|y| (FIRST_YEAR..=latest_year).contains(y))?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    match tokens {
        // 4 janvier 2025, 27/ديسمبر/2023, 4. Januar 2025, 24 نيسان / أبريل 2020, 4 de enero de 2025
        [Token::Number(day, 1 | 2), rest @ ..] if next_month(rest).is_some() => {
            let (month, mut used) = next_month(rest)?;
            // The same month may follow by its other name.
            if let Some((_, more)) = next_month(&rest[used..]).filter(|(second, _)| *second == month) {
                used += more;
            }
            let (year, more) = next_year(&rest[used..])?;
            Some((date(year, month, *day)?, 1 + used + more))
        }
        // January 4, 2025; Jan. 4th, 2025
        [Token::Word(word), rest @ ..] if month_of(word).is_some() => {
            let month = month_of(word)?;
            let skip = rest.iter().take_while(|t| matches!(t, Token::Sign('.' | ','))).count();
            let Some(Token::Number(day, 1 | 2)) = rest.get(skip) else { return None };
            let (year, more) = next_year(&rest[skip + 1..])?;
            Some((date(year, month, *day)?, 2 + skip + more))
        }
        [
            Token::Number(year, 4),
            Token::Sign(a @ ('-' | '/' | '.')),
            Token::Number(month, 1 | 2),
            Token::Sign(b),
            Token::Number(day, 1 | 2),
            ..,
        ] if a == b => Some((date(*year, *month, *day)?, 5)),
        // 2025 Jan 4
        [Token::Number(year, 4), Token::Word(word), Token::Number(day, 1 | 2), ..]
            if month_of(word).is_some() =>
        {
            Some((date(*year, month_of(word)?, *day)?, 3))
        }
        [
            Token::Number(one, 1 | 2),
            Token::Sign(a @ ('-' | '/' | '.')),
            Token::Number(two, 1 | 2),
            Token::Sign(b),
            Token::Number(year, 2 | 4),
            ..,
        ] if a == b => {
            let year = if *year < 100 { *year + 2000 } else { *year };
            let (day, month) = match (*one > 12, *two > 12) {
                (false, true) => (*two, *one),
                (false, false) if !day_first && *a == '/' => (*two, *one),
                _ => (*one, *two),
            };
            Some((date(year, month, day)?, 5))
        }
        _ => None,
    }
}

/// The month that comes next, and how many tokens its name ends after.
fn next_month(tokens: &[Token]) -> Option<(u32, usize)> {
    let (first, used) = next_word(tokens)?;
    if let Some(month) = month_of(first) {
        return Some((month, used));
    }
    let (second, more) = next_word(&tokens[used..])?;
    Some((month_of_two(first, second)?, used + more))
}

/// The next word after separators and particles, and how many tokens that is.
fn next_word(tokens: &[Token]) -> Option<(&str, usize)> {
    for (i, token) in tokens.iter().take(4).enumerate() {
        match token {
            Token::Word(word) if is_particle(word) => {}
            Token::Word(word) => return Some((word, i + 1)),
            Token::Sign('/' | '-' | '.' | ',' | '،' | '(' | ')' | '|') => {}
            _ => return None,
        }
    }
    None
}

fn next_year(tokens: &[Token]) -> Option<(u32, usize)> {
    for (i, token) in tokens.iter().take(4).enumerate() {
        match token {
            Token::Number(year, 4) => return Some((*year, i + 1)),
            Token::Word(word) if is_particle(word) => {}
            Token::Sign('/' | '-' | '.' | ',' | '،' | ')') => {}
            _ => return None,
        }
    }
    None
}

/// A time of day within a few tokens after a date (or just before it): `à 12h47`, `12:47`, `5.30pm`.
fn time_near(tokens: &[Token], end: usize) -> Option<(Time, usize)> {
    let after = (end..tokens.len().min(end + 7)).find_map(|i| time_at(&tokens[i..]).map(|(t, n)| (t, i + n)));
    after.or_else(|| (0..end.min(4)).find_map(|i| time_at(&tokens[i..]).map(|(t, n)| (t, i + n))))
}

fn time_at(tokens: &[Token]) -> Option<(Time, usize)> {
    let (hour, minute, mut used) = match tokens {
        [
            Token::Number(h, 1 | 2),
            Token::Sign(':'),
            Token::Number(m, 2),
            Token::Sign(':'),
            Token::Number(_, 2),
            ..,
        ] => (*h, *m, 5),
        [Token::Number(h, 1 | 2), Token::Sign(':'), Token::Number(m, 2), ..] => (*h, *m, 3),
        [Token::Number(h, 1 | 2), Token::Word(w), Token::Number(m, 2), ..] if w == "h" => (*h, *m, 3),
        [Token::Number(h, 1 | 2), Token::Word(w), ..] if w.starts_with('h') && w[1..].len() == 2 => {
            (*h, w[1..].parse().ok()?, 2)
        }
        [Token::Number(h, 1 | 2), Token::Word(w), ..] if w == "h" => (*h, 0, 2),
        _ => return None,
    };
    let mut hour = hour;
    if let Some(Token::Word(w)) = tokens.get(used) {
        let (pm, am) = (
            matches!(w.as_str(), "pm" | "p" | "م" | "مساء"),
            matches!(w.as_str(), "am" | "a" | "ص" | "صباحا"),
        );
        if pm && hour < 12 {
            hour += 12;
        } else if am && hour == 12 {
            hour = 0;
        }
        used += usize::from(pm || am);
    }
    Some((Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()?, used))
}

/// The zone named after a time: `GMT+1`, `(GMT+0100)`, `UTC`, `CET`.
fn zone_after(tokens: &[Token], from: usize) -> Option<Offset> {
    let tokens = tokens.get(from..)?;
    let tokens = if let [Token::Sign('('), inner @ ..] = tokens { inner } else { tokens };
    let [Token::Word(name), rest @ ..] = tokens else { return None };
    let name = match (name.as_str(), rest) {
        ("gmt" | "utc", [Token::Sign(sign @ ('+' | '-')), Token::Number(number, digits), rest @ ..]) => {
            let (hours, minutes) = match (digits, rest) {
                (3 | 4, _) => (number / 100, number % 100),
                (_, [Token::Sign(':'), Token::Number(minutes, 2), ..]) => (*number, *minutes),
                _ => (*number, 0),
            };
            let seconds = i32::try_from(hours.checked_mul(3600)?.checked_add(minutes * 60)?).ok()?;
            return Offset::from_seconds(if *sign == '-' { -seconds } else { seconds }).ok();
        }
        (name, _) => name,
    };
    match name {
        "gmt" | "utc" | "tu" => Some(Offset::UTC),
        "cet" => Offset::from_hours(1).ok(),
        "cest" => Offset::from_hours(2).ok(),
        "est" => Offset::from_hours(-5).ok(),
        "edt" => Offset::from_hours(-4).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2025-03-10T12:00:00Z".parse().unwrap()
    }

    fn check(text: &str, expected: &str) {
        let read = words(text, now(), true).map_or(String::new(), |p| p.published().to_string());
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn reads_words() {
        for (text, expected) in [
            ("Rédigé par X le Samedi 4 Janvier 2025", "2025-01-04"),
            ("Le 24 janvier 2022 à 12h47 — Modifié le 25 janvier 2022", "2022-01-24"),
            ("mercredi 1er février 2023", "2023-02-01"),
            ("Publié le 31 août 2024 à 09:05 GMT+1", "2024-08-31T09:05:00+01:00"),
            ("13 DÉC. 2023", "2023-12-13"),
            ("الجمعة 24 نيسان / أبريل 2020", "2020-04-24"),
            ("الأربعاء 27/ديسمبر/2023 - 05:10 م", "2023-12-27"),
            ("٢٨ يونيو ٢٠٢٣", "2023-06-28"),
            ("4 يناير، 2025", "2025-01-04"),
            ("الجمعة 24 كانون الثاني / يناير 2025", "2025-01-24"),
            ("3 تشرين الثاني 2024", "2024-11-03"),
            ("12 شتنبر 2024", "2024-09-12"),
            ("3 غشت 2024", "2024-08-03"),
            ("January 4th, 2025 5:30 pm", "2025-01-04"),
            ("Jan. 4, 2025 at 17:30 UTC", "2025-01-04T17:30:00Z"),
            ("Revue 2025 Jan 4;15(1)", "2025-01-04"),
            ("4 de enero de 2025", "2025-01-04"),
            ("Samstag, 4. März 2023", "2023-03-04"),
            ("24/01/2022", "2022-01-24"),
            ("2022-01-24 10:00", "2022-01-24"),
            ("Hier encore, le ministre parlait", ""),
            ("32 janvier 2025", ""),
            ("4 janvier 3025", ""),
            (
                "il y a 2 heures de route entre Rabat et Fès, selon les conducteurs de la région qui font ce trajet",
                "",
            ),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn counts_back_from_the_fetch() {
        for (text, expected) in [
            ("il y a 2 heures", "2025-03-10T10:00:00Z"),
            ("منذ ساعتين", "2025-03-10T10:00:00Z"),
            ("3 days ago", "2025-03-07"),
            ("hace 1 día", "2025-03-09"),
            ("il y a trois jours", "2025-03-07"),
            ("Il y a deux heures", "2025-03-10T10:00:00Z"),
            ("Publié il y a 2h30", "2025-03-10T10:00:00Z"),
            ("Il y a 5 min | Mis à jour il y a 2 min", "2025-03-10T11:55:00Z"),
            ("منذ خمس ساعات", "2025-03-10T07:00:00Z"),
            ("منذ عشرين دقيقة", "2025-03-10T11:40:00Z"),
            ("قبل ثلاثة أيام", "2025-03-07"),
            ("قبل أسبوعين", "2025-02-24"),
            ("an hour ago", "2025-03-10T11:00:00Z"),
            ("three days ago", "2025-03-07"),
            ("vor drei Tagen", "2025-03-07"),
            ("أول أمس 21:30", "2025-03-08"),
            ("avant-hier à 10h", "2025-03-08"),
            ("Aujourd’hui, 7h", "2025-03-10"),
            ("Le 3 février à 18h", ""),
            ("Publié à 18h", ""),
            ("Mise à jour : 18h30", ""),
            ("Demain à 10h", ""),
            ("Il y a deux jours, le conseil votait.", ""),
            ("Il y a 30 ans le mur tombait", ""),
            ("3 février 2025 10:15 (GMT+0400)", "2025-02-03T10:15:00+04:00"),
            ("3 février 2025 10:15 GMT+01:00", "2025-02-03T10:15:00+01:00"),
            ("3 février 2025 10:15 GMT+0100 (CET)", "2025-02-03T10:15:00+01:00"),
            ("vor 2 Stunden", "2025-03-10T10:00:00Z"),
            ("Publié aujourd'hui à 12h47", "2025-03-10"),
            ("Hier, 21:30", "2025-03-09"),
            ("أمس 21:30", "2025-03-09"),
            ("Gestern um 9:05 Uhr", "2025-03-09"),
            ("ayer a las 18:00", "2025-03-09"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn reads_machine_forms() {
        for (text, expected) in [
            ("2025-01-04T12:47:00+01:00", "2025-01-04T12:47:00+01:00"),
            ("2025-01-04T12:47:00.123+0100", "2025-01-04T12:47:00+01:00"),
            ("2025-01-04T12:47Z", "2025-01-04T12:47:00Z"),
            ("2025-01-04 12:47:00", "2025-01-04"),
            ("2025-01-04", "2025-01-04"),
            ("Sat, 04 Jan 2025 12:47:00 +0100", "2025-01-04T12:47:00+01:00"),
            ("1735991220", "2025-01-04T11:47:00Z"),
            ("2031-01-04", ""),
            ("0000-00-00 00:00", ""),
            ("not a date at all", ""),
        ] {
            let read = machine(text, now()).map_or(String::new(), |p| p.to_string());
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn reads_the_day_in_an_address() {
        for (path, expected) in [
            ("/2025/01/04/titre.html", "2025-01-04"),
            ("/a/titre-2025-1-4-x", "2025-01-04"),
            ("/a/20250104/x", "2025-01-04"),
            ("/a/2025/jan/04/titre", "2025-01-04"),
            ("/a/2024/octobre/3/titre", "2024-10-03"),
            ("/a/2025/titre-12", ""),
            ("/a/99999999", ""),
        ] {
            let read = in_address(path, now()).map_or(String::new(), |p| p.to_string());
            assert_eq!(read, expected, "{path}");
        }
    }

    #[test]
    fn month_first_where_the_press_writes_so() {
        assert_eq!(words("01/04/2025", now(), false).unwrap().day.to_string(), "2025-01-04");
        assert_eq!(all_words("Publié 1 mai 2024, modifié 2 mai 2024", now(), true).len(), 2);
    }
}

//! Dates as feeds write them: RFC 3339, RFC 2822, and what is sent instead of those (French weekdays, Arabic digits,
//! spaces for the `T`, zones as letters). What gives no zone gives a day, never an hour that was not stated.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use kiosque_model::Published;

/// Reads a date; `None` where the text is none, or may be two. `language` is that of the text, where it is known: in
/// English `03/04/2026` may be either.
pub(crate) fn parse_date(text: &str, language: Option<&str>) -> Option<Published> {
    let text = in_ascii_digits(text);
    let text = text.trim();
    if let Ok(published) = text.parse::<Published>() {
        return Some(published).filter(|p| plausible(p.day()));
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return in_digits(text);
    }
    let from = text.find(|c: char| c.is_ascii_digit())?;
    compact(&text[from..])
        .or_else(|| iso(&text[from..]))
        .or_else(|| numeric(&text[from..], language))
        .or_else(|| in_words(text))
}

fn plausible(day: Date) -> bool {
    (1990..=2100).contains(&day.year())
}

/// Arabic and Persian digits as others write them; marks of direction are left out.
fn in_ascii_digits(text: &str) -> String {
    let digit = |c: char, zero: char| char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c);
    let is_mark = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    // Years, months and days as they are counted in Korean, Chinese and Japanese.
    let counted = ["년 ", "년", "年", "월 ", "월", "月"]
        .iter()
        .fold(text.to_owned(), |text, unit| text.replace(unit, "-"));
    let told = counted.chars().filter(|c| !is_mark(c)).map(|c| match c {
        '\u{660}'..='\u{669}' => digit(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit(c, '\u{6f0}'),
        '\u{a0}' | '\u{202f}' | '،' | '일' | '日' => ' ',
        c => c,
    });
    told.collect()
}

/// `20261122`, or seconds or milliseconds since 1970.
fn in_digits(text: &str) -> Option<Published> {
    let number: i64 = text.parse().ok()?;
    let moment = match text.len() {
        8 => {
            let day: Date = format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).parse().ok()?;
            return plausible(day).then_some(Published::Day(day));
        }
        9 | 10 => Timestamp::from_second(number),
        12 | 13 => Timestamp::from_millisecond(number),
        _ => return None,
    };
    moment.ok().map(|at| Published::Moment(at, 0)).filter(|p| plausible(p.day()))
}

/// `20261122T080000Z` and `2026-326`, the day of the year: ISO 8601 without its marks.
fn compact(text: &str) -> Option<Published> {
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if let Some((day, rest)) =
        text.split_once(['T', 't']).filter(|(day, _)| day.len() == 8 && all_digits(day))
    {
        let day: Date = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]).parse().ok()?;
        let time = rest.get(..6).filter(|time| all_digits(time));
        let clock = time.map(|time| format!("{}:{}:{}", &time[..2], &time[2..4], &time[4..]));
        let read = clock.map_or(Published::Day(day), |clock| moment(day, &clock, rest[6..].trim()));
        return plausible(day).then_some(read);
    }
    let (year, number) = text.split_once('-').filter(|(year, n)| (year.len(), n.len()) == (4, 3))?;
    let first = Date::new(year.parse().ok()?, 1, 1).ok()?;
    let number: i32 = number.parse().ok().filter(|n| (1..=366).contains(n))?;
    let day = first.checked_add(jiff::Span::new().days(number - 1)).ok()?;
    (plausible(day) && day.year() == first.year()).then_some(Published::Day(day))
}

/// `2026-11-22 08:00:00`, `2026-11-22T08:00+0100`, `2026/11/22`.
fn iso(text: &str) -> Option<Published> {
    let head = text.get(..10)?.replace('/', "-");
    let day: Date = head.parse().ok().filter(|d| plausible(*d))?;
    let rest = text[10..].trim_start_matches(['T', 't', ' ', ',']);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    Some(moment(day, &rest[..end], rest[end..].trim()))
}

/// `22/11/2026 08:00 +0100`, `22.11.26`. The day stands first but with Americans; where both could be and the
/// language does not tell, it is none.
fn numeric(text: &str, language: Option<&str>) -> Option<Published> {
    let (head, rest) = text.split_once(|c: char| c.is_whitespace() || c == ',').unwrap_or((text, ""));
    let separator = head.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '.' | '-'))?;
    let parts: Vec<i16> = head.split(separator).map_while(|part| part.parse().ok()).collect();
    let [first, second, year] = parts[..] else { return None };
    let language = language.unwrap_or_default().to_ascii_lowercase();
    let (day, month) = match (first > 12, second > 12, separator) {
        (true, _, _) | (_, false, '.') => (first, second),
        (_, true, _) => (second, first),
        _ if first == second => (first, second),
        _ if language.starts_with("en-us") => (second, first),
        _ if language.is_empty() || language.starts_with("en") => return None,
        _ => (first, second),
    };
    let day = Date::new(full_year(year), i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let mut clock = Clock::default();
    rest.split_whitespace().for_each(|word| clock.take(word));
    plausible(day).then(|| clock.on(day))
}

const fn full_year(year: i16) -> i16 {
    match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        _ => year,
    }
}

/// The words for a time of day.
#[derive(Default)]
struct Clock<'a> {
    time: &'a str,
    is_afternoon: Option<bool>,
    zone: &'a str,
}

impl<'a> Clock<'a> {
    fn take(&mut self, word: &'a str) {
        if self.time.is_empty() {
            if word.contains(':') {
                // `08:00Z`, `08:00+01:00`
                let end = word.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.');
                (self.time, self.zone) = word.split_at(end.unwrap_or(word.len()));
            }
        } else if matches!(word.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m.") {
            self.is_afternoon = Some(word.starts_with(['p', 'P']));
        } else if self.zone.is_empty() {
            self.zone = word;
        }
    }

    fn on(&self, day: Date) -> Published {
        let read = moment(day, self.time, self.zone);
        let Published::Moment(at, offset) = read else { return read };
        let hour = clock(self.time).map_or(0, Time::hour);
        let shift = match self.is_afternoon {
            Some(true) if hour < 12 => 12,
            Some(false) if hour == 12 => -12,
            _ => 0,
        };
        let at = at.checked_add(jiff::SignedDuration::from_hours(shift)).unwrap_or(at);
        Published::Moment(at, offset)
    }
}

/// `Sun, 22 Nov 2026 08:00:00 +0100`, `dim. 22 novembre 2026 08:00 CET`, `November 22, 2026`,
/// `Sun Nov 22 08:00:00 CET 2026`, `22-Nov-2026`.
fn in_words(text: &str) -> Option<Published> {
    let mut text =
        MONTHS_OF_TWO_WORDS.iter().fold(text.to_owned(), |text, (two, one)| text.replace(two, one));
    // `22T08:00` stands behind a month in words too.
    if let Some(at) = text.find("T").filter(|at| text[..*at].ends_with(|c: char| c.is_ascii_digit())) {
        text.replace_range(at..=at, " ");
    }
    let mut numbers = Vec::new();
    let (mut month, mut clock) = (None, Clock::default());
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()) {
        let is_late = !clock.time.is_empty();
        let parts = if is_late || word.contains(':') { word.split('\0') } else { word.split('-') };
        for part in parts {
            let is_number = part.starts_with(|c: char| c.is_ascii_digit()) && !part.contains(':');
            let number = part.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<i16>();
            match number {
                Ok(number) if is_number && (!is_late || numbers.len() < 2) => numbers.push(number),
                // `mar. 3 nov.`: the day of the week stands before the month.
                _ if !is_late && month_of(part).is_some() => month = month_of(part),
                _ => clock.take(part),
            }
        }
    }
    let [first, second, ..] = numbers[..] else { return None };
    // In Hungarian the year stands first.
    let (day, year) = if first > 31 { (second, first) } else { (first, second) };
    let day = i8::try_from(day).ok().and_then(|day| Date::new(full_year(year), month?, day).ok())?;
    plausible(day).then(|| clock.on(day))
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
    let second = parts.next().and_then(Result::ok).unwrap_or(0);
    // A leap second is the last one of its minute.
    Time::new(hour, minute, if second == 60 { 59 } else { second }, 0).ok()
}

/// RFC 2822 §4.3 and the zones of European and North African feeds.
fn offset(zone: &str) -> Option<Offset> {
    let hours = match zone.trim_matches(['(', ')']).to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "CET" | "MET" | "WEST" | "BST" => 1,
        "CEST" | "MEST" | "EET" => 2,
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

/// How the names of the months begin, in English, French, Spanish, German, Italian, Portuguese, Hungarian, Arabic (of the
/// Maghreb, west and east, and of the East), Greek and Russian.
const MONTHS: [&str; 12] = [
    "jan ene gen jän يناير جانفي ιαν янв",
    "feb fév fev فبراير فيفري شباط φεβ фев",
    "mar mär már مارس آذار μαρ μάρ мар",
    "apr avr abr ápr أبريل ابريل إبريل أفريل نيسان απρ апр",
    "may mai mag máj ماي أيار مايو μαι μάι μαϊ мая май",
    "jun juin giu jún يونيو يونيه جوان حزيران ιουν ιούν июн",
    "jul juil lug júl يوليو جويلية تموز ιουλ ιούλ июл",
    "aug aoû aou ago غشت أغسطس اغسطس أوت آب αυγ αύγ авг",
    "sep set szept شتنبر سبتمبر أيلول σεπ сен",
    "oct okt ott out أكتوبر اكتوبر οκτ окт",
    "nov نونبر نوفمبر νοε νοέ ноя",
    "dec déc dic dez دجنبر ديسمبر δεκ дек",
];

/// Months of the East that are told apart by their second word.
const MONTHS_OF_TWO_WORDS: [(&str, &str); 6] = [
    ("كانون الثاني", "jan"),
    ("كانون الأول", "dec"),
    ("كانون الاول", "dec"),
    ("تشرين الثاني", "nov"),
    ("تشرين الأول", "oct"),
    ("تشرين الاول", "oct"),
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
        assert_eq!(parse_date(text, None).map(|d| d.to_string()).as_deref(), expected, "{text}");
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
        check("Sun Nov 22 08:00:00 CET 2026", Some("2026-11-22T08:00:00+01:00"));
        check("Sun Nov 22 2026 08:00:00 +0200", Some("2026-11-22T08:00:00+02:00"));
        check("Sun, 2026/11/22 08:00:00 EDT", Some("2026-11-22T08:00:00-04:00"));
        check("22-Nov-2026 08:00:00 GMT", Some("2026-11-22T08:00:00Z"));
        check("22 Nov 2026 8:00 PM GMT", Some("2026-11-22T20:00:00Z"));
        check("22 Nov 2026 12:30 AM GMT", Some("2026-11-22T00:30:00Z"));
        check("Thu, 31 Dec 2026 23:59:60 GMT", Some("2026-12-31T23:59:59Z"));
        check("2026-11-22 08:00:00.0", Some("2026-11-22"));
        check("20261122", Some("2026-11-22"));
        check("1795334400", Some("2026-11-22T08:00:00Z"));
        check("1795334400000", Some("2026-11-22T08:00:00Z"));
    }

    #[test]
    fn dates_in_french_and_arabic() {
        check("mar. 3 nov. 2026 08:00 +0100", Some("2026-11-03T08:00:00+01:00"));
        check("1er févr. 2026", Some("2026-02-01"));
        check("lundi 5 janvier 2026 à 08h30", Some("2026-01-05"));
        check("le 22 décembre 2026, 08:00 GMT", Some("2026-12-22T08:00:00Z"));
        check("الأحد، ٢٢ نونبر ٢٠٢٦ ٠٨:٠٠ GMT", Some("2026-11-22T08:00:00Z"));
        check("\u{200f}٢٢ تشرين الثاني ٢٠٢٦", Some("2026-11-22"));
        check("5 جانفي 2026", Some("2026-01-05"));
        check("۲۲ نوفمبر ۲۰۲۶", Some("2026-11-22"));
    }

    #[test]
    fn dates_in_numbers_alone() {
        let check = |text: &str, language: Option<&str>, expected: Option<&str>| {
            let read = parse_date(text, language).map(|d| d.to_string());
            assert_eq!(read.as_deref(), expected, "{text} {language:?}");
        };
        check("22/11/2026 08:00 +0100", None, Some("2026-11-22T08:00:00+01:00"));
        check("11/22/2026 8:00:00 PM GMT", None, Some("2026-11-22T20:00:00Z"));
        check("03/04/2026", Some("fr"), Some("2026-04-03"));
        check("03/04/2026", Some("ar-MA"), Some("2026-04-03"));
        check("03/04/2026", Some("en-US"), Some("2026-03-04"));
        check("03/04/2026", Some("en"), None);
        check("03/04/2026", None, None);
        check("03.04.26", None, Some("2026-04-03"));
        check("22/11", Some("fr"), None);
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in ["", "hier", "0000-00-00", "1970-01-01T00:00:00Z", "32 Nov 2026", "Nov 2026", "22/11"] {
            check(text, None);
        }
    }
}

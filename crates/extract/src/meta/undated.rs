//! Bylines without their dates: `Rim Alami mardi 6 octobre`, `Publié le 4 mai, par Rim Alami`.
//!
//! A day's name is a surname too (`Freitag`, `Domingo`): it ends a byline where a number follows, or where what
//! stands before it is a full name already.

use crate::date::{is_weekday, month_of};
use crate::text::fold;

/// Words (folded) that lead to a date and belong to no name at its end.
const LEADS: [&str; 19] = [
    "le",
    "on",
    "el",
    "am",
    "den",
    "the",
    "a",
    "at",
    "in",
    "يوم",
    "في",
    "بتاريخ",
    "published",
    "updated",
    "publie",
    "publicado",
    "posted",
    "نشر",
    "نشرت",
];

/// The part of a byline before its date: `Par X le 4 janvier`, `By X | Jan 4`.
pub(crate) fn before_date(text: &str) -> &str {
    let digit = text.find(char::is_numeric).unwrap_or(text.len());
    let mut head = &text[..digit];
    if digit == text.len() {
        return head;
    }
    const MARKS: [&str; 11] = [
        " le ",
        " on ",
        " - ",
        " | ",
        " am ",
        " el ",
        " في ",
        " publié",
        " Publié",
        " Published",
        " Updated",
    ];
    if let Some(at) = MARKS.iter().find_map(|mark| head.find(mark).filter(|&at| at > 3)) {
        head = &head[..at];
    }
    // One day and one month at most: what stands before them is a name, whatever it means.
    let (mut days, mut months) = (1, 1);
    loop {
        let kept = head.trim_end_matches(|c: char| !c.is_alphanumeric());
        let last = kept.trim_end_matches(|c: char| !c.is_whitespace()).len();
        let word = fold(&kept[last..]);
        if is_weekday(&word) && days > 0 {
            days -= 1;
        } else if month_of(&word).is_some() && months > 0 {
            months -= 1;
        } else if kept.is_empty() || !LEADS.contains(&word.as_str()) {
            return head;
        }
        head = &kept[..last];
    }
}

/// What a line that opens with a date says after it of who wrote: `Publié le 4 mai 2025 à 9 h, par X`.
pub(crate) fn after_date(text: &str) -> Option<&str> {
    const CUES: [&str; 9] = [" par ", " Par ", " by ", " By ", " por ", " von ", " بقلم", " كتب ", " كتبت "];
    let digit = text.find(char::is_numeric)?;
    let (at, cue) = CUES.iter().find_map(|cue| text[digit..].find(cue).map(|at| (digit + at, *cue)))?;
    let dated = text[..at].split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).any(|word| {
        let folded = fold(word);
        is_weekday(&folded) || month_of(&folded).is_some() || (word.len() == 4 && word.parse::<u16>().is_ok())
    });
    dated.then(|| before_date(text[at + cue.len()..].trim()))
}

/// A name without a day of the week glued to its end; empty where the name is nothing else.
pub(crate) fn without_day(name: &str) -> &str {
    let mut start = 0;
    for (count, part) in name.split_inclusive(char::is_whitespace).enumerate() {
        let glued = match count {
            0 => part.len() == name.len(),
            1 => !is_surname(part),
            _ => true,
        };
        if glued && is_weekday(&fold(part)) {
            return name[..start].trim_end();
        }
        start += part.len();
    }
    name
}

/// Whether a day's name is a person's too: after a single word it may be one.
fn is_surname(day: &str) -> bool {
    let folded = fold(day);
    ["freitag", "sonntag", "montag", "domingo", "sabado", "sunday", "friday", "monday"]
        .contains(&folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_end_at_their_dates() {
        let check = |text: &str, expected: &str| assert_eq!(before_date(text).trim(), expected, "{text}");
        check("Rim Daoudi-Castel mercredi 7 octobre 2026", "Rim Daoudi-Castel");
        check("Par Salma Naciri, le mardi 6 octobre", "Par Salma Naciri,");
        check("سعاد المرنيسي الحلوي الأربعاء 7 أكتوبر 2026", "سعاد المرنيسي الحلوي");
        check("By Jane Doe January 4, 2025", "By Jane Doe");
        check("Por Ana Ruiz, lunes 5 de enero", "Por Ana Ruiz,");
        check("Von Peter Vogt am Montag, 5. Januar", "Von Peter Vogt");
        check("Peter Freitag Montag, 5. Januar", "Peter Freitag");
        check("Rédigé par le Samedi 4 Janvier 2025", "Rédigé par");
        check("April Jones", "April Jones");
        check("Mardi 6 octobre", "");
    }

    #[test]
    fn names_may_follow_their_dates() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(after_date(text), expected, "{text}");
        check("Publié le mardi 6 octobre 2026 à 9 h 00, par Ali Zouak", Some("Ali Zouak"));
        check("Published 4 May 2025 by Jane Doe", Some("Jane Doe"));
        check("Publié le mardi 6 octobre 2026 à 9 h 00", None);
        check("Adopté à 12 voix par les élus", None);
    }

    #[test]
    fn names_lose_a_day_glued_on() {
        let check = |name: &str, expected: &str| assert_eq!(without_day(name), expected, "{name}");
        check("Rim Daoudi Mercredi", "Rim Daoudi");
        check("APM Mardi", "APM");
        check("Mardi", "");
        check("Ruby Friday", "Ruby Friday");
        check("Ruby Jones Friday", "Ruby Jones");
        check("Sunday Oliseh", "Sunday Oliseh");
    }
}

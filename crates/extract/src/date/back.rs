//! Dates told by their distance from the fetch: `il y a 2 heures`, `hier à 9 h 05`.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosque_model::Published;

use super::lexicon::{count_of, days_ago, unit_of};
use super::{Printed, Token, time_near};

/// `il y a 2 heures`, `two hours ago`, `منذ ساعتين`, `hace 3 días`, `vor 2 Stunden`: counted back from the fetch. It is a
/// line of its own, with a label before it at most: a sentence that opens so (`Il y a deux jours, le conseil votait`) tells of
/// something else.
pub(super) fn relative(tokens: &[Token], fetched_at: Timestamp) -> Option<Printed> {
    if tokens.len() > 14 {
        return None;
    }
    let (count, seconds, end) = (0..tokens.len()).find_map(|at| {
        let (count, seconds, used) = counted_back(&tokens[at..])?;
        Some((count, seconds, at + used))
    })?;
    let goes_on = |token: &Token| match token {
        Token::Word(word) => matches!(
            word.as_str(),
            "par"
                | "by"
                | "por"
                | "von"
                | "mis"
                | "mise"
                | "modifie"
                | "maj"
                | "updated"
                | "dans"
                | "in"
                | "et"
        ),
        Token::Sign(sign) => !matches!(sign, ',' | '،'),
        Token::Number(..) => true,
    };
    if !tokens.get(end).is_none_or(goes_on) {
        return None;
    }
    let at = fetched_at.checked_sub(SignedDuration::from_secs(i64::from(count) * seconds)).ok()?;
    let day = at.to_zoned(TimeZone::UTC).date();
    // Counted in minutes the minute is known, counted in hours the hour, which its first minute stands for; else the day.
    let known = if seconds <= 60 { 60 } else { 3600 };
    let at = Timestamp::from_second(at.as_second() / known * known).ok()?;
    let moment = (seconds <= 3600).then_some(Published::Moment(at, 0));
    Some(Printed { day, time: None, moment, end })
}

/// How many units of how many seconds the tokens count back, and how many of them say so.
fn counted_back(tokens: &[Token]) -> Option<(u32, i64, usize)> {
    let is = |at: usize, words: &[&str]| matches!(tokens.get(at), Some(Token::Word(word)) if words.contains(&word.as_str()));
    let opened = if is(0, &["y"]) && is(1, &["a"]) {
        2
    } else {
        usize::from(is(0, &["منذ", "قبل", "hace", "vor"]))
    };
    let count = match tokens.get(opened) {
        Some(Token::Number(count, 1..=3)) => Some(*count),
        Some(Token::Word(word)) => count_of(word),
        _ => None,
    };
    let unit = opened + usize::from(count.is_some());
    let Some(Token::Word(word)) = tokens.get(unit) else { return None };
    // `2h30` is read as a number and a word.
    let is_clock = word.strip_prefix('h').is_some_and(|rest| rest.len() == 2 && rest.parse::<u8>().is_ok());
    let (one, seconds) = unit_of(if is_clock { "h" } else { word })?;
    // A bare unit is one in Arabic alone: `منذ ساعة`.
    let bare = count.is_none() && is(0, &["منذ", "قبل"]);
    let closed = opened == 0 && count.is_some() && is(unit + 1, &["ago"]);
    if !(closed || opened > 0 && (count.is_some() || bare)) {
        return None;
    }
    Some((count.unwrap_or(one), seconds, unit + 1 + usize::from(closed)))
}

/// `aujourd'hui à 12h47`, `hier, 9:05`, `أمس 21:30`: a day named by its distance, with a clock beside it.
pub(super) fn of_late(tokens: &[Token], fetched_at: Timestamp) -> Option<Printed> {
    if tokens.len() > 12 {
        return None;
    }
    let (at, days) = tokens.iter().take(5).enumerate().find_map(|(i, token)| match token {
        Token::Word(word) => days_ago(word).map(|days| (i, days)),
        _ => None,
    })?;
    let is_before = |i: usize, word: &str| {
        at.checked_sub(i).is_some_and(|i| matches!(&tokens[i], Token::Word(before) if before == word))
    };
    // `avant-hier`, `أول أمس`, `day before yesterday`.
    let days = days + i64::from(is_before(2, "avant") || is_before(1, "اول") || is_before(1, "before"));
    let (time, end) = time_near(tokens, at + 1)?;
    // The fetch is told in UTC: near midnight the reader's day may be another, so the day alone is kept.
    let day =
        fetched_at.checked_sub(SignedDuration::from_hours(24 * days)).ok()?.to_zoned(TimeZone::UTC).date();
    Some(Printed { day, time: Some(time), moment: None, end })
}

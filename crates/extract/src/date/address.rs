//! The day an address bears: weak evidence, but printed by the publisher and never moved by a time zone.

use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_model::Published;

use super::{is_credible, month_of};

/// The day in an address: `/2025/01/04/`, `/2025-01-04-`, `20250104`, `/2025/jan/04/`.
pub(crate) fn in_address(path: &str, fetched_at: Timestamp) -> Option<Published> {
    let numbers: Vec<(usize, &str)> = digit_runs(path);
    let make = |y: &str, m: &str, d: &str| {
        let date = Date::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?).ok()?;
        Some(Published::Day(date)).filter(|p| is_credible(p, fetched_at))
    };
    for (k, (at, run)) in numbers.iter().enumerate() {
        if run.len() == 8
            && let Some(date) = make(&run[..4], &run[4..6], &run[6..])
        {
            return Some(date);
        }
        if let ([y, m, d], Some([(b, _), (c, _)])) = (
            &[*run, numbers.get(k + 1).map_or("", |n| n.1), numbers.get(k + 2).map_or("", |n| n.1)],
            numbers.get(k + 1..k + 3),
        ) && y.len() == 4
            && *b == at + 5
            && m.len() <= 2
            && *c == b + m.len() + 1
            && d.len() <= 2
            && let Some(date) = make(y, m, d)
        {
            return Some(date);
        }
    }
    spelt(path).filter(|date| is_credible(date, fetched_at))
}

/// A month's name between year and day.
fn spelt(path: &str) -> Option<Published> {
    let parts: Vec<&str> = path.split('/').collect();
    parts.windows(3).find_map(|part| {
        let year: i16 = part[0].parse().ok().filter(|_| part[0].len() == 4)?;
        let month = i8::try_from(month_of(&part[1].to_lowercase())?).ok()?;
        Some(Published::Day(Date::new(year, month, part[2].parse().ok()?).ok()?))
    })
}

fn digit_runs(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut start = None;
    for (i, b) in text.bytes().enumerate() {
        match (b.is_ascii_digit(), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                out.push((from, &text[from..i]));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        out.push((from, &text[from..]));
    }
    out
}

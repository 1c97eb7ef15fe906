//! Whether the pages of a source read otherwise than before.

use jiff::Timestamp;

use crate::{Alarm, AlarmKind, fisher};

/// Latest pages looked at: at most, and at least.
const LATEST: (usize, usize) = (40, 20);
/// Pages before them: at most, and at least.
const BEFORE: (usize, usize) = (400, 60);
/// How unlikely a difference must be: some hundred thousand looks a year are to give no false alarm.
const UNLIKELY: f64 = 1e-6;
/// And how large, as a difference of shares: topics come in runs, which the test does not know.
const LARGE: f64 = 0.35;
/// A text is short where it is shorter than all but this share of those before.
const SHORTEST: usize = 20;

/// A page that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// When.
    pub at: Timestamp,
    /// Words of its text; 0 where it had none.
    pub words: u32,
    /// Whether somebody signed it.
    pub author: bool,
    /// Whether it is dated.
    pub date: bool,
}

/// What of the latest pages is not as it was before; `pages` are oldest first.
#[must_use]
pub fn drift(pages: &[Page]) -> Vec<Alarm> {
    let latest = pages.len().saturating_sub(BEFORE.1).min(LATEST.0);
    if latest < LATEST.1 {
        return Vec::new();
    }
    let (before, latest) = pages.split_at(pages.len() - latest);
    let before = &before[before.len().saturating_sub(BEFORE.0)..];
    let no_text = compare(AlarmKind::NoText, before, latest, |page| page.words == 0);
    if no_text.is_some() {
        // What is not read has neither author nor date: that says nothing more.
        return no_text.into_iter().collect();
    }
    let mut words: Vec<u32> = before.iter().map(|page| page.words).filter(|words| *words > 0).collect();
    words.sort_unstable();
    let short = words.get(words.len() / SHORTEST).copied().unwrap_or_default();
    let lacking = [
        compare(AlarmKind::NoAuthor, before, latest, |page| !page.author),
        compare(AlarmKind::NoDate, before, latest, |page| !page.date),
        compare(AlarmKind::Short, before, latest, |page| page.words > 0 && page.words < short),
    ];
    lacking.into_iter().flatten().collect()
}

fn compare(
    kind: AlarmKind,
    before: &[Page],
    latest: &[Page],
    lacks: impl Fn(&Page) -> bool,
) -> Option<Alarm> {
    let count = |pages: &[Page]| pages.iter().filter(|page| lacks(page)).count();
    let (now, then) = (count(latest), count(before));
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    let (now_share, then_share) = (share(now, latest.len()), share(then, before.len()));
    let all = latest.len() + before.len();
    let is_new =
        now_share - then_share >= LARGE && fisher::tail(now, latest.len(), now + then, all) < UNLIKELY;
    if !is_new {
        return None;
    }
    let what = match kind {
        AlarmKind::Silent | AlarmKind::NoText => "have no text",
        AlarmKind::NoAuthor => "name no author",
        AlarmKind::NoDate => "have no date",
        AlarmKind::Short => "are shorter than nearly all were",
    };
    let says = format!(
        "{now} of the latest {} pages {what}, of the {} before {then} ({:.0} % and {:.0} %)",
        latest.len(),
        before.len(),
        now_share * 100.0,
        then_share * 100.0
    );
    let since = latest.iter().find(|page| lacks(page))?.at;
    Some(Alarm { kind, since, says })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    /// Pages an hour apart, each by its number.
    fn pages(count: usize, of: impl Fn(usize) -> (u32, bool, bool)) -> Vec<Page> {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        (0..count)
            .map(|n| {
                let (words, author, date) = of(n);
                Page { at: start + SignedDuration::from_hours(n as i64), words, author, date }
            })
            .collect()
    }

    fn check(count: usize, of: impl Fn(usize) -> (u32, bool, bool), expected: &[AlarmKind]) {
        let found: Vec<_> = drift(&pages(count, of)).into_iter().map(|alarm| alarm.kind).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_layout_that_changed_is_told_by_what_is_missing() {
        let words = |n: usize| 300 + (n as u32 * 37) % 400;
        check(300, |n| (words(n), n % 10 != 0, true), &[]);
        check(300, |n| (words(n), n < 270, true), &[AlarmKind::NoAuthor]);
        check(300, |n| (words(n), true, n < 275), &[AlarmKind::NoDate]);
        check(300, |n| (words(n), n < 270, n < 270), &[AlarmKind::NoAuthor, AlarmKind::NoDate]);
        check(300, |n| (if n < 270 { words(n) } else { 60 }, true, true), &[AlarmKind::Short]);
        // Without a text the rest is no news.
        check(
            300,
            |n| if n < 270 { (words(n), true, true) } else { (0, false, false) },
            &[AlarmKind::NoText],
        );
    }

    #[test]
    fn what_was_always_so_is_no_drift() {
        check(300, |_| (400, false, false), &[]);
        check(300, |n| (400, n % 2 == 0, n % 3 == 0), &[]);
        // A run of unsigned briefs is none either.
        check(300, |n| (400, !(280..292).contains(&n), true), &[]);
    }

    #[test]
    fn too_little_history_says_nothing() {
        check(79, |n| (400, n < 55, true), &[]);
        check(85, |n| (400, n < 60, true), &[AlarmKind::NoAuthor]);
        check(0, |_| (0, false, false), &[]);
    }

    #[test]
    fn the_words_name_both_shares_and_since_when() {
        let alarm = drift(&pages(200, |n| (400, n < 170, true))).remove(0);
        assert_eq!(
            alarm.says,
            "30 of the latest 40 pages name no author, of the 160 before 0 (75 % and 0 %)"
        );
        assert_eq!(alarm.since.to_string(), "2026-01-08T02:00:00Z");
    }
}

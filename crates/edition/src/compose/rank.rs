//! The ranking formula, in one place and in the open.
//!
//! A story's score is
//!
//! ```text
//! score = 4·C + 2·T + 1·R + 1·P + 0.5·L − 1·O
//! C = √(i + r/2)       i: outlets that wrote their own text, r: outlets that only printed another's
//! T = (4 − t)/3        t: the best tier among its outlets, 1 (leading) to 3 (small)
//! R = h/24             h: hour of the day of its latest own text; 12 where no hour was printed
//! P = min(w, 600)/600  w: words of its headline article, the room the paper gave it
//! L = 1 where it is told in more than one language, else 0
//! O = 1 where its headline article is opinion, else 0
//! ```
//!
//! rounded to three decimals. Coverage leads because what several newsrooms chose independently is what the
//! day was about; a dispatch printed twenty times was chosen once, so a reprint counts half. The square root
//! makes the tenth outlet add less than the second, and IEEE 754 rounds it alike on every machine, which a
//! logarithm is not promised to: the same store must give the same bytes.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_model::{Published, StoryArticle};

use super::members::Members;

/// Words from which an article is as prominent as can be.
const FULL_LENGTH_WORDS: usize = 600;

/// The score of a story.
pub(super) fn score(members: &Members<'_>, date: Date, zone: &TimeZone) -> f64 {
    let own: BTreeSet<_> = members.roots().map(|a| &a.tagged.article.source).collect();
    let all: BTreeSet<_> = members.all.iter().map(|a| &a.tagged.article.source).collect();
    let coverage = (small(own.len()) + small(all.len() - own.len()) / 2.0).sqrt();

    let tier = members.all.iter().map(|a| a.source_tier.clamp(1, 3)).min().unwrap_or(3);
    let reach = (4.0 - f64::from(tier)) / 3.0;

    let recency = members.roots().filter_map(|a| hour(a, date, zone)).max().map_or(12.0, small) / 24.0;

    let head = &members.headline.tagged.article;
    let words = head.text.split_whitespace().take(FULL_LENGTH_WORDS).count();
    let prominence = small(words) / small(FULL_LENGTH_WORDS);

    let languages: BTreeSet<_> = members.all.iter().filter_map(|a| a.tagged.language.as_ref()).collect();
    let bilingual = if languages.len() > 1 { 0.5 } else { 0.0 };
    let opinion = if head.opinion { 1.0 } else { 0.0 };

    let score = 4.0 * coverage + 2.0 * reach + recency + prominence + bilingual - opinion;
    (score * 1000.0).round() / 1000.0
}

/// The whole hour of the edition's day an article came out at, where its page printed one. What came out
/// before the day counts from its first hour, what came after to its last.
fn hour(article: &StoryArticle, date: Date, zone: &TimeZone) -> Option<usize> {
    let Some(Published::Moment(at, _)) = article.tagged.article.published else { return None };
    let local = at.to_zoned(zone.clone());
    match local.date().cmp(&date) {
        std::cmp::Ordering::Less => Some(0),
        std::cmp::Ordering::Equal => usize::try_from(local.hour()).ok(),
        std::cmp::Ordering::Greater => Some(24),
    }
}

/// A count as a number to calculate with: counts of a day's press are far below 2³².
fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

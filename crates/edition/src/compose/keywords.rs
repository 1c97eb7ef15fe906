//! The words of the day: what several stories or several outlets speak of.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use kiosque_model::StoryArticle;

use super::members::Members;

/// How many of an article's keywords count: the later ones tell little.
const PER_ARTICLE: usize = 8;

/// So many stories do not share a word by chance.
const CHANCE: usize = 4;

/// So many words a thin day may fill up to.
const THIN: usize = 6;

/// The names, in small letters, of the house that printed an article and of the agencies that sign it.
fn houses(article: &StoryArticle) -> Vec<String> {
    let of = &article.tagged.article;
    let names = [&article.source_name].into_iter().chain(&of.agencies).chain(&of.site_name);
    names.map(|name| name.to_lowercase()).collect()
}

/// The spellings of one word and who used it.
#[derive(Default)]
struct Word<'a> {
    outlets: BTreeSet<(usize, &'a str)>,
    spellings: BTreeMap<&'a str, usize>,
}

impl Word<'_> {
    fn is_of_the_day(&self) -> bool {
        let mut stories: Vec<_> = self.outlets.iter().map(|(story, _)| story).collect();
        let all = stories.len();
        stories.dedup();
        let name = |spelling: &&str| spelling.contains(' ') || spelling.starts_with(char::is_uppercase);
        all >= CHANCE || all > stories.len() || self.spellings.keys().any(name)
    }
}

/// The keywords of the most stories and outlets, best first: each outlet counts once per story. A word that a single
/// outlet used in a single story is no word of the day; nor is a plain word, no name, that a few stories happen to share
/// and no two outlets of one story do. Case is folded; the spelling met most often is printed, and of a word with its
/// plural, with its Arabic article or with a phrase it stands in, the one most speak of.
pub(super) fn keywords(stories: &[&Members<'_>], most: usize) -> Vec<String> {
    let mut words: BTreeMap<String, Word<'_>> = BTreeMap::new();
    for (at, story) in stories.iter().enumerate() {
        for article in &story.all {
            for keyword in article.tagged.keywords.iter().take(PER_ARTICLE) {
                let keyword = keyword.trim();
                if keyword.is_empty() {
                    continue;
                }
                let word = words.entry(keyword.to_lowercase()).or_default();
                word.outlets.insert((at, &article.tagged.article.source.0));
                *word.spellings.entry(keyword).or_default() += 1;
            }
        }
    }
    // Houses and agencies are of every day.
    let houses: BTreeSet<String> =
        stories.iter().flat_map(|story| &story.all).flat_map(|a| houses(a)).collect();
    let mut words: Vec<_> = words
        .into_iter()
        .filter(|(folded, word)| word.outlets.len() > 1 && !houses.contains(folded))
        .collect();
    // A thin day fills up with what it has.
    words.sort_by(|(a, x), (b, y)| {
        let rank = |word: &Word<'_>| (!word.is_of_the_day(), Reverse(word.outlets.len()));
        rank(x).cmp(&rank(y)).then_with(|| a.cmp(b))
    });
    let telling = words.iter().filter(|(_, word)| word.is_of_the_day()).count();
    words.truncate(telling.max(most.min(THIN)));
    let mut kept: Vec<String> = Vec::new();
    let mut printed = Vec::new();
    for (folded, word) in words {
        if printed.len() == most {
            break;
        }
        if !kept.iter().any(|other| says_the_same(other, &folded)) {
            printed.extend(usual(&word.spellings));
            kept.push(folded);
        }
    }
    printed
}

/// Whether one word is the other's plural, or stands in it as a word of its own: `tour` beside `second tour`.
fn says_the_same(one: &str, other: &str) -> bool {
    let stem = |word: &str| word.strip_prefix("ال").unwrap_or(word).trim_end_matches(['s', 'x']).to_owned();
    let words = |phrase: &str| phrase.split(' ').map(stem).collect::<Vec<_>>();
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    long.windows(short.len()).any(|part| part == short)
}

fn usual(spellings: &BTreeMap<&str, usize>) -> Option<String> {
    spellings
        .iter()
        .min_by_key(|(spelling, count)| (Reverse(**count), **spelling))
        .map(|(s, _)| (*s).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_printed_once() {
        for (one, other, same) in [
            ("tour", "second tour", true),
            ("circonscription", "circonscriptions", true),
            ("tour", "tourisme", false),
            ("eau", "eaux", true),
            ("second tour", "premier tour", false),
            ("الجائحة", "جائحة", true),
        ] {
            assert_eq!(says_the_same(one, other), same, "{one} {other}");
        }
    }
}

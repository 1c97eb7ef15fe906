//! Where the terms of the rules stand in an article.
//!
//! Every word is read once, whatever the number of rules. Words of a phrase follow each other within a sentence.

use std::collections::HashMap;

use kiosque_model::{Field, Mention, Span};

use super::terms::{Terms, spellings};
use super::{Item, Near};
use crate::fold::{fold_into, words};
use crate::sentences::span;

/// Words read of a text.
const MAX_WORDS: usize = 4000;

/// A term where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) field: Field,
    /// Bytes.
    pub(super) start: usize,
    end: usize,
    /// Words, counted in the field.
    first: usize,
    last: usize,
}

/// What was met in an article.
pub(super) struct Met<'a> {
    title: &'a str,
    text: &'a str,
    found: HashMap<usize, Vec<Found>>,
}

struct Word<'a> {
    text: &'a str,
    start: usize,
    spellings: Vec<String>,
    /// Whether no mark parts it from the word before.
    joined: bool,
}

impl<'a> Met<'a> {
    /// Looks for every term in a headline and a text.
    pub(super) fn read(terms: &Terms, title: &'a str, text: &'a str) -> Self {
        let mut met = Self { title, text, found: HashMap::new() };
        for (field, source) in [(Field::Title, title), (Field::Text, text)] {
            let all = split(source);
            for (at, word) in all.iter().enumerate() {
                for number in terms.beginning(&word.spellings) {
                    let term = terms.term(number);
                    let Some(part) = all.get(at..at + term.len()) else { continue };
                    let fits =
                        part.iter().zip(term).all(|(word, asked)| asked.fits(word.text, &word.spellings));
                    if fits && part[1..].iter().all(|word| word.joined) {
                        let last = &part[part.len() - 1];
                        let end = last.start + last.text.len();
                        let found =
                            Found { field, start: word.start, end, first: at, last: at + term.len() - 1 };
                        met.found.entry(number).or_default().push(found);
                    }
                }
            }
        }
        met
    }

    /// Where an item stands, in one field or in both.
    pub(super) fn of<'m>(&'m self, item: &'m Item, field: Option<Field>) -> impl Iterator<Item = &'m Found> {
        let all = item.iter().filter_map(|number| self.found.get(number)).flatten();
        all.filter(move |found| field.is_none_or(|field| found.field == field))
    }

    /// One place each where all items stand within reach of each other: the first such places of the headline, else
    /// of the text.
    pub(super) fn near<'m>(&'m self, near: &'m Near, field: Option<Field>) -> Option<Vec<&'m Found>> {
        [Field::Title, Field::Text]
            .into_iter()
            .filter(|own| field.is_none_or(|field| field == *own))
            .find_map(|own| {
                let mut places: Vec<Vec<&Found>> = Vec::with_capacity(near.items.len());
                for item in &near.items {
                    let mut found: Vec<&Found> = self.of(item, Some(own)).collect();
                    found.sort_unstable_by_key(|found| (found.first, found.last));
                    places.push(found);
                }
                let mut openings: Vec<usize> = places.iter().flatten().map(|found| found.first).collect();
                openings.sort_unstable();
                openings.dedup();
                openings.into_iter().find_map(|from| group(&places, from, near.within))
            })
    }

    /// The words as they are told.
    pub(super) fn mention(&self, found: &Found) -> Mention {
        let source = if found.field == Field::Title { self.title } else { self.text };
        let words = &source[found.start..found.end];
        let block = match found.field {
            Field::Title => 0,
            Field::Text => u32::try_from(source[..found.start].matches('\n').count()).unwrap_or(u32::MAX),
        };
        let place: Span = span(source, block, found.start, words);
        Mention { field: found.field, place, text: words.split_whitespace().collect::<Vec<_>>().join(" ") }
    }
}

/// Of every item the place that ends first, none before the word `from`, none reaching further than `within`.
fn group<'m>(places: &[Vec<&'m Found>], from: usize, within: usize) -> Option<Vec<&'m Found>> {
    let reached = |found: &Vec<&'m Found>| {
        let start = found.partition_point(|found| found.first < from);
        let within_reach = found[start..].iter().take_while(|found| found.first - from <= within);
        within_reach.copied().min_by_key(|found| found.last).filter(|found| found.last - from <= within)
    };
    places.iter().map(reached).collect()
}

fn split(source: &str) -> Vec<Word<'_>> {
    let (mut folded, mut last) = (String::new(), 0);
    words(source)
        .take(MAX_WORDS)
        .map(|(start, text)| {
            fold_into(text, &mut folded);
            let mut forms = Vec::new();
            spellings(&folded, &mut forms);
            let joined =
                !source[last..start].contains(['.', '\n', '!', '?', '؟', ';', ':', ',', '،', '(', ')']);
            last = start + text.len();
            Word { text, start, spellings: forms, joined }
        })
        .collect()
}

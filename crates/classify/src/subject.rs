//! Who a sentence is about, where that is beyond doubt: for quotes whose speaker no verb of saying names.
//!
//! A person is only given where the sentence names no other one and opens with the name or with what the person is:
//! « Le maire de la ville, Karim Benhaddou, … ». Capitals tell names, so this says nothing of Arabic.

use crate::gazetteer::{Cue as Name, Gazetteer};
use crate::speech::{Cue, Speech, Word, names_in};

/// Sentences before a quote that its pronoun may look back over.
const BACK: usize = 3;

/// Words that put a place, or somebody who only belongs to the subject, before a name.
const NO_SUBJECT: [&str; 14] =
    ["à", "au", "aux", "en", "dans", "vers", "sur", "chez", "in", "at", "to", "by", "par", "avec"];

/// The person a pronoun stands for: the subject of the sentence before, over sentences that go on with a pronoun.
pub(crate) fn meant<'a>(speech: &Speech, line: &'a str, words: &[Word]) -> Option<&'a str> {
    for sentence in sentences(line, words).into_iter().rev().take(BACK) {
        let persons = persons(speech, line, sentence);
        if persons.is_empty() && sentence.first().is_some_and(|word| speech.is(Cue::Pronoun, word)) {
            continue;
        }
        let [person] = persons[..] else { return None };
        let told = sentence.last().is_some_and(|last| last.start > person[person.len() - 1].start);
        return (told && opens_with(speech, line, sentence, person)).then(|| text_of(line, person));
    }
    None
}

/// The only person of a sentence that ends in the colon of a quote.
pub(crate) fn introduced<'a>(speech: &Speech, line: &'a str, words: &[Word]) -> Option<&'a str> {
    let sentences = sentences(line, words);
    let [person] = persons(speech, line, sentences.last()?)[..] else { return None };
    Some(text_of(line, person))
}

/// « Pour l’économiste Ghita Benomar, « … » »: whose view a sentence gives.
pub(crate) fn viewed<'a>(speech: &Speech, line: &'a str, words: &[Word]) -> Option<&'a str> {
    let sentences = sentences(line, words);
    let (first, rest) = sentences.last()?.split_first()?;
    let [person] = persons(speech, line, rest)[..] else { return None };
    (speech.is(Cue::View, first) && opens_with(speech, line, rest, person)).then(|| text_of(line, person))
}

fn text_of<'a>(line: &'a str, words: &[Word]) -> &'a str {
    let Some((first, last)) = words.first().zip(words.last()) else { return "" };
    // « Guivarc’h » is one name.
    let rest = &line[last.end()..];
    let joined = rest.strip_prefix(['\'', '’']).map_or(0, |tail| {
        let letters = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
        if letters > 0 { rest.len() - tail.len() + letters } else { 0 }
    });
    &line[first.start..last.end() + joined]
}

/// The words of each sentence.
fn sentences<'w, 'a>(line: &str, words: &'w [Word<'a>]) -> Vec<&'w [Word<'a>]> {
    let mut found = Vec::new();
    let mut from = 0;
    for at in 1..words.len() {
        let between = &line[words[at - 1].end()..words[at].start];
        let title = words[at - 1].text.chars().count() <= 2 && between.starts_with('.');
        if between.contains(['.', '!', '?', '…', ';']) && !title {
            found.push(&words[from..at]);
            from = at;
        }
    }
    found.push(&words[from..]);
    found
}

/// The persons named, without places and those whom another noun belongs to. « Saint-Ulm » is no person.
fn persons<'w, 'a>(speech: &Speech, line: &str, words: &'w [Word<'a>]) -> Vec<&'w [Word<'a>]> {
    let no_subject = |word: &Word| NO_SUBJECT.contains(&word.text.to_lowercase().as_str());
    // What opens a sentence has a capital too: « À Rouen », « Pour Jeanne Delcourt ».
    let name = |run: &'w [Word<'a>]| match run {
        [first, ..] if no_subject(first) => None,
        [first, rest @ ..] if speech.is(Cue::View, first) => Some(rest).filter(|rest| !rest.is_empty()),
        _ => Some(run),
    };
    let spaced = |run: &&[Word]| text_of(line, run).contains([' ', '\u{a0}']) || run.len() == 1;
    let free = |run: &&[Word]| {
        let before = words.iter().rev().find(|word| word.start < run[0].start);
        before.is_none_or(|word| !is_link(word) && !no_subject(word))
    };
    names_in(line, words).into_iter().filter_map(name).filter(spaced).filter(free).collect()
}

fn is_link(word: &Word) -> bool {
    word.text == "des" || Gazetteer::bundled().is(Name::Link, word.hash())
}

/// Whether a sentence opens with the name, or with an article, a noun and what belongs to it before the name.
fn opens_with(speech: &Speech, line: &str, sentence: &[Word], person: &[Word]) -> bool {
    let before: Vec<&Word> = sentence.iter().take_while(|word| word.start < person[0].start).collect();
    let [first, noun, rest @ ..] = &before[..] else { return before.is_empty() };
    let joint = rest.last().unwrap_or(noun);
    let joined = matches!(&line[joint.end()..person[0].start], " " | ", " | "\u{a0}");
    let belongs = rest.iter().enumerate().all(|(at, word)| {
        is_link(word) || (at > 0 && is_link(rest[at - 1])) || word.text.starts_with(char::is_uppercase)
    });
    // « L’entraîneur battu, Hamid Errami, n’a pas attendu »: set off by commas, the name says who that is.
    let last = person[person.len() - 1].end();
    let apposed = &line[joint.end()..person[0].start] == ", " && line[last..].starts_with(',');
    speech.is(Cue::Subject, first) && joined && (belongs || apposed)
}

//! The words that report speech in four languages, and the name of who speaks among the words beside them.
//!
//! A name is only taken where a word of the list stands beside it: nothing is guessed from what a text is about.

use std::sync::LazyLock;

use crate::background::LANGUAGES;
use crate::document::{ByHash, hash_of};
use crate::fold::{fold, fold_into, is_arabic, words};
use crate::gazetteer::{Cue as Name, Gazetteer};

/// What a word does in reported speech, as `data/saying.tsv` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    Verb,
    /// A verb that as often takes an object: « lance un service ».
    Object,
    Aside,
    Source,
    Joiner,
    /// A source behind its joiner alone: « d’après », “according to”.
    Joined,
    /// What may open a subject that is no name.
    Subject,
    Pronoun,
    Stop,
    /// What opens a sentence that gives somebody's view: « Pour Jeanne Delcourt, « … » ».
    View,
}

const CUES: [(&str, Cue); 10] = [
    ("verb", Cue::Verb),
    ("object", Cue::Object),
    ("aside", Cue::Aside),
    ("source", Cue::Source),
    ("joiner", Cue::Joiner),
    ("joined", Cue::Joined),
    ("subject", Cue::Subject),
    ("pronoun", Cue::Pronoun),
    ("stop", Cue::Stop),
    ("view", Cue::View),
];

/// Words of the longest name or title taken.
const LONGEST: usize = 10;

/// The list of one language: bit `i` stands for `CUES[i]`.
#[derive(Debug, Default)]
pub(crate) struct Speech(ByHash<u16>);

static BUNDLED: LazyLock<[Speech; 4]> = LazyLock::new(|| {
    let mut lists = [const { None }; 4].map(|none: Option<Speech>| none.unwrap_or_default());
    for line in include_str!("../data/saying.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (language, cue) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let list = LANGUAGES.iter().position(|known| *known == language);
        let bit = CUES.iter().position(|(name, _)| *name == cue);
        if let (Some(list), Some(bit)) = (list, bit) {
            for word in columns.flat_map(|column| column.split(',')) {
                *lists[list].0.entry(hash_of(&fold(word.trim()))).or_default() |= 1 << bit;
            }
        }
    }
    lists
});

/// A word of a paragraph.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    hash: u32,
    /// The same without a joined `و` or `ف`.
    bare: u32,
}

impl Word<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) fn hash(&self) -> u32 {
        self.hash
    }

    fn capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}

/// The words of a paragraph.
pub(crate) fn read(line: &str) -> Vec<Word<'_>> {
    let mut folded = String::new();
    words(line)
        .map(|(start, text)| {
            fold_into(text, &mut folded);
            let hash = hash_of(&folded);
            let bare = if text.starts_with(is_arabic) {
                folded.strip_prefix(['و', 'ف']).filter(|rest| rest.chars().count() >= 2).map_or(hash, hash_of)
            } else {
                hash
            };
            Word { text, start, hash, bare }
        })
        .collect()
}

/// Who speaks, as far as the words beside a quote say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    Named(String),
    /// Whoever spoke before.
    Same,
}

impl Speech {
    /// The list of a language.
    pub(crate) fn of(language: &str) -> Option<&'static Self> {
        LANGUAGES.iter().position(|known| *known == language).map(|at| &BUNDLED[at])
    }

    pub(crate) fn is(&self, cue: Cue, word: &Word) -> bool {
        let bits = |hash: u32| self.0.get(&hash).copied().unwrap_or_default();
        let at = CUES.iter().position(|(_, known)| *known == cue).unwrap_or_default();
        (bits(word.hash) | bits(word.bare)) >> at & 1 == 1
    }

    /// Whether the word at a place says that a source follows.
    pub(crate) fn is_source(&self, words: &[Word], at: usize) -> bool {
        self.is(Cue::Source, &words[at])
            || (self.is(Cue::Joined, &words[at]) && at > 0 && self.is(Cue::Joiner, &words[at - 1]))
    }

    /// Who the words name, from the first on, up to the end of their clause.
    pub(crate) fn who(&self, line: &str, words: &[Word]) -> Option<Who> {
        let first = words.first()?;
        let part = self.clause(line, words);
        let pronoun = |word: &Word| self.is(Cue::Pronoun, word);
        if part.iter().take(2).any(pronoun) || (part.len() <= 3 && part.iter().any(pronoun)) {
            return Some(Who::Same);
        }
        if first.text.starts_with(is_arabic) {
            return named(line, part.get(..part.len().min(LONGEST))?);
        }
        if let Some(run) = name_in(line, part) {
            return named(line, run);
        }
        // « explique le directeur, Jeanne Delcourt »: the name follows what she is.
        let rest = &words[part.len()..];
        let parted =
            part.last().zip(rest.first()).is_some_and(|(last, next)| &line[last.end()..next.start] == ", ");
        if parted
            && let Some(run) =
                name_in(line, self.clause(line, rest)).filter(|run| run[0].start == rest[0].start)
        {
            return named(line, run);
        }
        // « trois jours de grève » is nobody: without a name a subject opens as one.
        let title = Gazetteer::bundled().is(Name::Title, first.hash);
        let opens = first.capital() || title || self.is(Cue::Subject, first);
        // « décrivait un reportage le 16 décembre »
        let dated = part.iter().position(|word| word.text.starts_with(|c: char| c.is_ascii_digit()));
        let mut part = &part[..dated.unwrap_or(part.len()).min(LONGEST)];
        while let [shorter @ .., last] = part
            && self.is(Cue::Subject, last)
        {
            part = shorter;
        }
        let said = opens && part.iter().any(|word| word.text.chars().count() > 3);
        if said { named(line, part) } else { None }
    }

    /// The words up to a mark or a word that ends a subject.
    fn clause<'w, 'a>(&self, line: &str, words: &'w [Word<'a>]) -> &'w [Word<'a>] {
        let ends = (0..words.len()).find(|&at| {
            let word = &words[at];
            let parted = at > 0 && {
                let between = &line[words[at - 1].end()..word.start];
                // « M. », « Dr. », and not « eux. »
                let before = &words[at - 1];
                let title = between.starts_with('.') && before.capital() && before.text.chars().count() <= 3;
                !title
                    && between.contains([
                        ',', '.', ';', ':', '!', '?', '(', ')', '«', '»', '"', '“', '”', '،', '–', '…',
                    ])
            };
            parted || (self.is(Cue::Stop, word) && !word.capital())
        });
        &words[..ends.unwrap_or(words.len())]
    }
}

/// The words as the line has them.
fn named(line: &str, words: &[Word]) -> Option<Who> {
    let (first, last) = (words.first()?, words.last()?);
    let text = line[first.start..last.end()].split_whitespace().collect::<Vec<_>>().join(" ");
    (text.chars().count() >= 3).then_some(Who::Named(text))
}

/// Whether the words name a person who is not the one named.
pub(crate) fn names_another(line: &str, words: &[Word], name: &str) -> bool {
    let own: Vec<String> = self::words(name).map(|(_, word)| fold(word)).collect();
    names_in(line, words)
        .iter()
        .any(|run| !run.iter().any(|word| word.capital() && own.contains(&fold(word.text))))
}

/// The last of the names.
fn name_in<'w, 'a>(line: &str, words: &'w [Word<'a>]) -> Option<&'w [Word<'a>]> {
    names_in(line, words).pop()
}

/// The runs of capitals that are persons: two words or more, or one behind a title.
pub(crate) fn names_in<'w, 'a>(line: &str, words: &'w [Word<'a>]) -> Vec<&'w [Word<'a>]> {
    let cues = Gazetteer::bundled();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if !words[at].capital() || cues.is(Name::Institution, words[at].hash) {
            at += 1;
            continue;
        }
        let (mut end, mut names) = (at + 1, 1);
        while end < words.len() && names < 5 {
            let joined = line[words[end - 1].end()..words[end].start]
                .trim_matches(['-', ' ', '\u{a0}', '\'', '’'])
                .is_empty();
            let link = cues.is(Name::Link, words[end].hash) && words.get(end + 1).is_some_and(Word::capital);
            match () {
                () if joined && words[end].capital() => names += 1,
                () if joined && link => {}
                () => break,
            }
            end += 1;
        }
        let civil = at > 0 && (words[at - 1].text == "M" || cues.is(Name::Title, words[at - 1].hash));
        if names >= 2 || civil {
            found.push(&words[at..end]);
        }
        at = end;
    }
    found
}

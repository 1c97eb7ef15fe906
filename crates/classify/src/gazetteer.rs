//! Names known beforehand: countries and towns in both scripts, institutions, and the words that announce a name.

use std::sync::LazyLock;

use kiosque_model::EntityKind;

use crate::document::{ByHash, hash_of, pair};
use crate::fold::{fold, words};

/// A name of the lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) kind: EntityKind,
    /// Written in capitals throughout: `UN` is an institution, `Un` is not.
    pub(crate) capitals: bool,
    /// One name for all its spellings; empty where the lists have no other.
    pub(crate) canonical: &'static str,
    /// ISO 3166-1 code of the country a place is or lies in; empty for what lies in several, and for institutions.
    pub(crate) country: &'static str,
}

/// What a word announces of the name beside it, as `data/cues.tsv` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    Title,
    Role,
    Verb,
    Link,
    Institution,
    Within,
    Ending,
    TitleArabic,
    GivenArabic,
    Given,
    Eponym,
    SureArabic,
    NeverArabic,
}

impl Cue {
    const ALL: [(Self, &str); 13] = [
        (Self::Title, "title"),
        (Self::Role, "role"),
        (Self::Verb, "verb"),
        (Self::Link, "link"),
        (Self::Institution, "institution"),
        (Self::Within, "within"),
        (Self::Ending, "ending"),
        (Self::TitleArabic, "title-ar"),
        (Self::GivenArabic, "given-ar"),
        (Self::Given, "given"),
        (Self::Eponym, "eponym"),
        (Self::SureArabic, "sure-ar"),
        (Self::NeverArabic, "never-ar"),
    ];
}

/// Words of the longest name.
pub(crate) const LONGEST: usize = 6;

/// The lists.
#[derive(Debug)]
pub(crate) struct Gazetteer {
    names: ByHash<Name>,
    /// First words of names: most words of a text are none, and are passed over at once.
    firsts: ByHash<()>,
    /// Bit `i` stands for `Cue::ALL[i]`.
    cues: ByHash<u16>,
}

static BUNDLED: LazyLock<Gazetteer> = LazyLock::new(|| {
    let (mut names, mut firsts) = (ByHash::default(), ByHash::default());
    for (name, canonical, country, kind) in organisations().chain(places()).chain(towns_of_morocco()) {
        let capitals = name.chars().all(char::is_uppercase);
        let hashes: Vec<u32> = words(name).map(|(_, word)| hash_of(&fold(word))).collect();
        if let Some(key) = hashes.iter().copied().reduce(pair) {
            // The last list is the home's: its towns win over their namesakes.
            names.insert(key, Name { kind, capitals, canonical, country });
            firsts.insert(hashes[0], ());
        }
    }
    let mut cues: ByHash<u16> = ByHash::default();
    for line in include_str!("../data/cues.tsv").lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, list)) = line.split_once('\t') else { continue };
        let Some(at) = Cue::ALL.iter().position(|(_, name)| *name == kind) else { continue };
        for word in list.split(',') {
            *cues.entry(hash_of(&fold(word.trim()))).or_default() |= 1 << at;
        }
    }
    Gazetteer { names, firsts, cues }
});

/// A spelling, the name it stands for, its country and its kind.
type Entry = (&'static str, &'static str, &'static str, EntityKind);

fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#'))
}

/// Each line: the name by which an institution is known, then its other spellings and languages.
fn organisations() -> impl Iterator<Item = Entry> {
    lines(include_str!("../data/organisations.txt")).flat_map(|line| {
        let name = line.split('|').next().unwrap_or(line);
        line.split('|').map(move |spelling| (spelling, name, "", EntityKind::Organisation))
    })
}

/// Each line: country, name, spellings.
fn places() -> impl Iterator<Item = Entry> {
    lines(include_str!("../data/places.tsv")).flat_map(|line| {
        let mut columns = line.split('\t');
        let (country, name) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        columns.flat_map(|c| c.split('|')).map(move |spelling| (spelling, name, country, EntityKind::Place))
    })
}

/// Each line: name, Latin spellings, Arabic spellings.
fn towns_of_morocco() -> impl Iterator<Item = Entry> {
    lines(include_str!("../data/morocco.tsv")).flat_map(|line| {
        let name = line.split('\t').next().unwrap_or_default();
        let spellings = line.split(['\t', '|']).filter(|spelling| !spelling.is_empty());
        spellings.map(move |spelling| (spelling, name, "MA", EntityKind::Place))
    })
}

impl Gazetteer {
    /// The lists of this crate.
    pub(crate) fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Whether the word with that hash is such a cue.
    pub(crate) fn is(&self, cue: Cue, word: u32) -> bool {
        self.cues.get(&word).is_some_and(|bits| bits >> cue as u16 & 1 == 1)
    }

    /// The longest name that begins with these words (hashes of their folded forms), and how many it has.
    pub(crate) fn longest(&self, first: u32, rest: impl Iterator<Item = u32>) -> Option<(usize, Name)> {
        self.firsts.get(&first)?;
        let mut key = first;
        let mut found = self.names.get(&key).map(|name| (1, *name));
        for (n, next) in rest.take(LONGEST - 1).enumerate() {
            key = pair(key, next);
            if let Some(name) = self.names.get(&key) {
                found = Some((n + 2, *name));
            }
        }
        found
    }
}

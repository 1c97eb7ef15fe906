//! What an article is about, as weighted terms: stems within its script, names, places and numbers across.
//!
//! Which terms are kept depends on the article and the committed background table alone, never on the window:
//! an article restored from the store has the terms it had when it was placed.

use std::collections::BTreeSet;

use kiosque_model::Language;
use rust_stemmers::{Algorithm, Stemmer};
use xxhash_rust::xxh3::xxh3_64;

use crate::background::general_weight;
use crate::columns::{heads_column, opening};
use crate::concepts::{self, Concepts};
use crate::fold::{Script, Word, script_of, words};
use crate::names::names;
use crate::numbers::figures;
use crate::places::places;
use crate::shelf::HashKeyed;
use crate::skeleton::{bare_arabic, readings};

/// Words of the text read for stories: an event is told in the lead, the rest is background of other events.
const LEAD_WORDS: usize = 160;
/// Terms kept of one article.
const KEPT_TERMS: usize = 40;
/// Names, places and numbers kept of a Latin text, by weight.
const KEPT_NAMES: usize = 24;
/// The same of an Arabic one, where any word may be a name.
const KEPT_ARABIC: usize = 64;
/// A text of fewer words is no more than a headline.
const BODY_WORDS: usize = 25;
/// What a word of the headline adds to its count.
const TITLE_WEIGHT: f32 = 2.0;
/// What a name in the headline adds to its count.
const TITLE_NAME: f32 = 0.5;
/// Factor for a word printed as a name.
const NAME_WEIGHT: f32 = 1.3;

/// Words more common than this end no full name.
const COMMON_SURNAME: f32 = 0.15;
/// So few figures tell no bulletin from another.
const MIN_FIGURES: usize = 2;
/// Of the fewer figures of two texts one in so many may be the same by chance, or be the template's own.
const MAX_SHARED_FIGURES: usize = 4;

/// A term and its weight within the article, in sixteenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// Hash of the term.
    pub(crate) hash: u32,
    /// Weight in sixteenths.
    pub(crate) weight: u8,
}

/// An article's terms, each list rising by hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The script most of it is written in.
    pub(crate) script: Script,
    /// Hash of the language's code, 0 where it is unknown.
    pub(crate) language: u32,
    /// Whether there is a text, not only a headline.
    pub(crate) has_body: bool,
    /// Whether it is a recurring column, which belongs to its day.
    pub(crate) column: bool,
    /// Hash of its first words, 0 for none.
    pub(crate) opening: u32,
    /// Stems and numbers.
    pub(crate) stems: Box<[Term]>,
    /// Skeletons of names, places and numbers: what means the same in the other script.
    pub(crate) names: Box<[Term]>,
    /// What it speaks of, whatever its language.
    pub(crate) concepts: Concepts,
    /// Hashes of the figures of headline and lead: what a bulletin's template is filled with.
    pub(crate) figures: Box<[u32]>,
    /// Hashes of the places the headline names, and of all that headline and lead name.
    pub(crate) headed: Box<[u32]>,
    pub(crate) named: Box<[u32]>,
    /// Hashes of the full names the headline prints, and of all that headline and lead print.
    pub(crate) persons_headed: Box<[u32]>,
    pub(crate) persons_named: Box<[u32]>,
}

impl Terms {
    /// Whether the two are known to be in different languages.
    pub(crate) fn foreign(&self, other: &Self) -> bool {
        let known = self.language != 0 && other.language != 0;
        self.script != other.script || (known && self.language != other.language)
    }

    /// Whether each tells in its headline of places the other never names: the same words on Fès and on Oujda are a
    /// template filled in twice.
    pub(crate) fn elsewhere(&self, other: &Self) -> bool {
        let away =
            |headed: &[u32], named: &[u32]| !headed.is_empty() && !headed.iter().any(|p| named.contains(p));
        away(&self.headed, &other.named) && away(&other.headed, &self.named)
    }

    /// Whether each prints in its headline a full name the other never prints: one message of condolence is not a copy of
    /// that to another family.
    pub(crate) fn on_others(&self, other: &Self) -> bool {
        let own = |headed: &[u32], named: &[u32]| headed.iter().any(|p| !named.contains(p));
        own(&self.persons_headed, &other.persons_named) && own(&other.persons_headed, &self.persons_named)
    }

    /// Whether each tells of figures the other does not have: the same words filled with other figures are the bulletin
    /// of another day or town.
    pub(crate) fn counts_otherwise(&self, other: &Self) -> bool {
        let fewer = self.figures.len().min(other.figures.len());
        let shared = self.figures.iter().filter(|f| other.figures.contains(f)).count();
        fewer >= MIN_FIGURES && MAX_SHARED_FIGURES * shared <= fewer
    }
}

/// The hash of a term's text.
pub(crate) fn term_hash(term: &str) -> u32 {
    u32::try_from(xxh3_64(term.as_bytes()) >> 32).unwrap_or_default()
}

/// Reads an article's terms.
pub(crate) fn terms(title: &str, text: &str, language: Option<&Language>) -> Terms {
    let title_words = words(title, LEAD_WORDS);
    let body = words(text, LEAD_WORDS);
    let script = script_of(if body.is_empty() { &title_words } else { &body });
    let stemmer = stemmer(script, language);
    let mut stems = Tally::default();
    let mut carried = Tally::default();
    let mut spoken = Concepts::default();
    for (part, words, bonus) in [(title, &title_words, TITLE_WEIGHT), (text, &body, 0.0)] {
        let mut hashes = Vec::with_capacity(words.len());
        for word in words {
            let stem = term_hash(&stem(&stemmer, word));
            stems.add(stem, bonus, if word.capital && !word.opens { NAME_WEIGHT } else { 1.0 });
            spoken.add(concepts_of(word, stem, language));
            hashes.push(stem);
        }
        for (name, worth) in names(lead(part), words, &hashes) {
            carried.add(term_hash(&name), if bonus > 0.0 { TITLE_NAME } else { 0.0 }, worth);
        }
    }
    let persons_headed: BTreeSet<u32> = full_names(&title_words, &stemmer).collect();
    let persons_named: BTreeSet<u32> =
        persons_headed.iter().copied().chain(full_names(&body, &stemmer)).collect();
    let hashes = |words: &[Word]| places(words).into_iter().map(term_hash).collect::<BTreeSet<_>>();
    let headed = hashes(&title_words);
    let named: BTreeSet<u32> = headed.union(&hashes(&body)).copied().collect();
    let kept_names = if script == Script::Arabic { KEPT_ARABIC } else { KEPT_NAMES };
    Terms {
        script,
        language: language.map_or(0, |language| term_hash(language.code())),
        has_body: body.len() >= BODY_WORDS,
        column: heads_column(title),
        opening: opening(&body),
        stems: stems.kept(KEPT_TERMS),
        names: carried.kept(kept_names),
        concepts: spoken,
        figures: figures(lead(title))
            .into_iter()
            .chain(figures(lead(text)))
            .map(|f| term_hash(&f.key))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        headed: headed.into_iter().collect(),
        named: named.into_iter().collect(),
        persons_headed: persons_headed.into_iter().collect(),
        persons_named: persons_named.into_iter().collect(),
    }
}

/// Every key of an article that the background table may list: stems, skeletons of what may be a name, places.
#[must_use]
pub fn background_keys(title: &str, text: &str, language: Option<&Language>) -> BTreeSet<String> {
    let said = words(&format!("{title}\n{text}"), LEAD_WORDS);
    let stemmer = stemmer(script_of(&said), language);
    let mut keys: BTreeSet<String> = said.iter().map(|word| stem(&stemmer, word)).collect();
    for word in said.iter().filter(|w| w.capital || w.script() == Script::Arabic) {
        keys.extend(readings(word).into_iter().filter(|s| s.len() >= 3).map(|s| format!("~{s}")));
    }
    keys.extend(places(&said).into_iter().map(|place| format!("@{place}")));
    let mut spoken = Concepts::default();
    said.iter().for_each(|w| spoken.add(concepts_of(w, term_hash(&stem(&stemmer, w)), language)));
    keys.extend(spoken.keys());
    keys
}

/// Hashes of the full names in Latin letters: two words printed as names, neither of them one that
/// every text has.
/// Arabic marks no names, and any two of its words might be one.
fn full_names<'a>(words: &'a [Word], stemmer: &'a Option<Stemmer>) -> impl Iterator<Item = u32> + 'a {
    let name = |word: &Word| word.capital && !word.is_number() && word.script() == Script::Latin;
    let weight = |word: &Word| general_weight(term_hash(&stem(stemmer, word)));
    words
        .windows(2)
        .filter(move |pair| name(&pair[0]) && name(&pair[1]) && !pair[1].opens)
        .filter(move |pair| weight(&pair[0]) > 0.0 && weight(&pair[1]) > COMMON_SURNAME)
        .map(|pair| term_hash(&format!("{} {}", pair[0].text, pair[1].text)))
}

/// About as much of a text as its [`LEAD_WORDS`] first words.
fn lead(text: &str) -> &str {
    text.char_indices().nth(LEAD_WORDS * 7).map_or(text, |(end, _)| &text[..end])
}

fn stemmer(script: Script, language: Option<&Language>) -> Option<Stemmer> {
    let algorithm = match (script, language.map(Language::code)) {
        (Script::Arabic, _) => return None,
        (_, Some("fr")) => Algorithm::French,
        (_, Some("es")) => Algorithm::Spanish,
        (_, Some("en")) => Algorithm::English,
        _ => return None,
    };
    Some(Stemmer::create(algorithm))
}

/// A word's stem. The Arabic one is light: the article and common endings, as in Larkey's light10.
fn stem(stemmer: &Option<Stemmer>, word: &Word) -> String {
    match stemmer {
        _ if word.script() == Script::Arabic => light_arabic(&word.text),
        Some(stemmer) => stemmer.stem(&word.text).into_owned(),
        None => word.text.clone(),
    }
}

fn concepts_of(word: &Word, stem: u32, language: Option<&Language>) -> Concepts {
    match (word.script(), language) {
        (Script::Arabic, _) => concepts::of_arabic(&word.text),
        (_, Some(language)) => concepts::of_stem(stem, language.code()),
        _ => Concepts::default(),
    }
}

fn light_arabic(word: &str) -> String {
    let bare = bare_arabic(word);
    let long_enough = |rest: &&str| rest.chars().count() >= 3;
    let bare = bare.strip_prefix('و').filter(long_enough).unwrap_or(bare);
    ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"]
        .iter()
        .find_map(|suffix| bare.strip_suffix(suffix).filter(long_enough))
        .unwrap_or(bare)
        .to_owned()
}

/// Counts terms by hash.
#[derive(Default)]
struct Tally(HashKeyed<u32, Counted>);

#[derive(Default)]
struct Counted {
    times: f32,
    bonus: f32,
    worth: f32,
}

impl Tally {
    fn add(&mut self, term: u32, bonus: f32, worth: f32) {
        let counted = self.0.entry(term).or_default();
        counted.times += 1.0;
        counted.bonus = counted.bonus.max(bonus);
        counted.worth = counted.worth.max(worth);
    }

    /// The `most` weightiest by background, in order of hash; ties go to the smaller hash.
    fn kept(self, most: usize) -> Box<[Term]> {
        let mut ranked: Vec<(f32, Term)> = self
            .0
            .into_iter()
            .map(|(hash, c)| {
                let weight = (1.0 + c.times.ln() + c.bonus) * c.worth;
                (weight * general_weight(hash), Term { hash, weight: sixteenths(weight) })
            })
            .filter(|(worth, _)| *worth > 0.0)
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.hash.cmp(&b.1.hash)));
        ranked.truncate(most);
        let mut kept: Vec<Term> = ranked.into_iter().map(|(_, term)| term).collect();
        kept.sort_unstable_by_key(|t| t.hash);
        // Collecting in place keeps the room of all terms; a quarter of a million entries cannot afford it.
        kept.into_boxed_slice()
    }
}

fn sixteenths(weight: f32) -> u8 {
    // Float to integer casts saturate, which is what a cap is.
    (weight * 16.0).round() as u8
}

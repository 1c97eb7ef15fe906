//! What an article is about, as weighted terms: stems within its script, names, places and numbers across.
//!
//! Which terms are kept depends on the article and the committed background table alone, never on the window:
//! an article restored from the store has the terms it had when it was placed.

use kiosque_model::Language;
use rust_stemmers::{Algorithm, Stemmer};
use xxhash_rust::xxh3::xxh3_64;

use crate::background::general_weight;
use crate::fold::{Script, Word, script_of, words};
use crate::places::places;
use crate::shelf::HashKeyed;
use crate::skeleton::{bare_arabic, skeletons};

/// Words of the text read for stories: an event is told in the lead, the rest is background of other events.
const LEAD_WORDS: usize = 160;
/// Terms kept of one article.
const KEPT_TERMS: usize = 40;
/// Names, places and numbers kept of a Latin text, by weight.
const KEPT_NAMES: usize = 14;
/// The same of an Arabic one, where any word may be a name.
const KEPT_ARABIC: usize = 48;
/// A text of fewer words is no more than a headline.
const BODY_WORDS: usize = 25;
/// What a word of the headline adds to its count.
const TITLE_WEIGHT: f32 = 2.0;
/// Factor for a word printed as a name.
const NAME_WEIGHT: f32 = 1.3;

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
    /// Whether there is a text, not only a headline.
    pub(crate) has_body: bool,
    /// Stems and numbers.
    pub(crate) stems: Box<[Term]>,
    /// Skeletons of names, places and numbers: what means the same in the other script.
    pub(crate) names: Box<[Term]>,
}

/// The hash of a term's text.
pub(crate) fn term_hash(term: &str) -> u32 {
    u32::try_from(xxh3_64(term.as_bytes()) >> 32).unwrap_or_default()
}

/// Reads an article's terms.
pub(crate) fn terms(title: &str, text: &str, language: Option<&Language>) -> Terms {
    let title = words(title, LEAD_WORDS);
    let body = words(text, LEAD_WORDS);
    let script = script_of(if body.is_empty() { &title } else { &body });
    let stemmer = stemmer(script, language);
    let mut stems = Tally::default();
    let mut names = Tally::default();
    for (part, bonus) in [(&title, TITLE_WEIGHT), (&body, 0.0)] {
        for word in part {
            let stem = stem(&stemmer, word);
            stems.add(&stem, bonus, word.capital && !word.opens);
            if is_name(word, &stem) {
                add_names(word, bonus, &mut names);
            }
        }
        for place in places(part) {
            names.add(&format!("@{place}"), bonus, true);
        }
    }
    let kept_names = if script == Script::Arabic { KEPT_ARABIC } else { KEPT_NAMES };
    Terms {
        script,
        has_body: body.len() >= BODY_WORDS,
        stems: stems.kept(KEPT_TERMS),
        names: names.kept(kept_names),
    }
}

/// Whether a word may carry across scripts: a number, a capital in Latin, any uncommon word in Arabic.
fn is_name(word: &Word, stem: &str) -> bool {
    const COMMON: f32 = 0.35;
    let telling = word.script() == Script::Arabic || word.capital || word.is_number();
    telling && general_weight(term_hash(stem)) > COMMON
}

fn add_names(word: &Word, bonus: f32, names: &mut Tally) {
    if word.is_number() {
        if word.text.len() > 1 {
            names.add(&word.text, bonus, false);
        }
        return;
    }
    for skeleton in skeletons(word) {
        names.add(&format!("~{skeleton}"), bonus, word.capital && !word.opens);
    }
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
    name: bool,
}

impl Tally {
    fn add(&mut self, term: &str, bonus: f32, name: bool) {
        let counted = self.0.entry(term_hash(term)).or_default();
        counted.times += 1.0;
        counted.bonus = counted.bonus.max(bonus);
        counted.name |= name;
    }

    /// The `most` weightiest by background, in order of hash; ties go to the smaller hash.
    fn kept(self, most: usize) -> Box<[Term]> {
        let mut ranked: Vec<(f32, Term)> = self
            .0
            .into_iter()
            .map(|(hash, c)| {
                let weight = (1.0 + c.times.ln() + c.bonus) * if c.name { NAME_WEIGHT } else { 1.0 };
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

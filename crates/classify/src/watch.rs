//! Watchlists and rules of editors: which words, names, sources and rubriques put an article on a list or give it a
//! rubrique.
//!
//! Pure: text comes in as [`WatchSet::parse`], articles as [`WatchSet::apply`]. Invariants: a set is whole, every
//! mistake of every file is told or there is no set; the same article and the same set give the same placements, each
//! with its rule, the version of the rule's file, and the words that were met.

mod matcher;
mod parse;
mod terms;

use std::collections::BTreeMap;

use kiosque_model::{Field, Language, Mention, Placement, Rubrique, Tagged};

use matcher::{Found, Met};
use terms::Terms;

use crate::classifier::UNCERTAIN;

/// Words told of one placement at most.
const MOST_MENTIONS: usize = 8;

/// A mistake in a rule file, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` line {line}, key `{key}`: {message}")]
pub struct WatchError {
    /// The file as it was named to [`WatchSet::parse`].
    pub file: String,
    /// The key, with its table: `rule.any`. Empty where the file is no TOML.
    pub key: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

/// Words of which one is enough: a term, or a name with all its aliases.
pub(crate) type Item = Vec<usize>;

/// Items that stand within so many words of each other.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    pub(crate) items: Vec<Item>,
    pub(crate) within: usize,
}

/// What a rule asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asks {
    pub(crate) any: Vec<Item>,
    pub(crate) all: Vec<Item>,
    pub(crate) not: Vec<Item>,
    pub(crate) near: Vec<Near>,
    pub(crate) sources: Vec<String>,
    pub(crate) rubriques: Vec<Rubrique>,
    pub(crate) languages: Vec<String>,
    /// One part of the article alone.
    pub(crate) field: Option<Field>,
}

/// One rule: what it asks for and what it does.
#[derive(Debug, Clone)]
pub struct WatchRule {
    pub(crate) id: String,
    pub(crate) file: String,
    pub(crate) version: u32,
    pub(crate) line: usize,
    pub(crate) watchlist: Option<String>,
    pub(crate) rubrique: Option<Rubrique>,
    pub(crate) asks: Asks,
}

impl WatchRule {
    /// Its id, one in the whole set.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The file it was written in, and the line it begins at.
    #[must_use]
    pub fn place(&self) -> (&str, usize) {
        (&self.file, self.line)
    }

    /// The version its file states.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The watchlist it puts articles on.
    #[must_use]
    pub fn watchlist(&self) -> Option<&str> {
        self.watchlist.as_deref()
    }

    /// The rubrique it gives.
    #[must_use]
    pub fn rubrique(&self) -> Option<Rubrique> {
        self.rubrique
    }
}

/// The rules in force. Empty by default: an empty set changes nothing.
#[derive(Debug, Default)]
pub struct WatchSet {
    rules: Vec<WatchRule>,
    terms: Terms,
}

impl WatchSet {
    /// Reads rule files, each as its name and its text. Names may be used across files.
    ///
    /// # Errors
    /// Every mistake of every file, in their order: TOML, keys, terms, unknown names, ids given twice.
    pub fn parse<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, Vec<WatchError>> {
        parse::set(files)
    }

    /// The rules, in the order in which they are tried.
    #[must_use]
    pub fn rules(&self) -> &[WatchRule] {
        &self.rules
    }

    /// What the rules do to an article, without doing it. Rules that ask for a rubrique ask for the one the classifier
    /// gave; of several rules that give one the first wins.
    #[must_use]
    pub fn placements(&self, tagged: &Tagged) -> Vec<Placement> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let title = tagged.article.title.as_deref().unwrap_or_default();
        let met = Met::read(&self.terms, title, &tagged.article.text);
        let mut placed: Vec<Placement> = Vec::new();
        for rule in &self.rules {
            let Some(mentions) = asked(rule, tagged, &met) else { continue };
            let first = !placed.iter().any(|before| before.rubrique.is_some());
            let rubrique = rule.rubrique.filter(|_| first);
            if rubrique.is_none() && rule.watchlist.is_none() {
                continue;
            }
            placed.push(Placement {
                rule: rule.id.clone(),
                version: rule.version,
                watchlist: rule.watchlist.clone(),
                rubrique,
                instead_of: rubrique.map(|_| tagged.rubrique_by_itself()),
                mentions,
            });
        }
        placed
    }

    /// Does to an article what the rules say, and writes down which did what.
    pub fn apply(&self, tagged: &mut Tagged) {
        let placements = self.placements(tagged);
        if let Some((placement, rubrique)) = placements.iter().find_map(|p| Some((p, p.rubrique?))) {
            let words: Vec<&str> = placement.mentions.iter().map(|m| m.text.as_str()).take(3).collect();
            let told = if words.is_empty() { String::new() } else { format!("\u{a0}: {}", words.join(", ")) };
            tagged.because.retain(|reason| !reason.starts_with(UNCERTAIN));
            tagged
                .because
                .insert(0, format!("règle {} (version {}){told}", placement.rule, placement.version));
            tagged.rubrique = rubrique;
            // An editor said so: there is nothing to be unsure of.
            tagged.confidence = 1.0;
            tagged.uncertain = false;
            tagged.alternative = None;
        }
        tagged.placements = placements;
    }
}

/// The words a rule met, where everything it asks for is there.
fn asked(rule: &WatchRule, tagged: &Tagged, met: &Met) -> Option<Vec<Mention>> {
    let asks = &rule.asks;
    let allows =
        |list: &[String], value: &str| list.is_empty() || list.iter().any(|allowed| allowed == value);
    let language = tagged.language.as_ref().map_or("", Language::code);
    let of_these = allows(&asks.sources, &tagged.article.source.0)
        && allows(&asks.languages, language)
        && (asks.rubriques.is_empty() || asks.rubriques.contains(&tagged.rubrique_by_itself()));
    if !of_these || asks.not.iter().any(|item| met.of(item, asks.field).next().is_some()) {
        return None;
    }
    let mut found: BTreeMap<(Field, usize), &Found> = BTreeMap::new();
    let mut any = asks.any.is_empty();
    for item in &asks.any {
        let before = found.len();
        found.extend(met.of(item, asks.field).map(|f| ((f.field, f.start), f)));
        any |= found.len() > before;
    }
    for item in &asks.all {
        let mut all = met.of(item, asks.field).peekable();
        all.peek()?;
        found.extend(all.map(|f| ((f.field, f.start), f)));
    }
    for near in &asks.near {
        found.extend(met.near(near, asks.field)?.into_iter().map(|f| ((f.field, f.start), f)));
    }
    any.then(|| found.into_values().take(MOST_MENTIONS).map(|f| met.mention(f)).collect())
}

#[cfg(test)]
mod tests;

//! The terms of all rules: words and phrases, and the spellings under which they are met.
//!
//! Accents, case, Arabic marks and hamza do not matter. An Arabic word is also met behind joined particles
//! (`و ف ب ل ك س`) and, where the rule writes it without one, behind the article; a rule that writes the article
//! asks for it, since `الحسن` and `حسن` are two names. A Latin word in capitals (`CAN`) is met in capitals alone.

use std::collections::HashMap;

use crate::document::{ByHash, hash_of};
use crate::fold::{fold, is_arabic, is_letter, words};

/// One word of a term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TermWord {
    pub(super) folded: String,
    /// Any ending may follow: `phosphat*`.
    pub(super) open: bool,
    /// Met in capitals alone.
    pub(super) capitals: bool,
}

/// The words of one term, in order.
pub(super) type Term = Vec<TermWord>;

/// All terms of a set, each once.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    all: Vec<Term>,
    known: HashMap<Term, usize>,
    /// Terms by the hash of their first word.
    first: ByHash<Vec<usize>>,
    /// Terms that begin with an open word.
    open: Vec<usize>,
}

impl Terms {
    /// Adds a term and returns its number.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn add(&mut self, written: &str) -> Result<usize, String> {
        let term = read(written)?;
        if let Some(known) = self.known.get(&term) {
            return Ok(*known);
        }
        let number = self.all.len();
        if term[0].open {
            self.open.push(number);
        } else {
            self.first.entry(hash_of(&term[0].folded)).or_default().push(number);
        }
        self.known.insert(term.clone(), number);
        self.all.push(term);
        Ok(number)
    }

    /// The words of a term.
    pub(super) fn term(&self, number: usize) -> &Term {
        &self.all[number]
    }

    /// The terms whose first word may be one of these spellings.
    pub(super) fn beginning(&self, spellings: &[String]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for spelling in spellings {
            found.extend(self.first.get(&hash_of(spelling)).into_iter().flatten());
        }
        found.extend(&self.open);
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn read(written: &str) -> Result<Term, String> {
    let term: Term = words(written)
        .map(|(start, word)| {
            let cased = word.chars().filter(|c| c.is_alphabetic());
            let capitals = word.chars().count() >= 2
                && cased.clone().next().is_some()
                && cased.clone().all(char::is_uppercase);
            TermWord { folded: fold(word), open: written[start + word.len()..].starts_with('*'), capitals }
        })
        .collect();
    let letters = term.iter().flat_map(|word| word.folded.chars()).filter(|c| is_letter(*c)).count();
    // A phrase in capitals throughout is an emphasis; one word is an acronym.
    let several = term.len() > 1;
    let mut term = term;
    term.iter_mut().for_each(|word| word.capitals &= !several);
    match () {
        () if term.is_empty() => Err(format!("`{written}` has no word")),
        () if letters < 2 => Err(format!("`{written}` is too short: two letters at least")),
        () if term.iter().any(|word| word.open && word.folded.chars().count() < 3) => {
            Err(format!("`{written}` would meet too much: three letters at least before `*`"))
        }
        () if term.len() > 8 => Err(format!("`{written}` is too long: eight words at most")),
        () => Ok(term),
    }
}

/// The spellings under which a word of a text, folded, may be asked for.
pub(super) fn spellings(folded: &str, out: &mut Vec<String>) {
    out.clear();
    out.push(folded.to_owned());
    if !folded.starts_with(is_arabic) {
        return;
    }
    let long = |rest: &str| rest.chars().count() >= 3;
    if let Some(rest) = folded.strip_prefix(['و', 'ف']).filter(|rest| long(rest)) {
        out.push(rest.to_owned());
    }
    for at in 0..out.len() {
        let joined = out[at].strip_prefix(['ب', 'ل', 'ك', 'س']).filter(|rest| long(rest)).map(str::to_owned);
        // للملك is ل and الملك.
        let definite = out[at].strip_prefix("لل").filter(|rest| long(rest)).map(|rest| format!("ال{rest}"));
        out.extend(joined);
        out.extend(definite);
    }
    for at in 0..out.len() {
        let bare = out[at].strip_prefix("ال").filter(|rest| rest.chars().count() >= 2).map(str::to_owned);
        out.extend(bare);
    }
}

impl TermWord {
    /// Whether a word of a text, as printed and in its spellings, is this one.
    pub(super) fn fits(&self, printed: &str, spellings: &[String]) -> bool {
        if self.capitals && !printed.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase) {
            return false;
        }
        if self.open {
            spellings.iter().any(|spelling| spelling.starts_with(&self.folded))
        } else {
            spellings.contains(&self.folded)
        }
    }
}

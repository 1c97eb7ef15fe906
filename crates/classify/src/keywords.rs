//! The words that tell an article from others: frequent in it, rare in its language, names kept together.
//!
//! A weight is what a word brings here (its count, the title counting more) times how rare it is in the
//! language at large. Words that only serve grammar and numbers are never keywords.

use std::sync::LazyLock;

use crate::background::Background;
use crate::document::{ByHash, hash_of, pair};
use crate::fold::{fold, fold_into, is_arabic, is_letter, is_number, stem, without_particles, words};

/// At most so many are given.
const MOST: usize = 8;

/// Words read.
const MAX_WORDS: usize = 900;

/// Words of the longest name.
const LONGEST_NAME: usize = 4;

/// A word of the title counts as so many of the text.
const TITLE_COUNT: f32 = 2.5;

/// Words this frequent (Zipf value) or more say nothing of an article.
const COMMON: f32 = 5.7;

/// Units of money, measure and count, which say how much and not of what.
static UNITS: LazyLock<ByHash<()>> = LazyLock::new(|| {
    include_str!("../data/units.txt").lines().map(|word| (hash_of(&fold(word)), ())).collect()
});

/// A word where it stands.
struct Word<'a> {
    source: &'a str,
    start: usize,
    end: usize,
    stem: u32,
    zipf: f32,
    count: f32,
    name: bool,
    common: bool,
    /// Whether only a space or a hyphen parts it from the word before.
    joined: bool,
    /// Whether a hyphen does.
    hyphened: bool,
}

/// What a word, a name or an expression has gathered.
struct Candidate {
    worth: f32,
    count: f32,
    /// Where it stands first, in words, and how many it has.
    first: usize,
    length: usize,
    name: bool,
}

/// The keywords of a headline and text, best first.
pub(crate) fn keywords(title: &str, text: &str, language: &str) -> Vec<String> {
    let list = Background::of(language);
    let mut all = read(title, list, TITLE_COUNT);
    // A headline in capitals or Title Case says nothing about names.
    if all.iter().filter(|w| w.name).count() * 2 > all.len() {
        all.iter_mut().for_each(|w| w.name = false);
    }
    all.extend(read(text, list, 1.0));
    let mut ranked: Vec<Candidate> = gather(&all).into_values().collect();
    let weight = |c: &Candidate| c.worth * (1.0 + c.count.ln());
    ranked.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.first.cmp(&b.first)));
    let mut taken: Vec<u32> = Vec::new();
    let mut found = Vec::new();
    for candidate in ranked {
        if found.len() == MOST {
            break;
        }
        let stems = || all[candidate.first..candidate.first + candidate.length].iter().map(|w| w.stem);
        if !stems().any(|stem| taken.contains(&stem)) {
            found.push(printed(&all, &candidate));
            taken.extend(stems());
        }
    }
    found
}

fn read<'a>(source: &'a str, list: Option<&Background>, count: f32) -> Vec<Word<'a>> {
    let mut folded = String::new();
    let mut last = 0;
    let mut opens = true;
    let mut found = Vec::new();
    for (start, word) in words(source).take(MAX_WORDS) {
        let end = start + word.len();
        let between = &source[last..start];
        opens |= between.contains(['.', '!', '?', '\n', ':', '«', '"', '“', '…', '•']);
        fold_into(word, &mut folded);
        let hash = hash_of(stem(&folded));
        let zipf = list.map_or(4.0, |l| l.zipf(hash));
        let letters = word.chars().filter(|&c| is_letter(c)).count();
        let stop = list.is_some_and(|l| l.is_stop(&folded) || l.is_stop(without_particles(&folded)));
        // Before an apostrophe stands an elided article.
        let elided = letters <= 2 && source[end..].starts_with(['\'', '’']);
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        found.push(Word {
            source,
            start,
            end,
            stem: hash,
            zipf,
            count,
            name: capital && !elided && !stop && (!opens || zipf <= 3.5),
            common: stop
                || elided
                || letters < 3
                || zipf >= COMMON
                || word.contains(is_number)
                || UNITS.contains_key(&hash_of(&folded))
                || UNITS.contains_key(&hash_of(without_particles(&folded))),
            joined: matches!(between, " " | "-" | "\u{a0}"),
            hyphened: between == "-",
        });
        opens = false;
        last = end;
    }
    found
}

fn gather(all: &[Word]) -> ByHash<Candidate> {
    let mut found: ByHash<Candidate> = ByHash::default();
    let mut at = 0;
    while at < all.len() {
        let run = name_run(&all[at..]);
        if run >= 2 {
            add(&mut found, all, at, run, 1.9);
            at += run;
            continue;
        }
        let word = &all[at];
        if !word.common {
            add(&mut found, all, at, 1, if word.name { 1.3 } else { 1.0 });
            if all.get(at + 1).is_some_and(|next| next.joined && !next.common && !next.name && !word.name) {
                add(&mut found, all, at, 2, 1.3);
            }
        }
        at += 1;
    }
    // Two words side by side are an expression only where they come again.
    found.retain(|_, c| c.name || c.length == 1 || c.count > TITLE_COUNT);
    found
}

/// How many words from the first on are one name.
fn name_run(words: &[Word]) -> usize {
    // `Seine-et-Marne`: a small word between two hyphens is the name's.
    let inner =
        |n: usize| n > 0 && words[n].hyphened && words.get(n + 1).is_some_and(|w| w.hyphened && w.name);
    let joined = words.iter().enumerate().take_while(|(n, w)| w.name && (*n == 0 || w.joined) || inner(*n));
    joined.take(LONGEST_NAME).count()
}

fn add(found: &mut ByHash<Candidate>, all: &[Word], first: usize, length: usize, bonus: f32) {
    let part = &all[first..first + length];
    let key = part[1..].iter().fold(part[0].stem, |key, word| pair(key, word.stem));
    let rare = part.iter().map(|w| 7.0 - w.zipf).sum::<f32>() / length as f32;
    let name = part.iter().all(|w| w.name);
    let candidate = found.entry(key).or_insert(Candidate { worth: 0.0, count: 0.0, first, length, name });
    candidate.worth = candidate.worth.max(rare * bonus);
    candidate.count += part[0].count;
}

/// The form met most, the first of equals; Arabic without joined `و`, `ب`, `ل`.
fn printed(all: &[Word], candidate: &Candidate) -> String {
    let stems = |part: &[Word]| part.iter().map(|w| w.stem).collect::<Vec<_>>();
    let wanted = stems(&all[candidate.first..candidate.first + candidate.length]);
    let mut forms: Vec<(&str, u32)> = Vec::new();
    for part in all.windows(candidate.length).filter(|part| part[0].stem == wanted[0]) {
        let last = &part[candidate.length - 1];
        if !part[1..].iter().all(|w| w.joined) || stems(part) != wanted {
            continue;
        }
        let form = &part[0].source[part[0].start..last.end];
        match forms.iter_mut().find(|(known, _)| *known == form) {
            Some((_, times)) => *times += 1,
            None => forms.push((form, 1)),
        }
    }
    let most = forms.iter().map(|f| f.1).max().unwrap_or_default();
    let form = forms.iter().find(|f| f.1 == most).map_or("", |f| f.0).replace('\u{a0}', " ");
    if form.starts_with(is_arabic) { without_joined(&form) } else { form }
}

/// Takes `وال`, `بال`, `كال`, `فال`, `لل` back to `ال`, which leaves a word as a dictionary of names has it.
fn without_joined(form: &str) -> String {
    for joined in ["وبال", "وال", "بال", "كال", "فال", "ولل", "لل"] {
        if let Some(rest) = form.strip_prefix(joined)
            && without_particles(&fold(form)) == fold(rest)
        {
            return format!("ال{rest}");
        }
    }
    form.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, title: &str, text: &str, wanted: &[&str]) {
        let found = keywords(title, text, language);
        for word in wanted {
            assert!(found.iter().any(|f| f == word), "{word} is not in {found:?}");
        }
        assert!(found.len() <= MOST);
        let list = Background::of(language).unwrap();
        assert!(found.iter().all(|f| !list.is_stop(&fold(f))), "{found:?}");
    }

    #[test]
    fn names_stay_together_and_words_are_telling() {
        check(
            "fr",
            "Le barrage de Tamezra se vide",
            "Le barrage n'a plus d'eau. Selon Karim Benhaddou, ingénieur, le barrage est à sec depuis mai. \
             L'ingénieur Karim Benhaddou craint pour les vergers.",
            &["Karim Benhaddou", "barrage", "Tamezra"],
        );
        check(
            "en",
            "Ferry to Quernmore cancelled",
            "The ferry was cancelled, said Alice Penhallow. The ferry will sail again, Alice Penhallow added.",
            &["Alice Penhallow", "ferry", "Quernmore"],
        );
        check(
            "es",
            "El volcán despierta",
            "El volcán lanzó ceniza, dijo Lucía Arrabalde. La ceniza cayó sobre las casas, según Lucía Arrabalde.",
            &["Lucía Arrabalde", "ceniza", "volcán"],
        );
    }

    #[test]
    fn arabic_words_lose_joined_particles() {
        check(
            "ar",
            "المهرجان يعود",
            "عاد المهرجان بقوة. وشارك في المهرجان فنانون، وللمهرجان جمهور.",
            &["المهرجان"],
        );
        assert_eq!(without_joined("للمهرجان"), "المهرجان");
        assert_eq!(without_joined("والدة"), "والدة");
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(keywords("", "", "fr").is_empty());
        assert!(keywords("12 34", "5 %", "xx").is_empty());
    }
}

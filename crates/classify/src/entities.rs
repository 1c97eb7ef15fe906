//! Names of places, institutions and persons, precision first: a name without evidence is left out.
//!
//! Evidence is a list (countries, towns, institutions) or a word beside the name (a title, a role, the verb
//! that reports speech). Latin names must stand in capitals; Arabic has none, so there a person needs a cue
//! and a given name.

use kiosque_model::{Entity, EntityKind};

use crate::document::hash_of;
use crate::fold::{fold, fold_into, is_arabic, words};
use crate::gazetteer::{Cue, Gazetteer, LONGEST, Name};

/// Names given at most.
const MOST: usize = 16;

/// Words read.
const MAX_WORDS: usize = 700;

/// Words of the longest person's name, links left out.
const LONGEST_PERSON: usize = 4;

struct Word<'a> {
    text: &'a str,
    start: usize,
    hash: u32,
    capital: bool,
    arabic: bool,
    /// Whether only a space, a hyphen or an apostrophe parts it from the word before.
    joined: bool,
    /// Whether a point and a space do, as after `M.`.
    dotted: bool,
}

/// A name found: what it is, how many words it takes, and its text where that differs from the print.
struct Found {
    kind: EntityKind,
    length: usize,
    text: Option<String>,
    listed: Option<Name>,
}

impl Found {
    fn new(kind: EntityKind, length: usize) -> Self {
        Self { kind, length, text: None, listed: None }
    }

    fn listed(name: Name, length: usize, text: Option<String>) -> Self {
        Self { kind: name.kind, length, text, listed: Some(name) }
    }

    /// The entity as it is given out.
    fn entity(self, text: String) -> Entity {
        let known = |value: &'static str| (!value.is_empty()).then(|| value.to_owned());
        let listed = self.listed;
        Entity {
            name: listed.and_then(|name| known(name.canonical)),
            country: listed.and_then(|name| known(name.country)),
            ..Entity::new(text, self.kind)
        }
    }
}

/// The names in a headline and text, each once, in the order they are met.
pub(crate) fn entities(title: &str, text: &str) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for source in [title, text] {
        let all = read(source);
        let mut at = 0;
        while at < all.len() && found.len() < MOST {
            let Some(name) = name_at(&all, at) else {
                at += 1;
                continue;
            };
            let last = &all[at + name.length - 1];
            let printed = &source[all[at].start..last.start + last.text.len()];
            at += name.length;
            let text =
                name.text.clone().unwrap_or_else(|| printed.split_whitespace().collect::<Vec<_>>().join(" "));
            let entity = name.entity(text);
            // A place named in two ways is one place.
            let key = fold(entity.name.as_deref().unwrap_or(&entity.text));
            if !seen.contains(&key) {
                seen.push(key);
                found.push(entity);
            }
        }
    }
    found
}

fn read(source: &str) -> Vec<Word<'_>> {
    let mut folded = String::new();
    let mut last = 0;
    words(source)
        .take(MAX_WORDS)
        .map(|(start, text)| {
            fold_into(text, &mut folded);
            let between = &source[last..start];
            last = start + text.len();
            Word {
                text,
                start,
                hash: hash_of(&folded),
                capital: text.starts_with(char::is_uppercase),
                arabic: text.starts_with(is_arabic),
                joined: matches!(between, " " | "-" | "'" | "’" | "\u{a0}"),
                dotted: matches!(between, ". " | ".\u{a0}"),
            }
        })
        .collect()
}

fn name_at(all: &[Word], at: usize) -> Option<Found> {
    if all[at].arabic {
        arabic_person(all, at).or_else(|| arabic_listed(all, at))
    } else if all[at].capital {
        person(all, at).or_else(|| listed(all, at)).or_else(|| institution(all, at))
    } else {
        None
    }
}

/// Hashes of the words that run on from a place.
fn following(all: &[Word], at: usize) -> impl Iterator<Item = u32> {
    all[at + 1..].iter().take(LONGEST - 1).take_while(|w| w.joined).map(|w| w.hash)
}

fn listed(all: &[Word], at: usize) -> Option<Found> {
    let (length, name) = Gazetteer::bundled().longest(all[at].hash, following(all, at))?;
    let last = all[at + length - 1].text;
    let fits = !name.capitals || last.chars().all(char::is_uppercase);
    // A town's name inside a longer name is a person or a club.
    let before = at > 0 && all[at].joined && all[at - 1].capital && !is_opening(all, at - 1);
    let after = all.get(at + length).is_some_and(|next| next.joined && next.capital);
    (fits && !before && !after).then(|| Found::listed(name, length, None))
}

fn is_opening(all: &[Word], at: usize) -> bool {
    at == 0 || !all[at].joined
}

/// A run of capitals after a title, a role or a verb of speech.
fn person(all: &[Word], at: usize) -> Option<Found> {
    let cues = Gazetteer::bundled();
    let before = all.get(at.checked_sub(1)?)?;
    let civil = before.text == "M" && all[at].dotted;
    let title = civil || (cues.is(Cue::Title, before.hash) && (all[at].joined || all[at].dotted));
    let role = all[at].joined && (cues.is(Cue::Role, before.hash) || cues.is(Cue::Verb, before.hash));
    if !title && !role {
        return None;
    }
    let (mut length, mut names) = (1, 1);
    while names < LONGEST_PERSON {
        let rest = all.get(at + length..).unwrap_or_default();
        let links =
            rest.iter().take(2).take_while(|w| w.joined && !w.capital && cues.is(Cue::Link, w.hash)).count();
        if !rest.get(links).is_some_and(|w| w.joined && w.capital) {
            break;
        }
        length += links + 1;
        names += 1;
    }
    let acronym = all[at].text.chars().count() > 1 && all[at].text.chars().all(char::is_uppercase);
    let institution =
        cues.is(Cue::Institution, all[at].hash) || cues.is(Cue::Ending, all[at + length - 1].hash);
    let listed = Gazetteer::bundled().longest(all[at].hash, following(all, at));
    let known = listed.is_some_and(|(covered, _)| covered >= length);
    let enough = names >= if title { 1 } else { 2 };
    let single = names == 1 && all[at].text.chars().count() < 3;
    (enough && !acronym && !institution && !known && !single).then(|| Found::new(EntityKind::Person, length))
}

/// A run that opens with a word such as `Banque`, or ends in one such as `University`.
fn institution(all: &[Word], at: usize) -> Option<Found> {
    let cues = Gazetteer::bundled();
    let opens = cues.is(Cue::Institution, all[at].hash);
    let (mut length, mut capitals) = (1, 1);
    for (n, word) in all[at + 1..].iter().enumerate().take(7).take_while(|(_, w)| w.joined) {
        if word.capital {
            (length, capitals) = (n + 2, capitals + 1);
        } else if !(opens && cues.is(Cue::Within, word.hash)) {
            break;
        }
    }
    let ends = cues.is(Cue::Ending, all[at + length - 1].hash);
    (capitals >= 2 && (opens || ends)).then(|| Found::new(EntityKind::Organisation, length))
}

/// A listed Arabic name, also with particles joined to its first word.
fn arabic_listed(all: &[Word], at: usize) -> Option<Found> {
    const JOINED: [(&str, &str); 8] =
        [("", ""), ("ولل", "ال"), ("لل", "ال"), ("وب", ""), ("ول", ""), ("و", ""), ("ب", ""), ("ل", "")];
    JOINED.iter().find_map(|(joined, instead)| {
        let rest = all[at].text.strip_prefix(joined).filter(|rest| rest.chars().count() >= 2)?;
        let first = format!("{instead}{rest}");
        let (length, name) = Gazetteer::bundled().longest(hash_of(&fold(&first)), following(all, at))?;
        let words = all[at + 1..at + length].iter().map(|w| w.text);
        let text = std::iter::once(first.as_str()).chain(words).collect::<Vec<_>>().join(" ");
        // What is left of a word by taking a letter away is a name only where it is long enough.
        (joined.is_empty() || first.chars().count() >= 3).then(|| Found::listed(name, length, Some(text)))
    })
}

/// A given name and what follows, after a title or a verb of speech and at most one adjective.
fn arabic_person(all: &[Word], at: usize) -> Option<Found> {
    let cues = Gazetteer::bundled();
    if !cues.is(Cue::GivenArabic, all[at].hash) {
        return None;
    }
    let cue = |back: usize| at.checked_sub(back).is_some_and(|i| cues.is(Cue::TitleArabic, all[i].hash));
    let adjective = at > 0 && all[at - 1].text.starts_with("ال");
    let announced = cue(1) || (adjective && cue(2));
    if !announced {
        return None;
    }
    let compound = ["عبد", "بن", "ابن", "أبو", "آيت", "آل", "مولاي"];
    let mut length = 1;
    // A compound takes the next word with it: عبد اللطيف, بن سلمان.
    let mut wanted = 2;
    while length < wanted && all.get(at + length).is_some_and(|next| next.arabic && next.joined) {
        length += 1;
        if compound.contains(&all[at + length - 2].text) || compound.contains(&all[at + length - 1].text) {
            wanted = (wanted + 1).min(LONGEST_PERSON);
        }
    }
    (length >= 2).then(|| Found::new(EntityKind::Person, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, EntityKind)]) {
        let found = entities("", text);
        let found: Vec<_> = found.iter().map(|e| (e.text.as_str(), e.kind)).collect();
        assert_eq!(found, expected, "{text}");
    }

    use EntityKind::{Organisation, Person, Place};

    #[test]
    fn places_are_found_in_both_scripts() {
        check(
            "De Rabat à Londres, en passant par le Royaume-Uni.",
            &[("Rabat", Place), ("Londres", Place), ("Royaume-Uni", Place)],
        );
        check(
            "انتقل من الرباط إلى فرنسا وبالدار البيضاء",
            &[("الرباط", Place), ("فرنسا", Place), ("الدار البيضاء", Place)],
        );
        check("للمغرب موعد مع التاريخ", &[("المغرب", Place)]);
        check(
            "Le match contre Paris FC et l'actrice Paris Delcourt",
            &[("Paris FC", Organisation), ("Paris Delcourt", Person)],
        );
    }

    #[test]
    fn persons_need_a_cue() {
        check(
            "Le ministre Karim Benhaddou a reçu M. Delcourt.",
            &[("Karim Benhaddou", Person), ("Delcourt", Person)],
        );
        check("« Rien n'est prêt », explique Jeanne de La Motte.", &[("Jeanne de La Motte", Person)]);
        check("Les Grands Travaux continuent, Un Point C'est Tout.", &[]);
        check("قال الوزير محمد بنعيسى أمس", &[("محمد بنعيسى", Person)]);
        check("أكد الرئيس السابق عبد اللطيف الزروالي أن", &[("عبد اللطيف الزروالي", Person)]);
        check("الرئيس أعلن أن الوضع صعب", &[]);
    }

    #[test]
    fn institutions_are_listed_or_named_as_such() {
        check(
            "L'ONU et la Banque mondiale. Un accord.",
            &[("ONU", Organisation), ("Banque mondiale", Organisation)],
        );
        check("Le Ministère de la Santé répond.", &[("Ministère de la Santé", Organisation)]);
        check("Researchers at Penhallow University agreed.", &[("Penhallow University", Organisation)]);
        check("قررت الأمم المتحدة", &[("الأمم المتحدة", Organisation)]);
    }
}

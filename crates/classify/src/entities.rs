//! Names of places, institutions and persons, precision first: a name without evidence is left out.
//!
//! Evidence is a list (countries, towns, institutions, given names) or a word beside the name (a title, a role, the
//! verb that reports speech). Latin names must stand in capitals; Arabic has none, so there a person needs a
//! given name, and a cue too where that name is a common word.

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
    /// Whether a comma and a space do.
    comma: bool,
    hyphen: bool,
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
            let again = entity.kind == EntityKind::Person && seen.iter().any(|whole| is_end_of(&key, whole));
            if !seen.contains(&key) && !again {
                seen.push(key);
                found.push(entity);
            }
        }
    }
    found
}

/// Whether a name is the last part of one met before: « Mme Idrissi » is « Salma Idrissi » again.
fn is_end_of(name: &str, whole: &str) -> bool {
    whole.strip_suffix(name).is_some_and(|before| before.ends_with([' ', '-']))
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
                comma: matches!(between, ", " | "، "),
                hyphen: between == "-",
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

/// A run of capitals after a title, a role or a verb of speech, before a role, or opening with a given name.
fn person(all: &[Word], at: usize) -> Option<Found> {
    let cues = Gazetteer::bundled();
    let (length, names) = run(all, at);
    let title = titled(all, at);
    let announced = title
        || (names >= 2 && (spoken_of(all, at) || (whole(all, at, length) && told(all, at, length, names))));
    let acronym = is_acronym(all[at].text);
    let institution =
        cues.is(Cue::Institution, all[at].hash) || cues.is(Cue::Ending, all[at + length - 1].hash);
    // « said Mr Delcourt »: the name begins behind the title.
    let titled = names >= 2 && cues.is(Cue::Title, all[at].hash);
    let article = matches!(all[at].text, "Le" | "La" | "Les" | "L" | "The" | "El" | "Los" | "Las");
    let listed = Gazetteer::bundled().longest(all[at].hash, following(all, at));
    let known = listed.is_some_and(|(covered, _)| covered >= length);
    let single = names == 1 && all[at].text.chars().count() < 3;
    (announced && !titled && !acronym && !institution && !article && !known && !single)
        .then(|| Found::new(EntityKind::Person, length))
}

fn is_acronym(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(char::is_uppercase)
}

/// Words and names of the run of capitals at a place, links between them counted as words.
fn run(all: &[Word], at: usize) -> (usize, usize) {
    let cues = Gazetteer::bundled();
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
    (length, names)
}

/// Behind a civil or sovereign title.
fn titled(all: &[Word], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &all[before]) else { return false };
    // « le Premier ministre. Lundi » is no title: only what is shortened has a point behind it.
    let short = matches!(before.text, "M" | "Mr" | "Mrs" | "Ms" | "Mme" | "Mlle" | "Dr" | "Pr");
    let title = before.text == "M" || Gazetteer::bundled().is(Cue::Title, before.hash);
    let joined = all[at].joined && before.text != "M";
    title && (joined || (short && all[at].dotted))
}

/// Behind a role or a verb of speech.
fn spoken_of(all: &[Word], at: usize) -> bool {
    let cues = Gazetteer::bundled();
    let cue = |word: &Word| cues.is(Cue::Role, word.hash) || cues.is(Cue::Verb, word.hash);
    at > 0 && all[at].joined && cue(&all[at - 1])
}

/// Whether a run is neither the end of a longer one nor cut short, nor what something is named after.
fn whole(all: &[Word], at: usize, length: usize) -> bool {
    let cues = Gazetteer::bundled();
    let inside = at > 0 && all[at].joined && all[at - 1].capital && !is_opening(all, at - 1);
    let goes_on = all.get(at + length).is_some_and(|next| next.joined && next.capital);
    let near = all[..at].iter().rev().take(2);
    !inside && !goes_on && !near.into_iter().any(|word| cues.is(Cue::Eponym, word.hash))
}

/// Whether a run opens with a given name, or what the person does follows behind a comma.
fn told(all: &[Word], at: usize, length: usize, names: usize) -> bool {
    let cues = Gazetteer::bundled();
    let name = &all[at..at + length];
    let last = &name[length - 1];
    // « Mohammed V » is a street more often than a king; a king has his title before him.
    let ordinal = last.text.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    let short = last.text.chars().count() < 2 || (is_acronym(last.text) && last.text.chars().count() < 4);
    let institution = name[1..].iter().any(|w| {
        cues.longest(w.hash, std::iter::empty()).is_some_and(|(_, n)| n.kind == EntityKind::Organisation)
    });
    // « Marie-Pierre » is a given name still.
    let given = name[1..].iter().all(|word| word.hyphen);
    let region = matches!(last.text, "Nord" | "Sud" | "Est" | "Ouest");
    if ordinal || short || region || institution || given {
        return false;
    }
    let role =
        |word: &Word| !word.capital && (cues.is(Cue::Role, word.hash) || cues.is(Cue::Title, word.hash));
    let behind = all.get(at + length).is_some_and(|next| next.comma && role(next));
    // What opens a sentence in capitals may be any word, and is a name only by its given name.
    let plain =
        names <= 3 && !is_opening(all, at) && cues.longest(all[at].hash, std::iter::empty()).is_none();
    cues.is(Cue::Given, all[at].hash) || (behind && plain)
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
/// Places whose name is a common word too, folded: « مالي », financial; « مسقط رأسه », where he was born. They are meant where
/// a word says so before them, or a particle joined to them.
fn is_meant(all: &[Word], at: usize, joined: &str) -> bool {
    const COMMON: [&str; 4] = ["مالي", "مسقط", "العيون", "الداخله"];
    const BEFORE: [&str; 14] = [
        "في",
        "الي",
        "من",
        "دوله",
        "جمهوريه",
        "شمال",
        "جنوب",
        "وسط",
        "شرق",
        "غرب",
        "سلطنه",
        "مدينه",
        "اقليم",
        "العاصمه",
    ];
    let common = COMMON.iter().any(|word| fold(all[at].text).ends_with(word));
    let said = || at > 0 && BEFORE.contains(&fold(all[at - 1].text).as_str());
    !common || joined.ends_with('ب') || said()
}

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
        ((joined.is_empty() || first.chars().count() >= 3) && (length > 1 || is_meant(all, at, joined)))
            .then(|| Found::listed(name, length, Some(text)))
    })
}

/// A given name and what follows, after a title or a verb of speech; without them only where no other word is meant.
fn arabic_person(all: &[Word], at: usize) -> Option<Found> {
    let cues = Gazetteer::bundled();
    let eponym = at > 0 && cues.is(Cue::Eponym, all[at - 1].hash);
    if !cues.is(Cue::GivenArabic, all[at].hash) || is_other(all[at].text) || eponym {
        return None;
    }
    let compound =
        ["عبد", "بن", "ابن", "بنت", "أبو", "آيت", "آل", "ولد", "مولاي", "بنعبد", "الدين", "الزهراء"];
    let goes_on = |next: &Word| {
        next.arabic && next.joined && next.text != "على" && !cues.is(Cue::NeverArabic, next.hash)
    };
    // A compound takes the next word with it: عبد اللطيف, بن سلمان.
    let more = |word: &Word| usize::from(compound.contains(&word.text));
    let (mut length, mut wanted) = (1, 2 + more(&all[at]));
    while length < wanted && all.get(at + length).is_some_and(goes_on) {
        wanted = (wanted + more(&all[at + length])).min(LONGEST_PERSON);
        length += 1;
    }
    let last = all[at + length - 1].text;
    let surname = ["ال", "بن", "بو", "آيت", "أيت"].iter().any(|begins| last.starts_with(begins));
    // « قرر عبد الرحيم الانطلاق »: what follows may be any noun, unless a comma closes the name.
    let closed = length == wanted && all.get(at + length).is_some_and(|next| next.comma);
    let sure = cues.is(Cue::SureArabic, all[at].hash) && surname && closed && last.chars().count() > 4;
    (length >= 2 && (announced(all, at) || sure)).then(|| Found::new(EntityKind::Person, length))
}

/// What folds to a given name without being one: the preposition « على », and « ناديه », his club.
fn is_other(word: &str) -> bool {
    word == "على" || (word.ends_with('ه') && !word.ends_with("الله"))
}

/// Behind a title or a verb of speech, with at most two words that say of what: مدير الميناء, الخبيرة الاقتصادية.
fn announced(all: &[Word], at: usize) -> bool {
    let cues = Gazetteer::bundled();
    for back in 1..=3.min(at) {
        let (word, next) = (&all[at - back], &all[at - back + 1]);
        if !next.joined {
            return false;
        }
        let bare = word.text.strip_prefix(['و', 'ف']).filter(|rest| rest.chars().count() >= 3);
        if cues.is(Cue::TitleArabic, word.hash)
            || bare.is_some_and(|bare| cues.is(Cue::TitleArabic, hash_of(&fold(bare))))
        {
            return true;
        }
        if !word.text.starts_with("ال") {
            return false;
        }
    }
    false
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
    fn common_words_are_no_places_and_namesakes_lie_where_readers_expect() {
        check("هزة أرضية في دولة مجاورة، والبورصة تربح مليون أورو", &[]);
        check("دعم مالي للمقاولات، وطب العيون", &[]);
        check("قوات في مالي", &[("مالي", Place)]);
        for (text, country) in
            [("Barcelone", "ES"), ("برشلونة", "ES"), ("Islamabad", "PK"), ("Orléans", "FR")]
        {
            assert_eq!(entities("", text)[0].country.as_deref(), Some(country), "{text}");
        }
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
        check("Le Premier ministre. Lundi tout change.", &[]);
        check("Elle lui a écrit. Marie-Pierre attend.", &[]);
    }

    #[test]
    fn given_names_tell_persons_but_not_what_is_named_after_them() {
        check("Pour Salma Idrissi, rien ne presse. Mme Idrissi attend.", &[("Salma Idrissi", Person)]);
        check("Elle voit Oriane Delcourt, directrice, sourire.", &[("Oriane Delcourt", Person)]);
        check("L'avenue Mohammed Delcourt et le stade Jean Delcourt sont fermés.", &[]);
        check("وقال مدير المعمل حسن برادة إن الأمر صعب", &[("حسن برادة", Person)]);
        check("La Caroline du Nord attend.", &[]);
        check("كشف ناديه الرسمي عن الخبر", &[]);
        check("قال سعد الدين الزروالي أمس", &[("سعد الدين الزروالي", Person)]);
        check("حضر يوسف العلمي، وهو كاتب", &[("يوسف العلمي", Person)]);
        check("قرر عبد الرحيم الانطلاق. شدد على ضرورة الحوار في شارع علال الفاسي", &[]);
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

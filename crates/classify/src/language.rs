//! The language of a text: its script first, then n-grams, then the words of the languages we read most.
//!
//! What a page declares is only believed where the text is too short to tell.

use kiosque_model::{BlockLanguage, Language};
use whichlang::{Lang, detect_language};

use crate::background::{Background, LANGUAGES};
use crate::document::hash_of;
use crate::fold::{fold_into, is_arabic, is_letter, stem, words};

/// Characters read: more changes nothing.
const MAX_CHARS: usize = 1500;

/// Words looked up.
const MAX_WORDS: usize = 80;

/// Letters below which a declared language outweighs what was found.
const SURE_LETTERS: usize = 24;

/// Decides the language of a headline and text; `declared` is what the page says of itself, a BCP 47 tag. `None` where
/// there are no letters and nothing is declared.
#[must_use]
pub fn detect(title: &str, text: &str, declared: Option<&str>) -> Option<Language> {
    let declared = declared.and_then(Language::from_tag);
    let sample: String = title.chars().take(300).chain(['\n']).chain(text.chars().take(MAX_CHARS)).collect();
    let letters = sample.chars().filter(|&c| is_letter(c)).count();
    if letters == 0 {
        return declared;
    }
    let found = by_script(&sample, letters).unwrap_or_else(|| by_words(&sample, declared.as_ref()));
    let language = Language::from_tag(found);
    // A short headline in the same script may be anything; one in another script may not.
    match declared {
        Some(declared) if letters < SURE_LETTERS && script_of(declared.code()) == script_of(found) => {
            Some(declared)
        }
        _ => language,
    }
}

/// Letters below which a paragraph is not asked for its language.
const BLOCK_LETTERS: usize = 60;

/// The paragraphs in another language than the text as a whole, as far as they are long enough to tell.
pub(crate) fn blocks(text: &str, all: &Language) -> Vec<BlockLanguage> {
    let mut found = Vec::new();
    for (block, line) in (0..).zip(text.split('\n')) {
        if line.len() < BLOCK_LETTERS || line.chars().filter(|&c| is_letter(c)).count() < BLOCK_LETTERS {
            continue;
        }
        if let Some(language) = detect("", line, None).filter(|language| language != all) {
            found.push(BlockLanguage { block, language });
        }
    }
    found
}

/// The language where the script alone decides it.
fn by_script(sample: &str, letters: usize) -> Option<&'static str> {
    let share = |is: &dyn Fn(char) -> bool| sample.chars().filter(|&c| is(c)).count() * 2 > letters;
    // Most texts are of Latin letters and need no second look.
    if share(&|c| c < '\u{250}' && is_letter(c)) {
        return None;
    }
    let any = |of: &[char]| sample.chars().filter(|c| of.contains(c)).count() * 50 > letters;
    if share(&is_arabic) {
        // The letters Arabic itself does without, which tell its neighbours apart.
        let foreign: Vec<char> = sample.chars().filter(|&c| is_arabic(c) && c > '\u{652}').collect();
        let any = |of: &[char]| foreign.iter().filter(|c| of.contains(c)).count() * 50 > letters;
        return Some(match () {
            () if any(&['ٹ', 'ڈ', 'ے', 'ں', 'ہ']) => "ur",
            () if any(&['ټ', 'ډ', 'ړ', 'ښ', 'ې', 'ۍ']) => "ps",
            () if any(&['پ', 'چ', 'ژ', 'گ', 'ی', 'ک']) => "fa",
            () => "ar",
        });
    }
    if share(&|c| ('\u{0370}'..='\u{03FF}').contains(&c) || ('\u{1F00}'..='\u{1FFF}').contains(&c)) {
        return Some("el");
    }
    if share(&|c| ('\u{0590}'..='\u{05FF}').contains(&c)) {
        return Some("he");
    }
    if share(&|c| ('\u{0400}'..='\u{04FF}').contains(&c)) {
        return Some(match () {
            () if any(&['і', 'ї', 'є', 'ґ']) => "uk",
            () if !sample.contains(['ы', 'э', 'Ы', 'Э']) && any(&['ъ', 'щ']) => "bg",
            () => "ru",
        });
    }
    if share(&|c| ('\u{AC00}'..='\u{D7AF}').contains(&c)) {
        return Some("ko");
    }
    // Tifinagh: Standard Moroccan Tamazight, the kingdom's other official language.
    share(&|c| ('\u{2D30}'..='\u{2D7F}').contains(&c)).then_some("zgh")
}

/// The script a language is written in, as far as it matters here.
fn script_of(code: &str) -> u8 {
    match code {
        "ar" | "fa" | "ur" | "ps" | "ug" | "ku" => 1,
        "ru" | "uk" | "bg" | "sr" | "mk" | "be" | "kk" => 2,
        "el" => 3,
        "he" | "yi" => 4,
        "zh" | "ja" => 5,
        "ko" => 6,
        "hi" | "mr" | "ne" => 7,
        "zgh" => 8,
        _ => 0,
    }
}

fn by_words(sample: &str, declared: Option<&Language>) -> &'static str {
    let guess = code_of(detect_language(sample));
    let (mut points, mut seen) = ([0.0f32; 4], 0.0);
    let mut folded = String::new();
    for (_, word) in words(sample).filter(|(_, w)| w.chars().all(is_letter)).take(MAX_WORDS) {
        fold_into(word, &mut folded);
        let hash = hash_of(stem(&folded));
        let zipf = Background::all().each_ref().map(|list| list.listed(hash).unwrap_or(0.0).max(2.0));
        points.iter_mut().zip(zipf).for_each(|(sum, z)| *sum += z);
        seen += 1.0;
    }
    if seen == 0.0 {
        return guess;
    }
    points[0] += FRENCH_SPACE * french_spaces(sample) as f32;
    let best = [0, 2, 3].into_iter().fold(0, |best, at| if points[at] > points[best] { at } else { best });
    let mean = |at: usize| points[at] / seen;
    match LANGUAGES.iter().position(|l| *l == guess) {
        // Another language's sentence borrows some words of ours, hardly most of them.
        None if declared.is_some_and(|d| d.code() == LANGUAGES[best]) && mean(best) > 4.2 => LANGUAGES[best],
        None if mean(best) > (if seen < SHORT_WORDS { OURS_IF_SHORT } else { OURS }) => LANGUAGES[best],
        None => guess,
        Some(at) if mean(best) > mean(at) + MARGIN => LANGUAGES[best],
        Some(_) => guess,
    }
}

/// Mean Zipf value from which a text is one of our languages whatever its n-grams say.
const OURS: f32 = 5.3;

/// The same for a text of so few words that names outweigh its n-grams.
const OURS_IF_SHORT: f32 = 4.6;
const SHORT_WORDS: f32 = 9.0;

/// What a space as only French sets it counts, in Zipf values of one word.
const FRENCH_SPACE: f32 = 5.0;

/// Marks that French alone parts from its words by a space: « Coronavirus : forte augmentation ».
fn french_spaces(sample: &str) -> usize {
    let space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    let mut chars = sample.chars();
    let mut last = [' '; 2];
    let mut count = 0;
    while let Some(c) = chars.next() {
        let behind = matches!(c, ':' | ';' | '?' | '!' | '»') && space(last[1]) && last[0].is_alphanumeric();
        let before = c == '«' && chars.clone().next().is_some_and(space);
        count += usize::from(behind || before);
        last = [last[1], c];
    }
    count
}

/// How much better the words of one of our languages must fit to overrule the n-grams.
const MARGIN: f32 = 0.15;

fn code_of(language: Lang) -> &'static str {
    match language {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, declared: Option<&str>, expected: Option<&str>) {
        let found = detect(title, "", declared);
        assert_eq!(found.as_ref().map(Language::code), expected, "{title}");
    }

    #[test]
    fn languages_are_told_apart() {
        check("Le gouvernement présente son projet de budget pour l'année prochaine", None, Some("fr"));
        check("Grève des trains : ce qu'il faut savoir", None, Some("fr"));
        check("الحكومة تصادق على مشروع قانون المالية", None, Some("ar"));
        check("إطلاق iPhone الجديد في المغرب", None, Some("ar"));
        check("Government unveils its budget plans for next year", None, Some("en"));
        check("El Gobierno presenta su proyecto de presupuesto para el próximo año", None, Some("es"));
        check("Die Bundesregierung stellt ihren Haushalt für das nächste Jahr vor", None, Some("de"));
        check("Il governo presenta la legge di bilancio per il prossimo anno", None, Some("it"));
        check("O governo apresenta a proposta de orçamento para o próximo ano", None, Some("pt"));
        check("De regering presenteert de begroting voor volgend jaar", None, Some("nl"));
        check("Правительство представило проект бюджета на следующий год", None, Some("ru"));
        check("Уряд представив проєкт бюджету на наступний рік і її", None, Some("uk"));
        check("Η κυβέρνηση παρουσίασε τον προϋπολογισμό", None, Some("el"));
        check("ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⵓⵜⵍⴰⵢⵜ ⵏ ⵓⵎⵓⵔ", Some("fr"), Some("zgh"));
        check("دولت لایحه بودجه سال آینده را به مجلس پیشنهاد کرد", None, Some("fa"));
    }

    #[test]
    fn names_in_a_short_headline_do_not_drown_its_words() {
        check("Coronavirus : forte augmentation", None, Some("fr"));
        check("Lionel Messi : l’attaquant", None, Some("fr"));
        check("Russia in debt default", None, Some("en"));
        check("Mehr Geld für Kliniken", None, Some("de"));
        check("Manovra, il governo approva", None, Some("it"));
    }

    #[test]
    fn a_declaration_only_decides_what_the_text_leaves_open() {
        check("Vox", Some("fr"), Some("fr"));
        check("", Some("fr-MA"), Some("fr"));
        check("2024", None, None);
        check("", None, None);
        check("مباراة", Some("fr"), Some("ar"));
        check("Le premier ministre annonce de nouvelles mesures pour l'emploi", Some("en"), Some("fr"));
    }
}

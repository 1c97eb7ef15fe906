//! Recurring columns: the weather, the horoscope, the picture of the day.
//!
//! Yesterday's and today's are alike in everything but the day, and neither copies nor one event. A column is
//! told by its heading, which names the period it comes out in, or by opening like another text of its outlet.
//! It belongs to its own edition only.

use kiosque_model::WEEKDAYS;
use xxhash_rust::xxh3::xxh3_64;

use crate::fold::{Word, words};

/// Articles further apart are in different editions, in hours; a morning's column may be mended until night.
pub(crate) const EDITION_HOURS: i64 = 16;
/// Words of a text that make its opening.
const OPENING_WORDS: usize = 8;
/// Words of a headline that can be its heading where no mark ends it.
const HEADING_WORDS: usize = 7;

/// What says that a heading comes back, folded.
const PERIODS: &[&str] = &[
    "du jour",
    "de la journee",
    "de la semaine",
    "du matin",
    "du soir",
    "du week end",
    "of the day",
    "of the week",
    "del dia",
    "de la semana",
    "ليوم",
    "هذا اليوم",
    "خلال اليوم",
    "صوره اليوم",
    "حصاد الاسبوع",
    "هذا الاسبوع",
];

/// What columns are about, folded; news too, unless a day is named with it.
const MATTERS: &[&str] = &[
    "meteo",
    "previsions",
    "horoscope",
    "bulletin",
    "weather",
    "programme",
    "agenda",
    "cours",
    "bourse",
    "revue",
    "طقس",
    "الطقس",
    "توقعات",
    "الابراج",
    "ابراج",
    "برجك",
    "مواقيت",
    "النشره",
    "اسعار",
    "عناوين",
];

/// Whether a folded word dates a headline.
fn is_day(word: &str) -> bool {
    WEEKDAYS.contains(&word) || word == "غدا"
}

/// Whether a headline heads a column.
pub(crate) fn heads_column(title: &str) -> bool {
    let marked = title.find([':', '–', '—', '|', '«']).map(|end| &title[..end]);
    let heading = words(marked.unwrap_or(title), HEADING_WORDS);
    let joined = heading.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let padded = format!(" {joined} ");
    let says = |phrase: &&str| padded.contains(&format!(" {phrase} "));
    let short = marked.is_some() || words(title, HEADING_WORDS + 1).len() <= HEADING_WORDS;
    if short && PERIODS.iter().any(says) {
        return true;
    }
    let dated = |w: &Word| w.is_number() || is_day(&w.text);
    let about = heading.first().is_some_and(|w| MATTERS.contains(&w.text.as_str()));
    short && about && words(title, 2 * HEADING_WORDS).iter().any(dated)
}

/// The hash of a text's first words, figures and days left out; 0 where there are too few.
pub(crate) fn opening(words: &[Word]) -> u32 {
    let said: Vec<&str> = words
        .iter()
        .filter(|w| !w.is_number() && !is_day(&w.text))
        .map(|w| w.text.as_str())
        .take(OPENING_WORDS)
        .collect();
    if said.len() < OPENING_WORDS {
        return 0;
    }
    u32::try_from(xxh3_64(said.join(" ").as_bytes()) >> 32).unwrap_or_default().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: bool) {
        assert_eq!(heads_column(title), expected, "{title}");
    }

    #[test]
    fn headings_that_come_back_are_columns() {
        check("Le ciel du jour : vent d'est et brume", true);
        check("L'image de la semaine", true);
        check("Météo du mardi 6 octobre", true);
        check("طقس الثلاثاء: سحب وأمطار خفيفة", true);
        check("توقعات أحوال الطقس ليوم الأربعاء", true);
        check("Horoscope du 7 octobre", true);
    }

    #[test]
    fn news_is_not() {
        check("Météo : la tempête Olga atteint la côte", false);
        check("Grève des pilotes : ce que l'on sait", false);
        check("Le port de Tanbessa rouvre mardi après trois jours de vent", false);
        check("اليوم الثاني من إضراب الأطباء يشل المستشفيات", false);
    }

    #[test]
    fn openings_meet_without_their_figures() {
        let of = |text: &str| opening(&words(text, 99));
        let bulletin = "Voici les prévisions pour la journée du mardi 6 octobre, établies à Tanbessa";
        assert_eq!(of(bulletin), of(&bulletin.replace("mardi 6", "mercredi 7")));
        assert_eq!(of("trop court"), 0);
    }
}

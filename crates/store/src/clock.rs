//! What of a page changes by itself: clocks, counters and tickers. A change of these alone is no revision.
//!
//! Read out before two states are compared: stamps (`Mis à jour à 14:32`, `il y a 5 minutes`, `منذ ساعتين`),
//! lines that hold nothing but figures and their words (`1 234 vues · Lecture 3 min`), and quotes of a market
//! (`CAC 40 7 512,30 +0,45 %`). A figure inside a sentence is news (`12 blessés`, then `15`) and stays.

use kiosque_model::WEEKDAYS;

use crate::fold::{self, fold};

/// What opens a stamp, folded; the figures and clock words after it belong to it.
const STAMPS: &[&[&str]] = &[
    &["mis", "a", "jour"],
    &["mise", "a", "jour"],
    &["derniere", "mise", "a", "jour"],
    &["publie", "le"],
    &["publie", "a"],
    &["publie", "il", "y", "a"],
    &["modifie", "le"],
    &["modifie", "a"],
    &["actualise", "le"],
    &["maj"],
    &["last", "updated"],
    &["last", "update"],
    &["updated"],
    &["published", "at"],
    &["actualizado"],
    &["ultima", "actualizacion"],
    &["اخر", "تحديث"],
    &["تحديث"],
    &["نشر", "في"],
    &["نشر", "قبل"],
    &["il", "est"],
];
/// What ages by itself: `il y a 5 minutes`, `5 minutes ago`, `منذ 5 دقائق`, folded.
const AGES: &[&[&str]] = &[&["il", "y", "a"], &["depuis"], &["hace"], &["منذ"], &["قبل"]];
/// Units short enough for a clock.
const UNITS: &[&str] = &[
    "seconde",
    "secondes",
    "s",
    "min",
    "mn",
    "minute",
    "minutes",
    "h",
    "heure",
    "heures",
    "second",
    "seconds",
    "hour",
    "hours",
    "minuto",
    "minutos",
    "hora",
    "horas",
    "ثانيه",
    "ثوان",
    "دقيقه",
    "دقايق",
    "دقيقتين",
    "ساعه",
    "ساعات",
    "ساعتين",
];
/// Words of dates and hours beside the days of the week, folded.
const CLOCK: &[&str] = &[
    "le",
    "a",
    "au",
    "at",
    "on",
    "el",
    "las",
    "de",
    "h",
    "am",
    "pm",
    "gmt",
    "utc",
    "cet",
    "cest",
    "in",
    "ago",
    "il",
    "y",
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "janv",
    "fevr",
    "avr",
    "juil",
    "sept",
    "oct",
    "nov",
    "dec",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "في",
    "يوم",
    "على",
    "الساعه",
    "صباحا",
    "مسا",
    "يناير",
    "فبراير",
    "مارس",
    "ابريل",
    "ماي",
    "مايو",
    "يونيو",
    "يوليوز",
    "يوليو",
    "غشت",
    "اغسطس",
    "شتنبر",
    "سبتمبر",
    "اكتوبر",
    "نونبر",
    "نوفمبر",
    "دجنبر",
    "ديسمبر",
];
/// What counters count, folded.
const COUNTED: &[&str] = &[
    "vue",
    "vues",
    "lecture",
    "lectures",
    "lu",
    "lus",
    "fois",
    "temps",
    "partage",
    "partages",
    "commentaire",
    "commentaires",
    "reaction",
    "reactions",
    "abonnes",
    "likes",
    "like",
    "views",
    "view",
    "read",
    "reading",
    "time",
    "comment",
    "comments",
    "share",
    "shares",
    "visites",
    "lecturas",
    "comentarios",
    "مشاهده",
    "مشاهدات",
    "تعليق",
    "تعليقات",
    "قراءه",
    "زياره",
    "مشاركه",
    "مرات",
    "مره",
    "lecteur",
    "lecteurs",
    "en",
    "ce",
    "moment",
    "ligne",
    "readers",
    "online",
    "عدد",
    "المشاهدات",
    "التعليقات",
    "الزيارات",
    "القراءات",
    // The hours of prayer.
    "prochaine",
    "priere",
    "fajr",
    "chourouk",
    "dohr",
    "asr",
    "maghrib",
    "icha",
];
/// What is quoted in money alone, folded.
const INSTRUMENTS: &[&str] =
    &["bitcoin", "ethereum", "or", "gold", "brent", "wti", "petrole", "oil", "dollar", "euro"];
/// Words a market's name may have in its quote.
const QUOTE_NAME_WORDS: usize = 4;

/// A text without its clocks, counters and quotes, as printed, words joined by one space.
pub(crate) fn without_clocks(text: &str) -> String {
    let lines = text.split(['\n', '|', '•', '·']).filter(|line| !is_quote(line));
    let kept: Vec<String> = lines.map(without_stamps).filter(|line| !line.is_empty()).collect();
    kept.join(" ")
}

/// A title without the stamp at its end or head. Nothing else in a title runs by itself: its figures are news.
pub(crate) fn title_without_stamp(title: &str) -> String {
    read_out(title, false)
}

/// A line without its stamps; nothing where the rest counts and tells the time alone.
fn without_stamps(line: &str) -> String {
    read_out(line, true)
}

fn read_out(line: &str, may_vanish: bool) -> String {
    let printed: Vec<&str> = line.split_whitespace().collect();
    let folded: Vec<String> = printed.iter().map(|token| fold(token)).collect();
    // `14:32` is one token and two words.
    let words: Vec<(usize, &str)> = folded
        .iter()
        .enumerate()
        .flat_map(|(token, text)| fold::words(text).map(move |word| (token, word)))
        .collect();
    let bare: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
    let mut gone = vec![false; words.len()];
    let mut at = 0;
    while at < bare.len() {
        let shaped = |taken: &usize| {
            *taken == bare.len()
                || (at..at + taken).any(|n| is_clock(&folded[words[n].0], &bare[n..at + taken]))
        };
        let taken = stamp(&bare[at..]).filter(shaped).unwrap_or(0);
        gone[at..at + taken].fill(true);
        at += taken.max(1);
    }
    // Within a sentence `depuis 24 heures` is news: an age is only read out of a line that has nothing else.
    let mut aged = gone.clone();
    for at in 0..bare.len() {
        let taken = age(&bare[at..]).unwrap_or(0);
        aged[at..at + taken].fill(true);
    }
    if may_vanish && (0..bare.len()).all(|n| aged[n] || runs(bare[n])) && aged.contains(&true) {
        return String::new();
    }
    let left: Vec<&str> = bare.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(word, _)| *word).collect();
    // A line without any figure is no clock, however short: `Le mardi`.
    if may_vanish
        && left.iter().all(|word| runs(word))
        && (left.len() < bare.len() || left.iter().any(|w| is_figure(w)))
    {
        return String::new();
    }
    let stays = |token: usize| words.iter().zip(&gone).all(|((of, _), gone)| *of != token || !*gone);
    let kept: Vec<&str> =
        printed.iter().enumerate().filter(|(token, _)| stays(*token)).map(|(_, word)| *word).collect();
    kept.join(" ")
}

/// A word of dates and hours.
fn tells_time(word: &str) -> bool {
    CLOCK.contains(&word) || WEEKDAYS.contains(&word)
}

/// Whether a word is one of clocks and counters.
fn runs(word: &str) -> bool {
    is_figure(word) || tells_time(word) || [COUNTED, UNITS].iter().any(|list| list.contains(&word))
}

/// Whether a token and the words from it on have the shape of an hour, a date or an age: `14:32`, `14h32`,
/// `12/10/2026`, `8 h 05`, `12 octobre`, `il y a 5 minutes`. `12 morts` and `13,1 %` have not.
fn is_clock(token: &str, words: &[&str]) -> bool {
    let figures = || token.split(|c: char| !c.is_numeric()).filter(|part| !part.is_empty()).count();
    let hour =
        is_figure(words[0]) && (words[0].contains('h') || (token.contains([':', '/']) && figures() >= 2));
    let date = token.contains(['-', '.']) && figures() >= 3;
    let spelled = is_figure(words[0])
        && words.get(1).is_some_and(|next| *next == "h" || (next.chars().count() >= 3 && tells_time(next)));
    hour || date
        || spelled
        || (age(words).is_some() && (words.starts_with(&["il"]) || words.contains(&"ago")))
}

/// How many words a stamp takes; it must tell a figure or stand alone.
fn stamp(words: &[&str]) -> Option<usize> {
    let opening = STAMPS.iter().filter(|stamp| words.starts_with(stamp)).map(|stamp| stamp.len()).max()?;
    let rest = words[opening..].iter();
    let told = rest.take_while(|w| is_figure(w) || tells_time(w) || UNITS.contains(w)).count();
    words[opening..opening + told].iter().any(|w| is_figure(w)).then_some(opening + told)
}

/// How many words an age takes: `il y a 5 minutes`, `5 minutes ago`.
fn age(words: &[&str]) -> Option<usize> {
    let opening = AGES.iter().filter(|age| words.starts_with(age)).map(|age| age.len()).max().unwrap_or(0);
    let figures = words[opening..].iter().take_while(|w| is_figure(w)).count();
    let unit = words.get(opening + figures).is_some_and(|w| UNITS.contains(w));
    if opening > 0 {
        // `منذ ساعتين` tells its figure in the word.
        return (unit && figures <= 2).then_some(opening + figures + 1);
    }
    (unit && figures > 0 && words.get(figures + 1) == Some(&"ago")).then_some(figures + 2)
}

/// Whether a line is the quote of a market or the weather of a town: a short name in capitals, then figures with
/// decimals, per cent or degrees.
fn is_quote(line: &str) -> bool {
    let tokens: Vec<&str> = line.split_whitespace().collect();
    let (figures, names): (Vec<&str>, Vec<&str>) = tokens.iter().partition(|t| {
        let t = t.strip_suffix('C').filter(|t| t.ends_with('°')).unwrap_or(t);
        t.chars().all(|c| c.is_numeric() || c.is_ascii_punctuation() || "−€$£°".contains(c))
    });
    let in_money = names.iter().all(|name| INSTRUMENTS.contains(&fold(name).as_str()));
    let decimal = |t: &&str| {
        t.contains(['%', '°'])
            || (t.contains([',', '.']) && t.chars().any(char::is_numeric))
            || (in_money && t.contains(['€', '$', '£']))
    };
    let capital = |t: &&str| !t.chars().next().is_some_and(char::is_lowercase);
    figures.iter().any(decimal)
        && figures.len() >= names.len()
        && names.len() <= QUOTE_NAME_WORDS
        && names.iter().all(capital)
        && !line.trim_end().ends_with(['.', '!', '?'])
}

fn is_figure(word: &str) -> bool {
    let digits = word.trim_end_matches(['h', 'm', 'k', 's']);
    // `14h32` is one word.
    !digits.is_empty() && digits.chars().all(|c| c.is_numeric() || c == 'h')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, same: bool) {
        assert_eq!(without_clocks(old) == without_clocks(new), same, "{old} / {new}");
    }

    #[test]
    fn clocks_counters_and_tickers_run_by_themselves() {
        check(
            "Le port rouvre.\nMis à jour à 14:32",
            "Le port rouvre.\nMis à jour le 12 octobre à 15h07",
            true,
        );
        check("Il y a 5 minutes\nLe port rouvre.", "Il y a 2 heures\nLe port rouvre.", true);
        check(
            "Publié le 12/10/2026 à 8 h 05 Le port rouvre.",
            "Publié le 12/10/2026 à 9 h 10 Le port rouvre.",
            true,
        );
        check(
            "Le port rouvre.\n1 234 vues · 12 commentaires",
            "Le port rouvre.\n2 567 vues · 31 commentaires",
            true,
        );
        check("Le port rouvre.\nCAC 40 7 512,30 +0,45 %", "Le port rouvre.\nCAC 40 7 498,10 -0,19 %", true);
        check("EUR/USD 1,0845\nLe port rouvre.", "EUR/USD 1,0851\nLe port rouvre.", true);
        check("آخر تحديث: 14:32\nأعيد فتح الميناء.", "آخر تحديث: 15:10\nأعيد فتح الميناء.", true);
        check("منذ 5 دقائق\nأعيد فتح الميناء.", "منذ ساعتين\nأعيد فتح الميناء.", true);
        check("The port reopens.\n5 minutes ago", "The port reopens.\n2 hours ago", true);
        check("Temps de lecture : 3 min\nLe port rouvre.", "Temps de lecture : 4 min\nLe port rouvre.", true);
        check("Le port rouvre.", "Le port  rouvre.\nMis à jour à 14:32", true);
        for (old, new) in [
            ("Il est 09:14 à Casablanca", "Il est 10:02 à Casablanca"),
            ("1 204 lecteurs en ce moment", "987 lecteurs en ce moment"),
            ("نشر قبل 5 دقائق", "نشر قبل 12 دقيقة"),
            ("عدد المشاهدات: 120", "عدد المشاهدات: 348"),
            ("Rabat 18°C", "Rabat 21°C"),
            ("Bitcoin 91 204 $ · Or 4 112 $", "Bitcoin 90 877 $ · Or 4 120 $"),
            ("Prochaine prière : Dohr 12:17", "Prochaine prière : Asr 15:04"),
        ] {
            check(&format!("Le port rouvre.\n{old}"), &format!("Le port rouvre.\n{new}"), true);
        }
    }

    #[test]
    fn a_title_has_no_ticker_and_no_age() {
        for (old, new, same) in [
            ("Chômage : 13,1 %", "Chômage : 13,7 %", false),
            ("CAC 40 : 7 512,30", "CAC 40 : 7 498,10", false),
            ("Grève : déjà 24 heures", "Grève : déjà 48 heures", false),
            ("Il y a 24 heures", "Il y a 48 heures", false),
            ("Séisme : le direct (mis à jour à 14:32)", "Séisme : le direct (mis à jour à 15:10)", true),
        ] {
            assert_eq!(title_without_stamp(old) == title_without_stamp(new), same, "{old} / {new}");
        }
    }

    #[test]
    fn figures_in_sentences_are_news() {
        check("Le bilan est de 12 blessés.", "Le bilan est de 15 blessés.", false);
        check("Le taux passe à 2,25 %.", "Le taux passe à 2,75 %.", false);
        check("Le port rouvre à 14 heures.", "Le port rouvre à 15 heures.", false);
        check("Le match aura lieu mardi à 20 h.", "Le match aura lieu mercredi à 20 h.", false);
        check("حصيلة الحريق 12 جريحا.", "حصيلة الحريق 15 جريحا.", false);
        check("Le depute a parle.", "Le député a parlé.", false);
        check("Le port rouvre", "Le port rouvre.", false);
        check("Score final : 2-1", "Score final : 3-1", false);
        check("Amende : 500 €", "Amende : 900 €", false);
        check("Il est mort à 12 ans.", "Il est mort à 13 ans.", false);
        check("Coup d’envoi : 20:45", "Coup d’envoi : 21:00", false);
        check("Bilan mis à jour : 12 morts.", "Bilan mis à jour : 15 morts.", false);
        check("Bilan mis à jour : 12 000 morts.", "Bilan mis à jour : 15 000 morts.", false);
        check("Taux mis à jour : 13,1 %.", "Taux mis à jour : 13,7 %.", false);
        check(
            "Le port est fermé depuis 24 heures, dit le maire.",
            "Le port est fermé depuis 48 heures, dit le maire.",
            false,
        );
        check("Il y a 24 heures, le port fermait.", "Il y a 48 heures, le port fermait.", false);
        check("Le port est fermé depuis 24 heures.", "Le port est fermé depuis 48 heures.", false);
        check("أغلق الميناء منذ 24 ساعة.", "أغلق الميناء منذ 48 ساعة.", false);
        check("La mise à jour du plan attendra 2027.", "La mise à jour du plan attendra 2028.", false);
    }
}

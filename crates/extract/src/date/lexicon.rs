//! The words of dates: months (Levantine and Maghrebi Arabic too), units of time, particles.
//!
//! All words are folded (`text::fold`): lower case, no accents, no hamza.

/// What a small word does in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Joins the parts: `de`, `du`, `of`, `er` of `1er`.
    Particle,
    /// Says that time is counted back: `il y a`, `ago`, `منذ`.
    Ago,
}

const MONTHS: [&[&str]; 12] = [
    &[
        "janvier",
        "janv",
        "january",
        "jan",
        "enero",
        "januar",
        "janner",
        "gennaio",
        "janeiro",
        "يناير",
        "جانفي",
        "ene",
    ],
    &[
        "fevrier",
        "fevr",
        "fev",
        "february",
        "feb",
        "febrero",
        "februar",
        "febbraio",
        "fevereiro",
        "فبراير",
        "فيفري",
        "شباط",
        "فبرايل",
    ],
    &["mars", "march", "mar", "marzo", "marz", "maerz", "marco", "مارس", "اذار"],
    &["avril", "avr", "april", "apr", "abril", "aprile", "abr", "ابريل", "افريل", "نيسان"],
    &["mai", "may", "mayo", "maggio", "maio", "مايو", "ماي", "ايار"],
    &["juin", "june", "jun", "junio", "juni", "giugno", "junho", "يونيو", "يونيه", "جوان", "حزيران"],
    &[
        "juillet",
        "juil",
        "july",
        "jul",
        "julio",
        "juli",
        "luglio",
        "julho",
        "يوليو",
        "يوليه",
        "جويلية",
        "يوليوز",
        "تموز",
    ],
    &["aout", "august", "aug", "agosto", "ago", "اغسطس", "اوت", "غشت", "اب"],
    &[
        "septembre",
        "sept",
        "september",
        "sep",
        "septiembre",
        "settembre",
        "setembro",
        "سبتمبر",
        "شتنبر",
        "ايلول",
    ],
    &["octobre", "oct", "october", "octubre", "oktober", "okt", "ottobre", "outubro", "اكتوبر"],
    &["novembre", "nov", "november", "noviembre", "novembro", "نوفمبر", "نونبر"],
    &[
        "decembre",
        "dec",
        "december",
        "diciembre",
        "dezember",
        "dez",
        "dicembre",
        "dezembro",
        "dic",
        "ديسمبر",
        "دجنبر",
    ],
];

/// The Levantine months of two words: `كانون الثاني` is January.
pub(super) fn month_of_two(first: &str, second: &str) -> Option<u32> {
    Some(match (first, second) {
        ("كانون", "الثاني") => 1,
        ("تشرين", "الاول") => 10,
        ("تشرين", "الثاني") => 11,
        ("كانون", "الاول") => 12,
        _ => return None,
    })
}

/// A month by its word.
pub(crate) fn month_of(word: &str) -> Option<u32> {
    MONTHS.iter().zip(1..).find_map(|(names, number)| names.contains(&word).then_some(number))
}

/// Days of the week. Some of them are surnames too (`Freitag`, `Domingo`).
const WEEKDAYS: &str = "lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday \
    friday saturday sunday lunes martes miercoles jueves viernes sabado domingo montag dienstag mittwoch \
    donnerstag freitag samstag sonnabend sonntag الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت الاحد";

/// Whether a folded word names a day of the week.
pub(crate) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.split_ascii_whitespace().any(|day| day == word)
}

/// A unit of time: how many a bare word means (`ساعتين` is two hours) and its length in seconds.
pub(super) fn unit_of(word: &str) -> Option<(u32, i64)> {
    Some(match word {
        "minute" | "minutes" | "min" | "mins" | "minuto" | "minutos" | "minuten" | "دقيقة" | "دقائق"
        | "دقايق" => (1, 60),
        "دقيقتين" => (2, 60),
        "heure" | "heures" | "hour" | "hours" | "hora" | "horas" | "stunde" | "stunden" | "ساعة"
        | "ساعات" | "h" => (1, 3600),
        "ساعتين" => (2, 3600),
        "jour" | "jours" | "day" | "days" | "dia" | "dias" | "tag" | "tagen" | "tage" | "يوم" | "ايام" => {
            (1, 86_400)
        }
        "يومين" => (2, 86_400),
        "semaine" | "semaines" | "week" | "weeks" | "semana" | "semanas" | "woche" | "wochen" | "اسبوع"
        | "اسابيع" => (1, 604_800),
        _ => return None,
    })
}

/// Days named by their distance from the fetch. `اليوم` is left out: outlets are called so.
pub(super) fn days_ago(word: &str) -> Option<i64> {
    Some(match word {
        "hui" | "today" | "heute" | "hoy" => 0,
        "hier" | "yesterday" | "gestern" | "ayer" | "امس" => 1,
        _ => return None,
    })
}

/// What a small word does, if anything.
pub(super) fn word_of(word: &str) -> Option<Word> {
    Some(match word {
        "er" | "de" | "del" | "du" | "of" | "st" | "nd" | "rd" | "th" | "من" | "شهر" => Word::Particle,
        "a" | "ago" | "منذ" | "قبل" | "hace" | "vor" => Word::Ago,
        _ => return None,
    })
}

/// Arabic-Indic and Persian digits as ASCII.
pub(super) fn western_digit(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10).unwrap_or(c),
        '\u{6F0}'..='\u{6F9}' => char::from_digit(c as u32 - 0x6F0, 10).unwrap_or(c),
        _ => c,
    }
}

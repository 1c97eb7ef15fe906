//! The words of dates: months (Levantine and Maghrebi Arabic too), units of time, particles.
//!
//! All words are folded (`text::fold`): lower case, no accents, no hamza.

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
        "jour" | "jours" | "day" | "days" | "dia" | "dias" | "tag" | "tagen" | "tage" | "يوم" | "يوما"
        | "ايام" => (1, 86_400),
        "يومين" => (2, 86_400),
        "اسبوعين" => (2, 604_800),
        "semaine" | "semaines" | "week" | "weeks" | "semana" | "semanas" | "woche" | "wochen" | "اسبوع"
        | "اسابيع" => (1, 604_800),
        _ => return None,
    })
}

/// A count written as a word, as far as the press writes it so.
pub(super) fn count_of(word: &str) -> Option<u32> {
    Some(match word {
        "un" | "une" | "a" | "an" | "one" | "una" | "uno" | "einem" | "einer" | "ein" => 1,
        "deux" | "two" | "dos" | "zwei" => 2,
        "trois" | "three" | "tres" | "drei" | "ثلاث" | "ثلاثة" => 3,
        "quatre" | "four" | "cuatro" | "vier" | "اربع" | "اربعة" => 4,
        "cinq" | "five" | "cinco" | "funf" | "خمس" | "خمسة" => 5,
        "six" | "seis" | "sechs" | "ست" | "ستة" => 6,
        "sept" | "seven" | "siete" | "sieben" | "سبع" | "سبعة" => 7,
        "huit" | "eight" | "ocho" | "acht" | "ثمان" | "ثماني" | "ثمانية" => 8,
        "neuf" | "nine" | "nueve" | "neun" | "تسع" | "تسعة" => 9,
        "dix" | "ten" | "diez" | "zehn" | "عشر" | "عشرة" => 10,
        "quinze" | "fifteen" | "quince" => 15,
        "vingt" | "twenty" | "veinte" | "zwanzig" | "عشرين" => 20,
        "trente" | "thirty" | "treinta" | "dreissig" | "ثلاثين" => 30,
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

/// Whether a word only joins the parts of a date: `de`, `du`, `of`, `er` of `1er`.
pub(super) fn is_particle(word: &str) -> bool {
    matches!(word, "er" | "de" | "del" | "du" | "of" | "st" | "nd" | "rd" | "th" | "من" | "شهر")
}

/// Arabic-Indic and Persian digits as ASCII.
pub(super) fn western_digit(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10).unwrap_or(c),
        '\u{6F0}'..='\u{6F9}' => char::from_digit(c as u32 - 0x6F0, 10).unwrap_or(c),
        _ => c,
    }
}

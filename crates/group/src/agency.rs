//! The agencies that sign a text: `RABAT (MAP) –` at its head, `(avec AFP)` or `واس` at its end.
//!
//! Only a signature counts. "a déclaré à l'AFP" inside a text quotes an agency and says nothing about who wrote
//! it, so names are read in two places alone: a dateline that opens the text, and a credit that closes it.
//! Acronyms (`MAP`, `AP`) must be printed as such; names are compared folded, in both scripts.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::fold::words;

/// Name as printed, acronyms in their own case, other forms; a line each, written for this crate.
const TABLE: &str = include_str!("../data/agencies.tsv");

/// Characters of a text that a dateline can take, and a credit at the end.
const HEAD_CHARS: usize = 140;
const TAIL_CHARS: usize = 140;
/// Words that may stand before an agency in a dateline: towns and a date.
const DATELINE_WORDS: usize = 8;
/// Words of a credit.
const CREDIT_WORDS: usize = 7;
/// What a credit says beside its agencies, folded; two letters or figures may always stand there.
const CREDIT: &[&str] = &[
    "avec",
    "source",
    "sources",
    "agence",
    "agences",
    "news",
    "with",
    "agency",
    "agencies",
    "con",
    "agencia",
    "agencias",
    "fuente",
    "par",
    "from",
    "by",
    "and",
    "selon",
    "inspire",
    "copyright",
    "redaction",
    "المصدر",
    "وكاله",
    "وكالات",
    "الوكالات",
    "عن",
    "مع",
    "بتصرف",
];
/// A picture's credit says who took the picture.
const PICTURE: &[&str] = &[
    "photo",
    "photos",
    "photographie",
    "image",
    "images",
    "credit",
    "video",
    "صوره",
    "الصوره",
    "تصوير",
    "foto",
];

/// Words of three letters and more that no acronym counts.
const LINKS: &[&str] = &["des", "les", "aux", "sur", "pour", "the", "and", "for", "del", "los", "las"];

/// A way to write an agency's name.
struct Form {
    /// Folded words.
    words: Vec<String>,
    /// As it must be printed, where it is an acronym.
    printed: Option<&'static str>,
    name: &'static str,
}

/// A word with its place in the text.
#[derive(Debug)]
struct Token<'a> {
    start: usize,
    end: usize,
    printed: &'a str,
    folded: String,
}

/// An agency named in a part of a text.
#[derive(Debug, Clone, Copy)]
struct Named {
    name: &'static str,
    /// First token and the one after its last.
    tokens: (usize, usize),
}

/// The agencies that sign a text, in the order they stand there, each once, under the name they go by: `MAP`,
/// `AFP`, `Reuters`…
///
/// ```
/// assert_eq!(kiosque_group::signatures("RABAT (MAP) – Le conseil a adopté la loi."), ["MAP"]);
/// assert_eq!(kiosque_group::signatures("Le ministre l'a dit à l'AFP. Le reste suit."), [""; 0]);
/// ```
#[must_use]
pub fn signatures(text: &str) -> Vec<&'static str> {
    let text = text.trim();
    let head_end = text.char_indices().nth(HEAD_CHARS).map_or(text.len(), |(at, _)| at);
    let tail_start = text.char_indices().rev().nth(TAIL_CHARS - 1).map_or(0, |(at, _)| at);
    let mut found = dateline(&text[..head_end]);
    found.extend(credit(&text[tail_start..]));
    let mut seen = Vec::new();
    found.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    found
}

/// The agencies of a dateline.
fn dateline(head: &str) -> Vec<&'static str> {
    let tokens = tokens(head);
    let named = named(&tokens);
    let Some(first) = named.first() else { return Vec::new() };
    if first.tokens.0 > DATELINE_WORDS {
        return Vec::new();
    }
    let before = &head[..tokens[first.tokens.0].start];
    if before.contains(['!', '?', '؟', '«', '"', '“']) {
        return Vec::new();
    }
    // Several agencies sign together: `(AFP/MAP)`, `رويترز، أ ف ب`.
    let mut last = first;
    for next in &named[1..] {
        let between = &head[tokens[last.tokens.1 - 1].end..tokens[next.tokens.0].start];
        if !between.chars().all(|c| c.is_whitespace() || "/,-–—،و&".contains(c)) {
            break;
        }
        last = next;
    }
    let after = &head[tokens[last.tokens.1 - 1].end..];
    if tokens[..first.tokens.0].iter().any(|token| PICTURE.contains(&token.folded.as_str())) {
        return Vec::new();
    }
    let signed = if before.rfind('(') > before.rfind(')') {
        after.split_once(')').is_some_and(|(inside, rest)| {
            words(inside, CREDIT_WORDS).len() < CREDIT_WORDS
                && !abbreviates(tokens[first.tokens.0].printed, before)
                && (parts(rest) || before.len() < 2 || is_dateline(before))
        })
    } else {
        let set_off = (before.trim_end().ends_with(['-', '–', '—', '|', 'ـ']) && first.tokens.0 <= 4)
            || (before.trim_end().ends_with('/') && is_arabic_dateline(before));
        // `Reuters : le groupe supprime 200 postes` is about the agency; behind a town a colon ends a dateline.
        set_off || (parts(after) && !after.trim_start().starts_with(':'))
    };
    let signing = named.iter().filter(|n| n.tokens.0 <= last.tokens.0);
    if signed { signing.map(|n| n.name).collect() } else { Vec::new() }
}

/// Whether a mark that ends a dateline comes next.
fn parts(after: &str) -> bool {
    let next = after.trim_start_matches([' ', '\u{a0}', '\u{202f}', ')', '.']);
    next.starts_with(['-', '–', '—', ':', '\n', '|', 'ـ'])
}

/// Towns in capitals, in front of an agency in parentheses: `RABAT, 12 oct. (`.
fn is_dateline(before: &str) -> bool {
    let capital = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    before.split_whitespace().next().is_some_and(|town| town.len() > 2 && capital(&town))
        || is_arabic_dateline(before)
}

/// A town and a stroke: `الرباط/ 14 نونبر 2026 (`.
fn is_arabic_dateline(before: &str) -> bool {
    let town = before.split('/').next().unwrap_or_default().trim();
    before.contains('/')
        && words(town, CREDIT_WORDS).len() <= 3
        && town.starts_with(|c: char| ('\u{620}'..='\u{64a}').contains(&c))
}

/// Whether an acronym in parentheses stands for the words before it: `ministère de l'Éducation nationale (MEN)`.
fn abbreviates(acronym: &str, before: &str) -> bool {
    let letters: Vec<char> = acronym.to_lowercase().chars().collect();
    let said = tokens(before);
    let mut initials: Vec<char> = said
        .iter()
        .filter(|t| t.folded.chars().count() > 2 && !LINKS.contains(&t.folded.as_str()))
        .filter_map(|t| t.folded.chars().next())
        .collect();
    letters.len() > 1 && initials.split_off(initials.len().saturating_sub(letters.len())) == letters
}

/// The agencies of a credit: parentheses, a line or a last sentence that holds nothing else.
fn credit(tail: &str) -> Vec<&'static str> {
    let tail = tail.trim_end_matches(|c: char| c.is_whitespace() || ".،,*©/".contains(c));
    if let Some((before, inside)) = tail.strip_suffix([')', ']']).and_then(|t| t.rsplit_once(['(', '['])) {
        return if abbreviates(inside.trim(), before) { Vec::new() } else { credited(inside, true) };
    }
    let start = tail.rfind(['.', '!', '?', '؟', '»', '"', '”', '\n', '/', ')', '…', '*', '|', '©']);
    match start {
        Some(at) => {
            // `AFP/MAP`, `AFP.com`: the mark stands inside the credit.
            let line = tail[..at].char_indices().rev().find(|(_, c)| "\n.!?؟»…".contains(*c));
            let line = line.map_or(0, |(before, c)| before + c.len_utf8());
            let longer = credited(&tail[line..], false);
            let last = at + tail[at..].chars().next().map_or(1, char::len_utf8);
            if longer.is_empty() { credited(&tail[last..], false) } else { longer }
        }
        None => credited(tail, false),
    }
}

/// The agencies of a part that is nothing but a credit.
fn credited(part: &str, enclosed: bool) -> Vec<&'static str> {
    let tokens = tokens(part);
    let named = named(&tokens);
    if named.is_empty() || tokens.len() > CREDIT_WORDS + 2 * named.len() {
        return Vec::new();
    }
    let within = |i: usize| named.iter().any(|n| (n.tokens.0..n.tokens.1).contains(&i));
    let mut rest = tokens.iter().enumerate().filter(|(i, _)| !within(*i)).map(|(_, token)| token);
    let small = |t: &Token<'_>| t.folded.chars().count() <= 2 || t.folded.bytes().all(|b| b.is_ascii_digit());
    if rest.clone().any(|t| PICTURE.contains(&t.folded.as_str())) {
        return Vec::new();
    }
    // `à l'AFP` is two small words before an agency, and the end of a sentence.
    let quoted = rest.clone().any(|t| matches!(t.folded.as_str(), "l" | "a" | "de" | "d" | "to" | "al"));
    let fits = !quoted && rest.all(|t| small(t) || CREDIT.contains(&t.folded.as_str()));
    if fits || (enclosed && named[0].tokens.0 == 0 && tokens.len() <= CREDIT_WORDS && !quoted) {
        named.iter().map(|n| n.name).collect()
    } else {
        Vec::new()
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let part_of_word =
        |c: char| c.is_alphanumeric() || matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}');
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find(part_of_word).map(|at| rest + at) {
        let end = text[start..].find(|c| !part_of_word(c)).map_or(text.len(), |at| start + at);
        let printed = &text[start..end];
        if let Some(word) = words(printed, 1).pop() {
            found.push(Token { start, end, printed, folded: word.text });
        }
        rest = end;
    }
    found
}

/// The agencies named, first to last; the longest form counts.
fn named(tokens: &[Token<'_>]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let fits = |form: &&Form| {
            let end = at + form.words.len();
            tokens.get(at..end).is_some_and(|run| {
                run.iter().zip(&form.words).all(|(token, word)| token.folded == *word)
                    && form.printed.is_none_or(|printed| run.len() > 1 || run[0].printed == printed)
            })
        };
        let form = forms().get(tokens[at].folded.as_str()).and_then(|forms| forms.iter().find(fits));
        if let Some(form) = form {
            found.push(Named { name: form.name, tokens: (at, at + form.words.len()) });
        }
        at += form.map_or(1, |form| form.words.len());
    }
    found
}

/// The forms by their first word, the longest first.
fn forms() -> &'static HashMap<String, Vec<Form>> {
    static PARSED: OnceLock<HashMap<String, Vec<Form>>> = OnceLock::new();
    PARSED.get_or_init(|| {
        let mut by_first: HashMap<String, Vec<Form>> = HashMap::new();
        for line in TABLE.lines() {
            let mut columns = line.split('\t');
            let name = columns.next().unwrap_or_default();
            for (strict, column) in [(true, columns.next()), (false, columns.next())] {
                for printed in column.unwrap_or_default().split('|').filter(|form| !form.is_empty()) {
                    let folded: Vec<String> = words(printed, 9).into_iter().map(|w| w.text).collect();
                    let Some(first) = folded.first().cloned() else { continue };
                    let form = Form { words: folded, printed: strict.then_some(printed), name };
                    by_first.entry(first).or_default().push(form);
                }
            }
        }
        for forms in by_first.values_mut() {
            forms.sort_by_key(|form| std::cmp::Reverse(form.words.len()));
        }
        by_first
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(signatures(text), expected, "{text}");
    }

    #[test]
    fn datelines_sign_in_both_scripts() {
        check("RABAT, 12 oct (MAP) - Le conseil a adopté la loi.", &["MAP"]);
        check("Rabat – Le conseil a adopté la loi, a-t-on appris. (MAP)", &["MAP"]);
        check("Paris (AFP) – Le gouvernement renonce.", &["AFP"]);
        check("TANBESSA (Reuters) Le port rouvre.", &["Reuters"]);
        check("MADRID, 3 (EUROPA PRESS) El puerto reabre.", &["Europa Press"]);
        check("Tokio, 3 jul (EFE).- El puerto reabre.", &["EFE"]);
        check("(AFP/MAP) Le port rouvre.", &["AFP", "MAP"]);
        check("AFP\nLe port rouvre.", &["AFP"]);
        check("واس- جدة: استقبل الوزير الوفد.", &["SPA"]);
        check("جريدة المرفأ – واس استقبل الوزير الوفد.", &["SPA"]);
        check("الرباط (و م ع) – صادق المجلس على القانون.", &["MAP"]);
        check("القاهرة (رويترز) - أعيد فتح الميناء.", &["Reuters"]);
        check("تونس 12 أكتوبر (وات) - أعيد فتح الميناء.", &["TAP"]);
        check("باريس – أ ف ب: أعيد فتح الميناء.", &["AFP"]);
        check("الرباط/ 14 نونبر 2026 (ومع) أعيد فتح الميناء.", &["MAP"]);
        check("إسطنبول/ الأناضول: أعيد فتح الميناء.", &["Anadolu"]);
        check("جريدة المرفأ - و.م.ع\nأعيد فتح الميناء.", &["MAP"]);
        check("La Rédaction avec MAP\nLe port rouvre mardi.", &["MAP"]);
        check("الرياضة/ الميناء يفتح أبوابه، تقول رويترز، يوم الثلاثاء.", &[]);
        check("الجزائر - (وأج) أعيد فتح الميناء", &[]);
    }

    #[test]
    fn credits_sign_at_the_end() {
        check("Le port rouvre mardi. (avec AFP)", &["AFP"]);
        check("Le port rouvre mardi.\nAvec Reuters", &["Reuters"]);
        check("Le port rouvre mardi.\nSource : MAP", &["MAP"]);
        check("Le port rouvre mardi. J.D. avec AFP et Reuters", &["AFP", "Reuters"]);
        check("Le port rouvre mardi (Belga).", &["Belga"]);
        check("Le port rouvre mardi.\nKeystone-ATS", &["Keystone-ATS"]);
        check("Le port rouvre mardi.\n© AFP 2026", &["AFP"]);
        check("Le port rouvre mardi.\nAFP/MAP", &["AFP", "MAP"]);
        check("أعيد فتح الميناء يوم الثلاثاء.\nالمصدر: وكالة المغرب العربي للأنباء", &["MAP"]);
        check("أعيد فتح الميناء يوم الثلاثاء. (أ.ف.ب)", &["AFP"]);
        check("أعيد فتح الميناء يوم الثلاثاء. رويترز", &["Reuters"]);
        check("The port reopens on Tuesday. (Xinhua)", &["Xinhua"]);
        check("Der Hafen öffnet am Dienstag. (dpa)", &["dpa"]);
    }

    #[test]
    fn quoting_an_agency_is_no_signature() {
        check("Le ministre l'a dit à l'AFP. Le port rouvre mardi.", &[]);
        check("Le port rouvre mardi, a-t-il déclaré à l'AFP.", &[]);
        check("Le port rouvre.\nIl l'a dit à l'AFP.", &[]);
        check("Le patron de l'Agence France-Presse (AFP), élu lundi, présente son plan.", &[]);
        check("Reuters : le groupe supprime deux cents postes à Londres.", &[]);
        check("Selon Reuters : le port rouvre mardi.", &[]);
        check("رويترز: المجموعة تحذف مئتي منصب.", &[]);
        check("La rentrée est avancée, dit le ministère de l'Éducation nationale (MEN).", &[]);
        check("Le ministère de l'Éducation nationale (MEN) – il y a débat.", &[]);
        check("La map du port est affichée : la voici.", &[]);
        check("Le port rouvre mardi. (Photo AFP)", &[]);
        check("قالت وكالة رويترز إن الميناء سيفتح يوم الثلاثاء بعد توقف دام ثلاثة أيام.", &[]);
        check("", &[]);
        check("AFP", &["AFP"]);
    }
}

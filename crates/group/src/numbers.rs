//! Figures as they mean the same in every script: `12 400`, `12.400` and `١٢٬٤٠٠` are one number.
//!
//! A figure is worth what it tells: a toll of 1 247 nearly names its event, a round hundred or a small count
//! stands in any text, and the year or the date of the day in all of them.

use crate::fold::words;

/// A figure under its key, and how much it tells (0 to 1).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    pub(crate) key: String,
    pub(crate) worth: f32,
}

/// Months in the languages read, folded: a small number before one is a date.
const MONTHS: &str = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre \
january february march april may june july august september october november december \
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
يناير فبراير مارس ابريل ماي مايو يونيو يوليوز يوليو غشت اغسطس شتنبر سبتمبر اكتوبر نونبر نوفمبر دجنبر ديسمبر \
جانفي فيفري افريل جوان جويليه اوت";

/// Longest run of digits that is a number; beyond are telephone numbers and references.
const LONGEST: usize = 12;

/// The figures of a text that tell something, in order.
pub(crate) fn figures(text: &str) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c| digit(c).is_some()) {
        rest = &rest[start..];
        let (parts, after) = read(rest);
        rest = match hour(after) {
            Some(minutes) => digits(minutes).1,
            None => {
                found.extend(figure(&parts, after));
                after
            }
        };
    }
    found
}

/// One figure, thousands joined and decimals marked, cut at hyphens and slashes; and what follows it.
fn read(text: &str) -> (Vec<String>, &str) {
    let mut parts = Vec::new();
    let mut last = String::new();
    let mut grouped = false;
    let mut rest = text;
    loop {
        let (run, after) = digits(rest);
        last.push_str(&run);
        rest = after;
        let mut chars = after.chars();
        let Some(mark) = chars.next() else { break };
        let (next, beyond) = digits(chars.as_str());
        match (mark, next.len()) {
            (_, 0) => break,
            (' ' | '\u{a0}' | '\u{202f}' | '.' | ',' | '٬' | '،', 3)
                if grouped || (last.len() <= 3 && !last.contains('.')) =>
            {
                grouped = true;
            }
            (',' | '٫' | '،', 1 | 2) if !last.contains('.') => last.push('.'),
            // Two digits on both sides of a point: a law's number more often than a decimal.
            ('.', 1 | 2) if !last.contains('.') && !goes_on(beyond) && last.len().min(next.len()) < 2 => {
                last.push('.');
            }
            ('-' | '–' | '/' | '.', _) => {
                grouped = false;
                parts.push(std::mem::take(&mut last));
            }
            _ => break,
        }
        rest = chars.as_str();
    }
    parts.push(last);
    (parts, rest)
}

/// `41.26.3`, a date or an address: what follows is no decimal.
fn goes_on(beyond: &str) -> bool {
    let mut chars = beyond.chars();
    matches!(chars.next(), Some('.' | '/' | '-')) && chars.next().is_some_and(|c| digit(c).is_some())
}

fn digits(text: &str) -> (String, &str) {
    let end = text.find(|c| digit(c).is_none()).unwrap_or(text.len());
    (text[..end].chars().filter_map(digit).collect(), &text[end..])
}

fn digit(c: char) -> Option<char> {
    let value = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return None,
    };
    char::from_digit(value, 10)
}

fn figure(parts: &[String], after: &str) -> Option<Figure> {
    match parts {
        [one] => {
            let worth = if is_date(one, after) { 0.0 } else { worth(one) };
            (worth > 0.0).then(|| Figure { key: one.clone(), worth })
        }
        // Written either way round: law 41-26 is 26-41 in Arabic, and so are results.
        [one, two] if !(is_year(one) && is_year(two)) && one.len() <= 4 && two.len() <= 4 => {
            let (low, high) = if one <= two { (one, two) } else { (two, one) };
            let long = one.len() > 1 && two.len() > 1;
            Some(Figure { key: format!("{low}-{high}"), worth: if long { 1.0 } else { 0.4 } })
        }
        _ => None,
    }
}

fn worth(number: &str) -> f32 {
    if is_year(number) || number.len() > LONGEST {
        return 0.0;
    }
    if number.contains('.') {
        return 0.6;
    }
    let telling = number.trim_end_matches('0').len();
    match (number.len(), telling) {
        (0 | 1, _) => 0.0,
        (2, 1) => 0.2,
        (2, _) => 0.4,
        (_, 0 | 1) => 0.4,
        (_, 2) => 0.8,
        _ => 1.0,
    }
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

fn is_date(number: &str, after: &str) -> bool {
    let small = number.parse::<u32>().is_ok_and(|n| (1..=31).contains(&n));
    small
        && after.starts_with(char::is_whitespace)
        && words(after.get(..after.floor_char_boundary(40)).unwrap_or_default(), 1)
            .first()
            .is_some_and(|next| MONTHS.split_whitespace().any(|month| month == next.text))
}

/// What follows the hour of `18h30` or `10 h 31`.
fn hour(after: &str) -> Option<&str> {
    let rest = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']).strip_prefix(['h', 'H'])?;
    let minutes = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    (!minutes.starts_with(char::is_alphabetic)).then_some(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let keys: Vec<_> = figures(text).into_iter().map(|f| f.key).collect();
        assert_eq!(keys, expected, "{text}");
    }

    #[test]
    fn one_number_however_it_is_written() {
        for text in ["12 400 tonnes", "12\u{202f}400", "12.400", "12,400", "12400", "١٢٬٤٠٠", "۱۲۴۰۰"]
        {
            check(text, &["12400"]);
        }
        check("2,25 % ; ٢٫٢٥ في المائة", &["2.25", "2.25"]);
        check("1 234 567 dirhams", &["1234567"]);
        check("la loi 41-26, القانون 26-41, loi 41.26", &["26-41", "26-41", "26-41"]);
        check("171 voix contre 64, 320", &["171", "64", "320"]);
    }

    #[test]
    fn dates_years_hours_and_single_digits_tell_nothing() {
        check("le 12 octobre 2026 à 18h30 ou 10 h 31, 12 أكتوبر، 07/10/2026, saison 2025-2026", &[]);
        check("3 blessés et 5 camions", &[]);
        check("", &[]);
    }

    #[test]
    fn rare_figures_are_worth_more() {
        assert!(worth("1247") > worth("340") && worth("340") > worth("300") && worth("300") > worth("20"));
    }
}

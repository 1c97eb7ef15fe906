//! The extract of an article: enough to know whether to read it, never enough to do without.
//!
//! The right of short quotation (Morocco, law 2-00 art. 14; France, CPI L.122-5 3°) and the exemption of very
//! short extracts (directive 2019/790 art. 15) both ask that an extract does not replace the article. So it is
//! bounded twice, by words and by share of the text, and it is cut between sentences where that leaves
//! anything worth reading, else between words with an ellipsis.

use super::text::{plain, words};

/// The fewest words the share may come down to: a quarter of a ten-line brief would say nothing.
const FLOOR_WORDS: usize = 20;

/// The paragraphs of a text without its sub-headings, which would run into the sentence after them: short lines that
/// end no sentence. A text of such lines alone is kept as it is.
pub(super) fn prose(text: &str) -> String {
    let reads = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.len() >= 12 || words.last().is_some_and(|last| ends_sentence(last, None))
    };
    let kept: Vec<&str> = text.lines().filter(reads).collect();
    if kept.is_empty() { text.to_owned() } else { kept.join("\n") }
}

/// The extract of `text`, at most `max_words` long and at most `share` of it (a brief: half of it).
pub(super) fn excerpt(text: &str, max_words: usize, share: f64) -> String {
    cut(text, limit(words(text), max_words, share))
}

/// The beginning of `text`, at most `limit` words.
fn cut(text: &str, limit: usize) -> String {
    let tokens: Vec<&str> = text.split([' ', '\n', '\t', '\r']).filter(|t| !t.is_empty()).collect();
    let mut counted = 0;
    let mut end = 0;
    let mut sentence = (0, 0);
    for (at, token) in tokens.iter().enumerate() {
        counted += usize::from(is_word(token));
        if counted > limit {
            break;
        }
        end = at + 1;
        if ends_sentence(tokens[at], tokens.get(at + 1).copied()) {
            sentence = (end, counted);
        }
    }
    // A sentence or two that fill half of the room read better than a longer text that breaks off.
    if sentence.0 > 0 && (end == tokens.len() || sentence.1 * 2 >= limit) {
        return tokens[..sentence.0].join(" ");
    }
    let cut = tokens[..end].join(" ");
    if end == tokens.len() {
        return cut;
    }
    let cut = cut.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '»' | '”' | ')' | '%'));
    if cut.is_empty() { String::new() } else { format!("{cut}…") }
}

/// The paragraphs a licence lets a panorama print, at most `max_words` long and at most `share` of the text; the last
/// one is cut like an extract.
pub(super) fn passage(text: &str, max_words: usize, share: f64) -> String {
    let mut room = licensed_limit(words(text), max_words, share);
    let mut paragraphs = Vec::new();
    for line in text.lines().map(plain).filter(|line| !line.is_empty()) {
        let long = words(&line);
        if long > room {
            paragraphs.push(cut(&line, room));
            break;
        }
        room -= long;
        paragraphs.push(line);
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n")
}

/// The words a licence lets a panorama print of a text of `total` words at most.
pub(crate) fn licensed_limit(total: usize, max_words: usize, share: f64) -> usize {
    // Counts of words are small; the share is cut down, so that it is never exceeded.
    ((total as f64 * share.clamp(0.0, 1.0)) as usize).min(max_words)
}

/// The words of an extract of a text of `total` words at most: the edition's limit or the share, but never the whole;
/// a brief gives up to half of itself, so that a sentence can stand.
pub(crate) fn limit(total: usize, max_words: usize, share: f64) -> usize {
    // Counts of words are small; the share is cut down, so that it is never exceeded.
    let shared = (total as f64 * share.clamp(0.0, 1.0)) as usize;
    let limit = shared.max(FLOOR_WORDS).min(max_words);
    if limit >= total { total.div_ceil(2).min(max_words) } else { limit }
}

fn is_word(token: &str) -> bool {
    token.chars().any(char::is_alphanumeric)
}

/// Whether a sentence ends with `token`, given what follows it.
fn ends_sentence(token: &str, next: Option<&str>) -> bool {
    // French sets the closing guillemet, and « ! » and « ? », apart: the sentence ends after them.
    if next.is_some_and(|n| !is_word(n) && n.chars().all(|c| "»”’)!?؟…".contains(c))) {
        return false;
    }
    let bare = token.trim_end_matches(['»', '”', '"', ')', '’', '\u{a0}', '\u{202f}']);
    let Some(last) = bare.chars().last() else { return token == "»" };
    if matches!(last, '!' | '?' | '؟' | '…' | '۔') {
        return true;
    }
    last == '.' && !is_abbreviation(bare.trim_end_matches('.'))
}

/// `M.`, `Dr.`, initials and `art.` end no sentence.
fn is_abbreviation(word: &str) -> bool {
    let word = word.trim_start_matches(['(', '«', '“', '"', '\u{a0}', '\u{202f}']);
    let initials = word.split(['.', '-']).all(|part| part.chars().count() <= 1);
    let known =
        ["MM", "Mme", "Mlle", "Dr", "Pr", "Me", "St", "Ste", "art", "av", "apr", "cf", "env", "vol", "p"];
    !word.is_empty() && word.chars().all(|c| !c.is_numeric()) && (initials || known.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, max_words: usize, expected: &str) {
        // What follows makes the text long enough for the share to stay out of the way.
        let text = format!("{text} {}", "suite ".repeat(400));
        assert_eq!(excerpt(&text, max_words, 0.25), expected);
    }

    #[test]
    fn ends_with_a_sentence_where_that_fills_half_of_the_room() {
        check("Le pont rouvre lundi. Les travaux ont duré", 6, "Le pont rouvre lundi.");
        check("« Il est prêt. » La suite viendra demain", 6, "« Il est prêt. »");
        check("Est-ce fini ? Non, disent les riverains inquiets", 4, "Est-ce fini ?");
        check("افتتح الجسر يوم الاثنين. وقد دامت الأشغال", 6, "افتتح الجسر يوم الاثنين.");
    }

    #[test]
    fn breaks_between_words_where_a_sentence_is_too_long() {
        check(
            "Oui. Après des mois de travaux, le pont de la ville",
            8,
            "Oui. Après des mois de travaux, le pont…",
        );
        check("Après des mois de travaux, le pont", 5, "Après des mois de travaux…");
    }

    #[test]
    fn abbreviations_and_figures_end_no_sentence() {
        check("Reçu par M. Alami et J.-P. Durand vers midi", 6, "Reçu par M. Alami et J.-P…");
        check("Le taux passe à 2.75 après le Dr. Naji hier", 8, "Le taux passe à 2.75 après le Dr…");
    }

    #[test]
    fn keeps_the_spaces_of_french_numbers() {
        check("Il faut 10\u{202f}000 tonnes.", 5, "Il faut 10\u{202f}000 tonnes.");
    }

    #[test]
    fn never_gives_the_whole_article() {
        for total in [2_usize, 10, 19, 20, 21, 40, 80, 200, 1000] {
            let text = "mot ".repeat(total);
            let quoted = excerpt(&text, 60, 0.25).split(' ').count();
            let most = if total <= 40 { total.div_ceil(2).max(20).min(total - 1) } else { total / 4 };
            assert!(quoted <= most.clamp(20, 60), "{quoted} of {total}");
            assert!(quoted < total);
        }
        assert_eq!(excerpt("", 60, 0.25), "");
        assert_eq!(excerpt(" \n ", 60, 0.25), "");
    }
}

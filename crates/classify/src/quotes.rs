//! Quotes with their speakers: words between marks, and the name that a verb of saying puts beside them.
//!
//! French, Arabic, English and Spanish, « », “ ”, and straight marks; the verb before the quote or after it. A
//! speaker is only named where the text does so; a pronoun stands for the speaker before, or where nobody spoke yet for
//! the subject of the sentence before.

use kiosque_model::Quote;

use crate::fold::words;
use crate::sentences::{blocks, span};
use crate::speech::{Cue, Speech, Who, Word, names_another, names_in, read};
use crate::subject;

/// Quotes given at most.
const MOST: usize = 12;

/// Fewer words between marks are an expression, not speech, unless a speaker stands beside them.
const FEWEST_WORDS: usize = 4;
const FEWEST_SAID: usize = 2;

/// Words of the longest title between marks.
const MOST_OF_A_TITLE: usize = 6;

/// Longer ones are a text of their own.
const MOST_CHARS: usize = 1200;

/// Words beside a quote that are looked at.
const NEAR: usize = 14;

/// Paragraphs after which a pronoun stands for nobody any more.
const MEMORY: u32 = 6;

/// The quotes of a text in a language.
pub(crate) fn quotes(text: &str, language: &str) -> Vec<Quote> {
    let speech = Speech::of(language);
    let mut found = Vec::new();
    let mut last: Option<(u32, String)> = None;
    let mut spoke: Option<u32> = None;
    let mut earlier = "";
    for (block, at, line) in blocks(text) {
        if found.len() >= MOST {
            break;
        }
        let marks = between_marks(line);
        let paragraph_before = std::mem::replace(&mut earlier, line);
        if marks.is_empty() && last.is_none() {
            continue;
        }
        let all = read(line);
        let mut told = 0;
        for (n, mark) in marks.iter().enumerate() {
            forget_if_another(&mut last, line, &all, (told, mark.outer.0));
            told = mark.outer.1;
            let inner = line[mark.inner.0..mark.inner.1].trim();
            let length = words(inner).count();
            if length < FEWEST_SAID || inner.chars().count() > MOST_CHARS || found.len() >= MOST {
                continue;
            }
            let neighbours =
                (n.checked_sub(1).map(|before| marks[before].outer.1), marks.get(n + 1).map(|m| m.outer.0));
            if language != "en" && length <= MOST_OF_A_TITLE && is_title(speech, line, &all, mark) {
                continue;
            }
            let who = speech.and_then(|speech| who(speech, line, &all, mark, neighbours));
            let speaker = match who {
                Some(Who::Named(name)) => {
                    (last, spoke) = (Some((block, name.clone())), Some(block));
                    Some(name)
                }
                Some(Who::Same) => {
                    last = last.filter(|(told, _)| block - told <= MEMORY);
                    // Behind a speaker who was left for another person, a pronoun may be either.
                    if spoke.is_none_or(|told| block - told > MEMORY) {
                        last = speech
                            .and_then(|speech| meant(speech, (line, paragraph_before), &all, mark))
                            .map(|name| (block, name));
                        spoke = last.as_ref().map(|(told, _)| *told);
                    }
                    last.clone().map(|(_, name)| name)
                }
                None => None,
            };
            if length < FEWEST_WORDS && speaker.is_none() {
                continue;
            }
            let start =
                at + mark.inner.0 + (line[mark.inner.0..].len() - line[mark.inner.0..].trim_start().len());
            found.push(Quote { text: inner.to_owned(), speaker, place: span(text, block, start, inner) });
        }
        forget_if_another(&mut last, line, &all, (told, line.len()));
    }
    found
}

/// « le roman « Les Vergers de sel » », « vu dans « Le Méridien » »: in the middle of a sentence speech goes on small.
fn is_title(speech: Option<&Speech>, line: &str, all: &[Word], mark: &Marks) -> bool {
    let inner = line[mark.inner.0..mark.inner.1].trim();
    line[..mark.outer.0].trim_end().ends_with(char::is_alphabetic)
        && inner.starts_with(char::is_uppercase)
        && !inner.ends_with(['.', '!', '?', '…', ','])
        && speech.is_none_or(|speech| after(speech, line, all, mark, None).is_none())
}

/// Who says it, by the words behind it, before it and within; `neighbours` are the ends of the quotes beside it.
fn who(
    speech: &Speech,
    line: &str,
    all: &[Word],
    mark: &Marks,
    neighbours: (Option<usize>, Option<usize>),
) -> Option<Who> {
    after(speech, line, all, mark, neighbours.1)
        .or_else(|| before(speech, line, all, mark, neighbours.0))
        .or_else(|| led_in(speech, line, all, mark))
        .or_else(|| amid(speech, line, all, mark))
}

/// A pronoun behind another person's name may be theirs: who spoke before is forgotten.
fn forget_if_another(last: &mut Option<(u32, String)>, line: &str, all: &[Word], between: (usize, usize)) {
    let from = all.partition_point(|word| word.start < between.0);
    let until = all.partition_point(|word| word.start < between.1);
    if from < until && last.as_ref().is_some_and(|(_, name)| names_another(line, &all[from..until], name)) {
        *last = None;
    }
}

/// Bytes between two marks, without and with them.
struct Marks {
    inner: (usize, usize),
    outer: (usize, usize),
}

/// What stands between quotation marks in a paragraph; of marks within marks the outer ones.
fn between_marks(line: &str) -> Vec<Marks> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char, usize)> = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match open {
            None => {
                let straight = c == '"' && !before.is_alphanumeric();
                if straight || matches!(c, '«' | '“' | '„') {
                    open = Some((at, c, 0));
                }
            }
            Some((from, mark, depth)) => {
                let closes = matches!((mark, c), ('«', '»') | ('“', '”') | ('„', '“' | '”') | ('"', '"'));
                let opens = c == mark && mark != '"';
                match (closes, depth) {
                    (true, 0) => {
                        let inner = (from + mark.len_utf8(), at);
                        found.push(Marks { inner, outer: (from, at + c.len_utf8()) });
                        open = None;
                    }
                    (true, _) => open = Some((from, mark, depth - 1)),
                    _ if opens => open = Some((from, mark, depth + 1)),
                    _ => {}
                }
            }
        }
        before = c;
    }
    found
}

/// Whether a stretch between words stays within one sentence.
fn is_within(between: &str) -> bool {
    !between.contains(['.', ';', '!', '?', '؟', '…', ':'])
}

/// « … », explique Jeanne Delcourt; "…," Smith said; « … », selon elle.
fn after(speech: &Speech, line: &str, all: &[Word], mark: &Marks, until: Option<usize>) -> Option<Who> {
    let from = all.partition_point(|word| word.start < mark.outer.1);
    let end = all.partition_point(|word| word.start < until.unwrap_or(line.len()));
    let near: &[Word] = &all[from..end.min(from + NEAR)];
    let first = near.first()?;
    if !is_within(&line[mark.outer.1..first.start]) {
        return None;
    }
    // « … beaucoup fermeront. » Le ministère a répondu: another sentence.
    let ended = line[mark.inner.0..mark.inner.1].trim_end().ends_with('.');
    if ended && first.text.starts_with(char::is_uppercase) {
        return None;
    }
    let reach = (1..near.len().min(8)).find(|&n| !is_within(&line[near[n - 1].end()..near[n].start]));
    let reach = &near[..reach.unwrap_or(near.len().min(8))];
    if let Some(at) = (0..reach.len().min(2)).find(|&at| speech.is_source(reach, at)) {
        return speech.who(line, &near[at + 1..]);
    }
    // « … » lance un service: without the comma of speech what stands between marks may be a name.
    let spoken = line[mark.outer.1..first.start].contains([',', '،'])
        || line[mark.inner.0..mark.inner.1].trim_end().ends_with([',', '.', '!', '?', '…', '؟', '،']);
    let verb = reach.iter().position(|word| {
        speech.is(Cue::Verb, word) || speech.is(Cue::Aside, word) || (spoken && speech.is(Cue::Object, word))
    })?;
    if reach[..verb].iter().any(|word| speech.is(Cue::Stop, word) && word.text.len() > 2) {
        return None;
    }
    // « lui a rétorqué Jeanne Delcourt »: whom it is said to.
    let subject = |word: &Word| speech.is(Cue::Pronoun, word) && word.text != "lui";
    if speech.is(Cue::Aside, &reach[verb]) || reach[..verb].iter().any(subject) {
        return Some(Who::Same);
    }
    // « a-t-il dit », « a toutefois déclaré le maire »: before the verb only helpers; in English a name may stand there.
    let subject = if reach[..verb].iter().all(is_helper) {
        addressed(speech, line, &near[verb + 1..])
    } else {
        &reach[..verb]
    };
    let named = |who: &Who| match who {
        Who::Named(name) => name.starts_with(|c: char| c.is_uppercase() || crate::fold::is_arabic(c)),
        Who::Same => true,
    };
    speech.who(line, subject).filter(|who| spoken || named(who))
}

/// What may stand before a verb of saying: an auxiliary, a pronoun, an adverb.
fn is_helper(word: &Word) -> bool {
    const ADVERBS: [&str; 8] =
        ["toutefois", "cependant", "pourtant", "encore", "aussi", "ensuite", "enfin", "ainsi"];
    word.text.chars().count() <= 4 || word.text.ends_with("ment") || ADVERBS.contains(&word.text)
}

/// To whom things are said that have no name of their own: « a expliqué à la presse Karim Alaoui ».
const PUBLIC: [&str; 5] = ["presse", "médias", "journalistes", "reporters", "députés"];

/// « a déclaré à l’APM le président »: the subject stands behind whom it is said to.
fn addressed<'w, 'a>(speech: &Speech, line: &str, words: &'w [Word<'a>]) -> &'w [Word<'a>] {
    let told = words.first().is_some_and(|word| matches!(word.text, "à" | "au" | "aux"));
    // « à l’issue de la réunion » has none.
    let belongs = |at: usize| matches!(words[at - 1].text, "de" | "à" | "au" | "et");
    let subject = (1..words.len().min(8))
        .take_while(|&at| {
            is_within(&line[words[at - 1].end()..words[at].start]) && !speech.is(Cue::Stop, &words[at])
        })
        .find(|&at| {
            let opens = speech.is(Cue::Subject, &words[at]) && at > 1;
            told && ((opens && !belongs(at)) || PUBLIC.contains(&words[at - 1].text))
        });
    subject.map_or(words, |at| &words[at..])
}

/// Le maire a déclaré : « … »; Selon la préfecture, « … »; وقال الوزير إن « … ».
fn before(speech: &Speech, line: &str, all: &[Word], mark: &Marks, from: Option<usize>) -> Option<Who> {
    let end = all.partition_point(|word| word.start < mark.outer.0);
    let told = all.partition_point(|word| word.start < from.unwrap_or(0));
    let mut start = told.max(end.saturating_sub(NEAR));
    // A sentence that ended is no longer about this quote.
    for at in (start + 1..end).rev() {
        let between = &line[all[at - 1].end()..all[at].start];
        if between.contains(['.', '!', '?', '؟', ';']) && all[at - 1].text.chars().count() > 2 {
            start = at;
            break;
        }
    }
    let near = &all[start..end];
    let last = near.last()?;
    if line[last.end()..mark.outer.0].contains(['.', '!', '?', '؟', ';']) {
        return None;
    }
    let verb = (0..near.len()).rev().find(|&at| {
        // In Arabic the subject stands between: « اعتبر الوزير أن ».
        let that = || {
            near.get(at + 1).is_some_and(|word| matches!(word.text, "que" | "qu"))
                || near[at + 1..].iter().any(|word| matches!(word.text, "أن" | "ان" | "أنه" | "أنها"))
        };
        speech.is(Cue::Verb, &near[at])
            || speech.is(Cue::Aside, &near[at])
            || (speech.is(Cue::Object, &near[at]) && that())
    });
    let Some(verb) = verb else {
        let source = (0..near.len()).rev().find(|&at| speech.is_source(near, at))?;
        return speech.who(line, &near[source + 1..]);
    };
    let leading = &near[..verb];
    if speech.is(Cue::Aside, &near[verb]) {
        // It speaks on for whom the quote before has, not for another subject of a sentence of its own.
        let ended = |from: usize| line[from..near[0].start].contains(['.', '!', '?', '؟', ';']);
        let goes_on = from.is_some_and(|from| start == told && !ended(from));
        let pronoun = leading.iter().any(|word| speech.is(Cue::Pronoun, word));
        return (goes_on || pronoun || leading.is_empty()).then_some(Who::Same);
    }
    let following = &near[verb + 1..];
    if near[verb].text.starts_with(crate::fold::is_arabic) {
        // « الوزير أضاف »: a noun before the verb may be its subject, and then nobody before speaks on.
        let bare = leading.iter().all(|w| w.text.chars().count() <= 3 || speech.is(Cue::Stop, w));
        return speech.who(line, following).or(bare.then_some(Who::Same));
    }
    let inverted = following.iter().any(|word| word.text.starts_with(char::is_uppercase));
    if inverted && let Some(who) = speech.who(line, following) {
        return Some(who);
    }
    subject_before(speech, line, &near[..verb])
}

/// The person a pronoun beside the quote stands for, by the sentences before it or the paragraph before.
fn meant(speech: &Speech, (line, earlier): (&str, &str), all: &[Word], mark: &Marks) -> Option<String> {
    let told = &all[..all.partition_point(|word| word.start < mark.outer.0)];
    let name = if told.is_empty() {
        subject::meant(speech, earlier, &read(earlier))
    } else {
        subject::meant(speech, line, told)
    };
    name.map(str::to_owned)
}

/// Théo Kwamena savoure : « … »; Pour Claire Morvan, « … ».
fn led_in(speech: &Speech, line: &str, all: &[Word], mark: &Marks) -> Option<Who> {
    let told = &all[..all.partition_point(|word| word.start < mark.outer.0)];
    let between = line[told.last()?.end()..mark.outer.0].trim();
    let name = match between {
        ":" => subject::introduced(speech, line, told),
        "," => subject::viewed(speech, line, told),
        _ => None,
    };
    name.map(|name| Who::Named(name.to_owned()))
}

/// « Nous tiendrons, a promis Idriss Belkacem, et nous reviendrons. »
fn amid(speech: &Speech, line: &str, all: &[Word], mark: &Marks) -> Option<Who> {
    let from = all.partition_point(|word| word.start < mark.inner.0);
    let end = all.partition_point(|word| word.start < mark.inner.1);
    let inner = &all[from..end];
    (1..inner.len()).find_map(|at| {
        if line[inner[at - 1].end()..inner[at].start].trim() != "," {
            return None;
        }
        let reach = &inner[at..inner.len().min(at + NEAR)];
        let verb = reach.iter().take(4).position(|word| speech.is(Cue::Verb, word))?;
        let helpers = reach[..verb].iter().all(|word| word.text.chars().count() <= 4);
        let subject = &reach[verb + 1..];
        let named = names_in(line, subject).first().is_some_and(|run| run[0].start == subject[0].start);
        if helpers && named { speech.who(line, subject) } else { None }
    })
}

/// The subject whose verb follows: the last clause before it that has a name, without helpers such as « a ».
fn subject_before(speech: &Speech, line: &str, near: &[Word]) -> Option<Who> {
    let kept =
        near.iter().rposition(|word| word.text.chars().count() > 3 || speech.is(Cue::Pronoun, word))?;
    let near = &near[..=kept];
    let mut start = 0;
    for at in (1..near.len()).rev() {
        if line[near[at - 1].end()..near[at].start].contains([',', '،', ':', '»', '”', '(']) {
            start = at;
            break;
        }
    }
    speech.who(line, &near[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_no_speech() {
        check(
            "fr",
            "Le jury couronne « Les Vergers de sel », un premier roman, selon « Le Méridien du Sud ».",
            &[],
        );
        check(
            "fr",
            "Le maire déplore une « action décidée sans préavis ».",
            &[("action décidée sans préavis", Some("Le maire"))],
        );
    }

    fn check(language: &str, text: &str, expected: &[(&str, Option<&str>)]) {
        let found = quotes(text, language);
        let shown: Vec<_> = found.iter().map(|q| (q.text.as_str(), q.speaker.as_deref())).collect();
        assert_eq!(shown, expected, "{text}");
        for quote in &found {
            let (start, end) = (quote.place.start as usize, quote.place.end as usize);
            assert_eq!(text.chars().skip(start).take(end - start).collect::<String>(), quote.text);
        }
    }

    #[test]
    fn a_listener_and_a_manner_are_no_speaker() {
        check(
            "fr",
            "« Nous avançons avec beaucoup de prudence », a expliqué à la presse Nadia Berkane, porte-parole.",
            &[("Nous avançons avec beaucoup de prudence", Some("Nadia Berkane"))],
        );
        check(
            "ar",
            "قال القبلاوي مبتسما: «لن نتراجع عن هذا القرار أبدا مهما كلفنا الأمر».",
            &[("لن نتراجع عن هذا القرار أبدا مهما كلفنا الأمر", Some("القبلاوي"))],
        );
    }

    #[test]
    fn french_speakers_stand_before_and_after() {
        check(
            "fr",
            "« Rien n'est prêt », explique Jeanne de La Motte, ingénieure.",
            &[("Rien n'est prêt", Some("Jeanne de La Motte"))],
        );
        check(
            "fr",
            "« Le pont tiendra », a déclaré le maire, Karim Benhaddou. « Nous l'avons vérifié », a-t-il ajouté.",
            &[
                ("Le pont tiendra", Some("Karim Benhaddou")),
                ("Nous l'avons vérifié", Some("Karim Benhaddou")),
            ],
        );
        check(
            "fr",
            "Le ministre Omar Tazi a affirmé que « les travaux seront finis en mai ».",
            &[("les travaux seront finis en mai", Some("Omar Tazi"))],
        );
        check(
            "fr",
            "Selon la préfecture, « la route reste fermée ce soir ».",
            &[("la route reste fermée ce soir", Some("la préfecture"))],
        );
        check(
            "fr",
            "Il pleut.\n“On n'a jamais vu ça”, raconte un riverain.",
            &[("On n'a jamais vu ça", Some("un riverain"))],
        );
        check(
            "fr",
            "Un film nommé « Le Grand Large » sort demain. « Trop tôt pour en parler encore ».",
            &[("Trop tôt pour en parler encore", None)],
        );
    }

    #[test]
    fn who_is_not_named_is_not_invented() {
        let none = |language, text, quote| check(language, text, &[(quote, None)]);
        none(
            "fr",
            "Après trois jours de grève, les salariés « ne veulent plus rien céder ».",
            "ne veulent plus rien céder",
        );
        none("en", "He read “A Long Way Home Again” to his children.", "A Long Way Home Again");
        none("fr", "« Le Grand Large du Sud » lance un service.", "Le Grand Large du Sud");
        none("fr", "« Les Heures de la Nuit » interroge la famille.", "Les Heures de la Nuit");
        none("fr", "« Les Heures de la Nuit » annonce un service.", "Les Heures de la Nuit");
        check(
            "fr",
            "« Rien ne va ici », lance un riverain. D’après la mairie, « la route reste fermée ce soir ».",
            &[("Rien ne va ici", Some("un riverain")), ("la route reste fermée ce soir", Some("la mairie"))],
        );
        check(
            "en",
            "According to the council, “the bridge will stay closed”.",
            &[("the bridge will stay closed", Some("the council"))],
        );
    }

    #[test]
    fn a_pronoun_behind_another_name_is_nobody() {
        let said = ("Le pont tiendra bien", Some("Karim Benhaddou"));
        let open = "« Le pont tiendra bien », dit Karim Benhaddou.";
        for between in [" ", "\n"] {
            let text = format!(
                "{open}{between}Fatima Alami est arrivée.{between}« Nous l'avons vérifié », a-t-elle ajouté."
            );
            check("fr", &text, &[said, ("Nous l'avons vérifié", None)]);
        }
        let text =
            format!("{open} La préfecture a fermé la route, ajoutant que « le danger reste bien réel ».");
        check("fr", &text, &[said, ("le danger reste bien réel", None)]);
        check(
            "ar",
            "وقال الوزير محمد بنعيسى إن «الأشغال ستنتهي في شهر ماي». العمدة أضاف أن «الطريق ستفتح بعد ذلك».",
            &[("الأشغال ستنتهي في شهر ماي", Some("الوزير محمد بنعيسى")), ("الطريق ستفتح بعد ذلك", None)],
        );
    }

    #[test]
    fn arabic_speakers_follow_their_verb() {
        check(
            "ar",
            "وقال الوزير محمد بنعيسى إن «الأشغال ستنتهي في شهر ماي». وأضاف أن «الطريق ستفتح بعد ذلك».",
            &[
                ("الأشغال ستنتهي في شهر ماي", Some("الوزير محمد بنعيسى")),
                ("الطريق ستفتح بعد ذلك", Some("الوزير محمد بنعيسى")),
            ],
        );
        check(
            "ar",
            "وأوضح المصدر ذاته أن \"الحادث لم يخلف أي ضحايا\".",
            &[("الحادث لم يخلف أي ضحايا", None)],
        );
    }

    #[test]
    fn english_and_spanish_speakers_are_found() {
        check(
            "en",
            "“The ferry will sail again,” said Alice Penhallow.",
            &[("The ferry will sail again,", Some("Alice Penhallow"))],
        );
        check(
            "en",
            "\"It was too late for us,\" Mr Quern said. \"We had lost everything,\" he added.",
            &[("It was too late for us,", Some("Mr Quern")), ("We had lost everything,", Some("Mr Quern"))],
        );
        check(
            "es",
            "«El volcán sigue activo», dijo Lucía Arrabalde.",
            &[("El volcán sigue activo", Some("Lucía Arrabalde"))],
        );
        check(
            "es",
            "El alcalde aseguró: «No hay peligro para nadie».",
            &[("No hay peligro para nadie", Some("El alcalde"))],
        );
    }

    #[test]
    fn what_is_not_closed_or_too_short_is_no_quote() {
        check("fr", "Il parle de « grand remplacement » et de \"liberté\".", &[]);
        check("fr", "« Une phrase qui ne finit pas, dit Jean Martin.", &[]);
        check("xx", "« Une phrase de plusieurs mots »", &[("Une phrase de plusieurs mots", None)]);
        check("fr", "", &[]);
    }
}

//! An extractive summary: the two or three sentences of a text that say most of it, word for word and in its order.
//!
//! A sentence is worth what it shares with the whole text (the centroid of Radev et al., 2004), weighted by how
//! rare its words are in the language, more where it stands early or takes up the headline; each next one is chosen for
//! what the ones before did not say. Invariant: nothing is written that does not stand in the text.

use kiosque_model::SummarySentence;

use crate::background::Background;
use crate::document::{ByHash, hash_of};
use crate::fold::{fold_into, is_letter, stem, words};
use crate::sentences::{Sentence, sentences, span};

/// Texts of fewer sentences are their own summary.
const FEWEST: usize = 4;

/// From so many sentences on a summary has three.
const LONG: usize = 12;

/// Sentences read: news says early what it is about.
const MOST_READ: usize = 60;

/// Words of a sentence that can stand alone.
const WORDS: std::ops::RangeInclusive<usize> = 7..=60;

/// Beginnings that lean on the sentence before, folded.
const LEANING: [&str; 46] = [
    "il",
    "elle",
    "ils",
    "elles",
    "ce",
    "cela",
    "celui",
    "celle",
    "ceux",
    "ces",
    "cette",
    "mais",
    "donc",
    "or",
    "ainsi",
    "ensuite",
    "puis",
    "enfin",
    "pourtant",
    "toutefois",
    "cependant",
    "he",
    "she",
    "they",
    "it",
    "this",
    "these",
    "but",
    "however",
    "then",
    "so",
    "el",
    "ella",
    "ellos",
    "esto",
    "pero",
    "ademas",
    "وهو",
    "وهي",
    "هذا",
    "هذه",
    "لكن",
    "كما",
    "وذلك",
    "ولكن",
    "وكذلك",
];

/// A sentence with the stems that tell it from others.
struct Candidate<'a> {
    sentence: Sentence<'a>,
    stems: Vec<u32>,
    length: usize,
    leans: bool,
}

/// The sentences that say most, in the order of the text; none where the text is too short to need them.
pub(crate) fn summary(title: &str, text: &str, language: &str) -> Vec<SummarySentence> {
    let all = sentences(text);
    if all.len() < FEWEST {
        return Vec::new();
    }
    let list = Background::of(language);
    let wanted = if all.len() >= LONG { 3 } else { 2 };
    let candidates: Vec<Candidate> = all.into_iter().take(MOST_READ).map(|s| read(s, list)).collect();
    let weights = centroid(&candidates, title, list);
    let mut taken: Vec<usize> = Vec::new();
    let mut said: ByHash<()> = ByHash::default();
    while taken.len() < wanted {
        let worth = |at: usize| worth(&candidates[at], at, &weights, &said);
        let open = (0..candidates.len()).filter(|at| !taken.contains(at) && is_whole(&candidates[*at]));
        let Some(best) = open.max_by(|a, b| worth(*a).total_cmp(&worth(*b)).then(b.cmp(a))) else { break };
        taken.push(best);
        said.extend(candidates[best].stems.iter().map(|stem| (*stem, ())));
    }
    taken.sort_unstable();
    let given = taken.into_iter().map(|at| candidates[at].sentence);
    given
        .map(|s| SummarySentence { text: s.text.to_owned(), place: span(text, s.block, s.start, s.text) })
        .collect()
}

fn read<'a>(sentence: Sentence<'a>, list: Option<&Background>) -> Candidate<'a> {
    let mut folded = String::new();
    let (mut stems, mut length, mut leans) = (Vec::new(), 0, false);
    for (_, word) in words(sentence.text) {
        fold_into(word, &mut folded);
        leans |= length == 0 && LEANING.contains(&folded.as_str());
        length += 1;
        let letters = folded.chars().filter(|&c| is_letter(c)).count();
        if letters >= 3 && !list.is_some_and(|list| list.is_stop(&folded)) {
            stems.push(hash_of(stem(&folded)));
        }
    }
    stems.sort_unstable();
    stems.dedup();
    Candidate { sentence, stems, length, leans }
}

/// What each stem is worth: in how many sentences it stands, how rare it is, twice where the headline has it.
fn centroid(candidates: &[Candidate], title: &str, list: Option<&Background>) -> ByHash<f32> {
    let mut weights: ByHash<f32> = ByHash::default();
    for stem in candidates.iter().flat_map(|c| &c.stems) {
        *weights.entry(*stem).or_default() += 1.0;
    }
    for (stem, weight) in &mut weights {
        *weight = (1.0 + weight.ln()) * (7.0 - list.map_or(4.0, |list| list.zipf(*stem))).max(0.5);
    }
    let mut folded = String::new();
    for (_, word) in words(title) {
        fold_into(word, &mut folded);
        if let Some(weight) = weights.get_mut(&hash_of(stem(&folded))) {
            *weight *= 2.0;
        }
    }
    weights
}

/// Whether it can be read without its neighbours: a statement of some length with both its marks.
fn is_whole(candidate: &Candidate) -> bool {
    let text = candidate.sentence.text;
    let balanced = text.matches('«').count() == text.matches('»').count()
        && text.matches('“').count() == text.matches('”').count()
        && text.matches('"').count().is_multiple_of(2);
    let stated = text.ends_with(['.', '…', '»', '”', '"', '۔', '!']) && !text.ends_with("? »");
    WORDS.contains(&candidate.length) && balanced && stated
}

fn worth(candidate: &Candidate, at: usize, weights: &ByHash<f32>, said: &ByHash<()>) -> f32 {
    let fresh = candidate.stems.iter().filter(|stem| !said.contains_key(stem));
    let sum: f32 = fresh.filter_map(|stem| weights.get(stem)).sum();
    let density = sum / (candidate.length as f32 + 6.0);
    let early = 1.0 + 0.6 / (1.0 + at as f32 * 0.5);
    density * early * if candidate.leans { 0.6 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Le barrage de Tamezra n'a plus que trois mois de réserves d'eau, selon son ingénieur en chef.\n\
        Il s'inquiète. La pluie manque depuis deux ans et les vergers de la vallée de Tamezra sèchent sur pied. \
        Que faire ? Un conseil se tiendra lundi à la mairie pour répartir l'eau du barrage entre villages et vergers.\n\
        Mais personne n'y croit vraiment dans la vallée ni dans les villages. Lire aussi notre dossier";

    #[test]
    fn the_sentences_that_say_most_are_given_in_order_and_in_place() {
        let found = summary("Le barrage de Tamezra se vide", TEXT, "fr");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].text.starts_with("Le barrage de Tamezra") && found[1].text.contains("vallée"),
            "{found:?}"
        );
        for sentence in &found {
            let (start, end) = (sentence.place.start as usize, sentence.place.end as usize);
            assert_eq!(TEXT.chars().skip(start).take(end - start).collect::<String>(), sentence.text);
        }
        assert_eq!((found[0].place.block, found[1].place.block), (0, 1));
    }

    #[test]
    fn a_brief_is_its_own_summary() {
        for text in ["", "Une phrase.", "Une phrase ici. Une autre là. Et la dernière."] {
            assert!(summary("Titre", text, "fr").is_empty(), "{text}");
        }
    }

    #[test]
    fn arabic_texts_are_summed_up_too() {
        let text = "أعلنت وكالة الحوض المائي أن سد تامزرا لم يعد يتوفر سوى على مخزون ثلاثة أشهر من الماء. \
            وتراجعت التساقطات منذ سنتين في مختلف مناطق الوادي حسب المعطيات الرسمية المنشورة. \
            ماذا بعد؟ ويجتمع المجلس الجماعي يوم الاثنين لتوزيع ماء السد على القرى والضيعات الفلاحية المجاورة.";
        let found = summary("سد تامزرا يكاد يفرغ", text, "ar");
        assert_eq!(found.len(), 2);
        assert!(found.iter().any(|s| s.text.contains("سد تامزرا")), "{found:?}");
    }
}

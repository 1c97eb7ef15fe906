//! Wire copies made from real texts, as newspapers make them: cut, re-headed, extended, reordered, merged, edited.
//!
//! Each text of a corpus is an original; variants of it are copies, whatever was done to them. Neighbouring
//! texts, put under one dateline and one closing paragraph of their outlet, are not. Nothing is random: what is
//! done to a text follows from its place in the corpus.

use jiff::ToSpan;
use kiosque_group::Item;
use kiosque_model::{PageId, SourceId};

use crate::measure::Pair;

/// Words below which a text is too short to be cut or merged.
const LEAST_WORDS: usize = 60;
/// What an outlet prints at the head of its articles.
const DATELINE: &str = "TANBESSA – De notre correspondant dans la région, avec les agences de presse :";
/// A paragraph that an outlet prints below all its articles.
const CLOSING: &str = "Retrouvez toute l'actualité de la région dans notre édition imprimée, chaque matin en kiosque. \
    Pour recevoir nos alertes, abonnez-vous gratuitement à la lettre de la rédaction.";

/// What was done to a text.
pub(crate) const KINDS: [&str; 7] =
    ["cut", "headless", "reheaded", "extended", "reordered", "merged", "edited"];

/// The items in order of time and the labelled pairs, each with what was done: one of [`KINDS`], or `neighbour`.
pub(crate) fn wire(texts: &[Item]) -> (Vec<Item>, Vec<(Pair, &'static str)>) {
    let long: Vec<&Item> =
        texts.iter().filter(|t| t.text.split_whitespace().count() >= LEAST_WORDS).collect();
    let mut items = Vec::new();
    let mut pairs = Vec::new();
    for (n, original) in long.iter().enumerate() {
        let kind = KINDS[n % KINDS.len()];
        let others = [long[(n + long.len() / 3) % long.len()], long[(n + long.len() / 2) % long.len()]];
        let mut first = (*original).clone();
        first.source = SourceId(format!("premier-{}", n % 5));
        // Of every four texts the first two are neighbours in one frame, which makes them no copies.
        if n % 4 < 2 {
            first.text = format!("{DATELINE} {}\n{CLOSING}", first.text);
        }
        let mut second = first.clone();
        second.id = PageId(format!("{}+{kind}", original.id));
        second.source = SourceId(format!("second-{}", n % 7));
        second.at = first.at + 1.hour();
        second.title = others[1].title.clone();
        second.text = altered(&original.text, kind, others);
        let next = long[(n + 1) % long.len()];
        let pair = |b: &PageId, copy: bool| Pair { a: original.id.clone(), b: b.clone(), copy };
        pairs.push((pair(&second.id, true), kind));
        if next.id != original.id {
            pairs.push((pair(&next.id, false), "neighbour"));
        }
        items.push(first);
        items.push(second);
    }
    items.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    (items, pairs)
}

fn altered(text: &str, kind: &str, others: [&Item; 2]) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let part = |from: usize, to: usize| words[words.len() * from / 10..words.len() * to / 10].join(" ");
    let other: Vec<&str> = others[0].text.split_whitespace().collect();
    let foreign = |share: usize| other[..other.len().min(words.len() * share / 10)].join(" ");
    match kind {
        "cut" => part(0, 5),
        "headless" => part(3, 10),
        "reheaded" => format!("TANBESSA (AGN) – {text} (AGN)"),
        "extended" => format!("{} {} {}", part(0, 4), foreign(4), part(4, 10)),
        "reordered" => format!("{} {} {}", part(6, 10), part(0, 3), part(3, 6)),
        "merged" => format!("{} {}", part(0, 7), foreign(5)),
        _ => {
            let edited = words.iter().enumerate().map(|(n, word)| if n % 11 == 10 { "ainsi" } else { word });
            edited.collect::<Vec<_>>().join(" ")
        }
    }
}

//! Which side of a parted story an article that came in later belongs to.
//!
//! Grouping goes on to hold the parted story for one, and so puts the follow-ups of both sides in it. Invariant: what
//! the editor had seen stays where the editor put it; what came later goes to the side it is most like, and stays with
//! the story that was parted where nothing tells.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kiosque_model::ArticleId;
use kiosque_store::WindowArticle;

/// The shortest word that tells; figures tell however short.
const SHORTEST: usize = 4;

/// The articles of a parted story that came in after `parted_at` and belong with those that `left`. `members` are all of
/// the story in the order they arrived.
pub(crate) fn followers(
    members: &[WindowArticle],
    left: &BTreeSet<&ArticleId>,
    parted_at: Timestamp,
) -> Vec<ArticleId> {
    let words: Vec<BTreeSet<String>> = members.iter().map(words_of).collect();
    let mut holding: BTreeMap<&str, usize> = BTreeMap::new();
    for word in words.iter().flatten() {
        *holding.entry(word).or_default() += 1;
    }
    let all = members.len() as f64;
    let weight = |word: &str| ((1.0 + all) / holding.get(word).map_or(1.0, |n| *n as f64)).ln().powi(2);
    let mut gone: BTreeMap<&ArticleId, bool> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        let copies = member.copy_of.as_ref();
        let chosen = left.contains(&member.id) || copies.is_some_and(|of| left.contains(of));
        // A copy goes with the text it stands in, which need not be the first of the copies: that may tell of both sides.
        let source = copies.and_then(|of| nearest(member).and_then(|id| gone.get(&id)).or(gone.get(of)));
        let goes = if chosen || member.met <= parted_at {
            chosen
        } else if let Some(side) = source {
            *side
        } else {
            let likest = |side: bool| {
                let of_side = (0..members.len()).filter(|n| gone.get(&members[*n].id) == Some(&side));
                of_side.map(|n| likeness(&words[at], &words[n], &weight)).fold(0.0, f64::max)
            };
            let (there, here) = (likest(true), likest(false));
            // Two scripts share no words: then the article that grouping found it like tells.
            if there == here {
                nearest(member).is_some_and(|id| gone.get(&id) == Some(&true))
            } else {
                there > here
            }
        };
        gone.insert(&member.id, goes);
    }
    let late = members.iter().filter(|member| gone[&member.id] && !left.contains(&member.id));
    late.map(|member| member.id.clone()).collect()
}

/// The cosine of two texts as sets of weighted words.
fn likeness(one: &BTreeSet<String>, other: &BTreeSet<String>, weight: &impl Fn(&str) -> f64) -> f64 {
    let sum = |words: &mut dyn Iterator<Item = &String>| words.map(|word| weight(word)).sum::<f64>();
    let shared = sum(&mut one.intersection(other));
    if shared > 0.0 { shared / (sum(&mut one.iter()) * sum(&mut other.iter())).sqrt() } else { 0.0 }
}

fn words_of(article: &WindowArticle) -> BTreeSet<String> {
    let title = article.title.as_deref().unwrap_or_default();
    let words = title.split(|c: char| !c.is_alphanumeric());
    words
        .chain(article.text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= SHORTEST || word.starts_with(char::is_numeric))
        .map(str::to_lowercase)
        .collect()
}

/// The article that grouping names as the one most like it.
fn nearest(article: &WindowArticle) -> Option<ArticleId> {
    let named = article.because.as_deref()?.split('`').nth(1)?;
    Some(kiosque_model::PageId(named.to_owned()))
}

#[cfg(test)]
mod tests {
    use kiosque_model::{PageId, SourceId};

    use super::*;

    fn article(id: &str, hour: i64, title: &str, because: &str) -> WindowArticle {
        let at = Timestamp::from_second(hour * 3_600).unwrap();
        WindowArticle {
            id: PageId(id.to_owned()),
            title: Some(title.to_owned()),
            text: String::new(),
            language: None,
            at,
            source: SourceId("phare".to_owned()),
            copy_of: None,
            story: None,
            because: Some(because.to_owned()),
            met: at,
            bare_day: false,
        }
    }

    fn went(members: &[WindowArticle]) -> Vec<String> {
        let port = PageId("port".to_owned());
        let parted_at = Timestamp::from_second(3 * 3_600).unwrap();
        followers(members, &BTreeSet::from([&port]), parted_at).into_iter().map(|id| id.0).collect()
    }

    fn parted() -> Vec<WindowArticle> {
        vec![
            article("pont", 1, "Séisme : le pont de Tarmil fermé", ""),
            article("port", 2, "Séisme : le port de Cap-Rosier ravagé par la vague", ""),
            article("seen", 3, "Séisme : la vague vue du port de Cap-Rosier", ""),
        ]
    }

    #[test]
    fn what_comes_later_goes_to_the_side_it_is_most_like() {
        let mut members = parted();
        members.push(article("a", 4, "Cap-Rosier : le port ravagé compte ses bateaux", ""));
        members.push(article("b", 5, "Tarmil : le pont rouvre", ""));
        members.push(article("c", 6, "Les bateaux comptés un par un", ""));
        assert_eq!(went(&members), ["a", "c"]);
        members[3].copy_of = Some(PageId("b".to_owned()));
        members.swap(3, 4);
        assert!(went(&members).is_empty());
    }

    #[test]
    fn across_scripts_what_grouping_found_tells() {
        let mut members = parted();
        members.push(article(
            "a",
            4,
            "الميناء يحصي قواربه",
            "same event as `port`, 1.20 times the threshold",
        ));
        members.push(article("b", 5, "الجسر يفتح غدا", "same event as `pont`, 1.10 times the threshold"));
        members.push(article("c", 6, "خبر آخر تماما", "nothing like it in the window"));
        assert_eq!(went(&members), ["a"]);
    }
}

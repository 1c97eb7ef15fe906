//! The lead picture: its address as declared, its caption and credit as printed under it or declared.
//!
//! A caption is the first one between the headline and the text's first lines; who made the picture is told apart
//! from what it shows by an element of its own, a sign (`©`, `Crédit`) or an agency's name at the end.

use kiosque_model::Image;
use url::Url;

use super::Evidence;
use super::subject::plain;
use crate::dom::Tag;
use crate::role::Roles;
use crate::text::{fold, squeeze};

/// Nodes before the headline and after the text's first line where the lead picture stands.
const BEFORE: usize = 60;
const INTO_TEXT: usize = 60;
const MAX_CAPTION_CHARS: usize = 600;

/// Signs after which the rest of a caption is its credit.
const SIGNS: [&str; 16] = [
    "©",
    "(c) ",
    "Crédit photo",
    "Crédits photo",
    "Crédits",
    "Crédit",
    "Photo :",
    "Photo:",
    "Photo by",
    "Credit:",
    "Photograph:",
    "Foto:",
    "Bild:",
    "Image:",
    "عدسة",
    "تصوير",
];
/// Agencies of pictures (folded): a last part that names one is a credit.
const AGENCIES: [&str; 26] = [
    "afp",
    "reuters",
    "ap",
    "sipa",
    "epa",
    "efe",
    "map",
    "getty",
    "getty images",
    "gettyimages",
    "istock",
    "abaca",
    "maxppp",
    "shutterstock",
    "adobe stock",
    "adobestock",
    "unsplash",
    "pexels",
    "pixabay",
    "picture alliance",
    "imago",
    "dpa",
    "anadolu",
    "xinhua",
    "bestimage",
    "ا ف ب",
];

/// Reads the lead picture.
pub(crate) fn lead(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Option<(Image, String)> {
    let og = evidence.head.meta_of(&[
        "og:image",
        "og:image:url",
        "og:image:secure_url",
        "twitter:image",
        "twitter:image:src",
    ]);
    let (url, from) = og
        .map(|(a, f)| (a, if f.starts_with("og") { "og" } else { "meta:twitter:image" }))
        .and_then(|(address, from)| Some((picture(evidence, &address)?, from)))
        .or_else(|| Some((picture(evidence, evidence.declared.image.as_ref()?)?, "json-ld")))
        .or_else(|| Some((shown(evidence, headline, body)?, "figure")))?;
    let (printed, mut credit) = printed(evidence, headline, body).unwrap_or_default();
    let says = |caption: &String| says_something(evidence, caption);
    let mut caption = Some(printed).filter(says);
    if caption.is_none() {
        let declared = evidence.declared.caption.as_deref().map(|text| apart(&squeeze(&plain(text))));
        let (text, by) = declared.unwrap_or_default();
        caption = Some(text).filter(says);
        credit = credit.or(by);
    }
    credit = credit
        .or_else(|| evidence.declared.credit.clone())
        .filter(|c| (2..100).contains(&fold(c).chars().count()) && caption.as_ref() != Some(c));
    Some((Image { url: url.to_string(), caption, credit }, from.to_owned()))
}

/// The absolute address of a picture; none of a logo, a blank or an avatar, which shows nothing of the article.
fn picture(evidence: &Evidence<'_, '_>, address: &str) -> Option<Url> {
    const NOT: &str = "logo logos favicon icon icons avatar gravatar placeholder blank spacer pixel sprite emoji loader \
        icone button btn";
    let url = evidence.base.join(address.trim()).ok().filter(|u| matches!(u.scheme(), "http" | "https"))?;
    let file = url.path().rsplit('/').find(|part| !part.is_empty())?.to_ascii_lowercase();
    // A file named by a sentence shows what the sentence says, be it a logo.
    const MAX_WORDS: usize = 6;
    let words: Vec<&str> =
        file.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let is_named = |not: &str| words.contains(&not);
    let is_mark = words.len() <= MAX_WORDS && NOT.split_ascii_whitespace().any(is_named);
    (!is_mark && !file.ends_with(".svg")).then_some(url)
}

/// The first picture of some size from the headline to the text's end, where nothing is declared.
fn shown(evidence: &Evidence<'_, '_>, headline: Option<usize>, body: Option<(usize, usize)>) -> Option<Url> {
    /// Declared widths below this are those of icons and portraits.
    const MIN_WIDTH: u32 = 200;
    let (first, last) = body?;
    let anchor = headline.unwrap_or(first);
    let own = |&i: &usize| {
        let node = &evidence.dom.nodes[i];
        let width = node.attr("width").and_then(|width| width.trim_end_matches("px").parse::<u32>().ok());
        node.tag == Tag::Img
            && width.is_none_or(|width| width >= MIN_WIDTH)
            && !evidence.is_foreign(i, anchor)
            && !evidence.above[i].has(Roles(Roles::EDGE.0 | Roles::BYLINE.0))
    };
    // A page that loads its pictures late keeps their addresses elsewhere.
    let address = |i: usize| {
        let node = &evidence.dom.nodes[i];
        let names = ["data-src", "data-original", "data-lazy-src", "src"];
        names.iter().find_map(|name| node.attr(name).filter(|src| !src.trim().is_empty()))
    };
    let pictures = (anchor.min(first)..last.min(evidence.dom.nodes.len())).filter(own);
    pictures.filter_map(|i| picture(evidence, address(i)?)).next()
}

/// A caption that repeats the title or the outlet's name tells nothing of the picture.
fn says_something(evidence: &Evidence<'_, '_>, caption: &str) -> bool {
    let folded = fold(caption);
    let title = evidence.head.title.as_deref().map(fold).unwrap_or_default();
    let is_name = evidence.outlets.contains(&folded);
    folded.chars().count() > 2 && !is_name && !(folded.len() > 12 && title.contains(&folded))
}

/// The caption and credit printed under the lead picture.
fn printed(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    body: Option<(usize, usize)>,
) -> Option<(String, Option<String>)> {
    let (first, _) = body?;
    let anchor = headline.unwrap_or(first);
    let zone = anchor.min(first).saturating_sub(BEFORE)..first + INTO_TEXT;
    let at = zone.clone().filter(|&i| i < evidence.dom.nodes.len()).find(|&i| {
        evidence.roles[i].has(Roles::CAPTION)
            && !evidence.is_foreign(i, anchor)
            && !evidence.dom.is_within(anchor, i)
    })?;
    let node = &evidence.dom.nodes[at];
    let text = evidence.dom.text(at);
    if text.chars().count() > MAX_CAPTION_CHARS {
        return None;
    }
    let is_credit = |i: &usize| {
        let class = evidence.dom.nodes[*i].class.to_ascii_lowercase();
        ["credit", "copyright", "source", "photographer", "agency"].iter().any(|name| class.contains(name))
    };
    let own = (at..node.end).find(is_credit).map(|i| evidence.dom.text(i)).filter(|t| !t.is_empty());
    let beside = || {
        (node.end..(node.end + 4).min(evidence.dom.nodes.len())).find(is_credit).map(|i| evidence.dom.text(i))
    };
    // An element so named may hold the caption too.
    if let Some(credit) = own.filter(|credit| credit.chars().count() * 2 < text.chars().count().max(60)) {
        let caption = text.replacen(&credit, " ", 1);
        return Some((squeeze(&caption), Some(clean(&credit)).filter(|c| !c.is_empty())));
    }
    let (caption, credit) = apart(&text);
    Some((caption, credit.or_else(|| beside().map(|c| clean(&c)).filter(|c| !c.is_empty()))))
}

/// Tells what a caption shows from who made the picture.
fn apart(text: &str) -> (String, Option<String>) {
    let sign = SIGNS.iter().filter_map(|sign| text.find(sign)).min();
    if let Some(at) = sign {
        let credit = clean(&text[at..]);
        return (trimmed(&text[..at]), Some(credit).filter(|c| !c.is_empty()));
    }
    // `Un bateau à quai. [Rim Alami / AFP]`, `Un bateau à quai - AFP`, `قارب (جيتي)`
    for separator in ['(', '[', '|', '–', '-', '.', '/'] {
        let Some((head, tail)) = text.trim_end_matches([' ', '.']).rsplit_once(separator) else { continue };
        let folded = fold(tail);
        let words: Vec<&str> = folded.split(' ').collect();
        let named = AGENCIES.contains(&folded.as_str())
            || words.last().is_some_and(|last| AGENCIES.contains(last))
            || words.first().is_some_and(|first| AGENCIES.contains(first));
        if named && words.len() <= 6 {
            return (trimmed(head), Some(clean(tail)));
        }
    }
    (trimmed(text), None)
}

fn trimmed(text: &str) -> String {
    text.trim().trim_end_matches(['(', '[', '|', '-', '–', '/', ' ']).trim().to_owned()
}

/// A credit without its sign: `© Rim Alami / AFP` is `Rim Alami / AFP`.
fn clean(credit: &str) -> String {
    let mut rest = credit.trim();
    for _ in 0..2 {
        let sign = SIGNS.iter().filter(|sign| rest.starts_with(*sign)).max_by_key(|sign| sign.len());
        let Some(sign) = sign else { break };
        rest = rest[sign.len()..].trim_start_matches([' ', ':', '\u{A0}']);
    }
    let edge = ['(', '[', ']', ' ', ':', '\u{A0}', '-'];
    let rest = rest.trim_matches(edge);
    if rest.contains('(') { rest.to_owned() } else { rest.trim_end_matches(')').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_and_credits() {
        let check = |text: &str, caption: &str, credit: Option<&str>| {
            assert_eq!(apart(text), (caption.to_owned(), credit.map(str::to_owned)), "{text}");
        };
        check("Un bateau à quai. © Rim Alami / AFP", "Un bateau à quai.", Some("Rim Alami / AFP"));
        check("Un bateau à quai. [Rim Alami / AFP]", "Un bateau à quai.", Some("Rim Alami / AFP"));
        check("Un bateau à quai - Reuters", "Un bateau à quai", Some("Reuters"));
        check("Un bateau à quai (Crédit : Rim Alami)", "Un bateau à quai", Some("Rim Alami"));
        check("قارب في الميناء (ا ف ب)", "قارب في الميناء", Some("ا ف ب"));
        check("Un bateau à quai", "Un bateau à quai", None);
        check("© Rim Alami", "", Some("Rim Alami"));
    }
}

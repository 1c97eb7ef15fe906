//! What an article is about and how it is offered: keywords, language, picture, access, rights.

use kiosque_model::{CanonicalUrl, Language};
use scraper::Html;
use url::Url;

use super::Evidence;
use crate::block::Block;
use crate::dom::Tag;
use crate::role::Roles;
use crate::text::{fold, squeeze};

const MAX_KEYWORDS: usize = 30;
/// Shortest text a language is read from, and how much of a longer one, at first and where the page declares another.
const MIN_CHARS: usize = 60;
const SAMPLE_CHARS: usize = 400;
const LONG_SAMPLE_CHARS: usize = 1000;

/// The publisher's keywords: declared, or the links of a line of tags.
pub(crate) fn keywords(evidence: &Evidence<'_, '_>, line: Option<&str>) -> (Vec<String>, String) {
    let split = |text: &str| -> Vec<String> { text.split([',', ';', '،']).map(squeeze).collect() };
    let tags: Vec<String> = evidence.head.all("article:tag").iter().flat_map(|t| split(t)).collect();
    let news = evidence
        .head
        .meta_of(&["news_keywords", "parsely-tags", "sailthru.tags"])
        .map(|(t, _)| split(&t))
        .unwrap_or_default();
    let plain = evidence.head.meta_of(&["keywords"]).map(|(t, _)| split(&t)).unwrap_or_default();
    let candidates = [
        (line.map(split).unwrap_or_default(), "text"),
        (evidence.declared.keywords.clone(), "json-ld"),
        (tags, "meta:article:tag"),
        (news, "meta:news_keywords"),
        (visible_tags(evidence), "tags"),
        (plain, "meta:keywords"),
    ];
    let title = evidence.head.title.as_deref().map(fold).unwrap_or_default();
    for (list, from) in candidates {
        if !matches!(from, "text" | "tags") && is_title_in_words(&list, &title) {
            continue;
        }
        let mut out: Vec<String> = Vec::new();
        for word in list {
            let chars = word.chars().count();
            let is_cut = word.ends_with("..") || word.ends_with('…');
            let is_word = word.chars().any(char::is_alphabetic);
            if (2..=60).contains(&chars)
                && is_word
                && !is_cut
                && !out.contains(&word)
                && out.len() < MAX_KEYWORDS
            {
                out.push(word);
            }
        }
        if !out.is_empty() {
            return (out, from.to_owned());
        }
    }
    (Vec::new(), String::new())
}

fn visible_tags(evidence: &Evidence<'_, '_>) -> Vec<String> {
    let mut out = Vec::new();
    for (i, node) in evidence.dom.nodes.iter().enumerate() {
        let is_tag = node.tag == Tag::A
            && node.attr("rel").is_some_and(|r| r.split_ascii_whitespace().any(|r| r == "tag"));
        let in_line = node.tag == Tag::A && evidence.above[i].has(Roles::TAGS);
        if (is_tag || in_line)
            && !evidence.above[i].has(Roles(Roles::RELATED.0 | Roles::COMMENTS.0))
            && out.len() < 12
        {
            out.push(evidence.dom.text(i).trim_start_matches('#').to_owned());
        }
    }
    out
}

/// The body's language: declared, unless the text clearly is in another one.
pub(crate) fn language(evidence: &Evidence<'_, '_>, text: &str) -> Option<(Language, String)> {
    let header = evidence.page.headers.get("content-language").map(String::as_str);
    let og = evidence.head.meta_of(&["og:locale"]).map(|(t, _)| t);
    let stated = [
        (evidence.head.lang.map(str::to_owned), "html lang"),
        (evidence.declared.language.clone(), "json-ld"),
        (og, "og:locale"),
        (header.map(str::to_owned), "content-language"),
    ];
    let stated = stated.into_iter().find_map(|(tag, from)| Some((Language::from_tag(&tag?)?, from)));
    let sample = |chars: usize| text.char_indices().nth(chars).map_or(text, |(at, _)| &text[..at]);
    let is_long = text.chars().nth(MIN_CHARS - 1).is_some();
    let mut read = if is_long { read_language(sample(SAMPLE_CHARS)) } else { None };
    // What is declared is gainsaid on more of the text only.
    if stated.as_ref().is_some_and(|(said, _)| read.as_ref() != Some(said)) && read.is_some() {
        read = read_language(sample(LONG_SAMPLE_CHARS));
    }
    match (stated, read) {
        (Some((said, from)), Some(read)) if said == read || !is_read(&said) => Some((said, from.to_owned())),
        (_, Some(read)) => Some((read, "text".to_owned())),
        (Some((said, from)), None) => Some((said, from.to_owned())),
        (None, None) => None,
    }
}

fn read_language(text: &str) -> Option<Language> {
    use whichlang::Lang;
    let code = match whichlang::detect_language(text) {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    };
    Language::from_tag(code)
}

/// Whether the language reader knows a language: its word against a declaration counts only then.
fn is_read(language: &Language) -> bool {
    const KNOWN: [&str; 16] =
        ["ar", "zh", "de", "en", "fr", "hi", "it", "ja", "ko", "nl", "pt", "ru", "es", "sv", "tr", "vi"];
    KNOWN.contains(&language.code())
}

/// The address the page gives itself, where it is credible: same site, and not the home page.
pub(crate) fn canonical(evidence: &Evidence<'_, '_>) -> Option<(CanonicalUrl, &'static str)> {
    let own = &evidence.page.canonical;
    let stated = [
        (evidence.head.link("canonical").map(str::to_owned), "rel=canonical"),
        (evidence.head.meta_of(&["og:url"]).map(|(u, _)| u), "og:url"),
    ];
    stated.into_iter().find_map(|(href, from)| {
        let url = CanonicalUrl::join(evidence.base, &href?).ok()?;
        let is_home = Url::parse(url.as_str()).is_ok_and(|u| u.path() == "/" && u.query().is_none());
        (url.domain() == own.domain() && (!is_home || evidence.url.path() == "/")).then_some((url, from))
    })
}

/// What the page says about access: its declaration, a content tier, or a wall's words.
pub(crate) fn paywalled(evidence: &Evidence<'_, '_>) -> Option<String> {
    if evidence.declared.free == Some(false) {
        return Some("json-ld".to_owned());
    }
    let tier = evidence.head.meta_of(&[
        "article:content_tier",
        "content_tier",
        "cxenseparse:access",
        "article:access",
    ]);
    if tier.is_some_and(|(t, _)| {
        matches!(t.to_ascii_lowercase().as_str(), "locked" | "metered" | "premium" | "paid" | "subscriber")
    }) {
        return Some("meta:content_tier".to_owned());
    }
    const MARKS: [&str; 16] = [
        "reserve aux abonnes",
        "reserve a nos abonnes",
        "article abonne",
        "il vous reste",
        "la suite est reservee",
        "pour lire la suite",
        "contenu reserve",
        "subscribe to continue",
        "subscribe to read",
        "this article is for subscribers",
        "already a subscriber",
        "للمشتركين فقط",
        "هذا المحتوى للمشتركين",
        "exclusivo para suscriptores",
        "contenido exclusivo para",
        "weiterlesen mit",
    ];
    let hit = evidence
        .blocks
        .list
        .iter()
        .filter(|b| {
            b.chars < 160
                && !evidence.above[b.owner]
                    .has(Roles(Roles::NAV.0 | Roles::RELATED.0 | Roles::EDGE.0 | Roles::HIDDEN.0))
        })
        .any(|b| {
            let folded = b.folded();
            MARKS.iter().any(|m| folded.contains(m))
                && (!folded.starts_with("il vous reste") || folded.contains("article"))
        });
    hit.then(|| "text".to_owned())
}

/// Whether the page marks itself as opinion, and where it does.
pub(crate) fn opinion(
    evidence: &Evidence<'_, '_>,
    section: Option<&str>,
    kicker: Option<&str>,
) -> Option<&'static str> {
    const OPINION: [&str; 22] = [
        "opinion",
        "opinions",
        "tribune",
        "tribunes",
        "editorial",
        "edito",
        "editos",
        "chronique",
        "chroniques",
        "point de vue",
        "points de vue",
        "billet",
        "debats",
        "idees",
        "راي",
        "اراء",
        "مقالات",
        "كتاب واراء",
        "مقالات الراي",
        "opinion pieces",
        "kommentar",
        "meinung",
    ];
    const ADDRESSES: [&str; 6] = ["opinion", "opinions", "tribune", "tribunes", "editorial", "edito"];
    if evidence.declared.types.iter().any(|t| t.starts_with("Opinion")) {
        Some("json-ld")
    } else if section.is_some_and(|s| OPINION.contains(&fold(s).as_str())) {
        Some("section")
    } else if kicker.is_some_and(|k| OPINION.contains(&fold(k).as_str())) {
        Some("kicker")
    } else {
        let mut segments = evidence.url.path_segments()?;
        segments.any(|p| ADDRESSES.contains(&p)).then_some("address")
    }
}

/// Whether the page marks itself as paid content, and where it does.
pub(crate) fn sponsored(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    section: Option<&str>,
) -> Option<&'static str> {
    const MARKS: [&str; 13] = [
        "contenu partenaire",
        "contenu sponsorise",
        "article sponsorise",
        "publi redactionnel",
        "publireportage",
        "publi reportage",
        "sponsored content",
        "paid content",
        "partner content",
        "contenu de marque",
        "محتوى برعاية",
        "contenido patrocinado",
        "publirreportage",
    ];
    if evidence.declared.types.iter().any(|t| t == "AdvertiserContentArticle") {
        return Some("json-ld");
    }
    if section.is_some_and(|s| MARKS.contains(&fold(s).as_str())) {
        return Some("section");
    }
    let headline = headline?;
    // A link of these words is an entry of the menu, unless it stands right at the headline.
    let reach = |b: &Block| if b.link_density() > 0.9 { 16 } else { 80 };
    let near = |b: &&Block| b.from.abs_diff(headline) < reach(b) && !evidence.above[b.from].has(Roles::NAV);
    let mut labels = evidence.blocks.list.iter().filter(|b| b.chars < 60).filter(near);
    labels.any(|b| MARKS.contains(&b.folded())).then_some("label")
}

/// Whether keywords are only the title's words one by one, as some systems write them.
fn is_title_in_words(keywords: &[String], title: &str) -> bool {
    let words: Vec<&str> = title.split(' ').collect();
    let of_title = |word: &&String| fold(word).split(' ').all(|part| words.contains(&part));
    let single = keywords.iter().filter(|word| !word.contains(' ') && of_title(word)).count();
    single >= 4 && 10 * single >= 8 * keywords.len()
}

/// Text and data mining reserved by the page, its response or its host (TDMRep).
pub(crate) fn tdm_reserved(evidence: &Evidence<'_, '_>) -> Option<(bool, &'static str)> {
    let read = |value: &str| match value.trim() {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    };
    let stated = evidence.head.meta_of(&["tdm-reservation"]).and_then(|(v, _)| read(&v));
    let header = || evidence.page.headers.get("tdm-reservation").and_then(|v| read(v));
    stated
        .map(|r| (r, "meta:tdm-reservation"))
        .or_else(|| header().map(|r| (r, "header tdm-reservation")))
        .or_else(|| evidence.page.record.tdm_reserved.map(|r| (r, "tdmrep.json")))
}

/// The licence the page links or declares: in its head, in JSON-LD, or by a link of its text.
pub(crate) fn licence(evidence: &Evidence<'_, '_>) -> Option<(String, &'static str)> {
    let linked = evidence.head.link("license").map(|l| (l.to_owned(), "rel=license"));
    let declared = || evidence.declared.licence.clone().map(|l| (l, "json-ld"));
    let is_licence = |rel: &str| rel.split_ascii_whitespace().any(|r| matches!(r, "license" | "licence"));
    let visible = || {
        let foreign = Roles(Roles::COMMENTS.0 | Roles::RELATED.0);
        let nodes = evidence.dom.nodes.iter().enumerate();
        let mut links = nodes.filter(|(i, node)| {
            node.tag == Tag::A && node.attr("rel").is_some_and(is_licence) && !evidence.above[*i].has(foreign)
        });
        let href = links.find_map(|(_, node)| node.attr("href"))?;
        Some((evidence.base.join(href.trim()).ok()?.to_string(), "rel=license"))
    };
    linked.or_else(declared).or_else(visible).or_else(|| Some((told(evidence)?, "text")))
}

/// The one Creative Commons licence that a line of the page says to be the text's: `Ce texte est publié sous licence
/// CC BY`. One beside a picture is the picture's.
fn told(evidence: &Evidence<'_, '_>) -> Option<String> {
    const SAYS: [&str; 6] = ["licence", "license", "licencia", "lizenz", "رخصه", "ترخيص"];
    const OF_PICTURES: [&str; 8] =
        ["photo", "image", "picture", "foto", "imagen", "bild", "illustration", "صوره"];
    let foreign = Roles(Roles::COMMENTS.0 | Roles::RELATED.0 | Roles::CAPTION.0);
    let mut found: Vec<&str> = Vec::new();
    for (i, node) in evidence.dom.nodes.iter().enumerate().filter(|(_, node)| node.tag == Tag::A) {
        let Some(href) = node.attr("href").filter(|h| h.contains("creativecommons.org/licenses/")) else {
            continue;
        };
        let line = fold(&evidence.dom.text_start(evidence.dom.nodes[i].block, 400));
        let says = |words: &[&str]| words.iter().any(|word| line.contains(word));
        if says(&SAYS) && !says(&OF_PICTURES) && !evidence.above[i].has(foreign) && !found.contains(&href) {
            found.push(href);
        }
    }
    match found[..] {
        [only] => Some(evidence.base.join(only.trim()).ok()?.to_string()),
        _ => None,
    }
}

/// The text of a fragment of HTML, for `articleBody` values that hold markup.
pub(crate) fn plain(text: &str) -> String {
    if text.contains("</") || text.contains("<p") || text.contains("<br") {
        let html = Html::parse_fragment(&text.replace("</p>", "</p>\n").replace("<br", "\n<br"));
        return html.root_element().text().collect();
    }
    text.to_owned()
}

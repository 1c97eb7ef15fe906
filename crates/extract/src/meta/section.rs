//! The outlet's section: declared, on the breadcrumb, linked beside the headline, or what address, class or menu say.
//!
//! Evidence is taken in the order of its reliability. A section is a short label, never the home page, the
//! outlet's name or the headline.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Evidence;
use super::title::Title;
use crate::dom::Tag;
use crate::role::Roles;
use crate::text::{fold, squeeze};

const MAX_WORDS: usize = 5;
const MAX_CHARS: usize = 50;
/// How many nodes before and after the headline a label may stand.
const BEFORE: usize = 80;
const AFTER: usize = 25;

/// What leads home and what says nothing, folded.
const HOME: &str = "accueil | home | homepage | الرييسية | الصفحة الرييسية | inicio | portada | startseite | home page | \
    a la une | page d accueil | news | article | articles | uncategorized | non classe | غير مصنف | menu | \
    francais | english | العربية | عربي | espanol | deutsch | اخبار | الاخبار";

static HOMES: LazyLock<HashSet<&str>> = LazyLock::new(|| HOME.split('|').map(str::trim).collect());

/// Parts of addresses of section pages.
const SECTION_PATHS: [&str; 14] = [
    "rubrique",
    "rubriques",
    "category",
    "categorie",
    "categories",
    "section",
    "sections",
    "cat",
    "news-category",
    "thematique",
    "channel",
    "ressort",
    "seccion",
    "تصنيف",
];
/// Parts of addresses of pages that list by something else.
const OTHER_PATHS: [&str; 13] = [
    "tag",
    "tags",
    "etiquette",
    "author",
    "authors",
    "auteur",
    "auteurs",
    "topic",
    "search",
    "user",
    "profile",
    "autor",
    "writer",
];

/// A short link of the same site.
struct Link<'a> {
    node: usize,
    path: &'a str,
    text: String,
}

/// Chooses the section; where it came from.
pub(crate) fn choose(evidence: &Evidence<'_, '_>, title: &Title) -> Option<(String, String)> {
    let headline = title.text.as_deref().map(fold).unwrap_or_default();
    let fits = |name: &str| is_section(name, &headline, evidence.outlets);
    let named = |name: String, from: &str| (name, from.to_owned());
    let innermost = |list: String| {
        let mut parts = list.rsplit([',', '،']).map(|part| squeeze(part.trim().trim_matches('/')));
        parts.find(|part| fits(part)).filter(|_| list.len() < 200)
    };
    let meta = || {
        let names = ["article:section", "section", "parsely-section", "category", "cxenseparse:section"];
        let (text, from) = evidence.head.meta_of(&names)?;
        Some((innermost(text)?, format!("meta:{from}")))
    };
    let crumb = || evidence.declared.crumbs.iter().rev().find(|c| fits(c)).cloned();
    let stated =
        declared(evidence, title.node).and_then(innermost).map(|s| named(s, "json-ld")).or_else(meta);
    // A slug is not how the outlet calls it, where it says so elsewhere.
    let is_slug = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '_');
    let (slug, stated): (Option<_>, Option<_>) = match stated {
        Some((name, from)) if is_slug(&name) => (Some((name, from)), None),
        stated => (None, stated),
    };
    stated
        .or_else(|| crumb().map(|c| named(c, "json-ld breadcrumb")))
        .or_else(|| marked_crumb(evidence, &fits).map(|c| named(c, "breadcrumb")))
        .or_else(|| written_crumb(evidence, title.node, &fits).map(|c| named(c, "breadcrumb")))
        .or(slug)
        .or_else(|| by_links(evidence, title.node, &fits).map(|(s, from)| named(s, from)))
        .or_else(|| in_title(evidence, &headline, &fits).map(|s| named(s, "title")))
        .or_else(|| {
            let hint = evidence.page.hint.categories.iter().find(|c| fits(c))?;
            Some(named(squeeze(hint), "feed"))
        })
}

/// Of the sections declared the first that is printed beside the headline, else the first.
fn declared(evidence: &Evidence<'_, '_>, headline: Option<usize>) -> Option<String> {
    let all = &evidence.declared.sections;
    let near = headline.map_or(0..0, |h| h.saturating_sub(BEFORE)..h + AFTER);
    let labels: Vec<&str> = match all.len() {
        0 | 1 => Vec::new(),
        _ => {
            let blocks =
                evidence.blocks.list.iter().filter(|b| near.contains(&b.from) && b.chars <= 2 * MAX_CHARS);
            blocks.map(crate::block::Block::folded).collect()
        }
    };
    let is_printed = |name: &&String| labels.contains(&fold(name).as_str());
    all.iter().find(is_printed).or(all.first()).cloned()
}

fn is_section(name: &str, headline: &str, outlets: &[String]) -> bool {
    let folded = fold(name);
    let words = folded.split(' ').count();
    folded.chars().any(char::is_alphabetic)
        && folded.chars().filter(char::is_ascii_digit).count() < 4
        && words <= MAX_WORDS
        && name.chars().count() <= MAX_CHARS
        && folded != headline
        && !(words >= 4 && headline.contains(&folded))
        && !["par ", "by ", "von ", "por "].iter().any(|by| folded.starts_with(by))
        && !HOMES.contains(folded.as_str())
        && !outlets.iter().any(|o| *o == folded || (o.len() >= 6 && folded.contains(o.as_str())))
        && (folded.len() <= 25 || !headline.starts_with(&folded))
}

/// The innermost link of what the page calls a breadcrumb.
fn marked_crumb(evidence: &Evidence<'_, '_>, fits: &impl Fn(&str) -> bool) -> Option<String> {
    let others = Roles(Roles::COMMENTS.0 | Roles::RELATED.0);
    let mut starts = (0..evidence.roles.len())
        .filter(|&i| evidence.roles[i].has(Roles::CRUMBS) && !evidence.above[i].has(others));
    let at = starts.next()?;
    let links = (at..evidence.dom.nodes[at].end).rev().filter(|&i| evidence.dom.nodes[i].tag == Tag::A);
    links.map(|i| evidence.dom.text(i)).find(|text| fits(text))
}

/// A line of the form `Accueil > Économie` beside the headline.
fn written_crumb(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    fits: &impl Fn(&str) -> bool,
) -> Option<String> {
    let headline = headline?;
    let near = headline.saturating_sub(BEFORE)..headline + AFTER;
    evidence.blocks.list.iter().filter(|b| near.contains(&b.from) && b.chars < 120).find_map(|block| {
        let parts: Vec<&str> = block.text.split(['>', '»', '›', '/', '|', '→', '«', '‹', '•']).collect();
        let opens = HOMES.contains(fold(parts[0]).as_str());
        let inner = parts.iter().skip(1).rev().find(|part| fits(part))?;
        opens.then(|| squeeze(inner))
    })
}

/// What stands in the page's title between the headline and the outlet's name: `Un titre | Économie | La Gazette`.
fn in_title(evidence: &Evidence<'_, '_>, headline: &str, fits: &impl Fn(&str) -> bool) -> Option<String> {
    let title = evidence.head.title.as_deref()?;
    let separator = [" | ", " - ", " – ", " — "].into_iter().find(|s| title.matches(s).count() == 2)?;
    let parts: Vec<&str> = title.split(separator).collect();
    let inner = squeeze(parts[1]);
    (fold(parts[0]) == headline && fits(&inner)).then_some(inner)
}

/// A label beside the headline by which the site's menu calls a section.
fn labelled<'l, 'e>(
    evidence: &Evidence<'_, '_>,
    headline: usize,
    links: &'l [Link<'e>],
) -> Option<&'l Link<'e>> {
    let near = headline.saturating_sub(BEFORE)..headline + AFTER;
    let is_label = |b: &&crate::block::Block| {
        near.contains(&b.from)
            && b.chars <= MAX_CHARS
            && b.link_chars == 0
            && !evidence.above[b.owner].has(Roles::NAV)
    };
    let mut labels: Vec<_> = evidence.blocks.list.iter().filter(is_label).collect();
    labels.sort_by_key(|b| b.from.abs_diff(headline));
    labels.into_iter().find_map(|label| {
        let folded = label.folded();
        links.iter().find(|l| evidence.above[l.node].has(Roles::NAV) && fold(&l.text) == folded)
    })
}

/// What links say: beside the headline, above the article in its address, in its classes, or active in the menu.
fn by_links(
    evidence: &Evidence<'_, '_>,
    headline: Option<usize>,
    fits: &impl Fn(&str) -> bool,
) -> Option<(String, &'static str)> {
    let links = links(evidence, fits);
    let own = evidence.url.path().trim_end_matches('/');
    let above = |path: &str| {
        own.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
            && path.split('/').any(|s| s.len() > 2 && !s.bytes().all(|b| b.is_ascii_digit()))
    };
    let shown = Roles(Roles::NAV.0 | Roles::RELATED.0 | Roles::COMMENTS.0 | Roles::AUTHOR.0 | Roles::TAGS.0);
    let beside = headline.and_then(|h| {
        let near = h.saturating_sub(BEFORE)..h + AFTER;
        links.iter().filter(|l| near.contains(&l.node) && !evidence.above[l.node].has(shown)).find(|link| {
            let again =
                links.iter().any(|l| l.node != link.node && l.path == link.path && l.text == link.text);
            // In a row of links it is the menu, called so or not.
            let row = links.iter().filter(|l| l.node.abs_diff(link.node) < 24).count() > 4;
            let named =
                || above(link.path) || is_section_path(link.path) || is_called_category(evidence, link.node);
            !row && (again || named())
        })
    });
    let by_address =
        || links.iter().filter(|l| above(l.path)).max_by_key(|l| l.path.len()).map(|l| (l, "address"));
    // `/theme/societe` for an article at `/2023/01/03/societe/un-titre`.
    let folders: Vec<&str> = own.split('/').rev().skip(1).filter(|s| s.len() > 3 && !is_number(s)).collect();
    let by_folder = || {
        let last = |l: &&Link<'_>| l.path.rsplit('/').next().is_some_and(|s| folders.first() == Some(&s));
        links.iter().find(|l| evidence.above[l.node].has(Roles::NAV) && last(l)).map(|l| (l, "address"))
    };
    let found = beside
        .map(|l| (l, "section link"))
        .or_else(by_address)
        .or_else(|| headline.and_then(|h| labelled(evidence, h, &links)).map(|l| (l, "label")))
        .or_else(by_folder)
        .or_else(|| by_class(evidence, &links).map(|l| (l, "class")))
        .or_else(|| links.iter().find(|l| is_active(evidence, l.node)).map(|l| (l, "menu")));
    found.map(|(link, from)| (link.text.clone(), from))
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn links<'e>(evidence: &Evidence<'e, '_>, fits: &impl Fn(&str) -> bool) -> Vec<Link<'e>> {
    let host = evidence.url.host_str().unwrap_or_default();
    let mut out = Vec::new();
    for (node, it) in evidence.dom.nodes.iter().enumerate() {
        if it.tag != Tag::A || it.end - node > 12 || out.len() > 400 {
            continue;
        }
        let Some(path) = it.attr("href").and_then(|href| path_of(href, host)) else { continue };
        if path.split('/').any(|s| OTHER_PATHS.contains(&s)) {
            continue;
        }
        let text = evidence.dom.text(node);
        if text.len() <= 4 * MAX_CHARS && fits(&text) {
            out.push(Link { node, path, text });
        }
    }
    out
}

/// The path of an address of this host, without its last slash; none for the home page.
fn path_of<'h>(href: &'h str, host: &str) -> Option<&'h str> {
    let rest = href.trim();
    let path = match rest.split_once("://") {
        Some((_, rest)) => rest.strip_prefix(host)?,
        None => rest,
    };
    let path = path.split(['?', '#']).next()?.trim_end_matches('/');
    (path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

/// `/rubrique/economie`, `/Economie_r12.html`.
fn is_section_path(path: &str) -> bool {
    let numbered = path
        .strip_suffix(".html")
        .and_then(|p| p.rsplit_once("_r"))
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    numbered || path.split('/').any(|s| SECTION_PATHS.contains(&s.to_ascii_lowercase().as_str()))
}

/// The link to the section an article's or the page's class names: `category-economie`.
fn by_class<'l, 'e>(evidence: &Evidence<'_, '_>, links: &'l [Link<'e>]) -> Option<&'l Link<'e>> {
    let holders = evidence.dom.nodes.iter().filter(|n| matches!(n.tag, Tag::Body | Tag::Article));
    holders.take(4).flat_map(|n| n.class.split_ascii_whitespace()).find_map(|class| {
        let (kind, slug) = class.split_once('-')?;
        let names = matches!(kind, "category" | "rubrique" | "section" | "cat" | "categorie");
        links.iter().find(|l| names && l.path.rsplit('/').next() == Some(slug))
    })
}

/// Whether a link's element, or one right around it, is called a category: `<div class=post-category><a …>`.
fn is_called_category(evidence: &Evidence<'_, '_>, link: usize) -> bool {
    const NAMES: [&str; 7] =
        ["cat", "category", "categories", "categorie", "rubrique", "rubriques", "rubric"];
    evidence.dom.ancestors(link).take(3).any(|node| {
        let mut words = evidence.dom.nodes[node].class.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| NAMES.iter().any(|name| name.eq_ignore_ascii_case(word)))
    })
}

/// Whether a link of a menu is marked as where the reader is.
fn is_active(evidence: &Evidence<'_, '_>, link: usize) -> bool {
    const MARKS: [&str; 8] = [
        "active",
        "current",
        "selected",
        "current-menu-item",
        "current-menu-parent",
        "current-post-parent",
        "current-post-ancestor",
        "is-active",
    ];
    evidence.above[link].has(Roles::NAV)
        && [link, evidence.dom.nodes[link].parent].into_iter().any(|node| {
            let node = &evidence.dom.nodes[node];
            node.attr("aria-current").is_some()
                || node.class.split_ascii_whitespace().any(|class| MARKS.contains(&class))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_short_labels() {
        let outlets = ["la gazette".to_owned()];
        let check = |name: &str, expected: bool| {
            assert_eq!(is_section(name, "un titre", &outlets), expected, "{name}");
        };
        check("Économie", true);
        check("Arts & spectacles", true);
        check("Accueil", false);
        check("الرئيسية", false);
        check("La Gazette", false);
        check("Un titre", false);
        check("30 septembre 2018", false);
        check("Une phrase qui ne nomme pas de rubrique", false);
        check("»", false);
    }

    #[test]
    fn addresses_of_sections() {
        let check = |path: &str, expected: bool| assert_eq!(is_section_path(path), expected, "{path}");
        check("/rubrique/economie", true);
        check("/Sport_r12.html", true);
        check("/Un-titre_a12.html", false);
        check("/economie", false);
        assert_eq!(path_of("https://a.example/b/?p=1", "a.example"), Some("/b"));
        assert_eq!(path_of("https://c.example/b/", "a.example"), None);
        assert_eq!(path_of("/", "a.example"), None);
        assert_eq!(path_of("#haut", "a.example"), None);
    }
}

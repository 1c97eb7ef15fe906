//! Which links of a page lead to articles.
//!
//! Two looks. The first judges each link by itself: its address (a long slug, a number, a date), its words, whether a
//! heading holds it or a menu. The second compares links that look alike: a publisher writes all addresses of its
//! articles in one way, so that a short headline is believed where its neighbours of the same build are articles, and a
//! long label is not where none of them is. Nothing is known of any site.
//!
//! Invariant: total and deterministic; the links come out in the page's order, each address once.

use std::collections::{HashMap, HashSet};

use kiosque_model::CanonicalUrl;
use url::Url;

use crate::dom::{Dom, Tag};
use crate::facts::PageLink;
use crate::kind::is_of_house;
use crate::role::{Reader, Roles};
use crate::text::{fold, squeeze};

/// Links of one page that are looked at.
const MOST: usize = 4000;
/// Links alike are believed when so many of them, and so large a share, are articles by themselves.
const BELIEVED: (usize, f64) = (3, 0.7);
/// Of so many alike, so small a share of articles by themselves is chance.
const DOUBTED: (usize, f64) = (5, 0.1);
/// Folders of one address that are told as folders; deeper ones hold nothing a list would be linked by.
const FOLDERS: usize = 8;
/// No archive of a later year is linked for as long as this is in use; a greater number is none.
const LAST_YEAR: u32 = 2049;
/// What stands between an index page's name and its folder is one thing.
const INDEX: [&str; 3] = ["index.html", "index.htm", "index.php"];

/// A link as seen on the page, all its places together.
struct Candidate {
    url: Url,
    title: String,
    /// In menus, comments or tags alone.
    furniture: bool,
    headed: bool,
}

/// The links of a page that lead to articles of the same site.
pub(crate) fn articles(dom: &Dom<'_>, base: &Url, page: &Url) -> Vec<PageLink> {
    let candidates = candidates(dom, base, page);
    let alone: Vec<bool> = candidates.iter().map(looks_like_article).collect();
    let (mut coarse, mut fine) = (Tally::default(), Tally::default());
    for (candidate, yes) in candidates.iter().zip(&alone) {
        coarse.count(coarse_build(&candidate.url), *yes);
        fine.count(fine_build(&candidate.url), *yes);
    }
    let folders = folders(&candidates);
    let judged = candidates.into_iter().zip(alone).filter(|(candidate, alone)| {
        let (wide, near) = (coarse.of(&coarse_build(&candidate.url)), fine.of(&fine_build(&candidate.url)));
        let is_list = folders.contains(&place(&candidate.url)) || is_archive(&candidate.url);
        if *alone {
            !(is_archive(&candidate.url) || wide.1 >= DOUBTED.0 && share(wide) <= DOUBTED.1)
        } else {
            let believed = |group: (usize, usize)| group.0 >= BELIEVED.0 && share(group) >= BELIEVED.1;
            (believed(wide) || believed(near))
                && !is_list
                && !is_barred(&candidate.url)
                && !candidate.title.is_empty()
                && !is_of_house(&fold(&candidate.title))
        }
    });
    judged.map(|(candidate, _)| PageLink { url: candidate.url.into(), title: candidate.title }).collect()
}

/// Links of one build: how many are articles by themselves, and how many there are.
#[derive(Default)]
struct Tally(HashMap<String, (usize, usize)>);

impl Tally {
    fn count(&mut self, build: String, yes: bool) {
        let group = self.0.entry(build).or_default();
        *group = (group.0 + usize::from(yes), group.1 + 1);
    }

    fn of(&self, build: &str) -> (usize, usize) {
        self.0.get(build).copied().unwrap_or_default()
    }
}

fn share((yes, all): (usize, usize)) -> f64 {
    yes as f64 / all.max(1) as f64
}

fn candidates(dom: &Dom<'_>, base: &Url, page: &Url) -> Vec<Candidate> {
    let roles = Reader::all(dom);
    let home = site(page);
    let mut out: Vec<Candidate> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (i, node) in dom.nodes.iter().enumerate().filter(|(_, n)| n.tag == Tag::A) {
        let Some(mut url) = node.attr("href").and_then(|h| base.join(h.trim()).ok()) else { continue };
        if !matches!(url.scheme(), "http" | "https") || site(&url) != home || out.len() >= MOST {
            continue;
        }
        url.set_fragment(None);
        let title = title_of(dom, i);
        let furniture = dom.ancestors(i).take(20).any(|n| {
            roles[n].has(Roles(Roles::NAV.0 | Roles::COMMENTS.0 | Roles::TAGS.0))
                && !roles[n].has(Roles::TITLE)
        });
        let headed = dom.ancestors(i).take(4).any(|n| dom.nodes[n].heading().is_some());
        match seen.get(url.as_str()) {
            Some(&at) => {
                let known = &mut out[at];
                known.furniture &= furniture;
                known.headed |= headed;
                if title.chars().count() > known.title.chars().count() {
                    known.title = title;
                }
            }
            None => {
                seen.insert(url.to_string(), out.len());
                out.push(Candidate { url, title, furniture, headed });
            }
        }
    }
    out
}

/// The registrable domain: blogs and sections on hosts of their own are the same publisher's.
fn site(url: &Url) -> Option<String> {
    Some(CanonicalUrl::parse(&format!("http://{}/", url.host_str()?)).ok()?.domain().to_owned())
}

fn title_of(dom: &Dom<'_>, link: usize) -> String {
    let node = &dom.nodes[link];
    let text = dom.text(link);
    if text.chars().count() >= 12 {
        return text;
    }
    let label = node.attr("aria-label").or_else(|| node.attr("title"));
    label.map(squeeze).filter(|l| l.len() > text.len()).unwrap_or(text)
}

fn segments(url: &Url) -> Vec<&str> {
    let mut segments: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    if segments.len() > 1 && segments.last().is_some_and(|last| INDEX.contains(last)) {
        segments.pop();
    }
    segments
}

/// Host and path, by which a folder is known.
fn place(url: &Url) -> String {
    format!("{}/{}", url.host_str().unwrap_or_default(), segments(url).join("/"))
}

/// Every folder that another link of the page lies in: a list, and no article.
fn folders(candidates: &[Candidate]) -> HashSet<String> {
    let of = |candidate: &Candidate| {
        let (host, parts) = (candidate.url.host_str().unwrap_or_default(), segments(&candidate.url));
        (1..parts.len().min(FOLDERS + 1))
            .map(|n| format!("{host}/{}", parts[..n].join("/")))
            .collect::<Vec<_>>()
    };
    candidates.iter().flat_map(of).collect()
}

/// A year's, month's or day's archive: the path ends in its date and nothing else. `/2026/183726` is an identifier
/// in a year's folder, `/2051` a number.
fn is_archive(url: &Url) -> bool {
    let parts = segments(url);
    let is_number = |part: &&&str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    let mut date = parts.iter().rev().take_while(is_number).filter_map(|part| part.parse().ok());
    let ends: Vec<u32> = date.by_ref().take(4).collect();
    let year = |year: u32| (1990..=LAST_YEAR).contains(&year);
    let (month, day) = (|month: u32| (1..=12).contains(&month), |day: u32| (1..=31).contains(&day));
    match ends[..] {
        [d, m, y, ..] if year(y) => month(m) && day(d),
        [m, y, ..] if year(y) => month(m),
        [y, ..] => year(y),
        _ => false,
    }
}

/// Links of one depth and one kind of last part.
fn coarse_build(url: &Url) -> String {
    let parts = segments(url);
    let last = parts.last().copied().unwrap_or_default();
    let (host, ending) =
        (url.host_str().unwrap_or_default(), last.rsplit_once('.').map_or("", |(_, ending)| ending));
    format!("{host} {} {} {ending} {}", parts.len(), kind(last), url.query().is_some())
}

/// Links of one folder and one kind of last part.
fn fine_build(url: &Url) -> String {
    let parts = segments(url);
    let (last, folder) = parts.split_last().map_or(("", &[][..]), |(last, folder)| (*last, folder));
    format!("{}/{} {}", url.host_str().unwrap_or_default(), folder.join("/"), kind(last))
}

/// What the last part of a path is made of.
fn kind(last: &str) -> &'static str {
    let bare = last.rsplit_once('.').filter(|(_, ending)| ending.len() <= 5).map_or(last, |(bare, _)| bare);
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let joints = bare.matches(['-', '_']).count();
    if !bare.is_empty() && digits == bare.len() {
        "number"
    } else if bare.matches('%').count() > 12 {
        "encoded"
    } else if joints >= 3 {
        if has_long_number(bare) { "slug with number" } else { "slug" }
    } else if digits >= 4 {
        "identifier"
    } else if digits >= 1 && bare.len() >= 8 && joints == 0 {
        "opaque"
    } else if joints >= 1 {
        "words"
    } else {
        "word"
    }
}

fn has_long_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= 4)
}

/// Parts of a path that name something else than articles.
fn is_barred(url: &Url) -> bool {
    const NOT: &str = "tag tags author authors auteur category categorie page search recherche login newsletter \
        newsletters video videos vid%c3%a9o vid%c3%a9os podcast podcasts galerie gallery photos photo diaporama audio \
        contact about abonnement abonnements mentions-legales cookies privacy rss feed topic topics theme dossier \
        events event emissions %c3%a9missions nativeads sponsored brand organization services service info list";
    let path = url.path().to_ascii_lowercase();
    let mut parts = path.split('/').filter(|s| !s.is_empty());
    parts.any(|part| NOT.split_ascii_whitespace().any(|n| n == part))
        || path.ends_with(".pdf")
        || url.query().is_some_and(|q| q.starts_with("share="))
}

/// Whether an address and its link text are an article's by themselves: a long slug, an identifier or a date, words
/// enough.
fn looks_like_article(link: &Candidate) -> bool {
    if is_barred(&link.url) || link.title.chars().count() < 8 || is_of_house(&fold(&link.title)) {
        return false;
    }
    let words = link.title.split_whitespace().count();
    let address = weight(&link.url);
    let text = usize::from(words >= 4) * 2 + usize::from(link.headed) * 2;
    // A menu may hold headlines (a mega menu, a ticker): only plain ones are believed there.
    let plain = words >= 5 && address >= 3;
    address >= 2 && text >= 2 && (!link.furniture || plain || (link.headed && words >= 4))
}

/// What an address says of an article: 2 each for a long slug, an identifier or a date, a slug in another script,
/// and 1 for its depth.
fn weight(url: &Url) -> usize {
    let path = url.path().to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let Some(last) = segments.last() else { return 0 };
    let hyphens = last.matches(['-', '_']).count();
    let digits = path.bytes().filter(u8::is_ascii_digit).count()
        + url.query().map_or(0, |q| q.bytes().filter(u8::is_ascii_digit).count());
    let encoded = last.matches('%').count() > 12;
    usize::from(hyphens >= 3) * 2
        + usize::from(digits >= 4) * 2
        + usize::from(encoded) * 2
        + usize::from(segments.len() >= 3)
}

/// Whether a page's own address is written as those of articles are.
pub(crate) fn is_articles_address(url: &Url) -> bool {
    !is_barred(url) && !is_archive(url) && weight(url) >= 2
}

/// How many of the articles a page links lie in the folder it is itself: `/economie` holds `/economie/2026/…`.
pub(crate) fn within(dom: &Dom<'_>, base: &Url, page: &Url) -> usize {
    let own = place(page) + "/";
    let lies_within = |link: &PageLink| Url::parse(&link.url).is_ok_and(|url| place(&url).starts_with(&own));
    articles(dom, base, page).iter().filter(|link| lies_within(link)).count()
}

#[cfg(test)]
mod tests {
    use crate::read_page;
    use url::Url;

    /// Paths of the links taken for articles.
    fn check(html: &str, expected: &[&str]) {
        let page = Url::parse("http://www.a.example/").unwrap();
        let found: Vec<_> = read_page(html.as_bytes(), Some("text/html; charset=utf-8"), &page)
            .articles
            .into_iter()
            .map(|link| link.url.trim_start_matches("http://www.a.example").to_owned())
            .collect();
        assert_eq!(found, expected, "{html}");
    }

    fn links(all: &[(&str, &str)]) -> String {
        all.iter().map(|(href, text)| format!("<p><a href=\"{href}\">{text}</a></p>")).collect()
    }

    #[test]
    fn headlines_are_told_from_menus() {
        let nav = "<nav><a href=/politique>Politique</a><a href=/tag/eau-et-sel-de-mer>L’eau et le sel de mer</a></nav>";
        let page = format!(
            "{nav}{}",
            links(&[("/le-port-s-agrandit-encore", "Le port s’agrandit encore cette année")])
        );
        check(&page, &["/le-port-s-agrandit-encore"]);
    }

    #[test]
    fn a_short_headline_is_believed_among_articles_of_its_build() {
        let page = links(&[
            ("/news/c4g0pnnj8xyo", "Le port accueille son premier cargo géant"),
            ("/news/c5ydzqygrn7o", "Les pêcheurs reprennent la mer ce matin"),
            ("/news/c5ykxqtz4kgo", "Une digue nouvelle pour la vieille ville"),
            ("/news/crrx1wzvd5vo", "En direct"),
            ("/news", "Actualités"),
            ("/about/c5yk7qxz4kgo", "Qui sommes-nous"),
        ]);
        // Without a long number or slug none of them is believed by itself.
        check(&page, &[]);
        let numbered = page.replace("/news/c", "/news/2026");
        check(
            &numbered,
            &[
                "/news/20264g0pnnj8xyo",
                "/news/20265ydzqygrn7o",
                "/news/20265ykxqtz4kgo",
                "/news/2026rrx1wzvd5vo",
            ],
        );
    }

    #[test]
    fn archives_of_a_day_are_lists() {
        let page = links(&[("/2026/10/06", "Tout ce qui est paru le 6 octobre 2026")]);
        check(&page, &[]);
    }

    #[test]
    fn an_identifier_is_no_archive() {
        let check = |path: &str, expected: bool| {
            let url = Url::parse("http://www.a.example").unwrap().join(path).unwrap();
            assert_eq!(super::is_archive(&url), expected, "{path}");
        };
        check("/2026", true);
        check("/une/2026/10", true);
        check("/2026/10/06", true);
        check("/2026/183726", false);
        check("/2026/13", false);
        check("/2026/10/06/7", false);
        check("/une/2051", false);
        check("/183726", false);
    }

    #[test]
    fn a_deep_address_names_few_folders() {
        let url = Url::parse(&format!("http://www.a.example/{}", "a/".repeat(5000))).unwrap();
        let deep = super::Candidate { url, title: String::new(), furniture: false, headed: false };
        let known = super::folders(&[deep]);
        assert_eq!(known.len(), super::FOLDERS);
    }

    #[test]
    fn a_publishers_other_hosts_are_its_own_and_strangers_are_not() {
        let page = links(&[
            ("http://blog.a.example/2026/10/le-sel-de-la-mer-morte", "Le sel de la mer morte, une histoire"),
            ("http://b.example/2026/10/le-sel-de-la-mer-morte", "Le sel de la mer morte, une histoire"),
        ]);
        check(&page, &["http://blog.a.example/2026/10/le-sel-de-la-mer-morte"]);
    }
}

//! What kind of page it is, from its declared type, its address and the balance of text and links.

use kiosque_model::Kind;

use crate::block::{Block, Shape};
use crate::body::Body;
use crate::meta::Evidence;
use crate::role::Roles;
use crate::text::fold;

/// Tells an article from a listing, a live feed, a video, a gallery.
pub(crate) fn of(evidence: &Evidence<'_, '_>, body: &Body) -> Kind {
    let types = &evidence.declared.types;
    let blocks = &evidence.blocks.list;
    let text: usize = body.lines.iter().chain(&body.standfirst).map(|&i| blocks[i].chars).sum();
    let prose = body.lines.iter().filter(|&&i| blocks[i].is_prose()).count();
    let has = |name: &str| types.iter().any(|t| t == name);
    if has("LiveBlogPosting") || evidence.declared.page_types.iter().any(|t| t == "LiveBlogPosting") {
        return Kind::Live;
    }
    let article_type = types
        .iter()
        .any(|t| t.ends_with("Article") || t.ends_with("Posting") || t == "Report" || t == "Review");
    let og = evidence.head.meta_of(&["og:type"]).map(|(t, _)| t.to_ascii_lowercase()).unwrap_or_default();
    // An address under `.invalid` stands for one that is not known and says nothing.
    let is_known = evidence.url.host_str().is_some_and(|host| !host.ends_with(".invalid"));
    let is_root =
        is_known && evidence.url.path().trim_matches('/').is_empty() && evidence.url.query().is_none();
    // A page of several full paragraphs was written to be read, however many links stand around it, and whether its
    // address is known or not.
    let reads = prose >= 3 && text >= 1_500;
    let (teasers, lines) = teasers(evidence, body);
    let is_row_of_teasers = teasers >= 4 && 3 * teasers > 2 * lines;
    let lists = is_row_of_teasers || !reads && (is_root || is_listing(evidence, body, (text, prose), &og));
    if !article_type && lists {
        return Kind::Listing;
    }
    if body.updates > 0 && says_live(evidence) {
        return Kind::Live;
    }
    if has("VideoObject") && !article_type || og.starts_with("video") {
        return Kind::Video;
    }
    if has("ImageGallery")
        || (!article_type && evidence.declared.page_types.iter().any(|t| t == "ImageGallery"))
    {
        return Kind::Gallery;
    }
    if text < 140 && !article_type && og != "article" {
        return if headed_links(evidence).next().is_some() { Kind::Listing } else { Kind::Other };
    }
    Kind::Article
}

/// Whether the title or the address calls the page live.
fn says_live(evidence: &Evidence<'_, '_>) -> bool {
    const WORDS: [&str; 12] = [
        "live",
        "direct",
        "liveblog",
        "liveticker",
        "ticker",
        "directo",
        "مباشر",
        "مباشره",
        "minute",
        "newsblog",
        "liveblogs",
        "vivo",
    ];
    let title = evidence.head.title.as_deref().map(fold).unwrap_or_default();
    let path = fold(evidence.url.path());
    title.split(' ').chain(path.split(' ')).any(|word| WORDS.contains(&word))
}

/// Of the body's longer lines those that stand right below a linked headline, as the teaser of another article does,
/// and all of them.
fn teasers(evidence: &Evidence<'_, '_>, body: &Body) -> (usize, usize) {
    let blocks = &evidence.blocks.list;
    let links_on = |b: &Block| b.link_density() > 0.7 && b.chars >= 20;
    let long = body.lines.iter().filter(|&&i| blocks[i].chars >= 40);
    let below = |i: usize| blocks[i.saturating_sub(2)..i].iter().any(links_on) && !links_on(&blocks[i]);
    (long.clone().filter(|&&i| below(i)).count(), long.count())
}

/// Headings that are links to something with a headline's length.
fn headed_links<'e>(evidence: &'e Evidence<'_, '_>) -> impl Iterator<Item = usize> + 'e {
    let apart = Roles(Roles::NAV.0 | Roles::EDGE.0 | Roles::COMMENTS.0);
    let is_headline = move |b: &Block| {
        matches!(b.shape, Shape::Heading(2..))
            && b.link_density() > 0.7
            && b.chars >= 20
            && !evidence.above[b.owner].has(apart)
    };
    (0..evidence.blocks.list.len()).filter(move |&i| is_headline(&evidence.blocks.list[i]))
}

/// Many linked headlines, little text of its own.
fn is_listing(evidence: &Evidence<'_, '_>, body: &Body, (text, prose): (usize, usize), og: &str) -> bool {
    let (teasers, lines) = teasers(evidence, body);
    let types = &evidence.declared.page_types;
    let says_list =
        types.iter().any(|t| matches!(t.as_str(), "CollectionPage" | "ItemList" | "SearchResultsPage"));
    let headlines = evidence
        .blocks
        .list
        .iter()
        .filter(|b| {
            b.link_density() > 0.7
                && b.chars >= 30
                && !evidence.above[b.owner].has(Roles(Roles::NAV.0 | Roles::EDGE.0))
        })
        .count();
    if og == "article" {
        return headlines > 25 && prose <= 1 && text < 300;
    }
    // A section page of few articles: each teaser under its linked headline, and nothing beside them.
    let headed = headed_links(evidence).count();
    let opens = headed_links(evidence).next() < body.lines.iter().min().copied();
    let own = evidence.url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_plain = own.matches(['-', '_']).count() <= 2 && own.bytes().filter(u8::is_ascii_digit).count() < 4;
    if is_plain
        && evidence.url.query().is_none()
        && headed >= 3
        && opens
        && (prose <= headed && text < 300 * headed)
    {
        return true;
    }
    (says_list && headlines > 8 && text < 1500)
        || (headlines >= 12
            && prose <= 4
            && (text < 300 || headlines * 45 > text && teasers > 0 && 2 * teasers >= lines))
}

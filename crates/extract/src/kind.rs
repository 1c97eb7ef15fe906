//! What kind of page it is, from its declared type, its address and the balance of text and links.

use std::collections::HashSet;
use std::sync::LazyLock;

use kiosque_model::{Article, Kind};

use crate::block::{Block, Shape};
use crate::body::Body;
use crate::links;
use crate::meta::Evidence;
use crate::role::Roles;
use crate::text::fold;

/// Shorter texts are no article unless the page says so.
const MIN_ARTICLE_CHARS: usize = 140;
/// A brief says so much at least.
const MIN_BRIEF_CHARS: usize = 60;
/// Texts so short go with their pictures, which then are what the page is.
const MAX_BESIDE_CHARS: usize = 300;
/// So many captions make a gallery of a page that says less itself.
const MIN_GALLERY: usize = 5;
/// Names of a site's own pages, which are nobody's article.
const HOUSE: &str = "mentions legales | conditions generales d utilisation | conditions generales de vente | \
    conditions d utilisation | politique de confidentialite | politique de cookies | contact | contactez nous | \
    nous contacter | a propos | a propos de nous | qui sommes nous | plan du site | page introuvable | \
    page non trouvee | privacy policy | terms of use | terms and conditions | cookie policy | contact us | about | \
    about us | page not found | impressum | datenschutz | datenschutzerklarung | aviso legal | \
    politica de privacidad | quienes somos | contacto | من نحن | اتصل بنا | سياسة الخصوصية | شروط الاستخدام | \
    الصفحة غير موجودة | mentions legales et conditions d utilisation | protection des donnees personnelles | \
    donnees personnelles | charte de confidentialite | gestion des cookies | cgu | cgv | publicite | annonceurs | \
    abonnement | abonnements | abonnez vous | s abonner | je m abonne | se connecter | connexion | inscription | \
    mon compte | accueil | newsletter | newsletters | recrutement | home | subscribe | log in | login | sign in | \
    sign up | advertise | advertise with us | careers | sitemap | inicio | suscribete | politica de cookies | \
    الرئيسية | سياسة الخصوصية وملفات تعريف الارتباط | أعلن معنا | للإعلان | للإشهار | هيئة التحرير | فريق العمل | \
    الشروط والأحكام | خريطة الموقع | تسجيل الدخول | اشترك";

/// Whether a folded title is that of one of a site's own pages.
pub(crate) fn is_of_house(title: &str) -> bool {
    static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| HOUSE.split('|').map(fold).collect());
    NAMES.contains(title)
}

/// Tells an article from a listing, a live feed, a video, a gallery.
pub(crate) fn of(evidence: &Evidence<'_, '_>, body: &Body) -> Kind {
    let page = Balance::of(evidence, body);
    let types = &evidence.declared.types;
    let has = |name: &str| types.iter().any(|t| t == name);
    let on_page = |name: &str| evidence.declared.page_types.iter().any(|t| t == name);
    if has("LiveBlogPosting") || on_page("LiveBlogPosting") {
        return Kind::Live;
    }
    let is_declared = types
        .iter()
        .any(|t| t.ends_with("Article") || t.ends_with("Posting") || t == "Report" || t == "Review");
    if !is_declared && page.lists(evidence, body) {
        return Kind::Listing;
    }
    if body.updates > 0 && says_live(evidence) {
        return Kind::Live;
    }
    let is_film = has("VideoObject") && !is_declared || page.og.starts_with("video");
    if is_film && !page.reads() {
        return Kind::Video;
    }
    if has("ImageGallery") || !is_declared && on_page("ImageGallery") {
        return Kind::Gallery;
    }
    if is_declared || page.og == "article" {
        return Kind::Article;
    }
    if page.text < MAX_BESIDE_CHARS && shows(evidence) > page.text {
        return Kind::Gallery;
    }
    if page.text < MIN_ARTICLE_CHARS && plays(evidence.source) {
        return Kind::Video;
    }
    if page.text < MIN_ARTICLE_CHARS {
        return if headed_links(evidence).next().is_some() { Kind::Listing } else { Kind::Other };
    }
    Kind::Article
}

/// What is known once title and date are chosen: a short piece that is signed by its day is a brief, and a site's own
/// pages are no news.
pub(crate) fn settled(kind: Kind, article: &Article) -> Kind {
    let title = article.title.as_deref().map(fold).unwrap_or_default();
    let from = |field: &str| article.provenance.get(field).map(String::as_str).unwrap_or_default();
    let is_dated = article.published.is_some() && !matches!(from("published"), "url" | "script");
    match kind {
        Kind::Article if article.authors.is_empty() && is_of_house(&title) => Kind::Other,
        Kind::Other
            if is_dated && from("title") == "h1" && article.text.chars().count() >= MIN_BRIEF_CHARS =>
        {
            Kind::Article
        }
        kind => kind,
    }
}

/// How a page's own text stands against its links.
struct Balance {
    /// Characters of the body, and how many of its lines are prose.
    text: usize,
    prose: usize,
    /// What `og:type` says, in small letters.
    og: String,
}

impl Balance {
    fn of(evidence: &Evidence<'_, '_>, body: &Body) -> Self {
        let blocks = &evidence.blocks.list;
        let og = evidence.head.meta_of(&["og:type"]).map(|(t, _)| t.to_ascii_lowercase());
        Self {
            text: body.lines.iter().chain(&body.standfirst).map(|&i| blocks[i].chars).sum(),
            prose: body.lines.iter().filter(|&&i| blocks[i].is_prose()).count(),
            og: og.unwrap_or_default(),
        }
    }

    /// A page of several full paragraphs was written to be read, however many links stand around it, and whether its
    /// address is known or not.
    fn reads(&self) -> bool {
        self.prose >= 3 && self.text >= 1_500
    }

    /// Whether it is a list of articles. One whose own address is an article's is so only where it says that it is none
    /// and its lines are the teasers of headlines.
    fn lists(&self, evidence: &Evidence<'_, '_>, body: &Body) -> bool {
        let url = evidence.url;
        // An address under `.invalid` stands for one that is not known and says nothing.
        let is_known = url.host_str().is_some_and(|host| !host.ends_with(".invalid"));
        let lines = Lines::of(evidence, body);
        let Lines { teasers, linked, all } = lines;
        let headed = headed_links(evidence).count();
        let is_row = teasers >= 4 && 3 * teasers > 2 * all;
        let is_headed_row =
            self.og != "article" && teasers >= 4 && 2 * teasers >= all - linked && headed >= teasers;
        if is_known && links::is_articles_address(url) {
            return is_headed_row;
        }
        let is_root = is_known && url.path().trim_matches('/').is_empty() && url.query().is_none();
        is_row
            || is_headed_row
            || is_root && (!self.reads() || headed >= 3)
            || !self.reads() && self.is_listing(evidence, lines, body)
            || self.is_folder(evidence)
    }

    /// Whether its address is the folder of the articles it links, which outweigh its own text.
    fn is_folder(&self, evidence: &Evidence<'_, '_>) -> bool {
        const MIN: usize = 5;
        let is_page = evidence.url.path().len() > 1;
        let links = if is_page { links::within(evidence.dom, evidence.base, evidence.url) } else { 0 };
        links >= MIN && self.prose <= links && self.text < 300 * links
    }
}

/// Characters under the pictures after the headline, where there are enough of them for a gallery.
fn shows(evidence: &Evidence<'_, '_>) -> usize {
    let apart = Roles(Roles::COMMENTS.0 | Roles::RELATED.0 | Roles::NAV.0 | Roles::EDGE.0);
    let own = |b: &&Block| {
        b.shape == Shape::Caption && b.link_density() < 0.3 && !evidence.above[b.from].has(apart)
    };
    let captions: Vec<usize> = evidence.blocks.list.iter().filter(own).map(|b| b.chars).collect();
    if captions.len() < MIN_GALLERY { 0 } else { captions.iter().sum() }
}

/// Whether a page holds a film or a player of films.
fn plays(source: &str) -> bool {
    const PLAYERS: [&str; 6] = [
        "youtube.com/embed",
        "youtube-nocookie.com/embed",
        "dailymotion.com/embed",
        "player.vimeo",
        "jwplayer",
        "<video",
    ];
    PLAYERS.iter().any(|player| source.contains(player))
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

/// The body's longer lines beside the linked headlines of the page.
#[derive(Clone, Copy)]
struct Lines {
    /// Those right below a linked headline, as the teaser of another article is.
    teasers: usize,
    /// Linked headlines themselves.
    linked: usize,
    all: usize,
}

impl Lines {
    fn of(evidence: &Evidence<'_, '_>, body: &Body) -> Self {
        let blocks = &evidence.blocks.list;
        let links_on = |b: &Block| b.link_density() > 0.7 && b.chars >= 20;
        let below = |i: usize| blocks[i.saturating_sub(2)..i].iter().any(links_on);
        let mut out = Self { teasers: 0, linked: 0, all: 0 };
        for &i in body.lines.iter().filter(|&&i| blocks[i].chars >= 40) {
            out.all += 1;
            if links_on(&blocks[i]) {
                out.linked += 1;
            } else if below(i) {
                out.teasers += 1;
            }
        }
        out
    }
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

impl Balance {
    /// Many linked headlines, little text of its own.
    fn is_listing(&self, evidence: &Evidence<'_, '_>, lines: Lines, body: &Body) -> bool {
        let Self { text, prose, og } = self;
        let (text, prose) = (*text, *prose);
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
        let is_plain =
            own.matches(['-', '_']).count() <= 2 && own.bytes().filter(u8::is_ascii_digit).count() < 4;
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
                && (text < 300
                    || headlines * 45 > text && lines.teasers > 0 && 2 * lines.teasers >= lines.all))
    }
}

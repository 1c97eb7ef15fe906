//! What an element is for, told by its tag, class, id and ARIA role: a table of words, not of sites.
//!
//! Class names are cut into words (`post__relatedItems-2` gives post, related, items) and each word looked up,
//! so that `share` never matches inside `shareholders`.

use std::collections::HashMap;

use crate::dom::{Dom, Node, Tag};

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Roles(pub(crate) u32);

impl Roles {
    /// Reader comments.
    pub(crate) const COMMENTS: Self = Self(1);
    /// Links to other articles.
    pub(crate) const RELATED: Self = Self(1 << 1);
    /// Menus, breadcrumbs, page numbers.
    pub(crate) const NAV: Self = Self(1 << 2);
    /// Share bars, print and size buttons, newsletter and subscription forms, consent, ads, widgets.
    pub(crate) const FURNITURE: Self = Self(1 << 3);
    /// The byline or the date.
    pub(crate) const BYLINE: Self = Self(1 << 4);
    /// An author's box.
    pub(crate) const BIO: Self = Self(1 << 5);
    /// Caption or credit.
    pub(crate) const CAPTION: Self = Self(1 << 6);
    /// A line of tags.
    pub(crate) const TAGS: Self = Self(1 << 7);
    /// The body of an article.
    pub(crate) const BODY: Self = Self(1 << 8);
    /// Chapô, lead, standfirst.
    pub(crate) const STANDFIRST: Self = Self(1 << 9);
    /// Not shown.
    pub(crate) const HIDDEN: Self = Self(1 << 10);
    /// A paywall's prompt.
    pub(crate) const PAYWALL: Self = Self(1 << 11);
    /// A kicker above the headline.
    pub(crate) const KICKER: Self = Self(1 << 12);
    /// Breadcrumbs (also NAV).
    pub(crate) const CRUMBS: Self = Self(1 << 13);
    /// A date (also BYLINE).
    pub(crate) const DATE: Self = Self(1 << 14);
    /// A pull quote.
    pub(crate) const PULLQUOTE: Self = Self(1 << 15);
    /// The name of an article as a thing: `article`, `post`, `story`.
    const THING: Self = Self(1 << 16);
    /// A word for contents: `content`, `text`, `body`.
    const CONTENT: Self = Self(1 << 17);
    /// A footer or side column by tag or name.
    pub(crate) const EDGE: Self = Self(1 << 18);
    /// The author's name (also BYLINE).
    pub(crate) const AUTHOR: Self = Self(1 << 19);
    /// An article's headline.
    pub(crate) const TITLE: Self = Self(1 << 20);

    /// A late part of a streamed page, hidden until script moves it.
    const STREAMED: Self = Self(1 << 21);

    /// What makes a subtree a candidate for leaving out.
    pub(crate) const UNWANTED: Self = Self(
        Self::COMMENTS.0
            | Self::RELATED.0
            | Self::NAV.0
            | Self::FURNITURE.0
            | Self::BYLINE.0
            | Self::BIO.0
            | Self::CAPTION.0
            | Self::TAGS.0
            | Self::HIDDEN.0
            | Self::PAYWALL.0
            | Self::EDGE.0,
    );

    /// What is left out even where names mislead.
    pub(crate) const PLAINLY_UNWANTED: Self = Self(
        Self::COMMENTS.0 | Self::RELATED.0 | Self::NAV.0 | Self::HIDDEN.0 | Self::EDGE.0 | Self::CAPTION.0,
    );

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// The words. A word stands in one row; rows may give several roles.
const WORDS: &[(Roles, &str)] = &[
    (
        Roles::COMMENTS,
        "comment comments commentaire commentaires commentlist commentform disqus respond reply replies \
         comentarios comentario kommentare kommentar discussion commenting livefyre viafoura coral",
    ),
    (
        Roles::RELATED,
        "related relatedposts relatedarticles relacionadas relacionados recirc recirculation recommended \
         recommendation recommendations recommend reco outbrain taboola popular trending mostread \
         similar similaires associes suggested suggestions liees readmore readalso alireaussi lireaussi \
         seealso morefrom plista ligatus mgid crosslink crosslinks upnext nextup teaser teasers latest \
         promo promobox bestof zergnet alire yarpp dablebox dable onward editorspicks mostpopular \
         moststories morestories articleslies relatedcontent verwandte carousel samerub prevnext postnav \
         headlines",
    ),
    (
        Roles::NAV,
        "nav navigation navbar menu submenu pager pagination paging toc tabs sitemap megamenu topbar \
         offcanvas sommaire skiplink",
    ),
    (Roles(Roles::NAV.0 | Roles::CRUMBS.0), "breadcrumb breadcrumbs ariane crumbs migas fil"),
    (
        Roles::FURNITURE,
        "share sharing sharer partage partager social socials addtoany sharedaddy addthis sharethis \
         socialshare sharebar shares shariff newsletter newsletters subscribe subscription subscriptions \
         signup optin ad ads adv advert advertisement advertising adsbygoogle adslot publicite pub pubs \
         dfp gpt banner sponsors outstream cookie cookies consent gdpr rgpd onetrust didomi cli toolbar \
         tools printer rating ratings vote votes poll modal popup popin overlay tooltip lightbox login \
         donate donation soutenir cta feedback whatsapp telegram facebook twitter googlenews followus \
         follow player slider swiper weather meteo audio listen speech boutons noprint dontprint adsense \
         werbung anzeige marketing promotion mailchimp mailinglist captcha survey copyright disclaimer \
         loader spinner bookmark fontsize likes reactions emoji",
    ),
    (
        Roles(Roles::BYLINE.0 | Roles::AUTHOR.0),
        "byline author authors auteur auteurs autor autores bylines signature writer journalist vcard \
         redacteur contributor contributors signed",
    ),
    (
        Roles(Roles::BYLINE.0 | Roles::DATE.0),
        "date dates datetime timestamp dateline pubdate published postdate entrydate publishdate \
         datepublished updated datum fecha modified updatetime publishtime publication",
    ),
    (Roles::BYLINE, "meta metas postmeta entrymeta readingtime infos readtime postinfo"),
    (Roles::BIO, "bio biography authorbox aboutauthor authorbio authorinfo biographie abouttheauthor"),
    (
        Roles::CAPTION,
        "caption captions legende legend credit credits figcaption piefoto bildunterschrift photocredit \
         imagecaption",
    ),
    (Roles::TAGS, "tags tag taglist tagcloud motscles keywords etiquetas topics posttags hashtags"),
    (
        Roles::BODY,
        "articlebody articletext articlecontent entrycontent postcontent storybody storycontent postbody \
         bodytext storytext newsbody newstext contentbody richtext contenuarticle textearticle wysiwyg \
         newscontent articlebodytext textbody fulltext singlecontent detailcontent articledetail \
         corpsarticle artbody arttext entrytext contenttext maincontent",
    ),
    (
        Roles::STANDFIRST,
        "standfirst chapo chapeau chapô lead lede excerpt sapo accroche deck dek subtitle subheadline \
         subhead subheading intro introduction summary abstract teasertext leadtext entradilla bajada \
         headerintro vorspann descriptif resume preamble articlelead articlechapo hat subtitulo \
         sottotitolo ingress articlesummary articleintro",
    ),
    (Roles::HIDDEN, "visuallyhidden sronly screenreader screenreadertext"),
    (Roles::PAYWALL, "paywall paywalled regwall premiumwall paygate piano poool tinypass"),
    (
        Roles::KICKER,
        "kicker surtitre overline eyebrow supertitle overtitle surtitle suptitle antetitulo dachzeile \
         suprtitle",
    ),
    (Roles::PULLQUOTE, "pullquote exergue pullout"),
    (
        Roles::EDGE,
        "footer sidebar colophon bottombar sidebars rightcol rightcolumn sidecolumn siderail rail footnav",
    ),
    (Roles::THING, "article post entry story news art blog single detail node page"),
    (
        Roles::CONTENT,
        "content contents body text texte contenu corps copy description inhalt cuerpo contenido \
         richtext paragraph paragraphs",
    ),
    (Roles::TITLE, "title titre headline titulo"),
];

/// Looks roles up, remembering what it has seen on this page.
pub(crate) struct Reader<'a> {
    seen: HashMap<&'a str, Roles>,
}

static TABLE: std::sync::LazyLock<HashMap<&'static str, Roles>> = std::sync::LazyLock::new(|| {
    WORDS.iter().flat_map(|(roles, words)| words.split_whitespace().map(|word| (word, *roles))).collect()
});

impl<'a> Reader<'a> {
    pub(crate) fn new() -> Self {
        Self { seen: HashMap::with_capacity(512) }
    }

    /// The roles of each node by itself, in the order of the nodes.
    pub(crate) fn all(dom: &Dom<'a>) -> Vec<Roles> {
        let mut reader = Self::new();
        let mut roles: Vec<Roles> = dom.nodes.iter().map(|node| reader.of(node)).collect();
        for (i, node) in dom.nodes.iter().enumerate() {
            if node.tag == Tag::Form && frames_accordion(dom, i) {
                roles[i] = roles[i].without(Roles::FURNITURE);
            } else if roles[i].has(Roles::HIDDEN) && is_folded_away(dom, &roles, i) {
                roles[i] = roles[i].without(Roles::HIDDEN);
            }
        }
        roles
    }

    fn of(&mut self, node: &Node<'a>) -> Roles {
        if matches!(node.tag, Tag::Text | Tag::Html | Tag::Head | Tag::Meta | Tag::Link) {
            return Roles::default();
        }
        let mut roles = match node.tag {
            Tag::Nav => Roles::NAV,
            Tag::Footer | Tag::Aside => Roles::EDGE,
            Tag::Figcaption => Roles::CAPTION,
            Tag::Form => Roles::FURNITURE,
            Tag::Time => Roles::BYLINE.with(Roles::DATE),
            Tag::Body => return Roles::default(),
            _ => Roles::default(),
        };
        for name in [node.class, node.id] {
            if !name.is_empty() {
                roles = roles.with(*self.seen.entry(name).or_insert_with(|| of_names(name)));
            }
        }
        for (key, value) in node.attrs() {
            roles = roles.with(of_attribute(key, value));
        }
        if roles.has(Roles::STREAMED) {
            roles = roles.without(Roles::HIDDEN);
        }
        // A post quoted from a network bears the network's name; it is a quotation all the same.
        if node.tag == Tag::Blockquote {
            roles = roles.without(Roles::FURNITURE);
        }
        // Aggregated content words (`widget-theme-post-content`) outweigh what frames them.
        if roles.has(Roles::BODY) {
            roles = roles.without(Roles(
                Roles::UNWANTED.0 & !(Roles::COMMENTS.0 | Roles::RELATED.0 | Roles::HIDDEN.0),
            ));
        }
        roles
    }
}

/// Whether a form is the frame of an accordion rather than something to fill in.
fn frames_accordion(dom: &Dom<'_>, form: usize) -> bool {
    (form..dom.nodes[form].end).any(|n| is_accordion(dom.nodes[n].class))
}

/// Whether a hidden part is one of an accordion in an article, which its reader unfolds.
fn is_folded_away(dom: &Dom<'_>, roles: &[Roles], node: usize) -> bool {
    let in_article = |n: usize| dom.nodes[n].tag == Tag::Article || roles[n].has(Roles::BODY);
    if !dom.ancestors(node).any(in_article) {
        return false;
    }
    let head = dom
        .children(dom.nodes[node].parent)
        .take_while(|n| *n < node)
        .filter(|n| dom.nodes[*n].tag != Tag::Text);
    let names = dom.ancestors(node).take(3).chain(head.last()).map(|n| dom.nodes[n].class);
    names.into_iter().any(is_accordion)
}

fn is_accordion(class: &str) -> bool {
    ["accordion", "accordeon"].iter().any(|word| contains_ignoring_case(class, word))
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

fn of_attribute(key: &str, value: &str) -> Roles {
    match key {
        "role" => match value {
            "navigation" | "menu" | "menubar" | "search" => Roles::NAV,
            "contentinfo" | "complementary" => Roles::EDGE,
            "dialog" | "alertdialog" => Roles::FURNITURE,
            _ => Roles::default(),
        },
        "itemprop" => match value {
            "articleBody" => Roles::BODY,
            "author" | "creator" => Roles::BYLINE.with(Roles::AUTHOR),
            "datePublished" | "dateModified" => Roles::BYLINE.with(Roles::DATE),
            "comment" => Roles::COMMENTS,
            "caption" => Roles::CAPTION,
            "keywords" => Roles::TAGS,
            _ => Roles::default(),
        },
        "itemtype" if value.ends_with("/BreadcrumbList") => Roles::CRUMBS,
        "rel" if value == "author" => Roles::BYLINE.with(Roles::AUTHOR),
        // A React stream sends late parts hidden, under ids its script moves into place.
        "hidden" => Roles::HIDDEN,
        "id" if value.starts_with("S:") => Roles::STREAMED,
        "style" if value.contains("display") => {
            let bare: String = value.chars().filter(|c| !c.is_whitespace()).take(200).collect();
            if bare.contains("display:none") { Roles::HIDDEN } else { Roles::default() }
        }
        "data-component" | "data-testid" | "data-qa" | "data-block" | "data-module" => {
            of_names(value).without(Roles::HIDDEN)
        }
        _ => Roles::default(),
    }
}

/// The roles of a `class` or `id` value: each name by its words, and pairs of words that mean more together.
fn of_names(value: &str) -> Roles {
    let mut all = Roles::default();
    // Variants of utility classes (`print:hidden`, `md:block`) say how, not what; with them `hidden` is not final.
    let mut variants = false;
    let mut hidden = false;
    for name in value.split_ascii_whitespace().take(24) {
        if name.contains([':', '[']) {
            variants |= name.ends_with("block") || name.ends_with("flex") || name.ends_with("grid");
            continue;
        }
        hidden |= matches!(name, "hidden" | "d-none" | "hide" | "is-hidden");
        all = all.with(of_name(name));
    }
    if hidden && !variants {
        all = all.with(Roles::HIDDEN);
    }
    all.without(Roles(Roles::THING.0 | Roles::CONTENT.0))
}

fn of_name(name: &str) -> Roles {
    let words = Words::of(name);
    let mut roles = Roles::default();
    if words.ends.len() > 1 {
        roles = TABLE.get(words.joined.as_str()).copied().unwrap_or_default();
    }
    let mut last = "";
    for word in words.iter() {
        // `has-sidebar`, `no-comments`, `with-ads` describe a page, they are not the thing.
        if !matches!(last, "has" | "no" | "with" | "is" | "without") {
            roles = roles.with(TABLE.get(word).copied().unwrap_or_default());
        }
        last = word;
    }
    if roles.has(Roles::THING) && roles.has(Roles::CONTENT) && !roles.has(Roles::UNWANTED) {
        roles = roles.with(Roles::BODY);
    }
    roles
}

/// Gives the words of one class name, and the whole where it has several.
pub(crate) fn name_words(name: &str, mut give: impl FnMut(&str)) {
    let words = Words::of(name);
    words.iter().for_each(&mut give);
    if words.ends.len() > 1 {
        give(&words.joined);
    }
}

/// Lower-case words of a class name, cut at signs and capitals. A part with digits inside is an identifier
/// (`5f18ad9`) and says nothing.
struct Words {
    joined: String,
    /// Where each word ends in `joined`.
    ends: Vec<usize>,
}

impl Words {
    fn of(name: &str) -> Self {
        let mut joined = String::with_capacity(name.len());
        let mut ends = Vec::with_capacity(8);
        for part in name.split(|c: char| !c.is_alphanumeric()).take(16) {
            let part = part.trim_end_matches(|c: char| c.is_ascii_digit());
            if part.is_empty() || part.len() > 40 || part.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let mut was_lower = false;
            for c in part.chars() {
                if c.is_uppercase() && was_lower {
                    ends.push(joined.len());
                }
                was_lower = c.is_lowercase();
                if c.is_ascii() {
                    joined.push(c.to_ascii_lowercase());
                } else {
                    joined.extend(c.to_lowercase());
                }
            }
            ends.push(joined.len());
        }
        Self { joined, ends }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.joined[start..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: &str, role: Roles, expected: bool) {
        assert_eq!(of_names(class).has(role), expected, "{class}");
    }

    #[test]
    fn words_not_substrings() {
        check("post__relatedItems-2", Roles::RELATED, true);
        check("elementor-element-5f18ad9", Roles::FURNITURE, false);
        check("hidden md:block", Roles::HIDDEN, false);
        check("overflow-hidden", Roles::HIDDEN, false);
        check("shareholders", Roles::FURNITURE, false);
        check("td-has-sidebar", Roles::EDGE, false);
        check("elementor-widget-theme-post-content", Roles::BODY, true);
        check("entry-content clear", Roles::BODY, true);
        check("articleBody", Roles::BODY, true);
        check("related-post-content", Roles::BODY, false);
        check("sr-only", Roles::HIDDEN, true);
        check("article-chapo", Roles::STANDFIRST, true);
    }
}

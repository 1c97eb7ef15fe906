//! The `[[source]]` tables: one outlet each, with its lists, what is known of it and whether it is read.
//!
//! An outlet is one source however many feeds it has: shares of voice, copies and health count outlets. What is
//! said here of an outlet is the operator's word; nothing of it is tried while it is read.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use kiosque_crawl::SourceKind;
use kiosque_model::{Language, Rights, Rubrique};

use super::node::Node;
use super::read::{http_address, is_name, language, whole};
use super::section::Section;

/// A source's own rest between requests, in milliseconds.
pub(crate) const DELAY_MS: RangeInclusive<i64> = 0..=3_600_000;
/// Pages fetched of a source in one visit.
pub(crate) const MAX_PAGES: RangeInclusive<i64> = 1..=1_000_000;

/// One source of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceConfig {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) name_ar: Option<String>,
    /// Its main feed or sitemap, or its site.
    pub(crate) url: String,
    pub(crate) kind: SourceKind,
    /// The rubrique of all that `url` lists, where it is of one.
    pub(crate) rubrique: Option<Rubrique>,
    /// Feeds of its rubriques, read in the same visit.
    pub(crate) feeds: Vec<FeedConfig>,
    /// The outlet's home page, for people.
    pub(crate) site: Option<String>,
    pub(crate) language: Option<Language>,
    /// ISO 3166-1, two capital letters.
    pub(crate) country: Option<String>,
    pub(crate) medium: Option<Medium>,
    /// 1 leading, 2 national, 3 small.
    pub(crate) tier: u8,
    pub(crate) rights: Rights,
    pub(crate) trust: Trust,
    pub(crate) enabled: bool,
    /// Why it is off.
    pub(crate) reason: Option<String>,
    /// What is known of its addresses.
    pub(crate) note: Option<String>,
    pub(crate) delay_ms: Option<u64>,
    pub(crate) max_pages: Option<usize>,
}

/// A feed of a rubrique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeedConfig {
    pub(crate) url: String,
    pub(crate) rubrique: Option<Rubrique>,
    pub(crate) enabled: bool,
    pub(crate) note: Option<String>,
}

/// How far its address can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Trust {
    /// Somebody read it lately.
    Checked,
    /// It is known from elsewhere.
    #[default]
    Seen,
    /// It follows the pattern of the site's software and was never seen.
    Guessed,
}

/// What kind of outlet it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    Quotidien,
    Hebdo,
    Magazine,
    Web,
    Agence,
    Radio,
    Tv,
    Officiel,
}

impl Trust {
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("checked", Self::Checked), ("seen", Self::Seen), ("guessed", Self::Guessed)];

    pub(crate) fn name(self) -> &'static str {
        word(&Self::ALL, &self)
    }
}

impl Medium {
    pub(crate) const ALL: [(&'static str, Self); 8] = [
        ("quotidien", Self::Quotidien),
        ("hebdo", Self::Hebdo),
        ("magazine", Self::Magazine),
        ("web", Self::Web),
        ("agence", Self::Agence),
        ("radio", Self::Radio),
        ("tv", Self::Tv),
        ("officiel", Self::Officiel),
    ];

    pub(crate) fn name(self) -> &'static str {
        word(&Self::ALL, &self)
    }
}

/// The words for what stands at an address.
pub(crate) const KINDS: [(&str, SourceKind); 4] = [
    ("auto", SourceKind::Auto),
    ("feed", SourceKind::Feed),
    ("sitemap", SourceKind::Sitemap),
    ("page", SourceKind::Page),
];

fn word<T: PartialEq>(words: &[(&'static str, T)], of: &T) -> &'static str {
    words.iter().find(|(_, value)| value == of).map_or("", |(word, _)| word)
}

impl SourceConfig {
    /// A source with nothing special.
    pub(crate) fn new(id: String, name: String, url: String) -> Self {
        Self {
            id,
            name,
            name_ar: None,
            url,
            kind: SourceKind::Auto,
            rubrique: None,
            feeds: Vec::new(),
            site: None,
            language: None,
            country: None,
            medium: None,
            tier: 2,
            rights: Rights::default(),
            trust: Trust::default(),
            enabled: true,
            reason: None,
            note: None,
            delay_ms: None,
            max_pages: None,
        }
    }

    /// The word for what stands at its address.
    pub(crate) fn kind_name(&self) -> &'static str {
        word(&KINDS, &self.kind)
    }
}

/// Reads every `[[source]]`.
pub(super) fn sources(top: &mut Section<'_>) -> Vec<SourceConfig> {
    let mut seen = BTreeSet::new();
    let mut sources = Vec::new();
    for node in top.tables("source") {
        let mut section = Section::open("source", Some(node), top.errors());
        let id = section.required("id", "give a short name of a-z, 0-9 and `-`");
        if !id.is_empty() && !is_name(&id) {
            section.fail("id", None, format!("`{id}` must be of a-z, 0-9 and `-`"));
        }
        if !seen.insert(id.clone()) && !id.is_empty() {
            section.fail("id", None, format!("`{id}` is already another source's id"));
        }
        sources.push(source(&mut section, id));
        section.close();
    }
    sources
}

fn source(section: &mut Section<'_>, id: String) -> SourceConfig {
    let hint = "give the address of a feed, a sitemap or a site";
    let address = |text: &str| http_address(text).map(str::to_owned);
    let url = section.required_parsed("url", hint, address);
    let media = Medium::ALL.map(|(word, medium)| (word, Some(medium)));
    SourceConfig {
        name: section.text("name").unwrap_or_else(|| id.clone()),
        id,
        name_ar: section.text("name_ar"),
        url: url.unwrap_or_default(),
        kind: section.choice("kind", &KINDS, SourceKind::Auto),
        rubrique: section.parsed("rubrique", str::parse),
        feeds: feeds(section),
        site: section.parsed("site", address),
        language: section.parsed("language", language),
        country: section.parsed("country", country),
        medium: section.choice("medium", &media, None),
        tier: whole(section.integer("tier", 1..=3, 2)),
        rights: section.choice(
            "rights",
            &Rights::ALL.map(|rights| (rights.name(), rights)),
            Rights::default(),
        ),
        trust: section.choice("trust", &Trust::ALL, Trust::default()),
        enabled: section.flag("enabled", true),
        reason: section.text("reason"),
        note: section.text("note"),
        delay_ms: section.integer_if("delay_ms", DELAY_MS).map(whole),
        max_pages: section.integer_if("max_pages", MAX_PAGES).map(whole),
    }
}

fn feeds(section: &mut Section<'_>) -> Vec<FeedConfig> {
    let nodes: Vec<Node> = section.tables("feeds");
    let mut feeds: Vec<FeedConfig> = Vec::new();
    for node in nodes {
        let mut feed = Section::open("source.feeds", Some(node), section.errors());
        let hint = "give the address of a feed or a sitemap";
        let url = feed.required_parsed("url", hint, |text| http_address(text).map(str::to_owned));
        if let Some(url) = &url
            && feeds.iter().any(|known| known.url == *url)
        {
            feed.fail("url", None, format!("`{url}` is listed twice"));
        }
        feeds.push(FeedConfig {
            url: url.unwrap_or_default(),
            rubrique: feed.parsed("rubrique", str::parse),
            enabled: feed.flag("enabled", true),
            note: feed.text("note"),
        });
        feed.close();
    }
    feeds
}

fn country(text: &str) -> Result<String, String> {
    let fits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    if fits { Ok(text.to_owned()) } else { Err(format!("`{text}` is no country code such as `MA`")) }
}

//! The outlets and their articles as they stand in `press/*.toml`, one file an outlet.
//!
//! A malformed file is a programming error of this crate: it stops [`papers`], which the tests call first.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, date};
use kiosque_model::Rubrique;
use serde::Deserialize;

use crate::Hour;

const FILES: [&str; 12] = [
    include_str!("../press/gazette.toml"),
    include_str!("../press/meridien.toml"),
    include_str!("../press/difaf.toml"),
    include_str!("../press/apm.toml"),
    include_str!("../press/affaires.toml"),
    include_str!("../press/bab.toml"),
    include_str!("../press/sada.toml"),
    include_str!("../press/cap.toml"),
    include_str!("../press/clic.toml"),
    include_str!("../press/tribune.toml"),
    include_str!("../press/dar.toml"),
    include_str!("../press/phare.toml"),
];

/// What a source's one address gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedKind {
    /// RSS 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
    /// A news sitemap.
    Sitemap,
}

/// An outlet as a catalogue of sources knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlet {
    /// A short name for files and configuration.
    pub id: String,
    /// Its name in Latin script.
    pub name: String,
    /// Its name in Arabic, where it has one.
    pub name_ar: Option<String>,
    /// The host it is served from.
    pub host: String,
    /// The full address of its feed or sitemap.
    pub feed: String,
    /// ISO 639-1 code of its main language.
    pub language: String,
    /// Its weight in the edition: 1 for the national titles and the agency, 3 for the small ones.
    pub tier: u8,
    /// What kind of feed it offers.
    pub kind: FeedKind,
}

/// The manner its pages are built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layout {
    /// In the manner of WordPress: JSON-LD and Open Graph.
    Wordpress,
    /// In the manner of Drupal: microdata and a breadcrumb.
    Drupal,
    /// In the manner of WMaker: little metadata, date in words, keywords as a closing line.
    Wmaker,
    /// Right to left, date in words, no structured data.
    Arabic,
    /// Visible text only.
    Plain,
}

/// One outlet's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paper {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) name_ar: Option<String>,
    pub(crate) motto: String,
    pub(crate) host: String,
    pub(crate) language: String,
    tier: u8,
    pub(crate) feed: FeedKind,
    pub(crate) feed_path: String,
    /// Whether the feed is spoiled: junk before the prolog and bare ampersands.
    #[serde(default)]
    pub(crate) broken_feed: bool,
    pub(crate) layout: Layout,
    /// Where articles stand, with `{year} {month} {day} {slug} {id}`.
    address: String,
    first_id: usize,
    /// The charset of its pages.
    #[serde(default = "utf8")]
    pub(crate) charset: String,
    /// Whether `content-type` names the charset, else the page itself does.
    #[serde(default = "yes")]
    pub(crate) charset_in_header: bool,
    /// Whether it compresses for clients that accept gzip.
    #[serde(default)]
    pub(crate) gzip: bool,
    #[serde(default)]
    pub(crate) delay_ms: u64,
    /// Path prefixes its robots.txt forbids.
    #[serde(default)]
    pub(crate) forbids: Vec<String>,
    /// Old paths and where they have moved to.
    #[serde(default)]
    pub(crate) moved: BTreeMap<String, String>,
    /// What its feed lists beside its articles.
    #[serde(default)]
    pub(crate) stray: Vec<Stray>,
    /// A biography by author, for layouts with an author's box.
    #[serde(default)]
    pub(crate) biographies: BTreeMap<String, String>,
    #[serde(rename = "article")]
    pub(crate) articles: Vec<Article>,
}

/// A feed entry that is no article's own address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stray {
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) at: DateTime,
}

/// One article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Article {
    pub(crate) slug: String,
    /// Set from the outlet's first id and the place in the file.
    #[serde(default)]
    pub(crate) id: usize,
    pub(crate) rubrique: Rubrique,
    pub(crate) at: DateTime,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) lead: String,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    #[serde(default)]
    pub(crate) agency: Option<String>,
    /// The outlet's own name for the section, where it is not the usual one.
    #[serde(default)]
    pub(crate) section: Option<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    /// Where it is not the outlet's main one.
    #[serde(default)]
    pub(crate) language: Option<String>,
    #[serde(default)]
    pub(crate) story: Option<String>,
    /// `outlet/slug` of the text it reprints.
    #[serde(default)]
    pub(crate) copy_of: Option<String>,
    #[serde(default)]
    pub(crate) genre: Genre,
    #[serde(default)]
    pub(crate) paywalled: bool,
    /// The charset the server claims against the truth.
    #[serde(default)]
    pub(crate) claims_charset: Option<String>,
    /// Paragraphs apart by empty lines; `## ` opens a sub-heading.
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) correction: Option<Correction>,
    #[serde(default, rename = "update")]
    pub(crate) updates: Vec<Update>,
}

/// What sort of text it is, where the page marks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Genre {
    #[default]
    News,
    /// A few lines.
    Brief,
    Opinion,
    /// Paid for by a company.
    Sponsored,
    /// Dated updates.
    Live,
}

/// What changes in an article after it was published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    pub(crate) at: DateTime,
    pub(crate) title: String,
    /// Old and new words of lead and text.
    replace: Vec<(String, String)>,
}

/// One entry of a live page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Update {
    pub(crate) at: DateTime,
    pub(crate) title: String,
    pub(crate) text: String,
}

fn utf8() -> String {
    "utf-8".to_owned()
}

fn yes() -> bool {
    true
}

/// All outlets with their articles.
pub(crate) fn papers() -> Vec<Paper> {
    FILES.iter().map(|text| Paper::read(text).expect("embedded data that the tests read first")).collect()
}

impl Hour {
    /// The moment up to which things are published.
    pub(crate) const fn until(self) -> DateTime {
        match self {
            Self::FirstDay => date(2026, 10, 6).at(23, 59, 59, 0),
            Self::SecondMorning => date(2026, 10, 7).at(12, 30, 0, 0),
            Self::SecondAfternoon => date(2026, 10, 7).at(19, 0, 0, 0),
        }
    }
}

impl Paper {
    fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut paper: Self = toml::from_str(text)?;
        for (place, article) in paper.articles.iter_mut().enumerate() {
            // Other people publish in between, so numbers have gaps.
            article.id = paper.first_id + place * 3;
        }
        Ok(paper)
    }

    pub(crate) fn outlet(&self) -> Outlet {
        Outlet {
            id: self.id.clone(),
            name: self.name.clone(),
            name_ar: self.name_ar.clone(),
            host: self.host.clone(),
            feed: self.url(&self.feed_path),
            language: self.language.clone(),
            tier: self.tier,
            kind: self.feed,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    pub(crate) fn path_of(&self, article: &Article) -> String {
        self.address
            .replace("{year}", &format!("{:04}", article.at.year()))
            .replace("{month}", &format!("{:02}", article.at.month()))
            .replace("{day}", &format!("{:02}", article.at.day()))
            .replace("{id}", &article.id.to_string())
            .replace("{slug}", &percent_encode(&article.slug))
    }

    pub(crate) fn url_of(&self, article: &Article) -> String {
        self.url(&self.path_of(article))
    }

    /// The articles that are out, newest first.
    pub(crate) fn out(&self, hour: Hour) -> Vec<&Article> {
        let mut out: Vec<_> = self.articles.iter().filter(|a| a.at <= hour.until()).collect();
        out.sort_by_key(|article| std::cmp::Reverse(article.at));
        out
    }
}

impl Article {
    /// The correction, once it is made.
    pub(crate) fn corrected(&self, hour: Hour) -> Option<&Correction> {
        self.correction.as_ref().filter(|correction| correction.at <= hour.until())
    }

    pub(crate) fn title_at(&self, hour: Hour) -> &str {
        self.corrected(hour).map_or(&self.title, |correction| &correction.title)
    }

    /// Words of the article as they stand at that hour.
    pub(crate) fn as_of(&self, hour: Hour, words: &str) -> String {
        self.corrected(hour).map_or_else(
            || words.to_owned(),
            |correction| {
                correction.replace.iter().fold(words.to_owned(), |text, (old, new)| text.replace(old, new))
            },
        )
    }

    /// When it last changed: its correction, its last update, or its publication.
    pub(crate) fn changed_at(&self, hour: Hour) -> DateTime {
        let update = self.updates.iter().map(|update| update.at).filter(|at| *at <= hour.until()).max();
        self.corrected(hour).map(|correction| correction.at).or(update).unwrap_or(self.at)
    }
}

/// RFC 3986: everything but unreserved characters in percent codes.
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

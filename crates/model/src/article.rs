//! An article: what a page says, with the evidence for each field.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CanonicalUrl, Language, PageId, Precision, Published, Rubrique, SourceId};

/// An article's identity is its page's: an id of the canonical address.
pub type ArticleId = PageId;

/// What kind of page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One text on one subject.
    #[default]
    Article,
    /// A home, section or tag page: links to articles.
    Listing,
    /// A video with its text.
    Video,
    /// A running feed of dated updates.
    Live,
    /// Pictures with captions.
    Gallery,
    /// Anything else: a glossary entry, legal notes, an audio page.
    Other,
}

/// For each field, where its value came from, e.g. `json-ld`, `og`, `meta:author`, `byline`, `feed`.
pub type Provenance = BTreeMap<String, String>;

/// A second value for a field from another place of the page, kept where sources disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// The field, e.g. `published`.
    pub field: String,
    /// The value not taken.
    pub value: String,
    /// Where it stood.
    pub from: String,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Image {
    /// Absolute address.
    pub url: String,
    /// The caption as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
}

/// What was read from one page. Absent means: no evidence was found; nothing here is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Article {
    /// The page's id.
    pub id: ArticleId,
    /// The address it was fetched from, after redirects.
    pub url: String,
    /// The address it is known by: the publisher's `rel=canonical` where it is credible, in canonical form.
    pub canonical_url: CanonicalUrl,
    /// The source that led to it.
    pub source: SourceId,
    /// The outlet's own name as its page states it (`og:site_name`, publisher in JSON-LD).
    #[serde(default)]
    pub site_name: Option<String>,
    /// When the page came in.
    pub fetched_at: Timestamp,
    /// What kind of page it is.
    #[serde(default)]
    pub kind: Kind,
    /// The headline as printed, without the site's name.
    #[serde(default)]
    pub title: Option<String>,
    /// The kicker above the headline.
    #[serde(default)]
    pub kicker: Option<String>,
    /// The standfirst (chapô) where it is printed apart; it also opens `text`.
    #[serde(default)]
    pub subtitle: Option<String>,
    /// Persons who signed, without titles.
    #[serde(default)]
    pub authors: Vec<String>,
    /// Agencies that signed (AFP, MAP, Reuters…).
    #[serde(default)]
    pub agencies: Vec<String>,
    /// First publication.
    #[serde(default)]
    pub published: Option<Published>,
    /// Last change the publisher states.
    #[serde(default)]
    pub modified: Option<Published>,
    /// The outlet's own section.
    #[serde(default)]
    pub section: Option<String>,
    /// The rubrique of the feed that listed it, as the pipeline's catalogue says: evidence where the page names no
    /// section of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed_rubrique: Option<Rubrique>,
    /// The publisher's keywords.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The language of the body.
    #[serde(default)]
    pub language: Option<Language>,
    /// The lead picture.
    #[serde(default)]
    pub lead_image: Option<Image>,
    /// Whether the page marks the article as for subscribers only.
    #[serde(default)]
    pub paywalled: bool,
    /// Whether the page marks it as opinion.
    #[serde(default)]
    pub opinion: bool,
    /// Whether the page marks it as paid content.
    #[serde(default)]
    pub sponsored: bool,
    /// A licence the page states, as an address or words.
    #[serde(default)]
    pub licence: Option<String>,
    /// Text and data mining reserved (TDMRep), from the header, the meta element or the host's file.
    #[serde(default)]
    pub tdm_reserved: Option<bool>,
    /// The body: paragraphs joined by `\n`, standfirst first.
    #[serde(default)]
    pub text: String,
    /// The body as sanitised HTML with its structure.
    #[serde(default)]
    pub html: String,
    /// Where each field came from.
    #[serde(default)]
    pub provenance: Provenance,
    /// Values not taken.
    #[serde(default)]
    pub conflicts: Vec<Conflict>,
}

impl Article {
    /// An article about which nothing is known but where and when it was met.
    #[must_use]
    pub fn new(url: String, canonical_url: CanonicalUrl, source: SourceId, fetched_at: Timestamp) -> Self {
        Self {
            id: canonical_url.id(),
            url,
            canonical_url,
            source,
            site_name: None,
            fetched_at,
            kind: Kind::default(),
            title: None,
            kicker: None,
            subtitle: None,
            authors: Vec::new(),
            agencies: Vec::new(),
            published: None,
            modified: None,
            section: None,
            feed_rubrique: None,
            keywords: Vec::new(),
            language: None,
            lead_image: None,
            paywalled: false,
            opinion: false,
            sponsored: false,
            licence: None,
            tdm_reserved: None,
            text: String::new(),
            html: String::new(),
            provenance: Provenance::new(),
            conflicts: Vec::new(),
        }
    }

    /// The precision of `published`.
    #[must_use]
    pub fn published_precision(&self) -> Precision {
        self.published.map_or(Precision::None, |p| p.precision())
    }

    /// A hash of the extracted title and text, blind to white space: what a *revision* is told by.
    #[must_use]
    pub fn text_hash(&self) -> u128 {
        let words = self.title.iter().flat_map(|t| t.split_whitespace()).chain(["\n"]);
        let mut joined = String::with_capacity(self.text.len() + 64);
        for word in words.chain(self.text.split_whitespace()) {
            joined.push_str(word);
            joined.push(' ');
        }
        xxhash_rust::xxh3::xxh3_128(joined.as_bytes())
    }
}

//! A page as fetched: the raw body and everything that was known when it came in.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CanonicalUrl, Published, Rubrique};

/// The name of a source in its pipeline's file, e.g. `lodj`. Lower-case letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SourceId(pub String);

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the feed or sitemap said about a page before it was fetched: evidence, never the truth.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FeedHint {
    /// The entry's title, as text.
    pub title: Option<String>,
    /// The entry's date.
    pub published: Option<Published>,
    /// The author the feed names.
    pub author: Option<String>,
    /// The entry's categories.
    pub categories: Vec<String>,
    /// The rubrique of the feed that listed it, as the pipeline's catalogue says. The operator's word, not the page's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rubrique: Option<Rubrique>,
}

/// The record kept with each fetch: under which rules it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FetchRecord {
    /// The robots.txt rule that allowed the fetch: `allowed`, `no-robots-txt`, or the line that matched.
    pub robots: Option<String>,
    /// TDM reservation stated by the host (TDMRep): `Some(true)` is reserved, `None` is not stated.
    pub tdm_reserved: Option<bool>,
    /// Time from the request to the last byte, in milliseconds.
    pub elapsed_ms: u64,
}

/// A raw page. On the `pages` and `unique` topics its body is the message's value as it came off the wire
/// (content encoding undone, charset untouched) and everything else is in headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The address after redirects.
    pub url: String,
    /// The canonical form of `url`; the page's identity.
    pub canonical: CanonicalUrl,
    /// The address that was asked for, where redirects led elsewhere.
    pub requested_url: Option<String>,
    /// The source whose feed or section led here.
    pub source: SourceId,
    /// When the last byte came in.
    pub fetched_at: Timestamp,
    /// HTTP status, 200 for nearly all.
    pub status: u16,
    /// The `Content-Type` header as sent.
    pub content_type: Option<String>,
    /// Other response headers worth keeping, lower-case names (`last-modified`, `content-language`, `link`…).
    pub headers: BTreeMap<String, String>,
    /// What the feed said.
    pub hint: FeedHint,
    /// Under which rules it was fetched.
    pub record: FetchRecord,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Page {
    /// A hash of the body, to tell whether the same address holds the same bytes.
    #[must_use]
    pub fn body_hash(&self) -> u128 {
        xxhash_rust::xxh3::xxh3_128(&self.body)
    }
}

//! Breadcrumbs: what each stage did with each page, so that `kiosque why URL` can answer.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CanonicalUrl, SourceId};

/// Why a message went no further. A closed list, so that metric labels stay few; details go in
/// [`Breadcrumb::detail`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// robots.txt forbids the address to our agent.
    Robots,
    /// The server said 304: unchanged since the last visit.
    NotModified,
    /// The server answered 404 or 410.
    NotFound,
    /// Another HTTP status that is no page.
    HttpStatus,
    /// No answer, or not in time, after all retries.
    Unreachable,
    /// The body is larger than the limit.
    TooLarge,
    /// The address leads to a private or otherwise refused network address, or is no http(s) address.
    RefusedAddress,
    /// Neither HTML nor a feed or sitemap.
    NotHtml,
    /// Too many redirects, or a circle of them.
    Redirects,
    /// The page asks not to be indexed (meta robots or X-Robots-Tag).
    NoIndex,
    /// The feed or sitemap could not be read.
    BrokenFeed,
    /// The same address with the same body was already seen.
    SamePage,
    /// The page lists articles and is none.
    Listing,
    /// The page has no text that could be an article's.
    NoText,
    /// The store already holds this text under this address.
    Unchanged,
}

impl Reason {
    /// The name on the wire and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::NotModified => "not_modified",
            Self::NotFound => "not_found",
            Self::HttpStatus => "http_status",
            Self::Unreachable => "unreachable",
            Self::TooLarge => "too_large",
            Self::RefusedAddress => "refused_address",
            Self::NotHtml => "not_html",
            Self::Redirects => "redirects",
            Self::NoIndex => "no_index",
            Self::BrokenFeed => "broken_feed",
            Self::SamePage => "same_page",
            Self::Listing => "listing",
            Self::NoText => "no_text",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What a stage did with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It went on to the next topic (from the sink: it is in the store).
    Forwarded,
    /// It ends here, for a reason.
    Dropped(Reason),
    /// It is among the dead letters.
    DeadLettered,
}

/// One step of one page. Sent on the `breadcrumbs` topic by whoever did the step, kept in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Breadcrumb {
    /// When.
    pub at: Timestamp,
    /// The page.
    pub url: CanonicalUrl,
    /// The source, where known.
    #[serde(default)]
    pub source: Option<SourceId>,
    /// The stage: `crawl`, `dedup`, `extract`, `classify` or `sink`.
    pub stage: String,
    /// What it did.
    pub outcome: Outcome,
    /// Words for a person: a status, the robots rule, an error.
    #[serde(default)]
    pub detail: Option<String>,
}

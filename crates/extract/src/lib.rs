//! Turns the bytes of a page into an article: body, metadata, and where each came from.
//!
//! [`extract`] is pure and total: any bytes give an [`Article`](kiosque_model::Article) (its `kind` may say it is
//! no article) or an [`ExtractError`], in bounded time and memory. Invariant: no field without evidence; every
//! field that is set has its provenance.

mod article;
mod block;
mod body;
mod charset;
mod cue;
mod date;
mod dom;
mod facts;
mod kind;
mod links;
mod meta;
mod role;
mod rules;
mod sieve;
mod signpost;
mod text;
#[cfg(feature = "training")]
pub mod training;

pub use article::{extract, extract_with};
pub use charset::decode;
pub use facts::{PageFacts, PageLink, read_page};
pub use rules::{RuleError, RuleReport, RuleSet, RuleTest, Rules, SiteRule};
pub use signpost::{Signposts, read_signposts};

/// Longest body read, in bytes; the rest of a longer one is not looked at.
pub const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// Why nothing can be read from a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// The body holds no text at all.
    #[error("the page is empty")]
    Empty,
    /// The response says, or the bytes show, that it is something else than HTML.
    #[error("`{found}` is no HTML page")]
    NotHtml {
        /// The media type declared or recognised.
        found: String,
    },
    /// The address the page came from cannot be read.
    #[error("`{address}` is no address")]
    Address {
        /// What was given.
        address: String,
    },
}

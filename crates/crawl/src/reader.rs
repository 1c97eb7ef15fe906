//! What the crawler needs to know of an HTML page, answered by someone who can read HTML: this crate owns no
//! HTML parser.

use url::Url;

/// A link of a page that may lead to an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Absolute address.
    pub url: String,
    /// Its text.
    pub title: Option<String>,
}

/// What a page says about where to find articles, and about what may be done with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// Feeds it declares (`link rel=alternate`), absolute.
    pub feeds: Vec<String>,
    /// Sitemaps it names, absolute.
    pub sitemaps: Vec<String>,
    /// Links that look like articles.
    pub links: Vec<Link>,
    /// Its meta robots forbids indexing.
    pub noindex: bool,
    /// Its `tdm-reservation` meta element: reserved or not, `None` where it says nothing.
    pub tdm_reserved: Option<bool>,
}

/// Reads a home or section page. Called once for each source that is a page, never for articles.
pub trait Reader: Send + Sync {
    /// The facts of a page; total: any bytes give some.
    fn read(&self, body: &[u8], content_type: Option<&str>, url: &Url) -> PageFacts;
}

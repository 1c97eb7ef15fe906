//! Sitemaps (sitemaps.org 0.9) with news and index, plain or packed, within the protocol's limits.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read as _;

use kiosque_model::{Language, Published};
use url::Url;

use crate::client::MAX_DOCUMENT_BYTES;
use crate::date::parse_date;
use crate::xml::{Step, decode, plain, walk};

/// Addresses in one sitemap, by the protocol.
const MAX_URLS: usize = 50_000;

/// One address of a sitemap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SitemapUrl {
    /// Absolute address.
    pub url: String,
    /// When it last changed.
    pub modified: Option<Published>,
    /// `news:title`.
    pub title: Option<String>,
    /// `news:publication_date`.
    pub published: Option<Published>,
    /// `news:language`.
    pub language: Option<Language>,
}

/// A sitemap, or an index of sitemaps; tolerantly, both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sitemap {
    /// Sitemaps an index leads to, with the time of their last change.
    pub children: Vec<(String, Option<Published>)>,
    /// Pages.
    pub urls: Vec<SitemapUrl>,
}

/// Why a body is no sitemap.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum SitemapError {
    /// Nothing in it looks like one.
    #[error("no sitemap: it has no `urlset` and no `sitemapindex`")]
    NoSitemap,
    /// Unpacked it is larger than the protocol allows.
    #[error("a sitemap of more than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The gzip stream is broken.
    #[error("a packed sitemap that cannot be unpacked: {0}")]
    Packed(String),
}

/// Reads a sitemap, an index, or a plain list of addresses; gzip is unpacked. Addresses beyond 50 000 are left.
///
/// # Errors
/// [`SitemapError`] where it is none, or breaks the limits.
pub fn parse_sitemap(bytes: &[u8], base: &Url) -> Result<Sitemap, SitemapError> {
    let unpacked;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        unpacked = unpack(bytes)?;
        &unpacked[..]
    } else {
        bytes
    };
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(SitemapError::TooLarge { limit: MAX_DOCUMENT_BYTES });
    }
    let text = decode(bytes, None);
    if !text.contains('<') {
        return plain_list(&text, base);
    }
    let mut builder = Builder::new(base);
    walk(&text, |step| builder.take(step));
    // An address the end cut off in its middle is another address.
    builder.field = None;
    builder.commit();
    if builder.is_sitemap { Ok(builder.map) } else { Err(SitemapError::NoSitemap) }
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, SitemapError> {
    let mut out = Vec::new();
    let limit = u64::try_from(MAX_DOCUMENT_BYTES).unwrap_or(u64::MAX);
    let read = flate2::read::MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut out);
    if out.len() > MAX_DOCUMENT_BYTES {
        return Err(SitemapError::TooLarge { limit: MAX_DOCUMENT_BYTES });
    }
    match read {
        Ok(_) => Ok(out),
        // A stream that ends early still gave its beginning.
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof && !out.is_empty() => Ok(out),
        Err(e) => Err(SitemapError::Packed(e.to_string())),
    }
}

fn plain_list(text: &str, base: &Url) -> Result<Sitemap, SitemapError> {
    let lines = text.lines().map(str::trim).filter(|l| l.starts_with("http"));
    let urls: Vec<_> = lines
        .filter_map(|line| base.join(line).ok())
        .take(MAX_URLS)
        .map(|url| SitemapUrl { url: url.into(), ..SitemapUrl::default() })
        .collect();
    if urls.is_empty() { Err(SitemapError::NoSitemap) } else { Ok(Sitemap { children: Vec::new(), urls }) }
}

struct Builder<'a> {
    base: &'a Url,
    map: Sitemap,
    is_sitemap: bool,
    is_child: bool,
    draft: Option<SitemapUrl>,
    /// The same page in other languages.
    alternates: Vec<(String, Language)>,
    /// By address, so that a hostile list of repeated ones costs no more than another.
    listed: HashMap<String, Listed>,
    field: Option<(String, String)>,
}

/// Where an address stands among those of the map.
struct Listed {
    at: usize,
    /// Whether only another one's alternate named it so far.
    by_another: bool,
}

impl<'a> Builder<'a> {
    fn new(base: &'a Url) -> Self {
        Self {
            base,
            map: Sitemap::default(),
            is_sitemap: false,
            is_child: false,
            draft: None,
            alternates: Vec::new(),
            listed: HashMap::new(),
            field: None,
        }
    }

    fn take(&mut self, step: Step) -> bool {
        match step {
            Step::Open { name, attributes } => match name.as_str() {
                "urlset" | "sitemapindex" => self.is_sitemap = true,
                "url" | "sitemap" => {
                    self.commit();
                    self.is_child = name == "sitemap";
                    self.draft = Some(SitemapUrl::default());
                }
                "loc" | "lastmod" | "title" | "publication_date" | "language" => {
                    self.field = Some((name, String::new()));
                }
                "xhtml:link" => self.alternate(&attributes),
                _ => {}
            },
            Step::Text(text) => {
                if let Some((_, so_far)) = &mut self.field {
                    so_far.push_str(&text);
                }
            }
            Step::Close { name } => match name.as_str() {
                "url" | "sitemap" => self.commit(),
                _ => self.commit_field(),
            },
        }
        self.map.urls.len() < MAX_URLS && self.map.children.len() < MAX_URLS
    }

    fn commit_field(&mut self) {
        let (Some((name, text)), Some(draft)) = (self.field.take(), &mut self.draft) else { return };
        let text = plain(&text);
        match name.as_str() {
            "loc" if draft.url.is_empty() => {
                draft.url =
                    self.base.join(&text).ok().filter(Url::has_host).map(String::from).unwrap_or_default();
            }
            "lastmod" => draft.modified = parse_date(&text, None),
            "publication_date" => draft.published = parse_date(&text, None),
            "language" => draft.language = Language::from_tag(&text),
            "title" => draft.title = Some(text).filter(|t| !t.is_empty()),
            _ => {}
        }
    }

    /// `<xhtml:link rel="alternate" hreflang="ar" href="…"/>`: each language has an entry of its own by the book, and
    /// often has none.
    fn alternate(&mut self, attributes: &[(String, String)]) {
        let of = |name: &str| attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.trim());
        let language = of("hreflang").and_then(Language::from_tag);
        let url = of("href").and_then(|href| self.base.join(href).ok()).filter(Url::has_host);
        if let (Some("alternate"), Some(language), Some(url)) = (of("rel"), language, url) {
            self.alternates.push((url.into(), language));
        }
    }

    fn commit(&mut self) {
        self.commit_field();
        let alternates = std::mem::take(&mut self.alternates);
        let Some(mut draft) = self.draft.take().filter(|d| !d.url.is_empty()) else { return };
        if self.is_child {
            self.map.children.push((draft.url, draft.modified));
            return;
        }
        let own = alternates.iter().find(|(url, _)| *url == draft.url).map(|(_, language)| language.clone());
        draft.language = draft.language.or(own);
        let modified = draft.modified;
        match self.listed.entry(draft.url.clone()) {
            Entry::Vacant(place) => {
                place.insert(Listed { at: self.map.urls.len(), by_another: false });
                self.map.urls.push(draft);
            }
            Entry::Occupied(mut place) => {
                let known = &mut self.map.urls[place.get().at];
                // What it was as another one's alternate its own entry says better; of two of its own the first holds.
                let by_another = std::mem::replace(&mut place.get_mut().by_another, false);
                let (first, then) = if by_another { (draft, known.clone()) } else { (known.clone(), draft) };
                *known = SitemapUrl {
                    url: first.url,
                    title: first.title.or(then.title),
                    published: first.published.or(then.published),
                    modified: first.modified.or(then.modified),
                    language: first.language.or(then.language),
                };
            }
        }
        for (url, language) in alternates {
            if let Entry::Vacant(place) = self.listed.entry(url.clone()) {
                place.insert(Listed { at: self.map.urls.len(), by_another: true });
                let (language, url) = (Some(language), url);
                self.map.urls.push(SitemapUrl { url, modified, language, ..SitemapUrl::default() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Sitemap, SitemapError> {
        parse_sitemap(bytes, &Url::parse("https://a.example/sitemap.xml").unwrap())
    }

    const NEWS: &str = r#"<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="i"><url><loc>https://a.example/1?x=1&amp;y=2</loc>
<lastmod>2026-10-06T09:00:00+01:00</lastmod><news:news><news:publication><news:name>A</news:name>
<news:language>fr</news:language></news:publication><news:publication_date>2026-10-06</news:publication_date>
<news:title>L&apos;eau &amp; le sel</news:title></news:news><image:image><image:loc>https://a.example/i.jpg</image:loc>
<image:title>photo</image:title></image:image></url><url><loc> /2 </loc></url></urlset>"#;

    #[test]
    fn news_sitemaps() {
        let map = read(NEWS.as_bytes()).unwrap();
        let [first, second] = &map.urls[..] else { panic!("two addresses") };
        assert_eq!(first.url, "https://a.example/1?x=1&y=2");
        assert_eq!(first.title.as_deref(), Some("L'eau & le sel"));
        assert_eq!(first.published.unwrap().to_string(), "2026-10-06");
        assert_eq!(first.modified.unwrap().to_string(), "2026-10-06T09:00:00+01:00");
        assert_eq!(first.language, Language::from_tag("fr"));
        assert_eq!(second.url, "https://a.example/2");
    }

    #[test]
    fn of_an_address_listed_twice_the_first_holds() {
        let entry = |title: &str, more: &str| {
            format!("<url><loc>/1</loc><news:news><news:title>{title}</news:title>{more}</news:news></url>")
        };
        let date = "<news:publication_date>2026-10-06</news:publication_date>";
        let text = format!(
            "<urlset xmlns:news='n'>{}{}<url><loc>/1</loc></url></urlset>",
            entry("un", ""),
            entry("deux", date)
        );
        let map = read(text.as_bytes()).unwrap();
        let [only] = &map.urls[..] else { panic!("{map:?}") };
        assert_eq!(
            (only.title.as_deref(), only.published.unwrap().to_string()),
            (Some("un"), "2026-10-06".into())
        );
    }

    #[test]
    fn the_same_page_in_other_languages_is_listed_too() {
        let link =
            |tag: &str, href: &str| format!("<xhtml:link rel='alternate' hreflang='{tag}' href='{href}'/>");
        let both =
            link("fr-MA", "https://a.example/fr/1") + &link("ar", "/ar/1") + &link("x-default", "/en/1");
        let text = format!(
            "<urlset xmlns:xhtml='x'><url><loc>https://a.example/fr/1</loc>{both}<lastmod>2026-10-06</lastmod></url>\
             <url><loc>https://a.example/ar/1</loc><lastmod>2026-10-05</lastmod>{both}</url></urlset>"
        );
        let map = read(text.as_bytes()).unwrap();
        let told: Vec<_> = map
            .urls
            .iter()
            .map(|u| (u.url.as_str(), u.language.clone(), u.modified.unwrap().to_string()))
            .collect();
        let of = |tag| Language::from_tag(tag);
        assert_eq!(
            told,
            [
                ("https://a.example/fr/1", of("fr"), "2026-10-06".to_owned()),
                ("https://a.example/ar/1", of("ar"), "2026-10-05".to_owned()),
            ]
        );
        assert!(of("x-default").is_none());
    }

    #[test]
    fn packed_and_cut_sitemaps() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(NEWS.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        assert_eq!(read(&packed).unwrap(), read(NEWS.as_bytes()).unwrap());
        let cut = NEWS.find("/2 </loc>").unwrap();
        assert_eq!(read(&NEWS.as_bytes()[..=cut]).unwrap().urls.len(), 1);
        assert!(matches!(read(&[0x1f, 0x8b, 0, 0]), Err(SitemapError::Packed(_))));
    }

    #[test]
    fn a_bomb_is_cut_short() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![b' '; 1 << 20];
        for _ in 0..51 {
            packer.write_all(&zeros).unwrap();
        }
        let bomb = packer.finish().unwrap();
        assert_eq!(read(&bomb), Err(SitemapError::TooLarge { limit: MAX_DOCUMENT_BYTES }));
    }

    #[test]
    fn indexes_and_lists() {
        let index = "<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2026-10-06</lastmod></sitemap>\
            <sitemap><loc>https://b.example/b.xml</loc></sitemap></sitemapindex>";
        let children: Vec<_> = read(index.as_bytes()).unwrap().children.into_iter().map(|c| c.0).collect();
        assert_eq!(children, ["https://a.example/a.xml.gz", "https://b.example/b.xml"]);
        assert_eq!(read(b"https://a.example/1\nhttps://a.example/2\n").unwrap().urls.len(), 2);
    }

    #[test]
    fn what_is_no_sitemap_is_an_error() {
        let check = |body: &[u8]| assert_eq!(read(body), Err(SitemapError::NoSitemap));
        check(b"<html><body>404</body></html>");
        check(b"");
        check(b"not found");
    }
}

//! An answer out of an archive as the page a visit would have brought: the same types are pages, the same pages want
//! to be left out, the same bytes are the body.
//!
//! No robots.txt is asked: whoever made the archive did the asking. What the page itself says of its use holds.

use jiff::Timestamp;
use kiosque_model::{CanonicalUrl, FeedHint, FetchRecord, Page, Reason, SourceId};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::client::{kept_headers, text};
use crate::coding::{CodingError, undo_coding};
use crate::fetch::tdm_header;
use crate::signals::signals;
use crate::sniff::{is_html_answer, looks_like_html};

/// An answer as an archive holds it.
#[derive(Debug, Clone)]
pub struct Archived {
    /// The address that answered.
    pub url: String,
    /// When.
    pub at: Timestamp,
    /// Its status.
    pub status: u16,
    /// Its headers; names in any case.
    pub headers: Vec<(String, String)>,
    /// Its body, chunks joined, content coding not undone.
    pub body: Vec<u8>,
}

/// Why an archived answer is no page of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPage {
    /// As a visit would have said.
    pub reason: Reason,
    /// Words for a person.
    pub detail: String,
}

impl Archived {
    /// Makes a page of it, for the agent's product token, its body not above `max_body_bytes`.
    ///
    /// # Errors
    /// [`NoPage`] with the reason for which a visit would have dropped it.
    pub fn page(self, source: SourceId, agent: &str, max_body_bytes: usize) -> Result<Page, NoPage> {
        let no = |reason, detail: String| Err(NoPage { reason, detail });
        let canonical = match CanonicalUrl::parse(&self.url) {
            Ok(canonical) => canonical,
            Err(error) => return no(Reason::RefusedAddress, error.to_string()),
        };
        match self.status {
            200 => {}
            404 | 410 => return no(Reason::NotFound, format!("status {}", self.status)),
            status => return no(Reason::HttpStatus, format!("status {status}")),
        }
        let headers = header_map(&self.headers);
        let kind = text(&headers, header::CONTENT_TYPE).map(str::to_owned);
        let told = || format!("content type `{}`", kind.as_deref().unwrap_or_default());
        let is_html = is_html_answer(kind.as_deref());
        if is_html == Some(false) {
            return no(Reason::NotHtml, told());
        }
        let coding = text(&headers, header::CONTENT_ENCODING);
        let body = match undo_coding(self.body, coding, max_body_bytes) {
            Ok(body) if body.len() > max_body_bytes => {
                return no(Reason::TooLarge, format!("more than {max_body_bytes} bytes"));
            }
            Ok(body) => body,
            Err(error @ CodingError::TooLarge(_)) => return no(Reason::TooLarge, error.to_string()),
            Err(error @ CodingError::Broken { .. }) => return no(Reason::Unreachable, error.to_string()),
        };
        if is_html.is_none() && !looks_like_html(&body) {
            return no(Reason::NotHtml, told());
        }
        let signals = signals(&headers, &body, agent);
        if let Some(words) = signals.noindex {
            return no(Reason::NoIndex, words);
        }
        let tdm_reserved = signals.tdm_reserved.or_else(|| tdm_header(&headers));
        Ok(Page {
            url: self.url,
            canonical,
            requested_url: None,
            source,
            fetched_at: self.at,
            status: self.status,
            content_type: kind,
            headers: kept_headers(&headers),
            hint: FeedHint::default(),
            record: FetchRecord { tdm_reserved, ..FetchRecord::default() },
            body,
        })
    }
}

/// Headers that cannot be any say nothing, nor do those behind the many thousands a map holds.
fn header_map(headers: &[(String, String)]) -> HeaderMap {
    let each = headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    let mut map = HeaderMap::new();
    for (name, value) in each {
        if map.try_append(name, value).is_err() {
            break;
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archived(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Result<Page, NoPage> {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let url = "https://a.example/1?utm_source=x".to_owned();
        let at = "2026-10-06T07:00:00Z".parse().unwrap();
        let source = SourceId("a".into());
        Archived { url, at, status, headers, body: body.to_vec() }.page(source, "kiosque", 1000)
    }

    #[test]
    fn a_page_is_what_a_visit_would_have_brought() {
        let headers = [
            ("Content-Type", "text/html; charset=windows-1256"),
            ("ETag", "\"1\""),
            ("TDM-Reservation", "1"),
            ("X-Titre", "é"),
        ];
        let page = archived(200, &headers, b"<p>\xC7</p>").unwrap();
        assert_eq!(page.canonical.as_str(), "https://a.example/1");
        assert_eq!(page.content_type.as_deref(), Some("text/html; charset=windows-1256"));
        assert_eq!((page.headers["etag"].as_str(), page.record.tdm_reserved), ("\"1\"", Some(true)));
        assert_eq!(
            (page.body, page.fetched_at.to_string()),
            (b"<p>\xC7</p>".to_vec(), "2026-10-06T07:00:00Z".into())
        );
    }

    #[test]
    fn more_headers_than_anybody_sends_do_no_harm() {
        let names: Vec<String> = (0..70_000).map(|n| format!("x-{n}")).collect();
        let mut headers = vec![("content-type", "text/html")];
        headers.extend(names.iter().map(|name| (name.as_str(), "1")));
        assert_eq!(archived(200, &headers, b"<p>x").unwrap().content_type.as_deref(), Some("text/html"));
    }

    #[test]
    fn what_a_visit_would_have_dropped_is_no_page() {
        let check = |status, headers: &[(&str, &str)], body: &[u8], expected| {
            assert_eq!(
                archived(status, headers, body).map_err(|no| no.reason).err(),
                expected,
                "{headers:?}"
            );
        };
        let html = ("content-type", "text/html");
        check(200, &[html], b"<p>x", None);
        check(200, &[], b"<!doctype html><p>x", None);
        check(301, &[html, ("location", "/2")], b"", Some(Reason::HttpStatus));
        check(404, &[html], b"<p>x", Some(Reason::NotFound));
        check(200, &[("content-type", "image/png")], b"x", Some(Reason::NotHtml));
        check(200, &[], b"%PDF-1.7", Some(Reason::NotHtml));
        check(200, &[html, ("X-Robots-Tag", "noindex")], b"<p>x", Some(Reason::NoIndex));
        check(200, &[html], b"<meta name=robots content=noindex>", Some(Reason::NoIndex));
        check(200, &[html], &[b' '; 2000], Some(Reason::TooLarge));
        check(200, &[html, ("content-encoding", "gzip")], b"\x1f\x8b\x08broken", Some(Reason::Unreachable));
    }
}

//! The wire format: `CloudEvents` 1.0, Kafka binary content mode.
//!
//! Metadata travels in `ce_*` headers and `content-type`, so any Kafka tool reads it; the value is the raw
//! body for pages and JSON elsewhere. The same envelope is what the embedded log and the memory bus carry.
//! A reader ignores headers and JSON fields it does not know: that is what makes changes additive.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{Article, Breadcrumb, CanonicalUrl, FeedHint, FetchRecord, Page, SourceId, Tagged};

/// The names of headers.
pub mod header {
    /// `CloudEvents` id: derived from the content, so that a repeated delivery is known as such.
    pub const ID: &str = "ce_id";
    /// `CloudEvents` type, e.g. `kiosque.page.v1`.
    pub const TYPE: &str = "ce_type";
    /// `CloudEvents` source: the source's id as a URI reference, `/sources/lodj`.
    pub const SOURCE: &str = "ce_source";
    /// `CloudEvents` time: when the page was fetched, RFC 3339.
    pub const TIME: &str = "ce_time";
    /// `CloudEvents` version, always `1.0`.
    pub const SPEC_VERSION: &str = "ce_specversion";
    /// `CloudEvents` subject: the canonical address.
    pub const SUBJECT: &str = "ce_subject";
    /// Media type of the value; for a page, the one the server sent.
    pub const CONTENT_TYPE: &str = "content-type";
    /// W3C trace context, carried through where present.
    pub const TRACE_PARENT: &str = "traceparent";
    /// Dead letters: the stage that gave up.
    pub const DEAD_STAGE: &str = "kiosque_dead_stage";
    /// Dead letters: why.
    pub const DEAD_REASON: &str = "kiosque_dead_reason";
    /// Dead letters: the topic, partition and offset it was read from, `pages/0/42`.
    pub const DEAD_ORIGIN: &str = "kiosque_dead_origin";
    /// Dead letters: when, RFC 3339.
    pub const DEAD_TIME: &str = "kiosque_dead_time";
}

/// The names of topics.
pub mod topic {
    /// Raw pages, keyed by host.
    pub const PAGES: &str = "pages";
    /// Pages not seen before, keyed by page id; so are the topics after it.
    pub const UNIQUE: &str = "unique";
    /// Extracted articles.
    pub const ARTICLES: &str = "articles";
    /// Classified articles.
    pub const TAGGED: &str = "tagged";
    /// What became of each page.
    pub const BREADCRUMBS: &str = "breadcrumbs";
    /// Addresses that one crawler found and another one, whose hosts they are of, fetches; keyed by site.
    pub const LEADS: &str = "leads";
    /// What `dedup` remembers, where several share the work: the last body of each page, keyed by page id.
    pub const SEEN: &str = "seen";
    /// What `crawl` remembers, where several share the work, by the key of the entry.
    pub const FRONTIER: &str = "frontier";
    /// The topics a stage reads, in order of the line.
    pub const ALL: [&str; 5] = [PAGES, UNIQUE, ARTICLES, TAGGED, BREADCRUMBS];

    /// The dead-letter topic of a stage.
    #[must_use]
    pub fn dead(stage: &str) -> String {
        format!("{stage}.dead")
    }
}

/// A message as a bus carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// What keeps messages in order: all with one key go to one partition.
    pub key: String,
    /// Headers, names in lower case, in the order they were set.
    pub headers: Vec<(String, String)>,
    /// The value.
    pub value: Vec<u8>,
}

impl Envelope {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Sets a header, replacing one of that name.
    pub fn set_header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.to_owned(), value.into()));
    }
}

/// Why an envelope does not hold the message it should.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// A header that must be there is not, or cannot be read.
    #[error("header `{name}` is missing or unreadable: `{value}`")]
    Header {
        /// Which.
        name: &'static str,
        /// What stood there.
        value: String,
    },
    /// The message is of another type.
    #[error("expected a message of type `{expected}`, found `{found}`")]
    Type {
        /// What the reader reads.
        expected: &'static str,
        /// What came.
        found: String,
    },
    /// The value is not the JSON it should be.
    #[error("the value is no valid `{kind}`: {source}")]
    Json {
        /// The message's type.
        kind: &'static str,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
}

/// What a topic carries.
pub trait Message: Sized + Send + 'static {
    /// The topic it travels on.
    const TOPIC: &'static str;
    /// Its `CloudEvents` type.
    const TYPE: &'static str;

    /// Puts the message in an envelope; the same message always gives the same envelope.
    fn encode(&self) -> Envelope;

    /// Takes it out again.
    ///
    /// # Errors
    /// [`WireError`] where the envelope does not hold one.
    fn decode(envelope: &Envelope) -> Result<Self, WireError>;

    /// The page it is about, for breadcrumbs and spans.
    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>);
}

/// The output of a stage that only consumes: there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Never {}

impl Message for Never {
    const TOPIC: &'static str = "";
    const TYPE: &'static str = "";

    fn encode(&self) -> Envelope {
        match *self {}
    }

    fn decode(envelope: &Envelope) -> Result<Self, WireError> {
        Err(WireError::Type {
            expected: Self::TYPE,
            found: envelope.header(header::TYPE).unwrap_or_default().to_owned(),
        })
    }

    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>) {
        match *self {}
    }
}

fn envelope(kind: &'static str, key: String, id: String, time: Timestamp) -> Envelope {
    let mut envelope = Envelope { key, ..Envelope::default() };
    envelope.set_header(header::SPEC_VERSION, "1.0");
    envelope.set_header(header::ID, id);
    envelope.set_header(header::TYPE, kind);
    envelope.set_header(header::TIME, time.to_string());
    envelope
}

fn address(envelope: &mut Envelope, url: &CanonicalUrl, source: Option<&SourceId>) {
    let name = source.map_or("unknown", |s| s.0.as_str());
    envelope.set_header(header::SOURCE, format!("/sources/{name}"));
    envelope.set_header(header::SUBJECT, url.as_str());
}

fn expect_type(envelope: &Envelope, expected: &'static str) -> Result<(), WireError> {
    let found = envelope.header(header::TYPE).unwrap_or("(none)");
    if found == expected { Ok(()) } else { Err(WireError::Type { expected, found: found.to_owned() }) }
}

fn from_json<T: DeserializeOwned>(envelope: &Envelope, kind: &'static str) -> Result<T, WireError> {
    expect_type(envelope, kind)?;
    serde_json::from_slice(&envelope.value).map_err(|source| WireError::Json { kind, source })
}

fn to_json<T: serde::Serialize>(mut envelope: Envelope, value: &T) -> Envelope {
    envelope.set_header(header::CONTENT_TYPE, "application/json");
    envelope.value = serde_json::to_vec(value).expect("model types have string keys and finite numbers");
    envelope
}

/// The header a page's other metadata travels in, as JSON.
const PAGE_META: &str = "kiosque_page";

#[derive(serde::Serialize, serde::Deserialize)]
struct PageMeta {
    url: String,
    #[serde(default)]
    requested_url: Option<String>,
    source: SourceId,
    status: u16,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    hint: FeedHint,
    #[serde(default)]
    record: FetchRecord,
}

/// A page that `dedup` let through: the same message as the page, on the `unique` topic and keyed by page id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniquePage(pub Page);

impl Message for UniquePage {
    const TOPIC: &'static str = topic::UNIQUE;
    const TYPE: &'static str = Page::TYPE;

    fn encode(&self) -> Envelope {
        Envelope { key: self.0.canonical.id().0, ..self.0.encode() }
    }

    fn decode(envelope: &Envelope) -> Result<Self, WireError> {
        Page::decode(envelope).map(Self)
    }

    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>) {
        self.0.subject()
    }
}

impl Message for Page {
    const TOPIC: &'static str = topic::PAGES;
    const TYPE: &'static str = "kiosque.page.v1";

    fn encode(&self) -> Envelope {
        let id = format!("{}-{:032x}", self.canonical.id(), self.body_hash());
        let mut out = envelope(Self::TYPE, self.canonical.host().to_owned(), id, self.fetched_at);
        address(&mut out, &self.canonical, Some(&self.source));
        if let Some(kind) = &self.content_type {
            out.set_header(header::CONTENT_TYPE, kind.as_str());
        }
        let meta = PageMeta {
            url: self.url.clone(),
            requested_url: self.requested_url.clone(),
            source: self.source.clone(),
            status: self.status,
            headers: self.headers.clone(),
            hint: self.hint.clone(),
            record: self.record.clone(),
        };
        out.set_header(PAGE_META, serde_json::to_string(&meta).expect("page metadata has string keys"));
        out.value.clone_from(&self.body);
        out
    }

    fn decode(envelope: &Envelope) -> Result<Self, WireError> {
        expect_type(envelope, Self::TYPE)?;
        let header = |name: &'static str| {
            envelope.header(name).ok_or(WireError::Header { name, value: String::new() })
        };
        let bad = |name: &'static str, value: &str| WireError::Header { name, value: value.to_owned() };
        let meta: PageMeta = serde_json::from_str(header(PAGE_META)?)
            .map_err(|source| WireError::Json { kind: Self::TYPE, source })?;
        let subject = header(header::SUBJECT)?;
        let time = header(header::TIME)?;
        Ok(Self {
            canonical: CanonicalUrl::parse(subject).map_err(|_| bad(header::SUBJECT, subject))?,
            fetched_at: time.parse().map_err(|_| bad(header::TIME, time))?,
            content_type: envelope.header(header::CONTENT_TYPE).map(str::to_owned),
            url: meta.url,
            requested_url: meta.requested_url,
            source: meta.source,
            status: meta.status,
            headers: meta.headers,
            hint: meta.hint,
            record: meta.record,
            body: envelope.value.clone(),
        })
    }

    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>) {
        (&self.canonical, Some(&self.source))
    }
}

impl Message for Article {
    const TOPIC: &'static str = topic::ARTICLES;
    const TYPE: &'static str = "kiosque.article.v1";

    fn encode(&self) -> Envelope {
        let id = format!("{}-{:032x}", self.id, self.text_hash());
        let mut out = envelope(Self::TYPE, self.id.0.clone(), id, self.fetched_at);
        address(&mut out, &self.canonical_url, Some(&self.source));
        to_json(out, self)
    }

    fn decode(envelope: &Envelope) -> Result<Self, WireError> {
        from_json(envelope, Self::TYPE)
    }

    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>) {
        (&self.canonical_url, Some(&self.source))
    }
}

impl Message for Tagged {
    const TOPIC: &'static str = topic::TAGGED;
    const TYPE: &'static str = "kiosque.tagged.v1";

    fn encode(&self) -> Envelope {
        let article = &self.article;
        let id = format!("{}-{:032x}", article.id, article.text_hash());
        let mut out = envelope(Self::TYPE, article.id.0.clone(), id, article.fetched_at);
        address(&mut out, &article.canonical_url, Some(&article.source));
        to_json(out, self)
    }

    fn decode(envelope: &Envelope) -> Result<Self, WireError> {
        from_json(envelope, Self::TYPE)
    }

    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>) {
        self.article.subject()
    }
}

impl Message for Breadcrumb {
    const TOPIC: &'static str = topic::BREADCRUMBS;
    const TYPE: &'static str = "kiosque.breadcrumb.v1";

    fn encode(&self) -> Envelope {
        let id = self.url.id();
        let mut out = envelope(Self::TYPE, id.0.clone(), format!("{id}-{}-{}", self.stage, self.at), self.at);
        address(&mut out, &self.url, self.source.as_ref());
        to_json(out, self)
    }

    fn decode(envelope: &Envelope) -> Result<Self, WireError> {
        from_json(envelope, Self::TYPE)
    }

    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>) {
        (&self.url, self.source.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page {
            url: "https://a.example/x?utm_source=rss".into(),
            canonical: CanonicalUrl::parse("https://a.example/x").unwrap(),
            requested_url: None,
            source: SourceId("a".into()),
            fetched_at: "2026-10-06T07:00:00Z".parse().unwrap(),
            status: 200,
            content_type: Some("text/html; charset=windows-1256".into()),
            headers: [("last-modified".to_owned(), "Tue, 06 Oct 2026 06:00:00 GMT".to_owned())].into(),
            hint: FeedHint { title: Some("العنوان".into()), ..FeedHint::default() },
            record: FetchRecord { tdm_reserved: Some(true), ..FetchRecord::default() },
            body: vec![0xC7, 0xE1, 0x00, 0xFF],
        }
    }

    fn tagged() -> Tagged {
        let page = page();
        let article = Article::new(page.url, page.canonical, page.source, page.fetched_at);
        let mention = crate::Mention {
            field: crate::Field::Text,
            place: crate::Span { block: 1, start: 4, end: 9 },
            text: "match".into(),
        };
        Tagged {
            keywords: vec!["match".into()],
            uncertain: true,
            alternative: Some(crate::Rubrique::Culture),
            placements: vec![crate::Placement {
                rule: "stades".into(),
                version: 2,
                watchlist: Some("sport".into()),
                rubrique: None,
                instead_of: None,
                mentions: vec![mention],
            }],
            ..Tagged::new(article, crate::Rubrique::Sport, 0.5)
        }
    }

    /// What comes out of the envelope is what went in, and encoding it again gives the same envelope.
    fn round<M: Message + PartialEq + std::fmt::Debug>(message: &M) -> Envelope {
        let envelope = message.encode();
        let back = M::decode(&envelope).unwrap();
        assert_eq!(&back, message);
        assert_eq!(back.encode(), envelope);
        envelope
    }

    #[test]
    fn every_message_survives_its_envelope() {
        let envelope = round(&page());
        assert_eq!(envelope.key, "a.example");
        assert_eq!(envelope.header(header::CONTENT_TYPE), Some("text/html; charset=windows-1256"));
        assert_eq!(envelope.value, page().body);
        assert_eq!(round(&UniquePage(page())).key, page().canonical.id().0);
        round(&tagged().article);
        round(&tagged());
        round(&Breadcrumb {
            at: page().fetched_at,
            url: page().canonical,
            source: None,
            stage: "dedup".into(),
            outcome: crate::BreadcrumbOutcome::Dropped(crate::Reason::SamePage),
            detail: None,
        });
    }

    #[test]
    fn a_message_of_another_type_is_refused_by_name() {
        let said = Article::decode(&page().encode()).unwrap_err().to_string();
        assert_eq!(said, "expected a message of type `kiosque.article.v1`, found `kiosque.page.v1`");
    }

    #[test]
    fn fields_and_headers_of_tomorrow_are_passed_over() {
        let mut envelope = tagged().encode();
        envelope.set_header("ce_tomorrow", "x");
        let mut json: serde_json::Value = serde_json::from_slice(&envelope.value).unwrap();
        json["tomorrow"] = 1.into();
        envelope.value = serde_json::to_vec(&json).unwrap();
        assert_eq!(Tagged::decode(&envelope).unwrap(), tagged());
    }
}

//! What one crawler hands over to another: an address on the other's territory, with all that is known of it.
//!
//! It travels on the topic `leads`, keyed by site, so that one partition, and with it one crawler, gets all of a
//! site. Additive only, as every message. It may come twice: whoever fetches it remembers what was fetched.

use jiff::Timestamp;
use kiosque_model::{
    CanonicalUrl, Envelope, FeedHint, Message, Published, SourceId, WireError, header, topic,
};
use serde::{Deserialize, Serialize};

use crate::settings::SourceKind;
use crate::territory::site_of_text;

/// An address that another crawler is to fetch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Handover {
    /// When it was found.
    pub at: Timestamp,
    /// What is to be asked for.
    pub url: String,
    /// Its canonical form.
    pub canonical: CanonicalUrl,
    /// The source that led to it.
    pub source: SourceId,
    /// What the source said about it.
    #[serde(default)]
    pub hint: FeedHint,
    /// When it was last changed, as a sitemap or feed says.
    #[serde(default)]
    pub modified: Option<Published>,
    /// The address that was asked for first, where a redirect led to this one.
    #[serde(default)]
    pub requested_url: Option<String>,
    /// Redirects followed on the way here; of a list, how often it was handed over. Both are bounded, so that
    /// nothing goes in circles between crawlers.
    #[serde(default)]
    pub hops: usize,
    /// Where this is no article but a feed, a sitemap or a page that lists articles: what it is.
    #[serde(default)]
    pub listing: Option<SourceKind>,
    /// Where this is no address to crawl but an errand for the rules of a host: whose, and what they are once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<RulesErrand>,
}

/// The rules of a host lie, by a redirect, on another crawler's site. That one asks for them, and the answer goes back
/// the same way: [`Handover::url`] is what is to be asked for, and in the answer the host's own robots.txt, so that
/// each finds its reader by its site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RulesErrand {
    /// Whose rules: scheme and authority, e.g. `https://www.a.example`.
    pub origin: String,
    /// What was found; `None` while it is to be asked for.
    #[serde(default)]
    pub found: Option<RobotsFile>,
}

/// What is known of a host's robots.txt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RobotsFile {
    /// The server has none.
    Absent,
    /// It could not say, for this reason.
    Failed(String),
    /// It is at an address nobody connects to, for this reason.
    Refused(String),
    /// Its text.
    File(String),
}

impl Handover {
    /// The site whose owner it is for; see [`site_of`](crate::site_of).
    #[must_use]
    pub fn site(&self) -> String {
        site_of_text(&self.url)
    }
}

impl Message for Handover {
    const TOPIC: &'static str = topic::LEADS;
    const TYPE: &'static str = "kiosque.lead.v1";

    fn encode(&self) -> Envelope {
        let mut out = Envelope { key: self.site(), ..Envelope::default() };
        out.set_header(header::SPEC_VERSION, "1.0");
        out.set_header(header::ID, format!("{}-{}", self.canonical.id(), self.at));
        out.set_header(header::TYPE, Self::TYPE);
        out.set_header(header::TIME, self.at.to_string());
        out.set_header(header::SOURCE, format!("/sources/{}", self.source));
        out.set_header(header::SUBJECT, self.canonical.as_str());
        out.set_header(header::CONTENT_TYPE, "application/json");
        out.value = serde_json::to_vec(self).expect("a lead has string keys and no floating point");
        out
    }

    fn decode(envelope: &Envelope) -> Result<Self, WireError> {
        let found = envelope.header(header::TYPE).unwrap_or("(none)");
        if found != Self::TYPE {
            return Err(WireError::Type { expected: Self::TYPE, found: found.to_owned() });
        }
        serde_json::from_slice(&envelope.value).map_err(|source| WireError::Json { kind: Self::TYPE, source })
    }

    fn subject(&self) -> (&CanonicalUrl, Option<&SourceId>) {
        (&self.canonical, Some(&self.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_its_envelope_and_is_keyed_by_site() {
        let lead = Handover {
            at: "2026-10-06T07:00:00Z".parse().unwrap(),
            url: "http://www.a.example/x?utm_source=b".into(),
            canonical: CanonicalUrl::parse("http://www.a.example/x").unwrap(),
            source: SourceId("b".into()),
            hint: FeedHint { title: Some("العنوان".into()), ..FeedHint::default() },
            modified: Some("2026-10-06".parse().unwrap()),
            requested_url: Some("http://b.example/y".into()),
            hops: 1,
            listing: Some(SourceKind::Feed),
            rules: Some(RulesErrand {
                origin: "http://b.example".into(),
                found: Some(RobotsFile::File("Disallow:".into())),
            }),
        };
        let envelope = lead.encode();
        assert_eq!((envelope.key.as_str(), Handover::decode(&envelope).unwrap()), ("a.example", lead));
    }

    #[test]
    fn fields_of_tomorrow_are_passed_over_and_those_of_today_may_be_missing() {
        let json = r#"{"at":"2026-10-06T07:00:00Z","url":"http://a.example/x","canonical":"http://a.example/x",
            "source":"a","tomorrow":1}"#;
        let lead: Handover = serde_json::from_str(json).unwrap();
        assert_eq!((lead.hops, lead.listing, lead.requested_url, lead.rules), (0, None, None, None));
    }
}

//! Answers: what every response carries, and how a failure reads to whoever asked.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use kiosque_edition::{Breach, EditionError, Format, GroupBy};
use kiosque_model::{Edition, Rights, SourceId};
use kiosque_store::StoreError;

use crate::page;

/// Why a request was not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Refused {
    /// There is no such page; the text says what was looked for.
    NotFound(String),
    /// The address makes no sense; the text says why.
    BadRequest(String),
    /// The store cannot be read now.
    Unavailable(StoreError),
    /// The edition breaks a rule of the law or of a licence.
    Unlawful {
        /// Its name and date.
        edition: String,
        /// All of the rules it breaks.
        breaches: Vec<Breach>,
    },
    /// The edition could not be rendered, or the work was lost.
    Failed(String),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error)
    }
}

impl From<EditionError> for Refused {
    fn from(error: EditionError) -> Self {
        match error {
            EditionError::Store(error) => Self::Unavailable(error),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, heading, text) = match self {
            Self::NotFound(text) => (StatusCode::NOT_FOUND, "Page introuvable", text),
            Self::BadRequest(text) => (StatusCode::BAD_REQUEST, "Demande incomprise", text),
            Self::Unavailable(error) => {
                tracing::warn!(%error, "the store cannot be read");
                let text = "Les éditions ne peuvent pas être lues pour le moment. Réessayez dans un instant.";
                (StatusCode::SERVICE_UNAVAILABLE, "Service indisponible", text.to_owned())
            }
            Self::Unlawful { edition, breaches } => {
                for breach in &breaches {
                    tracing::error!(edition, "not shown: {breach}");
                }
                (StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, "Édition retenue", withheld(&breaches))
            }
            Self::Failed(error) => {
                tracing::error!(%error, "an edition could not be shown");
                let text = "Cette page n’a pas pu être composée.";
                (StatusCode::INTERNAL_SERVER_ERROR, "Erreur", text.to_owned())
            }
        };
        (status, Html(page::message(heading, &text))).into_response()
    }
}

/// Which items break which rule. Their titles are for the log: the source may have forbidden them.
fn withheld(breaches: &[Breach]) -> String {
    let told = breaches.iter().map(|breach| match &breach.item {
        Some((number, _)) => format!("n°\u{a0}{number} ({})", breach.rule.name()),
        None => format!("édition ({})", breach.rule.name()),
    });
    let told: Vec<_> = told.collect();
    format!(
        "Cette édition ne respecte pas les règles de citation et n’est pas montrée\u{a0}: {}.",
        told.join(", ")
    )
}

/// The headers of every answer: nothing runs, nothing is framed, nothing is guessed.
pub(crate) async fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The validator of an edition in one form (RFC 9110 §8.8.3): it changes with the revision, with what the
/// edition was made of, with what may be shown of it, and with the program that renders it.
pub(crate) fn etag(
    (edition, rights): (&Edition, &BTreeMap<SourceId, Rights>),
    format: Format,
    by: GroupBy,
    place: &str,
) -> String {
    let mut hasher = DefaultHasher::new();
    (&edition.name, edition.date, edition.revision, edition.as_of, edition.articles).hash(&mut hasher);
    (rights, format!("{:?}", edition.law)).hash(&mut hasher);
    (format, by, place, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    format!("\"r{}-{:016x}\"", edition.revision, hasher.finish())
}

/// Whether the reader already has it (`If-None-Match`, weak comparison).
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    known
        .flat_map(|v| v.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

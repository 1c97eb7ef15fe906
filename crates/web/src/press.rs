//! A small web on loopback: any number of invented hosts behind one listener.
//!
//! It answers as an origin server (`GET /path` with a `Host` header) and as a forward proxy (the absolute form
//! `GET http://host/path`, RFC 9112 §3.2.2), which is how a crawler is shown hosts that do not exist.
//! It forwards nothing: every answer is its handler's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use crate::WebError;

/// A request to one of the hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRequest {
    /// The host asked for, lower case, without port; empty where none was named.
    pub host: String,
    /// Path and query as sent, `/` at least.
    pub path_and_query: String,
    /// The headers, names in lower case, repeated ones joined by `, `.
    pub headers: BTreeMap<String, String>,
}

/// What a host answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, in order. The length is added.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long the host takes before it answers, in milliseconds.
    pub delay_ms: u64,
}

/// Answers every request; it must not block for long.
pub type SiteHandler = Arc<dyn Fn(SiteRequest) -> SiteAnswer + Send + Sync>;

/// Serves the hosts until `shutdown` completes, then stops at once: nobody waits for an invented slow host.
///
/// # Errors
/// [`WebError::Serve`] where the listener fails.
pub async fn serve_press(
    listener: TcpListener,
    handler: SiteHandler,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), WebError> {
    let app = Router::new().fallback(answer).with_state(handler);
    tokio::select! {
        served = axum::serve(listener, app) => Ok(served?),
        () = shutdown => Ok(()),
    }
}

async fn answer(State(handler): State<SiteHandler>, request: Request<Body>) -> Response {
    let answer = handler(to_site_request(&request));
    if answer.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
    }
    to_response(answer).unwrap_or_else(|problem| (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response())
}

fn to_site_request(request: &Request<Body>) -> SiteRequest {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let joined = headers.entry(name.as_str().to_owned()).or_default();
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        joined.push_str(&value);
    }
    // In absolute form the target names the host and the `Host` header is ignored (RFC 9112 §3.2.2).
    let named = headers.get(header::HOST.as_str()).map(|host| without_port(host));
    let host = request.uri().host().or(named).unwrap_or_default().to_ascii_lowercase();
    let path_and_query = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
    SiteRequest { host, path_and_query, headers }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn to_response(answer: SiteAnswer) -> Result<Response, String> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).map_err(|_| format!("`{}` is no HTTP status", answer.status))?;
    for (name, value) in answer.headers {
        let header = HeaderName::try_from(&name).map_err(|_| format!("`{name}` is no header name"))?;
        let value = HeaderValue::try_from(&value).map_err(|_| format!("`{value}` is no header value"))?;
        response.headers_mut().append(header, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests;

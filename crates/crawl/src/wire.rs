//! Heads of questions and answers as an archive keeps them: HTTP/1.1's lines, whatever protocol was spoken.

use std::net::IpAddr;

use jiff::Timestamp;
use kiosque_model::{FetchRecord, SourceId};
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{Response, StatusCode, Version};
use url::Url;

use crate::archive::Exchange;
use crate::lane::authority;

/// What went over the wire for one answer.
#[derive(Debug)]
pub(crate) struct Wire {
    ip: Option<IpAddr>,
    pub(crate) protocol: &'static str,
    request: Vec<u8>,
    status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// Notes what is known when the head of an answer is there; `asked` are the headers that were sent.
    pub(crate) fn new(url: &Url, asked: &HeaderMap, response: &Response) -> Self {
        let protocol = match response.version() {
            Version::HTTP_2 => "h2",
            Version::HTTP_10 => "http/1.0",
            _ => "http/1.1",
        };
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = format!("GET {target} HTTP/1.1\r\nhost: {}\r\n", authority(url)).into_bytes();
        write_headers(&mut request, asked, None);
        Self {
            ip: response.remote_addr().map(|at| at.ip()),
            protocol,
            request,
            status: response.status(),
            headers: response.headers().clone(),
            body: Vec::new(),
        }
    }

    pub(crate) fn exchange(
        self,
        url: &str,
        source: SourceId,
        at: Timestamp,
        record: FetchRecord,
    ) -> Exchange {
        let words = self.status.canonical_reason().unwrap_or_default();
        let mut response = format!("HTTP/1.1 {} {words}\r\n", self.status.as_u16()).into_bytes();
        write_headers(&mut response, &self.headers, Some(self.body.len()));
        let Self { ip, protocol, request, body, .. } = self;
        Exchange { url: url.to_owned(), source, at, ip, protocol, request, response, body, record }
    }
}

/// Writes headers and the blank line; with a length, those of a message whose body has it and no transfer coding.
fn write_headers(out: &mut Vec<u8>, headers: &HeaderMap, length: Option<usize>) {
    let mut line = |prefix: &str, name: &HeaderName, value: &[u8]| {
        for part in [prefix.as_bytes(), name.as_str().as_bytes(), b": ", value, b"\r\n"] {
            out.extend_from_slice(part);
        }
    };
    for (name, value) in headers {
        let is_hops = length.is_some()
            && [header::TRANSFER_ENCODING, header::CONNECTION, header::CONTENT_LENGTH].contains(name);
        line(if is_hops { "x-archive-orig-" } else { "" }, name, value.as_bytes());
    }
    if let Some(length) = length {
        line("", &header::CONTENT_LENGTH, length.to_string().as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_those_of_a_message_without_transfer_coding() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("content-type", "text/html"), ("transfer-encoding", "chunked"), ("content-length", "7")]
        {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        let mut out = Vec::new();
        write_headers(&mut out, &headers, Some(9));
        let expected = "content-type: text/html\r\nx-archive-orig-transfer-encoding: chunked\r\n\
             x-archive-orig-content-length: 7\r\ncontent-length: 9\r\n\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

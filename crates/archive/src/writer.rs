//! Writes WARC 1.1 (ISO 28500:2017): a record of the answer, one of the question, one of what was known of both.
//!
//! Each record is a gzip member of its own (Annex D), so that a reader with an index can go straight to it, and so
//! that a file that breaks off is sound up to its last whole member. Names of records come from outside: nothing here
//! is random, and the same exchange gives the same bytes.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::IpAddr;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use crate::digest::labelled;

/// A question and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The address asked for.
    pub target: &'a str,
    /// When the answer was whole.
    pub at: Timestamp,
    /// The address of the server, where it is known.
    pub ip: Option<IpAddr>,
    /// The protocol that was spoken, as IANA names it in ALPN (`h2`, `http/1.1`): heads are written as HTTP/1.1's.
    pub protocol: &'a str,
    /// Request line and headers, with the blank line.
    pub request: &'a [u8],
    /// Status line and headers, with the blank line.
    pub response: &'a [u8],
    /// The body as sent, but for its transfer coding.
    pub body: &'a [u8],
    /// What is known of the fetch beside that: name and value.
    pub facts: &'a [(&'a str, String)],
}

/// Writes records one after the other.
pub struct Writer<W: Write> {
    out: W,
    written: u64,
}

impl<W: Write> Writer<W> {
    /// Writes to the end of `out`, of which `written` bytes are there already.
    pub const fn new(out: W, written: u64) -> Self {
        Self { out, written }
    }

    /// Bytes of the file so far.
    #[must_use]
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// What is written to.
    pub const fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Writes the record about the file: its name and fields such as `software`, `operator`, `robots`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn info(
        &mut self,
        file: &str,
        at: Timestamp,
        fields: &[(&str, &str)],
        id: [u8; 16],
    ) -> io::Result<()> {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let block = warc_fields(fields);
        let mut head = Head::new("warcinfo", at, id);
        head.field("WARC-Filename", file);
        head.field("Content-Type", "application/warc-fields");
        self.record(head, &[block.as_bytes()])
    }

    /// Writes an exchange: its answer, its question, and, where there are facts, what is known of it. The names of the
    /// records are made of `ids`, random bytes (RFC 9562 §5.4).
    ///
    /// # Errors
    /// Where it cannot be written. What is written of it by then is of no use.
    pub fn exchange(&mut self, exchange: &Exchange<'_>, ids: [[u8; 16]; 3]) -> io::Result<()> {
        let answer_name = urn(ids[0]);
        let head = |kind, id, content: &str| {
            let mut head = Head::new(kind, exchange.at, id);
            head.field("WARC-Target-URI", exchange.target);
            head.field("Content-Type", content);
            head
        };
        let mut response = head("response", ids[0], "application/http;msgtype=response");
        if let Some(ip) = exchange.ip {
            response.field("WARC-IP-Address", &ip.to_string());
        }
        response.field("WARC-Protocol", exchange.protocol);
        response.field("WARC-Payload-Digest", &labelled(&[exchange.body]));
        self.record(response, &[exchange.response, exchange.body])?;
        let mut request = head("request", ids[1], "application/http;msgtype=request");
        request.field("WARC-Concurrent-To", &answer_name);
        self.record(request, &[exchange.request])?;
        if !exchange.facts.is_empty() {
            let mut known = head("metadata", ids[2], "application/warc-fields");
            known.field("WARC-Concurrent-To", &answer_name);
            let block = warc_fields(exchange.facts.iter().cloned());
            self.record(known, &[block.as_bytes()])?;
        }
        Ok(())
    }

    fn record(&mut self, mut head: Head, block: &[&[u8]]) -> io::Result<()> {
        head.field("WARC-Block-Digest", &labelled(block));
        let length: usize = block.iter().map(|part| part.len()).sum();
        head.field("Content-Length", &length.to_string());
        let mut member = GzEncoder::new(Vec::with_capacity(length / 3 + 512), Compression::default());
        member.write_all(head.0.as_bytes())?;
        member.write_all(b"\r\n")?;
        for part in block {
            member.write_all(part)?;
        }
        member.write_all(b"\r\n\r\n")?;
        let member = member.finish()?;
        self.out.write_all(&member)?;
        self.written += member.len() as u64;
        Ok(())
    }
}

/// The named fields of a record.
struct Head(String);

impl Head {
    fn new(kind: &str, at: Timestamp, id: [u8; 16]) -> Self {
        let mut head = Self("WARC/1.1\r\n".to_owned());
        head.field("WARC-Type", kind);
        head.field("WARC-Record-ID", &urn(id));
        // The standard wants UTC and allows up to nine digits; six are what clocks mean.
        head.field("WARC-Date", &format!("{at:.6}"));
        head
    }

    fn field(&mut self, name: &str, value: &str) {
        write!(self.0, "{name}: {}\r\n", one_line(value)).expect("a string takes what is written");
    }
}

/// A field ends with its line: nothing from outside may begin another one.
fn one_line(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn warc_fields<'a>(fields: impl Iterator<Item = (&'a str, String)>) -> String {
    fields.map(|(name, value)| format!("{name}: {}\r\n", one_line(&value))).collect()
}

/// A version 4 UUID as a URN.
fn urn(mut id: [u8; 16]) -> String {
    id[6] = id[6] & 0x0f | 0x40;
    id[8] = id[8] & 0x3f | 0x80;
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    format!("<urn:uuid:{a}-{b}-{c}-{d}-{e}>")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{Answer, Kind, Reader};

    fn exchange(target: &str) -> Exchange<'_> {
        Exchange {
            target,
            at: "2026-10-06T07:00:00.5Z".parse().unwrap(),
            ip: Some("192.0.2.7".parse().unwrap()),
            protocol: "h2",
            request: b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
            response: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
            body: "<p>été</p>".as_bytes(),
            facts: &[],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut writer = Writer::new(Vec::new(), 0);
        writer.info("a.warc.gz", Timestamp::UNIX_EPOCH, &[("software", "kiosque/1\nx: y")], [1; 16]).unwrap();
        let facts = [("robots", "Allow: /".to_owned()), ("fetchTimeMs", "12".to_owned())];
        let first = Exchange { facts: &facts, ..exchange("http://a.example/?q=é") };
        writer.exchange(&first, [[2; 16], [3; 16], [4; 16]]).unwrap();
        writer.exchange(&exchange("http://a.example/2"), [[5; 16], [6; 16], [7; 16]]).unwrap();
        assert_eq!(writer.written(), writer.get_mut().len() as u64);
        let mut reader = Reader::new(Cursor::new(std::mem::take(writer.get_mut())), 1 << 20);
        let mut all = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            all.push(record.unwrap());
        }
        let kinds: Vec<_> = all.iter().map(|record| record.kind).collect();
        let exchange = [Kind::Response, Kind::Request];
        assert_eq!(kinds, [&[Kind::Info], &exchange[..], &[Kind::Metadata], &exchange[..]].concat());
        assert_eq!(all[0].block, b"software: kiosque/1 x: y\r\n");
        assert_eq!(all[1].target(), Some("http://a.example/?q=é"));
        assert_eq!(all[1].date().unwrap().to_string(), "2026-10-06T07:00:00.5Z");
        assert_eq!(all[1].field("warc-ip-address"), Some("192.0.2.7"));
        assert_eq!(all[2].field("WARC-Concurrent-To"), all[1].field("WARC-Record-ID"));
        assert_eq!(all[3].block, b"robots: Allow: /\r\nfetchTimeMs: 12\r\n");
        let answer = Answer::parse(&all[1].block).unwrap();
        assert_eq!((answer.status, answer.body), (200, "<p>été</p>".as_bytes().to_vec()));
        let stated = all[1].field("WARC-Payload-Digest").unwrap();
        assert_eq!(crate::digest::agrees(stated, "<p>été</p>".as_bytes()), Some(true));
        assert!(all[2].is_http("request") && all[1].is_http("response") && !all[3].is_http("response"));
    }

    #[test]
    fn names_are_uuids_of_version_4() {
        assert_eq!(urn([0xff; 16]), "<urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff>");
    }
}

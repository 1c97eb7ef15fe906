//! One record: its named fields and its block.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The types of records (ISO 28500 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// About the file itself.
    Info,
    /// An answer of a server.
    Response,
    /// What was asked.
    Request,
    /// A thing without the protocol around it.
    Resource,
    /// What is known of another record.
    Metadata,
    /// The same as an earlier record.
    Revisit,
    /// Made from another record.
    Conversion,
    /// A further part of a record.
    Continuation,
    /// None of the standard's.
    Other,
}

impl Kind {
    pub(crate) fn named(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "warcinfo" => Self::Info,
            "response" => Self::Response,
            "request" => Self::Request,
            "resource" => Self::Resource,
            "metadata" => Self::Metadata,
            "revisit" => Self::Revisit,
            "conversion" => Self::Conversion,
            "continuation" => Self::Continuation,
            _ => Self::Other,
        }
    }
}

/// A record as it stands in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its type.
    pub kind: Kind,
    /// Its named fields in order, names as written.
    pub fields: Vec<(String, String)>,
    /// Its block.
    pub block: Vec<u8>,
    /// Where it begins in the file, or the gzip member that holds it, in bytes.
    pub offset: u64,
}

impl Record {
    /// The first field of that name; case does not matter.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        field(&self.fields, name)
    }

    /// `WARC-Target-URI`; the angle brackets of older writers are taken off.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        let target = self.field("WARC-Target-URI")?.trim();
        Some(target.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(target))
    }

    /// `WARC-Date`. WARC 1.1 lets it be as coarse as a year: its first moment is meant then.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        date(self.field("WARC-Date")?.trim())
    }

    /// Why its block is only a beginning, where it is (`WARC-Truncated`, or a record in several segments).
    #[must_use]
    pub fn cut(&self) -> Option<&str> {
        self.field("WARC-Truncated").or_else(|| self.field("WARC-Segment-Number").map(|_| "segment"))
    }

    /// Whether its block is an HTTP message of that kind, `request` or `response`. Archives that do not say are
    /// believed to be of the kind the record's type suggests.
    #[must_use]
    pub fn is_http(&self, message: &str) -> bool {
        let web = self
            .target()
            .is_none_or(|t| t.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")));
        let kind = self.field("Content-Type").unwrap_or("application/http").to_ascii_lowercase();
        let stated = kind.split_once("msgtype=").map(|(_, of)| of.trim_matches(['"', ' ', ';']));
        web && kind.starts_with("application/http") && stated.is_none_or(|of| of == message)
    }
}

pub(crate) fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

fn date(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let mut parts = text.trim_end_matches('Z').splitn(2, 'T');
    let mut day = parts.next()?.split('-');
    let year = day.next()?.parse().ok()?;
    let mut number = |least: i8| day.next().map_or(Some(least), |n| n.parse().ok());
    let day = Date::new(year, number(1)?, number(1)?).ok()?;
    let (hour, minute) = match parts.next().map(|time| time.split_once(':')) {
        None => (0, 0),
        Some(Some((hour, minute))) => (hour.parse().ok()?, minute.parse().ok()?),
        Some(None) => return None,
    };
    let at = day.to_datetime(jiff::civil::Time::new(hour, minute, 0, 0).ok()?);
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, &str)]) -> Record {
        let fields = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Record { kind: Kind::Response, fields, block: Vec::new(), offset: 0 }
    }

    #[test]
    fn dates_are_as_coarse_as_written() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(date(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        };
        check("2026-10-06T07:00:00Z", Some("2026-10-06T07:00:00Z"));
        check("2026-10-06T07:00:00.123456789Z", Some("2026-10-06T07:00:00.123456789Z"));
        check("2026-10-06T07:00Z", Some("2026-10-06T07:00:00Z"));
        check("2026-10-06", Some("2026-10-06T00:00:00Z"));
        check("2026-10", Some("2026-10-01T00:00:00Z"));
        check("2026", Some("2026-01-01T00:00:00Z"));
        check("2026-13", None);
        check("yesterday", None);
        check("2026-10-06T", None);
    }

    #[test]
    fn targets_are_read_in_both_spellings() {
        assert_eq!(record(&[("warc-target-uri", "<http://a.example/>")]).target(), Some("http://a.example/"));
        assert_eq!(record(&[("WARC-Target-URI", " http://a.example/ ")]).target(), Some("http://a.example/"));
    }

    #[test]
    fn http_messages_are_told_from_others() {
        let check = |kind: &str, target: &str, expected: bool| {
            let record = record(&[("Content-Type", kind), ("WARC-Target-URI", target)]);
            assert_eq!(record.is_http("response"), expected, "{kind} {target}");
        };
        check("application/http; msgtype=response", "http://a.example/", true);
        check("application/http;msgtype=\"response\"", "https://a.example/", true);
        check("application/http", "HTTP://a.example/", true);
        check("application/http; msgtype=request", "http://a.example/", false);
        check("text/dns", "dns:a.example", false);
        check("application/http", "ftp://a.example/", false);
        assert!(record(&[]).is_http("response"));
    }
}

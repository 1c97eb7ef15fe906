//! The day of publication in the data a page hands to its own scripts: last evidence, where nothing else tells of it.
//!
//! Pages built by script hold their article as JSON in a script or an attribute. The same data describes other articles
//! too, so a day counts only where all that is found agrees on it.

use jiff::Timestamp;
use kiosque_model::Published;

use crate::date::machine;

/// Keys under which the day is kept.
const KEYS: [&str; 9] = [
    "datePublished",
    "publishedAt",
    "published_at",
    "publishDate",
    "publish_date",
    "publicationDate",
    "publication_date",
    "publishedDate",
    "first-publication",
];
/// Places read of each key.
const MAX_PLACES: usize = 40;
/// Bytes after a key within which its value ends.
const MAX_VALUE_BYTES: usize = 64;

/// The moment all values agree on to the day, if there is any.
pub(super) fn published(source: &str, fetched_at: Timestamp) -> Option<Published> {
    let mut found: Option<Published> = None;
    for key in KEYS {
        for (at, _) in source.match_indices(key).take(MAX_PLACES) {
            let Some(date) = value_at(&source[at + key.len()..]).and_then(|v| machine(v, fetched_at)) else {
                continue;
            };
            match found {
                Some(known) if known.day() != date.day() => return None,
                Some(_) => {}
                None => found = Some(date),
            }
        }
    }
    found
}

/// The string a key is followed by, quoted as JSON, as JSON in a string or as JSON in an attribute.
fn value_at(rest: &str) -> Option<&str> {
    const QUOTES: [&str; 3] = ["\"", "\\\"", "&quot;"];
    let quote = QUOTES.into_iter().find(|quote| rest.starts_with(quote))?;
    let value = rest[quote.len()..].trim_start().strip_prefix(':')?.trim_start().strip_prefix(quote)?;
    let end = value.find(quote).filter(|end| *end <= MAX_VALUE_BYTES)?;
    Some(&value[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        let now = "2025-03-10T12:00:00Z".parse().unwrap();
        assert_eq!(published(source, now).map_or(String::new(), |d| d.to_string()), expected, "{source}");
    }

    #[test]
    fn reads_what_scripts_are_given() {
        check(r#"{"datePublished":"2025-01-04T12:47:00Z","x":1}"#, "2025-01-04T12:47:00Z");
        check(r#"push("{\"publishedAt\":\"2025-01-04\"}")"#, "2025-01-04");
        check("<div data-props='{&quot;publishDate&quot;: &quot;2025-01-04&quot;}'>", "2025-01-04");
        check(r#"{"publishedAt":"2025-01-04"},{"publishedAt":"2025-02-01"}"#, "");
        check(r#"{"datePublished":null}"#, "");
        check("datePublished", "");
    }
}

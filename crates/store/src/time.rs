//! How times stand in the store: RFC 3339 in UTC with milliseconds, so that the order of text is that of time.

use jiff::Timestamp;

/// A moment as the store writes it, e.g. `2026-10-06T07:00:00.000Z`.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

//! Dates and charsets as the feedparser project tells them apart, in invented feeds.

use super::categories::{Row, told};
use super::*;

#[test]
fn dates_of_every_form() {
    const EIGHT: &str = "2026-11-22T08:00:00Z";
    let mut wrong = Vec::new();
    for (date, read) in [
        ("2026-11-22T08:00:00Z", EIGHT),
        ("2026-11-22T09:00:00+01:00", "2026-11-22T09:00:00+01:00"),
        ("2026-11-22T08:00:00.123Z", EIGHT),
        ("2026-11-22T08:00Z", EIGHT),
        ("2026-11-22t08:00:00z", EIGHT),
        ("2026-11-22T08:00:00", "2026-11-22"),
        ("2026-11-22", "2026-11-22"),
        ("20261122T080000Z", EIGHT),
        ("20261122", "2026-11-22"),
        ("2026-326", "2026-11-22"),
        ("Sun, 22 Nov 2026 08:00:00 GMT", EIGHT),
        ("Sun, 22 Nov 26 08:00:00 GMT", EIGHT),
        ("22 Nov 2026 08:00 Z", EIGHT),
        ("Sun, 22 November 2026 08:00:00 UTC", EIGHT),
        ("Sun, 22 Nov 2026 03:00:00 EST", "2026-11-22T03:00:00-05:00"),
        ("Sun, 22 Nov 2026 08:00:00 +0000", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00 +00:00", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00 GMT+01:00", "2026-11-22T08:00:00+01:00"),
        ("Sun, 22 Nov 2026 08:00:00", "2026-11-22"),
        ("Sun, 22 Nov 2026 8:0:0 GMT", EIGHT),
        ("Sun, 22 Nov 2026 24:00:00 GMT", "2026-11-22"),
        ("Mon, 22 Nov 2026 08:00:00 GMT", EIGHT),
        ("Sun, 22 Nov 2026 08:00:00 XYZ", "2026-11-22"),
        ("Sun, Nov 22 2026 08:00:00 GMT", EIGHT),
        ("Sun Nov 22 08:00:00 2026", "2026-11-22"),
        ("Sun Nov 22 08:00:00 GMT 2026", EIGHT),
        ("Κυρ, 22 Νοέ 2026 08:00:00 GMT", EIGHT),
        ("Κυρ, 22 Νοε 2026 08:00:00 GMT", EIGHT),
        ("2026-november-22T08:00Z", EIGHT),
        ("2026. november 22. 08:00 GMT", EIGHT),
        ("2026년 11월 22일 08:00:00", "2026-11-22"),
        ("2026年11月22日 08:00", "2026-11-22"),
        ("dim., 22 nov. 2026 08:00:00 +0000", EIGHT),
        ("dimanche 22 novembre 2026 à 08:00 GMT", EIGHT),
        ("الأحد 22 نوفمبر 2026 08:00:00 GMT", EIGHT),
        ("вс, 22 ноя 2026 08:00:00 GMT", EIGHT),
        ("1795334400", EIGHT),
        ("hier", ""),
        ("2026-13-45", ""),
        ("", ""),
    ] {
        let feed = format!(
            "<rss><item><title>a</title><link>/1</link><pubDate>{date}</pubDate></item><item><link>/2</link></item>"
        );
        let base = Url::parse("https://a.example/").unwrap();
        let got = parse_feed(feed.as_bytes(), None, &base).unwrap().entries[0].published;
        if got.map(|d| d.to_string()).unwrap_or_default() != read {
            wrong.push((date, read, got));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A feed of one entry that says in which charset it is written.
fn saying(charset: &str, title: &str) -> String {
    let declared = if charset.is_empty() {
        String::new()
    } else {
        format!("<?xml version='1.0' encoding='{charset}'?>")
    };
    format!(
        "{declared}<rss><item><title>{title}</title><link>/1</link><pubDate>2026-11-22</pubDate></item></rss>"
    )
}

#[test]
fn encodings_by_declaration_and_header() {
    for (name, title) in [
        ("utf-8", "Été"),
        ("iso-8859-1", "Été"),
        ("windows-1252", "L’été"),
        ("iso-8859-15", "Été €"),
        ("windows-1256", "ميناء"),
        ("koi8-r", "порт"),
        ("shift_jis", "港"),
        ("euc-jp", "港"),
        ("big5", "港"),
        ("gb2312", "港"),
    ] {
        let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
        let row: [Row<'_>; 1] = [(title, "/1", "2026-11-22")];
        let declared = saying(name, title);
        let bytes = encoding.encode(&declared).0;
        told(name, &bytes, None, &row);
        told(name, &bytes, Some("text/xml"), &row);
        told(name, &bytes, Some("application/xml; charset=\"utf-8\""), &row);
        let bare = saying("", title);
        let bytes = encoding.encode(&bare).0;
        told(name, &bytes, Some(&format!("application/rss+xml;charset={name}")), &row);
    }
}

#[test]
fn wide_encodings_and_marks() {
    let units = |text: &str, write: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(write).collect();
    let fours = |text: &str, write: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| write(c.into())).collect();
    for declared in ["utf-16", "utf-32", "utf-8", ""] {
        let text = saying(declared, "Été");
        let marked = format!("\u{feff}{text}");
        let cases: [(&str, Vec<u8>); 8] = [
            ("utf-16be", units(&text, u16::to_be_bytes)),
            ("utf-16le", units(&text, u16::to_le_bytes)),
            ("utf-16be, mark", units(&marked, u16::to_be_bytes)),
            ("utf-16le, mark", units(&marked, u16::to_le_bytes)),
            ("utf-32be", fours(&text, u32::to_be_bytes)),
            ("utf-32be, mark", fours(&marked, u32::to_be_bytes)),
            ("utf-32le, mark", fours(&marked, u32::to_le_bytes)),
            ("utf-8, mark", marked.clone().into_bytes()),
        ];
        for (name, bytes) in cases {
            let name = format!("{name} said {declared}");
            told(&name, &bytes, Some("text/xml; charset=us-ascii"), &[("Été", "/1", "2026-11-22")]);
        }
    }
}

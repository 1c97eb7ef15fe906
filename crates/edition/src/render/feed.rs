//! The feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, each with every item of the edition.
//!
//! An item's identity is its article's, so a reader that follows the feed from day to day and through revisions
//! sees each article once. A date is given as precisely as the page gave it: one without an hour stays a day, in
//! the elements that can say so.

mod atom;
mod json;
mod rss;

use jiff::Timestamp;
use kiosque_model::Published;

pub(super) use atom::atom;
pub(super) use json::json_feed;
pub(super) use rss::rss;

use super::view::{Item, View};
use crate::look::escaped;

/// An address of a kind every feed reader takes as an identity: a UUID of version 8 (RFC 9562) made of a name.
pub(super) fn urn(name: &str) -> String {
    let hash = xxhash_rust::xxh3::xxh3_128(name.as_bytes());
    let fixed = (hash & !(0xf << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let digits = format!("{fixed:032x}");
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

/// The identity of the feed of an edition, the same every day.
fn feed_id(view: &View<'_>) -> String {
    urn(&format!("{}\n{}", view.publisher, view.name))
}

/// What is said of the edition as a whole: its figures, the editors' words, and the corrections that are of no item in it.
fn summary(view: &View<'_>) -> String {
    let mut said = vec![view.figures.join(view.comma)];
    said.extend(view.notes.iter().map(|note| view.signed(note)));
    said.extend(view.loose_errata());
    said.join("\n")
}

/// The moment a date names; a bare day names none.
fn moment(date: Option<Published>) -> Option<Timestamp> {
    match date {
        Some(Published::Moment(at, _)) => Some(at),
        Some(Published::Day(_)) | None => None,
    }
}

/// What a reader shows of an item, as HTML.
fn content(item: &Item, view: &View<'_>) -> String {
    let mut out = String::new();
    let (lang, dir) = (&item.extract_lang, item.extract_dir);
    if !item.extract.is_empty() {
        let lang = if lang.is_empty() { String::new() } else { format!(" lang=\"{lang}\"") };
        out.push_str(&format!("<p{lang} dir=\"{dir}\">{}</p>", escaped(&item.extract).replace('\n', "<br>")));
    }
    let mut about = vec![item.source.clone()];
    about.extend(item.by.iter().cloned());
    about.push(item.date.clone());
    about.extend(item.badges.iter().cloned());
    let about: Vec<_> = about.iter().map(|part| format!("<bdi>{}</bdi>", escaped(part))).collect();
    out.push_str(&format!("<p lang=\"{}\" dir=\"{}\">{}</p>", view.lang, view.dir, about.join(" · ")));
    let remark = |label: &str, text: &str, dir: &str| {
        let (label, colon, text) = (escaped(label), view.colon, escaped(text));
        format!(
            "<p lang=\"{}\" dir=\"{}\">{label}{colon}<bdi dir=\"{dir}\">{text}</bdi></p>",
            view.lang, view.dir
        )
    };
    if let Some(original) = &item.original_title {
        out.push_str(&remark(view.text("original_title"), original, item.own_dir));
    }
    for erratum in view.errata_of(item.number) {
        out.push_str(&remark(view.text("errata"), erratum, view.dir));
    }
    for note in &item.notes {
        out.push_str(&remark(view.text("note"), &note.text, note.dir));
    }
    if let Some(reprints) = &item.reprints {
        let names: Vec<_> =
            reprints.names.iter().map(|name| format!("<bdi>{}</bdi>", escaped(name))).collect();
        let (label, colon) = (escaped(&reprints.label), view.colon);
        out.push_str(&format!(
            "<p lang=\"{}\" dir=\"{}\">{label}{colon}{}</p>",
            view.lang,
            view.dir,
            names.join(view.comma)
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_makes_one_uuid() {
        let urn = urn("maison\nmatin");
        assert_eq!(urn.len(), 45);
        assert_eq!(&urn[23..24], "8", "version 8");
        assert!("89ab".contains(&urn[28..29]), "variant of RFC 9562");
    }
}

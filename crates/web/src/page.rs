//! The small pages of the site: messages and the list of editions. Editions themselves come rendered.

use std::fmt::Write as _;

use kiosque_edition::long_date;
use kiosque_store::EditionRow;

const STYLE: &str = include_str!("page.css");

/// A page with a heading and a paragraph.
pub(crate) fn message(heading: &str, text: &str) -> String {
    let body = format!("<h1>{}</h1>\n<p>{}</p>", escaped(heading), escaped(text));
    page(heading, &body)
}

/// The list of all editions, newest first.
pub(crate) fn editions(rows: &[EditionRow]) -> String {
    if rows.is_empty() {
        return no_edition();
    }
    let mut body = String::from("<h1>Toutes les éditions</h1>\n<ul>\n");
    for row in rows {
        let href = edition_href(&row.name, &row.date.to_string());
        let plural = if row.items < 2 { "sujet" } else { "sujets" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            body,
            "<li><a href=\"{}\"><time datetime=\"{}\">{}</time></a> <span>{} · {}\u{a0}{plural}</span></li>",
            escaped(&href),
            row.date,
            long_date(row.date),
            escaped(&row.name),
            row.items,
        );
    }
    body.push_str("</ul>");
    page("Toutes les éditions", &body)
}

/// What a reader sees before the first edition.
pub(crate) fn no_edition() -> String {
    message(
        "Pas encore d’édition",
        "La première revue de presse paraîtra ici dès que des articles auront été recueillis. \
         Revenez un peu plus tard.",
    )
}

/// The address of an edition on the site.
pub(crate) fn edition_href(name: &str, date: &str) -> String {
    let mut out = String::from("/editions/");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out.push('/');
    out.push_str(date);
    out
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <nav aria-label=\"Site\"><a href=\"/\">Dernière édition</a> <a href=\"/editions\">Toutes les éditions</a></nav>\n\
         <main>\n{body}\n</main>\n</body>\n</html>\n",
        escaped(title)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

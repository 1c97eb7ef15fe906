//! The CSV export (RFC 4180, UTF-8): a line an item, for spreadsheets and scripts.
//!
//! Column names are English and stay; lists inside a cell are parted by `; `. A text a publisher wrote that begins
//! like a formula gets an apostrophe before it, because a spreadsheet would run it otherwise.

use kiosque_model::Edition;

use super::view::{Item, View};

const COLUMNS: [&str; 20] = [
    "edition",
    "date",
    "revision",
    "number",
    "front",
    "rubrique",
    "title",
    "source",
    "authors",
    "published",
    "url",
    "language",
    "access",
    "opinion",
    "updated",
    "first_title",
    "reprinted_by",
    "others",
    "score",
    "extract",
];

/// The table.
pub(super) fn csv(edition: &Edition, view: &View<'_>) -> String {
    let mut out = String::new();
    row(&mut out, &COLUMNS.map(str::to_owned));
    let front = edition.front.len();
    let items = edition.front.iter().chain(edition.sections.iter().flat_map(|s| &s.items)).enumerate();
    // Rows follow the edition's own order, whatever the view's.
    let mut printed: Vec<&Item> = view.items().collect();
    printed.sort_by_key(|item| item.number);
    for (at, item) in items {
        let others: Vec<_> = item.others.iter().map(|o| format!("{} ({})", o.title, o.source_name)).collect();
        let by = printed.binary_search_by_key(&item.number, |i| i.number).map(|at| printed[at].by.join("; "));
        row(
            &mut out,
            &[
                edition.name.clone(),
                edition.date.to_string(),
                edition.revision.to_string(),
                item.number.to_string(),
                truth(at < front),
                item.rubrique.slug().to_owned(),
                inert(&item.title),
                inert(&item.source_name),
                inert(&by.unwrap_or_default()),
                item.published.map(|date| date.to_string()).unwrap_or_default(),
                item.url.clone(),
                item.language.as_ref().map(ToString::to_string).unwrap_or_default(),
                if item.paywalled { "subscribers" } else { "free" }.to_owned(),
                truth(item.opinion),
                truth(item.updated),
                inert(item.first_title.as_deref().unwrap_or_default()),
                inert(&item.reprinted_by.join("; ")),
                inert(&others.join("; ")),
                format!("{:.4}", item.score),
                inert(&item.extract),
            ],
        );
    }
    out
}

fn truth(value: bool) -> String {
    if value { "true" } else { "false" }.to_owned()
}

/// Text no spreadsheet takes for a formula.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn row(out: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_what_they_hold() {
        let mut out = String::new();
        row(&mut out, &["a".to_owned(), "b, \"c\"\nd".to_owned(), inert("=HYPERLINK(1)")]);
        assert_eq!(out, "a,\"b, \"\"c\"\"\nd\",'=HYPERLINK(1)\r\n");
    }
}

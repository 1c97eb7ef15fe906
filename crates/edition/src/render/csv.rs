//! The CSV export (RFC 4180, UTF-8): a line an item, for spreadsheets and scripts.
//!
//! Column names are English and stay; lists inside a cell are parted by `; `. A text a publisher wrote that begins
//! like a formula gets an apostrophe before it, because a spreadsheet would run it otherwise.

use kiosque_model::Edition;
use kiosque_store::inert;

use super::view::{Item, View};

const COLUMNS: [&str; 28] = [
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
    "original_title",
    "notes",
    "watchlists",
    "errata",
    "mentions",
    "edition_notes",
    "edition_errata",
    "noise",
];

/// The table.
pub(super) fn csv(edition: &Edition, view: &View<'_>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut row = |cells: &[String]| writer.write_record(cells).expect("all rows have as many cells");
    row(&COLUMNS.map(str::to_owned));
    let front = edition.front.len();
    let items = edition.front.iter().chain(edition.sections.iter().flat_map(|s| &s.items)).enumerate();
    // Rows follow the edition's own order, whatever the view's.
    let mut printed: Vec<&Item> = view.items().collect();
    printed.sort_by_key(|item| item.number);
    let on_edition: Vec<_> = view.notes.iter().map(|note| &*note.text).collect();
    let on_edition = on_edition.join("; ");
    for (at, item) in items {
        let others: Vec<_> = item.others.iter().map(|o| format!("{} ({})", o.title, o.source_name)).collect();
        let by = printed.binary_search_by_key(&item.number, |i| i.number).map(|at| printed[at].by.join("; "));
        let notes: Vec<_> = item.notes.iter().map(|note| &*note.text).collect();
        row(&[
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
            inert(item.original_title.as_deref().unwrap_or_default()),
            inert(&notes.join("; ")),
            inert(&item.watchlists.join("; ")),
            inert(&view.errata_of(item.number).join("; ")),
            inert(&view.mentions.join("; ")),
            inert(&on_edition),
            inert(&view.loose_errata().join("; ")),
            format!("{:.1}", item.noise),
        ]);
    }
    writer.into_inner().expect("writing to memory does not fail")
}

fn truth(value: bool) -> String {
    if value { "true" } else { "false" }.to_owned()
}

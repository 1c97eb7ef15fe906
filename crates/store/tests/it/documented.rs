//! `docs/data-model.md` against the schema, both ways, and its cookbook against an invented press.

use std::collections::BTreeMap;
use std::path::Path;

use kiosque_store::StageMemory;

use crate::invented::{Place, article, id, put};

/// Columns by table or view, each with its type as documented.
type Shape = BTreeMap<String, Vec<(String, String)>>;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/data-model.md");
    std::fs::read_to_string(path).unwrap()
}

/// What the page says: headings of the third level name a table or view, the rows below them its columns.
fn documented() -> Shape {
    let mut shape = Shape::new();
    let mut current = String::new();
    for line in page().lines() {
        if line.starts_with('#') {
            current =
                line.strip_prefix("### `").and_then(|l| l.strip_suffix('`')).unwrap_or_default().to_owned();
        } else if let Some(row) = line.strip_prefix("| `") {
            let cells: Vec<_> = row.split(" | ").collect();
            assert!(cells.len() == 3 && cells[2].len() > 3, "a column without a meaning: {line}");
            let column = (cells[0].trim_matches('`').to_owned(), cells[1].trim().to_owned());
            shape.entry(current.clone()).or_default().push(column);
        }
    }
    shape
}

/// What the file has. Views and the search index have no types of their own.
fn real(path: &Path) -> Shape {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT t.name, c.name, CASE WHEN t.type = 'table' THEN c.type || iif(c.\"notnull\" OR c.pk, '', '?') ELSE '' END
             FROM pragma_table_list t JOIN pragma_table_info(t.name) c
             WHERE t.schema = 'main' AND t.type <> 'shadow' AND t.name NOT LIKE 'sqlite_%'",
        )
        .unwrap();
    let rows =
        statement.query_map([], |row| Ok((row.get::<_, String>(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
    let mut shape = Shape::new();
    for (table, column) in rows.map(Result::unwrap) {
        shape.entry(table).or_default().push(column);
    }
    shape
}

#[test]
fn every_column_is_documented_and_nothing_else() {
    let place = Place::new();
    drop(place.open());
    drop(StageMemory::open(&place.file("state.sqlite")).unwrap());
    let mut schema = real(&place.path());
    schema.extend(real(&place.file("state.sqlite")));
    let mut page = documented();
    assert!(schema.len() > 25, "the schema was read");
    for (name, columns) in &schema {
        assert_eq!(page.remove(name).as_ref(), Some(columns), "`{name}`");
    }
    assert!(page.is_empty(), "documented but not there: {page:?}");
}

#[test]
fn the_cookbook_runs() {
    let place = Place::new();
    let store = place.open();
    put(
        &store,
        &[
            article("a.example/1", "Sécheresse", "Le barrage est vide.", "09:00:00"),
            article("b.example/2", "Sécheresse", "Le barrage est vide.", "09:30:00"),
            article("a.example/1", "La sécheresse dure", "Le barrage est vide.", "12:00:00"),
        ],
    );
    let mut batch = store.begin().unwrap();
    batch.place(&id("a.example/1"), None, &id("a.example/1"), "opens a story").unwrap();
    batch.place(&id("b.example/2"), Some(&id("a.example/1")), &id("a.example/1"), "same text").unwrap();
    batch.commit().unwrap();
    let page = page();
    let queries: Vec<&str> =
        page.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(queries.len() >= 8);
    for query in queries {
        let rows = store.query(query).unwrap_or_else(|e| panic!("{e}\n{query}"));
        // No edition was built and no page dropped; every other question has an answer here.
        let empty = query.contains("v_edition") || query.contains("v_dead_ends");
        assert_eq!(rows.rows.is_empty(), empty, "{query}");
    }
}

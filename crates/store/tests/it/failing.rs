//! What goes wrong with files: each case has its name, says the path and what to do, and loses nothing.

use kiosque_store::{Store, StoreError};

use crate::invented::{Place, article, dump, id, put};

fn told(error: &StoreError, place: &Place) {
    let said = error.to_string();
    assert!(said.contains(&place.path().display().to_string()), "{said}");
    assert!(error.hint().is_some(), "{said}");
}

#[test]
fn a_missing_store_is_told_and_not_made() {
    let place = Place::new();
    let error = Store::open_read_only(&place.path()).err().unwrap();
    assert!(matches!(error, StoreError::Missing { .. }));
    told(&error, &place);
    assert!(!place.path().exists());
}

#[test]
fn a_file_of_something_else_is_corrupt_and_untouched() {
    let place = Place::new();
    let content = "no database at all, ".repeat(100);
    std::fs::write(place.path(), &content).unwrap();
    for error in
        [Store::open(&place.path()).err().unwrap(), Store::open_read_only(&place.path()).err().unwrap()]
    {
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        told(&error, &place);
    }
    assert_eq!(std::fs::read_to_string(place.path()).unwrap(), content);
}

#[test]
fn a_damaged_page_is_found() {
    let place = Place::new();
    let store = place.open();
    let articles: Vec<_> = (0..200)
        .map(|i| article(&format!("a.example/{i}"), "Titre", &"mot ".repeat(200), "09:00:00"))
        .collect();
    put(&store, &articles);
    drop(store);
    let mut bytes = std::fs::read(place.path()).unwrap();
    let from = bytes.len() / 2;
    bytes[from..from + 40_960].fill(0x5A);
    std::fs::write(place.path(), &bytes).unwrap();
    let error = Store::open_read_only(&place.path()).and_then(|s| s.verify()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    told(&error, &place);
}

#[test]
fn a_newer_file_is_refused_and_untouched() {
    let place = Place::new();
    drop(place.open());
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    drop(other);
    for error in
        [Store::open(&place.path()).err().unwrap(), Store::open_read_only(&place.path()).err().unwrap()]
    {
        assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
        told(&error, &place);
    }
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let place = Place::new();
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)").unwrap();
    let error = Store::open(&place.path()).err().unwrap();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    told(&error, &place);
    let tables: i64 = other.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let place = Place::new();
    std::fs::write(place.file("file"), "x").unwrap();
    let error = Store::open(&place.file("file/store.sqlite")).err().unwrap();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
}

#[test]
fn a_full_disk_loses_nothing_that_was_committed() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "Titre", "Texte.", "09:00:00")]);
    let before = dump(&store);
    store.limit_size(0).unwrap();
    let mut batch = store.begin().unwrap();
    batch.checkpoint("sink", "tagged", 0, 1).unwrap();
    let big = "mot ".repeat(20_000);
    let error = (0..200)
        .find_map(|i| batch.put(&article(&format!("b.example/{i}"), "Gros", &big, "10:00:00")).err())
        .expect("the file may not grow");
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    told(&error, &place);
    batch.commit().unwrap_err();
    assert_eq!(dump(&store), before);
    drop(store);
    let store = place.open();
    store.verify().unwrap();
    put(&store, &[article("b.example/1", "Gros", &big, "10:00:00")]);
    assert_eq!(store.status().unwrap().articles, 2);
}

#[test]
fn a_locked_store_is_told() {
    let place = Place::new();
    let (one, two) = (place.open(), place.open());
    two.wait_for_lock(std::time::Duration::from_millis(20)).unwrap();
    let _batch = one.begin().unwrap();
    let error = two.begin().err().unwrap();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    told(&error, &place);
}

#[test]
fn a_revision_from_before_modifications_is_not_known_to_be_silent() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "Le port rouvre", "Bilan.", "09:00:00")]);
    put(&store, &[article("a.example/1", "Le port rouvrira", "Bilan.", "10:00:00")]);
    assert_eq!(store.history(&id("a.example/1")).unwrap()[0].silent, Some(true));
    let raw = rusqlite::Connection::open(place.path()).unwrap();
    raw.execute("UPDATE revisions SET words_inserted = NULL", []).unwrap();
    assert_eq!(store.history(&id("a.example/1")).unwrap()[0].silent, None);
}

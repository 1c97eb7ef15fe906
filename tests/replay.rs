//! Replay and purge as an operator meets them, over the pages of the demo.
//!
//! Today's code is the code that read them first, so a shadow must not differ; what differs is made by hand, in the
//! store or in its pages.

#![cfg(test)]

use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

fn kiosque(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    command.current_dir(folder).env_clear().stdin(Stdio::null()).args(words).output().unwrap()
}

fn ok(folder: &Path, words: &[&str]) -> String {
    let output = kiosque(folder, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn rows(folder: &Path, sql: &str) -> Vec<Value> {
    serde_json::from_str(&ok(folder, &["query", sql, "--format", "json"])).unwrap()
}

/// Changes the demo's store from outside, as no command does.
fn change(folder: &Path, sql: &str) {
    let store = rusqlite::Connection::open(folder.join("data/demo/store.sqlite")).unwrap();
    store.execute_batch(sql).unwrap();
}

/// The demo, run once.
fn demo() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["run"]);
    folder
}

/// All of the store but breadcrumbs, which tell of when.
fn contents(folder: &Path) -> Vec<Vec<Value>> {
    [
        "SELECT * FROM articles ORDER BY id",
        "SELECT * FROM revisions ORDER BY article, number",
        "SELECT * FROM copies ORDER BY article",
        "SELECT * FROM story_articles ORDER BY article",
        "SELECT * FROM editions ORDER BY name, date",
        "SELECT * FROM edition_items ORDER BY edition, date, position",
        "SELECT * FROM decisions ORDER BY number",
    ]
    .map(|sql| rows(folder, sql))
    .to_vec()
}

/// Every file of the demo with a hash of its bytes. Whoever reads a SQLite file takes part in the memory its users
/// share, and leaves an empty log beside it: that is no content.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.join("data/demo")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_file() && !name.ends_with("-shm") {
            let bytes = std::fs::read(&path).unwrap();
            if !bytes.is_empty() {
                let mut hasher = std::hash::DefaultHasher::new();
                bytes.hash(&mut hasher);
                files.push((name, hasher.finish()));
            }
        }
    }
    files.sort();
    files
}

const ALL: &str = "2000-01-01";

#[test]
fn a_shadow_of_unchanged_code_does_not_differ() {
    let folder = demo();
    let folder = folder.path();
    let before = files(folder);
    let said = ok(folder, &["replay", "--from", ALL, "--shadow", "shadow.sqlite", "--json"]);
    let lines = json_lines(&said);
    assert_eq!(lines.len(), 1, "{said}");
    let articles = rows(folder, "SELECT count(*) AS n FROM articles")[0]["n"].clone();
    let counts = json!({"new": 0, "missing": 0, "changed": 0, "same": articles, "newer": 0});
    assert_eq!(lines[0]["articles"], counts);
    assert_eq!(lines[0]["dead_letters"], 0);
    assert!(lines[0]["pages"].as_u64() > articles.as_u64());
    assert_eq!(files(folder), before, "the live line was touched");
    // The shadow is a store of its own, and is made anew; another store is not.
    ok(folder, &["replay", "--from", ALL, "--to", ALL, "--shadow", "shadow.sqlite"]);
    let shadow = rusqlite::Connection::open(folder.join("shadow.sqlite")).unwrap();
    let left: i64 = shadow.query_row("SELECT count(*) FROM articles", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    let refused = kiosque(folder, &["replay", "--from", ALL, "--shadow", "data/demo/store.sqlite"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && said.contains("is a store of its own"), "{said}");
    assert_eq!(files(folder), before);
}

#[test]
fn what_today_is_read_otherwise_is_told() {
    let folder = demo();
    let folder = folder.path();
    let some =
        rows(folder, "SELECT id, title FROM articles WHERE revisions = 0 AND words > 30 ORDER BY id LIMIT 2");
    let (changed, lost) = (some[0]["id"].as_str().unwrap(), some[1]["id"].as_str().unwrap());
    change(
        folder,
        &format!(
            "UPDATE articles SET text = 'Un intrus. ' || text, record = json_set(record, '$.article.title', 'Ancien')
             WHERE id = '{changed}';
             PRAGMA foreign_keys = OFF; DELETE FROM articles WHERE id = '{lost}';"
        ),
    );
    let said = ok(folder, &["replay", "--from", ALL, "--shadow", "s.sqlite", "--json"]);
    let lines = json_lines(&said);
    assert_eq!((&lines[0]["articles"]["changed"], &lines[0]["articles"]["new"]), (&json!(1), &json!(1)));
    let of = |id: &str| lines.iter().find(|line| line["id"] == id).unwrap();
    assert_eq!(of(lost)["change"], "new");
    let fields = &of(changed)["fields"];
    assert_eq!(fields["title"], json!({"live": "Ancien", "shadow": some[0]["title"]}));
    assert_eq!((&fields["text"]["removed"], &fields["text"]["added"]), (&json!(2), &json!(0)));
    let told = ok(folder, &["replay", "--from", ALL, "--shadow", "s.sqlite"]);
    assert!(told.contains("nouveaux 1, disparus 0, changés 1"), "{told}");
    assert!(told.contains("titre     «\u{a0}Ancien\u{a0}» →") && told.contains("[-Un intrus.-]"), "{told}");
}

#[test]
fn replaying_into_the_store_corrects_in_place_and_twice_changes_nothing() {
    let folder = demo();
    let folder = folder.path();
    let fresh = contents(folder);
    let said = ok(folder, &["replay", "--from", ALL, "--json"]);
    let counts = &json_lines(&said)[0]["articles"];
    assert_eq!((&counts["new"], &counts["corrected"]), (&json!(0), &json!(0)), "{said}");
    assert_eq!(contents(folder), fresh);

    // As if older code had read an article's text otherwise, from whichever of its fetches.
    let some = rows(folder, "SELECT id, text FROM articles WHERE words > 30 ORDER BY id LIMIT 3");
    let ids: Vec<_> = some.iter().map(|row| row["id"].as_str().unwrap()).collect();
    change(
        folder,
        &format!(
            "UPDATE articles SET text = 'Un intrus. ' || text, text_hash = 'f' WHERE id = '{}';
             INSERT INTO decisions (kind, target, value, who, at)
             VALUES ('pin', '{}', 'null', 'desk', '2026-10-07T05:00:00.000Z');",
            ids[0], ids[0]
        ),
    );
    let said = ok(folder, &["replay", "--from", ALL]);
    assert!(said.contains("nouveaux 0, corrigés 1"), "{said}");
    let healed = contents(folder);
    assert_eq!(healed[0], fresh[0], "the articles are as they were");
    assert_eq!(healed[1], fresh[1], "and no revision tells of it");
    assert_eq!((&healed[2], &healed[3]), (&fresh[2], &fresh[3]), "nor was any moved");
    assert_eq!(healed[6].len(), 1, "editors' decisions survive");
    ok(folder, &["replay", "--from", ALL]);
    assert_eq!(contents(folder), healed);
}

#[test]
fn a_purge_takes_what_is_old_and_read() {
    let folder = demo();
    let folder = folder.path();
    let before = files(folder);
    let told = ok(folder, &["purge", "--before", "2999-01-01", "--dry-run"]);
    assert!(told.contains("À effacer") && told.contains("pages") && told.contains("traces"), "{told}");
    assert_eq!(files(folder), before);
    assert!(!ok(folder, &["purge", "--before", ALL]).contains("pages"));
    let done = ok(folder, &["purge", "--before", "2999-01-01"]);
    assert_eq!(told.replace("À effacer", "Effacé"), done);
    assert_eq!(rows(folder, "SELECT count(*) AS n FROM breadcrumbs")[0]["n"], 0);
    let kept = json_lines(&ok(folder, &["replay", "--from", ALL, "--shadow", "s.sqlite", "--json"]));
    assert_eq!(kept[0]["pages"], 0);
    assert!(ok(folder, &["run"]).contains("Rien de nouveau"));
}

#[test]
fn wrong_words_and_a_bus_that_is_missing_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let said = |words: &[&str]| {
        let output = kiosque(folder.path(), words);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = said(&["replay", "--from", "2026-10-07", "--to", "2026-10-06"]);
    assert!(code == Some(2) && text.contains("`--to` lies before `--from`"), "{text}");
    for words in [&["replay", "--from", ALL][..], &["purge", "--before", ALL]] {
        let (code, text) = said(words);
        assert!(code == Some(1) && text.contains("hint: run `kiosque run` first"), "{text}");
    }
    assert!(!folder.path().join("data").exists(), "nothing is made by looking");
}

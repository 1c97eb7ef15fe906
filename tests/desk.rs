//! The editor's morning on the command line: decisions, freezing, publishing, correcting, the law and the ledger.

#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    command.current_dir(folder).env_clear().env("KIOSQUE_BY", "Rédaction").stdin(Stdio::null());
    command.args(words).output().unwrap()
}

fn ok(folder: &Path, words: &[&str]) -> String {
    let output = run(folder, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn fails(folder: &Path, words: &[&str], status: i32) -> String {
    let output = run(folder, words);
    assert_eq!(output.status.code(), Some(status), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A folder where the demo has been run.
fn demo() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["run"]);
    folder
}

fn edition(folder: &Path) -> Value {
    serde_json::from_str(&ok(folder, &["edition", "build", "--json"])).unwrap()
}

fn front(edition: &Value, at: usize, key: &str) -> String {
    edition["front"][at][key].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_editor_corrects_the_morning_in_minutes() {
    let folder = demo();
    let folder = folder.path();
    let first = edition(folder);
    let (third, url) = (front(&first, 2, "title"), front(&first, 2, "url"));
    let told: Value = serde_json::from_str(&ok(folder, &["edition", "pin", "3", "--json"])).unwrap();
    assert_eq!(
        (&told["decision"], &told["kind"], &told["changed"]),
        (&1.into(), &"pin".into(), &true.into())
    );
    assert_eq!(front(&edition(folder), 0, "title"), third);
    ok(folder, &["edition", "retitle", &url, "--text", "Notre titre"]);
    ok(folder, &["edition", "note", "--item", "1", "--text", "À suivre demain", "--by", "Chef d’édition"]);
    ok(folder, &["edition", "drop", "2"]);
    let decided = edition(folder);
    assert_eq!(
        (front(&decided, 0, "title"), front(&decided, 0, "original_title")),
        ("Notre titre".into(), third.clone())
    );
    assert_eq!(decided["front"][0]["notes"][0]["who"], "Chef d’édition");
    assert!(!decided.to_string().contains(&format!("\"title\":{}", first["front"][0]["title"])));

    let listed = ok(folder, &["edition", "decisions"]);
    assert!(listed.contains("Rédaction") && listed.lines().count() == 4, "{listed}");
    assert!(listed.contains("«\u{a0}À suivre demain\u{a0}»"), "{listed}");
    for number in ["4", "3", "2", "1"] {
        ok(folder, &["edition", "undo", number]);
    }
    let twice = fails(folder, &["edition", "undo", "1"], 1);
    assert!(twice.contains("taken back already, by 8") && twice.contains("undo 8"), "{twice}");
    let undone = edition(folder);
    assert_eq!((&undone["front"], &undone["sections"]), (&first["front"], &first["sections"]));
    assert!(fails(folder, &["edition", "undo", "99"], 1).contains("no decision 99"));
    assert!(fails(folder, &["edition", "pin", "9999"], 1).contains("no item 9999"));
    assert!(fails(folder, &["edition", "pin"], 2).contains("ITEM"));
    for verb in ["pin", "order"] {
        assert!(fails(folder, &["edition", verb, "1", "--position", "0"], 2).contains("from 1"), "{verb}");
    }
}

#[test]
fn stories_are_merged_and_split_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // The demo for two houses.
    let demo = include_str!("../pipelines/demo.toml");
    let pipeline = format!("{demo}\n[[edition]]\nname = \"soir\"\n");
    std::fs::create_dir(folder.join("pipelines")).unwrap();
    std::fs::write(folder.join("pipelines/demo.toml"), pipeline).unwrap();
    ok(folder, &["run"]);
    let first = edition(folder);
    let stories = |edition: &Value| edition["stories"].as_u64().unwrap();
    let kept = || ok(folder, &["edition", "show", "--edition", "soir", "--json"]);
    let of_the_other = || stories(&serde_json::from_str(&kept()).unwrap());
    let before = of_the_other();
    ok(folder, &["edition", "merge", "1", "--with", "2"]);
    let merged = edition(folder);
    assert_eq!(stories(&merged), stories(&first) - 1);
    // The other house's edition follows without being built.
    assert_eq!(of_the_other(), before - 1);
    let other = front(&first, 1, "url");
    ok(folder, &["edition", "split", &other]);
    assert!(stories(&edition(folder)) >= stories(&first));
}

#[test]
fn an_edition_goes_out_once_and_is_corrected_by_errata() {
    let folder = demo();
    let folder = folder.path();
    // Nobody has what an erratum would correct.
    let told = fails(folder, &["edition", "erratum", "--text", "Trois blessés"], 1);
    assert!(told.contains("is not out yet"), "{told}");
    let files = ok(folder, &["edition", "publish", "--recipients", "40"]);
    assert!(files.lines().any(|file| file.ends_with(".html") && folder.join(file).is_file()), "{files}");
    let out = edition(folder);
    assert_eq!(out["state"], "published");
    let decided = run(folder, &["edition", "retitle", "1", "--text", "Le bon titre"]);
    assert!(String::from_utf8_lossy(&decided.stderr).contains("erratum"));
    assert_eq!(edition(folder), out);
    let late = fails(folder, &["edition", "pin", "3"], 1);
    assert!(late.contains("went out: this `pin` cannot change it"), "{late}");
    assert_eq!(ok(folder, &["edition", "decisions"]).lines().count(), 1);
    assert!(fails(folder, &["edition", "clone", "--from", "2020-01-01"], 1).contains("went out"));
    // What joins stories holds for every day, and so do taking it back and bringing it back.
    ok(folder, &["edition", "merge", "1", "--with", "2"]);
    ok(folder, &["edition", "undo", "2"]);
    ok(folder, &["edition", "undo", "3"]);
    ok(folder, &["edition", "publish"]);
    let corrected = edition(folder);
    assert_eq!(corrected["errata"][0]["text"], "Le bon titre");
    assert_eq!(corrected["revision"].as_u64().unwrap(), out["revision"].as_u64().unwrap() + 1);
    assert!(fails(folder, &["edition", "thaw"], 1).contains("went out"));

    let ledger = ok(folder, &["edition", "ledger"]);
    let items = out["front"].as_array().unwrap().len()
        + out["sections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["items"].as_array().unwrap().len())
            .sum::<usize>();
    // Its JSON holds the view by paper: what is quoted there beside the items went out too.
    let papers = out["newspapers"].as_array().unwrap();
    let lines = papers.iter().flat_map(|paper| paper["lines"].as_array().unwrap());
    let beside = lines.filter(|line| line["headline"] == false && line["extract"] != "").count();
    assert!(beside > 0);
    assert_eq!(ledger.lines().count(), 1 + 2 * (items + beside));
    assert!(ledger.lines().nth(1).unwrap().contains(",publication,40,"), "{ledger}");
    assert_eq!(ok(folder, &["edition", "ledger", "--to", "2000-01-01"]).lines().count(), 1);
}

#[test]
fn what_would_break_a_rule_does_not_leave() {
    let folder = demo();
    let folder = folder.path();
    let told = fails(folder, &["export", "--mode", "panorama"], 1);
    assert!(told.contains("licence-mention") && told.contains("hint:"), "{told}");
    let links: Value =
        serde_json::from_str(&ok(folder, &["export", "--mode", "liens", "--format", "json"])).unwrap();
    assert_eq!((front(&links, 0, "extract"), &links["law"]["mode"]), (String::new(), &"liens".into()));
    ok(folder, &["edition", "extract", "2", "--text", &"mot ".repeat(200)]);
    for words in [&["export"][..], &["edition", "publish"]] {
        let told = fails(folder, words, 1);
        assert!(told.contains("item 2 « ") && told.contains("extract-words"), "{told}");
    }
    ok(folder, &["edition", "extract", "2", "--text", "En deux mots."]);
    ok(folder, &["export"]);
    assert!(fails(folder, &["export", "--mode", "tout"], 2).contains("`liens`"));
}

#[test]
fn yesterdays_decisions_are_taken_over_for_what_goes_on() {
    let folder = demo();
    let folder = folder.path();
    let days = ok(folder, &["query", "SELECT date FROM editions ORDER BY date", "--format", "csv"]);
    let days: Vec<_> = days.lines().skip(1).collect();
    let (yesterday, today) = (days[days.len() - 2], days[days.len() - 1]);
    let sql = format!(
        "SELECT y.article FROM edition_items y JOIN edition_items t ON t.story = y.story AND t.edition = y.edition
         WHERE y.date = '{yesterday}' AND t.date = '{today}' LIMIT 1"
    );
    let goes_on = ok(folder, &["query", &sql, "--format", "csv"]);
    let goes_on = goes_on.lines().nth(1).unwrap();
    ok(folder, &["edition", "rubrique", goes_on, "--to", "lifestyle", "--date", yesterday]);
    ok(folder, &["edition", "note", "--text", "Édition réalisée de nuit", "--date", yesterday]);
    let told = ok(folder, &["edition", "clone", "--date", today, "--from", yesterday]);
    assert!(told.contains("1\u{a0}décision") && told.contains("Laissées, notes sur l’édition"), "{told}");
    let today: Value =
        serde_json::from_str(&ok(folder, &["edition", "build", "--date", today, "--json"])).unwrap();
    assert!(today["notes"].as_array().unwrap().is_empty());
    let sections = today["sections"].as_array().unwrap().iter().flat_map(|s| s["items"].as_array().unwrap());
    let mut items = today["front"].as_array().unwrap().iter().chain(sections);
    assert!(items.any(|item| item["rubrique"] == "lifestyle" && item["decisions"] != serde_json::json!([])));
}

//! `kiosque rules` as an editor meets it: what a rule would do to the days already stored, with nothing written.

#![cfg(test)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use kiosque_model::{Article, CanonicalUrl, Rubrique, SourceId, Tagged};
use kiosque_store::Store;
use serde_json::{Value, json};
use tempfile::TempDir;

const PIPELINE: &str = "[pipeline]\nname = \"p\"\n[crawl]\ncontact = \"desk@p.example\"\n[store]\npath = \"store.sqlite\"\n\
    [bus]\nkind = \"memory\"\n[classify]\nwatch = \"watch\"\n[[source]]\nid = \"a\"\nurl = \"https://a.example/feed\"\n";

const RULES: &str = "version = 4\n[[name]]\nid = \"port\"\naliases = [\"port de Tamezra\", \"ميناء تامزرا\"]\n\
    [[rule]]\nid = \"ports\"\nwatchlist = \"Ports\"\nrubrique = \"economie\"\nany = [\"@port\"]\nnot = [\"plaisance\"]\n\
    [[rule]]\nid = \"greves\"\nwatchlist = \"Grèves\"\nany = [\"grève\"]\nin = \"title\"\n";

fn article(path: &str, day: &str, title: &str, text: &str) -> Tagged {
    let url = CanonicalUrl::parse(&format!("https://a.example/{path}")).unwrap();
    let at = format!("{day}T07:00:00Z").parse().unwrap();
    let mut article = Article::new(url.to_string(), url, SourceId("a".into()), at);
    article.title = Some(title.to_owned());
    article.text = text.to_owned();
    Tagged::new(article, Rubrique::Societe, 0.6)
}

/// A pipeline with three days of articles and a folder of rules.
fn stored() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.sqlite")).unwrap();
    let mut batch = store.begin().unwrap();
    for tagged in [
        article("1", "2026-10-05", "Un navire attendu", "Il entre au port de Tamezra ce soir."),
        article(
            "2",
            "2026-10-06",
            "الميناء يستقبل باخرة",
            "وصلت الباخرة إلى الميناء.\nوبميناء تامزرا ينتظرون.",
        ),
        article("3", "2026-10-07", "Grève des dockers", "Le port de Tamezra et sa plaisance."),
    ] {
        batch.put(&tagged).unwrap();
    }
    batch.commit().unwrap();
    fs::create_dir(folder.path().join("watch")).unwrap();
    fs::write(folder.path().join("watch/a.toml"), RULES).unwrap();
    fs::write(folder.path().join("p.toml"), PIPELINE).unwrap();
    folder
}

fn said(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    let output = command.current_dir(folder).env_clear().args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn lines(folder: &Path, words: &[&str]) -> Vec<Value> {
    let (code, out, err) = said(folder, words);
    assert_eq!(code, 0, "{err}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_test_shows_what_would_change_and_changes_nothing() {
    let folder = stored();
    let found = lines(folder.path(), &["rules", "p.toml", "test", "--json"]);
    let told: Vec<_> = found[..3]
        .iter()
        .map(|l| {
            json!([
                l["title"],
                l["added"][0]["rule"],
                l["added"][0]["mentions"][0]["text"],
                l["rubrique"]["then"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["Un navire attendu", "ports", "port de Tamezra", "economie"]),
            json!(["الميناء يستقبل باخرة", "ports", "وبميناء تامزرا", "economie"]),
            json!(["Grève des dockers", "greves", "Grève", "societe"]),
        ]
    );
    assert_eq!(found[1]["added"][0]["mentions"][0]["place"], json!({"block": 1, "start": 26, "end": 40}));
    let sums = json!({"days": 3, "articles": 3, "changed": 3, "rules": [
        {"rule": "greves", "met": 1, "added": 1, "removed": 0}, {"rule": "ports", "met": 2, "added": 2, "removed": 0}]});
    assert_eq!(found[3], sums);
    let store = Store::open_read_only(&folder.path().join("store.sqlite")).unwrap();
    assert!(store.query("SELECT 1 FROM v_watchlists").unwrap().rows.is_empty());
}

#[test]
fn days_rules_and_another_folder_may_be_named() {
    let folder = stored();
    let changed = |words: &[&str]| {
        let all = lines(folder.path(), &[&["rules", "test", "p.toml", "--json"], words].concat());
        all.last().unwrap()["changed"].clone()
    };
    assert_eq!(changed(&["--from", "2026-10-06"]), 2);
    assert_eq!(changed(&["--from", "2026-10-06", "--to", "2026-10-06"]), 1);
    assert_eq!(changed(&["--rule", "greves"]), 1);
    fs::create_dir(folder.path().join("draft")).unwrap();
    assert_eq!(changed(&["--watch", "draft"]), 0);
    let (code, out, _) = said(folder.path(), &["rules", "p.toml", "list"]);
    assert_eq!((code, out.lines().count()), (0, 2));
    assert!(out.contains("ports") && out.contains("v4") && out.contains("a.toml:5"), "{out}");
}

#[test]
fn mistakes_are_told_all_at_once() {
    let folder = stored();
    fs::write(folder.path().join("watch/b.toml"), "[[rule]]\nid = \"ports\"\nany = [\"@x\"]\n").unwrap();
    let (code, _, err) = said(folder.path(), &["rules", "p.toml", "list"]);
    assert_eq!(code, 1);
    for part in
        ["`version`: is missing", "line 1, key `rule`: does nothing", "`ports` is already", "the id `x`"]
    {
        assert!(err.contains(part), "{part} is not in {err}");
    }
    let (code, _, err) = said(folder.path(), &["rules", "p.toml", "show"]);
    assert!(code == 2 && err.contains("neither `list` nor `test`"), "{err}");
    fs::remove_file(folder.path().join("watch/b.toml")).unwrap();
    let (code, _, err) = said(folder.path(), &["rules", "p.toml", "list", "--rule", "x"]);
    assert!(code == 2 && err.contains("there is no rule `x`\nhint: there are ports, greves"), "{err}");
}

#[test]
fn a_draft_that_leaves_an_edition_without_its_list_fails() {
    let folder = stored();
    let pipeline = format!("{PIPELINE}[[edition]]\nname = \"m\"\nwatchlists = [\"Ports\"]\n");
    fs::write(folder.path().join("p.toml"), pipeline).unwrap();
    let draft = folder.path().join("draft");
    fs::create_dir(&draft).unwrap();
    fs::write(draft.join("a.toml"), RULES.replace("watchlist = \"Ports\"\n", "")).unwrap();
    assert_eq!(said(folder.path(), &["rules", "p.toml", "test"]).0, 0);
    let (code, out, err) = said(folder.path(), &["rules", "p.toml", "test", "--watch", "draft"]);
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("Jours 3"), "{out}");
    assert!(err.contains("asks for the watchlist `Ports`, which no rule fills"), "{err}");
}

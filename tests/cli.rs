//! The command line as a script meets it: help, exit status, and one line on stderr that says what to do.

#![cfg(test)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const COMMANDS: [&str; 24] = [
    "run",
    "check",
    "status",
    "why",
    "dlq",
    "replay",
    "purge",
    "edition",
    "export",
    "search",
    "query",
    "extract",
    "classify",
    "group",
    "links",
    "probe",
    "robots",
    "url",
    "train",
    "bench",
    "backup",
    "restore",
    "serve",
    "completions",
];

/// The binary, in a folder of its own, without the caller's settings.
fn kiosque(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    command.current_dir(folder.path()).env_clear();
    command
}

/// Runs a command; its exit status, what it printed and what it said on stderr.
fn said(folder: &TempDir, words: &[&str], stdin: &str) -> (i32, String, String) {
    let output = kiosque(folder).args(words).write_stdin(stdin).output().unwrap();
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).unwrap().replace(&folder.path().display().to_string(), "[dir]")
    };
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn help_teaches() {
    let folder = folder();
    let (code, out, _) = said(&folder, &["--help"], "");
    assert_eq!(code, 0);
    insta::assert_snapshot!("help", out);
    for command in COMMANDS {
        let (code, out, _) = said(&folder, &[command, "--help"], "");
        assert_eq!(code, 0, "{command}");
        insta::assert_snapshot!(format!("help-{command}"), out);
    }
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = said(&folder(), &["completions", shell], "");
        assert_eq!(code, 0);
        for command in COMMANDS {
            assert!(out.contains(command), "{shell} has no `{command}`");
        }
    }
}

#[test]
fn wrong_usage_is_2_and_what_failed_is_1() {
    let folder = folder();
    fs::write(folder.path().join("bad.toml"), "[pipeline]\nname = 3\n").unwrap();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["frobnicate"], 2, "unrecognized subcommand 'frobnicate'"),
        (
            &["check", "bad.toml"],
            2,
            "bad.toml: line 2: `pipeline.name` expected a text in quotes, found a whole number",
        ),
        (&["check", "missing.toml"], 2, "cannot read the pipeline `missing.toml`"),
        (&["status"], 1, "hint: run `kiosque run` first"),
        (&["search", "maroc"], 1, "there is no store at `data/demo/store.sqlite`"),
        (&["query", "SELECT 1"], 1, "there is no store at"),
        (&["export", "--format", "papyrus"], 2, "papyrus"),
        (&["extract", "missing.html"], 1, "cannot read `missing.html`"),
        (&["dlq", "retry"], 2, "--all"),
    ];
    for (words, status, expected) in cases {
        let (code, _, err) = said(&folder, words, "");
        assert_eq!(code, status, "{words:?}: {err}");
        assert!(err.contains(expected), "{words:?} said: {err}");
    }
}

#[test]
fn addresses_get_their_canonical_form() {
    let (code, out, _) = said(&folder(), &["url", "HTTPS://M.A.example/x/amp?utm_source=b&id=2#c"], "");
    assert_eq!((code, out.as_str()), (0, "https://a.example/x?id=2\n"));
    let (code, out, err) = said(&folder(), &["url", "https://a.example/", "mailto:a@b.c"], "");
    assert_eq!((code, out.as_str()), (1, "https://a.example/\n\n"));
    assert!(err.contains("is not fetched over http or https"), "{err}");
}

#[test]
fn robots_answers_in_one_word() {
    let folder = folder();
    fs::write(folder.path().join("robots.txt"), "User-agent: *\nDisallow: /private/\nAllow: /private/open\n")
        .unwrap();
    let ask = |url| said(&folder, &["robots", "--file", "robots.txt", "--agent", "kiosque", url], "");
    assert_eq!(ask("https://a.example/x"), (0, "allowed\n".into(), String::new()));
    assert_eq!(ask("https://a.example/private/x"), (1, "disallowed\n".into(), String::new()));
    assert_eq!(ask("https://a.example/private/open"), (0, "allowed\n".into(), String::new()));
}

const PAGE: &str = r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Le pont rouvre - La Vigie</title>
<meta property="og:site_name" content="La Vigie"></head><body><nav><a href="/">Accueil</a></nav><article><h1>Le pont rouvre</h1>
<p>Par <a rel="author" href="/auteurs/salma">Salma Idrissi</a>, le 7 octobre 2026 à 9h05</p>
<p>Fermé depuis deux ans pour travaux, le vieux pont de la médina a rouvert mercredi matin devant une foule de riverains.</p>
<p>Le chantier a coûté douze millions de dirhams, selon la commune, qui promet une seconde phase d’ici le printemps prochain.</p>
</article></body></html>"#;

#[test]
fn a_manifest_gets_one_line_for_each_of_its_own() {
    let folder = folder();
    fs::write(folder.path().join("pont.html"), PAGE).unwrap();
    let manifest = "{\"id\":\"a\",\"path\":\"pont.html\",\"url\":\"https://vigie.example/pont\"}\n\
                    {\"id\":\"b\",\"path\":\"gone.html\"}\n";
    let (code, out, _) = said(&folder, &["extract", "--manifest", "-", "--threads", "2"], manifest);
    assert_eq!(code, 0);
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["id"], &lines[0]["title"]), (&"a".into(), &"Le pont rouvre".into()));
    assert_eq!(lines[0]["authors"], serde_json::json!(["Salma Idrissi"]));
    assert_eq!(lines[0]["language"], "fr");
    assert!(lines[0]["text"].as_str().unwrap().starts_with("Fermé depuis deux ans"), "{}", lines[0]["text"]);
    assert_eq!(lines[1]["id"], "b");
    assert!(lines[1]["error"].as_str().unwrap().contains("gone.html"));
    // What is no address of the web is no reason not to read the page.
    let manifest = "{\"id\":1,\"path\":\"pont.html\",\"url\":\"archive::pont.html\"}";
    let (_, out, _) = said(&folder, &["extract", "--manifest", "-"], manifest);
    let line: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&line["title"], &line["url"]), (&"Le pont rouvre".into(), &serde_json::Value::Null));
}

#[test]
fn texts_are_classified_and_grouped() {
    let text = "Le Raja s’est imposé deux buts à zéro samedi au stade, grâce à un doublé de son attaquant. \
                L’entraîneur a salué la victoire de son équipe, qui prend la tête du championnat.";
    let line = |id: &str| {
        serde_json::json!({"id": id, "title": "Football : le Raja gagne le derby", "text": text}).to_string()
    };
    let manifest = format!("{}\n{}\n", line("a"), line("b"));
    let (code, out, _) = said(&folder(), &["classify", "--manifest", "-"], &manifest);
    let first: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!((code, &first["rubrique"], &first["language"]), (0, &"sport".into(), &"fr".into()));
    assert!(!first["because"].as_array().unwrap().is_empty());
    let (code, out, _) = said(&folder(), &["group", "--manifest", "-"], &manifest);
    let second: serde_json::Value = serde_json::from_str(out.lines().nth(1).unwrap()).unwrap();
    assert_eq!((code, &second["copy_of"], &second["story"]), (0, &"a".into(), &"a".into()));
}

#[test]
fn probe_tells_what_a_file_is() {
    let folder = folder();
    let feed = "<rss version=\"2.0\"><channel><title>T</title><item><title>Sel & poivre</title>\
                <link>https://a.example/1</link></item></channel></rss>";
    fs::write(folder.path().join("feed.xml"), feed).unwrap();
    let (code, out, _) = said(&folder, &["probe", "feed.xml", "--json"], "");
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &found["kind"]), (0, &"feed".into()));
    assert_eq!(found["entries"][0]["title"], "Sel & poivre");
    fs::write(folder.path().join("page.html"), PAGE).unwrap();
    let (_, out, _) = said(&folder, &["probe", "page.html", "--json"], "");
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&found["kind"], &found["article"]["title"]), (&"page".into(), &"Le pont rouvre".into()));
}

#[test]
fn a_damaged_store_is_named_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("store.sqlite");
    fs::write(&path, "this is no database at all, but long enough to be looked at".repeat(40)).unwrap();
    let before = fs::read(&path).unwrap();
    let output = kiosque(&folder).args(["status"]).env("KIOSQUE__STORE__PATH", &path).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(err.contains("is damaged or no SQLite file") && err.contains("hint: restore a backup"), "{err}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(!Path::new("data").exists());
}

//! The command line as a script meets it: help, exit status, and one line on stderr that says what to do.

#![cfg(test)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const COMMANDS: [&str; 26] = [
    "run",
    "check",
    "status",
    "why",
    "dlq",
    "rules",
    "replay",
    "purge",
    "sources",
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
fn extract_counts_back_from_the_fetch_and_reads_the_headers() {
    let folder = folder();
    let text =
        "Les grues du port ont repris lundi, après trois mois d’arrêt dus à la tempête, a dit la direction. ";
    let page = format!(
        "<title>Le port</title><article><h1>Le port rouvre</h1><p>Publié il y a 2 heures</p><p>{text}</p><p>{text}</p>"
    );
    fs::write(folder.path().join("port.html"), page).unwrap();
    let read = |words: &[&str], stdin: &str| {
        let (code, out, err) = said(&folder, &[&["extract"], words].concat(), stdin);
        assert_eq!(code, 0, "{err}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap()
    };
    let line = r#"{"path": "port.html", "url": "https://vigie.example/le-port-rouvre", "headers": {"tdm-reservation": "1"},
        "fetched_at": "2026-03-12T01:30:00Z"}"#;
    let found = read(&["--manifest", "-"], &line.replace('\n', ""));
    assert_eq!((&found["published"], &found["tdm_reserved"]), (&"2026-03-11T23:00:00Z".into(), &true.into()));
    let found = read(&["port.html", "--fetched-at", "2025-12-24T10:30:00Z"], "");
    assert_eq!(found["published"], "2025-12-24T08:00:00Z");
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

const RULED_PAGE: &str = r#"<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>La Vigie</title></head><body>
<h1>La Vigie, le journal du détroit</h1><p class="gros">Le phare rallumé</p><div class="pub">Achetez des lampes.</div>
<p>Éteint depuis onze ans faute de gardien, le phare du cap éclaire de nouveau les pêcheurs depuis lundi soir.</p>
<p>La commune a payé la lanterne neuve, et promet d’ouvrir l’escalier aux promeneurs avant le début de l’été.</p></body></html>"#;

const RULE: &str = r#"hosts = ["vigie.example"]
[select]
title = "p.gros"
kicker = "p.rubrique"
drop = ".pub"
[[test]]
page = "phare.html"
url = "https://www.vigie.example/phare"
title = "Le phare rallumé"
lacks = ["Achetez"]
"#;

/// A folder with a pipeline, a site rule and its test page.
fn ruled() -> TempDir {
    let folder = folder();
    fs::create_dir(folder.path().join("rules")).unwrap();
    let pipeline = "[pipeline]\nname = \"p\"\n[crawl]\ncontact = \"desk@p.example\"\n[store]\npath = \"d/store.sqlite\"\n\
                    [bus]\nkind = \"memory\"\n[extract]\nrules = \"rules\"\n[demo]\npress = true\n\
                    [[source]]\nid = \"a\"\nurl = \"https://vigie.example/feed\"\n";
    for (name, text) in [("p.toml", pipeline), ("rules/vigie.toml", RULE), ("rules/phare.html", RULED_PAGE)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn probe_tells_the_site_rule_of_a_page() {
    let folder = ruled();
    let probe = |url: &str| {
        let words = ["probe", "rules/phare.html", "--pipeline", "p.toml", "--json", "--url", url];
        let (code, out, err) = said(&folder, &words, "");
        assert_eq!(code, 0, "{err}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap()
    };
    let found = probe("https://vigie.example/phare");
    let rule = serde_json::json!({"file": "vigie.toml", "used": ["title", "drop"], "idle": ["kicker"]});
    assert_eq!((&found["rule"], &found["article"]["title"]), (&rule, &"Le phare rallumé".into()));
    let found = probe("https://autre.example/phare");
    assert_eq!(found["rule"], serde_json::Value::Null);
    assert_ne!(found["article"]["title"], "Le phare rallumé");
    let words = ["probe", "rules/phare.html", "--pipeline", "p.toml", "--url", "http://vigie.example/"];
    let (_, out, _) = said(&folder, &words, "");
    assert!(out.contains("site rule vigie.toml, for vigie.example\n  used       title, drop\n"), "{out}");
    assert!(out.contains("  idle       kicker\n"), "{out}");
    let (code, _, err) = said(&folder, &["probe", "rules/phare.html", "--url", "phare"], "");
    assert_eq!((code, err.contains("`--url phare` is no address")), (2, true), "{err}");
    let (code, _, err) =
        said(&folder, &["probe", "https://vigie.example/", "--url", "http://a.example/"], "");
    assert_eq!((code, err.contains("`--url` is for a file")), (2, true), "{err}");
}

#[test]
fn extract_reads_by_the_rules_of_a_folder() {
    let folder = ruled();
    let title = |rules: &[&str]| {
        let words = ["extract", "rules/phare.html", "--url", "https://vigie.example/phare"];
        let (code, out, err) = said(&folder, &[&words, rules].concat(), "");
        assert_eq!(code, 0, "{err}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap()["title"].clone()
    };
    assert_eq!(title(&["--rules", "rules"]), "Le phare rallumé");
    assert_ne!(title(&[]), "Le phare rallumé");
    let (code, _, err) = said(&folder, &["extract", "rules/phare.html", "--rules", "gone"], "");
    assert_eq!((code, err.contains("the site rules in `gone` cannot be used")), (1, true), "{err}");
}

#[test]
fn check_runs_the_test_pages_of_the_rules() {
    let folder = ruled();
    let check = |rule: &str, status: i32, told: &str| {
        fs::write(folder.path().join("rules/vigie.toml"), rule).unwrap();
        let (code, out, err) = said(&folder, &["check", "p.toml"], "");
        assert_eq!(code, status, "{out}{err}");
        assert!(format!("{out}{err}").contains(told), "{out}{err}");
    };
    check(RULE, 0, "ok  rules      rules: 1 files\nok  rule       vigie.toml, test pages: 1\n");
    check(
        &RULE.replace("gros\"", "gris\""),
        1,
        "BAD rule       vigie.toml: phare.html: title must be `Le phare rallumé` and is `La Vigie",
    );
    check(&RULE.replace("phare.html", "gone.html"), 1, "BAD rule       vigie.toml: gone.html: cannot read");
    check(
        &RULE.replace("www.vigie", "www.autre"),
        1,
        "`https://www.autre.example/phare` is of no host of this rule",
    );
    check(
        &RULE.replace("p.gros", "p["),
        1,
        "BAD rules      `vigie.toml` line 3, key `select.title`: `p[` is no selector\n",
    );
    // Files need no connection.
    let (code, out, err) = said(&folder, &["check", "p.toml", "--offline"], "");
    assert_eq!((code, format!("{out}{err}").contains("`p[` is no selector")), (1, true), "{out}{err}");
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

#[test]
fn a_model_is_trained_on_labels_of_ones_own() {
    let folder = folder();
    let line = |label: &str, text: &str, n: usize| {
        format!("{{\"title\":\"{text} {n}\",\"text\":\"{text}\",\"lang\":\"fr\",\"label\":\"{label}\"}}\n")
    };
    let texts = (0..30)
        .map(|n| line("Foot", "le club marque un but", n) + &line("Éco", "la banque baisse son taux", n));
    fs::write(folder.path().join("own.jsonl"), texts.collect::<String>()).unwrap();
    let train = ["train", "--corpus", "own.jsonl", "--out", "own.bin"];
    let (code, _, err) = said(&folder, &train, "");
    assert_eq!(
        (code, err.contains("`Foot` is no rubrique; say which one it means with `--label")),
        (1, true),
        "{err}"
    );
    let (code, out, err) =
        said(&folder, &[&train[..], &["--label", "Foot=sport", "--label", "Éco=economie"]].concat(), "");
    assert_eq!((code, out.contains("examples 60")), (0, true), "{out}{err}");
    let pipeline = "[pipeline]\nname = \"p\"\n[crawl]\ncontact = \"desk@essai.example\"\n[store]\npath = \"s.sqlite\"\n\
        [classify]\nmodel = \"own.bin\"\n[[source]]\nid = \"phare\"\nname = \"Le Phare\"\nurl = \"https://phare.example/feed\"\n";
    fs::write(folder.path().join("p.toml"), pipeline).unwrap();
    let (code, out, err) = said(&folder, &["check", "p.toml", "--offline"], "");
    assert_eq!((code, out.contains("own.bin")), (0, true), "{out}{err}");
}

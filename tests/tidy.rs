//! The walls of the house, held by a machine: who may depend on whom, which foreign crate lives where, how long
//! a file may grow, and that ARCHITECTURE.md and the pipelines tell the truth.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which crates of ours a crate may depend on. `model` is everybody's; the binary may use all.
const EDGES: [(&str, &[&str]); 15] = [
    ("model", &[]),
    ("stream", &["model"]),
    ("crawl", &["model"]),
    ("archive", &[]),
    ("extract", &["model"]),
    ("classify", &["model"]),
    ("group", &["model"]),
    ("store", &["model"]),
    ("edition", &["model", "store", "pdf"]),
    ("pdf", &[]),
    ("web", &["model", "edition", "store"]),
    ("press", &["model"]),
    ("watch", &[]),
    ("bench", &["model", "extract"]),
    (
        "kiosque",
        &[
            "model", "stream", "crawl", "archive", "extract", "classify", "group", "store", "edition", "web",
            "press", "watch",
        ],
    ),
];

/// Foreign crates with a room of their own, and the rooms.
const ROOMS: [(&str, &[&str]); 22] = [
    ("sha1", &["archive"]),
    ("brotli-decompressor", &["crawl"]),
    ("rdkafka", &["stream"]),
    ("rusqlite", &["stream", "store"]),
    ("rusqlite_migration", &["store"]),
    ("reqwest", &["crawl"]),
    ("quick-xml", &["crawl", "edition"]),
    ("scraper", &["extract"]),
    ("chardetng", &["crawl", "extract"]),
    ("axum", &["web"]),
    ("whichlang", &["classify", "extract"]),
    ("lettre", &["edition"]),
    ("typst", &["pdf"]),
    ("typst-layout", &["pdf"]),
    ("typst-pdf", &["pdf"]),
    ("minijinja", &["edition", "press"]),
    ("clap", &["kiosque"]),
    ("tracing-subscriber", &["kiosque"]),
    ("indicatif", &["kiosque"]),
    ("opentelemetry", &["kiosque"]),
    ("opentelemetry_sdk", &["kiosque"]),
    ("opentelemetry-otlp", &["kiosque"]),
];

/// Lines a source file may have before its tests.
const MAX_LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn manifests() -> BTreeMap<String, toml::Table> {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    folders
        .map(|folder| {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            (name, text.parse().unwrap())
        })
        .collect()
}

fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    table.map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(&root().join("crates"), &mut found);
    rust_files(&root().join("tests"), &mut found);
    found
}

#[test]
fn crates_depend_only_along_the_drawn_edges() {
    let edges: BTreeMap<_, _> = EDGES.into_iter().collect();
    for (name, manifest) in manifests() {
        let allowed = edges
            .get(name.as_str())
            .unwrap_or_else(|| panic!("crate `{name}` is not drawn in tests/tidy.rs"));
        for dependency in dependencies(&manifest) {
            if let Some(ours) = dependency.strip_prefix("kiosque-") {
                assert!(
                    allowed.contains(&ours),
                    "`{name}` may not depend on `{ours}`: a new edge needs a note in docs/decisions/"
                );
            }
        }
    }
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    for (name, manifest) in manifests() {
        for dependency in dependencies(&manifest) {
            if let Some((_, rooms)) = ROOMS.iter().find(|(foreign, _)| *foreign == dependency) {
                assert!(
                    rooms.contains(&name.as_str()),
                    "`{dependency}` belongs to {rooms:?}, not to `{name}`"
                );
            }
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_own() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        assert!(
            lines <= MAX_LINES,
            "{} has {lines} lines before its tests; the limit is {MAX_LINES}",
            path.display()
        );
        assert!(text.starts_with("//!"), "{} does not open with `//!`", path.display());
    }
}

#[test]
fn nothing_is_switched_off() {
    for path in sources() {
        if path.ends_with("tests/tidy.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for mark in ["#[ignore", "todo!(", "unimplemented!(", "dbg!(", "#[allow(", "#![allow("] {
            assert!(!text.contains(mark), "{} contains `{mark}`", path.display());
        }
    }
}

#[test]
fn every_crate_stands_in_the_architecture() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for name in manifests().keys() {
        assert!(text.contains(&format!("| `{name}`")), "ARCHITECTURE.md has no row for `{name}`");
    }
    assert!(text.lines().count() <= 150, "ARCHITECTURE.md is longer than 150 lines");
}

#[test]
fn every_pipeline_is_valid() {
    let mut seen = 0;
    for entry in fs::read_dir(root().join("pipelines")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            seen += 1;
            assert_cmd::Command::new(env!("CARGO_BIN_EXE_kiosque"))
                .args(["check", "--offline"])
                .arg(&path)
                .assert()
                .success();
        }
    }
    assert!(seen > 0, "no pipelines/*.toml");
}

/// What dashboards and alerts may ask for is what the processes tell.
#[test]
fn every_metric_that_is_documented_is_told() {
    let documented = fs::read_to_string(root().join("docker/metrics.txt")).unwrap();
    let told: String = sources().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let names: Vec<_> = documented
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 5);
    for name in names {
        assert!(told.contains(&format!("\"{name}\"")), "no process tells `{name}`");
    }
}

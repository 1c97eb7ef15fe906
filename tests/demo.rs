//! The demo as its users meet it: crawled once, read by editor and analyst, run again, killed and resumed.
//!
//! The press is invented, so what is true of it is known: the figures below are of agreement with that truth.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use jiff::Timestamp;
use kiosque_group::{Arrival, Grouper, Item, Settings};
use kiosque_model::CanonicalUrl;
use kiosque_press::Press;
use kiosque_store::{Store, WindowArticle};
use serde_json::Value;
use tempfile::TempDir;

fn kiosque(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

fn ok(folder: &Path, words: &[&str]) -> String {
    let output: Output = kiosque(folder).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn rows(folder: &Path, sql: &str) -> Vec<Value> {
    serde_json::from_str(&ok(folder, &["query", sql, "--format", "json"])).unwrap()
}

/// A folder where the demo has been run once, and what it said.
static DEMO: LazyLock<(TempDir, String)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let said = ok(folder.path(), &["run"]);
    (folder, said)
});

fn demo() -> &'static Path {
    DEMO.0.path()
}

/// All that a second run must leave alone.
fn contents(folder: &Path) -> Vec<Vec<Value>> {
    [
        "SELECT id, title, text, rubrique, published, revisions FROM articles ORDER BY id",
        "SELECT article, number, title FROM revisions ORDER BY article, number",
        "SELECT article, original FROM copies ORDER BY article",
        "SELECT name, date, revision FROM editions ORDER BY name, date",
        "SELECT edition, date, number, title FROM edition_items ORDER BY edition, date, position",
    ]
    .map(|sql| rows(folder, sql))
    .to_vec()
}

#[test]
fn it_ends_with_the_edition_of_the_day() {
    let said = DEMO.1.replace('\u{a0}', " ");
    for expected in
        ["Revue de presse du mercredi 7 octobre 2026", "Pages", "Copies", "Écartées", "Durée", "Édition : "]
    {
        assert!(said.contains(expected), "no `{expected}` in:\n{said}");
    }
    let html = std::fs::read_to_string(demo().join("data/demo/editions/2026-10-07-matin.html")).unwrap();
    assert!(html.contains("dir=\"rtl\"") && html.contains("lang=\"fr\""));
    assert!(
        !html.contains("<script src") && !html.contains("<link rel=\"stylesheet\""),
        "not self-contained"
    );
    assert_eq!(ok(demo(), &["export", "--date", "2026-10-07"]), html);
}

#[test]
fn what_is_true_of_the_press_is_in_the_store() {
    let truth = Press::new().truth();
    let id = |url: &str| CanonicalUrl::parse(url).unwrap().id().0;
    let articles: BTreeMap<String, Value> = rows(
        demo(),
        "SELECT a.id, a.rubrique, c.original, s.story FROM articles a LEFT JOIN copies c ON c.article = a.id
         LEFT JOIN story_articles s ON s.article = a.id",
    )
    .into_iter()
    .map(|row| (row["id"].as_str().unwrap().to_owned(), row))
    .collect();
    let found: Vec<_> = truth.iter().filter_map(|t| Some((t, articles.get(&id(&t.url))?))).collect();
    assert_eq!(found.len(), truth.len(), "every article page of the press is in the store");
    assert_eq!(articles.len(), truth.len(), "and nothing else");

    let right = found.iter().filter(|(t, row)| row["rubrique"] == t.rubrique.slug()).count();
    assert!(right * 100 >= found.len() * 85, "{right} of {} rubriques", found.len());

    for (truth, row) in &found {
        let copied = truth.copy_of.is_some();
        assert_eq!(
            row["original"].is_string(),
            copied && !is_first_met(&found, truth),
            "copy or not: {}",
            truth.url
        );
    }
    let mut stories: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (truth, row) in &found {
        if let Some(story) = &truth.story {
            stories.entry(story).or_default().push(&row["story"]);
        }
    }
    let whole = stories.values().filter(|ids| ids.iter().all(|id| *id == ids[0])).count();
    assert!(whole * 100 >= stories.len() * 70, "{whole} of {} stories are in one piece", stories.len());

    // What several papers tell in one story is one event, however few towns and sums the day's papers speak of.
    let mut events: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (truth, row) in &found {
        let event = truth.story.as_deref().unwrap_or(&truth.url);
        events.entry(row["story"].to_string()).or_default().insert(event);
    }
    events.retain(|_, told| told.len() > 1);
    assert!(events.is_empty(), "{events:?}");
}

/// Processes over a bus see the articles in any order, with pauses anywhere.
#[test]
fn stories_and_copies_do_not_hang_on_the_order_of_arrival() {
    let store = Store::open_read_only(&demo().join("data/demo/store.sqlite")).unwrap();
    let mut articles = store.window(Timestamp::MIN).unwrap();
    assert!(articles.len() > 90);
    let expected: BTreeMap<_, _> =
        articles.iter().map(|a| (a.id.clone(), (a.copy_of.clone(), a.story.clone().unwrap()))).collect();
    let mut seed = 2_026_u64;
    for _ in 0..12 {
        // Fisher and Yates, with Knuth's linear congruence.
        for last in (1..articles.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            articles.swap(last, usize::try_from(seed >> 33).unwrap() % (last + 1));
        }
        let mut grouper = Grouper::new(Settings::default());
        let mut placed = BTreeMap::new();
        for (n, article) in articles.iter().enumerate() {
            let arrival = Arrival { fetched: article.met, met: article.met, bare_day: article.bare_day };
            grouper.arrive(&item(article), arrival);
            if n % 7 == 0 {
                grouper.settle();
            }
            placed.extend(grouper.changes().placed);
        }
        grouper.settle();
        placed.extend(grouper.changes().placed);
        let found: BTreeMap<_, _> = placed.into_iter().map(|(id, p)| (id, (p.copy_of, p.story))).collect();
        assert_eq!(found, expected);
    }
}

/// What grouping was given of an article.
fn item(article: &WindowArticle) -> Item {
    Item {
        id: article.id.clone(),
        title: article.title.clone().unwrap_or_default(),
        text: article.text.clone(),
        language: article.language.clone(),
        at: article.at,
        source: article.source.clone(),
    }
}

#[test]
fn running_again_changes_nothing_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["run"]);
    let before = contents(folder.path());
    let said = ok(folder.path(), &["run"]);
    assert!(said.contains("Rien de nouveau"), "{said}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let calm = tempfile::tempdir().unwrap();
    ok(calm.path(), &["run"]);
    let of = |folder: &Path| {
        (
            rows(folder, "SELECT id, title, text, published FROM articles ORDER BY id"),
            rows(folder, "SELECT article, number, title, text FROM revisions ORDER BY article, number"),
            rows(folder, "SELECT date, count(*) AS items FROM edition_items GROUP BY date ORDER BY date")
                .len(),
        )
    };
    let expected = of(calm.path());
    let folder = tempfile::tempdir().unwrap();
    // Each life ends when the bus has grown by so much: no clock decides, and the kills fall in different stages.
    for kilobytes in [40, 300, 700] {
        let mut life =
            kiosque(folder.path()).arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let log = folder.path().join("data/demo/bus.sqlite-wal");
        while life.try_wait().unwrap().is_none() {
            if std::fs::metadata(&log).is_ok_and(|file| file.len() > kilobytes * 1_000) {
                life.kill().unwrap();
                break;
            }
            std::thread::yield_now();
        }
        life.wait().unwrap();
    }
    ok(folder.path(), &["run"]);
    assert_eq!(of(folder.path()), expected);
}

#[test]
fn editor_and_analyst_find_what_they_need() {
    let editions: Value = serde_json::from_str(&ok(demo(), &["edition", "list", "--json"])).unwrap();
    let dates: Vec<_> = editions.as_array().unwrap().iter().map(|e| e["date"].as_str().unwrap()).collect();
    assert!(dates.contains(&"2026-10-06") && dates.contains(&"2026-10-07"), "{dates:?}");
    let mut items = Vec::new();
    for date in ["2026-10-06", "2026-10-07"] {
        let printed = ok(demo(), &["export", "--date", date, "--format", "json"]);
        let edition: Value = serde_json::from_str(&printed).unwrap();
        let sections =
            edition["sections"].as_array().unwrap().iter().flat_map(|s| s["items"].as_array().unwrap());
        items.extend(edition["front"].as_array().unwrap().iter().chain(sections).cloned());
    }
    assert!(items.len() > 50);
    for item in &items {
        for field in ["title", "source_name", "url"] {
            assert!(!item[field].as_str().unwrap().is_empty(), "an item without {field}: {item}");
        }
    }
    assert!(items.iter().any(|item| !item["reprinted_by"].as_array().unwrap().is_empty()), "no copy is told");
    let others = items.iter().flat_map(|item| item["others"].as_array().unwrap());
    assert!(items.iter().chain(others).any(|item| item["updated"] == true), "no correction is told");
    assert!(items.iter().any(|item| item["paywalled"] == true), "no paywall is told");
    assert!(items.iter().any(|item| item["direction"] == "rtl"), "nothing is in Arabic");
    let by_source = ok(demo(), &["export", "--date", "2026-10-07", "--format", "md", "--by", "source"]);
    assert!(by_source.contains("La Gazette du Bouregreg"));
    assert!(ok(demo(), &["search", "المغرب", "--limit", "3"]).lines().count() > 3);
    assert!(
        ok(demo(), &["query", "SELECT count(*) FROM v_articles", "--format", "csv"]).lines().count() == 2
    );
}

#[test]
fn every_address_has_its_answer() {
    let dropped = rows(
        demo(),
        "SELECT p.url, b.reason FROM breadcrumbs b JOIN pages p ON p.id = b.page WHERE b.outcome = 'dropped'",
    );
    let reasons: Vec<_> = dropped.iter().map(|row| row["reason"].as_str().unwrap()).collect();
    for expected in ["robots", "not_found", "listing"] {
        assert!(reasons.contains(&expected), "nothing was dropped for {expected}: {reasons:?}");
    }
    for row in dropped.iter().take(5) {
        let said = ok(demo(), &["why", row["url"].as_str().unwrap()]);
        assert!(said.contains('→'), "no advice: {said}");
    }
    let why: Value =
        serde_json::from_str(&ok(demo(), &["why", "http://nowhere.example/x", "--json"])).unwrap();
    assert_eq!(why["steps"], serde_json::json!([]));
    let status: Value = serde_json::from_str(&ok(demo(), &["status", "--json"])).unwrap();
    for stage in status["stages"].as_array().unwrap() {
        assert_eq!((&stage["lag"], &stage["dead_letters"]), (&0.into(), &0.into()), "{stage}");
    }
}

/// A copy group has one original: the page met first, which need not be the agency's own.
fn is_first_met(found: &[(&kiosque_press::Truth, &Value)], truth: &kiosque_press::Truth) -> bool {
    let id = CanonicalUrl::parse(&truth.url).unwrap().id().0;
    found.iter().any(|(_, row)| row["original"] == id.as_str())
}

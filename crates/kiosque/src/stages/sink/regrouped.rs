//! What an editor joined and parted, while articles go on coming in.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_edition::{Act, Ruling};
use kiosque_model::{Article, CanonicalUrl, Edition, Language, Rubrique, SourceId};
use kiosque_store::StoreOptions;

use super::*;

const BRIDGE: &str = "Le pont suspendu de Tarmil est fermé depuis le séisme de Cap-Rosier : deux câbles ont cédé et les \
    ingénieurs des ponts redoutent que le tablier ne bouge encore";
const PORT: &str = "Le port de Cap-Rosier est ravagé par la vague qui a suivi le séisme : quarante chalutiers ont coulé \
    à quai et les pêcheurs de la criée réclament une aide du ministère";
const LIBRARY: &str = "La médiathèque de Vauclaire ouvre le dimanche : le conseil municipal a voté lundi le budget des \
    bibliothécaires, que demandaient les lecteurs et les étudiants";

/// A store, its sink and the clock of the wire.
struct Wire {
    sink: Sink,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn spec() -> EditionSpec {
    EditionSpec::new("matin", TimeZone::UTC, "UTC")
}

fn id(host: &str) -> ArticleId {
    CanonicalUrl::parse(&format!("http://{host}.example/")).unwrap().id()
}

/// An article of October 2026 that says what `told` says, with words of its own around it.
fn article(host: &str, (day, hour): (i8, i8), told: &str) -> Tagged {
    let url = format!("http://{host}.example/");
    let canonical = CanonicalUrl::parse(&url).unwrap();
    let fetched_at: Timestamp = format!("2026-10-{day:02}T{hour:02}:00:00Z").parse().unwrap();
    let mut article = Article::new(url, canonical, SourceId(host.to_owned()), fetched_at);
    article.title = Some(told.split(" : ").next().unwrap_or_default().to_owned());
    article.published = Some(fetched_at.to_string().parse().unwrap());
    article.language = Language::from_tag("fr");
    let words: Vec<&str> = told.split_whitespace().collect();
    // The same words in another order: told again, not copied.
    let turned = (0..words.len()).map(|n| words[(n * 7 + host.len()) % words.len()]).collect::<Vec<_>>();
    article.text = format!("{told}.\nVu par {host} : {}.", turned.join(" "));
    Tagged::new(article, Rubrique::Economie, 0.9)
}

impl Wire {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        Self { sink: Self::sink(&path), path, _folder: folder }
    }

    fn sink(path: &std::path::Path) -> Sink {
        let store = Store::open_with(path, &StoreOptions { zone: Some(TimeZone::UTC) }).unwrap();
        Sink::open(store, vec![spec()], Settings::default()).unwrap()
    }

    fn restart(&mut self) {
        self.sink = Self::sink(&self.path);
    }

    fn take(&mut self, articles: &[Tagged]) {
        for tagged in articles {
            self.sink.process(tagged.clone()).unwrap();
            self.sink.flush(&Progress::new()).unwrap();
        }
        self.sink.idle().unwrap();
    }

    fn decide(&self, (day, hour): (i8, i8), target: &str, act: &Act) -> i64 {
        let at = format!("2026-10-{day:02}T{hour:02}:30:00Z").parse().unwrap();
        let row = Ruling::row(("matin", date(day)), Some(&id(target)), act, ("Desk", at));
        self.sink.store.decide(&row).unwrap()
    }

    /// The stories of the day's edition as it is built anew, by their hosts.
    fn told(&self, day: i8) -> BTreeSet<BTreeSet<String>> {
        let edition = kiosque_edition::build(&self.sink.store, &spec(), date(day)).unwrap().edition;
        edition.items().map(|item| hosts(&edition, item.number)).collect()
    }
}

fn date(day: i8) -> Date {
    Date::constant(2026, 10, day)
}

fn hosts(edition: &Edition, number: usize) -> BTreeSet<String> {
    let lines = edition.newspapers.iter().flat_map(|paper| paper.lines.iter().map(move |line| (paper, line)));
    lines.filter(|(_, line)| line.number == number).map(|(paper, _)| paper.source.0.clone()).collect()
}

fn sets(stories: &[&[&str]]) -> BTreeSet<BTreeSet<String>> {
    stories.iter().map(|story| story.iter().map(|&host| host.to_owned()).collect()).collect()
}

#[test]
fn what_was_merged_takes_in_the_news_of_both() {
    let mut wire = Wire::new();
    wire.take(&[article("phare", (7, 6), BRIDGE), article("vigie", (7, 7), LIBRARY)]);
    assert_eq!(wire.told(7), sets(&[&["phare"], &["vigie"]]));
    let merge = wire.decide((7, 8), "phare", &Act::Merge { with: id("vigie") });
    wire.take(&[article("ancre", (7, 9), BRIDGE), article("balise", (7, 10), LIBRARY)]);
    let all = sets(&[&["phare", "vigie", "ancre", "balise"]]);
    assert_eq!(wire.told(7), all);
    for host in ["phare", "vigie", "ancre", "balise"] {
        let url = CanonicalUrl::parse(&format!("http://{host}.example/")).unwrap();
        let trail = wire.sink.store.trail(&url).unwrap();
        let places: Vec<usize> = trail.editions.iter().map(|edition| edition.number).collect();
        assert_eq!(places, [1], "{host} is printed under the first story");
    }
    let rows =
        wire.sink.store.query("SELECT count(*), count(DISTINCT story) FROM v_edition_articles").unwrap();
    assert_eq!(rows.to_csv().lines().nth(1), Some("4,1"), "analysts see what the editor joined");
    wire.restart();
    assert_eq!(wire.told(7), all);
    wire.take(&[article("quai", (8, 9), BRIDGE), article("digue", (8, 10), LIBRARY)]);
    assert_eq!(wire.told(8), sets(&[&["quai", "digue"]]));
    wire.decide((8, 11), "phare", &Act::Undo { number: merge });
    assert_eq!(wire.told(8), sets(&[&["quai"], &["digue"]]));
}

#[test]
fn two_stories_merged_with_a_third_stay_one_on_a_day_without_it() {
    let mut wire = Wire::new();
    let told = [
        ("phare", BRIDGE),
        ("vigie", LIBRARY),
        ("amer", "La chorale de Lunel chante Noël : deux cents voix"),
    ];
    wire.take(&told.map(|(host, told)| article(host, (7, 6), told)));
    wire.decide((7, 8), "phare", &Act::Merge { with: id("amer") });
    wire.decide((7, 9), "amer", &Act::Merge { with: id("vigie") });
    wire.take(&[article("quai", (8, 9), BRIDGE), article("digue", (8, 10), LIBRARY)]);
    assert_eq!(wire.told(8), sets(&[&["quai", "digue"]]));
}

#[test]
fn what_was_split_stays_apart_with_the_news_of_each_side() {
    let mut wire = Wire::new();
    let both = format!("{BRIDGE}. {PORT}");
    wire.take(&[
        article("phare", (7, 5), &both),
        article("vigie", (7, 6), BRIDGE),
        article("ancre", (7, 7), PORT),
    ]);
    assert_eq!(wire.told(7), sets(&[&["phare", "vigie", "ancre"]]));
    wire.decide((7, 8), "ancre", &Act::Split { from: id("vigie"), along: Vec::new() });
    assert_eq!(wire.told(7), sets(&[&["phare", "vigie"], &["ancre"]]));
    wire.take(&[article("balise", (7, 9), PORT), article("bouee", (7, 10), BRIDGE)]);
    let apart = sets(&[&["phare", "vigie", "bouee"], &["ancre", "balise"]]);
    assert_eq!(wire.told(7), apart);
    wire.restart();
    wire.take(&[article("jetee", (7, 11), &both)]);
    let stands = wire.told(7);
    assert!(stands.iter().all(|story| !(story.contains("ancre") && story.contains("vigie"))), "{stands:?}");
    wire.take(&[article("quai", (8, 9), BRIDGE), article("digue", (8, 10), PORT)]);
    assert_eq!(wire.told(8), sets(&[&["quai"], &["digue"]]));
    wire.restart();
    wire.take(&[
        article("musoir", (9, 9), PORT),
        article("chenal", (9, 10), BRIDGE),
        article("cale", (9, 11), PORT),
    ]);
    assert_eq!(wire.told(9), sets(&[&["musoir", "cale"], &["chenal"]]));
}

#[test]
fn what_is_decided_of_a_side_holds_for_that_side_on_the_next_day() {
    let mut wire = Wire::new();
    let both = format!("{BRIDGE}. {PORT}");
    let library = article("amer", (7, 7), LIBRARY);
    wire.take(&[article("phare", (7, 5), &both), article("vigie", (7, 6), BRIDGE), library]);
    let ancre = article("ancre", (7, 7), PORT);
    wire.take(&[ancre]);
    wire.decide((7, 8), "ancre", &Act::Split { from: id("vigie"), along: Vec::new() });
    wire.decide((7, 9), "ancre", &Act::Merge { with: id("amer") });
    wire.take(&[article("quai", (8, 9), BRIDGE), article("digue", (8, 10), LIBRARY)]);
    assert_eq!(wire.told(8), sets(&[&["quai"], &["digue"]]));
    wire.take(&[article("cale", (8, 11), PORT)]);
    assert_eq!(wire.told(8), sets(&[&["quai"], &["digue", "cale"]]));
}

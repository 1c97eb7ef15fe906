//! Crash at every step of dedup, extract, classify, sink and trail; start again; the store must be what a run
//! without faults leaves.
//!
//! One fuse is shared by the bus and the stages' stores: with the bus alone a wrong order between the two goes
//! unseen. The step after a store's write is a step of its own, so that both sides of each write are tried.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use kiosque_edition::EditionSpec;
use kiosque_model::{Breadcrumb, CanonicalUrl, FeedHint, FetchRecord, Message, Page, SourceId};
use kiosque_store::{StageMemory, Store, StoreOptions};
use kiosque_stream::{
    Bus, Connect, EmbeddedLog, EmbeddedOptions, Failure, Fuse, FusedBus, Inspect, MemoryLog, Outcome,
    Progress, Retry, RunOptions, Stage, Stop,
};

use crate::stages::classify::Classify;
use crate::stages::dedup::Dedup;
use crate::stages::extract::Extract;
use crate::stages::sink::Sink;
use crate::stages::trail::Trail;

/// Everything a run must leave the same, but for clocks. A message that came again after a crash is one that `dedup`
/// and `sink` know already, and their breadcrumbs say so: of those two only the pages are compared.
const TRUTH: [&str; 8] = [
    "SELECT id, title, text, rubrique, revisions, day FROM articles ORDER BY id",
    "SELECT article, number, title, text FROM revisions ORDER BY article, number",
    "SELECT article, original FROM copies ORDER BY article",
    "SELECT story, article FROM story_articles ORDER BY story, article",
    "SELECT edition, date, number, place, article, story, title FROM edition_items ORDER BY edition, date, position",
    "SELECT name, date, revision FROM editions ORDER BY name, date",
    "SELECT page, stage FROM breadcrumbs ORDER BY page, stage",
    "SELECT page, stage, outcome, reason FROM breadcrumbs WHERE stage IN ('extract', 'classify') ORDER BY page, stage",
];

/// A stage whose store is behind the fuse, and which ends its loop when its topic is drained.
struct Fused<S> {
    inner: S,
    fuse: Fuse,
    stop: Stop,
}

impl<S> Fused<S> {
    fn burn(&self) -> Result<(), Failure> {
        self.fuse.burn().map_err(|blown| Failure::Poison(blown.to_string()))
    }
}

impl<S: Stage> Stage for Fused<S> {
    const NAME: &'static str = S::NAME;
    const TRACED: bool = S::TRACED;
    type In = S::In;
    type Out = S::Out;

    fn process(&mut self, input: S::In) -> Result<Outcome<S::Out>, Failure> {
        self.inner.process(input)
    }

    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        self.burn()?;
        self.inner.flush(progress)?;
        self.burn()
    }

    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        self.inner.resume()
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.burn()?;
        self.inner.idle()?;
        self.burn()?;
        self.stop.set();
        Ok(())
    }
}

fn article(outlet: &str, title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"fr\"><head><title>{title}</title>\
         <meta property=\"article:published_time\" content=\"2026-10-07T08:00:00+01:00\">\
         <meta property=\"og:site_name\" content=\"{outlet}\"></head>\
         <body><article><h1>{title}</h1>{body}</article></body></html>"
    )
}

/// A dispatch and its copy, a correction of another article, the same page twice, a page that is none.
fn pages() -> Vec<Page> {
    let dispatch = "<p>Le port de la ville a repris son activité mercredi après trois jours de tempête, a annoncé la capitainerie.</p>\
         <p>Une quarantaine de chalutiers attendaient au large depuis dimanche, et les criées rouvriront jeudi matin.</p>\
         <p>Les assureurs évaluent les dégâts à quatre millions de dirhams, principalement sur les quais de plaisance.</p>";
    let budget = "<p>Le conseil communal a adopté mardi soir le budget de la médiathèque, attendue depuis six ans par le quartier.</p>\
         <p>Le bâtiment de deux étages ouvrira au printemps, avec une salle de lecture et un fonds en trois langues.</p>";
    let page = |path: &str, body: String| Page {
        url: format!("http://{path}"),
        canonical: CanonicalUrl::parse(&format!("http://{path}")).unwrap(),
        requested_url: None,
        source: SourceId(path.split('.').next().unwrap().to_owned()),
        fetched_at: "2026-10-07T09:00:00Z".parse().unwrap(),
        status: 200,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: body.into_bytes(),
    };
    let later = |mut page: Page| {
        page.fetched_at = "2026-10-07T15:00:00Z".parse().unwrap();
        page
    };
    vec![
        page("phare.example/port", article("Le Phare", "Le port rouvre après la tempête", dispatch)),
        page("vigie.example/1", article("La Vigie", "Tempête : les chalutiers repartent", dispatch)),
        page("vigie.example/2", article("La Vigie", "La médiathèque ouvrira à l’automne", budget)),
        page("phare.example/port", article("Le Phare", "Le port rouvre après la tempête", dispatch)),
        later(page("vigie.example/2", article("La Vigie", "La médiathèque ouvrira au printemps", budget))),
        page("vigie.example/vide", "<html><body></body></html>".to_owned()),
    ]
}

/// The files of one run; the bus outlives a crash, as a log does.
struct World<'w> {
    folder: &'w Path,
    log: &'w dyn Connect,
}

impl World<'_> {
    fn store(&self) -> Store {
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        Store::open_with(&self.folder.join("store.sqlite"), &StoreOptions { zone: Some(zone) }).unwrap()
    }

    fn stage<S: Stage>(&self, inner: S, fuse: &Fuse) -> Result<(), String> {
        let stop = Stop::new();
        let mut stage = Fused { inner, fuse: fuse.clone(), stop: stop.clone() };
        let inner = self.log.connect(S::NAME, <S::In as Message>::TOPIC).map_err(|e| e.to_string())?;
        let mut bus: Box<dyn Bus> = Box::new(FusedBus::new(inner, fuse.clone()));
        let options = RunOptions {
            batch: 2,
            poll_wait: Duration::ZERO,
            retry: Retry { attempts: 1, base_ms: 0, max_ms: 0 },
            clock: || "2026-10-07T16:00:00Z".parse().expect("a constant time"),
            ..RunOptions::default()
        };
        kiosque_stream::run(&mut stage, bus.as_mut(), &options, &stop).map(drop).map_err(|e| e.to_string())
    }

    /// Every stage once, until its topic is drained or the fuse blows.
    fn run(&self, fuse: &Fuse) -> Result<(), String> {
        let memory = Arc::new(StageMemory::open(&self.folder.join("state.sqlite")).unwrap());
        let zone = TimeZone::get("Africa/Casablanca").unwrap();
        let editions = vec![EditionSpec::new("matin", zone, "Africa/Casablanca")];
        self.stage(Dedup::new(memory, None), fuse)?;
        self.stage(Extract::default(), fuse)?;
        self.stage(Classify::default(), fuse)?;
        self.stage(Sink::open(self.store(), editions, kiosque_group::Settings::default()).unwrap(), fuse)?;
        self.stage(Trail::new(self.store()), fuse)
    }

    fn truth(&self) -> Vec<kiosque_store::Rows> {
        let store = self.store();
        TRUTH.iter().map(|sql| store.query(sql).unwrap()).collect()
    }
}

fn send_pages(log: &dyn Connect) {
    let mut producer = log.producer().unwrap();
    for page in pages() {
        producer.send(Page::TOPIC, page.encode()).unwrap();
    }
    producer.flush().unwrap();
}

/// Runs with a fuse of every length until one is long enough; returns how many crashes were tried.
fn crash_at_every_step(
    open: impl Fn(&Path) -> Box<dyn Connect>,
    reopen: impl Fn(Box<dyn Connect>, &Path) -> Box<dyn Connect>,
) -> u64 {
    let calm = tempfile::tempdir().unwrap();
    let log = open(calm.path());
    send_pages(log.as_ref());
    let world = World { folder: calm.path(), log: log.as_ref() };
    world.run(&Fuse::new(u64::MAX)).unwrap();
    let expected = world.truth();
    assert_eq!(expected[0].rows.len(), 3, "three articles");
    assert_eq!(expected[1].rows.len(), 1, "one revision");
    assert_eq!(expected[2].rows.len(), 1, "one copy");
    assert_eq!(expected[4].rows.len(), 2, "two stories in the edition");
    for step in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let log = open(folder.path());
        send_pages(log.as_ref());
        let crashed = World { folder: folder.path(), log: log.as_ref() }.run(&Fuse::new(step)).is_err();
        let log = reopen(log, folder.path());
        let world = World { folder: folder.path(), log: log.as_ref() };
        world.run(&Fuse::new(u64::MAX)).unwrap();
        for (sql, (found, expected)) in TRUTH.iter().zip(world.truth().iter().zip(&expected)) {
            assert_eq!(found, expected, "after a crash at step {step}: {sql}");
        }
        if !crashed {
            return step;
        }
    }
    unreachable!("some fuse is long enough")
}

#[test]
fn a_crash_at_any_step_changes_nothing_in_memory() {
    let tried = crash_at_every_step(|_| Box::new(MemoryLog::new()), |log, _| log);
    assert!(tried > 60, "only {tried} steps were tried");
}

#[test]
fn a_crash_at_any_step_changes_nothing_on_the_embedded_log() {
    let open = |folder: &Path| -> Box<dyn Connect> {
        Box::new(EmbeddedLog::open(folder.join("bus.sqlite"), EmbeddedOptions::default()).unwrap())
    };
    let reopen = |log: Box<dyn Connect>, folder: &Path| {
        drop(log);
        open(folder)
    };
    let tried = crash_at_every_step(open, reopen);
    assert!(tried > 60, "only {tried} steps were tried");
}

#[test]
fn a_dead_letter_leaves_its_breadcrumb() {
    let folder = tempfile::tempdir().unwrap();
    let log = MemoryLog::new();
    let mut producer = log.producer().unwrap();
    let mut envelope = pages()[0].encode();
    envelope.set_header("ce_type", "kiosque.riddle.v1");
    producer.send(Page::TOPIC, envelope).unwrap();
    producer.flush().unwrap();
    let world = World { folder: folder.path(), log: &log };
    world.run(&Fuse::new(u64::MAX)).unwrap();
    let letters = kiosque_stream::dead::list(&log, Dedup::NAME).unwrap();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].reason.contains("kiosque.riddle.v1"), "{}", letters[0].reason);
    let crumbs = log.browse(Breadcrumb::TOPIC, &Progress::new(), 10).unwrap();
    assert_eq!(crumbs.len(), 1);
}

//! A crash at every call of the bus and of the stage's store in turn, a restart, and the same end as without.
//!
//! The last test turns the suite on itself: each wrong order of durability, run over the same crash points,
//! must be found out by it.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::{
    CanonicalUrl, FeedHint, FetchRecord, Message, Never, Page, Reason, SourceId, UniquePage, topic,
};
use kiosque_stream::{
    Bus, Connect, EmbeddedLog, EmbeddedOptions, Failure, Fuse, FusedConnect, MemoryLog, Outcome, Progress,
    Retry, RunOptions, Stage, Stop, run,
};

fn noon() -> Timestamp {
    "2026-10-06T12:00:00Z".parse().unwrap()
}

fn page(name: &str) -> Page {
    let url = format!("https://journal.example/{name}");
    Page {
        canonical: CanonicalUrl::parse(&url).unwrap(),
        url,
        requested_url: None,
        source: SourceId("journal".into()),
        fetched_at: noon(),
        status: 200,
        content_type: None,
        headers: BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: Vec::new(),
    }
}

fn blown(_: kiosque_stream::Blown) -> Failure {
    Failure::Transient("the store is gone".into())
}

/// What stays when a process is gone: the pages a stage knows, and the position stored with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Disk {
    pages: BTreeSet<String>,
    progress: Progress,
}

/// Lets each page through once, like dedup: what it remembers becomes durable at `flush`.
struct Once {
    disk: Arc<Mutex<Disk>>,
    fuse: Fuse,
    known: BTreeSet<String>,
    stop: Stop,
}

impl Stage for Once {
    const NAME: &'static str = "once";
    type In = Page;
    type Out = UniquePage;

    fn process(&mut self, page: Page) -> Result<Outcome<UniquePage>, Failure> {
        if self.known.insert(page.url.clone()) {
            Ok(Outcome::Forward(UniquePage(page)))
        } else {
            Ok(Outcome::Drop(Reason::SamePage, None))
        }
    }

    fn flush(&mut self, _: &Progress) -> Result<(), Failure> {
        self.fuse.burn().map_err(blown)?;
        self.disk.lock().unwrap().pages.clone_from(&self.known);
        Ok(())
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.stop.set();
        Ok(())
    }
}

/// Keeps each page and the position in one step, like the sink, and goes on from its own position.
struct Store {
    disk: Arc<Mutex<Disk>>,
    fuse: Fuse,
    open: BTreeSet<String>,
    stop: Stop,
}

impl Stage for Store {
    const NAME: &'static str = "store";
    type In = UniquePage;
    type Out = Never;

    fn process(&mut self, page: UniquePage) -> Result<Outcome<Never>, Failure> {
        self.fuse.burn().map_err(blown)?;
        self.open.insert(page.0.url);
        Ok(Outcome::Stored(None))
    }

    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        self.fuse.burn().map_err(blown)?;
        let mut disk = self.disk.lock().unwrap();
        disk.pages.append(&mut self.open);
        for (topic, partition, next) in progress.iter() {
            disk.progress.advance(topic, partition, next);
        }
        Ok(())
    }

    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        self.fuse.burn().map_err(blown)?;
        Ok(Some(self.disk.lock().unwrap().progress.clone()))
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.stop.set();
        Ok(())
    }
}

/// A way to run a stage until its topic is drained; false where it crashed.
trait Loop {
    fn drain<S: Stage>(&self, stage: &mut S, bus: &mut dyn Bus, stop: &Stop) -> bool;
}

const BATCH: usize = 3;

/// The loop of the crate.
struct Ours;

impl Loop for Ours {
    fn drain<S: Stage>(&self, stage: &mut S, bus: &mut dyn Bus, stop: &Stop) -> bool {
        let options = RunOptions {
            batch: BATCH,
            poll_wait: Duration::ZERO,
            idle_every: Duration::MAX,
            retry: Retry { attempts: 2, base_ms: 0, max_ms: 0 },
            clock: noon,
            ..RunOptions::default()
        };
        run(stage, bus, &options, stop).is_ok()
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Outputs,
    State,
    Offsets,
}

/// A loop that makes things durable in another order, as a warning.
struct Other([Step; 3]);

impl Other {
    fn try_drain<S: Stage>(&self, stage: &mut S, bus: &mut dyn Bus, stop: &Stop) -> Result<(), String> {
        let words = |error: kiosque_stream::BusError| error.to_string();
        if let Some(progress) = stage.resume().map_err(|e| e.to_string())? {
            bus.seek(&progress).map_err(words)?;
            bus.commit(&progress).map_err(words)?;
        }
        loop {
            let deliveries = bus.poll(BATCH, Duration::ZERO).map_err(words)?;
            if deliveries.is_empty() {
                stop.set();
                return Ok(());
            }
            let mut progress = Progress::new();
            for delivery in deliveries {
                progress.advance(&delivery.topic, delivery.partition, delivery.offset + 1);
                let input = S::In::decode(&delivery.envelope).unwrap();
                if let Outcome::Forward(output) = stage.process(input).map_err(|e| e.to_string())? {
                    bus.send(S::Out::TOPIC, output.encode()).map_err(words)?;
                }
            }
            for step in self.0 {
                match step {
                    Step::Outputs => bus.flush().map_err(words)?,
                    Step::State => stage.flush(&progress).map_err(|e| e.to_string())?,
                    Step::Offsets => bus.commit(&progress).map_err(words)?,
                }
            }
        }
    }
}

impl Loop for Other {
    fn drain<S: Stage>(&self, stage: &mut S, bus: &mut dyn Bus, stop: &Stop) -> bool {
        self.try_drain(stage, bus, stop).is_ok()
    }
}

/// The line `pages ▸ once ▸ unique ▸ store` and the two stores beside it.
struct Line<C> {
    log: C,
    once: Arc<Mutex<Disk>>,
    store: Arc<Mutex<Disk>>,
}

/// What must be the same with and without crashes.
#[derive(Debug, PartialEq, Eq)]
struct End {
    remembered: BTreeSet<String>,
    /// Pages that went on; how often is free, for delivery is at least once.
    forwarded: BTreeSet<String>,
    stored: Disk,
    lags: [u64; 2],
}

impl<C: Connect + Clone> Line<C> {
    fn new(log: C) -> Self {
        let mut bus = log.producer().unwrap();
        for name in ["a", "b", "a", "c", "b", "d", "e", "a"] {
            bus.send(topic::PAGES, page(name).encode()).unwrap();
        }
        bus.flush().unwrap();
        Self { log, once: Arc::default(), store: Arc::default() }
    }

    /// One life of the process, which ends when the line is drained or the fuse blows; true when drained.
    fn live(&self, way: &impl Loop, fuse: &Fuse) -> bool {
        let log = FusedConnect::new(self.log.clone(), fuse.clone());
        let stop = Stop::new();
        let known = self.once.lock().unwrap().pages.clone();
        let disk = Arc::clone(&self.once);
        let mut once = Once { disk, fuse: fuse.clone(), known, stop: stop.clone() };
        let drained =
            log.connect("once", topic::PAGES).is_ok_and(|mut bus| way.drain(&mut once, bus.as_mut(), &stop));
        let stop = Stop::new();
        let disk = Arc::clone(&self.store);
        let mut store = Store { disk, fuse: fuse.clone(), open: BTreeSet::new(), stop: stop.clone() };
        drained
            && log
                .connect("store", topic::UNIQUE)
                .is_ok_and(|mut bus| way.drain(&mut store, bus.as_mut(), &stop))
    }

    fn end(&self) -> End {
        let unique = self.log.browse(topic::UNIQUE, &Progress::new(), 1_000).unwrap();
        let mut stored = self.store.lock().unwrap().clone();
        // How many came twice differs, so the position does; that it is the end of the topic does not.
        assert_eq!(stored.progress.next(topic::UNIQUE, 0).unwrap_or(0), unique.len() as u64);
        stored.progress = Progress::new();
        End {
            remembered: self.once.lock().unwrap().pages.clone(),
            forwarded: unique.iter().map(|d| UniquePage::decode(&d.envelope).unwrap().0.url).collect(),
            stored,
            lags: [("once", topic::PAGES), ("store", topic::UNIQUE)]
                .map(|(group, topic)| self.log.lag(group, topic).unwrap()),
        }
    }
}

/// Crashes at every call in turn and restarts without a fuse; the calls after which the end was another one.
fn wrong_ends<C: Connect + Clone>(way: &impl Loop, log: impl Fn() -> C) -> (Vec<u64>, u64) {
    let calm = Line::new(log());
    assert!(calm.live(way, &Fuse::new(u64::MAX)));
    let expected = calm.end();
    assert_eq!(expected.stored.pages.len(), 5);
    assert_eq!(expected.lags, [0, 0]);
    let mut wrong = Vec::new();
    for calls in 0.. {
        let line = Line::new(log());
        if line.live(way, &Fuse::new(calls)) {
            return (wrong, calls);
        }
        assert!(line.live(way, &Fuse::new(u64::MAX)));
        if line.end() != expected {
            wrong.push(calls);
        }
    }
    unreachable!("the loop above ends where the fuse outlives the line")
}

#[test]
fn a_crash_at_any_call_changes_nothing_in_memory() {
    let (wrong, calls) = wrong_ends(&Ours, MemoryLog::new);
    assert_eq!(wrong, [0; 0], "of {calls} crash points");
    assert!(calls > 40, "only {calls} crash points");
}

#[test]
fn a_crash_at_any_call_changes_nothing_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let made = Mutex::new(0);
    let (wrong, calls) = wrong_ends(&Ours, || {
        let mut made = made.lock().unwrap();
        *made += 1;
        let path = folder.path().join(format!("{made}.sqlite"));
        EmbeddedLog::open(path, EmbeddedOptions::default()).unwrap()
    });
    assert_eq!(wrong, [0; 0], "of {calls} crash points");
    assert!(calls > 40, "only {calls} crash points");
}

#[test]
fn crash_after_crash_still_comes_to_the_same_end() {
    let calm = Line::new(MemoryLog::new());
    assert!(calm.live(&Ours, &Fuse::new(u64::MAX)));
    let line = Line::new(MemoryLog::new());
    // Each life is one call longer than the last, so that some batch gets through at last.
    let lives = (0..).find(|calls| line.live(&Ours, &Fuse::new(*calls))).unwrap();
    assert!(lives > 5, "only {lives} lives");
    assert_eq!(line.end(), calm.end());
}

#[test]
fn every_other_order_is_found_out() {
    use Step::{Offsets, Outputs, State};
    let right = Other([Outputs, State, Offsets]);
    assert_eq!(wrong_ends(&right, MemoryLog::new).0, [0; 0]);
    for order in [
        [Outputs, Offsets, State],
        [State, Outputs, Offsets],
        [State, Offsets, Outputs],
        [Offsets, Outputs, State],
        [Offsets, State, Outputs],
    ] {
        let (wrong, calls) = wrong_ends(&Other(order), MemoryLog::new);
        assert!(!wrong.is_empty(), "{order:?} passed all {calls} crash points");
    }
}

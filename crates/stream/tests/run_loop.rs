//! What the run loop does with each kind of outcome, failure and message.

#![cfg(test)]

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::{
    Breadcrumb, BreadcrumbOutcome, CanonicalUrl, Envelope, FeedHint, FetchRecord, Message, Never, Page,
    Reason, SourceId, UniquePage, header, topic,
};
use kiosque_stream::{
    Connect, Failure, Inspect, MemoryLog, Outcome, Progress, Retry, RunError, RunOptions, Stage, Stop,
    Summary, dead, run,
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
        content_type: Some("text/html".into()),
        headers: BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: name.as_bytes().to_vec(),
    }
}

/// Does what the page's body says.
#[derive(Default)]
struct Obey {
    stop: Stop,
    /// How often `flaky` fails before it works.
    failures: u32,
    calls: Vec<String>,
    flushed: Vec<Progress>,
    flush_failures: u32,
    idles: u32,
    resume: Option<Progress>,
}

impl Stage for Obey {
    const NAME: &'static str = "obey";
    type In = Page;
    type Out = UniquePage;

    fn process(&mut self, page: Page) -> Result<Outcome<UniquePage>, Failure> {
        let order = String::from_utf8(page.body.clone()).unwrap();
        self.calls.push(order.clone());
        match order.as_str() {
            "drop" => Ok(Outcome::Drop(Reason::SamePage, Some("seen at noon".into()))),
            "store" => Ok(Outcome::Stored(None)),
            "poison" => Err(Failure::Poison("no such thing".into())),
            "panic" => panic!("index {} out of bounds", 7),
            "swell" => Ok(Outcome::Forward(UniquePage(Page { body: vec![b'x'; 5_000], ..page }))),
            "flaky" if self.failures > 0 => {
                self.failures -= 1;
                Err(Failure::Transient("away".into()))
            }
            "down" => Err(Failure::Transient("still away".into())),
            "down and stop" => {
                self.stop.set();
                Err(Failure::Transient("away".into()))
            }
            _ => Ok(Outcome::Forward(UniquePage(page))),
        }
    }

    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        if self.flush_failures > 0 {
            self.flush_failures -= 1;
            return Err(Failure::Transient("disk full".into()));
        }
        self.flushed.push(progress.clone());
        Ok(())
    }

    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        Ok(self.resume.clone())
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.idles += 1;
        // Drained after work: the test is over.
        if !self.flushed.is_empty() || self.idles > 1 {
            self.stop.set();
        }
        Ok(())
    }
}

fn options() -> RunOptions {
    RunOptions {
        poll_wait: Duration::ZERO,
        retry: Retry { attempts: 3, base_ms: 0, max_ms: 0 },
        clock: noon,
        ..RunOptions::default()
    }
}

fn filled(orders: &[&str]) -> MemoryLog {
    let log = MemoryLog::with_max_bytes(2_000);
    let mut bus = log.producer().unwrap();
    for order in orders {
        bus.send(topic::PAGES, page(order).encode()).unwrap();
    }
    bus.flush().unwrap();
    log
}

fn run_on(log: &MemoryLog, stage: &mut Obey) -> Result<Summary, RunError> {
    let stop = stage.stop.clone();
    run(stage, log.connect("obey", topic::PAGES).unwrap().as_mut(), &options(), &stop)
}

fn all(log: &MemoryLog, topic: &str) -> Vec<Envelope> {
    log.browse(topic, &Progress::new(), 1_000).unwrap().into_iter().map(|d| d.envelope).collect()
}

/// The bodies of what went on.
fn forwarded(log: &MemoryLog) -> Vec<String> {
    all(log, topic::UNIQUE).into_iter().map(|e| String::from_utf8(e.value).unwrap()).collect()
}

fn crumbs(log: &MemoryLog) -> Vec<Breadcrumb> {
    all(log, topic::BREADCRUMBS).iter().map(|e| Breadcrumb::decode(e).unwrap()).collect()
}

/// One message, what is counted, and what its breadcrumb says.
fn check(order: &str, expected: &Summary, outcome: BreadcrumbOutcome, detail: Option<&str>) -> MemoryLog {
    let log = filled(&[order]);
    let summary = run_on(&log, &mut Obey::default()).unwrap();
    assert_eq!(&summary, expected, "{order}");
    let expected = Breadcrumb {
        at: noon(),
        url: page(order).canonical,
        source: Some(SourceId("journal".into())),
        stage: "obey".into(),
        outcome,
        detail: detail.map(str::to_owned),
    };
    assert_eq!(crumbs(&log), [expected], "{order}");
    assert_eq!(log.lag("obey", topic::PAGES).unwrap(), 0, "{order}");
    log
}

#[test]
fn each_outcome_is_counted_and_leaves_one_breadcrumb() {
    let went = |forwarded| Summary { forwarded, ..Summary::default() };
    let log = check("go", &went(1), BreadcrumbOutcome::Forwarded, None);
    assert_eq!(forwarded(&log), ["go"]);

    let dropped = Summary { dropped: [(Reason::SamePage, 1)].into(), ..Summary::default() };
    let outcome = BreadcrumbOutcome::Dropped(Reason::SamePage);
    let log = check("drop", &dropped, outcome, Some("seen at noon"));
    assert_eq!(forwarded(&log), [""; 0]);

    let stored = Summary { stored: 1, ..Summary::default() };
    check("store", &stored, BreadcrumbOutcome::Forwarded, None);
}

#[test]
fn poison_and_panic_and_an_output_too_large_are_dead_letters() {
    let dead_lettered = Summary { dead_lettered: 1, ..Summary::default() };
    let too_large = "a message of `5032` bytes for topic `unique` is larger than the limit of `2000`";
    for (order, reason) in
        [("poison", "no such thing"), ("panic", "panic: index 7 out of bounds"), ("swell", too_large)]
    {
        let log = check(order, &dead_lettered, BreadcrumbOutcome::DeadLettered, Some(reason));
        let [letter] = all(&log, "obey.dead").try_into().unwrap();
        let said = [header::DEAD_STAGE, header::DEAD_REASON, header::DEAD_ORIGIN, header::DEAD_TIME]
            .map(|name| letter.header(name).unwrap());
        assert_eq!(said, ["obey", reason, "pages/0/0", "2026-10-06T12:00:00Z"]);
        assert_eq!(Page::decode(&letter).unwrap(), page(order));
    }
}

#[test]
fn what_cannot_be_read_is_a_dead_letter_with_a_breadcrumb_where_it_names_its_page() {
    let log = filled(&[]);
    let mut bus = log.producer().unwrap();
    let mut unreadable = page("x").encode();
    unreadable.set_header(header::TIME, "yesterday");
    bus.send(topic::PAGES, unreadable).unwrap();
    bus.send(topic::PAGES, Envelope { value: b"what is this".to_vec(), ..Envelope::default() }).unwrap();
    bus.send(topic::PAGES, page("go").encode()).unwrap();
    bus.flush().unwrap();
    let summary = run_on(&log, &mut Obey::default()).unwrap();
    assert_eq!((summary.dead_lettered, summary.forwarded), (2, 1));
    let told: Vec<_> = crumbs(&log).into_iter().map(|c| (c.url.to_string(), c.outcome)).collect();
    let url = |name| page(name).url;
    let expected = [(url("x"), BreadcrumbOutcome::DeadLettered), (url("go"), BreadcrumbOutcome::Forwarded)];
    assert_eq!(told, expected);
    let reasons: Vec<String> =
        dead::list(&log, "obey").unwrap().into_iter().map(|letter| letter.reason).collect();
    assert_eq!(
        reasons,
        [
            "header `ce_time` is missing or unreadable: `yesterday`",
            "expected a message of type `kiosque.page.v1`, found `(none)`"
        ]
    );
}

#[test]
fn a_transient_failure_is_tried_again_in_place_and_in_order() {
    let log = filled(&["a", "flaky", "b"]);
    let mut stage = Obey { failures: 2, ..Obey::default() };
    let summary = run_on(&log, &mut stage).unwrap();
    assert_eq!(summary, Summary { forwarded: 3, ..Summary::default() });
    assert_eq!(stage.calls, ["a", "flaky", "flaky", "flaky", "b"]);
    assert_eq!(forwarded(&log), ["a", "flaky", "b"]);
}

#[test]
fn an_outage_ends_the_loop_and_commits_and_dead_letters_nothing() {
    let log = filled(&["a", "down", "b"]);
    let mut stage = Obey::default();
    let error = run_on(&log, &mut stage).unwrap_err();
    assert_eq!(error.to_string(), "stage `obey` gave up after 3 attempts: still away");
    assert_eq!(stage.calls, ["a", "down", "down", "down"]);
    assert_eq!(stage.flushed, []);
    assert_eq!(log.lag("obey", topic::PAGES).unwrap(), 3);
    assert_eq!(log.topics().unwrap(), [topic::PAGES]);
}

#[test]
fn told_to_stop_while_it_waits_it_keeps_what_it_has_done() {
    let log = filled(&["a", "down and stop", "b"]);
    let mut stage = Obey::default();
    let summary = run_on(&log, &mut stage).unwrap();
    assert_eq!(summary, Summary { forwarded: 1, ..Summary::default() });
    assert_eq!(stage.calls, ["a", "down and stop"]);
    assert_eq!(log.lag("obey", topic::PAGES).unwrap(), 2);
}

#[test]
fn a_state_that_cannot_be_kept_is_tried_again_and_then_nothing_is_committed() {
    for (flush_failures, lag) in [(2, 0), (3, 1)] {
        let log = filled(&["a"]);
        let result = run_on(&log, &mut Obey { flush_failures, ..Obey::default() });
        assert_eq!(result.is_ok(), lag == 0);
        assert_eq!(log.lag("obey", topic::PAGES).unwrap(), lag);
        assert_eq!(forwarded(&log), ["a"]);
    }
}

#[test]
fn the_stage_is_told_how_far_it_is_and_says_where_to_go_on() {
    let log = filled(&["a", "b", "c"]);
    let position = |next| [(topic::PAGES, 0, next)].into_iter().collect::<Progress>();
    log.connect("obey", topic::PAGES).unwrap().commit(&position(3)).unwrap();
    let mut stage = Obey { resume: Some(position(1)), ..Obey::default() };
    run_on(&log, &mut stage).unwrap();
    assert_eq!(stage.calls, ["b", "c"]);
    assert_eq!(stage.flushed, [position(3)]);
    // A store made anew knows no position, and is filled from the beginning.
    let mut stage = Obey { resume: Some(Progress::new()), ..Obey::default() };
    run_on(&log, &mut stage).unwrap();
    assert_eq!(stage.calls, ["a", "b", "c"]);
}

#[test]
fn idle_work_is_done_once_at_the_start_and_once_after_each_spell_of_work() {
    let mut stage = Obey { stop: Stop::new(), ..Obey::default() };
    run_on(&filled(&["a"]), &mut stage).unwrap();
    assert_eq!(stage.idles, 1, "the start and the work in one");
    let stopped = Stop::new();
    stopped.set();
    let mut stage = Obey { stop: stopped, ..Obey::default() };
    run_on(&filled(&["a"]), &mut stage).unwrap();
    assert_eq!((stage.idles, stage.calls.len()), (1, 0), "before it ends");
}

#[test]
fn the_trace_goes_on_with_the_message_and_the_meter_counts_it() {
    let log = filled(&[]);
    let mut bus = log.producer().unwrap();
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut envelope = page("go").encode();
    envelope.set_header(header::TRACE_PARENT, trace);
    bus.send(topic::PAGES, envelope).unwrap();
    bus.flush().unwrap();
    let (mut stage, options) = (Obey::default(), options());
    let stop = stage.stop.clone();
    run(&mut stage, log.connect("obey", topic::PAGES).unwrap().as_mut(), &options, &stop).unwrap();
    assert_eq!(all(&log, topic::UNIQUE)[0].header(header::TRACE_PARENT), Some(trace));
    assert_eq!(options.meter.read().forwarded, 1);
    assert_eq!(options.meter.read().processed(), 1);
}

/// Stores breadcrumbs, and must not make new ones of them.
struct Keep(Stop);

impl Stage for Keep {
    const NAME: &'static str = "keep";
    const TRACED: bool = false;
    type In = Breadcrumb;
    type Out = Never;

    fn process(&mut self, _: Breadcrumb) -> Result<Outcome<Never>, Failure> {
        self.0.set();
        Ok(Outcome::Stored(None))
    }
}

#[test]
fn a_stage_that_is_not_traced_leaves_no_breadcrumbs() {
    let log = filled(&["go"]);
    run_on(&log, &mut Obey::default()).unwrap();
    let stop = Stop::new();
    let mut bus = log.connect("keep", topic::BREADCRUMBS).unwrap();
    let summary = run(&mut Keep(stop.clone()), bus.as_mut(), &options(), &stop).unwrap();
    assert_eq!(summary.stored, 1);
    assert_eq!(log.depth(topic::BREADCRUMBS).unwrap(), 1);
}

#[test]
fn dead_letters_are_listed_shown_put_back_and_let_go() {
    let log = filled(&["poison", "panic", "go"]);
    run_on(&log, &mut Obey::default()).unwrap();
    let letters = dead::list(&log, "obey").unwrap();
    let listed: Vec<_> = letters
        .iter()
        .map(|l| (l.id.to_string(), l.reason.as_str(), l.origin.as_ref().unwrap().to_string(), l.bytes))
        .collect();
    assert_eq!(
        listed,
        [
            ("0-0".into(), "no such thing", "pages/0/0".into(), 6),
            ("0-1".into(), "panic: index 7 out of bounds", "pages/0/1".into(), 5)
        ]
    );
    assert_eq!(
        (letters[0].time, letters[0].url.as_deref()),
        (Some(noon()), Some(page("poison").url.as_str()))
    );
    assert_eq!(dead::show(&log, "obey", letters[1].id).unwrap().1.value, b"panic");
    assert_eq!(dead::count(&log, "obey").unwrap(), 2);

    dead::retry(&log, "obey", &[letters[1].id, letters[1].id]).unwrap();
    assert_eq!(all(&log, topic::PAGES)[3..], [page("panic").encode()], "put back once, as it came");
    dead::drop(&log, "obey", &[letters[0].id]).unwrap();
    assert_eq!(dead::list(&log, "obey").unwrap(), []);
    assert_eq!(dead::count(&log, "obey").unwrap(), 0);

    let error = dead::retry(&log, "obey", &[letters[0].id]).unwrap_err();
    assert_eq!(error.to_string(), "stage `obey` has no pending dead letter `0-0`");
    assert_eq!(
        "12".parse::<dead::DeadId>().unwrap_err().to_string(),
        "`12` is no id of a dead letter, which looks like `0-42`"
    );
    // Put back, it fails again and is a letter anew.
    run_on(&log, &mut Obey::default()).unwrap();
    let again = dead::list(&log, "obey").unwrap();
    assert_eq!((again.len(), again[0].origin.as_ref().unwrap().offset), (1, 3));
}

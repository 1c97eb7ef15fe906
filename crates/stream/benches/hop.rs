//! Messages a second through one stage hop on each bus, and on a broker the pause when an instance joins.
//!
//! A hop is the whole run loop: poll, decode, process, send, breadcrumb, flush, commit. Messages are pages of 20 KB of
//! words. Quote ratios between rows of one run.
//!
//! `cargo bench -p kiosque-stream --bench hop`, and over a broker `tests/kafka.sh with cargo bench …`.

use std::time::{Duration, Instant};

use kiosque_model::{CanonicalUrl, FeedHint, FetchRecord, Message, Page, SourceId, UniquePage, topic};
use kiosque_stream::{
    Connect, EmbeddedLog, EmbeddedOptions, Failure, KafkaLog, KafkaSettings, MemoryLog, Outcome, RunOptions,
    Stage, Stop, TopicKind,
};

const MESSAGES: usize = 4_000;
const BYTES: usize = 20_000;

/// Passes every page on, and stops after the last.
struct Pass {
    left: usize,
    stop: Stop,
}

impl Stage for Pass {
    const NAME: &'static str = "pass";
    type In = Page;
    type Out = UniquePage;

    fn process(&mut self, page: Page) -> Result<Outcome<UniquePage>, Failure> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            self.stop.set();
        }
        Ok(Outcome::Forward(UniquePage(page)))
    }
}

/// Pages whose words differ, as those of real pages do.
fn page(number: usize) -> Page {
    let mut state = number as u64 + 1;
    let mut body = Vec::with_capacity(BYTES + 16);
    while body.len() < BYTES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        body.extend_from_slice(format!("<p>mot{}</p> ", (state >> 40) % 5_000).as_bytes());
    }
    let url = format!("http://host-{}.example/{number}", number % 40);
    Page {
        canonical: CanonicalUrl::parse(&url).expect("an address"),
        url,
        requested_url: None,
        source: SourceId("bench".to_owned()),
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
        status: 200,
        content_type: Some("text/html".to_owned()),
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body,
    }
}

fn fill(log: &dyn Connect, from: usize) {
    let mut producer = log.producer().expect("a producer");
    for number in from..from + MESSAGES {
        producer.send(Page::TOPIC, page(number).encode()).expect("room");
        if number % 100 == 99 {
            producer.flush().expect("written");
        }
    }
    producer.flush().expect("written");
}

fn hop(name: &str, log: &dyn Connect) {
    let started = Instant::now();
    fill(log, 0);
    let written = started.elapsed();
    let stop = Stop::new();
    let mut stage = Pass { left: MESSAGES, stop: stop.clone() };
    let mut bus = log.connect(Pass::NAME, topic::PAGES).expect("a place");
    // Joining the group is not the hop: the first message is waited for.
    let options = RunOptions { batch: 32, ..RunOptions::default() };
    let started = Instant::now();
    while bus.poll(1, Duration::from_millis(100)).expect("the bus").is_empty() {}
    let joined = started.elapsed();
    stage.left -= 1;
    let started = Instant::now();
    kiosque_stream::run(&mut stage, bus.as_mut(), &options, &stop).expect("the loop ends in peace");
    let rate = |time: Duration| MESSAGES as f64 / time.as_secs_f64();
    println!(
        "{name:<10} {:>8.0} written/s  {:>8.0} hops/s  first message after {joined:?}",
        rate(written),
        rate(started.elapsed())
    );
}

/// The longest time without a message while a second instance joins the first, which never stops reading.
fn pause(name: &str, log: &KafkaLog) {
    let mut first = log.connect("pause", topic::PAGES).expect("a place");
    while first.poll(1, Duration::from_millis(100)).expect("the bus").is_empty() {}
    let stop = Stop::new();
    let feeding = {
        let (log, stop) = (log.clone(), stop.clone());
        std::thread::spawn(move || {
            let mut producer = log.producer().expect("a producer");
            for number in 0.. {
                if stop.is_set() {
                    return;
                }
                producer.send(Page::TOPIC, page(number).encode()).expect("room");
                producer.flush().expect("written");
            }
        })
    };
    let second = {
        let (log, stop) = (log.clone(), stop.clone());
        std::thread::spawn(move || {
            let mut bus = log.connect("pause", topic::PAGES).expect("a place");
            while !stop.is_set() {
                bus.poll(32, Duration::from_millis(50)).expect("the bus");
            }
        })
    };
    let (started, mut last, mut longest) = (Instant::now(), Instant::now(), Duration::ZERO);
    while started.elapsed() < Duration::from_secs(15) {
        if !first.poll(32, Duration::from_millis(20)).expect("the bus").is_empty() {
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
    }
    stop.set();
    feeding.join().expect("the feeder ends");
    second.join().expect("the second ends");
    println!("{name:<10} longest pause of the first instance while a second joins: {longest:?}");
}

fn broker(brokers: &str, protocol: &str) -> KafkaLog {
    let mut settings = KafkaSettings::new(brokers);
    settings.prefix = format!("bench-{protocol}-{}.", std::process::id());
    settings.client.insert("group.protocol".to_owned(), protocol.to_owned());
    let log = KafkaLog::open(settings).expect("a broker");
    let topics = [topic::PAGES, topic::UNIQUE, topic::BREADCRUMBS];
    let topics: Vec<_> = topics.map(|name| (name.to_owned(), TopicKind::Line)).into();
    log.check_topics(&topics, true).expect("topics");
    log
}

fn main() {
    hop("memory", &MemoryLog::new());
    let folder = tempfile::tempdir().expect("a folder");
    let log = EmbeddedLog::open(folder.path().join("bus.sqlite"), EmbeddedOptions::default());
    hop("embedded", &log.expect("a log"));
    let Ok(brokers) = std::env::var("KIOSQUE_TEST_KAFKA") else {
        println!("kafka      skipped: KIOSQUE_TEST_KAFKA names no broker");
        return;
    };
    for protocol in ["classic", "consumer"] {
        let log = broker(&brokers, protocol);
        hop(&format!("kafka {protocol}"), &log);
        pause(&format!("kafka {protocol}"), &log);
    }
}

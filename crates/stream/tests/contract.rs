//! What every bus promises, run over each implementation. A new one joins by one line at the end.

#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use kiosque_model::Envelope;
use kiosque_stream::{
    Bus, BusError, Connect, Delivery, EmbeddedLog, EmbeddedOptions, KafkaLog, KafkaSettings, MemoryLog,
    Progress, TopicKind,
};
use proptest::prelude::*;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use tempfile::TempDir;

/// Long enough for any machine, as a wait that should end early.
const LONG: Duration = Duration::from_secs(60);
const LIMIT: usize = 1 << 20;

fn message(key: &str, value: impl AsRef<[u8]>) -> Envelope {
    Envelope { key: key.to_owned(), headers: Vec::new(), value: value.as_ref().to_vec() }
}

fn put(log: &dyn Connect, topic: &str, values: &[&str]) {
    let mut bus = log.producer().unwrap();
    for value in values {
        bus.send(topic, message("key", value)).unwrap();
    }
    bus.flush().unwrap();
}

/// Polls until as many messages came as are expected, then once more to see that there are no others. A broker
/// needs a while to give the first; a log of one process has them at once.
fn gather(bus: &mut dyn Bus, max: usize, expected: usize) -> Vec<Delivery> {
    let (started, mut found) = (Instant::now(), Vec::new());
    while found.len() < expected && started.elapsed() < LONG {
        let batch = bus.poll(max, Duration::from_millis(50)).unwrap();
        assert!(batch.len() <= max);
        found.extend(batch);
    }
    if found.len() < max {
        found.extend(bus.poll(max, Duration::from_millis(10)).unwrap());
    }
    found
}

/// [`gather`]s; the values found.
fn take(bus: &mut dyn Bus, max: usize, expected: usize) -> Vec<String> {
    let found = gather(bus, max, expected);
    found.into_iter().map(|d| String::from_utf8(d.envelope.value).unwrap()).collect()
}

fn at(topic: &str, next: u64) -> Progress {
    [(topic, 0, next)].into_iter().collect()
}

/// Messages come in the order they were flushed, with their offsets, in polls of the size asked for.
fn order(log: &dyn Connect) {
    let mut bus = log.producer().unwrap();
    for n in 0..10 {
        bus.send("t", message(&format!("key {}", n % 3), n.to_string())).unwrap();
    }
    bus.flush().unwrap();
    let mut bus = log.connect("g", "t").unwrap();
    let mut seen = Vec::new();
    for expected in [4, 4, 2, 0] {
        seen.extend(gather(bus.as_mut(), 4, expected));
    }
    assert_eq!(seen.len(), 10);
    for (n, delivery) in seen.iter().enumerate() {
        assert_eq!((delivery.topic.as_str(), delivery.partition, delivery.offset), ("t", 0, n as u64));
        assert_eq!(delivery.envelope, message(&format!("key {}", n % 3), n.to_string()));
    }
}

/// A poll for nothing takes nothing, and what comes after it is all there.
fn keeps_its_place(log: &dyn Connect) {
    put(log, "t", &["a", "b", "c"]);
    let mut bus = log.connect("g", "t").unwrap();
    assert_eq!(take(bus.as_mut(), 1, 1)[0], "a");
    let started = Instant::now();
    assert!(bus.poll(0, Duration::from_millis(100)).unwrap().is_empty());
    assert!(started.elapsed() >= Duration::from_millis(100));
    put(log, "t", &["d"]);
    let rest = take(bus.as_mut(), 9, 3);
    assert!(rest == ["b", "c", "d"] || rest == ["c", "d"], "{rest:?}");
    assert_eq!(rest.last().unwrap(), "d");
}

/// What was sent and not flushed is seen by nobody, and forgotten with its handle.
fn unflushed(log: &dyn Connect) {
    let mut sender = log.producer().unwrap();
    sender.send("t", message("key", "lost")).unwrap();
    let mut bus = log.connect("g", "t").unwrap();
    assert_eq!(take(bus.as_mut(), 9, 0), [""; 0]);
    drop(sender);
    put(log, "t", &["kept"]);
    assert_eq!(take(bus.as_mut(), 9, 1), ["kept"]);
}

/// A group goes on after its last commit, not after its last poll.
fn redelivery(log: &dyn Connect) {
    put(log, "t", &["a", "b", "c"]);
    let mut bus = log.connect("g", "t").unwrap();
    assert_eq!(take(bus.as_mut(), 9, 3), ["a", "b", "c"]);
    bus.commit(&at("t", 1)).unwrap();
    drop(bus);
    let mut bus = log.connect("g", "t").unwrap();
    assert_eq!(take(bus.as_mut(), 9, 2), ["b", "c"]);
}

/// A commit never goes back nor beyond the end, and commits of other topics change nothing.
fn monotonic(log: &dyn Connect) {
    put(log, "t", &["a", "b", "c"]);
    let mut bus = log.connect("g", "t").unwrap();
    for progress in [at("t", 2), at("t", 1), at("t", 4), at("other", 3), Progress::new()] {
        bus.commit(&progress).unwrap();
    }
    drop(bus);
    assert_eq!(take(log.connect("g", "t").unwrap().as_mut(), 9, 1), ["c"]);
}

/// Seeking reads on from anywhere; without a position, or beyond the end, from the beginning.
fn seek(log: &dyn Connect) {
    put(log, "t", &["a", "b", "c"]);
    let mut bus = log.connect("g", "t").unwrap();
    bus.commit(&at("t", 2)).unwrap();
    for (to, expected) in [
        (at("t", 1), vec!["b", "c"]),
        (at("t", 3), vec![]),
        (at("t", 0), vec!["a", "b", "c"]),
        (at("other", 2), vec!["a", "b", "c"]),
        (at("t", 99), vec!["a", "b", "c"]),
    ] {
        bus.seek(&to).unwrap();
        assert_eq!(take(bus.as_mut(), 9, expected.len()), expected, "{to:?}");
    }
}

/// Groups do not know each other.
fn groups(log: &dyn Connect) {
    put(log, "t", &["a", "b"]);
    let mut first = log.connect("first", "t").unwrap();
    let mut second = log.connect("second", "t").unwrap();
    assert_eq!(take(first.as_mut(), 9, 2), ["a", "b"]);
    first.commit(&at("t", 2)).unwrap();
    assert_eq!(take(second.as_mut(), 1, 1), ["a"]);
    assert_eq!((log.lag("first", "t").unwrap(), log.lag("second", "t").unwrap()), (0, 2));
    drop(first);
    assert_eq!(take(log.connect("first", "t").unwrap().as_mut(), 9, 0), [""; 0]);
}

/// In a log of one process, a group has one consumer on a topic.
fn one_consumer(log: &dyn Connect) {
    let first = log.connect("first", "t").unwrap();
    assert!(matches!(log.connect("first", "t"), Err(BusError::Taken { .. })));
    drop(first);
    assert!(log.connect("first", "t").is_ok());
}

/// A poll of an empty topic waits, and a flush elsewhere wakes it at once.
fn wakes(log: &dyn Connect) {
    let mut bus = log.connect("g", "t").unwrap();
    let started = Instant::now();
    assert!(bus.poll(9, Duration::from_millis(30)).unwrap().is_empty());
    assert!(started.elapsed() >= Duration::from_millis(30));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || take_within(bus.as_mut(), LONG));
        put(log, "other", &["not for you"]);
        put(log, "t", &["hello"]);
        assert_eq!(waiting.join().unwrap(), ["hello"]);
    });
    assert!(started.elapsed() < LONG / 2);
}

fn take_within(bus: &mut dyn Bus, wait: Duration) -> Vec<String> {
    let found = bus.poll(9, wait).unwrap();
    found.into_iter().map(|d| String::from_utf8(d.envelope.value).unwrap()).collect()
}

/// A message over the limit is refused by name and size; those before and after it go through.
fn oversize(log: &dyn Connect) {
    let mut bus = log.producer().unwrap();
    bus.send("t", message("key", "before")).unwrap();
    let refused = bus.send("t", message("key", vec![b'x'; LIMIT])).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a message of `1048579` bytes for topic `t` is larger than the limit of `1048576`"
    );
    assert!(refused.hint().is_some());
    bus.send("t", message("key", vec![b'x'; LIMIT - 3])).unwrap();
    bus.flush().unwrap();
    let found = gather(log.connect("g", "t").unwrap().as_mut(), 9, 2);
    assert_eq!(found.iter().map(|d| d.envelope.value.len()).collect::<Vec<_>>(), [6, LIMIT - 3]);
}

/// A handle made for sending does not read.
fn send_only(log: &dyn Connect) {
    let mut bus = log.producer().unwrap();
    assert!(matches!(bus.poll(1, Duration::ZERO), Err(BusError::SendOnly)));
    assert!(matches!(bus.commit(&at("t", 1)), Err(BusError::SendOnly)));
    assert!(matches!(bus.seek(&at("t", 1)), Err(BusError::SendOnly)));
}

/// Looking takes nothing: topics, depth, lag and messages.
fn inspects(log: &dyn Connect) {
    assert_eq!(log.topics().unwrap(), [""; 0]);
    assert_eq!((log.depth("t").unwrap(), log.lag("g", "t").unwrap()), (0, 0));
    put(log, "u", &["x"]);
    put(log, "t", &["a", "b", "c"]);
    log.connect("g", "t").unwrap().commit(&at("t", 1)).unwrap();
    assert_eq!(log.topics().unwrap(), ["t", "u"]);
    assert_eq!((log.depth("t").unwrap(), log.lag("g", "t").unwrap()), (3, 2));
    let found = log.browse("t", &at("t", 1), 1).unwrap();
    assert_eq!((found.len(), found[0].offset), (1, 1));
    assert_eq!(log.browse("t", &Progress::new(), 9).unwrap().len(), 3);
    assert_eq!(log.browse("nothing", &Progress::new(), 9).unwrap(), []);
    assert_eq!(log.lag("g", "t").unwrap(), 2);
}

/// Several producers at once lose nothing, and keep each key's order.
fn concurrent(log: &dyn Connect) {
    std::thread::scope(|scope| {
        for key in ["a", "b", "c", "d"] {
            scope.spawn(move || {
                let mut bus = log.producer().unwrap();
                for n in 0..50 {
                    bus.send("t", message(key, format!("{n:02}"))).unwrap();
                    if n % 10 == 9 {
                        bus.flush().unwrap();
                    }
                }
            });
        }
    });
    let found = gather(log.connect("g", "t").unwrap().as_mut(), 1_000, 200);
    assert_eq!(found.len(), 200);
    for key in ["a", "b", "c", "d"] {
        let values = found.iter().filter(|d| d.envelope.key == key).map(|d| d.envelope.value.clone());
        assert!(values.is_sorted_by(|a, b| a < b), "order of {key}");
    }
}

/// Any envelope comes back as it went in: bytes, headers in their order, names twice. (Kafka's clients end a header's
/// name at a zero byte.)
fn faithful(log: &dyn Connect) {
    let envelopes =
        (".*", prop::collection::vec(("[^\0]*", ".*"), 0..4), prop::collection::vec(any::<u8>(), 0..600))
            .prop_map(|(key, headers, value)| Envelope { key, headers, value });
    let mut consumer = log.connect("g", "t").unwrap();
    let mut producer = log.producer().unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let consumer = std::cell::RefCell::new(&mut consumer);
    let producer = std::cell::RefCell::new(&mut producer);
    runner
        .run(&prop::collection::vec(envelopes, 1..4), |sent| {
            for envelope in &sent {
                producer.borrow_mut().send("t", envelope.clone()).unwrap();
            }
            producer.borrow_mut().flush().unwrap();
            let found = gather(consumer.borrow_mut().as_mut(), 9, sent.len());
            let found: Vec<Envelope> = found.into_iter().map(|d| d.envelope).collect();
            prop_assert_eq!(found, sent);
            Ok(())
        })
        .unwrap();
}

macro_rules! contract {
    ($($implementation:ident: $open:expr, $($more:ident)*;)+) => {
        $(mod $implementation {
            promises!($open; order keeps_its_place unflushed redelivery monotonic seek groups wakes oversize send_only inspects
                concurrent faithful $($more)*);
        })+
    };
}

macro_rules! promises {
    ($open:expr; $($promise:ident)+) => {
        $(#[test]
        fn $promise() {
            let Some((log, _kept)) = $open else { return };
            super::$promise(&log);
        })+
    };
}

fn chosen() -> Arc<dyn Connect> {
    Arc::new(MemoryLog::with_max_bytes(LIMIT))
}

fn embedded() -> (EmbeddedLog, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let options = EmbeddedOptions { max_bytes: LIMIT };
    (EmbeddedLog::open(folder.path().join("bus.sqlite"), options).unwrap(), folder)
}

/// librdkafka's own broker in memory, with topics of one partition as the suite expects.
fn mock() -> (KafkaLog, MockCluster<'static, DefaultProducerContext>) {
    let cluster = MockCluster::new(1).unwrap();
    for topic in ["t", "u", "other"] {
        cluster.create_topic(topic, 1, 1).unwrap();
    }
    let mut settings = KafkaSettings::new(cluster.bootstrap_servers());
    settings.max_bytes = LIMIT;
    (KafkaLog::open(settings).unwrap(), cluster)
}

/// A real broker, where one is named, with topics of this test's own.
fn broker() -> Option<(KafkaLog, ())> {
    static TESTS: AtomicU32 = AtomicU32::new(0);
    let Ok(brokers) = std::env::var("KIOSQUE_TEST_KAFKA") else {
        eprintln!("skipped: KIOSQUE_TEST_KAFKA names no broker; `tests/kafka.sh with COMMAND` starts one");
        return None;
    };
    let mut settings = KafkaSettings::new(brokers);
    settings.prefix = format!("contract-{}-{}.", std::process::id(), TESTS.fetch_add(1, Ordering::SeqCst));
    (settings.max_bytes, settings.partitions) = (LIMIT, 1);
    let log = KafkaLog::open(settings).unwrap();
    let topics: Vec<_> = ["t", "u", "other"].map(|topic| (topic.to_owned(), TopicKind::Line)).into();
    let made = log.check_topics(&topics, true).unwrap();
    assert!(made.iter().all(|topic| topic.created && topic.fault.is_none()), "{made:?}");
    Some((log, ()))
}

contract! {
    chosen_at_run_time: Some((super::chosen(), ())), one_consumer;
    memory: Some((super::MemoryLog::with_max_bytes(super::LIMIT), ())), one_consumer;
    embedded: Some(super::embedded()), one_consumer;
    kafka_mock: Some(super::mock()),;
    kafka_broker: super::broker(),;
}

//! What only a broker does: sharing a topic out, taking partitions back, refusing what is too large. On librdkafka's
//! broker in memory, and on a real one where `KIOSQUE_TEST_KAFKA` names it.

#![cfg(test)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kiosque_model::Envelope;
use kiosque_stream::{Bus, BusError, Connect, Inspect, KafkaLog, KafkaSettings, Progress, Share, TopicKind};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

const PATIENCE: Duration = Duration::from_secs(90);
const PARTITIONS: u32 = 4;

/// A log and what it lives on.
struct Broker {
    log: KafkaLog,
    _mock: Option<MockCluster<'static, DefaultProducerContext>>,
}

fn log(brokers: &str, prefix: &str) -> KafkaLog {
    let mut settings = KafkaSettings::new(brokers);
    prefix.clone_into(&mut settings.prefix);
    settings.partitions = PARTITIONS;
    for (name, value) in [("session.timeout.ms", "6000"), ("max.poll.interval.ms", "7000")] {
        settings.client.insert(name.to_owned(), value.to_owned());
    }
    KafkaLog::open(settings).unwrap()
}

/// The broker in memory, and the real one, which is said to be skipped where there is none.
fn brokers() -> Vec<Broker> {
    static TESTS: AtomicU32 = AtomicU32::new(0);
    let mock = MockCluster::new(1).unwrap();
    mock.create_topic("t", i32::try_from(PARTITIONS).unwrap(), 1).unwrap();
    let mut brokers = vec![Broker { log: log(&mock.bootstrap_servers(), ""), _mock: Some(mock) }];
    match std::env::var("KIOSQUE_TEST_KAFKA") {
        Ok(named) => {
            let prefix = format!("share-{}-{}.", std::process::id(), TESTS.fetch_add(1, Ordering::SeqCst));
            let log = log(&named, &prefix);
            log.check_topics(&[("t".to_owned(), TopicKind::Line)], true).unwrap();
            brokers.push(Broker { log, _mock: None });
        }
        Err(_) => eprintln!("skipped on a real broker: KIOSQUE_TEST_KAFKA names none"),
    }
    brokers
}

fn put(log: &KafkaLog, keys: std::ops::Range<u32>) {
    let mut producer = log.producer().unwrap();
    for n in keys {
        let envelope = Envelope { key: format!("key-{n}"), headers: Vec::new(), value: b"x".to_vec() };
        producer.send("t", envelope).unwrap();
    }
    producer.flush().unwrap();
}

/// Polls, and commits what came.
fn take(bus: &mut dyn Bus, seen: &mut Vec<String>) {
    let found = bus.poll(16, Duration::from_millis(50)).unwrap();
    let progress: Progress = found.iter().map(|d| (d.topic.clone(), d.partition, d.offset + 1)).collect();
    seen.extend(found.into_iter().map(|delivery| delivery.envelope.key));
    bus.commit(&progress).unwrap();
}

fn until(what: &str, mut step: impl FnMut() -> bool) {
    let started = Instant::now();
    while !step() {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
    }
}

fn held(bus: &dyn Bus) -> usize {
    match bus.share().unwrap() {
        Share::Part { held, of: PARTITIONS } => held.len(),
        other => panic!("{other:?}"),
    }
}

fn distinct(keys: &[String]) -> usize {
    keys.iter().collect::<BTreeSet<_>>().len()
}

/// Two members share the partitions, every key has one owner who gets its messages, and nothing is lost or doubled
/// when the second joins and when it goes.
#[test]
fn members_share_a_topic_and_lose_nothing() {
    for Broker { log, .. } in &brokers() {
        let (mut first, mut seen) = (log.connect("g", "t").unwrap(), Vec::new());
        put(log, 0..40);
        until("the first has all", || {
            take(first.as_mut(), &mut seen);
            seen.len() == 40
        });
        let alone = first.generation();
        let mut second = log.connect("g", "t").unwrap();
        until("the second has its part", || {
            take(first.as_mut(), &mut seen);
            take(second.as_mut(), &mut seen);
            held(first.as_ref()) == 2 && held(second.as_ref()) == 2
        });
        assert!(first.generation() > alone && second.generation() > 0);
        put(log, 100..140);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        until("both have what is theirs", || {
            take(first.as_mut(), &mut ours);
            take(second.as_mut(), &mut theirs);
            ours.len() + theirs.len() == 40
        });
        for (share, keys) in [(first.share().unwrap(), &ours), (second.share().unwrap(), &theirs)] {
            assert!(!keys.is_empty() && keys.iter().all(|key| share.owns(key)), "{share:?} {keys:?}");
        }
        drop(second);
        put(log, 200..240);
        until("the first has all again", || {
            take(first.as_mut(), &mut seen);
            seen.len() == 80
        });
        seen.extend(ours.into_iter().chain(theirs));
        assert_eq!((distinct(&seen), seen.len()), (120, 120));
        // A commit that came into the sharing out is made up for at a later poll.
        until("everything is committed", || {
            take(first.as_mut(), &mut seen);
            log.lag("g", "t").unwrap() == 0
        });
        assert_eq!(seen.len(), 120);
    }
}

/// A member that works longer than the group waits loses its partitions; its messages come again to another, its late
/// commit goes nowhere and harms nobody, and it finds its place again.
#[test]
fn a_slow_member_loses_its_place_and_no_message() {
    for Broker { log, .. } in &brokers() {
        put(log, 0..40);
        let mut slow = log.connect("g", "t").unwrap();
        let mut taken = Vec::new();
        until("the slow one has some", || {
            taken.extend(slow.poll(4, Duration::from_millis(50)).unwrap());
            !taken.is_empty()
        });
        let (mut quick, mut seen) = (log.connect("g", "t").unwrap(), Vec::new());
        // The slow one does not poll meanwhile: that is its slowness.
        until("the quick one has all", || {
            take(quick.as_mut(), &mut seen);
            distinct(&seen) == 40
        });
        let late: Progress = taken.iter().map(|d| (d.topic.clone(), d.partition, d.offset + 1)).collect();
        slow.commit(&late).unwrap();
        put(log, 100..140);
        until("both work again", || {
            take(slow.as_mut(), &mut seen);
            take(quick.as_mut(), &mut seen);
            distinct(&seen) == 80
        });
        until("everything is committed", || {
            take(slow.as_mut(), &mut seen);
            take(quick.as_mut(), &mut seen);
            log.lag("g", "t").unwrap() == 0
        });
    }
}

/// Partitions pass on only when their holder has let go of what depends on them.
#[test]
fn a_partition_passes_on_when_its_holder_lets_go() {
    for Broker { log, .. } in &brokers() {
        let (released, early) = (Arc::new(AtomicBool::new(false)), Mutex::new(Vec::<u32>::new()));
        let releasing = Arc::clone(&released);
        let release = Box::new(move || {
            // Long enough that a partition that did not wait would be seen elsewhere.
            std::thread::sleep(Duration::from_millis(1_500));
            releasing.store(true, Ordering::SeqCst);
        });
        let mut first = log.connect_sharing("g", "t", release).unwrap();
        until("the first has all", || {
            first.poll(1, Duration::from_millis(50)).unwrap();
            held(first.as_ref()) == 4
        });
        std::thread::scope(|scope| {
            let second = scope.spawn(|| {
                let mut second = log.connect("g", "t").unwrap();
                until("the second has some", || {
                    second.poll(1, Duration::from_millis(20)).unwrap();
                    let Share::Part { held, .. } = second.share().unwrap() else { return false };
                    if !released.load(Ordering::SeqCst) {
                        early.lock().unwrap().extend(&held);
                    }
                    held.len() == 2
                });
            });
            until("the second is content", || {
                first.poll(1, Duration::from_millis(20)).unwrap();
                second.is_finished()
            });
            second.join().unwrap();
        });
        assert!(released.load(Ordering::SeqCst));
        assert_eq!(*early.lock().unwrap(), Vec::<u32>::new());
    }
}

/// A topic that takes less than the pipeline says refuses by name and size, before anything is sent; the check of the
/// topics told it already.
#[test]
fn a_topic_that_takes_less_says_so() {
    let Ok(named) = std::env::var("KIOSQUE_TEST_KAFKA") else {
        eprintln!("skipped: KIOSQUE_TEST_KAFKA names no broker, and the one in memory has no limits");
        return;
    };
    let mut settings = KafkaSettings::new(named);
    settings.prefix = format!("narrow-{}.", std::process::id());
    (settings.max_bytes, settings.partitions) = (700_000, 1);
    let topic = [("t".to_owned(), TopicKind::Line)];
    KafkaLog::open(settings.clone()).unwrap().check_topics(&topic, true).unwrap();
    settings.max_bytes = 4 << 20;
    let log = KafkaLog::open(settings).unwrap();
    let state = log.check_topics(&topic, false).unwrap();
    assert!(state[0].fault.as_ref().is_some_and(|fault| fault.contains("max.message.bytes")), "{state:?}");
    let missing = log.check_topics(&[("none".to_owned(), TopicKind::Line)], false).unwrap();
    assert!(missing[0].fault.as_ref().is_some_and(|fault| fault.contains("--create-topics")), "{missing:?}");
    let page = |bytes| Envelope { key: "key".to_owned(), headers: Vec::new(), value: vec![b'x'; bytes] };
    let mut producer = log.producer().unwrap();
    producer.send("t", page(600_000)).unwrap();
    let refused = producer.send("t", page(1 << 20)).unwrap_err();
    assert!(matches!(refused, BusError::TooLarge { limit: 700_000, .. }), "{refused}");
    producer.flush().unwrap();
    assert_eq!(log.depth("t").unwrap(), 1);
}

/// Nobody there: the error says who was asked and what to do, and that it passes.
#[test]
fn a_broker_that_is_not_there_is_told() {
    let mut settings = KafkaSettings::new("127.0.0.1:1");
    settings.patience = Duration::from_secs(1);
    let Err(error) = KafkaLog::open(settings) else { panic!("nobody listens there") };
    assert!(error.is_outage(), "{error}");
    assert!(error.to_string().contains("127.0.0.1:1") && error.hint().is_some(), "{error}");
}

//! Purging a real broker, at the address in `KIOSQUE_TEST_KAFKA` (`tests/kafka.sh with …` starts one): librdkafka's mock
//! cluster deletes nothing.

#![cfg(test)]

use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::{Envelope, topic};
use kiosque_stream::{Connect, Inspect, KafkaLog, KafkaSettings, Progress, topics_of};

#[test]
fn what_every_group_has_read_goes_and_nothing_else() {
    let Ok(brokers) = std::env::var("KIOSQUE_TEST_KAFKA") else {
        eprintln!("skipped: KIOSQUE_TEST_KAFKA names no broker");
        return;
    };
    let mut settings = KafkaSettings::new(brokers);
    settings.prefix = format!("purging-{}.", Timestamp::now().as_millisecond());
    settings.partitions = 2;
    let log = KafkaLog::open(settings).unwrap();
    log.check_topics(&topics_of(&["g"]), true).unwrap();
    let mut bus = log.producer().unwrap();
    for n in 0..10 {
        let value = format!("{n}").into_bytes();
        bus.send(topic::PAGES, Envelope { key: "host".to_owned(), headers: Vec::new(), value }).unwrap();
    }
    bus.flush().unwrap();
    let found = log.browse(topic::PAGES, &Progress::new(), 99).unwrap();
    let partition = found[0].partition;
    for (group, next) in [("g", 8), ("h", 6)] {
        let mut bus = log.connect(group, topic::PAGES).unwrap();
        while bus.poll(9, Duration::from_millis(200)).unwrap().is_empty() {}
        bus.commit(&[(topic::PAGES, partition, next)].into_iter().collect()).unwrap();
    }
    let later = Timestamp::now() + Duration::from_secs(3_600);
    let purge = |groups: &[&str], before, dry_run| {
        let readers: Vec<_> = groups.iter().map(|group| (*group, topic::PAGES)).collect();
        log.purge(&readers, before, dry_run).unwrap()[topic::PAGES]
    };
    assert_eq!(purge(&["g", "h", "never"], later, false), 0, "a group that has read nothing waits for all");
    assert_eq!(purge(&["g", "h"], Timestamp::UNIX_EPOCH, false), 0, "all is younger");
    assert_eq!(purge(&["g", "h"], later, true), 6);
    assert_eq!(log.depth(topic::PAGES).unwrap(), 10, "a dry run deleted");
    assert_eq!(purge(&["g", "h"], later, false), 6);
    let left = log.browse(topic::PAGES, &Progress::new(), 99).unwrap();
    let left: Vec<_> = left.into_iter().map(|d| (d.offset, d.envelope.value)).collect();
    assert_eq!(left, (6..10).map(|n| (n, n.to_string().into_bytes())).collect::<Vec<_>>());
    assert_eq!(purge(&["g", "h"], later, false), 0);
}

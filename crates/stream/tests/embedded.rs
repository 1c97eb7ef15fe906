//! What only the log in a file promises: it survives, it has one owner, it says what is wrong with it.

#![cfg(test)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use kiosque_model::Envelope;
use kiosque_stream::{BusError, Connect, EmbeddedLog, EmbeddedOptions, EmbeddedReader, Inspect, Progress};

fn open(path: &Path) -> EmbeddedLog {
    EmbeddedLog::open(path, EmbeddedOptions::default()).unwrap()
}

fn message(value: &str) -> Envelope {
    let headers = vec![("ce_id".to_owned(), format!("id of {value}"))];
    Envelope { key: "key".into(), headers, value: value.as_bytes().to_vec() }
}

fn put(log: &EmbeddedLog, topic: &str, values: &[&str]) {
    let mut bus = log.producer().unwrap();
    for value in values {
        bus.send(topic, message(value)).unwrap();
    }
    bus.flush().unwrap();
}

fn at(topic: &str, next: u64) -> Progress {
    [(topic, 0, next)].into_iter().collect()
}

fn values(log: &dyn Inspect, topic: &str) -> Vec<String> {
    let found = log.browse(topic, &Progress::new(), 10_000).unwrap();
    found.into_iter().map(|d| String::from_utf8(d.envelope.value).unwrap()).collect()
}

#[test]
fn a_log_opened_again_holds_all_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/bus.sqlite");
    let log = open(&path);
    put(&log, "t", &["a", "b", "c"]);
    put(&log, "u", &["x"]);
    log.connect("g", "t").unwrap().commit(&at("t", 2)).unwrap();
    drop(log);

    let log = open(&path);
    assert_eq!(log.topics().unwrap(), ["t", "u"]);
    assert_eq!((log.depth("t").unwrap(), log.lag("g", "t").unwrap(), log.lag("h", "t").unwrap()), (3, 1, 3));
    put(&log, "t", &["d"]);
    let found = log.connect("g", "t").unwrap().poll(9, Duration::ZERO).unwrap();
    let found: Vec<_> = found.into_iter().map(|d| (d.offset, d.envelope)).collect();
    assert_eq!(found, [(2, message("c")), (3, message("d"))]);
}

#[test]
fn one_owner_at_a_time_and_lookers_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.sqlite");
    let log = open(&path);
    put(&log, "t", &["a", "b"]);
    let Err(error) = EmbeddedLog::open(&path, EmbeddedOptions::default()) else { panic!("opened twice") };
    assert_eq!(error.to_string(), format!("the log `{}` is in use by this process already", path.display()));
    assert!(error.hint().unwrap().contains("bus.path"));

    let reader = EmbeddedReader::open(&path).unwrap();
    log.connect("g", "t").unwrap().commit(&at("t", 1)).unwrap();
    put(&log, "u", &["x"]);
    assert_eq!(reader.topics().unwrap(), ["t", "u"]);
    assert_eq!((reader.depth("t").unwrap(), reader.lag("g", "t").unwrap()), (2, 1));
    assert_eq!((reader.depth("none").unwrap(), reader.lag("g", "none").unwrap()), (0, 0));
    assert_eq!(values(&reader, "t"), ["a", "b"]);

    let handle = log.producer().unwrap();
    drop(log);
    assert!(EmbeddedLog::open(&path, EmbeddedOptions::default()).is_err(), "a handle keeps it owned");
    drop(handle);
    open(&path);
}

/// What is said of a file that is no log.
fn refused(make: impl Fn(&Path)) -> (String, &'static str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.sqlite");
    make(&path);
    let Err(error) = EmbeddedLog::open(&path, EmbeddedOptions::default()) else { panic!("opened") };
    let hint = error.hint().unwrap();
    (error.to_string().replace(&folder.path().display().to_string(), "DIR"), hint)
}

#[test]
fn a_file_that_is_no_log_is_left_alone_and_named() {
    let write =
        |path: &Path, sql: &str| rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();

    let (text, hint) = refused(|path| std::fs::write(path, "press review ".repeat(200)).unwrap());
    assert_eq!(text, "the log `DIR/bus.sqlite` cannot be opened: file is not a database");
    assert!(hint.contains("move it away"));

    let (text, hint) = refused(|path| write(path, "CREATE TABLE articles (id)"));
    assert_eq!(text, "the log `DIR/bus.sqlite` cannot be opened: it is the database of another program");
    assert!(hint.contains("bus.path"));

    let (text, hint) = refused(|path| {
        drop(open(path));
        write(path, "PRAGMA user_version = 99");
    });
    assert_eq!(text, "the log `DIR/bus.sqlite` cannot be opened: it has schema version `99`");
    assert!(hint.contains("newer version"));

    let (text, hint) = refused(|path| std::fs::create_dir(path).unwrap());
    assert_eq!(
        text,
        "the log `DIR/bus.sqlite` cannot be opened: unable to open database file: DIR/bus.sqlite"
    );
    assert!(hint.contains("may write"));
}

#[test]
fn a_message_damaged_on_the_disk_is_an_error_not_another_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.sqlite");
    let log = open(&path);
    put(&log, "t", &["a"]);
    for damage in ["value = x'00112233'", "headers = '{'", "size = -1", "size = 1 << 62"] {
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch(&format!("UPDATE log SET {damage}"))
            .unwrap();
        let error = log.connect("g", "t").unwrap().poll(9, Duration::ZERO).unwrap_err();
        assert!(matches!(error, BusError::Storage { action: "read", .. }), "{damage}: {error}");
        assert!(error.hint().unwrap().contains("damaged"), "{damage}");
    }
}

#[test]
fn purging_takes_what_every_reader_has_and_keeps_offsets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.sqlite");
    let log = open(&path);
    put(&log, "t", &["a", "b", "c", "d"]);
    put(&log, "t.dead", &["x"]);
    let later = Timestamp::now() + Duration::from_secs(3_600);
    assert_eq!(log.purge(later).unwrap(), 0, "nobody has read anything");
    log.connect("g", "t").unwrap().commit(&at("t", 3)).unwrap();
    log.connect("h", "t").unwrap().commit(&at("t", 2)).unwrap();
    assert_eq!(log.purge(Timestamp::UNIX_EPOCH).unwrap(), 0, "all is younger");
    let told = EmbeddedReader::open(&path).unwrap().purgeable(later).unwrap();
    assert_eq!(told, [("t".to_owned(), 2), ("t.dead".to_owned(), 0)].into());
    assert_eq!(log.purge(later).unwrap(), 2);
    assert_eq!((values(&log, "t"), values(&log, "t.dead")), (vec!["c".into(), "d".into()], vec!["x".into()]));
    assert_eq!(
        (log.depth("t").unwrap(), log.lag("h", "t").unwrap(), log.lag("new", "t").unwrap()),
        (2, 2, 2)
    );
    log.connect("g", "t").unwrap().commit(&at("t", 4)).unwrap();
    log.connect("h", "t").unwrap().commit(&at("t", 4)).unwrap();
    assert_eq!(log.purge(later).unwrap(), 2);
    drop(log);

    let log = open(&path);
    assert_eq!((log.depth("t").unwrap(), log.lag("new", "t").unwrap()), (0, 0));
    put(&log, "t", &["e"]);
    for group in ["h", "new"] {
        let found = log.connect(group, "t").unwrap().poll(9, Duration::ZERO).unwrap();
        assert_eq!(found.iter().map(|d| d.offset).collect::<Vec<_>>(), [4], "{group}");
    }
}

const CHILD: &str = "KIOSQUE_STREAM_TEST_LOG";

/// Killed at once, a process leaves behind every message it had flushed, in order, and a log that opens.
#[test]
fn what_was_flushed_survives_kill_9() {
    if let Some(path) = std::env::var_os(CHILD) {
        let log = open(Path::new(&path));
        for n in 0.. {
            put(&log, "t", &[&n.to_string()]);
            println!("\nflushed {n}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus.sqlite");
    for round in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "what_was_flushed_survives_kill_9", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let flushed = lines.filter(|line| line.starts_with("flushed")).take(20 + round).count();
        let Err(error) = EmbeddedLog::open(&path, EmbeddedOptions::default()) else { panic!("not locked") };
        let owner = format!("is in use by process `{}`", child.id());
        assert!(error.to_string().ends_with(&owner), "{error}");
        child.kill().unwrap();
        child.wait().unwrap();

        let log = open(&path);
        let from = log.connect("g", "t").unwrap().poll(10_000, Duration::ZERO).unwrap();
        assert!(from.len() >= flushed, "{} of {flushed}", from.len());
        for (n, delivery) in from.iter().enumerate() {
            assert_eq!(delivery.envelope, message(&n.to_string()));
        }
        let end = log.depth("t").unwrap();
        log.connect("g", "t").unwrap().commit(&at("t", end)).unwrap();
    }
}

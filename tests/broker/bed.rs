//! A pipeline of its own on a shared broker: topics, files, processes, and what they must leave.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use kiosque_model::Envelope;
use kiosque_store::Store;
use kiosque_stream::{Connect, EmbeddedReader, Inspect, KafkaLog, KafkaSettings, Progress};
use tempfile::TempDir;

use crate::disk::SmallDisk;

/// The stages of the loop.
pub(crate) const STAGES: [&str; 4] = ["dedup", "extract", "classify", "sink"];
/// How long anything may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(300);
const GROUPS: [(&str, &str); 5] = [
    ("dedup", "pages"),
    ("extract", "unique"),
    ("classify", "articles"),
    ("sink", "tagged"),
    ("trail", "breadcrumbs"),
];

/// What must be the same whatever happened. A page that came again after a crash is one `dedup` and `sink` know
/// already, and their breadcrumbs say so: of those two only the pages are compared.
const TRUTH: [&str; 7] = [
    "SELECT id, title, text, rubrique, language, revisions, day FROM articles ORDER BY id",
    "SELECT article, number, title, text FROM revisions ORDER BY article, number",
    "SELECT article, position, name FROM article_authors ORDER BY 1, 2",
    "SELECT article, origin, position, keyword FROM article_keywords ORDER BY 1, 2, 3",
    "SELECT article, position, kind, text FROM article_entities ORDER BY 1, 2",
    "SELECT page, stage FROM breadcrumbs WHERE stage <> 'crawl' ORDER BY page, stage",
    "SELECT page, stage, outcome, reason FROM breadcrumbs WHERE stage IN ('extract', 'classify') ORDER BY 1, 2",
];
/// What is the same too where messages kept their order.
const GROUPED: [&str; 4] = [
    "SELECT group_concat(article, ' ' ORDER BY article) AS together FROM story_articles GROUP BY story ORDER BY 1",
    "SELECT count(*) FROM copies",
    "SELECT name, date, title FROM editions ORDER BY 1, 2",
    "SELECT date, rubrique, count(*) FROM edition_items GROUP BY 1, 2 ORDER BY 1, 2",
];

/// The demo's run in one process.
pub(crate) struct Demo {
    folder: TempDir,
    pub(crate) pages: Vec<Envelope>,
    pub(crate) articles: Vec<Envelope>,
}

/// Run once for all tests.
pub(crate) fn demo() -> &'static Demo {
    static DEMO: LazyLock<Demo> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let mut run = Command::new(env!("CARGO_BIN_EXE_kiosque"));
        run.arg("run")
            .current_dir(folder.path())
            .env("KIOSQUE__STORE__PATH", folder.path().join("store.sqlite"));
        let done = run.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let log = EmbeddedReader::open(folder.path().join("bus.sqlite")).unwrap();
        let all = |topic| {
            let found = log.browse(topic, &Progress::new(), usize::MAX).unwrap();
            found.into_iter().map(|delivery| delivery.envelope).collect::<Vec<_>>()
        };
        let (pages, articles) = (all("pages"), all("articles"));
        assert!(pages.len() > 90 && articles.len() > 90);
        Demo { folder, pages, articles }
    });
    &DEMO
}

/// The broker under test.
pub(crate) struct Server {
    address: String,
}

/// `None`, and says so, where no broker is named.
pub(crate) fn server() -> Option<Server> {
    let named = std::env::var("KIOSQUE_TEST_KAFKA").ok().filter(|address| !address.is_empty());
    if named.is_none() {
        eprintln!("skipped: KIOSQUE_TEST_KAFKA names no broker; `tests/kafka.sh with COMMAND` starts one");
    }
    named.map(|address| Server { address })
}

impl Server {
    /// The script that started the broker, where it was started by one.
    pub(crate) fn script(&self, otherwise: &str) -> Option<Script> {
        let named = |name| std::env::var(name).ok().map(PathBuf::from);
        let found = named("KIOSQUE_TEST_KAFKA_SCRIPT").zip(named("KIOSQUE_TEST_KAFKA_DIR"));
        if found.is_none() {
            eprintln!("skipped: {otherwise}: {}", self.address);
        }
        found.map(|(script, folder)| Script { script, folder })
    }

    /// The address the broker gives itself for clients behind a proxy, and where it really listens.
    pub(crate) fn behind(&self, otherwise: &str) -> Option<(String, String)> {
        let Script { folder, .. } = self.script(otherwise)?;
        let read =
            |name: &str| std::fs::read_to_string(folder.join(name)).ok().map(|text| text.trim().to_owned());
        let properties = read("server.properties")?;
        let advertised = properties.lines().find_map(|line| line.strip_prefix("advertised.listeners="))?;
        let behind = read("behind")?;
        let proxied = advertised.split(',').find_map(|listener| listener.strip_prefix("BEHIND://"));
        if proxied.is_none() {
            eprintln!("skipped: {otherwise}");
        }
        Some((proxied?.to_owned(), behind))
    }
}

/// The broker's script and its folder.
pub(crate) struct Script {
    script: PathBuf,
    folder: PathBuf,
}

impl Script {
    pub(crate) fn run(&self, verb: &str) {
        let mut command = Command::new(&self.script);
        let done = command.arg(verb).arg("--dir").arg(&self.folder).output().unwrap();
        assert!(done.status.success(), "{verb}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// A pipeline under test.
pub(crate) struct Bed {
    folder: TempDir,
    server: String,
    prefix: String,
    log: KafkaLog,
    started: AtomicU32,
}

/// A process of the pipeline; killed when it goes out of scope.
pub(crate) struct Running {
    child: Child,
    said: PathBuf,
}

impl Bed {
    pub(crate) fn new(server: &Server, name: &str) -> Self {
        Self::through(server, name, &server.address)
    }

    /// As [`Bed::new`]; its processes reach the broker at another address.
    pub(crate) fn through(server: &Server, name: &str, address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let prefix = format!("{name}-{}.", std::process::id());
        let mut settings = KafkaSettings::new(server.address.as_str());
        settings.prefix.clone_from(&prefix);
        let log = KafkaLog::open(settings).unwrap();
        let bed = Self { folder, server: address.to_owned(), prefix, log, started: AtomicU32::new(0) };
        bed.kiosque(&["check", "--create-topics"]);
        bed
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store").join("store.sqlite")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
        command.args(words).current_dir(self.folder.path());
        for (name, value) in [
            ("BUS__KIND", "kafka"),
            ("BUS__BROKERS", &self.server),
            ("BUS__PREFIX", &self.prefix),
            ("BUS__PARTITIONS", "3"),
            ("BUS__PATIENCE_MS", "5000"),
            ("BUS__CLIENT__SESSION_TIMEOUT_MS", "6000"),
            ("STORE__PATH", &self.store().to_string_lossy()),
            ("STATE__PATH", &self.folder.path().join("state.sqlite").to_string_lossy()),
        ] {
            command.env(format!("KIOSQUE__{name}"), value);
        }
        command
    }

    /// Runs a command to its end and gives what it prints.
    pub(crate) fn kiosque(&self, words: &[&str]) -> String {
        let done = self.command(words).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    pub(crate) fn succeeds(&self, words: &[&str]) -> bool {
        self.command(words).output().unwrap().status.success()
    }

    pub(crate) fn start(&self, stage: &str) -> Running {
        self.spawn(&["stage", stage], stage)
    }

    pub(crate) fn start_listening(&self, stage: &str, address: &str) -> Running {
        self.spawn(&["stage", stage, "--listen", address], stage)
    }

    /// A file beside the pipeline's.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    /// The addresses that the messages of a topic are about.
    pub(crate) fn subjects_of(&self, topic: &str) -> Vec<String> {
        let found = self.log.browse(topic, &Progress::new(), usize::MAX).unwrap();
        found
            .iter()
            .filter_map(|delivery| delivery.envelope.header("ce_subject").map(str::to_owned))
            .collect()
    }

    pub(crate) fn spawn(&self, words: &[&str], stage: &str) -> Running {
        let number = self.started.fetch_add(1, Ordering::SeqCst);
        let said = self.folder.path().join(format!("{stage}-{number}.log"));
        let mut command = self.command(words);
        command.stderr(std::fs::File::create(&said).unwrap()).stdout(Stdio::null());
        Running { child: command.spawn().unwrap(), said }
    }

    /// Sends pages as a crawler does.
    pub(crate) fn send(&self, pages: &[Envelope]) {
        self.send_to("pages", pages);
    }

    pub(crate) fn send_raw(&self, topic: &str, key: &str, value: &[u8]) {
        let envelope = Envelope { key: key.to_owned(), headers: Vec::new(), value: value.to_vec() };
        self.send_to(topic, &[envelope]);
    }

    /// Sends until the broker has said yes: it may be away.
    pub(crate) fn send_to(&self, topic: &str, envelopes: &[Envelope]) {
        wait_for("the broker takes messages", || {
            let Ok(mut producer) = self.log.producer() else { return false };
            let all = envelopes.iter().try_for_each(|envelope| producer.send(topic, envelope.clone()));
            all.and_then(|()| producer.flush()).is_ok()
        });
    }

    /// Waits until every stage has committed all there is, in the order of the line, and the day's edition is built.
    pub(crate) fn wait_until_drained(&self) {
        for (group, topic) in GROUPS {
            wait_for(&format!("`{group}` has read `{topic}`"), || {
                self.log.lag(group, topic).is_ok_and(|lag| lag == 0)
            });
        }
        wait_for("the editions are built", || {
            let store = Store::open_read_only(&self.store());
            store.and_then(|store| store.stale_days()).is_ok_and(|days| days.is_empty())
        });
    }

    /// The store says what the demo's says.
    pub(crate) fn expect_truth_of(&self, demo: &Demo, grouped: bool) {
        self.expect(demo, &TRUTH);
        if grouped {
            self.expect(demo, &GROUPED);
        }
    }

    /// Its articles are the demo's.
    pub(crate) fn expect_articles_of(&self, demo: &Demo) {
        self.expect(demo, &TRUTH[..1]);
    }

    fn expect(&self, demo: &Demo, queries: &[&str]) {
        let found = Store::open_read_only(&self.store()).unwrap();
        let expected = Store::open_read_only(&demo.folder.path().join("store.sqlite")).unwrap();
        for sql in queries {
            let (found, expected) = (found.query(sql).unwrap().rows, expected.query(sql).unwrap().rows);
            let missing: Vec<_> = expected.iter().filter(|row| !found.contains(row)).collect();
            let surplus: Vec<_> = found.iter().filter(|row| !expected.contains(row)).collect();
            assert!(
                missing.is_empty() && surplus.is_empty(),
                "{sql}\nmissing {missing:?}\nsurplus {surplus:?}"
            );
            assert_eq!(found.len(), expected.len(), "{sql}");
        }
    }

    /// A disk of a few megabytes under the store; `None`, and says so, where none can be mounted.
    pub(crate) fn small_disk(&self) -> Option<SmallDisk> {
        let at = self.store().parent().unwrap().to_owned();
        std::fs::create_dir_all(&at).unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&at).output();
        if mounted.is_ok_and(|done| done.status.success()) {
            Some(SmallDisk::at(at))
        } else {
            eprintln!("skipped: a disk of its own takes the right to mount one");
            None
        }
    }
}

impl Running {
    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; it must end in peace.
    pub(crate) fn end(mut self) {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.said());
    }

    pub(crate) fn wait_for_success(mut self) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.said());
    }

    /// Waits for its end, which must be a failure, and gives its last words.
    pub(crate) fn wait_for_failure(mut self) -> String {
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(1), "{}", self.said());
        self.said()
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let ended = self.child.try_wait();
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let said = self.said();
            let last: Vec<_> = said.lines().rev().take(12).collect();
            eprintln!("{} (ended by itself: {ended:?}) said last:", self.said.display());
            last.iter().rev().for_each(|line| eprintln!("  {line}"));
        }
    }
}

/// Numbers that differ from run to run; a failure tells them.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn thrown() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Self(now.subsec_nanos().into())
    }

    /// From zero up to and without `limit` (Knuth's linear congruence).
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Asks again and again until it is so.
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "not after {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// An address of loopback that was free a moment ago.
pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The answer to a request.
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

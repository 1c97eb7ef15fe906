//! A crawler that is killed, as a child process, again and again: between a kill and the next start its memory knows of
//! nothing that the bus has not, what it remembers is not asked for again, and in the end nothing is missing.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use kiosque_model::{CanonicalUrl, topic};
use kiosque_store::StageMemory;
use kiosque_stream::{EmbeddedReader, Inspect as _, Progress};

const PAGES: usize = 120;
/// The pages that were asked for when it is killed: within the first batch, at its edges, and far behind.
const KILLED_AT: [usize; 8] = [1, 5, 15, 18, 33, 50, 71, 96];
/// Far more than any step of this takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A press on loopback that notes the pages it was asked for.
#[derive(Clone, Default)]
struct Press {
    asked: Arc<(Mutex<Vec<usize>>, Condvar)>,
}

impl Press {
    fn open(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = format!("http://{}", listener.local_addr().unwrap());
        let (press, at) = (self.clone(), home.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (press, at) = (press.clone(), at.clone());
                std::thread::spawn(move || press.serve(&stream, &at));
            }
        });
        home
    }

    fn serve(&self, mut stream: &TcpStream, home: &str) -> Option<()> {
        let mut lines = BufReader::new(stream).lines();
        let first = lines.next()?.ok()?;
        lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).count();
        let path = first.split(' ').nth(1)?;
        let number = path.strip_prefix("/p/").and_then(|n| n.parse::<usize>().ok());
        let (status, kind, body) = match (path, number) {
            ("/feed", _) => {
                let item = |n| format!("<item><title>{n}</title><link>{home}/p/{n}</link></item>");
                let items: String = (0..PAGES).map(item).collect();
                ("200 OK", "application/rss+xml", format!("<rss><channel>{items}</channel></rss>"))
            }
            (_, Some(n)) => {
                ("200 OK", "text/html", format!("<html><body><h1>{n}</h1><p>Page {n}</p></body></html>"))
            }
            (_, None) => ("404 Not Found", "text/plain", String::new()),
        };
        if let Some(number) = number {
            self.asked.0.lock().unwrap().push(number);
            self.asked.1.notify_all();
        }
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).ok()
    }

    /// Waits until so many pages that were not asked for before have been.
    fn wait_for(&self, pages: usize) {
        let asked = self.asked.0.lock().unwrap();
        let different = |asked: &mut Vec<usize>| asked.iter().collect::<BTreeSet<_>>().len() < pages;
        let (asked, waited) = self.asked.1.wait_timeout_while(asked, PATIENCE, different).unwrap();
        assert!(!waited.timed_out(), "only {} pages asked for", asked.len());
    }

    /// What was asked for since the last call, in order.
    fn take(&self) -> Vec<usize> {
        std::mem::take(&mut *self.asked.0.lock().unwrap())
    }
}

fn start(folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    command.current_dir(folder).env_clear().args(["stage", "crawl", "p.toml"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The pages on the bus, each as often as it stands there.
fn on_the_bus(folder: &Path, home: &str) -> Vec<usize> {
    let Ok(log) = EmbeddedReader::open(folder.join("d/bus.sqlite")) else { return Vec::new() };
    let pages = log.browse(topic::PAGES, &Progress::new(), usize::MAX).unwrap();
    let path = format!("{home}/p/");
    pages
        .iter()
        .map(|page| page.envelope.header("ce_subject").unwrap().strip_prefix(&path).unwrap().parse().unwrap())
        .collect()
}

fn remembered(folder: &Path, home: &str) -> BTreeSet<usize> {
    let file = folder.join("d/state.sqlite");
    if !file.exists() {
        return BTreeSet::new();
    }
    let keys: BTreeSet<_> =
        StageMemory::open(&file).unwrap().scan("page:").unwrap().into_iter().map(|(key, _)| key).collect();
    let key = |n: &usize| format!("page:{}", CanonicalUrl::parse(&format!("{home}/p/{n}")).unwrap().id());
    (0..PAGES).filter(|n| keys.contains(&key(n))).collect()
}

#[test]
fn what_is_durable_is_not_asked_for_again_and_nothing_is_lost() {
    let (folder, press) = (tempfile::tempdir().unwrap(), Press::default());
    let (home, folder) = (press.open(), folder.path());
    let pipeline = format!(
        "[pipeline]\nname = \"essai\"\n[crawl]\ncontact = \"desk@essai.example\"\ndelay_ms = 2\njitter_ms = 0\n\
         allow_private = [\"127.0.0.0/8\"]\n[store]\npath = \"d/store.sqlite\"\n[[source]]\nid = \"phare\"\n\
         name = \"Le Phare\"\nurl = \"{home}/feed\"\n"
    );
    fs::write(folder.join("p.toml"), pipeline).unwrap();
    let mut known = BTreeSet::new();
    for at in KILLED_AT {
        let mut crawler = start(folder);
        press.wait_for(at.saturating_sub(known.len()).max(1));
        crawler.kill().unwrap();
        crawler.wait().unwrap();
        let again: Vec<_> = press.take().into_iter().filter(|n| known.contains(n)).collect();
        assert!(again.is_empty(), "asked for again, though remembered: {again:?}, killed at {at}");
        let (bus, now): (BTreeSet<_>, _) =
            (on_the_bus(folder, &home).into_iter().collect(), remembered(folder, &home));
        assert!(now.is_subset(&bus), "remembered and not delivered, killed at {at}");
        assert!(known.is_subset(&now), "forgotten, killed at {at}");
        known = now;
    }
    let mut crawler = start(folder);
    let begun = Instant::now();
    while remembered(folder, &home).len() < PAGES {
        assert!(
            begun.elapsed() < PATIENCE && crawler.try_wait().unwrap().is_none(),
            "it does not come to an end"
        );
        std::thread::yield_now();
    }
    crawler.kill().unwrap();
    crawler.wait().unwrap();
    assert!(press.take().iter().all(|n| !known.contains(n)));
    let bus: BTreeSet<_> = on_the_bus(folder, &home).into_iter().collect();
    assert_eq!(bus, (0..PAGES).collect());
}

//! How much memory a crawl takes that knows many addresses, and how long: as many pages as asked for (a million) are
//! remembered in a file, a thousand feeds list all of them, and one visit of all feeds looks each of them up.
//!
//!     cargo run --release -p kiosque-crawl --example known_addresses [ADDRESSES]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kiosque_crawl::{
    Agent, Crawler, InMemory, Memory, MemoryError, Outlet, OutletError, PageFacts, Reader, Settings, Source,
};
use kiosque_model::{Breadcrumb, CanonicalUrl, Page};
use kiosque_store::StageMemory;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Addresses in one feed.
const LISTED: usize = 1000;
/// Entries written at a time.
const WRITTEN: usize = 10_000;

struct OnDisk(StageMemory);

impl Memory for OnDisk {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        self.0.get(key).map_err(|e| MemoryError(e.to_string()))
    }

    fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), MemoryError> {
        self.0.put(entries).map_err(|e| MemoryError(e.to_string()))
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError> {
        self.0.scan(prefix).map_err(|e| MemoryError(e.to_string()))
    }
}

struct Nowhere;

impl Outlet for Nowhere {
    fn deliver(&self, _: Vec<Page>, _: Vec<Breadcrumb>) -> Result<(), OutletError> {
        Ok(())
    }
}

impl Reader for Nowhere {
    fn read(&self, _: &[u8], _: Option<&str>, _: &Url) -> PageFacts {
        PageFacts::default()
    }
}

fn address(number: usize) -> String {
    format!("http://site-{}.example/2026/10/07/an-article-of-some-length-{number}", number / LISTED)
}

/// A proxy behind which every site has a feed of all its pages.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    let proxy = format!("http://{}", listener.local_addr().expect("it was bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever hangs up has what it wanted.
            let _ = answer(&stream);
        }
    });
    proxy
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(stream);
    reader.read_line(&mut request)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let asked = request.split(' ').nth(1).unwrap_or_default();
    let site =
        asked.trim_start_matches("http://site-").split('.').next().and_then(|n| n.parse::<usize>().ok());
    let (status, body) = match site {
        Some(site) if asked.ends_with("/feed") => {
            let pages = site * LISTED..(site + 1) * LISTED;
            let items = pages.map(|n| format!("<item><title>t</title><link>{}</link></item>", address(n)));
            let items: String = items.collect();
            ("200 OK", format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"))
        }
        Some(_) if asked.contains("/2026/") => ("200 OK", "<html><body>x</body></html>".to_owned()),
        _ => ("404 Not Found", String::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn settings(proxy: String) -> Settings {
    let agent = Agent { product: "kiosque".into(), version: "1".into(), contact: "desk@a.example".into() };
    Settings {
        delay_ms: 0,
        jitter_ms: 0,
        recheck_within_hours: 0,
        ask_tdmrep: false,
        proxy: Some(proxy),
        ..Settings::new(agent)
    }
}

/// What a crawl remembers of one page whose feed gave it a title.
async fn memo(proxy: &str) -> Vec<u8> {
    let memory = Arc::new(InMemory::default());
    let only_one = Settings { max_entries_per_source: 1, ..settings(proxy.to_owned()) };
    let crawler = Crawler::try_new(only_one, Arc::clone(&memory) as _, Arc::new(Nowhere), Arc::new(Nowhere));
    let source = Source::new("one", "http://site-0.example/feed");
    let crawler = crawler.expect("settings of ours");
    crawler.visit_once(&[source], &CancellationToken::new(), &|_| {}).await;
    let known = memory.scan("page:").expect("it cannot fail");
    known.into_iter().next().expect("one page was read").1
}

fn fill(memory: &OnDisk, memo: &[u8], addresses: usize) {
    let numbers: Vec<usize> = (0..addresses).collect();
    for some in numbers.chunks(WRITTEN) {
        let entry = |n: &usize| {
            let id = CanonicalUrl::parse(&address(*n)).expect("an address of ours").id();
            (format!("page:{id}"), memo.to_vec())
        };
        memory.put(&some.iter().map(entry).collect::<Vec<_>>()).expect("the disk has room");
    }
}

/// The most memory this process has held, in kB.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |words| words.trim().to_owned())
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |known| known.len() / 1_000_000)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let addresses = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder for a while");
    let file = folder.path().join("state.sqlite");
    let memory = Arc::new(OnDisk(StageMemory::open(&file).expect("a new file")));
    let proxy = serve();
    fill(&memory, &memo(&proxy).await, addresses);
    println!("{addresses} addresses known, {} MB on disk; peak memory so far {}", size(&file), peak());
    let sources: Vec<_> = (0..addresses.div_ceil(LISTED))
        .map(|site| Source::new(format!("s{site}"), format!("http://site-{site}.example/feed")))
        .collect();
    let start = Instant::now();
    let owed = memory.scan("owed:").expect("the file was written").len();
    println!(
        "{owed} addresses owed to others, looked for in {:.1} ms",
        start.elapsed().as_secs_f64() * 1000.0
    );
    let crawler = Crawler::try_new(settings(proxy), memory, Arc::new(Nowhere), Arc::new(Nowhere));
    let start = Instant::now();
    let report =
        crawler.expect("settings of ours").visit_once(&sources, &CancellationToken::new(), &|_| {}).await;
    println!(
        "{} feeds visited in {:.1} s, {} pages fetched; peak memory {}",
        sources.len(),
        start.elapsed().as_secs_f64(),
        report.fetched(),
        peak()
    );
}

//! The frontier on disk, by itself: its files are copied before and after every step, as a process killed there leaves
//! them, and a new process goes on from each copy. Nothing is lost, and no page that was remembered is asked for again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kiosque_crawl::{Crawler, Memory, MemoryError, Outlet, OutletError, Report, Source};
use kiosque_model::{Breadcrumb, CanonicalUrl, Page};
use kiosque_store::StageMemory;
use tokio_util::sync::CancellationToken;

use crate::durability::press;
use crate::site::{Lab, Words};

/// What a process killed at one moment leaves.
struct Shot {
    files: PathBuf,
    delivered: BTreeSet<String>,
}

/// A crawler's outlet and its memory in a file, photographed at each step.
struct Frontier {
    folder: PathBuf,
    memory: StageMemory,
    delivered: Mutex<BTreeSet<String>>,
    /// Where the pictures go, where any are taken.
    album: Option<PathBuf>,
    shots: Mutex<Vec<Shot>>,
}

impl Frontier {
    fn open(folder: &Path, delivered: BTreeSet<String>, album: Option<PathBuf>) -> Self {
        let memory = StageMemory::open(&folder.join("state.sqlite")).unwrap();
        let (delivered, shots) = (Mutex::new(delivered), Mutex::default());
        Self { folder: folder.to_owned(), memory, delivered, album, shots }
    }

    fn shoot(&self) {
        let Some(album) = &self.album else { return };
        let mut shots = self.shots.lock().unwrap();
        let files = album.join(shots.len().to_string());
        copy(&self.folder, &files);
        shots.push(Shot { files, delivered: self.delivered.lock().unwrap().clone() });
    }

    /// The pages it remembers, as the keys of their memos.
    fn known(&self) -> BTreeSet<String> {
        self.memory.scan("page:").unwrap().into_iter().map(|(key, _)| key).collect()
    }
}

impl Outlet for Frontier {
    fn deliver(&self, pages: Vec<Page>, _: Vec<Breadcrumb>) -> Result<(), OutletError> {
        self.shoot();
        self.delivered.lock().unwrap().extend(pages.into_iter().map(|page| page.url));
        self.shoot();
        Ok(())
    }
}

impl Memory for Frontier {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        self.memory.get(key).map_err(|e| MemoryError(e.to_string()))
    }

    fn put(&self, entries: &[(String, Vec<u8>)]) -> Result<(), MemoryError> {
        self.shoot();
        let written = self.memory.put(entries).map_err(|e| MemoryError(e.to_string()));
        self.shoot();
        written
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, MemoryError> {
        self.memory.scan(prefix).map_err(|e| MemoryError(e.to_string()))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

async fn crawl(lab: &Lab, frontier: &Arc<Frontier>) -> Report {
    let (memory, outlet): (Arc<dyn Memory>, Arc<dyn Outlet>) =
        (Arc::clone(frontier) as _, Arc::clone(frontier) as _);
    let crawler = Crawler::try_new(lab.settings.clone(), memory, outlet, Arc::new(Words)).unwrap();
    let sources = [Source::new("a", "http://a.example/rss"), Source::new("b", "http://b.example/rss")];
    crawler.visit_once(&sources, &CancellationToken::new(), &|_| {}).await
}

/// The keys of what was asked for since the last call.
fn asked(lab: &Lab) -> BTreeSet<String> {
    let key = |address: String| CanonicalUrl::parse(&format!("http://{address}")).unwrap().id();
    lab.site.asked().into_iter().map(|address| format!("page:{}", key(address))).collect()
}

#[tokio::test]
async fn killed_before_or_after_any_step_nothing_is_lost_and_nothing_known_is_asked_again() {
    let mut lab = press().await;
    // Corrections are looked for by asking again; here only the first time counts.
    lab.settings.recheck_within_hours = 0;
    let folder = tempfile::tempdir().unwrap();
    let [life, album] = ["life", "album"].map(|name| folder.path().join(name));
    fs::create_dir(&life).and(fs::create_dir(&album)).unwrap();
    let first = Arc::new(Frontier::open(&life, BTreeSet::new(), Some(album)));
    assert!(crawl(&lab, &first).await.fault.is_none());
    let whole = first.delivered.lock().unwrap().clone();
    let shots = std::mem::take(&mut *first.shots.lock().unwrap());
    assert!(whole.len() == 22 && shots.len() >= 12, "{} pages, {} shots", whole.len(), shots.len());
    let mut partly_known = 0;
    for (n, shot) in shots.into_iter().enumerate() {
        let next = Arc::new(Frontier::open(&shot.files, shot.delivered, None));
        let known = next.known();
        partly_known += usize::from(!known.is_empty() && known.len() < whole.len());
        asked(&lab);
        assert!(crawl(&lab, &next).await.fault.is_none(), "killed at step {n}");
        assert_eq!(*next.delivered.lock().unwrap(), whole, "killed at step {n}");
        let again: Vec<_> = known.intersection(&asked(&lab)).cloned().collect();
        assert!(again.is_empty(), "killed at step {n}, asked again for {again:?}");
    }
    assert!(partly_known > 0, "no picture shows a crawl half done");
}

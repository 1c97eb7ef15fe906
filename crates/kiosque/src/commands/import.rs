//! `kiosque import`: archived pages (WARC) enter the bus as if crawled.
//!
//! Where the line is this process' own (an embedded log, or memory) its stages work beside, so that the articles are in
//! the store at the end; over a broker they are where they always are. A page that comes twice is known by its address
//! and body: importing a file again changes nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use kiosque_archive::{Answer, Damage, Kind, Reader, Record};
use kiosque_crawl::{Archived, Outlet};
use kiosque_model::{Breadcrumb, BreadcrumbOutcome, CanonicalUrl, Page, Reason, SourceId};
use kiosque_stream::Stop;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::UsageError;
use crate::cli::ImportArgs;
use crate::config::{Config, SourceConfig};
use crate::line::{CRAWL, Line};
use crate::stages::crawl::BusOutlet;
use crate::{catalogue, words};

/// Pages sent together: as many bytes as a few large ones have.
const BATCH_BYTES: usize = 8 * 1024 * 1024;
/// Room for an answer's headers, and for a body that unpacks to less than it is.
const HEAD_BYTES: u64 = 1024 * 1024;

/// What came of the records.
#[derive(Default)]
struct Counts {
    files: u64,
    pages: u64,
    /// Answers that are no pages, by reason.
    dropped: BTreeMap<Reason, u64>,
    /// Pages of sources that are switched off.
    off: u64,
    /// Answers that were cut when they were archived.
    cut: u64,
    damaged: u64,
}

/// Imports, and prints what came of it.
pub(crate) fn run(args: &ImportArgs) -> Result<ExitCode> {
    let (pipeline, files) = parts(&args.words)?;
    let config = Config::load(pipeline.as_deref())?;
    for file in &files {
        // All of them before anything is sent.
        File::open(file).with_context(|| told(file))?;
    }
    // Nobody is asked for anything.
    let catalogue = catalogue::all(&config)?;
    let line = Line::connect(config, Stop::new())?;
    let own = line.is_own();
    let running = if own {
        line.prepare_store(&catalogue)?;
        Some(line.start()?)
    } else {
        None
    };
    let sources = Sources::new(&catalogue, args.source.as_deref());
    let imported = import(&line, &sources, &files);
    let drained = if own && imported.is_ok() { line.wait_until_drained() } else { Ok(()) };
    line.shop.stop.set();
    // A stage's failure is the cause of ours, so it is told first.
    running.map(crate::line::Running::join).transpose()?;
    let counts = imported?;
    drained?;
    print(&counts, own, args.json);
    Ok(ExitCode::SUCCESS)
}

/// `[PIPELINE] FILE…`: a pipeline is a TOML file, and an archive is none.
fn parts(words: &[String]) -> Result<(Option<PathBuf>, Vec<PathBuf>)> {
    let is_pipeline = |word: &String| Path::new(word).extension().is_some_and(|ending| ending == "toml");
    let named = std::env::var_os("KIOSQUE_PIPELINE").filter(|name| !name.is_empty()).map(PathBuf::from);
    let (pipeline, files) = match words {
        [first, files @ ..] if is_pipeline(first) => (Some(PathBuf::from(first)), files),
        files => (named, files),
    };
    if files.is_empty() {
        return Err(UsageError(
            "no archive is named\nhint: `kiosque import PIPELINE FILE.warc.gz`".to_owned(),
        )
        .into());
    }
    Ok((pipeline, files.iter().map(PathBuf::from).collect()))
}

fn told(file: &Path) -> String {
    format!("cannot read the archive `{}`", file.display())
}

fn import(line: &Line, sources: &Sources<'_>, files: &[PathBuf]) -> Result<Counts> {
    let outlet = BusOutlet::open(line.shop.clone(), CancellationToken::new(), line.config.max_waiting)?;
    let crawl = &line.config.crawl;
    let mut desk = Desk {
        outlet,
        sources,
        agent: &crawl.agent.product,
        max_body_bytes: crawl.max_body_bytes,
        counts: Counts::default(),
        pages: Vec::new(),
        crumbs: Vec::new(),
        bytes: 0,
    };
    for path in files {
        let file = File::open(path).with_context(|| told(path))?;
        desk.file(path, file)?;
        desk.counts.files += 1;
    }
    desk.send()?;
    Ok(desk.counts)
}

/// Takes records and hands on what of them are pages.
struct Desk<'a> {
    outlet: BusOutlet,
    sources: &'a Sources<'a>,
    agent: &'a str,
    max_body_bytes: usize,
    counts: Counts,
    pages: Vec<Page>,
    crumbs: Vec<Breadcrumb>,
    bytes: usize,
}

impl Desk<'_> {
    fn file(&mut self, path: &Path, file: File) -> Result<()> {
        let most = u64::try_from(self.max_body_bytes).unwrap_or(u64::MAX).saturating_add(HEAD_BYTES);
        let mut reader = Reader::new(file, most);
        let (mut sound, damaged_before) = (false, self.counts.damaged);
        while let Some(next) = reader.next_record().with_context(|| told(path))? {
            match next {
                Ok(record) => {
                    sound = true;
                    self.record(&record)?;
                }
                Err(damaged) if matches!(damaged.damage, Damage::TooLarge(_)) => {
                    sound = true;
                    *self.counts.dropped.entry(Reason::TooLarge).or_default() += 1;
                }
                Err(damaged) => {
                    self.counts.damaged += 1;
                    eprintln!("warning: `{}`: {damaged}", path.display());
                }
            }
        }
        if !sound && self.counts.damaged > damaged_before {
            bail!("`{}` is no WARC archive\nhint: WARC 1.0 and 1.1 are read, gzipped or not", path.display());
        }
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        if record.kind != Kind::Response || !record.is_http("response") {
            return Ok(());
        }
        if record.cut().is_some() {
            self.counts.cut += 1;
            return Ok(());
        }
        let (Some(url), Some(at), Ok(answer)) =
            (record.target(), record.date(), Answer::parse(&record.block))
        else {
            self.counts.damaged += 1;
            let named = record.target().unwrap_or("without an address");
            eprintln!("warning: the record at byte `{}`, `{named}`, holds no answer", record.offset);
            return Ok(());
        };
        let Answer { status, headers, body } = answer;
        let archived = Archived { url: url.to_owned(), at, status, headers, body };
        let Ok(canonical) = CanonicalUrl::parse(url) else {
            *self.counts.dropped.entry(Reason::RefusedAddress).or_default() += 1;
            return Ok(());
        };
        let Some(source) = self.sources.of(&canonical) else {
            self.counts.off += 1;
            return Ok(());
        };
        let (outcome, detail) = match archived.page(source.clone(), self.agent, self.max_body_bytes) {
            Ok(page) => {
                self.bytes += page.body.len();
                self.pages.push(page);
                self.counts.pages += 1;
                (BreadcrumbOutcome::Forwarded, format!("archived, byte {}", record.offset))
            }
            Err(no) => {
                *self.counts.dropped.entry(no.reason).or_default() += 1;
                (BreadcrumbOutcome::Dropped(no.reason), no.detail)
            }
        };
        let (stage, detail) = (CRAWL.to_owned(), Some(detail));
        self.crumbs.push(Breadcrumb { at, url: canonical, source: Some(source), stage, outcome, detail });
        if self.bytes >= BATCH_BYTES || self.crumbs.len() >= 256 { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<()> {
        self.bytes = 0;
        let (pages, crumbs) = (std::mem::take(&mut self.pages), std::mem::take(&mut self.crumbs));
        Ok(self.outlet.deliver(pages, crumbs)?)
    }
}

/// To which source an archived page belongs.
struct Sources<'a> {
    named: Option<&'a str>,
    /// Of each site, its first source that is on, else its first.
    by_site: BTreeMap<String, &'a SourceConfig>,
}

impl<'a> Sources<'a> {
    fn new(catalogue: &'a [SourceConfig], named: Option<&'a str>) -> Self {
        let mut by_site: BTreeMap<String, &SourceConfig> = BTreeMap::new();
        for source in catalogue {
            let Ok(url) = CanonicalUrl::parse(&source.url) else { continue };
            let known = by_site.entry(url.domain().to_owned()).or_insert(source);
            if !known.enabled && source.enabled {
                *known = source;
            }
        }
        Self { named, by_site }
    }

    /// The one that was named; else the catalogue's for that site, `None` where it is off; else one named after the
    /// site.
    fn of(&self, page: &CanonicalUrl) -> Option<SourceId> {
        let source = self.by_site.get(page.domain());
        match (self.named, source) {
            (Some(named), _) => Some(SourceId(named.to_owned())),
            (None, Some(source)) => source.enabled.then(|| SourceId(source.id.clone())),
            (None, None) => Some(SourceId(slug(page.domain()))),
        }
    }
}

fn slug(site: &str) -> String {
    site.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

fn print(counts: &Counts, own: bool, json: bool) {
    let dropped: u64 = counts.dropped.values().sum();
    if json {
        let by_reason: serde_json::Map<_, _> = counts
            .dropped
            .iter()
            .map(|(reason, number)| (reason.name().to_owned(), (*number).into()))
            .collect();
        let Counts { files, pages, off, cut, damaged, .. } = counts;
        let all = json!({"files": files, "pages": pages, "dropped": by_reason, "off": off, "cut": cut, "damaged": damaged});
        println!("{all}");
        return;
    }
    println!("  Archives   {}", counts.files);
    println!("  Pages      {} versées", counts.pages);
    let parts: Vec<_> = counts
        .dropped
        .iter()
        .map(|(reason, number)| format!("{} {number}", words::reason(*reason)))
        .collect();
    println!(
        "  Écartées   {dropped}{}",
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    );
    for (label, number) in [("Désactivées", counts.off), ("Coupées", counts.cut), ("Abîmées", counts.damaged)]
    {
        if number > 0 {
            println!("  {label:<10} {number}");
        }
    }
    if !own {
        println!("Les pages sont sur le bus : les étapes les traitent.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_pipeline_is_told_from_an_archive_by_its_ending() {
        let check = |given: &[&str], pipeline: Option<&str>, files: &[&str]| {
            let (found, archives) = parts(&words(given)).unwrap();
            let archives: Vec<_> = archives.iter().map(|file| file.to_str().unwrap()).collect();
            assert_eq!(
                (found.as_deref().and_then(Path::to_str), &archives[..]),
                (pipeline, files),
                "{given:?}"
            );
        };
        check(&["a.toml", "b.warc"], Some("a.toml"), &["b.warc"]);
        check(&["b.warc", "c.warc.gz"], None, &["b.warc", "c.warc.gz"]);
        assert!(parts(&words(&["a.toml"])).is_err());
    }

    #[test]
    fn a_page_belongs_to_the_source_of_its_site() {
        let config = "[pipeline]\nname='t'\n[crawl]\ncontact='a@b.example'\n[store]\npath='x'\n\
            [[source]]\nid='off'\nurl='http://off.example/'\nenabled=false\n\
            [[source]]\nid='a-old'\nurl='http://www.a.example/x'\nenabled=false\n\
            [[source]]\nid='a'\nurl='http://a.example/feed'\n";
        let config = Config::parse("t.toml", config, []).unwrap();
        let check = |named, url: &str, expected: Option<&str>| {
            let found = Sources::new(&config.sources, named).of(&CanonicalUrl::parse(url).unwrap());
            assert_eq!(found.map(|id| id.0).as_deref(), expected, "{url}");
        };
        check(None, "https://news.a.example/1", Some("a"));
        check(None, "https://off.example/1", None);
        check(None, "https://www.new-paper.example/1", Some("new-paper-example"));
        check(Some("archive"), "https://off.example/1", Some("archive"));
    }
}

//! Corpora of pages with their known bodies, as they lie under `KIOSQUE_CORPORA`, and what a body scores against them.
//!
//! A corpus is a folder with `gold.jsonl` and `html/ID.html[.gz]`. Scores are those of article-extraction benchmarks:
//! multisets of 4-word shingles, precision and recall normalised by page, F1 of their means.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use kiosque_model::{CanonicalUrl, FeedHint, FetchRecord, Page, SourceId};
use serde::Deserialize;

/// The corpora read, by folder.
pub const CORPORA: [&str; 6] = ["fr_ar", "scrapinghub", "fundus_eval", "fundus_pub", "wcxb", "trafilatura"];
/// Words of a shingle.
const SHINGLE: usize = 4;

/// What is known of a page.
#[derive(Debug, Clone, Deserialize)]
pub struct Gold {
    /// Name of the page's file.
    pub id: String,
    /// Where it came from.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    bodies: Option<Vec<String>>,
    /// Segments the text must hold.
    #[serde(default)]
    pub with: Vec<String>,
    /// Segments it must not hold.
    #[serde(default)]
    pub without: Vec<String>,
}

/// A page with what is known of it.
#[derive(Debug)]
pub struct Known {
    /// Folder of its corpus.
    pub corpus: &'static str,
    /// What is known.
    pub gold: Gold,
    /// The page.
    pub page: Page,
}

impl Gold {
    /// The bodies accepted; empty where only segments are known.
    #[must_use]
    pub fn bodies(&self) -> Vec<&str> {
        match (&self.bodies, &self.body) {
            (Some(all), _) if !all.is_empty() => all.iter().map(String::as_str).collect(),
            (_, Some(one)) => vec![one],
            _ => Vec::new(),
        }
    }
}

impl Known {
    /// The site, so that pages of one site are never on both sides of a split.
    #[must_use]
    pub fn site(&self) -> String {
        let host = self.page.url.split('/').nth(2).unwrap_or_default();
        let labels: Vec<&str> = host.trim_start_matches("www.").split('.').collect();
        // The name before the public suffix, near enough: the longest label of the last three.
        let known = labels.iter().rev().take(3).max_by_key(|l| l.len()).copied().unwrap_or_default();
        if host.ends_with(".invalid") { self.gold.id.clone() } else { known.to_owned() }
    }
}

/// Reads the pages of one corpus; a page without a file is left out.
///
/// # Errors
/// Where the gold cannot be read.
pub fn read(root: &Path, corpus: &'static str) -> anyhow::Result<Vec<Known>> {
    let folder = root.join("extract").join(corpus);
    let file = folder.join("gold.jsonl");
    let lines =
        std::fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let mut known = Vec::new();
    for line in lines.lines().filter(|l| !l.trim().is_empty()) {
        let gold: Gold = serde_json::from_str(line).context("a line of gold")?;
        let html = folder.join("html");
        let plain = std::fs::read(html.join(format!("{}.html", gold.id)));
        let Ok(bytes) = plain.or_else(|_| std::fs::read(html.join(format!("{}.html.gz", gold.id)))) else {
            continue;
        };
        known.push(Known { corpus, page: page(inflate(bytes)?, gold.url.as_deref())?, gold });
    }
    Ok(known)
}

fn inflate(bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut out)?;
    Ok(out)
}

fn page(body: Vec<u8>, url: Option<&str>) -> anyhow::Result<Page> {
    let known = url.filter(|u| CanonicalUrl::parse(u).is_ok()).unwrap_or("http://unknown.invalid/");
    Ok(Page {
        url: known.to_owned(),
        canonical: CanonicalUrl::parse(known)?,
        requested_url: None,
        source: SourceId("bench".to_owned()),
        fetched_at: jiff::Timestamp::now(),
        status: 200,
        content_type: None,
        headers: BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body,
    })
}

/// Hashes of the words of a text.
#[must_use]
pub fn words(text: &str) -> Vec<u64> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
        .map(|word| hash(&word))
        .collect()
}

/// Hashes of runs of `n` words; a shorter text is one run.
#[must_use]
pub fn runs(words: &[u64], n: usize) -> Vec<u64> {
    if words.is_empty() {
        return Vec::new();
    }
    words.windows(n.min(words.len())).map(|w| hash(&w)).collect()
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Precision and recall of a text against the best of the bodies accepted; `None` where a side is empty.
#[must_use]
pub fn score(gold: &Gold, text: &str) -> (Option<f64>, Option<f64>, f64) {
    let told = counted(&runs(&words(text), SHINGLE));
    let one = |body: &str| {
        let wanted = counted(&runs(&words(body), SHINGLE));
        let hit: usize = wanted.iter().map(|(k, n)| (*n).min(told.get(k).copied().unwrap_or(0))).sum();
        let (of_told, of_wanted) = (told.values().sum::<usize>(), wanted.values().sum::<usize>());
        let part = |whole: usize| (whole > 0).then(|| hit as f64 / whole as f64);
        let (p, r) = (part(of_told), part(of_wanted));
        let both = 2.0 * hit as f64 / ((of_told + of_wanted).max(1)) as f64;
        (p, r, if of_told + of_wanted == 0 { 1.0 } else { both })
    };
    gold.bodies().into_iter().map(one).max_by(|a, b| a.2.total_cmp(&b.2)).unwrap_or((None, None, 0.0))
}

fn counted(of: &[u64]) -> HashMap<u64, usize> {
    let mut counts = HashMap::with_capacity(of.len());
    for &run in of {
        *counts.entry(run).or_default() += 1;
    }
    counts
}

/// Sums of scores over a corpus.
#[derive(Debug, Default, Clone)]
pub struct Total {
    precision: Vec<f64>,
    recall: Vec<f64>,
    /// Segments held and wanted, held and not wanted, wanted and missing.
    segments: [usize; 3],
}

impl Total {
    /// Adds a page.
    pub fn add(&mut self, gold: &Gold, text: &str) {
        if !gold.bodies().is_empty() {
            let (p, r, _) = score(gold, text);
            self.precision.extend(p);
            self.recall.extend(r);
        }
        let flat = squeezed(text);
        let held = |all: &[String]| all.iter().filter(|s| flat.contains(&squeezed(s))).count();
        let (good, bad) = (held(&gold.with), held(&gold.without));
        self.segments[0] += good;
        self.segments[1] += bad;
        self.segments[2] += gold.with.len() - good;
    }

    /// Precision, recall and F1 of the bodies, or of the segments where no bodies are known.
    #[must_use]
    pub fn prf(&self) -> (f64, f64, f64) {
        let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
        let [good, bad, missing] = self.segments.map(|n| n as f64);
        let (p, r) = if self.recall.is_empty() {
            (good / (good + bad).max(1.0), good / (good + missing).max(1.0))
        } else {
            (mean(&self.precision), mean(&self.recall))
        };
        (p, r, 2.0 * p * r / (p + r).max(f64::MIN_POSITIVE))
    }
}

/// White space as single spaces.
#[must_use]
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

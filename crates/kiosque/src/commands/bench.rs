//! `kiosque bench`: how fast each stage works, on pages given or on those of the invented press.
//!
//! One thread and one page after the other, as a stage works; the store is a file in a temporary folder, written in
//! batches as the sink does. Quote ratios between rows of one run, not absolute times of two.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use comfy_table::{Table, presets};
use jiff::tz::TimeZone;
use kiosque_classify::Classifier;
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{Article, Page, Tagged};
use kiosque_press::{Hour, Press, Request};
use kiosque_store::{Store, StoreOptions};
use serde::Deserialize;

use super::extract;
use crate::batch;
use crate::cli::BenchArgs;

/// Articles the sink writes in one transaction.
const BATCH: usize = 128;

#[derive(Deserialize)]
struct Line {
    path: PathBuf,
    #[serde(default)]
    url: Option<String>,
}

/// The times of one stage.
struct Row {
    stage: &'static str,
    times: Vec<Duration>,
    bytes: usize,
}

/// Measures and prints the table.
pub(crate) fn run(args: &BenchArgs) -> Result<ExitCode> {
    let pages = match &args.manifest {
        Some(manifest) => given(manifest)?,
        None => invented()?,
    };
    if pages.is_empty() {
        bail!("there is no page to measure on");
    }
    let bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    let (extract, articles) = timed("extract", bytes, pages, |page| kiosque_extract::extract(&page).ok());
    let articles: Vec<Article> = articles.into_iter().flatten().collect();
    let text: usize = articles.iter().map(|article| article.text.len()).sum();
    let classifier = Classifier::bundled();
    let (classify, tagged) = timed("classify", text, articles, |article| classifier.tag(article));
    let zone = TimeZone::UTC;
    let mut grouper = Grouper::new(Settings::default());
    let (group, placed) = timed("group", text, tagged, |tagged| {
        let placement = grouper.place(&Item::of(&tagged.article, tagged.language.clone(), &zone));
        (tagged, placement)
    });
    let store = store(&placed, text)?;
    print(&[extract, classify, group, store], args.json);
    Ok(ExitCode::SUCCESS)
}

fn timed<I, O>(
    stage: &'static str,
    bytes: usize,
    inputs: Vec<I>,
    mut work: impl FnMut(I) -> O,
) -> (Row, Vec<O>) {
    let mut times = Vec::with_capacity(inputs.len());
    let outputs = inputs
        .into_iter()
        .map(|input| {
            let start = Instant::now();
            let output = work(input);
            times.push(start.elapsed());
            output
        })
        .collect();
    (Row { stage, times, bytes }, outputs)
}

/// The sink's writes; a batch's time is shared evenly by its articles.
fn store(placed: &[(Tagged, kiosque_group::Placement)], bytes: usize) -> Result<Row> {
    let folder = std::env::temp_dir().join(format!("kiosque-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let times = write(&folder.join("store.sqlite"), placed);
    std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
    Ok(Row { stage: "store", times: times?, bytes })
}

fn write(path: &Path, placed: &[(Tagged, kiosque_group::Placement)]) -> Result<Vec<Duration>> {
    let store = Store::open_with(path, &StoreOptions { zone: Some(TimeZone::UTC) })?;
    let mut times = Vec::with_capacity(placed.len());
    for articles in placed.chunks(BATCH) {
        let start = Instant::now();
        let mut batch = store.begin()?;
        for (tagged, placement) in articles {
            batch.put(tagged)?;
            batch.place(
                &tagged.article.id,
                placement.copy_of.as_ref(),
                &placement.story,
                &placement.because,
            )?;
        }
        batch.commit()?;
        let each = start.elapsed() / u32::try_from(articles.len()).unwrap_or(1);
        times.extend(std::iter::repeat_n(each, articles.len()));
    }
    Ok(times)
}

fn given(manifest: &Path) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for line in std::io::BufRead::lines(batch::open(manifest)?) {
        let line: Line = serde_json::from_str(&line.context("cannot read the manifest")?)
            .context("the manifest line is not `{\"path\":…}`")?;
        pages.push(extract::page(batch::file_bytes(&line.path)?, line.url.as_deref())?);
    }
    Ok(pages)
}

fn invented() -> Result<Vec<Page>> {
    let press = Press::new();
    let ask = |url: &str| {
        let (host, target) = url.trim_start_matches("http://").split_once('/').unwrap_or((url, ""));
        let request =
            Request { host: host.to_owned(), target: format!("/{target}"), headers: Default::default() };
        press.respond(Hour::SecondAfternoon, &request)
    };
    press.truth().iter().map(|truth| extract::page(ask(&truth.url).body, Some(&truth.url))).collect()
}

fn print(rows: &[Row], json: bool) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_header(["stage", "pages", "pages/s", "MB/s", "p50 ms", "p99 ms"]);
    for row in rows {
        let mut times = row.times.clone();
        times.sort();
        let total: f64 = times.iter().map(Duration::as_secs_f64).sum::<f64>().max(f64::EPSILON);
        let quantile = |share: usize| {
            times.get(times.len().saturating_sub(1) * share / 100).map_or(0.0, |t| t.as_secs_f64() * 1e3)
        };
        let (per_second, megabytes) = (times.len() as f64 / total, row.bytes as f64 / 1e6 / total);
        if json {
            let line = serde_json::json!({
                "stage": row.stage, "pages": times.len(), "pages_per_s": per_second, "mb_per_s": megabytes,
                "p50_ms": quantile(50), "p99_ms": quantile(99), "peak_memory_kb": peak_memory_kb(),
            });
            println!("{line}");
        }
        table.add_row([
            row.stage.to_owned(),
            times.len().to_string(),
            format!("{per_second:.0}"),
            format!("{megabytes:.1}"),
            format!("{:.2}", quantile(50)),
            format!("{:.2}", quantile(99)),
        ]);
    }
    if !json {
        println!("{table}");
        if let Some(kb) = peak_memory_kb() {
            println!("peak memory {} MB", kb / 1000);
        }
    }
}

/// The largest resident size so far, where the system tells.
fn peak_memory_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

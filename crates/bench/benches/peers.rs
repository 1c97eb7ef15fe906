//! Ours beside the Rust peers, in one run: `KIOSQUE_CORPORA=DIR cargo bench [-- CORPUS…]`.
//!
//! Every tool reads the same decoded pages on one thread; its body is scored as `corpus` says, its speed is pages per
//! second of processor time and its slowest page. Peers run with their settings for most recall of the body that keep
//! comments out, a tool that panics or refuses a page gives an empty body.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use anyhow::Context;
use kiosque_bench::clock::Clock;
use kiosque_bench::corpus::{self, CORPORA, Known, Total};

/// A tool: from a page and its decoded text to a body.
type Tool = fn(&Known, &str) -> String;

const TOOLS: [(&str, Tool); 4] = [
    ("kiosque", ours),
    ("trafilatura", trafilatura),
    ("rs-trafilatura", rs_trafilatura),
    ("dom_smoothie", dom_smoothie),
];

fn main() -> anyhow::Result<()> {
    let root = PathBuf::from(std::env::var_os("KIOSQUE_CORPORA").context("`KIOSQUE_CORPORA` is not set")?);
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    // A peer's panic is its empty answer, not this run's noise.
    std::panic::set_hook(Box::new(|_| {}));
    println!(
        "{:12} {:15} {:>5} {:>9} {:>6} {:>6} {:>8} {:>9}",
        "corpus", "tool", "pages", "precision", "recall", "F1", "pages/s", "slowest"
    );
    for name in CORPORA.into_iter().filter(|n| asked.is_empty() || asked.iter().any(|a| a == n)) {
        let pages = corpus::read(&root, name)?;
        let texts: Vec<String> = pages
            .iter()
            .map(|known| kiosque_extract::decode(&known.page.body, None).0.into_owned())
            .collect();
        for (tool, run) in TOOLS {
            let row = measure(&pages, &texts, run);
            let (p, r, f) = row.total.prf();
            println!(
                "{name:12} {tool:15} {:5} {p:9.4} {r:6.4} {f:6.4} {:8.0} {:6.0} ms",
                pages.len(),
                pages.len() as f64 / row.seconds,
                row.slowest_ms
            );
        }
    }
    Ok(())
}

struct Row {
    total: Total,
    seconds: f64,
    slowest_ms: f64,
}

fn measure(pages: &[Known], texts: &[String], run: Tool) -> Row {
    let mut row = Row { total: Total::default(), seconds: 0.0, slowest_ms: 0.0 };
    for (known, text) in pages.iter().zip(texts) {
        let started = Clock::start();
        let body = catch_unwind(AssertUnwindSafe(|| run(known, text))).unwrap_or_default();
        let took = started.seconds();
        row.seconds += took;
        row.slowest_ms = row.slowest_ms.max(took * 1000.0);
        row.total.add(&known.gold, &body);
    }
    row
}

/// Ours reads bytes: decoding is in its time.
fn ours(known: &Known, _text: &str) -> String {
    kiosque_extract::extract(&known.page).map(|article| article.text).unwrap_or_default()
}

fn trafilatura(_known: &Known, text: &str) -> String {
    let options = trafilatura::Options::default().with_fallback(true);
    trafilatura::extract(text, &options).map(|found| found.content_text).unwrap_or_default()
}

fn rs_trafilatura(known: &Known, text: &str) -> String {
    let options = rs_trafilatura::Options {
        include_comments: false,
        url: Some(known.page.url.clone()),
        ..rs_trafilatura::Options::default()
    };
    rs_trafilatura::extract_with_options(text, &options).map(|found| found.content_text).unwrap_or_default()
}

fn dom_smoothie(known: &Known, text: &str) -> String {
    let config = dom_smoothie::Config { text_mode: dom_smoothie::TextMode::Formatted, ..Default::default() };
    dom_smoothie::Readability::new(text, Some(&known.page.url), Some(config))
        .and_then(|mut page| page.parse())
        .map(|found| found.text_content.to_string())
        .unwrap_or_default()
}

//! Fuzzes the extractor with mutated real pages: `KIOSQUE_CORPORA=DIR cargo run --release
//! --bin fuzz -- MINUTES FOLDER [SEED]`.
//!
//! Every page must give an article or an error, in bounded time, with HTML of the elements promised and nothing else.
//! A page that does not is written to FOLDER under its round's number, which with the seed gives it again.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use kiosque_bench::clock::Clock;
use kiosque_bench::corpus::{self, CORPORA, Known};
use kiosque_extract::{extract, read_page};

/// A page that takes longer is a find: pages are 10 MB at most and most far smaller.
const SLOW_SECONDS: f64 = 1.0;
/// Mutated pages are no larger.
const MAX_BYTES: usize = 3 << 20;
/// What breaks parsers and their callers.
const HOSTILE: [&str; 20] = [
    "<div>",
    "</div></div></div>",
    "<b><i><a href=x>",
    "<table><tr><td>",
    "<p class=\"",
    "<!--",
    "<script>",
    "</script",
    "<![CDATA[",
    "&#x110000;&#0;&amp;amp;",
    "<article class=article-body><h1>x</h1>",
    "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"articleBody\":\"",
    "<svg><title><p>",
    "<ul><li><ul><li>",
    "\u{202E}\u{FEFF}\u{AD}\u{0}",
    "<blockquote><p>Une phrase de plus, avec un verbe.</p>",
    "<template><noscript><iframe>",
    "<meta charset=utf-16><meta property=og:title content='",
    "<li><a href=/a-long-headline-of-another-article>A long headline of another article</a></li>",
    "<time datetime=9999999-99-99T99:99:99Z>",
];
const ELEMENTS: [&str; 17] = [
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "blockquote",
    "table",
    "tr",
    "td",
    "th",
    "a",
    "strong",
    "em",
    "pre",
    "br",
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}

fn main() -> anyhow::Result<()> {
    let root = PathBuf::from(std::env::var_os("KIOSQUE_CORPORA").context("`KIOSQUE_CORPORA` is not set")?);
    let mut args = std::env::args().skip(1);
    let minutes: u64 = args.next().context("how many minutes?")?.parse()?;
    let folder = PathBuf::from(args.next().context("which folder for what is found?")?);
    let seed: u64 = args.next().map_or(Ok(1), |s| s.parse())?;
    std::fs::create_dir_all(&folder)?;
    let mut pages = Vec::new();
    for name in CORPORA {
        pages.extend(corpus::read(&root, name)?);
    }
    std::panic::set_hook(Box::new(|_| {}));
    let (started, mut rounds, mut found, mut slowest) = (Instant::now(), 0u64, 0, 0.0f64);
    while started.elapsed() < Duration::from_secs(60 * minutes) {
        rounds += 1;
        let mut dice = Dice(seed.wrapping_mul(1 << 40).wrapping_add(rounds));
        let page = mutated(&pages, &mut dice);
        let clock = Clock::start();
        let fault = try_page(&page);
        let took = clock.seconds();
        slowest = slowest.max(took);
        let fault = fault.or_else(|| (took > SLOW_SECONDS).then(|| format!("slow: {took:.2} s")));
        if let Some(fault) = fault {
            found += 1;
            keep(&folder, seed, rounds, &page, &fault)?;
        }
    }
    println!("{rounds} pages in {:?}, slowest {slowest:.2} s, {found} finds", started.elapsed());
    Ok(())
}

fn keep(folder: &Path, seed: u64, round: u64, page: &Known, fault: &str) -> anyhow::Result<()> {
    println!("{seed}-{round}: {fault} ({} bytes)", page.page.body.len());
    std::fs::write(folder.join(format!("{seed}-{round}.html")), &page.page.body)?;
    Ok(())
}

/// What is wrong with the answer to a page, if anything.
fn try_page(known: &Known) -> Option<String> {
    let page = &known.page;
    let answer = catch_unwind(AssertUnwindSafe(|| {
        let url = page.canonical.as_str().parse().ok()?;
        let _ = read_page(&page.body, None, &url);
        extract(page).ok()
    }));
    let Ok(article) = answer else { return Some("panic".to_owned()) };
    let article = article?;
    let strange =
        tags(&article.html).find(|tag| !ELEMENTS.contains(tag)).map(|tag| format!("element `{tag}`"));
    let lost = article.text.contains('\u{AD}') || article.text.contains('\u{0}');
    strange.or_else(|| lost.then(|| "a control in the text".to_owned()))
}

/// The names of the tags in sanitised HTML.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| {
        let rest = rest.trim_start_matches('/');
        &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())]
    })
}

fn mutated(pages: &[Known], dice: &mut Dice) -> Known {
    let from = &pages[dice.below(pages.len())];
    let mut body = from.page.body.clone();
    for _ in 0..=dice.below(10) {
        mutate(&mut body, pages, dice);
        body.truncate(MAX_BYTES);
        if body.is_empty() {
            body.push(b'x');
        }
    }
    let mut page = from.page.clone();
    page.body = body;
    Known { corpus: from.corpus, gold: from.gold.clone(), page }
}

fn mutate(body: &mut Vec<u8>, pages: &[Known], dice: &mut Dice) {
    let at = dice.below(body.len());
    let end = (at + dice.below(4000)).min(body.len());
    match dice.below(9) {
        0 => drop(body.drain(at..end)),
        1 => body.truncate(at.max(1)),
        2 => {
            let piece = body[at..end].to_vec();
            let times = 1 + dice.below(200);
            let room = MAX_BYTES.saturating_sub(body.len()) / piece.len().max(1);
            drop(body.splice(at..at, piece.repeat(times.min(room))));
        }
        3 => {
            let piece = HOSTILE[dice.below(HOSTILE.len())].repeat(1 + dice.below(3000));
            drop(body.splice(at..at, piece.into_bytes()));
        }
        4 => {
            let other = &pages[dice.below(pages.len())].page.body;
            let cut = dice.below(other.len());
            drop(body.splice(at.., other[cut..].iter().copied()));
        }
        5 => body[at..end].iter_mut().for_each(|b| *b = b.rotate_left(3)),
        6 => body[at..end].reverse(),
        7 => drop(body.splice(at..end, (0..64).map(|i| (i * 37 + at) as u8))),
        _ => {
            let other = pages[dice.below(pages.len())].page.body.clone();
            drop(body.splice(at..at, other));
        }
    }
}

//! How long placing takes, and what memory holds, in a window of a quarter of a million articles: `window [N]`.
//!
//! An invented press of 300 outlets: events of one to forty articles, each with names, places and words of its
//! own in a common language drawn by a power law; every fifth article reprints another.

use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{Language, PageId, SourceId};

/// Days over which the articles are spread; one less than a window holds, so that none is forgotten.
const DAYS: i64 = 6;
/// Placements timed once the window is full.
const TIMED: u64 = 5_000;

/// xorshift64*: the same press on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Article `n`: two in three words of the common language, the others of its event.
fn article(n: u64, at: Timestamp) -> Item {
    // A reprint takes the text of an article a few hundred before it.
    let of = if n % 5 == 4 { n - n % 300 } else { n };
    let event = (of as f64).powf(0.93) as u64;
    let mut common = Dice(of.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut own = Dice(event.wrapping_add(7).wrapping_mul(0xD1B5_4A32_D192_ED03) | 1);
    let names: Vec<String> = (0..6).map(|_| format!("Nom{:.0}", 200_000.0 * own.roll())).collect();
    let matter: Vec<String> = (0..40).map(|_| format!("fait{:.0}", 60_000_f64.powf(own.roll()))).collect();
    let mut word = || match common.roll() {
        r if r < 0.06 => names[(common.roll() * 6.0) as usize].clone(),
        r if r < 0.33 => matter[(common.roll() * 40.0) as usize].clone(),
        _ => format!("mot{:.0}", 80_000_f64.powf(common.roll())),
    };
    let text: Vec<String> = (0..300).map(|_| word()).collect();
    Item {
        id: PageId(format!("{n:032x}")),
        title: text[..10].join(" "),
        text: text.join(" "),
        language: Language::from_tag("fr"),
        at,
        source: SourceId(format!("titre-{}", n % 300)),
    }
}

/// What the process holds in memory, in megabytes, where the system tells.
fn resident_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

fn main() {
    let window: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(250_000);
    let step_ms = DAYS * 86_400_000 / i64::try_from(window + TIMED).unwrap_or(i64::MAX);
    let at = |n: u64| Timestamp::UNIX_EPOCH + (i64::try_from(n).unwrap_or(0) * step_ms).milliseconds();
    let mut grouper = Grouper::new(Settings::default());
    let before = resident_mb().unwrap_or(0);
    let mut copies = 0;
    for n in 0..window {
        copies += u64::from(grouper.place(&article(n, at(n))).copy_of.is_some());
    }
    println!("articles in the window  {}", grouper.len());
    println!("copies among them       {copies}");
    println!("memory                  {} MB", resident_mb().unwrap_or(0).saturating_sub(before));
    let mut times: Vec<Duration> = (window..window + TIMED)
        .map(|n| {
            let item = article(n, at(n));
            let start = Instant::now();
            std::hint::black_box(grouper.place(&item));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let nth = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap_or(1);
    println!("placement, mean         {mean:.2?}");
    println!("placement, median       {:.2?}", nth(0.5));
    println!("placement, 99 of 100    {:.2?}", nth(0.99));
    println!("placement, longest      {:.2?}", nth(1.0));
}

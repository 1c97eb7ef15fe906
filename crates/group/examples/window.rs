//! How long placing takes, and what memory holds, in a window of a quarter of a million articles: `window [N]`.
//!
//! An invented press of 300 outlets: events of one to forty articles, each with names, places and words of its
//! own in a common language drawn by a power law; every fifth article reprints another. The articles timed arrive as
//! in a stream, published up to an hour before, and settle in spells of twenty-five.

use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Arrival, Grouper, Item, Settings};
use kiosque_model::{Language, PageId, SourceId};

/// Days over which the articles are spread; one less than a window holds, so that none is forgotten.
const DAYS: i64 = 6;
/// Placements timed once the window is full.
const TIMED: u64 = 5_000;

/// Articles that come in one spell of work; after it what is open settles.
const SPELL: u64 = 25;

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

/// What the process has had of the processor, in seconds, where the system tells.
fn cpu_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(status.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
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
    if let Some(spent) = cpu_seconds() {
        println!(
            "processor, filling      {:.2} ms each, writing the articles included",
            spent * 1e3 / window as f64
        );
    }
    println!("memory                  {} MB", resident_mb().unwrap_or(0).saturating_sub(before));
    let (mut times, mut lag) = (Vec::new(), Dice(0x5EED));
    let (cpu, start) = (cpu_seconds(), Instant::now());
    for n in window..window + TIMED {
        let fetched = at(n);
        let published = fetched - ((3_600_000.0 * lag.roll()) as i64).milliseconds();
        let item = article(n, published);
        let start = Instant::now();
        grouper.arrive(&item, Arrival { fetched, met: fetched, bare_day: false });
        times.push(start.elapsed());
        if n % SPELL == SPELL - 1 {
            grouper.settle();
            std::hint::black_box(grouper.changes());
        }
    }
    let of_each = |seconds: f64| seconds * 1e3 / TIMED as f64;
    println!("arriving and settling   {:.2} ms each", of_each(start.elapsed().as_secs_f64()));
    if let Some(spent) = cpu_seconds().zip(cpu).map(|(after, before)| after - before) {
        println!("the same, of processor  {:.2} ms each", of_each(spent));
    }
    times.sort_unstable();
    let nth = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap_or(1);
    println!("placement, mean         {mean:.2?}");
    println!("placement, median       {:.2?}", nth(0.5));
    println!("placement, 99 of 100    {:.2?}", nth(0.99));
    println!("placement, longest      {:.2?}", nth(1.0));
}

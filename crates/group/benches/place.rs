//! How long placing one article takes in a window already full.

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{Language, PageId, SourceId};

fn main() {
    divan::main();
}

/// Article `n` of an endless invented press of 300 words each, words drawn by a power law.
fn article(n: u64) -> Item {
    let mut state = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let share = (state >> 40) as f64 / f64::from(1_u32 << 24);
        format!("mot{:.0}", 120_000_f64.powf(share))
    };
    let text: Vec<String> = (0..300).map(|_| word()).collect();
    Item {
        id: PageId(format!("{n:032x}")),
        title: text[..9].join(" "),
        text: text.join(" "),
        language: Language::from_tag("fr"),
        at: Timestamp::UNIX_EPOCH + (i64::try_from(n).unwrap_or(0) * 2).seconds(),
        source: SourceId(format!("s{}", n % 300)),
    }
}

#[divan::bench(args = [1_000, 20_000], sample_count = 200)]
fn place(bencher: divan::Bencher, window: u64) {
    let mut grouper = Grouper::new(Settings::default());
    for n in 0..window {
        grouper.place(&article(n));
    }
    let mut next = window;
    bencher
        .with_inputs(|| {
            next += 1;
            article(next)
        })
        .bench_local_values(|item| grouper.place(&item));
}

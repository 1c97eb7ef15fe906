//! Measures the building and the export of a day of many articles: `cargo run --release --example large_day [ARTICLES
//! [FILE.pdf]]`; for the PDF with `--features pdf`.
//!
//! The day is invented: stories of one to eight articles from forty outlets, a fifth of them copies, texts of 100 to 900
//! words. Times are of the processor, so that a busy machine tells the same.

use std::error::Error;

use jiff::tz::TimeZone;
use kiosque_edition::{EditionSpec, Format, GroupBy, build, render};
use kiosque_model::{Article, CanonicalUrl, Rubrique, SourceId, Tagged};
use kiosque_store::{Store, StoreOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let articles: usize = std::env::args().nth(1).map_or(Ok(5_000), |word| word.parse())?;
    let folder = std::env::temp_dir().join(format!("kiosque-large-day-{}", std::process::id()));
    let zone = TimeZone::get("Africa/Casablanca")?;
    let store = Store::open_with(&folder.join("store.sqlite"), &StoreOptions { zone: Some(zone.clone()) })?;
    fill(&store, articles)?;
    let spec = EditionSpec::new("matin", zone, "Africa/Casablanca");
    let date = "2026-10-07".parse()?;
    let start = processor_ms()?;
    let edition = build(&store, &spec, date)?.edition;
    let built = processor_ms()?;
    let html = render(&edition, Format::Html, GroupBy::Rubrique)?;
    let rendered = processor_ms()?;
    println!(
        "{articles} articles, {} stories: built in {} ms, {} KiB of HTML in {} ms, peak memory {} MB",
        edition.stories,
        built - start,
        html.len() / 1024,
        rendered - built,
        peak_mb()?
    );
    if let Some(path) = std::env::args().nth(2) {
        let start = processor_ms()?;
        let pdf = render(&edition, Format::Pdf, GroupBy::Rubrique)?;
        println!(
            "{} items: {} KiB of PDF in {} ms",
            edition.items().count(),
            pdf.len() / 1024,
            processor_ms()? - start
        );
        std::fs::write(path, pdf)?;
    }
    drop(store);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn fill(store: &Store, articles: usize) -> Result<(), Box<dyn Error>> {
    let mut batch = store.begin()?;
    let mut story = None;
    let mut first = None;
    for at in 0..articles {
        let tagged = article(at)?;
        batch.put(&tagged)?;
        let id = tagged.article.id.clone();
        // Stories of one, two, … eight articles in turn.
        if story.is_none() || at % 36 < 8 || at % 5 == 0 {
            (story, first) = (Some(id.clone()), Some(id.clone()));
        }
        let original = first.as_ref().filter(|first| **first != id && at % 4 == 1);
        batch.place(&id, original, story.as_ref().unwrap_or(&id), "invented")?;
    }
    Ok(batch.commit()?)
}

fn article(at: usize) -> Result<Tagged, Box<dyn Error>> {
    let source = format!("titre-{}", at * 7 % 40);
    let url = CanonicalUrl::parse(&format!("https://www.{source}.example/{at}.html"))?;
    let mut article = Article::new(url.to_string(), url, SourceId(source), "2026-10-07T20:00:00Z".parse()?);
    article.title = Some(format!("Le conseil examine le dossier numéro {at} avant la fin du mois"));
    let sentence =
        "Les services concernés ont dit suivre la situation de près depuis le début de la semaine. ";
    article.text = sentence.repeat(7 + at * 13 % 53);
    article.published = Some(format!("2026-10-07T{:02}:{:02}:00+01:00", at % 24, at % 60).parse()?);
    article.authors = vec!["A. Naji".to_owned()];
    let labels = serde_json::json!({
        "article": article, "language": "fr", "rubrique": Rubrique::ALL[at % 14], "confidence": 0.8,
        "keywords": ["conseil", format!("dossier {}", at % 90)],
    });
    Ok(serde_json::from_value(labels)?)
}

/// Time of the processor this process has used, in milliseconds (proc(5): ticks of 1/100 s).
fn processor_ms() -> Result<u64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or(0);
    Ok((ticks(11) + ticks(12)) * 10)
}

/// The most memory this process held, in megabytes.
fn peak_mb() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    Ok(line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024)
}

//! Rebuilds `data/background.tsv`: reads articles, one JSON object a line (`lang`, `title`, `text`), and writes
//! each key with the number of 10,000 articles that hold it, most common first: stems, names and places in the language
//! that holds them most often, concepts (`=`), which every language has, on the mean of the languages. Keys rarer than [`LEAST`] are left out, as grouping assumes such a rate for them anyway.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Write};

use kiosque_group::background_keys;
use kiosque_model::Language;

/// Of 10,000 articles.
const LEAST: u64 = 12;
/// What the key of a concept begins with.
const CONCEPT: char = '=';

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut articles: HashMap<String, u64> = HashMap::new();
    let mut holding: HashMap<(String, String), u64> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let read: serde_json::Value = serde_json::from_str(&line?)?;
        let field = |name: &str| read[name].as_str().unwrap_or_default();
        let lang = field("lang").to_owned();
        let language = Language::from_tag(&lang);
        for key in background_keys(field("title"), field("text"), language.as_ref()) {
            *holding.entry((lang.clone(), key)).or_default() += 1;
        }
        *articles.entry(lang).or_default() += 1;
    }
    let mut rates: BTreeMap<String, u64> = BTreeMap::new();
    for ((lang, key), count) in holding {
        let rate = count * 10_000 / articles[&lang];
        let shared = key.starts_with(CONCEPT);
        let known = rates.entry(key).or_default();
        *known = if shared { *known + rate / articles.len() as u64 } else { rate.max(*known) };
    }
    let mut ranked: Vec<(String, u64)> = rates.into_iter().filter(|(_, rate)| *rate >= LEAST).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut out = std::io::stdout().lock();
    for (key, rate) in ranked {
        writeln!(out, "{key}\t{rate}")?;
    }
    Ok(())
}

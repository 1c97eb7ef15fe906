//! Catalogues as other programs keep them: OPML of feed readers, CSV of spreadsheets, one feed a row.
//!
//! Feeds come in, outlets go into the catalogue: rows of one outlet (the same id, else the same site) become one
//! source with its feeds. What stands in the catalogue already is left as it is.

mod out;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use anyhow::{Context, Result, bail};
use kiosque_crawl::{Outline, SourceKind};
use kiosque_model::{CanonicalUrl, Language, Rubrique};
use url::Url;

use crate::config::{DELAY_MS, FeedConfig, KINDS, MAX_PAGES, Medium, SourceConfig, Trust};

pub(crate) use out::{to_csv, to_opml};

/// The columns written, and read in any order; those of the same meaning that others use stand in [`ALIASES`].
const COLUMNS: [&str; 19] = [
    "id",
    "name",
    "name_ar",
    "home",
    "language",
    "country",
    "kind",
    "feed",
    "rubrique",
    "tier",
    "rights",
    "trust",
    "enabled",
    "reason",
    "seen_in",
    "note",
    "list",
    "delay_ms",
    "max_pages",
];
const ALIASES: [(&str, &str); 6] = [
    ("site", "home"),
    ("url", "feed"),
    ("xmlurl", "feed"),
    ("htmlurl", "home"),
    ("title", "name"),
    ("medium", "kind"),
];
/// What our own attributes are named by in OPML.
pub(crate) const NAMESPACE: (&str, &str) = ("k", "urn:kiosque:catalogue:1");

/// One feed, as a row of a table says it.
type Row = BTreeMap<String, String>;

/// What an import does to a catalogue.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Sources that are new.
    pub(crate) sources: Vec<SourceConfig>,
    /// Feeds that are new, by the id of the source that has them.
    pub(crate) feeds: Vec<(String, Vec<FeedConfig>)>,
    /// Feeds that were known.
    pub(crate) known: usize,
    /// Rows that are of no use, and why.
    pub(crate) refused: Vec<String>,
    /// Cells that say nothing that is known, and were left out.
    pub(crate) left_out: Vec<String>,
}

/// Reads an OPML or CSV file, whichever it is, and compares it with a catalogue.
///
/// # Errors
/// Where the file is neither.
pub(crate) fn plan(bytes: &[u8], catalogue: &[SourceConfig]) -> Result<Plan> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]).to_ascii_lowercase();
    let rows = if head.contains("<opml") {
        kiosque_crawl::parse_opml(bytes)?.into_iter().map(row_of_outline).collect()
    } else {
        csv_rows(bytes)?
    };
    Ok(compare(rows, catalogue))
}

fn csv_rows(bytes: &[u8]) -> Result<Vec<Row>> {
    // Spreadsheets write in the charset of their machine.
    let text = kiosque_crawl::decode(bytes, None);
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| head.bytes().filter(|b| b == d).count());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let named = |name: &str| {
        let name = name.to_lowercase();
        ALIASES.iter().find(|(other, _)| *other == name).map_or(name.clone(), |(_, ours)| (*ours).to_owned())
    };
    let names: Vec<String> =
        reader.headers().context("the CSV has no head line")?.iter().map(named).collect();
    if !names.iter().any(|name| name == "feed" || name == "home") {
        bail!(
            "this is neither OPML nor a CSV with a column `feed` or `home`\nhint: known columns are {}",
            COLUMNS.join(", ")
        );
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.context("the CSV breaks off")?;
        let cells = names.iter().cloned().zip(record.iter().map(str::to_owned));
        rows.push(cells.filter(|(_, cell)| !cell.is_empty()).collect());
    }
    Ok(rows)
}

fn row_of_outline(outline: Outline) -> Row {
    let mut row = Row::new();
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            row.insert(key.to_owned(), value);
        }
    };
    let named = |name: &str| kiosque_classify::rubrique_of_section(name).map(|r| r.slug().to_owned());
    // A folder or the title may name a rubrique; ours says it outright below.
    put("rubrique", named(&outline.title).or_else(|| outline.folders.iter().rev().find_map(|f| named(f))));
    put("name", Some(outline.title));
    put("feed", Some(outline.feed_url));
    put("home", outline.site_url);
    put("language", outline.language);
    for (name, value) in outline.extra {
        if let Some((_, key)) = name.split_once(':').filter(|(prefix, _)| *prefix == NAMESPACE.0) {
            put(key, Some(value));
        }
    }
    row
}

/// By which rows are of one outlet: its id, else its host.
fn outlet_of(row: &Row) -> Option<String> {
    if let Some(id) = row.get("id") {
        return Some(format!("id {id}"));
    }
    host_of(row.get("home").or_else(|| row.get("feed"))?)
}

fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    // An outlet may live in a folder of another one's host (`/ar/`).
    let folder = url.path().trim_matches('/');
    let folder = if folder.len() <= 3 { folder } else { "" };
    Some(format!("{}/{folder}", url.host_str()?.trim_start_matches("www.")))
}

fn compare(rows: Vec<Row>, catalogue: &[SourceConfig]) -> Plan {
    let mut plan = Plan::default();
    let canonical = |url: &str| CanonicalUrl::parse(url).map(|url| url.to_string()).ok();
    let mut urls: BTreeSet<String> = catalogue
        .iter()
        .flat_map(|s| std::iter::once(&s.url).chain(s.feeds.iter().map(|f| &f.url)))
        .filter_map(|url| canonical(url))
        .collect();
    let mut ids: BTreeSet<String> = catalogue.iter().map(|s| s.id.clone()).collect();
    // Which source an outlet is: one of the catalogue, or one that is new.
    let mut outlets: BTreeMap<String, String> = BTreeMap::new();
    for source in catalogue {
        outlets.insert(format!("id {}", source.id), source.id.clone());
        let host = source.site.as_deref().or(Some(&source.url)).and_then(host_of);
        host.map(|host| outlets.entry(host).or_insert_with(|| source.id.clone()));
    }
    for mut row in rows {
        for column in ["feed", "home"] {
            row.entry(column.to_owned()).and_modify(with_scheme);
        }
        let address = row.get("feed").or_else(|| row.get("home")).cloned().unwrap_or_default();
        let (Some(url), Some(outlet)) = (canonical(&address), outlet_of(&row)) else {
            plan.refused.push(format!("`{address}` is no address of the web"));
            continue;
        };
        if !urls.insert(url) {
            plan.known += 1;
            continue;
        }
        plan.left_out.extend(unknown_cells(&row).map(|cell| format!("`{address}`: {cell}")));
        match outlets.get(&outlet) {
            Some(id) => plan.add_feed(id.clone(), feed_of(&row, address)),
            None => {
                let source = source_of(&row, address, &ids);
                ids.insert(source.id.clone());
                outlets.insert(outlet, source.id.clone());
                if let Some(host) = row.get("home").and_then(|home| host_of(home)) {
                    outlets.entry(host).or_insert_with(|| source.id.clone());
                }
                plan.sources.push(source);
            }
        }
    }
    plan
}

impl Plan {
    fn add_feed(&mut self, id: String, feed: FeedConfig) {
        if let Some(new) = self.sources.iter_mut().find(|source| source.id == id) {
            if new.trust == Trust::Guessed && feed.enabled {
                lead_with(new, feed);
            } else {
                new.feeds.push(feed);
            }
        } else if let Some((_, feeds)) = self.feeds.iter_mut().find(|(of, _)| *of == id) {
            feeds.push(feed);
        } else {
            self.feeds.push((id, vec![feed]));
        }
    }
}

/// Makes a feed that was seen the main address of a source whose own was guessed, which stays among its feeds.
fn lead_with(source: &mut SourceConfig, feed: FeedConfig) {
    let guessed = FeedConfig {
        url: std::mem::replace(&mut source.url, feed.url),
        rubrique: std::mem::replace(&mut source.rubrique, feed.rubrique),
        enabled: false,
        note: source.note.take().or_else(|| source.reason.take()),
    };
    (source.note, source.reason) = (feed.note, None);
    (source.trust, source.enabled) = (Trust::Seen, true);
    source.feeds.insert(0, guessed);
}

/// `gazette.example` is what people write for its address.
fn with_scheme(address: &mut String) {
    let is_bare = !address.contains("://") && !address.contains(char::is_whitespace) && address.contains('.');
    if is_bare && !address.starts_with('.') {
        address.insert_str(0, "https://");
    }
}

/// Cells whose words this catalogue has no use for, in words.
fn unknown_cells(row: &Row) -> impl Iterator<Item = String> {
    let check = |column: &'static str, is_known: bool, expected: &'static str| {
        let cell = row.get(column).filter(|_| !is_known)?;
        Some(format!("{column} `{cell}` is {expected}"))
    };
    [
        check(
            "country",
            row.get("country").is_some_and(|code| is_country(code)),
            "no country code such as `MA`",
        ),
        check("tier", tier_of(row).is_some(), "no tier from 1 to 3"),
        check("rubrique", rubrique_of(row).is_some(), "no known rubrique, such as `politique`"),
        check(
            "language",
            row.get("language").is_some_and(|tag| Language::from_tag(tag).is_some()),
            "no language code such as `fr`",
        ),
    ]
    .into_iter()
    .flatten()
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn tier_of(row: &Row) -> Option<u8> {
    row.get("tier")?.parse().ok().filter(|tier| (1..=3).contains(tier))
}

fn rubrique_of(row: &Row) -> Option<Rubrique> {
    let name = row.get("rubrique")?;
    name.parse().ok().or_else(|| kiosque_classify::rubrique_of_section(name))
}

fn is_guessed(row: &Row) -> bool {
    row.get("seen_in").is_some_and(|times| times == "0") && row.contains_key("feed")
}

fn is_off(row: &Row) -> bool {
    row.get("enabled").is_some_and(|word| matches!(word.as_str(), "false" | "0" | "non" | "no"))
}

fn feed_of(row: &Row, url: String) -> FeedConfig {
    let guessed = is_guessed(row);
    let note = row.get("note").cloned().or_else(|| guessed.then(|| "adresse devinée".to_owned()));
    FeedConfig { url, rubrique: rubrique_of(row), enabled: !guessed && !is_off(row), note }
}

fn source_of(row: &Row, url: String, taken: &BTreeSet<String>) -> SourceConfig {
    let text = |key: &str| row.get(key).cloned();
    let host = row.get("home").unwrap_or(&url).clone();
    let wanted = text("id").filter(|id| crate::config::is_name(id)).unwrap_or_else(|| id_of(&host));
    let id = super::free_name(&wanted, taken);
    let name = text("name").unwrap_or_else(|| id.clone());
    let guessed = is_guessed(row);
    let named = |words: &[(&'static str, Trust)], word: Option<String>| {
        words.iter().find(|(name, _)| Some(*name) == word.as_deref()).map(|(_, value)| *value)
    };
    let rights = text("rights").and_then(|word| word.parse().ok());
    let medium = text("kind").map(|word| if word == "pure player" { "web".to_owned() } else { word });
    SourceConfig {
        name_ar: text("name_ar"),
        rubrique: rubrique_of(row),
        site: text("home").filter(|home| CanonicalUrl::parse(home).is_ok()),
        language: text("language").and_then(|tag| Language::from_tag(&tag)),
        country: text("country").filter(|code| is_country(code)),
        medium: medium.and_then(|word| Medium::ALL.iter().find(|(name, _)| *name == word).map(|(_, m)| *m)),
        tier: tier_of(row).unwrap_or(2),
        rights: rights.unwrap_or_default(),
        trust: named(&Trust::ALL, text("trust")).unwrap_or(if guessed {
            Trust::Guessed
        } else {
            Trust::Seen
        }),
        enabled: !guessed && !is_off(row),
        reason: text("reason").or_else(|| guessed.then(|| "adresse devinée".to_owned())),
        note: text("note"),
        kind: text("list").map_or(SourceKind::Auto, |word| list_kind(&word)),
        delay_ms: number(row, "delay_ms", &DELAY_MS),
        max_pages: number(row, "max_pages", &MAX_PAGES),
        ..SourceConfig::new(id, name, url)
    }
}

fn number<T: TryFrom<i64>>(row: &Row, column: &str, range: &RangeInclusive<i64>) -> Option<T> {
    let number = row.get(column)?.parse().ok().filter(|number| range.contains(number))?;
    T::try_from(number).ok()
}

fn list_kind(word: &str) -> SourceKind {
    KINDS.iter().find(|(name, _)| *name == word).map_or(SourceKind::Auto, |(_, kind)| *kind)
}

/// An id from an address: `https://www.gazette.example/` is `gazette`, `https://ar.gazette.example/` is `gazette-ar`.
pub(crate) fn id_of(address: &str) -> String {
    let Ok(url) = CanonicalUrl::parse(address) else { return "source".to_owned() };
    let domain = url.domain();
    if url.host().parse::<std::net::IpAddr>().is_ok() {
        return url.host().replace('.', "-");
    }
    let label = domain.split('.').next().unwrap_or(domain);
    let before = url.host().strip_suffix(domain).unwrap_or_default().trim_end_matches('.');
    let words = std::iter::once(label).chain(before.split('.').filter(|word| !matches!(*word, "" | "www")));
    let id: Vec<String> = words
        .map(|word| {
            word.chars()
                .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
                .collect()
        })
        .collect();
    id.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "name;name_ar;home;language;country;kind;feed;rubrique;seen_in;note\n\
        La Vigie;الرقيب;https://www.vigie.example/;fr;MA;pure player;https://vigie.example/feed;une;3;\n\
        La Vigie;الرقيب;https://www.vigie.example/;fr;MA;pure player;https://vigie.example/sport/feed;sport;2;\n\
        La Vigie;الرقيب;https://www.vigie.example/;fr;MA;pure player;https://vigie.example/eco/feed;economie;0;devinée\n\
        Le Phare;;https://phare.example/;fr;MA;hebdo;https://phare.example/rss;une;0;\n\
        La Criée;;https://criee.example/;fr;MA;hebdo;pas une adresse;une;1;\n";

    #[test]
    fn rows_of_one_outlet_become_one_source() {
        let plan = plan(CSV.as_bytes(), &[]).unwrap();
        let told: Vec<_> =
            plan.sources.iter().map(|s| (s.id.as_str(), s.enabled, s.trust, s.feeds.len())).collect();
        assert_eq!(told, [("vigie", true, Trust::Seen, 2), ("phare", false, Trust::Guessed, 0)]);
        let vigie = &plan.sources[0];
        assert_eq!((vigie.name_ar.as_deref(), vigie.medium), (Some("الرقيب"), Some(Medium::Web)));
        assert_eq!(vigie.rubrique, None);
        assert_eq!(vigie.feeds[0].rubrique, Some(Rubrique::Sport));
        assert_eq!((vigie.feeds[1].enabled, vigie.feeds[1].note.as_deref()), (false, Some("devinée")));
        assert_eq!(plan.refused, ["`pas une adresse` is no address of the web"]);
    }

    #[test]
    fn a_feed_that_was_seen_leads_where_the_first_was_guessed() {
        let rows = "name;home;feed;rubrique;seen_in;note\n\
            Le Phare;https://phare.example/;https://phare.example/rss;sport;0;\n\
            Le Phare;https://phare.example/;https://phare.example/une.xml;une;4;vue\n\
            Le Phare;https://phare.example/;https://phare.example/eco.xml;economie;2;\n";
        let plan = plan(rows.as_bytes(), &[]).unwrap();
        let [phare] = &plan.sources[..] else { panic!("{plan:?}") };
        assert_eq!((phare.url.as_str(), phare.enabled), ("https://phare.example/une.xml", true));
        assert_eq!(
            (phare.trust, phare.reason.as_deref(), phare.note.as_deref()),
            (Trust::Seen, None, Some("vue"))
        );
        let told: Vec<_> = phare.feeds.iter().map(|f| (f.url.as_str(), f.rubrique, f.enabled)).collect();
        assert_eq!(
            told,
            [
                ("https://phare.example/rss", Some(Rubrique::Sport), false),
                ("https://phare.example/eco.xml", Some(Rubrique::Economie), true),
            ]
        );
    }

    #[test]
    fn what_is_known_stays_and_new_feeds_join_their_source() {
        let mut known =
            SourceConfig::new("la-vigie".into(), "La Vigie".into(), "https://vigie.example/feed".into());
        known.site = Some("https://vigie.example/".into());
        let plan = plan(CSV.as_bytes(), &[known]).unwrap();
        assert_eq!((plan.known, plan.sources.len(), plan.feeds.len()), (1, 1, 1));
        assert_eq!((plan.feeds[0].0.as_str(), plan.feeds[0].1.len()), ("la-vigie", 2));
    }

    #[test]
    fn a_catalogue_comes_back_from_opml_and_csv() {
        let mut all = plan(CSV.as_bytes(), &[]).unwrap().sources;
        all[0].rights = kiosque_model::Rights::Licensed;
        all[0].tier = 1;
        (all[0].kind, all[0].delay_ms, all[0].max_pages) = (SourceKind::Sitemap, Some(5_000), Some(40));
        for text in [to_opml("p", &all), to_csv(&all).unwrap()] {
            let back = plan(text.as_bytes(), &[]).unwrap();
            assert_eq!(back.sources, all, "{text}");
            assert_eq!(plan(text.as_bytes(), &all).unwrap(), Plan { known: 4, ..Plan::default() });
        }
    }

    #[test]
    fn an_opml_of_a_feed_reader_is_read() {
        let opml = r#"<opml version="1.0"><body><outline text="Sport"><outline text="Stades" xmlUrl="https://stades.example/rss" htmlUrl="https://stades.example"/></outline>
            <outline text="Stades – le fil" xmlUrl="https://stades.example/fil.xml" htmlUrl="https://www.stades.example/"/></body></opml>"#;
        let plan = plan(opml.as_bytes(), &[]).unwrap();
        assert_eq!(plan.sources.len(), 1);
        assert_eq!((plan.sources[0].rubrique, plan.sources[0].feeds.len()), (Some(Rubrique::Sport), 1));
    }

    #[test]
    fn a_csv_of_a_spreadsheet_is_read_and_what_it_does_not_say_is_told() {
        let text = "home;name;language;country;rubrique;tier\r\nb.example;Journal «\u{a0}É\u{a0}»;fr;Maroc;rien;9\r\n";
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let plan = plan(&bytes, &[]).unwrap();
        let source = &plan.sources[0];
        assert_eq!(
            (source.url.as_str(), source.name.as_str()),
            ("https://b.example", "Journal «\u{a0}É\u{a0}»")
        );
        assert_eq!((source.country.as_deref(), source.tier, source.rubrique), (None, 2, None));
        let said = plan.left_out.join("\n");
        assert!(
            ["country `Maroc`", "tier `9`", "rubrique `rien`"].iter().all(|cell| said.contains(cell)),
            "{said}"
        );
    }

    #[test]
    fn what_is_neither_is_told() {
        let said = plan(b"a,b\n1,2\n", &[]).unwrap_err().to_string();
        assert!(said.starts_with("this is neither OPML nor a CSV"), "{said}");
    }

    #[test]
    fn ids_come_from_addresses() {
        let check = |address: &str, id: &str| assert_eq!(id_of(address), id, "{address}");
        check("https://www.gazette.example/x", "gazette");
        check("https://ar.gazette.example/", "gazette-ar");
        check("https://www.bbc.co.uk/afrique", "bbc");
        check("http://127.0.0.1:80/", "127-0-0-1");
    }
}

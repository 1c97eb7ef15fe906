//! The catalogue of a pipeline at start-up: the file's sources and those of its `sources_file`.

pub(crate) mod edit;
pub(crate) mod transfer;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use kiosque_crawl::{Settings, Source, SourceFeed};
use kiosque_model::CanonicalUrl;

use crate::config::{Config, SourceConfig};

/// Every source, enabled or not, those of the pipeline's file first.
///
/// # Errors
/// Where `sources_file` cannot be had, or names an address that cannot be read: with its line.
pub(crate) async fn load(config: &Config) -> Result<Vec<SourceConfig>> {
    let mut sources = config.sources.clone();
    if let Some(place) = &config.sources_file {
        let text = read(config, place).await?;
        let listed = listed(&text, &sources);
        sources.extend(listed.with_context(|| format!("`sources_file` = `{place}`"))?);
    }
    let enabled = sources.iter().filter(|source| source.enabled);
    identified(&config.crawl, enabled.flat_map(addresses))?;
    if !sources.iter().any(|source| source.enabled) {
        bail!("the pipeline `{}` has no enabled source", config.file);
    }
    Ok(sources)
}

/// Every source without asking the network: those of a `sources_file` that lies elsewhere are left out.
///
/// # Errors
/// Where the file `sources_file` names cannot be read.
pub(crate) fn all(config: &Config) -> Result<Vec<SourceConfig>> {
    let mut sources = config.sources.clone();
    if let Some(place) = config.sources_file.as_ref().filter(|place| !place.contains("://")) {
        let text = std::fs::read_to_string(place)
            .with_context(|| format!("cannot read `sources_file` = `{place}`"))?;
        let listed = listed(&text, &sources)?;
        sources.extend(listed);
    }
    Ok(sources)
}

/// Every address a source is read at.
fn addresses(source: &SourceConfig) -> impl Iterator<Item = &str> {
    let feeds = source.feeds.iter().filter(|feed| feed.enabled).map(|feed| feed.url.as_str());
    std::iter::once(source.url.as_str()).chain(feeds)
}

/// Nobody is asked for anything under a name that is an example's. A proxy of this machine, or of a network of one's own,
/// may stand before a web that is invented too.
///
/// # Errors
/// Where the contact is an example's, and one of the addresses is not.
pub(crate) fn identified<'a>(crawl: &Settings, addresses: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let contact = &crawl.agent.contact;
    let host = contact.rsplit(['@', '/']).find(|part| part.contains('.')).unwrap_or(contact);
    let host = url::Url::parse(contact)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| host.to_owned());
    let proxy = crawl.proxy.as_ref().and_then(|proxy| url::Url::parse(proxy).ok());
    let is_own = proxy.is_some_and(|proxy| match proxy.host() {
        Some(url::Host::Domain(name)) => is_reserved(name),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    });
    if is_own || !is_reserved(&host) {
        return Ok(());
    }
    let outside = addresses.into_iter().find(|address| {
        url::Url::parse(address).is_ok_and(|url| url.domain().is_some_and(|name| !is_reserved(name)))
    });
    match outside {
        Some(address) => bail!(
            "`crawl.contact` = `{contact}` is an example's, and `{address}` is a publisher's\nhint: publishers must be able to reach you: give an address of yours, also as KIOSQUE__CRAWL__CONTACT"
        ),
        None => Ok(()),
    }
}

/// Names that no publisher can have (RFC 2606, RFC 6761), or one alone, which is of a network of one's own.
fn is_reserved(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let mut labels = host.rsplit('.');
    let (last, before) = (labels.next().unwrap_or_default(), labels.next());
    match before {
        None => true,
        Some("example") if matches!(last, "com" | "net" | "org") => true,
        Some(_) => matches!(last, "example" | "test" | "invalid" | "localhost"),
    }
}

async fn read(config: &Config, place: &str) -> Result<String> {
    if place.starts_with("http://") || place.starts_with("https://") {
        let fetched = kiosque_crawl::fetch_once(config.crawl.clone(), place).await?;
        if fetched.status != 200 {
            bail!("`{place}` answered with status {}", fetched.status);
        }
        return Ok(String::from_utf8_lossy(&fetched.body).into_owned());
    }
    std::fs::read_to_string(place).with_context(|| {
        format!(
            "cannot read `sources_file` = `{place}`\nhint: a relative path counts from the working directory"
        )
    })
}

/// The sources of a text that are not known yet: of an OPML file, else of a list of addresses.
fn listed(text: &str, known: &[SourceConfig]) -> Result<Vec<SourceConfig>> {
    if text.contains("<opml") {
        return Ok(transfer::plan(text.as_bytes(), known)?.sources);
    }
    parse(text, known.iter().map(|source| source.id.clone()).collect())
}

/// One address a line; blank lines and those that begin with `#` are passed over. Ids come from the hosts.
fn parse(text: &str, mut taken: BTreeSet<String>) -> Result<Vec<SourceConfig>> {
    let mut sources = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let url = CanonicalUrl::parse(line).with_context(|| format!("line {number}"))?;
        let host = url.host().trim_start_matches("www.");
        let base: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let id = free_name(&base, &taken);
        taken.insert(id.clone());
        sources.push(SourceConfig::new(id, host.to_owned(), line.to_owned()));
    }
    Ok(sources)
}

/// The first of `base`, `base-2`, `base-3`… that is not taken.
pub(crate) fn free_name(base: &str, taken: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{base}-{n}"));
    std::iter::once(base.to_owned()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// A source as the crawler takes it.
pub(crate) fn to_crawl(source: &SourceConfig) -> Source {
    Source {
        kind: source.kind,
        delay_ms: source.delay_ms,
        max_pages: source.max_pages,
        rubrique: source.rubrique,
        feeds: source
            .feeds
            .iter()
            .filter(|feed| feed.enabled)
            .map(|feed| SourceFeed { url: feed.url.clone(), rubrique: feed.rubrique })
            .collect(),
        ..Source::new(source.id.clone(), source.url.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_source_with_a_name_of_its_own() {
        let text = "# presse\nhttp://www.a.example/feed.xml\n\nhttp://a.example/sport.xml\n";
        let sources = parse(text, BTreeSet::new()).unwrap();
        let told: Vec<_> = sources.iter().map(|s| (s.id.as_str(), s.url.as_str())).collect();
        assert_eq!(
            told,
            [("a-example", "http://www.a.example/feed.xml"), ("a-example-2", "http://a.example/sport.xml")]
        );
    }

    #[test]
    fn publishers_are_asked_under_a_name_of_ones_own() {
        let check = |contact: &str, address: &str, expected: bool| {
            let mut config = Config::parse("demo", crate::config::DEMO, []).unwrap();
            config.crawl.proxy = None;
            config.crawl.agent.contact = contact.to_owned();
            assert_eq!(identified(&config.crawl, [address]).is_ok(), expected, "{contact} {address}");
        };
        let publisher = "https://www.lemonde.fr/rss";
        check("desk@revue.example", publisher, false);
        check("https://www.Example.com/bot", publisher, false);
        check("desk@example.org.", publisher, false);
        check("desk@myexample.org", publisher, true);
        check("desk@example.org", "https://a.example/rss", true);
        check("desk@example.org", "http://127.0.0.1:80/rss", true);
        check("desk@revue.fr", publisher, true);
    }

    #[test]
    fn a_list_on_another_host_counts_as_an_address() {
        let mut source = SourceConfig::new("a".into(), "A".into(), "https://a.example/rss".into());
        let feed = |url: &str, enabled| crate::config::FeedConfig {
            url: url.to_owned(),
            rubrique: None,
            enabled,
            note: None,
        };
        source.feeds = vec![feed("https://b.example/1", true), feed("https://b.example/2", false)];
        assert_eq!(addresses(&source).collect::<Vec<_>>(), ["https://a.example/rss", "https://b.example/1"]);
    }

    #[test]
    fn a_line_that_is_no_address_is_told_by_number() {
        let said = format!("{:#}", parse("http://a.example/\nnot an address", BTreeSet::new()).unwrap_err());
        assert!(said.starts_with("line 2: `not an address` is no address"), "{said}");
    }
}

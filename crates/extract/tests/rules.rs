//! Site rules on invented pages: what a rule selects outweighs what is found, and its own test pages prove it.

#![cfg(test)]

use kiosque_extract::{RuleSet, extract, extract_with};
use kiosque_model::{Article, CanonicalUrl, FeedHint, FetchRecord, Page, SourceId};

const RULE: &str = include_str!("rules/gazette.toml");
const PAGE: &str = include_str!("rules/un-port.html");
const URL: &str = "https://www.gazette.example/un-port";

fn page(url: &str) -> Page {
    Page {
        canonical: CanonicalUrl::parse(url).unwrap(),
        url: url.to_owned(),
        requested_url: None,
        source: SourceId("gazette".into()),
        fetched_at: "2026-01-10T12:00:00Z".parse().unwrap(),
        status: 200,
        content_type: None,
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: PAGE.as_bytes().to_vec(),
    }
}

fn rules() -> RuleSet {
    RuleSet::parse([("gazette.toml", RULE)]).unwrap()
}

fn read(url: &str) -> (Article, Option<kiosque_extract::RuleReport>) {
    extract_with(&page(url), &rules()).unwrap()
}

#[test]
fn a_rule_outweighs_what_is_found() {
    let (article, report) = read(URL);
    assert_eq!(article.title.as_deref(), Some("Le port rouvre"));
    assert_eq!(article.kicker.as_deref(), Some("Littoral"));
    assert_eq!(article.authors, ["R. Alami", "Salma Naciri"]);
    assert_eq!(article.published.map(|p| p.to_string()).as_deref(), Some("2026-01-09"));
    assert_eq!(article.section.as_deref(), Some("Ports"));
    assert_eq!(
        article.text,
        "Trois mois après la tempête.\nLes grues ont repris lundi.\nUn second quai suivra en mars."
    );
    assert_eq!(article.subtitle.as_deref(), Some("Trois mois après la tempête."));
    for field in ["title", "kicker", "authors", "published", "section", "text"] {
        assert_eq!(article.provenance.get(field).map(String::as_str), Some("rule:gazette.toml"), "{field}");
    }
    let report = report.unwrap();
    assert_eq!((report.file.as_str(), report.host.as_str()), ("gazette.toml", "gazette.example"));
    assert_eq!(report.idle, [""; 0]);
    assert_eq!(report.used.len(), 8);
}

#[test]
fn other_sites_are_read_as_ever() {
    let other = "https://autre.example/un-port";
    let (article, report) = read(other);
    assert_eq!(report, None);
    assert_eq!(article, extract(&page(other)).unwrap());
    assert_ne!(article.title.as_deref(), Some("Le port rouvre"));
}

#[test]
fn what_finds_nothing_is_told() {
    let text =
        "hosts = [\"gazette.example\"]\n[select]\ntitle = \".gone\"\nbody = [\".gone\", \".gone-too\"]\n";
    let rules = RuleSet::parse([("g.toml", text)]).unwrap();
    let (article, report) = extract_with(&page(URL), &rules).unwrap();
    assert_eq!(report.unwrap().idle, ["title", "body"]);
    assert_eq!(article, extract(&page(URL)).unwrap());
}

#[test]
fn a_rule_proves_itself_on_its_own_pages() {
    let rules = rules();
    let run = |body: &str| {
        rules.prove(|rule, test, rules| {
            assert_eq!((rule.file(), test.page.as_str()), ("gazette.toml", "un-port.html"));
            let mut page = page(&test.url);
            page.body = body.as_bytes().to_vec();
            extract_with(&page, rules).map(|(article, _)| article).map_err(|e| e.to_string())
        })
    };
    assert_eq!(run(PAGE), []);
    let broken = run(&PAGE.replace("Le port rouvre", "Le port ferme"));
    assert_eq!(
        broken.iter().map(|(file, page, what)| format!("{file}: {page}: {what}")).collect::<Vec<_>>(),
        ["gazette.toml: un-port.html: title must be `Le port rouvre` and is `Le port ferme`"]
    );
}

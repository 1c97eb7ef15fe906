//! Goldens: each invented page under `tests/pages` gives one article, kept as a snapshot.
//!
//! A page's first line may be a comment `<!-- url: … type: … -->`: its address and `Content-Type`. A page whose
//! type names another charset is stored in UTF-8 and encoded before it is read.

use kiosque_extract::extract;
use kiosque_model::{CanonicalUrl, FeedHint, FetchRecord, Page, SourceId};

fn page(source: &str) -> Page {
    let first = source.lines().next().unwrap_or_default();
    let field = |name: &str| {
        let rest = first.split_once(&format!("{name}: "))?.1;
        Some(rest.split([' ', '\n']).next()?.to_owned())
    };
    let url = field("url").unwrap_or_else(|| "https://www.gazette.example/un-titre_a1.html".to_owned());
    let charset = field("charset");
    let encoding = charset.as_deref().map_or(encoding_rs::UTF_8, |c| {
        encoding_rs::Encoding::for_label(c.as_bytes()).expect("the fixture names a charset")
    });
    Page {
        canonical: CanonicalUrl::parse(&url).expect("the fixture has an address"),
        url,
        requested_url: None,
        source: SourceId("gazette".into()),
        fetched_at: "2026-01-10T12:00:00Z".parse().expect("a timestamp"),
        status: 200,
        content_type: charset.map(|c| format!("text/html; charset={c}")),
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: encoding.encode(source).0.into_owned(),
    }
}

#[test]
fn pages_give_their_articles() {
    insta::glob!("pages/*.html", |path| {
        let source = std::fs::read_to_string(path).unwrap();
        let article = extract(&page(&source)).unwrap();
        insta::assert_json_snapshot!(article);
    });
}

/// What is set has its provenance, and what has provenance is set.
#[test]
fn every_field_says_where_it_came_from() {
    const FIELDS: [&str; 18] = [
        "site_name",
        "title",
        "kicker",
        "subtitle",
        "authors",
        "agencies",
        "published",
        "modified",
        "section",
        "keywords",
        "language",
        "lead_image",
        "paywalled",
        "opinion",
        "sponsored",
        "licence",
        "tdm_reserved",
        "text",
    ];
    let mut seen = std::collections::BTreeSet::new();
    insta::glob!("pages/*.html", |path| {
        let source = std::fs::read_to_string(path).unwrap();
        let article = serde_json::to_value(extract(&page(&source)).unwrap()).unwrap();
        for field in FIELDS {
            let value = &article[field];
            let empty = value.is_null()
                || value == false
                || value.as_str().is_some_and(str::is_empty)
                || value.as_array().is_some_and(Vec::is_empty);
            let noted = article["provenance"].get(field).is_some();
            // A reservation may be stated and be `false`.
            assert!(noted != empty || (field == "tdm_reserved" && noted), "{field} of {}", path.display());
            if noted {
                seen.insert(field);
            }
        }
    });
    assert_eq!(seen.len(), FIELDS.len(), "only {seen:?} are ever set");
}

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

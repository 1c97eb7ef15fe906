//! Any bytes give an article or a bounded error, soon.

use std::time::{Duration, Instant};

use kiosque_extract::{decode, extract, read_page};
use kiosque_model::{CanonicalUrl, FeedHint, FetchRecord, Page, SourceId};
use proptest::prelude::*;

fn page(body: Vec<u8>) -> Page {
    let url = "https://www.gazette.example/monde/un-titre_a123.html";
    Page {
        url: url.to_owned(),
        canonical: CanonicalUrl::parse(url).expect("an address"),
        requested_url: None,
        source: SourceId("gazette".into()),
        fetched_at: "2026-01-10T12:00:00Z".parse().expect("a timestamp"),
        status: 200,
        content_type: Some("text/html".into()),
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body,
    }
}

fn check(name: &str, body: String) {
    let started = Instant::now();
    let article = extract(&page(body.into_bytes()));
    let took = started.elapsed();
    // Debug builds on a busy machine are slow; a quadratic path would take minutes.
    assert!(took < Duration::from_secs(20), "{name} took {took:?}");
    assert!(article.is_ok_and(|a| a.text.contains("Une phrase")), "{name} lost its text");
}

#[test]
fn hostile_pages_are_read_in_bounded_time() {
    let text = "<p>Une phrase assez longue pour être lue comme du texte, avec un verbe et un point.</p>";
    check("deep", format!("{}{text}", "<div>".repeat(100_000)));
    check("deep formatting", format!("{}{text}{}", "<b id=1><i>".repeat(20_000), "<p>x".repeat(5_000)));
    check(
        "attributes",
        format!("<div {}>{text}</div>", (0..200_000).map(|i| format!("a{i}=1 ")).collect::<String>()),
    );
    check("declarations", format!("<head>{}</head>{text}", "<meta name=a content=b>".repeat(150_000)));
    check("script", format!("<script>{}</script>{text}", "var a = '<div>';".repeat(350_000)));
    check("tables", format!("{}{text}", "<table><tr><td>".repeat(20_000)));
    check("open comments", format!("{text}{}", "<!-- x ".repeat(100_000)));
    check("links", format!("{text}{}", "<a href=/x>lien</a>".repeat(30_000)));
    let apart = "<noscript><p>x<p>x<p>x<p>x".repeat(40_000);
    check("texts for those without scripts", format!("{text}{apart}"));
    let parts = "<span class=byline>".repeat(250);
    check("a headline left open", format!("{text}<h1>{parts}{}", "mot ".repeat(1_000_000)));
    let labels = "<div>une ligne de plus de trente signes sans point</div>".repeat(40_000);
    check("labels before the text", format!("<body>{labels}<article>{}</article>", text.repeat(20)));
    let entry = "<div><span>09:40</span><p>Une phrase de plus, avec un verbe.</p></div>";
    check("updates", format!("<article><h1>Direct</h1>{text}{}</article>", entry.repeat(10_000)));
    let bylines = "<p>Par Rim Alami</p>".repeat(5_000);
    check("bylines", format!("<article><h1>Le port rouvre</h1>{}</article>{bylines}", text.repeat(20)));
    let times = "<time datetime=2026-01-04T09:00:00Z>".repeat(3_000);
    check("dates left open", format!("{times}{}", text.repeat(300)));
    check("json-ld", format!("<script type='application/ld+json'>{}</script>{text}", "[".repeat(200_000)));
}

#[test]
fn errors_name_what_was_found() {
    let said = |body: &[u8]| extract(&page(body.to_vec())).unwrap_err().to_string();
    assert_eq!(said(b" \n "), "the page is empty");
    assert_eq!(said(b"%PDF-1.7 x"), "`application/pdf` is no HTML page");
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the fixtures").map(|e| e.expect("an entry").path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "html"));
    paths.sort();
    paths.into_iter().map(|p| std::fs::read(p).expect("a fixture")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes(body in prop::collection::vec(any::<u8>(), 0..2000)) {
        let url = url::Url::parse("https://a.example/").unwrap();
        let _ = read_page(&body, None, &url);
        let _ = decode(&body, Some("text/html; charset=utf-8"));
        let _ = extract(&page(body));
    }

    #[test]
    fn arbitrary_markup(body in "(<(p|div|a href=x|b|table|td|li|h1|article class=body|/p|/div|/a|/b|/table)>|[a-zé. ,;&]{1,12}|&#x[0-9a-f]{1,6};){0,200}") {
        let _ = extract(&page(body.into_bytes()));
    }

    #[test]
    fn mutated_pages(which in any::<prop::sample::Index>(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..60), 1..12)) {
        let all = fixtures();
        let mut body = all[which.index(all.len())].clone();
        for (at, byte, length) in cuts {
            let at = at.index(body.len());
            let end = (at + length).min(body.len());
            body.splice(at..end, [byte]);
            if body.is_empty() { body.push(b'x'); }
        }
        if let Ok(article) = extract(&page(body)) {
            prop_assert!(!article.html.contains("<script"));
            let soft_hyphen = char::from(0xAD);
            prop_assert!(!article.text.contains(soft_hyphen));
        }
    }
}

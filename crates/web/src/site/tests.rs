//! The edition pages as a browser meets them.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use kiosque_model::{EditionItem, EditionSection, PageId, Rubrique, SourceId};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;

/// A site over a store with editions of two days, or over no store at all.
struct Kept {
    folder: TempDir,
}

impl Kept {
    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn with_editions() -> Self {
        let kept = Self::empty();
        let store = Store::open(&kept.path()).unwrap();
        for (name, date) in
            [("matin", "2026-10-06"), ("matin", "2026-10-07"), ("clients & amis", "2026-10-07")]
        {
            store.save_edition(&an_edition(name, date)).unwrap();
        }
        kept
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    fn router(&self) -> Router {
        router(Site {
            rights: BTreeMap::new(),
            store_path: self.path(),
            editions: vec![EditionSpec::new("matin", TimeZone::UTC, "UTC")],
            looks: BTreeMap::new(),
            metrics: Arc::new(|| "kiosque_up 1\n".to_owned()),
            ready: Arc::new(|| Ok(())),
        })
    }

    async fn get(&self, target: &str) -> (StatusCode, HeaderMap, String) {
        self.send(Request::get(target)).await
    }

    async fn send(&self, request: axum::http::request::Builder) -> (StatusCode, HeaderMap, String) {
        let response = self.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }
}

fn an_edition(name: &str, date: &str) -> Edition {
    let item = EditionItem {
        title: format!("Le phare rallumé, {date}"),
        extract: "Il éclaire de nouveau la passe.".to_owned(),
        source: SourceId("rivage".to_owned()),
        source_name: "Le Rivage".to_owned(),
        url: "https://rivage.example/phare".to_owned(),
        published: Some(kiosque_model::Published::Day("2026-10-06".parse().unwrap())),
        score: 1.0,
        ..EditionItem::new(1, PageId("00".to_owned()), Rubrique::Culture)
    };
    Edition {
        title: "Revue de presse".to_owned(),
        publisher: "Maison du Phare".to_owned(),
        time_zone: "Africa/Casablanca".to_owned(),
        sections: vec![EditionSection::new(Rubrique::Culture, "Culture", vec![item])],
        articles: 1,
        stories: 1,
        ..Edition::new(name, date.parse().unwrap())
    }
}

#[tokio::test]
async fn the_home_page_is_the_latest_edition_that_has_news() {
    let kept = Kept::with_editions();
    let mut without_news = an_edition("matin", "2026-10-08");
    without_news.sections.clear();
    Store::open(&kept.path()).unwrap().save_edition(&without_news).unwrap();
    let (status, headers, body) = kept.get("/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        body.contains("Le phare rallumé, 2026-10-07") && body.contains("/editions/matin/2026-10-07.json")
    );
    assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[tokio::test]
async fn before_the_first_edition_pages_are_friendly_and_readiness_is_not() {
    let kept = Kept::empty();
    for target in ["/", "/editions"] {
        let (status, _, body) = kept.get(target).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("Pas encore d’édition"), "{body}");
    }
    let (status, _, body) = kept.get("/editions/matin/2026-10-07").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{body}");
    let (status, _, body) = kept.get("/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.starts_with("not ready: there is no store at"), "{body}");
}

#[tokio::test]
async fn an_edition_is_served_in_every_form() {
    let kept = Kept::with_editions();
    for (target, media_type, part) in [
        ("/editions/matin/2026-10-06", "text/html; charset=utf-8", "<html lang=\"fr\""),
        ("/editions/matin/2026-10-06.html", "text/html; charset=utf-8", "rallumé, 2026-10-06"),
        (
            "/editions/matin/2026-10-06?by=source",
            "text/html; charset=utf-8",
            "aria-current=\"page\">Par titre",
        ),
        ("/editions/matin/2026-10-06.json", "application/json", "\"date\": \"2026-10-06\""),
        (
            "/editions/matin/2026-10-06.md",
            "text/markdown; charset=utf-8; variant=CommonMark",
            "# Revue de presse",
        ),
        ("/editions/clients%20%26%20amis/2026-10-07", "text/html; charset=utf-8", "clients%20%26%20amis"),
        ("/editions", "text/html; charset=utf-8", "href=\"/editions/clients%20%26%20amis/2026-10-07\""),
    ] {
        let (status, headers, body) = kept.get(target).await;
        assert_eq!((status, headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, media_type));
        assert!(body.contains(part), "{target}: {body}");
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_in_french() {
    let kept = Kept::with_editions();
    for (target, expected, part) in [
        ("/nulle-part", StatusCode::NOT_FOUND, "Page introuvable"),
        ("/editions/soir/2026-10-07", StatusCode::NOT_FOUND, "pas d’édition « soir »"),
        ("/editions/%3Cscript%3E/2026-10-07", StatusCode::NOT_FOUND, "« &lt;script&gt; »"),
        ("/editions/matin/2026-10-07.odt", StatusCode::NOT_FOUND, "essayez .html, "),
        ("/editions/matin/hier", StatusCode::BAD_REQUEST, "« hier » n’est pas une date"),
        ("/editions/matin/2026-10-07?by=humeur", StatusCode::BAD_REQUEST, "« humeur »"),
        ("/editions/%FF/2026-10-07", StatusCode::BAD_REQUEST, "pas lisible"),
    ] {
        let (status, headers, body) = kept.get(target).await;
        assert_eq!(status, expected, "{target}");
        assert!(body.contains(part) && headers.contains_key(header::REFERRER_POLICY), "{target}: {body}");
    }
    let (status, _, body) = kept.send(Request::post("/")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(body.contains("Méthode refusée"));
}

#[tokio::test]
async fn a_reader_who_has_the_revision_gets_nothing_again() {
    let kept = Kept::with_editions();
    let target = "/editions/matin/2026-10-07";
    let (_, headers, _) = kept.get(target).await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    let asked = || Request::get(target).header(header::IF_NONE_MATCH, format!("\"x\", W/{tag}"));
    let (status, _, body) = kept.send(asked()).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));

    let mut corrected = an_edition("matin", "2026-10-07");
    corrected.sections[0].items[0].title = "Le phare éteint".to_owned();
    assert!(Store::open(&kept.path()).unwrap().save_edition(&corrected).unwrap());
    let (status, _, body) = kept.send(asked()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("Le phare éteint"));
    let (_, by_source, _) = kept.get("/editions/matin/2026-10-07?by=source").await;
    assert_ne!(by_source[header::ETAG], headers[header::ETAG]);
}

#[tokio::test]
async fn machines_get_health_readiness_and_metrics() {
    let kept = Kept::with_editions();
    let (status, _, body) = kept.get("/healthz").await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "ok\n"));
    assert_eq!(kept.get("/readyz").await.0, StatusCode::OK);
    let (_, headers, body) = kept.get("/metrics").await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/plain; version=0.0.4");
    assert_eq!(body, "kiosque_up 1\n");

    let busy = Site {
        rights: BTreeMap::new(),
        store_path: kept.path(),
        editions: Vec::new(),
        looks: BTreeMap::new(),
        metrics: Arc::new(String::new),
        ready: Arc::new(|| Err("the bus is away".to_owned())),
    };
    let request = Request::get("/readyz").body(Body::empty()).unwrap();
    let response = router(busy).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_breaks_a_rule_is_not_shown_and_licensed_texts_stay_in_the_store() {
    let kept = Kept::empty();
    let store = Store::open(&kept.path()).unwrap();
    let mut edition = an_edition("matin", "2026-10-07");
    edition.sections[0].items[0].licensed_text = Some("Texte sous licence".to_owned());
    store.save_edition(&edition).unwrap();
    let (status, before, body) = kept.get("/editions/matin/2026-10-07.json").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!body.contains("Texte sous licence"), "{body}");

    let rights = |rights| {
        let row = kiosque_store::SourceRow {
            id: SourceId("rivage".to_owned()),
            name: "Le Rivage".to_owned(),
            name_ar: None,
            url: "https://rivage.example/".to_owned(),
            language: None,
            tier: 0,
            kind: "feed".to_owned(),
            enabled: true,
            rights,
        };
        store.sync_sources(&[row]).unwrap();
    };
    rights(Rights::Licensed);
    let (_, licensed, _) = kept.get("/editions/matin/2026-10-07.json").await;
    assert_ne!(licensed[header::ETAG], before[header::ETAG]);
    rights(Rights::Forbidden);
    for target in ["/", "/editions/matin/2026-10-07", "/editions/matin/2026-10-07.md"] {
        let (status, _, body) = kept.get(target).await;
        assert_eq!(status, StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, "{target}");
        assert!(body.contains("forbidden") && !body.contains("phare"), "{body}");
    }
}

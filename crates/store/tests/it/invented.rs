//! An invented press to fill stores with.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use kiosque_model::{
    Article, ArticleId, Breadcrumb, BreadcrumbOutcome, CanonicalUrl, Entity, EntityKind, Field, Language,
    Mention, Placement, Quote, Rubrique, SourceId, Span, SummarySentence, Tagged,
};
use kiosque_store::{SourceRow, Store, StoreOptions};

/// A folder that goes away with the test, and the store in it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn open(&self) -> Store {
        let zone = Some(TimeZone::get("Africa/Casablanca").unwrap());
        Store::open_with(&self.path(), &StoreOptions { zone }).unwrap()
    }
}

pub(crate) fn url(path: &str) -> CanonicalUrl {
    CanonicalUrl::parse(&format!("https://{path}")).unwrap()
}

pub(crate) fn id(path: &str) -> ArticleId {
    url(path).id()
}

pub(crate) fn source(id: &str, tier: u8) -> SourceRow {
    SourceRow {
        id: SourceId(id.to_owned()),
        name: format!("Le {id}"),
        name_ar: None,
        url: format!("https://{id}.example/feed"),
        language: Some("fr".to_owned()),
        tier,
        kind: "feed".to_owned(),
        enabled: true,
        rights: kiosque_model::Rights::Quote,
    }
}

/// An article at `host/path`, of the source that is the host's first label, fetched at a moment of 6 October.
const PLACE: Span = Span { block: 0, start: 0, end: 10 };

pub(crate) fn article(path: &str, title: &str, text: &str, fetched: &str) -> Tagged {
    let url = url(path);
    let source = SourceId(url.host().split('.').next().unwrap().to_owned());
    let mut article =
        Article::new(url.to_string(), url, source, format!("2026-10-06T{fetched}Z").parse().unwrap());
    article.title = Some(title.to_owned());
    article.text = text.to_owned();
    article.html = format!("<p>{text}</p>");
    article.authors = vec!["Zoé Œuvrard".to_owned()];
    article.published = Some("2026-10-06T08:00:00+01:00".parse().unwrap());
    article.keywords = vec!["eau".to_owned()];
    Tagged {
        language: Language::from_tag("fr"),
        keywords: vec!["barrage".to_owned(), "pluie".to_owned()],
        entities: vec![Entity { country: Some("MA".to_owned()), ..Entity::new("Rabat", EntityKind::Place) }],
        because: vec!["barrage".to_owned()],
        uncertain: true,
        alternative: Some(Rubrique::Societe),
        quotes: vec![Quote {
            text: "Le barrage".to_owned(),
            speaker: Some("le maire".to_owned()),
            place: PLACE,
        }],
        summary: vec![SummarySentence { text: "Le barrage".to_owned(), place: PLACE }],
        placements: vec![Placement {
            rule: "eau".to_owned(),
            version: 2,
            watchlist: Some("Barrages".to_owned()),
            rubrique: None,
            instead_of: None,
            mentions: vec![Mention { field: Field::Text, place: PLACE, text: "barrage".to_owned() }],
        }],
        ..Tagged::new(article, Rubrique::Environnement, 0.75)
    }
}

pub(crate) fn crumb(path: &str, stage: &str, outcome: BreadcrumbOutcome, at: &str) -> Breadcrumb {
    let url = url(path);
    Breadcrumb {
        at: format!("2026-10-06T{at}Z").parse().unwrap(),
        source: Some(SourceId(url.host().split('.').next().unwrap().to_owned())),
        url,
        stage: stage.to_owned(),
        outcome,
        detail: None,
    }
}

/// Puts articles in one batch.
pub(crate) fn put(store: &Store, articles: &[Tagged]) {
    let mut batch = store.begin().unwrap();
    for article in articles {
        batch.put(article).unwrap();
    }
    batch.commit().unwrap();
}

/// Everything in the store that is not derived, as text: two stores with the same content give the same.
pub(crate) fn dump(store: &Store) -> String {
    let tables = store
        .query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'articles_fts_%' ORDER BY name")
        .unwrap();
    let mut out = String::new();
    for row in tables.rows {
        let name = row[0].as_str().unwrap().to_owned();
        let columns = if name == "articles_fts" { "rowid" } else { "*" };
        let rows = store.query(&format!("SELECT {columns} FROM {name}")).unwrap().to_csv();
        let mut lines: Vec<_> = rows.lines().collect();
        lines.sort_unstable();
        out.push_str(&format!("-- {name}\n{}\n", lines.join("\n")));
    }
    out
}

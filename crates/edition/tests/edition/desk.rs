//! A desk with a store, for tests of what editors do.

use jiff::Timestamp;
use kiosque_edition::{Act, Ruling};
use kiosque_model::{ArticleId, Tagged};
use kiosque_store::{Store, StoreOptions};

use crate::morning::{date, spec, stories};

/// A store with the morning's articles, and an editor at it.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) articles: Vec<Tagged>,
    folder: tempfile::TempDir,
}

pub(crate) fn at(hour: &str) -> Timestamp {
    format!("2026-10-07T{hour}:00Z").parse().unwrap()
}

pub(crate) fn how() -> (&'static str, Timestamp) {
    ("Desk", at("20:00"))
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions { zone: Some(spec().time_zone) };
        let store = Store::open_with(&folder.path().join("store.sqlite"), &options).unwrap();
        let articles = stories().into_iter().flat_map(|s| s.articles).map(|a| a.tagged).collect();
        let desk = Self { store, articles, folder };
        desk.put(&desk.articles);
        desk
    }

    /// The store's file.
    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("store.sqlite")
    }

    /// The same with its articles in their stories.
    pub(crate) fn grouped() -> Self {
        let desk = Self::new();
        let mut batch = desk.store.begin().unwrap();
        for story in stories() {
            for article in &story.articles {
                let id = &article.tagged.article.id;
                batch.place(id, article.copy_of.as_ref(), &story.id, "test").unwrap();
            }
        }
        batch.commit().unwrap();
        desk
    }

    pub(crate) fn put(&self, articles: &[Tagged]) {
        let mut batch = self.store.begin().unwrap();
        articles.iter().for_each(|tagged| {
            batch.put(tagged).unwrap();
        });
        batch.commit().unwrap();
    }

    pub(crate) fn decide(&self, target: Option<&ArticleId>, act: &Act) -> i64 {
        self.store.decide(&Ruling::row(("matin", date()), target, act, ("Desk", at("19:00")))).unwrap()
    }

    /// An article of the evening, told by nobody else.
    pub(crate) fn evening(&self, fetched: &str) -> Tagged {
        let mut late = self.articles[0].clone();
        let url = "https://www.cap-nord.example/2026/10/07/tard.html";
        late.article.canonical_url = kiosque_model::CanonicalUrl::parse(url).unwrap();
        late.article.id = late.article.canonical_url.id();
        late.article.title = Some("Une nouvelle du soir".to_owned());
        late.article.published = Some("2026-10-07T21:30:00+01:00".parse().unwrap());
        late.article.fetched_at = fetched.parse().unwrap();
        late
    }
}

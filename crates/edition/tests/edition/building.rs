//! From the store and back: a day is built once, and again only when something changed.

use kiosque_edition::build;
use kiosque_model::Tagged;
use kiosque_store::{Store, StoreOptions};

use crate::morning::{date, spec, stories};

fn put(store: &Store, articles: &[Tagged]) {
    let mut batch = store.begin().expect("a batch");
    for tagged in articles {
        batch.put(tagged).expect("written");
    }
    batch.commit().expect("durable");
}

#[test]
fn building_again_changes_nothing_until_an_article_does() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions { zone: Some(spec().time_zone) };
    let store = Store::open_with(&folder.path().join("store.sqlite"), &options).unwrap();
    let mut articles: Vec<_> = stories().into_iter().flat_map(|s| s.articles).map(|a| a.tagged).collect();
    put(&store, &articles);

    let first = build(&store, &spec(), date()).unwrap();
    assert!(first.changed && first.edition.revision == 1 && first.edition.stories > 20);
    let again = build(&store, &spec(), date()).unwrap();
    assert!(!again.changed);
    assert_eq!(again.edition, first.edition);

    let lead = articles.iter_mut().find(|a| a.article.id == first.edition.front[0].article).unwrap();
    lead.article.title = Some("Un titre corrigé dans l’après-midi".to_owned());
    lead.article.fetched_at += jiff::SignedDuration::from_hours(1);
    put(&store, &articles);
    let corrected = build(&store, &spec(), date()).unwrap();
    assert!(corrected.changed && corrected.edition.revision == 2);
    let item = corrected.edition.front.iter().find(|i| i.article == first.edition.front[0].article).unwrap();
    assert_eq!(item.title, "Un titre corrigé dans l’après-midi");
    assert!(item.updated && item.first_title.as_deref() == Some(&*first.edition.front[0].title));
}

#[test]
fn a_day_the_store_knows_nothing_of_is_an_empty_edition() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.sqlite")).unwrap();
    let built = build(&store, &spec(), date()).unwrap();
    assert!(built.changed && built.edition.stories == 0);
    assert!(!build(&store, &spec(), date()).unwrap().changed);
}

//! The sink's writes: idempotent, all or nothing, with every change of a text kept.

use kiosque_model::{BreadcrumbOutcome, Reason, SourceId};
use kiosque_store::{Put, Store};

use crate::invented::{Place, article, crumb, dump, id, put, source};

fn put_one(store: &Store, tagged: &kiosque_model::Tagged) -> Put {
    let mut batch = store.begin().unwrap();
    let put = batch.put(tagged).unwrap();
    batch.commit().unwrap();
    put
}

#[test]
fn an_article_comes_back_as_it_went_in() {
    let (place, tagged) =
        (Place::new(), article("a.example/1", "Été", "Le cœur.\nDeux.", "09:00:00.123456789"));
    assert_eq!(put_one(&place.open(), &tagged), Put::New);
    assert_eq!(place.open().article(&tagged.article.id).unwrap(), Some(tagged));
    assert_eq!(place.open().article(&id("a.example/2")).unwrap(), None);
}

#[test]
fn repeated_delivery_changes_nothing() {
    let place = Place::new();
    let store = place.open();
    let first = article("a.example/1", "Titre", "Texte.", "09:00:00");
    let second = article("a.example/1", "Titre", "Texte corrigé.", "15:00:00");
    put(&store, &[first.clone(), second.clone()]);
    store.clear_stale("2026-10-06".parse().unwrap()).unwrap();
    let before = dump(&store);
    for again in [&first, &second, &first, &second] {
        assert_eq!(put_one(&store, again), Put::Unchanged);
    }
    assert_eq!(dump(&store), before);
    assert_eq!(store.article(&first.article.id).unwrap().unwrap().article.text, "Texte corrigé.");
}

#[test]
fn a_page_that_is_only_fetched_again_stays_as_it_is() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "Titre", "Texte.", "09:00:00")]);
    store.clear_stale("2026-10-06".parse().unwrap()).unwrap();
    let before = store.article(&id("a.example/1")).unwrap();
    assert_eq!(put_one(&store, &article("a.example/1", "Titre", "Texte.", "16:00:00")), Put::Unchanged);
    assert_eq!(store.article(&id("a.example/1")).unwrap(), before);
    assert!(store.stale_days().unwrap().is_empty());
}

#[test]
fn other_fields_are_brought_up_to_date_without_a_revision() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "Titre", "Texte.", "09:00:00")]);
    let mut better = article("a.example/1", "Titre", "Texte.", "09:00:00");
    better.article.authors = vec!["A".to_owned(), "B".to_owned()];
    better.keywords.clear();
    assert_eq!(put_one(&store, &better), Put::Unchanged);
    assert_eq!(store.article(&id("a.example/1")).unwrap(), Some(better));
    let lists = "SELECT (SELECT group_concat(name) FROM article_authors),
        (SELECT count(*) FROM article_keywords WHERE origin = 'computed'), (SELECT count(*) FROM revisions)";
    assert_eq!(store.query(lists).unwrap().to_csv().lines().nth(1), Some("\"A,B\",0,0"));
}

#[test]
fn a_changed_text_is_a_revision_and_keeps_the_old_one() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "Un", "Premier texte.", "09:00:00")]);
    let said = put_one(&store, &article("a.example/1", "Un", "Deuxième texte.", "10:00:00"));
    assert_eq!(said, Put::Revised { revisions: 1, title: false, text: true });
    let said = put_one(&store, &article("a.example/1", "Deux", "Deuxième texte.", "11:00:00"));
    assert_eq!(said, Put::Revised { revisions: 2, title: true, text: false });
    let kept = store.revisions(&id("a.example/1")).unwrap();
    let shown: Vec<_> = kept
        .iter()
        .map(|r| (r.number, r.title.as_deref().unwrap(), r.text.as_str(), r.seen_at.to_string()))
        .collect();
    assert_eq!(
        shown,
        [
            (1, "Un", "Premier texte.", "2026-10-06T10:00:00Z".to_owned()),
            (2, "Un", "Deuxième texte.", "2026-10-06T11:00:00Z".to_owned())
        ]
    );
    let day = store.day("2026-10-06".parse().unwrap()).unwrap();
    assert_eq!((day[0].articles[0].revisions, day[0].articles[0].first_title.as_deref()), (2, Some("Un")));
}

#[test]
fn a_revision_reads_as_words_inserted_and_removed() {
    let place = Place::new();
    let store = place.open();
    let mut first = article("a.example/1", "Le port rouvre", "Bilan de 12 blessés à Tanbessa.", "09:00:00");
    first.article.modified = Some("2026-10-06T08:00:00Z".parse().unwrap());
    let mut second =
        article("a.example/1", "Le port rouvrira", "Bilan de 15 blessés à Tanbessa.", "10:00:00");
    second.article.modified = first.article.modified;
    let mut third = second.clone();
    third.article.title = Some("Le port a rouvert".to_owned());
    third.article.modified = Some("2026-10-06T11:00:00Z".parse().unwrap());
    third.article.fetched_at = "2026-10-06T11:00:00Z".parse().unwrap();
    put(&store, &[first, second, third]);
    let rows = store
        .query("SELECT silent, words_inserted, words_removed, title_diff, text_diff FROM v_revisions ORDER BY number")
        .unwrap();
    let shown = rows.to_csv();
    let lines: Vec<&str> = shown.lines().skip(1).collect();
    assert_eq!(lines[0], "1,1,1,Le port [-rouvre-] {+rouvrira+},Bilan de [-12-] {+15+} blessés à Tanbessa.");
    assert_eq!(lines[1], "0,0,0,Le port [-rouvrira-] {+a rouvert+},");
    let history = store.history(&id("a.example/1")).unwrap();
    let told: Vec<_> = history.iter().map(|step| (step.number, step.title_changed(), step.silent)).collect();
    assert_eq!(told, [(1, true, Some(true)), (2, true, Some(false))]);
    assert_eq!(kiosque_store::words_changed(&history[0].text), (1, 1));
}

#[test]
fn a_clock_or_a_ticker_that_ran_on_is_no_revision() {
    let place = Place::new();
    let store = place.open();
    let states = [
        ("Mis à jour à 09:00\nLe port rouvre.\nMASI 12 345,67 +0,3 %", "09:00:00", Put::New),
        ("Mis à jour à 10:00\nLe port rouvre.\nMASI 12 401,02 -0,1 %", "10:00:00", Put::Replaced),
        ("Il y a 2 heures\nLe port rouvre.", "11:00:00", Put::Replaced),
    ];
    for (text, at, expected) in states {
        assert_eq!(put_one(&store, &article("a.example/1", "Le port", text, at)), expected, "{text}");
    }
    assert!(store.revisions(&id("a.example/1")).unwrap().is_empty());
    let stored = store.article(&id("a.example/1")).unwrap().unwrap();
    assert!(stored.article.text.starts_with("Il y a 2 heures"));
    let news = article("a.example/1", "Le port", "Il y a 3 heures\nLe port ferme.", "12:00:00");
    assert_eq!(put_one(&store, &news), Put::Revised { revisions: 1, title: false, text: true });
}

#[test]
fn a_dispatch_names_its_origin_and_who_prints_it() {
    let place = Place::new();
    let store = place.open();
    let mut articles = vec![
        article("a.example/1", "Un", "Dépêche.", "09:00:00"),
        article("b.example/2", "Deux", "Dépêche.", "10:00:00"),
        article("c.example/3", "Trois", "Dépêche.", "11:00:00"),
        article("d.example/4", "Quatre", "Autre chose.", "12:00:00"),
    ];
    put(&store, &articles);
    let mut batch = store.begin().unwrap();
    batch.place(&id("a.example/1"), None, &id("a.example/1"), "first").unwrap();
    for copy in ["b.example/2", "c.example/3"] {
        batch.place(&id(copy), Some(&id("a.example/1")), &id("a.example/1"), "same text").unwrap();
    }
    batch.place(&id("d.example/4"), None, &id("d.example/4"), "alone").unwrap();
    batch.commit().unwrap();
    let asked = |at: &str| store.dispatch(&id(at)).unwrap();
    assert_eq!(asked("d.example/4"), None);
    let dispatch = asked("a.example/1").unwrap();
    assert_eq!(asked("c.example/3").as_ref(), Some(&dispatch));
    assert_eq!((dispatch.reprints, dispatch.printed.len()), (2, 3));
    assert_eq!(dispatch.origin_kind, kiosque_store::OriginKind::Outlet);
    // A later print names the agency.
    articles[1].article.agencies = vec!["MAP".to_owned()];
    put(&store, &articles[1..2]);
    let dispatch = asked("a.example/1").unwrap();
    assert_eq!((dispatch.origin.as_str(), dispatch.origin_kind), ("MAP", kiosque_store::OriginKind::Agency));
    let days =
        store.query("SELECT articles, copies, articles_so_far FROM v_story_days ORDER BY articles").unwrap();
    assert_eq!(days.to_csv().lines().skip(1).collect::<Vec<_>>(), ["1,0,1", "3,2,3"]);
}

#[test]
fn a_stale_delivery_is_passed_over() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "Neuf", "Neuf.", "12:00:00")]);
    assert_eq!(put_one(&store, &article("a.example/1", "Vieux", "Vieux.", "08:00:00")), Put::Unchanged);
    assert_eq!(store.article(&id("a.example/1")).unwrap().unwrap().article.title.as_deref(), Some("Neuf"));
    assert!(store.revisions(&id("a.example/1")).unwrap().is_empty());
}

#[test]
fn reading_the_same_fetch_otherwise_is_no_revision_of_the_publisher() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "Titre", "Menu. Texte.", "09:00:00")]);
    assert_eq!(put_one(&store, &article("a.example/1", "Titre", "Texte.", "09:00:00")), Put::Replaced);
    assert!(store.revisions(&id("a.example/1")).unwrap().is_empty());
    assert_eq!(store.article(&id("a.example/1")).unwrap().unwrap().article.text, "Texte.");
}

#[test]
fn rows_and_offsets_stand_or_fall_together() {
    let place = Place::new();
    let store = place.open();
    let before = dump(&store);
    let mut batch = store.begin().unwrap();
    batch.put(&article("a.example/1", "Titre", "Texte.", "09:00:00")).unwrap();
    batch.checkpoint("sink", "tagged", 0, 17).unwrap();
    drop(batch);
    assert_eq!(dump(&store), before);
    let mut batch = store.begin().unwrap();
    batch.put(&article("a.example/1", "Titre", "Texte.", "09:00:00")).unwrap();
    batch.checkpoint("sink", "tagged", 1, 3).unwrap();
    batch.checkpoint("sink", "tagged", 0, 17).unwrap();
    batch.checkpoint("sink", "tagged", 0, 18).unwrap();
    batch.commit().unwrap();
    let kept = [("tagged".to_owned(), 0, 18), ("tagged".to_owned(), 1, 3)];
    assert_eq!(place.open().checkpoints("sink").unwrap(), kept);
    assert!(place.open().checkpoints("other").unwrap().is_empty());
    assert_eq!(place.open().status().unwrap().articles, 1);
}

#[test]
fn a_batch_with_a_failed_write_cannot_be_committed() {
    let place = Place::new();
    let store = place.open();
    let before = dump(&store);
    let mut batch = store.begin().unwrap();
    batch.put(&article("a.example/1", "Titre", "Texte.", "09:00:00")).unwrap();
    batch.place(&id("a.example/1"), Some(&id("nowhere.example/2")), &id("a.example/1"), "").unwrap_err();
    batch.checkpoint("sink", "tagged", 0, 1).unwrap_err();
    batch.commit().unwrap_err();
    assert_eq!(dump(&store), before);
}

#[test]
fn stories_follow_their_articles() {
    let place = Place::new();
    let store = place.open();
    store.sync_sources(&[source("a", 3), source("b", 1)]).unwrap();
    let (one, two, three) = (id("a.example/1"), id("b.example/2"), id("a.example/3"));
    let mut batch = store.begin().unwrap();
    for (path, at) in [("a.example/1", "09:00:00"), ("b.example/2", "09:01:00"), ("a.example/3", "09:02:00")]
    {
        batch.put(&article(path, path, "Texte.", at)).unwrap();
    }
    batch.place(&one, None, &one, "first").unwrap();
    batch.place(&two, None, &one, "same event").unwrap();
    batch.place(&three, Some(&one), &three, "same text").unwrap();
    batch.commit().unwrap();
    let stories = "SELECT articles, copies, sources, headline = id FROM stories ORDER BY articles DESC";
    assert_eq!(
        store.query(stories).unwrap().to_csv(),
        "articles,copies,sources,headline = id\n2,0,2,0\n1,1,1,1\n"
    );

    store.clear_stale("2026-10-06".parse().unwrap()).unwrap();
    let mut batch = store.begin().unwrap();
    batch.merge_stories(&one, &three).unwrap();
    batch.merge_stories(&one, &one).unwrap();
    batch.commit().unwrap();
    assert_eq!(store.query(stories).unwrap().to_csv(), "articles,copies,sources,headline = id\n3,1,2,0\n");
    assert_eq!(store.stale_days().unwrap(), ["2026-10-06".parse().unwrap()]);
    let day = store.day("2026-10-06".parse().unwrap()).unwrap();
    assert_eq!((day.len(), day[0].articles.len()), (1, 3));
    let copy = day[0].articles.iter().find(|a| a.tagged.article.id == three).unwrap();
    assert_eq!(copy.copy_of, Some(one));
}

#[test]
fn placing_again_moves_an_article() {
    let place = Place::new();
    let store = place.open();
    put(
        &store,
        &[article("a.example/1", "1", "Un.", "09:00:00"), article("a.example/2", "2", "Deux.", "09:00:00")],
    );
    let (one, two) = (id("a.example/1"), id("a.example/2"));
    for (copy_of, story) in [(Some(&one), &one), (None, &two)] {
        let mut batch = store.begin().unwrap();
        batch.place(&one, None, &one, "").unwrap();
        batch.place(&two, copy_of, story, "").unwrap();
        batch.commit().unwrap();
    }
    let counts = "SELECT count(*), sum(articles), sum(copies), (SELECT count(*) FROM copies) FROM stories";
    assert_eq!(store.query(counts).unwrap().to_csv().lines().nth(1), Some("2,2,0,0"));
    store.clear_stale("2026-10-06".parse().unwrap()).unwrap();
    let mut batch = store.begin().unwrap();
    batch.place(&two, None, &two, "").unwrap();
    batch.commit().unwrap();
    assert!(store.stale_days().unwrap().is_empty(), "placing where it stands is no change");
}

#[test]
fn the_catalogue_and_what_is_met_stand_side_by_side() {
    let place = Place::new();
    let store = place.open();
    store.sync_sources(&[source("a", 1), source("old", 2)]).unwrap();
    put(
        &store,
        &[article("a.example/1", "1", "Un.", "09:00:00"), article("met.example/1", "1", "Un.", "09:00:00")],
    );
    store.sync_sources(&[SourceRowOf::enabled("a", false)]).unwrap();
    let csv =
        store.query("SELECT id, name, tier, enabled, listed FROM sources ORDER BY id").unwrap().to_csv();
    assert_eq!(csv, "id,name,tier,enabled,listed\na,Le a,1,0,1\nmet,met,3,1,0\nold,Le old,2,1,0\n");
}

struct SourceRowOf;

impl SourceRowOf {
    fn enabled(id: &str, enabled: bool) -> kiosque_store::SourceRow {
        kiosque_store::SourceRow { enabled, ..source(id, 1) }
    }
}

#[test]
fn breadcrumbs_keep_the_latest_step_and_tell_of_visits() {
    let place = Place::new();
    let store = place.open();
    let mut batch = store.begin().unwrap();
    batch.crumb(&crumb("a.example/1", "crawl", BreadcrumbOutcome::Forwarded, "09:00:00")).unwrap();
    batch.crumb(&crumb("a.example/1", "dedup", BreadcrumbOutcome::Forwarded, "09:00:01")).unwrap();
    batch
        .crumb(&crumb("a.example/1", "extract", BreadcrumbOutcome::Dropped(Reason::NoText), "09:00:02"))
        .unwrap();
    batch
        .crumb(&crumb("a.example/1", "crawl", BreadcrumbOutcome::Dropped(Reason::Robots), "08:00:00"))
        .unwrap();
    batch
        .crumb(&crumb("a.example/2", "crawl", BreadcrumbOutcome::Dropped(Reason::NotFound), "09:05:00"))
        .unwrap();
    batch.commit().unwrap();
    let ends = store.query("SELECT url, stage, reason FROM v_dead_ends ORDER BY url").unwrap().to_csv();
    assert_eq!(
        ends,
        "url,stage,reason\nhttps://a.example/1,extract,no_text\nhttps://a.example/2,crawl,not_found\n"
    );
    let status = store.status().unwrap();
    assert_eq!(status.pages, 2);
    assert_eq!(status.sources[0].id, SourceId("a".to_owned()));
    assert_eq!(status.sources[0].last_visit.unwrap().to_string(), "2026-10-06T09:05:00Z");
    assert_eq!(status.sources[0].last_new_article, None);
    let counts: Vec<_> = status
        .stages
        .iter()
        .map(|s| (s.stage.as_str(), s.outcome.as_str(), s.reason.as_deref(), s.pages))
        .collect();
    assert_eq!(
        counts,
        [
            ("crawl", "dropped", Some("not_found"), 1),
            ("crawl", "forwarded", None, 1),
            ("dedup", "forwarded", None, 1),
            ("extract", "dropped", Some("no_text"), 1)
        ]
    );
}

#[test]
fn old_steps_are_let_go_of_and_their_pages_are_not() {
    let place = Place::new();
    let store = place.open();
    let mut batch = store.begin().unwrap();
    for (path, at) in [("a.example/1", "09:00:00"), ("a.example/2", "10:00:00"), ("a.example/3", "11:00:00")]
    {
        batch.crumb(&crumb(path, "crawl", BreadcrumbOutcome::Dropped(Reason::Robots), at)).unwrap();
    }
    batch.crumb(&crumb("a.example/3", "dedup", BreadcrumbOutcome::Forwarded, "11:00:01")).unwrap();
    batch.commit().unwrap();
    let steps = |since: &str| store.steps_since(format!("2026-10-06T{since}Z").parse().unwrap()).unwrap();
    assert_eq!(steps("10:00:00"), [("crawl".to_owned(), 2), ("dedup".to_owned(), 1)].into());
    assert_eq!(steps("11:00:01"), [("dedup".to_owned(), 1)].into());
    let before = "2026-10-06T10:00:00Z".parse().unwrap();
    assert_eq!(store.count_steps_before(before).unwrap(), 1);
    assert_eq!(store.forget_steps_before(before).unwrap(), 1);
    assert_eq!(store.count_steps_before(before).unwrap(), 0);
    assert_eq!(store.status().unwrap().pages, 3);
    let reason = store.query("SELECT last_reason FROM pages WHERE url LIKE '%/1'").unwrap();
    assert_eq!(reason.rows, [["robots".to_owned()]]);
}

#[test]
fn an_undated_article_stays_on_the_day_it_came_in() {
    let place = Place::new();
    let store = place.open();
    let undated = |text: &str, fetched: &str| {
        let mut tagged = article("a.example/1", "1", text, "09:00:00");
        tagged.article.published = None;
        tagged.article.fetched_at = fetched.parse().unwrap();
        tagged
    };
    put(&store, &[undated("Un.", "2026-10-06T09:00:00Z"), undated("Deux.", "2026-10-08T09:00:00Z")]);
    let days: Vec<_> = store.days().unwrap().iter().map(|(day, _)| day.to_string()).collect();
    assert_eq!(days, ["2026-10-06"]);
}

#[test]
fn an_article_that_changes_its_day_makes_both_days_stale() {
    let place = Place::new();
    let store = place.open();
    put(&store, &[article("a.example/1", "1", "Un.", "09:00:00")]);
    store.clear_stale("2026-10-06".parse().unwrap()).unwrap();
    let mut moved = article("a.example/1", "1", "Un.", "10:00:00");
    moved.article.published = Some("2026-10-04T23:30:00Z".parse().unwrap());
    put(&store, &[moved]);
    let days: Vec<String> = store.stale_days().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2026-10-05", "2026-10-06"]);
}

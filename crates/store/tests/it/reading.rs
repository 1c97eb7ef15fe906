//! What readers ask of a store: days, windows, search, editions, trails, queries, backups.

use jiff::Timestamp;
use kiosque_model::{
    BreadcrumbOutcome, Edition, EditionItem, EditionSection, Language, Reason, Rubrique, SourceId,
};
use kiosque_store::{QueryLimits, SearchQuery, Store, StoreError};

use crate::invented::{Place, article, crumb, dump, id, put, source, url};

#[test]
fn a_day_is_local_and_an_undated_article_counts_for_its_fetch() {
    let place = Place::new();
    let store = place.open();
    let mut late = article("a.example/late", "Tard", "Un.", "09:00:00");
    late.article.published = Some("2026-10-05T23:30:00Z".parse().unwrap());
    let mut bare = article("a.example/bare", "Jour", "Deux.", "09:00:00");
    bare.article.published = Some("2026-10-06".parse().unwrap());
    let mut undated = article("a.example/undated", "Sans date", "Trois.", "09:30:00");
    undated.article.published = None;
    let mut before = article("a.example/before", "Veille", "Quatre.", "09:00:00");
    before.article.published = Some("2026-10-05T20:00:00Z".parse().unwrap());
    put(&store, &[undated, before, late, bare]);
    let day = store.day("2026-10-06".parse().unwrap()).unwrap();
    let titles: Vec<_> = day.iter().map(|s| s.articles[0].tagged.article.title.clone().unwrap()).collect();
    assert_eq!(titles, ["Jour", "Tard", "Sans date"]);
    assert!(day.iter().all(|story| story.id == story.articles[0].tagged.article.id));
    let days = store.days().unwrap();
    assert_eq!(days, [("2026-10-05".parse().unwrap(), 1), ("2026-10-06".parse().unwrap(), 3)]);
    let undated = store.query("SELECT day, published, published_day FROM articles WHERE title = 'Sans date'");
    assert_eq!(undated.unwrap().to_csv().lines().nth(1), Some("2026-10-06,,"));
    assert_eq!(Store::open_read_only(&place.path()).unwrap().zone().iana_name(), Some("Africa/Casablanca"));
}

#[test]
fn a_window_is_in_order_of_arrival() {
    let place = Place::new();
    let store = place.open();
    let at = |path: &str, hour: &str| {
        let mut tagged = article(path, path, "Texte.", "12:00:00");
        tagged.article.published = Some(format!("2026-10-06T{hour}:00:00Z").parse().unwrap());
        tagged
    };
    put(&store, &[at("a.example/3", "11"), at("a.example/1", "09"), at("a.example/2", "07")]);
    put(&store, &[at("a.example/3", "10")]);
    let since: Timestamp = "2026-10-06T08:00:00Z".parse().unwrap();
    let window = store.window(since).unwrap();
    let ids: Vec<_> = window.iter().map(|a| a.id.clone()).collect();
    assert_eq!(ids, [id("a.example/3"), id("a.example/1")]);
    assert_eq!(window[0].at.to_string(), "2026-10-06T10:00:00Z");
    assert_eq!((window[0].story.as_ref(), window[0].copy_of.as_ref()), (None, None));
}

fn library() -> (Place, Store) {
    let place = Place::new();
    let store = place.open();
    let mut articles = vec![
        article("a.example/1", "Élections : le cœur de l'Été", "Les électeurs œuvrent à Rabat.", "09:00:00"),
        article("a.example/2", "Barrages", "L'eau manque ; la grève générale du port dure.", "09:00:00"),
        article(
            "b.example/3",
            "أعلنت الحُكومة",
            "قال الوزير إنّ الأمطار وحكومةً أخرى بمراكش سنة ٢٠٢٦",
            "09:00:00",
        ),
        article("b.example/4", "حكومة جديدة", "إلى آخره مستشفـــى مدرسة", "09:00:00"),
    ];
    articles[2].rubrique = Rubrique::Politique;
    articles[3].article.published = Some("2026-10-05".parse().unwrap());
    put(&store, &articles);
    (place, store)
}

fn found(store: &Store, query: &SearchQuery) -> String {
    let hits = store.search(query).unwrap();
    let mut last: Vec<_> = hits.iter().map(|h| h.url.rsplit('/').next().unwrap().to_owned()).collect();
    last.sort();
    last.join(" ")
}

#[test]
fn search_is_blind_to_spelling() {
    let (_place, store) = library();
    let check = |text: &str, expected: &str| {
        assert_eq!(
            found(&store, &SearchQuery { text: text.to_owned(), ..SearchQuery::default() }),
            expected,
            "{text}"
        );
    };
    for (text, expected) in [
        ("elections", "1"),
        ("ÉLECTIONS", "1"),
        ("coeur", "1"),
        ("cœur ete", "1"),
        ("oeuvrent", "1"),
        ("élect*", "1"),
        ("eau", "2"),
        ("l'eau", "2"),
        ("\"greve generale\"", "2"),
        ("\"generale greve\"", ""),
        ("grève OR élections", "1 2"),
        ("a -barrages", "1"),
        ("-example -barrages -elections", "3 4"),
        ("حكومة", "3 4"),
        ("الحكومة", "3 4"),
        ("وزير", "3"),
        ("مراكش", "3"),
        ("ان الامطار", "3"),
        ("2026", "3"),
        ("مستشفى", "4"),
        ("مستشفي", "4"),
        ("الى اخره", "4"),
        ("المدرسه", "4"),
        ("Œuvrard", "1 2 3 4"),
        ("b", "3 4"),
        ("", "1 2 3 4"),
        ("\"'; DROP TABLE articles; --", ""),
        ("* ( NEAR ^ { } :", "1 2 3 4"),
    ] {
        // A word that stands for punctuation alone asks for nothing.
        let expected = if text.starts_with("* (") { "" } else { expected };
        check(text, expected);
    }
}

#[test]
fn search_filters_ranks_and_shows() {
    let (_place, store) = library();
    let with = |change: fn(&mut SearchQuery)| {
        let mut query = SearchQuery { text: "حكومة".to_owned(), ..SearchQuery::default() };
        change(&mut query);
        found(&store, &query)
    };
    assert_eq!(with(|q| q.from = Some("2026-10-06".parse().unwrap())), "3");
    assert_eq!(with(|q| q.to = Some("2026-10-05".parse().unwrap())), "4");
    assert_eq!(with(|q| q.rubrique = Some(Rubrique::Politique)), "3");
    assert_eq!(with(|q| q.source = Some(SourceId("a".to_owned()))), "");
    assert_eq!(with(|q| q.limit = 1).len(), 1);
    let hits = store.search(&SearchQuery { text: "eau greve".to_owned(), ..SearchQuery::default() }).unwrap();
    assert_eq!(hits[0].snippet, "L'«eau» manque ; la «grève» générale du port dure.");
    assert_eq!((hits[0].title.as_deref(), hits[0].source_name.as_str()), (Some("Barrages"), "a"));
    assert!(hits[0].score > 0.0);
}

#[test]
fn the_index_follows_the_articles() {
    let (_place, store) = library();
    put(&store, &[article("a.example/1", "Autre titre", "Autre texte.", "10:00:00")]);
    let seen = |text: &str| found(&store, &SearchQuery { text: text.to_owned(), ..SearchQuery::default() });
    assert_eq!((seen("élections").as_str(), seen("autre titre").as_str()), ("", "1"));
    store.verify().unwrap();
    let apart = "SELECT count(*) FROM articles a FULL JOIN articles_fts_docsize d ON d.id = a.seq
                 WHERE a.seq IS NULL OR d.id IS NULL";
    assert_eq!(store.query(apart).unwrap().rows[0][0], 0);
    let folded =
        store.query("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH fold('GRÈVE')").unwrap();
    assert_eq!(folded.rows[0][0], 1);
}

fn item(number: usize, path: &str, title: &str) -> EditionItem {
    EditionItem {
        title: title.to_owned(),
        extract: "Extrait…".to_owned(),
        source: SourceId("a".to_owned()),
        source_name: "Le a".to_owned(),
        authors: vec!["Zoé".to_owned(), "Ali".to_owned()],
        published: Some("2026-10-06".parse().unwrap()),
        url: url(path).to_string(),
        language: Language::from_tag("fr"),
        updated: true,
        reprinted_by: vec!["Le b".to_owned()],
        score: 1.5,
        ..EditionItem::new(number, id(path), Rubrique::Environnement)
    }
}

fn edition(titles: [&str; 2]) -> Edition {
    let second = item(2, "a.example/2", titles[1]);
    Edition {
        title: "Revue de presse".to_owned(),
        publisher: "Maison".to_owned(),
        time_zone: "Africa/Casablanca".to_owned(),
        as_of: Some("2026-10-06T09:00:00.5Z".parse().unwrap()),
        front: vec![item(1, "a.example/1", titles[0])],
        sections: vec![EditionSection::new(Rubrique::Environnement, "Environnement", vec![second])],
        articles: 2,
        stories: 2,
        ..Edition::new("matin", "2026-10-06".parse().unwrap())
    }
}

#[test]
fn the_store_decides_the_revision_of_an_edition() {
    let place = Place::new();
    let store = place.open();
    let date = "2026-10-06".parse().unwrap();
    let revision = || store.edition("matin", date).unwrap().unwrap().revision;
    assert_eq!(store.edition("matin", date).unwrap(), None);
    assert!(store.save_edition(&edition(["Un", "Deux"])).unwrap());
    assert_eq!(store.edition("matin", date).unwrap(), Some(edition(["Un", "Deux"])));
    assert!(!store.save_edition(&Edition { revision: 7, ..edition(["Un", "Deux"]) }).unwrap());
    assert_eq!(revision(), 1);
    assert!(store.save_edition(&edition(["Un", "Trois"])).unwrap());
    assert_eq!(revision(), 2);
    assert!(!store.save_edition(&edition(["Un", "Trois"])).unwrap());
    let mut short = edition(["Un", "Trois"]);
    short.sections.clear();
    assert!(store.save_edition(&short).unwrap());
    assert_eq!(revision(), 3);
    let items =
        store.query("SELECT revision, number, place, title, authors, reprints FROM v_editions").unwrap();
    assert_eq!(items.to_csv().lines().skip(1).collect::<Vec<_>>(), ["3,1,front,Un,\"Zoé, Ali\",1"]);
    let list = store.editions().unwrap();
    assert_eq!((list.len(), list[0].items, list[0].articles, list[0].revision), (1, 1, 2, 3));
}

#[test]
fn a_trail_tells_everything_of_an_address() {
    let place = Place::new();
    let store = place.open();
    let mut told = article("a.example/1", "Titre", "Texte.", "09:00:00");
    told.article.url = "https://m.a.example/1?utm_source=x".to_owned();
    let mut elsewhere = article("a.example/canonical", "Ailleurs", "Texte.", "09:00:00");
    elsewhere.article.url = "https://a.example/fetched".to_owned();
    let mut batch = store.begin().unwrap();
    for (stage, at) in
        [("sink", "09:00:04"), ("dedup", "09:00:01"), ("crawl", "09:00:00"), ("extract", "09:00:02")]
    {
        batch.crumb(&crumb("a.example/1", stage, BreadcrumbOutcome::Forwarded, at)).unwrap();
    }
    let dropped = BreadcrumbOutcome::Dropped(Reason::NotModified);
    batch.crumb(&crumb("a.example/2", "crawl", dropped, "09:00:00")).unwrap();
    batch.put(&told).unwrap();
    batch.put(&elsewhere).unwrap();
    batch.place(&id("a.example/1"), None, &id("a.example/1"), "opens a story").unwrap();
    batch.commit().unwrap();
    store.save_edition(&edition(["Titre", "Autre"])).unwrap();

    let trail = store.trail(&url("www.a.example/1/?utm_medium=y")).unwrap();
    let stages: Vec<_> = trail.crumbs.iter().map(|c| c.stage.as_str()).collect();
    assert_eq!(stages, ["crawl", "dedup", "extract", "sink"]);
    let article = trail.article.unwrap();
    assert_eq!((article.title.as_deref(), article.rubrique), (Some("Titre"), Rubrique::Environnement));
    assert_eq!((article.story, article.because.as_deref()), (Some(id("a.example/1")), Some("opens a story")));
    assert_eq!((trail.editions.len(), trail.editions[0].number, trail.editions[0].headline), (1, 1, true));

    let doubt = Some((Rubrique::Environnement, Rubrique::Societe));
    assert_eq!(
        (store.uncertain(&id("a.example/1")).unwrap(), store.uncertain(&id("a.example/2")).unwrap()),
        (doubt, None)
    );

    let dead = store.trail(&url("a.example/2")).unwrap();
    assert_eq!((dead.crumbs[0].outcome, dead.article, dead.editions.len()), (dropped, None, 0));
    let fetched = store.trail(&url("a.example/fetched")).unwrap();
    assert_eq!(fetched.article.unwrap().id, id("a.example/canonical"));
    let unknown = store.trail(&url("a.example/nobody")).unwrap();
    assert!(unknown.crumbs.is_empty() && unknown.article.is_none() && unknown.source.is_none());
}

#[test]
fn queries_only_read() {
    let (_place, store) = library();
    let before = dump(&store);
    for sql in [
        "DELETE FROM articles",
        "UPDATE articles SET title = ''",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "ATTACH 'other.sqlite' AS other",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA query_only = OFF",
        "VACUUM INTO 'copy.sqlite'",
        "BEGIN IMMEDIATE",
        "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')",
        "WITH x AS (SELECT 1) DELETE FROM articles",
        "SELECT 1; DROP TABLE articles",
    ] {
        assert!(
            matches!(store.query(sql), Err(StoreError::ReadOnly { .. })),
            "{sql}: {:?}",
            store.query(sql)
        );
    }
    for sql in ["SELEC 1", "SELECT * FROM nowhere", "SELECT 1; SELECT 2", "", "SELECT ?1 FROM"] {
        assert!(
            matches!(store.query(sql), Err(StoreError::BadQuery { .. })),
            "{sql}: {:?}",
            store.query(sql)
        );
    }
    assert_eq!(dump(&store), before);
}

#[test]
fn queries_have_limits() {
    let (_place, store) = library();
    let limits = QueryLimits { max_rows: 2, time_limit: std::time::Duration::from_millis(50) };
    let some = store.query_with("SELECT id FROM articles", &limits).unwrap();
    assert_eq!((some.rows.len(), some.truncated), (2, true));
    let all = store.query("SELECT id FROM articles").unwrap();
    assert_eq!((all.rows.len(), all.truncated), (4, false));
    let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    assert!(matches!(store.query_with(endless, &limits), Err(StoreError::TimeLimit { limit_ms: 50 })));
}

#[test]
fn rows_become_csv() {
    let (_place, store) = library();
    let rows = store.query("SELECT 1 AS i, 2.5 AS r, 'a \"b\", c' AS t, NULL AS n, x'00ff' AS b").unwrap();
    assert_eq!(rows.to_csv(), "i,r,t,n,b\n1,2.5,\"a \"\"b\"\", c\",,00ff\n");
}

#[test]
fn a_backup_is_a_store_and_comes_back() {
    let (place, store) = library();
    let (before, copy) = (dump(&store), place.file("copy.sqlite"));
    let mut batch = store.begin().unwrap();
    batch.put(&article("a.example/9", "Pas encore", "Neuf.", "10:00:00")).unwrap();
    store.backup(&copy).unwrap();
    batch.commit().unwrap();
    assert_eq!(dump(&Store::open_read_only(&copy).unwrap()), before, "what is not committed is not in it");
    drop(store);
    Store::restore(&copy, &place.path()).unwrap();
    assert_eq!(dump(&place.open()), before);
    place.open().verify().unwrap();
    assert!(place.open().backup(&place.path()).is_err(), "a store is no backup of itself");
}

#[test]
fn a_reader_sees_what_was_committed_while_another_writes() {
    let (place, store) = library();
    let reader = Store::open_read_only(&place.path()).unwrap();
    let mut batch = store.begin().unwrap();
    batch.put(&article("a.example/9", "Neuf", "Neuf.", "10:00:00")).unwrap();
    assert_eq!(reader.status().unwrap().articles, 4);
    batch.commit().unwrap();
    assert_eq!(reader.status().unwrap().articles, 5);
    assert!(matches!(reader.begin(), Err(StoreError::ReadOnly { .. })));
    assert!(matches!(reader.sync_sources(&[source("x", 1)]), Err(StoreError::ReadOnly { .. })));
}

#[test]
fn the_health_of_a_source_is_told_in_shares() {
    let place = Place::new();
    let store = place.open();
    store.sync_sources(&[source("a", 1), source("quiet", 2)]).unwrap();
    let mut poor = article("a.example/2", "2", "", "10:00:00");
    poor.article.authors.clear();
    poor.article.published = None;
    let mut agency = article("a.example/3", "3", "Dépêche.", "11:00:00");
    agency.article.authors.clear();
    agency.article.agencies = vec!["MAP".to_owned()];
    put(&store, &[article("a.example/1", "1", "Un.", "09:00:00"), poor, agency]);
    let status = store.status().unwrap();
    let a = &status.sources[0];
    let shares = [a.without_text, a.without_author, a.without_date].map(|share| (share * 3.0).round());
    assert_eq!((a.articles, shares), (3, [1.0, 1.0, 1.0]));
    assert_eq!(a.last_new_article.unwrap().to_string(), "2026-10-06T11:00:00Z");
    let quiet = &status.sources[1];
    assert_eq!((quiet.articles, quiet.without_text, quiet.without_date), (0, 0.0, 0.0));
}

#[test]
fn a_shadow_says_so_and_articles_are_listed_page_by_page() {
    let place = Place::new();
    let store = place.open();
    let all: Vec<_> = (0..5).map(|n| article(&format!("a.example/{n}"), "T", "Texte.", "09:00:00")).collect();
    put(&store, &all);
    let first = store.list_after(0, 3).unwrap();
    let rest = store.list_after(first[2].seq, 3).unwrap();
    let ids: Vec<_> = first.iter().chain(&rest).map(|listed| listed.id.clone()).collect();
    assert_eq!(ids, all.iter().map(|a| a.article.id.clone()).collect::<Vec<_>>());
    assert_eq!(first[0].page, id("a.example/0"));
    assert!(!store.is_shadow().unwrap());
    store.mark_as_shadow(&place.file("live.sqlite")).unwrap();
    assert!(Store::open_read_only(&place.path()).unwrap().is_shadow().unwrap());
}

//! Corrections of an edition that went out: what is withdrawn, what is rewritten, what no longer counts.

use kiosque_edition::{Act, Format, GroupBy, publish};

use crate::desk::{Desk, at, how};
use crate::morning::{date, spec};

#[test]
fn one_article_is_withdrawn_and_another_speaks() {
    let desk = Desk::grouped();
    let out = publish(&desk.store, &spec(), date(), how()).unwrap().edition;
    let item = out.items().find(|item| !item.others.is_empty() && !item.reprints.is_empty());
    let item = item.or_else(|| out.items().find(|item| !item.others.is_empty())).unwrap();
    let at = |edition: &kiosque_model::Edition| {
        edition.items().find(|other| other.number == item.number).unwrap().clone()
    };
    desk.decide(Some(&item.article), &Act::Drop { only: true });
    let left = publish(&desk.store, &spec(), date(), how()).unwrap().edition;
    let heir = at(&left);
    assert_eq!((&heir.article, &heir.title), (&item.others[0].article, &item.others[0].title));
    assert_eq!((&heir.url, &heir.source), (&item.others[0].url, &item.others[0].source));
    assert!(heir.others.iter().all(|other| other.article != heir.article));
    let lines = || left.newspapers.iter().flat_map(|paper| &paper.lines);
    assert!(lines().all(|line| line.article != item.article));
    assert!(lines().any(|line| line.article == heir.article && line.headline));
    assert_eq!((left.articles, left.stories), (out.articles - 1, out.stories));
    let printed = kiosque_edition::render(&left, Format::Markdown, GroupBy::Rubrique).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    assert!(printed.contains("un article en a été retiré") && !printed.contains(&item.url));
    // Where nobody else tells it, the story goes with its article.
    let alone = out.items().find(|item| item.others.is_empty() && item.reprints.is_empty()).unwrap();
    desk.decide(Some(&alone.article), &Act::Drop { only: true });
    let left = publish(&desk.store, &spec(), date(), how()).unwrap().edition;
    assert!(left.items().all(|item| item.number != alone.number));
}

#[test]
fn a_reprint_takes_the_place_of_what_it_reprints() {
    let desk = Desk::grouped();
    let out = publish(&desk.store, &spec(), date(), how()).unwrap().edition;
    let item = out.items().find(|item| !item.reprints.is_empty()).unwrap();
    // Its other tellings go first, then itself.
    for article in item.others.iter().map(|other| &other.article).chain([&item.article]) {
        desk.decide(Some(article), &Act::Drop { only: true });
    }
    let left = publish(&desk.store, &spec(), date(), how()).unwrap().edition;
    let heir = left.items().find(|other| other.number == item.number).unwrap();
    assert_eq!(heir.article, item.reprints[0].article);
    assert_eq!(heir.reprinted_by, item.reprinted_by[1..]);
    let of_it = left.newspapers.iter().flat_map(|paper| &paper.lines).filter(|l| l.number == item.number);
    assert!(of_it.filter_map(|line| line.copy_of.as_ref()).all(|name| *name != item.source_name));
}

#[test]
fn what_is_taken_out_is_no_longer_counted() {
    let desk = Desk::grouped();
    let out = publish(&desk.store, &spec(), date(), ("Desk", at("18:00"))).unwrap().edition;
    let item = out.items().find(|item| !item.reprints.is_empty()).unwrap();
    desk.decide(Some(&item.article), &Act::Drop { only: false });
    let left = publish(&desk.store, &spec(), date(), ("Desk", at("19:00"))).unwrap().edition;
    assert!(left.copies < out.copies && left.articles < out.articles);
    let lines = || left.newspapers.iter().flat_map(|paper| &paper.lines);
    assert_eq!(left.articles, lines().count());
    assert_eq!(left.copies, lines().filter(|line| line.copy_of.is_some()).count());
    assert_eq!(left.sources.iter().map(|source| source.articles).sum::<usize>(), left.articles);
    assert!(left.sources.is_sorted_by_key(|source| (std::cmp::Reverse(source.articles), source.id.clone())));
}

#[test]
fn an_erratum_lets_out_no_extract() {
    let desk = Desk::new();
    let out = publish(&desk.store, &spec(), date(), ("Desk", at("18:00"))).unwrap().edition;
    let lead = out.front[0].article.clone();
    desk.decide(Some(&lead), &Act::Extract { text: "Nos mots à nous.".to_owned() });
    let corrected = publish(&desk.store, &spec(), date(), ("Desk", at("19:00"))).unwrap().edition;
    assert_eq!(corrected.front[0].extract, "Nos mots à nous.");
    let [erratum] = &corrected.errata[..] else { panic!("{:?}", corrected.errata) };
    assert_eq!((&*erratum.kind, &erratum.before, &*erratum.text), ("extract", &None, ""));
}

#[test]
fn a_closed_edition_is_retitled_by_the_article_that_speaks_alone() {
    let desk = Desk::grouped();
    let out = publish(&desk.store, &spec(), date(), ("Desk", at("18:00"))).unwrap().edition;
    let item = out.items().find(|item| !item.others.is_empty()).unwrap();
    desk.decide(Some(&item.others[0].article), &Act::Retitle { title: "D’un autre".to_owned() });
    let corrected = publish(&desk.store, &spec(), date(), ("Desk", at("19:00"))).unwrap().edition;
    assert!(corrected.errata.is_empty() && corrected.items().all(|item| item.title != "D’un autre"));
}

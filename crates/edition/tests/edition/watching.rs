//! What watchlists do to an edition, and how words an editor wrote are set.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kiosque_edition::{Act, Day, EditionSpec, Format, GroupBy, RubriqueSpec, Ruling, compose, render};
use kiosque_model::{Edition, Placement, Rubrique, Story};

use crate::morning::{composed, date, spec, stories};

/// The morning with two of its stories on a list.
fn watched() -> Vec<Story> {
    let mut stories = stories();
    for story in stories.iter_mut().filter(|story| {
        let title = story.articles[0].tagged.article.title.as_deref().unwrap_or_default();
        title.starts_with("La banque centrale") || title.starts_with("Les flamants")
    }) {
        story.articles[0].tagged.placements.push(Placement {
            rule: "taux".to_owned(),
            version: 1,
            watchlist: Some("Port & رصيف".to_owned()),
            rubrique: None,
            instead_of: None,
            mentions: Vec::new(),
        });
    }
    stories
}

fn text(edition: &Edition, format: Format) -> String {
    String::from_utf8(render(edition, format, GroupBy::Rubrique).expect("renders")).expect("UTF-8")
}

#[test]
fn a_watched_story_ranks_higher_and_is_told_with_its_share_of_the_noise() {
    let (plain, edition) = (composed(&stories(), &spec()), composed(&watched(), &spec()));
    let met: Vec<_> = edition.items().filter(|item| !item.watchlists.is_empty()).collect();
    assert_eq!(met.len(), 2);
    for item in &met {
        assert_eq!((&item.watchlists, item.score_parts["watchlist"]), (&vec!["Port & رصيف".to_owned()], 1.0));
        let before = plain.items().find(|other| other.article == item.article).expect("it stood there");
        assert!((item.score - before.score - 1.0).abs() < 1e-9);
    }
    let hits = &edition.watchlists[0];
    assert_eq!(hits.items, met.iter().map(|item| item.number).collect::<Vec<_>>());
    assert_eq!((edition.watchlists.len(), hits.articles), (1, 2));
    assert!(hits.noise > 0.0 && hits.percent > 0.0 && hits.percent < 100.0, "{hits:?}");
    assert!(plain.watchlists.is_empty());
    for (format, name) in
        [(Format::Html, "Port &amp; رصيف"), (Format::Markdown, "Port \\& رصيف"), (Format::Csv, "Port & رصيف")]
    {
        let printed = text(&edition, format);
        assert!(printed.contains(name), "{}: {name}", format.name());
    }
}

#[test]
fn a_house_has_rubriques_of_its_own() {
    let mut spec = spec();
    spec.front_items = 1;
    let of = |subject: &str| RubriqueSpec::new(subject.parse().unwrap());
    let others =
        |own: Rubrique| Rubrique::ALL.into_iter().filter(move |r| *r != own && *r != Rubrique::Sport);
    spec.rubriques = vec![of("liste:Port & رصيف"), of("politique"), of("sport")];
    spec.rubriques[1].label = "Breaking news".to_owned();
    spec.rubriques[1].also = others(Rubrique::Politique).collect();
    let edition = composed(&watched(), &spec);
    let plain = composed(&watched(), &crate::morning::spec());
    // Nothing is lost, and every story stands once.
    assert_eq!(edition.stories, plain.stories);
    let labels: Vec<_> = edition.sections.iter().map(|s| &*s.label).collect();
    assert_eq!(labels, ["Port & رصيف", "Breaking news", "Sport"]);
    let list = &edition.sections[0];
    assert_eq!(list.watchlist.as_deref(), Some("Port & رصيف"));
    assert!(list.items.iter().all(|item| item.watchlists == ["Port & رصيف"]), "{:?}", list.items);
    assert!(edition.sections[1].items.iter().all(|item| item.rubrique == Rubrique::Politique));
    let ids: Vec<_> = edition.coverage.rubriques.iter().map(|share| &*share.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3, "{ids:?}");
    let page = text(&edition, Format::Html);
    for heading in ["id=\"liste-1\"", "Port &amp; رصيف</bdi>", "Breaking news</bdi>"] {
        assert!(page.contains(heading), "{heading}");
    }
    // An editor takes a story off the list by giving it a rubrique.
    let listed = list.items.first().or(edition.front.first()).expect("a listed story").article.clone();
    let ruling = Ruling {
        number: 1,
        target: Some(listed.clone()),
        act: Act::Rubrique { rubrique: Rubrique::Sport },
        who: "desk".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    };
    let stories = watched();
    let edition = compose(&Day { rulings: &[ruling], ..Day::new(date(), &stories) }, &spec);
    let moved = edition.items().find(|item| item.article == listed).unwrap();
    assert_eq!(moved.rubrique, Rubrique::Sport);
    assert!(edition.sections.iter().filter(|s| s.watchlist.is_some()).all(|s| s.items.len() == 1));
}

#[test]
fn an_edition_for_a_client_is_made_of_its_watchlists() {
    let mut spec = spec();
    spec.selection.watchlists = vec!["Port & رصيف".to_owned()];
    let edition = composed(&watched(), &spec);
    assert_eq!((edition.stories, edition.articles), (2, 2));
    assert_eq!(composed(&stories(), &spec).stories, 0);
}

#[test]
fn words_of_an_editor_run_the_way_they_are_written() {
    let stories = stories();
    let plain = composed(&stories, &spec());
    let target = plain.front[0].article.clone();
    let ruled = |number, act| Ruling {
        number,
        target: Some(target.clone()),
        act,
        who: "desk".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    };
    let rulings = [
        ruled(
            1,
            Act::Retitle {
                title: "OCP : البرلمان يصادق على قانون الماء".to_owned()
            },
        ),
        ruled(2, Act::Extract { text: "بعد ثلاثة أشهر.".to_owned() }),
        ruled(3, Act::Note { text: "Voir l'avis : page 2 !".to_owned() }),
    ];
    let spec: EditionSpec = spec();
    let edition = compose(&Day { rulings: &rulings, ..Day::new(date(), &stories) }, &spec);
    let page = text(&edition, Format::Html);
    assert!(page.contains("dir=\"rtl\" rel=\"noopener noreferrer\">OCP : البرلمان"), "title");
    assert!(page.contains("<p class=\"extract\" dir=\"rtl\">بعد ثلاثة أشهر.</p>"), "extract");
    assert!(page.contains("<q lang=\"fr\" dir=\"ltr\">La loi sur l’eau"), "the paper's own");
    assert!(page.contains("Voir l’avis\u{a0}: page 2\u{202f}!"), "note");
    let markdown = text(&edition, Format::Markdown);
    assert!(markdown.contains("<p dir=\"rtl\">بعد ثلاثة أشهر.</p>"), "{markdown}");
    // The same words under their paper, said to be the house's.
    let papers =
        String::from_utf8(render(&edition, Format::Html, GroupBy::Source).expect("renders")).expect("UTF-8");
    let at = papers.find("<p class=\"extract\" dir=\"rtl\">بعد ثلاثة أشهر.</p>").expect("the extract");
    let head = &papers[papers[..at].rfind("<article").expect("its item")..at];
    assert!(head.contains("Résumé de la rédaction"), "{head}");
}

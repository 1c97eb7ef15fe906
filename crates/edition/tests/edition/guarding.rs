//! The law: what is composed by itself keeps every rule in every mode, and each rule stops what breaks it.

use std::collections::BTreeMap;

use kiosque_edition::{EditionSpec, Rule, in_mode};
use kiosque_model::{Edition, EditionItem, Erratum, Mode, Rights, SourceId, Story};

use crate::morning::{composed, spec, stories};

/// The morning with the rights of some sources set otherwise.
fn morning(rights: &[(&str, Rights)]) -> Vec<Story> {
    let mut stories = stories();
    for article in stories.iter_mut().flat_map(|s| &mut s.articles) {
        let source = &article.tagged.article.source.0;
        if let Some((_, given)) = rights.iter().find(|(id, _)| id == source) {
            article.rights = *given;
        }
    }
    stories
}

fn licensed() -> EditionSpec {
    let mut spec = spec();
    spec.law.licence = Some("Contrat 12-345 de la société de gestion".to_owned());
    spec
}

fn words(item: &EditionItem) -> usize {
    item.extract.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count()
}

fn in_any(edition: &Edition, mode: Mode, spec: &EditionSpec) -> Edition {
    in_mode(edition, mode, spec, &BTreeMap::new()).unwrap_or_else(|breaches| panic!("{breaches:?}"))
}

/// The rules an edition breaks, with the numbers of the items.
fn broken(edition: &Edition, mode: Mode, spec: &EditionSpec) -> Vec<(Rule, Option<usize>)> {
    let breaches = in_mode(edition, mode, spec, &BTreeMap::new()).expect_err("a rule is broken");
    breaches.into_iter().map(|b| (b.rule, b.item.map(|(number, _)| number))).collect()
}

#[test]
fn what_is_composed_keeps_every_rule_in_every_mode() {
    let rights = [("rivage", Rights::Licensed), ("carrefour", Rights::None), ("cap-nord", Rights::Forbidden)];
    let edition = composed(&morning(&rights), &licensed());
    for mode in Mode::ALL {
        let out = in_any(&edition, mode, &licensed());
        assert_eq!(out.law.mode, mode);
        assert!(out.items().all(|item| item.source.0 != "cap-nord" && item.licensed_text.is_none()));
        assert!(out.items().filter(|item| item.source.0 == "carrefour").all(|item| item.extract.is_empty()));
        assert!(out.newspapers.iter().all(|paper| paper.source.0 != "cap-nord"));
        for source in &out.sources {
            let most = source.words as f64 * out.law.max_share_of_publication;
            assert!(source.quoted_words as f64 <= most, "{source:?}");
        }
    }
    // Lines by paper that were written under wider rules fall back to their titles.
    let beside = |edition: &Edition| {
        let lines = edition.newspapers.iter().flat_map(|paper| &paper.lines);
        lines.filter(|line| !line.headline && !line.extract.is_empty()).count()
    };
    let mut wide = edition.clone();
    wide.items_mut().for_each(|item| item.extract.clear());
    assert!(beside(&in_any(&wide, Mode::Revue, &licensed())) > 0);
    assert_eq!(beside(&in_any(&wide, Mode::Revue, &EditionSpec { extract_words: 3, ..licensed() })), 0);
    for line in wide.newspapers.iter_mut().flat_map(|paper| &mut paper.lines) {
        line.words = line.extract.split(' ').count();
    }
    assert_eq!(beside(&in_any(&wide, Mode::Revue, &licensed())), 0, "whole texts");
    let links = in_any(&edition, Mode::Liens, &licensed());
    assert!(links.items().all(|item| item.extract.is_empty() && !item.title.is_empty()));
    assert!(links.newspapers.iter().flat_map(|paper| &paper.lines).all(|line| line.extract.is_empty()));
}

#[test]
fn a_panorama_prints_more_of_what_is_licensed_and_no_more_than_its_share() {
    let mut spec = licensed();
    spec.law.max_share_of_publication = 1.0;
    let edition = composed(&morning(&[("rivage", Rights::Licensed)]), &spec);
    let of_it = |edition: &Edition| {
        edition.items().filter(|item| item.source.0 == "rivage").map(words).sum::<usize>()
    };
    let (revue, whole) =
        (of_it(&in_any(&edition, Mode::Revue, &spec)), of_it(&in_any(&edition, Mode::Panorama, &spec)));
    spec.law.max_share_of_publication = 0.2;
    let fifth = of_it(&in_any(&edition, Mode::Panorama, &spec));
    assert!(fifth < whole && revue < whole, "{revue} {fifth} {whole}");
}

#[test]
fn a_share_that_is_short_goes_to_the_best_and_to_as_many_as_it_holds() {
    let mut spec = licensed();
    spec.law.max_share_of_publication = 0.2;
    // One long article at the head of the paper, whose licensed text alone is more than its share.
    let mut stories = morning(&[("rivage", Rights::Licensed)]);
    let of_it = |article: &&mut kiosque_model::StoryArticle| article.tagged.article.source.0 == "rivage";
    for article in stories.iter_mut().flat_map(|s| &mut s.articles).filter(of_it) {
        article.tagged.article.text = "Une phrase de six mots ici. ".repeat(50);
    }
    let panorama = in_any(&composed(&stories, &spec), Mode::Panorama, &spec);
    let mut items: Vec<_> = panorama.items().filter(|item| item.source.0 == "rivage").collect();
    items.sort_by(|a, b| b.score.total_cmp(&a.score));
    let quoted: Vec<_> = items.iter().map(|item| words(item)).collect();
    assert!(quoted.len() > 2 && quoted.iter().all(|words| *words > 0), "{quoted:?}");
}

#[test]
fn a_panorama_keeps_to_the_share_its_licence_grants() {
    let mut spec = licensed();
    spec.law.max_share_of_publication = 1.0;
    for share in [0.3, 0.5, 0.9] {
        spec.law.panorama_share = share;
        for text in ["mot ".repeat(20), "il y a 10\u{202f}000 tonnes. ".repeat(20)] {
            let mut stories = morning(&[("rivage", Rights::Licensed)]);
            for article in stories.iter_mut().flat_map(|s| &mut s.articles) {
                if article.tagged.article.source.0 == "rivage" {
                    article.tagged.article.text.clone_from(&text);
                }
            }
            in_any(&composed(&stories, &spec), Mode::Panorama, &spec);
        }
    }
}

#[test]
fn a_reservation_holds_for_lines_by_paper_too() {
    let mut stories = stories();
    for article in stories.iter_mut().flat_map(|s| &mut s.articles) {
        article.tagged.article.tdm_reserved = Some(true);
    }
    let mut agreed = spec();
    agreed.law.quote_reserved = true;
    let mut edition = composed(&stories, &agreed);
    edition.items_mut().for_each(|item| item.extract.clear());
    let quoted = |edition: &Edition| {
        edition
            .newspapers
            .iter()
            .flat_map(|paper| &paper.lines)
            .filter(|line| !line.extract.is_empty())
            .count()
    };
    assert!(quoted(&in_any(&edition, Mode::Revue, &agreed)) > 0);
    assert_eq!(quoted(&in_any(&edition, Mode::Revue, &spec())), 0);
}

#[test]
fn a_paper_that_forbids_it_is_named_nowhere() {
    let mut edition = composed(&stories(), &spec());
    let source = SourceId("depeche".to_owned());
    let takes_out: Vec<_> =
        edition.items().filter(|item| item.source == source).map(|item| item.article.clone()).collect();
    assert!(edition.newspapers.iter().flat_map(|p| &p.lines).any(|l| l.copy_of.is_some()));
    for article in takes_out {
        let ruled = |number, act| kiosque_edition::Ruling {
            number,
            target: Some(article.clone()),
            act,
            who: "desk".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let retitled = ruled(1, kiosque_edition::Act::Retitle { title: "Autrement dit".to_owned() });
        let dropped = ruled(2, kiosque_edition::Act::Drop { only: false });
        edition = kiosque_edition::amend(&edition, &[retitled, dropped], true);
    }
    let rights = BTreeMap::from([(source, Rights::Forbidden)]);
    let out = in_mode(&edition, Mode::Revue, &spec(), &rights).unwrap_or_else(|b| panic!("{b:?}"));
    let told = serde_json::to_string(&out).unwrap();
    for name in ["Agence Dépêche", "\"depeche\"", "La banque centrale maintient", "Autrement dit"] {
        assert!(!told.contains(name), "{name}");
    }
}

#[test]
fn a_table_of_a_panorama_carries_its_licence() {
    let edition = in_any(&composed(&stories(), &licensed()), Mode::Panorama, &licensed());
    for format in
        kiosque_edition::Format::built().filter(|f| !matches!(f.name(), "pdf" | "docx" | "epub" | "eml"))
    {
        let out = kiosque_edition::render(&edition, format, kiosque_edition::GroupBy::Rubrique).unwrap();
        assert!(String::from_utf8_lossy(&out).contains("Contrat 12-345"), "{}", format.name());
    }
}

#[test]
fn each_rule_tells_the_item_that_breaks_it() {
    let edition = composed(&morning(&[("carrefour", Rights::None)]), &spec());
    let check = |change: &dyn Fn(&mut EditionItem), expected: Rule| {
        let mut edition = edition.clone();
        change(&mut edition.front[1]);
        let found = broken(&edition, Mode::Revue, &spec());
        assert!(found.contains(&(expected, Some(2))), "{expected:?}: {found:?}");
    };
    check(&|item| item.title.clear(), Rule::Mentions);
    check(&|item| item.source_name.clear(), Rule::Mentions);
    check(&|item| item.url = "javascript:alert(1)".to_owned(), Rule::Mentions);
    check(&|item| (item.published, item.seen) = (None, None), Rule::Mentions);
    check(&|item| item.rights = Rights::Forbidden, Rule::Forbidden);
    check(&|item| item.rights = Rights::None, Rule::NoQuote);
    check(&|item| item.tdm_reserved = Some(true), Rule::Reserved);
    check(&|item| item.extract = "mot ".repeat(61), Rule::Words);
    check(&|item| (item.extract, item.words) = ("mot ".repeat(40), 100), Rule::Share);
}

#[test]
fn a_panorama_without_its_licence_does_not_go_out() {
    let edition = composed(&stories(), &spec());
    assert_eq!(broken(&edition, Mode::Panorama, &spec()), [(Rule::Licence, None)]);
}

#[test]
fn what_an_editor_writes_counts_in_the_share_of_a_publication() {
    let mut edition = composed(&stories(), &licensed());
    let source = edition.front[0].source.clone();
    for item in edition.items_mut().filter(|item| item.source == source) {
        (item.extract, item.rewritten) = ("mot ".repeat(60), true);
    }
    if let Some(of_it) = edition.sources.iter_mut().find(|s| s.id == source) {
        of_it.words = 200;
    }
    let found = broken(&edition, Mode::Panorama, &licensed());
    assert!(found.iter().any(|(rule, item)| *rule == Rule::Publication && *item == Some(1)), "{found:?}");
}

#[test]
fn rights_that_were_withdrawn_since_stop_an_edition() {
    let edition = composed(&stories(), &spec());
    let source = edition.front[0].source.clone();
    let rights = BTreeMap::from([(SourceId(source.0.clone()), Rights::Forbidden)]);
    let breaches = in_mode(&edition, Mode::Revue, &spec(), &rights).expect_err("forbidden");
    let items = edition.items().filter(|item| item.source == source).count();
    assert_eq!(breaches.iter().filter(|b| b.rule == Rule::Forbidden).count(), items);
    assert!(breaches[0].to_string().starts_with("item 1 « "), "{}", breaches[0]);
}

#[test]
fn a_reservation_of_text_and_data_mining_leaves_title_and_link() {
    let mut stories = stories();
    for article in stories.iter_mut().flat_map(|s| &mut s.articles) {
        article.tagged.article.tdm_reserved = Some(true);
    }
    assert!(composed(&stories, &spec()).items().all(|item| item.extract.is_empty()));
    let mut agreed = spec();
    agreed.law.quote_reserved = true;
    assert!(composed(&stories, &agreed).items().any(|item| !item.extract.is_empty()));
}

#[test]
fn errata_of_old_editions_tell_no_extract() {
    let mut edition = composed(&stories(), &spec());
    edition.errata.push(Erratum {
        revision: 2,
        at: jiff::Timestamp::UNIX_EPOCH,
        who: "Desk".to_owned(),
        number: Some(1),
        kind: "extract".to_owned(),
        before: Some("Un long passage.".to_owned()),
        text: "Un autre.".to_owned(),
    });
    let out = in_any(&edition, Mode::Liens, &spec());
    assert_eq!((&out.errata[0].before, &*out.errata[0].text), (&None, ""));
}

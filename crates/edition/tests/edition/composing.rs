//! The rules of composition, each on the whole morning or on a story made for it.

use std::collections::BTreeSet;

use kiosque_edition::{Day, compose};
use kiosque_model::{Edition, EditionItem, Language};

use crate::morning::{composed, date, spec, stories};

fn edition() -> Edition {
    composed(&stories(), &spec())
}

fn items(edition: &Edition) -> Vec<&EditionItem> {
    edition.front.iter().chain(edition.sections.iter().flat_map(|s| &s.items)).collect()
}

fn find<'a>(edition: &'a Edition, start: &str) -> &'a EditionItem {
    items(edition).into_iter().find(|i| i.title.starts_with(start)).unwrap_or_else(|| panic!("no `{start}`"))
}

#[test]
fn any_order_of_stories_and_articles_gives_the_same_bytes() {
    let expected = serde_json::to_string(&edition()).unwrap();
    let mut shuffled = stories();
    // A fixed multiplicative shuffle: every run tries the same orders.
    for step in [1_usize, 3, 5, 7, 11, 13] {
        let len = shuffled.len();
        for at in 0..len {
            shuffled.swap(at, (at * step + step) % len);
        }
        for story in &mut shuffled {
            let len = story.articles.len();
            story.articles.rotate_left(step % len);
        }
        assert_eq!(serde_json::to_string(&composed(&shuffled, &spec())).unwrap(), expected);
    }
}

#[test]
fn an_item_stands_in_one_place_under_its_own_number() {
    let edition = edition();
    let items = items(&edition);
    let stories: BTreeSet<_> = items.iter().map(|i| &i.story).collect();
    assert_eq!(stories.len(), items.len());
    assert!(items.iter().enumerate().all(|(at, item)| item.number == at + 1));
    assert_eq!((edition.front.len(), edition.stories), (8, items.len()));
}

#[test]
fn the_front_page_leads_with_what_most_houses_told_and_mixes_sources() {
    let edition = edition();
    assert!(edition.front[0].title.starts_with("La loi sur l’eau"));
    let sources: Vec<_> = edition.front.iter().map(|i| &i.source).collect();
    for source in &sources {
        assert!(sources.iter().filter(|s| s == &source).count() <= 3, "{source}");
    }
    let rubriques: BTreeSet<_> = edition.front.iter().map(|i| i.rubrique).collect();
    assert!(rubriques.len() >= 5, "{rubriques:?}");
}

#[test]
fn listings_and_paid_content_never_enter() {
    let edition = edition();
    for title in ["Toute l’actualité", "Ouvrez votre compte"] {
        assert!(
            stories().iter().any(|s| s.articles[0].tagged.article.title.as_ref().unwrap().starts_with(title))
        );
        assert!(items(&edition).iter().all(|i| !i.title.starts_with(title)), "{title}");
    }
}

#[test]
fn a_dispatch_is_shown_once_with_those_who_printed_it() {
    let edition = edition();
    let item = find(&edition, "La banque centrale");
    assert_eq!(item.source.0, "depeche");
    assert_eq!(item.reprinted_by, ["Le Rivage", "La Gazette de l’Oued", "Cap Nord"]);
    assert_eq!(item.others.len(), 1);
    assert_eq!(item.others[0].source_name, "المنارة");
    assert_eq!(edition.copies, 3);
}

#[test]
fn a_correction_shows_with_the_first_headline() {
    let edition = edition();
    let item = find(&edition, "La loi sur l’eau");
    assert!(item.updated);
    assert_eq!(item.first_title.as_deref(), Some("La loi sur l’eau adoptée dans la nuit"));
}

#[test]
fn an_extract_is_short_in_words_and_in_share() {
    let stories = stories();
    let edition = composed(&stories, &spec());
    let articles: Vec<_> = stories.iter().flat_map(|s| &s.articles).map(|a| &a.tagged.article).collect();
    for item in items(&edition) {
        let whole = articles.iter().find(|a| a.id == item.article).unwrap().text.split_whitespace().count();
        let quoted = item.extract.split_whitespace().count();
        assert!(quoted <= 66 && quoted * 4 <= whole.max(100), "{quoted} of {whole}: {}", item.extract);
        assert!(quoted > 0);
    }
}

#[test]
fn only_the_rubriques_of_the_specification_are_printed_in_its_order() {
    let mut spec = spec();
    spec.rubriques.retain(|r| ["sport", "culture", "economie"].contains(&&*r.subject.id()));
    spec.rubriques.reverse();
    spec.front_items = 1;
    let edition = composed(&stories(), &spec);
    let labels: Vec<_> = edition.sections.iter().map(|s| &*s.label).collect();
    assert_eq!(labels, ["Sport", "Culture", "Économie"]);
}

#[test]
fn a_day_without_news_is_an_empty_edition() {
    let edition = composed(&[], &spec());
    assert_eq!((edition.articles, edition.stories, edition.revision), (0, 0, 1));
    assert!(edition.as_of.is_none() && edition.front.is_empty() && edition.sections.is_empty());
}

#[test]
fn a_thin_day_leaves_half_of_its_stories_to_the_rubriques() {
    let few: Vec<_> = stories().into_iter().take(3).collect();
    let edition = composed(&few, &spec());
    assert_eq!((edition.front.len(), edition.sections.len()), (2, 1));
}

#[test]
fn over_several_days_the_newest_telling_speaks_for_the_story() {
    let mut spec = spec();
    spec.period = kiosque_edition::Period::Days(2);
    let mut stories = stories();
    let story = stories.iter_mut().find(|story| story.articles.len() > 2).unwrap();
    story.articles.retain(|article| article.tagged.language.as_ref().is_some_and(|l| l.code() == "fr"));
    let text = "Un fait est raconté ici. ".repeat(40);
    for (at, article) in story.articles.iter_mut().enumerate() {
        article.copy_of = None;
        let of = &mut article.tagged.article;
        let (day, length) = if at == 1 { (7, text.len() / 2) } else { (6, text.len()) };
        of.published = Some(format!("2026-10-0{day}T12:00:00+01:00").parse().unwrap());
        of.text = text[..length].to_owned();
    }
    let newest = story.articles[1].tagged.article.id.clone();
    let window = kiosque_edition::window(&spec, date()).unwrap();
    let day = Day { window: Some(window), ..Day::new(date(), &stories) };
    assert!(compose(&day, &spec).items().any(|item| item.article == newest));
}

#[test]
fn an_arabic_edition_names_papers_in_arabic() {
    let mut spec = spec();
    spec.language = kiosque_model::Language::from_tag("ar").unwrap();
    let mut stories = stories();
    for article in stories.iter_mut().flat_map(|story| &mut story.articles) {
        article.source_name_ar = (article.tagged.article.source.0 == "rivage").then(|| "الشاطئ".to_owned());
    }
    let edition = composed(&stories, &spec);
    let names: Vec<_> = edition.items().filter(|i| i.source.0 == "rivage").map(|i| &*i.source_name).collect();
    assert!(!names.is_empty() && names.iter().all(|name| *name == "الشاطئ"), "{names:?}");
    assert!(edition.newspapers.iter().any(|paper| paper.name == "الشاطئ"));
}

#[test]
fn an_article_in_the_language_of_the_readers_speaks_for_the_story() {
    let speaking = |code: &str| {
        let mut spec = spec();
        spec.language = Language::from_tag(code).unwrap();
        let edition = composed(&stories(), &spec);
        let both = items(&edition).into_iter().find(|item| {
            let others = item.others.iter().map(|other| &other.language);
            others.chain([&item.language]).flatten().map(Language::code).collect::<BTreeSet<_>>().len() > 1
        });
        both.unwrap().language.as_ref().unwrap().code().to_owned()
    };
    assert_eq!((speaking("fr"), speaking("ar")), ("fr".to_owned(), "ar".to_owned()));
}

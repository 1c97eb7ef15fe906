//! Editors' decisions against rebuilds: whatever comes in, is read otherwise or comes in another order, what was decided
//! holds.
//!
//! The oracle below knows stories as sets of articles and folds the decisions over them in a few lines; it shares no code
//! with the composer.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kiosque_edition::{Act, Day, EditionSpec, Ruling, compose, in_force};
use kiosque_model::{
    Article, ArticleId, CanonicalUrl, Edition, EditionItem, Rights, Rubrique, SourceId, Story, StoryArticle,
    Tagged,
};
use kiosque_store::Decision;
use proptest::prelude::*;

use crate::morning::{date, spec};

/// An article of a case: its story, outlet, rubrique and length, and whether it copies the first of its story.
type Line = (usize, usize, usize, usize, bool);

/// A decision of a case: what, on which article, on which other, and a number to go with it.
type Choice = (usize, prop::sample::Index, prop::sample::Index, usize);

fn address(at: usize) -> CanonicalUrl {
    CanonicalUrl::parse(&format!("https://www.outlet{}.example/{at}", at % 7)).unwrap()
}

fn id(at: usize) -> ArticleId {
    address(at).id()
}

/// An article; `reading` tells one extraction of it from another.
fn article(
    at: usize,
    (_, outlet, rubrique, words, copy): Line,
    first: usize,
    reading: usize,
) -> StoryArticle {
    let url = address(at);
    let fetched_at: Timestamp = "2026-10-07T08:00:00Z".parse().unwrap();
    let source = SourceId(format!("outlet{outlet}"));
    let mut of = Article::new(url.to_string(), url, source, fetched_at);
    of.title = Some(format!("Sujet {at}, lecture {reading}"));
    of.text = format!("Phrase {at} lue {reading} fois. ").repeat(words / 5 + 1);
    of.published = Some(format!("2026-10-07T{:02}:00:00+01:00", at % 24).parse().unwrap());
    StoryArticle {
        tagged: tagged(&of, Rubrique::ALL[rubrique]),
        copy_of: (copy && first != at).then(|| id(first)),
        source_name: format!("Le {outlet}"),
        source_tier: u8::try_from(outlet % 3).unwrap() + 1,
        revisions: 0,
        first_title: None,
        source_name_ar: None,
        rights: Rights::Quote,
        first_seen: Some(fetched_at),
        late: false,
    }
}

/// The article with labels that say no more than its rubrique.
fn tagged(article: &Article, rubrique: Rubrique) -> Tagged {
    let labels = serde_json::json!({
        "article": article, "language": "fr", "rubrique": rubrique, "confidence": 0.8,
    });
    serde_json::from_value(labels).expect("what is left out has a default")
}

/// The stories of a case.
fn stories(lines: &[Line], reading: usize) -> Vec<Story> {
    let mut stories: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        stories.entry(line.0).or_default().push(at);
    }
    let story = |members: &Vec<usize>| Story {
        id: id(members[0]),
        articles: members.iter().map(|at| article(*at, lines[*at], members[0], reading)).collect(),
    };
    stories.values().map(story).collect()
}

/// The rows of the choices, over the first `articles` articles.
fn decisions(choices: &[Choice], articles: usize) -> Vec<Decision> {
    let row = |number: i64, (kind, target, other, n): &Choice| {
        let (target, other) = (id(target.index(articles)), id(other.index(articles)));
        let act = match kind % 11 {
            0 => Act::Pin { position: (n % 3 > 0).then_some(n % 4) },
            1 => Act::Drop { only: false },
            2 => Act::Drop { only: true },
            3 => Act::Move { front: n % 2 == 0 },
            4 => Act::Order { position: n % 5 },
            5 => Act::Retitle { title: format!("Titre {n}") },
            6 => Act::Extract { text: format!("Extrait {n}.") },
            7 => Act::Note { text: format!("Note {n}.") },
            8 => Act::Rubrique { rubrique: Rubrique::ALL[n % 14] },
            9 => Act::Merge { with: other },
            _ => Act::Split { from: other, along: Vec::new() },
        };
        let row = Ruling::row(("matin", date()), Some(&target), &act, ("desk", Timestamp::UNIX_EPOCH));
        Decision { number, decision: row }
    };
    (1..).zip(choices).map(|(number, choice)| row(number, choice)).collect()
}

fn composed(stories: &[Story], rulings: &[Ruling]) -> Edition {
    let spec = EditionSpec { max_per_section: 1_000, ..spec() };
    compose(&Day { rulings, ..Day::new(date(), stories) }, &spec)
}

/// What is wished of one set of articles.
#[derive(Default)]
struct Wish {
    dropped: bool,
    front: Option<bool>,
    pinned_at: Option<usize>,
    title: Option<(ArticleId, String)>,
    extract: Option<(ArticleId, String)>,
    notes: Vec<String>,
    rubrique: Option<Rubrique>,
}

/// The articles as editors see them together.
fn groups(stories: &[Story], rulings: &[Ruling]) -> Vec<BTreeSet<ArticleId>> {
    let articles = || stories.iter().flat_map(|s| &s.articles);
    let copies = |of: &ArticleId| {
        articles()
            .filter(|a| a.copy_of.as_ref() == Some(of))
            .map(|a| a.tagged.article.id.clone())
            .collect::<Vec<_>>()
    };
    let mut groups: Vec<BTreeSet<_>> =
        stories.iter().map(|s| s.articles.iter().map(|a| a.tagged.article.id.clone()).collect()).collect();
    for ruling in rulings {
        let target = ruling.target.as_ref().unwrap();
        let holds =
            |groups: &[BTreeSet<ArticleId>], id: &ArticleId| groups.iter().position(|g| g.contains(id));
        match &ruling.act {
            Act::Merge { with } => {
                let (into, from) = (holds(&groups, target).unwrap(), holds(&groups, with).unwrap());
                if into != from {
                    let moved = std::mem::take(&mut groups[from]);
                    groups[into].extend(moved);
                }
            }
            Act::Split { from, .. } => {
                let at = holds(&groups, target).unwrap();
                if groups[at].contains(from) {
                    let mut apart: BTreeSet<_> =
                        copies(target).into_iter().filter(|id| groups[at].contains(id)).collect();
                    apart.insert(target.clone());
                    groups[at].retain(|id| !apart.contains(id));
                    groups.push(apart);
                }
            }
            _ => {}
        }
    }
    groups
}

fn wish(group: &BTreeSet<ArticleId>, rulings: &[Ruling]) -> Wish {
    let mut wish = Wish::default();
    for ruling in rulings.iter().filter(|r| group.contains(r.target.as_ref().unwrap())) {
        let target = ruling.target.as_ref().unwrap();
        match &ruling.act {
            Act::Pin { position } => {
                (wish.dropped, wish.front) = (false, Some(true));
                wish.pinned_at = Some(position.unwrap_or(1).max(1));
            }
            Act::Drop { only: false } => wish.dropped = true,
            Act::Move { front } => (wish.dropped, wish.front, wish.pinned_at) = (false, Some(*front), None),
            Act::Order { position } => wish.pinned_at = Some((*position).max(1)),
            Act::Retitle { title } => wish.title = Some((target.clone(), title.clone())),
            Act::Extract { text } => wish.extract = Some((target.clone(), text.clone())),
            Act::Note { text } => wish.notes.push(text.clone()),
            Act::Rubrique { rubrique } => wish.rubrique = Some(*rubrique),
            _ => {}
        }
    }
    wish
}

/// That an edition is what editors decided.
fn holds(edition: &Edition, stories: &[Story], rulings: &[Ruling]) {
    let mut number_of = BTreeMap::new();
    for line in edition.newspapers.iter().flat_map(|paper| &paper.lines) {
        assert!(number_of.insert(line.article.clone(), line.number).is_none(), "an article stands twice");
    }
    let out: BTreeSet<_> = rulings
        .iter()
        .filter(|r| r.act == (Act::Drop { only: true }))
        .map(|r| r.target.clone().unwrap())
        .collect();
    let mut seen = BTreeSet::new();
    let mut on_places = BTreeMap::new();
    for group in groups(stories, rulings) {
        let wish = wish(&group, rulings);
        let shown: BTreeSet<_> = group.difference(&out).collect();
        if wish.dropped || shown.is_empty() {
            assert!(group.iter().all(|id| !number_of.contains_key(id)), "a dropped story stands");
            continue;
        }
        assert!(group.iter().all(|id| number_of.contains_key(id) == shown.contains(id)), "members differ");
        let numbers: BTreeSet<_> = shown.iter().map(|id| number_of[*id]).collect();
        assert_eq!(numbers.len(), 1, "a story is torn");
        let number = numbers.into_iter().next().unwrap();
        assert!(seen.insert(number), "two stories are one");
        let item = edition.items().find(|item| item.number == number).unwrap();
        agrees(item, &wish);
        if let (Some(place), true) = (wish.pinned_at, item.front) {
            on_places.entry(place).or_insert_with(Vec::new).push(number);
        }
    }
    for (place, numbers) in on_places {
        if numbers.len() == 1 && place <= edition.front.len() {
            assert_eq!(edition.front[place - 1].number, numbers[0], "place {place}");
        }
    }
}

fn agrees(item: &EditionItem, wish: &Wish) {
    if let Some(front) = wish.front {
        assert_eq!(item.front, front, "front page");
    }
    // What was written of an article stands over that article alone.
    let of_it = |words: &&(ArticleId, String)| words.0 == item.article;
    match wish.title.as_ref().filter(of_it) {
        Some((_, title)) => {
            assert_eq!(&item.title, title);
            assert!(item.original_title.as_ref().unwrap().starts_with("Sujet"));
        }
        None => assert!(item.title.starts_with("Sujet"), "{}", item.title),
    }
    let extract = wish.extract.as_ref().filter(of_it);
    assert_eq!(item.rewritten, extract.is_some());
    if let Some((_, extract)) = extract {
        assert_eq!(&item.extract, extract);
    }
    assert_eq!(item.notes.iter().map(|note| note.text.clone()).collect::<Vec<_>>(), wish.notes);
    if let Some(rubrique) = wish.rubrique {
        assert_eq!(item.rubrique, rubrique);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decisions_hold_through_every_rebuild(
        lines in prop::collection::vec((0_usize..8, 0_usize..7, 0_usize..14, 20_usize..400, any::<bool>()), 6..30),
        news in prop::collection::vec((0_usize..14, 0_usize..7, 0_usize..14, 20_usize..400, any::<bool>()), 0..12),
        choices in prop::collection::vec((any::<usize>(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..100), 1..12),
    ) {
        let decisions = decisions(&choices, lines.len());
        let rulings = in_force(&decisions);
        let before = stories(&lines, 1);
        holds(&composed(&before, &rulings), &before, &rulings);

        // Articles come in, into old stories and new ones, and what was there is read otherwise.
        let grown: Vec<_> = lines.iter().chain(&news).copied().collect();
        let after = stories(&grown, 2);
        let edition = composed(&after, &rulings);
        holds(&edition, &after, &rulings);

        // A replay brings the same in another order.
        let mut turned = after.clone();
        turned.reverse();
        turned.iter_mut().for_each(|story| story.articles.reverse());
        let bytes = |edition: &Edition| serde_json::to_string(edition).unwrap();
        prop_assert_eq!(bytes(&composed(&turned, &rulings)), bytes(&edition));

        // What is taken back leaves no trace.
        let mut undone = decisions.clone();
        for (at, decision) in (1_i64..).zip(&decisions) {
            let mut row = decision.clone();
            row.number = 1_000 + at;
            row.decision.kind = "undo".to_owned();
            row.decision.value = serde_json::json!({ "number": decision.number });
            undone.push(row);
        }
        prop_assert!(in_force(&undone).is_empty());
    }
}

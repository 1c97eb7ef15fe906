//! The front pages of whole days of news beside those an editor would make: stories by the grouper, rubriques by the
//! classifier, the front page by the formula, with no decision of an editor.
//!
//! A story of the editor's is on the front page where the greatest part of a story taken is of it, in count of articles;
//! two stories taken of one of the editor's count once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_classify::Classifier;
use kiosque_edition::{Day, EditionSpec, compose};
use kiosque_group::{Grouper, Item, Settings};
use kiosque_model::{
    Article, CanonicalUrl, EditionItem, Language, Published, SourceId, Story, StoryArticle, StoryId, Window,
};
use serde_json::{Value, json};

/// A front page beside the editor's.
#[derive(Debug)]
pub(crate) struct Front {
    /// The days it is of.
    pub(crate) run: String,
    /// The editor's stories, most important first, and whether they are on it.
    pub(crate) wanted: Vec<(String, bool)>,
    /// The headlines taken, with their scores, and the editor's story each is of where it is one.
    pub(crate) taken: Vec<(String, f64, Option<String>)>,
}

impl Front {
    /// How many of the editor's stories it has.
    pub(crate) fn agreed(&self) -> usize {
        self.wanted.iter().filter(|(_, there)| *there).count()
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("`{}`: {e}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn text<'a>(line: &'a Value, key: &str) -> &'a str {
    line[key].as_str().unwrap_or_default()
}

fn list(line: &Value, key: &str) -> Vec<String> {
    let all = line[key].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
}

/// The front page of each run of days in `folder`, which holds `items.jsonl`, `gold.jsonl` and `fronts.jsonl`.
pub(crate) fn fronts(folder: &Path, spec: &EditionSpec) -> Vec<Front> {
    let items = lines(&folder.join("items.jsonl"));
    let gold: BTreeMap<String, String> = lines(&folder.join("gold.jsonl"))
        .iter()
        .map(|line| (text(line, "id").to_owned(), text(line, "cluster").to_owned()))
        .collect();
    lines(&folder.join("fronts.jsonl")).iter().map(|run| front(run, &items, &gold, spec)).collect()
}

fn front(run: &Value, items: &[Value], gold: &BTreeMap<String, String>, spec: &EditionSpec) -> Front {
    let days = list(run, "days");
    let of_run: Vec<&Value> =
        items.iter().filter(|item| days.iter().any(|day| text(item, "published").starts_with(day))).collect();
    let stories = grouped(&of_run);
    let day = |at: usize| -> Date { days[at].parse().expect("a day") };
    let starts = |day: Date| Published::Day(day).instant_in(&spec.time_zone);
    let last = day(days.len() - 1);
    let window = Window { from: starts(day(0)), until: starts(last.tomorrow().expect("a day after")) };
    let edition = compose(&Day { window: Some(window), ..Day::new(last, &stories) }, spec);
    let of = |item: &EditionItem| of_editor(item, &stories, gold);
    let taken: Vec<_> = edition.front.iter().map(|item| (item.title.clone(), item.score, of(item))).collect();
    let on_front: BTreeSet<&String> = taken.iter().filter_map(|(_, _, of)| of.as_ref()).collect();
    let wanted = list(run, "clusters_ranked").into_iter().map(|story| {
        let there = on_front.contains(&story);
        (story, there)
    });
    Front { run: text(run, "run").to_owned(), wanted: wanted.collect(), taken }
}

/// The editor's story that most of the articles of a story taken are in.
fn of_editor(item: &EditionItem, stories: &[Story], gold: &BTreeMap<String, String>) -> Option<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for article in stories.iter().filter(|story| story.id == item.story).flat_map(|story| &story.articles) {
        if let Some(cluster) = gold.get(&article.tagged.article.id.0) {
            *counts.entry(cluster).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(cluster, _)| cluster.clone())
}

fn grouped(items: &[&Value]) -> Vec<Story> {
    let mut items = items.to_vec();
    items.sort_by_key(|item| (text(item, "published"), text(item, "id")));
    let mut grouper = Grouper::new(Settings::default());
    let mut stories: BTreeMap<StoryId, Vec<StoryArticle>> = BTreeMap::new();
    for line in items {
        let article = article(line);
        let tagged = Classifier::bundled().tag(article);
        let item = Item::of(&tagged.article, Language::from_tag("fr"), &TimeZone::UTC);
        let placed = grouper.place(&item);
        for absorbed in &placed.absorbed {
            let moved = stories.remove(absorbed).unwrap_or_default();
            stories.entry(placed.story.clone()).or_default().extend(moved);
        }
        let told = json!({
            "tagged": tagged, "copy_of": placed.copy_of, "source_name": text(line, "source"), "source_tier": 1,
        });
        let told = serde_json::from_value(told).expect("an article of a story");
        stories.entry(placed.story).or_default().push(told);
    }
    stories.into_iter().map(|(id, articles)| Story { id, articles }).collect()
}

fn article(line: &Value) -> Article {
    let url = CanonicalUrl::parse(text(line, "url")).expect("an address");
    let published: Published = text(line, "published").parse().expect("a day");
    let fetched = published.instant_in(&TimeZone::UTC);
    let mut article = Article::new(url.to_string(), url, SourceId(text(line, "source").to_owned()), fetched);
    article.id = kiosque_model::PageId(text(line, "id").to_owned());
    article.title = Some(text(line, "title").to_owned());
    article.text = text(line, "text").to_owned();
    article.published = Some(published);
    article
}

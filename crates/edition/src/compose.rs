//! From a day's stories to its edition: a pure function, the same to the byte whatever order stories come in.
//!
//! It decides these things, each in a file of its own with its rule in prose: which article speaks for a story
//! (`members`), how stories are ranked (`rank`), which of them make the front page (`front`), how much of a text is
//! quoted (`excerpt`), how much noise a story made (`noise`), which watchlists it met (`watch`), and what the day was made
//! of (`coverage`). Nothing here reads a clock: an edition is *as of* the newest page in it.

mod coverage;
mod excerpt;
mod front;
mod item;
mod keywords;
mod members;
mod newspapers;
mod noise;
mod order;
mod rank;
mod text;
mod watch;
mod wishes;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use kiosque_model::{
    ArticleId, Edition, EditionItem, EditionSection, LawTerms, Rubrique, Story, StoryId, Window,
};

use crate::ruling::Ruling;
use crate::spec::{EditionSpec, Subject};
pub(crate) use excerpt::{licensed_limit, limit};
use members::Members;
pub(crate) use newspapers::order_papers;
pub(crate) use text::{direction_of, is_rtl_letter, plain, words};
pub(crate) use wishes::note;
use wishes::{Desk, Wishes};

/// What an edition is composed from.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// The day the edition is of.
    pub date: Date,
    /// The time it covers; the calendar day where none is given.
    pub window: Option<Window>,
    /// The stories told in that time.
    pub stories: &'a [Story],
    /// The editors' decisions in force, in their order.
    pub rulings: &'a [Ruling],
    /// Which story an article that a decision names is in, where it is not of the day itself.
    pub homes: &'a BTreeMap<ArticleId, StoryId>,
}

/// No article is anywhere else.
static AT_HOME: BTreeMap<ArticleId, StoryId> = BTreeMap::new();

impl<'a> Day<'a> {
    /// A calendar day on which editors decided nothing.
    #[must_use]
    pub fn new(date: Date, stories: &'a [Story]) -> Self {
        Self { date, window: None, stories, rulings: &[], homes: &AT_HOME }
    }
}

/// A story with its rank and its place.
struct Placed<'a> {
    id: &'a StoryId,
    members: Members<'a>,
    /// Its place among the edition's rubriques.
    section: usize,
    rubrique: Rubrique,
    front_weight: f64,
    score: f64,
    parts: BTreeMap<String, f64>,
    noise: f64,
    wishes: Wishes,
}

impl Placed<'_> {
    fn source(&self) -> &str {
        &self.members.headline.tagged.article.source.0
    }

    /// The sources that tell it in words of their own.
    fn tellers(&self) -> impl Iterator<Item = &str> {
        self.members.roots().map(|article| article.tagged.article.source.0.as_str())
    }
}

/// Composes an edition from the stories of its day.
///
/// The revision is 1: whoever keeps the edition counts its changes. Stories of a rubrique the specification
/// does not list, and those without an article that may enter, are left out.
#[must_use]
pub fn compose(day: &Day<'_>, spec: &EditionSpec) -> Edition {
    let window = day.window.unwrap_or_else(|| calendar_day(day.date, spec));
    let stories = named(day.stories, spec);
    let desk = Desk::new(&stories, day.rulings, day.homes);
    let mut placed: Vec<_> =
        (0..desk.stories.len()).filter_map(|at| place(&desk, at, window, spec)).collect();
    placed.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(b.id)));
    let published = coverage::words_by_source(&placed);
    let noise = watch::noise_of(day.stories, &spec.noise);
    placed.retain(|story| !story.wishes.dropped);
    let coverage = coverage::coverage(&placed, spec);
    let front = front::take_front(&mut placed, spec);
    let mut edition = Edition {
        title: spec.title.clone(),
        publisher: spec.publisher.clone(),
        client: spec.client.clone(),
        language: spec.language.clone(),
        window: Some(window),
        notes: day.rulings.iter().filter(|r| r.target.is_none()).filter_map(note).collect(),
        law: terms(spec),
        time_zone: spec.time_zone_name.clone(),
        coverage,
        ranking: Some(rank::formula(&spec.ranking)),
        noise: Some(noise::formula(&spec.noise)),
        ..Edition::new(spec.name.clone(), day.date)
    };
    let shown = print(&mut edition, &front, &placed, spec);
    summarise(&mut edition, &shown, spec);
    edition.watchlists = watch::hits(edition.items().zip(shown.iter().copied()), noise, &spec.noise);
    edition.sources = coverage::sources(&edition, &shown, &published);
    order_papers(&mut edition);
    edition
}

/// The stories with the names their sources have in the script of the edition's readers.
fn named<'s>(stories: &'s [Story], spec: &EditionSpec) -> Cow<'s, [Story]> {
    if spec.language.code() != "ar" {
        return stories.into();
    }
    let mut stories = stories.to_vec();
    for article in stories.iter_mut().flat_map(|story| &mut story.articles) {
        if let Some(name) = &article.source_name_ar {
            article.source_name.clone_from(name);
        }
    }
    stories.into()
}

/// Fills front page and rubriques; gives the stories in the order of their numbers.
fn print<'p, 'a>(
    edition: &mut Edition,
    front: &'p [Placed<'a>],
    rest: &'p [Placed<'a>],
    spec: &EditionSpec,
) -> Vec<&'p Placed<'a>> {
    let mut shown: Vec<&Placed<'a>> = front.iter().collect();
    edition.front = (1..)
        .zip(front)
        .map(|(number, story)| EditionItem { front: true, ..item::item(story, number, spec) })
        .collect();
    for (at, rubrique) in spec.rubriques.iter().enumerate() {
        let of_it: Vec<_> = rest.iter().filter(|s| s.section == at).collect();
        let of_it = order::in_places(of_it, |story| story.wishes.position);
        let room = rubrique.max_items.unwrap_or(spec.max_per_section).min(of_it.len());
        let (items, more) = of_it.split_at(room);
        let on_front: Vec<_> =
            edition.front.iter().zip(front).filter(|(_, s)| s.section == at).map(|(i, _)| i.number).collect();
        let Some(first_story) = items.first() else { continue };
        let (of, watchlist) = match &rubrique.subject {
            Subject::Rubrique(of) => (*of, None),
            Subject::Watchlist(name) => (first_story.rubrique, Some(name.clone())),
        };
        let first = shown.len() + 1;
        shown.extend(items);
        edition.sections.push(EditionSection {
            rubrique: of,
            watchlist,
            label: rubrique.label.clone(),
            items: (first..).zip(items).map(|(number, story)| item::item(story, number, spec)).collect(),
            on_front,
            more: more.iter().take(spec.more_per_section).map(|s| item::other(s.members.headline)).collect(),
        });
    }
    item::link_within_rubriques(edition, &shown);
    shown
}

/// What is told of the edition as a whole, from the stories it shows.
fn summarise(edition: &mut Edition, shown: &[&Placed<'_>], spec: &EditionSpec) {
    let members: Vec<_> = shown.iter().map(|s| &s.members).collect();
    edition.as_of = members.iter().flat_map(|m| &m.all).map(|a| a.tagged.article.fetched_at).max();
    edition.keywords = keywords::keywords(&members, spec.max_keywords);
    edition.articles = members.iter().map(|m| m.all.len()).sum();
    edition.copies = members.iter().map(|m| m.copies()).sum();
    edition.stories = members.len();
    edition.newspapers = newspapers::newspapers(edition, shown, spec);
    edition.timeline = shown.first().map(|lead| coverage::timeline(lead, spec));
}

fn calendar_day(date: Date, spec: &EditionSpec) -> Window {
    let start = |day: Date| kiosque_model::Published::Day(day).instant_in(&spec.time_zone);
    Window { from: start(date), until: date.tomorrow().map_or(start(date), start) }
}

fn terms(spec: &EditionSpec) -> LawTerms {
    LawTerms {
        mode: spec.law.mode,
        extract_words: spec.extract_words,
        extract_share: spec.extract_share,
        max_share_of_publication: spec.law.max_share_of_publication,
        licence: spec.law.licence.clone(),
        mentions: spec.law.mentions.clone(),
    }
}

fn place<'a>(desk: &'a Desk<'a>, at: usize, window: Window, spec: &EditionSpec) -> Option<Placed<'a>> {
    let story = &desk.stories[at];
    let wishes = desk.wishes(at);
    let without = |id: &ArticleId| desk.is_without(id);
    let members = Members::new(&story.articles, (spec, window.until), without, wishes.headline.as_ref())?;
    if members.outlets() < spec.min_outlets && wishes.front != Some(true) {
        return None;
    }
    // Where an editor put it goes before what a list gathers.
    let watched = || spec.place_of_lists(&watch::of_article(members.headline));
    let rubrique = wishes.rubrique.unwrap_or_else(|| members.rubrique());
    let section = watched().filter(|_| wishes.rubrique.is_none()).or_else(|| spec.place_of(rubrique))?;
    let parts = rank::parts(&members, window, spec);
    Some(Placed {
        id: &story.id,
        section,
        rubrique: spec.printed(rubrique),
        front_weight: spec.rubriques[section].front_weight,
        score: rank::rounded(parts.values().sum()),
        parts,
        noise: noise::of_story(&members, &spec.noise),
        members,
        wishes,
    })
}

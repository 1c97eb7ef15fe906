//! From a day's stories to its edition: a pure function, the same to the byte whatever order stories come in.
//!
//! It decides four things, each in a file of its own with its rule in prose: which article speaks for a story
//! (`members`), how stories are ranked (`rank`), which of them make the front page (`front`), and how much of
//! a text is quoted (`excerpt`). Nothing here reads a clock: an edition is *as of* the newest page in it.

mod excerpt;
mod front;
mod keywords;
mod members;
mod rank;

use std::collections::BTreeMap;

use jiff::civil::Date;
use kiosque_model::{
    Article, Direction, Edition, EditionItem, EditionSection, EditionSource, Language, OtherTitle, Rubrique,
    SourceId, Story, StoryArticle, StoryId,
};

use crate::spec::EditionSpec;
use members::Members;

/// A story with its rank and its place.
struct Placed<'a> {
    id: &'a StoryId,
    members: Members<'a>,
    rubrique: Rubrique,
    front_weight: f64,
    score: f64,
}

impl Placed<'_> {
    fn source(&self) -> &str {
        &self.members.headline.tagged.article.source.0
    }
}

/// Composes the edition of `date` from the stories of that day.
///
/// The revision is 1: whoever keeps the edition counts its changes. Stories of a rubrique the specification
/// does not list, and those without an article that may enter, are left out.
#[must_use]
pub fn compose(date: Date, stories: &[Story], spec: &EditionSpec) -> Edition {
    let mut placed: Vec<_> = stories.iter().filter_map(|story| place(story, date, spec)).collect();
    placed.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(b.id)));
    let front = front::take_front(&mut placed, spec);
    let mut shown: Vec<&Placed<'_>> = front.iter().collect();
    let mut numbers = 1..;
    let mut item = |story: &Placed<'_>| to_item(story, numbers.next().unwrap_or(0), spec);
    let front_items = front.iter().map(&mut item).collect();

    let mut sections = Vec::new();
    for rubrique in &spec.rubriques {
        let of_it = placed.iter().filter(|s| s.rubrique == rubrique.rubrique).take(spec.max_per_section);
        let of_it: Vec<_> = of_it.collect();
        if of_it.is_empty() {
            continue;
        }
        let items = of_it.iter().map(|story| item(story)).collect();
        shown.extend(of_it);
        sections.push(EditionSection { rubrique: rubrique.rubrique, label: rubrique.label.clone(), items });
    }

    let members: Vec<_> = shown.iter().map(|s| &s.members).collect();
    let fetched = members.iter().flat_map(|m| &m.all).map(|a| a.tagged.article.fetched_at);
    Edition {
        name: spec.name.clone(),
        date,
        title: spec.title.clone(),
        publisher: spec.publisher.clone(),
        time_zone: spec.time_zone_name.clone(),
        as_of: fetched.max(),
        revision: 1,
        front: front_items,
        sections,
        sources: sources(&members),
        keywords: keywords::keywords(&members, spec.max_keywords),
        articles: members.iter().map(|m| m.all.len()).sum(),
        copies: members.iter().map(|m| m.copies()).sum(),
        stories: members.len(),
    }
}

fn place<'a>(story: &'a Story, date: Date, spec: &EditionSpec) -> Option<Placed<'a>> {
    let members = Members::new(&story.articles, spec)?;
    // The rubrique is asked of the articles that enter, in their own order: a sum of floats depends on it.
    let entering = Story { id: story.id.clone(), articles: members.all.iter().copied().cloned().collect() };
    let rubrique = spec.rubrique(entering.rubrique())?;
    let score = rank::score(&members, date, &spec.time_zone);
    Some(Placed {
        id: &story.id,
        members,
        rubrique: rubrique.rubrique,
        front_weight: rubrique.front_weight,
        score,
    })
}

fn to_item(story: &Placed<'_>, number: usize, spec: &EditionSpec) -> EditionItem {
    let members = &story.members;
    let head = members.headline;
    let article = &head.tagged.article;
    let language = head.tagged.language.clone().or_else(|| article.language.clone());
    let direction = direction(language.as_ref());
    let text =
        if article.text.trim().is_empty() { article.subtitle.as_deref() } else { Some(&*article.text) };
    EditionItem {
        number,
        story: story.id.clone(),
        article: article.id.clone(),
        rubrique: story.rubrique,
        title: title(article),
        extract: excerpt::excerpt(
            &plain(&excerpt::prose(text.unwrap_or_default())),
            spec.extract_words,
            spec.extract_share,
        ),
        source: article.source.clone(),
        source_name: plain(&head.source_name),
        authors: article.authors.iter().map(|name| plain(name)).collect(),
        agencies: article.agencies.iter().map(|name| plain(name)).collect(),
        published: article.published,
        modified: article.modified,
        url: article.canonical_url.as_str().to_owned(),
        direction,
        language,
        paywalled: article.paywalled,
        opinion: article.opinion,
        updated: head.revisions > 0,
        first_title: head.first_title.as_deref().map(plain).filter(|first| *first != title(article)),
        reprinted_by: reprinted_by(members),
        others: members.others.iter().map(|other| to_other(other)).collect(),
        image: article.lead_image.clone(),
        score: story.score,
    }
}

fn to_other(other: &StoryArticle) -> OtherTitle {
    let article = &other.tagged.article;
    let language = other.tagged.language.clone().or_else(|| article.language.clone());
    OtherTitle {
        article: article.id.clone(),
        title: title(article),
        source_name: plain(&other.source_name),
        url: article.canonical_url.as_str().to_owned(),
        direction: direction(language.as_ref()),
        language,
        published: article.published,
        updated: other.revisions > 0,
    }
}

/// The other houses that printed the headline's text, in the order they did.
fn reprinted_by(members: &Members<'_>) -> Vec<String> {
    let mut seen = vec![&members.headline.tagged.article.source];
    let mut names = Vec::new();
    for reprint in &members.reprints {
        let source = &reprint.tagged.article.source;
        if !seen.contains(&source) {
            seen.push(source);
            names.push(plain(&reprint.source_name));
        }
    }
    names
}

fn sources(members: &[&Members<'_>]) -> Vec<EditionSource> {
    let mut counts: BTreeMap<&SourceId, (String, usize)> = BTreeMap::new();
    for article in members.iter().flat_map(|m| &m.all) {
        let (name, count) = counts.entry(&article.tagged.article.source).or_default();
        // One source, one name: the first in order, should its articles not agree.
        if name.is_empty() || article.source_name < *name {
            *name = plain(&article.source_name);
        }
        *count += 1;
    }
    let mut sources: Vec<_> = counts
        .into_iter()
        .map(|(id, (name, articles))| EditionSource { id: id.clone(), name, articles })
        .collect();
    sources.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.id.cmp(&b.id)));
    sources
}

fn title(article: &Article) -> String {
    plain(article.title.as_deref().unwrap_or_default())
}

fn direction(language: Option<&Language>) -> Direction {
    language.map_or(Direction::Ltr, Language::direction)
}

/// Text as a page can carry it: white space in one kind of run, no control characters, and none of the
/// characters that turn the direction of what follows them (UAX #9), which could reverse a whole page.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        !turns && (!c.is_control() || c.is_whitespace())
    });
    let kept: String = kept.collect();
    let words: Vec<_> =
        kept.split([' ', '\n', '\t', '\r', '\u{b}', '\u{c}']).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

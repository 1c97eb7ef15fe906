//! Who is who in a story: the headline article, the copies of it, and the other tellings.
//!
//! The headline article is the best of the story's articles by this order, the first difference deciding:
//! an original before a copy; an article before a video, a gallery or a live page; the language of the
//! edition's readers before others; where the edition covers several days, what came out in its last 24 hours before what
//! came out in the 24 before those, and so on; the longer text, in steps of a hundred words up to six hundred (a paywalled page counts by the words it really
//! shows); the more important source; the earlier; the smaller id. Every article with the same text as the
//! headline is a reprint of it; of every other text one article stands for its copies.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosque_model::{ArticleId, Kind, Rights, Rubrique, StoryArticle};

use crate::schedule::out_at;
use crate::spec::EditionSpec;

/// The eligible articles of one story, told apart.
pub(super) struct Members<'a> {
    /// All of them, in order of publication, then id.
    pub(super) all: Vec<&'a StoryArticle>,
    /// The one the edition shows.
    pub(super) headline: &'a StoryArticle,
    /// Those that carry the headline's text, the headline left out.
    pub(super) reprints: Vec<&'a StoryArticle>,
    /// One article for each other text.
    pub(super) others: Vec<&'a StoryArticle>,
}

impl<'a> Members<'a> {
    /// Tells apart the articles of a story that may enter an edition; `None` where none may.
    ///
    /// Listings, pages of no known kind, pages without a headline and paid content never enter: an
    /// advertisement is not what the press said. Nor do articles of a source that forbids it, and those the edition
    /// does not ask for.
    ///
    /// `until` is when the edition's time ends, `without` are articles an editor took out, `chosen` the one an editor wrote on: it speaks for the story where it
    /// may enter.
    pub(super) fn new(
        articles: &'a [StoryArticle],
        (spec, until): (&EditionSpec, Timestamp),
        without: impl Fn(&ArticleId) -> bool,
        chosen: Option<&ArticleId>,
    ) -> Option<Self> {
        let zone = &spec.time_zone;
        let mut all: Vec<_> =
            articles.iter().filter(|a| enters(a, spec) && !without(&a.tagged.article.id)).collect();
        all.sort_by_cached_key(|a| (instant(a, zone), a.tagged.article.id.clone()));
        all.dedup_by(|a, b| a.tagged.article.id == b.tagged.article.id);

        let mut texts: BTreeMap<ArticleId, Vec<&StoryArticle>> = BTreeMap::new();
        for article in &all {
            texts.entry(root(article, &all)).or_default().push(article);
        }
        let chosen = chosen.and_then(|id| all.iter().copied().find(|a| a.tagged.article.id == *id));
        let headline = chosen.or_else(|| best(&all, (spec, until)))?;
        let reprints = texts.remove(&root(headline, &all)).unwrap_or_default();
        let reprints = reprints.into_iter().filter(|a| !std::ptr::eq(*a, headline)).collect();
        let mut others: Vec<_> = texts.values().filter_map(|same| best(same, (spec, until))).collect();
        others.sort_by_cached_key(|a| (instant(a, zone), a.tagged.article.id.clone()));
        Some(Self { all, headline, reprints, others })
    }

    /// The distinct outlets among them.
    pub(super) fn outlets(&self) -> usize {
        let outlets: BTreeSet<_> = self.all.iter().map(|a| &a.tagged.article.source).collect();
        outlets.len()
    }

    /// The article whose text another one carries; `None` for one that stands for its text.
    pub(super) fn copied_from(&self, article: &StoryArticle) -> Option<&'a StoryArticle> {
        let same = |a: &StoryArticle| a.tagged.article.id == article.tagged.article.id;
        if self.roots().any(same) {
            return None;
        }
        let text = root(article, &self.all);
        self.roots().find(|stands| root(stands, &self.all) == text)
    }

    /// The rubrique most of its confidence speaks for, its articles taken in their order.
    pub(super) fn rubrique(&self) -> Rubrique {
        let weight = |r: Rubrique| -> f32 {
            self.all.iter().filter(|a| a.tagged.rubrique == r).map(|a| a.tagged.confidence).sum()
        };
        let best = Rubrique::ALL.into_iter().rev().max_by(|a, b| weight(*a).total_cmp(&weight(*b)));
        best.expect("there are rubriques")
    }

    /// One article for each text of the story.
    pub(super) fn roots(&self) -> impl Iterator<Item = &'a StoryArticle> {
        std::iter::once(self.headline).chain(self.others.iter().copied())
    }

    /// How many of its articles print a text that another of them stands for.
    pub(super) fn copies(&self) -> usize {
        self.all.len() - 1 - self.others.len()
    }
}

/// Whether it is something the press said: no listing, no page of an unknown kind, nothing paid for.
pub(super) fn is_press(article: &StoryArticle) -> bool {
    let of = &article.tagged.article;
    !matches!(of.kind, Kind::Listing | Kind::Other) && !of.sponsored
}

fn enters(article: &StoryArticle, spec: &EditionSpec) -> bool {
    let of = &article.tagged.article;
    is_press(article)
        && article.rights != Rights::Forbidden
        && spec.selection.takes(article)
        && of.title.as_ref().is_some_and(|title| !title.trim().is_empty())
}

/// The article whose text this one carries. The first copy may itself be marked a copy after two stories
/// were joined, so the chain is followed, no longer than there are articles.
fn root(article: &StoryArticle, all: &[&StoryArticle]) -> ArticleId {
    let mut at = &article.tagged.article.id;
    let mut next = article.copy_of.as_ref();
    for _ in 0..all.len() {
        let Some(origin) = next else { break };
        at = origin;
        next = all.iter().find(|a| &a.tagged.article.id == origin).and_then(|a| a.copy_of.as_ref());
    }
    at.clone()
}

fn best<'a>(
    articles: &[&'a StoryArticle],
    (spec, until): (&EditionSpec, Timestamp),
) -> Option<&'a StoryArticle> {
    articles.iter().copied().min_by_key(|a| {
        let of = &a.tagged.article;
        let words = of.text.split_whitespace().take(600).count();
        (
            a.copy_of.is_some(),
            of.kind != Kind::Article,
            a.tagged.language.as_ref().or(of.language.as_ref()) != Some(&spec.language),
            days_before(a, until, &spec.time_zone),
            Reverse(words / 100),
            a.source_tier,
            instant(a, &spec.time_zone),
            of.id.clone(),
        )
    })
}

/// How many times 24 hours before the end of the edition's time it came out.
fn days_before(a: &StoryArticle, until: Timestamp, zone: &TimeZone) -> i64 {
    let of = &a.tagged.article;
    let out = out_at(of.published, a.first_seen.unwrap_or(of.fetched_at), zone);
    // What is dated after it counts as the newest.
    (until.as_second() - 1 - out.as_second()).max(0) / 86_400
}

/// When it was published, for ordering: what has no date comes after what has one.
fn instant(article: &StoryArticle, zone: &TimeZone) -> Timestamp {
    article.tagged.article.published.map_or(Timestamp::MAX, |p| p.instant_in(zone))
}

//! Editors' decisions brought to the stories of a day: who is in which story, and what is wished of each.
//!
//! Invariant: a decision acts on the story that holds its article *now*. Where the article is not of the day, it acts
//! on the story the article is in by the store ([`super::Day::homes`]), so that what was decided of a running story
//! holds for its follow-up.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kiosque_model::{ArticleId, EditorNote, Rubrique, Story, StoryId};

use super::text::{direction_of, plain};
use crate::ruling::{Act, Ruling};

/// What editors wish of one story.
#[derive(Debug, Clone, Default)]
pub(super) struct Wishes {
    pub(super) dropped: bool,
    pub(super) pinned: bool,
    /// On the front page or off it; where it falls, if nobody said.
    pub(super) front: Option<bool>,
    /// The place in its block, and the decision that gave it: of two for one place the later wins.
    pub(super) position: Option<(usize, i64)>,
    pub(super) rubrique: Option<Rubrique>,
    title: Option<(ArticleId, String)>,
    extract: Option<(ArticleId, String)>,
    pub(super) notes: Vec<EditorNote>,
    /// The article an editor wrote on: it goes on speaking for the story.
    pub(super) headline: Option<ArticleId>,
    pub(super) decisions: Vec<i64>,
}

/// The stories of a day as editors see them.
pub(super) struct Desk<'a> {
    pub(super) stories: Cow<'a, [Story]>,
    wishes: BTreeMap<usize, Wishes>,
    /// Articles that were taken out one by one.
    without: BTreeSet<&'a ArticleId>,
}

impl<'a> Desk<'a> {
    /// Brings the decisions in force to the stories.
    pub(super) fn new(
        stories: &'a [Story],
        rulings: &'a [Ruling],
        homes: &BTreeMap<ArticleId, StoryId>,
    ) -> Self {
        let mut rooms = Rooms::new(stories, homes);
        for ruling in rulings {
            rooms.regroup(ruling);
        }
        let mut desk =
            Self { wishes: BTreeMap::new(), without: BTreeSet::new(), stories: Cow::Borrowed(&[]) };
        for ruling in rulings {
            let Some(target) = &ruling.target else { continue };
            if ruling.act == (Act::Drop { only: true }) {
                desk.without.insert(target);
            } else if let Some(at) = rooms.story_of(target) {
                desk.wishes.entry(at).or_default().add(target, ruling);
            }
        }
        desk.stories = rooms.stories;
        desk
    }

    /// What is wished of the story at this place.
    pub(super) fn wishes(&self, at: usize) -> Wishes {
        self.wishes.get(&at).cloned().unwrap_or_default()
    }

    /// Whether an editor took this article out.
    pub(super) fn is_without(&self, article: &ArticleId) -> bool {
        self.without.contains(article)
    }
}

impl Wishes {
    /// The headline an editor wrote of this article; what was written of another one of the story is not printed over it.
    pub(super) fn title_of(&self, article: &ArticleId) -> Option<&String> {
        self.title.as_ref().filter(|(of, _)| of == article).map(|(_, title)| title)
    }

    /// The extract an editor wrote of this article.
    pub(super) fn extract_of(&self, article: &ArticleId) -> Option<&String> {
        self.extract.as_ref().filter(|(of, _)| of == article).map(|(_, text)| text)
    }

    fn add(&mut self, target: &ArticleId, ruling: &Ruling) {
        let number = ruling.number;
        match &ruling.act {
            Act::Pin { position } => {
                self.dropped = false;
                self.pinned = true;
                self.front = Some(true);
                self.position = Some((position.unwrap_or(1).max(1), number));
            }
            Act::Drop { .. } => self.dropped = true,
            Act::Move { front } => {
                self.dropped = false;
                self.pinned = false;
                self.front = Some(*front);
                self.position = None;
            }
            Act::Order { position } => self.position = Some(((*position).max(1), number)),
            Act::Retitle { title } => {
                self.title = Some((target.clone(), plain(title)));
                self.headline = Some(target.clone());
            }
            Act::Extract { text } => {
                self.extract = Some((target.clone(), plain(text)));
                self.headline = Some(target.clone());
            }
            Act::Note { .. } => self.notes.extend(note(ruling)),
            Act::Rubrique { rubrique } => self.rubrique = Some(*rubrique),
            Act::Merge { .. } | Act::Split { .. } => {}
            Act::Erratum { .. } | Act::Undo { .. } => return,
        }
        self.decisions.push(number);
    }
}

/// The words of a note as printed.
pub(crate) fn note(ruling: &Ruling) -> Option<EditorNote> {
    let Act::Note { text } = &ruling.act else { return None };
    let text = plain(text);
    let direction = direction_of(&text);
    (!text.is_empty()).then(|| EditorNote { direction, text, who: plain(&ruling.who), at: ruling.at })
}

/// Who is in which story, while stories are joined and parted.
struct Rooms<'a, 'h> {
    stories: Cow<'a, [Story]>,
    /// From an article to the place of its story.
    of: BTreeMap<ArticleId, usize>,
    /// From a story's id to its place; a story that was joined to another is found there.
    by_id: BTreeMap<StoryId, usize>,
    homes: &'h BTreeMap<ArticleId, StoryId>,
}

impl<'a, 'h> Rooms<'a, 'h> {
    fn new(stories: &'a [Story], homes: &'h BTreeMap<ArticleId, StoryId>) -> Self {
        let articles = stories
            .iter()
            .enumerate()
            .flat_map(|(at, story)| story.articles.iter().map(move |a| (a.tagged.article.id.clone(), at)));
        Self {
            of: articles.collect(),
            by_id: stories.iter().enumerate().map(|(at, story)| (story.id.clone(), at)).collect(),
            stories: Cow::Borrowed(stories),
            homes,
        }
    }

    fn story_of(&self, article: &ArticleId) -> Option<usize> {
        let at_home = || self.by_id.get(self.homes.get(article)?);
        self.of.get(article).or_else(at_home).copied()
    }

    fn regroup(&mut self, ruling: &Ruling) {
        let Some(target) = &ruling.target else { return };
        match &ruling.act {
            Act::Merge { with } => {
                let (into, from) = (self.room_of(target), self.room_of(with));
                if into != from {
                    self.join(into, from);
                }
            }
            Act::Split { from, along } => {
                let (at, left) = (self.room_of(target), self.room_of(from));
                if at == left {
                    self.part(at, target, along);
                }
            }
            _ => {}
        }
    }

    /// The story of an article, which may tell nothing on this day: it is a shell then, through which others are joined
    /// and from which others are parted none the less.
    fn room_of(&mut self, article: &ArticleId) -> usize {
        if let Some(at) = self.story_of(article) {
            return at;
        }
        // An article that was not placed, or is no longer kept, is a story of its own.
        let id = self.homes.get(article).unwrap_or(article);
        if let Some(at) = self.by_id.get(id) {
            return *at;
        }
        let at = self.stories.len();
        self.by_id.insert(id.clone(), at);
        self.stories.to_mut().push(Story { id: id.clone(), articles: Vec::new() });
        at
    }

    /// Moves the articles of one story to another; the emptied one stays as a shell, which no edition shows.
    fn join(&mut self, into: usize, from: usize) {
        let stories = self.stories.to_mut();
        let moved = std::mem::take(&mut stories[from].articles);
        self.of.extend(moved.iter().map(|a| (a.tagged.article.id.clone(), into)));
        stories[into].articles.extend(moved);
        for at in self.by_id.values_mut().filter(|at| **at == from) {
            *at = into;
        }
    }

    /// Takes an article, those that go along and their copies into a story of their own, named after the article.
    fn part(&mut self, at: usize, target: &ArticleId, along: &[ArticleId]) {
        let leaves = |id: &ArticleId| id == target || along.contains(id);
        // Those of another day too: what is decided of them later is meant for their side.
        let named: Vec<_> = along.iter().chain([target]).filter(|id| self.story_of(id) == Some(at)).collect();
        let stories = self.stories.to_mut();
        let (gone, left): (Vec<_>, Vec<_>) = std::mem::take(&mut stories[at].articles)
            .into_iter()
            .partition(|a| leaves(&a.tagged.article.id) || a.copy_of.as_ref().is_some_and(leaves));
        stories[at].articles = left;
        let new = stories.len();
        self.of.extend(gone.iter().map(|a| (a.tagged.article.id.clone(), new)));
        self.of.extend(named.into_iter().map(|id| (id.clone(), new)));
        // The story it opened may go on under its name: then the new one gets no name that is taken.
        let taken = self.by_id.contains_key(target);
        let id = if taken { kiosque_model::PageId(format!("{target}-2")) } else { target.clone() };
        self.by_id.insert(id.clone(), new);
        stories.push(Story { id, articles: gone });
    }
}

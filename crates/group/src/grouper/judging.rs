//! Judges where an article belongs; changes nothing.

use kiosque_model::ArticleId;

use super::{Grouper, Reading, id_hash};
use crate::copies::{self, Question, Shared};
use crate::day::{Entry, Place};
use crate::item::{Item, Placement};
use crate::shelf::HashKeyed;
use crate::stories::{Read, Search};

impl Grouper {
    /// Where an article belongs, and what that was read from beside the holders of its shingles.
    pub(super) fn decide(&self, item: &Item, reading: &Reading) -> (Placement, Read) {
        let mut search = self.search(item, reading);
        let shared = copies::collect(&self.days, &reading.sketch, item.at, &self.settings);
        if let Some((origin, story, because)) = self.find_origin(reading, &search, &shared) {
            return (self.placement(Some(origin), story, because), Read::default());
        }
        search.verbatim = copies::verbatim(&self.days, &reading.sketch, reading.source, &shared);
        let (found, read) = search.found(|story| self.members(story));
        let Some((best, others)) = found.split_first() else {
            let because = "nothing like it in the window".to_owned();
            let story = item.id.clone();
            return (Placement { copy_of: None, story, because, absorbed: Vec::new() }, read);
        };
        let nearest = self.days.get(best.nearest).map_or("", |e| e.id.0.as_str());
        let because = format!("same event as `{nearest}`, {:.2} times the threshold", best.margin);
        let absorbed = others
            .iter()
            .filter(|other| search.bridges(self.members(best.story), self.members(other.story)))
            .take(1)
            .filter_map(|other| Some(self.stories.get(&other.story)?.id.clone()))
            .collect();
        (Placement { absorbed, ..self.placement(None, best.story, because) }, read)
    }

    pub(super) fn stay_with_copies(&self, item: &Item) -> Placement {
        let copy = self.copies.get(&id_hash(&item.id)).and_then(|copies| self.days.get(*copies.first()?));
        let story = copy.expect("copies are noted while the window holds them").story;
        self.placement(None, story, "others have reprinted it".to_owned())
    }

    /// Judges a revision: `old` is what was known of the article, already taken out of the window.
    pub(super) fn replace(&self, item: &Item, reading: &Reading, old: &Entry) -> Placement {
        let opened = id_hash(&item.id) == old.story;
        let same_matter = self.search(item, reading).timeless_margin(&old.terms) >= 1.0;
        if old.copy_of.is_some() && !same_matter {
            return self.decide(item, reading).0;
        }
        if same_matter || opened {
            let story = self.stories.get(&old.story).map_or_else(|| item.id.clone(), |s| s.id.clone());
            return Placement {
                copy_of: old.copy_of.clone(),
                story,
                because: "revised, same matter".to_owned(),
                absorbed: Vec::new(),
            };
        }
        self.decide(item, reading).0
    }

    fn find_origin(
        &self,
        reading: &Reading,
        search: &Search<'_>,
        shared: &HashKeyed<Place, Shared>,
    ) -> Option<(ArticleId, u64, String)> {
        let asked = Question { sketch: &reading.sketch, source: reading.source, search };
        let found = copies::find(&self.days, &asked, shared, &self.settings)?;
        let entry = self.days.get(found.place)?;
        let because = format!("{:.0} % of the text stands in `{}`", found.containment * 100.0, entry.id);
        Some((entry.origin().clone(), entry.story, because))
    }

    fn search<'a>(&'a self, item: &Item, reading: &'a Reading) -> Search<'a> {
        Search::new((&self.days, &self.window, &self.settings), &reading.terms, item.at, reading.source)
    }

    pub(super) fn placement(&self, copy_of: Option<ArticleId>, story: u64, because: String) -> Placement {
        let id = self.stories.get(&story).map(|s| s.id.clone());
        let story = id.expect("every entry of the window is a member of its story");
        Placement { copy_of, story, because, absorbed: Vec::new() }
    }
}

//! Whether two stories that one article belongs to are one event.

use super::{MAX_MEMBERS, Search};
use crate::centroid::Centroid;
use crate::day::{Entry, Place};
use crate::terms::Terms;

impl Search<'_> {
    /// Whether two stories the article belongs to are one event: told alike, or in each language by itself so far.
    pub(crate) fn bridges(&self, one: &[Place], other: &[Place]) -> bool {
        self.alike(one, other) || self.each_its_language(one, other)
    }

    /// Whether the newest members of two stories in the article's language tell the same on the whole.
    fn alike(&self, one: &[Place], other: &[Place]) -> bool {
        let newest = |places: &[Place]| {
            let mut own: Vec<&Entry> = places.iter().filter_map(|place| self.days.get(*place)).collect();
            own.retain(|entry| !entry.terms.foreign(self.terms));
            own.sort_unstable_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
            own.truncate(MAX_MEMBERS);
            own
        };
        let (one, other) = (newest(one), newest(other));
        let (Some(last), Some(others_last)) = (one.first(), other.first()) else { return false };
        let has_body = last.terms.has_body && others_last.terms.has_body;
        let fresh = self.fresh(last.at, others_last.at, has_body);
        let of = |members: &[&Entry]| Centroid::of(members, &self.window.stems);
        fresh * of(&one).cosine(&of(&other)) >= self.settings.story_merge_similarity
    }

    fn each_its_language(&self, one: &[Place], other: &[Place]) -> bool {
        let entries = |members: &[Place]| {
            members.iter().filter_map(|place| self.days.get(*place)).map(|e| &e.terms).collect::<Vec<_>>()
        };
        let (one, other) = (entries(one), entries(other));
        let speak_alike = |terms: &[&Terms]| terms.windows(2).all(|pair| !pair[0].foreign(pair[1]));
        let apart = matches!((one.first(), other.first()), (Some(a), Some(b)) if a.foreign(b));
        apart && speak_alike(&one) && speak_alike(&other)
    }
}

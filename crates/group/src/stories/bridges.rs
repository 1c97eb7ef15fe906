//! Whether two stories that one article belongs to are one event.

use super::{MAX_MEMBERS, Search};
use crate::centroid::Centroid;
use crate::day::{Entry, Place};

impl Search<'_> {
    /// Whether two stories the article belongs to are one event: told alike, or by each script by itself so far.
    pub(crate) fn bridges(&self, one: &[Place], other: &[Place]) -> bool {
        self.alike(one, other) || self.each_its_script(one, other)
    }

    /// Whether the newest members of two stories in the article's script tell the same on the whole.
    fn alike(&self, one: &[Place], other: &[Place]) -> bool {
        let newest = |places: &[Place]| {
            let mut own: Vec<&Entry> = places.iter().filter_map(|place| self.days.get(*place)).collect();
            own.retain(|entry| entry.terms.script == self.terms.script);
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

    fn each_its_script(&self, one: &[Place], other: &[Place]) -> bool {
        let script = |members: &[Place]| {
            let mut scripts = members.iter().filter_map(|place| Some(self.days.get(*place)?.terms.script));
            let first = scripts.next()?;
            scripts.all(|s| s == first).then_some(first)
        };
        matches!((script(one), script(other)), (Some(a), Some(b)) if a != b)
    }
}

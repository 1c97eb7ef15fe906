//! Whether two texts in different languages tell one event.
//!
//! Names, places and numbers must cross, and both texts must speak of the same things: an accident and an election
//! meeting in one town share its name, two accidents on one day share what accidents are made of.

use super::{Search, common};
use crate::fold::Script;
use crate::terms::{Term, Terms};

/// How fast less of one makes a likeness smaller: texts that name little must agree in all they speak of.
const NAMES_POWER: f32 = 0.3;
/// The same for the concepts.
const CONCEPTS_POWER: f32 = 2.0;
/// Distinct names, places or numbers to share where a text's language has no concepts.
const MIN_SHARED_NAMES: usize = 3;

/// The names, places and numbers two texts share.
struct Names {
    /// Their weight; a full and unheard-of name weighs about 1.
    weight: f32,
    /// Their share of what the text that names less has, or the Latin one, where a capital tells a name.
    share: f32,
    count: usize,
}

impl Search<'_> {
    /// How strongly two texts in different languages speak for one event; 1 is enough.
    pub(super) fn crossing(&self, other: &Terms) -> f32 {
        let names = self.names_shared(other);
        let spoken = (self.terms.concepts.told() * other.concepts.told()).sqrt();
        if spoken == 0.0 {
            // What little is known of a text may be wrong, its language first of all.
            let same_script = self.terms.script == other.script;
            let in_words = if same_script { self.alike_in_words(other) } else { 0.0 };
            return self.crossing_by_names(&names).max(in_words);
        }
        let alike = self.terms.concepts.shared(other.concepts).told() / spoken;
        let named = (names.weight * names.share).powf(NAMES_POWER);
        let both = named * alike.powf(CONCEPTS_POWER) / self.settings.crossing_likeness;
        if alike < self.settings.crossing_least_alike {
            both
        } else {
            both.max(self.crossing_by_names(&names))
        }
    }

    /// The same by the names alone: a short brief has a high share by chance, a long report much
    /// weight, so both must speak.
    fn crossing_by_names(&self, names: &Names) -> f32 {
        if names.count < MIN_SHARED_NAMES {
            return 0.0;
        }
        let settings = self.settings;
        let both = names.share / settings.crossing_similarity * names.weight / settings.crossing_evidence;
        both.sqrt().min(names.weight / settings.crossing_least)
    }

    fn names_shared(&self, other: &Terms) -> Names {
        let mine = self.terms;
        let idf = |t: &Term| self.window.names.weight(t.hash).powi(2) * f32::from(t.weight) / 16.0;
        let total = |terms: &Terms| terms.names.iter().map(idf).sum::<f32>();
        let (mut weight, mut count) = (0.0, 0);
        for (one, another) in common(&mine.names, &other.names) {
            weight += idf(one).min(idf(another));
            count += 1;
        }
        let named = match (mine.script, other.script) {
            (Script::Latin, Script::Arabic) => total(mine),
            (Script::Arabic, Script::Latin) => total(other),
            _ => total(mine).min(total(other)),
        };
        Names { weight, share: weight / named.max(f32::EPSILON), count }
    }
}

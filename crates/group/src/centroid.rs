//! The mean of a story's members, as unit vectors of weighted stems.
//!
//! An article is compared with a story by the cosine with this mean: it grows neither with the number of members
//! nor with how differently they put it. Terms rise by hash and members come in one order, so that sums of
//! floats have one order too.

use crate::background::Frequencies;
use crate::day::Entry;

/// The mean of some members.
#[derive(Debug)]
pub(crate) struct Centroid {
    /// Terms and weights, rising by hash.
    terms: Vec<(u32, f32)>,
    norm: f32,
}

impl Centroid {
    /// The mean of `members`, weighted as the window weighs.
    pub(crate) fn of(members: &[&Entry], window: &Frequencies) -> Self {
        let mut parts: Vec<(u32, f32)> = Vec::with_capacity(members.len() * 40);
        for entry in members {
            let weigh = |t: &crate::terms::Term| window.weight(t.hash) * f32::from(t.weight);
            let norm = entry.terms.stems.iter().map(|t| weigh(t).powi(2)).sum::<f32>().sqrt();
            let share = norm.max(f32::EPSILON) * members.len() as f32;
            parts.extend(entry.terms.stems.iter().map(|t| (t.hash, weigh(t) / share)));
        }
        // Stable: equal terms stay in the order of the members.
        parts.sort_by_key(|(hash, _)| *hash);
        let mut terms: Vec<(u32, f32)> = Vec::with_capacity(parts.len());
        for (hash, weight) in parts {
            match terms.last_mut() {
                Some((last, sum)) if *last == hash => *sum += weight,
                _ => terms.push((hash, weight)),
            }
        }
        let norm = terms.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
        Self { terms, norm }
    }

    /// Length of the mean, 0 to 1: 1 where all members are alike, the smaller the more they differ.
    pub(crate) fn unity(&self) -> f32 {
        self.norm
    }

    /// The cosine of two means.
    pub(crate) fn cosine(&self, other: &Self) -> f32 {
        let mut theirs = other.terms.iter().peekable();
        let mut dot = 0.0;
        for (hash, weight) in &self.terms {
            while theirs.next_if(|(h, _)| h < hash).is_some() {}
            if let Some((_, w)) = theirs.next_if(|(h, _)| h == hash) {
                dot += weight * w;
            }
        }
        if dot > 0.0 { dot / (self.norm * other.norm) } else { 0.0 }
    }
}

//! The weights of the two published formulas, which a pipeline may change; `compose/rank.rs` and `compose/noise.rs`
//! have the formulas.

use std::collections::BTreeMap;

/// What a story is ranked by.
#[derive(Debug, Clone, PartialEq)]
pub struct RankWeights {
    /// For C, the coverage: the square root of the distinct outlets, a mere reprint counting half.
    pub coverage: f64,
    /// For D, the depth: the square root of the own texts beyond the first of each outlet.
    pub depth: f64,
    /// For T, the reach: the best tier among its outlets, 0 to 1.
    pub reach: f64,
    /// For R, the recency of its latest own text within the window, 0 to 1.
    pub recency: f64,
    /// For P, the prominence its headline article was given, 0 to 1.
    pub prominence: f64,
    /// For W, on a watchlist.
    pub watchlist: f64,
    /// For L, told in more than one language.
    pub languages: f64,
    /// For O, opinion; usually below 0.
    pub opinion: f64,
}

impl Default for RankWeights {
    fn default() -> Self {
        Self {
            coverage: 4.0,
            depth: 1.0,
            reach: 2.0,
            recency: 1.0,
            prominence: 1.0,
            watchlist: 1.0,
            languages: 0.5,
            opinion: -1.0,
        }
    }
}

impl RankWeights {
    /// The weights by the names the formula uses.
    #[must_use]
    pub fn by_name(&self) -> BTreeMap<String, f64> {
        named([
            ("coverage", self.coverage),
            ("depth", self.depth),
            ("reach", self.reach),
            ("recency", self.recency),
            ("prominence", self.prominence),
            ("watchlist", self.watchlist),
            ("languages", self.languages),
            ("opinion", self.opinion),
        ])
    }
}

/// What an article adds to the noise of its story.
#[derive(Debug, Clone, PartialEq)]
pub struct NoiseWeights {
    /// Weight of an outlet of tier 1, 2 and 3.
    pub tier: [f64; 3],
    /// What a copy counts beside an own text.
    pub copy: f64,
    /// What length adds: 0 counts a brief as much as a page, 1 counts a brief for nothing.
    pub length: f64,
    /// The weights of single outlets, by source id, instead of their tier's: a house that knows audiences puts them
    /// here.
    pub outlets: BTreeMap<String, f64>,
}

impl Default for NoiseWeights {
    fn default() -> Self {
        Self { tier: [4.0, 2.0, 1.0], copy: 0.5, length: 0.5, outlets: BTreeMap::new() }
    }
}

impl NoiseWeights {
    /// The weights by the names the formula uses.
    #[must_use]
    pub fn by_name(&self) -> BTreeMap<String, f64> {
        let mut weights = named([
            ("tier1", self.tier[0]),
            ("tier2", self.tier[1]),
            ("tier3", self.tier[2]),
            ("copy", self.copy),
            ("length", self.length),
        ]);
        weights.extend(self.outlets.iter().map(|(id, weight)| (format!("outlet {id}"), *weight)));
        weights
    }
}

fn named<const N: usize>(weights: [(&str, f64); N]) -> BTreeMap<String, f64> {
    weights.into_iter().map(|(name, weight)| (name.to_owned(), weight)).collect()
}

//! The thresholds of grouping, in one place, each with its unit and the reason for its default.
//!
//! One set serves every language and outlet; nothing here is chosen by where a text comes from.

/// How copies and stories are told. The defaults were chosen on French, Arabic and Spanish
/// press of several years, one set for all.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Days an article looks back (and, for late arrivals, forward). Memory holds this many days plus one.
    pub window_days: u32,
    /// Words in a shingle. Three tell word order and survive light editing.
    pub shingle_words: usize,
    /// Hashes kept of a text's shingles (bottom-k sketch); texts of fewer shingles are kept whole.
    pub sketch_size: usize,
    /// Shingles held by this many originals of the window are boilerplate and weigh nothing.
    pub boilerplate_originals: u32,
    /// Share of the smaller text's shingles that must stand in the other, for texts of like length.
    pub copy_containment: f32,
    /// The same between two articles of one outlet: columns and templates repeat themselves, reprints do not.
    pub copy_containment_same_source: f32,
    /// The same between two editions of a column: only the very same text.
    pub copy_containment_column: f32,
    /// Least number of shingles two texts must share, against chance between very short texts.
    pub copy_shared_shingles: f32,
    /// Least share of the larger text that the shared part must make up: a brief inside a roundup is no copy.
    pub copy_share_of_larger: f32,
    /// Containment from which nothing else is asked.
    pub copy_beyond_doubt: f32,
    /// Below it, the likeness of the matter as a multiple of the threshold for one story: a template filled with
    /// other names shares many shingles and few telling terms.
    pub copy_same_matter: f32,
    /// Similarity (0 to 1) from which two texts tell one story, where both have a body.
    pub story_similarity: f32,
    /// The same where one of the two is no more than a headline.
    pub story_similarity_headline: f32,
    /// Weight of the best member against the centroid of all when an article is compared with a story.
    pub story_best_member: f32,
    /// Weight of the names, places and numbers two texts of one script share, beside their words.
    pub story_names_weight: f32,
    /// Days for which the similarity of two articles counts in full.
    pub story_fresh_days: f32,
    /// Days after those in which it falls to half.
    pub story_half_life_days: f32,
    /// The same where one of the two is no more than a headline: it says too little to carry a story for days.
    pub headline_fresh_days: f32,
    /// The same for the days in which it falls to half.
    pub headline_half_life_days: f32,
    /// Similarity (0 to 1) of two stories of one script, as means of their articles, from which an article that
    /// belongs to both makes them one.
    pub story_merge_similarity: f32,
    /// Likeness from which two texts in different languages tell one event: weight and share of the names they have
    /// in common, and the cosine of their concepts, each to its power.
    pub crossing_likeness: f32,
    /// Cosine of the concepts (0 to 1) from which many names in common are enough.
    pub crossing_least_alike: f32,
    /// For names to be enough: share (0 to 1) of the names, places and numbers of the one text that must stand in the
    /// other.
    pub crossing_similarity: f32,
    /// Weight of the names, places and numbers shared, in full and unheard-of names, that goes with that share: more
    /// of one makes up for less of the other.
    pub crossing_evidence: f32,
    /// Least such weight, however high the share: countries alone are no event.
    pub crossing_least: f32,
    /// As [`Settings::story_best_member`], among members in other languages.
    pub crossing_best_member: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_days: 7,
            shingle_words: 3,
            sketch_size: 64,
            boilerplate_originals: 3,
            copy_containment: 0.33,
            copy_containment_same_source: 0.8,
            copy_containment_column: 0.98,
            copy_shared_shingles: 6.0,
            copy_share_of_larger: 0.1,
            copy_beyond_doubt: 0.85,
            copy_same_matter: 1.8,
            story_similarity: 0.185,
            story_similarity_headline: 0.19,
            story_best_member: 0.2,
            story_names_weight: 0.1,
            story_fresh_days: 1.0,
            story_half_life_days: 4.0,
            headline_fresh_days: 0.7,
            headline_half_life_days: 0.4,
            story_merge_similarity: 0.23,
            crossing_likeness: 0.22,
            crossing_least_alike: 0.3,
            crossing_similarity: 0.25,
            crossing_evidence: 0.9,
            crossing_least: 0.6,
            crossing_best_member: 0.6,
        }
    }
}

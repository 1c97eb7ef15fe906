//! Finds copies of one dispatch and stories on one event over a window of days.
//!
//! Online and pure: [`Grouper::place`] takes one article after the other and says whose copy it is and which
//! story it belongs to; there is no I/O, no clock and no randomness. What it knows is a function of the *set*
//! of articles kept with their placements, so [`Grouper::restore`] brings it back from the store exactly.
//!
//! * A **copy** shares its running text with an earlier article: containment of word shingles (Broder, *On
//!   the resemblance and containment of documents*, 1997) estimated on bottom-k sketches.
//! * A **story** is one event and its direct follow-up: TF-IDF of stems within a script, names, places and
//!   numbers across scripts, compared with the story's members rather than with a centroid alone.

mod agency;
mod background;
mod centroid;
mod columns;
mod concepts;
mod copies;
mod day;
mod fold;
mod grouper;
mod item;
mod names;
mod numbers;
mod places;
mod settings;
mod shelf;
mod skeleton;
mod sketch;
mod stories;
mod terms;

pub use agency::signatures;
pub use grouper::{Arrival, Changes, Grouper, arrival_order};
pub use item::{Item, Placement};
pub use settings::Settings;
pub use terms::background_keys;

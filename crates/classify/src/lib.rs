//! Says of an article its language, its rubrique with an honest confidence, its keywords, names, quotes and summary,
//! and why; and does to it what editors' rules say.
//!
//! Pure: no I/O and no clock; the model and the word lists are part of the crate. Everything is total: any
//! text gives labels, the same ones every time. How the bundled model was made is in `MODEL.md`.

mod background;
mod classifier;
mod document;
mod entities;
mod fold;
mod gazetteer;
mod keywords;
mod language;
mod learner;
mod lexicon;
mod model;
mod quotes;
mod reasons;
mod section;
mod sentences;
mod speech;
mod subject;
mod summary;
mod topic;
pub mod train;
mod watch;

pub use crate::classifier::{Classifier, Input, Labels};
pub use crate::language::detect as detect_language;
pub use crate::model::ModelError;
pub use crate::section::rubrique_of_section;
pub use crate::watch::{WatchError, WatchRule, WatchSet};

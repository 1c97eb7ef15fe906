//! Says of an article its language, its rubrique with an honest confidence, its keywords and names, and why.
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
mod reasons;
mod section;
pub mod train;

pub use crate::classifier::{Classifier, Input, Labels};
pub use crate::model::ModelError;
pub use crate::section::rubrique_of_section;

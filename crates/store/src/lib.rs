//! The day's compilation in SQLite: schema, the sink's writes, memory of stages, search, views.
//!
//! The only crate that knows SQLite. A [`Store`] has one writer, which writes in [`Batch`]es: rows and bus
//! offsets in one transaction, so that repeated delivery has its effect once. Everything else reads.
//! The schema is documented in `docs/data-model.md`, which a test compares with it.

mod backup;
mod batch;
mod clock;
mod database;
mod day;
mod decisions;
mod diff;
mod dispatch;
mod editions;
mod error;
mod fold;
mod history;
mod issues;
mod ledger;
mod memory;
mod query;
mod retention;
mod schema;
mod search;
mod shadow;
mod status;
mod steps;
mod store;
mod time;
mod trail;

pub use batch::{Batch, Put};
pub use day::{Placed, Revision, WindowArticle};
pub use decisions::{Decision, NewDecision};
pub use diff::{Change, ChangeKind, changes, excerpt, marked, words_changed};
pub use dispatch::{Dispatch, OriginKind, Printed};
pub use editions::EditionRow;
pub use error::StoreError;
pub use fold::fold;
pub use history::{PageRead, SourceHistory};
pub use issues::Issue;
pub use ledger::Distribution;
pub use memory::StageMemory;
pub use query::{QueryLimits, Rows, inert};
pub use search::{Hit, SearchQuery};
pub use shadow::Listed;
pub use status::{SourceStatus, StageCount, StoreStatus};
pub use steps::Step;
pub use store::{SourceRow, Store, StoreOptions};
pub use trail::{Trail, TrailArticle, TrailEdition};

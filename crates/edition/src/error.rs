//! What can go wrong between the store and the page a reader sees.

/// Why an edition was not built or rendered.
#[derive(Debug, thiserror::Error)]
pub enum EditionError {
    /// No such export format.
    #[error("no export format `{asked}`; available are {available}")]
    UnknownFormat {
        /// What was asked for.
        asked: String,
        /// The names that would have worked, each in backticks.
        available: String,
    },
    /// No such grouping.
    #[error("no grouping `{asked}`; available are `rubrique`, `source`")]
    UnknownGrouping {
        /// What was asked for.
        asked: String,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] kiosque_store::StoreError),
    /// The template failed on this edition.
    #[error("the page template failed: {0}")]
    Template(#[from] minijinja::Error),
    /// The edition could not be written as JSON.
    #[error("the edition could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

//! One file for each command of the command line.

pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod classify;
pub(crate) mod completions;
pub(crate) mod dlq;
pub(crate) mod edition;
pub(crate) mod export;
pub(crate) mod extract;
pub(crate) mod group;
pub(crate) mod healthy;
pub(crate) mod import;
pub(crate) mod links;
pub(crate) mod probe;
pub(crate) mod purge;
pub(crate) mod query;
pub(crate) mod replay;
pub(crate) mod robots;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod sources;
pub(crate) mod stage;
pub(crate) mod status;
pub(crate) mod train;
pub(crate) mod url;
pub(crate) mod why;

use std::fmt;

/// What was typed cannot be meant: exit status 2.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

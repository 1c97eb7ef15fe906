//! Replay: kept raw pages through today's code, on a lane of their own.
//!
//! Invariant: whatever is replayed, the publisher has changed nothing. So a replay corrects a stored article in
//! place, and never makes a revision, never overwrites a newer fetch, never takes an article away. The lane is
//! private: the line's own order, positions and memory are not touched.

mod difference;
mod drain;
mod kept;
mod lane;
mod live;
mod words;

pub(crate) use difference::{Change, Counts, Difference, Differences, Field, compare};
pub(crate) use drain::drain;
pub(crate) use kept::{Kept, Wanted};
pub(crate) use lane::{Lane, tagged};
pub(crate) use live::{Sent, wait_for_line};

//! Finds copies of one dispatch and stories on one event over a window of days.

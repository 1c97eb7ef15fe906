//! Says of an article its language, its rubrique, its keywords, and why.

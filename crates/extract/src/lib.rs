//! Turns the bytes of a page into an article: body, metadata, and where each came from.

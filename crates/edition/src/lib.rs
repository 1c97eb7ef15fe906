//! Composes the dated edition and renders it in every export format.

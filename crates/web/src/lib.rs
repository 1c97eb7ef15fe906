//! Serves the edition pages, health and metrics over HTTP.

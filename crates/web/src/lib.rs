//! Serves the edition pages, health and metrics over HTTP.
//!
//! It only reads: every request opens the store read-only, on a thread that may block, so a writer is never
//! disturbed and a store that appears later is simply found. Pages carry no script, and the headers forbid any.
//! [`serve_press`] is apart from that: a small loopback web for an invented press, behind a forward proxy.

mod answer;
mod page;
mod press;
mod probes;
mod site;

pub use press::{SiteAnswer, SiteHandler, SiteRequest, serve_press};
pub use probes::{Probes, serve_probes};
pub use site::{Site, router, serve};

/// Why serving ended.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The listener failed.
    #[error("the web server stopped: {0}")]
    Serve(#[from] std::io::Error),
}

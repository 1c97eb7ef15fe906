//! From an edition to bytes in one of the export formats. Pure: nothing but the edition is read.

mod french;
mod html;
mod markdown;
mod view;

use kiosque_model::Edition;

use crate::{EditionError, Format, GroupBy};
pub use french::long_date;
pub use html::PageLink;
use view::View;

/// Renders `edition` in `format`, its items under what `by` says. JSON is the edition itself, so `by` does not
/// change it.
///
/// # Errors
/// [`EditionError::Template`] or [`EditionError::Json`], neither of which an edition's content can cause.
pub fn render(edition: &Edition, format: Format, by: GroupBy) -> Result<Vec<u8>, EditionError> {
    match format {
        Format::Html => render_page(edition, by, &[]),
        Format::Markdown => Ok(markdown::markdown(&View::new(edition, by)).into_bytes()),
        Format::Json => {
            let mut json = serde_json::to_vec_pretty(edition)?;
            json.push(b'\n');
            Ok(json)
        }
    }
}

/// Renders `edition` as a page of a site, with links to its other pages above the masthead (not printed).
///
/// # Errors
/// [`EditionError::Template`].
pub fn render_page(edition: &Edition, by: GroupBy, links: &[PageLink]) -> Result<Vec<u8>, EditionError> {
    html::html(&View::new(edition, by), links)
}

/// The JSON Schema (2020-12) of the JSON export.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Edition).to_value()
}

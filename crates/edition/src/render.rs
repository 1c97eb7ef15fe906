//! From an edition to bytes in one of the export formats. Pure: nothing but the edition and its look is read.

mod archive;
mod chat;
mod csv;
mod docx;
mod epub;
mod feed;
mod html;
mod mail;
mod markdown;
mod pdf;
mod proof;
mod typography;
mod view;
mod xml;

use jiff::civil::Date;
use kiosque_model::Edition;
use serde::Serialize;

use crate::look::Look;
use crate::{EditionError, Format, GroupBy};
pub use html::PageLink;
pub use mail::Envelope;
pub use proof::prove;
use view::View;

/// Renders `edition` in `format` with the look the binary carries, its items under what `by` says.
///
/// # Errors
/// As [`render_with`].
pub fn render(edition: &Edition, format: Format, by: GroupBy) -> Result<Vec<u8>, EditionError> {
    render_with(Look::built_in(), edition, format, by)
}

/// Renders `edition` in `format` with a look of its own. JSON is the edition itself, so neither `by` nor the look
/// changes it.
///
/// # Errors
/// [`EditionError::Look`] where a replaced template asks for what there is not; [`EditionError::Json`], which an
/// edition's content cannot cause.
pub fn render_with(
    look: &Look,
    edition: &Edition,
    format: Format,
    by: GroupBy,
) -> Result<Vec<u8>, EditionError> {
    let view = || View::new(edition, by, look);
    match format {
        Format::Html => render_page(look, edition, by, &[]),
        Format::Pdf => pdf::pdf(&view(), look),
        Format::Docx => docx::docx(&view()),
        Format::Epub => epub::epub(&view(), look),
        Format::Eml => render_mail(look, edition, by, &Envelope::draft(&edition.publisher)),
        Format::Markdown => Ok(markdown::markdown(&view()).into_bytes()),
        Format::Json => pretty(edition),
        Format::Csv => Ok(csv::csv(edition, &View::new(edition, GroupBy::Rubrique, look))),
        Format::Rss => Ok(feed::rss(&view()).into_bytes()),
        Format::Atom => Ok(feed::atom(&view()).into_bytes()),
        Format::JsonFeed => pretty(&feed::json_feed(&view())),
        Format::Telegram => pretty(&chat::telegram(&view())),
        Format::Slack => pretty(&chat::slack(&view())),
        Format::Webhook => pretty(&chat::webhook(&view(), edition.revision)),
    }
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, EditionError> {
    let mut json = serde_json::to_vec_pretty(value)?;
    json.push(b'\n');
    Ok(json)
}

/// Renders `edition` as a page of a site, with links to its other pages above the masthead (not printed).
///
/// # Errors
/// [`EditionError::Look`].
pub fn render_page(
    look: &Look,
    edition: &Edition,
    by: GroupBy,
    links: &[PageLink],
) -> Result<Vec<u8>, EditionError> {
    html::html(&View::new(edition, by, look), look, links)
}

/// Renders `edition` as a message of `envelope`.
///
/// # Errors
/// [`EditionError::Look`]; [`EditionError::Mail`] where the envelope makes no message.
pub fn render_mail(
    look: &Look,
    edition: &Edition,
    by: GroupBy,
    envelope: &Envelope,
) -> Result<Vec<u8>, EditionError> {
    mail::mail(&View::new(edition, by, look), look, envelope)
}

/// A date as a French masthead prints it: `mercredi 7 octobre 2026`, its parts held together by no-break spaces.
#[must_use]
pub fn long_date(date: Date) -> String {
    Look::built_in().labels("fr").long_date(date)
}

/// The JSON Schema (2020-12) of the JSON export.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Edition).to_value()
}

//! The HTML export: one self-contained page, from a template kept in `templates/`.
//!
//! Every value is escaped by the template engine; no template marks anything as safe. The page loads nothing:
//! no script, no font, no picture.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, context};
use serde::Serialize;

use super::view::View;
use crate::EditionError;

const PAGE: &str = include_str!("../../templates/edition.html.jinja");
const ITEM: &str = include_str!("../../templates/item.html.jinja");
const STYLE: &str = include_str!("../../templates/edition.css");

/// A link to another page of the site an edition is shown on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageLink {
    /// What it says.
    pub label: String,
    /// A relative or absolute address.
    pub href: String,
    /// Whether it is the page itself.
    pub current: bool,
}

/// The page.
pub(super) fn html(view: &View, links: &[PageLink]) -> Result<Vec<u8>, EditionError> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    engine.set_formatter(write_value);
    engine.add_template("item", ITEM)?;
    engine.add_template("page", PAGE)?;
    let style = Value::from_safe_string(STYLE.to_owned());
    let mut page = engine.get_template("page")?.render(context! {
        e => Value::from(Serde(view)),
        links => Value::from(Serde(links)),
        style => style,
    })?;
    page.push('\n');
    Ok(page.into_bytes())
}

/// Escapes what HTML needs escaped in text and in quoted attributes. The engine's own escape also rewrites
/// `/`, which would make every address of the page unreadable to whoever looks at its source.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let Some(text) = value.as_str().filter(|_| !value.is_safe()) else {
        return minijinja::escape_formatter(out, state, value);
    };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    Ok(out.write_str(rest)?)
}

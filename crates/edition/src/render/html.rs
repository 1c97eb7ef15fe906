//! The HTML export: one self-contained page, from a template kept in `templates/`.
//!
//! Every value is escaped by the template engine; no template marks anything as safe. The page loads nothing: no
//! script, no font, and no picture but the logo of the house, which stands in the page itself.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::view::View;
use crate::EditionError;
use crate::look::{Branding, Logo, Look};

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
pub(super) fn html(view: &View<'_>, look: &Look, links: &[PageLink]) -> Result<Vec<u8>, EditionError> {
    let style = Value::from_safe_string(style(look));
    let mut page = look.fill(
        "edition.html.jinja",
        context! {
            e => Value::from(Serde(view)),
            links => Value::from(Serde(links)),
            style => style,
            logo => look.branding.logo.as_ref().map(data_address),
            logo_text => look.branding.logo.as_ref().map(|logo| logo.text.clone()),
        },
    )?;
    page.push('\n');
    Ok(page.into_bytes())
}

/// The style sheet with the colours of the house.
fn style(look: &Look) -> String {
    let (sheet, brand) = (look.file("edition.css").trim_end(), &look.branding);
    let usual = Branding::default();
    if (&brand.accent, &brand.accent_dark) == (&usual.accent, &usual.accent_dark) {
        return sheet.to_owned();
    }
    let (light, dark) = (&brand.accent, &brand.accent_dark);
    format!(
        "{sheet}\n:root {{ --accent: {light}; }}\n\
         @media screen and (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}"
    )
}

/// A picture inside the page: it loads nothing.
fn data_address(logo: &Logo) -> String {
    format!("data:{};base64,{}", logo.media_type().unwrap_or("image/png"), base64(&logo.bytes))
}

/// Base 64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_padded() {
        for (bytes, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
    }
}

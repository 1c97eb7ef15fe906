//! The house an edition is issued by, as `branding.toml` in the folder of a look gives it: colours, logo, imprint.
//!
//! Colours are checked against the paper they are printed on, because a headline nobody can read is a mistake of
//! the file and not of the reader (WCAG 2.2, 1.4.3: 4.5 to 1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Mistake;

/// The name of the file.
pub(crate) const FILE: &str = "branding.toml";
/// The paper of the light and of the dark page, as `edition.css` has them.
const PAPER: (&str, &str) = ("#fbf9f4", "#16150f");
/// The least contrast of text, WCAG 2.2 AA.
const LEAST_CONTRAST: f64 = 4.5;

/// What a house prints on its edition.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Branding {
    /// The colour of rubriques and rules on light paper, `#rrggbb`.
    pub(crate) accent: String,
    /// The same on dark paper.
    pub(crate) accent_dark: String,
    /// A line at the foot of every format: an address, a mention.
    pub(crate) imprint: String,
    /// Where the house shows its editions, an http or https address; feeds lead there.
    pub(crate) site: String,
    #[serde(skip)]
    pub(crate) logo: Option<Logo>,
}

/// A picture above the title.
#[derive(Debug, Clone)]
pub(crate) struct Logo {
    /// Its file's name, whose extension says what it is.
    pub(crate) name: String,
    /// What it shows, for those who do not see it.
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    accent: Option<String>,
    accent_dark: Option<String>,
    imprint: Option<String>,
    site: Option<String>,
    logo: Option<String>,
    logo_text: Option<String>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            accent: "#8c1c13".to_owned(),
            accent_dark: "#f0998c".to_owned(),
            imprint: String::new(),
            site: String::new(),
            logo: None,
        }
    }
}

impl Logo {
    /// Its media type, by its name.
    pub(crate) fn media_type(&self) -> Option<&'static str> {
        media_type(&self.name)
    }
}

impl Branding {
    /// Reads `branding.toml` among the `files` of a look; `place` says how to name a file of it.
    pub(super) fn read(
        files: &BTreeMap<String, Vec<u8>>,
        place: impl Fn(&str) -> String,
    ) -> Result<Self, Vec<Mistake>> {
        let mut branding = Self::default();
        let Some(bytes) = files.get(FILE) else { return Ok(branding) };
        let text = String::from_utf8_lossy(bytes);
        let told = |line: usize, message: String| Mistake { file: place(FILE), line, message };
        let written: Written = toml::from_str(&text)
            .map_err(|e| vec![told(super::line_of(&text, &e), e.message().to_owned())])?;
        let mut mistakes = Vec::new();
        let dark_given = written.accent_dark.is_some();
        for (key, given, paper, into) in [
            ("accent", written.accent, PAPER.0, &mut branding.accent),
            ("accent_dark", written.accent_dark, PAPER.1, &mut branding.accent_dark),
        ] {
            let Some(colour) = given else { continue };
            match legible(&colour, paper) {
                Ok(()) => *into = colour,
                Err(message) => {
                    mistakes.push(told(super::line_with(&text, key), format!("`{key}` {message}")));
                }
            }
        }
        if !dark_given && branding.accent != Self::default().accent {
            // A house's own colour on dark paper: its light twin, by mixing it with white until it can be read.
            branding.accent_dark = lightened(&branding.accent);
        }
        branding.imprint = written.imprint.unwrap_or_default();
        branding.site = written.site.unwrap_or_default();
        if !branding.site.is_empty()
            && !branding.site.starts_with("http://")
            && !branding.site.starts_with("https://")
        {
            let message = format!("`site` `{}` is no http:// or https:// address", branding.site);
            mistakes.push(told(super::line_with(&text, "site"), message));
        }
        if let Some(name) = written.logo {
            let line = super::line_with(&text, "logo");
            match (media_type(&name), files.get(&name)) {
                (None, _) => mistakes.push(told(line, format!("`{name}` is no .svg, .png or .jpg"))),
                (_, None) => mistakes.push(told(line, format!("there is no `{name}` beside it"))),
                (Some(_), Some(bytes)) => {
                    let text = written.logo_text.unwrap_or_default();
                    branding.logo = Some(Logo { name, text, bytes: bytes.clone() });
                }
            }
        }
        if mistakes.is_empty() { Ok(branding) } else { Err(mistakes) }
    }
}

/// The media type of a picture by its name's extension.
pub(super) fn media_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        _ => None,
    }
}

fn legible(colour: &str, paper: &str) -> Result<(), String> {
    let (Some(ink), Some(ground)) = (channels(colour), channels(paper)) else {
        return Err(format!("`{colour}` is no colour such as `#8c1c13`"));
    };
    let contrast = contrast(ink, ground);
    if contrast < LEAST_CONTRAST {
        return Err(format!(
            "`{colour}` cannot be read on paper of `{paper}`: contrast {contrast:.1} to 1, text needs {LEAST_CONTRAST} to 1"
        ));
    }
    Ok(())
}

fn lightened(colour: &str) -> String {
    let (Some(from), Some(paper)) = (channels(colour), channels(PAPER.1)) else { return colour.to_owned() };
    let mixed = |tenths: u32| {
        from.map(|c| u8::try_from((u32::from(c) * (10 - tenths) + 255 * tenths) / 10).unwrap_or(255))
    };
    let found = (0..=10).map(mixed).find(|c| contrast(*c, paper) >= LEAST_CONTRAST + 1.0);
    let [red, green, blue] = found.unwrap_or([255; 3]);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn channels(colour: &str) -> Option<[u8; 3]> {
    let digits = colour.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii())?;
    let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// The contrast ratio of WCAG 2.2, 1 to 21.
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Branding, String> {
        let mut files = BTreeMap::from([(FILE.to_owned(), text.as_bytes().to_vec())]);
        files.insert("logo.svg".to_owned(), b"<svg/>".to_vec());
        Branding::read(&files, str::to_owned)
            .map_err(|m| m.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn a_house_has_its_colours_and_its_logo() {
        let branding =
            read("accent = \"#004488\"\nlogo = \"logo.svg\"\nimprint = \"12, rue du Port\"").unwrap();
        assert_eq!(branding.accent, "#004488");
        assert!(legible(&branding.accent_dark, PAPER.1).is_ok(), "{}", branding.accent_dark);
        assert_eq!(branding.logo.unwrap().media_type(), Some("image/svg+xml"));
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        for (text, expected) in [
            ("acent = \"#004488\"", "branding.toml:1: unknown field `acent`"),
            ("\naccent = \"red\"", "branding.toml:2: `accent` `red` is no colour"),
            ("accent = \"#ffee88\"", "branding.toml:1: `accent` `#ffee88` cannot be read on paper"),
            ("site = \"revue.example\"", "branding.toml:1: `site` `revue.example` is no http"),
            ("logo = \"logo.gif\"", "branding.toml:1: `logo.gif` is no .svg"),
            ("logo = \"other.png\"", "branding.toml:1: there is no `other.png`"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.starts_with(expected), "{said}");
        }
    }

    #[test]
    fn black_on_white_is_twenty_one_to_one() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
    }
}

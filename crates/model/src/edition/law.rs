//! The terms an edition is distributed under: what the law and the licences let it show.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a source lets us show of its articles.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Rights {
    /// Nothing was granted and nothing is quoted: title, source, date and link alone.
    None,
    /// The right of short quotation: a short extract beside the mentions.
    #[default]
    Quote,
    /// A licence: a panorama may print longer texts, with the mention of the licence.
    Licensed,
    /// The source never appears in an edition.
    Forbidden,
}

impl Rights {
    /// All of them, the strictest last.
    pub const ALL: [Self; 4] = [Self::Licensed, Self::Quote, Self::None, Self::Forbidden];

    /// The name in pipelines, in the store and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quote => "quote",
            Self::Licensed => "licensed",
            Self::Forbidden => "forbidden",
        }
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Rights {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|rights| rights.name() == text)
            .ok_or_else(|| format!("`{text}` is none of `none`, `quote`, `licensed`, `forbidden`"))
    }
}

/// What kind of compilation is distributed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A *revue de presse*: short extracts of several papers on the same subjects, side by side.
    #[default]
    Revue,
    /// A *panorama de presse*: longer texts under a licence, whose mention it carries.
    Panorama,
    /// Titles and links alone.
    Liens,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Revue, Self::Panorama, Self::Liens];

    /// The name on the command line, in pipelines and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revue => "revue",
            Self::Panorama => "panorama",
            Self::Liens => "liens",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| format!("`{text}` is none of `revue`, `panorama`, `liens`"))
    }
}

/// The terms of one edition in one mode, as printed at its foot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LawTerms {
    /// The mode it is in.
    #[serde(default)]
    pub mode: Mode,
    /// Words an extract may have at most.
    #[serde(default)]
    pub extract_words: usize,
    /// Share of an article's words an extract may have at most, 0 to 1.
    #[serde(default)]
    pub extract_share: f64,
    /// Share of a publication's words in the window that may be printed at most, 0 to 1; 1 is no limit.
    #[serde(default = "whole")]
    pub max_share_of_publication: f64,
    /// The mention of the licence, to be printed on cover and foot; a panorama must have one.
    #[serde(default)]
    pub licence: Option<String>,
    /// Other mentions that must be printed, as the pipeline gives them.
    #[serde(default)]
    pub mentions: Vec<String>,
}

fn whole() -> f64 {
    1.0
}

impl Default for LawTerms {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            extract_words: 0,
            extract_share: 0.0,
            max_share_of_publication: 1.0,
            licence: None,
            mentions: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_name_on_the_wire() {
        for rights in Rights::ALL {
            assert_eq!(serde_json::to_value(rights).unwrap(), rights.name());
            assert_eq!(rights.name().parse(), Ok(rights));
        }
        for mode in Mode::ALL {
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.name());
            assert_eq!(mode.name().parse(), Ok(mode));
        }
        assert!("tous".parse::<Mode>().unwrap_err().contains("`panorama`"));
        assert!("all".parse::<Rights>().unwrap_err().contains("`licensed`"));
    }
}

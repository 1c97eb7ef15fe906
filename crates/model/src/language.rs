//! Languages the press is read in, and which way they run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The Amazigh languages, which ISO 639-1 has no code for: Standard Moroccan, Tashelhit, Central Atlas, Tarifit, Kabyle.
const AMAZIGH: [&str; 5] = ["zgh", "shi", "tzm", "rif", "kab"];

/// An ISO 639-1 code in lower case, e.g. `fr`, `ar`, or the ISO 639-3 code of an Amazigh language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Language(String);

/// The direction text runs in, as HTML's `dir` spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Language {
    /// Reads a BCP 47 tag (`fr-MA`, `AR`, `pt_BR`): its primary subtag, where that is one of these codes.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let two_letters = primary.len() == 2 && primary.bytes().all(|b| b.is_ascii_lowercase());
        (two_letters || AMAZIGH.contains(&primary.as_str())).then_some(Self(primary))
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }

    /// The direction its script runs in.
    #[must_use]
    pub fn direction(&self) -> Direction {
        match self.0.as_str() {
            "ar" | "fa" | "he" | "ur" | "ps" | "yi" => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_primary_subtag() {
        assert_eq!(Language::from_tag("fr-MA").unwrap().code(), "fr");
        assert_eq!(Language::from_tag("AR").unwrap().direction(), Direction::Rtl);
        assert!(Language::from_tag("français").is_none());
        assert!(Language::from_tag("").is_none());
    }
}

//! The rubriques: the sections of a French-language newsroom, mapped to IPTC Media Topics.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A section of the edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rubrique {
    /// Government, parliament, parties, elections.
    Politique,
    /// Business, finance, labour, markets.
    Economie,
    /// What happens abroad.
    International,
    /// Social questions, justice seen as policy, religion, daily life of the country.
    Societe,
    /// Crime, accidents, disasters, courts.
    FaitsDivers,
    /// Health and medicine.
    Sante,
    /// Sport.
    Sport,
    /// Arts, books, cinema, music, heritage.
    Culture,
    /// Science and technology, digital life.
    SciencesTech,
    /// Climate, nature, energy transition, water.
    Environnement,
    /// Weather.
    Meteo,
    /// School and university.
    Education,
    /// Food, fashion, leisure, travel, people.
    Lifestyle,
    /// Cars and motorcycles.
    AutoMoto,
}

impl Rubrique {
    /// All rubriques, in the order a newspaper prints them.
    pub const ALL: [Self; 14] = [
        Self::Politique,
        Self::Economie,
        Self::International,
        Self::Societe,
        Self::FaitsDivers,
        Self::Sante,
        Self::Education,
        Self::SciencesTech,
        Self::Environnement,
        Self::Meteo,
        Self::Culture,
        Self::Sport,
        Self::Lifestyle,
        Self::AutoMoto,
    ];

    /// The name on the wire, in the store and on the command line.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Politique => "politique",
            Self::Economie => "economie",
            Self::International => "international",
            Self::Societe => "societe",
            Self::FaitsDivers => "faits-divers",
            Self::Sante => "sante",
            Self::Sport => "sport",
            Self::Culture => "culture",
            Self::SciencesTech => "sciences-tech",
            Self::Environnement => "environnement",
            Self::Meteo => "meteo",
            Self::Education => "education",
            Self::Lifestyle => "lifestyle",
            Self::AutoMoto => "auto-moto",
        }
    }

    /// The heading a French reader sees.
    #[must_use]
    pub const fn label_fr(self) -> &'static str {
        match self {
            Self::Politique => "Politique",
            Self::Economie => "Économie",
            Self::International => "International",
            Self::Societe => "Société",
            Self::FaitsDivers => "Faits divers",
            Self::Sante => "Santé",
            Self::Sport => "Sport",
            Self::Culture => "Culture",
            Self::SciencesTech => "Sciences et technologies",
            Self::Environnement => "Environnement",
            Self::Meteo => "Météo",
            Self::Education => "Éducation",
            Self::Lifestyle => "Art de vivre",
            Self::AutoMoto => "Auto-moto",
        }
    }

    /// The IPTC Media Topic it maps to (`medtop:` code, eight digits).
    #[must_use]
    pub const fn iptc(self) -> &'static str {
        match self {
            Self::Politique => "11000000",
            Self::International => "20000638",
            Self::Economie => "04000000",
            Self::Societe => "14000000",
            Self::FaitsDivers => "02000000",
            Self::Sante => "07000000",
            Self::Sport => "15000000",
            Self::Culture => "01000000",
            Self::SciencesTech => "13000000",
            Self::Environnement => "06000000",
            Self::Meteo => "17000000",
            Self::Education => "05000000",
            Self::Lifestyle => "10000000",
            Self::AutoMoto => "20000181",
        }
    }
}

impl fmt::Display for Rubrique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for Rubrique {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|r| r.slug() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|r| r.slug()).collect();
            format!("unknown rubrique `{text}`; known are {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slug_is_the_name_on_the_wire() {
        for rubrique in Rubrique::ALL {
            assert_eq!(serde_json::to_value(rubrique).unwrap(), rubrique.slug());
            assert_eq!(rubrique.slug().parse(), Ok(rubrique));
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_the_known_ones() {
        let said = "sports".parse::<Rubrique>().unwrap_err();
        assert!(said.contains("`sports`") && said.contains("faits-divers"), "{said}");
    }
}

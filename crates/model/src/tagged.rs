//! An article with what `classify` understood of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Article, Language, Rubrique};

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    /// A person.
    Person,
    /// A company, party, club, institution.
    Organisation,
    /// A town, region or country.
    Place,
}

/// A name met in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// As written in the article.
    pub text: String,
    /// What it is.
    pub kind: EntityKind,
    /// One name for all spellings, where the lists know it: `Rabat` for `الرباط`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The country a place is or lies in, an ISO 3166-1 code of two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Entity {
    /// A name of which the lists know no more.
    #[must_use]
    pub fn new(text: impl Into<String>, kind: EntityKind) -> Self {
        Self { text: text.into(), kind, name: None, country: None }
    }
}

/// A place in an article's `text`: which paragraph, and which characters of the text.
///
/// Characters are Unicode scalar values, counted from 0 over the whole text, line feeds included; `end` is the
/// first one after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// The paragraph, counted from 0: `text` parted at line feeds.
    pub block: u32,
    /// The first character.
    pub start: u32,
    /// The first character after.
    pub end: u32,
}

/// Words between quotation marks, and who said them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// The words, without the marks.
    pub text: String,
    /// Who said them as the article writes it, where a verb of saying beside the quote names somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// Where they stand.
    pub place: Span,
}

/// A sentence of the summary, taken from the text as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SummarySentence {
    /// The sentence, word for word.
    pub text: String,
    /// Where it stands.
    pub place: Span,
}

/// A paragraph in another language than its article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockLanguage {
    /// The paragraph, counted from 0.
    pub block: u32,
    /// Its language.
    pub language: Language,
}

/// The part of an article a rule met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The headline.
    Title,
    /// The body.
    Text,
}

/// Words a rule met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mention {
    /// The part they stand in.
    pub field: Field,
    /// Where; in a headline `block` is 0 and characters are counted in the headline.
    pub place: Span,
    /// As written.
    pub text: String,
}

/// What an editor's rule did to an article, and the words that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Placement {
    /// The rule's id.
    pub rule: String,
    /// The version of the rule's file.
    pub version: u32,
    /// The watchlist the article was put on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watchlist: Option<String>,
    /// The rubrique the article was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubrique: Option<Rubrique>,
    /// The rubrique it would have had without the rule that gave it one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Rubrique>,
    /// The words met, in order of the text; none where the rule only asks for source or rubrique.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

/// An article and its labels, as the `tagged` topic carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tagged {
    /// The article.
    pub article: Article,
    /// The language decided on title and text.
    pub language: Option<Language>,
    /// The rubrique.
    pub rubrique: Rubrique,
    /// How sure that is, 0 to 1, calibrated on held-out articles.
    pub confidence: f32,
    /// Words that tell this article from others, best first.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Names met in it.
    #[serde(default)]
    pub entities: Vec<Entity>,
    /// The words and evidence that placed it, best first.
    #[serde(default)]
    pub because: Vec<String>,
    /// Whether `rubrique` is only the likeliest of several: an editor should look.
    #[serde(default, skip_serializing_if = "is_false")]
    pub uncertain: bool,
    /// The next likeliest rubrique, where it is uncertain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<Rubrique>,
    /// Paragraphs in another language than `language`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block_languages: Vec<BlockLanguage>,
    /// Words said by persons and institutions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotes: Vec<Quote>,
    /// The two or three sentences that say most of it, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub summary: Vec<SummarySentence>,
    /// What editors' rules did to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placements: Vec<Placement>,
}

impl Tagged {
    /// An article of which no more is known than its rubrique, and how sure that is.
    #[must_use]
    pub fn new(article: Article, rubrique: Rubrique, confidence: f32) -> Self {
        Self {
            article,
            language: None,
            rubrique,
            confidence,
            keywords: Vec::new(),
            entities: Vec::new(),
            because: Vec::new(),
            uncertain: false,
            alternative: None,
            block_languages: Vec::new(),
            quotes: Vec::new(),
            summary: Vec::new(),
            placements: Vec::new(),
        }
    }
}

impl Tagged {
    /// The rubrique the classifier gave, whatever editors' rules made of it.
    #[must_use]
    pub fn rubrique_by_itself(&self) -> Rubrique {
        self.placements.iter().find_map(|placement| placement.instead_of).unwrap_or(self.rubrique)
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

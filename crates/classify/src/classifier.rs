//! The one thing this crate does: labels for an article.
//!
//! The model sees words; the outlet's section shifts its odds; nothing else decides. Labels depend on the
//! input alone.

use std::sync::LazyLock;

use kiosque_model::{Article, BlockLanguage, Entity, Language, Quote, Rubrique, SummarySentence, Tagged};

use crate::document::{CLASSES, Document, Scores};
use crate::entities::entities;
use crate::keywords::keywords;
use crate::model::{Model, ModelError, best, softmax};
use crate::quotes::quotes;
use crate::summary::summary;
use crate::topic::topic;
use crate::{language, reasons, section};

/// Words of a text below which there is nothing to be sure of.
const FEW_TERMS: f32 = 6.0;

/// Rubriques that name a subject, whatever the country it is met in.
const SUBJECTS: [Rubrique; 8] = [
    Rubrique::SciencesTech,
    Rubrique::Sante,
    Rubrique::Sport,
    Rubrique::Culture,
    Rubrique::Education,
    Rubrique::Environnement,
    Rubrique::Meteo,
    Rubrique::AutoMoto,
];

/// The share of the lexicon's words, as a root, from which they name one subject.
const SUBJECT_EVIDENCE: f32 = 0.5;

/// What a subject named by headline and text weighs against *International*, which only says where.
const SUBJECT_LOG_ODDS: f32 = 1.5;

/// A calibrated confidence below this says that the rubrique is more likely wrong than right: it is uncertain.
const SURE: f32 = 0.5;

static BUNDLED: LazyLock<Classifier> = LazyLock::new(|| {
    Classifier::from_bytes(include_bytes!("../model/rubriques.bin")).expect("the crate's own model is sound")
});

/// Labels articles by one model.
#[derive(Debug)]
pub struct Classifier {
    model: Model,
}

/// What is known of an article. Only `title` and `text` are needed; the rest is weighed where it is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The headline.
    pub title: &'a str,
    /// The body as plain text.
    pub text: &'a str,
    /// The address: its folders may name a section.
    pub url: Option<&'a str>,
    /// The outlet's own section.
    pub section: Option<&'a str>,
    /// The rubrique of the feed that listed it.
    pub feed: Option<Rubrique>,
    /// The language the page declares, a BCP 47 tag.
    pub language: Option<&'a str>,
    /// The publisher's keywords.
    pub keywords: &'a [String],
}

/// What was understood of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// The language, absent where the text has no letters and the page declares none.
    pub language: Option<Language>,
    /// The likeliest rubrique.
    pub rubrique: Rubrique,
    /// The calibrated probability of that rubrique, 0 to 1.
    pub confidence: f32,
    /// The IPTC Media Topic, eight digits: the rubrique's, or a closer one.
    pub iptc: &'static str,
    /// Telling words and names as printed, best first, at most eight.
    pub keywords: Vec<String>,
    /// Names met, each once.
    pub entities: Vec<Entity>,
    /// Evidence for the rubrique, best first: words as printed, the outlet's section.
    pub because: Vec<String>,
    /// The next likeliest rubrique, where the rubrique is more likely wrong than right.
    pub alternative: Option<Rubrique>,
    /// Paragraphs in another language than the article.
    pub block_languages: Vec<BlockLanguage>,
    /// What was said, and by whom.
    pub quotes: Vec<Quote>,
    /// The sentences that say most.
    pub summary: Vec<SummarySentence>,
}

/// What the evidence ends with where the rubrique is more likely wrong than right.
pub(crate) const UNCERTAIN: &str = "incertain";

impl Classifier {
    /// The classifier with the model of this crate; it is unpacked once.
    #[must_use]
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// A classifier with a model of one's own, made by [`crate::train::train`].
    ///
    /// # Errors
    /// [`ModelError`] where the bytes are no model, one of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Ok(Self { model: Model::from_bytes(bytes)? })
    }

    /// Labels an article.
    #[must_use]
    pub fn classify(&self, input: &Input) -> Labels {
        let language = language::detect(input.title, input.text, input.language);
        let document = Document::new(input.title, input.keywords, input.text);
        let known = self.model.known(&document);
        let mut logits = self.model.logits(&known, &document.evidence);
        // Of a text without known words the bias alone would speak, and too loudly.
        let heard = ((known.len() as f32 + document.hits.len() as f32) / FEW_TERMS).min(1.0);
        logits.iter_mut().for_each(|z| *z *= heard);
        let section = section::rubrique(input.section, input.feed, input.url);
        for (class, rubrique) in Rubrique::ALL.into_iter().enumerate() {
            if section == Some(rubrique) {
                logits[class] += section::log_odds(rubrique);
            }
        }
        if let Some(subject) = subject_abroad(&document, input.title, best(&logits)) {
            logits[subject] += SUBJECT_LOG_ODDS;
        }
        let shares = softmax(&logits);
        let class = best(&shares);
        let rubrique = Rubrique::ALL[class];
        let code = language.as_ref().map_or("", Language::code);
        let alternative = (shares[class] < SURE).then(|| Rubrique::ALL[second(&shares, class)]);
        let mut because = reasons::reasons(&self.model, &document, &known, class, section);
        if let Some(other) = alternative {
            because.push(format!("{UNCERTAIN}\u{a0}: peut-être {}", other.label_fr()));
        }
        Labels {
            rubrique,
            confidence: shares[class],
            iptc: topic(rubrique, input.title, input.text),
            keywords: keywords(input.title, input.text, code),
            entities: entities(input.title, input.text),
            because,
            alternative,
            block_languages: language.as_ref().map_or_else(Vec::new, |all| language::blocks(input.text, all)),
            quotes: quotes(input.text, code),
            summary: summary(input.title, input.text, code),
            language,
        }
    }

    /// Labels an article as the pipeline carries it.
    #[must_use]
    pub fn tag(&self, article: Article) -> Tagged {
        let labels = self.classify(&Input {
            title: article.title.as_deref().unwrap_or_default(),
            text: &article.text,
            url: Some(article.canonical_url.as_str()),
            section: article.section.as_deref(),
            feed: article.feed_rubrique,
            language: article.language.as_ref().map(Language::code),
            keywords: &article.keywords,
        });
        Tagged {
            language: labels.language,
            keywords: labels.keywords,
            entities: labels.entities,
            because: labels.because,
            uncertain: labels.alternative.is_some(),
            alternative: labels.alternative,
            block_languages: labels.block_languages,
            quotes: labels.quotes,
            summary: labels.summary,
            ..Tagged::new(article, labels.rubrique, labels.confidence)
        }
    }
}

/// The likeliest but one.
fn second(shares: &Scores, first: usize) -> usize {
    let others = (0..CLASSES).filter(|class| *class != first);
    others.max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or(first)
}

/// The subject of an article that would go to *International*: countries and their leaders fill its text, but its
/// headline and most of the lexicon's words in it name one subject.
fn subject_abroad(document: &Document<'_>, title: &str, class: usize) -> Option<usize> {
    if Rubrique::ALL[class] != Rubrique::International {
        return None;
    }
    let headline = Document::new(title, &[], "");
    let named = |class: &usize| {
        SUBJECTS.contains(&Rubrique::ALL[*class])
            && document.evidence[*class] >= SUBJECT_EVIDENCE
            && headline.hits.iter().any(|(hit, _)| hit == class)
    };
    (0..Rubrique::ALL.len())
        .filter(named)
        .max_by(|a, b| document.evidence[*a].total_cmp(&document.evidence[*b]))
}

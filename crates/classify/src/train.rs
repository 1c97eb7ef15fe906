//! Training of the rubrique model from labelled texts: AdaGrad, in one thread, the same bytes every time.
//!
//! Corpora know different sets of labels. A text from a corpus that never says `meteo` is no evidence
//! against `meteo`, so rubriques its corpus lacks are all but left out of its loss (`Options::absent`).

use std::collections::{BTreeMap, HashMap};

use kiosque_model::Rubrique;

use crate::document::{CLASSES, Document, Scores};
use crate::learner::{Learner, Sample};
use crate::lexicon::lessons;
use crate::model::{Model, best, softmax};

/// A labelled text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// The headline.
    pub title: String,
    /// The body.
    pub text: String,
    /// The slug of a rubrique; a text with another label is passed over and counted in the report.
    pub label: String,
    /// Its language, an ISO 639-1 code.
    pub language: Option<String>,
    /// The corpus or outlet it is from: labels are comparable within one.
    pub source: Option<String>,
}

/// How to train. The default made the bundled model.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Passes over the examples.
    pub epochs: u32,
    /// AdaGrad's step.
    pub rate: f32,
    /// The share of that step which what the lexicon says is learned with: it must not drown the words.
    pub evidence: f32,
    /// Weight decay at each touch of a weight.
    pub decay: f32,
    /// Share of the target spread over all rubriques: labels of outlets are noisy.
    pub smoothing: f32,
    /// Examples of a rubrique count as its frequency to the power of minus this.
    pub balance: f32,
    /// Examples of a corpus count as its size to the power of minus this: small corpora are heard too.
    pub corpora: f32,
    /// Taken off the logits of rubriques which the example's corpus does not know.
    pub absent: f32,
    /// A term is considered from so many texts on.
    pub least_texts: u32,
    /// Terms kept.
    pub terms: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 5,
            rate: 0.06,
            evidence: 0.2,
            decay: 1e-5,
            smoothing: 0.1,
            balance: 0.6,
            corpora: 0.25,
            absent: 4.0,
            least_texts: 3,
            terms: 140_000,
        }
    }
}

/// What came of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Texts trained on.
    pub examples: usize,
    /// Texts passed over, by their unknown label.
    pub skipped: BTreeMap<String, usize>,
    /// Terms in the model.
    pub terms: usize,
    /// Texts held out to measure and calibrate: every tenth.
    pub held_out: usize,
    /// Share of the held-out texts labelled right by a model that had not seen them.
    pub accuracy: f32,
    /// The same as the mean over rubriques of F1.
    pub macro_f1: f32,
    /// F1 of each rubrique present.
    pub f1: Vec<(Rubrique, f32)>,
    /// What logits are divided by so that confidence is the share of right answers.
    pub temperature: f32,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TrainError {
    /// Nothing to learn from.
    #[error(
        "{found} labelled texts of {labels} rubriques are too few to train on; at least 20 of 2 are needed"
    )]
    TooFew {
        /// Texts with a known label.
        found: usize,
        /// Different labels among them.
        labels: usize,
    },
}

/// Trains a model: the bytes of its file, and how well it does.
///
/// # Errors
/// [`TrainError`] where there are too few examples.
pub fn train(
    examples: impl Iterator<Item = Example>,
    options: &Options,
) -> Result<(Vec<u8>, Report), TrainError> {
    let (mut corpus, skipped) = Corpus::read(examples);
    let labels = corpus.per_class.iter().filter(|n| **n > 0).count();
    if corpus.texts.len() < 20 || labels < 2 {
        return Err(TrainError::TooFew { found: corpus.texts.len(), labels });
    }
    corpus.weigh_corpora(options.corpora);
    let all = corpus.vocabulary(options.least_texts);
    let first = corpus.learn(&all, options, |_| true);
    let kept = select(&all, &first, options.terms);
    drop(first);
    let trial = corpus.learn(&kept, options, |n| !is_held_out(n)).into_model(&kept);
    let logits = corpus.held_out_logits(&trial);
    let temperature = fit_temperature(&logits);
    let mut model = corpus.learn(&kept, options, |_| true).into_model(&kept);
    model.temperature = temperature;
    let (accuracy, f1) = measure(&logits);
    let report = Report {
        examples: corpus.texts.len(),
        skipped,
        terms: kept.len(),
        held_out: logits.len(),
        accuracy,
        macro_f1: f1.iter().map(|(_, f)| f).sum::<f32>() / f1.len().max(1) as f32,
        f1,
        temperature,
    };
    Ok((model.to_bytes(), report))
}

fn is_held_out(number: usize) -> bool {
    number % 10 == 9
}

/// A made-up text counts as so many: they are short and few.
const LESSON_WEIGHT: f32 = 2.0;

/// The terms of a model with their inverse document frequencies, ascending by hash.
pub(crate) type Vocabulary = Vec<(u32, u8)>;

/// A text as numbers.
struct Text {
    label: u8,
    source: u32,
    mask: u16,
    weight: f32,
    /// Hash and weight of each term.
    terms: Vec<(u32, f32)>,
    evidence: Scores,
}

impl Text {
    fn new(label: usize, source: u32, title: &str, text: &str) -> Self {
        let document = Document::new(title, &[], text);
        let mut terms: Vec<_> = document.terms.iter().map(|t| (t.hash, t.weight)).collect();
        terms.sort_by_key(|t| t.0);
        terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        terms.shrink_to_fit();
        let mask = (1 << CLASSES) - 1;
        Self { label: label as u8, source, mask, weight: 1.0, terms, evidence: document.evidence }
    }
}

/// Outlets file floods and earthquakes under weather; a reader (and IPTC's `disaster`) does not, and what
/// teaches otherwise is left out.
fn is_disaster_filed_as_weather(text: &Text) -> bool {
    let says = |rubrique: Rubrique| {
        Rubrique::ALL.iter().position(|r| *r == rubrique).map_or(0.0, |class| text.evidence[class])
    };
    Rubrique::ALL[usize::from(text.label)] == Rubrique::Meteo
        && says(Rubrique::FaitsDivers) > says(Rubrique::Meteo) + 0.3
}

struct Corpus {
    texts: Vec<Text>,
    /// Made-up texts of the lexicon: taught with the others, never measured on.
    lessons: Vec<Text>,
    per_class: [usize; CLASSES],
}

impl Corpus {
    fn read(examples: impl Iterator<Item = Example>) -> (Self, BTreeMap<String, usize>) {
        let lessons = lessons()
            .iter()
            .map(|(label, text)| Text { weight: LESSON_WEIGHT, ..Text::new(*label, 0, "", text) })
            .collect();
        let mut corpus = Self { texts: Vec::new(), lessons, per_class: [0; CLASSES] };
        let mut skipped = BTreeMap::new();
        let mut sources: HashMap<(Option<String>, Option<String>), u32> = HashMap::new();
        for example in examples {
            let Some(label) = Rubrique::ALL.iter().position(|r| r.slug() == example.label) else {
                *skipped.entry(example.label).or_default() += 1;
                continue;
            };
            let next = sources.len() as u32;
            let source = *sources.entry((example.source.clone(), example.language.clone())).or_insert(next);
            let text = Text::new(label, source, &example.title, &example.text);
            if !is_disaster_filed_as_weather(&text) {
                corpus.texts.push(text);
                corpus.per_class[label] += 1;
            }
        }
        (corpus, skipped)
    }

    /// Tells each text which rubriques its corpus knows and how much its corpus counts.
    fn weigh_corpora(&mut self, power: f32) {
        let mut corpora: HashMap<u32, (u16, f32)> = HashMap::new();
        for text in &self.texts {
            let corpus = corpora.entry(text.source).or_default();
            *corpus = (corpus.0 | 1 << text.label, corpus.1 + 1.0);
        }
        let largest = corpora.values().map(|(_, size)| *size).fold(1.0, f32::max);
        for text in &mut self.texts {
            let (mask, size) = corpora[&text.source];
            text.mask = mask;
            text.weight = (largest / size).powf(power);
        }
    }

    fn vocabulary(&self, least_texts: u32) -> Vocabulary {
        let mut counts: HashMap<u32, u32> = HashMap::new();
        for (hash, _) in self.texts.iter().chain(&self.lessons).flat_map(|t| &t.terms) {
            *counts.entry(*hash).or_default() += 1;
        }
        let all = self.texts.len() as f32;
        // A small corpus has no rare words to leave out.
        let least = least_texts.min(1 + self.texts.len() as u32 / 500);
        let mut vocabulary: Vocabulary = counts
            .into_iter()
            .filter(|&(_, n)| n >= least)
            .map(|(hash, n)| (hash, (16.0 * (1.0 + (all / n as f32).ln())).round().min(255.0) as u8))
            .collect();
        vocabulary.sort_unstable();
        vocabulary
    }

    fn learn(&self, vocabulary: &Vocabulary, options: &Options, part: impl Fn(usize) -> bool) -> Learner {
        let mut learner = Learner::new(vocabulary, options.clone());
        let mean = self.texts.len() as f32 / self.per_class.iter().filter(|n| **n > 0).count() as f32;
        let chosen = self.texts.iter().enumerate().filter(|(n, _)| part(*n)).map(|(_, text)| text);
        let samples: Vec<Sample> = chosen
            .chain(&self.lessons)
            .map(|text| Sample {
                terms: learner.terms(&text.terms),
                evidence: text.evidence,
                label: usize::from(text.label),
                mask: text.mask,
                weight: text.weight
                    * (mean / self.per_class[usize::from(text.label)].max(1) as f32)
                        .powf(options.balance)
                        .min(4.0),
            })
            .collect();
        learner.run(&samples);
        learner
    }

    fn held_out_logits(&self, model: &Model) -> Vec<(Scores, usize)> {
        self.texts
            .iter()
            .enumerate()
            .filter(|(n, _)| is_held_out(*n))
            .map(|(_, text)| {
                let terms =
                    text.terms.iter().map(|&(hash, weight)| crate::document::Term { hash, weight, text: "" });
                let document = Document { terms: terms.collect(), evidence: text.evidence, hits: Vec::new() };
                (model.logits(&model.known(&document), &text.evidence), usize::from(text.label))
            })
            .collect()
    }
}

/// The terms whose weights say most, so that the file stays small.
fn select(vocabulary: &Vocabulary, learner: &Learner, terms: usize) -> Vocabulary {
    let mut ranked: Vec<(f32, u32, u8)> =
        vocabulary.iter().enumerate().map(|(row, &(hash, idf))| (learner.worth(row), hash, idf)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(terms);
    let mut kept: Vocabulary = ranked.into_iter().map(|(_, hash, idf)| (hash, idf)).collect();
    kept.sort_unstable();
    kept
}

/// The temperature under which the held-out labels are likeliest, to a hundredth.
fn fit_temperature(logits: &[(Scores, usize)]) -> f32 {
    let loss = |temperature: f32| -> f64 {
        logits
            .iter()
            .map(|(z, label)| -f64::from(softmax(&z.map(|v| v / temperature))[*label].max(1e-9).ln()))
            .sum()
    };
    let candidates = (20..=300).step_by(2).map(|percent| percent as f32 / 100.0);
    candidates.min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or(1.0)
}

fn measure(logits: &[(Scores, usize)]) -> (f32, Vec<(Rubrique, f32)>) {
    let pairs: Vec<(usize, usize)> = logits.iter().map(|(z, label)| (best(z), *label)).collect();
    let right = pairs.iter().filter(|(found, label)| found == label).count();
    let f1 = (0..CLASSES)
        .filter(|class| pairs.iter().any(|(_, label)| label == class))
        .map(|class| {
            let count = |f: &dyn Fn(&(usize, usize)) -> bool| pairs.iter().filter(|p| f(p)).count() as f32;
            let hits = count(&|p| p.0 == class && p.1 == class);
            let both = count(&|p| p.0 == class) + count(&|p| p.1 == class);
            (Rubrique::ALL[class], 2.0 * hits / both)
        })
        .collect();
    (right as f32 / pairs.len().max(1) as f32, f1)
}

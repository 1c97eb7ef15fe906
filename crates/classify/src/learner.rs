//! The learner behind training: softmax regression by AdaGrad (Duchi, Hazan and Singer, 2011).
//!
//! Its order is drawn from a fixed seed and its sums are made in one thread: the same samples in the same
//! order give the same weights to the last bit.

use crate::document::{CLASSES, Scores};
use crate::model::Model;
use crate::train::{Options, Vocabulary};

/// A text ready to learn from.
pub(crate) struct Sample {
    /// Row and value of each term known.
    pub(crate) terms: Vec<(u32, f32)>,
    pub(crate) evidence: Scores,
    pub(crate) label: usize,
    /// The rubriques its corpus knows.
    pub(crate) mask: u16,
    pub(crate) weight: f32,
}

/// A weight for each rubrique, with AdaGrad's sums of squares.
#[derive(Clone, Copy)]
struct Row {
    weights: Scores,
    squares: Scores,
}

impl Row {
    const ZERO: Self = Self { weights: [0.0; CLASSES], squares: [1e-6; CLASSES] };

    fn step(&mut self, gradient: &Scores, value: f32, rate: f32, decay: f32) {
        for ((weight, square), slope) in self.weights.iter_mut().zip(&mut self.squares).zip(gradient) {
            let slope = slope * value;
            *square += slope * slope;
            *weight -= rate * slope / square.sqrt() + decay * *weight;
        }
    }
}

/// Weights being learned.
pub(crate) struct Learner {
    options: Options,
    hashes: Vec<u32>,
    idf: Vec<u8>,
    starts: Vec<u32>,
    rows: Vec<Row>,
    /// The last row is the bias.
    evidence: Vec<Row>,
}

impl Learner {
    pub(crate) fn new(vocabulary: &Vocabulary, options: Options) -> Self {
        let hashes: Vec<u32> = vocabulary.iter().map(|v| v.0).collect();
        let starts = Model::starts_of(&hashes);
        let idf = vocabulary.iter().map(|v| v.1).collect();
        let rows = vec![Row::ZERO; hashes.len()];
        Self { options, hashes, idf, starts, rows, evidence: vec![Row::ZERO; CLASSES + 1] }
    }

    /// The known terms of a text with values of unit length, as [`Model::known`] makes them.
    pub(crate) fn terms(&self, terms: &[(u32, f32)]) -> Vec<(u32, f32)> {
        let mut known: Vec<(u32, f32)> = Vec::with_capacity(terms.len());
        for &(hash, weight) in terms {
            let bucket = (hash >> 16) as usize;
            let (from, to) = (self.starts[bucket] as usize, self.starts[bucket + 1] as usize);
            if let Ok(at) = self.hashes[from..to].binary_search(&hash) {
                let row = from + at;
                known.push((row as u32, (1.0 + weight.ln()) * f32::from(self.idf[row]) / 16.0));
            }
        }
        let length = known.iter().map(|t| t.1 * t.1).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        known.iter_mut().for_each(|t| t.1 /= length);
        known
    }

    pub(crate) fn run(&mut self, samples: &[Sample]) {
        let mut order: Vec<u32> = (0..samples.len() as u32).collect();
        let mut seed = 0x5EED_u64;
        let mut sums: Option<Vec<Scores>> = None;
        let mut passes = 0.0;
        for epoch in 0..self.options.epochs {
            shuffle(&mut order, &mut seed);
            let rate = self.options.rate * (1.0 - 0.8 * epoch as f32 / self.options.epochs as f32);
            for (n, &at) in order.iter().enumerate() {
                let sample = &samples[at as usize];
                self.learn(sample, &sample.terms, rate);
                // The lexicon alone has to stand where words are unknown: it is taught so on some texts.
                if n % 4 == 0 {
                    self.learn(sample, &[], rate);
                }
            }
            if epoch * 3 >= self.options.epochs {
                let sums = sums.get_or_insert_with(|| vec![[0.0; CLASSES]; self.rows.len()]);
                sums.iter_mut().zip(&self.rows).for_each(|(sum, row)| add(sum, &row.weights, 1.0));
                passes += 1.0;
            }
        }
        // The mean of the later passes errs less than the last of them (Polyak and Juditsky, 1992).
        for (row, sum) in self.rows.iter_mut().zip(sums.into_iter().flatten()) {
            row.weights = sum.map(|weight| weight / passes);
        }
    }

    fn learn(&mut self, sample: &Sample, terms: &[(u32, f32)], rate: f32) {
        let mut logits = self.evidence[CLASSES].weights;
        for (row, value) in terms {
            add(&mut logits, &self.rows[*row as usize].weights, *value);
        }
        for (row, value) in sample.evidence.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            add(&mut logits, &self.evidence[row].weights, *value);
        }
        let gradient = self.gradient(sample, logits);
        let decay = self.options.decay;
        for (row, value) in terms {
            self.rows[*row as usize].step(&gradient, *value, rate, decay);
        }
        for (row, value) in sample.evidence.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            self.evidence[row].step(&gradient, *value, rate * self.options.evidence, 0.0);
        }
        self.evidence[CLASSES].step(&gradient, 1.0, rate * 0.05, 0.0);
    }

    fn gradient(&self, sample: &Sample, mut logits: Scores) -> Scores {
        let known = |class: usize| sample.mask >> class & 1 == 1;
        for (class, logit) in logits.iter_mut().enumerate() {
            if !known(class) {
                *logit -= self.options.absent;
            }
        }
        let mut gradient = crate::model::softmax(&logits);
        let spread = self.options.smoothing / sample.mask.count_ones() as f32;
        for (class, slope) in gradient.iter_mut().enumerate() {
            let target = if known(class) { spread } else { 0.0 };
            let target = if class == sample.label { target + 1.0 - self.options.smoothing } else { target };
            *slope = (*slope - target) * sample.weight;
        }
        gradient
    }

    /// How much a term says: the length of its weights about their mean.
    pub(crate) fn worth(&self, row: usize) -> f32 {
        let weights = &self.rows[row].weights;
        let mean = weights.iter().sum::<f32>() / CLASSES as f32;
        weights.iter().map(|w| (w - mean) * (w - mean)).sum()
    }

    /// The model, its weights rounded to a byte.
    pub(crate) fn into_model(self, vocabulary: &Vocabulary) -> Model {
        let mut sizes: Vec<f32> = self.rows.iter().flat_map(|r| r.weights).map(f32::abs).collect();
        sizes.sort_by(f32::total_cmp);
        // The few greatest are cut off, so that the many are told apart.
        let most = sizes.get(sizes.len() * 9999 / 10_000).copied().unwrap_or(1.0).max(1e-6);
        let step = most / 31.0;
        let round = |w: f32| (w / step).round().clamp(-60.0, 60.0) as i8;
        let mut evidence = [[0.0; CLASSES]; CLASSES];
        for (to, from) in evidence.iter_mut().zip(&self.evidence) {
            *to = from.weights;
        }
        Model {
            temperature: 1.0,
            bias: self.evidence[CLASSES].weights,
            evidence,
            step,
            hashes: vocabulary.iter().map(|v| v.0).collect(),
            idf: self.idf,
            weights: self.rows.iter().map(|row| row.weights.map(round)).collect(),
            starts: self.starts,
        }
    }
}

fn add(logits: &mut Scores, weights: &Scores, value: f32) {
    logits.iter_mut().zip(weights).for_each(|(logit, weight)| *logit += weight * value);
}

/// Fisher and Yates, drawn from SplitMix64.
fn shuffle(order: &mut [u32], seed: &mut u64) {
    for last in (1..order.len()).rev() {
        *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *seed;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = ((z ^ z >> 31) % (last as u64 + 1)) as usize;
        order.swap(last, drawn);
    }
}

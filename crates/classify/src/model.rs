//! The rubrique model: multinomial logistic regression over words and pairs, quantised to a byte a weight.
//!
//! A model file is `KIOSQRUB`, version, length and XXH3-64 of the payload (little-endian), then the payload
//! in zstd. Nothing of a file is believed before its hash was checked, so a damaged one is an error, never a
//! wrong rubrique.

use xxhash_rust::xxh3::xxh3_64;

use crate::document::{CLASSES, Document, Scores};

const MAGIC: &[u8; 8] = b"KIOSQRUB";

/// The version of features and layout together.
pub(crate) const VERSION: u32 = 2;

const HEADER_BYTES: usize = 8 + 4 + 4 + 8;

/// More than any model of this layout unpacks to in practice.
const MAX_PAYLOAD_BYTES: u32 = 256 << 20;

/// Why bytes are no model.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// They do not begin as a model does.
    #[error("this is no rubrique model: it does not begin with `KIOSQRUB`")]
    Foreign,
    /// A model of another version of the features.
    #[error("the model has version `{found}`, this program reads version `{expected}`; train it again")]
    Version {
        /// The version found.
        found: u32,
        /// The version read here.
        expected: u32,
    },
    /// Bytes were lost or changed.
    #[error("the model is damaged: {0}")]
    Damaged(&'static str),
}

/// The model in memory.
#[derive(Debug, PartialEq)]
pub(crate) struct Model {
    /// Divides the logits: calibrated on held-out examples.
    pub(crate) temperature: f32,
    pub(crate) bias: Scores,
    /// Row: the rubrique the lexicon speaks for; column: what that says of each rubrique.
    pub(crate) evidence: [Scores; CLASSES],
    /// What one step of a weight is worth.
    pub(crate) step: f32,
    /// Hashes of the terms known, ascending.
    pub(crate) hashes: Vec<u32>,
    /// Inverse document frequency in sixteenths.
    pub(crate) idf: Vec<u8>,
    /// One row of weights a term.
    pub(crate) weights: Vec<[i8; CLASSES]>,
    /// Where hashes with the same upper 16 bits begin.
    pub(crate) starts: Vec<u32>,
}

/// A term of a document that the model knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) row: u32,
    pub(crate) value: f32,
    pub(crate) text: &'a str,
}

impl Model {
    /// The row of a term.
    pub(crate) fn row(&self, hash: u32) -> Option<u32> {
        let bucket = (hash >> 16) as usize;
        let (from, to) = (self.starts[bucket] as usize, self.starts[bucket + 1] as usize);
        self.hashes[from..to].iter().position(|&h| h == hash).map(|at| (from + at) as u32)
    }

    /// Where each bucket of hashes begins.
    pub(crate) fn starts_of(hashes: &[u32]) -> Vec<u32> {
        let mut starts = vec![0u32; (1 << 16) + 1];
        for hash in hashes {
            starts[(hash >> 16) as usize + 1] += 1;
        }
        for bucket in 0..1 << 16 {
            starts[bucket + 1] += starts[bucket];
        }
        starts
    }

    /// The terms the model knows, each once, with values of unit length together.
    pub(crate) fn known<'a>(&self, document: &Document<'a>) -> Vec<Known<'a>> {
        let mut found: Vec<Known> = document
            .terms
            .iter()
            .filter_map(|t| self.row(t.hash).map(|row| Known { row, value: t.weight, text: t.text }))
            .collect();
        found.sort_by_key(|k| k.row);
        found.dedup_by(|next, kept| {
            let same = next.row == kept.row;
            if same {
                kept.value += next.value;
            }
            same
        });
        for known in &mut found {
            known.value = (1.0 + known.value.ln()) * f32::from(self.idf[known.row as usize]) / 16.0;
        }
        let length = found.iter().map(|k| k.value * k.value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        found.iter_mut().for_each(|k| k.value /= length);
        found
    }

    /// Calibrated logits, one a rubrique.
    pub(crate) fn logits(&self, known: &[Known], evidence: &Scores) -> Scores {
        let mut words = [0.0; CLASSES];
        for term in known {
            let row = &self.weights[term.row as usize];
            for class in 0..CLASSES {
                words[class] += f32::from(row[class]) * term.value;
            }
        }
        let mut logits = self.bias;
        for class in 0..CLASSES {
            logits[class] += words[class] * self.step;
            logits[class] += (0..CLASSES).map(|r| evidence[r] * self.evidence[r][class]).sum::<f32>();
            logits[class] /= self.temperature;
        }
        logits
    }

    /// The file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(self.hashes.len() * (CLASSES + 5) + 1024);
        let floats = [self.temperature, self.step].into_iter().chain(self.bias);
        for float in floats.chain(self.evidence.into_iter().flatten()) {
            payload.extend(float.to_le_bytes());
        }
        payload.extend((self.hashes.len() as u32).to_le_bytes());
        // Differences of sorted hashes, plane by plane, and weights column by column, pack far better.
        let mut before = 0;
        let gaps: Vec<u32> = self.hashes.iter().map(|&h| h - std::mem::replace(&mut before, h)).collect();
        for plane in 0..4 {
            payload.extend(gaps.iter().map(|gap| (gap >> (8 * plane)) as u8));
        }
        payload.extend(&self.idf);
        for class in 0..CLASSES {
            payload.extend(self.weights.iter().map(|row| row[class] as u8));
        }
        let packed = zstd::bulk::compress(&payload, 19).expect("packing into memory has no way to fail");
        let mut file = Vec::with_capacity(packed.len() + HEADER_BYTES);
        file.extend(MAGIC);
        file.extend(VERSION.to_le_bytes());
        file.extend((payload.len() as u32).to_le_bytes());
        file.extend(xxh3_64(&packed).to_le_bytes());
        file.extend(packed);
        file
    }

    /// Reads a file.
    pub(crate) fn from_bytes(file: &[u8]) -> Result<Self, ModelError> {
        let mut header = Reader(file);
        if header.take(8) != Some(MAGIC) {
            return Err(ModelError::Foreign);
        }
        let short = ModelError::Damaged("it ends within its header");
        let version = header.u32().ok_or(short)?;
        if version != VERSION {
            return Err(ModelError::Version { found: version, expected: VERSION });
        }
        let (Some(length), Some(hash)) = (header.u32(), header.u64()) else {
            return Err(ModelError::Damaged("it ends within its header"));
        };
        if xxh3_64(header.0) != hash || length > MAX_PAYLOAD_BYTES {
            return Err(ModelError::Damaged("its hash does not match"));
        }
        let payload = zstd::bulk::decompress(header.0, length as usize)
            .map_err(|_| ModelError::Damaged("it cannot be unpacked"))?;
        Self::read_payload(&payload).ok_or(ModelError::Damaged("its tables do not fit together"))
    }

    fn read_payload(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        let (temperature, step) = (reader.f32()?, reader.f32()?);
        let bias = reader.scores()?;
        let mut evidence = [[0.0; CLASSES]; CLASSES];
        for row in &mut evidence {
            *row = reader.scores()?;
        }
        let count = reader.u32()? as usize;
        let planes = [reader.take(count)?, reader.take(count)?, reader.take(count)?, reader.take(count)?];
        let mut hash = 0u32;
        let mut hashes = Vec::with_capacity(count);
        for term in 0..count {
            hash = hash.checked_add(u32::from_le_bytes(planes.map(|plane| plane[term])))?;
            hashes.push(hash);
        }
        let idf = reader.take(count)?.to_vec();
        let mut weights = vec![[0i8; CLASSES]; count];
        for class in 0..CLASSES {
            for (row, &byte) in weights.iter_mut().zip(reader.take(count)?) {
                row[class] = byte as i8;
            }
        }
        let sound = temperature.is_finite() && temperature > 0.0 && step.is_finite() && reader.0.is_empty();
        let starts = Self::starts_of(&hashes);
        sound.then_some(Self { temperature, bias, evidence, step, hashes, idf, weights, starts })
    }
}

/// Takes numbers off the front of bytes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn f32(&mut self) -> Option<f32> {
        self.u32().map(f32::from_bits)
    }

    fn scores(&mut self) -> Option<Scores> {
        let mut scores = [0.0; CLASSES];
        for score in &mut scores {
            *score = self.f32()?;
        }
        Some(scores)
    }
}

/// Probabilities of logits.
pub(crate) fn softmax(logits: &Scores) -> Scores {
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let raised = logits.map(|z| (z - most).exp());
    let sum: f32 = raised.iter().sum();
    raised.map(|r| r / sum)
}

/// The index of the greatest.
pub(crate) fn best(scores: &Scores) -> usize {
    (0..CLASSES).fold(0, |best, class| if scores[class] > scores[best] { class } else { best })
}

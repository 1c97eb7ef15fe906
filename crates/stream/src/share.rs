//! Which part of a topic a handle holds, and how keys fall onto it.
//!
//! Keys are placed as Kafka's Java clients and ours place them (murmur2 of the key, modulo the partitions), so that
//! whoever knows its partitions also knows its keys.

use std::collections::BTreeSet;

/// A handle's part of its topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Share {
    /// All of it, for good: a log of one process.
    Whole,
    /// These partitions, for now.
    Part {
        /// The partitions held; none yet, or none left over, is possible.
        held: BTreeSet<u32>,
        /// How many the topic has.
        of: u32,
    },
}

impl Share {
    /// Whether messages of this key come to the holder of this share.
    #[must_use]
    pub fn owns(&self, key: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Part { held, of } => *of > 0 && held.contains(&partition_of(key, *of)),
        }
    }
}

/// The partition of a key among `of`, as Kafka's default partitioner has it.
fn partition_of(key: &str, of: u32) -> u32 {
    (murmur2(key.as_bytes()) & 0x7fff_ffff) % of
}

/// `MurmurHash2` of 32 bits with the seed Kafka took.
fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mix = |k: u32| {
        let k = k.wrapping_mul(M);
        (k ^ (k >> 24)).wrapping_mul(M)
    };
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let (words, tail) = data.as_chunks::<4>();
    let mut hash = words
        .iter()
        .fold(0x9747_b28c ^ length, |hash, word| hash.wrapping_mul(M) ^ mix(u32::from_le_bytes(*word)));
    if !tail.is_empty() {
        let last = tail.iter().rev().fold(0, |last: u32, byte| (last << 8) | u32::from(*byte));
        hash = (hash ^ last).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tests of Kafka's Java client (`UtilsTest.testMurmur2`).
    #[test]
    fn keys_fall_where_kafka_has_them() {
        for (key, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), hash, "{key}");
        }
    }

    #[test]
    fn every_key_has_one_owner() {
        let part = |held: &[u32]| Share::Part { held: held.iter().copied().collect(), of: 3 };
        let shares = [part(&[0, 2]), part(&[1]), part(&[])];
        for n in 0..100 {
            let key = format!("host-{n}.example");
            assert_eq!(shares.iter().filter(|share| share.owns(&key)).count(), 1, "{key}");
        }
        assert!(Share::Whole.owns("any"));
    }
}

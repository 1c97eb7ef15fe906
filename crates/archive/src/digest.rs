//! Digests as WARC writes them: `sha1:` and base 32 (RFC 4648 §6), the form every other archive uses.
//!
//! SHA-1 tells accidents, not forgers; the standard leaves the algorithm open, and readers check this one.

use sha1::{Digest as _, Sha1};

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The labelled digest of the concatenation of `parts`.
pub(crate) fn labelled(parts: &[&[u8]]) -> String {
    format!("sha1:{}", base32(&sha1(parts)))
}

/// Whether bytes have a digest as a header states it; `None` where it is of an algorithm that is not checked.
pub(crate) fn agrees(stated: &str, bytes: &[u8]) -> Option<bool> {
    let (algorithm, value) = stated.trim().split_once(':')?;
    if !matches!(algorithm.to_ascii_lowercase().as_str(), "sha1" | "sha-1") {
        return None;
    }
    let found = sha1(&[bytes]);
    let value = value.trim();
    match value.len() {
        32 => Some(base32(&found).eq_ignore_ascii_case(value)),
        40 => Some(hex(&found).eq_ignore_ascii_case(value)),
        _ => None,
    }
}

fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut digest = Sha1::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

fn base32(bytes: &[u8; 20]) -> String {
    let groups = bytes.chunks_exact(5);
    groups
        .flat_map(|group| {
            let bits = group.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8).rev().map(move |at| char::from(LETTERS[usize::from((bits >> (at * 5)) as u8 & 31)]))
        })
        .collect()
}

fn hex(bytes: &[u8; 20]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_other_archives() {
        assert_eq!(labelled(&[]), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
        assert_eq!(labelled(&[b"ab", b"c"]), "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");
    }

    #[test]
    fn a_stated_digest_is_checked_in_either_spelling() {
        let check = |stated: &str, expected| assert_eq!(agrees(stated, b"abc"), expected, "{stated}");
        check("sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5", Some(true));
        check("SHA1:vgmt4nsha2awvor6evyxqugcnsonbwe5", Some(true));
        check("sha1:a9993e364706816aba3e25717850c26c9cd0d89d", Some(true));
        check("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", Some(false));
        check("sha256:00", None);
        check("sha1:short", None);
        check("nothing", None);
    }
}

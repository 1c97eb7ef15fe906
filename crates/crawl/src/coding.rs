//! Undoes the content coding of a body: gzip, deflate, Brotli, Zstandard (RFC 9110 §8.4).
//!
//! The client takes bodies off the wire as they are, so that their size is bounded twice, before and after unpacking,
//! and so that an archive gets what was sent. Invariant: never more than the limit is unpacked, and a packed body that
//! breaks off is an error, not a short page.

use std::io::{self, Read};

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// What the client says it can undo.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd, deflate";
/// RFC 9659: a decoder for the web needs a window of 8 MiB, and should refuse a larger one.
const ZSTD_WINDOW_LOG: u32 = 23;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Why a body cannot be had.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum CodingError {
    /// It is larger than allowed.
    #[error("more than {0} bytes when unpacked")]
    TooLarge(usize),
    /// It breaks off or is damaged.
    #[error("the body cannot be unpacked as `{coding}`: {why}")]
    Broken {
        /// The coding.
        coding: String,
        /// What the decoder says.
        why: String,
    },
}

/// Undoes what a `Content-Encoding` states, the last coding first. A body that is not packed although its header says
/// so, as servers and archives send them, is taken as it is; so is one of a coding that is none.
///
/// # Errors
/// [`CodingError`] where it unpacks to more than `limit` bytes, or not at all.
pub fn undo_coding(
    body: Vec<u8>,
    content_encoding: Option<&str>,
    limit: usize,
) -> Result<Vec<u8>, CodingError> {
    let unpacked = unpacked(&body, content_encoding, limit)?;
    Ok(unpacked.unwrap_or(body))
}

/// As [`undo_coding`] for whoever keeps the packed body; `None` where it is not packed.
///
/// # Errors
/// As [`undo_coding`].
pub(crate) fn unpacked(
    body: &[u8],
    content_encoding: Option<&str>,
    limit: usize,
) -> Result<Option<Vec<u8>>, CodingError> {
    let mut outer: Option<Vec<u8>> = None;
    for coding in codings(content_encoding) {
        let packed = outer.as_deref().unwrap_or(body);
        let Some((inner, ended)) = undo_one(packed, &coding, limit) else { continue };
        ended.map_err(|why| CodingError::Broken { coding, why: why.to_string() })?;
        if inner.len() > limit {
            return Err(CodingError::TooLarge(limit));
        }
        outer = Some(inner);
    }
    Ok(outer)
}

/// As [`undo_coding`] for a document whose first `limit` bytes are enough: what follows them is left out. A body that
/// was itself cut at that length unpacks as far as it goes.
///
/// # Errors
/// [`CodingError::Broken`] where it breaks off by itself, or nothing of it unpacks.
pub(crate) fn undo_coding_of_head(
    mut body: Vec<u8>,
    content_encoding: Option<&str>,
    limit: usize,
) -> Result<Vec<u8>, CodingError> {
    let mut is_cut = body.len() >= limit;
    for coding in codings(content_encoding) {
        let Some((mut unpacked, ended)) = undo_one(&body, &coding, limit) else { continue };
        if let Err(why) = ended
            && (!is_cut || unpacked.is_empty())
        {
            return Err(CodingError::Broken { coding, why: why.to_string() });
        }
        is_cut |= unpacked.len() > limit;
        unpacked.truncate(limit);
        body = unpacked;
    }
    Ok(body)
}

fn codings(content_encoding: Option<&str>) -> impl Iterator<Item = String> {
    content_encoding.unwrap_or_default().rsplit(',').map(|coding| coding.trim().to_ascii_lowercase())
}

/// What unpacked, up to one byte more than the limit, and whether it ended well; `None` where it is not packed so.
fn undo_one(body: &[u8], coding: &str, limit: usize) -> Option<(Vec<u8>, io::Result<()>)> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut out = Vec::new();
    let ended = match coding {
        "gzip" | "x-gzip" if body.starts_with(&GZIP) => gunzip(body, most, &mut out),
        "deflate" if is_zlib(body) => drain(ZlibDecoder::new(body), most, &mut out),
        "deflate" if !body.is_empty() && !looks_plain(body) => {
            drain(DeflateDecoder::new(body), most, &mut out)
        }
        "br" if !body.is_empty() && !looks_plain(body) => {
            drain(brotli_decompressor::Decompressor::new(body, 64 * 1024), most, &mut out)
        }
        "zstd" if body.starts_with(&ZSTD) => unzstd(body, most, &mut out),
        _ => return None,
    };
    // It grew by doubling.
    out.shrink_to_fit();
    Some((out, ended))
}

/// The first two bytes of a zlib stream (RFC 1950 §2.2); some servers send bare deflate under that name.
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [a, b, ..] if a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)) % 31 == 0)
}

/// Mark-up that was never packed.
fn looks_plain(body: &[u8]) -> bool {
    let head = body.trim_ascii_start();
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    head.starts_with(b"<") && body.iter().take(64).all(|byte| *byte >= b' ' || byte.is_ascii_whitespace())
}

fn drain(from: impl Read, most: u64, out: &mut Vec<u8>) -> io::Result<()> {
    from.take(most).read_to_end(out).map(drop)
}

/// All members; what follows the last is of no interest.
fn gunzip(body: &[u8], most: u64, out: &mut Vec<u8>) -> io::Result<()> {
    let mut rest = body;
    while rest.starts_with(&GZIP) && (out.len() as u64) < most {
        let mut member = GzDecoder::new(rest);
        let left = most - out.len() as u64;
        drain(&mut member, left, out)?;
        rest = member.into_inner();
    }
    Ok(())
}

fn unzstd(body: &[u8], most: u64, out: &mut Vec<u8>) -> io::Result<()> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    drain(decoder, most, out)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = "<p>Le port s’agrandit</p>".as_bytes();
    fn packed(coding: &str, text: &[u8]) -> Vec<u8> {
        let level = Compression::default();
        match coding {
            "gzip" => {
                let mut out = GzEncoder::new(Vec::new(), level);
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            "zlib" => {
                let mut out = ZlibEncoder::new(Vec::new(), level);
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            "bare" => {
                let mut out = DeflateEncoder::new(Vec::new(), level);
                out.write_all(text).unwrap();
                out.finish().unwrap()
            }
            "zstd" => zstd::encode_all(text, 3).unwrap(),
            other => panic!("{other}"),
        }
    }

    fn check(coding: &str, body: &[u8], expected: &[u8]) {
        assert_eq!(undo_coding(body.to_vec(), Some(coding), 1000).as_deref(), Ok(expected), "{coding}");
    }

    #[test]
    fn every_coding_is_undone() {
        check("gzip", &packed("gzip", TEXT), TEXT);
        check("X-GZIP", &packed("gzip", TEXT), TEXT);
        check("deflate", &packed("zlib", TEXT), TEXT);
        check("deflate", &packed("bare", TEXT), TEXT);
        check("zstd", &packed("zstd", TEXT), TEXT);
        check("gzip, zstd", &packed("zstd", &packed("gzip", TEXT)), TEXT);
        check("br", &[0x0b, 0x01, 0x80, b'a', b'b', b'c', 0x03], b"abc");
        let two = [packed("gzip", b"a"), packed("gzip", b"b"), b"junk".to_vec()].concat();
        check("gzip", &two, b"ab");
    }

    #[test]
    fn headers_that_lie_do_no_harm() {
        for coding in ["gzip", "deflate", "br", "zstd", "utf-8", "none", "", "identity"] {
            check(coding, b"<!DOCTYPE html><p>x", b"<!DOCTYPE html><p>x");
            check(coding, b"", b"");
        }
        assert_eq!(undo_coding(TEXT.to_vec(), None, 1000).as_deref(), Ok(TEXT));
    }

    #[test]
    fn what_breaks_off_is_no_short_page() {
        for coding in ["gzip", "zlib", "bare", "zstd"] {
            let whole = packed(coding, TEXT);
            let name = if coding == "zlib" || coding == "bare" { "deflate" } else { coding };
            let cut = undo_coding(whole[..whole.len() - 6].to_vec(), Some(name), 1000);
            assert!(matches!(cut, Err(CodingError::Broken { .. })), "{coding}: {cut:?}");
        }
        let cut = undo_coding(vec![0x0b, 0x01, 0x80, b'a'], Some("br"), 1000);
        assert!(matches!(cut, Err(CodingError::Broken { .. })), "{cut:?}");
    }

    #[test]
    fn of_a_head_what_unpacks_is_enough() {
        let long: Vec<u8> =
            (0..200_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 8).to_le_bytes()).collect();
        for (name, coding) in [("gzip", "gzip"), ("deflate", "zlib"), ("zstd", "zstd")] {
            let whole = packed(coding, &long);
            let head = undo_coding_of_head(whole.clone(), Some(name), 1000);
            assert_eq!(head.as_deref(), Ok(&long[..1000]), "{name}");
            // Cut by whoever read it, at the same length.
            let limit = whole.len() / 2;
            let head = undo_coding_of_head(whole[..limit].to_vec(), Some(name), limit).unwrap();
            assert!(!head.is_empty() && long.starts_with(&head), "{name}");
            let broken = undo_coding_of_head(whole[..limit].to_vec(), Some(name), long.len());
            assert!(matches!(broken, Err(CodingError::Broken { .. })), "{name}");
        }
    }

    #[test]
    fn bombs_are_not_unpacked() {
        let zeros = vec![0; 5_000_000];
        for (name, coding) in [("gzip", "gzip"), ("deflate", "zlib"), ("zstd", "zstd")] {
            let bomb = packed(coding, &zeros);
            assert_eq!(undo_coding(bomb, Some(name), 1000), Err(CodingError::TooLarge(1000)), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn is_total(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            for coding in ["gzip", "deflate", "br", "zstd"] {
                let _ = undo_coding(body.clone(), Some(coding), 1000);
            }
        }
    }
}

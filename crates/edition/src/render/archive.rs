//! A writer of ZIP archives (PKWARE APPNOTE 6.3), as EPUB and DOCX ask for them.
//!
//! The same entries give the same bytes: every entry is dated 1 January 1980, the first day the format knows.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// Version needed to extract: 2.0, deflate.
const NEEDED: u16 = 20;
/// 1 January 1980 as the format writes dates.
const DATE: u16 = 0b0000_0000_0010_0001;

/// An archive being written.
#[derive(Default)]
pub(super) struct Archive {
    out: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

impl Archive {
    /// Adds an entry as it is.
    pub(super) fn store(&mut self, name: &str, bytes: &[u8]) {
        self.entry(name, bytes, bytes, 0);
    }

    /// Adds an entry compressed.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        match encoder.write_all(bytes).and_then(|()| encoder.finish()) {
            Ok(packed) => self.entry(name, bytes, &packed, 8),
            // Writing to memory does not fail; should it ever, the entry is still whole.
            Err(_) => self.store(name, bytes),
        }
    }

    /// The archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let start = size(self.out.len());
        let length = size(self.directory.len());
        self.out.append(&mut self.directory);
        self.out.extend_from_slice(b"PK\x05\x06");
        for half in [0, 0, self.entries, self.entries] {
            self.out.extend_from_slice(&half.to_le_bytes());
        }
        self.out.extend_from_slice(&length.to_le_bytes());
        self.out.extend_from_slice(&start.to_le_bytes());
        self.out.extend_from_slice(&[0, 0]);
        self.out
    }

    fn entry(&mut self, name: &str, bytes: &[u8], packed: &[u8], method: u16) {
        let offset = size(self.out.len());
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let mut head = Vec::with_capacity(26);
        // Flags: names are UTF-8 (bit 11).
        for half in [NEEDED, 1 << 11, method, 0, DATE] {
            head.extend_from_slice(&half.to_le_bytes());
        }
        for word in [crc.sum(), size(packed.len()), size(bytes.len())] {
            head.extend_from_slice(&word.to_le_bytes());
        }
        head.extend_from_slice(&u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        head.extend_from_slice(&[0, 0]);

        self.out.extend_from_slice(b"PK\x03\x04");
        self.out.extend_from_slice(&head);
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(packed);

        self.directory.extend_from_slice(b"PK\x01\x02");
        self.directory.extend_from_slice(&NEEDED.to_le_bytes());
        self.directory.extend_from_slice(&head);
        // No comment, first disk, no attributes.
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.entries += 1;
    }
}

/// An edition is megabytes; the format's own limit is four gigabytes.
fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_begins_with_its_first_entry_and_ends_with_its_directory() {
        let mut archive = Archive::default();
        archive.store("mimetype", b"application/epub+zip");
        archive.add("a.txt", "abc".repeat(100).as_bytes());
        let bytes = archive.finish();
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        assert_eq!(&bytes[30..58], b"mimetypeapplication/epub+zip");
        let end = &bytes[bytes.len() - 22..];
        assert_eq!((&end[..4], end[8], end[10]), (&b"PK\x05\x06"[..], 2, 2));
        assert!(bytes.len() < 300);
    }
}

//! Reads the records of an archive one after the other, and tells those that are damaged.
//!
//! A record counts as sound when its fields can be read, its block is as long as they say, what follows is the end or
//! another record, the checksum of its gzip member is right, and so is its block's digest where one is stated.

use std::io::{self, Read, Seek};

use crate::digest;
use crate::record::{Kind, Record, field};
use crate::source::{MARK, Source};

/// Fields of one record, in bytes, names and values together.
const MAX_FIELDS_BYTES: usize = 1024 * 1024;

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It does not begin as a record does.
    #[error("no record begins here")]
    NoRecord,
    /// A field cannot be read, or one that must be there is not.
    #[error("its fields cannot be read: {0}")]
    Fields(String),
    /// The file or member ends in its middle, or its length is not what it says.
    #[error("its block is not as long as stated, `{0}` bytes")]
    Length(u64),
    /// Its gzip member is broken.
    #[error("its gzip member is broken: {0}")]
    Packed(String),
    /// Its bytes are not those it was written with.
    #[error("its block does not have the digest it states, `{0}`")]
    Digest(String),
    /// It is larger than the reader holds; nothing else is wrong with it.
    #[error("it has `{0}` bytes, more than are read")]
    TooLarge(u64),
}

/// A record that cannot be given, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the record at byte `{offset}` is passed over: {damage}")]
pub struct Damaged {
    /// Where it begins in the file, or the gzip member that holds it, in bytes.
    pub offset: u64,
    /// What is wrong.
    pub damage: Damage,
}

/// The records of an archive.
pub struct Reader<R: Read> {
    source: Source<R>,
    max_block_bytes: u64,
    ended: bool,
    /// Where to look on after a damaged record.
    recover_from: Option<u64>,
    /// The first line of a record that was found while looking on inside a member.
    first_line: Option<Vec<u8>>,
}

impl<R: Read + Seek> Reader<R> {
    /// Reads an archive; a record whose block is larger than `max_block_bytes` is told as damaged.
    #[must_use]
    pub fn new(archive: R, max_block_bytes: u64) -> Self {
        Self {
            source: Source::new(archive),
            max_block_bytes,
            ended: false,
            recover_from: None,
            first_line: None,
        }
    }

    /// The next record, or why there is none in its place; `None` at the end.
    ///
    /// # Errors
    /// Where the file itself cannot be read. Broken gzip is no such error but a damaged record.
    pub fn next_record(&mut self) -> io::Result<Option<Result<Record, Damaged>>> {
        if let Some(from) = self.recover_from.take() {
            self.ended |= !self.source.recover(from)?;
        }
        if self.ended {
            return Ok(None);
        }
        let place =
            if self.first_line.is_some() { self.source.offset().map(Some) } else { self.source.next() };
        let offset = match place {
            Ok(Some(offset)) => offset,
            Ok(None) => return Ok(None),
            Err(error) => return self.broken(error),
        };
        let damage = match self.record(offset) {
            Ok(record) => return Ok(Some(Ok(record))),
            Err(Broken::Damage(damage)) => damage,
            Err(Broken::Io(error)) => return self.broken(error),
        };
        // Of these the length is right: the next record stands behind them, and nothing inside is one.
        let is_whole = matches!(damage, Damage::TooLarge(_) | Damage::Digest(_));
        if !is_whole && !self.look_on_inside() {
            self.recover_from = Some(offset);
        }
        Ok(Some(Err(Damaged { offset, damage })))
    }

    /// Goes to the next record of the same gzip member, or to its end; `false` where that is not possible.
    fn look_on_inside(&mut self) -> bool {
        while self.source.is_packed() {
            match self.source.line() {
                Ok(Some(line)) if line.starts_with(MARK) => {
                    self.first_line = Some(line);
                    return true;
                }
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
        false
    }

    /// A gzip member that cannot be unpacked is damage; a file that cannot be read is an error.
    fn broken(&mut self, error: io::Error) -> io::Result<Option<Result<Record, Damaged>>> {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        if !matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof) {
            return Err(error);
        }
        let offset = self.source.offset()?;
        self.recover_from = Some(offset);
        Ok(Some(Err(Damaged { offset, damage: Damage::Packed(error.to_string()) })))
    }

    fn record(&mut self, offset: u64) -> Result<Record, Broken> {
        let version = match self.first_line.take() {
            Some(line) => line,
            None => self.source.line()?.unwrap_or_default(),
        };
        if !version.starts_with(MARK) {
            return Err(Damage::NoRecord.into());
        }
        let fields = self.fields()?;
        let stated = field(&fields, "Content-Length");
        let length: u64 = stated
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| Damage::Fields(format!("`Content-Length` is `{}`", stated.unwrap_or_default())))?;
        let kind = Kind::named(field(&fields, "WARC-Type").unwrap_or_default());
        let keep = if length > self.max_block_bytes { 0 } else { length };
        let (block, whole) = self.source.block(length, keep)?;
        // What follows is looked at even in a record that is not kept: it tells whether the length is right, and
        // reading a member to its end checks it.
        if !whole || !self.ends_here()? {
            return Err(Damage::Length(length).into());
        }
        if length > self.max_block_bytes {
            return Err(Damage::TooLarge(length).into());
        }
        if let Some(stated) = field(&fields, "WARC-Block-Digest")
            && digest::agrees(stated, &block) == Some(false)
        {
            return Err(Damage::Digest(stated.to_owned()).into());
        }
        Ok(Record { kind, fields, block, offset })
    }

    /// Named fields up to the blank line; a line that begins with white space goes on with the one before.
    fn fields(&mut self) -> Result<Vec<(String, String)>, Broken> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut bytes = 0;
        loop {
            let Some(line) = self.source.line()? else {
                return Err(Damage::Fields("they have no end".to_owned()).into());
            };
            if line.is_empty() {
                return Ok(fields);
            }
            bytes += line.len();
            if bytes > MAX_FIELDS_BYTES {
                return Err(Damage::Fields(format!("they have more than `{MAX_FIELDS_BYTES}` bytes")).into());
            }
            let text = String::from_utf8_lossy(&line);
            match (text.split_once(':'), fields.last_mut()) {
                (_, Some((_, value))) if text.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(text.trim());
                }
                (Some((name, value)), _) => fields.push((name.trim().to_owned(), value.trim().to_owned())),
                (None, _) => {
                    let shown: String = text.chars().take(40).collect();
                    return Err(Damage::Fields(format!("`{shown}` has no colon")).into());
                }
            }
        }
    }

    /// Whether the two line ends that close a record follow, or the end. Writers that leave one out are forgiven.
    fn ends_here(&mut self) -> Result<bool, Broken> {
        let mut ends = 0;
        while let Some(next) = self.source.peek()? {
            match next {
                b'\r' | b'\n' => {
                    let blank = self.source.line()?.is_some_and(|line| line.is_empty());
                    if !blank {
                        return Ok(false);
                    }
                    ends += 1;
                }
                _ => return Ok(ends > 0),
            }
            if ends == 2 {
                // Reads on into the member's checksum where this was its last record.
                let _ = self.source.is_at_end()?;
                return Ok(true);
            }
        }
        Ok(true)
    }
}

/// How much of an archive is sound from its beginning on, in bytes: all, or up to the first damaged record. What a
/// process that was killed left half-written ends there.
///
/// # Errors
/// Where the file itself cannot be read.
pub fn sound_length<R: Read + Seek>(mut archive: R) -> io::Result<u64> {
    let length = archive.seek(io::SeekFrom::End(0))?;
    archive.rewind()?;
    let mut reader = Reader::new(archive, 0);
    while let Some(next) = reader.next_record()? {
        match next {
            Err(Damaged { damage: Damage::TooLarge(_), .. }) | Ok(_) => {}
            Err(Damaged { offset, .. }) => return Ok(offset),
        }
    }
    Ok(length)
}

/// Why a record could not be read.
enum Broken {
    Damage(Damage),
    Io(io::Error),
}

impl From<Damage> for Broken {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

#[cfg(test)]
mod tests;

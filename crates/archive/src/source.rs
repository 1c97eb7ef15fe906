//! The bytes of an archive: plain, or gzip members one after the other, told apart anew at each place.
//!
//! A gzip member is read to its end before the next one begins, so that its checksum is looked at. Invariant: a place
//! that was found is one where a record begins, or the end of the file.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::GzDecoder;

/// How far a line may go.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// What is read at a time while a sound place is looked for.
const STEP_BYTES: usize = 64 * 1024;
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// What every record begins with.
pub(crate) const MARK: &[u8] = b"WARC/";

/// Where bytes come from at this moment.
enum Stream<R: Read> {
    Plain(BufReader<R>),
    Member(Box<BufReader<GzDecoder<BufReader<R>>>>),
    /// While one is made into the other.
    Moving,
}

/// The bytes of an archive.
pub(crate) struct Source<R: Read> {
    stream: Stream<R>,
    /// Where the member that is read begins.
    member: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(crate) fn new(archive: R) -> Self {
        Self { stream: Stream::Plain(BufReader::with_capacity(STEP_BYTES, archive)), member: 0 }
    }

    /// Goes to where the next record should begin, past blank lines and into the next member: its offset. `None` at the
    /// end of the file.
    pub(crate) fn next(&mut self) -> io::Result<Option<u64>> {
        loop {
            let Some(first) = self.peek()? else {
                if !self.leave_member() {
                    return Ok(None);
                }
                continue;
            };
            if matches!(first, b'\r' | b'\n' | 0) {
                self.consume(1);
            } else if first == MAGIC[0] && self.enter_member()? {
            } else {
                return self.offset().map(Some);
            }
        }
    }

    /// The place in the file: of the next byte, or of the member it is in.
    pub(crate) fn offset(&mut self) -> io::Result<u64> {
        match &mut self.stream {
            Stream::Plain(plain) => plain.stream_position(),
            Stream::Member(_) | Stream::Moving => Ok(self.member),
        }
    }

    /// Whether a gzip member is being read.
    pub(crate) fn is_packed(&self) -> bool {
        matches!(self.stream, Stream::Member(_))
    }

    /// Whether nothing follows in this member, or in the file.
    pub(crate) fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.peek()?.is_none())
    }

    /// A line without its end; `None` at the end of the member or file.
    pub(crate) fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = match &mut self.stream {
            Stream::Plain(plain) => plain.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?,
            Stream::Member(member) => member.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?,
            Stream::Moving => 0,
        };
        if line.pop_if(|end| *end == b'\n').is_some() {
            line.pop_if(|end| *end == b'\r');
        }
        Ok((read > 0).then_some(line))
    }

    /// So many bytes, of which the first `keep` are kept; fewer where the member or file ends before: then `false`.
    pub(crate) fn block(&mut self, length: u64, keep: u64) -> io::Result<(Vec<u8>, bool)> {
        let mut kept = Vec::new();
        let keep = keep.min(length);
        let (read, rest) = match &mut self.stream {
            Stream::Plain(plain) => (
                plain.take(keep).read_to_end(&mut kept)? as u64,
                io::copy(&mut plain.take(length - keep), &mut io::sink())?,
            ),
            Stream::Member(member) => (
                member.take(keep).read_to_end(&mut kept)? as u64,
                io::copy(&mut member.take(length - keep), &mut io::sink())?,
            ),
            Stream::Moving => (0, 0),
        };
        Ok((kept, read + rest == length))
    }

    /// The next byte, not taken.
    pub(crate) fn peek(&mut self) -> io::Result<Option<u8>> {
        let buffer = match &mut self.stream {
            Stream::Plain(plain) => plain.fill_buf()?,
            Stream::Member(member) => member.fill_buf()?,
            Stream::Moving => &[],
        };
        Ok(buffer.first().copied())
    }

    fn consume(&mut self, bytes: usize) {
        match &mut self.stream {
            Stream::Plain(plain) => plain.consume(bytes),
            Stream::Member(member) => member.consume(bytes),
            Stream::Moving => {}
        }
    }

    /// Enters the gzip member that begins here, if one does.
    fn enter_member(&mut self) -> io::Result<bool> {
        let mut plain = match std::mem::replace(&mut self.stream, Stream::Moving) {
            Stream::Plain(plain) => plain,
            other => {
                self.stream = other;
                return Ok(false);
            }
        };
        self.member = plain.stream_position()?;
        self.stream = Stream::Member(Box::new(BufReader::new(GzDecoder::new(plain))));
        Ok(true)
    }

    /// Leaves a member that was read to its end; `false` where none is read.
    fn leave_member(&mut self) -> bool {
        match std::mem::replace(&mut self.stream, Stream::Moving) {
            Stream::Member(member) => {
                self.stream = Stream::Plain(member.into_inner().into_inner());
                true
            }
            other => {
                self.stream = other;
                false
            }
        }
    }

    /// Goes to the first place after `from` where a record seems to begin, plain or in a member of its own; `false` at
    /// the end of the file.
    pub(crate) fn recover(&mut self, from: u64) -> io::Result<bool> {
        self.leave_member();
        let Stream::Plain(plain) = &mut self.stream else { return Ok(false) };
        let mut at = from + 1;
        let mut window = vec![0; STEP_BYTES + MARK.len()];
        loop {
            plain.seek(SeekFrom::Start(at))?;
            let read = fill(plain, &mut window)?;
            let seen = &window[..read];
            let places = seen.windows(MAGIC.len()).enumerate().filter_map(|(i, three)| {
                let marked = seen[i..].starts_with(MARK) && (i == 0 || seen[i - 1] == b'\n');
                (marked || three == MAGIC).then_some((i as u64, marked))
            });
            for (place, marked) in places.collect::<Vec<_>>() {
                plain.seek(SeekFrom::Start(at + place))?;
                if marked || begins_record(plain) {
                    plain.seek(SeekFrom::Start(at + place))?;
                    return Ok(true);
                }
            }
            if read < window.len() {
                return Ok(false);
            }
            at += STEP_BYTES as u64;
        }
    }
}

/// Reads until the window is full or the file ends.
fn fill(from: &mut impl Read, window: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < window.len() {
        match from.read(&mut window[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Whether what follows is a gzip member that begins with a record: those three bytes also occur by chance.
fn begins_record(from: &mut impl BufRead) -> bool {
    let mut first = [0; MARK.len()];
    GzDecoder::new(from).read_exact(&mut first).is_ok() && first == MARK
}

//! The HTTP answer inside a `response` record: status, headers, body.
//!
//! Chunks are joined (RFC 9112 §7.1), since they belong to the connection and not to the thing; content codings stay,
//! since whoever reads the page also undoes them for pages off the wire. Archives that kept the headers but joined the
//! chunks themselves are common and are told by the body.

/// Why a block is no HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It has no status line.
    #[error("it begins with `{0}`, which is no status line")]
    Status(String),
    /// Its headers have no end.
    #[error("its headers have no end")]
    Headers,
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers in order, names as written.
    pub headers: Vec<(String, String)>,
    /// Its body as sent, chunks joined.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads the block of a `response` record.
    ///
    /// # Errors
    /// [`AnswerError`] where it holds no HTTP answer.
    pub fn parse(block: &[u8]) -> Result<Self, AnswerError> {
        let mut rest = block;
        let first = text(line(&mut rest).unwrap_or_default());
        let status = status(&first).ok_or_else(|| AnswerError::Status(first.chars().take(40).collect()))?;
        let mut headers: Vec<(String, String)> = Vec::new();
        loop {
            let line = line(&mut rest).ok_or(AnswerError::Headers)?;
            if line.is_empty() {
                break;
            }
            let line = text(line);
            match (line.split_once(':'), headers.last_mut()) {
                (_, Some((_, value))) if line.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                (Some((name, value)), _) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
                // A line that is no header says nothing.
                (None, _) => {}
            }
        }
        let is_chunked = headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("transfer-encoding") && value.to_ascii_lowercase().contains("chunked")
        });
        let joined = if is_chunked { join(rest) } else { None };
        Ok(Self { status, headers, body: joined.unwrap_or_else(|| rest.to_vec()) })
    }

    /// The first header of that name; case does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        crate::record::field(&self.headers, name)
    }
}

/// `HTTP/1.1 200 OK`, with or without the words.
fn status(line: &str) -> Option<u16> {
    let mut words = line.split_ascii_whitespace();
    words.next().filter(|version| version.to_ascii_uppercase().starts_with("HTTP"))?;
    words.next()?.parse().ok().filter(|status| (100..=999).contains(status))
}

/// The next line, without its end; `None` where nothing is left.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    if rest.is_empty() {
        return None;
    }
    let end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    let line = &rest[..end];
    *rest = rest.get(end + 1..).unwrap_or_default();
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Header bytes as text: UTF-8, else each byte a character (ISO 8859-1).
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

/// Joins chunks; `None` where the body is not made of them. One that breaks off gives what it has.
fn join(body: &[u8]) -> Option<Vec<u8>> {
    let (mut rest, mut joined) = (body, Vec::with_capacity(body.len()));
    loop {
        let size = line(&mut rest).map(text);
        let size = size.as_deref().map(|line| line.split(';').next().unwrap_or_default().trim());
        match size.map(|size| usize::from_str_radix(size, 16)) {
            Some(Ok(0)) | None => return Some(joined),
            Some(Ok(size)) => {
                joined.extend_from_slice(&rest[..size.min(rest.len())]);
                rest = rest.get(size..).unwrap_or_default();
                rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
            }
            Some(Err(_)) if joined.is_empty() => return None,
            Some(Err(_)) => return Some(joined),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(block: &str, status: u16, header: Option<&str>, body: &str) {
        let answer = Answer::parse(block.as_bytes()).unwrap();
        assert_eq!((answer.status, answer.header("CONTENT-type")), (status, header), "{block}");
        assert_eq!(String::from_utf8_lossy(&answer.body), body, "{block}");
    }

    #[test]
    fn answers_of_many_writers() {
        check("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nbonjour", 200, Some("text/html"), "bonjour");
        check("HTTP/1.0 404\n\nrien", 404, None, "rien");
        check("HTTP/2 200\r\ncontent-type: a;\r\n\tb\r\n\r\n", 200, Some("a; b"), "");
        check("HTTP/1.1 200 OK\r\nno header\r\ncontent-type: x\r\n\r\n\r\nx", 200, Some("x"), "\r\nx");
    }

    #[test]
    fn chunks_are_joined_where_there_are_any() {
        let chunked = |body: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n{body}");
        check(&chunked("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), 200, None, "abcde");
        check(&chunked("3\nabc\n0\n"), 200, None, "abc");
        check(&chunked("5\r\nabc"), 200, None, "abc");
        check(&chunked("<html>joined before</html>"), 200, None, "<html>joined before</html>");
        check(&chunked(""), 200, None, "");
    }

    #[test]
    fn header_bytes_outside_ascii_are_read() {
        let answer = Answer::parse(b"HTTP/1.1 200 OK\r\nX-Titre: \xe9t\xe9\r\n\r\n").unwrap();
        assert_eq!(answer.header("x-titre"), Some("été"));
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        let check = |block: &str, expected: AnswerError| {
            assert_eq!(Answer::parse(block.as_bytes()), Err(expected), "{block}");
        };
        check("", AnswerError::Status(String::new()));
        check("<html>", AnswerError::Status("<html>".to_owned()));
        check("GET / HTTP/1.1\r\n\r\n", AnswerError::Status("GET / HTTP/1.1".to_owned()));
        check("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", AnswerError::Headers);
    }

    proptest::proptest! {
        #[test]
        fn is_total(block in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = Answer::parse(&block);
            let _ = Answer::parse(&[b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", &block[..]].concat());
        }
    }
}

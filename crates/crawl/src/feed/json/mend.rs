//! Mends JSON that a strict reader refuses: line breaks inside strings, backslashes before what needs none, commas
//! before a closing bracket, halves of characters, an end that is missing.
//!
//! Of an end that is missing only what stands whole before it is kept: an address cut in its middle is another one.

/// A place up to which the text is whole, and what is open there.
#[derive(Clone, Default)]
struct Sound {
    length: usize,
    open: usize,
}

struct Mender {
    out: String,
    /// The closing brackets that are owing.
    open: Vec<char>,
    /// The last place behind a whole member or item.
    sound: Sound,
}

/// The text as it was probably meant.
pub(super) fn mended(text: &str) -> String {
    let mut mender =
        Mender { out: String::with_capacity(text.len()), open: Vec::new(), sound: Sound::default() };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '"' => match mender.string(rest) {
                Some(length) => rest = &rest[length..],
                None => break,
            },
            '{' | '[' => mender.begin(first),
            '}' | ']' => {
                mender.end(first);
                if mender.open.is_empty() {
                    return mender.out;
                }
            }
            ',' => mender.comma(),
            other => mender.out.push(other),
        }
    }
    mender.close()
}

impl Mender {
    fn begin(&mut self, bracket: char) {
        self.out.push(bracket);
        self.open.push(if bracket == '{' { '}' } else { ']' });
        self.is_sound();
    }

    fn end(&mut self, bracket: char) {
        let kept = self.out.trim_end().trim_end_matches(',').len();
        self.out.truncate(kept);
        // One that closes nothing is passed over, one that is missing is put in.
        if !self.open.contains(&bracket) {
            return;
        }
        while let Some(owing) = self.open.pop() {
            self.out.push(owing);
            if owing == bracket {
                break;
            }
        }
        self.is_sound();
    }

    fn comma(&mut self) {
        self.is_sound();
        if !self.out.trim_end().ends_with([',', '[', '{']) {
            self.out.push(',');
        }
    }

    fn is_sound(&mut self) {
        self.sound = Sound { length: self.out.len(), open: self.open.len() };
    }

    /// Takes the rest of a string and returns its length; `None` where its end is missing.
    fn string(&mut self, text: &str) -> Option<usize> {
        let mut inside = String::new();
        let mut characters = text.char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => {
                    self.out.push('"');
                    self.out.push_str(&inside);
                    self.out.push('"');
                    return Some(at + 1);
                }
                '\\' => {
                    let (next, escaped) = characters.next()?;
                    let skipped = escape(escaped, &text[next..], &mut inside);
                    for _ in 0..skipped {
                        characters.next();
                    }
                }
                c if c < ' ' => inside.push(' '),
                c => inside.push(c),
            }
        }
        None
    }

    fn close(mut self) -> String {
        self.out.truncate(self.sound.length);
        self.open.truncate(self.sound.open);
        self.out.extend(self.open.into_iter().rev());
        self.out
    }
}

/// Writes one escape, whose letter begins `text`: how many characters behind the letter belong to it.
fn escape(letter: char, text: &str, out: &mut String) -> usize {
    match letter {
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => out.extend(['\\', letter]),
        'u' => {
            let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
            let Some(first) = unit(1) else { return 0 };
            let second = text.get(5..7).filter(|mark| *mark == "\\u").and_then(|_| unit(7));
            let pair = char::decode_utf16([first].into_iter().chain(second)).next();
            let read = pair.and_then(Result::ok).unwrap_or('\u{fffd}');
            let is_plain = read >= ' ' && !matches!(read, '"' | '\\');
            out.push(if is_plain { read } else { ' ' });
            return if read > '\u{ffff}' { 10 } else { 4 };
        }
        other => out.push(other),
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        let check = |text: &str, expected: &str| assert_eq!(mended(text), expected, "{text}");
        check(r#"{"a":[1,2,],}"#, r#"{"a":[1,2]}"#);
        check("{\"a\":\"b\nc\"}", r#"{"a":"b c"}"#);
        check(r#"{"a":"l\'\u00e9\ud83d\ude00t\ud800"}"#, "{\"a\":\"l'é😀t\u{fffd}\"}");
        check(r#"{"a":[{"b":1},{"c":2,"d":"cut"#, r#"{"a":[{"b":1},{"c":2}]}"#);
        check(r#"{"a":[{"b":1}"#, r#"{"a":[{"b":1}]}"#);
        check(r#"{"a":[{"b":1]}"#, r#"{"a":[{"b":1}]}"#);
        check(r#"{"a":1}}]"#, r#"{"a":1}"#);
        check("", "");
    }
}

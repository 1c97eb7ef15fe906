//! One tag with its attributes, quoted or not, closed or not.

/// A tag as it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: Vec<(&'a str, &'a str)>,
    pub(super) is_empty: bool,
    /// Its bytes, from `<` on.
    pub(super) length: usize,
}

/// Where something ends that has no quotes: behind its `>`, or before the next `<` where that comes first.
pub(super) fn end_without_quotes(text: &str) -> usize {
    let inside = text.get(1..).unwrap_or_default();
    match inside.find(['<', '>']) {
        Some(at) if inside[at..].starts_with('>') => at + 2,
        Some(at) => at + 1,
        None => text.len(),
    }
}

/// Reads the tag that begins `text`. One that runs into the next is taken as ended there; `None` where the text ends
/// before it does.
pub(super) fn read(text: &str) -> Option<Tag<'_>> {
    let length = name_length(&text[1..]);
    let mut tag =
        Tag { name: &text[1..=length], attributes: Vec::new(), is_empty: false, length: length + 1 };
    loop {
        let rest = &text[tag.length..];
        match rest.chars().next()? {
            '>' => {
                tag.length += 1;
                return Some(tag);
            }
            '<' => return Some(tag),
            '/' => {
                tag.is_empty = rest[1..].starts_with('>');
                tag.length += 1;
            }
            c if c.is_whitespace() || matches!(c, '=' | '"' | '\'') => tag.length += c.len_utf8(),
            _ => tag.length += attribute(rest, &mut tag.attributes)?,
        }
    }
}

fn name_length(text: &str) -> usize {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '=' | '>' | '<' | '/' | '"' | '\'');
    text.find(is_end).unwrap_or(text.len())
}

/// Reads one attribute and returns its length; `None` where the text ends before it does.
fn attribute<'a>(text: &'a str, attributes: &mut Vec<(&'a str, &'a str)>) -> Option<usize> {
    let length = name_length(text);
    let name = &text[..length];
    let rest = text[length..].trim_start();
    let Some(value) = rest.strip_prefix('=').map(str::trim_start) else {
        attributes.push((name, ""));
        return Some(length);
    };
    let at = text.len() - value.len();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let quoted = quote.and_then(|quote| value[1..].split_once(quote)).map(|(inside, _)| inside);
    // No value has `<` in it: where one seems to, its quote was not closed.
    if let Some(inside) = quoted.filter(|inside| !inside.contains('<')) {
        attributes.push((name, inside));
        return Some(at + inside.len() + 2);
    }
    let is_end = |c: char| matches!(c, '<' | '>') || (quote.is_none() && c.is_whitespace());
    let end = value.find(is_end)?;
    let slash = value[..end].strip_suffix('/').filter(|_| value[end..].starts_with('>'));
    let bare = slash.unwrap_or(&value[..end]);
    attributes.push((name, bare.trim_matches(['"', '\'']).trim()));
    Some(at + bare.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_sound_and_broken() {
        let check = |text: &str, attributes: &[(&str, &str)], is_empty: bool, rest: &str| {
            let tag = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (&tag.attributes[..], tag.is_empty, &text[tag.length..]),
                (attributes, is_empty, rest)
            );
        };
        check("<a>x", &[], false, "x");
        check("<a/>x", &[], true, "x");
        check("<a b='1' c = \"2 > 1\" />x", &[("b", "1"), ("c", "2 > 1")], true, "x");
        check("<a b=1 c>x", &[("b", "1"), ("c", "")], false, "x");
        check("<a b=/1/>x", &[("b", "/1")], true, "x");
        check("<a b='1><c>x", &[("b", "1")], false, "<c>x");
        check("<a b='1/><c d='2'>x", &[("b", "1")], true, "<c d='2'>x");
        check("<a b='1' <c>x", &[("b", "1")], false, "<c>x");
        check("<a b='1'' c='2'>x", &[("b", "1"), ("c", "2")], false, "x");
        check("<a b='1'c='2'>x", &[("b", "1"), ("c", "2")], false, "x");
        check("<a<c>", &[], false, "<c>");
    }

    #[test]
    fn what_is_cut_in_its_middle_is_no_tag() {
        let whole = "<a b='1' c=\"2\" d=3/>";
        for cut in 1..whole.len() {
            assert_eq!(read(&whole[..cut]), None, "{}", &whole[..cut]);
        }
        assert!(read(whole).is_some());
    }
}

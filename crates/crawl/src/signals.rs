//! What an article page says about its use, found without parsing it: `X-Robots-Tag`, meta robots and
//! `tdm-reservation`.
//!
//! Every article passes here, so this is a scan over the first 32 KiB for `<meta`, not an HTML parser.

use reqwest::header::HeaderMap;

/// How much of a page is looked at: heads are shorter.
const HEAD_BYTES: usize = 32 * 1024;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// The words that forbid indexing, where there are any.
    pub(crate) noindex: Option<String>,
    /// The `tdm-reservation` meta element.
    pub(crate) tdm_reserved: Option<bool>,
}

/// Reads headers and head of a page for an agent's product token.
pub(crate) fn signals(headers: &HeaderMap, body: &[u8], agent: &str) -> Signals {
    let mut found = Signals::default();
    for value in headers.get_all("x-robots-tag").iter().filter_map(|v| v.to_str().ok()) {
        if header_forbids(value, agent) {
            found.noindex = Some(format!("X-Robots-Tag: {value}"));
        }
    }
    for tag in metas(&body[..body.len().min(HEAD_BYTES)]) {
        let (Some(name), Some(content)) = (attribute(&tag, "name"), attribute(&tag, "content")) else {
            continue;
        };
        if (name == "robots" || name.eq_ignore_ascii_case(agent)) && forbids(content) {
            found.noindex = Some(format!("meta {name}: {content}"));
        } else if name == "tdm-reservation" {
            found.tdm_reserved = Some(content.trim() == "1");
        }
    }
    found
}

/// `noindex`, or `kiosque: noindex`; a prefix with another name is not for us.
fn header_forbids(value: &str, agent: &str) -> bool {
    match value.split_once(':') {
        Some((name, rules))
            if !name.contains(',') && !name.trim().eq_ignore_ascii_case("unavailable_after") =>
        {
            name.trim().eq_ignore_ascii_case(agent) && forbids(rules)
        }
        _ => forbids(value),
    }
}

fn forbids(rules: &str) -> bool {
    rules
        .split(',')
        .map(str::trim)
        .any(|r| r.eq_ignore_ascii_case("noindex") || r.eq_ignore_ascii_case("none"))
}

/// The inside of each `<meta …>`, in lower case, comments left out.
fn metas(head: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut i = 0;
    while let Some(at) = head[i..].iter().position(|b| *b == b'<').map(|at| i + at) {
        let rest = &head[at + 1..];
        i = at + 1;
        if rest.starts_with(b"!--") {
            i += rest.windows(3).skip(3).position(|w| w == b"-->").map_or(rest.len(), |end| end + 6);
        } else if rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"meta ")) {
            let end = rest.iter().position(|b| *b == b'>').unwrap_or(rest.len());
            found.push(String::from_utf8_lossy(&rest[5..end]).to_lowercase());
            i += end;
        }
    }
    found
}

/// An attribute of a tag's inside, quoted or not.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = tag[..*at].chars().next_back();
        let bounded = before.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '/'));
        bounded && tag[at + name.len()..].trim_start().starts_with('=')
    })?;
    let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split([' ', '\t', '\n', '\r', '/']).next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: Option<&'static str>, body: &str, noindex: bool, tdm: Option<bool>) {
        let headers = header.map(|h| ("x-robots-tag".parse().unwrap(), h.parse().unwrap()));
        let found = signals(&headers.into_iter().collect(), body.as_bytes(), "kiosque");
        assert_eq!((found.noindex.is_some(), found.tdm_reserved), (noindex, tdm), "{header:?} {body}");
    }

    #[test]
    fn headers() {
        check(None, "", false, None);
        check(Some("noindex, nofollow"), "", true, None);
        check(Some("otherbot: noindex"), "", false, None);
        check(Some("Kiosque: none"), "", true, None);
        check(Some("unavailable_after: 1 Jan 2030, noarchive"), "", false, None);
        check(Some("index"), "", false, None);
    }

    #[test]
    fn meta_elements() {
        check(None, "<META content='noindex,follow' name='ROBOTS'>", true, None);
        check(None, "<meta name=robots content=noindex>", true, None);
        check(None, "<meta name=\"kiosque\" content=\"none\"/>", true, None);
        check(None, "<meta name=\"otherbot\" content=\"noindex\"/>", false, None);
        check(None, "<meta name=\"robots\" content=\"index, max-snippet:-1\"/>", false, None);
        check(None, "<!-- <meta name=robots content=noindex> --><p>", false, None);
        check(None, "<meta name=tdm-reservation content=1><meta name='x' content='<'>", false, Some(true));
        check(None, "<meta name='robots", false, None);
    }

    #[test]
    fn only_the_head_is_read() {
        let late = format!("{}<meta name=robots content=noindex>", " ".repeat(HEAD_BYTES));
        check(None, &late, false, None);
    }
}

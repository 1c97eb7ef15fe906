//! A title as it is printed: its words, where it leads, and which way it runs.

use kiosque_model::{Direction, Language, OtherTitle};
use serde::Serialize;

use super::super::typography;
use crate::compose::{direction_of, is_rtl_letter};

/// A title with its address, language and direction.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Headline {
    pub(in crate::render) title: String,
    /// Only ever an http or https address.
    pub(in crate::render) href: Option<String>,
    pub(in crate::render) host: Option<String>,
    /// Empty where the language is not known.
    pub(in crate::render) lang: String,
    pub(in crate::render) dir: &'static str,
}

impl Headline {
    pub(super) fn new(title: &str, url: &str, language: Option<&Language>, direction: Direction) -> Self {
        let href = web_address(url);
        let host = href.and_then(host_of);
        Self {
            title: printed(title, language),
            href: href.map(str::to_owned),
            host: host.map(str::to_owned),
            lang: language.map(ToString::to_string).unwrap_or_default(),
            dir: super::dir(direction),
        }
    }

    pub(super) fn of_other(other: &OtherTitle) -> Self {
        Self::new(&other.title, &other.url, other.language.as_ref(), other.direction)
    }
}

/// The language and direction of words an editor wrote of an article: the article's own, unless they run the other way.
pub(super) fn tongue<'l>(
    words: &str,
    language: Option<&'l Language>,
    direction: Direction,
) -> (Option<&'l Language>, Direction) {
    let own = direction_of(words);
    if own == direction { (language, direction) } else { (None, own) }
}

/// Whether a name or word is written from right to left: it has a letter of such a script.
pub(in crate::render) fn is_rtl(word: &str) -> bool {
    word.chars().any(is_rtl_letter)
}

/// A publisher's text as it is set: French with its no-break spaces, any other as it came.
pub(super) fn printed(text: &str, language: Option<&Language>) -> String {
    if language.is_some_and(|l| l.code() == "fr") { typography::glued(text) } else { text.to_owned() }
}

/// The address where it is one of the web: a page never links to `javascript:` or `data:`.
fn web_address(url: &str) -> Option<&str> {
    let scheme = url.split_once("://")?.0;
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")).then_some(url)
}

fn host_of(url: &str) -> Option<&str> {
    let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        for (url, href, host) in [
            ("https://www.lefil.example/a?b#c", true, Some("lefil.example")),
            ("HTTP://lefil.example:8080", true, Some("lefil.example:8080")),
            ("javascript:alert(1)", false, None),
            ("javascript://lefil.example/%0aalert(1)", false, None),
            ("data:text/html,x", false, None),
            ("//lefil.example/a", false, None),
            ("", false, None),
        ] {
            let headline = Headline::new("Titre", url, None, Direction::Ltr);
            assert_eq!((headline.href.is_some(), headline.host.as_deref()), (href, host), "{url}");
        }
    }
}

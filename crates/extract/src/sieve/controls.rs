//! What a page offers to press, and what it says to screen readers alone: which of it is reading matter.

use super::{Sieve, closing, contains_ignoring_case, find, tag_name};

/// A control longer than this was not closed where it seems.
const MAX_CONTROL_BYTES: usize = 16 * 1024;
/// Longest remark that may be meant for screen readers alone.
const MAX_ASIDE_BYTES: usize = 120;

impl<'a> Sieve<'a> {
    /// Where a control or a frame ends that is closed soon; what it says is no reading matter.
    pub(super) fn control_end(&self, inner: usize, name: &str) -> Option<usize> {
        const CONTROLS: [&str; 4] = ["iframe", "button", "select", "textarea"];
        if !(5..=8).contains(&name.len()) || !CONTROLS.iter().any(|c| name.eq_ignore_ascii_case(c)) {
            return None;
        }
        self.closed_soon(inner, name).map(|(_, after)| after)
    }

    fn closed_soon(&self, inner: usize, name: &str) -> Option<(usize, usize)> {
        let mut limit = (inner + MAX_CONTROL_BYTES).min(self.source.len());
        while !self.source.is_char_boundary(limit) {
            limit -= 1;
        }
        closing(&self.source[..limit], inner, name)
    }

    /// Whether a button is the head of a part of an accordion, a question whose answer it unfolds: that is a heading.
    pub(super) fn unfolds(&self, open: usize, inner: usize, name: &str) -> bool {
        if !name.eq_ignore_ascii_case("button") {
            return false;
        }
        let tag = &self.source[open..inner];
        let part = contains_ignoring_case(tag, "accordion") || tag.contains("aria-expanded");
        let asks = |said: &'a str| {
            let text = |piece: &'a str| piece.split_once('>').map_or(piece, |(_, text)| text).trim();
            said.rsplit('<')
                .map(text)
                .find(|text| !text.is_empty())
                .is_some_and(|last| last.ends_with(['?', '؟']))
        };
        part && self.closed_soon(inner, name).is_some_and(|(close, _)| asks(&self.source[inner..close]))
    }

    /// Where a remark ends that only screen readers say beside a link: `, opens new tab`, `(nouvelle fenêtre)`. Those who
    /// copy the text would read it in the middle of a sentence.
    pub(super) fn aside_end(&self, open: usize, inner: usize, name: &str) -> Option<usize> {
        const HIDDEN: [&str; 5] = ["clip:rect(", "clip: rect(", "sr-only", "visually", "screen-reader"];
        const OPENED: [&str; 9] = [
            "new tab",
            "new window",
            "nouvel onglet",
            "fenêtre",
            "fenster",
            "ventana",
            "pestaña",
            "نافذة",
            "تبويب",
        ];
        let hidden = name.eq_ignore_ascii_case("span") && {
            let tag = &self.source[open..inner];
            HIDDEN.iter().any(|mark| tag.contains(mark))
        };
        let close = if hidden { find(self.source, inner, b'<')? } else { return None };
        let said = self.source[inner..close].to_lowercase();
        let closes = self.source.as_bytes().get(close + 1) == Some(&b'/')
            && tag_name(self.source, close + 2).eq_ignore_ascii_case("span");
        (closes && said.len() < MAX_ASIDE_BYTES && OPENED.iter().any(|word| said.contains(word)))
            .then(|| find(self.source, close, b'>').map_or(self.source.len(), |i| i + 1))
    }
}

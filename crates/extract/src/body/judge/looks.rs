//! What one line shows by itself: its letters, its words, what of the declared it repeats.

use super::super::Scene;
use crate::block::{Block, ends_sentence};
use crate::cue::{END_CUES, PROMPT_CUES, READ_ALSO_CUES};
use crate::text::fold;

/// How much of a line is compared.
const OPENING_CHARS: usize = 160;

/// The looks of a line.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    /// The line's opening, folded.
    pub(crate) opening: String,
    pub(crate) words: usize,
    pub(crate) digits: usize,
    pub(crate) capitals: usize,
    pub(crate) stops: usize,
    pub(crate) latin: usize,
    pub(crate) sentence: bool,
    pub(crate) prose: bool,
    pub(crate) colon: bool,
    /// A sign of credits and furniture: `©`, `@`, `|`, `»`, `→`.
    pub(crate) sign: bool,
    /// A time of day or a date in digits.
    pub(crate) clock: bool,
    /// Opens as read-also labels do, as prompts do, as closing headings do; is no more than such a cue.
    pub(crate) cues: [bool; 4],
    pub(crate) title_share: f32,
    pub(crate) is_title: bool,
    /// In the declared body 1, not in it −1, nothing declared 0.
    pub(crate) declared: f32,
    pub(crate) described: bool,
    pub(crate) author: bool,
}

impl Looks {
    /// The looks of some lines.
    pub(crate) fn all(scene: &Scene<'_, '_>, open: &[usize]) -> Vec<Self> {
        let title = scene.title.map(fold).unwrap_or_default();
        let title_words: Vec<&str> = title.split(' ').filter(|w| w.chars().count() > 2).collect();
        let description = scene.description.map(fold).unwrap_or_default();
        let authors: Vec<String> = scene.authors.iter().map(|a| fold(a)).filter(|a| !a.is_empty()).collect();
        open.iter()
            .map(|&i| {
                let mut looks = Self::of(&scene.blocks.list[i]);
                let opening = &looks.opening;
                looks.is_title = !title.is_empty() && *opening == title;
                let shared = title_words.iter().filter(|w| opening.contains(**w)).count();
                looks.title_share = shared as f32 / title_words.len().max(1) as f32;
                let cut = cut_of(opening);
                looks.declared = scene.declared.map_or(0.0, |d| if d.contains(cut) { 1.0 } else { -1.0 });
                looks.described = cut.len() > 30 && description.contains(cut);
                looks.author = opening.len() < 120 && authors.iter().any(|a| opening.contains(a.as_str()));
                looks
            })
            .collect()
    }

    fn of(block: &Block) -> Self {
        let mut looks = Self::default();
        let mut last = ' ';
        for c in block.text.chars() {
            looks.words += usize::from(last == ' ' && c != ' ');
            looks.digits += usize::from(c.is_ascii_digit());
            looks.capitals += usize::from(c.is_uppercase());
            looks.stops +=
                usize::from(matches!(c, '.' | ',' | ';' | '!' | '?' | '،' | '؛' | '؟' | '。' | '、'));
            looks.latin += usize::from(c.is_ascii_alphabetic());
            looks.sign |= matches!(c, '©' | '@' | '|' | '→' | '›' | '•' | '▶' | '#');
            looks.clock |= matches!(last, ':' | '/' | '.' | 'h') && c.is_ascii_digit();
            last = c;
        }
        looks.opening = match block.text.char_indices().nth(OPENING_CHARS) {
            Some((end, _)) => fold(&block.text[..end]),
            None => block.folded().to_owned(),
        };
        looks.sentence = ends_sentence(&block.text);
        looks.prose = block.is_prose();
        looks.colon = block.text.ends_with(':');
        let cues = [&*READ_ALSO_CUES, &*PROMPT_CUES, &*END_CUES].map(|c| c.opening(&looks.opening));
        let bare = cues.iter().flatten().any(|cue| cue.len() == looks.opening.len());
        looks.cues = [cues[0].is_some(), cues[1].is_some(), cues[2].is_some(), bare];
        looks
    }
}

/// At most sixty bytes of an opening, cut at a word's end.
fn cut_of(opening: &str) -> &str {
    if opening.len() <= 60 {
        return opening;
    }
    let end = (0..=60).rev().find(|&i| opening.is_char_boundary(i)).unwrap_or(0);
    let cut = &opening[..end];
    cut.rfind(' ').map_or(cut, |at| &cut[..at])
}

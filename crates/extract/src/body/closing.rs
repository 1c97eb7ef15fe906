//! Closing lines that speak of the author or ask for money instead of going on with the text.

use super::Scene;
use crate::block::Block;
use crate::text::fold;

/// Such lines stand among the last.
const LAST_LINES: usize = 3;
/// They are no longer.
const MAX_CHARS: usize = 500;

/// What follows a name that opens a line about whose it is.
const BEINGS: [&str; 22] = [
    "est",
    "is",
    "was",
    "ist",
    "es",
    "e",
    "has",
    "a",
    "couvre",
    "covers",
    "writes",
    "ecrit",
    "travaille",
    "works",
    "joined",
    "schreibt",
    "arbeitet",
    "dirige",
    "صحفي",
    "صحفية",
    "كاتب",
    "كاتبة",
];
/// What asks for money, folded; a line that links as well is nothing else.
const APPEALS: [&str; 24] = [
    "faites un don",
    "faire un don",
    "je fais un don",
    "soutenez nous",
    "soutenir une presse libre",
    "soutenir notre journal",
    "ne vit que de ses lecteurs",
    "grace a vos dons",
    "your donation",
    "donate today",
    "donate now",
    "make a donation",
    "become a supporter",
    "support independent journalism",
    "support our journalism",
    "support our work",
    "jetzt spenden",
    "spenden sie",
    "mit ihrer spende",
    "haz una donacion",
    "haz tu donacion",
    "apoya nuestro periodismo",
    "تبرع الان",
    "ادعم",
];

/// Takes such lines from the end of the text.
pub(super) fn cut(scene: &Scene<'_, '_>, lines: &mut Vec<usize>) {
    let names: Vec<String> =
        scene.authors.iter().map(|name| fold(name)).filter(|n| n.contains(' ')).collect();
    for _ in 0..LAST_LINES {
        let Some(&last) = lines.last() else { return };
        let block = &scene.blocks.list[last];
        if lines.len() < 3 || block.chars > MAX_CHARS || !(is_bio(block, &names) || is_appeal(block)) {
            return;
        }
        lines.pop();
    }
}

/// Whether a line says in the third person who wrote.
fn is_bio(block: &Block, names: &[String]) -> bool {
    let rest =
        |name: &String| block.folded().strip_prefix(name.as_str())?.strip_prefix(' ')?.split(' ').next();
    names.iter().filter_map(rest).any(|word| BEINGS.contains(&word))
}

fn is_appeal(block: &Block) -> bool {
    let folded = || format!(" {} ", block.folded());
    block.link_chars > 0 && APPEALS.iter().any(|words| folded().contains(&format!(" {words} ")))
}

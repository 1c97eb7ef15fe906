//! The fonts every sheet is set in: Libertinus Serif for Latin, Greek and Cyrillic, Amiri for Arabic, Noto Sans Tifinagh
//! for Amazigh.
//!
//! They are carried by the binary (OFL 1.1, licences beside them in `fonts/`), so that a page looks the same on
//! every machine and no machine needs a font. What they cannot print is known before a page is set.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

const FILES: [&[u8]; 7] = [
    include_bytes!("../fonts/LibertinusSerif-Regular.otf"),
    include_bytes!("../fonts/LibertinusSerif-Italic.otf"),
    include_bytes!("../fonts/LibertinusSerif-Semibold.otf"),
    include_bytes!("../fonts/LibertinusSerif-Bold.otf"),
    include_bytes!("../fonts/Amiri-Regular.ttf"),
    include_bytes!("../fonts/Amiri-Bold.ttf"),
    include_bytes!("../fonts/NotoSansTifinagh-Regular.ttf"),
];

pub(crate) static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| FILES.iter().flat_map(|file| Font::iter(Bytes::new(*file))).collect());

pub(crate) static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// Whether some font has a glyph for `c`, or `c` is white space.
#[must_use]
pub fn can_print(c: char) -> bool {
    c.is_whitespace() || FONTS.iter().any(|font| font.info().coverage.contains(u32::from(c)))
}

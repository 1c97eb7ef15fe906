//! What a pipeline says of the law: modes, limits, mentions.
//!
//! The defaults keep to the stricter reading of the right of short quotation (Morocco, law 2-00; France, CPI
//! L.122-5 3°) and of a *panorama de presse* under licence. A house with other agreements says so in its file.

use kiosque_model::Mode;

/// The terms of an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct LawSpec {
    /// The mode an export is in where none is asked for.
    pub mode: Mode,
    /// Words a panorama prints of a licensed article at most; 0 prints nothing longer than an extract.
    pub panorama_words: usize,
    /// Share of a licensed article's words a panorama prints at most, 0 to 1.
    pub panorama_share: f64,
    /// Share of what a publication published in the window that one panorama may print of it at most, in words, 0 to
    /// 1; 1 is no limit.
    pub max_share_of_publication: f64,
    /// The mention of the licence: number of the contract, collecting society.
    pub licence: Option<String>,
    /// Other mentions that must be printed.
    pub mentions: Vec<String>,
    /// Whether an article whose publisher reserved text and data mining may be quoted all the same. Titles and links
    /// always may.
    pub quote_reserved: bool,
}

impl Default for LawSpec {
    fn default() -> Self {
        Self {
            mode: Mode::Revue,
            panorama_words: 600,
            panorama_share: 1.0,
            max_share_of_publication: 0.2,
            licence: None,
            mentions: Vec::new(),
            quote_reserved: false,
        }
    }
}

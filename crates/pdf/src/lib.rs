//! A typst template over data, set as a PDF that archives and screen readers can use.
//!
//! Owns the typesetter and its fonts, and knows nothing of editions: a [`Sheet`] is a handful of named files, one
//! of them the template, and what comes out is PDF/A-2a and PDF/UA-1, tagged, with its fonts embedded. Data is a
//! file like any other (the template reads it with `json`), so it is text and never markup. Nothing is read from
//! the disk or the network, no clock is asked: the same sheet gives the same bytes.

mod fonts;
mod world;

use std::collections::BTreeMap;

use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

pub use fonts::can_print;

/// What a document is made of.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The name of the file that is the template, e.g. `edition.typ`.
    pub main: String,
    /// All files by the names the template knows them under: itself, its data, its pictures (SVG, PNG, JPEG).
    pub files: BTreeMap<String, Vec<u8>>,
    /// What tells this document from all others and stays the same over its revisions.
    pub ident: String,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The template is wrong, or asks for what the data lacks.
    #[error("{file}:{line}: {message}")]
    Template {
        /// The file the mistake stands in.
        file: String,
        /// The line, from 1; 0 where typst names none.
        line: usize,
        /// What is wrong, in the typesetter's words, with its hints.
        message: String,
    },
    /// A name of a file leads out of the sheet.
    #[error("`{0}` is no name of a file of a PDF template")]
    Name(String),
}

/// Sets `sheet` as a PDF/A-2a (ISO 19005-2) that is PDF/UA-1 (ISO 14289-1) too.
///
/// # Errors
/// [`PdfError::Template`] with file and line where the template does not compile or breaks one of the two
/// standards; [`PdfError::Name`].
pub fn pdf(sheet: &Sheet) -> Result<Vec<u8>, PdfError> {
    let world = world::SheetWorld::new(sheet)?;
    let result = compile(&world, sheet);
    // What the typesetter remembers is of no use to another day's sheet: without this memory grows with each.
    typst::comemo::evict(0);
    result
}

fn compile(world: &world::SheetWorld, sheet: &Sheet) -> Result<Vec<u8>, PdfError> {
    let told = |errors: &[SourceDiagnostic]| told(world, errors);
    let document: PagedDocument = typst::compile(world).output.map_err(|errors| told(&errors))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .expect("PDF/A-2a and PDF/UA-1 share PDF 1.7");
    let options = PdfOptions {
        ident: Smart::Custom(sheet.ident.clone()),
        creator: Smart::Custom(Some("Kiosque".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| told(&errors))
}

/// The first mistake, with its place; typst's others mostly follow from it.
fn told(world: &world::SheetWorld, errors: &[SourceDiagnostic]) -> PdfError {
    let Some(error) = errors.first() else {
        return PdfError::Template {
            file: String::new(),
            line: 0,
            message: "no reason was given".to_owned(),
        };
    };
    let id = error.span.id();
    let file = id.unwrap_or_else(|| world.main()).get().vpath().get_without_slash().to_owned();
    let line = id.and_then(|id| {
        // A picture is no source: it is told by its name alone.
        let source = world.source(id).ok()?;
        let range = world.range(error.span)?;
        Some(source.lines().byte_to_line(range.start)? + 1)
    });
    let mut message = error.message.to_string();
    for hint in &error.hints {
        message.push_str("; ");
        message.push_str(&hint.v);
    }
    PdfError::Template { file, line: line.unwrap_or_default(), message }
}

//! The DOCX export: WordprocessingML (ECMA-376) of its own making, because right-to-left text needs marks on
//! paragraph and run (`w:bidi`, `w:rtl`) that ready-made writers leave out.
//!
//! Headings are real headings, so the navigation of an office suite shows the edition; the contents list them
//! with their page numbers; a header and a footer run along. Links are relationships, as the format wants them.

mod body;
mod chart;
mod parts;

use super::archive::Archive;
use super::view::View;
use crate::EditionError;

/// The document.
pub(super) fn docx(view: &View<'_>) -> Result<Vec<u8>, EditionError> {
    let (document, links) = body::document(view);
    let mut archive = Archive::default();
    for (name, part) in [
        ("[Content_Types].xml", parts::content_types()),
        ("_rels/.rels", parts::package_relationships()),
        ("docProps/core.xml", parts::properties(view)),
        ("word/document.xml", document),
        ("word/styles.xml", parts::styles(view)),
        ("word/settings.xml", parts::settings()),
        ("word/header1.xml", parts::header(view)),
        ("word/footer1.xml", parts::footer(view)),
        ("word/_rels/document.xml.rels", parts::relationships(&links)),
    ] {
        archive.add(name, part.as_bytes());
    }
    Ok(archive.finish())
}

//! The PDF export: a typst template over the view, as JSON. The typesetter is a crate and a cargo feature of its own,
//! because it takes longer to build than all the rest.

use super::view::View;
use crate::EditionError;
use crate::look::Look;

/// A build without the feature knows the format and says why it has none.
#[cfg(not(feature = "pdf"))]
pub(super) fn pdf(_: &View<'_>, _: &Look) -> Result<Vec<u8>, EditionError> {
    Err(EditionError::NoPdf)
}

/// The document.
#[cfg(feature = "pdf")]
pub(super) fn pdf(view: &View<'_>, look: &Look) -> Result<Vec<u8>, EditionError> {
    sheet::pdf(view, look)
}

#[cfg(feature = "pdf")]
mod sheet {
    use kiosque_pdf::{PdfError, Sheet, can_print};
    use serde_json::{Value, json};

    use super::super::view::View;
    use crate::look::Look;
    use crate::{EditionError, Mistake};

    const MAIN: &str = "edition.typ";

    pub(super) fn pdf(view: &View<'_>, look: &Look) -> Result<Vec<u8>, EditionError> {
        let mut data = serde_json::to_value(view)?;
        printable(&mut data);
        let logo = look.branding.logo.as_ref();
        data["logo"] = json!(logo.map(|logo| &logo.name));
        // PDF/UA asks a text for every picture.
        let texts = logo.map(|logo| [&logo.text, &view.publisher, &view.full_title, &logo.name]);
        data["logo_text"] =
            json!(texts.and_then(|texts| texts.into_iter().find(|text| !text.trim().is_empty())));
        let mut sheet = Sheet {
            main: MAIN.to_owned(),
            files: [
                (MAIN.to_owned(), look.file(MAIN).as_bytes().to_vec()),
                ("edition.json".to_owned(), serde_json::to_vec(&data)?),
            ]
            .into(),
            ident: super::super::feed::urn(&format!("{}\n{}\n{}", view.publisher, view.name, view.date)),
        };
        sheet.files.extend(logo.map(|logo| (logo.name.clone(), logo.bytes.clone())));
        kiosque_pdf::pdf(&sheet).map_err(|error| match error {
            PdfError::Template { file, line, message } => {
                EditionError::Look(vec![Mistake { file: look.place(&file), line, message }])
            }
            PdfError::Name(name) => EditionError::Look(vec![Mistake {
                file: look.place(&name),
                line: 0,
                message: "is no name of a file".to_owned(),
            }]),
        })
    }

    /// Leaves out what no font has a letter for, emoji above all: an archive may not hold a box in its place.
    fn printable(value: &mut Value) {
        match value {
            Value::String(text) => {
                if !text.chars().all(can_print) {
                    text.retain(can_print);
                    let trimmed = text.trim().to_owned();
                    *text = trimmed;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(printable),
            Value::Object(values) => values.values_mut().for_each(printable),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

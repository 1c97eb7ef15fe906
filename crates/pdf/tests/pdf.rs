//! What is promised of every sheet: it is text, it is archivable, and a mistake has a place.

#![cfg(test)]

use kiosque_pdf::{PdfError, Sheet, can_print, pdf};

fn sheet(template: &str, data: &str) -> Sheet {
    let files = [("main.typ", template), ("data.json", data)];
    Sheet {
        main: "main.typ".to_owned(),
        files: files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect(),
        ident: "test".to_owned(),
    }
}

const TEMPLATE: &str = "\
#let e = json(\"data.json\")
#set document(title: e.title, date: datetime(year: 2026, month: 10, day: 7))
#set text(font: (\"Libertinus Serif\", \"Amiri\"), lang: \"fr\")
= #e.title
#text(lang: \"ar\", dir: rtl, font: \"Amiri\", e.arabic)
";

#[test]
fn a_sheet_is_an_archivable_tagged_pdf_and_the_same_each_time() {
    let sheet = sheet(
        TEMPLATE,
        r##"{"title": "#panic(\"jamais\") *non*", "arabic": "افتتح الجسر (القديم) يوم الاثنين."}"##,
    );
    let first = pdf(&sheet).unwrap_or_else(|e| panic!("{e}"));
    let text = String::from_utf8_lossy(&first);
    assert!(text.starts_with("%PDF-1.7"));
    for mark in ["pdfaid:part", "pdfuaid:part", "/MarkInfo", "/StructTreeRoot"] {
        assert!(text.contains(mark), "{mark}");
    }
    assert_eq!(pdf(&sheet).unwrap(), first);
}

#[test]
fn a_mistake_is_told_with_file_and_line() {
    for (template, line, said) in [
        ("#set document(title: \"x\")\n\n#nosuch()", 3, "unknown variable"),
        ("= Un\n#let x = (", 2, "unclosed"),
        ("#image(\"logo.svg\")", 1, "not found"),
    ] {
        let Err(PdfError::Template { file, line: at, message }) = pdf(&sheet(template, "{}")) else {
            panic!("{template} was set");
        };
        assert_eq!((file.as_str(), at), ("main.typ", line), "{message}");
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn a_picture_that_is_none_is_told_by_its_name() {
    let mut sheet = sheet("#image(\"logo.svg\", alt: \"x\")", "{}");
    sheet.files.insert("logo.svg".to_owned(), b"<svg".to_vec());
    let Err(PdfError::Template { file, message, .. }) = pdf(&sheet) else { panic!("it was set") };
    assert!(file == "logo.svg" && message.contains("SVG"), "{file}: {message}");
}

#[test]
fn the_fonts_print_what_the_press_of_the_maghreb_writes() {
    for c in "ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸàâçéèêëîïôœùûüÿ«»’“”–—…€°№·•".chars()
    {
        assert!(can_print(c), "{c}");
    }
    for c in "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ".chars()
    {
        assert!(can_print(c), "{c}");
    }
    for c in "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژڤگ،؛؟٪ـًٌٍَُِّْ٠١٢٣٤٥٦٧٨٩".chars()
    {
        assert!(can_print(c), "{c}");
    }
    assert!(!can_print('😀') && !can_print('漢'));
}

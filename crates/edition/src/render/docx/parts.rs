//! What a DOCX is beside its text: styles, header and footer, and the lists of what belongs to it.

use super::super::view::View;
use super::super::xml::Xml;

/// The namespace of WordprocessingML.
pub(super) const W: (&str, &str) =
    ("xmlns:w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main");
/// The namespace of relationships.
pub(super) const R: (&str, &str) =
    ("xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships");
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The width of a line: A4 without its margins of 2.2 cm, in twentieths of a point.
const LINE: &str = "9412";

/// A paragraph style: id, name, size in half points, space before and after in twentieths of a point.
struct Style {
    id: &'static str,
    name: &'static str,
    half_points: u32,
    before: u32,
    after: u32,
    bold: bool,
    /// The level of a heading in the outline, from 0.
    outline: Option<u32>,
    coloured: bool,
}

const STYLES: [Style; 8] = [
    Style {
        id: "Title",
        name: "Title",
        half_points: 60,
        before: 0,
        after: 60,
        bold: true,
        outline: None,
        coloured: false,
    },
    Style {
        id: "Subtitle",
        name: "Subtitle",
        half_points: 28,
        before: 0,
        after: 120,
        bold: false,
        outline: None,
        coloured: false,
    },
    Style {
        id: "Heading1",
        name: "heading 1",
        half_points: 34,
        before: 480,
        after: 120,
        bold: true,
        outline: Some(0),
        coloured: true,
    },
    Style {
        id: "Heading2",
        name: "heading 2",
        half_points: 25,
        before: 280,
        after: 20,
        bold: true,
        outline: Some(1),
        coloured: false,
    },
    Style {
        id: "Meta",
        name: "Meta",
        half_points: 18,
        before: 0,
        after: 60,
        bold: false,
        outline: None,
        coloured: false,
    },
    Style {
        id: "Note",
        name: "Note",
        half_points: 18,
        before: 0,
        after: 60,
        bold: false,
        outline: None,
        coloured: false,
    },
    Style {
        id: "Contents",
        name: "toc 1",
        half_points: 22,
        before: 20,
        after: 20,
        bold: false,
        outline: None,
        coloured: false,
    },
    Style {
        id: "Extract",
        name: "Extract",
        half_points: 22,
        before: 0,
        after: 80,
        bold: false,
        outline: None,
        coloured: false,
    },
];

pub(super) fn content_types() -> String {
    let mut xml = Xml::new();
    xml.open("Types", &[("xmlns", &format!("{PACKAGE}/content-types"))]);
    let rels = "application/vnd.openxmlformats-package.relationships+xml";
    xml.empty("Default", &[("Extension", "rels"), ("ContentType", rels)]);
    xml.empty("Default", &[("Extension", "xml"), ("ContentType", "application/xml")]);
    let core = "application/vnd.openxmlformats-package.core-properties+xml".to_owned();
    for (part, kind) in [
        ("/word/document.xml", format!("{WORD}.document.main+xml")),
        ("/word/styles.xml", format!("{WORD}.styles+xml")),
        ("/word/settings.xml", format!("{WORD}.settings+xml")),
        ("/word/header1.xml", format!("{WORD}.header+xml")),
        ("/word/footer1.xml", format!("{WORD}.footer+xml")),
        ("/docProps/core.xml", core),
    ] {
        xml.empty("Override", &[("PartName", part), ("ContentType", &kind)]);
    }
    xml.finish()
}

pub(super) fn package_relationships() -> String {
    let core = format!("{PACKAGE}/relationships/metadata/core-properties");
    let mut xml = Xml::new();
    xml.open("Relationships", &[("xmlns", &format!("{PACKAGE}/relationships"))]);
    for (id, kind, target) in [
        ("rId1", format!("{OFFICE}/officeDocument"), "word/document.xml"),
        ("rId2", core, "docProps/core.xml"),
    ] {
        xml.empty("Relationship", &[("Id", id), ("Type", &kind), ("Target", target)]);
    }
    xml.finish()
}

/// The parts of the document, then its links: the address of `rId100` is the first of them.
pub(super) fn relationships(links: &[String]) -> String {
    let mut xml = Xml::new();
    xml.open("Relationships", &[("xmlns", &format!("{PACKAGE}/relationships"))]);
    for (at, kind) in ["styles", "settings", "header", "footer"].into_iter().enumerate() {
        let target = if at < 2 { format!("{kind}.xml") } else { format!("{kind}1.xml") };
        let (id, kind) = (format!("rId{}", at + 1), format!("{OFFICE}/{kind}"));
        xml.empty("Relationship", &[("Id", &id), ("Type", &kind), ("Target", &target)]);
    }
    for (at, address) in links.iter().enumerate() {
        let (id, kind) = (link_id(at), format!("{OFFICE}/hyperlink"));
        let attributes =
            [("Id", id.as_str()), ("Type", kind.as_str()), ("Target", address), ("TargetMode", "External")];
        xml.empty("Relationship", &attributes);
    }
    xml.finish()
}

/// The relationship of a link, by its place in the list.
pub(super) fn link_id(at: usize) -> String {
    format!("rId{}", at + 100)
}

pub(super) fn properties(view: &View<'_>) -> String {
    let mut xml = Xml::new();
    xml.open(
        "cp:coreProperties",
        &[
            ("xmlns:cp", &format!("{PACKAGE}/metadata/core-properties")),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:dcterms", "http://purl.org/dc/terms/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ],
    );
    xml.element("dc:title", &[], &view.full_title);
    xml.element("dc:creator", &[], &view.publisher);
    xml.element("dc:language", &[], view.lang);
    let at = view.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    xml.element("dcterms:created", &[("xsi:type", "dcterms:W3CDTF")], &at);
    xml.element("dcterms:modified", &[("xsi:type", "dcterms:W3CDTF")], &at);
    xml.finish()
}

pub(super) fn settings() -> String {
    let mut xml = Xml::new();
    xml.open("w:settings", &[W]).empty("w:characterSpacingControl", &[("w:val", "doNotCompress")]);
    xml.finish()
}

pub(super) fn styles(view: &View<'_>) -> String {
    let mut xml = Xml::new();
    xml.open("w:styles", &[W]);
    xml.open("w:docDefaults", &[]).open("w:rPrDefault", &[]).open("w:rPr", &[]);
    let fonts = [("w:ascii", "Cambria"), ("w:hAnsi", "Cambria"), ("w:cs", "Times New Roman")];
    xml.empty("w:rFonts", &fonts).empty("w:sz", &[("w:val", "22")]).empty("w:szCs", &[("w:val", "26")]);
    let language = if view.lang == "en" { "en-GB" } else { "fr-FR" };
    xml.empty("w:lang", &[("w:val", language), ("w:bidi", "ar-MA")]);
    xml.close().close().open("w:pPrDefault", &[]).open("w:pPr", &[]);
    xml.empty("w:spacing", &[("w:after", "80"), ("w:line", "264"), ("w:lineRule", "auto")]);
    xml.close().close().close();
    xml.open("w:style", &[("w:type", "paragraph"), ("w:default", "1"), ("w:styleId", "Normal")]);
    xml.empty("w:name", &[("w:val", "Normal")]).empty("w:qFormat", &[]).close();
    for style in &STYLES {
        paragraph_style(&mut xml, style, view);
    }
    for (id, name) in [("Header", "header"), ("Footer", "footer")] {
        xml.open("w:style", &[("w:type", "paragraph"), ("w:styleId", id)]);
        xml.empty("w:name", &[("w:val", name)]).empty("w:basedOn", &[("w:val", "Normal")]);
        xml.open("w:rPr", &[]).empty("w:color", &[("w:val", "595449")]);
        xml.empty("w:sz", &[("w:val", "17")]).empty("w:szCs", &[("w:val", "20")]).close().close();
    }
    xml.finish()
}

fn paragraph_style(xml: &mut Xml, style: &Style, view: &View<'_>) {
    xml.open("w:style", &[("w:type", "paragraph"), ("w:styleId", style.id)]);
    xml.empty("w:name", &[("w:val", style.name)]).empty("w:basedOn", &[("w:val", "Normal")]);
    xml.empty("w:qFormat", &[]).open("w:pPr", &[]);
    if style.outline.is_some() {
        // A heading never stands alone at the foot of a page.
        xml.empty("w:keepNext", &[]).empty("w:keepLines", &[]);
    } else if style.id == "Meta" {
        xml.empty("w:keepNext", &[]);
    }
    if style.id == "Contents" {
        // Page numbers stand at the end of the line, led to by dots.
        let stop = [("w:val", "end"), ("w:leader", "dot"), ("w:pos", LINE)];
        xml.open("w:tabs", &[]).empty("w:tab", &stop).close();
    }
    let (before, after) = (style.before.to_string(), style.after.to_string());
    xml.empty("w:spacing", &[("w:before", &before), ("w:after", &after)]);
    if let Some(level) = style.outline {
        xml.empty("w:outlineLvl", &[("w:val", &level.to_string())]);
    }
    xml.close().open("w:rPr", &[]);
    if style.bold {
        xml.empty("w:b", &[]).empty("w:bCs", &[]);
    }
    if style.coloured {
        xml.empty("w:color", &[("w:val", view.brand.accent.trim_start_matches('#'))]);
    } else if matches!(style.id, "Meta" | "Note") {
        xml.empty("w:color", &[("w:val", "595449")]);
    }
    // Arabic letters are smaller in the body than Latin ones of the same size.
    let complex = style.half_points * 6 / 5;
    xml.empty("w:sz", &[("w:val", &style.half_points.to_string())]);
    xml.empty("w:szCs", &[("w:val", &complex.to_string())]);
    xml.close().close();
}

pub(super) fn header(view: &View<'_>) -> String {
    let mut xml = Xml::new();
    xml.open("w:hdr", &[W]);
    running(&mut xml, "Header", view);
    xml.open("w:r", &[]);
    rtl_run(&mut xml, view);
    xml.element("w:t", &[("xml:space", "preserve")], &view.full_title);
    xml.finish()
}

pub(super) fn footer(view: &View<'_>) -> String {
    let mut xml = Xml::new();
    xml.open("w:ftr", &[W]);
    running(&mut xml, "Footer", view);
    for (field, separator) in [(" PAGE ", " / "), (" NUMPAGES ", "")] {
        xml.open("w:fldSimple", &[("w:instr", field)]);
        xml.open("w:r", &[]).element("w:t", &[], "1").close().close();
        if !separator.is_empty() {
            xml.open("w:r", &[]).element("w:t", &[("xml:space", "preserve")], separator).close();
        }
    }
    xml.finish()
}

fn running(xml: &mut Xml, style: &'static str, view: &View<'_>) {
    xml.open("w:p", &[]).open("w:pPr", &[]).empty("w:pStyle", &[("w:val", style)]);
    if view.dir == "rtl" {
        xml.empty("w:bidi", &[]);
    }
    xml.empty("w:jc", &[("w:val", "center")]).close();
}

fn rtl_run(xml: &mut Xml, view: &View<'_>) {
    if view.dir == "rtl" {
        xml.open("w:rPr", &[]).empty("w:rtl", &[]).close();
    }
}

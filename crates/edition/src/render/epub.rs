//! The EPUB export: EPUB 3.3 with a navigation document, a chapter for each block, and what EPUB Accessibility 1.1
//! asks a publication to say of itself.
//!
//! Chapters come from a template a user may replace; the package around them does not.

use minijinja::value::Serde;
use minijinja::{Value, context};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use super::archive::Archive;
use super::feed;
use super::view::{Block, View};
use super::xml::{Xml, allowed};
use crate::EditionError;
use crate::look::{Look, Mistake};

/// A page of the book: its file, its title, its text.
struct Chapter {
    file: String,
    title: String,
    xhtml: String,
}

/// The book.
pub(super) fn epub(view: &View<'_>, look: &Look) -> Result<Vec<u8>, EditionError> {
    let mut chapters = vec![chapter(view, look, ("cover", view.text("cover")), None)?];
    for block in &view.blocks {
        chapters.push(chapter(view, look, (&block.anchor, &block.label), Some(block))?);
    }
    chapters.push(chapter(view, look, ("about", view.text("about")), None)?);

    let mut archive = Archive::default();
    archive.store("mimetype", b"application/epub+zip");
    archive.add("META-INF/container.xml", container().as_bytes());
    archive.add("EPUB/package.opf", package(view, &chapters, look).as_bytes());
    archive.add("EPUB/nav.xhtml", navigation(view, &chapters).as_bytes());
    archive.add("EPUB/style.css", look.file("epub.css").as_bytes());
    if let Some(logo) = &look.branding.logo {
        archive.add(&format!("EPUB/{}", logo.name), &logo.bytes);
    }
    for chapter in &chapters {
        archive.add(&format!("EPUB/{}", chapter.file), chapter.xhtml.as_bytes());
    }
    Ok(archive.finish())
}

fn chapter(
    view: &View<'_>,
    look: &Look,
    (kind, title): (&str, &str),
    block: Option<&Block>,
) -> Result<Chapter, EditionError> {
    let logo = look.branding.logo.as_ref();
    let xhtml = look.fill(
        "chapter.xhtml.jinja",
        context! {
            e => Value::from(Serde(view)),
            block => Value::from(Serde(&block)),
            kind => if block.is_some() { "block" } else { kind },
            title => title,
            logo => logo.map(|logo| logo.name.clone()),
            logo_text => logo.map(|logo| logo.text.clone()),
        },
    )?;
    let xhtml = allowed(&xhtml).into_owned();
    if let Err((near, message)) = well_formed(&xhtml) {
        // The page is the template's, whose lines are not those of the page: what stands there finds it.
        let message = format!("makes a page that is no XML: {message}, after `{near}`");
        let file = look.place("chapter.xhtml.jinja");
        return Err(EditionError::Look(vec![Mistake { file, line: 0, message }]));
    }
    Ok(Chapter { file: format!("{kind}.xhtml"), title: title.to_owned(), xhtml })
}

/// Whether a page is well-formed XML, as readers of books demand; else what stands before the mistake, and what it is.
fn well_formed(page: &str) -> Result<(), (String, String)> {
    let mut reader = Reader::from_str(page);
    let mut open = 0_usize;
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(page.len());
        let near = || {
            let line = page.get(..before).unwrap_or(page).trim_end();
            let from = line.char_indices().rev().nth(59).map_or(0, |(at, _)| at);
            line[from..].replace('\n', " ")
        };
        match reader.read_event() {
            Ok(Event::Start(_)) => open += 1,
            Ok(Event::End(_)) => open = open.saturating_sub(1),
            Ok(Event::GeneralRef(name)) if !name.is_char_ref() => {
                if resolve_xml_entity(&name).is_none() {
                    return Err((
                        near(),
                        format!("XML does not know `&{};`, write the character itself", &*name),
                    ));
                }
            }
            Ok(Event::Eof) if open > 0 => return Err((near(), "an element is not closed".to_owned())),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err((near(), error.to_string())),
        }
    }
}

fn container() -> String {
    let mut xml = Xml::new();
    let namespace = "urn:oasis:names:tc:opendocument:xmlns:container";
    xml.open("container", &[("version", "1.0"), ("xmlns", namespace)]).open("rootfiles", &[]);
    let media = "application/oebps-package+xml";
    xml.empty("rootfile", &[("full-path", "EPUB/package.opf"), ("media-type", media)]);
    xml.finish()
}

fn package(view: &View<'_>, chapters: &[Chapter], look: &Look) -> String {
    let mut xml = Xml::new();
    let namespace = ("xmlns", "http://www.idpf.org/2007/opf");
    xml.open(
        "package",
        &[namespace, ("version", "3.0"), ("unique-identifier", "id"), ("xml:lang", view.lang)],
    );
    xml.line().open("metadata", &[("xmlns:dc", "http://purl.org/dc/elements/1.1/")]).line();
    let id = feed::urn(&format!("{}\n{}\n{}", view.publisher, view.name, view.date));
    xml.element("dc:identifier", &[("id", "id")], &id).line();
    xml.element("dc:title", &[], &view.full_title).line();
    xml.element("dc:language", &[], view.lang).line();
    for language in languages(view) {
        xml.element("dc:language", &[], language).line();
    }
    if !view.publisher.is_empty() {
        xml.element("dc:publisher", &[], &view.publisher).line();
        xml.element("dc:creator", &[], &view.publisher).line();
    }
    xml.element("dc:date", &[], &view.date).line();
    xml.element("dc:rights", &[], &view.all_rights()).line();
    let modified = view.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    xml.element("meta", &[("property", "dcterms:modified")], &modified).line();
    for (property, value) in [
        ("schema:accessMode", "textual"),
        ("schema:accessModeSufficient", "textual"),
        ("schema:accessibilityFeature", "structuralNavigation"),
        ("schema:accessibilityFeature", "tableOfContents"),
        ("schema:accessibilityFeature", "readingOrder"),
        ("schema:accessibilityHazard", "none"),
    ] {
        xml.element("meta", &[("property", property)], value).line();
    }
    xml.close().line().open("manifest", &[]).line();
    let xhtml = "application/xhtml+xml";
    let nav = [("id", "nav"), ("href", "nav.xhtml"), ("media-type", xhtml), ("properties", "nav")];
    xml.empty("item", &nav).line();
    xml.empty("item", &[("id", "style"), ("href", "style.css"), ("media-type", "text/css")]).line();
    if let Some(logo) = &look.branding.logo {
        let media = logo.media_type().unwrap_or_default();
        xml.empty("item", &[("id", "logo"), ("href", &logo.name), ("media-type", media)]).line();
    }
    for chapter in chapters {
        xml.empty("item", &[("id", id_of(chapter)), ("href", &chapter.file), ("media-type", xhtml)]).line();
    }
    let direction = ("page-progression-direction", view.dir);
    xml.close().line().open("spine", &[direction]).line();
    for (at, chapter) in chapters.iter().enumerate() {
        xml.empty("itemref", &[("idref", id_of(chapter))]).line();
        if at == 0 {
            xml.empty("itemref", &[("idref", "nav")]).line();
        }
    }
    xml.finish()
}

fn id_of(chapter: &Chapter) -> &str {
    chapter.file.trim_end_matches(".xhtml")
}

/// The languages of its items that are not the interface's.
fn languages<'v>(view: &'v View<'_>) -> Vec<&'v str> {
    let all: std::collections::BTreeSet<_> = view.items().map(|item| item.headline.lang.as_str()).collect();
    all.into_iter().filter(|lang| !lang.is_empty() && *lang != view.lang).collect()
}

fn navigation(view: &View<'_>, chapters: &[Chapter]) -> String {
    let mut xml = Xml::new();
    xml.open(
        "html",
        &[
            ("xmlns", "http://www.w3.org/1999/xhtml"),
            ("xmlns:epub", "http://www.idpf.org/2007/ops"),
            ("xml:lang", view.lang),
            ("lang", view.lang),
            ("dir", view.dir),
        ],
    );
    xml.open("head", &[]).element("title", &[], view.text("contents"));
    xml.empty("link", &[("rel", "stylesheet"), ("href", "style.css")]).close().line();
    xml.open("body", &[]).open("nav", &[("epub:type", "toc"), ("role", "doc-toc")]);
    xml.element("h1", &[], view.text("contents")).open("ol", &[]).line();
    for chapter in chapters {
        xml.open("li", &[]).element("a", &[("href", &chapter.file)], &chapter.title);
        let block = view.blocks.iter().find(|block| block.anchor == id_of(chapter));
        if let Some(block) = block.filter(|block| !block.items.is_empty()) {
            xml.open("ol", &[]).line();
            for item in &block.items {
                let target = format!("{}#{}", chapter.file, item.anchor);
                let (lang, dir) = (item.headline.lang.as_str(), item.headline.dir);
                let attributes =
                    [("href", target.as_str()), ("dir", dir), ("xml:lang", lang), ("lang", lang)];
                let known = if lang.is_empty() { 2 } else { 4 };
                xml.open("li", &[]).element("a", &attributes[..known], &item.headline.title).close().line();
            }
            xml.close();
        }
        xml.close().line();
    }
    xml.close().close().line();
    xml.open("nav", &[("epub:type", "landmarks"), ("hidden", "hidden")]);
    xml.element("h2", &[], view.text("site")).open("ol", &[]);
    let first = chapters.get(1).map_or("cover.xhtml", |chapter| &chapter.file);
    for (kind, target, title) in
        [("toc", "nav.xhtml", view.text("contents")), ("bodymatter", first, &*view.title)]
    {
        xml.open("li", &[]).element("a", &[("epub:type", kind), ("href", target)], title).close();
    }
    xml.finish()
}

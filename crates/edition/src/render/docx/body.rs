//! The text of a DOCX: cover lines, contents, blocks and items, each paragraph in its own direction.

use super::super::view::{Block, Headline, Item, Note, Other, View, is_rtl};
use super::super::xml::Xml;
use kiosque_model::Direction;

use super::chart;
use super::parts::{R, W, link_id};
use crate::compose::direction_of;

/// The document being written, with the addresses it links to.
struct Body<'v> {
    xml: Xml,
    links: Vec<String>,
    view: &'v View<'v>,
    bookmarks: usize,
}

/// The document part and its links in the order of their relationships.
pub(super) fn document(view: &View<'_>) -> (String, Vec<String>) {
    let mut body = Body { xml: Xml::new(), links: Vec::new(), view, bookmarks: 0 };
    body.xml.open("w:document", &[W, R]).open("w:body", &[]).line();
    body.opening();
    for block in &view.blocks {
        body.block(block);
    }
    body.closing();
    (body.xml.finish(), body.links)
}

impl Body<'_> {
    fn opening(&mut self) {
        let (view, dir) = (self.view, self.view.dir);
        if !view.publisher.is_empty() {
            self.line("Meta", &view.publisher);
        }
        self.line("Title", &view.title);
        self.line("Subtitle", &view.long_date);
        let mut figures = view.figures.clone();
        figures.extend(view.as_of.clone());
        figures.extend(view.revised.clone());
        self.line("Meta", &figures.join(" · "));
        for text in view.client.iter().chain(&view.window).chain(&view.mentions) {
            self.line("Meta", text);
        }
        self.notes(view.text("errata"), &view.errata);
        self.notes(view.text("note"), &view.notes);
        if view.blocks.is_empty() {
            self.line("Extract", view.text("empty"));
            return;
        }
        self.line("Heading1", view.text("contents"));
        for block in &view.blocks {
            self.paragraph("Contents", dir);
            let anchor = bookmark(&block.anchor);
            self.xml.open("w:hyperlink", &[("w:anchor", &anchor), ("w:history", "1")]);
            self.run(&block.label, false);
            self.run(&format!(" ({})", block.count), false);
            self.xml.open("w:r", &[]).empty("w:tab", &[]).close();
            let field = format!(" PAGEREF {anchor} \\h ");
            self.xml.open("w:fldSimple", &[("w:instr", &field), ("w:dirty", "true")]);
            self.run("1", false);
            self.xml.close().close().close().line();
        }
    }

    fn block(&mut self, block: &Block) {
        let dir = self.view.dir;
        self.paragraph("Heading1", dir);
        self.bookmarks += 1;
        let (id, name) = (self.bookmarks.to_string(), bookmark(&block.anchor));
        self.xml.empty("w:bookmarkStart", &[("w:id", &id), ("w:name", &name)]);
        self.run(&block.label, false);
        self.xml.empty("w:bookmarkEnd", &[("w:id", &id)]);
        self.end();
        for item in &block.items {
            self.item(item);
        }
        if !block.more.is_empty() {
            self.line("Heading2", self.view.text("more_here"));
            block.more.iter().for_each(|other| self.other(other));
        }
        if !block.also.is_empty() {
            self.line("Heading2", self.view.text("also_here"));
            for also in &block.also {
                self.paragraph("Extract", also.headline.dir);
                self.headline(&also.headline);
                self.run(&format!(" ({})", also.how), false);
                self.end();
            }
        }
    }

    fn item(&mut self, item: &Item) {
        let view = self.view;
        self.paragraph("Heading2", item.headline.dir);
        self.headline(&item.headline);
        self.end();
        self.paragraph("Meta", view.dir);
        self.name(if view.by_source { &item.rubrique } else { &item.source }, true);
        for name in &item.by {
            self.run(" · ", false);
            self.name(name, false);
        }
        for part in std::iter::once(&item.date).chain(&item.badges).chain(std::iter::once(&item.numbered)) {
            self.run(" · ", false);
            self.run(part, false);
        }
        self.end();
        if !item.extract.is_empty() {
            self.paragraph("Extract", item.extract_dir);
            self.run(&item.extract, false);
            self.end();
        }
        self.remark("first_title", item.first_title.as_ref());
        if let Some(reprints) = &item.reprints {
            self.paragraph("Note", view.dir);
            self.run(&format!("{}{}", reprints.label, view.colon), true);
            self.names(&reprints.names);
            self.end();
        }
        if let Some(copy_of) = &item.copy_of {
            self.line("Note", copy_of);
        }
        self.notes(view.text("note"), &item.notes);
        self.remark("original_title", item.original_title.as_ref());
        self.remark("licence", item.licence.as_ref());
        if !item.watchlists.is_empty() {
            self.paragraph("Note", view.dir);
            self.run(&format!("{}{}", view.text("watchlists"), view.colon), false);
            self.names(&item.watchlists);
            self.end();
        }
        for (at, other) in item.others.iter().enumerate() {
            if at == 0 {
                self.line("Note", &format!("{}{}", view.text("also"), view.colon.trim_end()));
            }
            self.other(other);
        }
        if let Some(left) = &item.others_left {
            self.line("Note", left);
        }
    }

    fn other(&mut self, other: &Other) {
        self.paragraph("Note", other.headline.dir);
        self.run("– ", false);
        self.headline(&other.headline);
        self.run(&format!(" ({})", other.source), false);
        if let Some(updated) = &other.updated {
            self.run(&format!(" · {updated}"), false);
        }
        self.end();
    }

    /// Words of the editors, each paragraph in its own direction.
    fn notes(&mut self, what: &str, notes: &[Note]) {
        for note in notes {
            self.paragraph("Extract", note.dir);
            self.run(&format!("{what}{}", self.view.colon), true);
            self.run(&note.text, false);
            if !note.who.is_empty() {
                self.run(&format!(" ({})", note.who), false);
            }
            self.end();
        }
    }

    /// What is said of an item: a label of the interface, then words of the press.
    fn remark(&mut self, key: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.paragraph("Note", self.view.dir);
            self.run(&format!("{}{}", self.view.text(key), self.view.colon), false);
            self.run(text, false);
            self.end();
        }
    }

    fn closing(&mut self) {
        let view = self.view;
        if !view.keywords.is_empty() {
            self.line("Heading1", view.text("keywords"));
            self.paragraph("Extract", view.dir);
            self.names(&view.keywords.iter().map(|k| k.word.clone()).collect::<Vec<_>>());
            self.end();
        }
        if let Some(thread) = &view.timeline {
            self.line("Heading1", view.text("timeline"));
            for moment in &thread.moments {
                self.paragraph("Extract", view.dir);
                self.run(&format!("{} · ", moment.at), false);
                self.name(&moment.source, true);
                self.run(view.colon, false);
                self.headline(&moment.headline);
                for badge in &moment.badges {
                    self.run(&format!(" · {badge}"), false);
                }
                self.end();
            }
        }
        self.figures();
        self.line("Heading1", view.text("about"));
        self.line("Extract", &view.method);
        for formula in &view.formulas {
            self.paragraph("Note", view.dir);
            self.run(&format!("{}{}", formula.name, view.colon), true);
            // Between isolates (UAX #9): a formula runs from left to right in whatever paragraph.
            self.run(&format!("\u{2066}{}\u{2069} – {}", formula.formula, formula.terms), false);
            self.end();
        }
        for text in [view.rights, &view.brand.imprint] {
            if !text.is_empty() {
                self.line("Extract", text);
            }
        }
        self.section();
    }

    /// What the day was made of: a table of bars for the papers, one for the rubriques, and the watchlists met.
    fn figures(&mut self) {
        let view = self.view;
        if view.sources.is_empty() {
            return;
        }
        self.line("Heading1", &view.figures_title);
        for (heading, what, bars) in
            [("papers", "paper", &view.sources), ("rubriques_heading", "rubrique", &view.rubriques)]
        {
            self.line("Heading2", view.text(heading));
            chart::table(&mut self.xml, view, what, bars);
        }
        for watch in &view.watchlists {
            self.paragraph("Extract", view.dir);
            self.run(&format!("{}{}", view.text("watchlist"), view.colon), true);
            self.name(&watch.name, false);
            let share = format!("{}{}{}", view.text("noise_share"), view.colon, watch.share);
            self.run(&format!(" · {} · {share}", watch.articles), false);
            self.end();
        }
    }

    /// The page all of it is printed on.
    fn section(&mut self) {
        self.xml.open("w:sectPr", &[]);
        self.xml.empty("w:headerReference", &[("w:type", "default"), ("r:id", "rId3")]);
        self.xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", "rId4")]);
        // A4 with margins of 2.2 cm, in twentieths of a point.
        self.xml.empty("w:pgSz", &[("w:w", "11906"), ("w:h", "16838")]);
        let margin = "1247";
        let sides = ["w:top", "w:right", "w:bottom", "w:left"].map(|side| (side, margin));
        let more = [("w:header", "624"), ("w:footer", "624"), ("w:gutter", "0")];
        self.xml.empty("w:pgMar", &[&sides[..], &more[..]].concat());
        if self.view.dir == "rtl" {
            self.xml.empty("w:bidi", &[]);
        }
        self.xml.close();
    }

    /// A paragraph of the interface's own words.
    fn line(&mut self, style: &'static str, text: &str) {
        self.paragraph(style, self.view.dir);
        self.run(text, false);
        self.end();
    }

    fn paragraph(&mut self, style: &'static str, dir: &str) {
        self.xml.open("w:p", &[]).open("w:pPr", &[]).empty("w:pStyle", &[("w:val", style)]);
        if dir == "rtl" {
            self.xml.empty("w:bidi", &[]);
        }
        self.xml.close();
    }

    fn end(&mut self) {
        self.xml.close().line();
    }

    fn headline(&mut self, headline: &Headline) {
        let Some(href) = &headline.href else { return self.run(&headline.title, false) };
        let id = link_id(self.links.len());
        self.links.push(href.clone());
        self.xml.open("w:hyperlink", &[("r:id", &id), ("w:history", "1")]);
        self.run(&headline.title, false);
        self.xml.close();
    }

    /// Names one after the other, each a run of its own: a run has one direction.
    fn names(&mut self, names: &[String]) {
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                self.run(self.view.comma, false);
            }
            self.name(name, false);
        }
    }

    /// A name in a line of the interface. One that runs the other way is followed by a mark of the line's own
    /// direction: a number after it would otherwise be drawn into it.
    fn name(&mut self, name: &str, bold: bool) {
        self.run(name, bold);
        if is_rtl(name) != (self.view.dir == "rtl") {
            self.run(if self.view.dir == "rtl" { "\u{200f}" } else { "\u{200e}" }, false);
        }
    }

    fn run(&mut self, text: &str, bold: bool) {
        self.xml.open("w:r", &[]).open("w:rPr", &[]);
        if bold {
            self.xml.empty("w:b", &[]).empty("w:bCs", &[]);
        }
        // Marks between Arabic words have no letters of their own: they follow the interface.
        let marks = !text.chars().any(char::is_alphabetic);
        if direction_of(text) == Direction::Rtl || (self.view.dir == "rtl" && marks) {
            self.xml.empty("w:rtl", &[]);
        }
        self.xml.close();
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.xml.empty("w:br", &[]);
            }
            self.xml.element("w:t", &[("xml:space", "preserve")], line);
        }
        self.xml.close();
    }
}

/// A bookmark's name: letters, digits and `_`.
fn bookmark(anchor: &str) -> String {
    format!("b_{}", anchor.replace('-', "_"))
}

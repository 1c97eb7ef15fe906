//! A chart a screen reader can read: a table of names and counts, with a bar between them.

use super::super::view::{Bar, View, is_rtl};
use super::super::xml::Xml;

/// Widths of the columns in twentieths of a point; together the width of a line.
const COLUMNS: [(&str, usize); 3] = [("3600", 3600), ("4800", 4800), ("1012", 1012)];
/// The colour of a bar.
const FILL: &str = "C9B99A";
/// Rows at most: a chart is looked at, the whole list is in the data formats.
const ROWS: usize = 24;

/// A table of bars under the heading of its first column.
pub(super) fn table(xml: &mut Xml, view: &View<'_>, what: &str, bars: &[Bar]) {
    xml.open("w:tbl", &[]).open("w:tblPr", &[]);
    if view.dir == "rtl" {
        xml.empty("w:bidiVisual", &[]);
    }
    let width = COLUMNS.iter().map(|(_, width)| width).sum::<usize>().to_string();
    xml.empty("w:tblW", &[("w:w", &width), ("w:type", "dxa")]);
    xml.empty("w:tblLayout", &[("w:type", "fixed")]).close();
    xml.open("w:tblGrid", &[]);
    for (width, _) in COLUMNS {
        xml.empty("w:gridCol", &[("w:w", width)]);
    }
    xml.close();
    xml.open("w:tr", &[]).open("w:trPr", &[]).empty("w:tblHeader", &[]).close();
    for (at, text) in [view.text(what), "", view.text("articles")].into_iter().enumerate() {
        cell(xml, (at, false), view, text, None);
    }
    xml.close();
    let rows = bars.len().min(ROWS);
    for (at, bar) in (1..).zip(&bars[..rows]) {
        xml.open("w:tr", &[]);
        let last = at == rows;
        cell(xml, (0, last), view, &bar.name, None);
        cell(xml, (1, last), view, "", Some(bar.percent.max(1)));
        cell(xml, (2, last), view, &bar.count.to_string(), None);
        xml.close();
    }
    xml.close().line();
}

/// A cell of a column; with `percent` its paragraph is shaded for that part of the column's width. All rows but the last
/// stay on the page of the next.
fn cell(xml: &mut Xml, (column, last): (usize, bool), view: &View<'_>, text: &str, percent: Option<usize>) {
    let (width, twentieths) = COLUMNS[column];
    xml.open("w:tc", &[]).open("w:tcPr", &[]).empty("w:tcW", &[("w:w", width), ("w:type", "dxa")]).close();
    xml.open("w:p", &[]).open("w:pPr", &[]).empty("w:pStyle", &[("w:val", "Note")]);
    if !last {
        xml.empty("w:keepNext", &[]);
    }
    if let Some(percent) = percent {
        xml.empty("w:shd", &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", FILL)]);
        if view.dir == "rtl" {
            xml.empty("w:bidi", &[]);
        }
        // The margins of a cell, 108 on each side, are not the bar's.
        let left = (twentieths - 216) * (100 - percent.min(100)) / 100;
        xml.empty("w:ind", &[("w:end", &left.to_string())]);
    } else if view.dir == "rtl" {
        xml.empty("w:bidi", &[]);
    }
    xml.close();
    if !text.is_empty() {
        xml.open("w:r", &[]).open("w:rPr", &[]);
        if is_rtl(text) {
            xml.empty("w:rtl", &[]);
        }
        xml.close().element("w:t", &[("xml:space", "preserve")], text).close();
    }
    xml.close().close();
}

//! RSS 2.0 with the Dublin Core terms for what it lacks: who wrote it, in which language, on which bare day.

use kiosque_model::Published;

use super::super::view::{Item, View};
use super::super::xml::Xml;
use super::{content, feed_id, moment, summary};

/// The feed.
pub(in crate::render) fn rss(view: &View<'_>) -> String {
    let mut xml = Xml::new();
    xml.open(
        "rss",
        &[
            ("version", "2.0"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
        ],
    );
    xml.open("channel", &[]).line();
    xml.element("title", &[], &view.full_title).line();
    let id = feed_id(view);
    xml.element("link", &[], if view.brand.site.is_empty() { &id } else { &view.brand.site }).line();
    xml.element("description", &[], &summary(view)).line();
    xml.element("language", &[], view.lang).line();
    if !view.publisher.is_empty() {
        xml.element("dc:publisher", &[], &view.publisher).line();
    }
    xml.element("copyright", &[], &view.all_rights()).line();
    xml.element("lastBuildDate", &[], &rfc_2822(view.at)).line();
    xml.element("generator", &[], "Kiosque").line();
    for item in view.items() {
        entry(&mut xml, item, view);
    }
    xml.finish()
}

fn entry(xml: &mut Xml, item: &Item, view: &View<'_>) {
    xml.open("item", &[]);
    xml.element("title", &[], &item.headline.title);
    if let Some(href) = &item.headline.href {
        xml.element("link", &[], href);
    }
    xml.element("guid", &[("isPermaLink", "false")], &super::urn(&item.id));
    match item.published {
        Some(Published::Day(day)) => drop(xml.element("dc:date", &[], &day.to_string())),
        date => {
            if let Some(at) = moment(date) {
                xml.element("pubDate", &[], &rfc_2822(at));
            }
        }
    }
    for name in &item.by {
        xml.element("dc:creator", &[], name);
    }
    xml.element("dc:source", &[], &item.source);
    if !item.headline.lang.is_empty() {
        xml.element("dc:language", &[], &item.headline.lang);
    }
    xml.element("category", &[], &item.rubrique);
    xml.element("description", &[], &content(item, view));
    xml.close().line();
}

/// `Wed, 07 Oct 2026 17:05:00 +0000`.
fn rfc_2822(at: jiff::Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

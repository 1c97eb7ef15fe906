//! Atom (RFC 4287), whose `xml:lang` says of each title which language it is in.

use super::super::view::{Item, View};
use super::super::xml::Xml;
use super::{content, feed_id, moment, summary};

/// The feed.
pub(in crate::render) fn atom(view: &View<'_>) -> String {
    let mut xml = Xml::new();
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", view.lang)]).line();
    xml.element("id", &[], &feed_id(view)).line();
    xml.element("title", &[], &view.full_title).line();
    xml.element("subtitle", &[], &summary(view)).line();
    xml.element("updated", &[], &view.at.to_string()).line();
    if !view.brand.site.is_empty() {
        xml.empty("link", &[("rel", "alternate"), ("href", &view.brand.site)]).line();
    }
    // Every entry has authors of its own; the feed's speaks for the edition.
    let publisher = if view.publisher.is_empty() { &view.title } else { &view.publisher };
    xml.open("author", &[]).element("name", &[], publisher).close().line();
    xml.element("rights", &[], &view.all_rights()).line();
    xml.element("generator", &[], "Kiosque").line();
    for item in view.items() {
        entry(&mut xml, item, view);
    }
    xml.finish()
}

fn entry(xml: &mut Xml, item: &Item, view: &View<'_>) {
    let lang = [("xml:lang", item.headline.lang.as_str())];
    let lang = if item.headline.lang.is_empty() { &[] } else { &lang[..] };
    xml.open("entry", &[]);
    xml.element("id", &[], &super::urn(&item.id));
    xml.element("title", lang, &item.headline.title);
    if let Some(href) = &item.headline.href {
        xml.empty("link", &[("rel", "alternate"), ("href", href)]);
    }
    let published = moment(item.published);
    if let Some(at) = published {
        xml.element("published", &[], &at.to_string());
    }
    // The element is required; where the page tells no moment it is the edition's own.
    let updated = moment(item.modified).or(published).unwrap_or(view.at);
    let updated = view.corrected.get(&item.number).map_or(updated, |at| updated.max(*at));
    xml.element("updated", &[], &updated.to_string());
    let source = std::slice::from_ref(&item.source);
    for name in if item.by.is_empty() { source } else { &item.by } {
        xml.open("author", &[]).element("name", &[], name).close();
    }
    xml.empty("category", &[("term", item.rubrique_slug), ("label", &item.rubrique)]);
    xml.open("source", &[]).element("title", &[], &item.source).close();
    xml.element("summary", &[("type", "html")], &content(item, view));
    xml.close().line();
}

//! The entry of a feed that is being read, with every address it offers.

use url::Url;

use super::Entry;
use super::builder::Field;

/// The entry being read, with every address it offers.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) entry: Entry,
    pub(super) link: Option<String>,
    pub(super) link_is_page: bool,
    pub(super) original: Option<String>,
    pub(super) id: Option<String>,
    /// What is attached, where it may be a page.
    pub(super) attached: Option<String>,
    pub(super) base: Option<Url>,
}

pub(super) fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

pub(super) fn is_web(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|s| s.eq_ignore_ascii_case("http") || s.eq_ignore_ascii_case("https"))
}

impl Draft {
    /// An RSS link is text; an Atom link an attribute, of which `alternate` leads to the page.
    pub(super) fn offer_link(&mut self, field: &Field, text: String, base: &Url) {
        let Some(href) = attribute(&field.attributes, "href") else {
            if !text.is_empty() && self.link.is_none() {
                self.link = Some(text);
                self.link_is_page = true;
            }
            return;
        };
        let relation = attribute(&field.attributes, "rel").unwrap_or("alternate").trim();
        let relation = relation.rsplit('/').next().unwrap_or_default();
        let is_alternate = relation.is_empty() || relation.eq_ignore_ascii_case("alternate");
        let is_page = attribute(&field.attributes, "type").is_none_or(|kind| kind.contains("html"));
        // The first link to a page, else the first of any type.
        if is_alternate && (self.link.is_none() || (is_page && !self.link_is_page)) {
            let own = attribute(&field.attributes, "xml:base");
            let own = own.and_then(|own| self.base.as_ref().unwrap_or(base).join(own).ok());
            let resolved = own.and_then(|own| own.join(href).ok());
            self.link = Some(resolved.map_or_else(|| href.to_owned(), String::from));
            self.link_is_page = is_page;
        }
    }

    /// A guid is an address where it looks like one of the web, or says that it is one.
    pub(super) fn offer_id(&mut self, field: &Field, text: String, base: &Url) {
        let permanent = attribute(&field.attributes, "ispermalink").map(str::to_ascii_lowercase);
        let stated = permanent.as_deref() == Some("true") && text.starts_with('/');
        let text = if stated { base.join(&text).map_or(text, String::from) } else { text };
        if permanent.as_deref() != Some("false") && !self.id.as_deref().is_some_and(is_web) {
            self.id = Some(text);
        }
    }

    /// Sound, film and pictures are no pages.
    pub(super) fn offer_attached(&mut self, field: &Field) {
        let kind = attribute(&field.attributes, "type").unwrap_or_default();
        let may_be_page = kind.is_empty() || kind.contains("html");
        let address = attribute(&field.attributes, "url").filter(|_| may_be_page);
        self.attached = self.attached.take().or(address.map(str::to_owned));
    }

    /// `mail@host (Name)` of RSS gives the name; a bare mail address gives nothing.
    pub(super) fn add_author(&mut self, text: &str) {
        let name = match text.split_once('(') {
            Some((mail, name)) if mail.contains('@') => name.trim_end_matches(')'),
            _ => text,
        }
        .trim();
        if name.is_empty() || (name.contains('@') && !name.contains(' ')) {
            return;
        }
        let so_far = self.entry.author.get_or_insert_default();
        if !so_far.split(", ").any(|n| n == name) {
            if !so_far.is_empty() {
                so_far.push_str(", ");
            }
            so_far.push_str(name);
        }
    }
}

//! Builds a feed from the steps of its XML, forgiving what can be forgiven.
//!
//! Elements are told by name alone, not by nesting: in a broken feed nesting means nothing. A field ends at its
//! closing tag, or where the next field begins.

use url::Url;

use super::{Entry, Feed, FeedError, FeedKind};
use crate::date::parse_date;
use crate::quiet::Quiet;
use crate::xml::{Step, plain};

/// What is being read at the moment.
#[derive(Default)]
struct Field {
    name: String,
    text: String,
    attributes: Vec<(String, String)>,
}

/// The entry being read, with every address it offers.
#[derive(Default)]
struct Draft {
    entry: Entry,
    link: Option<String>,
    link_is_page: bool,
    original: Option<String>,
    id: Option<String>,
    base: Option<Url>,
}

/// The feed so far.
pub(super) struct Builder {
    base: Url,
    kind: Option<FeedKind>,
    title: Option<String>,
    entries: Vec<Entry>,
    draft: Option<Draft>,
    field: Option<Field>,
    ttl: Option<u32>,
    quiet: Quiet,
    period: Option<u32>,
    frequency: u32,
}

/// Elements whose inside is of no interest, and may look like fields.
const OPAQUE: [&str; 12] = [
    "description",
    "summary",
    "content",
    "encoded",
    "source",
    "image",
    "textinput",
    "contributor",
    "generator",
    "rights",
    "copyright",
    "group",
];
const FIELDS: [&str; 24] = [
    "title",
    "link",
    "guid",
    "id",
    "origlink",
    "pubdate",
    "published",
    "issued",
    "created",
    "date",
    "updated",
    "modified",
    "author",
    "creator",
    "name",
    "category",
    "subject",
    "ttl",
    "hour",
    "day",
    "updateperiod",
    "updatefrequency",
    "lastbuilddate",
    "email",
];

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

impl Builder {
    pub(super) fn new(base: Url) -> Self {
        Self {
            base,
            kind: None,
            title: None,
            entries: Vec::new(),
            draft: None,
            field: None,
            ttl: None,
            quiet: Quiet::default(),
            period: None,
            frequency: 1,
        }
    }

    pub(super) fn take(&mut self, step: Step) -> bool {
        match step {
            Step::Text(text) => {
                if let Some(field) = &mut self.field {
                    field.text.push_str(&text);
                }
            }
            Step::Open { name, attributes } => self.open(name, attributes),
            Step::Close { name } => self.close(&name),
        }
        true
    }

    fn open(&mut self, name: String, attributes: Vec<(String, String)>) {
        let kind = match name.as_str() {
            "rss" | "channel" => Some(FeedKind::Rss),
            "rdf" => Some(FeedKind::Rdf),
            "feed" => Some(FeedKind::Atom),
            _ => None,
        };
        if kind.is_some() || matches!(name.as_str(), "item" | "entry") {
            self.commit_field();
            self.kind = self.kind.or(kind);
        }
        if matches!(name.as_str(), "item" | "entry") {
            self.commit_entry();
            let about = attribute(&attributes, "rdf:about").map(str::to_owned);
            let base = attribute(&attributes, "xml:base").and_then(|b| self.base.join(b).ok());
            self.draft = Some(Draft { id: about, base, ..Draft::default() });
            return;
        }
        if kind.is_some() {
            if let Some(base) = attribute(&attributes, "xml:base").and_then(|b| self.base.join(b).ok()) {
                self.base = base;
            }
            return;
        }
        let inside_opaque = self.field.as_ref().is_some_and(|f| OPAQUE.contains(&f.name.as_str()));
        let is_known = FIELDS.contains(&name.as_str()) || OPAQUE.contains(&name.as_str());
        // In an Atom title of type xhtml nothing inside is a field; a tag of that name means ours was not closed.
        if is_known && !inside_opaque {
            self.commit_field();
            self.field = Some(Field { name, text: String::new(), attributes });
        } else if let Some(field) = self.field.as_mut().filter(|f| f.name == "title") {
            field.text.push(' ');
        }
    }

    fn close(&mut self, name: &str) {
        if matches!(name, "item" | "entry") {
            self.commit_field();
            self.commit_entry();
        } else if self.field.as_ref().is_some_and(|f| f.name == name) {
            self.commit_field();
        }
    }

    fn commit_field(&mut self) {
        let Some(field) = self.field.take() else { return };
        let text = plain(&field.text);
        let Some(draft) = &mut self.draft else {
            self.commit_feed_field(&field.name, text);
            return;
        };
        match field.name.as_str() {
            "link" => draft.offer_link(&field, text),
            "id" | "guid" => {
                let names_itself = attribute(&field.attributes, "ispermalink") != Some("false");
                draft.id = draft.id.take().or(Some(text).filter(|_| names_itself));
            }
            "origlink" => draft.original = Some(text),
            "pubdate" | "published" | "issued" | "created" | "date" => {
                draft.entry.published = draft.entry.published.or_else(|| parse_date(&text));
            }
            "updated" | "modified" => draft.entry.updated = draft.entry.updated.or_else(|| parse_date(&text)),
            "title" if draft.entry.title.is_none() => {
                draft.entry.title = Some(text).filter(|t| !t.is_empty());
            }
            "author" | "creator" | "name" => draft.add_author(&text),
            "category" | "subject" => {
                let label = attribute(&field.attributes, "label").or(attribute(&field.attributes, "term"));
                let label = label.map_or(text, plain);
                if !label.is_empty() && !draft.entry.categories.contains(&label) {
                    draft.entry.categories.push(label);
                }
            }
            _ => {}
        }
    }

    fn commit_feed_field(&mut self, name: &str, text: String) {
        match name {
            "title" if self.title.is_none() => self.title = Some(text).filter(|t| !t.is_empty()),
            "ttl" => self.ttl = text.parse().ok(),
            "hour" => self.quiet.add_hour(&text),
            "day" => self.quiet.add_day(&text),
            "updatefrequency" => self.frequency = text.parse().unwrap_or(1).max(1),
            "updateperiod" => {
                self.period = match text.to_ascii_lowercase().as_str() {
                    "hourly" => Some(60),
                    "daily" => Some(24 * 60),
                    "weekly" => Some(7 * 24 * 60),
                    _ => None,
                }
            }
            _ => {}
        }
    }

    fn commit_entry(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        let base = draft.base.as_ref().unwrap_or(&self.base);
        let id = draft.id.filter(|id| id.starts_with("http://") || id.starts_with("https://"));
        let offered = [draft.original, draft.link, id];
        let url = offered.iter().flatten().filter(|u| !u.is_empty()).find_map(|u| base.join(u).ok());
        if let Some(url) = url.filter(Url::has_host) {
            let mut entry = draft.entry;
            entry.url = url.into();
            entry.published = entry.published.or(entry.updated);
            self.entries.push(entry);
        }
    }

    pub(super) fn finish(mut self) -> Result<Feed, FeedError> {
        // An address the end cut off in its middle is another address.
        self.field = self.field.take().filter(|f| !matches!(f.name.as_str(), "link" | "guid" | "id"));
        self.commit_field();
        self.commit_entry();
        if self.kind.is_none() && self.entries.is_empty() {
            return Err(FeedError::NoFeed("it has neither a feed's root nor an entry"));
        }
        Ok(Feed {
            kind: self.kind.unwrap_or(FeedKind::Rss),
            title: self.title,
            entries: self.entries,
            quiet: self.quiet,
            ttl_minutes: self.ttl.or(self.period.map(|minutes| minutes / self.frequency)),
        })
    }
}

impl Draft {
    /// An RSS link is text; an Atom link an attribute, of which `alternate` leads to the page.
    fn offer_link(&mut self, field: &Field, text: String) {
        let Some(href) = attribute(&field.attributes, "href") else {
            if !text.is_empty() && self.link.is_none() {
                self.link = Some(text);
                self.link_is_page = true;
            }
            return;
        };
        let is_alternate = attribute(&field.attributes, "rel").unwrap_or("alternate") == "alternate";
        let is_page = attribute(&field.attributes, "type").is_none_or(|kind| kind.contains("html"));
        // The first link to a page, else the first of any type.
        if is_alternate && (self.link.is_none() || (is_page && !self.link_is_page)) {
            self.link = Some(href.to_owned());
            self.link_is_page = is_page;
        }
    }

    /// `mail@host (Name)` of RSS gives the name; a bare mail address gives nothing.
    fn add_author(&mut self, text: &str) {
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

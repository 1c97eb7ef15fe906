//! Builds a feed from the steps of its XML, forgiving what can be forgiven.
//!
//! Elements are told by name alone, not by nesting: in a broken feed nesting means nothing. A field ends at its
//! closing tag, or where the next field begins. What stands inside a description is no field of the entry, unless the
//! description has no end: then what seemed to be inside is read again as what follows it.

use url::Url;

use super::draft::{Draft, attribute, is_web};
use super::{Entry, Feed, FeedError, FeedKind};
use crate::date::parse_date;
use crate::quiet::Quiet;
use crate::xml::{Step, plain};

/// What is being read at the moment.
#[derive(Default)]
pub(super) struct Field {
    name: String,
    text: String,
    pub(super) attributes: Vec<(String, String)>,
    /// What stood inside, where that is of no interest unless the end is missing.
    inside: Vec<Step>,
}

impl Field {
    fn is_opaque(&self) -> bool {
        OPAQUE.contains(&self.name.as_str())
    }
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
    language: Option<String>,
    /// Descriptions without an end that were read again, in this entry.
    reread: usize,
    /// A link with nothing in it has just ended: its address may follow it, as HTML's `<link>` has no end.
    address_follows: bool,
    /// For each entry, the address its id is.
    ids: Vec<Option<Url>>,
}

/// Descriptions without an end that are read again in one entry: each reading looks at what follows once more.
const MAX_REREAD: usize = 8;

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
const FIELDS: [&str; 26] = [
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
    "language",
    "enclosure",
];

/// Elements that hold entries, or are entries.
fn is_frame(name: &str) -> bool {
    matches!(name, "rss" | "rdf" | "feed" | "channel" | "item" | "entry")
}

/// The address a link means: from the feed's own, or with the scheme that `www.gazette.example/1` lacks.
fn resolve(base: &Url, link: &str) -> Option<Url> {
    let host = base.host_str().unwrap_or_default();
    let bare = link.get(..4).is_some_and(|www| www.eq_ignore_ascii_case("www."))
        || link.strip_prefix(host).is_some_and(|rest| rest.starts_with('/'));
    if bare { Url::parse(&format!("{}://{link}", base.scheme())).ok() } else { base.join(link).ok() }
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
            language: None,
            reread: 0,
            address_follows: false,
            ids: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, step: Step) -> bool {
        if let Some(field) = self.field.as_mut().filter(|field| field.is_opaque()) {
            match &step {
                Step::Close { name } if *name == field.name => self.field = None,
                Step::Open { name, .. } | Step::Close { name } if is_frame(name) || *name == field.name => {
                    self.reread();
                    return self.take(step);
                }
                _ => field.inside.push(step),
            }
            return true;
        }
        match step {
            Step::Text(text) => {
                if let Some(field) = &mut self.field {
                    field.text.push_str(&text);
                } else if let Some(draft) = self.draft.as_mut().filter(|_| self.address_follows) {
                    draft.link = draft.link.take().or(Some(plain(&text)).filter(|text| is_web(text)));
                }
            }
            Step::Open { name, attributes } => {
                self.address_follows = false;
                self.open(name, attributes);
            }
            Step::Close { name } => self.close(&name),
        }
        true
    }

    /// The end of a description is missing: what seemed to be inside follows it.
    fn reread(&mut self) {
        while let Some(field) = self.field.take_if(|field| field.is_opaque()) {
            self.reread += 1;
            if self.reread > MAX_REREAD {
                return;
            }
            for step in field.inside {
                self.take(step);
            }
        }
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
            let about = attributes.iter().find(|(key, _)| key == "about" || key.ends_with(":about"));
            let about = about.map(|(_, value)| value.clone());
            let base = attribute(&attributes, "xml:base").and_then(|b| self.base.join(b).ok());
            // Of CDF, where the entry itself is the link.
            let link = attribute(&attributes, "href").map(str::to_owned);
            let updated = attribute(&attributes, "lastmod").and_then(|at| parse_date(at, None));
            let entry = Entry { updated, ..Entry::default() };
            self.draft = Some(Draft { entry, id: about, base, link, ..Draft::default() });
            return;
        }
        if kind.is_some() {
            if let Some(base) = attribute(&attributes, "xml:base").and_then(|b| self.base.join(b).ok()) {
                self.base = base;
            }
            self.language = self.language.take().or(attribute(&attributes, "xml:lang").map(str::to_owned));
            return;
        }
        let is_known = FIELDS.contains(&name.as_str()) || OPAQUE.contains(&name.as_str());
        // In an Atom title of type xhtml nothing inside is a field; a tag of that name means ours was not closed.
        if is_known {
            self.commit_field();
            self.field = Some(Field { name, attributes, ..Field::default() });
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
        let language = self.language.as_deref();
        let Some(draft) = &mut self.draft else {
            self.commit_feed_field(&field.name, text);
            return;
        };
        match field.name.as_str() {
            "link" => {
                self.address_follows = text.is_empty() && field.attributes.is_empty();
                draft.offer_link(&field, text, &self.base);
            }
            "enclosure" => draft.offer_attached(&field),
            "id" | "guid" => draft.offer_id(&field, text, &self.base),
            "origlink" => draft.original = Some(text),
            "pubdate" | "published" | "issued" | "created" | "date" => {
                draft.entry.published = draft.entry.published.or_else(|| parse_date(&text, language));
            }
            "updated" | "modified" => {
                draft.entry.updated = draft.entry.updated.or_else(|| parse_date(&text, language));
            }
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
            "language" => self.language = self.language.take().or(Some(text)),
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
        self.reread = 0;
        let Some(draft) = self.draft.take() else { return };
        let base = draft.base.as_ref().unwrap_or(&self.base);
        let id = draft.id.filter(|id| is_web(id));
        let own = id.as_deref().and_then(|id| Url::parse(id).ok());
        let offered = [draft.original, draft.link, id, draft.attached];
        let url = offered.iter().flatten().filter(|u| !u.is_empty()).find_map(|u| resolve(base, u));
        if let Some(url) = url.filter(Url::has_host) {
            let mut entry = draft.entry;
            entry.url = url.into();
            entry.published = entry.published.or(entry.updated);
            self.entries.push(entry);
            self.ids.push(own);
        }
    }

    /// Where all links are one, the home page as a rule, and the ids are addresses apart, these lead to the articles.
    fn prefer_ids(&mut self) {
        let [first, others @ ..] = self.entries.as_slice() else { return };
        let mut ids: Vec<&Url> = self.ids.iter().flatten().collect();
        ids.sort();
        ids.dedup();
        if others.is_empty() || ids.len() < self.entries.len() || others.iter().any(|e| e.url != first.url) {
            return;
        }
        for (entry, id) in self.entries.iter_mut().zip(self.ids.drain(..)) {
            entry.url = id.map_or_else(|| std::mem::take(&mut entry.url), String::from);
        }
    }

    pub(super) fn finish(mut self) -> Result<Feed, FeedError> {
        // An address the end cut off in its middle is another address.
        let is_address =
            |field: &mut Field| matches!(field.name.as_str(), "link" | "guid" | "id" | "origlink");
        self.reread();
        self.field.take_if(is_address);
        self.commit_field();
        self.commit_entry();
        self.prefer_ids();
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

//! A rule on a page: what it drops is taken out of the tree, what it selects is kept with its place in the page.

use jiff::Timestamp;
use kiosque_model::{Article, Published};
use scraper::{ElementRef, Html};

use super::{Pick, RuleReport, SiteRule};
use crate::block::Shape;
use crate::body::Body;
use crate::date::machine;
use crate::dom::Dom;
use crate::meta::title::Title;
use crate::meta::{Evidence, disagree, names, note};
use crate::text::{squeeze, unescape};

/// Most elements one key takes.
const MAX_ELEMENTS: usize = 200;
/// A longer line is text, whatever field it also holds.
const MAX_FIELD_CHARS: usize = 200;

/// What the selectors of a rule found.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// The title with its node, where it is an element's text.
    pub(crate) title: Option<(String, Option<usize>)>,
    pub(crate) kicker: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) published: Option<Published>,
    pub(crate) section: Option<String>,
    pub(crate) standfirst: Vec<usize>,
    pub(crate) body: Vec<usize>,
    /// Where the other fields stand: their lines are none of the body's.
    fields: Vec<usize>,
    /// Where the rule stands, for provenance: `rule:gazette.toml`.
    pub(crate) from: String,
    pub(crate) report: Option<RuleReport>,
}

impl SiteRule {
    /// Takes out of a page what the rule drops; whether anything went.
    pub(crate) fn drop_from(&self, html: &mut Html) -> bool {
        let mut doomed = Vec::new();
        for pick in &self.select.drop {
            doomed.extend(html.select(&pick.selector).take(MAX_ELEMENTS).map(|element| element.id()));
        }
        for id in &doomed {
            if let Some(mut node) = html.tree.get_mut(*id) {
                node.detach();
            }
        }
        !doomed.is_empty()
    }

    /// Reads what the rule selects.
    pub(crate) fn read(
        &self,
        html: &Html,
        dom: &Dom<'_>,
        fetched_at: Timestamp,
        (host, dropped): (&str, bool),
    ) -> Hits {
        let select = &self.select;
        let first = |picks: &[Pick]| texts(html, picks).into_iter().next();
        let node = |element: ElementRef<'_>| dom.find(element.value());
        let places =
            |picks: &[Pick]| -> Vec<usize> { elements(html, picks).into_iter().filter_map(node).collect() };
        let titled = first(&select.title).map(|(text, element)| (text, element.and_then(node)));
        let date = texts(html, &select.date).into_iter().find_map(|(text, _)| machine(&text, fetched_at));
        let fields = [&select.title, &select.kicker, &select.author, &select.date, &select.section];
        let fields = fields.into_iter().flat_map(|picks| places(picks)).collect();
        let mut hits = Hits {
            fields,
            title: titled,
            kicker: first(&select.kicker).map(|(text, _)| text),
            authors: texts(html, &select.author).into_iter().map(|(text, _)| text).collect(),
            published: date,
            section: first(&select.section).map(|(text, _)| text),
            standfirst: places(&select.standfirst),
            body: places(&select.body),
            from: format!("rule:{}", self.file),
            report: None,
        };
        let found = |key: &str| match key {
            "title" => hits.title.is_some(),
            "kicker" => hits.kicker.is_some(),
            "author" => !hits.authors.is_empty(),
            "date" => hits.published.is_some(),
            "section" => hits.section.is_some(),
            "standfirst" => !hits.standfirst.is_empty(),
            "body" => !hits.body.is_empty(),
            _ => dropped,
        };
        let (used, idle) = self.keys().into_iter().partition(|key| found(key));
        hits.report = Some(RuleReport { file: self.file.clone(), host: host.to_owned(), used, idle });
        hits
    }
}

impl Hits {
    /// Puts the selected title, and where it stands, before the one chosen.
    pub(crate) fn lead(&self, title: &mut Title) {
        if let Some((text, node)) = &self.title {
            title.others.extend(title.text.replace(text.clone()).map(|old| (old, title.from.to_owned())));
            title.node = node.or(title.node);
            title.from = "rule";
        }
    }

    /// The body that the rule selects, as it stands: nothing is left out but captions and the lines of other
    /// fields. None where it selects none.
    pub(crate) fn body(&self, evidence: &Evidence<'_, '_>) -> Option<Body> {
        let lines = |nodes: &[usize]| -> Vec<usize> {
            let mut all: Vec<usize> =
                nodes.iter().flat_map(|&node| evidence.blocks.within(evidence.dom, node)).collect();
            all.sort_unstable();
            all.dedup();
            all.retain(|&i| evidence.blocks.list[i].shape != Shape::Caption);
            all
        };
        let standfirst = lines(&self.standfirst);
        let mut body = lines(&self.body);
        let is_field = |i: usize| {
            let block = &evidence.blocks.list[i];
            let holds = |&n: &usize| n < block.to && evidence.dom.nodes[n].end > block.from;
            block.chars < MAX_FIELD_CHARS && self.fields.iter().any(holds)
        };
        body.retain(|&i| !standfirst.contains(&i) && !is_field(i));
        (!body.is_empty()).then(|| Body { standfirst, lines: body, ..Body::default() })
    }

    /// Puts what the rule selects before what was found, and keeps the other as a conflict.
    pub(crate) fn overrule(&self, article: &mut Article) {
        if self.title.is_some() {
            note(article, "title", &self.from);
        }
        if !self.body.is_empty() {
            note(article, "text", &self.from);
        }
        if let Some(kicker) = &self.kicker {
            article.kicker = Some(kicker.clone());
            note(article, "kicker", &self.from);
        }
        if let Some(section) = &self.section {
            let old = article.section.replace(section.clone());
            let from = article.provenance.get("section").cloned().unwrap_or_default();
            disagree(article, "section", section, old.map(|old| (old, from)));
            note(article, "section", &self.from);
        }
        if let Some(date) = self.published {
            let old = article.published.replace(date).filter(|old| old.day() != date.day());
            let from = article.provenance.get("published").cloned().unwrap_or_default();
            disagree(article, "published", &date.to_string(), old.map(|old| (old.to_string(), from)));
            note(article, "published", &self.from);
        }
        self.sign(article);
    }

    fn sign(&self, article: &mut Article) {
        if self.authors.is_empty() {
            return;
        }
        let (mut persons, mut agencies) = (Vec::new(), Vec::new());
        for text in &self.authors {
            let signed = names::read(text, &[]);
            // A name no general rule takes for one is what the rule is there for.
            if signed == names::Signed::default() {
                persons.push(text.clone());
            }
            persons.extend(signed.persons);
            agencies.extend(signed.agencies);
        }
        let old = std::mem::replace(&mut article.authors, persons).join(", ");
        let from = article.provenance.remove("authors").unwrap_or_default();
        if !article.authors.is_empty() {
            disagree(article, "authors", &article.authors.join(", "), [(old, from)]);
            note(article, "authors", &self.from);
        }
        if !agencies.is_empty() {
            article.agencies = agencies;
            note(article, "agencies", &self.from);
        }
    }
}

/// The elements of the first selector that finds any.
fn elements<'h>(html: &'h Html, picks: &[Pick]) -> Vec<ElementRef<'h>> {
    let found =
        |pick: &Pick| -> Vec<ElementRef<'h>> { html.select(&pick.selector).take(MAX_ELEMENTS).collect() };
    picks.iter().map(found).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The texts, or attributes, of the first selector that finds any, each with its element where it is text.
fn texts<'h>(html: &'h Html, picks: &[Pick]) -> Vec<(String, Option<ElementRef<'h>>)> {
    let read = |pick: &Pick| -> Vec<(String, Option<ElementRef<'h>>)> {
        let found = html.select(&pick.selector).take(MAX_ELEMENTS);
        let text = |element: ElementRef<'h>| match &pick.attribute {
            Some(name) => (squeeze(&unescape(element.attr(name).unwrap_or_default())), None),
            None => (squeeze(&element.text().collect::<Vec<_>>().join(" ")), Some(element)),
        };
        found.map(text).filter(|(text, _)| !text.is_empty()).collect()
    };
    picks.iter().map(read).find(|found| !found.is_empty()).unwrap_or_default()
}

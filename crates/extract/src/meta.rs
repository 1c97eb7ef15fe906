//! The fields of an article beside its body, each chosen among the page's statements with its provenance.

mod agencies;
pub(crate) mod authors;
mod byline;
pub(crate) mod head;
pub(crate) mod image;
pub(crate) mod jsonld;
mod kicker;
mod lines;
pub(crate) mod names;
mod scripted;
pub(crate) mod section;
mod seen;
pub(crate) mod subject;
pub(crate) mod title;
pub(crate) mod undated;
pub(crate) mod when;

use std::cell::OnceCell;

use jiff::Timestamp;
use kiosque_model::{Article, Conflict, Page};
use url::Url;

use crate::block::Blocks;
use crate::dom::Dom;
use crate::role::Roles;
use crate::text::fold;
use head::Head;
use jsonld::Declared;

/// Everything a field is read from.
pub(crate) struct Evidence<'e, 'a> {
    pub(crate) page: &'e Page,
    /// The page's own address.
    pub(crate) url: &'e Url,
    /// What its links are relative to: its address, or what its `<base>` says.
    pub(crate) base: &'e Url,
    /// The decoded page as it came, with the scripts the sieve cuts.
    pub(crate) source: &'e str,
    pub(crate) dom: &'e Dom<'a>,
    pub(crate) blocks: &'e Blocks,
    pub(crate) roles: &'e [Roles],
    /// The roles of each node and all its ancestors.
    pub(crate) above: &'e [Roles],
    pub(crate) head: &'e Head<'a>,
    pub(crate) declared: &'e Declared,
    /// The elements that name authors, and whether plainly so; found once, on demand.
    pub(crate) marked: OnceCell<Vec<(usize, bool)>>,
    /// Folded names under which the outlet may sign: its name, its publisher, the labels of its host.
    pub(crate) outlets: &'e [String],
}

/// The outlet's name as the page states it, and where.
pub(crate) fn site_name(head: &Head<'_>, declared: &Declared) -> Option<(String, &'static str)> {
    head.meta_of(&["og:site_name"])
        .map(|(name, _)| (name, "og:site_name"))
        .or_else(|| declared.publisher.clone().map(|name| (name, "json-ld")))
        .or_else(|| {
            head.meta_of(&["application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone"])
        })
}

/// What [`Evidence::outlets`] holds.
pub(crate) fn outlets(head: &Head<'_>, declared: &Declared, url: &Url) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    names.extend(site_name(head, declared).map(|(name, _)| fold(&name)));
    names.extend(declared.publisher.as_deref().map(fold));
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.");
    names.push(fold(host));
    names.extend(host.split('.').filter(|label| label.len() > 3).map(fold));
    names.retain(|name| name.chars().count() > 1);
    names.sort();
    names.dedup();
    names
}

impl Evidence<'_, '_> {
    pub(crate) fn fetched_at(&self) -> Timestamp {
        self.page.fetched_at
    }

    /// Whether a node stands in comments, teasers or menus; a frame so called around `anchor` too says nothing.
    pub(crate) fn is_foreign(&self, node: usize, anchor: usize) -> bool {
        let foreign = Roles(Roles::COMMENTS.0 | Roles::RELATED.0 | Roles::NAV.0);
        self.above[node].has(foreign)
            && self.dom.ancestors(node).any(|n| self.roles[n].has(foreign) && !self.dom.is_within(anchor, n))
    }
}

/// Records where a field came from.
pub(crate) fn note(article: &mut Article, field: &str, from: &str) {
    article.provenance.insert(field.to_owned(), from.to_owned());
}

/// Keeps values not taken that say something else.
pub(crate) fn disagree(
    article: &mut Article,
    field: &str,
    taken: &str,
    others: impl IntoIterator<Item = (String, String)>,
) {
    let mut seen = vec![fold(taken)];
    for (value, from) in others {
        let folded = fold(&value);
        if !folded.is_empty() && !seen.contains(&folded) && seen.len() < 5 {
            seen.push(folded);
            article.conflicts.push(Conflict { field: field.to_owned(), value, from });
        }
    }
}

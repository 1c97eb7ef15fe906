//! A small invented press of its own: the outlets, pages and feeds of the demo.
//!
//! Data and one pure function, [`Press::respond`], from a request to an answer: it reads no clock, opens no
//! socket and keeps no state, so that a demo and a test see the same press every time. Everything in it is
//! invented (outlets, people, events) and lives under the reserved TLD `.example` (RFC 2606). With the news
//! come the accidents of the real web: old charsets, broken feeds, moved pages, copies, paywalls.

mod calendar;
mod feeds;
mod outlet;
mod pages;
mod respond;

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use kiosque_model::Rubrique;

use outlet::Paper;
pub use outlet::{FeedKind, Outlet};

/// The days the press covers, in order: a Tuesday and a Wednesday.
pub const DAYS: [Date; 2] = [date(2026, 10, 6), date(2026, 10, 7)];

/// The last day of [`DAYS`].
#[must_use]
pub const fn latest_day() -> Date {
    DAYS[1]
}

/// How far the press has got: each hour publishes what came before it and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hour {
    /// The evening of the first day.
    FirstDay,
    /// Noon and a half of the second day.
    SecondMorning,
    /// The evening of the second day: the corrections of the afternoon are in.
    SecondAfternoon,
}

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The host asked for, with or without a port.
    pub host: String,
    /// Path and query, e.g. `/article.php?id=3`.
    pub target: String,
    /// Header fields, names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// What the press answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields, names in lower case. `content-length` is left to the server.
    pub headers: BTreeMap<String, String>,
    /// The body, in the charset and content coding the headers name (or pretend).
    pub body: Vec<u8>,
    /// How long the host takes before it answers, in milliseconds.
    pub delay_ms: u64,
}

/// What a reader would say of one article page; the measure for the stages that guess it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The page's own address.
    pub url: String,
    /// The rubrique it belongs to.
    pub rubrique: Rubrique,
    /// A key shared by all pages on the same event, where there are several.
    pub story: Option<String>,
    /// The address of the text this page reprints.
    pub copy_of: Option<String>,
}

/// The whole press, parsed and ready to answer.
pub struct Press {
    papers: Vec<Paper>,
    outlets: Vec<Outlet>,
    layouts: minijinja::Environment<'static>,
}

impl Default for Press {
    fn default() -> Self {
        Self::new()
    }
}

impl Press {
    /// Reads the embedded data.
    #[must_use]
    pub fn new() -> Self {
        let papers = outlet::papers();
        let outlets = papers.iter().map(Paper::outlet).collect();
        Self { papers, outlets, layouts: pages::layouts() }
    }

    /// The outlets, in the order they are to be shown.
    #[must_use]
    pub fn outlets(&self) -> &[Outlet] {
        &self.outlets
    }

    /// Answers a request as the outlet of that host would at that hour; 404 for anything unknown. The same
    /// request always gets the same answer. Conditional requests follow RFC 9110 §13.
    #[must_use]
    pub fn respond(&self, hour: Hour, request: &Request) -> Answer {
        respond::respond(self, hour, request)
    }

    /// What is true of every article page a well-behaved crawler can reach by the last hour.
    #[must_use]
    pub fn truth(&self) -> Vec<Truth> {
        let reachable = |paper: &Paper, path: &str| !paper.forbids.iter().any(|p| path.starts_with(p));
        self.papers
            .iter()
            .flat_map(|paper| paper.articles.iter().map(move |article| (paper, article)))
            .filter(|(paper, article)| reachable(paper, &paper.path_of(article)))
            .map(|(paper, article)| Truth {
                url: paper.url_of(article),
                rubrique: article.rubrique,
                story: article.story.clone(),
                copy_of: article.copy_of.as_deref().map(|reference| self.resolve(reference)),
            })
            .collect()
    }

    /// The address of `outlet/slug`.
    fn resolve(&self, reference: &str) -> String {
        reference
            .split_once('/')
            .and_then(|(id, slug)| {
                let paper = self.papers.iter().find(|paper| paper.id == id)?;
                paper.articles.iter().find(|article| article.slug == slug).map(|a| paper.url_of(a))
            })
            .expect("the data names only articles it has, which a test checks")
    }
}

#[cfg(test)]
mod tests;

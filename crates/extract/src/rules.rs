//! Site rules: for the few sites no general rule reads well, a TOML file per site says by selectors where things are.
//!
//! Pure like the rest of the crate: text comes in as [`RuleSet::parse`], pages are read with [`extract_with`](crate::extract_with),
//! and [`Rules`] lets a running process swap one set for another. Invariant: a set is whole, every mistake of every
//! file is told or there is no set; an empty set changes nothing.

mod apply;
mod parse;
mod proof;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use scraper::Selector;
use url::Url;

pub(crate) use apply::Hits;
pub use proof::RuleTest;

/// A mistake in a rule file, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` line {line}, key `{key}`: {message}")]
pub struct RuleError {
    /// The file as it was named to [`RuleSet::parse`].
    pub file: String,
    /// The key, with its table: `select.title`. Empty where the file is no TOML.
    pub key: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// One selector, and the attribute to read instead of the text: `time.parution@datetime`.
#[derive(Debug, Clone)]
pub(crate) struct Pick {
    pub(crate) selector: Selector,
    pub(crate) attribute: Option<String>,
}

/// What a rule selects: for each field selectors in the order they are tried.
#[derive(Debug, Clone, Default)]
pub(crate) struct Select {
    pub(crate) title: Vec<Pick>,
    pub(crate) kicker: Vec<Pick>,
    pub(crate) standfirst: Vec<Pick>,
    pub(crate) author: Vec<Pick>,
    pub(crate) date: Vec<Pick>,
    pub(crate) section: Vec<Pick>,
    pub(crate) body: Vec<Pick>,
    /// All of them at once: what they match is taken out before anything is read.
    pub(crate) drop: Vec<Pick>,
}

impl Select {
    /// Every key with its selectors.
    fn keys(&self) -> [(&'static str, &[Pick]); 8] {
        [
            ("title", &self.title),
            ("kicker", &self.kicker),
            ("standfirst", &self.standfirst),
            ("author", &self.author),
            ("date", &self.date),
            ("section", &self.section),
            ("body", &self.body),
            ("drop", &self.drop),
        ]
    }
}

/// The rule of one site.
#[derive(Debug, Clone)]
pub struct SiteRule {
    file: String,
    hosts: Vec<String>,
    select: Select,
    tests: Vec<RuleTest>,
}

impl SiteRule {
    /// The file it was written in.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The hosts it is for, in lower case; `*.gazette.example` stands for every host below.
    #[must_use]
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The keys of `[select]` it has selectors for.
    #[must_use]
    pub fn keys(&self) -> Vec<&'static str> {
        self.select.keys().into_iter().filter(|(_, picks)| !picks.is_empty()).map(|(key, _)| key).collect()
    }

    /// Its own test pages.
    #[must_use]
    pub fn tests(&self) -> &[RuleTest] {
        &self.tests
    }
}

/// What a rule did on a page, for `kiosque probe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleReport {
    /// The file of the rule.
    pub file: String,
    /// The host by which it was found, as the file writes it.
    pub host: String,
    /// The keys whose selectors found something.
    pub used: Vec<&'static str>,
    /// The keys whose selectors found nothing: the site has changed, or the page is of another kind.
    pub idle: Vec<&'static str>,
}

/// The rules in force. Empty by default.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<SiteRule>,
    /// Host, or the domain of `*.domain` with its dot, to a place in `rules`.
    by_host: HashMap<String, usize>,
}

impl RuleSet {
    /// Reads rule files, each as its name and its text.
    ///
    /// # Errors
    /// Every mistake of every file, in their order: TOML, keys, selectors, and hosts that two rules claim.
    pub fn parse<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, Vec<RuleError>> {
        let (mut set, mut errors) = (Self::default(), Vec::new());
        for (file, text) in files {
            match parse::rule(file, text) {
                Ok((rule, hosts_line)) => set.add(rule, hosts_line, &mut errors),
                Err(more) => errors.extend(more),
            }
        }
        if errors.is_empty() { Ok(set) } else { Err(errors) }
    }

    fn add(&mut self, rule: SiteRule, line: usize, errors: &mut Vec<RuleError>) {
        for host in &rule.hosts {
            let key = host.strip_prefix('*').unwrap_or(host).to_owned();
            if let Some(other) = self.by_host.insert(key, self.rules.len()).and_then(|at| self.rules.get(at))
            {
                errors.push(RuleError {
                    file: rule.file.clone(),
                    key: "hosts".to_owned(),
                    line,
                    message: format!("`{host}` has a rule already, in `{}`", other.file),
                });
            }
        }
        self.rules.push(rule);
    }

    /// The rule for an address: of its host, with or without `www.`, else of the nearest domain above it.
    #[must_use]
    pub fn find(&self, url: &Url) -> Option<&SiteRule> {
        self.found(url).map(|(rule, _)| rule)
    }

    pub(crate) fn found(&self, url: &Url) -> Option<(&SiteRule, &str)> {
        if self.rules.is_empty() {
            return None;
        }
        let host = url.host_str()?.to_ascii_lowercase();
        let bare = host.strip_prefix("www.").unwrap_or(&host);
        let below = std::iter::successors(Some(bare), |rest| rest.split_once('.').map(|(_, rest)| rest));
        let above = below.skip(1).map(|domain| format!(".{domain}"));
        let keys = [host.clone(), bare.to_owned(), format!("www.{bare}")].into_iter().chain(above);
        keys.filter_map(|key| self.by_host.get_key_value(&key)).find_map(|(key, at)| {
            let rule = self.rules.get(*at)?;
            let written =
                rule.hosts.iter().find(|host| host.strip_prefix('*').unwrap_or(host) == key.as_str())?;
            Some((rule, written.as_str()))
        })
    }

    /// Every rule, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = &SiteRule> {
        self.rules.iter()
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// The rules of a running process: read by every page, swapped whole when the files change.
///
/// A reader holds the set it began with, so a page is never read by half of one set and half of another.
#[derive(Debug, Default)]
pub struct Rules(RwLock<Arc<RuleSet>>);

impl Rules {
    /// Rules that begin with a set.
    #[must_use]
    pub fn new(set: RuleSet) -> Self {
        Self(RwLock::new(Arc::new(set)))
    }

    /// The set in force. Cheap: a count goes up.
    #[must_use]
    pub fn current(&self) -> Arc<RuleSet> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a new set in force and gives back the old one.
    pub fn swap(&self, set: RuleSet) -> Arc<RuleSet> {
        std::mem::replace(&mut self.0.write().unwrap_or_else(PoisonError::into_inner), Arc::new(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(hosts: &str) -> RuleSet {
        let text = format!("hosts = [{hosts}]\n[select]\ntitle = \"h1\"\n");
        RuleSet::parse([("a.toml", text.as_str())]).unwrap()
    }

    #[test]
    fn rules_are_found_by_host() {
        let check = |hosts: &str, url: &str, expected: bool| {
            let found = set(hosts).find(&Url::parse(url).unwrap()).is_some();
            assert_eq!(found, expected, "{hosts} {url}");
        };
        check("\"gazette.example\"", "https://gazette.example/a", true);
        check("\"gazette.example\"", "https://www.gazette.example/a", true);
        check("\"www.gazette.example\"", "https://gazette.example/a", true);
        check("\"gazette.example\"", "https://m.gazette.example/a", false);
        check("\"*.gazette.example\"", "https://m.gazette.example/a", true);
        check("\"*.gazette.example\"", "https://gazette.example/a", false);
        check("\"*.gazette.example\"", "https://lagazette.example/a", false);
        assert!(RuleSet::default().find(&Url::parse("https://gazette.example/").unwrap()).is_none());
    }

    #[test]
    fn two_rules_for_one_host_are_a_mistake() {
        let text = "hosts = [\"gazette.example\"]\n[select]\ntitle = \"h1\"\n";
        let errors = RuleSet::parse([("a.toml", text), ("b.toml", text)]).unwrap_err();
        assert_eq!(
            errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["`b.toml` line 1, key `hosts`: `gazette.example` has a rule already, in `a.toml`"]
        );
    }

    #[test]
    fn a_swap_leaves_readers_their_set() {
        let rules = Rules::default();
        let before = rules.current();
        let old = rules.swap(set("\"gazette.example\""));
        assert_eq!((before.len(), old.len(), rules.current().len()), (0, 0, 1));
    }

    #[test]
    fn sets_cross_threads() {
        fn check<T: Send + Sync>() {}
        check::<Rules>();
    }
}

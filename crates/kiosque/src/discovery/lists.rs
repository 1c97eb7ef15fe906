//! A feed or sitemap that was read, and which of several is the main one.

use kiosque_crawl::{Fetched, Sniffed, parse_feed, parse_sitemap, sniff};
use kiosque_model::{CanonicalUrl, Published, Rubrique};
use url::Url;

/// Entries compared to tell whether two addresses give the same list.
const COMPARED: usize = 5;

/// What a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListKind {
    Feed,
    Sitemap,
}

/// How an address was come upon, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// It is the address that was asked about.
    Given,
    /// The page or robots.txt announces it.
    Announced,
    /// A page links to it.
    Linked,
    /// It lies where sites of this software have it.
    WellKnown,
    /// It lies beside a section as the main one lies beside the home page.
    Section,
}

impl How {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Announced => "announced",
            Self::Linked => "linked",
            Self::WellKnown => "well_known",
            Self::Section => "section",
        }
    }
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) url: String,
    pub(crate) title: Option<String>,
    pub(crate) published: Option<Published>,
}

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundList {
    pub(crate) kind: ListKind,
    /// After redirects.
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) how: How,
    /// The rubrique its name says it is of.
    pub(crate) rubrique: Option<Rubrique>,
    pub(crate) entries: Vec<Entry>,
    /// For an index of sitemaps: how many it leads to.
    pub(crate) children: usize,
    /// A sitemap with titles, as search engines for news read.
    pub(crate) is_news: bool,
}

impl FoundList {
    /// Reads an answer.
    ///
    /// # Errors
    /// In words: why it is no list, or one of no use.
    pub(crate) fn read(fetched: &Fetched, how: How, title: String) -> Result<Self, String> {
        let content_type = fetched.content_type.as_deref();
        let mut list = Self {
            kind: ListKind::Feed,
            url: fetched.url.to_string(),
            title,
            how,
            rubrique: None,
            entries: Vec::new(),
            children: 0,
            is_news: false,
        };
        match sniff(&fetched.body, content_type) {
            Sniffed::Feed => {
                let feed =
                    parse_feed(&fetched.body, content_type, &fetched.url).map_err(|e| e.to_string())?;
                if list.title.is_empty() {
                    list.title = feed.title.unwrap_or_default();
                }
                let entry =
                    |e: kiosque_crawl::Entry| Entry { url: e.url, title: e.title, published: e.published };
                list.entries = feed.entries.into_iter().map(entry).collect();
            }
            Sniffed::Sitemap => {
                let map = parse_sitemap(&fetched.body, &fetched.url).map_err(|e| e.to_string())?;
                list.kind = ListKind::Sitemap;
                list.children = map.children.len();
                list.is_news = map.urls.iter().any(|url| url.title.is_some());
                let entry = |u: kiosque_crawl::SitemapUrl| Entry {
                    url: u.url,
                    title: u.title,
                    published: u.published.or(u.modified),
                };
                list.entries = map.urls.into_iter().map(entry).collect();
            }
            Sniffed::Page => return Err("it is a page, no feed".to_owned()),
        }
        if list.entries.is_empty() && list.children == 0 {
            Err("it has no entry".to_owned())
        } else {
            Ok(list)
        }
    }

    /// Reads the answer of an address of the catalogue.
    ///
    /// # Errors
    /// As [`FoundList::read`].
    pub(crate) fn of(fetched: &Fetched) -> Result<Self, String> {
        Self::read(fetched, How::Given, String::new())
    }

    /// Reads a home or section page as the list of articles it links to.
    ///
    /// # Errors
    /// In words, where it links to none and announces no feed.
    pub(crate) fn of_page(fetched: &Fetched) -> Result<Self, String> {
        let facts = kiosque_extract::read_page(&fetched.body, fetched.content_type.as_deref(), &fetched.url);
        let entry = |link: kiosque_extract::PageLink| Entry {
            url: link.url,
            title: Some(link.title),
            published: None,
        };
        let entries: Vec<Entry> = facts.articles.into_iter().map(entry).collect();
        if entries.is_empty() && facts.feeds.is_empty() {
            return Err("a page that links to no article and announces no feed".to_owned());
        }
        Ok(Self {
            kind: ListKind::Feed,
            url: fetched.url.to_string(),
            title: String::new(),
            how: How::Given,
            rubrique: None,
            entries,
            children: facts.feeds.len(),
            is_news: false,
        })
    }

    /// The date of its newest entry.
    pub(crate) fn newest(&self) -> Option<Published> {
        let utc = jiff::tz::TimeZone::UTC;
        self.entries.iter().filter_map(|entry| entry.published).max_by_key(|at| at.instant_in(&utc))
    }

    /// Whether it lists the same as another one.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let first = |list: &Self| -> Vec<String> {
            list.entries.iter().take(COMPARED).map(|entry| entry.url.clone()).collect()
        };
        self.kind == other.kind && !self.entries.is_empty() && first(self) == first(other)
    }
}

/// Adds a list that says something new.
pub(super) fn add(found: &mut Vec<FoundList>, list: Option<FoundList>) {
    if let Some(list) =
        list.filter(|list| !found.iter().any(|known| known.url == list.url || known.is_same(list)))
    {
        found.push(list);
    }
}

/// Puts the main feed first and says of the others which rubrique their names say they are of.
pub(super) fn order(feeds: &mut [FoundList], outlet: Option<&str>) {
    let rubrique = |feed: &FoundList| -> Option<Rubrique> {
        let parts = feed.title.split(['»', '|', '–', '—', ':', '•', '-']).map(str::trim);
        let named = parts.filter(|part| outlet.is_none_or(|name| !part.eq_ignore_ascii_case(name)));
        let by_title = named.filter_map(kiosque_classify::rubrique_of_section).next_back();
        by_title.or_else(|| {
            let url = Url::parse(&feed.url).ok()?;
            url.path().split('/').filter(|part| !part.is_empty()).filter_map(in_folder).next_back()
        })
    };
    for feed in feeds.iter_mut() {
        feed.rubrique = rubrique(feed);
    }
    // One that names a rubrique is of a section; of the others the first announced is the main one.
    feeds.sort_by_key(|feed| (feed.rubrique.is_some(), feed.how));
    if let Some(main) = feeds.first_mut() {
        main.rubrique = None;
    }
}

/// The rubrique a folder or file of a feed's address names.
fn in_folder(part: &str) -> Option<Rubrique> {
    let name = part.rsplit_once('.').map_or(part, |(name, _)| name);
    let name = name.trim_start_matches("rss-").trim_start_matches("rss_").replace('_', " ");
    kiosque_classify::rubrique_of_section(&name)
}

/// What an address adds to a home page's: `feed/` of `https://a.example/feed/`.
pub(super) fn ending(feed: &str, home: &Url) -> Option<String> {
    let feed = Url::parse(feed).ok()?;
    let bare = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let ending = feed.path().strip_prefix(home.path().trim_end_matches('/'))?.trim_start_matches('/');
    let is_one = !ending.is_empty() && !ending.trim_end_matches('/').contains('/');
    (bare(&feed) == bare(home) && is_one && feed.query().is_none()).then(|| ending.to_owned())
}

/// Whether two addresses lead to one page.
pub(crate) fn is_same_page(one: &str, other: &str) -> bool {
    match (CanonicalUrl::parse(one), CanonicalUrl::parse(other)) {
        (Ok(one), Ok(other)) => one.id() == other.id(),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(title: &str, url: &str, how: How) -> FoundList {
        let entry = Entry { url: format!("{url}#1"), title: None, published: None };
        FoundList {
            kind: ListKind::Feed,
            url: url.into(),
            title: title.into(),
            how,
            rubrique: None,
            entries: vec![entry],
            children: 0,
            is_news: false,
        }
    }

    #[test]
    fn the_feed_that_names_no_rubrique_is_the_main_one() {
        let mut feeds = vec![
            feed("Sport", "https://a.example/sport/rss.xml", How::Announced),
            feed("La Vigie » Politique", "https://a.example/c/12/feed", How::Linked),
            feed("La Vigie", "https://a.example/rss.xml", How::Linked),
            feed("", "https://a.example/rss/economie.xml", How::Linked),
        ];
        order(&mut feeds, Some("La Vigie"));
        let told: Vec<_> = feeds.iter().map(|f| (f.url.as_str(), f.rubrique.map(Rubrique::slug))).collect();
        assert_eq!(
            told,
            [
                ("https://a.example/rss.xml", None),
                ("https://a.example/sport/rss.xml", Some("sport")),
                ("https://a.example/c/12/feed", Some("politique")),
                ("https://a.example/rss/economie.xml", Some("economie")),
            ]
        );
    }

    #[test]
    fn a_list_under_two_addresses_is_one() {
        let mut found = Vec::new();
        let mut twin = feed("", "https://a.example/rss", How::Linked);
        twin.entries = feed("", "https://a.example/feed", How::Linked).entries;
        for list in [
            feed("", "https://a.example/feed", How::Linked),
            twin,
            feed("", "https://a.example/feed", How::Linked),
        ] {
            add(&mut found, Some(list));
        }
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn the_ending_of_a_feed_is_what_sections_may_have_too() {
        let check = |feed: &str, home: &str, expected: Option<&str>| {
            assert_eq!(ending(feed, &Url::parse(home).unwrap()).as_deref(), expected, "{feed}");
        };
        check("https://www.a.example/feed/", "https://a.example/", Some("feed/"));
        check("https://a.example/fr/feed", "https://a.example/fr/", Some("feed"));
        check("https://a.example/rss/une.xml", "https://a.example/", None);
        check("https://feeds.example/a", "https://a.example/", None);
        check("https://a.example/spip.php?page=backend", "https://a.example/", None);
    }
}

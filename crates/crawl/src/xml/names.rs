//! Names of elements without their prefix, where the prefix says nothing, and with one well-known prefix where it
//! tells things apart. What a prefix means is told by the address it is declared for; where it is not declared, by
//! what it stands before, and by custom.

use std::collections::HashMap;

/// What is behind a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Elements of feeds and sitemaps, and of what adds to them: the name alone is enough.
    Core,
    /// Elements that share names with those but mean something else.
    Apart(&'static str),
}

/// Prefixes and what was learnt of them.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, Kind>);

/// Parts of addresses by which a vocabulary is known, in lower case.
const KNOWN: [(&str, Kind); 18] = [
    ("search.yahoo.com/mrss", Kind::Apart("media")),
    ("itunes.com/dtds", Kind::Apart("itunes")),
    ("schemas/sitemap-image", Kind::Apart("image")),
    ("schemas/sitemap-video", Kind::Apart("video")),
    ("w3.org/1999/xhtml", Kind::Apart("xhtml")),
    ("w3.org/2005/atom", Kind::Core),
    ("purl.org/atom/ns", Kind::Core),
    ("purl.org/rss/1.0", Kind::Core),
    ("purl.org/net/rss1.1", Kind::Core),
    ("purl.org/dc/", Kind::Core),
    ("netscape.com/rdf/simple", Kind::Core),
    ("netscape.com/publish/formats/rss", Kind::Core),
    ("backend.userland.com/rss", Kind::Core),
    ("law.harvard.edu", Kind::Core),
    ("22-rdf-syntax-ns", Kind::Core),
    ("sitemaps.org/schemas", Kind::Core),
    ("google.com/schemas/sitemap/", Kind::Core),
    ("schemas/sitemap-news", Kind::Core),
];

/// Elements that only a feed or a sitemap has: an undeclared prefix before one of them is its own.
const ROOTS: [&str; 7] = ["rss", "feed", "channel", "item", "entry", "urlset", "sitemapindex"];

impl Names {
    /// Learns from a tag, its name as written, its attributes with keys in lower case.
    pub(super) fn learn(&mut self, raw: &str, attributes: &[(String, String)]) {
        for (prefix, address) in attributes.iter().filter_map(|(k, v)| Some((k.strip_prefix("xmlns:")?, v))) {
            let address = address.to_ascii_lowercase();
            if let Some((_, kind)) = KNOWN.iter().find(|(part, _)| address.contains(part)) {
                self.0.insert(prefix.to_owned(), *kind);
            }
        }
        let raw = raw.to_ascii_lowercase();
        if let Some((prefix, local)) = raw.split_once(':')
            && ROOTS.contains(&local)
            && by_custom(prefix).is_none()
        {
            self.0.entry(prefix.to_owned()).or_insert(Kind::Core);
        }
    }

    /// The name by which an element is told.
    pub(super) fn of(&self, raw: &str) -> String {
        let raw = raw.to_ascii_lowercase();
        let Some((prefix, local)) = raw.split_once(':') else { return raw };
        match self.0.get(prefix).copied().or_else(|| by_custom(prefix)) {
            Some(Kind::Core) => local.to_owned(),
            Some(Kind::Apart(prefix)) => format!("{prefix}:{local}"),
            None if matches!(local, "link" | "title" | "description" | "author" | "category") => raw,
            None => local.to_owned(),
        }
    }
}

fn by_custom(prefix: &str) -> Option<Kind> {
    Some(match prefix {
        "media" => Kind::Apart("media"),
        "itunes" => Kind::Apart("itunes"),
        "image" => Kind::Apart("image"),
        "video" => Kind::Apart("video"),
        "xhtml" => Kind::Apart("xhtml"),
        "atom" | "a10" | "dc" | "rss" | "rdf" | "n" | "news" | "default" => Kind::Core,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_mean_what_they_are_declared_for() {
        let declared = |prefix: &str, address: &str| (format!("xmlns:{prefix}"), address.to_owned());
        let mut names = Names::default();
        names.learn(
            "Odd:RDF",
            &[
                declared("odd", "http://purl.org/rss/1.0/"),
                declared("m", "http://search.yahoo.com/mrss/"),
                declared("media", "http://www.w3.org/2005/Atom"),
                declared("x", "https://a.example/ns"),
            ],
        );
        names.learn("own:item", &[]);
        for (raw, name) in [
            ("odd:Title", "title"),
            ("m:title", "media:title"),
            ("media:link", "link"),
            ("x:title", "x:title"),
            ("x:pubDate", "pubdate"),
            ("own:title", "title"),
            ("itunes:title", "itunes:title"),
            ("dc:title", "title"),
            ("TITLE", "title"),
        ] {
            assert_eq!(names.of(raw), name);
        }
    }
}

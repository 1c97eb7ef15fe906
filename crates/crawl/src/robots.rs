//! robots.txt after RFC 9309: which rule speaks about an address, for one product token.
//!
//! Written here rather than taken from a crate because the rule that decided is kept with every fetch, and the
//! crates tell only yes or no. Beyond the RFC it reads `Crawl-delay`, `Sitemap`, and the usual misspellings.
//! Invariant: other lines never change how `User-agent`, `Allow` and `Disallow` are read (§2.2.4).

/// RFC 9309 §2.5: at least 500 KiB are read; what follows is ignored.
pub(crate) const MAX_ROBOTS_BYTES: usize = 500 * 1024;

/// A path pattern of robots.txt: `*` stands for anything, `$` at the end anchors it (§2.2.3).
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    text: Vec<u8>,
    anchored: bool,
}

impl Pattern {
    pub(crate) fn new(raw: &[u8]) -> Self {
        let anchored = raw.ends_with(b"$");
        let raw = if anchored { &raw[..raw.len() - 1] } else { raw };
        Self { text: normalise(raw, true), anchored }
    }

    /// Octets of the pattern: the longest match is the most specific.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + usize::from(self.anchored)
    }

    /// Whether it matches a path in the form [`path_of`] gives. Time is the product of both lengths at worst.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        let (mut p, mut t) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            if p == self.text.len() && (!self.anchored || t == path.len()) {
                return true;
            }
            if p < self.text.len() && self.text[p] == b'*' {
                retry = Some((p + 1, t));
                p += 1;
            } else if p < self.text.len() && t < path.len() && self.text[p] == path[t] {
                p += 1;
                t += 1;
            } else if let Some((after_star, from)) = retry.filter(|(_, from)| *from < path.len()) {
                retry = Some((after_star, from + 1));
                p = after_star;
                t = from + 1;
            } else {
                return false;
            }
        }
    }
}

/// The part of an address that patterns speak about: path and query, percent-encoding made uniform (§2.2.2).
pub(crate) fn path_of(url: &str) -> Vec<u8> {
    let rest =
        url.split_once("://").map_or(url, |(_, rest)| rest.find(['/', '?']).map_or("", |at| &rest[at..]));
    let rest = rest.split('#').next().unwrap_or_default();
    let path = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    normalise(path.as_bytes(), false)
}

/// Unreserved characters plain, all others that need it as `%XX` in capitals. In a query `:` and `/` may stand
/// either way, so they are plain. `*` and `$` of an address are literal, and written as a pattern would.
fn normalise(raw: &[u8], is_pattern: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut in_query = false;
    let mut i = 0;
    while i < raw.len() {
        let hex = (raw[i] == b'%').then(|| raw.get(i + 1..i + 3)).flatten();
        let code = hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        let byte = code.unwrap_or(raw[i]);
        i += if code.is_some() { 3 } else { 1 };
        let plain = if code.is_some() {
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (in_query && b":/".contains(&byte))
        } else {
            in_query |= byte == b'?';
            byte.is_ascii_graphic() && byte != b'$' && (is_pattern || byte != b'*')
        };
        if plain {
            out.push(byte);
        } else {
            out.extend(format!("%{byte:02X}").bytes());
        }
    }
    out
}

/// One `Allow` or `Disallow` line.
#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    allow: bool,
    line: String,
}

/// What a robots.txt says to one agent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Robots {
    rules: Vec<Rule>,
    /// `Crawl-delay`, in seconds.
    pub(crate) crawl_delay: Option<f64>,
    /// `Sitemap` lines, which speak to everybody.
    pub(crate) sitemaps: Vec<String>,
}

/// The answer about one address, with the line that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) line: Option<String>,
}

#[derive(Default)]
struct Group {
    ours: bool,
    everybody: bool,
    rules: Vec<Rule>,
    crawl_delay: Option<f64>,
}

impl Robots {
    /// Reads a file for the product token of `agent` (what stands before its first `/`).
    pub(crate) fn parse(text: &[u8], agent: &str) -> Self {
        let text = &text[..text.len().min(MAX_ROBOTS_BYTES)];
        let text = legible(text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text));
        let mut groups: Vec<Group> = Vec::new();
        let mut sitemaps = Vec::new();
        let mut names_open = false;
        for raw in text.split(['\n', '\r', '\0']) {
            let Some((key, value)) = key_and_value(raw) else { continue };
            match key {
                Key::UserAgent => {
                    if !names_open {
                        groups.push(Group::default());
                    }
                    names_open = true;
                    if let Some(group) = groups.last_mut() {
                        group.ours |= names(value, agent);
                        group.everybody |= value.split(' ').next() == Some("*");
                    }
                }
                Key::Sitemap => sitemaps.push(value.to_owned()),
                Key::CrawlDelay => {
                    let delay = value.parse().ok().filter(|d: &f64| d.is_finite() && *d >= 0.0);
                    if let Some(group) = groups.last_mut() {
                        group.crawl_delay = group.crawl_delay.or(delay);
                    }
                }
                Key::Allow | Key::Disallow => {
                    names_open = false;
                    if let (Some(group), false) = (groups.last_mut(), value.is_empty()) {
                        let allow = key == Key::Allow;
                        let line = format!("{}: {value}", if allow { "Allow" } else { "Disallow" });
                        group.rules.push(Rule { pattern: Pattern::new(value.as_bytes()), allow, line });
                    }
                }
            }
        }
        Self::choose(groups, sitemaps)
    }

    /// All groups that name us together; where none does, all for everybody (§2.2.1).
    fn choose(groups: Vec<Group>, sitemaps: Vec<String>) -> Self {
        let named = groups.iter().any(|g| g.ours);
        let mut chosen = Self { sitemaps, ..Self::default() };
        for group in groups.into_iter().filter(|g| if named { g.ours } else { g.everybody }) {
            chosen.rules.extend(group.rules);
            chosen.crawl_delay = chosen.crawl_delay.or(group.crawl_delay);
        }
        chosen
    }

    /// Whether an address may be fetched: the longest matching pattern decides, `Allow` among equals.
    pub(crate) fn verdict(&self, url: &str) -> Verdict {
        let path = path_of(url);
        if path == b"/robots.txt" {
            return Verdict { allowed: true, line: None };
        }
        let matching = self.rules.iter().filter(|rule| rule.pattern.matches(&path));
        let decisive = matching.max_by_key(|rule| (rule.pattern.len(), rule.allow));
        Verdict { allowed: decisive.is_none_or(|r| r.allow), line: decisive.map(|r| r.line.clone()) }
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Key {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
    Sitemap,
}

/// The file as text. Bytes that are no UTF-8 stand percent-encoded, as addresses have them (§2.2.2): a rule for `/été`
/// written in Latin-1 forbids that path, and neither its beginning nor all.
pub(crate) fn legible(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("%{byte:02X}")));
    }
    text
}

/// A line without its comment; a missing colon is forgiven where white space stands instead.
fn key_and_value(raw: &str) -> Option<(Key, &str)> {
    let line = raw.split('#').next().unwrap_or_default().trim();
    let (key, value) = line.split_once(':').or_else(|| line.split_once(char::is_whitespace))?;
    let key = match key.trim().to_ascii_lowercase().replace(['-', ' ', '_'], "").as_str() {
        "useragent" => Key::UserAgent,
        "allow" => Key::Allow,
        "disallow" | "dissallow" | "dissalow" | "disalow" | "diasllow" | "disallaw" => Key::Disallow,
        "crawldelay" => Key::CrawlDelay,
        "sitemap" => Key::Sitemap,
        _ => return None,
    };
    Some((key, value.trim()))
}

/// Whether a `User-agent` value names the agent: the product tokens are equal but for case. A version after
/// the token is ignored on both sides.
fn names(value: &str, agent: &str) -> bool {
    let whole = |text: &str| text.split(['/', ' ', '\t']).next().unwrap_or_default().to_ascii_lowercase();
    let token = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_').unwrap_or(text.len());
        text[..end].to_ascii_lowercase()
    };
    let agent = whole(agent.trim());
    !agent.is_empty() && (whole(value) == agent || (token(&agent) == agent && token(value) == agent))
}

/// Whether a robots.txt allows an agent an address, after RFC 9309. `agent_token` is the product token
/// (`kiosque`; a version after `/` is ignored), `url` an absolute address or a path with its query.
#[must_use]
pub fn robots_allowed(robots_txt: &[u8], agent_token: &str, url: &str) -> bool {
    // An address in another spelling (a host in capitals, a path with `..`) is brought to the one requested.
    let url = url::Url::parse(url).map_or_else(|_| url.to_owned(), String::from);
    Robots::parse(robots_txt, agent_token).verdict(&url).allowed
}

#[cfg(test)]
mod tests;

//! One address for one page: canonical form, and the id made from it.
//!
//! Built on the `url` crate (WHATWG) with RFC 3986 §6.2.2 normalisation of percent-encodings, and our rules
//! for what publishers and networks add: tracking parameters, AMP forms and caches, mobile hosts, session ids.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// Why a text is no address of a page.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AddressError {
    /// It cannot be read as an absolute address.
    #[error("`{address}` is no address: {reason}")]
    Unreadable {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It is one, but not of a page on the web.
    #[error("`{address}` is not fetched over http or https")]
    Scheme {
        /// What was given.
        address: String,
    },
}

/// The canonical form of an address: fetchable, without fragment, tracking and AMP or mobile variants, its
/// parameters in order. Canonicalising it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

/// The identity of a page: 32 hex digits, the XXH3-128 of its canonical address without scheme, leading
/// `www.` and final slash, so that `http://` and `https://` forms are one page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PageId(pub String);

impl fmt::Display for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CanonicalUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl CanonicalUrl {
    /// Reads an absolute http(s) address and brings it to canonical form.
    ///
    /// # Errors
    /// [`AddressError`] where the text is no address, or not one of the web.
    pub fn parse(address: &str) -> Result<Self, AddressError> {
        let url = Url::parse(address.trim())
            .map_err(|e| AddressError::Unreadable { address: address.to_owned(), reason: e.to_string() })?;
        Self::from_url(url)
    }

    /// Reads a link as it stands in a page at `base`.
    ///
    /// # Errors
    /// As [`CanonicalUrl::parse`].
    pub fn join(base: &Url, link: &str) -> Result<Self, AddressError> {
        let url = base
            .join(link.trim())
            .map_err(|e| AddressError::Unreadable { address: link.to_owned(), reason: e.to_string() })?;
        Self::from_url(url)
    }

    fn from_url(mut url: Url) -> Result<Self, AddressError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme { address: url.to_string() });
        }
        // Undoing one form can uncover another (an AMP cache of a mobile address); each step only shortens.
        loop {
            let before = url.as_str().to_owned();
            url = out_of_amp_cache(url);
            normalise_host(&mut url);
            normalise_path(&mut url);
            normalise_query(&mut url);
            url.set_fragment(None);
            if url.as_str() == before {
                return Ok(Self(before));
            }
        }
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        match authority.rfind(':') {
            Some(colon) if !authority.ends_with(']') => &authority[..colon],
            _ => authority,
        }
    }

    /// The host's registrable domain by the Public Suffix List (`www.lodj.ma` → `lodj.ma`), the host itself
    /// where there is none.
    #[must_use]
    pub fn domain(&self) -> &str {
        psl::domain_str(self.host()).unwrap_or(self.host())
    }

    /// The page's identity.
    #[must_use]
    pub fn id(&self) -> PageId {
        let bare = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        let bare = bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/');
        PageId(format!("{:032x}", xxhash_rust::xxh3::xxh3_128(bare.as_bytes())))
    }
}

/// `https://www.google.com/amp/s/host/path` and `https://x.cdn.ampproject.org/c/s/host/path` name another page.
fn out_of_amp_cache(url: Url) -> Url {
    let host = url.host_str().unwrap_or_default();
    let path = url.path();
    let inner = if host.starts_with("www.google.") {
        path.strip_prefix("/amp/")
    } else if host.ends_with(".cdn.ampproject.org") {
        path.strip_prefix("/c/").or_else(|| path.strip_prefix("/v/"))
    } else {
        None
    };
    let Some(inner) = inner else { return url };
    let (scheme, rest) = inner.strip_prefix("s/").map_or(("http", inner), |rest| ("https", rest));
    Url::parse(&format!("{scheme}://{rest}"))
        .ok()
        .filter(|u| u.host_str().is_some_and(|h| h.contains('.')))
        .unwrap_or(url)
}

fn normalise_host(url: &mut Url) {
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let Some(host) = url.host_str() else { return };
    let bare = host.trim_end_matches('.');
    let desktop = ["m.", "mobile.", "amp.", "touch."]
        .iter()
        .find_map(|prefix| bare.strip_prefix(prefix))
        .filter(|rest| {
            psl::domain_str(rest).is_some() && !rest.chars().all(|c| c.is_ascii_digit() || c == '.')
        })
        .unwrap_or(bare);
    if desktop != host && !desktop.is_empty() {
        let desktop = desktop.to_owned();
        let _ = url.set_host(Some(&desktop));
    }
}

fn normalise_path(url: &mut Url) {
    let mut path = normalise_percent(url.path());
    if let Some(at) = path.to_ascii_lowercase().find(";jsessionid=") {
        path.truncate(at);
    }
    for (suffix, instead) in
        [("/amp/", "/"), ("/amp", ""), (".amp.html", ".html"), (".amp", ""), ("/amp.html", "")]
    {
        if let Some(rest) = path.strip_suffix(suffix).filter(|rest| !rest.trim_matches('/').is_empty()) {
            path = format!("{rest}{instead}");
            break;
        }
    }
    if path != url.path() {
        url.set_path(&path);
    }
}

/// RFC 3986 §6.2.2: hex digits in capitals, unreserved characters plain.
fn normalise_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < bytes.len() {
        let code = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3)).flatten();
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok().map(|byte| (hex, byte))) {
            Some((_, byte)) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(byte as char);
                i += 3;
            }
            Some((hex, _)) => {
                out.push('%');
                out.push_str(&hex.to_ascii_uppercase());
                i += 3;
            }
            None => {
                out.push(bytes[i] as char);
                i += 1;
            }
        }
    }
    out
}

fn normalise_query(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let mut kept: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(pair))
        .map(normalise_percent)
        .collect();
    kept.sort_by(|a, b| key_of(a).cmp(key_of(b)));
    if kept.is_empty() {
        url.set_query(None);
    } else {
        let joined = kept.join("&");
        if joined != query {
            url.set_query(Some(&joined));
        }
    }
}

fn key_of(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

/// Parameters that name a visit, a campaign or a presentation, never a page.
fn is_tracking(pair: &str) -> bool {
    const PREFIXES: [&str; 11] =
        ["utm_", "at_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "ns_", "oly_", "vero_", "__hs"];
    const NAMES: [&str; 44] = [
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "gclsrc",
        "msclkid",
        "yclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "xtor",
        "xtref",
        "xtcr",
        "cmpid",
        "cmp",
        "s_cid",
        "ncid",
        "sr_share",
        "wt_mc",
        "wt_zmc",
        "ito",
        "ocid",
        "ref_src",
        "ref_url",
        "spref",
        "smid",
        "partner_id",
        "phpsessid",
        "jsessionid",
        "outputtype",
        "amp",
        "m2_amp",
        "__twitter_impression",
        "fb_ref",
        "fb_source",
    ];
    let key = normalise_percent(key_of(pair)).to_ascii_lowercase();
    let value = pair.split_once('=').map_or("", |(_, value)| value).to_ascii_lowercase();
    match key.as_str() {
        // These are a page's own parameter elsewhere, so their value decides.
        "outputtype" => value == "amp",
        "amp" => matches!(value.as_str(), "" | "1" | "true"),
        "cmp" | "ito" => !value.bytes().all(|b| b.is_ascii_digit()) || value.is_empty(),
        _ => PREFIXES.iter().any(|prefix| key.starts_with(prefix)) || NAMES.contains(&key.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(input: &str, expected: &str) {
        let canonical = CanonicalUrl::parse(input).unwrap();
        assert_eq!(canonical.as_str(), expected);
    }

    #[test]
    fn drops_what_names_a_visit() {
        check("https://a.ma/x.html?utm_source=fb&id=3&fbclid=z#top", "https://a.ma/x.html?id=3");
        check("https://a.ma/x?b=2&a=1&xtor=RSS-1", "https://a.ma/x?a=1&b=2");
        check("https://user:pw@a.ma:443/x?", "https://a.ma/x");
        check("https://a.ma/x;jsessionid=AF1?start=120", "https://a.ma/x?start=120");
    }

    #[test]
    fn undoes_amp_and_mobile() {
        check("https://m.a.ma/x/amp/?amp=1", "https://a.ma/x/");
        check("https://www.a.ma/x.amp.html", "https://www.a.ma/x.html");
        check("https://www.google.com/amp/s/amp.a.ma/x/amp", "https://a.ma/x");
        check("https://www-a-ma.cdn.ampproject.org/c/s/www.a.ma/x", "https://www.a.ma/x");
        check("https://a.ma/groupes/amp", "https://a.ma/groupes");
        check("https://a.ma/amp", "https://a.ma/amp");
    }

    #[test]
    fn keeps_hosts_that_only_look_mobile() {
        check("https://m.fr/x", "https://m.fr/x");
        check("https://media.a.ma/x", "https://media.a.ma/x");
    }

    #[test]
    fn spells_percent_codes_one_way() {
        check("https://a.ma/%d8%a7%7Eb", "https://a.ma/%D8%A7~b");
        check("https://a.ma/اخبار", "https://a.ma/%D8%A7%D8%AE%D8%A8%D8%A7%D8%B1");
    }

    #[test]
    fn one_page_has_one_id() {
        let id = |text: &str| CanonicalUrl::parse(text).unwrap().id();
        assert_eq!(id("http://www.a.ma/x/"), id("https://a.ma/x"));
        assert_ne!(id("https://a.ma/x"), id("https://a.ma/y"));
    }

    #[test]
    fn knows_host_and_domain() {
        let url = CanonicalUrl::parse("https://www.blog.a.co.ma:8443/x").unwrap();
        assert_eq!((url.host(), url.domain()), ("www.blog.a.co.ma", "a.co.ma"));
        assert_eq!(CanonicalUrl::parse("http://[::1]:80/").unwrap().host(), "[::1]");
    }

    #[test]
    fn refuses_what_is_not_on_the_web() {
        assert!(matches!(CanonicalUrl::parse("mailto:a@b.ma"), Err(AddressError::Scheme { .. })));
        assert!(matches!(CanonicalUrl::parse("/x"), Err(AddressError::Unreadable { .. })));
    }

    proptest! {
        #[test]
        fn is_total(text in ".{0,200}") {
            let _ = CanonicalUrl::parse(&text);
        }

        #[test]
        fn is_idempotent_and_keeps_the_domain(
            host in "(www\\.|m\\.|amp\\.)?[a-z]{2,8}\\.(ma|fr|co\\.uk)",
            path in "(/[a-zA-Z0-9%._~;,-]{0,12}){1,4}(/amp|\\.amp\\.html)?",
            query in "([a-z_%2]{1,10}=[a-zA-Z0-9%]{0,6}&?){0,4}",
        ) {
            let once = CanonicalUrl::parse(&format!("https://{host}{path}?{query}#f")).unwrap();
            let twice = CanonicalUrl::parse(once.as_str()).unwrap();
            prop_assert_eq!(&once, &twice);
            prop_assert!(host.ends_with(once.domain()));
        }

        #[test]
        fn is_blind_to_tracking_and_order(mut pairs in prop::collection::btree_map("[b-f]{1,3}", "[0-9]{1,3}", 0..5), seed in 0usize..24) {
            let own: Vec<_> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let plain = CanonicalUrl::parse(&format!("https://a.ma/x?{}", own.join("&"))).unwrap();
            pairs.insert("utm_campaign".into(), "z".into());
            pairs.insert("gclid".into(), "z".into());
            let mut noisy: Vec<_> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let turn = seed % noisy.len();
            noisy.rotate_left(turn);
            prop_assert_eq!(plain, CanonicalUrl::parse(&format!("https://a.ma/x?{}", noisy.join("&"))).unwrap());
        }
    }
}

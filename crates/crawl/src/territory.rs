//! Whose site is whose, where several crawlers share the work.
//!
//! Manners are kept in one process: a host's lane and its robots.txt. So a site belongs to one crawler at a time,
//! which alone asks its hosts for anything; what another one finds of it is handed over. A site is a registrable
//! domain: all hosts of one publisher are in one pair of hands.

use kiosque_model::CanonicalUrl;
use url::{Host, Url};

/// Which sites are this crawler's. It may change while the crawl runs: it is asked before each request.
///
/// Two crawlers must not own one site at the same time. Whoever takes over a site should leave the one before time
/// to end the request it has begun ([`Settings::timeout_ms`](crate::Settings::timeout_ms) at most).
pub trait Territory: Send + Sync {
    /// Whether this crawler visits `site`, as [`site_of`] names it. Called often: it should take microseconds.
    fn owns(&self, site: &str) -> bool;
}

/// The territory of a crawler that is alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Everywhere;

impl Territory for Everywhere {
    fn owns(&self, _: &str) -> bool {
        true
    }
}

/// The site an address belongs to: the registrable domain of its host by the Public Suffix List, the host itself
/// where it has none, or the IP address. Port and scheme do not matter. The same on every machine, so it serves
/// as the key by which work is shared out.
#[must_use]
pub fn site_of(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(host)) => {
            let bare = CanonicalUrl::parse(&format!("http://{host}/"));
            bare.map_or_else(|_| host.to_owned(), |address| address.domain().to_owned())
        }
        Some(Host::Ipv4(ip)) => ip.to_string(),
        Some(Host::Ipv6(ip)) => ip.to_string(),
        None => String::new(),
    }
}

/// The site of a text; what is no address has the site without name, so that one crawler alone complains.
pub(crate) fn site_of_text(address: &str) -> String {
    Url::parse(address).map(|url| site_of(&url)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_registrable_domain_or_an_ip() {
        let check = |address: &str, site: &str| assert_eq!(site_of_text(address), site, "{address}");
        check("https://www.a.co.ma:8443/x", "a.co.ma");
        check("http://A.example./x", "a.example");
        check("http://news.a.example/x", "a.example");
        check("http://m.a.example/amp/x", "a.example");
        check("https://www.google.com/amp/s/a.example/x", "google.com");
        check("https://one.github.io/", "one.github.io");
        check("http://localhost:80/", "localhost");
        check("http://127.0.0.1:8080/x", "127.0.0.1");
        check("http://[::1]:80/", "::1");
        check("nowhere", "");
    }
}

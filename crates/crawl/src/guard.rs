//! The wall between the crawler and private networks: no feed, link or redirect makes it knock at an address
//! inside (server-side request forgery).
//!
//! Invariant: every address a connection goes to passes [`Guard::refusal`]. Names are checked after they are
//! resolved, inside the client's own resolver, so that no second look-up can answer otherwise (DNS rebinding);
//! addresses written as numbers never reach a resolver and are checked by [`Guard::check_url`] before each
//! request, redirects included. The `url` crate has then already read odd spellings (`0x7f.1`, `2130706433`).
//! With a proxy the proxy resolves names, and only the second check is ours.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// IANA's special-purpose blocks that are no place of the public web, and a cloud's metadata address outside them.
static CLOSED_V4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| {
    const BLOCKS: [&str; 16] = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ];
    BLOCKS.iter().map(|block| block.parse().expect("a constant network")).collect()
});

/// Within the global unicast block `2000::/3`: protocol assignments with Teredo, and documentation.
static CLOSED_V6: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| {
    ["2001::/23", "2001:db8::/32", "3fff::/20"]
        .iter()
        .map(|block| block.parse().expect("a constant network"))
        .collect()
});

/// An address was refused. Found in the chain of causes of a failed request.
#[derive(Debug, thiserror::Error)]
#[error("`{host}` leads to `{address}`, a private or reserved address")]
pub(crate) struct Refused {
    host: String,
    address: String,
}

/// Decides which addresses may be connected to.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    allowed: Vec<IpNet>,
    /// The proxy's own name is the operator's choice.
    proxy_host: Option<String>,
    proxied: bool,
}

impl Guard {
    pub(crate) fn new(allowed: Vec<IpNet>, proxy: Option<&Url>) -> Self {
        let proxy_host = proxy.and_then(Url::host_str).map(str::to_ascii_lowercase);
        Self { allowed, proxy_host, proxied: proxy.is_some() }
    }

    /// Checks the address of a request: its scheme, and its host where that is a number or a name that is
    /// local by definition (RFC 6761) and will not be resolved here.
    pub(crate) fn check_url(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("scheme `{}` is not http or https", url.scheme()));
        }
        let address: IpAddr = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(name)) if self.proxied && is_local_name(name) => Ipv4Addr::LOCALHOST.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err("the address has no host".into()),
        };
        self.refusal(address).map_or(Ok(()), |address| {
            Err(format!(
                "`{}` is `{address}`, a private or reserved address",
                url.host_str().unwrap_or_default()
            ))
        })
    }

    /// The address, where it may not be connected to.
    fn refusal(&self, address: IpAddr) -> Option<IpAddr> {
        let inner = embedded(address);
        let open = |a: &IpAddr| self.allowed.iter().any(|net| net.contains(a));
        if open(&address) || inner.is_some_and(|v4| open(&v4.into())) {
            return None;
        }
        let closed = match (address, inner) {
            (IpAddr::V4(v4), _) | (IpAddr::V6(_), Some(v4)) => CLOSED_V4.iter().any(|net| net.contains(&v4)),
            (IpAddr::V6(v6), None) => {
                v6.segments()[0] & 0xe000 != 0x2000 || CLOSED_V6.iter().any(|net| net.contains(&v6))
            }
        };
        closed.then_some(address)
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// The IPv4 address inside an IPv6 one: mapped and compatible, NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = address else { return None };
    let s = v6.segments();
    let low = |hi: u16, lo: u16| {
        let ([a, b], [c, d]) = (hi.to_be_bytes(), lo.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, hi, lo] | [0x64, 0xff9b, 0, 0, 0, 0, hi, lo] => Some(low(hi, lo)),
        [0, 0, 0, 0, 0, 0, hi, lo] if v6 != Ipv6Addr::UNSPECIFIED && v6 != Ipv6Addr::LOCALHOST => {
            Some(low(hi, lo))
        }
        [0x2002, hi, lo, ..] => Some(low(hi, lo)),
        _ => None,
    }
}

/// The client's resolver: the system's, minus what the guard refuses.
pub(crate) struct GuardedResolver(pub(crate) Arc<Guard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            if guard.proxy_host.as_deref() == Some(&host) {
                return Ok(Box::new(found.into_iter()) as Addrs);
            }
            let refused = found.iter().find_map(|a| guard.refusal(a.ip()));
            let open: Vec<_> = found.into_iter().filter(|a| guard.refusal(a.ip()).is_none()).collect();
            match refused {
                Some(address) if open.is_empty() => {
                    Err(Refused { host, address: address.to_string() }.into())
                }
                _ => Ok(Box::new(open.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, open: bool) {
        let guard = Guard::new(Vec::new(), None);
        assert_eq!(guard.check_url(&Url::parse(url).unwrap()).is_ok(), open, "{url}");
    }

    #[test]
    fn numbers_of_private_places_are_refused_in_every_spelling() {
        let hosts = "
            127.0.0.1 127.1 0x7f.0.0.1 2130706433 017700000001 0177.0.0.1 0x7F000001 0X7f.1 127.0.1 0 0x0
            00000177.1 127.0.0.1. ①②⑦.⓪.⓪.① 127。0。0。1 %31%32%37.0.0.1 3232235777 0xC0A80101 0300.0250.1.1
            169.254.169.254. 2852039166 0xA9FEA9FE 0251.0376.0251.0376 169.16689662
            [::ffff:169.254.169.254] [0:0:0:0:0:ffff:a9fe:a9fe] [64:ff9b::169.254.169.254]
            [64:ff9b:1::a9fe:a9fe] [2002:a9fe:a9fe::] [2002:c0a8:101::1] [fd20:ce::254] [fec0::1] [100::1]
            [2001:20::1] [5f00::1] 100.127.255.255 192.0.0.192 0.0.0.0 10.1.2.3 172.31.255.255 192.168.1.1
            169.254.169.254 100.100.100.200 198.18.0.1 192.0.2.1 224.0.0.1 255.255.255.255 168.63.129.16
            [::] [::1] [::ffff:127.0.0.1] [::ffff:a00:1] [::7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::1]
            [2002:7f00:1::] [2001:0:1::1] [2001:db8::1] [fe80::1] [fd00:ec2::254] [ff02::1] １２７.0.0.1
        ";
        for host in hosts.split_whitespace() {
            check(&format!("http://{host}/"), false);
        }
    }

    #[test]
    fn public_places_are_open() {
        for host in
            ["93.184.216.34", "[2606:2800:220:1::1]", "[64:ff9b::5db8:d822]", "a.example", "172.32.0.1"]
        {
            check(&format!("https://{host}/"), true);
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        check("ftp://a.example/", false);
        check("file:///etc/passwd", false);
    }

    #[test]
    fn the_operator_opens_networks() {
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()], None);
        let ok = |url: &str| guard.check_url(&Url::parse(url).unwrap()).is_ok();
        assert!(ok("http://127.0.0.1:8080/") && ok("http://[::ffff:127.0.0.1]/"));
        assert!(!ok("http://10.0.0.1/"));
    }

    #[test]
    fn behind_a_proxy_local_names_are_refused_by_name() {
        let guard = Guard::new(Vec::new(), Some(&Url::parse("http://proxy.example:3128").unwrap()));
        assert!(guard.check_url(&Url::parse("http://localhost:22/").unwrap()).is_err());
        assert!(guard.check_url(&Url::parse("http://a.example/").unwrap()).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused() {
        let resolver = GuardedResolver(Arc::new(Guard::new(Vec::new(), None)));
        let error = resolver.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert!(error.is::<Refused>(), "{error}");
        let open = Guard::new(vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()], None);
        assert!(GuardedResolver(Arc::new(open)).resolve("localhost".parse().unwrap()).await.is_ok());
    }
}

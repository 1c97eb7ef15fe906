//! Over TLS, against a server on loopback with a certificate made for the occasion: the protocol that is agreed on,
//! connections that serve again, and certificates that are not trusted.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rcgen::{CertificateParams, CertifiedKey, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;

/// A server that speaks what it is told to, and counts.
struct Host {
    port: u16,
    root: Certificate,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

/// A certificate for `name` that was good until `year`.
fn made_for(name: &str, year: i32) -> CertifiedKey<KeyPair> {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let signing_key = KeyPair::generate().unwrap();
    CertifiedKey { cert: params.self_signed(&signing_key).unwrap(), signing_key }
}

impl Host {
    async fn open(made: CertifiedKey<KeyPair>, protocols: &[&str]) -> Self {
        let der = made.cert.der().clone();
        let root = Certificate::from_der(&der).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let mut config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![der], key).unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (opened, asked) = (Arc::clone(&connections), Arc::clone(&requests));
        tokio::spawn(async move {
            let acceptor = TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::SeqCst);
                let (acceptor, asked) = (acceptor.clone(), Arc::clone(&asked));
                tokio::spawn(async move {
                    // Whoever does not trust us hangs up.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
                        asked.fetch_add(1, Ordering::SeqCst);
                        let page = hyper::Response::builder().header(header::CONTENT_TYPE, "text/html");
                        std::future::ready(Ok::<_, Infallible>(
                            page.body(request.uri().path().to_owned()).unwrap(),
                        ))
                    });
                    let _ = Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { port, root, connections, requests }
    }

    fn client(&self, roots: &[Certificate]) -> Client {
        let agent = Agent { product: "kiosque".into(), version: "1".into(), contact: "k@a.example".into() };
        let allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        let settings = Settings { allow_private, ..Settings::new(agent) };
        let mut client = Client::trusting(&settings, roots).unwrap();
        client.keeps_exchanges = true;
        client
    }

    async fn get(&self, client: &Client, path: &str) -> Result<Answer, Trouble> {
        let url = Url::parse(&format!("https://localhost:{}{path}", self.port)).unwrap();
        client.get(&url, Want::Page, None).await
    }
}

async fn three_pages_over_one_connection(offered: &[&str], spoken: &str) {
    let host = Host::open(made_for("localhost", 4000), offered).await;
    let client = host.client(std::slice::from_ref(&host.root));
    for path in ["/1", "/2", "/3"] {
        let answer = host.get(&client, path).await.unwrap();
        assert_eq!(answer.body, path.as_bytes());
        assert_eq!(answer.wire.unwrap().protocol, spoken, "of {offered:?}");
    }
    let seen = [&host.connections, &host.requests].map(|n| n.load(Ordering::SeqCst));
    assert_eq!(seen, [1, 3], "connections and requests where {offered:?} is offered");
}

#[tokio::test]
async fn http_2_is_agreed_on_and_one_connection_serves_many_pages() {
    three_pages_over_one_connection(&["h2", "http/1.1"], "h2").await;
}

#[tokio::test]
async fn http_1_keeps_its_connection_for_the_next_page() {
    three_pages_over_one_connection(&["http/1.1"], "http/1.1").await;
    // A server that knows nothing of such agreements.
    three_pages_over_one_connection(&[], "http/1.1").await;
}

#[tokio::test]
async fn certificates_that_are_not_to_be_trusted_are_refused_and_told() {
    let check = async |made: CertifiedKey<KeyPair>, is_known: bool, why: &str| {
        let host = Host::open(made, &["h2"]).await;
        let roots: Vec<_> = is_known.then(|| host.root.clone()).into_iter().collect();
        let told = match host.get(&host.client(&roots), "/1").await {
            Err(Trouble::Untrusted(told)) => told,
            other => panic!("{why}: {other:?}"),
        };
        assert!(told.contains("certificate") && told.contains(why), "{told}");
        assert_eq!(host.requests.load(Ordering::SeqCst), 0, "{why}");
    };
    check(made_for("localhost", 4000), false, "UnknownIssuer").await;
    check(made_for("localhost", 2001), true, "expired").await;
    check(made_for("other.example", 4000), true, "not valid for name").await;
}

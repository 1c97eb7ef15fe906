//! The loopback web as a client meets it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::*;

/// Sends one request as it is written and returns the whole answer.
async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn answers_as_an_origin_and_as_a_forward_proxy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let handler: SiteHandler = Arc::new(|request| SiteAnswer {
        status: if request.path_and_query == "/absent" { 404 } else { 200 },
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        body: format!("{} {} {}", request.host, request.path_and_query, request.headers["x-asked"])
            .into_bytes(),
        delay_ms: 1,
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve_press(listener, handler, async {
        stopped.await.ok();
    }));

    for (target, host, expected) in [
        ("http://Le-Fil.example/a?b=c", "other.example", "le-fil.example /a?b=c oui"),
        ("http://le-fil.example:8080/a", "le-fil.example", "le-fil.example /a oui"),
        ("http://le-fil.example", "le-fil.example", "le-fil.example / oui"),
        ("/a?b=c", "Le-Fil.example:80", "le-fil.example /a?b=c oui"),
    ] {
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nX-Asked: oui\r\nConnection: close\r\n\r\n");
        let said = ask(address, &request).await;
        assert!(said.starts_with("HTTP/1.1 200 OK") && said.contains("content-type: text/plain"), "{said}");
        assert!(said.ends_with(expected), "{said}");
    }
    let absent =
        "GET http://a.example/absent HTTP/1.1\r\nHost: a\r\nX-Asked: oui\r\nConnection: close\r\n\r\n";
    assert!(ask(address, absent).await.starts_with("HTTP/1.1 404"));

    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}

#[test]
fn an_answer_that_cannot_be_sent_is_told() {
    let status = SiteAnswer { status: 7, ..SiteAnswer::default() };
    assert_eq!(to_response(status).unwrap_err(), "`7` is no HTTP status");
    let header =
        SiteAnswer { status: 200, headers: vec![("a b".into(), "c".into())], ..SiteAnswer::default() };
    assert_eq!(to_response(header).unwrap_err(), "`a b` is no header name");
}

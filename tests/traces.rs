//! Traces as a collector meets them: one for each page, from its fetch to the store, with the parents right.

#![cfg(test)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// A collector on loopback that keeps what it is sent.
struct Collector {
    address: String,
    requests: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Collector {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream.unwrap(), &kept));
            }
        });
        Self { address, requests }
    }

    fn spans(&self) -> Vec<Span> {
        let requests = self.requests.lock().unwrap();
        let resources = requests.iter().flat_map(|request| &request.resource_spans);
        resources.flat_map(|r| &r.scope_spans).flat_map(|scope| scope.spans.clone()).collect()
    }
}

/// Answers requests of HTTP/1.1 with a length, one after the other.
fn serve(mut stream: TcpStream, kept: &Mutex<Vec<ExportTraceServiceRequest>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or_default() == 0 {
                return;
            }
        }
        assert!(head.starts_with("POST /v1/traces "), "{head}");
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap()];
        reader.read_exact(&mut body).unwrap();
        kept.lock().unwrap().push(ExportTraceServiceRequest::decode(body.as_slice()).unwrap());
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    }
}

fn text(span: &Span, name: &str) -> Option<String> {
    let value = span.attributes.iter().find(|attribute| attribute.key == name)?.value.clone()?.value?;
    match value {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}

#[test]
fn a_page_is_one_trace_from_its_fetch_to_the_store() {
    let collector = Collector::open();
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_kiosque"))
        .current_dir(folder.path())
        .env_clear()
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.address)
        .env("OTEL_BSP_MAX_QUEUE_SIZE", "100000")
        .env("KIOSQUE__BUS__KIND", "memory")
        .arg("run")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let mut traces: BTreeMap<Vec<u8>, Vec<Span>> = BTreeMap::new();
    for span in collector.spans() {
        traces.entry(span.trace_id.clone()).or_default().push(span);
    }
    let (mut whole, mut stored) = (0, 0);
    for spans in traces.values_mut() {
        // Each span but the first has the one before it as its parent, and they are of one page.
        spans.sort_by_key(|span| {
            ["crawl", "dedup", "extract", "classify", "sink"].iter().position(|n| *n == span.name)
        });
        let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
        assert_eq!(names, ["crawl", "dedup", "extract", "classify", "sink"][..names.len()], "{names:?}");
        assert!(spans[0].parent_span_id.is_empty(), "the fetch has a parent");
        for pair in spans.windows(2) {
            assert_eq!(pair[1].parent_span_id, pair[0].span_id, "{names:?}");
        }
        assert!(spans[0].start_time_unix_nano <= spans[0].end_time_unix_nano);
        let last = spans.last().unwrap();
        let outcome = text(last, "kiosque.outcome");
        if names.len() == 5 {
            whole += 1;
            stored += usize::from(outcome.as_deref() == Some("stored"));
        } else {
            assert_eq!(outcome.as_deref(), Some("dropped"), "{names:?}");
            assert!(text(last, "kiosque.reason").is_some());
        }
    }
    assert!(whole > 50 && stored > 50, "{whole} whole traces, {stored} stored");
    let requests = collector.requests.lock().unwrap();
    let resource = requests[0].resource_spans[0].resource.clone().unwrap();
    let service = resource.attributes.iter().find(|a| a.key == "service.name").unwrap().value.clone();
    assert_eq!(service.unwrap().value, Some(Value::StringValue("kiosque".to_owned())));
}

#[test]
fn an_endpoint_that_cannot_be_one_is_told() {
    let said = Command::new(env!("CARGO_BIN_EXE_kiosque"))
        .env_clear()
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "no address")
        .args(["url", "https://phare.example/"])
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(2), "{words}");
    assert!(words.contains("hint: set `OTEL_EXPORTER_OTLP_ENDPOINT`"), "{words}");
}

//! Traces over OTLP, where the environment asks for them: a span for the fetch of each page, and one for each stage
//! it passes, all in one trace.
//!
//! `OTEL_EXPORTER_OTLP_ENDPOINT` turns them on; the other `OTEL_*` variables of the OpenTelemetry specification say
//! the rest (headers, sampler, service name, batches). Spans leave by a thread of their own: a collector that is
//! away costs spans, never pages.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use kiosque_model::{Page, header};
use kiosque_stream::{Delivery, MessageSpan, Tracer};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{Span, SpanBuilder, SpanContext, SpanKind, Status, Tracer as _, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

static TRACES: OnceLock<Traces> = OnceLock::new();

/// How long the end of the process waits for the last spans to leave.
const FAREWELL: Duration = Duration::from_secs(5);

/// The variables that name a collector; an empty one names none.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// What spans are made with.
struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// Turns traces on, where a collector is named.
///
/// # Errors
/// A sentence for the user where the variables cannot be used.
pub(super) fn start() -> Result<(), String> {
    let named = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let off = std::env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    let Some(endpoint) = ENDPOINTS.iter().find(|name| named(name)).filter(|_| !off) else { return Ok(()) };
    let exporter = SpanExporter::builder().with_http().build().map_err(|error| {
        format!("traces cannot be sent: {error}\nhint: set `{endpoint}` to an address such as `http://localhost:4318`")
    })?;
    let mut resource = Resource::builder();
    if !named(&"OTEL_SERVICE_NAME") {
        resource = resource.with_service_name("kiosque");
    }
    let resource =
        resource.with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let tracer = provider.tracer("kiosque");
    let _ = TRACES.set(Traces { provider, tracer });
    Ok(())
}

/// Sends the last spans.
pub(super) fn end() {
    if let Some(traces) = TRACES.get()
        && let Err(error) = traces.provider.shutdown_with_timeout(FAREWELL)
    {
        tracing::warn!(%error, "the last spans were not taken");
    }
}

/// Who the run loops tell of their messages, where traces are on.
pub(crate) fn tracer() -> Option<Arc<dyn Tracer>> {
    TRACES.get().map(|_| Arc::new(Messages) as Arc<dyn Tracer>)
}

/// Begins a trace with the fetch of a page; gives the `traceparent` that its message carries.
pub(crate) fn of_page(page: &Page) -> Option<String> {
    let tracer = &TRACES.get()?.tracer;
    let fetched = SystemTime::from(page.fetched_at);
    let attributes = [
        KeyValue::new("url.full", page.url.clone()),
        KeyValue::new("http.response.status_code", i64::from(page.status)),
        KeyValue::new("http.response.body.size", i64::try_from(page.body.len()).unwrap_or(i64::MAX)),
        KeyValue::new("kiosque.stage", "crawl"),
        KeyValue::new("kiosque.source", page.source.0.clone()),
        KeyValue::new("kiosque.page", page.canonical.id().0),
    ];
    let started = fetched - Duration::from_millis(page.record.elapsed_ms);
    let builder = SpanBuilder::from_name("crawl").with_kind(SpanKind::Client).with_attributes(attributes);
    let mut span = tracer.build_with_context(builder.with_start_time(started), &Context::new());
    span.end_with_timestamp(fetched);
    Some(traceparent(span.span_context()))
}

/// The run loops' door to the spans.
#[derive(Debug)]
struct Messages;

impl Tracer for Messages {
    fn begin(&self, stage: &'static str, delivery: &Delivery) -> Box<dyn MessageSpan> {
        let Some(Traces { tracer, .. }) = TRACES.get() else {
            unreachable!("handed out where traces are on")
        };
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(delivery));
        let mut attributes = vec![
            KeyValue::new("messaging.system", "kiosque"),
            KeyValue::new("messaging.operation.name", "process"),
            KeyValue::new("messaging.destination.name", delivery.topic.clone()),
            KeyValue::new("messaging.destination.partition.id", delivery.partition.to_string()),
            KeyValue::new("messaging.consumer.group.name", stage),
            KeyValue::new("kiosque.offset", i64::try_from(delivery.offset).unwrap_or(i64::MAX)),
            KeyValue::new("kiosque.stage", stage),
        ];
        if let Some(url) = delivery.envelope.header(header::SUBJECT) {
            attributes.push(KeyValue::new("url.full", url.to_owned()));
        }
        let builder = SpanBuilder::from_name(stage).with_kind(SpanKind::Consumer).with_attributes(attributes);
        Box::new(OfMessage(tracer.build_with_context(builder, &parent)))
    }
}

/// The span of one message.
struct OfMessage(opentelemetry_sdk::trace::Span);

impl MessageSpan for OfMessage {
    fn traceparent(&self) -> String {
        traceparent(self.0.span_context())
    }

    fn end(mut self: Box<Self>, outcome: &'static str, reason: Option<&str>) {
        self.0.set_attribute(KeyValue::new("kiosque.outcome", outcome));
        if let Some(reason) = reason {
            self.0.set_attribute(KeyValue::new("kiosque.reason", reason.to_owned()));
        }
        if outcome == "dead_lettered" {
            self.0.set_status(Status::error(reason.unwrap_or_default().to_owned()));
        }
        self.0.end();
    }
}

/// A message's headers, as the propagator reads them.
struct Headers<'a>(&'a Delivery);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.envelope.header(key)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.envelope.headers.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// W3C Trace Context, version 00.
fn traceparent(context: &SpanContext) -> String {
    format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags())
}

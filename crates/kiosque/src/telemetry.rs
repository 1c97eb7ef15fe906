//! Logs on stderr, metrics in memory, traces to a collector where one is named.
//!
//! Log lines are JSON when stderr is no terminal, since a machine reads them there. Bodies of pages and secrets
//! are never logged.

mod traces;

use std::io::IsTerminal;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::cli::LogFormat;
pub(crate) use traces::{of_page, tracer};

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Seconds a message may take: from a tenth of a millisecond to ten seconds.
const BUCKETS_S: [f64; 11] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 10.0];

/// Starts log, metrics and traces. Called once, before anything else runs.
///
/// # Errors
/// A sentence for the user where the filter, or what the environment says of traces, cannot be read.
pub(crate) fn start(filter: &str, format: Option<LogFormat>) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|e| {
        format!(
            "`--log {filter}` cannot be read: {e}\nhint: use a level such as `info`, or `kiosque_crawl=debug`"
        )
    })?;
    let terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.with_ansi(terminal).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS_S)
        .map_err(|e| e.to_string())?
        .build_recorder();
    let _ = METRICS.set(recorder.handle());
    metrics::set_global_recorder(recorder).map_err(|e| e.to_string())?;
    traces::start()
}

/// Sends what has not left yet. Called once, after all else has ended.
pub(crate) fn end() {
    traces::end();
}

/// The metrics in Prometheus' text format 0.0.4.
pub(crate) fn metrics() -> String {
    METRICS
        .get()
        .map(|handle| {
            handle.run_upkeep();
            handle.render()
        })
        .unwrap_or_default()
}

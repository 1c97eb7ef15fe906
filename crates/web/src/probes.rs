//! Health and metrics of a process that has no pages to show.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::WebError;

/// What a process tells about itself.
#[derive(Clone)]
pub struct Probes {
    /// The metrics in the Prometheus text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether it can work; the error says why not.
    pub ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
}

/// Serves `/healthz`, `/readyz` and `/metrics` until `shutdown` completes.
///
/// # Errors
/// [`WebError::Serve`] where the listener fails.
pub async fn serve_probes(
    listener: TcpListener,
    Probes { metrics, ready }: Probes,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WebError> {
    let readiness = async move || match ready() {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response(),
    };
    let told = async move || ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics());
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readiness))
        .route("/metrics", get(told));
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

//! The signals that end a process in peace.

use tokio::signal::unix::{SignalKind, signal};

/// Returns when SIGINT or SIGTERM comes. Where they cannot be listened to, never.
pub(crate) async fn ended() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::warn!("signals cannot be listened to; kill the process to end it");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

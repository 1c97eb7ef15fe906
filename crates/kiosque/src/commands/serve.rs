//! `kiosque serve`: the edition pages, health and metrics over HTTP.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use kiosque_web::Site;
use tokio::net::TcpListener;

use crate::cli::ServeArgs;
use crate::config::Config;
use crate::{signals, telemetry};

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(args: &ServeArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.file.as_deref())?;
    let listen = args.listen.map_or_else(|| config.listen.clone(), |address| address.to_string());
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        let listener = TcpListener::bind(&listen).await.with_context(|| {
            format!("cannot listen on `{listen}`\nhint: give another address with --listen")
        })?;
        let address = listener.local_addr().context("the listener has no address")?;
        eprintln!("listening on http://{address}");
        let site = Site {
            store_path: config.store.clone(),
            editions: config.editions.iter().map(|spec| spec.name.clone()).collect(),
            metrics: Arc::new(telemetry::metrics),
            // The site asks the store itself; nothing else is needed to serve.
            ready: Arc::new(|| Ok(())),
        };
        kiosque_web::serve(listener, site, signals::ended()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

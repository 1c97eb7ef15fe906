//! `kiosque serve`: the edition pages, health and metrics over HTTP.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use jiff::Timestamp;
use kiosque_model::SourceId;
use kiosque_web::Site;
use tokio::net::TcpListener;

use super::edition::issue;
use super::run::HOUSEKEEPING;
use crate::cli::ServeArgs;
use crate::config::Config;
use crate::{courier, line, looks, signals, telemetry};

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(args: &ServeArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    let listen = args.listen.map_or_else(|| config.listen.clone(), |address| address.to_string());
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        // The site asks the store itself; nothing else is needed to serve.
        let site = site(&config, Arc::new(|| Ok(())))?;
        if config.editions.iter().any(|spec| spec.schedule.is_some()) {
            tokio::spawn(issue_on_schedule(config.clone()));
        }
        kiosque_web::serve(listener(&listen).await?, site, signals::ended()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Issues editions at their hours as long as the process lives. A line that runs beside does so too: whoever comes
/// second finds the edition published.
async fn issue_on_schedule(config: Config) {
    // Not at once: a line that was started with this process asks the sources first.
    let first = tokio::time::Instant::now() + HOUSEKEEPING;
    let since = Timestamp::now();
    let mut rounds = tokio::time::interval_at(first, HOUSEKEEPING);
    loop {
        rounds.tick().await;
        let issued = tokio::task::block_in_place(|| {
            // Before the line has made the store there is nothing to issue.
            if !config.store.is_file() {
                return Ok(Vec::new());
            }
            issue::issue_due(&config, &line::open_store(&config)?, (since, Timestamp::now()))
        });
        if let Err(error) = issued {
            tracing::error!("editions cannot be issued: {error:#}");
        }
        courier::go(&config);
    }
}

/// The site of a pipeline, with the metrics of this process.
pub(crate) fn site(
    config: &Config,
    ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
) -> Result<Site> {
    Ok(Site {
        store_path: config.store.clone(),
        editions: config.editions.clone(),
        rights: config.sources.iter().map(|source| (SourceId(source.id.clone()), source.rights)).collect(),
        looks: looks::looks(config)?,
        metrics: Arc::new(telemetry::metrics),
        ready,
    })
}

/// Listens on an address, and says on stderr which one it got.
pub(crate) async fn listener(address: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on `{address}`\nhint: give another address with --listen"))?;
    eprintln!("listening on http://{}", listener.local_addr().context("the listener has no address")?);
    Ok(listener)
}

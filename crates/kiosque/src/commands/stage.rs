//! `kiosque stage`: one stage in a process of its own, for a container; instances share the work over a broker.
//!
//! SIGTERM finishes the batch, commits and ends with 0. What was not committed comes again, to this instance or to
//! another, so a process may be killed at any moment.

mod crawl;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use kiosque_stream::{Stage, Stop};
use kiosque_web::Probes;
use tokio_util::sync::CancellationToken;

use super::{UsageError, run, serve};
use crate::cli::{EXIT_FAILED, StageArgs, StageName};
use crate::config::{BusConfig, Config};
use crate::line::{Line, Running};
use crate::stages::classify::Classify;
use crate::stages::dedup::Dedup;
use crate::stages::extract::Extract;
use crate::stages::sink::Sink;
use crate::stages::trail::Trail;
use crate::{arenas, catalogue, gauges, signals, telemetry};

/// Runs the stage until SIGINT or SIGTERM.
pub(crate) fn run(args: &StageArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    if config.bus == BusConfig::Memory {
        let words =
            "a bus in memory joins no processes\nhint: set `bus.kind` to `kafka`, or use `kiosque run`";
        return Err(UsageError(words.to_owned()).into());
    }
    arenas::runtime()?.block_on(run_stage(config, args))
}

async fn run_stage(config: Config, args: &StageArgs) -> Result<ExitCode> {
    let (stop, ending) = (Stop::new(), CancellationToken::new());
    end_on_signal(stop.clone(), ending.clone());
    if args.stage == StageName::Crawl {
        crawl::run(config, args, stop, ending).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let line = tokio::task::block_in_place(|| Line::connect(config, stop))?;
    let (name, watched): (_, &'static [&'static str]) = match args.stage {
        StageName::Crawl => unreachable!("the crawl has a loop of its own"),
        StageName::Dedup => (Dedup::NAME, &[Dedup::NAME]),
        StageName::Extract => (Extract::NAME, &[Extract::NAME]),
        StageName::Classify => (Classify::NAME, &[Classify::NAME]),
        StageName::Sink => (Sink::NAME, &[Sink::NAME, Trail::NAME]),
    };
    if args.stage == StageName::Sink {
        line.prepare_store(&catalogue::load(&line.config).await?)?;
    }
    let running = tokio::task::block_in_place(|| line.start_one(name))?;
    attend(&line, watched, args, &ending).await?;
    wait(&line, running, args.stage == StageName::Sink).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves health and metrics, where asked to, and says that work has begun.
async fn attend(
    line: &Line,
    watched: &'static [&'static str],
    args: &StageArgs,
    ending: &CancellationToken,
) -> Result<()> {
    gauges::watch(&line.shop, watched);
    let Some(address) = args.listen else { return Ok(()) };
    let probes = Probes { metrics: Arc::new(telemetry::metrics), ready: Arc::new(line.ready()) };
    let listener = serve::listener(&address.to_string()).await?;
    let ending = ending.clone();
    tokio::spawn(async move {
        if let Err(error) = kiosque_web::serve_probes(listener, probes, ending.cancelled_owned()).await {
            tracing::error!(%error, "health and metrics are no longer served");
        }
    });
    Ok(())
}

/// Waits for the stage to end. The sink also writes files for readers meanwhile.
async fn wait(line: &Line, running: Running, keeps_house: bool) -> Result<()> {
    let mut ended = tokio::task::spawn_blocking(|| running.join());
    // Not at once: after an hour that was missed, what waits on the bus comes in before an edition is issued.
    let first = tokio::time::Instant::now() + run::HOUSEKEEPING;
    let mut rounds = tokio::time::interval_at(first, run::HOUSEKEEPING);
    loop {
        tokio::select! {
            ended = &mut ended => {
                ended.context("the stage could not be waited for")??;
                return Ok(());
            }
            _ = rounds.tick(), if keeps_house => {
                // Files for readers can be written again at any time: no reason to end the sink.
                if let Err(error) = tokio::task::block_in_place(|| run::keep_house(line)) {
                    tracing::error!("{error:#}");
                }
            }
        }
    }
}

/// Ends the stage after its batch. Whoever asks twice does not want to wait for that.
fn end_on_signal(stop: Stop, ending: CancellationToken) {
    tokio::spawn(async move {
        signals::ended().await;
        tracing::info!("told to end");
        stop.set();
        ending.cancel();
        signals::ended().await;
        std::process::exit(i32::from(EXIT_FAILED));
    });
}

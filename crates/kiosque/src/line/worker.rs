//! One stage on a thread: through outages of the broker, until it is told to stop.
//!
//! An outage is nobody's fault and ends by itself, so a stage waits for it with nothing in hand: it is opened anew,
//! and what was not committed comes again. Anything else ends the stage, and with it the line.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result};
use kiosque_model::Message;
use kiosque_stream::{Bus, BusError, Connect, Meter, Retry, RunError, RunOptions, Stage, Stop, Summary};

use crate::stages::dedup::Dedup;
use crate::stages::extract::Extract;
use crate::telemetry;

/// How long to wait for a broker that is away before it is tried again: from one second to half a minute.
const PATIENCE: Retry = Retry { attempts: u32::MAX, base_ms: 1_000, max_ms: 30_000 };

/// Work that lasted so long before an outage has got through the last one.
const FRESH: Duration = Duration::from_secs(60);

/// Sets a flag when it goes out of scope, however that happens.
struct SetOnDrop(Stop);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// What the stages of one process share.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) log: Arc<dyn Connect>,
    pub(crate) stop: Stop,
    /// Whether the broker was away when it was last asked.
    pub(crate) away: Arc<AtomicBool>,
}

impl Shop {
    /// Runs a stage on its thread. It is opened here first, so that a mistake is told before anything runs.
    ///
    /// # Errors
    /// Where the stage cannot be opened or finds no place on the bus.
    pub(super) fn spawn<S: Stage + 'static>(
        &self,
        open: impl Fn() -> Result<S> + Send + 'static,
    ) -> Result<(&'static str, JoinHandle<Result<Summary>>)> {
        let shop = self.clone();
        let mut first = Some((open()?, shop.place::<S>()?));
        let thread = std::thread::Builder::new().name(S::NAME.to_owned()).spawn(move || {
            // Whoever ends, in peace, with an error or in a panic, ends the line: the others finish their batch.
            let _ending = SetOnDrop(shop.stop.clone());
            let meter = Meter::default();
            let ended = shop.through_outages(S::NAME, || {
                let opened = match first.take() {
                    Some(opened) => opened,
                    None => (open()?, shop.place::<S>()?),
                };
                shop.work(opened, &meter)
            });
            ended.map(|()| meter.read()).with_context(|| format!("stage `{}` ended", S::NAME))
        });
        Ok((S::NAME, thread.context("cannot start a thread")?))
    }

    fn place<S: Stage>(&self) -> Result<Box<dyn Bus>, BusError> {
        self.log.connect(S::NAME, S::In::TOPIC)
    }

    fn work<S: Stage>(&self, (mut stage, mut bus): (S, Box<dyn Bus>), meter: &Meter) -> Result<()> {
        let options = RunOptions {
            batch: batch_of(S::NAME),
            meter: meter.clone(),
            tracer: telemetry::tracer(),
            ..RunOptions::default()
        };
        kiosque_stream::run(&mut stage, bus.as_mut(), &options, &self.stop)?;
        Ok(())
    }

    /// Does the work again as long as it ends for an outage.
    pub(crate) fn through_outages(
        &self,
        stage: &'static str,
        mut work: impl FnMut() -> Result<()>,
    ) -> Result<()> {
        let mut attempt = 0;
        loop {
            let started = Instant::now();
            match work() {
                Err(error) if is_outage(&error) => {
                    // What worked for a while before is a new outage.
                    attempt = if started.elapsed() > FRESH { 1 } else { attempt + 1 };
                    self.away.store(true, Ordering::Relaxed);
                    let delay = PATIENCE.delay(attempt);
                    tracing::warn!(stage, %error, ?delay, "the broker is away; going on when it is back");
                    if self.stop.wait(delay) {
                        return Ok(());
                    }
                }
                ended => return ended,
            }
        }
    }
}

/// Whether the broker is away, wherever in the chain that is said.
fn is_outage(error: &Error) -> bool {
    error.chain().any(|cause| {
        let run =
            cause.downcast_ref::<RunError>().is_some_and(|e| matches!(e, RunError::Bus(e) if e.is_outage()));
        run || cause.downcast_ref::<BusError>().is_some_and(BusError::is_outage)
    })
}

/// Messages between two commits. Pages are some hundred kilobytes each and are held for a batch; articles are small.
fn batch_of(stage: &str) -> usize {
    match stage {
        Dedup::NAME | Extract::NAME => 32,
        _ => RunOptions::default().batch,
    }
}

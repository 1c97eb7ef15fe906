//! Runs a stage on this thread until its topic is drained.

use std::time::Duration;

use anyhow::{Context, Result};
use kiosque_model::Message;
use kiosque_stream::{Connect, Failure, Outcome, Progress, RunOptions, Stage, Stop, Summary};

/// A stage that tells its loop to end when there is nothing left to read.
struct UntilDrained<'a, S> {
    stage: &'a mut S,
    stop: Stop,
    /// Whether the log is nobody else's: then its positions mean nothing to the stage's store, which is neither
    /// asked where to go on nor told how far it is, and what can wait is left to the caller.
    aside: bool,
}

impl<S: Stage> Stage for UntilDrained<'_, S> {
    const NAME: &'static str = S::NAME;
    const TRACED: bool = S::TRACED;
    type In = S::In;
    type Out = S::Out;

    fn process(&mut self, input: S::In) -> Result<Outcome<S::Out>, Failure> {
        self.stage.process(input)
    }

    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        let nowhere = Progress::new();
        self.stage.flush(if self.aside { &nowhere } else { progress })
    }

    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        if self.aside { Ok(None) } else { self.stage.resume() }
    }

    fn regroup(&mut self) -> Result<(), Failure> {
        self.stage.regroup()
    }

    fn idle(&mut self) -> Result<(), Failure> {
        if !self.aside {
            self.stage.idle()?;
        }
        self.stop.set();
        Ok(())
    }
}

/// Does all that waits for a stage and returns what became of it.
///
/// # Errors
/// Where the stage or the log fails.
pub(crate) fn drain<S: Stage>(log: &dyn Connect, stage: &mut S, aside: bool) -> Result<Summary> {
    let stop = Stop::new();
    let mut bus = log.connect(S::NAME, S::In::TOPIC)?;
    let mut stage = UntilDrained { stage, stop: stop.clone(), aside };
    let options =
        RunOptions { poll_wait: Duration::ZERO, idle_every: Duration::MAX, ..RunOptions::default() };
    kiosque_stream::run(&mut stage, bus.as_mut(), &options, &stop)
        .with_context(|| format!("stage `{}` ended", S::NAME))
}

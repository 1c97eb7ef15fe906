//! A fuse for tests of faults: after a number of calls, everything that shares it fails.
//!
//! Cutting the n-th call for every n, then starting again, shows what a crash at any moment leaves behind. One
//! fuse is shared by the bus and the stage's own store: with the bus alone, a wrong order between the two goes
//! unseen. Cutting *before* call n + 1 is the crash just after call n, so both sides of each call are tried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kiosque_model::Envelope;

use crate::{Bus, BusError, Connect, Delivery, Inspect, Position, Progress, Release, Share};

/// A fuse has blown: as far as the caller can tell, the process is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the fuse has blown")]
pub struct Blown;

/// Lets a number of calls pass, and none after. Clones burn together.
#[derive(Debug, Clone)]
pub struct Fuse {
    left: Arc<AtomicU64>,
}

impl Fuse {
    /// A fuse that lets `calls` calls pass.
    #[must_use]
    pub fn new(calls: u64) -> Self {
        Self { left: Arc::new(AtomicU64::new(calls)) }
    }

    /// One call.
    ///
    /// # Errors
    /// [`Blown`] once the calls are used up, and ever after.
    pub fn burn(&self) -> Result<(), Blown> {
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .map(drop)
            .map_err(|_| Blown)
    }

    /// Whether it lets no call pass any more.
    #[must_use]
    pub fn is_blown(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }
}

/// A handle behind a fuse: every call burns it first.
pub struct FusedBus {
    inner: Box<dyn Bus>,
    fuse: Fuse,
}

impl FusedBus {
    /// Puts `inner` behind `fuse`.
    #[must_use]
    pub fn new(inner: Box<dyn Bus>, fuse: Fuse) -> Self {
        Self { inner, fuse }
    }
}

impl Bus for FusedBus {
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Delivery>, BusError> {
        self.fuse.burn()?;
        self.inner.poll(max, wait)
    }

    fn send(&mut self, topic: &str, envelope: Envelope) -> Result<(), BusError> {
        self.fuse.burn()?;
        self.inner.send(topic, envelope)
    }

    fn flush(&mut self) -> Result<(), BusError> {
        self.fuse.burn()?;
        self.inner.flush()
    }

    fn commit(&mut self, progress: &Progress) -> Result<(), BusError> {
        self.fuse.burn()?;
        self.inner.commit(progress)
    }

    fn seek(&mut self, progress: &Progress) -> Result<(), BusError> {
        self.fuse.burn()?;
        self.inner.seek(progress)
    }

    fn generation(&self) -> u64 {
        self.inner.generation()
    }

    fn share(&self) -> Result<Share, BusError> {
        self.inner.share()
    }
}

/// A log whose handles are all behind one fuse. Looking at it burns nothing.
pub struct FusedConnect<C> {
    inner: C,
    fuse: Fuse,
}

impl<C: Connect> FusedConnect<C> {
    /// Puts every handle of `inner` behind `fuse`.
    #[must_use]
    pub fn new(inner: C, fuse: Fuse) -> Self {
        Self { inner, fuse }
    }
}

impl<C: Connect> Inspect for FusedConnect<C> {
    fn topics(&self) -> Result<Vec<String>, BusError> {
        self.inner.topics()
    }

    fn depth(&self, topic: &str) -> Result<u64, BusError> {
        self.inner.depth(topic)
    }

    fn positions(&self, group: &str, topic: &str) -> Result<Vec<Position>, BusError> {
        self.inner.positions(group, topic)
    }

    fn browse(&self, topic: &str, from: &Progress, max: usize) -> Result<Vec<Delivery>, BusError> {
        self.inner.browse(topic, from, max)
    }
}

impl<C: Connect> Connect for FusedConnect<C> {
    fn connect(&self, group: &str, topic: &str) -> Result<Box<dyn Bus>, BusError> {
        self.fuse.burn()?;
        Ok(Box::new(FusedBus::new(self.inner.connect(group, topic)?, self.fuse.clone())))
    }

    fn connect_sharing(&self, group: &str, topic: &str, release: Release) -> Result<Box<dyn Bus>, BusError> {
        let inner = self.inner.connect_sharing(group, topic, release)?;
        Ok(Box::new(FusedBus::new(inner, self.fuse.clone())))
    }

    fn producer(&self) -> Result<Box<dyn Bus>, BusError> {
        self.fuse.burn()?;
        Ok(Box::new(FusedBus::new(self.inner.producer()?, self.fuse.clone())))
    }
}

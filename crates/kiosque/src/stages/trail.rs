//! `trail`: keeps breadcrumbs in the store, so that `kiosque why` can answer.
//!
//! It is the sink's companion: rows and offsets in one transaction, like there. It leaves no breadcrumbs itself, and
//! lets go of those that have had their time.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kiosque_model::{Breadcrumb, Never};
use kiosque_store::{Store, StoreError};
use kiosque_stream::{Failure, Outcome, Progress, Stage};

use super::{checkpoint, outage, resume};

/// How often old breadcrumbs are looked for.
const LOOK: Duration = Duration::from_hours(1);

/// The stage and the breadcrumbs it has not written yet.
pub(crate) struct Trail {
    store: Store,
    crumbs: Vec<Breadcrumb>,
    /// How many days they are kept; none is for ever.
    keep_days: Option<u32>,
    looked: Option<Instant>,
}

impl Trail {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, crumbs: Vec::new(), keep_days: None, looked: None }
    }

    /// The stage, letting go of breadcrumbs older than so many days.
    pub(crate) fn keeping(self, days: u32) -> Self {
        Self { keep_days: Some(days), ..self }
    }

    /// Lets go of what has had its time, now and then: it costs a walk over all of them.
    fn forget(&mut self) -> Result<(), StoreError> {
        let Some(days) = self.keep_days else { return Ok(()) };
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return Ok(());
        }
        let kept = SignedDuration::from_hours(24 * i64::from(days));
        if let Ok(before) = Timestamp::now().checked_sub(kept) {
            let forgotten = self.store.forget_steps_before(before)?;
            tracing::info!(forgotten, "old breadcrumbs");
        }
        self.looked = Some(Instant::now());
        Ok(())
    }

    fn write(&self, progress: &Progress) -> Result<(), StoreError> {
        let mut batch = self.store.begin()?;
        for crumb in &self.crumbs {
            batch.crumb(crumb)?;
        }
        checkpoint(&mut batch, Self::NAME, progress)?;
        batch.commit()
    }
}

impl Stage for Trail {
    const NAME: &'static str = "trail";
    const TRACED: bool = false;
    type In = Breadcrumb;
    type Out = Never;

    fn process(&mut self, crumb: Breadcrumb) -> Result<Outcome<Never>, Failure> {
        self.crumbs.push(crumb);
        Ok(Outcome::Stored(None))
    }

    fn flush(&mut self, progress: &Progress) -> Result<(), Failure> {
        self.write(progress).map_err(|e| outage(&e))?;
        self.crumbs.clear();
        Ok(())
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.forget().map_err(|e| outage(&e))
    }

    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        resume(&self.store, Self::NAME)
    }
}

#[cfg(test)]
mod tests {
    use kiosque_model::{BreadcrumbOutcome, CanonicalUrl};

    use super::*;

    #[test]
    fn breadcrumbs_go_when_their_days_are_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let left = |trail: fn(Trail) -> Trail| {
            let mut trail = trail(Trail::new(Store::open(&path).unwrap()));
            for (days, url) in [(1, "https://phare.example/hier"), (91, "https://phare.example/jadis")] {
                let at = Timestamp::now() - SignedDuration::from_hours(24 * days);
                let url = CanonicalUrl::parse(url).unwrap();
                let (stage, outcome) = ("crawl".to_owned(), BreadcrumbOutcome::Forwarded);
                let crumb = Breadcrumb { at, url, source: None, stage, outcome, detail: None };
                assert_eq!(trail.process(crumb).unwrap(), Outcome::Stored(None));
            }
            trail.flush(&Progress::new()).unwrap();
            trail.idle().unwrap();
            trail.store.count_steps_before(Timestamp::now()).unwrap()
        };
        assert_eq!(left(|trail| trail), 2);
        assert_eq!(left(|trail| trail.keeping(90)), 1);
    }
}

//! `trail`: keeps breadcrumbs in the store, so that `kiosque why` can answer.
//!
//! It is the sink's companion: rows and offsets in one transaction, like there. It leaves no breadcrumbs itself.

use kiosque_model::{Breadcrumb, Never};
use kiosque_store::{Store, StoreError};
use kiosque_stream::{Failure, Outcome, Progress, Stage};

use super::{checkpoint, outage, resume};

/// The stage and the breadcrumbs it has not written yet.
pub(crate) struct Trail {
    store: Store,
    crumbs: Vec<Breadcrumb>,
}

impl Trail {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, crumbs: Vec::new() }
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

    fn resume(&mut self) -> Result<Option<Progress>, Failure> {
        resume(&self.store, Self::NAME)
    }
}

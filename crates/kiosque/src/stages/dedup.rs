//! `dedup`: lets a page through unless its address was seen with the same body.
//!
//! Order of durability: a page is remembered in `flush`, which the run loop calls after its output is durable.
//! A dedup that remembers earlier loses pages in a crash. Forgetting too much only costs work: the sink
//! guarantees uniqueness.

use std::collections::HashMap;
use std::sync::Arc;

use kiosque_model::{Page, PageId, Reason, UniquePage};
use kiosque_store::StageMemory;
use kiosque_stream::{Failure, Outcome, Progress, Stage};

use super::outage;

/// The stage and what it let through since it last wrote its memory down.
pub(crate) struct Dedup {
    memory: Arc<StageMemory>,
    passed: HashMap<PageId, u128>,
}

impl Dedup {
    pub(crate) fn new(memory: Arc<StageMemory>) -> Self {
        Self { memory, passed: HashMap::new() }
    }
}

impl Stage for Dedup {
    const NAME: &'static str = "dedup";
    type In = Page;
    type Out = UniquePage;

    fn process(&mut self, page: Page) -> Result<Outcome<UniquePage>, Failure> {
        let id = page.canonical.id();
        let hash = page.body_hash();
        let known = match self.passed.get(&id) {
            Some(hash) => Some(*hash),
            None => self.memory.seen(&id).map_err(|e| outage(&e))?,
        };
        if known == Some(hash) {
            return Ok(Outcome::Drop(Reason::SamePage, None));
        }
        self.passed.insert(id, hash);
        Ok(Outcome::Forward(UniquePage(page)))
    }

    fn flush(&mut self, _: &Progress) -> Result<(), Failure> {
        let passed: Vec<_> = self.passed.iter().map(|(id, hash)| (id.clone(), *hash)).collect();
        self.memory.remember(&passed).map_err(|e| outage(&e))?;
        self.passed.clear();
        Ok(())
    }
}

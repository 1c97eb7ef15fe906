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
use super::shared::SharedMemory;

/// The stage and what it let through since it last wrote its memory down.
pub(crate) struct Dedup {
    memory: Arc<StageMemory>,
    /// Where other instances share the work: what they remember too.
    shared: Option<Arc<SharedMemory>>,
    passed: HashMap<PageId, u128>,
}

impl Dedup {
    pub(crate) fn new(memory: Arc<StageMemory>, shared: Option<Arc<SharedMemory>>) -> Self {
        Self { memory, shared, passed: HashMap::new() }
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
        if let Some(shared) = &self.shared {
            let entries: Vec<_> =
                passed.iter().map(|(id, hash)| (id.0.clone(), hash.to_be_bytes().to_vec())).collect();
            shared.publish(&entries).map_err(|e| Failure::Transient(format!("{e:#}")))?;
        }
        self.memory.remember(&passed).map_err(|e| outage(&e))?;
        self.passed.clear();
        Ok(())
    }

    fn regroup(&mut self) -> Result<(), Failure> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let caught_up = shared.catch_up(|entries| {
            let hash = |bytes: &[u8]| Some(u128::from_be_bytes(bytes.try_into().ok()?));
            let pages: Vec<_> =
                entries.iter().filter_map(|(id, bytes)| Some((PageId(id.clone()), hash(bytes)?))).collect();
            Ok(self.memory.remember(&pages)?)
        });
        caught_up.map_err(|error| Failure::Transient(format!("{error:#}")))
    }
}

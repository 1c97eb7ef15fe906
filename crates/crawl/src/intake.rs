//! Addresses that other crawlers handed over, fetched in the same lanes as our own.
//!
//! Order of durability: a batch is done when its pages are delivered, its other addresses handed on or dropped with
//! a breadcrumb, and all of that is remembered. Whoever brings the batch moves its position in the topic only then;
//! a batch that comes again finds its pages fetched. An address that could not be had for now is remembered as owed
//! and asked for again by [`Crawler::run_sharing`], since no list of ours names it.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use kiosque_model::{CanonicalUrl, SourceId};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::crawler::{Crawl, Crawler};
use crate::delivery::Parcel;
use crate::handover::Handover;
use crate::memo::{Lead, OWED_PREFIX, Pace};
use crate::memory::MemoryError;
use crate::pages::Task;
use crate::report::{Event, Report};
use crate::settings::Source;
use crate::visit::{Errand, Visit};

/// Batches worked on at the same time: one that waits for a slow host does not hold up the others.
const BATCHES_AT_ONCE: usize = 64;

/// Where batches come in. Its bound is the back-pressure on whoever reads the topic.
pub type Intake = mpsc::Receiver<LeadBatch>;

/// Addresses handed over by other crawlers.
#[derive(Debug)]
pub struct LeadBatch {
    leads: Vec<Handover>,
    done: oneshot::Sender<()>,
}

impl LeadBatch {
    /// A batch, and what tells when it is done. It errs where the crawl ended before: the batch is to come again.
    #[must_use]
    pub fn new(leads: Vec<Handover>) -> (Self, oneshot::Receiver<()>) {
        let (done, is_done) = oneshot::channel();
        (Self { leads, done }, is_done)
    }
}

impl Crawler {
    /// As [`Crawler::run`], and fetches besides what other crawlers hand over. `sources` is the whole catalogue: it
    /// says how the sources of others are to be treated; one that is not in it is treated as one with nothing
    /// special. When `intake` closes, the visits go on.
    pub async fn run_sharing(
        &self,
        sources: &[Source],
        intake: Intake,
        stop: &CancellationToken,
        progress: &(dyn Fn(Event) + Sync),
    ) -> Report {
        let catalogue = catalogue(sources);
        self.crawl(stop, progress, async |crawl| {
            futures::join!(
                self.visit_all_for_ever(sources, &crawl),
                self.take_in(&catalogue, intake, &crawl),
                self.pay_owed(&catalogue, &crawl)
            );
        })
        .await
    }

    /// Fetches what other crawlers handed over, and ends. All of it is done when the report has no fault and `stop`
    /// is not cancelled.
    pub async fn fetch_leads(
        &self,
        sources: &[Source],
        leads: Vec<Handover>,
        stop: &CancellationToken,
        progress: &(dyn Fn(Event) + Sync),
    ) -> Report {
        let catalogue = catalogue(sources);
        self.crawl(stop, progress, async |crawl| self.fetch_all_leads(&catalogue, leads, &crawl).await).await
    }

    async fn take_in(&self, catalogue: &Catalogue<'_>, mut intake: Intake, crawl: &Crawl<'_>) {
        let batches = futures::stream::poll_fn(move |context| intake.poll_recv(context));
        let until_stopped = batches.take_until(crawl.stop.cancelled());
        until_stopped
            .for_each_concurrent(BATCHES_AT_ONCE, async |LeadBatch { leads, done }| {
                self.fetch_all_leads(catalogue, leads, crawl).await;
                if !crawl.stop.is_cancelled() {
                    // Behind all parcels of the batch: they are taken in order.
                    crawl.send(Parcel { done: Some(done), ..Parcel::default() }).await;
                }
            })
            .await;
    }

    /// Asks again, in the rhythm of the most eager source, for what could not be had.
    async fn pay_owed(&self, catalogue: &Catalogue<'_>, crawl: &Crawl<'_>) {
        let rest = Duration::from_secs(self.fetcher.settings.min_revisit_s.max(1));
        while crawl.stop.run_until_cancelled(tokio::time::sleep(rest)).await.is_some() {
            match self.owed() {
                Ok(leads) => self.fetch_all_leads(catalogue, leads, crawl).await,
                Err(error) => return crawl.fail(error.into()),
            }
        }
    }

    fn owed(&self) -> Result<Vec<Handover>, MemoryError> {
        let entries = self.memory.scan(OWED_PREFIX)?;
        // What was paid is left behind empty.
        Ok(entries.into_iter().filter_map(|(_, value)| serde_json::from_slice(&value).ok()).collect())
    }

    async fn fetch_all_leads(&self, catalogue: &Catalogue<'_>, leads: Vec<Handover>, crawl: &Crawl<'_>) {
        let (rules, leads): (Vec<_>, Vec<_>) = leads.into_iter().partition(|lead| lead.rules.is_some());
        let errands = join_all(rules.iter().map(|lead| self.see_to_rules(lead, crawl)));
        futures::join!(errands, self.fetch_by_source(catalogue, leads, crawl));
    }

    /// Asks for the rules of a host for another crawler, or takes in those that another one brought.
    async fn see_to_rules(&self, lead: &Handover, crawl: &Crawl<'_>) {
        match crawl.stop.run_until_cancelled(self.fetcher.rules_errand(lead)).await {
            Some(Ok(Some(lead))) => {
                crawl.send(Parcel { leads: vec![lead], ..Parcel::default() }).await;
            }
            Some(Ok(None)) | None => {}
            Some(Err(fault)) => crawl.fail(fault),
        }
    }

    async fn fetch_by_source(&self, catalogue: &Catalogue<'_>, leads: Vec<Handover>, crawl: &Crawl<'_>) {
        let mut by_source: BTreeMap<SourceId, Vec<Handover>> = BTreeMap::new();
        for lead in leads {
            by_source.entry(lead.source.clone()).or_default().push(lead);
        }
        let errands = by_source.into_iter().map(async |(id, leads)| {
            let unknown = || Source::new(id.0.clone(), String::new());
            let source = catalogue.get(&id).map_or_else(unknown, |known| (*known).clone());
            self.run_errand(&source, leads, crawl).await;
        });
        join_all(errands).await;
    }

    /// What others found for one source: lists are read one after the other, articles fetched beside them.
    async fn run_errand(&self, source: &Source, leads: Vec<Handover>, crawl: &Crawl<'_>) {
        let pace = Pace::Steady;
        let (lists, articles): (Vec<_>, Vec<_>) = leads.into_iter().partition(|lead| lead.listing.is_some());
        let visit = Visit { crawler: self, source, pace, crawl, errand: Some(Errand::default()) };
        let read = async {
            for list in lists {
                let kind = list.listing.unwrap_or_default();
                let rubrique = list.hint.rubrique;
                let source = Source { url: list.url, kind, rubrique, feeds: Vec::new(), ..source.clone() };
                let errand = Some(Errand { hops: list.hops });
                Visit { crawler: self, source: &source, pace, crawl, errand }.make_errand().await;
            }
        };
        futures::join!(read, visit.fetch_all(articles.into_iter().filter_map(task).collect()));
    }
}

type Catalogue<'a> = BTreeMap<SourceId, &'a Source>;

fn catalogue(sources: &[Source]) -> Catalogue<'_> {
    sources.iter().map(|source| (source.id.clone(), source)).collect()
}

/// `None` for what is no address of the web: nobody can have handed it over.
fn task(lead: Handover) -> Option<Task> {
    // Made anew here: the one who found it may know another canonical form.
    let canonical = CanonicalUrl::parse(&lead.url).ok()?;
    let id = canonical.id();
    let (requested, hops) = (lead.requested_url, lead.hops);
    let lead = Lead { url: lead.url, canonical, hint: lead.hint, modified: lead.modified };
    Some(Task { lead, id, memo: None, requested, hops })
}

//! `kiosque stage crawl`: visits the sources of this instance's part of the press.
//!
//! The partitions of the `leads` topic are the parts: whoever holds a partition crawls the sites whose keys fall
//! there, and finds there the addresses that others came upon. So the broker's group decides who visits whom, and two
//! never visit one site at a time: a partition passes on only when the crawl that had it has ended its requests
//! (`release`), and the next one starts with what that crawl remembered.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use kiosque_crawl::{Handover, LeadBatch, Source};
use kiosque_model::{Message, topic};
use kiosque_stream::{Bus, Progress, Share, Stop};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::attend;
use crate::catalogue;
use crate::cli::StageArgs;
use crate::commands::run::crawl_once;
use crate::config::Config;
use crate::invented::InventedPress;
use crate::line::{CRAWL, Line};
use crate::stages::crawl::OwnedSites;

/// Leads taken at a time. The group waits for them before it shares out anew, so they are few.
const LEADS: usize = 32;
/// How long one poll of the leads waits.
const WAIT: Duration = Duration::from_millis(200);

pub(super) async fn run(
    mut config: Config,
    args: &StageArgs,
    stop: Stop,
    ending: CancellationToken,
) -> Result<()> {
    let press = if config.invented_press { Some(InventedPress::open().await?) } else { None };
    if let Some(press) = &press {
        config.crawl.proxy = Some(press.proxy().to_owned());
    }
    let catalogue = catalogue::load(&config).await?;
    let sources: Vec<Source> = catalogue.iter().filter(|s| s.enabled).map(catalogue::to_crawl).collect();
    let line = tokio::task::block_in_place(|| Line::connect(config, stop))?;
    attend(&line, &[], args, &ending).await?;
    if args.until_idle || press.is_some() {
        crawl_once(&line, &sources, press.as_ref(), &ending).await?;
        return Ok(());
    }
    share(&line, &sources, &ending).await
}

/// What the crawl and the group's member tell each other.
#[derive(Default)]
struct Desk {
    turn: Mutex<Turn>,
    changed: Condvar,
}

/// The crawl under way.
#[derive(Default)]
struct Turn {
    running: bool,
    stop: CancellationToken,
    leads: Option<mpsc::Sender<LeadBatch>>,
}

impl Desk {
    fn turn(&self) -> std::sync::MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, stop: CancellationToken, leads: mpsc::Sender<LeadBatch>) {
        *self.turn() = Turn { running: true, stop, leads: Some(leads) };
        self.changed.notify_all();
    }

    fn end(&self) {
        *self.turn() = Turn::default();
        self.changed.notify_all();
    }

    /// Ends the crawl under way and returns when it makes no request any more.
    fn release(&self) {
        let turn = self.turn();
        turn.stop.cancel();
        drop(self.changed.wait_while(turn, |turn| turn.running).unwrap_or_else(PoisonError::into_inner));
    }

    /// Where the crawl under way takes leads; waits a while for one.
    fn leads(&self) -> Option<mpsc::Sender<LeadBatch>> {
        let waited = self.changed.wait_timeout_while(self.turn(), WAIT, |turn| turn.leads.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.leads.clone()
    }
}

/// Crawls what the group gives this instance, anew whenever that changes, until told to end.
async fn share(line: &Line, sources: &[Source], ending: &CancellationToken) -> Result<()> {
    let desk = Arc::new(Desk::default());
    let (told, mut shares) = watch::channel(None);
    let member = member(line, Arc::clone(&desk), told)?;
    let state = line.crawl_state()?;
    loop {
        tokio::select! {
            biased;
            () = ending.cancelled() => break,
            told = shares.changed() => if told.is_err() { break },
        }
        let Some(share) = shares.borrow_and_update().clone() else { continue };
        tokio::task::block_in_place(|| line.shop.through_outages(CRAWL, || state.catch_up()))?;
        let stop = ending.child_token();
        let (leads, intake) = mpsc::channel(1);
        desk.begin(stop.clone(), leads);
        let crawler = line.crawler(&state)?.with_territory(Arc::new(OwnedSites(share)));
        let mut report = tokio::select! {
            report = crawler.run_sharing(sources, intake, &stop, &|_| {}) => report,
            _ = changed(&mut shares, &stop) => unreachable!("it only cancels"),
        };
        desk.end();
        if let Some(fault) = report.fault.take() {
            line.shop.stop.set();
            let _ = tokio::task::spawn_blocking(|| member.join()).await;
            return Err(fault.into());
        }
    }
    line.shop.stop.set();
    let ended = tokio::task::spawn_blocking(|| member.join()).await.context("the group's thread was lost")?;
    ended.map_err(|_| anyhow::anyhow!("the group's thread panicked"))?
}

/// Cancels the crawl under way when the share is another one. It never returns: the crawl does.
async fn changed(
    shares: &mut watch::Receiver<Option<Share>>,
    stop: &CancellationToken,
) -> std::convert::Infallible {
    let mut shares = shares.clone();
    if shares.changed().await.is_err() {
        tracing::debug!("the group's member has ended");
    }
    stop.cancel();
    std::future::pending().await
}

/// The member of the group: holds partitions, tells which, and hands in the leads that come there.
fn member(
    line: &Line,
    desk: Arc<Desk>,
    told: watch::Sender<Option<Share>>,
) -> Result<std::thread::JoinHandle<Result<()>>> {
    let shop = line.shop.clone();
    let thread = std::thread::Builder::new().name(CRAWL.to_owned());
    let spawned = thread.spawn(move || {
        let ended = shop.through_outages(CRAWL, || {
            let releasing = Arc::clone(&desk);
            let mut bus =
                shop.log.connect_sharing(CRAWL, topic::LEADS, Box::new(move || releasing.release()))?;
            let served = serve(bus.as_mut(), &desk, &told, &shop.stop);
            // Without a place in the group nothing is held.
            desk.release();
            served
        });
        shop.stop.set();
        ended
    });
    spawned.context("cannot start a thread")
}

fn serve(bus: &mut dyn Bus, desk: &Desk, told: &watch::Sender<Option<Share>>, stop: &Stop) -> Result<()> {
    let mut generation = None;
    while !stop.is_set() {
        let found = bus.poll(LEADS, WAIT)?;
        if generation.replace(bus.generation()) != Some(bus.generation()) {
            told.send_replace(Some(bus.share()?));
        }
        let mut progress = Progress::new();
        let mut leads = Vec::<Handover>::new();
        for delivery in found {
            progress.advance(&delivery.topic, delivery.partition, delivery.offset + 1);
            match Handover::decode(&delivery.envelope) {
                Ok(lead) => leads.push(lead),
                Err(error) => {
                    tracing::error!(%error, offset = delivery.offset, "a lead that is none is passed over");
                }
            }
        }
        if leads.is_empty() || hand_in(&leads, desk, stop) {
            bus.commit(&progress)?;
        }
    }
    Ok(())
}

/// Gives leads to the crawl under way, or to the next one where that ends before they are done; `false` where it was
/// told to stop before: they come again.
fn hand_in(leads: &[Handover], desk: &Desk, stop: &Stop) -> bool {
    while !stop.is_set() {
        let Some(intake) = desk.leads() else { continue };
        let (batch, done) = LeadBatch::new(leads.to_vec());
        if intake.blocking_send(batch).is_ok() && done.blocking_recv().is_ok() {
            return true;
        }
    }
    false
}

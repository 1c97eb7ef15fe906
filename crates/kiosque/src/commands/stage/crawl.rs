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
use kiosque_stream::{Bus, Delivery, Progress, Share, Stop, dead};
use tokio::sync::oneshot::{self, error::TryRecvError};
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

/// Leads taken at a time.
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
    attend(&line, &[CRAWL], args, &ending).await?;
    if press.is_some() {
        crawl_once(&line, &sources, press.as_ref(), &ending).await?;
        return Ok(());
    }
    if args.until_idle {
        return once(&line, &sources, &ending).await;
    }
    share(&line, &sources, &ending).await
}

/// Visits every source once. What becomes of the pages is the other stages' affair, which may not even run.
async fn once(line: &Line, sources: &[Source], ending: &CancellationToken) -> Result<()> {
    let state = line.crawl_state()?;
    tokio::task::block_in_place(|| state.catch_up())?;
    let report = line.crawler(&state, ending)?.visit_once(sources, ending, &|_| {}).await;
    report.fault.map_or(Ok(()), |fault| Err(fault.into()))
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
    /// How often everything was released. A crawl that was prepared before the last time must not begin.
    released: u64,
}

impl Desk {
    fn turn(&self) -> std::sync::MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn released(&self) -> u64 {
        self.turn().released
    }

    /// Begins a crawl with a share that was taken when `released` was so much; `false` where it is not any more.
    fn begin(&self, released: u64, stop: CancellationToken, leads: mpsc::Sender<LeadBatch>) -> bool {
        let mut turn = self.turn();
        if turn.released != released {
            return false;
        }
        *turn = Turn { running: true, stop, leads: Some(leads), released };
        true
    }

    fn end(&self) {
        let mut turn = self.turn();
        *turn = Turn { released: turn.released, ..Turn::default() };
        drop(turn);
        self.changed.notify_all();
    }

    /// Ends the crawl under way and returns when it makes no request any more.
    fn release(&self) {
        let mut turn = self.turn();
        turn.released += 1;
        turn.stop.cancel();
        drop(self.changed.wait_while(turn, |turn| turn.running).unwrap_or_else(PoisonError::into_inner));
    }

    /// Where the crawl under way takes leads, if there is one.
    fn leads(&self) -> Option<mpsc::Sender<LeadBatch>> {
        self.turn().leads.clone()
    }
}

/// Crawls what the group gives this instance, anew whenever that changes, until told to end.
async fn share(line: &Line, sources: &[Source], ending: &CancellationToken) -> Result<()> {
    let desk = Arc::new(Desk::default());
    let (told, mut shares) = watch::channel(None);
    let member = member(line, Arc::clone(&desk), told)?;
    let state = line.crawl_state()?;
    let mut crawled = Ok(());
    loop {
        tokio::select! {
            biased;
            () = ending.cancelled() => break,
            told = shares.changed() => if told.is_err() { break },
        }
        // Noted before the share is taken: a release in between makes the share an old one.
        let released = desk.released();
        let Some(share) = shares.borrow_and_update().clone() else { continue };
        tokio::task::block_in_place(|| state.catch_up())?;
        let stop = ending.child_token();
        let (leads, intake) = mpsc::channel(1);
        let crawler = line.crawler(&state, &stop)?.with_territory(Arc::new(OwnedSites(share)));
        if !desk.begin(released, stop.clone(), leads) {
            continue;
        }
        let mut report = tokio::select! {
            report = crawler.run_sharing(sources, intake, &stop, &|_| {}) => report,
            _ = changed(&mut shares, &stop) => unreachable!("it only cancels"),
        };
        desk.end();
        if let Some(fault) = report.fault.take() {
            crawled = Err(fault.into());
            break;
        }
    }
    line.shop.stop.set();
    let ended = tokio::task::spawn_blocking(|| member.join()).await.context("the group's thread was lost")?;
    // What the member says is the cause of what the crawl says.
    ended.map_err(|_| anyhow::anyhow!("the group's thread panicked"))?.and(crawled)
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

/// Leads that the crawl has not done yet, and how far the topic is read with them.
struct Outstanding {
    leads: Vec<Handover>,
    progress: Progress,
    done: Option<oneshot::Receiver<()>>,
}

fn serve(bus: &mut dyn Bus, desk: &Desk, told: &watch::Sender<Option<Share>>, stop: &Stop) -> Result<()> {
    let mut generation = None;
    let mut outstanding: Option<Outstanding> = None;
    while !stop.is_set() {
        // With leads in hand nothing is taken, and yet polled: a partition may have to pass on.
        let found = bus.poll(if outstanding.is_some() { 0 } else { LEADS }, WAIT)?;
        if generation.replace(bus.generation()) != Some(bus.generation()) {
            let share = bus.share()?;
            if let Some(kept) = &mut outstanding {
                // What is another's now, comes to that one again: it is not committed.
                kept.leads.retain(|lead| share.owns(&lead.site()));
            }
            told.send_replace(Some(share));
        }
        if !found.is_empty() {
            outstanding = Some(take(bus, found)?);
        }
        if let Some(kept) = outstanding.take() {
            match settle(kept, desk) {
                Ok(progress) => bus.commit(&progress)?,
                Err(kept) => outstanding = Some(kept),
            }
        }
    }
    Ok(())
}

/// Reads leads; what is none goes aside, with its reason.
fn take(bus: &mut dyn Bus, found: Vec<Delivery>) -> Result<Outstanding> {
    let (mut leads, mut progress) = (Vec::new(), Progress::new());
    for delivery in found {
        progress.advance(&delivery.topic, delivery.partition, delivery.offset + 1);
        match Handover::decode(&delivery.envelope) {
            Ok(lead) => leads.push(lead),
            Err(error) => {
                tracing::error!(%error, offset = delivery.offset, "a lead that is none goes aside");
                let envelope = dead::aside(delivery, CRAWL, &error.to_string(), jiff::Timestamp::now());
                bus.send(&topic::dead(CRAWL), envelope)?;
            }
        }
    }
    bus.flush()?;
    Ok(Outstanding { leads, progress, done: None })
}

/// Gives leads to the crawl under way, or to the next one where that ended before they were done. How far the topic
/// is done, once they are.
fn settle(mut kept: Outstanding, desk: &Desk) -> Result<Progress, Outstanding> {
    if kept.leads.is_empty() {
        return Ok(kept.progress);
    }
    match kept.done.as_mut().map(oneshot::Receiver::try_recv) {
        Some(Ok(())) => return Ok(kept.progress),
        Some(Err(TryRecvError::Empty)) => return Err(kept),
        Some(Err(TryRecvError::Closed)) | None => kept.done = None,
    }
    if let Some(intake) = desk.leads() {
        let (batch, done) = LeadBatch::new(kept.leads.clone());
        kept.done = intake.try_send(batch).ok().map(|()| done);
    }
    Err(kept)
}

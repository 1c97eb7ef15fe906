//! `kiosque run`: the whole line in one process, from the sources to the edition.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use kiosque_crawl::{Report, Source, SourceState};
use kiosque_edition::{Format, GroupBy, usual_mode};
use kiosque_model::{Reason, SourceId};
use kiosque_store::{EditionRow, Store, StoreStatus};
use kiosque_stream::{Stage, Stop, Summary};
use tokio_util::sync::CancellationToken;

use crate::catalogue;
use crate::cli::{EXIT_FAILED, RunArgs};
use crate::commands::edition::law::lawful;
use crate::commands::edition::{export_path, issue};
use crate::commands::serve;
use crate::config::Config;
use crate::invented::InventedPress;
use crate::line::{self, ALL_STAGES, Line, Running};
use crate::progress::Progress;
use crate::stages::sink::Sink;
use crate::{arenas, courier, gauges, looks, signals, words};

/// How often a line that runs for ever writes files for readers and purges its log.
pub(crate) const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// Crawls for ever, or once; prints what came of it.
pub(crate) fn run(args: &RunArgs) -> Result<ExitCode> {
    let config = Config::load(args.pipeline.path())?;
    arenas::runtime()?.block_on(run_line(config, args))
}

/// What a run did, for its last words.
struct Done {
    report: Report,
    stages: Vec<(&'static str, Summary)>,
    before: StoreStatus,
    started: Instant,
    /// Whether it was ended by a signal before its work was done.
    interrupted: bool,
}

async fn run_line(mut config: Config, args: &RunArgs) -> Result<ExitCode> {
    let started = Instant::now();
    let press = if config.invented_press { Some(InventedPress::open().await?) } else { None };
    if let Some(press) = &press {
        config.crawl.proxy = Some(press.proxy().to_owned());
    }
    let catalogue = catalogue::load(&config).await?;
    let line = Line::connect(config, Stop::new())?;
    line.prepare_store(&catalogue)?;
    let sources: Vec<Source> = catalogue.iter().filter(|s| s.enabled).map(catalogue::to_crawl).collect();
    let before = Store::open_read_only(&line.config.store)?.status()?;
    let ending = CancellationToken::new();
    end_on_signal(&line, &ending);
    if let Some(listen) = args.listen {
        serve_beside(&line, listen, &ending).await?;
    }

    let running = line.start()?;
    gauges::watch(&line.shop, &ALL_STAGES);
    // A press of two days ends by itself; real ones end only if asked to.
    let crawled = if args.until_idle || press.is_some() {
        crawl_once(&line, &sources, press.as_ref(), &ending).await
    } else {
        crawl_for_ever(&line, &sources, &ending).await
    };
    let interrupted = ending.is_cancelled();
    let (report, stages) = end(&line, running, crawled).await?;
    let done = Done { report, stages, before, started, interrupted };
    conclude(&line.config, &done)
}

/// Ends the line after its batch on SIGINT or SIGTERM, and when a stage ends.
fn end_on_signal(line: &Line, ending: &CancellationToken) {
    let (stop, ending) = (line.shop.stop.clone(), ending.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = signals::ended() => stop.set(),
            () = stopped(&stop) => {}
        }
        ending.cancel();
        // Whoever asks twice does not want to wait for the batch. What it had done comes again.
        signals::ended().await;
        std::process::exit(i32::from(EXIT_FAILED));
    });
}

/// Serves the edition pages, health and this process' metrics while the line runs.
async fn serve_beside(line: &Line, listen: SocketAddr, ending: &CancellationToken) -> Result<()> {
    let site = serve::site(&line.config, Arc::new(line.ready()))?;
    let listener = serve::listener(&listen.to_string()).await?;
    let ending = ending.clone();
    tokio::spawn(async move {
        if let Err(error) = kiosque_web::serve(listener, site, ending.cancelled_owned()).await {
            tracing::error!(%error, "the pages are no longer served");
        }
    });
    Ok(())
}

async fn stopped(stop: &Stop) {
    while !stop.is_set() {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Visits every source once; the invented press once at each of its hours, with all of it in the store before the
/// next.
pub(crate) async fn crawl_once(
    line: &Line,
    sources: &[Source],
    press: Option<&InventedPress>,
    ending: &CancellationToken,
) -> Result<Report> {
    let state = line.crawl_state()?;
    state.catch_up()?;
    let (crawler, memory) = (line.crawler(&state, ending)?, state.as_memory());
    let hours = match press {
        Some(press) => press.hours(&memory)?.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let progress = Progress::new(sources.len() * hours.len());
    let mut total = Report::default();
    for hour in hours {
        if ending.is_cancelled() {
            break;
        }
        if let (Some(press), Some(hour)) = (press, hour) {
            progress.say(&format!("Presse inventée : {}", press.turn_to(hour)));
        }
        let report = crawler.visit_once(sources, ending, &|event| progress.event(&event)).await;
        tokio::task::block_in_place(|| line.wait_until_drained())?;
        let fault = add(&mut total, report);
        if let Some(fault) = fault {
            progress.close();
            return Err(fault.into());
        }
        if let (Some(press), Some(hour), false) = (press, hour, ending.is_cancelled()) {
            press.crawled(hour, &memory)?;
        }
    }
    progress.close();
    Ok(total)
}

async fn crawl_for_ever(line: &Line, sources: &[Source], ending: &CancellationToken) -> Result<Report> {
    let state = line.crawl_state()?;
    state.catch_up()?;
    let crawler = line.crawler(&state, ending)?;
    let crawling = crawler.run(sources, ending, &|_| {});
    tokio::pin!(crawling);
    // Not at once: after an hour that was missed, the sources are asked before an edition is issued.
    let first = tokio::time::Instant::now() + HOUSEKEEPING;
    let mut rounds = tokio::time::interval_at(first, HOUSEKEEPING);
    let mut report = loop {
        tokio::select! {
            report = &mut crawling => break report,
            _ = rounds.tick() => tokio::task::block_in_place(|| keep_house(line))?,
        }
    };
    match report.fault.take() {
        Some(fault) => Err(fault.into()),
        None => Ok(report),
    }
}

/// What a line that runs for ever does now and then: files for readers, and a log that does not grow for ever.
pub(crate) fn keep_house(line: &Line) -> Result<()> {
    line.purge()?;
    if line.config.editions.iter().any(|spec| spec.schedule.is_some()) {
        let when = (line.opened, Timestamp::now());
        issue::issue_due(&line.config, &line::open_store(&line.config)?, when)?;
        courier::go(&line.config);
    }
    let store = Store::open_read_only(&line.config.store)?;
    write_editions(&line.config, &store)?;
    line.watchman.look(&store)?;
    Ok(())
}

fn add(total: &mut Report, report: Report) -> Option<kiosque_crawl::CrawlError> {
    for (id, part) in report.sources {
        let of = total.sources.entry(id).or_default();
        of.visits += part.visits;
        of.entries += part.entries;
        of.fetched += part.fetched;
        of.unchanged += part.unchanged;
        for (reason, number) in part.dropped {
            *of.dropped.entry(reason).or_default() += number;
        }
        of.state = part.state;
    }
    report.fault
}

/// Ends the stages. A stage's failure is the cause of the crawl's, so it is told first.
async fn end(
    line: &Line,
    running: Running,
    crawled: Result<Report>,
) -> Result<(Report, Vec<(&'static str, Summary)>)> {
    line.shop.stop.set();
    let stages =
        tokio::task::spawn_blocking(|| running.join()).await.context("a stage could not be waited for")??;
    Ok((crawled?, stages))
}

fn conclude(config: &Config, done: &Done) -> Result<ExitCode> {
    // Opened for writing, as the last of this process: closing it brings the write-ahead log into the file, so that
    // the store is one file again for whoever copies it.
    let store = line::open_store(config)?;
    let after = store.status()?;
    let written = write_editions(config, &store)?;
    let latest = newest(config, written);
    match latest {
        Some((day, _)) => println!("Revue de presse du {}", kiosque_edition::long_date(day)),
        None => println!("Aucune édition : aucun article daté n’a été trouvé."),
    }
    let unchanged: u64 = done.report.sources.values().map(|s| s.unchanged).sum();
    let visits: u64 = done.report.sources.values().map(|s| s.visits).sum();
    println!("  Sources    {} en {}", done.report.sources.len(), words::count(visits, "visite"));
    println!("  Pages      {} lues, {unchanged} inchangées", done.report.fetched());
    println!("  Articles   {}", grown(done.before.articles, after.articles));
    println!("  Révisions  {}", grown(done.before.revisions, after.revisions));
    println!("  Copies     {}", grown(done.before.copies, after.copies));
    println!("  Sujets     {}", grown(done.before.stories, after.stories));
    println!("  Écartées   {}", dropped(done));
    println!("  Durée      {}", words::span(done.started.elapsed()));
    let stored: u64 =
        done.stages.iter().filter(|(stage, _)| *stage == Sink::NAME).map(|(_, s)| s.stored).sum();
    let failing: Vec<_> =
        done.report.sources.iter().filter_map(|(id, source)| failing(id, &source.state)).collect();
    if !failing.is_empty() {
        println!("  En panne   {}", failing.join(", "));
    }
    if done.interrupted {
        println!("Interrompu : relancez la commande pour continuer, rien n’est perdu.");
    } else if stored == 0 && counts(&done.before) == counts(&after) {
        println!("Rien de nouveau : le dépôt et les éditions sont inchangés.");
    }
    if let Some((_, path)) = latest {
        println!("Édition : {}", path.display());
    }
    let dead: u64 = done.stages.iter().map(|(_, summary)| summary.dead_lettered).sum();
    if dead > 0 {
        eprintln!(
            "warning: {dead} messages are among the dead letters\nhint: `kiosque dlq list {}` shows why",
            config.file
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A source that could not be read, and why.
fn failing(id: &SourceId, state: &SourceState) -> Option<String> {
    match state {
        SourceState::Broken(why) => Some(format!("{id} ({why})")),
        SourceState::Failed(reason, _) => Some(format!("{id} ({})", words::reason(*reason))),
        SourceState::Refused { why, .. } => Some(format!("{id} (pages refusées : {why})")),
        SourceState::Waiting
        | SourceState::Ok
        | SourceState::Unchanged
        | SourceState::Empty
        | SourceState::Stopped => None,
    }
}

/// What a run can add to.
fn counts(status: &StoreStatus) -> [usize; 5] {
    [status.articles, status.revisions, status.copies, status.stories, status.editions]
}

fn grown(before: usize, after: usize) -> String {
    match after.saturating_sub(before) {
        0 => after.to_string(),
        new if before == 0 => new.to_string(),
        new => format!("{after} (+{new})"),
    }
}

fn dropped(done: &Done) -> String {
    let mut reasons: BTreeMap<Reason, u64> = BTreeMap::new();
    let of_crawl = done.report.sources.values().flat_map(|source| &source.dropped);
    let of_stages = done.stages.iter().flat_map(|(_, summary)| &summary.dropped);
    for (reason, number) in of_crawl.chain(of_stages) {
        *reasons.entry(*reason).or_default() += number;
    }
    let total: u64 = reasons.values().sum();
    if total == 0 {
        return "aucune".to_owned();
    }
    let parts: Vec<_> =
        reasons.iter().map(|(reason, number)| format!("{} {number}", words::reason(*reason))).collect();
    format!("{total} ({})", parts.join(", "))
}

/// The day and file of the pipeline's first edition to show: the newest that is not of a day to come, which a
/// post-dated page alone can open.
fn newest(config: &Config, written: Vec<(EditionRow, PathBuf)>) -> Option<(Date, PathBuf)> {
    let first = &config.editions.first()?.name;
    let due = written.into_iter().filter(|(row, _)| row.name == *first && row.is_due(&config.time_zone));
    due.max_by_key(|(row, _)| row.date).map(|(row, path)| (row.date, path))
}

/// Writes the HTML of every edition of the pipeline whose file is missing or says something else.
fn write_editions(config: &Config, store: &Store) -> Result<Vec<(EditionRow, PathBuf)>> {
    let mut written = Vec::new();
    for row in store.editions()? {
        let Some(spec) = config.editions.iter().find(|spec| spec.name == row.name) else { continue };
        let Some(edition) = store.edition(&row.name, row.date)? else { continue };
        let path = export_path(config, &edition, Format::Html);
        if row.items == 0 && !row.is_due(&config.time_zone) && !path.exists() {
            // The edition of a day to come, with nothing in it yet.
            continue;
        }
        // What would break a rule is not written; the file of the state before stays.
        let edition = match lawful((config, store), spec, &edition, usual_mode(&edition, spec)) {
            Ok(edition) => edition,
            Err(breaches) => {
                tracing::error!("{breaches:#}");
                continue;
            }
        };
        let look = looks::look(config, &edition.name)?;
        let html = kiosque_edition::render_with(&look, &edition, Format::Html, GroupBy::Rubrique)?;
        super::edition::write_if_changed(&path, &html)?;
        written.push((row, path));
    }
    Ok(written)
}

//! What a process tells of its stages beside the run loop's counts: how far behind they are, what they gave up on,
//! and since when it runs. Asked of the bus now and then, which also finds out whether the broker is there.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kiosque_model::topic;
use kiosque_stream::{BusError, dead};
use metrics::gauge;

use crate::line::{CRAWL, GROUPS, Shop};

/// How often the bus is asked. Prometheus asks as often by default.
const EVERY: Duration = Duration::from_secs(15);

/// Watches the stages that `watched` names, on a thread of its own, until the line stops.
pub(crate) fn watch(shop: &Shop, watched: &'static [&'static str]) {
    let (shop, started) = (shop.clone(), Instant::now());
    let watching = move || {
        let mut missed = 0;
        gauge!("kiosque_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        loop {
            gauge!("kiosque_up_seconds").set(started.elapsed().as_secs_f64());
            let asked = watched.iter().try_for_each(|stage| ask(&shop, stage));
            // Once is no outage: a group that is being made is not known to the broker at first.
            missed = if asked.as_ref().is_err_and(BusError::is_outage) { missed + 1 } else { 0 };
            shop.away.store(missed > 1, Ordering::Relaxed);
            if let Err(error) = asked {
                tracing::debug!(%error, "the bus cannot be asked");
            }
            if shop.stop.wait(EVERY) {
                return;
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("gauges".to_owned()).spawn(watching) {
        tracing::warn!(%error, "lag is not measured");
    }
}

fn ask(shop: &Shop, stage: &'static str) -> Result<(), BusError> {
    let all = GROUPS.iter().chain(&[(CRAWL, topic::LEADS)]);
    for (_, topic) in all.filter(|(name, _)| *name == stage) {
        for position in shop.log.positions(stage, topic)? {
            let partition = position.partition.to_string();
            gauge!("kiosque_lag", "stage" => stage, "topic" => *topic, "partition" => partition)
                .set(precise(position.lag()));
        }
    }
    gauge!("kiosque_dead_letters", "stage" => stage).set(precise(dead::count(shop.log.as_ref(), stage)?));
    Ok(())
}

/// Notes that an edition was built just now.
pub(crate) fn built(edition: &str) {
    let now = jiff::Timestamp::now().as_millisecond();
    gauge!("kiosque_edition_built_timestamp_seconds", "edition" => edition.to_owned())
        .set(Duration::from_millis(now.unsigned_abs()).as_secs_f64());
}

/// A count as Prometheus' floating point; beyond 2^32 nobody counts one by one.
fn precise(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

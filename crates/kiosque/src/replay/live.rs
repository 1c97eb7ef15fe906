//! Brings what a replay made into the live store, by way of the line's own sink.
//!
//! The sink takes a later fetch with another text for a revision of the publisher. A kept page was read before,
//! by the code of its day, and what came of it is in the store: what differs now is the reading. So a replayed
//! article goes out under the time of the stored fetch, and the sink corrects it in place; where the store has
//! moved on to a later fetch meanwhile, the sink passes it over.
//!
//! That is true only of pages whose first reading has arrived: the line is drained first.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use kiosque_model::{Message, Tagged};
use kiosque_store::Store;
use kiosque_stream::{Bus, Connect, Stage};

use crate::line::GROUPS;
use crate::stages::trail::Trail;

/// How long a line on a broker may stand still before a replay gives up waiting for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// How many articles went which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Unknown to the store until now.
    pub(crate) new: usize,
    /// Stored, and read otherwise now.
    pub(crate) corrected: usize,
    /// Read as they are stored.
    pub(crate) same: usize,
    /// Stored from a later fetch: not sent.
    pub(crate) newer: usize,
}

impl Sent {
    /// Sends articles to the live sink, as far as the store has not moved on.
    ///
    /// # Errors
    /// Where store or bus fail.
    pub(crate) fn send(&mut self, store: &Store, bus: &mut dyn Bus, articles: Vec<Tagged>) -> Result<()> {
        for mut tagged in articles {
            let stored = store.article(&tagged.article.id)?;
            let Some(stored) = stored else {
                self.new += 1;
                bus.send(Tagged::TOPIC, tagged.encode())?;
                continue;
            };
            if stored.article.fetched_at > tagged.article.fetched_at {
                self.newer += 1;
                continue;
            }
            tagged.article.fetched_at = stored.article.fetched_at;
            if stored == tagged {
                self.same += 1;
            } else {
                self.corrected += 1;
            }
            // What is as it was is sent too: of two fetches of a page the later has the last word.
            bus.send(Tagged::TOPIC, tagged.encode())?;
        }
        Ok(bus.flush()?)
    }
}

/// Waits until all that the line has begun is in the store. Stages commit after their outputs are visible, so what
/// `dedup` has committed has left each stage once that has reached what its topic held.
///
/// # Errors
/// Where the bus cannot be asked, or a stage stands still.
pub(crate) fn wait_for_line(log: &dyn Connect) -> Result<()> {
    for (stage, topic) in GROUPS.into_iter().filter(|(stage, _)| *stage != Trail::NAME).skip(1) {
        let ends: Vec<_> = log.positions(stage, topic)?.iter().map(|at| (at.partition, at.next)).collect();
        let behind = || -> Result<u64> {
            let now = log.positions(stage, topic)?;
            let missing = ends.iter().map(|(partition, end)| {
                let at = now.iter().find(|at| at.partition == *partition);
                at.map_or(0, |at| end.saturating_sub(at.committed.unwrap_or_default().max(at.first)))
            });
            Ok(missing.sum())
        };
        let (mut last, mut moved) = (behind()?, Instant::now());
        while last > 0 {
            if moved.elapsed() > PATIENCE {
                bail!(
                    "stage `{stage}` stands still before {last} messages: what came of pages just read is not stored yet\n\
                     hint: start the stage, and replay when `kiosque status` shows no lag"
                );
            }
            std::thread::sleep(LOOK);
            let now = behind()?;
            if now < last {
                (last, moved) = (now, Instant::now());
            }
        }
    }
    Ok(())
}

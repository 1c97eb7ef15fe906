//! The order in which the articles of a minute come in does not show in the groups, nor does a restart.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};
use kiosque_group::{Arrival, Grouper, Item, Placement, Settings};
use kiosque_model::{ArticleId, Language, PageId, SourceId};
use proptest::prelude::*;

mod words;
use words::WORDS;

/// What arrives: an article and when it was fetched.
type Fetched = (Item, Timestamp);

/// Every third article tells no more than its day.
fn arrival(item: &Item, fetched: Timestamp, met: Timestamp) -> Arrival {
    Arrival { fetched, met, bare_day: item.id.0.len().is_multiple_of(3) }
}

/// A grouper and the store beside it, as a stage keeps them.
struct Desk {
    grouper: Grouper,
    stored: BTreeMap<ArticleId, (Fetched, Placement)>,
}

impl Desk {
    fn new() -> Self {
        Self { grouper: Grouper::new(Settings::default()), stored: BTreeMap::new() }
    }

    fn take(&mut self, (item, fetched): &Fetched) {
        let met = self.stored.get(&item.id).map_or(*fetched, |((_, first), _)| *first);
        self.grouper.arrive(item, arrival(item, *fetched, met));
        if self.grouper.has_late() {
            self.grouper.settle();
        }
        // Its placement comes with the changes, unless it came as it was.
        let known = self.stored.get(&item.id).map(|(_, placement)| placement.clone());
        let unknown =
            Placement { copy_of: None, story: item.id.clone(), because: String::new(), absorbed: Vec::new() };
        self.stored.insert(item.id.clone(), ((item.clone(), met), known.unwrap_or(unknown)));
        self.write();
    }

    fn settle(&mut self) {
        self.grouper.settle();
        self.write();
    }

    fn write(&mut self) {
        let changes = self.grouper.changes();
        for (into, from) in changes.joined {
            for (_, placement) in self.stored.values_mut().filter(|(_, placement)| placement.story == from) {
                placement.story = into.clone();
            }
        }
        for (id, placement) in changes.placed {
            self.stored.get_mut(&id).expect("only what came is placed").1 = placement;
        }
    }

    /// The process ends and another begins.
    fn restart(&mut self) {
        let mut grouper = Grouper::new(Settings::default());
        if let Some(horizon) = self.grouper.horizon() {
            grouper.forget_before(horizon);
        }
        grouper.open_since(self.grouper.settled_until().expect("a moment"));
        for ((item, met), placement) in self.stored.values() {
            grouper.restore_met(item, placement, arrival(item, *met, *met));
        }
        self.grouper = grouper;
    }

    fn placements(&self) -> BTreeMap<ArticleId, Placement> {
        self.stored.iter().map(|(id, (_, placement))| (id.clone(), placement.clone())).collect()
    }
}

/// Articles of few ids and words, so that copies, stories and new texts come up, by the minute they are met in.
fn minutes() -> impl Strategy<Value = Vec<Vec<Fetched>>> {
    let words = |n| prop::collection::vec(0..WORDS.len(), n);
    let article = (0..40_u8, words(2..6), words(3..40), 0..60_i64, 0..4_u8);
    let minute = (1..5_i64, prop::collection::vec(article, 1..7));
    prop::collection::vec(minute, 1..7).prop_map(|drawn| {
        let mut minute = 0;
        let mut all = Vec::new();
        for (gap, articles) in drawn {
            minute += gap * 2;
            let met = Timestamp::UNIX_EPOCH + (60 * (1_000_000 + minute)).seconds();
            let mut of_minute: BTreeMap<ArticleId, Fetched> = BTreeMap::new();
            for (id, title, text, hours, source) in articles {
                let join = |picks: &[usize]| picks.iter().map(|i| WORDS[*i]).collect::<Vec<_>>().join(" ");
                let item = Item {
                    id: PageId(format!("id{id}")),
                    title: join(&title),
                    text: if hours % 3 == 0 { join(&text).repeat(2) } else { join(&text) },
                    language: Language::from_tag("fr"),
                    at: met - hours.hours(),
                    source: SourceId(format!("s{source}")),
                };
                of_minute.insert(item.id.clone(), (item, met + (i64::from(id) % 59).seconds()));
            }
            all.push(of_minute.into_values().collect());
        }
        all
    })
}

proptest! {
    #[test]
    fn neither_the_order_in_a_minute_nor_a_restart_shows(
        minutes in minutes(),
        order in prop::collection::vec(0..1_000_usize, 48),
        crash in 0..48_usize,
        lulls in prop::collection::vec(any::<bool>(), 48),
    ) {
        let (mut calm, mut wild) = (Desk::new(), Desk::new());
        let mut step = 0;
        for minute in &minutes {
            let before: BTreeSet<ArticleId> = calm.stored.keys().cloned().collect();
            minute.iter().for_each(|arrival| calm.take(arrival));
            let mut shuffled: Vec<&Fetched> = minute.iter().collect();
            while !shuffled.is_empty() {
                let drawn = order[step % order.len()] % shuffled.len();
                // New texts of what is known already are judged as they come: they keep their order.
                let known = |arrival: &&Fetched| before.contains(&arrival.0.id);
                let first_known = shuffled.iter().position(known).filter(|_| known(&shuffled[drawn]));
                wild.take(shuffled.remove(first_known.unwrap_or(drawn)));
                if lulls[step % lulls.len()] {
                    wild.settle();
                }
                if step == crash {
                    wild.restart();
                }
                step += 1;
            }
        }
        calm.settle();
        wild.settle();
        prop_assert_eq!(calm.placements(), wild.placements());
        prop_assert_eq!(calm.grouper.len(), wild.grouper.len());
    }
}

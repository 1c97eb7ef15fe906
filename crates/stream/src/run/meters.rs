//! What the loop counts, under names fixed for dashboards. Labels come from closed lists, so they stay few.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

use super::Summary;

const MESSAGES: &str = "kiosque_messages_total";
const DROPS: &str = "kiosque_drops_total";
const SECONDS: &str = "kiosque_process_seconds";

/// Tells the recorder, where there is one, what the names mean.
pub(super) fn describe() {
    describe_counter!(MESSAGES, Unit::Count, "Messages committed, by stage and outcome");
    describe_counter!(DROPS, Unit::Count, "Messages a stage ended, by reason");
    describe_histogram!(SECONDS, Unit::Seconds, "Time to process one message, attempts and waits included");
}

/// Counts a batch, once it is committed: a batch that comes again is counted once.
pub(super) fn count(stage: &'static str, batch: &Summary) {
    let dropped = batch.dropped.values().sum();
    for (outcome, messages) in [
        ("forwarded", batch.forwarded),
        ("dropped", dropped),
        ("stored", batch.stored),
        ("dead_lettered", batch.dead_lettered),
    ] {
        if messages > 0 {
            counter!(MESSAGES, "stage" => stage, "outcome" => outcome).increment(messages);
        }
    }
    for (reason, messages) in &batch.dropped {
        counter!(DROPS, "stage" => stage, "reason" => reason.name()).increment(*messages);
    }
}

/// Notes how long one message took.
pub(super) fn took(stage: &'static str, time: Duration) {
    histogram!(SECONDS, "stage" => stage).record(time);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, Mutex};

    use kiosque_model::Reason;
    use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString};

    use super::*;

    /// Keeps counters by their names and labels.
    #[derive(Default)]
    struct Kept(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

    impl Recorder for Kept {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            let labels: Vec<_> = key.labels().map(|l| format!("{}={}", l.key(), l.value())).collect();
            let name = format!("{}{{{}}}", key.name(), labels.join(","));
            Counter::from_arc(Arc::clone(self.0.lock().unwrap().entry(name).or_default()))
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    #[test]
    fn counts_go_under_the_names_of_the_dashboards() {
        let batch = Summary {
            forwarded: 3,
            dropped: [(Reason::SamePage, 2), (Reason::Listing, 1)].into(),
            ..Summary::default()
        };
        let kept = Kept::default();
        metrics::with_local_recorder(&kept, || {
            count("dedup", &batch);
            count("dedup", &batch);
        });
        let counted: Vec<_> = kept
            .0
            .lock()
            .unwrap()
            .iter()
            .map(|(name, count)| format!("{name} {}", count.load(Ordering::SeqCst)))
            .collect();
        assert_eq!(
            counted,
            [
                "kiosque_drops_total{stage=dedup,reason=listing} 2",
                "kiosque_drops_total{stage=dedup,reason=same_page} 4",
                "kiosque_messages_total{stage=dedup,outcome=dropped} 6",
                "kiosque_messages_total{stage=dedup,outcome=forwarded} 6",
            ]
        );
    }
}

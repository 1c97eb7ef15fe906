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

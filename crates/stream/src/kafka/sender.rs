//! The sending half of a handle: messages wait here until `flush`, and `flush` waits for the broker's word.
//!
//! Guarantee: when `flush` returns `Ok`, every message is on all replicas that are in sync, in the order of
//! sending for each partition, and once: the producer is idempotent. When it fails, some may be there and all are
//! kept; sending them again may double those, which the stages after bear.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::executor::block_on;
use kiosque_model::Envelope;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::FutureProducer;
use rdkafka::producer::future_producer::{DeliveryFuture, FutureRecord};

use super::settings::HEADROOM;
use super::{Shared, fault};
use crate::BusError;

/// A message this large is held against its topic's own limit; smaller ones fit any topic.
const SURELY_FITS: usize = 512 << 10;

pub(super) struct Sender {
    shared: Arc<Shared>,
    producer: FutureProducer,
    pending: Vec<(String, Envelope)>,
}

impl Sender {
    pub(super) fn open(shared: &Arc<Shared>) -> Result<Self, BusError> {
        let producer = shared
            .settings
            .producer()
            .create()
            .map_err(|error| fault::broker(&shared.settings, "set up for sending", &error))?;
        Ok(Self { shared: Arc::clone(shared), producer, pending: Vec::new() })
    }

    pub(super) fn send(&mut self, topic: &str, envelope: Envelope) -> Result<(), BusError> {
        let bytes = envelope.key.len() + envelope.value.len();
        let mut limit = self.shared.settings.max_bytes;
        if bytes > SURELY_FITS.min(limit) || self.shared.wary.load(Ordering::Relaxed) {
            limit = limit.min(self.shared.topic_limit(topic).saturating_sub(HEADROOM));
        }
        if bytes > limit {
            return Err(BusError::TooLarge { topic: topic.to_owned(), bytes, limit });
        }
        self.pending.push((topic.to_owned(), envelope));
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<(), BusError> {
        let mut waiting = VecDeque::with_capacity(self.pending.len());
        let mut first_fault = None;
        for (topic, envelope) in &self.pending {
            if let Err(error) = self.enqueue(topic, envelope, &mut waiting) {
                first_fault = Some(error);
                break;
            }
        }
        // All are waited for, so that none is still under way when the caller sends them again.
        for delivery in waiting {
            if let Err(error) = settled(delivery) {
                first_fault.get_or_insert(error);
            }
        }
        match first_fault {
            None => {
                self.pending.clear();
                Ok(())
            }
            Some(error) => {
                if error.rdkafka_error_code() == Some(RDKafkaErrorCode::MessageSizeTooLarge) {
                    // The topic's limit is not what it was, or less than any topic's: it is asked for again, and from
                    // now on for every message.
                    self.shared.forget_limits();
                    self.shared.wary.store(true, Ordering::Relaxed);
                }
                Err(fault::broker(&self.shared.settings, "written to", &error))
            }
        }
    }

    /// Hands one message to librdkafka, making room in its queue where there is none.
    fn enqueue(
        &self,
        topic: &str,
        envelope: &Envelope,
        waiting: &mut VecDeque<DeliveryFuture>,
    ) -> Result<(), KafkaError> {
        let name = self.shared.settings.name(topic);
        let mut record =
            FutureRecord::to(&name).key(&envelope.key).payload(&envelope.value).headers(headers(envelope));
        loop {
            match self.producer.send_result(record) {
                Ok(delivery) => {
                    waiting.push_back(delivery);
                    return Ok(());
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    let Some(oldest) = waiting.pop_front() else {
                        return Err(KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull));
                    };
                    settled(oldest)?;
                    record = back;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }
}

/// The broker's word on one message.
fn settled(delivery: DeliveryFuture) -> Result<(), KafkaError> {
    match block_on(delivery) {
        Ok(Ok(_)) => Ok(()),
        Ok(Err((error, _))) => Err(error),
        Err(_) => Err(KafkaError::Canceled),
    }
}

fn headers(envelope: &Envelope) -> OwnedHeaders {
    envelope
        .headers
        .iter()
        .fold(OwnedHeaders::new_with_capacity(envelope.headers.len()), |all, (key, value)| {
            all.insert(Header { key, value: Some(value) })
        })
}

//! What the loop does with one message: decode, process with retries, send on or dead-letter, leave a
//! breadcrumb.
//!
//! Whatever a message or a stage does, a poll of the same message ends in the same place: a panic, an
//! unreadable value or an output too large for the bus are the message's own fault and make it a dead letter
//! with its reason, so that one bad page never stops a line.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use kiosque_model::{
    Breadcrumb, BreadcrumbOutcome, CanonicalUrl, Envelope, Message, Reason, SourceId, header, topic,
};

use super::{Outcome, RunError, Worker, meters};
use crate::{BusError, Delivery, Failure, Stage, dead};

/// The longest reason or detail that travels, in characters; a stage's error may quote a whole page.
const WORDS: usize = 2_000;

/// What became of a message, as counted.
pub(super) enum Verdict {
    Forwarded,
    Dropped(Reason),
    Stored,
    DeadLettered,
    /// Told to stop while waiting for a second attempt: not decided yet.
    Interrupted,
}

impl Verdict {
    /// Its name, and the reason's where it was dropped.
    fn told(&self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Forwarded => ("forwarded", None),
            Self::Dropped(reason) => ("dropped", Some(reason.name())),
            Self::Stored => ("stored", None),
            Self::DeadLettered => ("dead_lettered", None),
            Self::Interrupted => ("interrupted", None),
        }
    }
}

/// What the stage made of a message.
enum Decision {
    Made(Outcome<Envelope>),
    Poison(String),
    Interrupted,
}

/// The page a message is about.
struct Subject {
    url: CanonicalUrl,
    source: Option<SourceId>,
}

impl<S: Stage> Worker<'_, S> {
    /// Decides one message and sends what follows from it, in its trace. Nothing is durable yet.
    pub(super) fn message(&mut self, mut delivery: Delivery) -> Result<Verdict, RunError> {
        let started = Instant::now();
        let tracer = self.options.tracer.as_ref().filter(|_| S::TRACED);
        let trace = tracer.map(|tracer| tracer.begin(S::NAME, &delivery));
        if let Some(trace) = &trace {
            // What follows from the message, a dead letter too, is a child of its span.
            delivery.envelope.set_header(header::TRACE_PARENT, trace.traceparent());
        }
        let (verdict, detail) = self.followed(delivery)?;
        let (outcome, reason) = verdict.told();
        if let Some(trace) = trace {
            trace.end(outcome, reason.or(detail.as_deref()));
        }
        if !matches!(verdict, Verdict::Interrupted) {
            meters::took(S::NAME, started.elapsed());
        }
        Ok(verdict)
    }

    /// Says what became of a message, after sending it, and why.
    fn followed(&mut self, delivery: Delivery) -> Result<(Verdict, Option<String>), RunError> {
        let input = decode::<S::In>(&delivery.envelope);
        let subject = match &input {
            Ok(message) => {
                let (url, source) = message.subject();
                Some(Subject { url: url.clone(), source: source.cloned() })
            }
            Err(_) => named_in_headers(&delivery.envelope),
        };
        let url = subject.as_ref().map(|s| &s.url);
        let span = tracing::info_span!(
            "message",
            stage = S::NAME,
            page.id = url.map(|url| tracing::field::display(url.id())),
            url = url.map(tracing::field::display)
        );
        let _entered = span.enter();

        let decision = match input {
            Ok(message) => self.decide(message, &delivery.envelope)?,
            Err(reason) => Decision::Poison(reason),
        };
        let (verdict, detail) = match decision {
            Decision::Interrupted => return Ok((Verdict::Interrupted, None)),
            Decision::Poison(reason) => self.dead_letter(delivery, reason)?,
            Decision::Made(Outcome::Drop(reason, detail)) => (Verdict::Dropped(reason), detail),
            Decision::Made(Outcome::Stored(detail)) => (Verdict::Stored, detail),
            Decision::Made(Outcome::Forward(output)) => match self.bus.send(S::Out::TOPIC, output) {
                Ok(()) => (Verdict::Forwarded, None),
                Err(error @ BusError::TooLarge { .. }) => self.dead_letter(delivery, error.to_string())?,
                Err(error) => return Err(error.into()),
            },
        };
        self.breadcrumb(subject, &verdict, detail.clone())?;
        Ok((verdict, detail))
    }

    /// Calls the stage until it has decided.
    fn decide(&mut self, first: S::In, envelope: &Envelope) -> Result<Decision, RunError> {
        let mut input = Ok(first);
        let mut attempt = 1;
        loop {
            let message = match input {
                Ok(message) => message,
                Err(reason) => return Ok(Decision::Poison(reason)),
            };
            let made = guarded(|| self.stage.process(message).map(|outcome| encoded(&outcome, envelope)));
            match made {
                Ok(outcome) => return Ok(Decision::Made(outcome)),
                Err(Failure::Poison(reason)) => return Ok(Decision::Poison(reason)),
                Err(Failure::Transient(reason)) => {
                    if self.pause(attempt, reason)? {
                        return Ok(Decision::Interrupted);
                    }
                }
            }
            attempt += 1;
            // The stage has consumed the message, so the next attempt reads it anew.
            input = decode(envelope);
        }
    }

    /// Sends the message as it came to the stage's dead letters, with why and where from.
    fn dead_letter(
        &mut self,
        delivery: Delivery,
        reason: String,
    ) -> Result<(Verdict, Option<String>), RunError> {
        let origin = format!("{}/{}/{}", delivery.topic, delivery.partition, delivery.offset);
        tracing::warn!(reason, origin, "dead letter");
        let reason = clipped(reason);
        let envelope = dead::aside(delivery, S::NAME, &reason, (self.options.clock)());
        self.bus.send(&topic::dead(S::NAME), envelope)?;
        Ok((Verdict::DeadLettered, Some(reason)))
    }

    fn breadcrumb(
        &mut self,
        subject: Option<Subject>,
        verdict: &Verdict,
        detail: Option<String>,
    ) -> Result<(), RunError> {
        let outcome = match verdict {
            Verdict::Forwarded | Verdict::Stored => BreadcrumbOutcome::Forwarded,
            Verdict::Dropped(reason) => BreadcrumbOutcome::Dropped(*reason),
            Verdict::DeadLettered => BreadcrumbOutcome::DeadLettered,
            Verdict::Interrupted => return Ok(()),
        };
        tracing::debug!(?outcome, detail, "done");
        // A dead letter that does not even say which page it is about has nobody to leave a trace for.
        let Some(subject) = subject.filter(|_| S::TRACED) else { return Ok(()) };
        let breadcrumb = Breadcrumb {
            at: (self.options.clock)(),
            url: subject.url,
            source: subject.source,
            stage: S::NAME.to_owned(),
            outcome,
            detail: detail.map(clipped),
        };
        Ok(self.bus.send(topic::BREADCRUMBS, breadcrumb.encode())?)
    }
}

/// Runs code whose panic is the message's fault.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let words = panic
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no words".to_owned());
        Err(Failure::Poison(format!("panic: {words}")))
    })
}

fn decode<M: Message>(envelope: &Envelope) -> Result<M, String> {
    guarded(|| M::decode(envelope).map_err(|error| Failure::Poison(error.to_string())))
        .map_err(|failure| failure.to_string())
}

/// The outcome as it goes on the bus, in the trace its input came in.
fn encoded<M: Message>(outcome: &Outcome<M>, input: &Envelope) -> Outcome<Envelope> {
    match outcome {
        Outcome::Forward(message) => {
            let mut envelope = message.encode();
            if let (None, Some(trace)) =
                (envelope.header(header::TRACE_PARENT), input.header(header::TRACE_PARENT))
            {
                envelope.set_header(header::TRACE_PARENT, trace);
            }
            Outcome::Forward(envelope)
        }
        Outcome::Drop(reason, detail) => Outcome::Drop(*reason, detail.clone()),
        Outcome::Stored(detail) => Outcome::Stored(detail.clone()),
    }
}

/// The page an unreadable message says it is about.
fn named_in_headers(envelope: &Envelope) -> Option<Subject> {
    let url = CanonicalUrl::parse(envelope.header(header::SUBJECT)?).ok()?;
    let source = envelope.header(header::SOURCE).and_then(|source| source.strip_prefix("/sources/"));
    Some(Subject { url, source: source.map(|name| SourceId(name.to_owned())) })
}

fn clipped(mut words: String) -> String {
    if let Some((at, _)) = words.char_indices().nth(WORDS) {
        words.truncate(at);
        words.push('…');
    }
    words
}

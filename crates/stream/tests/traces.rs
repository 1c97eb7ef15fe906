//! The trace of a message: who its parent is, and whose parent it becomes.

#![cfg(test)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kiosque_model::{Breadcrumb, BreadcrumbOutcome, CanonicalUrl, Envelope, Message, Reason, header, topic};
use kiosque_stream::{
    Connect, Delivery, Failure, Inspect, MemoryLog, MessageSpan, Outcome, Progress, RunOptions, Stage, Stop,
    Tracer, run,
};

/// Notes every span: its parent, and how it ended.
#[derive(Debug, Default, Clone)]
struct Noted(Arc<Mutex<Vec<String>>>);

struct Open {
    noted: Noted,
    words: String,
}

impl Tracer for Noted {
    fn begin(&self, stage: &'static str, delivery: &Delivery) -> Box<dyn MessageSpan> {
        let parent = delivery.envelope.header(header::TRACE_PARENT).unwrap_or("nothing");
        Box::new(Open { noted: self.clone(), words: format!("{stage}/{} of {parent}", delivery.offset) })
    }
}

impl MessageSpan for Open {
    fn traceparent(&self) -> String {
        format!("span of {}", self.words)
    }

    fn end(self: Box<Self>, outcome: &'static str, reason: Option<&str>) {
        self.noted.0.lock().unwrap().push(format!("{}: {outcome} {reason:?}", self.words));
    }
}

/// Does what the message's detail says, and ends when its topic is drained.
struct Obey(Stop);

impl Stage for Obey {
    const NAME: &'static str = "obey";
    type In = Breadcrumb;
    type Out = Breadcrumb;

    fn process(&mut self, crumb: Breadcrumb) -> Result<Outcome<Breadcrumb>, Failure> {
        match crumb.detail.as_deref() {
            Some("drop") => Ok(Outcome::Drop(Reason::SamePage, None)),
            Some("poison") => Err(Failure::Poison("no such thing".into())),
            _ => Ok(Outcome::Forward(crumb)),
        }
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.0.set();
        Ok(())
    }
}

fn order(words: &str, parent: Option<&str>) -> Envelope {
    let crumb = Breadcrumb {
        at: "2026-10-06T12:00:00Z".parse().unwrap(),
        url: CanonicalUrl::parse("https://journal.example/a").unwrap(),
        source: None,
        stage: "crawl".to_owned(),
        outcome: BreadcrumbOutcome::Forwarded,
        detail: Some(words.to_owned()),
    };
    let mut envelope = crumb.encode();
    if let Some(parent) = parent {
        envelope.set_header(header::TRACE_PARENT, parent);
    }
    envelope
}

#[test]
fn what_follows_from_a_message_is_of_its_span() {
    let log = MemoryLog::new();
    let mut bus = log.producer().unwrap();
    for (words, parent) in [("on", Some("the fetch")), ("drop", None), ("poison", Some("the fetch"))] {
        bus.send(topic::BREADCRUMBS, order(words, parent)).unwrap();
    }
    bus.flush().unwrap();
    let (noted, stop) = (Noted::default(), Stop::new());
    let tracer: Arc<dyn Tracer> = Arc::new(noted.clone());
    // One batch: what the stage sends to the topic it reads is not read again.
    let options = RunOptions {
        poll_wait: Duration::ZERO,
        idle_every: Duration::ZERO,
        tracer: Some(tracer),
        ..RunOptions::default()
    };
    let mut bus = log.connect("obey", topic::BREADCRUMBS).unwrap();
    run(&mut Obey(stop.clone()), bus.as_mut(), &options, &stop).unwrap();
    assert_eq!(
        *noted.0.lock().unwrap(),
        [
            "obey/0 of the fetch: forwarded None",
            "obey/1 of nothing: dropped Some(\"same_page\")",
            "obey/2 of the fetch: dead_lettered Some(\"no such thing\")",
        ]
    );
    let parents = |topic: &str| {
        let found = log.browse(topic, &Progress::new(), 99).unwrap();
        let parent = |d: &Delivery| d.envelope.header(header::TRACE_PARENT).map(str::to_owned);
        found.iter().filter_map(parent).collect::<Vec<_>>()
    };
    assert_eq!(parents("obey.dead"), ["span of obey/2 of the fetch"]);
    let sent = parents(topic::BREADCRUMBS);
    assert_eq!(sent, ["the fetch", "the fetch", "span of obey/0 of the fetch"]);
}

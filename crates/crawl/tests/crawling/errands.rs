//! Rules of a host that lie on another crawler's site: who asks for them, and what is done until they are there.

use std::collections::BTreeSet;

use kiosque_model::Reason;

use crate::pair::*;
use crate::shared::press;
use crate::site::*;

/// The press, where the rules of a site lie on the other crawler's, and from there back on its own.
async fn ruled_from_afar() -> Pair {
    let pair = press().await;
    pair.lab
        .site
        .set("a.example/robots.txt", [Reply::to("http://b.example/rules")])
        .set("b.example/rules", [Reply::to("http://a.example/rules")])
        .set("a.example/rules", [Reply::body("text/plain", b"user-agent: *\ndisallow: /2\n")]);
    pair
}

/// What may be fetched by those rules.
const OPEN_PAGES: [&str; 3] = ["a.example/1", "b.example/1", "c.example/here"];

#[tokio::test]
async fn rules_on_another_site_are_brought_by_the_one_who_visits_it() {
    let pair = ruled_from_afar().await;
    pair.visit(0, usize::MAX).await;
    // Until they are there the host is left alone.
    assert_eq!((pair.asked("a.example/rss"), pair.asked("a.example/robots.txt")), (0, 1));
    pair.all().await;
    pair.lab.pass(jiff::SignedDuration::from_hours(1));
    pair.all().await;
    assert_eq!(pair.pages(), OPEN_PAGES);
    pair.assert_apart();
    assert_eq!(pair.dropped().get("a.example/2"), Some(&Reason::Robots), "{:?}", pair.dropped());
    assert_eq!(
        (pair.asked("a.example/2"), pair.asked("b.example/rules"), pair.asked("a.example/rules")),
        (0, 1, 1)
    );
    // A day later they are asked for again.
    pair.lab.pass(jiff::SignedDuration::from_hours(25));
    pair.all().await;
    pair.lab.pass(jiff::SignedDuration::from_hours(1));
    pair.all().await;
    assert_eq!((pair.asked("b.example/rules"), pair.asked("a.example/2")), (2, 0));
    pair.assert_apart();
}

#[tokio::test]
async fn rules_nobody_brings_are_asked_for_again_and_the_host_is_left_alone() {
    let pair = ruled_from_afar().await;
    pair.visit(0, usize::MAX).await;
    pair.line.leads.lock().unwrap().clear();
    pair.lab.pass(jiff::SignedDuration::from_mins(1));
    pair.visit(0, usize::MAX).await;
    assert!(pair.line.leads.lock().unwrap().is_empty());
    pair.lab.pass(jiff::SignedDuration::from_hours(1));
    pair.visit(0, usize::MAX).await;
    assert_eq!(pair.line.leads.lock().unwrap().len(), 1);
    // The other crawler finds them unreadable: they may forbid all.
    pair.lab.site.set("b.example/rules", [Reply::new(500)]);
    pair.settle().await;
    pair.lab.pass(jiff::SignedDuration::from_hours(1));
    pair.all().await;
    assert_eq!((pair.asked("a.example/rss"), pair.asked("a.example/1")), (0, 0));
    pair.assert_apart();
}

#[tokio::test]
async fn whatever_call_fails_rules_are_brought_and_held_to() {
    for (n, visits) in [(0, true), (1, true), (0, false), (1, false)] {
        for at in 0.. {
            let pair = ruled_from_afar().await;
            let (report, used) = if visits {
                pair.visit(n, at).await
            } else {
                pair.visit(1 - n, usize::MAX).await;
                pair.bring(n, at).await
            };
            for _ in 0..3 {
                pair.lab.pass(jiff::SignedDuration::from_hours(1));
                pair.all().await;
            }
            let fetched: BTreeSet<_> = pair.pages().into_iter().collect();
            assert_eq!(fetched, OPEN_PAGES.map(str::to_owned).into(), "after a fault at step {at}");
            assert_eq!(pair.asked("a.example/2"), 0);
            pair.assert_apart();
            if at >= used {
                assert!(report.fault.is_none(), "step {at}: {report:?}");
                break;
            }
            assert!(report.fault.is_some(), "step {at} broke nothing");
        }
    }
}

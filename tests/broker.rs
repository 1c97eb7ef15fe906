//! The line as processes over a real broker: the same store as the line in one process, whatever is killed.
//!
//! Every test has topics and files of its own on the broker that `KIOSQUE_TEST_KAFKA` names, so they run side by side,
//! but for those that take the broker or its network away. What is expected is what the demo leaves in one process:
//! its pages are taken off its log and sent through the stages under test.
//!
//! `tests/kafka.sh with --advertise 127.0.0.1:29092 cargo test -p kiosque --test broker -- --test-threads=1`

#![cfg(test)]

#[path = "broker/bed.rs"]
mod bed;
#[path = "broker/disk.rs"]
mod disk;
#[path = "broker/proxy.rs"]
mod proxy;
#[path = "broker/web.rs"]
mod web;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bed::{Bed, Dice, STAGES, demo, server, wait_for};
use proxy::Proxy;

/// The demo as processes leaves the tables that the demo in one process leaves, row for row but for clocks and for
/// the name a story takes from whichever of its articles came first.
#[test]
fn processes_leave_what_one_process_leaves() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "demo");
    let _stages: Vec<_> =
        ["dedup", "extract", "extract", "classify", "sink"].iter().map(|stage| bed.start(stage)).collect();
    let crawl = bed.start("crawl");
    crawl.wait_for_success();
    bed.wait_until_drained();
    bed.expect_truth_of(demo(), true);
    assert_eq!(bed.kiosque(&["dlq", "list"]), "no dead letters\n");
}

/// `kill -9` of any stage at any moment, sixty-four times over, while pages come in.
#[test]
fn killed_stages_lose_and_double_nothing() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "kill");
    let mut stages: Vec<_> = STAGES.iter().map(|stage| bed.start(stage)).collect();
    let (mut dice, rounds) = (Dice::thrown(), 64);
    let pages = demo().pages.len();
    for round in 0..rounds {
        bed.send(&demo().pages[pages * round / rounds..pages * (round + 1) / rounds]);
        std::thread::sleep(Duration::from_millis(dice.below(1_200)));
        let victim = usize::try_from(dice.below(STAGES.len() as u64)).unwrap();
        stages[victim].kill();
        stages[victim] = bed.start(STAGES[victim]);
    }
    bed.wait_until_drained();
    bed.expect_truth_of(demo(), false);
    assert_eq!(bed.kiosque(&["dlq", "list"]), "no dead letters\n");
    println!("{rounds} rounds of kill -9, dice {dice:?}: nothing lost, nothing twice, no dead letter");
}

/// A rolling restart: each stage has two instances, and each is told to end and started anew while pages come in.
#[test]
fn stages_are_replaced_one_by_one() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "roll");
    let sharing = ["dedup", "extract", "classify"];
    let mut stages: Vec<_> = sharing.iter().chain(&sharing).map(|stage| (*stage, bed.start(stage))).collect();
    stages.push(("sink", bed.start("sink")));
    let (pages, rounds) = (demo().pages.len(), stages.len());
    for round in 0..rounds {
        bed.send(&demo().pages[pages * round / rounds..pages * (round + 1) / rounds]);
        let (stage, running) = stages.remove(0);
        running.end();
        stages.push((stage, bed.start(stage)));
    }
    bed.wait_until_drained();
    bed.expect_truth_of(demo(), false);
}

/// The broker dies and comes back on its data, twice, while pages come in. No outage makes a dead letter.
#[test]
fn a_broker_that_dies_is_waited_for() {
    let Some(server) = server() else { return };
    let Some(script) = server.script("a broker cannot be killed without its script") else { return };
    let bed = Bed::new(&server, "outage");
    let _stages: Vec<_> = STAGES.iter().map(|stage| bed.start(stage)).collect();
    let thirds = demo().pages.chunks(demo().pages.len().div_ceil(3)).collect::<Vec<_>>();
    bed.send(thirds[0]);
    for part in &thirds[1..] {
        script.run("kill");
        std::thread::sleep(Duration::from_secs(4));
        script.run("restart");
        bed.send(part);
    }
    bed.wait_until_drained();
    bed.expect_truth_of(demo(), false);
    assert_eq!(bed.kiosque(&["dlq", "list"]), "no dead letters\n");
}

/// The network between the stages and the broker stops, without a word at first and then by resetting connections.
#[test]
fn a_network_that_is_cut_is_waited_for() {
    let Some(server) = server() else { return };
    let Some(proxy) = Proxy::open(&server) else { return };
    let bed = Bed::through(&server, "cut", proxy.address());
    let _stages: Vec<_> = STAGES.iter().map(|stage| bed.start(stage)).collect();
    let parts = demo().pages.chunks(demo().pages.len().div_ceil(4)).collect::<Vec<_>>();
    for part in parts {
        bed.send(part);
        proxy.stall(true);
        std::thread::sleep(Duration::from_secs(3));
        proxy.cut();
        std::thread::sleep(Duration::from_secs(1));
        proxy.stall(false);
    }
    bed.wait_until_drained();
    bed.expect_truth_of(demo(), false);
    assert_eq!(bed.kiosque(&["dlq", "list"]), "no dead letters\n");
}

/// What is no page goes aside with its reason, and can be put back and dropped; all others pass.
#[test]
fn poison_goes_aside_and_can_be_drained() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "poison");
    let _stages: Vec<_> = STAGES.iter().map(|stage| bed.start(stage)).collect();
    bed.send_raw("unique", "broken", b"\xff\x00 no page at all");
    bed.send(&demo().pages);
    bed.send_raw("articles", "broken", b"{\"half\": ");
    bed.wait_until_drained();
    bed.expect_truth_of(demo(), false);
    let letters = || bed.kiosque(&["dlq", "list", "--json"]).lines().count();
    assert_eq!(letters(), 2);
    assert_eq!(bed.kiosque(&["dlq", "retry", "--all"]), "2 put back\n");
    bed.wait_until_drained();
    wait_for("the letters are back", || letters() == 2);
    assert_eq!(bed.kiosque(&["dlq", "drop", "--all"]), "2 dropped\n");
    assert_eq!(letters(), 0);
}

/// Messages of a stage of tomorrow, with fields and headers nobody knows today, pass through the stages of today.
#[test]
fn stages_of_two_versions_understand_each_other() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "versions");
    let tomorrow: Vec<_> = demo()
        .articles
        .iter()
        .map(|envelope| {
            let mut envelope = envelope.clone();
            envelope.set_header("ce_tomorrow", "1");
            let mut json: serde_json::Value = serde_json::from_slice(&envelope.value).unwrap();
            json["tomorrow"] = serde_json::json!({ "nested": [1, 2] });
            envelope.value = serde_json::to_vec(&json).unwrap();
            envelope
        })
        .collect();
    let _stages: Vec<_> = ["classify", "sink"].iter().map(|stage| bed.start(stage)).collect();
    bed.send_to("articles", &tomorrow);
    bed.wait_until_drained();
    bed.expect_articles_of(demo());
}

/// A store whose disk is full stops the sink with a clear word; with room again, it goes on where it was.
#[test]
fn a_full_disk_loses_nothing() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "full");
    let Some(disk) = bed.small_disk() else { return };
    let _stages: Vec<_> = STAGES[..3].iter().map(|stage| bed.start(stage)).collect();
    disk.fill();
    bed.send(&demo().pages);
    let sink = bed.start("sink");
    let said = sink.wait_for_failure();
    assert!(said.contains("no room left"), "{said}");
    disk.free();
    let _sink = bed.start("sink");
    bed.wait_until_drained();
    bed.expect_truth_of(demo(), false);
    assert_eq!(bed.kiosque(&["dlq", "list"]), "no dead letters\n");
}

/// Who asks, is told how far each stage is in each partition, and health and metrics of every process.
#[test]
fn every_process_tells_how_it_is() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "told");
    let address = bed::free_address();
    let _stages: Vec<_> = STAGES[1..].iter().map(|stage| bed.start(stage)).collect();
    let _dedup = bed.start_listening("dedup", &address);
    bed.send(&demo().pages);
    bed.wait_until_drained();
    wait_for("the process is ready", || bed.succeeds(&["healthy", &address]));
    let metrics = bed::get(&address, "/metrics");
    for told in
        ["kiosque_messages_total{stage=\"dedup\"", "kiosque_lag{stage=\"dedup\"", "kiosque_build_info"]
    {
        assert!(metrics.contains(told), "{told} is not in {metrics}");
    }
    let status = bed.kiosque(&["status", "--json"]);
    assert!(status.contains("\"dedup\""), "{status}");
}

/// Three crawlers share the sites; one is killed and one is told to end while they crawl. No site is ever asked by two
/// at a time, every page is fetched, and what one finds of another's sites gets there.
#[test]
fn crawlers_share_the_press_by_site() {
    let Some(server) = server() else { return };
    let (bed, web) = (Bed::new(&server, "crawl"), web::Web::open(12, 8));
    let pipeline = bed.write("web.toml", &web.pipeline());
    let crawl = || bed.spawn(&["stage", "crawl", &pipeline], "crawl");
    let [mut killed, ended, _kept] = [crawl(), crawl(), crawl()];
    let fetched = || bed.subjects_of("pages").into_iter().collect::<BTreeSet<_>>();
    wait_for("some pages are fetched", || fetched().len() > 10);
    killed.kill();
    ended.end();
    let _new = crawl();
    wait_for("every page is fetched", || fetched() == web.addresses());
    let asked = web.asked.lock().unwrap();
    assert_eq!(asked.crowded, BTreeSet::new(), "asked by two at a time");
    let often: usize = web.addresses().iter().map(|address| asked.answered[address]).sum();
    // What the killed one had asked for and not yet handed on, is asked for again.
    assert!(often <= web.addresses().len() + 40, "{often} answers for {} pages", web.addresses().len());
    println!("{} pages of 12 sites, {often} answers, no site asked by two at a time", web.addresses().len());
}

/// An hour's outage in small: what piled up while every stage was away is worked off.
#[test]
fn what_piled_up_is_worked_off() {
    let Some(server) = server() else { return };
    let bed = Bed::new(&server, "backlog");
    bed.send(&demo().pages);
    let started = Instant::now();
    let _stages: Vec<_> = STAGES.iter().map(|stage| bed.start(stage)).collect();
    bed.wait_until_drained();
    println!("{} pages of backlog in {:?}, starting included", demo().pages.len(), started.elapsed());
    bed.expect_truth_of(demo(), false);
}

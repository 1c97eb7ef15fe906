//! `kiosque status` as an operator and a script meet it: lag, throughput, and a bus that is away.

#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn kiosque(folder: &Path, variables: &[(&str, &str)], words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosque"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command.envs(variables.iter().copied()).args(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn it_tells_lag_and_throughput_and_what_it_can_where_the_broker_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(kiosque(folder, &[], &["run"]).status.success());

    let told = kiosque(folder, &[], &["status", "--json"]);
    let status: Value = serde_json::from_slice(&told.stdout).unwrap();
    let stages = status["stages"].as_array().unwrap();
    let names: Vec<_> = stages.iter().map(|stage| stage["stage"].as_str().unwrap()).collect();
    assert_eq!(names, ["crawl", "dedup", "extract", "classify", "sink", "trail"]);
    for stage in &stages[1..] {
        let partition = &stage["partitions"][0];
        assert_eq!((&partition["partition"], &partition["lag"]), (&json!(0), &json!(0)), "{stage}");
        assert_eq!(partition["next"], partition["committed"], "{stage}");
        assert!(partition["next"].as_u64() > Some(0), "{stage}");
    }
    let sink = &stages[4];
    assert!(sink["last_5_minutes"].as_u64() > Some(50), "{sink}");
    assert_eq!(sink["last_5_minutes"], sink["last_hour"]);
    assert!(stages[2]["dropped"]["listing"].as_u64() > Some(0), "{}", stages[2]);

    let away = [
        ("KIOSQUE__BUS__KIND", "kafka"),
        // Nobody listens there: the port is none that a service may have.
        ("KIOSQUE__BUS__BROKERS", "127.0.0.1:1"),
        ("KIOSQUE__BUS__PATIENCE_MS", "1000"),
    ];
    let told = kiosque(folder, &away, &["status"]);
    assert_eq!(told.status.code(), Some(1));
    let (out, err) = (text(&told.stdout), text(&told.stderr));
    assert!(out.contains("articles") && out.contains("gazette") && out.contains('?'), "{out}");
    assert!(err.contains("lag and dead letters are missing above") && err.contains("127.0.0.1:1"), "{err}");
    assert!(err.contains("hint: is the broker up"), "{err}");
    let told = kiosque(folder, &away, &["status", "--json"]);
    let status: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(status["stages"][1]["lag"], Value::Null);
    assert_eq!(status["stages"][4]["last_hour"], sink["last_hour"]);
}

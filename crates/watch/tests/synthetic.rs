//! Synthetic presses, watched every three hours for months: how often a source that is well is called silent, and how
//! soon one that fell silent is.

#![cfg(test)]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosque_watch::{rhythm, silence};

/// A small generator of numbers (splitmix64), the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Articles a minute at a moment, by the hour of the week.
type Pace = fn(day_of_week: i8, hour: i8) -> f64;

const STEADY: Pace = |_, _| 24.0 / 1440.0;
const DAILY: Pace = |day, hour| {
    let awake = (7..23).contains(&hour);
    let rest = if day >= 6 { 0.4 } else { 1.0 };
    if awake { 90.0 / 960.0 * rest } else { 4.0 / 480.0 }
};
const OFFICE: Pace = |day, hour| if day < 6 && (8..18).contains(&hour) { 12.0 / 600.0 } else { 0.0 };
const RARE: Pace = |_, _| 1.5 / 1440.0;
/// A weekly that appears on Thursday morning, with a little on the other days.
const WEEKLY: Pace =
    |day, hour| if day == 4 && (8..12).contains(&hour) { 25.0 / 240.0 } else { 1.0 / 1440.0 };

fn start() -> Timestamp {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("Africa/Casablanca").unwrap()
}

/// Arrivals over so many days, after a backlog of fifty; the crawler looks every quarter of an hour.
fn arrivals(pace: Pace, days: i64, seed: u64) -> Vec<Timestamp> {
    let mut chance = Chance(seed);
    let mut found = vec![start(); 50];
    for minute in 0..days * 1440 {
        let at = start() + SignedDuration::from_mins(minute);
        let here = at.to_zoned(zone());
        if chance.next() < pace(here.weekday().to_monday_one_offset(), here.hour()) {
            let seen = (minute / 15 + 1) * 15;
            found.push(start() + SignedDuration::from_mins(seen));
        }
    }
    found
}

/// Alarms over the months, each counted once however long it stands.
fn false_alarms(pace: Pace, days: i64, seed: u64) -> usize {
    let arrivals = arrivals(pace, days, seed);
    let (mut count, mut standing) = (0, false);
    for hour in (1..days * 24).step_by(3) {
        let now = start() + SignedDuration::from_hours(hour);
        let known = arrivals.partition_point(|at| *at <= now);
        let from = now - SignedDuration::from_hours(9 * 7 * 24);
        let first = arrivals.partition_point(|at| *at < from);
        let silent = silence(&arrivals[first..known], now, &zone()).is_some();
        count += usize::from(silent && !standing);
        standing = silent;
    }
    count
}

/// Hours until a source that stops at a moment is called silent.
fn delay_h(pace: Pace, stops: &str, seed: u64) -> i64 {
    let stop: Timestamp = stops.parse().unwrap();
    let days = stop.duration_since(start()).as_hours() / 24 + 1;
    let arrivals: Vec<_> = arrivals(pace, days, seed).into_iter().filter(|at| *at < stop).collect();
    (1..24 * 40)
        .find(|hour| silence(&arrivals, stop + SignedDuration::from_hours(*hour), &zone()).is_some())
        .expect("it is told within forty days")
}

#[test]
fn a_source_that_is_well_is_hardly_ever_called_silent() {
    // Six months each; the clock change of Ramadan lies among them.
    let mut total = 0;
    for pace in [STEADY, DAILY, OFFICE, RARE, WEEKLY] {
        let alarms: Vec<_> = (1..=4).map(|seed| false_alarms(pace, 180, seed)).collect();
        eprintln!("false alarms in 6 months: {alarms:?}");
        total += alarms.iter().sum::<usize>();
    }
    // Twenty sources over half a year: one alarm in ten source-years at most.
    assert!(total <= 1, "{total} false alarms");
}

#[test]
fn a_source_that_stops_is_told_in_its_own_time() {
    let check = |pace: Pace, stops: &str, from: i64, to: i64| {
        for seed in 1..=3 {
            let delay = delay_h(pace, stops, seed);
            eprintln!("told after {delay} h");
            assert!((from..=to).contains(&delay), "{delay} h after {stops}");
        }
    };
    // On a Wednesday morning, after ten weeks.
    check(DAILY, "2026-03-18T09:00:00Z", 4, 10);
    check(STEADY, "2026-03-18T09:00:00Z", 10, 30);
    // In the evening the night is waited for.
    check(DAILY, "2026-03-18T21:00:00Z", 10, 24);
    // Who rests on Sundays and at night is given the weekend.
    check(OFFICE, "2026-03-20T18:00:00Z", 48, 130);
    check(RARE, "2026-03-18T09:00:00Z", 72, 600);
}

#[test]
fn too_little_history_says_nothing() {
    for days in [1, 5, 10] {
        let arrivals = arrivals(RARE, days, 7);
        let now = start() + SignedDuration::from_hours((days + 3) * 24);
        assert_eq!(silence(&arrivals, now, &zone()), None, "{days}");
    }
    assert_eq!(silence(&[], start(), &zone()), None);
    assert_eq!(rhythm(&[], start(), &zone()), None);
}

#[test]
fn the_rhythm_is_that_of_a_usual_day() {
    let arrivals = arrivals(DAILY, 42, 3);
    let found = rhythm(&arrivals, start() + SignedDuration::from_hours(42 * 24), &zone()).unwrap();
    assert!((75.0..=110.0).contains(&found.per_day), "{found:?}");
    assert!(found.usual_pause <= SignedDuration::from_hours(1), "{found:?}");
    assert!(found.longest_pause >= SignedDuration::from_hours(3), "{found:?}");
}

//! Archives of many writers, sound and damaged. All of them are invented.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn record(target: &str, body: &str) -> Vec<u8> {
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {target}\r\nWARC-Date: 2026-10-06T07:00:00Z\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block.as_bytes(), b"\r\n\r\n"].concat()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut member = GzEncoder::new(Vec::new(), Compression::default());
    member.write_all(bytes).unwrap();
    member.finish().unwrap()
}

fn three() -> [Vec<u8>; 3] {
    ["a", "b", "c"].map(|name| record(&format!("http://{name}.example/"), &format!("<p>{name}</p>")))
}

/// Targets of sound records, and a word for each damaged one, in order.
fn read(archive: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(Cursor::new(archive), 10_000);
    let mut all = Vec::new();
    while let Some(next) = reader.next_record().unwrap() {
        all.push(match next {
            Ok(record) => {
                record.target().unwrap_or("?").trim_start_matches("http://").chars().take(1).collect()
            }
            Err(damaged) => match damaged.damage {
                Damage::NoRecord => "no record",
                Damage::Fields(_) => "fields",
                Damage::Length(_) => "length",
                Damage::Packed(_) => "packed",
                Damage::Digest(_) => "digest",
                Damage::TooLarge(_) => "large",
            }
            .to_owned(),
        });
        assert!(all.len() < 100, "it does not end");
    }
    all
}

fn check(what: &str, archive: &[u8], expected: &[&str]) {
    assert_eq!(read(archive), expected, "{what}");
}

#[test]
fn sound_archives_of_every_packing() {
    let three = three();
    check("plain", &three.concat(), &["a", "b", "c"]);
    check("a member each", &three.clone().map(|r| packed(&r)).concat(), &["a", "b", "c"]);
    check("all in one member", &packed(&three.concat()), &["a", "b", "c"]);
    let mixed = [three[0].clone(), packed(&three[1]), three[2].clone()].concat();
    check("packed and plain", &mixed, &["a", "b", "c"]);
    let split = [packed(&three[0]), packed(b""), packed(b"\r\n"), packed(&three[1])].concat();
    check("empty members", &split, &["a", "b"]);
    check("nothing", b"", &[]);
    check("blank lines", b"\r\n\r\n", &[]);
    let unix = String::from_utf8(three.concat()).unwrap().replace("\r\n\r\nWARC", "\nWARC");
    check("one line end between records", unix.as_bytes(), &["a", "b", "c"]);
    check("no line end at the end", three.concat().trim_ascii_end(), &["a", "b", "c"]);
}

#[test]
fn damaged_records_are_told_and_passed_over() {
    let plain = three();
    let with = |all: &[Vec<u8>; 3], middle: Vec<u8>| [all[0].clone(), middle, all[2].clone()].concat();
    let text = |change: &dyn Fn(&str) -> String| change(std::str::from_utf8(&plain[1]).unwrap()).into_bytes();
    let length = |n: &str| {
        text(&|t| {
            let (before, after) = t.split_once("Content-Length: ").unwrap();
            format!("{before}Content-Length: {n}{}", &after[after.find('\r').unwrap()..])
        })
    };
    check("junk", &with(&plain, b"junk\r\nmore junk\r\n".to_vec()), &["a", "no record", "c"]);
    check("a length too small", &with(&plain, length("12")), &["a", "length", "c"]);
    check("a length too large", &with(&plain, length("300")), &["a", "length", "c"]);
    check("a length far too large", &with(&plain, length("99999")), &["a", "length", "c"]);
    check("a length that is none", &with(&plain, length("many")), &["a", "fields", "c"]);
    check("all in one member", &packed(&with(&plain, length("many"))), &["a", "fields", "c"]);
    check("no length", &with(&plain, text(&|t| t.replace("Content-Length", "X"))), &["a", "fields", "c"]);
    check(
        "a field without colon",
        &with(&plain, text(&|t| t.replace("WARC-Date: 2026-10-06T07:00:00Z", "oops"))),
        &["a", "fields", "c"],
    );
    check(
        "larger than is held",
        &with(&plain, record("http://b.example/", &"x".repeat(20_000))),
        &["a", "large", "c"],
    );
    let wrong = text(&|t| {
        t.replace("WARC-Date", "WARC-Block-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\nWARC-Date")
    });
    check("another digest", &with(&plain, wrong), &["a", "digest", "c"]);
    let inner = String::from_utf8(record("http://b.example/", "hidden")).unwrap();
    let outer = String::from_utf8(record("http://b.example/", &format!("x\r\n{inner}"))).unwrap();
    let outer = outer.replacen(
        "WARC-Date",
        "WARC-Block-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\nWARC-Date",
        1,
    );
    check(
        "a record inside one of another digest",
        &with(&plain, outer.clone().into()),
        &["a", "digest", "c"],
    );
    check("the same, packed", &packed(&with(&plain, outer.into())), &["a", "digest", "c"]);
    check("the file breaks off", &plain.concat()[..plain.concat().len() - 40], &["a", "b", "length"]);
    check("a page is no archive", b"<!DOCTYPE html><p>x", &["no record"]);
}

#[test]
fn damaged_members_are_told_and_passed_over() {
    let plain = three();
    let members = plain.clone().map(|record| packed(&record));
    let with = |all: &[Vec<u8>; 3], middle: Vec<u8>| [all[0].clone(), middle, all[2].clone()].concat();
    let flipped = |at: usize| {
        let mut member = members[1].clone();
        member[at] ^= 0x55;
        member
    };
    let end = members[1].len();
    check("a broken checksum", &with(&members, flipped(end - 6)), &["a", "packed", "c"]);
    // What is spoilt first depends on how the member was packed; its neighbours are read whatever it is.
    let spoilt = |what: &str, middle: Vec<u8>| {
        let read = read(&with(&members, middle));
        let [first, told @ .., last] = &read[..] else { panic!("{what}: {read:?}") };
        assert!(first == "a" && last == "c" && told.iter().any(|one| one.len() > 1), "{what}: {read:?}");
    };
    for at in 10..end {
        spoilt(&format!("a wrong byte {at}"), flipped(at));
        spoilt(&format!("cut at {at}"), members[1][..at].to_vec());
    }
    check("its magic is gone", &with(&members, flipped(0)), &["a", "no record", "c"]);
    check("the last member is cut", &members.concat()[..members.concat().len() - 9], &["a", "b", "packed"]);
}

#[test]
fn tells_where_a_damaged_record_stands() {
    let three = three();
    let mut reader = Reader::new(Cursor::new([&three[0][..], b"junk\n", &three[1]].concat()), 1000);
    assert!(reader.next_record().unwrap().unwrap().is_ok());
    let damaged = reader.next_record().unwrap().unwrap().unwrap_err();
    let told = format!("the record at byte `{}` is passed over: no record begins here", three[0].len());
    assert_eq!(damaged.to_string(), told);
}

#[test]
fn what_was_half_written_is_told_from_what_is_sound() {
    let members = three().map(|record| packed(&record));
    let (all, two) = (members.concat(), members[..2].concat());
    for cut in two.len()..all.len() {
        assert_eq!(sound_length(Cursor::new(&all[..cut])).unwrap(), two.len() as u64, "{cut}");
    }
    assert_eq!(sound_length(Cursor::new(&all)).unwrap(), all.len() as u64);
    assert_eq!(sound_length(Cursor::new(b"")).unwrap(), 0);
}

proptest::proptest! {
    #[test]
    fn any_damage_leaves_the_other_records(at in 0usize..10_000, bytes in proptest::collection::vec(proptest::num::u8::ANY, 1..20)) {
        let members = three().map(|record| packed(&record));
        let mut archive = members.concat();
        let place = members[0].len() + at % members[1].len();
        let end = (place + bytes.len()).min(members[0].len() + members[1].len());
        archive[place..end].copy_from_slice(&bytes[..end - place]);
        let all = read(&archive);
        proptest::prop_assert_eq!((all.first(), all.last()), (Some(&"a".to_owned()), Some(&"c".to_owned())));
    }

    #[test]
    fn is_total(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2000)) {
        read(&bytes);
        read(&[b"WARC/1.0\r\n", &bytes[..]].concat());
        read(&packed(&bytes));
    }
}

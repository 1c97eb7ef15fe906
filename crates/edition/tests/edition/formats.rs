//! The feeds, tables, messages and packages: what each format's own rules ask of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use kiosque_edition::{Format, GroupBy, render};
use kiosque_model::Edition;
use serde_json::Value;

use crate::morning::{composed, spec, stories};

fn edition() -> Edition {
    composed(&stories(), &spec())
}

fn bytes(format: Format) -> Vec<u8> {
    render(&edition(), format, GroupBy::Rubrique).expect("renders")
}

fn text(format: Format) -> String {
    String::from_utf8(bytes(format)).expect("UTF-8")
}

fn json(format: Format) -> Value {
    serde_json::from_slice(&bytes(format)).expect("JSON")
}

fn items(edition: &Edition) -> usize {
    edition.front.len() + edition.sections.iter().map(|s| s.items.len()).sum::<usize>()
}

/// The entries of an archive by name, read by its central directory.
fn entries(archive: &[u8]) -> BTreeMap<String, String> {
    let number = |at: usize, bytes: usize| {
        archive[at..at + bytes].iter().rev().fold(0_usize, |n, b| (n << 8) | usize::from(*b))
    };
    let end = archive.len() - 22;
    let mut at = number(end + 16, 4);
    let mut found = BTreeMap::new();
    for _ in 0..number(end + 10, 2) {
        let (method, packed, name) = (number(at + 10, 2), number(at + 20, 4), number(at + 28, 2));
        let local = number(at + 42, 4);
        let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let content = &archive[start..start + packed];
        let mut out = Vec::new();
        match method {
            0 => out.extend_from_slice(content),
            _ => drop(flate2::read::DeflateDecoder::new(content).read_to_end(&mut out).expect("deflated")),
        }
        let name = String::from_utf8(archive[at + 46..at + 46 + name].to_vec()).expect("UTF-8");
        at += 46 + number(at + 28, 2);
        found.insert(name, String::from_utf8(out).expect("UTF-8"));
    }
    found
}

#[test]
fn the_same_edition_gives_the_same_bytes_in_every_format() {
    for format in Format::built() {
        assert_eq!(bytes(format), bytes(format), "{}", format.name());
    }
}

#[test]
fn file_endings_and_names_are_told_apart() {
    let all: BTreeSet<_> = Format::ALL.map(Format::extension).into_iter().collect();
    assert_eq!(all.len(), Format::ALL.len());
}

#[test]
fn the_feeds() {
    insta::assert_snapshot!("rss", text(Format::Rss));
    insta::assert_snapshot!("atom", text(Format::Atom));
    insta::assert_snapshot!("jsonfeed", text(Format::JsonFeed));
    let feed = json(Format::JsonFeed);
    let ids: BTreeSet<_> =
        feed["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()).collect();
    assert_eq!(ids.len(), items(&edition()), "an id for each item");
}

#[test]
fn a_day_gets_no_hour_in_any_feed() {
    let mut edition = edition();
    edition.front[0].published = Some("2026-10-07".parse().unwrap());
    let of = |format| String::from_utf8(render(&edition, format, GroupBy::Rubrique).unwrap()).unwrap();
    assert!(of(Format::Rss).contains("<dc:date>2026-10-07</dc:date>"));
    let feed: Value = serde_json::from_str(&of(Format::JsonFeed)).unwrap();
    assert!(feed["items"][0].get("date_published").is_none());
}

#[test]
fn the_table() {
    insta::assert_snapshot!("csv", text(Format::Csv).replace('\r', ""));
    assert_eq!(text(Format::Csv).matches("\r\n").count(), items(&edition()) + 1);
}

#[test]
fn the_messages() {
    insta::assert_snapshot!("telegram", text(Format::Telegram));
    insta::assert_snapshot!("slack", text(Format::Slack));
    insta::assert_snapshot!("webhook", text(Format::Webhook));
}

#[test]
fn messages_keep_the_limits_of_their_services() {
    let mut edition = edition();
    let long = "Un titre qui n’en finit pas & <plus> | ".repeat(40);
    let section = &mut edition.sections[0].items;
    for number in 0..200 {
        let mut item = edition.front[0].clone();
        item.title.clone_from(&long);
        item.number = 1_000 + number;
        edition.front.push(item.clone());
        section.push(item);
    }
    let of = |format| -> Value {
        serde_json::from_slice(&render(&edition, format, GroupBy::Rubrique).unwrap()).unwrap()
    };
    let telegram = of(Format::Telegram);
    for message in telegram.as_array().unwrap() {
        let text = message["text"].as_str().unwrap();
        assert!(text.encode_utf16().count() <= 4096);
        assert_eq!(text.matches("<a ").count(), text.matches("</a>").count(), "an entity is cut");
    }
    assert!(telegram.as_array().unwrap().len() > 10);
    for message in of(Format::Slack).as_array().unwrap() {
        let blocks = message["blocks"].as_array().unwrap();
        assert!(blocks.len() <= 50);
        for block in blocks.iter().filter(|block| block["type"] == "section") {
            assert!(block["text"]["text"].as_str().unwrap().chars().count() <= 3000);
        }
    }
}

#[test]
fn a_book_has_its_mimetype_first_and_lists_all_it_holds() {
    let archive = bytes(Format::Epub);
    assert_eq!(&archive[30..58], b"mimetypeapplication/epub+zip");
    let entries = entries(&archive);
    let package = &entries["EPUB/package.opf"];
    for name in entries.keys().filter_map(|name| name.strip_prefix("EPUB/")) {
        assert!(name == "package.opf" || package.contains(&format!("href=\"{name}\"")), "{name}");
    }
    insta::assert_snapshot!("epub_package", package);
    insta::assert_snapshot!("epub_front", entries["EPUB/une.xhtml"]);
    let all: String = entries.into_values().collect();
    assert!(all.contains("&lt;script&gt;") && !all.contains("<script"));
}

#[test]
fn a_document_marks_right_to_left_paragraphs_and_runs() {
    let entries = entries(&bytes(Format::Docx));
    let document = &entries["word/document.xml"];
    let at = document.find("طالبت فرق المعارضة").expect("an Arabic extract");
    let start = document[..at].rfind("<w:p>").unwrap();
    let paragraph = &document[start..at];
    assert!(paragraph.contains("<w:bidi/>") && paragraph.contains("<w:rtl/>"), "{paragraph}");
    // Every link of the text is a relationship, and no relationship is left over.
    let relationships = &entries["word/_rels/document.xml.rels"];
    let links = document.matches("<w:hyperlink r:id=").count();
    assert_eq!(relationships.matches("TargetMode=\"External\"").count(), links);
    assert!(links > items(&edition()));
}

/// As many stories as a full day has: the morning's, again and again under other names.
fn full_day(articles: usize) -> Vec<kiosque_model::Story> {
    let morning = stories();
    let each: usize = morning.iter().map(|story| story.articles.len()).sum();
    let again = |round: usize| {
        let renamed = move |id: &kiosque_model::PageId| kiosque_model::PageId(format!("{round}-{id}"));
        let mut day = stories();
        for story in &mut day {
            story.id = renamed(&story.id);
            for article in &mut story.articles {
                article.tagged.article.id = renamed(&article.tagged.article.id);
                article.copy_of = article.copy_of.as_ref().map(renamed);
            }
        }
        day
    };
    (0..articles.div_ceil(each)).flat_map(again).collect()
}

#[test]
fn a_full_day_is_exported_before_its_reader_waits() {
    let edition = composed(&full_day(5_000), &spec());
    assert!(edition.coverage.articles >= 4_000, "{}", edition.coverage.articles);
    for format in Format::built() {
        for by in [GroupBy::Rubrique, GroupBy::Source] {
            let start = std::time::Instant::now();
            let bytes = render(&edition, format, by).expect("renders").len();
            let took = start.elapsed();
            println!("{} by {by:?}: {} KiB in {} ms", format.name(), bytes / 1024, took.as_millis());
            // Unoptimised and on a busy machine; released and alone it is a tenth.
            assert!(took.as_secs() < 20, "{}: {took:?}", format.name());
            // Mail readers cut at 102 KB.
            assert!(format != Format::Eml || bytes < 100 * 1024, "a mail reader cuts {bytes} bytes off");
        }
    }
}

#[test]
fn the_message_shows_the_first_items_of_every_rubrique() {
    let edition = composed(&full_day(500), &spec());
    let message =
        String::from_utf8(render(&edition, Format::Eml, GroupBy::Rubrique).expect("renders")).unwrap();
    // Addresses stand in the HTML part, quoted-printable: `=` alone is written otherwise there.
    let html = message.replace("=\r\n", "");
    for section in &edition.sections {
        let shown = section.items.iter().filter(|item| html.contains(&format!("{}\"", item.url))).count();
        assert!(shown >= 1, "{}: {shown}", section.label);
    }
}

#[test]
fn the_text_document_has_charts_and_formulas() {
    let document = entries(&bytes(Format::Docx)).remove("word/document.xml").expect("a document");
    let tables: Vec<_> = document.split("<w:tbl>").skip(1).collect();
    let edition = edition();
    let rows = |table: &str| table.matches("<w:tr>").count() - 1;
    assert_eq!(
        tables.iter().map(|t| rows(t)).collect::<Vec<_>>(),
        [edition.coverage.sources.len(), edition.coverage.rubriques.len()]
    );
    assert!(document.contains("Indice de bruit") && document.contains("couverture·√(i + r/2)"));
}

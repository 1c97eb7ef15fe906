//! What every export shows, and what no title can break.

use kiosque_edition::{Format, GroupBy, render, schema};
use kiosque_model::Edition;

use crate::morning::{composed, spec, stories};

fn edition() -> Edition {
    composed(&stories(), &spec())
}

fn rendered(edition: &Edition, format: Format, by: GroupBy) -> String {
    String::from_utf8(render(edition, format, by).expect("renders")).expect("UTF-8")
}

#[test]
fn the_page() {
    insta::assert_snapshot!("html", rendered(&edition(), Format::Html, GroupBy::Rubrique));
    insta::assert_snapshot!("html_by_source", rendered(&edition(), Format::Html, GroupBy::Source));
}

#[test]
fn the_markdown() {
    insta::assert_snapshot!("md", rendered(&edition(), Format::Markdown, GroupBy::Rubrique));
    insta::assert_snapshot!("md_by_source", rendered(&edition(), Format::Markdown, GroupBy::Source));
}

#[test]
fn the_data_and_its_schema() {
    let json = rendered(&edition(), Format::Json, GroupBy::Rubrique);
    assert_eq!(serde_json::from_str::<Edition>(&json).unwrap(), edition());
    insta::assert_snapshot!("json", json);
    let schema = schema();
    let required = schema["required"].as_array().unwrap();
    let written: serde_json::Value = serde_json::from_str(&json).unwrap();
    for name in required {
        assert!(written.get(name.as_str().unwrap()).is_some(), "{name}");
    }
}

#[test]
fn no_title_can_write_markup() {
    for by in [GroupBy::Rubrique, GroupBy::Source] {
        let html = rendered(&edition(), Format::Html, by);
        assert!(
            html.contains("&lt;script&gt;alert(&#39;une&#39;)&lt;/script&gt; &amp; &quot;onclick=alert(1)")
        );
        assert!(!html.contains("<script") && !html.contains("\"onclick=") && !html.contains("<b>piégé"));
        let markdown = rendered(&edition(), Format::Markdown, by);
        assert!(markdown.contains(r"\<script\>") && !markdown.replace(r"\<", "").contains("<script"));
    }
}

#[test]
fn a_page_loads_nothing_and_links_only_to_the_web() {
    let mut edition = edition();
    edition.front[0].url = "javascript:alert(1)".to_owned();
    edition.front[1].others[0].url = "data:text/html,x".to_owned();
    let html = rendered(&edition, Format::Html, GroupBy::Rubrique);
    for forbidden in
        ["javascript:", "data:", " src=", "@import", "url(", "<link", "<img", "<iframe", "onload"]
    {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains("<span lang=\"fr\" dir=\"ltr\">La loi sur l’eau"));
}

#[test]
fn every_item_has_title_source_link_and_date_in_every_format() {
    let edition = edition();
    for format in [Format::Html, Format::Markdown] {
        for by in [GroupBy::Rubrique, GroupBy::Source] {
            let out = rendered(&edition, format, by);
            for item in edition.front.iter().chain(edition.sections.iter().flat_map(|s| &s.items)) {
                let start: String =
                    item.title.chars().take_while(|c| c.is_alphanumeric() || *c == ' ').collect();
                assert!(
                    out.contains(start.trim_end())
                        && out.contains(&item.source_name)
                        && out.contains(&item.url)
                );
                for author in &item.authors {
                    assert!(out.contains(author), "{author}");
                }
            }
            // One article of the morning printed no date: the day it was read stands for it.
            assert!(out.contains("consulté le 7\u{a0}octobre\u{a0}2026"));
            assert!(out.contains("7\u{a0}octobre\u{a0}2026 à 15\u{a0}h\u{a0}12"));
        }
    }
}

#[test]
fn right_to_left_text_is_marked_as_such() {
    let html = rendered(&edition(), Format::Html, GroupBy::Rubrique);
    assert!(html.contains("<p class=\"extract\" lang=\"ar\" dir=\"rtl\">طالبت فرق المعارضة"));
    let markdown = rendered(&edition(), Format::Markdown, GroupBy::Rubrique);
    assert!(markdown.contains("<p dir=\"rtl\" lang=\"ar\">طالبت فرق المعارضة"));
    assert!(markdown.contains("[\u{200f}حريق"));
}

#[test]
fn messages_name_who_wrote_when_and_what_was_corrected() {
    let mut edition = edition();
    edition.errata.push(kiosque_model::Erratum {
        revision: 2,
        at: jiff::Timestamp::UNIX_EPOCH,
        who: "desk".to_owned(),
        number: Some(1),
        kind: "retitle".to_owned(),
        before: Some("Le {text} d’avant".to_owned()),
        text: "Le bon".to_owned(),
    });
    for format in [Format::Telegram, Format::Slack, Format::Rss, Format::Atom, Format::JsonFeed, Format::Csv]
    {
        let out = rendered(&edition, format, GroupBy::Rubrique);
        let name = format.name();
        assert!(out.contains("«\u{a0}Le {text} d’avant\u{a0}» devient «\u{a0}Le bon\u{a0}»"), "{name}");
        assert!(out.contains("Salma Benhaddou"), "{name}");
    }
    let telegram = rendered(&edition, Format::Telegram, GroupBy::Rubrique);
    assert!(
        telegram.contains("(Le Rivage · Salma Benhaddou · Yann Le Goff · 7\u{a0}octobre\u{a0}2026 à"),
        "{telegram}"
    );
    assert!(telegram.contains("\u{2067}صوت المدينة\u{2069}"), "{telegram}");
}

#[test]
fn a_passage_of_several_paragraphs_keeps_them() {
    let mut edition = edition();
    edition.front[0].extract = "Un.\nDeux.".to_owned();
    assert!(rendered(&edition, Format::Html, GroupBy::Rubrique).contains(">Un.\nDeux.</p>"));
    assert!(rendered(&edition, Format::Html, GroupBy::Rubrique).contains("white-space: pre-line"));
    assert!(rendered(&edition, Format::Markdown, GroupBy::Rubrique).contains("> Un.\n  >\n  > Deux."));
    assert!(rendered(&edition, Format::JsonFeed, GroupBy::Rubrique).contains("Un.<br>Deux."));
}

#[test]
fn a_story_told_by_many_lists_some_and_counts_the_rest() {
    let mut edition = edition();
    let other = edition.items().find_map(|item| item.others.first().cloned()).expect("the morning has one");
    edition.front[0].others = vec![other.clone(); 22];
    edition.front[1].others = vec![kiosque_model::OtherTitle { late: true, ..other }; 9];
    for format in [Format::Html, Format::Markdown] {
        let out = rendered(&edition, format, GroupBy::Rubrique);
        assert!(out.contains("et 14\u{a0}autres"), "{}", format.name());
        // One more than are listed is listed too.
        assert_eq!(out.matches("\u{a0}autre").count(), 1, "{}", format.name());
        assert_eq!(out.matches("Arrivé après la clôture").count(), 9, "{}", format.name());
    }
}

#[test]
fn an_empty_day_is_a_decent_page() {
    let empty = composed(&[], &spec());
    for format in [Format::Html, Format::Markdown] {
        let out = rendered(&empty, format, GroupBy::Rubrique);
        assert!(out.contains("Aucun article n’a été recueilli") && out.contains("mercredi 7"));
    }
}

#[test]
fn an_unknown_format_is_told_with_those_there_are() {
    let said = "odt".parse::<Format>().unwrap_err().to_string();
    assert!(said.starts_with("no export format `odt`; available are `html`, "), "{said}");
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
        let built = Format::built().any(|one| one == format);
        assert_eq!(said.contains(&format!("`{}`", format.name())), built, "{said}");
    }
    let said = "outlet".parse::<GroupBy>().unwrap_err().to_string();
    assert_eq!(said, "no grouping `outlet`; available are `rubrique`, `source`");
}

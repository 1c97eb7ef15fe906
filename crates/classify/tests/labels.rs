//! Labels of invented articles: every rubrique in French and Arabic, the likeliest in English and Spanish.

use kiosque_classify::{Classifier, Input, Labels};
use kiosque_model::{Article, CanonicalUrl, Language, Rubrique, SourceId};
use proptest::prelude::*;

fn classify(title: &str, text: &str) -> Labels {
    Classifier::bundled().classify(&Input { title, text, ..Input::default() })
}

fn items() -> Vec<[&'static str; 4]> {
    include_str!("rubriques.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>().try_into().expect("a row has four columns"))
        .collect()
}

#[test]
fn invented_items_get_their_rubrique_and_language() {
    let mut wrong = Vec::new();
    for [rubrique, language, title, text] in items() {
        let labels = classify(title, text);
        if labels.rubrique.slug() != rubrique
            || labels.language.as_ref().map(Language::code) != Some(language)
        {
            wrong.push(format!("{rubrique} {language} `{title}`: {labels:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rubrique_is_reached_in_french_and_arabic() {
    for language in ["fr", "ar"] {
        let reached =
            Rubrique::ALL.iter().filter(|r| items().iter().any(|i| i[0] == r.slug() && i[1] == language));
        assert_eq!(reached.count(), Rubrique::ALL.len(), "{language}");
    }
}

#[test]
fn labels_are_complete_and_always_the_same() {
    for [_, _, title, text] in items() {
        let labels = classify(title, text);
        assert_eq!(labels, classify(title, text));
        assert!(labels.iptc.len() == 8, "{labels:?}");
        assert!(labels.confidence > 1.0 / 14.0 && labels.confidence <= 1.0, "{labels:?}");
        assert!((1..=8).contains(&labels.keywords.len()), "{labels:?}");
        assert!(!labels.because.is_empty(), "{labels:?}");
        let whole = format!("{title} {text}");
        for reason in labels.because.iter().filter(|reason| !reason.starts_with("incertain")) {
            assert!(whole.contains(reason.as_str()), "{reason} does not stand in the text");
        }
    }
}

#[test]
fn the_section_is_evidence_and_a_clear_text_wins() {
    let classify = |title, text, section| {
        Classifier::bundled().classify(&Input { title, text, section: Some(section), ..Input::default() })
    };
    let vague = classify("Une journée particulière", "On en parle beaucoup ce matin.", "Sport");
    assert_eq!(vague.rubrique, Rubrique::Sport);
    assert_eq!(vague.because[0], "rubrique de la source\u{a0}: Sport");
    let [_, _, title, text] = items()[22];
    let clear = classify(title, text, "Culture");
    assert_eq!(clear.rubrique, Rubrique::Sport, "{clear:?}");
    assert!(clear.because.iter().all(|reason| !reason.starts_with("rubrique de la source")));
}

#[test]
fn nothing_to_go_by_is_said_with_little_confidence() {
    for text in ["", "…", "12 %", "zzz qqq"] {
        let labels = classify(text, text);
        assert!(labels.confidence < 0.3, "{labels:?}");
    }
}

#[test]
fn an_article_keeps_its_fields_when_tagged() {
    let url = CanonicalUrl::parse("https://a.example/sport/match").unwrap();
    let mut article =
        Article::new(url.to_string(), url, SourceId("a".into()), "2026-10-06T07:00:00Z".parse().unwrap());
    article.title = Some("L'équipe gagne la finale de la coupe".into());
    let tagged = Classifier::bundled().tag(article.clone());
    assert_eq!(tagged.article, article);
    assert_eq!(tagged.rubrique, Rubrique::Sport);
    assert_eq!(tagged.language.unwrap().code(), "fr");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_gets_labels(title in ".{0,80}", text in "(?s).{0,400}", url in ".{0,60}", section in ".{0,30}") {
        let keywords = [section.clone()];
        let input = Input {
            title: &title, text: &text, url: Some(&url), section: Some(&section), language: Some(&section),
            feed: None, keywords: &keywords,
        };
        let labels = Classifier::bundled().classify(&input);
        prop_assert!((0.0..=1.0).contains(&labels.confidence));
        prop_assert!(labels.keywords.len() <= 8);
    }
}

//! The press is whole: every address a feed lists answers, every intended accident is there, and the
//! texts are long enough to be read.

use std::collections::BTreeSet;
use std::io::Read as _;

use super::*;
use crate::outlet::Genre;

const HOURS: [Hour; 3] = [Hour::FirstDay, Hour::SecondMorning, Hour::SecondAfternoon];

fn ask(press: &Press, hour: Hour, url: &str, fields: &[(&str, &str)]) -> Answer {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, target) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let headers = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    press.respond(hour, &Request { host: host.to_owned(), target: target.to_owned(), headers })
}

fn get(press: &Press, url: &str) -> Answer {
    ask(press, Hour::SecondAfternoon, url, &[])
}

fn text_of(press: &Press, url: &str) -> String {
    text_at(press, Hour::SecondAfternoon, url)
}

fn text_at(press: &Press, hour: Hour, url: &str) -> String {
    let charset = press.papers.iter().find(|p| url.contains(&p.host)).map_or("utf-8", |p| p.charset.as_str());
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap();
    encoding.decode(&ask(press, hour, url, &[]).body).0.into_owned()
}

/// The addresses between two marks.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split(close).next()).collect()
}

fn listed(press: &Press, outlet: &Outlet, hour: Hour) -> Vec<String> {
    let answer = ask(press, hour, &outlet.feed, &[]);
    assert_eq!(answer.status, 200, "{}", outlet.feed);
    let text = String::from_utf8(answer.body).unwrap();
    let urls = match outlet.kind {
        FeedKind::Rss => between(&text, "<guid isPermaLink=\"true\">", "<"),
        FeedKind::Atom => between(&text, "rel=\"alternate\" href=\"", "\""),
        FeedKind::Json => between(&text, "\"url\": \"", "\""),
        FeedKind::Sitemap => between(&text, "<loc>", "<"),
    };
    assert!(!urls.is_empty(), "{} lists nothing", outlet.feed);
    urls.into_iter().map(|url| url.replace("&amp;", "&")).collect()
}

fn url(press: &Press, reference: &str) -> String {
    press.resolve(reference)
}

#[test]
fn there_are_enough_outlets_and_pages() {
    let press = Press::new();
    assert!(press.outlets().len() >= 10);
    assert!(press.truth().len() >= 84, "{}", press.truth().len());
    let kinds: BTreeSet<_> = press.outlets().iter().map(|outlet| format!("{:?}", outlet.kind)).collect();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    let hosts: BTreeSet<_> = press.outlets().iter().map(|outlet| &outlet.host).collect();
    assert_eq!(hosts.len(), press.outlets().len());
    assert!(hosts.iter().all(|host| host.ends_with(".example")));
}

#[test]
fn every_rubrique_is_written_in_both_languages() {
    let press = Press::new();
    let written: BTreeSet<_> = press
        .papers
        .iter()
        .flat_map(|p| {
            p.articles.iter().map(|a| (a.rubrique, a.language.clone().unwrap_or_else(|| p.language.clone())))
        })
        .collect();
    for rubrique in Rubrique::ALL {
        for language in ["fr", "ar"] {
            assert!(written.contains(&(rubrique, language.to_owned())), "no {rubrique} in {language}");
        }
    }
}

#[test]
fn feeds_list_what_answers_but_for_one_dead_link() {
    let press = Press::new();
    let mut dead = BTreeSet::new();
    for hour in HOURS {
        for outlet in press.outlets() {
            for url in listed(&press, outlet, hour) {
                match ask(&press, hour, &url, &[]).status {
                    200 => {}
                    301 => assert!(url.contains("?p="), "{url}"),
                    404 => drop(dead.insert(url)),
                    other => panic!("{url}: {other}"),
                }
            }
        }
    }
    let dead: Vec<_> = dead.iter().map(String::as_str).collect();
    assert_eq!(dead, ["http://www.gazette-bouregreg.example/2026/10/06/sondage-rentree-pouvoir-achat/"]);
}

#[test]
fn each_hour_publishes_more() {
    let press = Press::new();
    let count = |hour| press.outlets().iter().map(|outlet| listed(&press, outlet, hour).len()).sum::<usize>();
    let [first, morning, evening] = HOURS.map(count);
    assert!(first >= 40 && morning > first + 15 && evening > morning + 10, "{first} {morning} {evening}");
}

#[test]
fn what_is_not_out_yet_is_not_there() {
    let press = Press::new();
    let later = url(&press, "apm/don-du-sang-stocks-sept-jours");
    assert_eq!(HOURS.map(|hour| ask(&press, hour, &later, &[]).status), [404, 404, 200]);
}

#[test]
fn texts_are_long_enough_to_read() {
    let press = Press::new();
    for article in press.papers.iter().flat_map(|paper| &paper.articles) {
        let updates = article.updates.iter().map(|u| u.text.split_whitespace().count()).sum::<usize>();
        let words = article.text.split_whitespace().count() + updates;
        let wanted = if article.genre == Genre::Brief { 35 } else { 60 };
        assert!(words >= wanted, "{}: {words} words", article.slug);
        assert!(DAYS.contains(&article.at.date()), "{}", article.slug);
    }
}

#[test]
fn the_same_request_has_the_same_answer() {
    let (one, other) = (Press::new(), Press::new());
    for truth in one.truth() {
        assert_eq!(get(&one, &truth.url), get(&one, &truth.url));
        assert_eq!(get(&one, &truth.url), get(&other, &truth.url));
    }
}

#[test]
fn a_page_changes_only_with_its_own_text() {
    let press = Press::new();
    for paper in &press.papers {
        for article in paper.articles.iter().filter(|a| a.at <= Hour::FirstDay.until()) {
            let url = paper.url_of(article);
            let [first, .., last] = HOURS.map(|hour| ask(&press, hour, &url, &[]).body);
            assert_eq!(first, last, "{url}");
        }
    }
}

#[test]
fn validators_give_304() {
    let press = Press::new();
    for page in [press.outlets()[0].feed.clone(), url(&press, "meridien/errachidia-foyers-prives-eau")] {
        let first = get(&press, &page);
        let etag = first.headers["etag"].clone();
        let with = |field, value: &str| ask(&press, Hour::SecondAfternoon, &page, &[(field, value)]).status;
        assert_eq!(with("if-none-match", &etag), 304);
        assert_eq!(with("if-none-match", &format!("\"x\", W/{etag}")), 304);
        assert_eq!(with("if-none-match", "\"x\""), 200);
        assert_eq!(with("if-modified-since", &first.headers["last-modified"]), 304);
        assert_eq!(with("if-modified-since", "Mon, 05 Oct 2026 00:00:00 GMT"), 200);
    }
}

#[test]
fn no_host_outside_the_press_is_linked() {
    let press = Press::new();
    let own: BTreeSet<_> = press.outlets().iter().map(|outlet| outlet.host.as_str()).collect();
    for truth in press.truth() {
        let text = text_of(&press, &truth.url);
        for host in between(&text, "http://", "\"").iter().filter_map(|rest| rest.split(['/', '<']).next()) {
            let known = own.contains(host) || ["ogp.me"].contains(&host);
            assert!(known, "{} links to {host}", truth.url);
        }
        for path in between(&text, "<li class=\"menu-item\"><a href=\"", "\"") {
            let home = truth.url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
            assert_eq!(get(&press, &format!("{home}{path}")).status, 200, "{path}");
        }
    }
}

#[test]
fn nothing_speaks_of_the_place_it_was_written_in() {
    for text in press_files() {
        assert!(!text.contains("/tmp") && !text.contains("TODO"));
        assert!(!text.contains(".ma/") && !text.contains("https://"));
    }
}

fn press_files() -> Vec<String> {
    let press = Press::new();
    press
        .truth()
        .iter()
        .map(|truth| text_of(&press, &truth.url).replace("https://schema.org", ""))
        .map(|t| t.replace("https://ogp.me", ""))
        .collect()
}

/// Each accident of the real web the press is to show.
#[test]
fn every_intended_oddity_is_there() {
    let press = Press::new();
    let check = |reference: &str, expected: &[&str]| {
        let page = text_of(&press, &url(&press, reference));
        for words in expected {
            assert!(page.contains(words), "{reference} lacks `{words}`");
        }
    };
    check(
        "affaires/port-nador-premier-terminal",
        &["\"isAccessibleForFree\":false", "réservée à nos abonnés"],
    );
    check("affaires/bureaux-partages-partenaire-nomadia", &["Contenu partenaire"]);
    check("cap/tribune-apprendre-a-compter-l-eau", &["OpinionNewsArticle"]);
    check("gazette/direct-inondations-errachidia", &["LiveBlogPosting", "La décrue s'amorce"]);
    check(
        "bab/IA-a-l-hopital-le-tri-des-radios-en-question",
        &[
            "Rédigé par <a rel=\"author\"",
            "le Mercredi 7 Octobre 2026",
            "données de santé, algorithme, hôpital public</div>",
            "Dans la même rubrique",
        ],
    );
    check("difaf/qanoun-amal-an-boud", &["الأربعاء 7 أكتوبر 2026", "dir=\"rtl\""]);
    check("bab/العمل-عن-بعد-ماذا-سيتغير-في-حياة-الأجراء", &["يوم الأربعاء 7 أكتوبر 2026"]);
    let unsigned = text_of(&press, &url(&press, "cap/cinema-tunis-restauration-salle-colisee"));
    assert!(!unsigned.contains("\"author\""));
    let agency = text_of(&press, &url(&press, "apm/sommet-eau-nairobi-declaration"));
    assert!(
        agency.contains("Organization\"><span itemprop=\"name\">APM")
            && !agency.contains("schema.org/Person")
    );
    let listing = press.outlets().iter().find(|outlet| outlet.id == "meridien").unwrap();
    let stray = listed(&press, listing, Hour::SecondAfternoon);
    assert!(stray.contains(&"http://www.meridien-sud.example/rubrique/economie".to_owned()));
}

#[test]
fn the_afternoon_corrects_an_article() {
    let press = Press::new();
    let page = url(&press, "meridien/errachidia-foyers-prives-eau");
    let [_, before, after] = HOURS.map(|hour| text_at(&press, hour, &page));
    assert!(before.contains("1\u{a0}200 foyers") && !before.contains("dateModified"));
    assert!(after.contains("2\u{a0}100 foyers") && !after.contains("1\u{a0}200 foyers"));
    assert!(after.contains("2026-10-07T15:30:00+01:00") && after.contains("retrouvé vivant à la mi-journée"));
}

#[test]
fn addresses_vary_and_move() {
    let press = Press::new();
    let same = |one: &str, other: &str| assert_eq!(get(&press, one).body, get(&press, other).body, "{one}");
    let train = url(&press, "gazette/train-fes-taounate-inauguration");
    same(&train, &format!("{train}?utm_source=rss&utm_medium=feed&utm_campaign=une"));
    let moved = get(&press, "http://www.place-affaires.example/?p=9040");
    assert_eq!(moved.status, 301);
    assert_eq!(moved.headers["location"], url(&press, "affaires/port-nador-premier-terminal"));
    let article = url(&press, "cap/nairobi-eau-declaration-analyse");
    let amp = text_of(&press, &format!("{article}amp/"));
    assert!(
        amp.contains("<html amp") && amp.contains(&format!("<link rel=\"canonical\" href=\"{article}\">"))
    );
    assert_eq!(get(&press, "http://elsewhere.example/").status, 404);
}

#[test]
fn charsets_are_old_undeclared_or_wrong() {
    let press = Press::new();
    let arabic = get(&press, &url(&press, "sada/qitar"));
    assert_eq!(arabic.headers["content-type"], "text/html");
    let (text, _, broken) = encoding_rs::WINDOWS_1256.decode(&arabic.body);
    assert!(!broken && text.contains("charset=windows-1256") && text.contains("لم تنم تاونات ليلة الاثنين"));
    assert!(String::from_utf8(arabic.body).is_err());

    let latin = get(&press, &url(&press, "phare/guembri"));
    assert_eq!(latin.headers["content-type"], "text/html; charset=iso-8859-1");
    assert!(
        encoding_rs::WINDOWS_1252.decode(&latin.body).0.contains("Maâlem Boujmaa Aferyad vient d'achever")
    );

    let lie = get(&press, &url(&press, "cap/italie-greve-rail-ports"));
    assert_eq!(lie.headers["content-type"], "text/html; charset=iso-8859-1");
    assert!(String::from_utf8(lie.body).unwrap().contains("Gênes"));
}

#[test]
fn one_feed_is_broken_and_one_host_slow() {
    let press = Press::new();
    let feed = get(&press, "http://www.phare-mogador.example/backend.php");
    let text = String::from_utf8(feed.body).unwrap();
    assert!(!text.starts_with("<?xml") && text.contains("<rss") && text.contains("d'olive & les prix"));
    assert_eq!(feed.delay_ms, 800);
    assert_eq!(press.papers.iter().filter(|paper| paper.delay_ms > 0).count(), 1);
}

#[test]
fn robots_forbids_an_article_of_the_feed() {
    let press = Press::new();
    let robots = get(&press, "http://www.majallat-dar.example/robots.txt");
    let text = String::from_utf8(robots.body).unwrap();
    let outlet = press.outlets().iter().find(|outlet| outlet.id == "dar").unwrap();
    let forbidden: Vec<_> = listed(&press, outlet, Hour::FirstDay)
        .into_iter()
        .filter(|url| text.lines().filter_map(|l| l.strip_prefix("Disallow: ")).any(|p| url.contains(p)))
        .collect();
    assert_eq!(forbidden.len(), 1, "{text}");
    assert!(press.truth().iter().all(|truth| !forbidden.contains(&truth.url)));
}

#[test]
fn one_host_compresses_for_those_who_can_read_it() {
    let press = Press::new();
    let page = url(&press, "difaf/qitar-fes-taounate");
    let packed = ask(&press, Hour::FirstDay, &page, &[("accept-encoding", "br, gzip")]);
    assert_eq!(packed.headers["content-encoding"], "gzip");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, ask(&press, Hour::FirstDay, &page, &[]).body);
    assert!(packed.body.len() * 2 < unpacked.len());
}

#[test]
fn the_truth_names_copies_and_stories() {
    let press = Press::new();
    let truth = press.truth();
    let dispatch = url(&press, "apm/huile-olive-prix-campagne-2026-2027");
    assert_eq!(truth.iter().filter(|t| t.copy_of.as_deref() == Some(&dispatch)).count(), 5);
    let outlets = |story: &str| -> BTreeSet<&str> {
        let pages = truth.iter().filter(|t| t.story.as_deref() == Some(story));
        pages.map(|t| t.url.split('/').nth(2).unwrap()).collect()
    };
    assert!(outlets("rail").len() >= 5, "{:?}", outlets("rail"));
    assert!(outlets("olive").contains("www.difaf-alyaoum.example"));
    assert_eq!((outlets("match-larache").len(), outlets("match-azrou").len()), (2, 2));
    let stories: BTreeSet<_> = truth.iter().filter_map(|t| t.story.as_deref()).collect();
    for story in stories {
        assert!(outlets(story).len() >= 2, "{story} is told once");
    }
}

/// A source as a pipeline names it.
fn source_of(outlet: &Outlet) -> toml::Table {
    let mut source = toml::Table::from_iter([
        ("id".to_owned(), outlet.id.clone().into()),
        ("name".to_owned(), outlet.name.clone().into()),
        ("url".to_owned(), outlet.feed.clone().into()),
        ("language".to_owned(), outlet.language.clone().into()),
        ("tier".to_owned(), i64::from(outlet.tier).into()),
    ]);
    source.extend(outlet.name_ar.iter().map(|name| ("name_ar".to_owned(), name.clone().into())));
    source
}

#[test]
fn the_demo_reads_every_outlet() {
    let pipeline: toml::Table = include_str!("../../../pipelines/demo.toml").parse().unwrap();
    let sources = pipeline["source"].as_array().unwrap();
    for outlet in Press::new().outlets() {
        assert!(sources.contains(&source_of(outlet).into()), "no source for `{}`", outlet.id);
    }
}

//! What a page is: an article, a list of them, a film, pictures, the site's own business.

#![cfg(test)]

use kiosque_extract::extract;
use kiosque_model::{Article, CanonicalUrl, FeedHint, FetchRecord, Kind, Page, SourceId};

const TEXT: [&str; 3] = [
    "Le conseil de la ville a voté lundi soir, après quatre heures de débats, le budget du marché central, attendu \
     depuis dix ans par les commerçants du quartier.",
    "Les travaux commenceront au printemps et dureront dix-huit mois, selon le maire, qui a promis que les étals \
     seraient déplacés sur la place voisine sans frais.",
    "L’opposition a dénoncé un calendrier irréaliste et demandé une étude d’impact, que la majorité a refusée en \
     rappelant que deux rapports existent.",
];

fn read(path: &str, html: &str) -> Article {
    let url = format!("https://www.gazette.example{path}");
    let page = Page {
        canonical: CanonicalUrl::parse(&url).unwrap(),
        url,
        requested_url: None,
        source: SourceId("gazette".into()),
        fetched_at: "2026-02-04T12:00:00Z".parse().unwrap(),
        status: 200,
        content_type: None,
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: html.as_bytes().to_vec(),
    };
    extract(&page).unwrap()
}

/// A page of this title, with `head` beside it and `body` below the site's menu.
fn page(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=fr><head><meta charset=utf-8><title>{title} - La Gazette</title>{head}</head><body>\
         <nav><ul><li><a href=/>Accueil</a></ul></nav>{body}</body></html>"
    )
}

fn prose() -> String {
    TEXT.iter().map(|text| format!("<p>{text}</p>")).collect()
}

/// The teasers of a list, each below its linked headline in the folder `under`.
fn teasers(under: &str, count: usize) -> String {
    let teaser = |i: usize| {
        format!(
            "<article class=card><h2><a href='{under}/le-conseil-de-la-ville-{i}-vote'>Le conseil de la ville {i} vote \
             son budget après un long débat</a></h2><p>Le conseil municipal de la ville {i} a voté lundi soir, après \
             quatre heures de débats, le budget de la rénovation…</p></article>"
        )
    };
    (1..=count).map(teaser).collect()
}

#[test]
fn lists_are_no_articles() {
    let biography = "<p>Rim Alami est journaliste à La Gazette depuis 2010. Elle couvre les collectivités locales, \
        l’urbanisme et les transports, et a reçu plusieurs prix pour ses enquêtes.</p>";
    let bare: String = (0..9)
        .map(|i| format!("<li><a href=/economie/2026/02/0{i}/le-port-rouvre-un-quai>Le port rouvre un quai {i}</a></li>"))
        .collect();
    let consent = "<p>Nous et nos partenaires conservons des données sur votre appareil, comme des identifiants, afin \
        de mesurer l’audience ; vous pouvez changer d’avis à tout moment.</p>";
    let lead = format!("<article><h2><a href=/une>Le marché sera rénové</a></h2>{}</article>", prose());
    let cases = [
        ("a rubrique", "/societe/", format!("<h1>Société</h1>{}", teasers("", 8))),
        ("an author's page", "/auteur/rim-alami", format!("<h1>Rim Alami</h1>{biography}{}", teasers("", 8))),
        ("a search", "/?s=marche", format!("<h1>Résultats pour « marché »</h1>{}", teasers("", 8))),
        ("a home page with its lead", "/", format!("<h1>La Gazette</h1>{lead}{}", teasers("", 8))),
        ("the folder of what it links", "/economie", format!("<h1>Économie</h1>{consent}<ul>{bare}</ul>")),
        (
            "a town's page with a number",
            "/communes/le-port,82136/",
            format!("<h1>Le Port</h1>{}", teasers("", 8)),
        ),
    ];
    for (case, path, body) in cases {
        let found = read(path, &page("La page", "", &body));
        assert_eq!(found.kind, Kind::Listing, "{case}: {}", found.text);
    }
}

#[test]
fn articles_are_no_lists_whatever_stands_around_them() {
    let short: String = TEXT[..2].iter().map(|text| format!("<p>{text}</p>")).collect();
    let ranking: String = (1..7)
        .map(|i| {
            format!(
                "<h3><a href=/office-{i}>Le service vétérinaire de la province {i}</a></h3><p>{}</p>",
                TEXT[i % 3]
            )
        })
        .collect();
    let long: String =
        (0..12).map(|i| format!("<p>{} C’était le vote n° {i} du soir.</p>", TEXT[i % 3])).collect();
    let based = "<base href='https://www.gazette.example/'>";
    let article = "<meta property=og:type content=article>";
    let cases = [
        (
            "a base that is the home page",
            "/a/b/le-marche-sera-renove",
            based,
            format!("<h1>Le marché</h1>{short}"),
        ),
        (
            "more teasers than text",
            "/2026/02/03/le-marche-sera-renove",
            "",
            format!(
                "<article><h1>Le marché sera rénové</h1>{short}</article><aside>{}</aside>",
                teasers("", 14)
            ),
        ),
        (
            "a ranking by linked headings",
            "/actus/le-classement-des-services-2026",
            article,
            format!("<h1>Le classement</h1>{}{ranking}", prose()),
        ),
        (
            "a film beside a long text",
            "/le-marche-sera-renove",
            "<meta property=og:type content=video>",
            format!("<h1>Le marché</h1>{long}"),
        ),
    ];
    for (case, path, head, body) in cases {
        assert_eq!(read(path, &page("Le marché sera rénové", head, &body)).kind, Kind::Article, "{case}");
    }
}

#[test]
fn a_brief_is_an_article_where_its_day_is_printed() {
    let brief = |date: &str| {
        let html = page(
            "Décès",
            "",
            &format!(
                "<article><h1>Décès de l’ancien maire du Port</h1>{date}<p>L’ancien maire du Port est mort lundi à \
                 l’âge de 80 ans, a annoncé sa famille.</p></article>"
            ),
        );
        read("/ancien-maire", &html).kind
    };
    assert_eq!(brief("<p>3 février 2026</p>"), Kind::Article);
    assert_eq!(brief(""), Kind::Other);
}

#[test]
fn films_and_pictures_outweigh_a_line_beside_them() {
    let line = "<p>Notre photographe a passé une journée au marché.</p>";
    let captions: String = (0..6)
        .map(|i| {
            format!("<figure><img src=/{i}.jpg><figcaption>Photo {i} : les étals du marché un matin d’hiver.</figcaption></figure>")
        })
        .collect();
    let player = "<iframe src='https://www.youtube.com/embed/abc'></iframe>";
    let of = |body: &str| {
        let html = page("Le marché", "", &format!("<article><h1>Le marché central</h1>{body}</article>"));
        read("/marche-central", &html).kind
    };
    assert_eq!(of(&format!("{line}{captions}")), Kind::Gallery);
    assert_eq!(of(&format!("{player}{line}")), Kind::Video);
    assert_eq!(of(&format!("{}{captions}{player}", prose())), Kind::Article);
}

#[test]
fn a_sites_own_pages_are_no_news() {
    for title in ["Mentions légales", "Politique de confidentialité", "Contact", "من نحن"] {
        let html = page(title, "", &format!("<h1>{title}</h1>{}", prose()));
        assert_eq!(read("/page", &html).kind, Kind::Other, "{title}");
    }
}

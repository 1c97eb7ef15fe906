//! What a reader must meet and must not: updates, galleries, accordions, tables; strangers, bios and appeals left out.

#![cfg(test)]

use kiosque_extract::extract;
use kiosque_model::{Article, CanonicalUrl, FeedHint, FetchRecord, Kind, Page, SourceId};

const TEXT: [&str; 4] = [
    "Les grues du port ont repris lundi, après trois mois d’arrêt dus à la tempête d’octobre, a dit la direction.",
    "Le second quai suivra en mars, car la direction attend encore deux pièces d’un fournisseur étranger.",
    "Les pêcheurs, eux, n’ont jamais cessé de sortir, malgré la houle et le prix du gazole qui a doublé.",
    "La municipalité promet une aide de deux mille euros par bateau, versée avant la fin du mois de février.",
];

fn read(slug: &str, html: &str) -> Article {
    let url = format!("https://www.gazette.example/port/{slug}-a12");
    let page = Page {
        canonical: CanonicalUrl::parse(&url).unwrap(),
        url,
        requested_url: None,
        source: SourceId("gazette".into()),
        fetched_at: "2026-01-10T12:00:00Z".parse().unwrap(),
        status: 200,
        content_type: None,
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: html.as_bytes().to_vec(),
    };
    extract(&page).unwrap()
}

fn paragraphs() -> String {
    TEXT.iter().map(|text| format!("<p>{text}</p>")).collect()
}

/// A page whose article holds `inside` after the text, and that goes on with `after`.
fn article(inside: &str, after: &str) -> Article {
    let text = paragraphs();
    read(
        "le-port-rouvre-ses-quais",
        &format!(
            "<html lang=fr><head><title>Le port rouvre ses quais</title></head><body><main><article>\
             <h1>Le port rouvre ses quais</h1>{text}{inside}</article>{after}</main></body></html>"
        ),
    )
}

#[test]
fn every_update_of_a_live_page_is_kept_with_its_time() {
    let updates = [
        ("09:40", "La préfecture demande aux habitants du littoral de rester chez eux."),
        ("09:10", "Deux trains arrêtés."),
        ("08:15", "Le port est fermé et trois bateaux de pêche ont été remorqués dans la nuit."),
        ("07:50", "Les écoles du canton resteront closes jusqu’à demain soir."),
    ];
    let as_article = |(time, text): &(&str, &str)| {
        format!(
            "<article class=post><header><time datetime='2026-01-10T{time}:00+01:00'>{time}</time>\
             <h2>Point de {time}</h2></header><p>{text}</p></article>"
        )
    };
    let as_item =
        |(time, text): &(&str, &str)| format!("<li><span class=time>{time}</span><p>{text}</p></li>");
    let feeds = [
        updates.iter().map(as_article).collect::<String>(),
        format!("<ul>{}</ul>", updates.iter().map(as_item).collect::<String>()),
    ];
    for feed in feeds {
        let html = format!(
            "<html lang=fr><head><title>Direct. La tempête</title></head><body><main>\
             <h1>Tempête sur la côte : suivez la situation</h1><p>Suivez la situation au fil de la journée.</p>\
             <div class=feed>{feed}</div></main></body></html>"
        );
        let article = read("direct-tempete", &html);
        assert_eq!(article.kind, Kind::Live, "{feed}");
        for (time, text) in updates {
            let line = article.text.lines().position(|l| l == time);
            let said = article.text.lines().position(|l| l == text);
            assert!(line.is_some() && line < said, "{time}: {}", article.text);
        }
    }
}

#[test]
fn what_stands_under_the_pictures_is_a_gallerys_text() {
    let captions = [
        "Il a fallu six semaines pour bâtir ce char, monté par vingt bénévoles du quartier.",
        "Les quarante musiciens ont joué sans relâche depuis la mairie jusqu’à la grande place.",
    ];
    let figures: String = captions
        .iter()
        .map(|caption| format!("<figure><img src=1.jpg><figcaption>{caption}</figcaption></figure>"))
        .collect();
    let html = format!(
        "<html lang=fr><head><title>Le carnaval</title><script type=application/ld+json>\
         {{\"@type\":\"ImageGallery\",\"name\":\"Le carnaval\"}}</script></head><body><main>\
         <h1>Le carnaval en images</h1>{figures}</main><aside><figure><figcaption>Une publicité de la \
         gazette du littoral.</figcaption></figure></aside></body></html>"
    );
    let article = read("le-carnaval", &html);
    assert_eq!((article.kind, article.text.as_str()), (Kind::Gallery, captions.join("\n").as_str()));
}

#[test]
fn a_second_article_is_left_out_with_who_signed_it() {
    let second = "<article><h1>Le stade vend ses sièges</h1><p class=author>Par Ali Zouak</p><p>Par Ali Zouak</p>\
        <p>Le club local vend aux enchères les vieux sièges de la tribune nord, que la mairie abat en juin.</p>\
        <p>Chaque siège part à vingt euros, et la recette ira à l’école de football, promet le président.</p></article>";
    let found = article("", second);
    assert_eq!((found.text, found.authors), (TEXT.join("\n"), Vec::<String>::new()));
}

#[test]
fn what_an_accordion_folds_away_is_read() {
    let answer =
        "La région paie les deux tiers des travaux, la ville le reste, sur un budget voté en décembre.";
    let panels = [
        format!("<details><summary>Qui paiera ?</summary><p>{answer}</p></details>"),
        format!(
            "<div class=accordion><h3>Qui paiera ?</h3><div class=panel hidden><p>{answer}</p></div></div>"
        ),
        format!(
            "<form><div class=accordion><h3>Qui paiera ?</h3><div class=panel><p>{answer}</p></div></div></form>"
        ),
        format!(
            "<div><button aria-expanded=false aria-controls=a><span>Qui paiera ?</span><svg></svg></button>\
            <div id=a hidden><p>{answer}</p></div></div>"
        ),
        format!("<button class=accordion-head>Qui paiera ?</button><div><p>{answer}</p></div>"),
    ];
    for panel in panels {
        let found = article(&panel, "");
        assert!(found.text.ends_with(&format!("Qui paiera ?\n{answer}")), "{panel}: {}", found.text);
    }
    // What a button does is no heading, folded or not.
    for (label, attribute) in [("Plus d’options", "aria-expanded=false"), ("Une erreur ?", "class=report")]
    {
        let found = article(&format!("<button {attribute}>{label}</button><p>{answer}</p>"), "");
        assert!(!found.text.contains(label), "{label}: {}", found.text);
    }
}

#[test]
fn a_table_of_results_stays_a_table() {
    let table = "<h2>Les résultats</h2><table><caption>La journée en buts</caption><tr><th>Équipe</th><th>Buts</th></tr><tr><td>Rade</td><td>2</td></tr>\
        <tr><td>Vigie</td><td>1</td></tr></table><p>La prochaine journée se jouera samedi, si le temps le permet.</p>";
    let html = article(table, "").html;
    assert!(
        html.contains("<table><caption>La journée en buts</caption><tr><th>Équipe</th><th>Buts</th></tr><tr><td>Rade</td><td>2</td></tr><tr>"),
        "{html}"
    );
}

#[test]
fn lists_nest_as_they_did() {
    let list = "<ol><li>Le quai nord rouvre lundi matin<ul><li>Deux postes pour les ferries</li><li>Un poste pour la pêche</li>\
        </ul></li><li><p>Le quai sud attendra le printemps.</p><p>Son béton sèche encore.</p></li></ol>";
    let html = article(list, "").html;
    assert!(
        html.contains(
            "<ol><li>Le quai nord rouvre lundi matin<ul><li>Deux postes pour les ferries</li><li>Un poste pour la pêche\
             </li></ul></li><li>Le quai sud attendra le printemps.<p>Son béton sèche encore.</p></li></ol>"
        ),
        "{html}"
    );
}

#[test]
fn a_prompt_inside_a_paragraph_is_left_out() {
    for prompt in ["À LIRE AUSSI : ", "Lire aussi : ", "اقرأ أيضا: ", "Read also: "] {
        let text = "<p>Le directeur du port a salué mardi la fin des travaux.";
        let found =
            article(&format!("{text} <strong>{prompt}<a href=/a/7>Le rail arrive</a></strong></p>"), "").text;
        assert!(found.ends_with("la fin des travaux."), "{found}");
        let after = article(
            &format!(
                "{text} <i>({prompt}<a href=/a/7>Le rail arrive</a>)</i> La suite dépend désormais du rail.</p>"
            ),
            "",
        );
        assert!(
            after.text.ends_with("la fin des travaux. La suite dépend désormais du rail."),
            "{}",
            after.text
        );
    }
}

#[test]
fn bios_appeals_and_tables_of_contents_are_left_out() {
    let endings = [
        "<div class=author-box><h4>Rim Alami</h4><p>Rim Alami est journaliste. Elle couvre la mer et la pêche.</p></div>",
        "<p>Notre journal ne vit que de ses lecteurs. <a href=/don>Faites un don</a> pour une presse libre.</p>",
        "<p>Support independent journalism. Your donation keeps it free. <a href=/donate>Donate today</a>.</p>",
        "<div class=donation><h3>Soutenez-nous</h3><p>Faites un don dès cinq euros, pour que nos enquêtes restent libres.</p></div>",
    ];
    for ending in endings {
        assert_eq!(article(ending, "").text, TEXT.join("\n"), "{ending}");
    }
    let bio = "<p><em>Rim Alami est journaliste à La Gazette depuis 2012. Elle couvre la mer.</em></p>";
    let signed = format!("<h1>Le port rouvre ses quais</h1><p>Par Rim Alami</p>{}{bio}", paragraphs());
    let found = read("le-port", &signed);
    assert_eq!((found.text, found.authors), (TEXT.join("\n"), vec!["Rim Alami".to_owned()]));
    let contents = "<p>Au sommaire :</p><ol><li><a href='#a'>La reprise</a></li><li><a href='#b'>Le second quai</a></li></ol>";
    let html = format!(
        "<title>Le port rouvre</title><h1>Le port rouvre ses quais</h1>{contents}<h2 id=a>La reprise</h2><p>{}</p>\
         <h2 id=b>Le second quai</h2><p>{}</p><p>{}</p>",
        TEXT[0], TEXT[1], TEXT[2]
    );
    let text = read("le-port", &html).text;
    assert_eq!(text.matches("La reprise").count(), 1, "{text}");
}

#[test]
fn roles_after_arabic_names_are_no_part_of_them() {
    let found = article(
        "<div class=about-author><p>ريم العلمي صحفية في الجريدة وتغطي شؤون البحر والموانئ.</p></div>",
        "",
    );
    assert!(found.authors.iter().all(|name| name == "ريم العلمي"), "{:?}", found.authors);
}

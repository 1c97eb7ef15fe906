//! The invented press of 7 October 2026, read from `morning.json`.
//!
//! Each story is a list of articles; an article's address is made from its outlet and its place in the list.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_edition::{Day, EditionSpec, compose};
use kiosque_model::{
    Article, CanonicalUrl, Edition, Language, Rubrique, SourceId, Story, StoryArticle, Tagged,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Told {
    rubrique: Rubrique,
    articles: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    by: String,
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    words: usize,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    authors: Vec<String>,
    #[serde(default)]
    agencies: Vec<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    copy_of: Option<usize>,
    #[serde(default)]
    flags: String,
    #[serde(default)]
    first_title: Option<String>,
}

/// Outlet, name, tier, language.
const OUTLETS: [(&str, &str, u8, &str); 9] = [
    ("rivage", "Le Rivage", 1, "fr"),
    ("quotidien-atlas", "Le Quotidien de l’Atlas", 1, "fr"),
    ("al-manara", "المنارة", 1, "ar"),
    ("carrefour", "Carrefour Éco", 2, "fr"),
    ("sawt-al-madina", "صوت المدينة", 2, "ar"),
    ("gazette-oued", "La Gazette de l’Oued", 3, "fr"),
    ("tribune-sport", "Tribune Sport", 2, "fr"),
    ("cap-nord", "Cap Nord", 3, "fr"),
    ("depeche", "Agence Dépêche", 1, "fr"),
];

/// What the rest of an article says.
const FRENCH: [&str; 5] = [
    "Les services concernés ont dit suivre la situation de près.",
    "Selon plusieurs témoins, rien ne laissait prévoir une telle affluence, d’ordinaire réservée aux jours de marché.",
    "Une réunion est prévue la semaine prochaine.",
    "Les habitants, eux, attendent de voir : les promesses de l’an dernier sont encore dans toutes les mémoires.",
    "« Nous avançons, pas à pas, avec tous ceux qui veulent bien nous suivre », résume un responsable.",
];
const ARABIC: [&str; 4] = [
    "وأكدت المصالح المعنية أنها تتابع الوضع عن كثب.",
    "ويرتقب عقد اجتماع ثان خلال الأسبوع المقبل بحضور جميع الأطراف.",
    "وقال أحد المسؤولين: «نتقدم خطوة بخطوة مع كل من يريد أن يرافقنا».",
    "أما السكان فينتظرون ترجمة الوعود إلى أفعال على أرض الواقع.",
];

/// The day of the fixture.
pub(crate) fn date() -> Date {
    Date::constant(2026, 10, 7)
}

/// An edition of it.
pub(crate) fn spec() -> EditionSpec {
    let zone = TimeZone::get("Africa/Casablanca").expect("bundled");
    EditionSpec {
        publisher: "Maison du Phare".to_owned(),
        ..EditionSpec::new("matin", zone, "Africa/Casablanca")
    }
}

/// An edition of its day, composed from these stories.
pub(crate) fn composed(stories: &[Story], spec: &EditionSpec) -> Edition {
    compose(&Day::new(date(), stories), spec)
}

/// Its stories.
pub(crate) fn stories() -> Vec<Story> {
    let told: Vec<Told> = serde_json::from_str(include_str!("morning.json")).expect("the fixture is valid");
    told.into_iter().enumerate().map(|(number, story)| to_story(number, story)).collect()
}

fn to_story(number: usize, told: Told) -> Story {
    let address = |at: usize, by: &str| {
        CanonicalUrl::parse(&format!("https://www.{by}.example/2026/10/07/sujet-{number}-{at}.html"))
            .expect("an address")
    };
    let ids: Vec<_> = told.articles.iter().enumerate().map(|(at, line)| address(at, &line.by).id()).collect();
    let articles: Vec<_> = told
        .articles
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let url = address(at, &line.by);
            let copy_of = line.copy_of.map(|of| ids[of].clone());
            to_article(line, url, told.rubrique, copy_of)
        })
        .collect();
    Story { id: ids[0].clone(), articles }
}

fn to_article(
    line: Line,
    url: CanonicalUrl,
    rubrique: Rubrique,
    copy_of: Option<kiosque_model::PageId>,
) -> StoryArticle {
    let (id, name, tier, language) =
        OUTLETS.into_iter().find(|(id, ..)| *id == line.by).expect("an outlet of the fixture");
    let fetched_at = "2026-10-07T17:05:00Z".parse().expect("a time");
    let mut article = Article::new(url.to_string(), url, SourceId(id.to_owned()), fetched_at);
    article.text = line.text;
    for sentence in if language == "ar" { ARABIC.iter() } else { FRENCH.iter() }.cycle() {
        if article.text.split_whitespace().count() >= line.words {
            break;
        }
        article.text.push(' ');
        article.text.push_str(sentence);
    }
    article.title = Some(line.title);
    article.published = line.published.map(|p| p.parse().expect("a date"));
    article.authors = line.authors;
    article.agencies = line.agencies;
    let has = |flag: &str| line.flags.split(' ').any(|f| f == flag);
    article.paywalled = has("paywalled");
    article.opinion = has("opinion");
    article.sponsored = has("sponsored");
    if has("listing") {
        article.kind = kiosque_model::Kind::Listing;
    }
    StoryArticle {
        tagged: Tagged {
            language: Language::from_tag(language),
            keywords: line.keywords,
            ..Tagged::new(article, rubrique, 0.8)
        },
        copy_of,
        source_name: name.to_owned(),
        source_tier: tier,
        revisions: u32::from(has("revised")),
        first_title: line.first_title,
        source_name_ar: None,
        rights: kiosque_model::Rights::Quote,
        first_seen: Some(fetched_at),
        late: false,
    }
}

//! The pages: an article or a list in its outlet's layout (`layouts/*.html`), clutter included.
//!
//! What stands beside an article is chosen among older articles of the outlet, so that a page changes only
//! when its own text does. All words are escaped here; the templates print them as they are.

use minijinja::{AutoEscape, Environment, Value, context};

use kiosque_model::Rubrique;

use crate::outlet::{Article, Genre, Layout, Paper};
use crate::{Hour, Press, calendar};

const TEMPLATES: [(&str, &str); 7] = [
    ("wordpress.html", include_str!("../layouts/wordpress.html")),
    ("drupal.html", include_str!("../layouts/drupal.html")),
    ("wmaker.html", include_str!("../layouts/wmaker.html")),
    ("arabic.html", include_str!("../layouts/arabic.html")),
    ("plain.html", include_str!("../layouts/plain.html")),
    ("amp.html", include_str!("../layouts/amp.html")),
    ("listing.html", include_str!("../layouts/listing.html")),
];

/// How much of a paywalled text the page shows.
const FREE_PARAGRAPHS: usize = 2;

pub(crate) fn layouts() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|_| AutoEscape::None);
    for (name, source) in TEMPLATES {
        env.add_template(name, source).expect("embedded layouts that the tests compile first");
    }
    env
}

pub(crate) fn layout_of(paper: &Paper) -> &'static str {
    match paper.layout {
        Layout::Wordpress => "wordpress.html",
        Layout::Drupal => "drupal.html",
        Layout::Wmaker => "wmaker.html",
        Layout::Arabic => "arabic.html",
        Layout::Plain => "plain.html",
    }
}

/// Text as it may stand in HTML and XML, in content and in attributes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// An article's page.
pub(crate) fn article(press: &Press, paper: &Paper, article: &Article, hour: Hour, layout: &str) -> String {
    let language = article.language.as_deref().unwrap_or(&paper.language);
    let changed = article.changed_at(hour);
    let author = article.authors.first();
    let context = context! {
        paper => frame(paper, language),
        url => paper.url_of(article),
        id => article.id,
        title => escape(article.title_at(hour)),
        lead => escape(&article.as_of(hour, &article.lead)),
        authors => article.authors.iter().map(|name| escape(name)).collect::<Vec<_>>(),
        author_path => author.map(|name| escape(&name.replace(' ', "-"))),
        biography => author.and_then(|name| paper.biographies.get(name)).map(|text| escape(text)),
        agency => article.agency.as_deref().map(escape),
        section => escape(&section_of(article, language)),
        rubrique => article.rubrique.slug(),
        keywords => article.keywords.iter().map(|word| escape(word)).collect::<Vec<_>>(),
        published => calendar::iso(article.at),
        modified => (changed != article.at).then(|| calendar::iso(changed)),
        modified_clock => calendar::clock(changed),
        date_words => calendar::in_words(article.at, language),
        clock => calendar::clock(article.at),
        blocks => blocks(article, hour),
        updates => updates(article, hour),
        paywalled => article.paywalled,
        sponsored => article.genre == Genre::Sponsored,
        opinion => article.genre == Genre::Opinion,
        related => related(paper, article, language),
        json_ld => json_ld(paper, article, hour),
    };
    render(press, layout, &context)
}

/// The home page, or a section's.
pub(crate) fn listing(press: &Press, paper: &Paper, hour: Hour, section: Option<Rubrique>) -> String {
    let articles = paper.out(hour).into_iter().filter(|a| section.is_none_or(|wanted| a.rubrique == wanted));
    let links: Vec<_> = articles
        .map(|a| {
            let teaser: String = a.as_of(hour, &a.lead).chars().take(110).collect();
            context! {
                href => paper.path_of(a),
                title => escape(a.title_at(hour)),
                date => calendar::in_words(a.at, &paper.language),
                teaser => escape(&teaser),
            }
        })
        .collect();
    let title = section.map(|rubrique| label(rubrique, &paper.language));
    let context = context! { paper => frame(paper, &paper.language), title, links };
    render(press, "listing.html", &context)
}

fn render(press: &Press, layout: &str, context: &Value) -> String {
    press
        .layouts
        .get_template(layout)
        .and_then(|template| template.render(context))
        .expect("embedded layouts that the tests render first")
}

/// What every page of an outlet carries.
fn frame(paper: &Paper, language: &str) -> Value {
    let sections: Vec<Value> = Rubrique::ALL
        .into_iter()
        .map(|rubrique| {
            context! {
                href => format!("/rubrique/{}", rubrique.slug()),
                label => label(rubrique, &paper.language),
            }
        })
        .collect();
    context! {
        name => escape(paper.name_ar.as_deref().filter(|_| paper.language == "ar").unwrap_or(&paper.name)),
        motto => escape(&paper.motto),
        host => paper.host.as_str(),
        home => paper.url("/"),
        feed => paper.url(&paper.feed_path),
        charset => (!paper.charset_in_header).then_some(&paper.charset),
        language => language,
        arabic => language == "ar",
        sections,
    }
}

fn section_of(article: &Article, language: &str) -> String {
    article.section.clone().unwrap_or_else(|| label(article.rubrique, language))
}

fn label(rubrique: Rubrique, language: &str) -> String {
    let label = if language == "ar" { label_ar(rubrique) } else { rubrique.label_fr() };
    label.to_owned()
}

fn label_ar(rubrique: Rubrique) -> &'static str {
    match rubrique {
        Rubrique::Politique => "سياسة",
        Rubrique::Economie => "اقتصاد",
        Rubrique::International => "دولي",
        Rubrique::Societe => "مجتمع",
        Rubrique::FaitsDivers => "حوادث",
        Rubrique::Sante => "صحة",
        Rubrique::Sport => "رياضة",
        Rubrique::Culture => "ثقافة وفنون",
        Rubrique::SciencesTech => "علوم وتكنولوجيا",
        Rubrique::Environnement => "بيئة",
        Rubrique::Meteo => "أحوال الطقس",
        Rubrique::Education => "تعليم",
        Rubrique::Lifestyle => "أسلوب حياة",
        Rubrique::AutoMoto => "سيارات",
    }
}

fn blocks(article: &Article, hour: Hour) -> Vec<Value> {
    let text = article.as_of(hour, &article.text);
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(|block| {
        let heading = block.strip_prefix("## ");
        context! { heading => heading.is_some(), text => escape(&heading.unwrap_or(block).replace('\n', " ")) }
    });
    if article.paywalled { blocks.take(FREE_PARAGRAPHS).collect() } else { blocks.collect() }
}

fn updates(article: &Article, hour: Hour) -> Vec<Value> {
    let mut out: Vec<_> = article.updates.iter().filter(|update| update.at <= hour.until()).collect();
    out.sort_by_key(|update| std::cmp::Reverse(update.at));
    out.into_iter()
        .map(|update| {
            context! {
                iso => calendar::iso(update.at),
                clock => calendar::clock(update.at),
                title => escape(&update.title),
                text => escape(update.text.trim()),
            }
        })
        .collect()
}

fn related(paper: &Paper, article: &Article, language: &str) -> Vec<Value> {
    let mut older: Vec<_> = paper.articles.iter().filter(|other| other.at < article.at).collect();
    older.sort_by_key(|other| std::cmp::Reverse(other.at));
    older
        .into_iter()
        .take(4)
        .map(|other| {
            context! {
                href => paper.path_of(other),
                title => escape(&other.title),
                date => calendar::in_words(other.at, language),
            }
        })
        .collect()
}

/// schema.org's account of the page, as text that may stand in a `script` element.
fn json_ld(paper: &Paper, article: &Article, hour: Hour) -> String {
    let kind = match article.genre {
        Genre::Live => "LiveBlogPosting",
        Genre::Opinion => "OpinionNewsArticle",
        Genre::Sponsored => "AdvertiserContentArticle",
        Genre::News | Genre::Brief => "NewsArticle",
    };
    let publisher = serde_json::json!({ "@type": "NewsMediaOrganization", "name": paper.name });
    let mut object = serde_json::json!({
        "@context": "https://schema.org",
        "@type": kind,
        "mainEntityOfPage": paper.url_of(article),
        "headline": article.title_at(hour),
        "description": article.as_of(hour, &article.lead),
        "datePublished": calendar::iso(article.at),
        "dateModified": calendar::iso(article.changed_at(hour)),
        "articleSection": section_of(article, article.language.as_deref().unwrap_or(&paper.language)),
        "keywords": article.keywords,
        "inLanguage": article.language.as_deref().unwrap_or(&paper.language),
        "isAccessibleForFree": !article.paywalled,
        "publisher": publisher,
    });
    let persons = article.authors.iter().map(|name| serde_json::json!({ "@type": "Person", "name": name }));
    let agency =
        article.agency.iter().map(|name| serde_json::json!({ "@type": "Organization", "name": name }));
    let authors: Vec<_> = persons.chain(agency).collect();
    if !authors.is_empty() {
        object["author"] = authors.into();
    }
    if article.genre == Genre::Live {
        object["liveBlogUpdate"] = live_updates(article, hour);
    }
    object.to_string().replace("</", "<\\/")
}

fn live_updates(article: &Article, hour: Hour) -> serde_json::Value {
    let updates = article.updates.iter().filter(|update| update.at <= hour.until());
    updates
        .map(|update| {
            serde_json::json!({
                "@type": "BlogPosting",
                "headline": update.title,
                "datePublished": calendar::iso(update.at),
                "articleBody": update.text.trim(),
            })
        })
        .collect()
}

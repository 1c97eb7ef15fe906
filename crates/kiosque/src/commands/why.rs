//! `kiosque why URL`: what became of one address at every stage, and what to do if it is missing.

use std::process::ExitCode;

use anyhow::{Context, Result};
use kiosque_model::{BreadcrumbOutcome, CanonicalUrl, Reason};
use kiosque_store::{Store, Trail};
use serde_json::json;

use crate::cli::{WhyArgs, pipeline_and_word};
use crate::config::Config;
use crate::words;

/// Prints the trail of an address; exit status 0 whether or not it got through, since the question was answered.
pub(crate) fn run(args: &WhyArgs) -> Result<ExitCode> {
    let (pipeline, url) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    let url = CanonicalUrl::parse(url).context("the address cannot be read")?;
    let trail = Store::open_read_only(&config.store)?.trail(&url)?;
    if args.json {
        println!("{}", as_json(&trail));
    } else {
        print(&trail);
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(trail: &Trail) -> serde_json::Value {
    let article = trail.article.as_ref().map(|article| {
        json!({
            "id": article.id, "title": article.title, "published": article.published, "day": article.day,
            "rubrique": article.rubrique, "confidence": article.confidence, "copy_of": article.copy_of,
            "story": article.story, "because": article.because, "revisions": article.revisions,
        })
    });
    let editions = trail.editions.iter().map(|edition| {
        json!({
            "edition": edition.name, "date": edition.date, "number": edition.number, "place": edition.place,
            "headline": edition.headline,
        })
    });
    json!({
        "url": trail.url, "id": trail.page, "source": trail.source,
        "steps": trail.crumbs, "article": article, "editions": editions.collect::<Vec<_>>(),
        "advice": advice(trail),
    })
}

fn print(trail: &Trail) {
    println!("{}", trail.url);
    if let Some(source) = &trail.source {
        println!("  source     {source}");
    }
    for crumb in &trail.crumbs {
        let outcome = match crumb.outcome {
            BreadcrumbOutcome::Forwarded => "transmise".to_owned(),
            BreadcrumbOutcome::Dropped(reason) => format!("écartée : {}", words::reason(reason)),
            BreadcrumbOutcome::DeadLettered => "lettre morte".to_owned(),
        };
        let detail = crumb.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        println!("  {:<10} {:.0}  {outcome}{detail}", crumb.stage, crumb.at);
    }
    if let Some(article) = &trail.article {
        println!("  article    {}", article.title.as_deref().unwrap_or("sans titre"));
        println!("  rubrique   {} ({:.0} %)", article.rubrique.label_fr(), article.confidence * 100.0);
        if let Some(origin) = &article.copy_of {
            println!("  copie de   {origin}");
        }
        if let Some(story) = &article.story {
            println!("  sujet      {story} : {}", article.because.as_deref().unwrap_or_default());
        }
    }
    for edition in &trail.editions {
        let place = if edition.place == "front" { "à la une" } else { "en rubrique" };
        let role = if edition.headline { "" } else { ", par un autre titre du même sujet" };
        println!("  édition    {} du {}, n° {}, {place}{role}", edition.name, edition.date, edition.number);
    }
    println!("{}", advice(trail));
}

/// What to do, by the last thing that happened.
fn advice(trail: &Trail) -> &'static str {
    if !trail.editions.is_empty() {
        return "→ L’article est dans l’édition.";
    }
    let last = trail.crumbs.iter().rev().find(|crumb| crumb.outcome != BreadcrumbOutcome::Forwarded);
    match last.map(|crumb| crumb.outcome) {
        Some(BreadcrumbOutcome::Dropped(reason)) if trail.article.is_none() => advice_on(reason),
        Some(BreadcrumbOutcome::DeadLettered) => {
            "→ Une étape a renoncé à cette page : `kiosque dlq list` dit pourquoi, `kiosque dlq retry` la remet en route."
        }
        _ if trail.article.is_some() => {
            "→ L’article est dans le dépôt ; son jour n’a pas encore d’édition, ou il y tient moins de place que d’autres."
        }
        _ if trail.crumbs.is_empty() => {
            "→ Aucune source n’a mené à cette adresse : vérifiez-la avec `kiosque probe`, et les sources avec `kiosque status`."
        }
        _ => "→ La page est en route : attendez que le retard affiché par `kiosque status` revienne à zéro.",
    }
}

const fn advice_on(reason: Reason) -> &'static str {
    match reason {
        Reason::Robots | Reason::NoIndex => {
            "→ L’éditeur ne veut pas de cette page dans un moteur ; demandez-lui l’accès."
        }
        Reason::NotFound | Reason::HttpStatus => {
            "→ Le serveur ne donne pas cette page ; ouvrez l’adresse dans un navigateur."
        }
        Reason::Unreachable | Reason::Redirects => {
            "→ Le serveur n’a pas répondu ; la prochaine visite réessaiera."
        }
        Reason::TooLarge => "→ La page dépasse la limite ; relevez `crawl.max_body_bytes`.",
        Reason::RefusedAddress => {
            "→ L’adresse mène à un réseau privé ; ouvrez-le avec `crawl.allow_private` s’il est à vous."
        }
        Reason::BrokenFeed => "→ Le fil ne peut pas être lu ; `kiosque probe` montre ce qu’il contient.",
        Reason::NotHtml | Reason::Listing | Reason::NoText => {
            "→ Aucun article n’y a été trouvé ; `kiosque extract` montre ce qui est lu de la page."
        }
        Reason::NotModified | Reason::SamePage | Reason::Unchanged => {
            "→ La page est connue et n’a pas changé ; son article est déjà dans le dépôt sous cette adresse ou une autre."
        }
    }
}

//! `kiosque why URL`: what became of one address at every stage, and what to do if it is missing.

use std::process::ExitCode;

use anyhow::{Context, Result};
use kiosque_model::{ArticleId, BreadcrumbOutcome, CanonicalUrl, Reason};
use kiosque_store::{Dispatch, OriginKind, Step, Store, Trail, excerpt, marked, words_changed};
use serde_json::json;

use crate::cli::{WhyArgs, pipeline_and_word};
use crate::config::{Config, SourceConfig};
use crate::{catalogue, health, words};

/// Prints the trail of an address; exit status 0 whether or not it got through, since the question was answered.
pub(crate) fn run(args: &WhyArgs) -> Result<ExitCode> {
    let (pipeline, url) = pipeline_and_word(&args.words);
    let config = Config::load(pipeline.as_deref())?;
    let url = CanonicalUrl::parse(url).context("the address cannot be read")?;
    let store = Store::open_read_only(&config.store)?;
    let trail = store.trail(&url)?;
    // Only of an address that nobody met the catalogue has something to say.
    let catalogue = if trail.crumbs.is_empty() {
        let all = catalogue::all(&config)?;
        match whose(&all, &url) {
            Whose::Read(id) => {
                let address = all.iter().find(|source| source.id == id).map_or("", |source| &source.url);
                let trouble = health::trouble(&config, &store, &id, address)?;
                trouble.map_or_else(|| Whose::Read(id.clone()), |trouble| Whose::Unread(id.clone(), trouble))
            }
            whose => whose,
        }
    } else {
        Whose::Unasked
    };
    let advice = catalogue.advice().unwrap_or_else(|| advice(&trail).to_owned());
    if args.json {
        println!("{}", as_json(&trail, &advice));
    } else {
        print(&trail, &advice);
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(trail: &Trail, advice: &str) -> serde_json::Value {
    let article = trail.article.as_ref().map(|article| {
        json!({
            "id": article.id, "title": article.title, "published": article.published, "day": article.day,
            "rubrique": article.rubrique, "confidence": article.confidence, "rubrique_because": article.reasons,
            "copy_of": article.copy_of,
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
        "steps": trail.crumbs, "article": article, "dispatch": trail.dispatch.as_ref().map(dispatch_json),
        "revisions": trail.history.iter().map(step_json).collect::<Vec<_>>(), "editions": editions.collect::<Vec<_>>(),
        "advice": advice,
    })
}

fn print(trail: &Trail, advice: &str) {
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
        if !article.reasons.is_empty() {
            println!("             {}", article.reasons.join(", "));
        }
        if let Some(origin) = &article.copy_of {
            println!("  copie de   {origin}");
        }
        if let Some(story) = &article.story {
            println!("  sujet      {story} : {}", in_french(article.because.as_deref().unwrap_or_default()));
        }
    }
    if let Some(dispatch) = &trail.dispatch {
        print_dispatch(dispatch, trail.article.as_ref().map(|article| &article.id));
    }
    trail.history.iter().for_each(print_step);
    for edition in &trail.editions {
        let place = if edition.place == "front" { "à la une" } else { "en rubrique" };
        let role = if edition.headline { "" } else { ", par un autre titre du même sujet" };
        println!("  édition    {} du {}, n° {}, {place}{role}", edition.name, edition.date, edition.number);
    }
    println!("{advice}");
}

/// What grouping says, as it is kept.
fn in_french(because: &str) -> String {
    const SAID: [(&str, &str); 7] = [
        ("same event as ", "même événement que "),
        (" times the threshold", " fois le seuil"),
        (" % of the text stands in ", " % du texte se trouve dans "),
        ("nothing like it in the window", "rien de tel dans les jours d’avant"),
        ("already placed, unchanged", "placé auparavant, inchangé"),
        ("revised, same matter", "révisé, même sujet"),
        ("others have reprinted it", "d’autres l’ont repris"),
    ];
    SAID.iter().fold(because.to_owned(), |text, (english, french)| text.replace(english, french))
}

/// What the catalogue says of an address that nobody met.
#[derive(Debug, PartialEq, Eq)]
enum Whose {
    /// It was not asked.
    Unasked,
    /// No source is of its site.
    Nobodys,
    /// The sources of its site are off: the first one, and why.
    Off(String, Option<String>),
    /// A source of its site is read.
    Read(String),
    /// A source of its site cannot be read, and why.
    Unread(String, String),
}

/// Which source is of an address' site: of its host, else of its domain.
fn whose(catalogue: &[SourceConfig], url: &CanonicalUrl) -> Whose {
    let of = |source: &SourceConfig| {
        let addresses =
            source.site.iter().chain([&source.url]).chain(source.feeds.iter().map(|feed| &feed.url));
        let known: Vec<CanonicalUrl> = addresses.filter_map(|a| CanonicalUrl::parse(a).ok()).collect();
        let host = |a: &CanonicalUrl| a.host().trim_start_matches("www.").to_owned();
        let same_host = known.iter().any(|a| host(a) == host(url));
        (same_host || known.iter().any(|a| a.domain() == url.domain())).then_some(!same_host)
    };
    let mut found: Vec<_> =
        catalogue.iter().filter_map(|source| Some((of(source)?, !source.enabled, source))).collect();
    found.sort_by_key(|(far, off, _)| (*far, *off));
    match found.first() {
        None => Whose::Nobodys,
        Some((_, true, source)) => Whose::Off(source.id.clone(), source.reason.clone()),
        Some((_, false, source)) => Whose::Read(source.id.clone()),
    }
}

impl Whose {
    fn advice(&self) -> Option<String> {
        match self {
            Self::Unasked => None,
            Self::Nobodys => Some(
                "→ Aucune source n’est de ce site : `kiosque sources add` l’ajoute, `kiosque probe` montre ce qu’on y lit."
                    .to_owned(),
            ),
            Self::Off(id, reason) => {
                let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                Some(format!("→ La source `{id}` de ce site est désactivée{reason} : `kiosque sources enable {id}` la lit de nouveau."))
            }
            Self::Unread(id, trouble) => Some(format!(
                "→ La source `{id}` de ce site n’a pas pu être lue à sa dernière visite, et rien de ce qu’elle liste : {trouble} (`kiosque status`)."
            )),
            Self::Read(id) => Some(format!(
                "→ Aucune liste de la source `{id}` n’a mené à cette adresse : elle est plus ancienne que ses fils, d’une rubrique qu’ils ne donnent pas, ou la source n’a pas été visitée depuis (`kiosque status`)."
            )),
        }
    }
}

fn dispatch_json(dispatch: &Dispatch) -> serde_json::Value {
    let printed = dispatch.printed.iter().map(|p| {
        json!({ "article": p.article, "source": p.source, "source_name": p.source_name, "title": p.title, "url": p.url })
    });
    json!({
        "original": dispatch.original, "origin": dispatch.origin, "origin_kind": dispatch.origin_kind,
        "reprints": dispatch.reprints, "printed": printed.collect::<Vec<_>>(),
    })
}

fn step_json(step: &Step) -> serde_json::Value {
    let (inserted, removed) = words_changed(&step.text);
    json!({
        "number": step.number, "seen_at": step.seen_at, "old_title": step.old_title, "new_title": step.new_title,
        "title_changed": step.title_changed(), "silent": step.silent, "modified": step.modified,
        "words_inserted": inserted, "words_removed": removed,
        "title": step.title, "text": excerpt(&step.text),
    })
}

/// Says the same whether it is asked of the first print or of a reprint.
fn print_dispatch(dispatch: &Dispatch, asked: Option<&ArticleId>) {
    let origin = match dispatch.origin_kind {
        OriginKind::Agency => format!("dépêche {}", dispatch.origin),
        OriginKind::Outlet => format!("texte de {}", dispatch.origin),
    };
    let titles = if dispatch.reprints > 1 { "titres" } else { "titre" };
    match dispatch.reprints {
        0 => println!("  origine    {origin}, paru plusieurs fois dans le même titre"),
        reprints => println!("  origine    {origin}, repris par {reprints} {titles}"),
    }
    for printed in dispatch.printed.iter().filter(|printed| Some(&printed.article) != asked) {
        let first = if printed.article == dispatch.original { " (le premier)" } else { "" };
        println!("             {}{first} : {}", printed.source_name, printed.url);
    }
}

fn print_step(step: &Step) {
    let (inserted, removed) = words_changed(&step.text);
    let silent = if step.silent == Some(true) { ", titre changé sans mention de mise à jour" } else { "" };
    println!("  révision {} {:.0}  +{inserted} −{removed} mots{silent}", step.number, step.seen_at);
    if step.title_changed() {
        println!("             titre : {}", marked(&step.title));
    }
    let text = excerpt(&step.text);
    if !text.is_empty() {
        println!("             texte : {}", marked(&text));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_nobody_met_is_of_a_source_that_is_off_or_of_none() {
        let source = |id: &str, url: &str, enabled: bool, reason: Option<&str>| SourceConfig {
            enabled,
            reason: reason.map(str::to_owned),
            ..SourceConfig::new(id.into(), id.into(), url.into())
        };
        let all = [
            source("a", "https://www.a.example/feed", false, Some("403")),
            source("a-ar", "https://ar.a.example/feed", true, None),
            source("b", "https://b.example/feed", true, None),
        ];
        let check = |url: &str, expected: Whose| {
            assert_eq!(whose(&all, &CanonicalUrl::parse(url).unwrap()), expected, "{url}");
        };
        check("https://a.example/x", Whose::Off("a".into(), Some("403".into())));
        check("https://ar.a.example/x", Whose::Read("a-ar".into()));
        check("https://es.a.example/x", Whose::Read("a-ar".into()));
        check("https://b.example/x", Whose::Read("b".into()));
        check("https://c.example/x", Whose::Nobodys);
    }
}

//! The site: which address shows what.
//!
//! | address | answer |
//! |---|---|
//! | `/` | the latest edition, or a page that says there is none yet |
//! | `/editions` | the list |
//! | `/editions/{name}/{date}` | an edition; `?by=source` paper by paper; `.json`, `.md` its other forms |
//! | `/healthz`, `/readyz`, `/metrics` | for machines |

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path as UrlPath, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiosque_edition::{
    EditionSpec, Format, GroupBy, Look, PageLink, in_mode, render_page, render_with, usual_mode,
};
use kiosque_model::{Edition, Rights, SourceId};
use kiosque_store::{EditionRow, Store, StoreError};
use tokio::net::TcpListener;

use crate::answer::{Refused, etag, is_known, secured};
use crate::{WebError, page};

/// What a site is made of.
#[derive(Clone)]
pub struct Site {
    /// The store's file. It need not exist yet.
    pub store_path: PathBuf,
    /// The pipeline's editions, the one shown first at `/` first: what may be shown of each, and in which mode.
    /// Editions of other names are listed and shown too, by the terms they were built with.
    pub editions: Vec<EditionSpec>,
    /// What sources grant by the pipeline's file, before what the store knows of them: a right withdrawn there holds at once.
    pub rights: BTreeMap<SourceId, Rights>,
    /// The looks of editions, by name; the one the binary carries for others.
    pub looks: BTreeMap<String, Look>,
    /// The metrics in the Prometheus text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether the process is ready to serve; the error says why not. The store is asked apart from it.
    pub ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
}

/// The site's routes.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(latest))
        .route("/editions", get(list))
        .route("/editions/{name}/{date}", get(edition))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .fallback(|| async { Refused::NotFound("Cette adresse ne mène nulle part.".to_owned()) })
        .method_not_allowed_fallback(|| async {
            let text = "Ce site se lit\u{a0}: seules les demandes GET et HEAD y sont servies.";
            (StatusCode::METHOD_NOT_ALLOWED, Html(page::message("Méthode refusée", text)))
        })
        .layer(axum::middleware::map_response(secured))
        .with_state(Arc::new(site))
}

/// Serves the site until `shutdown` completes, then finishes the requests under way.
///
/// # Errors
/// [`WebError::Serve`] where the listener fails.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WebError> {
    axum::serve(listener, router(site)).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

/// The parameters of a request, in order; a parameter the site does not know is ignored.
type Parameters = Query<Vec<(String, String)>>;

async fn latest(
    State(site): State<Arc<Site>>,
    Query(parameters): Parameters,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let by = grouping(&parameters)?;
    let preferred: Vec<_> = site.editions.iter().map(|spec| spec.name.clone()).collect();
    let found = reading(&site.store_path, move |store| {
        let Some(row) = newest(&store.editions()?, &preferred, store.zone()).cloned() else {
            return Ok(None);
        };
        kept(store, &row.name, row.date)
    });
    match found.await {
        Ok(Some(kept)) => show(site, kept, Format::Html, Asked { home: true, by, headers: &headers }).await,
        Ok(None) | Err(Refused::Unavailable(StoreError::Missing { .. })) => {
            Ok(Html(page::no_edition()).into_response())
        }
        Err(refused) => Err(refused),
    }
}

async fn list(State(site): State<Arc<Site>>) -> Result<Html<String>, Refused> {
    match reading(&site.store_path, Store::editions).await {
        Ok(rows) => Ok(Html(page::editions(&rows))),
        Err(Refused::Unavailable(StoreError::Missing { .. })) => Ok(Html(page::no_edition())),
        Err(refused) => Err(refused),
    }
}

async fn edition(
    State(site): State<Arc<Site>>,
    path: Result<UrlPath<(String, String)>, PathRejection>,
    Query(parameters): Parameters,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let unreadable = || Refused::BadRequest("L’adresse n’est pas lisible.".to_owned());
    let UrlPath((name, last)) = path.map_err(|_| unreadable())?;
    let (day, extension) = last.split_once('.').unwrap_or((&last, "html"));
    let format = extension.parse().ok().filter(|format| Format::built().any(|built| built == *format));
    let format = format.ok_or_else(|| {
        let known: Vec<_> = Format::built().map(|f| format!(".{}", f.name())).collect();
        let known = known.join(", ");
        Refused::NotFound(format!(
            "L’édition n’existe pas sous la forme « .{extension} »\u{a0}; essayez {known}."
        ))
    })?;
    let date: Date = day.parse().map_err(|_| {
        Refused::BadRequest(format!("« {day} » n’est pas une date\u{a0}; on l’écrit 2026-10-07."))
    })?;
    let by = grouping(&parameters)?;
    let wanted = name.clone();
    let found = reading(&site.store_path, move |store| kept(store, &wanted, date)).await;
    let found = match found {
        Err(Refused::Unavailable(StoreError::Missing { .. })) => None,
        found => found?,
    };
    let kept = found.ok_or_else(|| {
        Refused::NotFound(format!("Il n’y a pas d’édition « {name} » à la date du {date}."))
    })?;
    show(site, kept, format, Asked { home: false, by, headers: &headers }).await
}

/// How a page was asked for.
struct Asked<'a> {
    home: bool,
    by: GroupBy,
    headers: &'a HeaderMap,
}

/// An edition as it is kept, and what its sources grant today.
type Kept = (Edition, BTreeMap<SourceId, Rights>);

fn kept(store: &Store, name: &str, date: Date) -> Result<Option<Kept>, StoreError> {
    let Some(edition) = store.edition(name, date)? else { return Ok(None) };
    Ok(Some((edition, store.rights()?)))
}

/// What may be shown of an edition: nothing of one that breaks a rule.
fn lawful(site: &Site, (edition, rights): &Kept) -> Result<Edition, Refused> {
    let spec = site.editions.iter().find(|spec| spec.name == edition.name);
    let spec = spec.cloned().unwrap_or_else(|| as_built(edition));
    in_mode(edition, usual_mode(edition, &spec), &spec, rights).map_err(|breaches| Refused::Unlawful {
        edition: format!("{} {}", edition.name, edition.date),
        breaches,
    })
}

/// The terms of an edition that the pipeline no longer has.
fn as_built(edition: &Edition) -> EditionSpec {
    let mut spec = EditionSpec::new(&edition.name, TimeZone::UTC, "UTC");
    let law = &edition.law;
    spec.law.mode = law.mode;
    spec.law.licence.clone_from(&law.licence);
    spec.law.mentions.clone_from(&law.mentions);
    // An edition from before these terms were kept states none.
    if law.extract_words > 0 {
        (spec.extract_words, spec.extract_share) = (law.extract_words, law.extract_share);
    }
    spec
}

async fn show(
    site: Arc<Site>,
    mut kept: Kept,
    format: Format,
    asked: Asked<'_>,
) -> Result<Response, Refused> {
    kept.1.extend(site.rights.clone());
    let (by, home) = (asked.by, asked.home);
    let edition = lawful(&site, &kept)?;
    let tag = etag((&edition, &kept.1), format, by, if home { "home" } else { "dated" });
    let caching = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if is_known(asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    // A PDF takes a while to set, and whoever waits for another page should not wait for it.
    let set = tokio::task::spawn_blocking(move || {
        let look = site.looks.get(&edition.name).unwrap_or(Look::built_in());
        match format {
            Format::Html => render_page(look, &edition, by, &links(&edition, by, home)),
            other => render_with(look, &edition, other, by),
        }
    });
    let body = set.await.map_err(|lost| Refused::Failed(lost.to_string()))??;
    Ok(([(header::CONTENT_TYPE, format.media_type())], caching, body).into_response())
}

fn links(edition: &Edition, by: GroupBy, home: bool) -> Vec<PageLink> {
    let dated = page::edition_href(&edition.name, &edition.date.to_string());
    let link = |label: &str, href: String, current: bool| PageLink { label: label.to_owned(), href, current };
    let mut links = vec![
        link("Dernière édition", "/".to_owned(), home && by == GroupBy::Rubrique),
        link("Par rubrique", dated.clone(), !home && by == GroupBy::Rubrique),
        link("Par titre", format!("{dated}?by=source"), by == GroupBy::Source),
        link("Toutes les éditions", "/editions".to_owned(), false),
    ];
    let files = Format::built().filter_map(|format| Some((label(format)?, format)));
    links.extend(files.map(|(label, format)| link(label, format!("{dated}.{}", format.name()), false)));
    links
}

/// What a format is called among the links of an edition; those that readers do not open are not offered.
const fn label(format: Format) -> Option<&'static str> {
    match format {
        Format::Pdf => Some("PDF"),
        Format::Docx => Some("Word"),
        Format::Epub => Some("EPUB"),
        Format::Markdown => Some("Markdown"),
        Format::Json => Some("JSON"),
        Format::Rss => Some("RSS"),
        _ => None,
    }
}

/// Of the newest day that had news, the edition the pipeline names first.
fn newest<'a>(rows: &'a [EditionRow], preferred: &[String], zone: &TimeZone) -> Option<&'a EditionRow> {
    let place = |row: &EditionRow| preferred.iter().position(|name| *name == row.name).unwrap_or(usize::MAX);
    rows.iter().min_by_key(|row| (!row.is_due(zone), row.items == 0, std::cmp::Reverse(row.date), place(row)))
}

fn grouping(parameters: &[(String, String)]) -> Result<GroupBy, Refused> {
    let Some((_, asked)) = parameters.iter().find(|(name, _)| name == "by") else {
        return Ok(GroupBy::default());
    };
    asked.parse().map_err(|_| {
        let known = "essayez « rubrique » ou « source »";
        Refused::BadRequest(format!("On ne peut pas regrouper par « {asked} »\u{a0}; {known}."))
    })
}

async fn readiness(State(site): State<Arc<Site>>) -> Response {
    let process = (site.ready)();
    let store = reading(&site.store_path, |_| Ok(())).await.map_err(|refused| match refused {
        Refused::Unavailable(error) => error.to_string(),
        Refused::NotFound(text) | Refused::BadRequest(text) | Refused::Failed(text) => text,
        Refused::Unlawful { edition, .. } => edition,
    });
    match process.and(store) {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response(),
    }
}

async fn metrics(State(site): State<Arc<Site>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], (site.metrics)())
}

/// Opens the store to read and asks it, on a thread that may block.
async fn reading<T: Send + 'static>(
    path: &Path,
    ask: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Refused> {
    let path = path.to_owned();
    let asked = tokio::task::spawn_blocking(move || ask(&Store::open_read_only(&path)?)).await;
    asked.map_err(|lost| Refused::Failed(lost.to_string()))?.map_err(Refused::from)
}

#[cfg(test)]
mod tests;

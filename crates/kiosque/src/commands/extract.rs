//! `kiosque extract`: articles from HTML files, with no bus and no store.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use jiff::Timestamp;
use kiosque_extract::RuleSet;
use kiosque_model::{Article, CanonicalUrl, FeedHint, FetchRecord, Page, SourceId};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::ExtractArgs;
use crate::{batch, rules};

/// The address given to a page whose own is not known: a name reserved by RFC 2606.
const UNKNOWN_URL: &str = "http://unknown.invalid/";

/// A page to read, and what is known of how it came.
#[derive(Deserialize)]
struct Line {
    path: PathBuf,
    #[serde(default)]
    url: Option<String>,
    /// When it was fetched, which « il y a 2 heures » counts back from; now where left out.
    #[serde(default)]
    fetched_at: Option<Timestamp>,
    /// The response's headers, names in lower case: `content-type` with its charset, `x-robots-tag`, `tdm-reservation`.
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// Prints one JSON line a page.
pub(crate) fn run(args: &ExtractArgs) -> anyhow::Result<ExitCode> {
    let rules = match &args.rules {
        Some(folder) => rules::read(folder)?,
        None => RuleSet::default(),
    };
    if let Some(manifest) = &args.manifest {
        batch::each_line(manifest, args.threads, |line: Line| answer(line, &rules))?;
    } else if let Some(file) = &args.file {
        let (url, fetched_at) = (args.url.clone(), args.fetched_at);
        let line = Line { path: file.clone(), url, fetched_at, headers: BTreeMap::new() };
        println!("{}", answer(line, &rules)?);
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(line: Line, rules: &RuleSet) -> anyhow::Result<Value> {
    let mut page = page(batch::file_bytes(&line.path)?, line.url.as_deref())?;
    page.fetched_at = line.fetched_at.unwrap_or(page.fetched_at);
    page.content_type = line.headers.get("content-type").cloned();
    page.headers = line.headers;
    let (article, _) = kiosque_extract::extract_with(&page, rules)?;
    Ok(fields(&article))
}

/// A page as if fetched just now with no headers. An address that is none of the web says nothing about the page,
/// so the page is read as one without.
pub(crate) fn page(body: Vec<u8>, url: Option<&str>) -> anyhow::Result<Page> {
    let known = url.and_then(|url| Some((url, CanonicalUrl::parse(url).ok()?)));
    let (url, canonical) = match known {
        Some(known) => known,
        None => (UNKNOWN_URL, CanonicalUrl::parse(UNKNOWN_URL).context("the address for pages without one")?),
    };
    Ok(Page {
        url: url.to_owned(),
        canonical,
        requested_url: None,
        source: SourceId("file".to_owned()),
        fetched_at: Timestamp::now(),
        status: 200,
        content_type: None,
        headers: BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body,
    })
}

/// The fields of the command-line contract, then what else is known.
pub(crate) fn fields(article: &Article) -> Value {
    let known = |url: &str| (!url.starts_with(UNKNOWN_URL)).then(|| url.to_owned());
    json!({
        "url": known(&article.url),
        "canonical_url": known(article.canonical_url.as_str()),
        "kind": article.kind,
        "title": article.title,
        "subtitle": article.subtitle,
        "authors": article.authors,
        "published": article.published,
        "published_precision": article.published_precision(),
        "modified": article.modified,
        "section": article.section,
        "keywords": article.keywords,
        "language": article.language,
        "lead_image": article.lead_image.as_ref().map(|image| &image.url),
        "paywalled": article.paywalled,
        "text": article.text,
        "html": article.html,
        "provenance": article.provenance,
        "kicker": article.kicker,
        "agencies": article.agencies,
        "site_name": article.site_name,
        "opinion": article.opinion,
        "sponsored": article.sponsored,
        "licence": article.licence,
        "tdm_reserved": article.tdm_reserved,
        "image": article.lead_image,
        "conflicts": article.conflicts,
    })
}

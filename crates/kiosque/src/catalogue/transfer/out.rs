//! A catalogue as others read it: CSV and OPML, one feed a row.

use anyhow::{Context, Result};
use kiosque_crawl::{Outline, SourceKind};
use kiosque_model::{Language, Rubrique};

use super::{COLUMNS, NAMESPACE};
use crate::config::{Medium, SourceConfig};

/// What says how the main list is read, where that is said: its kind, the rest between requests, pages in a visit.
fn manner(source: &SourceConfig) -> [Option<String>; 3] {
    let kind = (source.kind != SourceKind::Auto).then(|| source.kind_name().to_owned());
    [kind, source.delay_ms.map(|n| n.to_string()), source.max_pages.map(|n| n.to_string())]
}

/// A feed of the catalogue with its source, the main one first.
fn lists(source: &SourceConfig) -> impl Iterator<Item = (&str, Option<Rubrique>, bool, Option<&str>)> {
    let main = (source.url.as_str(), source.rubrique, source.enabled, source.note.as_deref());
    let feeds = source.feeds.iter().map(|f| (f.url.as_str(), f.rubrique, f.enabled, f.note.as_deref()));
    std::iter::once(main).chain(feeds)
}

/// The catalogue as CSV, a feed a row.
///
/// # Errors
/// None that a text in memory has.
pub(crate) fn to_csv(catalogue: &[SourceConfig]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for source in catalogue {
        for (url, rubrique, enabled, note) in lists(source) {
            let tier = source.tier.to_string();
            let manner = manner(source).map(Option::unwrap_or_default);
            writer.write_record([
                source.id.as_str(),
                source.name.as_str(),
                source.name_ar.as_deref().unwrap_or_default(),
                source.site.as_deref().unwrap_or_default(),
                source.language.as_ref().map_or("", Language::code),
                source.country.as_deref().unwrap_or_default(),
                source.medium.map_or("", Medium::name),
                url,
                rubrique.map_or("", Rubrique::slug),
                tier.as_str(),
                source.rights.name(),
                source.trust.name(),
                if enabled { "true" } else { "false" },
                source.reason.as_deref().unwrap_or_default(),
                "",
                note.unwrap_or_default(),
                manner[0].as_str(),
                manner[1].as_str(),
                manner[2].as_str(),
            ])?;
        }
    }
    let bytes = writer.into_inner().context("the CSV could not be ended")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The catalogue as OPML: an outlet of several feeds is a folder.
pub(crate) fn to_opml(title: &str, catalogue: &[SourceConfig]) -> String {
    let mut outlines = Vec::new();
    for source in catalogue {
        let folders = if source.feeds.is_empty() { Vec::new() } else { vec![source.name.clone()] };
        for (url, rubrique, enabled, note) in lists(source) {
            let mut extra = vec![(format!("{}:id", NAMESPACE.0), source.id.clone())];
            let mut put = |key: &str, value: Option<&str>| {
                extra.extend(value.map(|value| (format!("{}:{key}", NAMESPACE.0), value.to_owned())));
            };
            put("name", (!source.feeds.is_empty()).then_some(source.name.as_str()));
            put("name_ar", source.name_ar.as_deref());
            put("rubrique", rubrique.map(Rubrique::slug));
            put("kind", source.medium.map(Medium::name));
            put("country", source.country.as_deref());
            put("tier", Some(source.tier.to_string().as_str()));
            put("rights", Some(source.rights.name()));
            put("trust", Some(source.trust.name()));
            put("enabled", (!enabled).then_some("false"));
            put("reason", source.reason.as_deref());
            put("note", note);
            for (key, value) in ["list", "delay_ms", "max_pages"].into_iter().zip(manner(source)) {
                put(key, value.as_deref());
            }
            let label = rubrique.filter(|_| url != source.url).map(Rubrique::label_fr);
            outlines.push(Outline {
                title: label
                    .map_or_else(|| source.name.clone(), |label| format!("{} – {label}", source.name)),
                feed_url: url.to_owned(),
                site_url: source.site.clone(),
                folders: folders.clone(),
                language: source.language.as_ref().map(|language| language.code().to_owned()),
                extra,
            });
        }
    }
    kiosque_crawl::write_opml(title, &[NAMESPACE], &outlines)
}
